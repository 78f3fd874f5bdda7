//! From a file to the store, a batch at a time, with a report.

use rustc_hash::FxHashSet;

use crate::{
    formats::{Located, Place, Read},
    model::{
        Attestation, BATCH_CHANGES_MAX, Batch, Change, Fact, FactId, Import, PersonId, Telling,
    },
    service::{ServiceResult, Tertius},
    store::{Effect, PAGE_MAX},
};

use super::{
    Progress,
    committing::{Committer, Kind, Outcome, Sealed},
    reading::in_parcels,
    registry::Turn,
    report::Tally,
    translating::{Told, Translator},
};

/// Changes that wait, and where each record among them ends.
#[derive(Default)]
struct Waiting {
    changes: Vec<Change>,
    ends: Vec<usize>,
}

/// What an import has done so far.
pub(super) struct Run<'a> {
    tertius: &'a Tertius,
    translator: Translator,
    only_tried: bool,
    pub(super) tally: Tally,
    waiting: Waiting,
    /// Of whom it told.
    pub(super) people: FxHashSet<PersonId>,
    committer: Committer,
    pub(super) changed: bool,
    /// What an import that is only tried would have told by now.
    foreseen: FxHashSet<FactId>,
}

impl<'a> Run<'a> {
    pub(super) fn new(tertius: &'a Tertius, translator: Translator, dry_run: bool) -> Self {
        Self {
            tertius,
            translator,
            only_tried: dry_run,
            tally: Tally::default(),
            waiting: Waiting::default(),
            people: FxHashSet::default(),
            committer: Committer::new(std::sync::Arc::clone(&tertius.store)),
            changed: false,
            foreseen: FxHashSet::default(),
        }
    }

    pub(super) fn progress(&self) -> Progress {
        let counts = self.tally.counts;
        Progress { read: counts.read, new: counts.new, refused: counts.refused }
    }

    pub(super) async fn put(&self, import: Import) -> ServiceResult<()> {
        let batch = self.batch(vec![Change::PutImport(import)]);
        self.tertius.store.apply(&batch).await?;
        Ok(())
    }

    fn batch(&self, changes: Vec<Change>) -> Batch {
        Batch {
            id: self.tertius.fresh_batch(),
            author: self.translator.author(),
            at: self.tertius.clock.now(),
            expects: Vec::new(),
            changes,
        }
    }

    pub(super) async fn read_all(
        &mut self,
        records: Box<dyn Iterator<Item = Read> + Send>,
        turn: &Turn,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> ServiceResult<()> {
        let about_me = self.translator.about_me();
        self.waiting.changes.extend(about_me);
        let mut parcels = in_parcels(records)?;
        let mut goes_on = Ok(());
        while let Some(parcel) = parcels.recv().await {
            goes_on = turn.goes_on();
            if goes_on.is_err() {
                break;
            }
            for read in parcel {
                match read {
                    Ok(located) => self.take(located).await?,
                    Err(row) => self.refuse(row.place, row.reason),
                }
            }
            progress(self.progress());
        }
        if goes_on.is_ok() {
            self.seal().await?;
        }
        let rest = self.committer.finish().await?;
        self.count(&rest);
        goes_on
    }

    async fn take(&mut self, located: Located) -> ServiceResult<()> {
        let place = located.place.clone();
        if self.only_tried {
            self.tally.preview(&located);
        }
        match self.translator.translate(located) {
            Told::Excluded(reason) => self.tally.exclude(&reason),
            Told::Refused(reason) => self.refuse(place, reason),
            Told::Changes(changes) => {
                if self.waiting.changes.len() + changes.len() > BATCH_CHANGES_MAX {
                    self.seal().await?;
                }
                self.waiting.changes.extend(changes);
                self.waiting.ends.push(self.waiting.changes.len());
            }
        }
        Ok(())
    }

    /// Notes that a row cannot be taken; the report does not name who was erased.
    fn refuse(&mut self, place: Place, reason: String) {
        let reason = self.translator.bouncer.unnamed(reason);
        self.tally.refuse(place.file, place.line, reason);
    }

    /// Hands over what waits, and counts what came of what was handed over before.
    async fn seal(&mut self) -> ServiceResult<()> {
        let Waiting { changes, ends } = std::mem::take(&mut self.waiting);
        for change in &changes {
            if let Change::AddPerson(id) = change {
                self.people.insert(*id);
            }
        }
        let outcomes = if self.only_tried {
            let effects = self.foresee(&changes).await?;
            vec![(Sealed::of(&changes, ends), effects)]
        } else {
            let batch = self.batch(changes);
            self.committer.push(batch, ends).await?
        };
        self.count(&outcomes);
        Ok(())
    }

    fn count(&mut self, outcomes: &[Outcome]) {
        for (sealed, effects) in outcomes {
            self.changed |= effects.iter().any(|effect| *effect != Effect::Nothing);
            self.count_met(&sealed.kinds, effects);
            let mut from = 0;
            for &end in &sealed.ends {
                let mut told = sealed.kinds[from..end].iter().zip(&effects[from..end]);
                let new =
                    told.any(|(kind, effect)| *kind == Kind::Tell && *effect == Effect::Changed);
                self.tally.told(new);
                from = end;
            }
        }
    }

    /// Counts who was met for the first time: what follows their adding says who they are, and
    /// whether the teller could see that before. Whether they were added would betray what is
    /// recorded for other eyes.
    fn count_met(&mut self, kinds: &[Kind], effects: &[Effect]) {
        for (kind, effect) in kinds.iter().zip(effects.iter().skip(1)) {
            let met = match kind {
                Kind::Person => &mut self.tally.counts.people,
                Kind::Company => &mut self.tally.counts.companies,
                Kind::Tell | Kind::Other => continue,
            };
            *met += u64::from(*effect == Effect::Changed);
        }
    }

    /// What would come of changes, as [`Store::apply`](crate::store::Store::apply) would say.
    async fn foresee(&mut self, changes: &[Change]) -> ServiceResult<Vec<Effect>> {
        let telling = |change: &Change| match change {
            Change::Tell(telling) => Some(telling.fact_id()),
            _ => None,
        };
        let ids: Vec<FactId> = changes.iter().filter_map(telling).collect();
        let mut known = Vec::with_capacity(ids.len());
        for page in ids.chunks(PAGE_MAX) {
            known.extend(self.tertius.store.facts(page).await?);
        }
        let mut known = known.into_iter();
        let effect = |change: &Change| match change {
            Change::Tell(telling) if self.foreseen.insert(telling.fact_id()) => {
                effect_of(telling, known.next().flatten())
            }
            Change::Tell(_) => {
                known.next();
                Effect::Nothing
            }
            _ => Effect::Nothing,
        };
        Ok(changes.iter().map(effect).collect())
    }
}

fn effect_of(telling: &Telling, before: Option<Fact>) -> Effect {
    let Some(before) = before else { return Effect::Changed };
    let told = &telling.attestation;
    let same = |a: &Attestation| {
        a.retracted_at.is_none() && a.source == told.source && a.recorder == told.recorder
    };
    if before.attestations.iter().any(same) {
        Effect::Nothing
    } else if before.level_for(told.recorder.member()).is_some() {
        Effect::Confirmed
    } else {
        Effect::Changed
    }
}
