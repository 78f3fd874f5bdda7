//! Applying a batch: one transaction, all of it or nothing, once.

use std::path::{Path, PathBuf};

use rusqlite::{
    CachedStatement, Connection, OptionalExtension as _, Transaction, TransactionBehavior,
};
use rustc_hash::FxHashSet;

use super::{
    access,
    at::{At, TEAM},
    codec::{Key, Told, fact_kind},
    expect, facts,
    fault::point,
    introductions, journal,
    known::Known,
    prepared::{InOrder, Prepared, Written},
    project::{Projector, Stored},
    versions, wipe,
};
use crate::{
    model::{
        AnyId, Attestation, Audience, Author, Batch, Change, Claim, FactId, Silence, Source,
        Telling, Timestamp, TokenId, Traces, Version,
    },
    store::{
        Applied, Effect, StoreError, StoreResult,
        standing::{View, author_text, import_of, raises_revision, speaker},
    },
};

/// The one connection that writes.
#[derive(Debug)]
pub(super) struct Writer {
    db: Connection,
    known: Known,
    /// Whether a large import filled the memory for pages, which nobody needs afterwards.
    is_full: bool,
    path: PathBuf,
    /// How often something had been removed when the numbers of rows were remembered.
    removals: i64,
}

impl Writer {
    pub(super) fn new(db: Connection, path: &Path) -> Self {
        Self { db, known: Known::default(), is_full: false, path: path.to_owned(), removals: 0 }
    }

    /// Applies batches in one transaction; when it returns, they outlive a crash.
    pub(super) fn apply_all(&mut self, batches: InOrder) -> StoreResult<Vec<Applied>> {
        point("before the transaction begins");
        // Taken out, so that whatever fails on the way leaves nothing remembered.
        let mut known = std::mem::take(&mut self.known);
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let removals = versions::removals(&transaction)?;
        if removals != self.removals {
            known = Known::default();
        }
        let mut projector = Projector::new(&transaction, &mut known, 0);
        let mut applied = Vec::new();
        for batch in batches {
            let batch = batch?;
            applied.push(apply_within(&transaction, &mut projector, &batch)?);
            journal::note(&transaction, &self.path, &batch.batch)?;
        }
        projector.flush()?;
        drop(projector);
        point("before the commit");
        transaction.commit()?;
        self.known = known;
        self.removals = removals;
        if std::mem::replace(&mut self.is_full, applied.len() > 1) && !self.is_full {
            self.db.execute_batch("PRAGMA shrink_memory")?;
        }
        point("after the commit, before anybody knows");
        Ok(applied)
    }
}

impl Writer {
    /// The secret of the store, kept for good when it is first asked for.
    pub(super) fn keep_secret(&self, proposed: [u8; 32]) -> StoreResult<[u8; 32]> {
        self.db.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", [proposed])?;
        Ok(self.db.query_row("SELECT value FROM secret", [], |row| row.get(0))?)
    }

    /// Takes what was erased out of the files.
    pub(super) fn wipe(&self, traces: Option<&Traces>) -> StoreResult<bool> {
        wipe::wipe(&self.db, &self.path, traces)
    }

    /// Notes that a token was used.
    pub(super) fn note_silence(&self, silence: &Silence) -> StoreResult<()> {
        introductions::note_silence(&self.db, silence)
    }

    pub(super) fn note_token_use(&self, id: TokenId, at: Timestamp) -> StoreResult<()> {
        access::note_use(&self.db, id, at)
    }
}

fn applied_before(db: &Connection, batch: &Batch) -> StoreResult<Option<Applied>> {
    let before = db
        .prepare_cached("SELECT version, changed FROM batch WHERE id = ?")?
        .query_row([Key::of(batch.id)], |row| {
            let (version, changed): (i64, i64) = (row.get(0)?, row.get(1)?);
            let version = Version(version.unsigned_abs());
            let changed = changed.unsigned_abs() as usize;
            Ok(Applied { version, repeated: true, changed, effects: Vec::new() })
        })
        .optional()?;
    Ok(before)
}

