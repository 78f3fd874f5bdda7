//! Who has which identity key.

use rusqlite::Connection;

use super::{
    at::{Look, TEAM},
    codec::{PERSON, id_in},
    threads::Sink,
};
use crate::{
    model::{CompanyId, Holder, PersonId},
    store::{SharedKey, StoreResult},
};

fn holder(kind: i64, id: u128) -> Holder {
    match kind {
        PERSON => Holder::Person(PersonId::new(id)),
        _ => Holder::Company(CompanyId::new(id)),
    }
}

/// For each key, by its position, who has it.
pub(super) fn holders(
    db: &Connection,
    Look { at, owner, .. }: Look,
    keys: &[String],
) -> StoreResult<Vec<(usize, Holder)>> {
    let mut select = db.prepare_cached(
        "SELECT DISTINCT i.kind, s.id FROM identity_key i JOIN subject s ON s.ix = i.subject
         WHERE i.key = ?1 AND i.owner IN (0, ?3) AND i.told <= ?2 AND (i.gone IS NULL OR i.gone > ?2)
         ORDER BY i.kind, s.id",
    )?;
    let mut found = Vec::new();
    for (position, key) in keys.iter().enumerate() {
        let mut rows = select.query((key, at, owner))?;
        while let Some(row) = rows.next()? {
            found.push((position, holder(row.get(0)?, id_in(row, 1)?)));
        }
    }
    Ok(found)
}

/// The keys that several people, or several companies, have: one walk along the index; ids are
/// looked up only for keys that are shared.
pub(super) fn stream_shared(
    db: &Connection,
    Look { at, owner, .. }: Look,
    sink: &mut Sink<SharedKey>,
) -> StoreResult<()> {
    let mut select = db.prepare(
        "SELECT DISTINCT key, kind, subject FROM identity_key
         WHERE owner IN (0, ?2) AND told <= ?1 AND (gone IS NULL OR gone > ?1) ORDER BY key, kind, subject",
    )?;
    let mut ids = db.prepare("SELECT id FROM subject WHERE ix = ?")?;
    let mut rows = select.query((at, owner))?;
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

/// The keys that somebody has by what the team does not see.
pub(super) fn stream_own(
    db: &Connection,
    Look { at, owner, .. }: Look,
    sink: &mut Sink<(String, Holder)>,
) -> StoreResult<()> {
    if owner == TEAM {
        return Ok(());
    }
    let mut select = db.prepare(
        "SELECT i.key, i.kind, s.id FROM identity_key i JOIN subject s ON s.ix = i.subject
         WHERE i.owner > 0 AND i.owner = ?2 AND i.told <= ?1 AND (i.gone IS NULL OR i.gone > ?1)
         ORDER BY i.key, i.kind, s.id",
    )?;
    let mut rows = select.query((at, owner))?;
    while let Some(row) = rows.next()? {
        if !sink.push((row.get(0)?, holder(row.get(1)?, id_in(row, 2)?))) {
            break;
        }
    }
    Ok(())
}
