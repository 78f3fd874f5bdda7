//! One reader or writer per file format: bytes to records and back, one at a time, never the whole
//! file.
//!
//! A reader is an iterator of [`Read`]: each item is a record or a row that could not be taken,
//! with its place in the file. It decides nothing about who is who; it says what it read, as it
//! read it.

pub mod export;
mod files;
#[cfg(test)]
mod fuzz;
pub mod linkedin;
pub mod mail;
mod record;
pub mod table;
mod words;

pub use record::*;
