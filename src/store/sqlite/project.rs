//! What is derived from facts and records, so that a read is one ordered scan.
//!
//! The statements name no schema. [`check`](super::check) runs them on a connection where
//! temporary tables of the same names stand before the real ones, and compares.

use rusqlite::Connection;

use super::{
    codec::{Key, code_of_holder, direction_code, fact_kind, level_code, write_json},
    known::Known,
};
use crate::{
    model::{
        AnyId, Attestation, Claim, Day, Direction, Employment, Evidence, EvidenceKind, FactId,
        Introduction, Level, PersonId, Timestamp,
    },
    store::StoreResult,
};

/// What the attestations of a fact come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct View {
    /// Whether anybody still says it.
    pub(super) stands: bool,
    /// What the team may see of it, and since when.
    pub(super) team: Option<(Level, Timestamp)>,
}

impl View {
    pub(super) fn of(attestations: &[Attestation]) -> Self {
        let standing = || attestations.iter().filter(|a| a.retracted_at.is_none());
        let seen = || standing().filter_map(|a| Some((a.level_for(None)?, a.recorded_at)));
        let level = seen().map(|(level, _)| level).max();
        let since = seen().map(|(_, at)| at).min();
        Self { stands: standing().next().is_some(), team: level.zip(since) }
    }
}

/// A fact as the file keeps it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored<'a> {
    pub(super) ix: i64,
    pub(super) id: FactId,
    pub(super) claim: &'a Claim,
}

/// What is to be written about one pair.
struct PairWrite {
    low: PersonId,
    high: PersonId,
    direction: Direction,
    fact: FactId,
    at: Timestamp,
    kind: &'static str,
    statement: Option<String>,
    recipients: usize,
    /// Nothing where the row is to go.
    seen: Option<(Level, Timestamp)>,
}

/// Writes what is derived.
///
/// Pairs and keys wait until [`flush`](Self::flush) and are then written in order: they come at
/// random, and a walk along the tree touches each page once.
pub(super) struct Projector<'a> {
    pub(super) db: &'a Connection,
    pub(super) known: &'a mut Known,
    pairs: Vec<PairWrite>,
    /// Facts that give a key, or no longer do: table, key, kind and subject, how many more.
    keys: Vec<(KeyTable, String, (i64, i64), i64)>,
}

impl<'a> Projector<'a> {
    pub(super) fn new(db: &'a Connection, known: &'a mut Known) -> Self {
        Self { db, known, pairs: Vec::new(), keys: Vec::new() }
    }

    /// How many pairs and keys wait to be written.
    pub(super) fn waiting(&self) -> usize {
        self.pairs.len() + self.keys.len()
    }

