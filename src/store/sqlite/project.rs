//! What is derived from facts and records, so that a read is one ordered scan.
//!
//! The statements name no schema. [`check`](super::check) runs them on a connection where
//! temporary tables of the same names stand before the real ones, and compares.

use rusqlite::Connection;

use super::{
    at::TEAM,
    codec::{code_of_holder, evidence_code, fact_kind, write_json},
    derived::{
        JobWrite, KeyTable, KeyWrite, PUT_PAIR, PairWrite, Seen, count_key, put_employment,
        put_pair,
    },
    known::Known,
};
use crate::{
    model::{AnyId, Claim, Evidence, EvidenceKind, FactId, Holder, Level},
    store::{
        StoreResult,
        standing::{View, onlookers},
    },
};

/// A fact as the file keeps it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored<'a> {
    pub(super) ix: i64,
    pub(super) id: FactId,
    pub(super) claim: &'a Claim,
}

/// Writes what is derived.
///
/// Everything waits until [`flush`](Self::flush) and is then written in order: it comes at
/// random, and a walk along the tree touches each page once.
pub(super) struct Projector<'a> {
    pub(super) db: &'a Connection,
    pub(super) known: &'a mut Known,
    /// The version that changes what is derived.
    pub(super) version: i64,
    pairs: Vec<PairWrite>,
    jobs: Vec<JobWrite>,
    keys: Vec<KeyWrite>,
}

impl<'a> Projector<'a> {
    pub(super) fn new(db: &'a Connection, known: &'a mut Known, version: i64) -> Self {
        Self { db, known, version, pairs: Vec::new(), jobs: Vec::new(), keys: Vec::new() }
    }

    /// How much waits to be written.
    pub(super) fn waiting(&self) -> usize {
        self.pairs.len() + self.jobs.len() + self.keys.len()
    }

