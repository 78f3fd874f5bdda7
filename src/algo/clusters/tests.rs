//! What holds of clusters, on graphs whose clusters are known or few enough to try all.

use super::{
    order::Chance,
    world::{best_of_all, graph, lfr, planted, small},
    *,
};
use crate::algo::{Stop, Stopped};

fn find(graph: &ClusterGraph, options: ClusterOptions<'_>) -> Partition {
    clusters(graph, options, &Stop::new(), |_| {}).unwrap()
}

fn at(resolution: f64, seed: u64) -> ClusterOptions<'static> {
    ClusterOptions { resolution, seed, ..ClusterOptions::default() }
}

/// Whether one can go from every node of a cluster to every other within it.
fn all_connected(graph: &ClusterGraph, found: &Partition) -> bool {
    found.members().iter().all(|members| {
        let mut reached = vec![members[0]];
        let mut next = 0;
        while let Some(&node) = reached.get(next) {
            next += 1;
            for (other, _) in graph.neighbours(node) {
                if found.cluster(other) == found.cluster(node) && !reached.contains(&other) {
                    reached.push(other);
                }
            }
        }
        reached.len() == members.len()
    })
}

#[test]
fn planted_clusters_are_found() {
    for seed in 1..=5 {
        let (ties, truth) = planted((8, 25), (0.5, 0.02), seed);
        let found = find(&graph(200, &ties), at(1.0, seed));
        assert_eq!(found, truth, "seed {seed}");
    }
}

#[test]
fn clusters_of_unequal_sizes_and_degrees_are_found() {
    for seed in 1..=3 {
        let (ties, truth) = lfr(2_000, 0.2, seed);
        let graph = graph(2_000, &ties);
        let found = find(&graph, at(1.0, 1));
        let alike = likeness(&truth, &found);
        assert!(alike > 0.93, "seed {seed}: {alike}");
        let (ours, planted) = (found.modularity(&graph, 1.0), truth.modularity(&graph, 1.0));
        assert!(ours >= planted - 1e-3, "seed {seed}: {ours}, planted {planted}");
    }
}

#[test]
fn every_cluster_is_connected_at_every_resolution() {
    for seed in 0..40 {
        let nodes = 20 + 7 * seed as usize;
        let (ties, _) = lfr(nodes, 0.5, seed);
        let graph = graph(nodes, &ties);
        for resolution in [0.1, 0.5, 1.0, 2.0, 5.0] {
            let found = find(&graph, at(resolution, seed));
            assert!(all_connected(&graph, &found), "seed {seed}, resolution {resolution}");
        }
    }
}

#[test]
fn what_is_not_connected_is_taken_apart_and_nothing_else() {
    let graph = graph(5, &[(0, 1, 1.0), (1, 2, 1.0), (3, 4, 1.0)]);
    let connected = |labels: &[u32]| Partition::of_labels(labels).connected(&graph);
    assert_eq!(connected(&[7, 7, 7, 7, 7]).labels(), [0, 0, 0, 1, 1]);
    assert_eq!(connected(&[1, 2, 1, 1, 1]).labels(), [0, 1, 2, 3, 3]);
    assert_eq!(connected(&[4, 4, 4, 2, 2]).labels(), [0, 0, 0, 1, 1]);
}

#[test]
fn of_a_few_nodes_the_best_partition_is_found_nearly_always() {
    let (mut best, mut all, mut sums) = (0, 0, [0.0, 0.0]);
    for seed in 0..150 {
        let graph = graph(8, &small(8, seed));
        for resolution in [0.7, 1.0, 1.6] {
            let options = ClusterOptions { rounds: 5, ..at(resolution, 1) };
            let tried = (1..=3).map(|seed| {
                find(&graph, ClusterOptions { seed, ..options }).modularity(&graph, resolution)
            });
            let found = tried.fold(f64::NEG_INFINITY, f64::max);
            let possible = best_of_all(&graph, resolution);
            assert!(found <= possible + 1e-9 && found >= possible - 0.1, "{found} of {possible}");
            all += 1;
            sums = [sums[0] + found, sums[1] + possible];
            best += u32::from(found >= possible - 1e-6);
        }
    }
    assert!(f64::from(best) >= 0.95 * f64::from(all), "{best} of {all}");
    assert!(sums[0] >= 0.995 * sums[1], "{} of {}", sums[0], sums[1]);
}

#[test]
fn the_same_seed_gives_the_same_clusters_in_whatever_order_ties_are_given() {
    let (mut ties, _) = lfr(400, 0.4, 9);
    let first = find(&graph(400, &ties), at(1.0, 4));
    assert_eq!(first, find(&graph(400, &ties), at(1.0, 4)));
    for seed in 0..5 {
        Chance::new(seed).shuffle(&mut ties);
        for tie in ties.iter_mut().step_by(3) {
            (tie.0, tie.1) = (tie.1, tie.0);
        }
        assert_eq!(first, find(&graph(400, &ties), at(1.0, 4)), "order {seed}");
    }
}

#[test]
fn modularity_never_falls_from_one_round_to_the_next() {
    for seed in 0..30 {
        let (ties, _) = lfr(300, 0.5, seed);
        let graph = graph(300, &ties);
        for resolution in [0.5, 1.0, 3.0] {
            let mut last = f64::NEG_INFINITY;
            for rounds in 1..=4 {
                let options = ClusterOptions { rounds, ..at(resolution, seed) };
                // From the second on: with one round alone a great graph is taken apart otherwise.
                let found = find(&graph, options).modularity(&graph, resolution);
                assert!(rounds <= 2 || found >= last - 1e-6, "seed {seed}: {found} after {last}");
                last = found;
            }
        }
    }
}

