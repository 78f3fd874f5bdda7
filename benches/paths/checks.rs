//! Whether the answers are right: against files of known answers, and against plain searches.

use petgraph::algo::dijkstra;
use serde_json::Value;
use tertius::{
    algo::{Path, Paths},
    graph::{Cost, Network, NodeIx},
};

use crate::{
    cases::{Asking, Pair, TEAM_STEPS, Team},
    oracle,
};

fn close(got: f64, expected: f64) -> bool {
    (got - expected).abs() <= 1e-6 * expected.abs().max(f64::MIN_POSITIVE)
}

/// Every pair of a file of known answers: five best scores, hop distance, cheapest cost.
pub(crate) fn known(asking: &Asking<'_>, known: &Value) -> usize {
    let pairs = known["pairs"].as_array().expect("known answers have pairs");
    for pair in pairs {
        let node = |key: &str| pair[key].as_u64().expect("a pair has two people") as NodeIx;
        let asked = (node("source"), node("target"));
        let found = asking.five_best(asked).paths;
        let best = pair["top5"].as_array().expect("a pair has its best paths");
        assert_eq!(found.len(), best.len(), "{asked:?}");
        for (found, best) in found.iter().zip(best) {
            let score = best["score"].as_f64().expect("a path has a score");
            assert!(close(found.probability(), score), "{asked:?}");
        }
        assert_eq!(asking.hops(asked).map(u64::from), pair["distance"].as_u64(), "{asked:?}");
        let cheapest = asking.cheapest(asked).map(|path| path.total as f64 / Cost::UNITS);
        match (cheapest, pair["cheapest"].as_f64()) {
            (Some(got), Some(expected)) => assert!((got - expected).abs() <= 1e-6, "{asked:?}"),
            (got, expected) => assert_eq!(got, expected, "{asked:?}"),
        }
    }
    pairs.len()
}

/// Some answers of case a against a search without any bound.
pub(crate) fn five_best(network: &Network, pairs: &[Pair], found: &[Paths], count: usize) -> usize {
    let every = (pairs.len() / count).max(1);
    let some = || pairs.iter().zip(found).step_by(every);
    for (pair, found) in some() {
        let totals: Vec<u64> = found.paths.iter().map(|path| path.total).collect();
        assert_eq!(totals, oracle::best_totals(network, pair.0, pair.1), "{pair:?}");
    }
    some().count()
}

/// Cases b and b' from one person to many, against plain searches of the whole network.
pub(crate) fn distances(network: &Network, asking: &Asking<'_>, pairs: &[Pair]) -> usize {
    let from = pairs[0].0;
    let hops = oracle::hops(network, from);
    let costs = dijkstra(network, from, None, |(_, _, cost): (NodeIx, NodeIx, &Cost)| {
        u64::from(cost.units())
    });
    let targets = || pairs.iter().map(|pair| pair.1).filter(|&to| to != from).take(200);
    for to in targets() {
        assert_eq!(asking.hops((from, to)), hops[to as usize], "{from} to {to}");
        let total = asking.cheapest((from, to)).map(|path| path.total);
        assert_eq!(total, costs.get(&to).copied(), "{from} to {to}");
    }
    targets().count()
}

/// Case c against costs spread over the whole network, step by step.
pub(crate) fn teams(network: &Network, teams: &[Team], found: &[Vec<Option<Path>>]) -> usize {
    let mut checked = 0;
    for ((seekers, targets), found) in teams.iter().zip(found).take(3) {
        let least = oracle::within_steps(network, seekers, TEAM_STEPS);
        for (target, found) in targets.iter().zip(found) {
            let total = found.as_ref().map_or(u64::MAX, |path| path.total);
            assert_eq!(total, least[target[0] as usize], "{target:?}");
            checked += 1;
        }
    }
    checked
}
