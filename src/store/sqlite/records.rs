//! Lists, members and tokens: records that are replaced as a whole.

use rusqlite::{Connection, ErrorCode, OptionalExtension as _};
use serde::de::DeserializeOwned;

use super::{
    at::At,
    codec::{Key, read_json, subject_kind},
    known,
};
use crate::{
    model::{AnyId, Excluded, Exclusion, Member, PersonId, Revision, Token, TokenHash, Versioned},
    store::{Conflict, PAGE_MAX, StoreError, StoreResult},
};

/// The records with these ids, in their order.
pub(super) fn by_ids<T: DeserializeOwned>(
    db: &Connection,
    ids: &[impl Copy + Into<AnyId>],
) -> StoreResult<Vec<Option<Versioned<T>>>> {
    let each = |id: AnyId| {
        let Some(known::Subject { ix, revision, .. }) = known::subject(db, id)? else {
            return Ok(None);
        };
        let body: String = db
            .prepare_cached("SELECT body FROM record WHERE subject = ?")?
            .query_row([ix], |row| row.get(0))?;
        Ok(Some(Versioned { value: read_json(&body)?, revision }))
    };
    ids.iter().map(|id| each((*id).into())).collect()
}

/// All records of the kind of an id, in order of id.
///
/// # Errors
/// `BadBatch` when there are more than [`PAGE_MAX`].
pub(super) fn all<T: DeserializeOwned>(
    db: &Connection,
    any: AnyId,
) -> StoreResult<Vec<Versioned<T>>> {
    let records = after((db, At::NOW), any, None, PAGE_MAX + 1)?;
    crate::store::check_page(records.len())?;
    Ok(records)
}

/// The records of the kind of an id after another, as they are now, in order of id; those that
/// were first put later are left out.
pub(super) fn after<T: DeserializeOwned>(
    (db, at): (&Connection, At),
    any: AnyId,
    after: Option<AnyId>,
    limit: usize,
) -> StoreResult<Vec<Versioned<T>>> {
    let mut select = db.prepare_cached(
        "SELECT r.body, s.revision FROM subject s JOIN record r ON r.subject = s.ix
         WHERE s.kind = ?1 AND (?2 IS NULL OR s.id > ?2) AND s.version <= ?4
         ORDER BY s.id LIMIT ?3",
    )?;
    let mut rows = select.query((subject_kind(any), after.map(Key::of), limit as i64, at))?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(0)?;
        records.push(Versioned { value: read_json(&body)?, revision: Revision(row.get(1)?) });
    }
    Ok(records)
}

pub(super) fn token(db: &Connection, hash: TokenHash) -> StoreResult<Option<Token>> {
    let body: Option<String> = db
        .prepare_cached(
            "SELECT r.body FROM token_hash t JOIN record r ON r.subject = t.token
             WHERE t.hash = ?",
        )?
        .query_row([hash.0], |row| row.get(0))
        .optional()?;
    body.map(|body| read_json(&body)).transpose()
}

/// Keeps by which login a member is found; no two members share one.
pub(super) fn keep_login(db: &Connection, ix: i64, member: &Member) -> StoreResult<()> {
    let taken = || StoreError::Conflict(Conflict::LoginTaken(member.login.clone()));
    db.prepare_cached("DELETE FROM login WHERE member = ?")?.execute([ix])?;
    db.prepare_cached("INSERT INTO login VALUES (?, ?)")?
        .execute((member.login.as_str(), ix))
        .map(drop)
        .map_err(|error| unless_taken(error, taken))
}

/// Keeps by which hash a token is found; no two tokens share one.
pub(super) fn keep_hash(db: &Connection, ix: i64, token: &Token) -> StoreResult<()> {
    let shared = || StoreError::BadBatch(format!("another token has the hash of {}", token.id));
    db.prepare_cached("DELETE FROM token_hash WHERE token = ?")?.execute([ix])?;
    db.prepare_cached("INSERT INTO token_hash VALUES (?, ?)")?
        .execute((token.hash.0, ix))
        .map(drop)
        .map_err(|error| unless_taken(error, shared))
}

/// Keeps under which id nobody may be told of, while an exclusion says so.
pub(super) fn keep_erased(db: &Connection, exclusion: &Exclusion) -> StoreResult<()> {
    let Excluded::Erased(person) = exclusion.excluded else { return Ok(()) };
    let sql = match exclusion.lifted_at {
        None => "INSERT OR IGNORE INTO erased VALUES (?)",
        Some(_) => "DELETE FROM erased WHERE person = ?",
    };
    db.prepare_cached(sql)?.execute([Key::of(person)])?;
    Ok(())
}

/// Whether nobody may be told of under an id.
pub(super) fn is_erased(db: &Connection, person: PersonId) -> StoreResult<bool> {
    let mut found = db.prepare_cached("SELECT 1 FROM erased WHERE person = ?")?;
    Ok(found.exists([Key::of(person)])?)
}

fn unless_taken(error: rusqlite::Error, taken: impl FnOnce() -> StoreError) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => taken(),
        _ => error.into(),
    }
}
