//! Tokens, invitations, and the trail of what was done.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _};

use super::{
    SqliteStore,
    at::At,
    codec::{AUDIENCE_RULE, Key, id_in, subject_id},
    error::backend,
    known, records,
    write::Writer,
};
use crate::{
    model::{
        AnyId, Author, BatchId, ImportId, Invitation, InvitationId, Timestamp, Token, TokenId,
        Version, Versioned,
    },
    store::{Access, BatchNote, BatchesRequest, StoreResult, check_page, standing::author_text},
};

#[async_trait]
impl Access for SqliteStore {
    async fn tokens_after(
        &self,
        after: Option<TokenId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Token>>> {
        check_page(limit)?;
        let (kind, after) = (TokenId::new(0).into(), after.map(Into::into));
        self.read(move |db, _| records::after((db, At::NOW), kind, after, limit)).await
    }

    async fn token_uses(&self, ids: &[TokenId]) -> StoreResult<Vec<Option<Timestamp>>> {
        self.look_up(ids, |db, _, ids| ids.iter().map(|id| last_use(db, *id)).collect()).await
    }

    async fn note_token_use(&self, id: TokenId, at: Timestamp) -> StoreResult<()> {
        self.file.writer.run(move |writer: &mut Writer| writer.note_token_use(id, at)).await
    }

    async fn invitations(
        &self,
        ids: &[InvitationId],
    ) -> StoreResult<Vec<Option<Versioned<Invitation>>>> {
        self.look_up(ids, |db, _, ids| records::by_ids(db, ids)).await
    }

    async fn invitations_after(
        &self,
        after: Option<InvitationId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Invitation>>> {
        check_page(limit)?;
        let (kind, after) = (InvitationId::new(0).into(), after.map(Into::into));
        self.read(move |db, _| records::after((db, At::NOW), kind, after, limit)).await
    }

    async fn batches(&self, request: BatchesRequest) -> StoreResult<Vec<BatchNote>> {
        check_page(request.limit)?;
        self.read(move |db, _| batches(db, request)).await
    }
}

fn last_use(db: &Connection, id: TokenId) -> StoreResult<Option<Timestamp>> {
    let Some(token) = known::subject(db, id.into())? else { return Ok(None) };
    let at = db
        .prepare_cached("SELECT at FROM token_use WHERE token = ?")?
        .query_row([token.ix], |row| row.get(0))
        .optional()?;
    Ok(at.map(Timestamp::from_ms))
}

/// Notes a use, unless a later one is noted.
pub(super) fn note_use(db: &Connection, id: TokenId, at: Timestamp) -> StoreResult<()> {
    let Some(token) = known::subject(db, id.into())? else { return Ok(()) };
    db.prepare_cached(
        "INSERT INTO token_use VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at
         WHERE at < excluded.at",
    )?
    .execute((token.ix, at.as_ms()))?;
    Ok(())
}

fn batches(db: &Connection, request: BatchesRequest) -> StoreResult<Vec<BatchNote>> {
    let before = request.before.map_or(i64::MAX, |version| version.0 as i64);
    let mut select = db.prepare_cached(
        "SELECT id, version, author, at, changed, import FROM batch
         WHERE version < ?1 AND changed > 0 AND (?2 IS NULL OR author = ?2) AND at >= ?3
             AND NOT EXISTS (SELECT 1 FROM changed c JOIN subject s ON s.ix = c.subject
                             WHERE c.version = batch.version AND s.kind = ?5)
         ORDER BY version DESC LIMIT ?4",
    )?;
    let author = request.author.map(author_text);
    let since = request.since.map_or(i64::MIN, Timestamp::as_ms);
    let mut rows = select.query((before, author, since, request.limit as i64, AUDIENCE_RULE))?;
    let mut notes = Vec::new();
    while let Some(row) = rows.next()? {
        let author: String = row.get(2)?;
        let version: i64 = row.get(1)?;
        let ids = touched(db, version)?;
        let import = ids.iter().find_map(|id| match id {
            AnyId::ImportId(id) => Some(*id),
            _ => None,
        });
        notes.push(BatchNote {
            id: BatchId::new(id_in(row, 0)?),
            version: Version(version.unsigned_abs()),
            author: author_of(&author)?,
            at: Timestamp::from_ms(row.get(3)?),
            changes: row.get::<_, i64>(4)?.unsigned_abs() as usize,
            kinds: kinds(db, version)?,
            import: row.get::<_, Option<Key>>(5)?.map(|id| ImportId::new(id.value())).or(import),
            ids,
        });
    }
    Ok(notes)
}

fn author_of(text: &str) -> StoreResult<Author> {
    match text {
        "system" => Ok(Author::System),
        member => member.parse().map(Author::Member).map_err(backend),
    }
}

fn unknown_kind() -> crate::store::StoreError {
    backend("a subject has a kind that nobody knows")
}

fn touched(db: &Connection, version: i64) -> StoreResult<Vec<AnyId>> {
    let mut select = db.prepare_cached(
        "SELECT DISTINCT s.kind, s.id FROM changed c JOIN subject s ON s.ix = c.subject
         WHERE c.version = ? ORDER BY s.kind, s.id LIMIT ?",
    )?;
    let mut rows = select.query((version, BatchNote::IDS_MAX as i64))?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(subject_id(row.get(0)?, id_in(row, 1)?).ok_or_else(unknown_kind)?);
    }
    Ok(ids)
}

fn kinds(db: &Connection, version: i64) -> StoreResult<Vec<(&'static str, usize)>> {
    let mut select = db.prepare_cached(
        "SELECT s.kind, count(DISTINCT c.subject) FROM changed c JOIN subject s ON s.ix = c.subject
         WHERE c.version = ? GROUP BY s.kind ORDER BY s.kind",
    )?;
    let mut rows = select.query([version])?;
    let mut kinds = Vec::new();
    while let Some(row) = rows.next()? {
        let kind = subject_id(row.get(0)?, 0).ok_or_else(unknown_kind)?.kind();
        kinds.push((kind, row.get::<_, i64>(1)?.unsigned_abs() as usize));
    }
    Ok(kinds)
}
