//! Versions of the store, when they came to be, and the epochs that began with some of them.

use rusqlite::{Connection, OptionalExtension as _};

use super::at::At;
use crate::{
    model::{Day, Epoch, Timestamp, Version},
    store::StoreResult,
};

/// The version of the store.
pub(super) fn version(db: &Connection) -> StoreResult<Version> {
    let version: i64 = db
        .prepare_cached("SELECT value FROM meta WHERE name = 'version'")?
        .query_row([], |row| row.get(0))?;
    Ok(Version(version.unsigned_abs()))
}

/// How often something was removed from the file for good, by any process.
pub(super) fn removals(db: &Connection) -> StoreResult<i64> {
    let removals = db
        .prepare_cached("SELECT value FROM meta WHERE name = 'removals'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(removals.unwrap_or_default())
}

/// Notes that something was removed for good: whoever remembers numbers of rows forgets them.
pub(super) fn note_removal(db: &Connection) -> StoreResult<()> {
    db.execute("INSERT OR REPLACE INTO meta VALUES ('removals', ?)", [removals(db)? + 1])?;
    Ok(())
}

/// The epoch that began last.
pub(super) fn last_epoch(db: &Connection, at: At) -> StoreResult<Option<Epoch>> {
    let last = db
        .prepare_cached(
            "SELECT version, day FROM epoch WHERE version <= ? ORDER BY version DESC LIMIT 1",
        )?
        .query_row([at], |row| {
            let version = Version(row.get::<_, i64>(0)?.unsigned_abs());
            Ok(Epoch { version, day: Day::from_number(row.get(1)?) })
        })
        .optional()?;
    Ok(last)
}

/// The last version that was written before a moment.
pub(super) fn version_before(db: &Connection, moment: Timestamp) -> StoreResult<Version> {
    let version: i64 = db
        .prepare_cached("SELECT coalesce(max(version), 0) FROM batch WHERE at < ?")?
        .query_row([moment.as_ms()], |row| row.get(0))?;
    Ok(Version(version.unsigned_abs()))
}

/// An epoch begins with the version of its batch, unless the last one is as it would be, which it
/// is not where the batch itself changed something; says whether it begins.
pub(super) fn begin_epoch(
    db: &Connection,
    version: i64,
    (day, is_changed): (Day, bool),
) -> StoreResult<bool> {
    let same = Epoch { version: Version(version.unsigned_abs() - 1), day };
    if !is_changed && last_epoch(db, At::NOW)? == Some(same) {
        return Ok(false);
    }
    db.prepare_cached("INSERT OR REPLACE INTO epoch VALUES (?, ?)")?
        .execute((version, day.number()))?;
    Ok(true)
}
