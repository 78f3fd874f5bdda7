//! Clusters: groups of nodes that are joined among themselves more than with others.
//!
//! The method is Leiden (Traag, Waltman and van Eck 2019) for modularity with a resolution. One
//! thread does it, so that the number of threads cannot matter: the same graph, options and seed
//! give the same clusters to the last byte. Every cluster is connected. How fast it is stands in
//! docs/PERFORMANCE.md.

mod aggregating;
mod graph;
mod leiden;
mod levels;
mod moving;
mod naming;
mod nearby;
mod order;
mod partition;
mod quality;
mod refining;
#[cfg(test)]
mod tests;
mod weight;
#[cfg(test)]
mod world;

pub use graph::{BadTies, ClusterGraph};
pub use leiden::{ClusterOptions, Pass, clusters};
pub use levels::{Level as ClusterLevel, Levels as ClusterLevels, RESOLUTIONS, cluster_levels};
pub use naming::{Standout, standouts};
pub use partition::{Partition, likeness};
pub use quality::{Quality, cluster_quality};
pub use weight::map_weight;

/// How many entries of rows are read between two looks at the request to stop.
const STOP_EVERY: usize = if cfg!(test) { 16 } else { 65_536 };
