//! One immutable picture of who knows whom, plus small overlays; it knows no formula.

mod base;
mod bytes;
mod cost;
mod network;
mod overlay;
mod patch;
mod undirected;
mod visit;

pub use base::{BadNetwork, Entry, NodeIx, TieCosts, TieIx};
pub use bytes::{Plain, Source, damaged, put_list};
pub use cost::Cost;
pub use network::Network;
pub use overlay::Overlay;
pub use undirected::{Undirected, UndirectedTie};
pub use visit::VisitSet;

#[cfg(test)]
mod tests;
