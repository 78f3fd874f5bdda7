//! Graphs for tests: with clusters that are known, and small ones by chance.

use super::{ClusterGraph, Partition, order::Chance};

/// Ties, as they are given.
pub(super) type Ties = Vec<(u32, u32, f32)>;

/// A number in [0, 1).
fn unit(chance: &mut Chance) -> f64 {
    chance.next() as f64 / 2_f64.powi(64)
}

/// Planted clusters of equal size: two of a cluster have a tie with probability `inner`, others
/// with `outer`.
pub(super) fn planted(
    (clusters, size): (usize, usize),
    (inner, outer): (f64, f64),
    seed: u64,
) -> (Ties, Partition) {
    let labels: Vec<u32> = (0..clusters * size).map(|node| (node % clusters) as u32).collect();
    let mut chance = Chance::new(seed);
    let mut ties = Ties::new();
    for a in 0..labels.len() as u32 {
        for b in a + 1..labels.len() as u32 {
            let same = labels[a as usize] == labels[b as usize];
            if unit(&mut chance) < if same { inner } else { outer } {
                ties.push((a, b, 0.5 + 0.5 * unit(&mut chance) as f32));
            }
        }
    }
    (ties, Partition::of_labels(&labels))
}

/// After Lancichinetti, Fortunato and Radicchi 2008: sizes of clusters and numbers of ties by power
/// laws, and a share `mixing` of everybody's ties leads out of their cluster.
pub(super) fn lfr(nodes: usize, mixing: f64, seed: u64) -> (Ties, Partition) {
    let mut chance = Chance::new(seed);
    let mut labels = Vec::new();
    for cluster in 0.. {
        let size = (20.0 / (1.0 - 0.8 * unit(&mut chance))) as usize;
        labels.extend(std::iter::repeat_n(cluster, size.min(nodes - labels.len())));
        if labels.len() == nodes {
            break;
        }
    }
    let mut inner = vec![Vec::new(); labels.len()];
    let mut outer = Vec::new();
    for node in 0..nodes as u32 {
        let degree = 6.0 / (1.0 - 0.9 * unit(&mut chance)).powf(0.8);
        for _ in 0..degree as usize {
            if unit(&mut chance) < mixing {
                outer.push(node);
            } else {
                inner[labels[node as usize] as usize].push(node);
            }
        }
    }
    let mut ties = Ties::new();
    for mut stubs in inner.into_iter().chain([outer]) {
        chance.shuffle(&mut stubs);
        let (pairs, _) = stubs.as_chunks::<2>();
        ties.extend(pairs.iter().filter(|[a, b]| a != b).map(|&[a, b]| (a, b, 1.0)));
    }
    (ties, Partition::of_labels(&labels))
}

/// A few nodes with ties by chance.
pub(super) fn small(nodes: usize, seed: u64) -> Ties {
    let mut chance = Chance::new(seed);
    let density = 0.2 + 0.5 * unit(&mut chance);
    let mut ties = Ties::new();
    for a in 0..nodes as u32 {
        for b in a + 1..nodes as u32 {
            if unit(&mut chance) < density {
                ties.push((a, b, 0.1 + unit(&mut chance) as f32));
            }
        }
    }
    ties
}

/// The graph of ties that are right.
pub(super) fn graph(nodes: usize, ties: &[(u32, u32, f32)]) -> ClusterGraph {
    ClusterGraph::build(nodes, ties).unwrap()
}

/// The greatest modularity of any partition of a few nodes, by trying all.
pub(super) fn best_of_all(graph: &ClusterGraph, resolution: f64) -> f64 {
    fn extend(graph: &ClusterGraph, resolution: f64, labels: &mut Vec<u32>, best: &mut f64) {
        if labels.len() == graph.nodes() {
            let found = Partition::of_labels(labels).modularity(graph, resolution);
            *best = best.max(found);
            return;
        }
        let next = labels.iter().max().map_or(0, |max| max + 1);
        for label in 0..=next {
            labels.push(label);
            extend(graph, resolution, labels, best);
            labels.pop();
        }
    }
    let mut best = f64::NEG_INFINITY;
    extend(graph, resolution, &mut Vec::new(), &mut best);
    best
}
