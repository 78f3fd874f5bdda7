//! The best paths on a social network, as found by an independent exhaustive search.

use std::collections::HashMap;

use petgraph::algo::dijkstra;
use serde_json::Value;
use tertius::{
    algo::{
        NodeSet, PathQuery, PersonTerms, STEPS_MAX, Seeker, Stop, best_paths, cheapest_path,
        fewest_steps,
    },
    graph::{Cost, Network, NodeIx, TieCosts, Undirected},
    model::PersonId,
};

/// The `knows` ties of the LDBC social network benchmark, scale 0.1, with a strength for each.
fn network() -> Network {
    let tie = |line: &str| {
        let (a, rest) = line.split_once(',').expect("three fields");
        let (b, strength) = rest.split_once(',').expect("three fields");
        let person = |text: &str| text.parse().expect("a number");
        let cost = Cost::from_probability(strength.parse().expect("a probability"));
        TieCosts { a: person(a), b: person(b), forth: cost, back: cost }
    };
    let csv = include_str!("../data/ldbc_sf01.csv");
    let ties: Vec<TieCosts> = csv.lines().skip(1).map(tie).collect();
    let people = (0..1_357).map(PersonId::new).collect();
    Network::build(people, &ties).expect("a network")
}

fn node(pair: &Value, key: &str) -> NodeIx {
    pair[key].as_u64().expect("a number") as NodeIx
}

fn ask<T>(
    network: &Network,
    (seeker, target): (NodeIx, NodeIx),
    answer: impl FnOnce(&PathQuery<'_>) -> T,
) -> T {
    answer(&PathQuery {
        seekers: &[Seeker::of_network(network, seeker)],
        targets: &[target],
        count_max: 5,
        steps_max: STEPS_MAX,
        terms: &PersonTerms::default(),
        avoid: &NodeSet::default(),
        cost_max: Cost::NEVER,
    })
}

fn scores(network: &Network, seeker: NodeIx, target: NodeIx) -> HashMap<Vec<u64>, f64> {
    let found = ask(network, (seeker, target), |query| best_paths(network, query, &Stop::new()));
    let found = found.expect("nobody stops it").paths;
    assert!(found.is_sorted_by_key(|path| path.total));
    let ids = |nodes: &[NodeIx]| nodes.iter().map(|&node| u64::from(node)).collect();
    found.iter().map(|path| (ids(&path.nodes), path.probability())).collect()
}

fn close(got: f64, expected: f64) -> bool {
    (got - expected).abs() <= 1e-6 * expected.abs().max(f64::MIN_POSITIVE)
}

#[test]
fn every_pair_of_the_social_network_has_its_known_best_paths() {
    let network = network();
    let known: Value =
        serde_json::from_str(include_str!("../data/ldbc_sf01.expected.json")).unwrap();
    let pairs = known["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 40);
    for pair in pairs {
        let (seeker, target) = (node(pair, "source"), node(pair, "target"));
        let found = scores(&network, seeker, target);
        let best = pair["top5"].as_array().unwrap();
        assert_eq!(found.len(), best.len(), "{seeker} to {target}");
        for path in best {
            let nodes = path["path"].as_array().unwrap().iter().map(|ix| ix.as_u64().unwrap());
            let score = path["score"].as_f64().unwrap();
            let same_score = || found.values().any(|&got| close(got, score));
            let got = found.get(&nodes.collect::<Vec<_>>());
            assert!(got.map_or_else(same_score, |&got| close(got, score)), "{seeker} to {target}");
        }

        let distance = dijkstra(Undirected(&network), seeker, Some(target), |_| 1_u64);
        assert_eq!(distance.get(&target).copied(), pair["distance"].as_u64());
        let units = |edge: (NodeIx, NodeIx, &Cost)| u64::from(edge.2.units());
        let cheapest = dijkstra(&network, seeker, Some(target), units)[&target];
        let expected = pair["cheapest"].as_f64().unwrap();
        assert!((cheapest as f64 / Cost::UNITS - expected).abs() <= 1e-6, "{seeker} to {target}");

        let ends = (seeker, target);
        let steps = ask(&network, ends, |query| fewest_steps(&network, query, &Stop::new()));
        assert_eq!(steps.unwrap().map(u64::from), pair["distance"].as_u64());
        let path = ask(&network, ends, |query| cheapest_path(&network, query, &Stop::new()));
        assert_eq!(path.unwrap().map(|path| path.total), Some(cheapest));
    }
}
