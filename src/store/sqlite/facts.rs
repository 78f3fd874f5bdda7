//! Facts, and the people and companies that they make.

use rusqlite::{Connection, OptionalExtension as _};

use super::{
    at::{At, Look, TEAM},
    codec::{CADENCE_FACT, COMPANY, EMPLOYMENT_FACT, EVIDENCE_FACT, Key, PERSON, id_in, read_json},
    known::{self, Known},
    threads::Sink,
};
use crate::{
    model::{
        AnyId, Attestation, Claim, Company, CompanyId, EmploymentId, Fact, FactId, ImportId,
        ListId, Person, PersonId, Revision, Timestamp,
    },
    store::{StoreResult, standing::first_revision},
};

/// A fact out of the file, with where each telling of it stands.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) ix: i64,
    pub(super) fact: Fact,
    /// Version and place of each attestation.
    pub(super) places: Vec<(i64, i64)>,
}

impl Loaded {
    /// When it was told, of the tellings that stand: what "in order of telling" goes by.
    fn told(&self) -> Option<(i64, i64)> {
        let tellings = self.fact.attestations.iter().zip(&self.places);
        tellings.filter(|(a, _)| a.retracted_at.is_none()).map(|(_, place)| *place).min()
    }
}

/// The tellings of a fact, and version and place of each.
type Tellings = (Vec<Attestation>, Vec<(i64, i64)>);

/// The tellings of a fact up to a version, in order; what was taken back later stands.
pub(super) fn attestations(
    (db, at): (&Connection, At),
    known: &mut Known,
    fact: i64,
) -> StoreResult<Tellings> {
    let mut select = db.prepare_cached(
        "SELECT attestation, recorded_at, iif(gone <= ?2, retracted_at, NULL), version, place
         FROM fact_attestation WHERE fact = ?1 AND version <= ?2 ORDER BY version, place",
    )?;
    let mut rows = select.query((fact, at))?;
    let (mut attestations, mut places) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let told = known.told(db, row.get(0)?)?;
        let back: Option<i64> = row.get(2)?;
        let recorded_at = Timestamp::from_ms(row.get(1)?);
        attestations.push(told.at(recorded_at, back.map(Timestamp::from_ms)));
        places.push((row.get(3)?, row.get(4)?));
    }
    Ok((attestations, places))
}

