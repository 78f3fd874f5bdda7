//! What an import brought.

use std::collections::BTreeMap;

use crate::model::{
    Import, ImportCounts, ImportId, PersonId, REFUSED_ROWS_MAX, RefusedRow, Timestamp,
};

use crate::service::Why;

/// That a part which an import told of is one with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedPart {
    /// Under whom it is shown.
    pub person: PersonId,
    /// Why.
    pub why: Why,
}

/// What an import brought, or would bring.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportReport {
    /// What is kept of it.
    pub import: Import,
    /// Whether it was only tried.
    pub dry_run: bool,
    /// People it told of who are one with others.
    pub joined: u64,
    /// Some of them.
    pub joins: Vec<JoinedPart>,
    /// What the columns of its tables were taken for: file, TOML.
    pub mappings: Vec<(String, String)>,
    /// Files in it that were not read.
    pub others: Vec<String>,
    /// The addresses that were found to be those of whoever imported it.
    pub own_addresses: Vec<String>,
}

/// An import, as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportView {
    /// Which import.
    pub id: ImportId,
    /// What is kept of it.
    pub import: Import,
    /// Whether it is complete, and was not undone.
    pub stands: bool,
}

/// Counts what becomes of records.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) counts: ImportCounts,
    excluded: BTreeMap<String, u64>,
    refused: Vec<RefusedRow>,
}

impl Tally {
    pub(super) fn exclude(&mut self, reason: &str) {
        self.counts.read += 1;
        self.counts.excluded += 1;
        *self.excluded.entry(reason.to_owned()).or_default() += 1;
    }

    pub(super) fn refuse(&mut self, file: String, line: u64, reason: String) {
        self.counts.read += 1;
        self.counts.refused += 1;
        if self.refused.len() < REFUSED_ROWS_MAX {
            self.refused.push(RefusedRow { file, line, reason });
        }
    }

    pub(super) fn told(&mut self, new: bool) {
        self.counts.read += 1;
        *(if new { &mut self.counts.new } else { &mut self.counts.known }) += 1;
    }

    pub(super) fn into_import(self, mut import: Import, finished_at: Timestamp) -> Import {
        import.finished_at = Some(finished_at);
        import.counts = self.counts;
        import.excluded = self.excluded;
        import.refused = self.refused;
        import
    }
}