    /// Files a new fact under what it is about; returns the subjects. Evidence is not filed: it is
    /// found by its pairs, and nothing else doubles the cost of a large import.
    pub(super) fn file(&mut self, fact: Stored<'_>) -> StoreResult<Vec<(AnyId, i64)>> {
        let mut subjects: Vec<(AnyId, i64)> = Vec::with_capacity(3);
        for id in fact.claim.subjects() {
            let subject = match id {
                AnyId::EmploymentId(_) | AnyId::RelationId(_) => {
                    (id, self.known.find_or_add((self.db, self.version), id)?.0)
                }
                _ => (id, self.known.need(self.db, id)?),
            };
            // Evidence names each person once; a company may stand in relation to itself.
            if matches!(fact.claim, Claim::Evidence(_)) || !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        if !matches!(fact.claim, Claim::Evidence(_)) {
            let mut file = self.db.prepare_cached(
                "INSERT INTO fact_subject (subject, kind, fact) VALUES (?, ?, ?)",
            )?;
            for (_, ix) in &subjects {
                file.execute((ix, fact_kind(fact.claim), fact.ix))?;
            }
        }
        Ok(subjects)
    }

    /// Carries a change of what a fact's attestations come to into everything derived from it.
    pub(super) fn carry(&mut self, fact: Stored<'_>, from: &View, to: &View) -> StoreResult<()> {
        for onlooker in onlookers(from, to) {
            let owner = match onlooker {
                None => TEAM,
                Some(member) => self.known.need(self.db, member)?,
            };
            let seen = [from, to].map(|view| view.seen_by(onlooker));
            let [before, after] =
                seen.map(|seen| seen.is_some_and(|(level, _)| level == Level::Evidence));
            if before != after {
                let step = if after { 1 } else { -1 };
                self.count_keys(KeyTable::Search, fact.claim.search_keys(), (owner, step))?;
                self.count_keys(KeyTable::Identity, fact.claim.identity_keys(), (owner, step))?;
            }
            match fact.claim {
                Claim::Evidence(evidence) => {
                    // What weighs for the team as it is weighs so for everybody.
                    let weighs = |view: &View| onlooker.is_none() || !view.is_weighed();
                    let seen = [from, to].map(|v| v.seen_by(onlooker).filter(|_| weighs(v)));
                    self.queue_pairs(fact.id, evidence, (owner, seen))?;
                }
                Claim::Employment(job) if seen[0] != seen[1] => {
                    let (job, version) = (job.clone(), self.version);
                    self.jobs.push(JobWrite { owner, job, fact: fact.id, version, seen });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn count_keys(
        &mut self,
        table: KeyTable,
        keys: Vec<(Holder, String)>,
        (owner, step): (i64, i64),
    ) -> StoreResult<()> {
        for (holder, key) in keys {
            let (kind, version) = (code_of_holder(holder), self.version);
            let subject = self.known.need(self.db, holder)?;
            self.keys.push(KeyWrite { table, key, kind, owner, subject, version, step });
        }
        Ok(())
    }

    fn queue_pairs(
        &mut self,
        fact: FactId,
        evidence: &Evidence,
        (owner, seen): (i64, Seen),
    ) -> StoreResult<()> {
        if seen[0] == seen[1] {
            return Ok(());
        }
        let statement = match evidence.kind() {
            kind @ (EvidenceKind::Statement { .. } | EvidenceKind::Override { .. }) => {
                Some(write_json(kind)?)
            }
            _ => None,
        };
        for (low, high, direction) in evidence.pairs() {
            self.pairs.push(PairWrite {
                owner,
                low: self.known.need(self.db, low)?,
                high: self.known.need(self.db, high)?,
                direction,
                fact,
                at: evidence.at(),
                kind: evidence_code(evidence.kind()),
                statement: statement.clone(),
                recipients: evidence.recipients(),
                version: self.version,
                seen,
            });
        }
        Ok(())
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self) -> StoreResult<()> {
        self.flush_keys()?;
        self.flush_jobs()?;
        self.flush_pairs()
    }

    fn flush_keys(&mut self) -> StoreResult<()> {
        self.keys.sort_unstable();
        let same = |a: &KeyWrite, b: &KeyWrite| {
            (a.table, &a.key, a.kind, a.owner, a.subject, a.version)
                == (b.table, &b.key, b.kind, b.owner, b.subject, b.version)
        };
        for facts in self.keys.chunk_by(same) {
            let step: i64 = facts.iter().map(|write| write.step).sum();
            if let (Some(write), true) = (facts.first(), step != 0) {
                count_key(self.db, write, step)?;
            }
        }
        self.keys.clear();
        Ok(())
    }

    fn flush_jobs(&mut self) -> StoreResult<()> {
        self.jobs.sort_by_key(|write| (write.owner, write.job.id, write.fact, write.version));
        let mut jobs = std::mem::take(&mut self.jobs).into_iter().peekable();
        while let Some(mut write) = jobs.next() {
            let row = |write: &JobWrite| (write.owner, write.fact, write.version);
            let this = row(&write);
            while let Some(next) = jobs.next_if(|next| row(next) == this) {
                write.seen[1] = next.seen[1];
            }
            put_employment(self.db, &write)?;
        }
        Ok(())
    }

    fn flush_pairs(&mut self) -> StoreResult<()> {
        // Stable: what happened to one row happens in its order.
        let key =
            |pair: &PairWrite| (pair.owner, pair.low, pair.high, pair.at, pair.fact, pair.version);
        self.pairs.sort_by_key(key);
        let mut marks: Vec<(i64, i64, i64)> = Vec::new();
        let mut put_row = self.db.prepare_cached(PUT_PAIR)?;
        let mut pairs = std::mem::take(&mut self.pairs).into_iter().peekable();
        while let Some(mut write) = pairs.next() {
            let this = key(&write);
            while let Some(next) = pairs.next_if(|next| key(next) == this) {
                write.seen[1] = next.seen[1];
            }
            let mark = (write.owner, write.high, write.low);
            if write.seen[1].is_some() && marks.last() != Some(&mark) {
                marks.push(mark);
            }
            put_pair(self.db, &mut put_row, &write)?;
        }
        // In the order of their own tree.
        marks.sort_unstable();
        let mut put = self.db.prepare_cached(
            "INSERT INTO pair_by_high (owner, high, low) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        )?;
        for mark in marks {
            put.execute(mark)?;
        }
        Ok(())
    }
}

/// Takes a fact from under what it is about; evidence is not filed.
pub(super) fn unfile(
    (db, known): (&Connection, &mut Known),
    fact: i64,
    claim: &Claim,
) -> StoreResult<()> {
    if matches!(claim, Claim::Evidence(_)) {
        return Ok(());
    }
    for id in claim.subjects() {
        let Some(subject) = known.find(db, id)? else { continue };
        db.prepare_cached("DELETE FROM fact_subject WHERE subject = ? AND kind = ? AND fact = ?")?
            .execute((subject, fact_kind(claim), fact))?;
    }
    Ok(())
}
