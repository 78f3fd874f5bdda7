//! Clusters at several resolutions, and which of them to show first.

use crate::algo::{Stop, Stopped};

use super::{ClusterGraph, ClusterOptions, Partition, clusters, likeness};

/// The resolutions at which clusters are offered, coarse to fine.
pub const RESOLUTIONS: [f64; 5] = [0.5, 1.0, 2.0, 3.0, 5.0];

/// The clusters at one resolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// γ.
    pub resolution: f64,
    /// Which node is in which cluster.
    pub partition: Partition,
    /// How alike the answers of several seeds are, from about 0 to 1.
    pub between_seeds: f64,
    /// How alike the answers of the next coarser and finer resolutions are to this one.
    pub between_neighbours: f64,
}

impl Level {
    /// How little the answer depends on chance and on the resolution: the mean of both.
    pub fn stability(&self) -> f64 {
        f64::midpoint(self.between_seeds, self.between_neighbours)
    }
}

/// The clusters at each of some resolutions.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// In the order of the resolutions.
    pub levels: Vec<Level>,
    /// Which of them changes least between seeds and neighbours.
    pub default: usize,
}

/// Clusters at each resolution, from several seeds; the first seed's answers are kept.
///
/// The default is the level whose answer changes least, by the adjusted Rand index, between seeds
/// and between neighbouring resolutions; of equal ones the coarser. One cluster, or none of two
/// nodes, is no map: such levels come last.
///
/// # Errors
/// [`Stopped`] when told to.
pub fn cluster_levels(
    graph: &ClusterGraph,
    resolutions: &[f64],
    seeds: &[u64],
    stop: &Stop,
) -> Result<Levels, Stopped> {
    let mut levels: Vec<Level> = Vec::with_capacity(resolutions.len());
    for &resolution in resolutions {
        let mut answers = Vec::with_capacity(seeds.len());
        for &seed in seeds {
            let options = ClusterOptions { resolution, seed, ..ClusterOptions::default() };
            answers.push(clusters(graph, options, stop, |_| {})?);
        }
        let between_seeds = mean(pairs(&answers).map(|(a, b)| likeness(a, b)));
        let partition = answers.swap_remove(0);
        levels.push(Level { resolution, partition, between_seeds, between_neighbours: 1.0 });
    }
    let next: Vec<f64> =
        levels.windows(2).map(|two| likeness(&two[0].partition, &two[1].partition)).collect();
    for (at, level) in levels.iter_mut().enumerate() {
        let beside = [at.checked_sub(1), Some(at)].into_iter().flatten();
        level.between_neighbours = mean(beside.filter_map(|at| next.get(at).copied()));
    }
    let default = most_stable(&levels);
    Ok(Levels { levels, default })
}

fn most_stable(levels: &[Level]) -> usize {
    let is_map = |level: &Level| {
        let clusters = level.partition.clusters();
        clusters > 1 && clusters < level.partition.nodes()
    };
    let worth = |level: &Level| if is_map(level) { level.stability() } else { f64::NEG_INFINITY };
    let mut best = 0;
    for (at, level) in levels.iter().enumerate() {
        if worth(level) > worth(&levels[best]) {
            best = at;
        }
    }
    best
}

fn pairs<T>(all: &[T]) -> impl Iterator<Item = (&T, &T)> {
    all.iter().enumerate().flat_map(|(at, one)| all[at + 1..].iter().map(move |other| (one, other)))
}

/// The mean; 1 of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0_u32, 0.0), |(count, sum), value| (count + 1, sum + value));
    if count == 0 { 1.0 } else { sum / f64::from(count) }
}
