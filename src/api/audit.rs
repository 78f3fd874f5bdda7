//! The trail of what was done.

use async_graphql::{Context, ID, Result, SimpleObject};

use crate::service::{AuditEntry as Entry, AuditQuestion};

use super::{
    connection::{Listed, connection},
    context::{tertius, viewer},
    error::fail,
    input::{id, page},
    scalar::DateTime,
};

/// One thing that was done: who, when, what kind of thing; never what it said.
#[derive(Debug, Clone, SimpleObject)]
pub struct AuditEntry {
    /// The id of the batch.
    id: ID,
    /// The version of the store that it made; each entry has the next one.
    version: String,
    /// The id of the member who did it; null where the house did it itself.
    author_id: Option<ID>,
    /// By which login they are known today.
    author_login: Option<String>,
    /// When.
    at: DateTime,
    /// How many changes it made.
    changes: i32,
    /// What it touched, by kind.
    touched: Vec<TouchedKind>,
    /// The ids of the first 100 things that it touched.
    ids: Vec<ID>,
    /// The id of the import whose facts it told or took back, if it did.
    import_id: Option<ID>,
}

/// How many things of one kind were touched.
#[derive(Debug, Clone, SimpleObject)]
pub struct TouchedKind {
    /// The word that ids of the kind begin with, such as `person`.
    kind: String,
    /// How many.
    count: i32,
}

impl From<Entry> for AuditEntry {
    fn from(entry: Entry) -> Self {
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let touched = |(kind, count): (&str, usize)| TouchedKind {
            kind: kind.to_owned(),
            count: number(count),
        };
        Self {
            id: entry.id.to_string().into(),
            version: entry.version.0.to_string(),
            author_id: entry.author.map(|author| author.to_string().into()),
            author_login: entry.login.map(|login| login.to_string()),
            at: DateTime(entry.at),
            changes: number(entry.changes),
            touched: entry.kinds.into_iter().map(touched).collect(),
            ids: entry.ids.iter().map(|id| id.to_string().into()).collect(),
            import_id: entry.import.map(|import| import.to_string().into()),
        }
    }
}

/// A page of the trail.
pub(super) async fn trail(
    ctx: &Context<'_>,
    (author, since): (Option<ID>, Option<DateTime>),
    (first, after): (Option<i32>, Option<String>),
) -> Result<Listed<AuditEntry>> {
    let author = author.as_ref().map(|author| id("authorId", author)).transpose()?;
    let question = AuditQuestion { author, since: since.map(|since| since.0) };
    let found = tertius(ctx)?.audit_trail(viewer(ctx)?, question, &page(first, after)?).await;
    Ok(connection(found.map_err(|error| fail(ctx, error))?, AuditEntry::from))
}
