//! What an import brought.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    formats::{Located, Place, Record},
    model::{Import, ImportCounts, ImportId, PersonId, REFUSED_ROWS_MAX, RefusedRow, Timestamp},
    service::Why,
};

/// That a part which an import told of is one with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedPart {
    /// Under whom it is shown.
    pub person: PersonId,
    /// Why.
    pub why: Why,
}

/// How many records of an import that is only tried are shown.
const PREVIEWED: usize = 5;

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
    /// Where it was only tried: how its first records were understood.
    pub preview: Vec<String>,
    /// What the columns of its tables were taken for: file, TOML.
    pub mappings: Vec<(String, String)>,
    /// Files in it that were not read.
    pub others: Vec<String>,
    /// The addresses that were found to be those of whoever imported it.
    pub own_addresses: Vec<String>,
}

impl ImportReport {
    /// The report as programs read it, from the command line and over HTTP.
    pub fn json(&self) -> Value {
        let import = &self.import;
        let mapping = |(file, toml): &(String, String)| json!({ "file": file, "toml": toml });
        json!({
            "id": import.id,
            "name": import.name,
            "dryRun": self.dry_run,
            "counts": import.counts,
            "joined": self.joined,
            "excluded": import.excluded,
            "refused": import.refused,
            "preview": self.preview,
            "ownAddresses": self.own_addresses,
            "filesNotRead": self.others,
            "mappings": self.mappings.iter().map(mapping).collect::<Vec<_>>(),
        })
    }
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

impl From<Import> for ImportView {
    fn from(import: Import) -> Self {
        let stands = import.finished_at.is_some() && import.undone_at.is_none();
        Self { id: import.id, import, stands }
    }
}

/// Counts what becomes of records.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) preview: Vec<String>,
    pub(super) counts: ImportCounts,
    excluded: BTreeMap<String, u64>,
    refused: Vec<RefusedRow>,
}

impl Tally {
    /// Keeps how a record was understood, of the first ones.
    pub(super) fn preview(&mut self, read: &Located) {
        if self.preview.len() < PREVIEWED && !matches!(read.record, Record::Excluded { .. }) {
            let Place { file, line } = &read.place;
            self.preview.push(format!("{file}:{line}: {}", read.record));
        }
    }

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
