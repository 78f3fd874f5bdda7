//! From a file to the store, a batch at a time, with a report.

use rustc_hash::FxHashSet;
use tokio::sync::mpsc;

use crate::{
    formats::{Located, Read},
    model::{Attestation, Author, Batch, Change, Fact, FactId, Import, PersonId, Telling},
    service::{ServiceResult, Tertius, background::in_background},
    store::{Effect, PAGE_MAX},
};

use super::{
    Progress,
    registry::Turn,
    report::Tally,
    translating::{Told, Translator},
};

/// From so many changes on a batch is applied: large enough that the disk waits for few, small
/// enough that nobody waits long for a write of theirs.
const BATCH_CHANGES: usize = 4_000;

/// How many records go from the reader to the store at a time, and how many such parcels may wait.
const PARCEL: usize = 512;
const PARCELS_WAITING: usize = 4;

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
    dry_run: bool,
    pub(super) tally: Tally,
    waiting: Waiting,
    /// Of whom it told.
    pub(super) people: FxHashSet<PersonId>,
    pub(super) changed: bool,
    /// What an import that is only tried would have told by now.
    foreseen: FxHashSet<FactId>,
}

impl<'a> Run<'a> {
    pub(super) fn new(tertius: &'a Tertius, translator: Translator, dry_run: bool) -> Self {
        Self {
            tertius,
            translator,
            dry_run,
            tally: Tally::default(),
            waiting: Waiting::default(),
            people: FxHashSet::default(),
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
        let mut parcels = in_parcels(records);
        while let Some(parcel) = parcels.recv().await {
            turn.goes_on()?;
            for read in parcel {
                match read {
                    Ok(located) => self.take(located),
                    Err(row) => self.tally.refuse(row.place.file, row.place.line, row.reason),
                }
                if self.waiting.changes.len() >= BATCH_CHANGES {
                    self.apply().await?;
                    progress(self.progress());
                }
            }
        }
        self.apply().await
    }

    fn take(&mut self, located: Located) {
        let place = located.place.clone();
        match self.translator.translate(located) {
            Told::Excluded(reason) => self.tally.exclude(&reason),
            Told::Refused(reason) => self.tally.refuse(place.file, place.line, reason),
            Told::Changes(changes) => {
                self.waiting.changes.extend(changes);
                self.waiting.ends.push(self.waiting.changes.len());
            }
        }
    }

    /// Applies what waits, and counts what came of it.
    async fn apply(&mut self) -> ServiceResult<()> {
        let Waiting { changes, ends } = std::mem::take(&mut self.waiting);
        if changes.is_empty() {
            ends.iter().for_each(|_| self.tally.told(false));
            return Ok(());
        }
        for change in &changes {
            if let Change::AddPerson(id) = change {
                self.people.insert(*id);
            }
        }
        let batch = self.batch(changes);
        let effects = if self.dry_run {
            self.foresee(&batch.changes).await?
        } else {
            self.tertius.store.apply(&batch).await?.effects
        };
        self.changed |= effects.iter().any(|effect| *effect != Effect::Nothing);
        self.count_met(&batch.changes, &effects);
        let mut from = 0;
        for end in ends {
            let told = batch.changes[from..end].iter().zip(&effects[from..end]);
            let new = |(change, effect): (&Change, &Effect)| {
                matches!(change, Change::Tell(_)) && *effect == Effect::Changed
            };
            self.tally.told(told.into_iter().any(new));
            from = end;
        }
        Ok(())
    }

    /// Counts who was met for the first time: what follows their adding says who they are, and
    /// whether the teller could see that before. Whether they were added would betray what is
    /// recorded for other eyes.
    fn count_met(&mut self, changes: &[Change], effects: &[Effect]) {
        for (change, effect) in changes.iter().zip(effects.iter().skip(1)) {
            let met = match change {
                Change::AddPerson(_) => &mut self.tally.counts.people,
                Change::AddCompany(_) => &mut self.tally.counts.companies,
                _ => continue,
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
    let teller = match told.recorder {
        Author::Member(member) => Some(member),
        Author::System => None,
    };
    if before.attestations.iter().any(same) {
        Effect::Nothing
    } else if before.level_for(teller).is_some() {
        Effect::Confirmed
    } else {
        Effect::Changed
    }
}

/// Reads where it may block, and hands over what was read in parcels; stops when nobody takes
/// them.
fn in_parcels(records: Box<dyn Iterator<Item = Read> + Send>) -> mpsc::Receiver<Vec<Read>> {
    let (send, receive) = mpsc::channel(PARCELS_WAITING);
    let _goes_on_alone = in_background(move || {
        let mut records = records;
        loop {
            let parcel: Vec<Read> = records.by_ref().take(PARCEL).collect();
            if parcel.is_empty() || send.blocking_send(parcel).is_err() {
                return;
            }
        }
    });
    receive
}
