//! Who can introduce me, will it work, and how do I ask without wearing anybody out.

pub mod algo;
pub mod graph;
pub mod model;
pub mod sample;
pub mod store;
