//! Pure, deterministic functions over evidence and the network: no I/O, no clock, no hidden
//! chance.

mod acquainted;
mod clusters;
mod fading;
mod figures;
mod fold;
mod foretell;
mod formula;
#[cfg(test)]
mod gates;
mod kept;
mod load;
mod mass;
mod overriding;
mod paths;
mod population;
mod rhythm;
mod steps;
mod stop;
mod strength;

pub use clusters::*;
pub use fading::*;
pub use figures::*;
pub use fold::*;
pub use foretell::*;
pub use formula::*;
pub use kept::SNAPSHOT_FORM;
pub use load::*;
pub use mass::*;
pub use overriding::override_on;
pub use paths::*;
pub use population::*;
pub use rhythm::*;
pub use steps::*;
pub use stop::*;
pub use strength::*;
