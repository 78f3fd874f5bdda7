//! What petgraph, rustworkx-core and the libraries of others take for the same questions.

use std::{
    convert::Infallible,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use petgraph::{
    algo::{astar, dijkstra},
    visit::EdgeRef,
};
use rustworkx_core::shortest_path;
use tertius::graph::{Network, Undirected, UndirectedTie};

use crate::{
    cases::Pair,
    graphs::Outcome,
    measure::{Times, now},
};

/// How long one of their routines is given.
const PATIENCE: Duration = Duration::from_secs(20);

/// Routines on the very same network, without a copy of it.
pub(crate) fn libraries(network: &Network, pairs: &[Pair]) {
    let view = Undirected(network);
    let units = |tie: UndirectedTie<'_>| u64::from(tie.weight().units());
    until_patience_ends("b: petgraph `dijkstra`, each step 1", pairs, |&(from, to)| {
        dijkstra(view, from, Some(to), |_| 1_u64).get(&to).copied()
    });
    until_patience_ends("b': petgraph `astar`, no estimate", pairs, |&(from, to)| {
        astar(view, from, |node| node == to, units, |_| 0).map(|(cost, _)| cost)
    });
    until_patience_ends("b': rustworkx-core `dijkstra`", pairs, |&(from, to)| {
        let cost = |tie: UndirectedTie<'_>| Ok::<_, Infallible>(units(tie));
        let costs: Vec<Option<u64>> =
            shortest_path::dijkstra(view, from, Some(to), cost, None).expect("it cannot fail");
        costs[to as usize]
    });
    until_patience_ends(
        "like a: petgraph `k_shortest_path`, the fifth walk",
        pairs,
        |&(from, to)| {
            petgraph::algo::k_shortest_path(view, from, Some(to), 5, units).get(&to).copied()
        },
    );
    until_patience_ends("like a: rustworkx-core `k_shortest_path`", pairs, |&(from, to)| {
        let cost = |tie: UndirectedTie<'_>| Ok::<_, Infallible>(units(tie));
        let costs: Vec<Option<u64>> =
            shortest_path::k_shortest_path(view, from, Some(to), 5, cost).expect("it cannot fail");
        costs[to as usize]
    });
}

fn until_patience_ends<A>(what: &str, pairs: &[Pair], ask: impl Fn(&Pair) -> A) {
    let start: Instant = now();
    let mut asked = 0;
    Times::first_only(&pairs[..pairs.len().min(50)], |pair| {
        let answer = (start.elapsed() < PATIENCE || asked == 0).then(|| ask(pair));
        asked += 1;
        answer
    })
    .row(what);
}

/// Runs a script of other libraries on an archive, and prints what it prints, a line for each.
pub(crate) fn script(python: &str, script: &Path, libraries: &str, archive: &Path) -> Outcome<()> {
    for library in libraries.split(',') {
        let (name, cases) = library.split_once(':').unwrap_or((library, "sp"));
        let cases = cases.replace('+', ",");
        let out = Command::new(python).arg(script).args([name, &cases]).arg(archive).output()?;
        print!("{}", String::from_utf8_lossy(&out.stdout));
        eprint!("{}", String::from_utf8_lossy(&out.stderr));
    }
    Ok(())
}
