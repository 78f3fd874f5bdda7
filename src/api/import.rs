//! Imports, how far they have come, and whom nothing is imported of.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use crate::{
    model::{Excluded, ImportCounts as Counts},
    service::{ExclusionView, ImportState as State, ImportStatus, ImportView},
};

use super::{context::tertius, error::bad_input, input::count, scalar::DateTime};

/// How many refused rows are shown where nothing is said.
const ROWS_DEFAULT: usize = 20;

/// A file that was imported, and what it brought.
#[derive(Debug, Clone)]
pub struct Import {
    view: ImportView,
}

impl From<ImportView> for Import {
    fn from(view: ImportView) -> Self {
        Self { view }
    }
}

impl From<crate::model::Import> for Import {
    fn from(import: crate::model::Import) -> Self {
        Self { view: import.into() }
    }
}

/// A file that was imported, and what it brought.
#[Object]
impl Import {
    /// The id: `import_` and 32 digits from 0 to f. The same content by the same member is the
    /// same import.
    pub async fn id(&self) -> ID {
        self.view.id.to_string().into()
    }

    /// The name of the file or folder.
    async fn name(&self) -> &str {
        self.view.import.name.as_str()
    }

    /// What its facts name as their source, such as `linkedin` or `mail`.
    async fn system(&self) -> &str {
        self.view.import.system.as_str()
    }

    /// When it began.
    async fn started_at(&self) -> DateTime {
        DateTime(self.view.import.started_at)
    }

    /// When it came to its end; null while it runs, and where it broke off.
    async fn finished_at(&self) -> Option<DateTime> {
        self.view.import.finished_at.map(DateTime)
    }

    /// When it was undone, if it was.
    async fn undone_at(&self) -> Option<DateTime> {
        self.view.import.undone_at.map(DateTime)
    }

    /// Whether it is complete, and was not undone.
    async fn stands(&self) -> bool {
        self.view.stands
    }

    /// What became of its records.
    async fn counts(&self) -> ImportCounts {
        self.view.import.counts.into()
    }

    /// Why records were left out on purpose.
    async fn excluded(&self) -> Vec<ExcludedCount> {
        let excluded = self.view.import.excluded.iter();
        excluded.map(|(why, n)| ExcludedCount { reason: why.clone(), count: int(*n) }).collect()
    }

    /// The first rows that could not be taken; 1,000 are kept.
    #[graphql(directive = super::cost::per_page::apply(0))]
    async fn refused_rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
    ) -> Result<Vec<RefusedRow>> {
        let most = tertius(ctx)?.limits().page_max;
        let first = count("first", first)?.unwrap_or(ROWS_DEFAULT);
        if first > most {
            let message = format!("first: {first} is not from 0 to {most}");
            return Err(bad_input(Some("first"), message));
        }
        let row = |row: &crate::model::RefusedRow| RefusedRow {
            file: row.file.clone(),
            line: int(row.line),
            reason: row.reason.clone(),
        };
        Ok(self.view.import.refused.iter().take(first).map(row).collect())
    }
}

/// What became of the records of an import: `read` is the sum of `new`, `known`, `excluded` and
/// `refused`.
#[derive(Debug, Clone, SimpleObject)]
pub struct ImportCounts {
    /// Rows and messages that were read.
    read: i32,
    /// Those that told something new.
    new: i32,
    /// Those that told nothing new.
    known: i32,
    /// Those that were left out on purpose.
    excluded: i32,
    /// Those that could not be taken.
    refused: i32,
    /// People who were met for the first time.
    people: i32,
    /// Companies that were met for the first time.
    companies: i32,
}

impl From<Counts> for ImportCounts {
    fn from(counts: Counts) -> Self {
        Self {
            read: int(counts.read),
            new: int(counts.new),
            known: int(counts.known),
            excluded: int(counts.excluded),
            refused: int(counts.refused),
            people: int(counts.people),
            companies: int(counts.companies),
        }
    }
}

/// Why records were left out, and how many.
#[derive(Debug, Clone, SimpleObject)]
pub struct ExcludedCount {
    /// Why.
    reason: String,
    /// How many.
    count: i32,
}

/// A row that could not be taken.
#[derive(Debug, Clone, SimpleObject)]
pub struct RefusedRow {
    /// The file, by its path inside what was imported.
    file: String,
    /// The line on which the row begins, counted from 1.
    line: i32,
    /// What is wrong with it, and what would be right.
    reason: String,
}

/// Whether an import goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ImportState {
    /// It goes on.
    Running,
    /// It came to its end.
    Finished,
    /// It broke off. Importing the same file again goes on from there.
    Failed,
    /// Somebody called it off. Importing the same file again goes on from there.
    Cancelled,
}

/// How far an import has come.
#[derive(Debug, Clone, SimpleObject)]
pub struct ImportProgress {
    /// The id of the import.
    import_id: ID,
    /// Whether it goes on.
    state: ImportState,
    /// Records that were read and whose facts are safe.
    read: i32,
    /// Those that told something new.
    new: i32,
    /// Those that could not be taken.
    refused: i32,
    /// Why it broke off, if it did.
    reason: Option<String>,
}

impl From<ImportStatus> for ImportProgress {
    fn from(status: ImportStatus) -> Self {
        Self {
            import_id: status.id.to_string().into(),
            state: match status.state {
                State::Running => ImportState::Running,
                State::Finished => ImportState::Finished,
                State::Failed => ImportState::Failed,
                State::Cancelled => ImportState::Cancelled,
            },
            read: int(status.progress.read),
            new: int(status.progress.new),
            refused: int(status.progress.refused),
            reason: status.reason,
        }
    }
}

/// That nothing is imported of somebody, or of a whole domain.
#[derive(Debug, Clone)]
pub struct Exclusion {
    view: ExclusionView,
}

impl From<ExclusionView> for Exclusion {
    fn from(view: ExclusionView) -> Self {
        Self { view }
    }
}

/// That nothing is imported of somebody, or of a whole domain.
#[Object]
impl Exclusion {
    /// The id: `exclusion_` and 32 digits from 0 to f.
    pub async fn id(&self) -> ID {
        self.view.exclusion.id.to_string().into()
    }

    /// A mail address, a profile page, or a domain; nothing where somebody was erased, because what
    /// is kept of them does not say whom.
    async fn excluded(&self) -> Option<String> {
        match &self.view.exclusion.excluded {
            Excluded::Domain(domain) => Some(domain.to_string()),
            Excluded::Person(identifier) => Some(identifier.text()),
            Excluded::Erased(_) => None,
        }
    }

    /// Since when.
    async fn since(&self) -> DateTime {
        DateTime(self.view.exclusion.since)
    }

    /// When it was lifted, if it was.
    async fn lifted_at(&self) -> Option<DateTime> {
        self.view.exclusion.lifted_at.map(DateTime)
    }
}

/// A count as GraphQL's integers hold it.
fn int(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
