//! The nouns as values that cannot be wrong, and the changes that can happen to them.

mod id;

pub use id::*;
