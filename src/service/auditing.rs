//! The trail of what was done: who, when, what kind of thing; never what it said.

use crate::{
    model::{AnyId, Author, BatchId, ImportId, Login, MemberId, Role, Timestamp, Version},
    store::BatchesRequest,
};

use super::{
    Page, PageRequest, ServiceResult, Tertius, Viewer,
    paging::{foreign_cursor, position},
};

/// Which part of the trail is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditQuestion {
    /// Only what one member did.
    pub author: Option<MemberId>,
    /// Only what was done since a moment.
    pub since: Option<Timestamp>,
}

/// One thing that was done: a batch that changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Which batch.
    pub id: BatchId,
    /// The version that it made.
    pub version: Version,
    /// Who did it; nobody where the house did it itself.
    pub author: Option<MemberId>,
    /// By which login they are known today.
    pub login: Option<Login>,
    /// When.
    pub at: Timestamp,
    /// How many changes it made.
    pub changes: usize,
    /// What it touched, by kind, and how many of each.
    pub kinds: Vec<(&'static str, usize)>,
    /// The first of what it touched.
    pub ids: Vec<AnyId>,
    /// The import whose facts it told or took back, if it did.
    pub import: Option<ImportId>,
}

impl Tertius {
    /// A page of the trail, the newest first. It follows from what was applied, and nothing takes
    /// anything out of it.
    ///
    /// # Errors
    /// `Forbidden` for less than an admin; `Invalid` for a size or cursor that cannot be.
    pub async fn audit_trail(
        &self,
        viewer: &Viewer,
        question: AuditQuestion,
        request: &PageRequest,
    ) -> ServiceResult<Page<AuditEntry>> {
        const LIST: &str = "auditTrail";
        viewer.needs_to_see(Role::Admin)?;
        let size = self.page_size(request.first)?;
        let before = match request.after.as_deref() {
            None => None,
            Some(cursor) => {
                let version = u64::try_from(position(cursor, LIST)?);
                Some(Version(version.map_err(|_| foreign_cursor(LIST))?))
            }
        };
        let author = question.author.map(Author::Member);
        let asked = BatchesRequest { before, author, since: question.since, limit: size + 1 };
        let mut notes = self.store.batches(asked).await?;
        let has_next = notes.len() > size;
        notes.truncate(size);
        let mut entries = Vec::with_capacity(notes.len());
        for note in notes {
            let author = match note.author {
                Author::Member(member) => Some(member),
                Author::System => None,
            };
            let entry = AuditEntry {
                id: note.id,
                version: note.version,
                author,
                login: self.login_of(note.author).await?,
                at: note.at,
                changes: note.changes,
                kinds: note.kinds,
                ids: note.ids,
                import: note.import,
            };
            entries.push((format!("{LIST}:{}", note.version.0), entry));
        }
        Ok(Page { entries, has_next, began_after: request.after.is_some() })
    }
}