fn apply_within(
    db: &Transaction<'_>,
    projector: &mut Projector<'_>,
    Prepared { batch, tellings }: &Prepared,
) -> StoreResult<Applied> {
    if let Some(before) = applied_before(db, batch)? {
        return Ok(before);
    }
    for expected in &batch.expects {
        expect::holds(db, expected, batch)?;
    }
    let present = versions::version(db)?.0;
    let touched = FxHashSet::default();
    let next = i64::try_from(present + 1).unwrap_or(i64::MAX);
    projector.version = next;
    let tell = Tell::prepare(db)?;
    let mut session = Session { db, projector, tell, at: batch.at, version: next, touched };
    let mut effects = Vec::with_capacity(batch.changes.len());
    for (place, (change, written)) in batch.changes.iter().zip(tellings).enumerate() {
        effects.push(session.change((change, written.as_ref()), place)?);
        point("after a change");
    }
    let changed = effects.iter().filter(|effect| **effect != Effect::Nothing).count();
    let version = present + u64::from(changed > 0);
    if changed > 0 {
        session.note_touched()?;
        db.prepare_cached("UPDATE meta SET value = ? WHERE name = 'version'")?.execute([next])?;
    }
    // A batch that changes nothing is kept too: sent again, it must still do nothing.
    db.prepare_cached("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?)")?.execute((
        Key::of(batch.id),
        version as i64,
        changed as i64,
        author_text(batch.author),
        batch.at.as_ms(),
        import_of(batch).map(Key::of),
    ))?;
    Ok(Applied { version: Version(version), repeated: false, changed, effects })
}

/// A batch in the middle of being applied.
pub(super) struct Session<'a, 'p> {
    pub(super) db: &'a Connection,
    pub(super) projector: &'a mut Projector<'p>,
    tell: Tell<'a>,
    at: Timestamp,
    pub(super) version: i64,
    /// The numbers of what was changed, and for whom.
    pub(super) touched: FxHashSet<(i64, i64)>,
}

/// The statements that every telling runs.
struct Tell<'a> {
    fact: CachedStatement<'a>,
    attestation: CachedStatement<'a>,
}

impl<'a> Tell<'a> {
    fn prepare(db: &'a Connection) -> StoreResult<Self> {
        Ok(Self {
            fact: db.prepare_cached(
                "INSERT INTO fact (id, kind, occurrence, claim) VALUES (?, ?, ?, ?)
                 ON CONFLICT DO NOTHING",
            )?,
            attestation: db.prepare_cached(
                "INSERT INTO fact_attestation VALUES (?, ?, ?, ?, ?, NULL, NULL)",
            )?,
        })
    }
}

impl Session<'_, '_> {
    /// Applies one change.
    fn change(
        &mut self,
        (change, written): (&Change, Option<&Written>),
        place: usize,
    ) -> StoreResult<Effect> {
        if let (Change::Tell(telling), Some(written)) = (change, written) {
            return self.tell((telling, written), place);
        }
        let changed = self.other_change(change, place)?;
        Ok(if changed { Effect::Changed } else { Effect::Nothing })
    }

    pub(super) fn revise(&self, subject: i64) -> StoreResult<()> {
        self.db
            .prepare_cached("UPDATE subject SET revision = revision + 1 WHERE ix = ?")?
            .execute([subject])?;
        Ok(())
    }

    fn tell(
        &mut self,
        (telling, written): (&Telling, &Written),
        place: usize,
    ) -> StoreResult<Effect> {
        let told = &telling.attestation;
        if told.retracted_at.is_some() {
            let text = format!("change {place} tells what is taken back already");
            return Err(StoreError::BadBatch(text));
        }
        let attestation = self.projector.known.attestation(self.db, Told::of(told))?;
        let id = written.id;
        let kind = fact_kind(&telling.claim);
        let new =
            self.tell.fact.execute((Key::of(id), kind, telling.occurrence, &written.claim))?;
        if new == 1 {
            let stored = Stored { ix: self.db.last_insert_rowid(), id, claim: &telling.claim };
            if let Some(speaker) = speaker(&telling.claim) {
                self.projector.known.need(self.db, speaker)?;
            }
            let subjects = self.projector.file(stored)?;
            self.attest((stored.ix, attestation), place, told.recorded_at)?;
            let view = View::of(std::slice::from_ref(told));
            self.projector.carry(stored, &View::default(), &view)?;
            self.touch(&telling.claim, &subjects, told.audience)?;
            return Ok(Effect::Changed);
        }
        let Some(before) = facts::by_id((self.db, At::NOW), self.projector.known, id)? else {
            return Ok(Effect::Nothing);
        };
        let same = |a: &Attestation| {
            a.retracted_at.is_none() && a.source == told.source && a.recorder == told.recorder
        };
        if before.fact.attestations.iter().any(same) {
            return Ok(Effect::Nothing);
        }
        self.attest((before.ix, attestation), place, told.recorded_at)?;
        self.recarry(&before, &[told.audience])?;
        let seen = before.fact.level_for(told.recorder.member()).is_some();
        Ok(if seen { Effect::Confirmed } else { Effect::Changed })
    }