#[test]
fn from_the_last_answer_clusters_stay_what_they_were() {
    let (mut ties, _) = lfr(1_000, 0.2, 3);
    let before = find(&graph(1_000, &ties), at(1.0, 1));
    // Somebody comes, with two ties into one cluster.
    ties.extend([(1_000, 0, 1.0), (1_000, 1, 1.0)]);
    let options = ClusterOptions { warm: Some(&before), ..at(1.0, 2) };
    let after = find(&graph(1_001, &ties), options);
    let stayed = Partition::of_labels(&after.labels()[..1_000]);
    assert!(likeness(&before, &stayed) > 0.98, "{}", likeness(&before, &stayed));
    assert_eq!(after.cluster(1_000), after.cluster(0));
}

#[test]
fn it_stops_whenever_it_is_told_to() {
    let (ties, _) = lfr(300, 0.4, 5);
    let graph = graph(300, &ties);
    let looks = |stop: &Stop| clusters(&graph, at(1.0, 1), stop, |_| {});
    let (mut stopped, whole) = (0, looks(&Stop::new()).unwrap());
    for after in 1..2_000 {
        match looks(&Stop::after(after)) {
            Err(Stopped) => stopped += 1,
            Ok(found) => assert_eq!(found, whole),
        }
    }
    assert!((50..1_999).contains(&stopped), "{stopped}");
    assert_eq!(looks(&Stop::new()).unwrap(), whole, "a stopped search leaves nothing behind");
}

#[test]
fn it_says_how_far_it_has_come() {
    let (ties, _) = planted((4, 20), (0.6, 0.02), 1);
    let mut passes = Vec::new();
    clusters(&graph(80, &ties), at(1.0, 1), &Stop::new(), |pass| passes.push(pass)).unwrap();
    assert_eq!((passes[0].round, passes[0].nodes), (0, 80));
    assert!(passes.windows(2).all(|two| two[0].round <= two[1].round));
    assert_eq!(passes.last().unwrap().clusters, 4);
}

#[test]
fn nodes_without_ties_are_alone_and_nothing_is_found_in_nothing() {
    assert_eq!(find(&graph(0, &[]), at(1.0, 1)).clusters(), 0);
    assert_eq!(find(&graph(3, &[]), at(1.0, 1)).labels(), [0, 1, 2]);
    let found = find(&graph(4, &[(1, 3, 1.0)]), at(1.0, 1));
    assert_eq!(found.labels(), [0, 1, 2, 1]);
}

#[test]
fn ties_that_make_no_graph_are_refused_by_name() {
    let refused = |tie| ClusterGraph::build(2, &[tie]).unwrap_err();
    assert_eq!(refused((0, 2, 1.0)), BadTies::NoSuchNode { node: 2, nodes: 2 });
    assert_eq!(refused((1, 1, 1.0)), BadTies::Loop(1));
    assert_eq!(refused((0, 1, 0.0)), BadTies::Weight(0.0));
    assert!(matches!(refused((0, 1, f32::NAN)), BadTies::Weight(_)));
    let twice = graph(2, &[(0, 1, 1.0), (1, 0, 0.5)]);
    assert_eq!((twice.ties(), twice.strength(0)), (1, 1.5));
}

#[test]
fn two_cliques_that_one_tie_joins_have_the_modularity_of_the_book() {
    let mut ties = vec![(2, 3, 1.0)];
    for first in [0, 3] {
        ties.extend([(0, 1), (0, 2), (1, 2)].map(|(a, b)| (first + a, first + b, 1.0)));
    }
    let graph = graph(6, &ties);
    let found = find(&graph, at(1.0, 1));
    assert_eq!(found.labels(), [0, 0, 0, 1, 1, 1]);
    assert!((found.modularity(&graph, 1.0) - (6.0 / 7.0 - 0.5)).abs() < 1e-12);
}

#[test]
fn likeness_is_that_of_hubert_and_arabie() {
    let of = Partition::of_labels;
    assert!((likeness(&of(&[0, 0, 1, 1]), &of(&[5, 5, 3, 3])) - 1.0).abs() < 1e-12);
    // Of 6 pairs 2 are together in one, 1 in the other, 1 in both: (1 − 1/3) / (3/2 − 1/3).
    assert!((likeness(&of(&[0, 0, 1, 1]), &of(&[0, 0, 1, 2])) - 4.0 / 7.0).abs() < 1e-12);
    assert!((likeness(&of(&[0, 0, 1, 1]), &of(&[0, 1, 0, 1])) + 0.5).abs() < 1e-12);
}

#[test]
fn of_several_resolutions_the_one_that_changes_least_comes_first() {
    let (ties, truth) = planted((6, 20), (0.7, 0.02), 2);
    let graph = graph(120, &ties);
    let levels = cluster_levels(&graph, &RESOLUTIONS, &[1, 2, 3], &Stop::new()).unwrap();
    let chosen = &levels.levels[levels.default];
    assert_eq!(chosen.partition, truth);
    assert!(chosen.stability() > 0.9, "{chosen:?}");
    for level in &levels.levels {
        assert!(level.stability() <= chosen.stability());
        assert!(level.between_seeds <= 1.0 && level.between_neighbours <= 1.0);
    }
    let counts: Vec<usize> = levels.levels.iter().map(|level| level.partition.clusters()).collect();
    assert!(counts.is_sorted(), "{counts:?}");
}
