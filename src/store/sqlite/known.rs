//! The two dictionaries, of subjects and of attestations, with what was looked up lately.

use rusqlite::{Connection, OptionalExtension as _};
use rustc_hash::FxHashMap;

use super::{
    at::TEAM,
    codec::{Key, Told, read_json, subject_kind, write_json},
};
use crate::{
    model::{AnyId, Audience, Author, Group, Revision},
    store::{StoreError, StoreResult, standing::first_revision},
};

/// How many subjects are kept in memory before all are forgotten.
const SUBJECTS_MAX: usize = 1_000_000;

/// How many attestations are kept in memory before all are forgotten.
const ATTESTATIONS_MAX: usize = 10_000;

/// A subject as the file has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    pub(super) ix: i64,
    pub(super) revision: Revision,
    /// By which version it was first heard of.
    pub(super) version: i64,
}

/// What was looked up lately. Only a rollback, or an erasure by whomever, can make it wrong: forget
/// everything then.
#[derive(Debug, Default)]
pub(super) struct Known {
    subjects: FxHashMap<AnyId, i64>,
    attestations: FxHashMap<Told, i64>,
    tellers: FxHashMap<i64, Told>,
}

impl Known {
    /// The number of a subject.
    pub(super) fn find(&mut self, db: &Connection, id: AnyId) -> StoreResult<Option<i64>> {
        if let Some(ix) = self.subjects.get(&id) {
            return Ok(Some(*ix));
        }
        let found = subject(db, id)?.map(|found| found.ix);
        if let Some(ix) = found {
            self.remember(id, ix);
        }
        Ok(found)
    }

    /// The number of a subject that must be there.
    pub(super) fn need(&mut self, db: &Connection, id: impl Into<AnyId>) -> StoreResult<i64> {
        let id = id.into();
        self.find(db, id)?.ok_or(StoreError::Missing(id))
    }

    /// The number of a subject, which a version makes where it is missing; and whether it did.
    pub(super) fn find_or_add(
        &mut self,
        (db, version): (&Connection, i64),
        id: AnyId,
    ) -> StoreResult<(i64, bool)> {
        if let Some(ix) = self.find(db, id)? {
            return Ok((ix, false));
        }
        let kind = subject_kind(id).ok_or(StoreError::Missing(id))?;
        db.prepare_cached("INSERT INTO subject (kind, id, revision, version) VALUES (?, ?, ?, ?)")?
            .execute((kind, Key::of(id), first_revision(id), version))?;
        let ix = db.last_insert_rowid();
        self.remember(id, ix);
        Ok((ix, true))
    }

    fn remember(&mut self, id: AnyId, ix: i64) {
        if self.subjects.len() >= SUBJECTS_MAX {
            self.subjects.clear();
        }
        self.subjects.insert(id, ix);
    }

    /// The number of an attestation, which is made where it is missing.
    pub(super) fn attestation(&mut self, db: &Connection, told: Told) -> StoreResult<i64> {
        if let Some(ix) = self.attestations.get(&told) {
            return Ok(*ix);
        }
        if let Author::Member(member) = told.recorder {
            self.need(db, member)?;
        }
        let owner = self.owner(db, told.audience)?;
        let body = write_json(&told)?;
        db.prepare_cached("INSERT OR IGNORE INTO attestation (body, owner) VALUES (?, ?)")?
            .execute((&body, owner))?;
        let ix = db
            .prepare_cached("SELECT ix FROM attestation WHERE body = ?")?
            .query_row([&body], |row| row.get(0))?;
        if self.attestations.len() >= ATTESTATIONS_MAX {
            self.attestations.clear();
        }
        self.attestations.insert(told, ix);
        Ok(ix)
    }

    /// The number of the owner of what is told to an audience.
    pub(super) fn owner(&mut self, db: &Connection, audience: Audience) -> StoreResult<i64> {
        match audience.group {
            Group::Team => Ok(TEAM),
            Group::Owner(member) => self.need(db, member),
        }
    }

    /// The attestation with a number.
    pub(super) fn told(&mut self, db: &Connection, ix: i64) -> StoreResult<Told> {
        if let Some(told) = self.tellers.get(&ix) {
            return Ok(told.clone());
        }
        let body: String = db
            .prepare_cached("SELECT body FROM attestation WHERE ix = ?")?
            .query_row([ix], |row| row.get(0))?;
        let told: Told = read_json(&body)?;
        if self.tellers.len() >= ATTESTATIONS_MAX {
            self.tellers.clear();
        }
        self.tellers.insert(ix, told.clone());
        Ok(told)
    }
}

/// A subject, past all memory.
pub(super) fn subject(db: &Connection, id: AnyId) -> StoreResult<Option<Subject>> {
    let Some(kind) = subject_kind(id) else { return Ok(None) };
    let found = db
        .prepare_cached("SELECT ix, revision, version FROM subject WHERE kind = ? AND id = ?")?
        .query_row((kind, Key::of(id)), |row| {
            let revision = Revision(row.get(1)?);
            Ok(Subject { ix: row.get(0)?, revision, version: row.get(2)? })
        })
        .optional()?;
    Ok(found)
}
