//! Everything that is tested from outside, in one binary.

mod architecture;
mod changes;
mod front;
mod known_answers;
mod questions;
mod schema;
mod sqlite_crash;
mod sqlite_files;
mod sqlite_story;
mod store;
mod story;
mod support;
