//! From a file to the store, a batch at a time, with a report.

use rustc_hash::FxHashSet;

use crate::{
    formats::{Located, Party, Read},
    model::{
        Attestation, BATCH_CHANGES_MAX, Batch, Change, Fact, FactId, Import, LawfulBasis, Name,
        PersonId, Role, Source, SystemName, Telling,
    },
    store::{Effect, PAGE_MAX},
};

use super::{
    ImportFile, ImportReport, JoinedPart,
    committing::{Committer, Kind, Outcome, Sealed},
    opening::Opened,
    reading::{in_background, in_parcels},
    report::Tally,
    translating::{Told, Translator},
};
use crate::service::{ServiceError, ServiceResult, Tertius, Viewer};

/// How many joins a report names.
const JOINS_NAMED: usize = 20;

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Records that were read and whose facts are safe.
    pub read: u64,
    /// Those that told something new.
    pub new: u64,
    /// Those that could not be taken.
    pub refused: u64,
}

/// Changes that wait, and where each record among them ends.
#[derive(Default)]
struct Waiting {
    changes: Vec<Change>,
    ends: Vec<usize>,
}

struct Run<'a> {
    tertius: &'a Tertius,
    translator: Translator,
    only_tried: bool,
    tally: Tally,
    waiting: Waiting,
    people: FxHashSet<PersonId>,
    committer: Committer,
    changed: bool,
    /// What an import that is only tried would have told by now.
    foreseen: FxHashSet<FactId>,
}

impl Tertius {
    /// Brings a file in, or only tries it. Says after each batch how far it has come; what was
    /// applied by then outlives a crash, and bringing the same file in again goes on from there.
    ///
    /// # Errors
    /// `Invalid` when the file cannot be read as what it is; `Forbidden` for those who only read.
    pub async fn import_file(
        &self,
        viewer: &Viewer,
        file: ImportFile,
        dry_run: bool,
        mut progress: impl FnMut(Progress) + Send,
    ) -> ServiceResult<ImportReport> {
        viewer.needs(Role::Member)?;
        let member = self.store.members(&[viewer.member()]).await?.pop().flatten();
        let member = member.ok_or_else(|| ServiceError::NotFound(viewer.member().to_string()))?;
        let me = member.value.person;
        let known = self.as_party(viewer).await?;
        let homes = self.homes().await?;
        let (name, now) = (file_name(&file), self.clock.now());
        let (today, id) = (now.day(), viewer.member());
        let opening = move || Ok((file.content_hash()?, file.open(&known, id, today)?));
        let (content, opened) = in_background(opening).await?;
        let system = SystemName::new(&opened.system).expect("the names of formats are good");
        let import_id = homes.import(&viewer.member().to_string(), &opened.system, &content);
        let import = Import {
            id: import_id,
            name,
            system: system.clone(),
            author: viewer.author(),
            started_at: now,
            finished_at: None,
            undone_at: None,
            counts: crate::model::ImportCounts::default(),
            excluded: std::collections::BTreeMap::new(),
            refused: Vec::new(),
        };
        let attestation = Attestation {
            source: Source { system, import: Some(import_id) },
            recorder: viewer.author(),
            basis: LawfulBasis::LegitimateInterest,
            audience: opened.audience,
            recorded_at: now,
            retracted_at: None,
        };
        let Opened { owner, records, mappings, others, .. } = opened;
        let own_addresses = owner.iter().flat_map(|owner| &owner.identifiers);
        let own_addresses = own_addresses.map(crate::model::Identifier::key).collect();
        let bouncer = self.bouncer().await?;
        let translator = Translator::new(homes, (viewer.member(), me, owner), attestation, bouncer);
        let mut run = Run {
            tertius: self,
            translator,
            only_tried: dry_run,
            tally: Tally::default(),
            waiting: Waiting::default(),
            people: FxHashSet::default(),
            committer: Committer::new(std::sync::Arc::clone(&self.store)),
            changed: false,
            foreseen: FxHashSet::default(),
        };
        let before = self.import_record(import_id).await?;
        let is_new = before.as_ref().is_none_or(|before| before.undone_at.is_some());
        if !dry_run && is_new {
            run.put(import.clone()).await?;
        }
        run.read_all(records, &mut progress).await?;
        let (changed, people) = (run.changed, std::mem::take(&mut run.people));
        let tally = std::mem::take(&mut run.tally);
        let import = tally.into_import(import, self.clock.now());
        let unfinished = before.is_none_or(|before| before.finished_at.is_none());
        if !dry_run && (changed || is_new || unfinished) {
            run.put(import.clone()).await?;
        }
        if changed && !dry_run {
            self.begin_epoch().await?;
        }
        let (joined, joins) = self.joined_among(&people);
        Ok(ImportReport { import, dry_run, joined, joins, mappings, others, own_addresses })
    }

