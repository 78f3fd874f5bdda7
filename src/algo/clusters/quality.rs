//! How well a cluster holds together, so that a bad one says so.

use super::{ClusterGraph, Partition};

/// How well a cluster holds together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// The weight of the ties that lead out, as a share of the strength of the members, or of
    /// everybody else where that is less; from 0 to 1, the less the better. 0 where nothing leads
    /// out.
    pub conductance: f64,
    /// The share of the members' ties, by weight, that stay inside; from 0 to 1.
    pub cohesion: f64,
}

/// The quality of each cluster, and what each node's ties into its own cluster weigh.
///
/// # Complexity
/// O(nodes + ties).
pub fn cluster_quality(graph: &ClusterGraph, partition: &Partition) -> (Vec<Quality>, Vec<f64>) {
    let mut inner = vec![0.0; graph.nodes()];
    let mut within = vec![0.0; partition.clusters()];
    let mut strengths = vec![0.0; partition.clusters()];
    for node in 0..graph.nodes() as u32 {
        let own = partition.cluster(node);
        let row = graph.neighbours(node).filter(|&(other, _)| partition.cluster(other) == own);
        let weight: f64 = row.map(|(_, weight)| weight).sum();
        inner[node as usize] = weight;
        within[own as usize] += weight;
        strengths[own as usize] += graph.strength(node);
    }
    let total: f64 = strengths.iter().sum();
    let quality = |(&within, &strength): (&f64, &f64)| {
        let least = strength.min(total - strength);
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        Quality {
            conductance: share(strength - within, least).clamp(0.0, 1.0),
            cohesion: share(within, strength),
        }
    };
    (within.iter().zip(&strengths).map(quality).collect(), inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algo::clusters::world::graph;

    #[test]
    fn a_cluster_with_many_ties_outward_says_so() {
        // A triangle that one tie joins with a pair, and somebody who belongs nowhere.
        let ties = [(0, 1, 1.0), (0, 2, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0)];
        let partition = Partition::of_labels(&[0, 0, 0, 1, 1, 2]);
        let (quality, inner) = cluster_quality(&graph(6, &ties), &partition);
        assert_eq!(inner, [2.0, 2.0, 2.0, 1.0, 1.0, 0.0]);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(close(quality[0].cohesion, 6.0 / 7.0) && close(quality[1].cohesion, 2.0 / 3.0));
        assert!(close(quality[0].conductance, 1.0 / 3.0), "{quality:?}");
        assert!(close(quality[1].conductance, 1.0 / 3.0), "{quality:?}");
        assert_eq!(quality[2], Quality { conductance: 0.0, cohesion: 0.0 });
    }
}