    /// Files a new fact under what it is about; returns the subjects. Evidence is not filed: it is
    /// found by its pairs, and nothing else doubles the cost of a large import.
    pub(super) fn file(&mut self, fact: Stored<'_>) -> StoreResult<Vec<(AnyId, i64)>> {
        let mut subjects: Vec<(AnyId, i64)> = Vec::with_capacity(3);
        for id in fact.claim.subjects() {
            let subject = match id {
                AnyId::EmploymentId(_) | AnyId::RelationId(_) => {
                    (id, self.known.find_or_add(self.db, id)?.0)
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
    pub(super) fn carry(&mut self, fact: Stored<'_>, from: View, to: View) -> StoreResult<()> {
        if from.stands != to.stands {
            let step = if to.stands { 1 } else { -1 };
            self.count_search_keys(fact.claim, step)?;
            self.count_identity_keys(fact.claim, step)?;
        }
        if from.team == to.team {
            return Ok(());
        }
        match fact.claim {
            Claim::Evidence(evidence) => self.queue_pairs(fact.id, evidence, to.team),
            Claim::Employment(job) => self.project_employment(fact.id, job, to.team),
            _ => Ok(()),
        }
    }

    pub(super) fn count_search_keys(&mut self, claim: &Claim, step: i64) -> StoreResult<()> {
        for (holder, key) in claim.search_keys() {
            let row = (code_of_holder(holder), self.known.need(self.db, holder)?);
            self.keys.push((KeyTable::Search, key, row, step));
        }
        Ok(())
    }

    pub(super) fn count_identity_keys(&mut self, claim: &Claim, step: i64) -> StoreResult<()> {
        for (holder, key) in claim.identity_keys() {
            let row = (code_of_holder(holder), self.known.need(self.db, holder)?);
            self.keys.push((KeyTable::Identity, key, row, step));
        }
        Ok(())
    }

    fn queue_pairs(
        &mut self,
        fact: FactId,
        evidence: &Evidence,
        seen: Option<(Level, Timestamp)>,
    ) -> StoreResult<()> {
        let statement = match evidence.kind() {
            kind @ (EvidenceKind::Statement { .. } | EvidenceKind::Override { .. }) => {
                Some(write_json(kind)?)
            }
            _ => None,
        };
        for (low, high, direction) in evidence.pairs() {
            self.pairs.push(PairWrite {
                low,
                high,
                direction,
                fact,
                at: evidence.at(),
                kind: evidence.kind().name(),
                statement: statement.clone(),
                recipients: evidence.recipients(),
                seen,
            });
        }
        Ok(())
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self) -> StoreResult<()> {
        self.flush_keys()?;
        self.flush_pairs()
    }

    fn flush_keys(&mut self) -> StoreResult<()> {
        self.keys.sort_unstable();
        let same = |a: &(KeyTable, String, _, _), b: &(KeyTable, String, _, _)| {
            (a.0, &a.1, a.2) == (b.0, &b.1, b.2)
        };
        for facts in self.keys.chunk_by(same) {
            let step: i64 = facts.iter().map(|(.., step)| step).sum();
            if let (Some((table, key, (kind, subject), _)), 1..) = (facts.first(), step.abs()) {
                let count = self.db.prepare_cached(table.count());
                count?.execute((key, kind, subject, step))?;
                if step < 0 {
                    self.db.prepare_cached(table.clean())?.execute((key, kind, subject))?;
                }
            }
        }
        self.keys.clear();
        Ok(())
    }

    fn flush_pairs(&mut self) -> StoreResult<()> {
        // Stable: what happened to one row happens in its order.
        self.pairs.sort_by_key(|pair| (pair.low, pair.high));
        let mut any = self
            .db
            .prepare_cached("SELECT 1 FROM pair_evidence WHERE low = ? AND high = ? LIMIT 1")?;
        let mut mark = self.db.prepare_cached(
            "INSERT INTO pair_by_high (low, high) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )?;
        let mut marked = None;
        for pair in self.pairs.drain(..) {
            let key = (Key::of(pair.low), Key::of(pair.high));
            if let Some(seen) = pair.seen {
                if marked.replace(key) != Some(key) {
                    mark.execute(key)?;
                }
                put_pair(self.db, &pair, seen)?;
                continue;
            }
            marked = None;
            self.db
                .prepare_cached(
                    "DELETE FROM pair_evidence WHERE low = ? AND high = ? AND at = ? AND fact = ?",
                )?
                .execute((key.0, key.1, pair.at.as_ms(), Key::of(pair.fact)))?;
            if !any.exists(key)? {
                let unmark = "DELETE FROM pair_by_high WHERE low = ? AND high = ?";
                self.db.prepare_cached(unmark)?.execute(key)?;
            }
        }
        Ok(())
    }

    fn project_employment(
        &self,
        id: FactId,
        job: &Employment,
        seen: Option<(Level, Timestamp)>,
    ) -> StoreResult<()> {
        let key = (Key::of(job.company), Key::of(job.person), Key::of(job.id), Key::of(id));
        self.db
            .prepare_cached(
                "DELETE FROM employment WHERE company = ? AND person = ? AND id = ? AND fact = ?",
            )?
            .execute(key)?;
        if seen.is_some_and(|(level, _)| level == Level::Evidence) {
            let (company, person, employment, fact) = key;
            let title = job.title.as_ref().map(crate::model::Title::as_str);
            let (from, to) = (job.span.from().map(Day::number), job.span.to().map(Day::number));
            self.db
                .prepare_cached("INSERT INTO employment VALUES (?, ?, ?, ?, ?, ?, ?)")?
                .execute((company, person, employment, fact, title, from, to))?;
        }
        Ok(())
    }
}

/// A table of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum KeyTable {
    Search,
    Identity,
}

impl KeyTable {
    /// Counts facts that give a key.
    const fn count(self) -> &'static str {
        match self {
            Self::Search => {
                "INSERT INTO search_key (key, kind, subject, facts) VALUES (?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET facts = facts + excluded.facts"
            }
            Self::Identity => {
                "INSERT INTO identity_key (key, kind, subject, facts) VALUES (?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET facts = facts + excluded.facts"
            }
        }
    }

    /// Takes away a key that no fact gives.
    const fn clean(self) -> &'static str {
        match self {
            Self::Search => {
                "DELETE FROM search_key WHERE key = ? AND kind = ? AND subject = ? AND facts <= 0"
            }
            Self::Identity => {
                "DELETE FROM identity_key WHERE key = ? AND kind = ? AND subject = ? AND facts <= 0"
            }
        }
    }
}

fn put_pair(
    db: &Connection,
    pair: &PairWrite,
    (level, since): (Level, Timestamp),
) -> StoreResult<()> {
    db.prepare_cached(
        "INSERT INTO pair_evidence (low, high, at, fact, kind, statement, direction, recipients,
             recorded_at, level) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET recorded_at = excluded.recorded_at, level = excluded.level",
    )?
    .execute((
        Key::of(pair.low),
        Key::of(pair.high),
        pair.at.as_ms(),
        Key::of(pair.fact),
        pair.kind,
        &pair.statement,
        direction_code(pair.direction),
        pair.recipients as i64,
        since.as_ms(),
        level_code(level),
    ))?;
    Ok(())
}

/// Keeps the askings of an introduction as they are now.
pub(super) fn project_asks(
    db: &Connection,
    ix: i64,
    introduction: &Introduction,
) -> StoreResult<()> {
    db.prepare_cached("DELETE FROM ask WHERE introduction = ?")?.execute([ix])?;
    let route = &introduction.route;
    for ask in route.asks() {
        let Some(at) = ask.asked_at else { continue };
        db.prepare_cached("INSERT INTO ask VALUES (?, ?, ?, ?, ?)")?.execute((
            Key::of(ask.connector),
            at.as_ms(),
            ix,
            Key::of(route.seeker()),
            introduction.state.is_open(),
        ))?;
    }
    Ok(())
}
