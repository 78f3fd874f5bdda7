//! What each version changed.

use rusqlite::Connection;

use super::{
    at::Look,
    codec::{id_in, subject_id},
    error::backend,
    threads::Sink,
};
use crate::{
    model::Version,
    store::{ChangedAt, StoreResult},
};

/// What changed after a version.
pub(super) fn stream(
    db: &Connection,
    (look, after): (Look, Version),
    sink: &mut Sink<ChangedAt>,
) -> StoreResult<()> {
    let mut select = db.prepare(
        "SELECT DISTINCT c.version, s.kind, s.id FROM changed c
         JOIN subject s ON s.ix = c.subject
         WHERE c.version > ? AND c.version <= ? AND c.owner IN (0, ?)
         ORDER BY c.version, s.kind, s.id",
    )?;
    let mut rows = select.query((after.0 as i64, look.at, look.owner))?;
    while let Some(row) = rows.next()? {
        let version = Version(row.get::<_, i64>(0)?.unsigned_abs());
        let id = subject_id(row.get(1)?, id_in(row, 2)?)
            .ok_or_else(|| backend("a subject has a kind that nobody knows"))?;
        if !sink.push(ChangedAt { version, id }) {
            break;
        }
    }
    Ok(())
}
