//! Who shares keys with a search.

use std::{cmp::Reverse, collections::BTreeSet};

use rusqlite::Connection;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    at::Look,
    codec::{COMPANY, PERSON, holder_code, id_in},
};
use crate::{
    model::{CompanyId, Holder, PersonId},
    store::{Candidate, SearchRequest, StoreResult},
};

/// # Complexity
/// Linear in the rows of all keys, because who shares most is known only when all are counted;
/// ids are looked up only for those who can be among the answers.
pub(super) fn search(
    db: &Connection,
    look: Look,
    request: &SearchRequest,
) -> StoreResult<Vec<Candidate>> {
    let kinds: &[i64] = match request.only {
        Some(kind) => &[holder_code(kind)],
        None => &[PERSON, COMPANY],
    };
    let keys: BTreeSet<&str> = request.keys.iter().map(String::as_str).collect();
    let mut shared: FxHashMap<i64, u32> = FxHashMap::default();
    for &kind in kinds {
        count_keys((db, look), (kind, &keys), &mut shared)?;
        if let Some(prefix) = request.prefix.as_deref().filter(|prefix| !prefix.is_empty()) {
            count_prefix((db, look), (kind, prefix), &mut shared)?;
        }
    }
    best(db, shared, request.limit)
}

fn count_keys(
    (db, look): (&Connection, Look),
    (kind, keys): (i64, &BTreeSet<&str>),
    shared: &mut FxHashMap<i64, u32>,
) -> StoreResult<()> {
    let mut select = db.prepare_cached(
        "SELECT DISTINCT subject FROM search_key WHERE key = ?1 AND kind = ?2
             AND owner IN (0, ?4) AND told <= ?3 AND (gone IS NULL OR gone > ?3)",
    )?;
    for key in keys {
        let mut rows = select.query((key, kind, look.at, look.owner))?;
        while let Some(row) = rows.next()? {
            *shared.entry(row.get(0)?).or_default() += 1;
        }
    }
    Ok(())
}

fn count_prefix(
    (db, look): (&Connection, Look),
    (kind, prefix): (i64, &str),
    shared: &mut FxHashMap<i64, u32>,
) -> StoreResult<()> {
    let mut select = db.prepare_cached(
        "SELECT subject FROM search_key WHERE key >= ?1 AND key < ?2 AND kind = ?3
             AND owner IN (0, ?5) AND told <= ?4 AND (gone IS NULL OR gone > ?4)",
    )?;
    let (from, to) = (format!("w:{prefix}"), format!("w:{prefix}\u{10ffff}"));
    let mut rows = select.query((from, to, kind, look.at, look.owner))?;
    let mut begun = FxHashSet::default();
    while let Some(row) = rows.next()? {
        begun.insert(row.get::<_, i64>(0)?);
    }
    for subject in begun {
        *shared.entry(subject).or_default() += 1;
    }
    Ok(())
}

/// The candidates with most keys; among equals people first, then the lowest id.
fn best(db: &Connection, shared: FxHashMap<i64, u32>, limit: usize) -> StoreResult<Vec<Candidate>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let mut counts: Vec<u32> = shared.values().copied().collect();
    let cut = match counts.len().checked_sub(limit) {
        Some(from) if from > 0 => *counts.select_nth_unstable(from).1,
        _ => 0,
    };
    let mut select = db.prepare_cached("SELECT id, kind FROM subject WHERE ix = ?")?;
    let mut candidates = Vec::new();
    for (ix, keys_shared) in shared.into_iter().filter(|(_, keys)| *keys >= cut) {
        let (id, kind) = select.query_row([ix], |row| Ok((id_in(row, 0)?, row.get(1)?)))?;
        let holder = match kind {
            PERSON => Holder::Person(PersonId::new(id)),
            _ => Holder::Company(CompanyId::new(id)),
        };
        candidates.push(Candidate { holder, keys_shared });
    }
    candidates.sort_unstable_by_key(|found| (Reverse(found.keys_shared), found.holder));
    candidates.truncate(limit);
    Ok(candidates)
}
