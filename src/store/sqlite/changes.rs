//! What each version changed.

use rusqlite::Connection;

use super::{
    at::At,
    codec::{id_in, subject_id},
    error::backend,
};
use crate::{
    model::Version,
    store::{ChangedAt, StoreResult},
};

/// What changed after a version; whole versions, as many as fit.
pub(super) fn since(
    db: &Connection,
    at: At,
    (after, limit): (Version, usize),
) -> StoreResult<Vec<ChangedAt>> {
    let Some(last) = last_that_fits(db, at, (after, limit))? else { return Ok(Vec::new()) };
    let mut select = db.prepare_cached(
        "SELECT c.version, s.kind, s.id FROM changed c JOIN subject s ON s.ix = c.subject
         WHERE c.version > ? AND c.version <= ?",
    )?;
    let mut rows = select.query((after.0 as i64, last))?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let version = Version(row.get::<_, i64>(0)?.unsigned_abs());
        let id = subject_id(row.get(1)?, id_in(row, 2)?)
            .ok_or_else(|| backend("a subject has a kind that nobody knows"))?;
        changes.push(ChangedAt { version, id });
    }
    changes.sort_unstable_by_key(|change| (change.version, change.id));
    changes.truncate(limit);
    Ok(changes)
}

/// The last version such that all changes up to it fit, but at least one.
fn last_that_fits(
    db: &Connection,
    at: At,
    (after, limit): (Version, usize),
) -> StoreResult<Option<i64>> {
    let mut select = db.prepare_cached(
        "SELECT version FROM changed WHERE version > ? AND version <= ? ORDER BY version LIMIT ?",
    )?;
    let rows = select.query_map((after.0 as i64, at, limit as i64 + 1), |row| row.get(0))?;
    let versions: Vec<i64> = rows.collect::<Result<_, _>>()?;
    let Some((first, last)) = versions.first().copied().zip(versions.last().copied()) else {
        return Ok(None);
    };
    let cut = versions.len() > limit && first < last;
    Ok(Some(if cut { last - 1 } else { last }))
}
