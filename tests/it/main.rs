//! Everything that is tested from outside, in one binary.

mod sqlite_crash;
mod sqlite_files;
mod sqlite_story;
mod store;
