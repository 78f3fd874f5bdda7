//! Taking somebody who is erased out of the records that name them.

use rusqlite::Connection;
use serde::{Serialize, de::DeserializeOwned};

use super::codec::{read_json, write_json};
use crate::{
    model::{
        AskRules, AudienceRule, Import, Introduction, Invitation, List, Scrubbed, Token, Traces,
    },
    store::StoreResult,
};

/// The records of a kind, with the numbers of their subjects.
pub(super) fn records<T: DeserializeOwned>(
    db: &Connection,
    kind: &str,
) -> StoreResult<Vec<(i64, T)>> {
    let mut select = db.prepare_cached(
        "SELECT r.subject, r.body FROM record r JOIN subject s ON s.ix = r.subject
         JOIN subject_kind k ON k.code = s.kind WHERE k.name = ?",
    )?;
    let mut rows = select.query([kind])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(1)?;
        records.push((row.get(0)?, read_json(&body)?));
    }
    Ok(records)
}

/// Takes somebody out of all records; returns the numbers of those that were about them.
pub(super) fn scrub_records(db: &Connection, traces: &Traces) -> StoreResult<Vec<i64>> {
    let mut gone = scrub::<Introduction>(db, "introduction", traces)?;
    _ = scrub::<AskRules>(db, "ask_rules", traces)?;
    gone.extend(scrub::<AudienceRule>(db, "audience_rule", traces)?);
    gone.extend(scrub::<Invitation>(db, "invitation", traces)?);
    gone.extend(scrub::<Import>(db, "import", traces)?);
    gone.extend(scrub::<List>(db, "list", traces)?);
    gone.extend(scrub::<Token>(db, "token", traces)?);
    Ok(gone)
}

fn scrub<T: DeserializeOwned + Serialize + Scrubbed + Clone + PartialEq>(
    db: &Connection,
    kind: &str,
    traces: &Traces,
) -> StoreResult<Vec<i64>> {
    let mut gone = Vec::new();
    for (ix, record) in records::<T>(db, kind)? {
        match record.clone().without(traces) {
            None => gone.push(ix),
            Some(left) if left == record => {}
            Some(left) => {
                db.prepare_cached("UPDATE record SET body = ? WHERE subject = ?")?
                    .execute((write_json(&left)?, ix))?;
            }
        }
    }
    Ok(gone)
}
