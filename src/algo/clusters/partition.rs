//! Which node is in which cluster, how good that is, and how alike two answers are.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::ClusterGraph;

/// Each node's cluster. Clusters are numbered in the order of their first nodes, so that equal
/// partitions are equal values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    of: Vec<u32>,
    clusters: usize,
}

impl Partition {
    /// The partition in which nodes with equal labels are in one cluster.
    pub fn of_labels(labels: &[u32]) -> Self {
        let mut names: HashMap<u32, u32, FxBuildHasher> = HashMap::default();
        let mut of = Vec::with_capacity(labels.len());
        for label in labels {
            let next = names.len() as u32;
            of.push(*names.entry(*label).or_insert(next));
        }
        Self { of, clusters: names.len() }
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> usize {
        self.of.len()
    }

    /// How many clusters there are.
    pub fn clusters(&self) -> usize {
        self.clusters
    }

    /// The cluster of a node.
    pub fn cluster(&self, node: u32) -> u32 {
        self.of[node as usize]
    }

    /// The cluster of each node.
    pub fn labels(&self) -> &[u32] {
        &self.of
    }

    pub(super) fn into_labels(self) -> Vec<u32> {
        self.of
    }

    /// The nodes of each cluster, in order.
    pub fn members(&self) -> Vec<Vec<u32>> {
        let mut members = vec![Vec::new(); self.clusters];
        for (node, &cluster) in self.of.iter().enumerate() {
            members[cluster as usize].push(node as u32);
        }
        members
    }

    /// Modularity with a resolution γ: the sum over clusters of w(c)/W − γ·(k(c)/W)², where w(c)
    /// is twice the weight of ties inside, k(c) the strength of the members, and W twice the weight
    /// of all ties; 0 without ties. At most 1.
    ///
    /// # Complexity
    /// O(nodes + ties).
    pub fn modularity(&self, graph: &ClusterGraph, resolution: f64) -> f64 {
        if graph.total <= 0.0 {
            return 0.0;
        }
        let mut strengths = vec![0.0_f64; self.clusters];
        let mut within = 0.0;
        for (node, &own) in self.of.iter().enumerate() {
            strengths[own as usize] += graph.strengths[node];
            let row = graph.row(node as u32).iter();
            let inner = row.filter(|entry| self.of[entry.to as usize] == own);
            within += inner.map(|entry| f64::from(entry.weight)).sum::<f64>() + graph.inside[node];
        }
        let share = |strength: &f64| (strength / graph.total).powi(2);
        within / graph.total - resolution * strengths.iter().map(share).sum::<f64>()
    }

    /// The same, with every cluster that is not connected taken apart. Modularity does not fall: no
    /// tie is cut.
    ///
    /// # Complexity
    /// O(nodes + ties).
    #[must_use]
    pub fn connected(&self, graph: &ClusterGraph) -> Self {
        const NONE: u32 = u32::MAX;
        let mut of = vec![NONE; self.of.len()];
        let (mut clusters, mut open) = (0, Vec::new());
        for first in 0..self.of.len() as u32 {
            if of[first as usize] != NONE {
                continue;
            }
            of[first as usize] = clusters;
            open.push(first);
            while let Some(node) = open.pop() {
                for entry in graph.row(node) {
                    let to = entry.to as usize;
                    if of[to] == NONE && self.of[to] == self.of[node as usize] {
                        of[to] = clusters;
                        open.push(entry.to);
                    }
                }
            }
            clusters += 1;
        }
        Self { of, clusters: clusters as usize }
    }
}

/// How alike two partitions of the same nodes are: the adjusted Rand index (Hubert and Arabie
/// 1985). 1 where they are equal, about 0 where they agree as much as chance would; it may be
/// negative.
///
/// # Complexity
/// O(nodes).
pub fn likeness(one: &Partition, other: &Partition) -> f64 {
    let pairs = |count: u32| f64::from(count) * (f64::from(count) - 1.0) / 2.0;
    let mut meetings: HashMap<(u32, u32), u32, FxBuildHasher> = HashMap::default();
    let mut sizes = [vec![0_u32; one.clusters], vec![0_u32; other.clusters]];
    for (&a, &b) in one.of.iter().zip(&other.of) {
        *meetings.entry((a, b)).or_default() += 1;
        sizes[0][a as usize] += 1;
        sizes[1][b as usize] += 1;
    }
    // Counts below 2^53 are exact, so that the order of a hash map does not show.
    let both: f64 = meetings.values().map(|&count| pairs(count)).sum();
    let [of_one, of_other] = sizes.map(|sizes| sizes.into_iter().map(pairs).sum::<f64>());
    let all = pairs(one.of.len() as u32);
    if all == 0.0 {
        return 1.0;
    }
    let by_chance = of_one * of_other / all;
    let most = f64::midpoint(of_one, of_other);
    // Both are one cluster, or both are single nodes.
    if most <= by_chance { 1.0 } else { (both - by_chance) / (most - by_chance) }
}
