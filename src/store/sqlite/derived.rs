//! The rows that are derived: each holds from the version `told` on, until the version `gone`.

use rusqlite::{Connection, Statement};

use super::codec::{Key, direction_code, level_code};
use crate::{
    model::{Day, Direction, Employment, FactId, Level, PersonId, Timestamp},
    store::StoreResult,
};

/// What the team sees of a fact before a change and after it.
pub(super) type Seen = [Option<(Level, Timestamp)>; 2];

/// What is to be written about one pair.
pub(super) struct PairWrite {
    pub(super) low: PersonId,
    pub(super) high: PersonId,
    pub(super) direction: Direction,
    pub(super) fact: FactId,
    pub(super) at: Timestamp,
    pub(super) kind: &'static str,
    pub(super) statement: Option<String>,
    pub(super) recipients: usize,
    pub(super) version: i64,
    pub(super) seen: Seen,
}

/// What is to be written about one employment.
pub(super) struct JobWrite {
    pub(super) job: Employment,
    pub(super) fact: FactId,
    pub(super) version: i64,
    pub(super) seen: Seen,
}

/// That facts give a key, or no longer do.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyWrite {
    pub(super) table: KeyTable,
    pub(super) key: String,
    pub(super) kind: i64,
    pub(super) subject: i64,
    pub(super) version: i64,
    /// How many facts more.
    pub(super) step: i64,
}

/// A table of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyTable {
    Search,
    Identity,
}

impl KeyTable {
    /// Counts facts that give a key which somebody has.
    const fn count(self) -> &'static str {
        match self {
            Self::Search => {
                "UPDATE search_key SET facts = facts + ?4
                 WHERE key = ?1 AND kind = ?2 AND subject = ?3 AND gone IS NULL"
            }
            Self::Identity => {
                "UPDATE identity_key SET facts = facts + ?4
                 WHERE key = ?1 AND kind = ?2 AND subject = ?3 AND gone IS NULL"
            }
        }
    }

    /// Gives somebody a key.
    const fn give(self) -> &'static str {
        match self {
            Self::Search => "INSERT INTO search_key VALUES (?, ?, ?, ?, NULL, ?)",
            Self::Identity => "INSERT INTO identity_key VALUES (?, ?, ?, ?, NULL, ?)",
        }
    }

    /// Ends keys that no fact gives any more: those that this version gave were never there.
    const fn end(self) -> [&'static str; 2] {
        match self {
            Self::Search => [
                "DELETE FROM search_key
                 WHERE key = ? AND kind = ? AND subject = ? AND facts <= 0 AND told = ?",
                "UPDATE search_key SET gone = ?4, facts = 0
                 WHERE key = ?1 AND kind = ?2 AND subject = ?3 AND facts <= 0 AND gone IS NULL",
            ],
            Self::Identity => [
                "DELETE FROM identity_key
                 WHERE key = ? AND kind = ? AND subject = ? AND facts <= 0 AND told = ?",
                "UPDATE identity_key SET gone = ?4, facts = 0
                 WHERE key = ?1 AND kind = ?2 AND subject = ?3 AND facts <= 0 AND gone IS NULL",
            ],
        }
    }
}

/// Counts so many facts more, or fewer, that give a key.
pub(super) fn count_key(db: &Connection, write: &KeyWrite, step: i64) -> StoreResult<()> {
    let KeyWrite { table, key, kind, subject, version, .. } = write;
    let counted = db.prepare_cached(table.count())?.execute((key, kind, subject, step))?;
    if counted == 0 {
        db.prepare_cached(table.give())?.execute((key, kind, subject, version, step))?;
    }
    if step < 0 {
        for end in table.end() {
            db.prepare_cached(end)?.execute((key, kind, subject, version))?;
        }
    }
    Ok(())
}

/// Writes what became of one employment.
pub(super) fn put_employment(db: &Connection, write: &JobWrite) -> StoreResult<()> {
    let [before, after] =
        write.seen.map(|seen| seen.is_some_and(|(level, _)| level == Level::Evidence));
    let JobWrite { job, fact, version, .. } = write;
    let (company, person) = (Key::of(job.company), Key::of(job.person));
    let (id, fact) = (Key::of(job.id), Key::of(*fact));
    match (before, after) {
        (true, false) => {
            db.prepare_cached(
                "UPDATE employment SET gone = ? WHERE company = ? AND person = ? AND id = ?
                     AND fact = ? AND gone IS NULL",
            )?
            .execute((version, company, person, id, fact))?;
        }
        (false, true) => {
            let title = job.title.as_ref().map(crate::model::Title::as_str);
            let (from, to) = (job.span.from().map(Day::number), job.span.to().map(Day::number));
            db.prepare_cached("INSERT INTO employment VALUES (?, ?, ?, ?, ?, NULL, ?, ?, ?)")?
                .execute((company, person, id, fact, version, title, from, to))?;
        }
        _ => {}
    }
    Ok(())
}

/// Puts a row of a pair, as [`put_pair`] wants it.
pub(super) const PUT_PAIR: &str =
    "INSERT INTO pair_evidence (low, high, at, fact, told, kind, statement, direction,
         recipients, recorded_at, level) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Writes what became of one piece of evidence of a pair.
pub(super) fn put_pair(
    db: &Connection,
    put: &mut Statement<'_>,
    write: &PairWrite,
) -> StoreResult<()> {
    let [before, after] = write.seen;
    if before == after {
        return Ok(());
    }
    let (low, high, fact) = (Key::of(write.low), Key::of(write.high), Key::of(write.fact));
    if before.is_some() {
        db.prepare_cached(
            "UPDATE pair_evidence SET gone = ? WHERE low = ? AND high = ? AND at = ? AND fact = ?
                 AND gone IS NULL",
        )?
        .execute((write.version, low, high, write.at.as_ms(), fact))?;
    }
    let Some((level, since)) = after else { return Ok(()) };
    put.execute((
        low,
        high,
        write.at.as_ms(),
        fact,
        write.version,
        write.kind,
        &write.statement,
        direction_code(write.direction),
        write.recipients as i64,
        since.as_ms(),
        level_code(level),
    ))?;
    Ok(())
}
