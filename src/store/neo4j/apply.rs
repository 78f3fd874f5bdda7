//! Applying batches: one transaction, all of it or nothing, once.

use async_trait::async_trait;
use neo4rs::query;

use super::{
    decode::{map, write_json},
    draft::{Draft, Place},
    erase,
    error::Failure,
    expect,
    link::{Work, Writing},
    load,
    prepared::Prepared,
    save,
};
use crate::{
    model::{
        AskRules, AudienceRule, Batch, Change, Day, Epoch, Excluded, Exclusion, Introduction,
        PersonId, Version,
    },
    store::{
        Applied, Conflict, Effect, StoreError, StoreResult,
        standing::{author_text, import_of},
    },
};

/// Batches on their way into the server.
#[derive(Debug)]
pub(super) struct Apply {
    batches: Vec<Prepared>,
    /// What was answered before a commit of which nobody knows whether it came through.
    promised: Vec<Applied>,
}

impl Apply {
    /// Prepares batches.
    ///
    /// # Errors
    /// `BadBatch` when one has too many changes.
    pub(super) fn new(batches: Vec<Batch>) -> StoreResult<Self> {
        let batches = batches.into_iter().map(Prepared::new).collect::<StoreResult<_>>()?;
        Ok(Self { batches, promised: Vec::new() })
    }
}

#[async_trait]
impl Work for Apply {
    type Done = Vec<Applied>;

    async fn run(&mut self, writing: &mut Writing) -> Result<Vec<Applied>, Failure> {
        let (present, draft) = load::begin(writing, &self.batches).await?;
        let mut session = Session { writing, draft, present };
        // Nothing is read, nor looked at, of what was applied before.
        let is_new = |prepared: &&Prepared| !session.draft.batches.contains_key(&prepared.batch.id);
        let changes: Vec<_> =
            self.batches.iter().filter(is_new).flat_map(|p| p.changes_from(0)).collect();
        load::load(session.writing, &mut session.draft, changes).await?;
        let mut applied = Vec::with_capacity(self.batches.len());
        for (nth, prepared) in self.batches.iter().enumerate() {
            let done = match session.draft.batches.get(&prepared.batch.id) {
                // Done by a try whose commit was not heard of: the answer of then.
                Some(before) => match self.promised.get(nth) {
                    Some(promised) if promised.version == before.version => promised.clone(),
                    _ => before.clone(),
                },
                None => session.apply(prepared, &self.batches[nth + 1..]).await?,
            };
            applied.push(done);
        }
        save::flush(session.writing, &mut session.draft).await?;
        let version = query("MATCH (m:Meta {id: 'meta'}) SET m.version = $version");
        session.writing.run(version.param("version", session.present)).await?;
        self.promised.clone_from(&applied);
        Ok(applied)
    }
}

/// A transaction in the middle of applying batches.
struct Session<'a> {
    writing: &'a mut Writing,
    draft: Draft,
    /// The version of the store.
    present: i64,
}

impl Session<'_> {
    /// Applies one batch; those to come are read again after an erasure.
    async fn apply(
        &mut self,
        prepared: &Prepared,
        to_come: &[Prepared],
    ) -> Result<Applied, Failure> {
        let batch = &prepared.batch;
        if !batch.expects.is_empty() {
            save::flush(self.writing, &mut self.draft).await?;
        }
        for expected in &batch.expects {
            expect::holds(self.writing, expected, batch).await?;
        }
        self.draft.version = self.present + 1;
        self.draft.touched.clear();
        let mut effects = Vec::with_capacity(batch.changes.len());
        for (nth, change) in batch.changes.iter().enumerate() {
            let place = Place { at: batch.at, nth };
            let changed = match change {
                Change::ErasePerson(..) | Change::ForgetEvidence(_) => {
                    self.erase(change, (prepared, nth), to_come).await?
                }
                Change::Tell(telling) => {
                    let id = prepared.facts[nth].expect("a telling has a fact");
                    effects.push(self.draft.tell((telling, id), place)?);
                    continue;
                }
                _ => self.draft.change(change, place)?,
            };
            effects.push(if changed { Effect::Changed } else { Effect::Nothing });
        }
        let changed = effects.iter().filter(|effect| **effect != Effect::Nothing).count();
        self.present += i64::from(changed > 0);
        self.draft.note(batch, (self.present, changed));
        let version = Version(self.present.unsigned_abs());
        let applied = Applied { version, repeated: false, changed, effects };
        let repeated = Applied { repeated: true, effects: Vec::new(), ..applied.clone() };
        self.draft.batches.insert(batch.id, repeated);
        Ok(applied)
    }

    /// Erases, and reads again what the changes after it name.
    async fn erase(
        &mut self,
        change: &Change,
        (prepared, nth): (&Prepared, usize),
        to_come: &[Prepared],
    ) -> Result<bool, Failure> {
        save::flush(self.writing, &mut self.draft).await?;
        let mut fresh = Draft {
            version: self.draft.version,
            batches: std::mem::take(&mut self.draft.batches),
            touched: std::mem::take(&mut self.draft.touched),
            ..Draft::default()
        };
        let changed = match change {
            Change::ErasePerson(erasure, traces) => {
                let removed = erase::erase(self.writing, fresh.version, traces).await?;
                fresh.touched.retain(|(_, id)| !removed.contains(id));
                load::load(self.writing, &mut fresh, [(change, None)]).await?;
                fresh.need_author(erasure.author)?;
                fresh.put(None, erasure.id.into(), write_json(erasure)?)?
            }
            Change::ForgetEvidence(before) => erase::forget_evidence(self.writing, *before).await?,
            _ => false,
        };
        let rest = prepared.changes_from(nth + 1);
        let is_new = |prepared: &&Prepared| !fresh.batches.contains_key(&prepared.batch.id);
        let to_come: Vec<_> =
            to_come.iter().filter(is_new).flat_map(|prepared| prepared.changes_from(0)).collect();
        load::load(self.writing, &mut fresh, rest.chain(to_come)).await?;
        self.draft = fresh;
        Ok(changed)
    }
}

