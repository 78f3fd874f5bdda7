//! Pure, deterministic functions over the network.

pub mod paths;
mod stop;

pub use stop::{Stop, Stopped};
