//! Pure, deterministic functions over evidence and the network: no I/O, no clock, no hidden
//! chance.

mod fold;
mod foretell;
mod load;
mod mass;
mod paths;
mod population;
mod rhythm;
mod stop;
mod strength;

pub use fold::*;
pub use foretell::*;
pub use load::*;
pub use mass::*;
pub use paths::*;
pub use population::*;
pub use rhythm::*;
pub use stop::*;
pub use strength::*;
