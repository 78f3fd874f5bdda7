//! Erasing a person: what names them goes, and all that followed from it, as if nobody had ever
//! told it. What they did with others is told again without them, at the versions of then.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter, types::Value};
use rustc_hash::FxHashSet;

use super::{
    at::At,
    codec::{EVIDENCE_FACT, Key, Told, code_of_holder, id_in, read_json, write_json},
    error::backend,
    facts,
    known::Known,
    project::{Projector, unfile},
    replay, scrub,
};
use crate::{
    model::{AnyId, Claim, FactId, Holder, Member, PersonId, Remains, Telling, Timestamp, Traces},
    store::{StoreError, StoreResult},
};

/// A fact that names somebody who is erased.
struct Doomed {
    ix: i64,
    id: FactId,
    occurrence: u32,
    claim: Claim,
    /// What is left of it.
    left: Option<Claim>,
}

/// Erases somebody; returns the numbers of the subjects that are no more. It walks over all facts.
///
/// # Errors
/// `BadBatch` when a member of the team stands for them.
pub(super) fn erase(projector: &mut Projector<'_>, traces: &Traces) -> StoreResult<FxHashSet<i64>> {
    projector.flush()?;
    let db = projector.db;
    refuse_members(db, traces)?;
    let doomed = doomed(db, traces)?;
    let mut gone = Gone { db, owners: owners(db)?, again: BTreeSet::new() };
    let removed = subjects(projector, traces, &doomed)?;
    for fact in &doomed {
        gone.forget(projector.known, &fact.claim, fact.id)?;
    }
    gone.unfile_of_others(projector.known, traces, &doomed)?;
    for fact in &doomed {
        match &fact.left {
            None => gone.remove(projector.known, fact)?,
            Some(left) => gone.replace(projector.known, fact, left)?,
        }
    }
    scrub_attestations(db, traces)?;
    let introductions = scrub::scrub_records(db, traces)?;
    let removed: FxHashSet<i64> = removed.into_iter().chain(introductions).collect();
    remove_subjects(db, &removed)?;
    *projector.known = Known::default();
    replay::derive_again(projector, &gone.again)?;
    Ok(removed)
}

/// Removes all evidence of before a moment; says whether there was any. It walks over all evidence.
pub(super) fn forget_evidence(
    projector: &mut Projector<'_>,
    before: Timestamp,
) -> StoreResult<bool> {
    projector.flush()?;
    let db = projector.db;
    let mut select = db.prepare("SELECT ix, id, occurrence, claim FROM fact WHERE kind = ?")?;
    let mut rows = select.query([EVIDENCE_FACT])?;
    let mut doomed = Vec::new();
    while let Some(row) = rows.next()? {
        let claim: Claim = read_json(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?)?;
        if claim.at().is_some_and(|at| at < before) {
            let (ix, id) = (row.get(0)?, FactId::new(id_in(row, 1)?));
            doomed.push(Doomed { ix, id, occurrence: row.get(2)?, claim, left: None });
        }
    }
    let mut gone = Gone { db, owners: owners(db)?, again: BTreeSet::new() };
    for fact in &doomed {
        gone.forget(projector.known, &fact.claim, fact.id)?;
        gone.remove(projector.known, fact)?;
    }
    Ok(!doomed.is_empty())
}

fn refuse_members(db: &Connection, traces: &Traces) -> StoreResult<()> {
    let people: BTreeSet<PersonId> = traces.people().collect();
    let member = |member: &Member| people.contains(&member.person);
    match scrub::records::<Member>(db, "member")?.into_iter().find(|(_, found)| member(found)) {
        None => Ok(()),
        Some((_, found)) => {
            let text = format!("{} stands for {}, who cannot be erased", found.id, found.person);
            Err(StoreError::BadBatch(text))
        }
    }
}

/// The facts of which not everything remains.
fn doomed(db: &Connection, traces: &Traces) -> StoreResult<Vec<Doomed>> {
    let people = traces.people().map(|person| person.to_string());
    let signs: Vec<String> = people.chain(traces.written().map(str::to_owned)).collect();
    let signs =
        AhoCorasick::builder().ascii_case_insensitive(true).build(signs).map_err(backend)?;
    let mut select = db.prepare("SELECT ix, id, kind, occurrence, claim FROM fact")?;
    let mut rows = select.query([])?;
    let mut doomed = Vec::new();
    while let Some(row) = rows.next()? {
        let text = row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
        // Evidence is most of it, and names nobody in words of its own but in a reason.
        let may_name = row.get::<_, i64>(2)? != EVIDENCE_FACT
            || signs.is_match(text)
            || text.contains("\"reason\"");
        if !may_name {
            continue;
        }
        let claim: Claim = read_json(text)?;
        let left = match traces.taken_from(&claim) {
            Remains::All => continue,
            Remains::Nothing => None,
            Remains::Other(left) => Some(left),
        };
        let (ix, id) = (row.get(0)?, FactId::new(id_in(row, 1)?));
        doomed.push(Doomed { ix, id, occurrence: row.get(3)?, claim, left });
    }
    Ok(doomed)
}

