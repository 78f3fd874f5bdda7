//! The rows that are derived: each holds from the version `told` on, until the version `gone`.

use rusqlite::{Connection, Statement};

use super::codec::{Key, direction_code, level_code};
use crate::{
    model::{Day, Direction, Employment, FactId, Level, Timestamp},
    store::StoreResult,
};

/// What somebody sees of a fact before a change and after it.
pub(super) type Seen = [Option<(Level, Timestamp)>; 2];

/// What is to be written about one pair.
pub(super) struct PairWrite {
    /// For whom: a member's number, or the team.
    pub(super) owner: i64,
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) direction: Direction,
    pub(super) fact: FactId,
    pub(super) at: Timestamp,
    pub(super) kind: i64,
    pub(super) statement: Option<String>,
    pub(super) recipients: usize,
    pub(super) version: i64,
    pub(super) seen: Seen,
}

/// What is to be written about one employment.
pub(super) struct JobWrite {
    /// For whom: a member's number, or the team.
    pub(super) owner: i64,
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
    /// For whom: a member's number, or the team.
    pub(super) owner: i64,
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

/// The statements that keep a table of keys.
struct KeySql {
    /// Counts facts that give a key which somebody has.
    count: &'static str,
    /// Gives somebody a key.
    give: &'static str,
    /// Ends keys that no fact gives any more: those that this version gave were never there.
    end: [&'static str; 2],
}

macro_rules! key_sql {
    ($table:literal) => {
        &KeySql {
            count: concat!(
                "UPDATE ",
                $table,
                " SET facts = facts + ?5 WHERE key = ?1 AND kind = ?2 AND owner = ?3
                     AND subject = ?4 AND gone IS NULL"
            ),
            give: concat!("INSERT INTO ", $table, " VALUES (?, ?, ?, ?, ?, NULL, ?)"),
            end: [
                concat!(
                    "DELETE FROM ",
                    $table,
                    " WHERE key = ? AND kind = ? AND owner = ? AND subject = ?
                         AND facts <= 0 AND told = ?"
                ),
                concat!(
                    "UPDATE ",
                    $table,
                    " SET gone = ?5, facts = 0 WHERE key = ?1 AND kind = ?2 AND owner = ?3
                         AND subject = ?4 AND facts <= 0 AND gone IS NULL"
                ),
            ],
        }
    };
}

impl KeyTable {
    const fn sql(self) -> &'static KeySql {
        match self {
            Self::Search => key_sql!("search_key"),
            Self::Identity => key_sql!("identity_key"),
        }
    }
}

/// Counts so many facts more, or fewer, that give a key.
pub(super) fn count_key(db: &Connection, write: &KeyWrite, step: i64) -> StoreResult<()> {
    let KeyWrite { table, key, kind, owner, subject, version, .. } = write;
    let sql = table.sql();
    let counted = db.prepare_cached(sql.count)?.execute((key, kind, owner, subject, step))?;
    if counted == 0 {
        db.prepare_cached(sql.give)?.execute((key, kind, owner, subject, version, step))?;
    }
    if step < 0 {
        for end in sql.end {
            db.prepare_cached(end)?.execute((key, kind, owner, subject, version))?;
        }
    }
    Ok(())
}

/// Writes what became of one employment.
pub(super) fn put_employment(db: &Connection, write: &JobWrite) -> StoreResult<()> {
    let [before, after] =
        write.seen.map(|seen| seen.is_some_and(|(level, _)| level == Level::Evidence));
    let JobWrite { owner, job, fact, version, .. } = write;
    let (company, person) = (Key::of(job.company), Key::of(job.person));
    let (id, fact) = (Key::of(job.id), Key::of(*fact));
    match (before, after) {
        (true, false) => {
            db.prepare_cached(
                "UPDATE employment SET gone = ? WHERE owner = ? AND company = ? AND person = ?
                     AND id = ? AND fact = ? AND gone IS NULL",
            )?
            .execute((version, owner, company, person, id, fact))?;
        }
        (false, true) => {
            let title = job.title.as_ref().map(crate::model::Title::as_str);
            let (from, to) = (job.span.from().map(Day::number), job.span.to().map(Day::number));
            db.prepare_cached("INSERT INTO employment VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)")?
                .execute((owner, company, person, id, fact, version, title, from, to))?;
        }
        _ => {}
    }
    Ok(())
}

/// Puts a row of a pair, as [`put_pair`] wants it.
pub(super) const PUT_PAIR: &str =
    "INSERT INTO pair_evidence (owner, low, high, at, fact, told, kind, statement, direction,
         recipients, recorded_at, level) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

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
    let PairWrite { owner, low, high, .. } = write;
    let fact = Key::of(write.fact);
    if before.is_some() {
        db.prepare_cached(
            "UPDATE pair_evidence SET gone = ? WHERE owner = ? AND low = ? AND high = ? AND at = ?
                 AND fact = ? AND gone IS NULL",
        )?
        .execute((write.version, owner, low, high, write.at.as_ms(), fact))?;
    }
    let Some((level, since)) = after else { return Ok(()) };
    put.execute((
        owner,
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
