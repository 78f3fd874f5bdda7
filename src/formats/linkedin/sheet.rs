//! One file of the archive: rows with cells by the names of their columns.

use crate::{
    formats::{
        Party,
        table::{
            Source,
            rows::Rows,
            split::{NoRow, Row},
            values,
        },
    },
    model::{Identifier, Name, fold},
};

/// What stands for somebody whose account is closed.
const NOBODY: &str = "linkedin member";

/// A file whose columns are found by name.
pub(super) struct Sheet {
    rows: Rows,
    keys: Vec<String>,
}

impl Sheet {
    /// Opens a file that must have these columns, by their folded names.
    pub(super) fn open(source: &Source, wanted: &[&str]) -> Result<Self, NoRow> {
        let is_header = |cells: &csv::StringRecord| {
            wanted.iter().all(|key| cells.iter().any(|cell| key_of(cell) == *key))
        };
        let rows = Rows::open(source().map_err(NoRow::Io)?, &is_header)?;
        let keys: Vec<String> = rows.headers().iter().map(|header| key_of(header)).collect();
        let missing = wanted.iter().find(|key| !keys.iter().any(|found| found == *key));
        match missing {
            None => Ok(Self { rows, keys }),
            Some(key) => {
                Err(NoRow::Bad { line: 1, reason: format!("no column is called `{key}`") })
            }
        }
    }

    pub(super) fn next_row(&mut self) -> Option<Result<Row, NoRow>> {
        self.rows.next()
    }

    /// The cell of a column; an empty one where the file has none.
    pub(super) fn cell<'r>(&self, row: &'r Row, key: &str) -> &'r str {
        let ix = self.keys.iter().position(|found| found == key);
        ix.map_or("", |ix| values::clean(row.cell(ix)))
    }

    /// Whether a cell says yes.
    pub(super) fn says_yes(&self, row: &Row, key: &str) -> bool {
        matches!(&*fold(self.cell(row, key)), "yes" | "true" | "1")
    }
}

/// A header in lower case, with single spaces.
fn key_of(header: &str) -> String {
    header.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Somebody by name and page; nobody where neither says who.
pub(super) fn party(name: &str, url: &str) -> Option<Party> {
    let name = Name::new(name).ok().filter(|name| fold(name.as_str()) != NOBODY);
    let url = values::profile(url).ok().map(Identifier::Profile);
    let party = Party { name, identifiers: url.into_iter().collect() };
    (party != Party::default()).then_some(party)
}

/// Whether a page is that of a person.
pub(super) fn is_personal(url: &str) -> bool {
    !["/company/", "/showcase/", "/school/"].iter().any(|part| url.contains(part))
}

/// First and last name, without what people put after a comma to impress.
pub(super) fn full_name(first: &str, last: &str) -> String {
    let last = last.split(',').next().unwrap_or_default();
    format!("{} {}", first.trim(), last.trim()).trim().to_owned()
}