    pub(super) fn attest(
        &mut self,
        (fact, attestation): (i64, i64),
        place: usize,
        at: Timestamp,
    ) -> StoreResult<()> {
        let row = (fact, self.version, place as i64, attestation, at.as_ms());
        self.tell.attestation.execute(row)?;
        Ok(())
    }

    pub(super) fn retract(
        &mut self,
        id: FactId,
        source: &Source,
        recorder: Author,
    ) -> StoreResult<bool> {
        let missing = StoreError::Missing(id.into());
        let now = (self.db, At::NOW);
        let before = facts::by_id(now, self.projector.known, id)?.ok_or(missing)?;
        let standing = |a: &Attestation| {
            a.retracted_at.is_none() && a.source == *source && a.recorder == recorder
        };
        let Some(nth) = before.fact.attestations.iter().position(standing) else {
            return Ok(false);
        };
        let audience = before.fact.attestations[nth].audience;
        self.take_back((before.ix, before.places[nth]))?;
        self.recarry(&before, &[audience])?;
        Ok(true)
    }

    /// Notes that a telling was taken back.
    pub(super) fn take_back(&self, (fact, (version, place)): (i64, (i64, i64))) -> StoreResult<()> {
        self.db
            .prepare_cached(
                "UPDATE fact_attestation SET retracted_at = ?, gone = ?
                 WHERE fact = ? AND version = ? AND place = ?",
            )?
            .execute((self.at.as_ms(), self.version, fact, version, place))?;
        Ok(())
    }

    /// Carries what changed for some audiences about a fact that was there before.
    pub(super) fn recarry(
        &mut self,
        before: &facts::Loaded,
        audiences: &[Audience],
    ) -> StoreResult<()> {
        let stored = Stored { ix: before.ix, id: before.fact.id, claim: &before.fact.claim };
        let now = (self.db, At::NOW);
        let (attestations, _) = facts::attestations(now, self.projector.known, before.ix)?;
        let (from, to) = (View::of(&before.fact.attestations), View::of(&attestations));
        self.projector.carry(stored, &from, &to)?;
        let mut subjects = Vec::new();
        for id in stored.claim.subjects() {
            let subject = (id, self.projector.known.need(self.db, id)?);
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        audiences.iter().try_for_each(|told| self.touch(stored.claim, &subjects, *told))
    }

    /// Notes whom a told or retracted fact changed. Evidence raises no revision, because it says
    /// nothing that an editor of a person could overwrite; nor do a cadence and a note,
    /// which are their author's business, nor an entry that of its list. What is told to one member alone changes
    /// nothing for the others.
    fn touch(
        &mut self,
        claim: &Claim,
        subjects: &[(AnyId, i64)],
        audience: Audience,
    ) -> StoreResult<()> {
        let owner = self.projector.known.owner(self.db, audience)?;
        for (id, ix) in subjects {
            self.touched.insert((owner, *ix));
            let is_quiet = owner != TEAM || !raises_revision(claim);
            if !is_quiet && !matches!(id, AnyId::ListId(_)) {
                self.revise(*ix)?;
            }
        }
        Ok(())
    }

    fn note_touched(&self) -> StoreResult<()> {
        let mut touched: Vec<(i64, i64)> = self.touched.iter().copied().collect();
        touched.sort_unstable();
        let mut insert = self.db.prepare_cached("INSERT INTO changed VALUES (?, ?, ?)")?;
        for (owner, subject) in touched {
            insert.execute((self.version, owner, subject))?;
        }
        Ok(())
    }
}