impl Draft {
    /// Keeps that a batch was applied, and whom it touched. One that changed nothing is kept too:
    /// sent again, it must still do nothing.
    fn note(&mut self, batch: &Batch, (version, changed): (i64, usize)) {
        let mut trail = super::decode::empty();
        if changed > 0 {
            let touched = std::mem::take(&mut self.touched);
            self.log.extend(save::changed_rows(version, &touched));
            trail = save::trail(touched.into_iter().map(|(_, id)| id));
        }
        self.notes.push(map! {
            "id": batch.id.to_string(),
            "version": version,
            "changed": changed as i64,
            "author": author_text(batch.author),
            "at": batch.at.as_ms(),
            "import": import_of(batch).map(|import| import.to_string()),
            "trail": neo4rs::BoltType::Map(trail),
        });
    }

    /// Applies a change that tells nothing and erases nobody; says whether it changed anything.
    fn change(&mut self, change: &Change, place: Place) -> StoreResult<bool> {
        match change {
            Change::AddPerson(id) => self.add_person(*id),
            Change::AddCompany(id) => self.add((*id).into()),
            Change::Retract { fact, source, recorder } => {
                self.retract((*fact, source, *recorder), place)
            }
            Change::SetAudience { fact, source, recorder, audience } => {
                self.set_audience((*fact, source, *recorder), *audience, place)
            }
            Change::BeginEpoch(day) => Ok(self.begin_epoch(*day)),
            Change::PutList(list) => {
                self.need(list.owner)?;
                self.put(None, list.id.into(), write_json(list)?)
            }
            Change::PutMember(member) => {
                self.need(member.person)?;
                let put = self.put(None, member.id.into(), write_json(member)?)?;
                if put {
                    self.keep_login(member.id, &member.login)?;
                }
                Ok(put)
            }
            Change::PutToken(token) => {
                self.need(token.member)?;
                let put = self.put(None, token.id.into(), write_json(token)?)?;
                if put {
                    self.keep_hash(token.id, token.hash)?;
                }
                Ok(put)
            }
            Change::PutInvitation(invitation) => {
                self.need(invitation.by)?;
                self.put(None, invitation.id.into(), write_json(invitation)?)
            }
            Change::PutIntroduction(introduction) => self.put_introduction(introduction),
            Change::PutAskRules(rules) => self.put_ask_rules(rules),
            Change::PutExclusion(exclusion) => self.put_exclusion(exclusion),
            Change::PutCalibration(one) => {
                self.need_author(one.author)?;
                self.put(None, one.id.into(), write_json(one)?)
            }
            Change::PutImport(import) => {
                self.need_author(import.author)?;
                self.put(None, import.id.into(), write_json(import)?)
            }
            Change::PutAudienceRule(rule) => self.put_audience_rule(rule),
            Change::Tell(_) | Change::ErasePerson(..) | Change::ForgetEvidence(_) => Ok(false),
        }
    }

    fn add_person(&mut self, id: PersonId) -> StoreResult<bool> {
        let added = self.add(id.into())?;
        if added && self.erased.contains(&id) {
            return Err(StoreError::Conflict(Conflict::Erased(id)));
        }
        Ok(added)
    }

    /// An epoch begins, unless the last one is as it would be, which it is not where the batch itself
    /// changed something.
    fn begin_epoch(&mut self, day: Day) -> bool {
        let same = Epoch { version: Version(self.version.unsigned_abs() - 1), day };
        if self.touched.is_empty() && self.last_epoch == Some(same) {
            return false;
        }
        let version = Version(self.version.unsigned_abs());
        self.last_epoch = Some(Epoch { version, day });
        self.epochs.extend(self.last_epoch);
        true
    }

    fn put_introduction(&mut self, introduction: &Introduction) -> StoreResult<bool> {
        for person in introduction.route.people() {
            self.need(person)?;
        }
        for approver in introduction.route.asks().iter().filter_map(|ask| ask.approver) {
            self.need(approver)?;
        }
        self.put(None, introduction.id.into(), write_json(introduction)?)
    }

    fn put_ask_rules(&mut self, rules: &AskRules) -> StoreResult<bool> {
        self.need(rules.owner)?;
        rules.approver.map_or(Ok(()), |member| self.need(member))?;
        self.put(None, AskRules::id_of(rules.owner).into(), write_json(rules)?)
    }

    fn put_exclusion(&mut self, exclusion: &Exclusion) -> StoreResult<bool> {
        self.need_author(exclusion.author)?;
        if let Excluded::Erased(person) = exclusion.excluded {
            self.keep_erased(person, exclusion.lifted_at.is_none());
        }
        self.put(None, exclusion.id.into(), write_json(exclusion)?)
    }

    /// Puts a rule, of which nobody but its owner is told.
    fn put_audience_rule(&mut self, rule: &AudienceRule) -> StoreResult<bool> {
        self.need(rule.owner)?;
        self.put(Some(rule.owner), rule.id.into(), write_json(rule)?)
    }
}
