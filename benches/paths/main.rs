//! How long the path engine takes on graphs of scores; its answers are checked in the same run.
//!
//! `make bench DATA=DIR` runs it on every graph of a folder: an edge list (`.csv.gz`, with
//! `.expected.json` beside it) or an archive of NumPy (`.npz` with n, u, v, w and comm).

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints its table")]

mod cases;
mod checks;
mod graphs;
mod measure;
mod oracle;
mod others;

use std::{env, path::Path};

use cases::{Asking, hubs, pairs, teams};
use graphs::{Outcome, Scores, asked_for, option, read};
use measure::{Times, cpu, head, now, resident};
use tertius::graph::{Network, NodeIx};

fn main() -> Outcome<()> {
    let Some(files) = asked_for()? else {
        println!("nothing is measured without --bench: `make bench DATA=DIR`");
        return Ok(());
    };
    for file in files {
        bench(&file)?;
    }
    Ok(())
}

fn bench(file: &Path) -> Outcome<()> {
    let scores = read(file)?;
    println!("\n## {}: {} people, {} ties\n", scores.name, scores.people, scores.ties.len());
    let network = load(&scores)?;
    let (company, known) = (scores.company, scores.known);
    let asking = Asking::new(&network);
    let everybody: Vec<NodeIx> = (0..network.places() as NodeIx).collect();
    let count = option("--pairs").map_or(Ok(2_000), |count| count.parse())?;
    let random = pairs(&everybody, count);
    let between_hubs = pairs(&hubs(&network, 100), count / 4);
    let some = &random[..random.len().min(500)];
    let teams = teams(network.places(), company.as_deref(), 20);

    head();
    let (times, found) = Times::of(&random, 3, |&pair| asking.five_best(pair));
    times.row("a: five best of at most 4 hops, random pairs");
    let scanned: u64 = found.iter().map(|found| found.work.edges_scanned).sum();
    let mut checked = checks::five_best(&network, &random, &found, 200);
    let (times, found) = Times::of(&between_hubs, 3, |&pair| asking.five_best(pair));
    times.row("a: the same between the 100 with the most ties");
    checked += checks::five_best(&network, &between_hubs, &found, 20);
    let burdened = Asking::with_terms(&network);
    let (times, _) = Times::of(&random, 3, |&pair| burdened.five_best(pair));
    times.row("a: random pairs, a tenth of all with a term, a hundredth avoided");
    Times::of(&random, 3, |&pair| asking.hops(pair)).0.row("b: hop distance");
    Times::of(some, 3, |&pair| asking.cheapest(pair)).0.row("b': cheapest path, no hop limit");
    let (times, found) = Times::of(&teams, 3, |team| asking.team(team));
    times.row("c: 50 seekers, 200 targets, at most 3 hops");
    let checked_teams = checks::teams(&network, &teams, &found);
    if !env::args().any(|argument| argument == "--alone") {
        others::libraries(&network, &random);
    }

    let known = known.map_or(0, |known| checks::known(&asking, &known));
    let distances = checks::distances(&network, &asking, &random);
    println!(
        "\nOf each random pair of case a {:.0} entries were read. Checked in this run: {known} \
         known pairs, {checked} of a, {distances} of b and b', {checked_teams} of c.",
        scanned as f64 / random.len() as f64
    );
    let script = option("--peers").filter(|_| graphs::is_archive(file));
    if let Some(script) = script {
        let python = option("--python").unwrap_or_else(|| "python3".to_owned());
        let libraries = option("--libraries").unwrap_or_else(|| "duckdb:topk_enum:10".to_owned());
        println!("\nOthers, on the same graph, in CPU and wall seconds:\n\n```");
        others::script(&python, Path::new(&script), &libraries, file)?;
        println!("```");
    }
    Ok(())
}

/// Case f.
fn load(scores: &Scores) -> Outcome<Network> {
    let (start, began) = (now(), cpu());
    let (people, ties) = scores.parts();
    println!("f: scores to costs: {:.2} s CPU", cpu() - began);
    let (before, built) = (resident(), cpu());
    let network = Network::build(people, &ties)?;
    println!(
        "f: rows: {:.2} s CPU; both: {:.2} s CPU, {:.2} s wall; {:.2} bytes per tie in the rows of \
         a search, {:.2} with the indices of ties, {:.2} by what the process grew\n",
        cpu() - built,
        cpu() - began,
        start.elapsed().as_secs_f64(),
        network.search_bytes() as f64 / ties.len() as f64,
        network.heap_bytes() as f64 / ties.len() as f64,
        (resident() - before) / ties.len() as f64,
    );
    Ok(network)
}
