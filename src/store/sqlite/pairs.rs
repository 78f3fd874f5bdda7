//! Pairs of people with what the team may see of their evidence, and the long streams.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{
    at::{Look, TEAM},
    codec::{Key, PERSON, direction_of, evidence_kind, id_in, level_of},
    threads::Sink,
};
use crate::{
    model::{
        CompanyId, Day, Employment, EmploymentId, FactId, PairEvidence, PersonId, Span, Timestamp,
        Title,
    },
    store::{PairRow, StoreResult, sqlite::error::backend},
};

/// The columns of a piece of evidence, from the third on.
const COLUMNS: &str = "at, fact, kind, statement, direction, recipients, recorded_at, level";

fn evidence_in(row: &Row<'_>) -> StoreResult<PairEvidence> {
    let statement = row.get_ref(5).and_then(|value| Ok(value.as_str_or_null()?));
    Ok(PairEvidence {
        at: Timestamp::from_ms(row.get(2)?),
        fact: FactId::new(id_in(row, 3)?),
        kind: evidence_kind(row.get(4)?, statement?)?,
        direction: direction_of(row.get(6)?),
        recipients: row.get(7)?,
        recorded_at: Timestamp::from_ms(row.get(8)?),
        level: level_of(row.get(9)?),
    })
}

pub(super) fn evidence_of(
    db: &Connection,
    Look { at, owner, .. }: Look,
    pairs: &[(PersonId, PersonId)],
) -> StoreResult<Vec<PairRow>> {
    let mut number = db.prepare_cached("SELECT ix FROM subject WHERE kind = ? AND id = ?")?;
    // Of what the team sees as a bare tie, the member's own row counts instead.
    let mut select = db.prepare_cached(&format!(
        "SELECT owner, NULL, {COLUMNS} FROM pair_evidence
         WHERE owner IN (0, ?4) AND low = ?1 AND high = ?2
             AND told <= ?3 AND (gone IS NULL OR gone > ?3)
         ORDER BY at, fact, owner DESC"
    ))?;
    let mut each = |&(one, other): &(PersonId, PersonId)| {
        let (low, high) = (one.min(other), one.max(other));
        let mut number = |id: PersonId| {
            number.query_row((PERSON, Key::of(id)), |row| row.get::<_, i64>(0)).optional()
        };
        let mut evidence: Vec<PairEvidence> = Vec::new();
        if let (Some(low), Some(high)) = (number(low)?, number(high)?) {
            let mut rows = select.query((low, high, at, owner))?;
            while let Some(row) = rows.next()? {
                evidence.push(evidence_in(row)?);
            }
            evidence.dedup_by_key(|item| item.fact);
        }
        Ok(PairRow { low, high, evidence })
    };
    pairs.iter().map(&mut each).collect()
}

pub(super) fn pairs_of(
    db: &Connection,
    look: Look,
    people: &[PersonId],
) -> StoreResult<Vec<(PersonId, PersonId)>> {
    let mut pairs = BTreeSet::new();
    let mut number = db.prepare_cached("SELECT ix FROM subject WHERE kind = ? AND id = ?")?;
    for &person in people {
        let row = (PERSON, Key::of(person));
        let Some(ix) = number.query_row(row, |row| row.get::<_, i64>(0)).optional()? else {
            continue;
        };
        for owner in BTreeSet::from([TEAM, look.owner]) {
            let others = others_of(db, Look { owner, ..look }, ix)?;
            pairs.extend(others.into_iter().map(|other| (person.min(other), person.max(other))));
        }
    }
    Ok(pairs.into_iter().collect())
}

/// With whom somebody is in a pair, for one owner.
fn others_of(
    db: &Connection,
    Look { at, owner, .. }: Look,
    person: i64,
) -> StoreResult<Vec<PersonId>> {
    // From one other person to the next, so that a hundred thousand mails are one step.
    let mut higher = db.prepare_cached(
        "SELECT high FROM pair_evidence WHERE owner = ?4 AND low = ?1 AND high > ?2
             AND told <= ?3 AND (gone IS NULL OR gone > ?3) ORDER BY high LIMIT 1",
    )?;
    let mut lower = db.prepare_cached(
        "SELECT low FROM pair_by_high p WHERE owner = ?3 AND high = ?1
             AND EXISTS (SELECT 1 FROM pair_evidence e
                 WHERE e.owner = ?3 AND e.low = p.low AND e.high = p.high
                 AND e.told <= ?2 AND (e.gone IS NULL OR e.gone > ?2))",
    )?;
    let mut id = db.prepare_cached("SELECT id FROM subject WHERE ix = ?")?;
    let mut others: Vec<i64> = Vec::new();
    loop {
        let last = others.last().copied().unwrap_or(i64::MIN);
        let next = higher.query_row((person, last, at, owner), |row| row.get(0)).optional()?;
        let Some(next) = next else { break };
        others.push(next);
    }
    let mut rows = lower.query((person, at, owner))?;
    while let Some(row) = rows.next()? {
        others.push(row.get(0)?);
    }
    let mut person_of = |ix: i64| Ok(PersonId::new(id.query_row([ix], |row| id_in(row, 0))?));
    others.into_iter().map(&mut person_of).collect()
}

