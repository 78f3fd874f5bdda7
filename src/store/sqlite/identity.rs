//! Who has which identity key.

use rusqlite::Connection;

use super::{
    codec::{PERSON, id_in, read_json},
    known::Known,
    project::Projector,
    threads::Sink,
};
use crate::{
    model::{CompanyId, Holder, PersonId},
    store::{SharedKey, StoreResult},
};

/// How many keys wait in memory to be written in order.
const KEYS_MAX: usize = 100_000;

fn holder(kind: i64, id: u128) -> Holder {
    match kind {
        PERSON => Holder::Person(PersonId::new(id)),
        _ => Holder::Company(CompanyId::new(id)),
    }
}

/// For each key, by its position, who has it.
pub(super) fn holders(db: &Connection, keys: &[String]) -> StoreResult<Vec<(usize, Holder)>> {
    let mut select = db.prepare_cached(
        "SELECT i.kind, s.id FROM identity_key i JOIN subject s ON s.ix = i.subject
         WHERE i.key = ? ORDER BY i.kind, s.id",
    )?;
    let mut found = Vec::new();
    for (position, key) in keys.iter().enumerate() {
        let mut rows = select.query([key])?;
        while let Some(row) = rows.next()? {
            found.push((position, holder(row.get(0)?, id_in(row, 1)?)));
        }
    }
    Ok(found)
}

/// The keys that several people, or several companies, have: one walk along the index; ids are
/// looked up only for keys that are shared.
pub(super) fn stream_shared(db: &Connection, sink: &mut Sink<SharedKey>) -> StoreResult<()> {
    let mut select =
        db.prepare("SELECT key, kind, subject FROM identity_key ORDER BY key, kind, subject")?;
    let mut ids = db.prepare("SELECT id FROM subject WHERE ix = ?")?;
    let mut rows = select.query([])?;
    let mut open: (String, i64, Vec<i64>) = (String::new(), 0, Vec::new());
    let mut close = |open: &(String, i64, Vec<i64>), sink: &mut Sink<SharedKey>| {
        let (key, kind, subjects) = open;
        if subjects.len() < 2 {
            return Ok(true);
        }
        let id = |ix| StoreResult::Ok(holder(*kind, ids.query_row([ix], |row| id_in(row, 0))?));
        let mut holders = subjects.iter().map(id).collect::<StoreResult<Vec<_>>>()?;
        holders.sort_unstable();
        StoreResult::Ok(sink.push(SharedKey { key: key.clone(), holders }))
    };
    while let Some(row) = rows.next()? {
        let (key, kind) = (row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?, row.get(1)?);
        if (open.0.as_str(), open.1) != (key, kind) {
            if !close(&open, sink)? {
                return Ok(());
            }
            open = (key.to_owned(), kind, Vec::new());
        }
        open.2.push(row.get(2)?);
    }
    close(&open, sink).map(drop)
}

/// Makes the keys of everything that stands: files of schema version 1 have no identity keys, and
/// more search keys than there are now.
pub(super) fn rebuild(db: &Connection) -> StoreResult<()> {
    let mut known = Known::default();
    let mut projector = Projector::new(db, &mut known);
    let mut select = db.prepare(
        "SELECT claim FROM fact f WHERE kind < 10 AND EXISTS
             (SELECT 1 FROM fact_attestation a WHERE a.fact = f.ix AND a.retracted_at IS NULL)",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let claim = read_json(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
        projector.count_identity_keys(&claim, 1)?;
        projector.count_search_keys(&claim, 1)?;
        if projector.waiting() >= KEYS_MAX {
            projector.flush()?;
        }
    }
    projector.flush()
}
