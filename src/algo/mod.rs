//! Pure, deterministic functions over evidence and the network: no I/O, no clock, no hidden
//! chance.

mod fold;
mod load;
mod mass;
mod strength;

pub use fold::*;
pub use load::*;
pub use mass::*;
pub use strength::*;
