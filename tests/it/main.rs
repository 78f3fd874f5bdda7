//! Everything that is tested from outside, in one binary.

mod known_answers;
mod questions;
mod store;
