//! Everything derived, made again from the facts: version by version, as it was made at first.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::{
    at::At,
    codec::{Key, id_in, read_json},
    facts,
    known::Known,
    project::{Projector, Stored, unfile},
};
use crate::{
    model::{Claim, FactId, Version},
    store::{StoreError, StoreResult, standing::View},
};

/// How much waits in memory to be written in order.
const WAITING_MAX: usize = 100_000;

/// Makes everything derived from facts, in tables that are empty.
///
/// # Errors
/// When the file cannot be read or written; a fact that cannot be filed alone is handed to
/// `failed`.
pub(super) fn derive(
    db: &Connection,
    mut failed: impl FnMut(FactId, StoreError),
) -> StoreResult<()> {
    let mut known = Known::default();
    let mut projector = Projector::new(db, &mut known, 0);
    let mut select = db.prepare(
        "WITH event (version, fact) AS (
             SELECT version, fact FROM fact_attestation
             UNION SELECT gone, fact FROM fact_attestation WHERE gone IS NOT NULL)
         SELECT e.version, f.ix, f.id, f.claim FROM event e JOIN fact f ON f.ix = e.fact
         ORDER BY e.version, f.ix",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        projector.version = row.get(0)?;
        let (ix, id) = (row.get(1)?, FactId::new(id_in(row, 2)?));
        let text = row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
        // What cannot be read is told by whoever reads each fact.
        let Ok(claim) = read_json::<Claim>(text) else { continue };
        let stored = Stored { ix, id, claim: &claim };
        if let Err(error) = event(&mut projector, stored) {
            failed(id, error);
        }
        if projector.waiting() >= WAITING_MAX {
            projector.flush()?;
        }
    }
    projector.flush()
}

/// Makes again what is derived from a few facts, of which nothing derived is left but that they
/// are filed, perhaps.
pub(super) fn derive_again(
    projector: &mut Projector<'_>,
    facts: &BTreeSet<i64>,
) -> StoreResult<()> {
    let (db, version) = (projector.db, projector.version);
    let mut events: Vec<(i64, i64)> = Vec::new();
    for ix in facts {
        let (_, claim) = fact(db, *ix)?;
        unfile((db, projector.known), *ix, &claim)?;
        let mut select = db.prepare_cached(
            "SELECT version FROM fact_attestation WHERE fact = ?1
             UNION SELECT gone FROM fact_attestation WHERE fact = ?1 AND gone IS NOT NULL",
        )?;
        let mut rows = select.query([ix])?;
        while let Some(row) = rows.next()? {
            events.push((row.get(0)?, *ix));
        }
    }
    events.sort_unstable();
    for (at, ix) in events {
        projector.version = at;
        let (id, claim) = fact(db, ix)?;
        event(projector, Stored { ix, id, claim: &claim })?;
        if projector.waiting() >= WAITING_MAX {
            projector.flush()?;
        }
    }
    projector.flush()?;
    projector.version = version;
    Ok(())
}

fn fact(db: &Connection, ix: i64) -> StoreResult<(FactId, Claim)> {
    let (id, claim): (Key, String) = db
        .prepare_cached("SELECT id, claim FROM fact WHERE ix = ?")?
        .query_row([ix], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((FactId::new(id.value()), read_json(&claim)?))
}

/// What a version did to a fact.
fn event(projector: &mut Projector<'_>, stored: Stored<'_>) -> StoreResult<()> {
    let version = Version(projector.version.unsigned_abs());
    let at = At::version(version);
    let before = At::version(Version(version.0 - 1));
    let (now, places) = facts::attestations((projector.db, at), projector.known, stored.ix)?;
    let is_new = places.iter().all(|(told, _)| *told == projector.version);
    let from = if is_new {
        projector.file(stored)?;
        View::default()
    } else {
        let (before, _) = facts::attestations((projector.db, before), projector.known, stored.ix)?;
        View::of(&before)
    };
    projector.carry(stored, &from, &View::of(&now))
}

/// Fills the tables of a file whose schema has just been brought up to date.
pub(super) fn derive_anew(db: &Connection) -> StoreResult<()> {
    let mut first = None;
    derive(db, |_, error| first = first.take().or(Some(error)))?;
    db.execute_batch(REVISIONS_OF_THE_TEAM)?;
    first.map_or(Ok(()), Err)
}

/// Counts what the team was told, where some was told to members alone.
const REVISIONS_OF_THE_TEAM: &str = "
    UPDATE subject SET revision = (kind <= 2) + (
        SELECT coalesce(sum(1 + (t.gone IS NOT NULL)), 0)
        FROM fact_subject s JOIN fact_attestation t ON t.fact = s.fact
        JOIN attestation a ON a.ix = t.attestation
        WHERE s.subject = subject.ix AND s.kind > -2 AND a.owner = 0)
    WHERE kind <= 4 AND EXISTS (SELECT 1 FROM attestation WHERE owner > 0)";
