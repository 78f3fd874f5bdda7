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
        AnyId, Attestation, Claim, Day, Employment, Evidence, EvidenceKind, FactId, Introduction,
        Level, Timestamp, search_keys,
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

/// Writes what is derived.
pub(super) struct Projector<'a> {
    pub(super) db: &'a Connection,
    pub(super) known: &'a mut Known,
}

impl Projector<'_> {
    /// Files a new fact under what it is about; returns the subjects.
    pub(super) fn file(&mut self, fact: Stored<'_>) -> StoreResult<Vec<(AnyId, i64)>> {
        let kind = fact_kind(fact.claim);
        let mut filed: Vec<(AnyId, i64)> = Vec::with_capacity(3);
        for id in fact.claim.subjects() {
            if filed.iter().any(|(known, _)| *known == id)
                && !matches!(fact.claim, Claim::Evidence(_))
            {
                continue;
            }
            let ix = match id {
                AnyId::EmploymentId(_) | AnyId::RelationId(_) => {
                    self.known.find_or_add(self.db, id)?.0
                }
                _ => self.known.need(self.db, id)?,
            };
            self.db
                .prepare_cached("INSERT INTO fact_subject (subject, kind, fact) VALUES (?, ?, ?)")?
                .execute((ix, kind, fact.ix))?;
            filed.push((id, ix));
        }
        Ok(filed)
    }

    /// Carries a change of what a fact's attestations come to into everything derived from it.
    pub(super) fn carry(&mut self, fact: Stored<'_>, from: View, to: View) -> StoreResult<()> {
        if from.stands != to.stands {
            let step = if to.stands { 1 } else { -1 };
            self.count_search_keys(fact.claim, step)?;
            if let Claim::PersonIdentifier { person, identifier } = fact.claim {
                let person = self.known.need(self.db, *person)?;
                self.count_identifier(&identifier.key(), person, step)?;
            }
        }
        if from.team == to.team {
            return Ok(());
        }
        match fact.claim {
            Claim::Evidence(evidence) => self.project_pairs(fact.id, evidence, to.team),
            Claim::Employment(job) => self.project_employment(fact.id, job, to.team),
            _ => Ok(()),
        }
    }

    fn count_search_keys(&mut self, claim: &Claim, step: i64) -> StoreResult<()> {
        for (holder, text) in claim.search_texts() {
            let subject = self.known.need(self.db, holder)?;
            for key in search_keys(text) {
                self.db
                    .prepare_cached(
                        "INSERT INTO search_key (key, kind, subject, facts) VALUES (?, ?, ?, ?)
                         ON CONFLICT DO UPDATE SET facts = facts + excluded.facts",
                    )?
                    .execute((&key, code_of_holder(holder), subject, step))?;
                if step < 0 {
                    self.db
                        .prepare_cached(
                            "DELETE FROM search_key
                             WHERE key = ? AND kind = ? AND subject = ? AND facts <= 0",
                        )?
                        .execute((&key, code_of_holder(holder), subject))?;
                }
            }
        }
        Ok(())
    }

    fn count_identifier(&self, key: &str, person: i64, step: i64) -> StoreResult<()> {
        self.db
            .prepare_cached(
                "INSERT INTO identifier (key, person, facts) VALUES (?, ?, ?)
                 ON CONFLICT DO UPDATE SET facts = facts + excluded.facts",
            )?
            .execute((key, person, step))?;
        self.db
            .prepare_cached("DELETE FROM identifier WHERE key = ? AND person = ? AND facts <= 0")?
            .execute((key, person))?;
        Ok(())
    }

    fn project_pairs(
        &self,
        id: FactId,
        evidence: &Evidence,
        seen: Option<(Level, Timestamp)>,
    ) -> StoreResult<()> {
        let at = evidence.at().as_ms();
        let Some((level, since)) = seen else {
            for (low, high, _) in evidence.pairs() {
                let (low, high) = (Key::of(low), Key::of(high));
                self.db
                    .prepare_cached(
                        "DELETE FROM pair_evidence
                         WHERE low = ? AND high = ? AND at = ? AND fact = ?",
                    )?
                    .execute((low, high, at, Key::of(id)))?;
                self.db
                    .prepare_cached(
                        "DELETE FROM pair_by_high WHERE low = ?1 AND high = ?2 AND NOT EXISTS
                         (SELECT 1 FROM pair_evidence WHERE low = ?1 AND high = ?2)",
                    )?
                    .execute((low, high))?;
            }
            return Ok(());
        };
        let statement = match evidence.kind() {
            kind @ EvidenceKind::Statement { .. } => Some(write_json(kind)?),
            _ => None,
        };
        let mut insert = self.db.prepare_cached(
            "INSERT INTO pair_evidence (low, high, at, fact, kind, statement, direction,
                 recipients, recorded_at, level) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET recorded_at = excluded.recorded_at, level = excluded.level",
        )?;
        let mut mark = self
            .db
            .prepare_cached("INSERT OR IGNORE INTO pair_by_high (high, low) VALUES (?, ?)")?;
        for (low, high, direction) in evidence.pairs() {
            let (low, high) = (Key::of(low), Key::of(high));
            insert.execute((
                low,
                high,
                at,
                Key::of(id),
                evidence.kind().name(),
                &statement,
                direction_code(direction),
                evidence.recipients() as i64,
                since.as_ms(),
                level_code(level),
            ))?;
            mark.execute((high, low))?;
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