/// The fact with an id, whether it stands or not, if it was ever told by then.
pub(super) fn by_id(
    (db, at): (&Connection, At),
    known: &mut Known,
    id: FactId,
) -> StoreResult<Option<Loaded>> {
    let found: Option<(i64, String)> = db
        .prepare_cached("SELECT ix, claim FROM fact WHERE id = ?")?
        .query_row([Key::of(id)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let loaded = found.map(|(ix, claim)| load((db, at), known, (ix, id, &claim))).transpose()?;
    Ok(loaded.filter(|loaded| !loaded.places.is_empty()))
}

fn load(
    (db, at): (&Connection, At),
    known: &mut Known,
    (ix, id, claim): (i64, FactId, &str),
) -> StoreResult<Loaded> {
    let (attestations, places) = attestations((db, at), known, ix)?;
    Ok(Loaded { ix, fact: Fact { id, claim: read_json(claim)?, attestations }, places })
}

/// The fact of a row of number, id and claim.
pub(super) fn in_row(
    at: (&Connection, At),
    known: &mut Known,
    row: &rusqlite::Row<'_>,
) -> StoreResult<Fact> {
    let id = FactId::new(id_in(row, 1)?);
    let claim = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
    Ok(load(at, known, (row.get(0)?, id, claim))?.fact)
}

/// All facts that are filed under a subject, those that were taken back too.
pub(super) fn filed_under(
    (db, at): (&Connection, At),
    known: &mut Known,
    subject: i64,
) -> StoreResult<Vec<Loaded>> {
    let mut select = db.prepare_cached(
        "SELECT f.ix, f.id, f.claim FROM fact_subject s JOIN fact f ON f.ix = s.fact
         WHERE s.subject = ?",
    )?;
    let mut rows = select.query([subject])?;
    let mut filed = Vec::new();
    while let Some(row) = rows.next()? {
        let id = FactId::new(id_in(row, 1)?);
        let claim = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        filed.push(load((db, at), known, (row.get(0)?, id, claim))?);
    }
    Ok(filed)
}

/// The standing facts about a subject whose kinds lie in a range, in order of telling.
fn about(
    (db, at): (&Connection, At),
    known: &mut Known,
    (subject, kinds): (i64, std::ops::Range<i64>),
) -> StoreResult<Vec<Fact>> {
    let mut select = db.prepare_cached(
        "SELECT f.ix, f.id, f.claim FROM fact_subject s JOIN fact f ON f.ix = s.fact
         WHERE s.subject = ? AND s.kind >= ? AND s.kind < ?",
    )?;
    let mut rows = select.query((subject, kinds.start, kinds.end))?;
    let mut standing = Vec::new();
    while let Some(row) = rows.next()? {
        let id = FactId::new(id_in(row, 1)?);
        let claim = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        let loaded = load((db, at), known, (row.get(0)?, id, claim))?;
        if let Some(told) = loaded.told() {
            standing.push((told, loaded.fact));
        }
    }
    standing.sort_by_key(|(told, _)| *told);
    Ok(standing.into_iter().map(|(_, fact)| fact).collect())
}

/// What there is about each id: its revision and the facts of some kinds.
fn each_about<Id: Copy + Into<AnyId>, T>(
    (db, look): (&Connection, Look),
    (ids, kinds): (&[Id], std::ops::Range<i64>),
    make: impl Fn(Id, Revision, Vec<Fact>) -> T,
) -> StoreResult<Vec<Option<T>>> {
    let (mut known, at) = (Known::default(), look.at);
    let mut each = |&id: &Id| {
        let found = known::subject(db, id.into())?.filter(|found| at.includes(found.version));
        let facts = |found: known::Subject| {
            let revision = revision((db, look), id.into(), &found)?;
            let facts = about((db, at), &mut known, (found.ix, kinds.clone()))?;
            Ok(make(id, revision, facts))
        };
        found.map(facts).transpose()
    };
    ids.iter().map(&mut each).collect()
}

/// How often a person or company had been changed, as somebody sees it: the revision goes up with
/// every fact that is told to them or taken back, evidence, cadences and notes left out.
pub(super) fn revision(
    (db, look): (&Connection, Look),
    id: AnyId,
    found: &known::Subject,
) -> StoreResult<Revision> {
    if look.at.is_now() && look.owner == TEAM {
        return Ok(found.revision);
    }
    let told_to = |from: i64, to: i64| {
        db.prepare_cached(
            "SELECT coalesce(sum((t.version <= ?2) + (t.gone IS NOT NULL AND t.gone <= ?2)), 0)
             FROM fact_subject s JOIN fact_attestation t ON t.fact = s.fact
             JOIN attestation a ON a.ix = t.attestation
             WHERE s.subject = ?1 AND s.kind > ?5 AND a.owner IN (?3, ?4)",
        )?
        .query_row((found.ix, look.at, from, to, CADENCE_FACT), |row| row.get::<_, u32>(0))
    };
    if look.at.is_now() {
        return Ok(Revision(found.revision.0 + told_to(look.owner, look.owner)?));
    }
    Ok(Revision(first_revision(id) + told_to(TEAM, look.owner)?))
}

pub(super) fn people(
    db: &Connection,
    look: Look,
    ids: &[PersonId],
) -> StoreResult<Vec<Option<Person>>> {
    each_about((db, look), (ids, i64::MIN..EVIDENCE_FACT), |id, revision, facts| Person {
        id,
        revision,
        facts,
    })
}

pub(super) fn companies(
    db: &Connection,
    look: Look,
    ids: &[CompanyId],
) -> StoreResult<Vec<Option<Company>>> {
    let make = |id, revision, facts| Company { id, revision, facts };
    each_about((db, look), (ids, i64::MIN..EMPLOYMENT_FACT), make)
}

pub(super) fn staff(
    db: &Connection,
    look: Look,
    companies: &[CompanyId],
) -> StoreResult<Vec<Vec<Fact>>> {
    let kinds = EMPLOYMENT_FACT..EVIDENCE_FACT;
    let each = each_about((db, look), (companies, kinds), |_, _, mut facts| {
        facts.sort_by_key(|fact| match &fact.claim {
            Claim::Employment(job) => (Some(job.person), fact.id),
            _ => (None, fact.id),
        });
        facts
    })?;
    Ok(each.into_iter().map(Option::unwrap_or_default).collect())
}

/// Where several facts of one employment stand, the one that was told last; those that whoever
/// looks may see go first.
pub(super) fn employments(
    db: &Connection,
    look: Look,
    ids: &[EmploymentId],
) -> StoreResult<Vec<Option<Fact>>> {
    let kinds = EMPLOYMENT_FACT..EVIDENCE_FACT;
    let last = |_, _, mut facts: Vec<Fact>| {
        let seen = facts.iter().rposition(|fact| fact.is_open_to(look.member));
        match seen {
            Some(at) => Some(facts.swap_remove(at)),
            None => facts.pop(),
        }
    };
    let each = each_about((db, look), (ids, kinds), last)?;
    Ok(each.into_iter().map(Option::flatten).collect())
}

pub(super) fn facts(db: &Connection, at: At, ids: &[FactId]) -> StoreResult<Vec<Option<Fact>>> {
    let mut known = Known::default();
    let mut each = |id: &FactId| Ok(by_id((db, at), &mut known, *id)?.map(|loaded| loaded.fact));
    ids.iter().map(&mut each).collect()
}

fn ids_after(
    (db, at): (&Connection, At),
    (kind, after): (i64, Option<Key>),
    limit: usize,
) -> StoreResult<Vec<u128>> {
    let mut select = db.prepare_cached(
        "SELECT id FROM subject WHERE kind = ?1 AND (?2 IS NULL OR id > ?2) AND version <= ?4
         ORDER BY id LIMIT ?3",
    )?;
    let rows = select.query_map((kind, after, limit as i64, at), |row| id_in(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn people_after(
    db: &Connection,
    at: At,
    (after, limit): (Option<PersonId>, usize),
) -> StoreResult<Vec<PersonId>> {
    let ids = ids_after((db, at), (PERSON, after.map(Key::of)), limit)?;
    Ok(ids.into_iter().map(PersonId::new).collect())
}

pub(super) fn companies_after(
    db: &Connection,
    at: At,
    (after, limit): (Option<CompanyId>, usize),
) -> StoreResult<Vec<CompanyId>> {
    let ids = ids_after((db, at), (COMPANY, after.map(Key::of)), limit)?;
    Ok(ids.into_iter().map(CompanyId::new).collect())
}

pub(super) fn list_entries(
    (db, at): (&Connection, At),
    (list, after): (ListId, Option<FactId>),
    limit: usize,
) -> StoreResult<Vec<Fact>> {
    let Some(list) = known::subject(db, list.into())? else { return Ok(Vec::new()) };
    let mut select = db.prepare_cached(
        "SELECT f.ix, f.id, f.claim FROM fact_subject s JOIN fact f ON f.ix = s.fact
         WHERE s.subject = ?1 AND (?2 IS NULL OR f.id > ?2) AND EXISTS
             (SELECT 1 FROM fact_attestation a WHERE a.fact = f.ix
                  AND a.version <= ?4 AND (a.gone IS NULL OR a.gone > ?4))
         ORDER BY f.id LIMIT ?3",
    )?;
    in_rows((db, at), select.query((list.ix, after.map(Key::of), limit as i64, at))?)
}

/// What stands of how often people are willing to be asked: by an index of these alone.
pub(super) fn ask_limits(
    (db, at): (&Connection, At),
    after: Option<FactId>,
    limit: usize,
) -> StoreResult<Vec<Fact>> {
    let mut select = db.prepare_cached(
        "SELECT f.ix, f.id, f.claim FROM fact f
         WHERE f.kind = 8 AND (?1 IS NULL OR f.id > ?1) AND EXISTS
             (SELECT 1 FROM fact_attestation a WHERE a.fact = f.ix
                  AND a.version <= ?3 AND (a.gone IS NULL OR a.gone > ?3))
         ORDER BY f.id LIMIT ?2",
    )?;
    in_rows((db, at), select.query((after.map(Key::of), limit as i64, at))?)
}

/// The facts in rows of number, id and claim.
fn in_rows(at: (&Connection, At), mut rows: rusqlite::Rows<'_>) -> StoreResult<Vec<Fact>> {
    let (mut known, mut facts) = (Known::default(), Vec::new());
    while let Some(row) = rows.next()? {
        facts.push(in_row(at, &mut known, row)?);
    }
    Ok(facts)
}

/// What an import told and was not taken back, in order of telling.
pub(super) fn told_by_import(
    db: &Connection,
    import: ImportId,
    limit: usize,
) -> StoreResult<Vec<FactId>> {
    let mut select = db.prepare_cached(
        "SELECT f.id FROM attestation a
         JOIN fact_attestation t ON t.attestation = a.ix AND t.retracted_at IS NULL
         JOIN fact f ON f.ix = t.fact
         WHERE a.body ->> '$.source.import' = ? ORDER BY t.version, t.place LIMIT ?",
    )?;
    let mut rows = select.query((import.to_string(), limit as i64))?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(FactId::new(id_in(row, 0)?));
    }
    Ok(ids)
}

pub(super) fn stream_evidence(db: &Connection, at: At, sink: &mut Sink<Fact>) -> StoreResult<()> {
    let mut select = db.prepare("SELECT ix, id, claim FROM fact WHERE kind = ? ORDER BY id")?;
    let mut rows = select.query([EVIDENCE_FACT])?;
    let mut known = Known::default();
    while let Some(row) = rows.next()? {
        let id = FactId::new(id_in(row, 1)?);
        let claim = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        let loaded = load((db, at), &mut known, (row.get(0)?, id, claim))?;
        if loaded.told().is_some() && !sink.push(loaded.fact) {
            break;
        }
    }
    Ok(())
}