/// All pairs of the team.
pub(super) fn stream_pairs(
    db: &Connection,
    look: Look,
    sink: &mut Sink<PairRow>,
) -> StoreResult<()> {
    let ids = People::load(db)?;
    let mut select = db.prepare(&format!(
        "SELECT low, high, {COLUMNS} FROM pair_evidence
         WHERE owner = 0 AND told <= ?1 AND (gone IS NULL OR gone > ?1)
         ORDER BY low, high, at, fact"
    ))?;
    let mut rows = select.query([look.at])?;
    let mut open: Option<((i64, i64), PairRow)> = None;
    while let Some(row) = rows.next()? {
        let numbers = (row.get(0)?, row.get(1)?);
        let evidence = evidence_in(row)?;
        match &mut open {
            Some((same, pair)) if *same == numbers => pair.evidence.push(evidence),
            _ => {
                let (low, high) = (ids.of(numbers.0)?, ids.of(numbers.1)?);
                let next = (numbers, PairRow { low, high, evidence: vec![evidence] });
                if open.replace(next).is_some_and(|(_, full)| !sink.push(full)) {
                    return Ok(());
                }
            }
        }
    }
    open.map(|(_, last)| sink.push(last));
    Ok(())
}

/// The pairs of which a member sees more than the team.
pub(super) fn stream_own_pairs(
    db: &Connection,
    Look { at, owner, .. }: Look,
    sink: &mut Sink<(PersonId, PersonId)>,
) -> StoreResult<()> {
    if owner == TEAM {
        return Ok(());
    }
    let mut select = db.prepare(
        "SELECT DISTINCT l.id, h.id FROM pair_evidence e
         JOIN subject l ON l.ix = e.low JOIN subject h ON h.ix = e.high
         WHERE e.owner = ?2 AND e.told <= ?1 AND (e.gone IS NULL OR e.gone > ?1)",
    )?;
    let mut rows = select.query((at, owner))?;
    while let Some(row) = rows.next()? {
        if !sink.push((PersonId::new(id_in(row, 0)?), PersonId::new(id_in(row, 1)?))) {
            break;
        }
    }
    Ok(())
}

/// The ids of all people by their numbers: 24 bytes a person.
struct People(Vec<(i64, PersonId)>);

impl People {
    fn load(db: &Connection) -> StoreResult<Self> {
        let mut select = db.prepare("SELECT ix, id FROM subject WHERE kind = ? ORDER BY ix")?;
        let people =
            select.query_map([PERSON], |row| Ok((row.get(0)?, PersonId::new(id_in(row, 1)?))))?;
        Ok(Self(people.collect::<Result<_, _>>()?))
    }

    fn of(&self, number: i64) -> StoreResult<PersonId> {
        let at = self.0.binary_search_by_key(&number, |(number, _)| *number);
        at.map(|at| self.0[at].1).map_err(|_| backend("evidence names a person who is not there"))
    }
}

pub(super) fn stream_people(
    db: &Connection,
    Look { at, .. }: Look,
    sink: &mut Sink<PersonId>,
) -> StoreResult<()> {
    let mut select =
        db.prepare("SELECT id FROM subject WHERE kind = ? AND version <= ? ORDER BY id")?;
    let mut rows = select.query((PERSON, at))?;
    while let Some(row) = rows.next()? {
        if !sink.push(PersonId::new(id_in(row, 0)?)) {
            break;
        }
    }
    Ok(())
}

pub(super) fn stream_employments(
    db: &Connection,
    Look { at, owner, .. }: Look,
    sink: &mut Sink<Employment>,
) -> StoreResult<()> {
    let mut select = db.prepare(
        "SELECT company, person, id, title, from_day, to_day FROM employment
         WHERE owner IN (0, ?2) AND told <= ?1 AND (gone IS NULL OR gone > ?1)
         ORDER BY company, person, id, fact",
    )?;
    let mut rows = select.query((at, owner))?;
    while let Some(row) = rows.next()? {
        let title: Option<String> = row.get(3)?;
        let day = |column| row.get::<_, Option<i32>>(column).map(|day| day.map(Day::from_number));
        let employment = Employment {
            id: EmploymentId::new(id_in(row, 2)?),
            person: PersonId::new(id_in(row, 1)?),
            company: CompanyId::new(id_in(row, 0)?),
            title: title.map(|title| Title::new(&title)).transpose().map_err(backend)?,
            span: Span::new(day(4)?, day(5)?).map_err(backend)?,
        };
        if !sink.push(employment) {
            break;
        }
    }
    Ok(())
}