    /// What is known of the viewer's own person.
    async fn as_party(&self, viewer: &Viewer) -> ServiceResult<Party> {
        let me = self.recorded().people(&[viewer.person()]).await?.pop().flatten();
        let Some(me) = me else { return Ok(Party::default()) };
        Ok(Party {
            name: me.name(viewer.eyes()).filter(|name| name.as_str().contains(' ')).cloned(),
            identifiers: me.identifiers(viewer.eyes()).cloned().collect(),
        })
    }

    /// How many of some people are one with others, and why, for some of them.
    fn joined_among(&self, people: &FxHashSet<PersonId>) -> (u64, Vec<JoinedPart>) {
        let picture = self.picture.load();
        let joins = picture.recorded.joins();
        let mut joined: Vec<PersonId> =
            people.iter().copied().filter(|&id| joins.people.is_joined(id)).collect();
        joined.sort_unstable();
        let why = |&id: &PersonId| {
            let join = joins.people.joins_of(id).find(|join| join.one == id || join.other == id)?;
            Some(JoinedPart { person: joins.people.shown(id), why: join.why.clone() })
        };
        let named = joined.iter().filter_map(why).take(JOINS_NAMED).collect();
        (joined.len() as u64, named)
    }
}

impl Run<'_> {
    async fn put(&self, import: Import) -> ServiceResult<()> {
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

    async fn read_all(
        &mut self,
        records: Box<dyn Iterator<Item = Read> + Send>,
        progress: &mut (impl FnMut(Progress) + Send),
    ) -> ServiceResult<()> {
        let about_me = self.translator.about_me();
        self.waiting.changes.extend(about_me);
        let mut parcels = in_parcels(records)?;
        while let Some(parcel) = parcels.recv().await {
            for read in parcel {
                match read {
                    Ok(located) => self.take(located).await?,
                    Err(row) => self.tally.refuse(row.place.file, row.place.line, row.reason),
                }
            }
            let counts = self.tally.counts;
            let (read, new, refused) = (counts.read, counts.new, counts.refused);
            progress(Progress { read, new, refused });
        }
        self.seal().await?;
        let rest = self.committer.finish().await?;
        self.count(&rest);
        Ok(())
    }

    async fn take(&mut self, located: Located) -> ServiceResult<()> {
        let place = located.place.clone();
        match self.translator.translate(located) {
            Told::Excluded(reason) => self.tally.exclude(&reason),
            Told::Refused(reason) => self.tally.refuse(place.file, place.line, reason),
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
    let teller = match told.recorder {
        crate::model::Author::Member(member) => Some(member),
        crate::model::Author::System => None,
    };
    if before.attestations.iter().any(same) {
        Effect::Nothing
    } else if before.level_for(teller).is_some() {
        Effect::Confirmed
    } else {
        Effect::Changed
    }
}

fn file_name(file: &ImportFile) -> Name {
    let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.as_deref().and_then(|name| Name::new(name).ok());
    name.unwrap_or_else(|| Name::new("import").expect("it is a word"))
}
