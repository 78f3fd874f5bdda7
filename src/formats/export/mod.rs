//! Our own export: a folder of CSV files that reads back without loss, and two more that Gephi and
//! spreadsheets take.
//!
//! `people.csv`, `companies.csv`, `employments.csv`, `relations.csv`, `lists.csv`, `contacts.csv`
//! and `cadences.csv` are read back (older exports have no cadences); `nodes.csv` and `edges.csv` follow from them. `export.json` says
//! what the folder is. All are UTF-8 with its mark, every cell in quotes, CR LF at the end of each
//! row and nowhere else. Equal rows in equal order make equal bytes.

mod cells;
mod folder;
mod reader;
mod rows;
mod sheet;
#[cfg(test)]
pub(in crate::formats) mod tests;
#[cfg(test)]
mod world;
mod writer;

use std::path::Path;

pub(super) use self::cells::guarded;
pub use self::{
    reader::Export,
    rows::{
        CadenceRow, CompanyRow, ContactRow, JobRow, ListRow, Node, PersonRow, RelationRow, TieRow,
    },
    writer::Writer,
};
use super::FileError;

/// How an export is written.
#[derive(Default)]
pub struct Options {
    /// What stands in the columns of ids.
    pub ids: Ids,
    /// What becomes of cells that a spreadsheet would run.
    pub formulas: Formulas,
}

/// What people and companies are called inside an export. It is read back to join its files, and
/// is no fact.
#[derive(Default)]
pub enum Ids {
    /// `p1`, `c1`: by the numbers of the rows.
    #[default]
    Rows,
    /// What the caller says: not empty, and different for each person and each company.
    Stored(Box<dyn Fn(Node) -> String + Send>),
}

/// What becomes of cells that a spreadsheet would take for formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Formulas {
    /// They begin with an apostrophe; the reader takes it off.
    #[default]
    Guarded,
    /// They stay as they are.
    Raw,
}

/// A file of an export that is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Companies,
    People,
    Employments,
    Relations,
    Lists,
    Contacts,
    Cadences,
}

impl Part {
    /// In the order in which they are read.
    const ALL: [Self; 7] = [
        Self::Companies,
        Self::People,
        Self::Employments,
        Self::Relations,
        Self::Lists,
        Self::Contacts,
        Self::Cadences,
    ];

    const fn file(self) -> &'static str {
        match self {
            Self::Companies => "companies.csv",
            Self::People => "people.csv",
            Self::Employments => "employments.csv",
            Self::Relations => "relations.csv",
            Self::Lists => "lists.csv",
            Self::Contacts => "contacts.csv",
            Self::Cadences => "cadences.csv",
        }
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Companies => &["Id", "Name", "Earlier names", "Domain", "Ids", "Tags"],
            Self::People => {
                &["Id", "Name", "Earlier names", "Email", "Profile", "Other ids", "Tags"]
            }
            Self::Employments => &["Person", "Company", "Title", "From", "To"],
            Self::Relations => &["From company", "To company", "Relation", "From", "To"],
            Self::Lists => &["List", "Person", "Company"],
            Self::Contacts => &["Kind", "At", "Closeness", "People", "Read as"],
            Self::Cadences => &["Person", "Days"],
        }
    }

    /// Whether an export without it is whole: those of older programs are.
    const fn may_miss(self) -> bool {
        matches!(self, Self::Cadences)
    }
}

/// The file that says what the folder is.
const MARKER: &str = "export.json";
/// What stands in it.
const MARKER_TEXT: &str = "{\"format\":\"tertius export\",\"version\":1}\n";
/// The two files that are not read back.
const NODES: (&str, &[&str]) = ("nodes.csv", &["Id", "Label", "Kind", "Company", "Title"]);
const EDGES: (&str, &[&str]) = (
    "edges.csv",
    &["Source", "Target", "Type", "Id", "Label", "Weight", "Contacts", "Last contact"],
);
/// Stands for a participant of whom nothing was read but the name.
const NOT_READ: &str = ".";

/// Whether a path is an export: a folder that [`Writer`] made, or a ZIP of one.
pub fn is_export(path: &Path) -> bool {
    reader::parts(path).is_ok()
}

/// Opens an export, to be read from its beginning.
///
/// Each name of a person or company is a record of its own, with the same identifiers; tags come
/// with the last. Jobs follow as records of the person, but those of somebody without identifiers
/// come along with each of their names, since nothing else says who it is. Somebody who took part
/// in a contact has the identifier as it was read, or else their present name and all identifiers.
///
/// # Memory
/// The present name and the identifiers of each person and company, and the jobs of those people
/// who have no identifiers.
///
/// # Errors
/// When it is no export, is not whole, or is of a version that is not known.
pub fn open(path: &Path) -> Result<Export, FileError> {
    Export::open(path)
}
