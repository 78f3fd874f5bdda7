//! What an import brought.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Author, ImportId, Name, SystemName, Timestamp};

/// How many refused rows are kept with an import.
pub const REFUSED_ROWS_MAX: usize = 1_000;

/// What became of the records of an import: each is counted once, so that `read` is the sum of
/// `new`, `known`, `excluded` and `refused`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportCounts {
    /// Rows and messages that were read.
    pub read: u64,
    /// Those that told something new.
    pub new: u64,
    /// Those that told nothing new.
    pub known: u64,
    /// Those that were left out on purpose.
    pub excluded: u64,
    /// Those that could not be taken.
    pub refused: u64,
    /// People who were met for the first time.
    pub people: u64,
    /// Companies that were met for the first time.
    pub companies: u64,
}

impl ImportCounts {
    /// Whether every record is accounted for.
    pub const fn add_up(&self) -> bool {
        self.read == self.new + self.known + self.excluded + self.refused
    }
}

/// A row that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The file, by its path inside what was given.
    pub file: String,
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// What is wrong with it, and what would be right.
    pub reason: String,
}

/// An import and what it brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Which import; the same content by the same member is the same import.
    pub id: ImportId,
    /// The name of the file or folder.
    pub name: Name,
    /// What its facts name as their source.
    pub system: SystemName,
    /// Who brought it.
    pub author: Author,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was read to its end, if it was.
    pub finished_at: Option<Timestamp>,
    /// When it was undone, if it was.
    pub undone_at: Option<Timestamp>,
    /// What became of its records.
    pub counts: ImportCounts,
    /// Why records were left out, and how many.
    pub excluded: BTreeMap<String, u64>,
    /// The first rows that could not be taken, at most 1,000.
    pub refused: Vec<RefusedRow>,
}