/// For whom something may be derived.
fn owners(db: &Connection) -> StoreResult<Vec<i64>> {
    let mut select = db.prepare("SELECT DISTINCT owner FROM attestation")?;
    Ok(select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The numbers of the people, and of their employments.
fn subjects(
    projector: &mut Projector<'_>,
    traces: &Traces,
    doomed: &[Doomed],
) -> StoreResult<Vec<i64>> {
    let jobs = doomed.iter().filter_map(|fact| match (&fact.claim, &fact.left) {
        (Claim::Employment(job), None) => Some(AnyId::from(job.id)),
        _ => None,
    });
    let mut numbers = Vec::new();
    for id in traces.people().map(AnyId::from).chain(jobs) {
        numbers.extend(projector.known.find(projector.db, id)?);
    }
    Ok(numbers)
}

/// Takes facts away, with what followed from them.
struct Gone<'a> {
    db: &'a Connection,
    owners: Vec<i64>,
    /// The facts from which something must be derived again.
    again: BTreeSet<i64>,
}

impl Gone<'_> {
    /// Takes away all that follows from a fact.
    fn forget(&self, known: &mut Known, claim: &Claim, id: FactId) -> StoreResult<()> {
        self.forget_keys(known, claim)?;
        match claim {
            Claim::Evidence(evidence) => {
                for (low, high, _) in evidence.pairs() {
                    let pair = (known.need(self.db, low)?, known.need(self.db, high)?);
                    self.forget_pair(pair, (evidence.at().as_ms(), id))?;
                }
            }
            Claim::Employment(job) => {
                for owner in &self.owners {
                    let row = (owner, Key::of(job.company), Key::of(job.person), Key::of(job.id));
                    self.run(
                        "DELETE FROM employment WHERE owner = ? AND company = ? AND person = ?
                             AND id = ? AND fact = ?",
                        (row.0, row.1, row.2, row.3, Key::of(id)),
                    )?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn forget_keys(&self, known: &mut Known, claim: &Claim) -> StoreResult<()> {
        let tables = [
            (
                "DELETE FROM search_key WHERE key = ? AND kind = ? AND owner = ? AND subject = ?",
                claim.search_keys(),
            ),
            (
                "DELETE FROM identity_key WHERE key = ? AND kind = ? AND owner = ? AND subject = ?",
                claim.identity_keys(),
            ),
        ];
        for (sql, keys) in tables {
            for (holder, key) in keys {
                let subject = known.need(self.db, holder)?;
                for owner in &self.owners {
                    self.run(sql, (&key, code_of_holder(holder), owner, subject))?;
                }
            }
        }
        Ok(())
    }

    fn forget_pair(&self, (low, high): (i64, i64), (at, fact): (i64, FactId)) -> StoreResult<()> {
        for owner in &self.owners {
            self.run(
                "DELETE FROM pair_evidence WHERE owner = ? AND low = ? AND high = ? AND at = ?
                     AND fact = ?",
                (owner, low, high, at, Key::of(fact)),
            )?;
            self.run(
                "DELETE FROM pair_by_high WHERE owner = ?1 AND high = ?2 AND low = ?3 AND NOT EXISTS
                     (SELECT 1 FROM pair_evidence WHERE owner = ?1 AND low = ?3 AND high = ?2)",
                (owner, high, low),
            )?;
        }
        Ok(())
    }

    /// Where words of others named them, all that is filed under those others is derived again:
    /// their keys are counted.
    fn unfile_of_others(
        &mut self,
        known: &mut Known,
        traces: &Traces,
        doomed: &[Doomed],
    ) -> StoreResult<()> {
        let people: BTreeSet<PersonId> = traces.people().collect();
        let others = doomed.iter().flat_map(|fact| fact.claim.search_keys());
        let others: BTreeSet<Holder> = others
            .map(|(holder, _)| holder)
            .filter(|holder| !matches!(holder, Holder::Person(person) if people.contains(person)))
            .collect();
        for holder in others {
            let subject = known.need(self.db, holder)?;
            for loaded in facts::filed_under((self.db, At::NOW), known, subject)? {
                // What is filed under somebody has keys of theirs alone, or of their companies.
                let keys = loaded.fact.claim.search_keys();
                if keys.iter().any(|(of, _)| *of == holder)
                    || loaded.fact.claim.identity_keys().iter().any(|(of, _)| *of == holder)
                {
                    self.forget(known, &loaded.fact.claim, loaded.fact.id)?;
                    self.again.insert(loaded.ix);
                }
            }
        }
        Ok(())
    }

    /// Takes a fact away.
    fn remove(&mut self, known: &mut Known, fact: &Doomed) -> StoreResult<()> {
        self.again.remove(&fact.ix);
        unfile((self.db, known), fact.ix, &fact.claim)?;
        self.run("DELETE FROM fact_attestation WHERE fact = ?", [fact.ix])?;
        self.run("DELETE FROM fact WHERE ix = ?", [fact.ix])
    }

    /// Puts what is left of a fact in its place; where that was told already, its tellings join.
    fn replace(&mut self, known: &mut Known, fact: &Doomed, left: &Claim) -> StoreResult<()> {
        let (mine, _) = facts::attestations((self.db, At::NOW), known, fact.ix)?;
        let Some(attestation) = mine.first().cloned() else { return self.remove(known, fact) };
        let (claim, mut occurrence) = (left.clone(), fact.occurrence);
        let mut telling = Telling { claim, occurrence, attestation };
        loop {
            telling.occurrence = occurrence;
            let id = telling.fact_id();
            let Some(other) = facts::by_id((self.db, At::NOW), known, id)? else {
                self.run(
                    "UPDATE fact SET id = ?, occurrence = ?, claim = ? WHERE ix = ?",
                    (Key::of(id), occurrence, write_json(left)?, fact.ix),
                )?;
                self.again.insert(fact.ix);
                return Ok(());
            };
            let told_both = other.fact.attestations.iter().any(|theirs| {
                mine.iter().any(|m| m.source == theirs.source && m.recorder == theirs.recorder)
            });
            if !told_both {
                // The same, told by somebody who did not name them.
                self.forget(known, &other.fact.claim, id)?;
                self.run(
                    "UPDATE fact_attestation SET fact = ? WHERE fact = ?",
                    (other.ix, fact.ix),
                )?;
                self.again.insert(other.ix);
                return self.remove(known, fact);
            }
            // One of several that are now equal: they are numbered, as rows of a file are.
            occurrence += 1;
        }
    }

    fn run(&self, sql: &str, row: impl rusqlite::Params) -> StoreResult<()> {
        self.db.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }
}

/// Takes somebody's name out of the names of systems, which files may have given.
fn scrub_attestations(db: &Connection, traces: &Traces) -> StoreResult<()> {
    let mut select = db.prepare("SELECT ix, body FROM attestation")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
    for (ix, body) in rows {
        let mut told: Told = read_json(&body)?;
        told.source.system = traces.cleaned_system(&told.source.system);
        let left = write_json(&told)?;
        if left == body {
            continue;
        }
        let same = "SELECT ix FROM attestation WHERE body = ?";
        match db.query_row(same, [&left], |row| row.get::<_, i64>(0)).optional()? {
            None => _ = db.execute("UPDATE attestation SET body = ? WHERE ix = ?", (left, ix))?,
            Some(other) => {
                db.execute(
                    "UPDATE fact_attestation SET attestation = ? WHERE attestation = ?",
                    (other, ix),
                )?;
                db.execute("DELETE FROM attestation WHERE ix = ?", [ix])?;
            }
        }
    }
    Ok(())
}

/// How many subjects are removed by one statement.
const TOGETHER: usize = 500;

fn remove_subjects(db: &Connection, removed: &FxHashSet<i64>) -> StoreResult<()> {
    let removed: Vec<i64> = removed.iter().copied().collect();
    for some in removed.chunks(TOGETHER) {
        let marks = vec!["?"; some.len()].join(", ");
        for (table, column) in [
            ("ask", "introduction"),
            ("party", "introduction"),
            ("party", "who"),
            ("silence", "introduction"),
            ("changed", "subject"),
            ("fact_subject", "subject"),
            ("record", "subject"),
            ("subject", "ix"),
        ] {
            let sql = format!("DELETE FROM {table} WHERE {column} IN ({marks})");
            db.execute(&sql, params_from_iter(some.iter().map(|ix| Value::from(*ix))))?;
        }
    }
    Ok(())
}
