//! Pairs of people with what the team may see of their evidence, and the long streams.

use rusqlite::{Connection, Row};

use super::{
    at::At,
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

fn evidence_in(row: &Row<'_>) -> StoreResult<PairEvidence> {
    let text = |column| row.get_ref(column).and_then(|value| Ok(value.as_str_or_null()?));
    Ok(PairEvidence {
        at: Timestamp::from_ms(row.get(2)?),
        fact: FactId::new(id_in(row, 3)?),
        kind: evidence_kind(text(4)?.unwrap_or_default(), text(5)?)?,
        direction: direction_of(row.get(6)?),
        recipients: row.get(7)?,
        recorded_at: Timestamp::from_ms(row.get(8)?),
        level: level_of(row.get(9)?),
    })
}

pub(super) fn evidence_of(
    db: &Connection,
    at: At,
    pairs: &[(PersonId, PersonId)],
) -> StoreResult<Vec<PairRow>> {
    let mut select = db.prepare_cached(
        "SELECT low, high, at, fact, kind, statement, direction, recipients, recorded_at, level
         FROM pair_evidence
         WHERE low = ?1 AND high = ?2 AND told <= ?3 AND (gone IS NULL OR gone > ?3)
         ORDER BY at, fact",
    )?;
    let mut each = |&(one, other): &(PersonId, PersonId)| {
        let (low, high) = (one.min(other), one.max(other));
        let mut rows = select.query((Key::of(low), Key::of(high), at))?;
        let mut evidence = Vec::new();
        while let Some(row) = rows.next()? {
            evidence.push(evidence_in(row)?);
        }
        Ok(PairRow { low, high, evidence })
    };
    pairs.iter().map(&mut each).collect()
}

pub(super) fn pairs_of(
    db: &Connection,
    at: At,
    people: &[PersonId],
) -> StoreResult<Vec<(PersonId, PersonId)>> {
    let mut pairs = std::collections::BTreeSet::new();
    // From one other person to the next, so that a hundred thousand mails are one step.
    let mut higher = db.prepare_cached(
        "SELECT high FROM pair_evidence WHERE low = ?1 AND high > ?2
             AND told <= ?3 AND (gone IS NULL OR gone > ?3) ORDER BY high LIMIT 1",
    )?;
    let mut lower = db.prepare_cached(
        "SELECT low FROM pair_by_high p WHERE high = ?1 AND EXISTS (SELECT 1 FROM pair_evidence e
             WHERE e.low = p.low AND e.high = p.high
             AND e.told <= ?2 AND (e.gone IS NULL OR e.gone > ?2))",
    )?;
    for &person in people {
        let mut last = person;
        // A pair is never of one person: every higher id lies beyond the person's own.
        loop {
            let mut rows = higher.query((Key::of(person), Key::of(last), at))?;
            let Some(row) = rows.next()? else { break };
            last = PersonId::new(id_in(row, 0)?);
            pairs.insert((person, last));
        }
        let mut rows = lower.query((Key::of(person), at))?;
        while let Some(row) = rows.next()? {
            pairs.insert((PersonId::new(id_in(row, 0)?), person));
        }
    }
    Ok(pairs.into_iter().collect())
}

pub(super) fn stream_pairs(db: &Connection, at: At, sink: &mut Sink<PairRow>) -> StoreResult<()> {
    let mut select = db.prepare(
        "SELECT low, high, at, fact, kind, statement, direction, recipients, recorded_at, level
         FROM pair_evidence WHERE told <= ?1 AND (gone IS NULL OR gone > ?1)
         ORDER BY low, high, at, fact",
    )?;
    let mut rows = select.query([at])?;
    let mut open: Option<PairRow> = None;
    while let Some(row) = rows.next()? {
        let (low, high) = (PersonId::new(id_in(row, 0)?), PersonId::new(id_in(row, 1)?));
        let evidence = evidence_in(row)?;
        match &mut open {
            Some(pair) if (pair.low, pair.high) == (low, high) => pair.evidence.push(evidence),
            _ => {
                let next = PairRow { low, high, evidence: vec![evidence] };
                if open.replace(next).is_some_and(|full| !sink.push(full)) {
                    return Ok(());
                }
            }
        }
    }
    open.map(|last| sink.push(last));
    Ok(())
}

pub(super) fn stream_people(db: &Connection, at: At, sink: &mut Sink<PersonId>) -> StoreResult<()> {
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
    at: At,
    sink: &mut Sink<Employment>,
) -> StoreResult<()> {
    let mut select = db.prepare(
        "SELECT company, person, id, title, from_day, to_day FROM employment
         WHERE told <= ?1 AND (gone IS NULL OR gone > ?1)
         ORDER BY company, person, id, fact",
    )?;
    let mut rows = select.query([at])?;
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
