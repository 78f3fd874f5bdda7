//! An import from its beginning to its end: opening a file, running it, the report.

use rustc_hash::FxHashSet;

use crate::{
    formats::{Party, Read},
    model::{
        Attestation, Audience, Change, Group, Identifier, Import, ImportCounts, ImportId,
        LawfulBasis, Name, PersonId, Role, Scope, Source, SystemName, Timestamp,
    },
    service::{ServiceError, ServiceResult, Tertius, Viewer, in_background},
};

use super::{
    ImportFile, ImportReport, JoinedPart, Progress, opening::Opened, registry::Turn, running::Run,
    translating::Translator,
};

/// How many joins a report names.
const JOINS_NAMED: usize = 20;

/// An import whose file is open. Those who follow it see it run; let go, it has failed.
pub struct BegunImport {
    import: Import,
    dry_run: bool,
    /// Whether there is nothing of it yet, or what there was has been undone.
    is_new: bool,
    /// Whether it has not come to its end before.
    unfinished: bool,
    translator: Translator,
    records: Box<dyn Iterator<Item = Read> + Send>,
    mappings: Vec<(String, String)>,
    others: Vec<String>,
    own_addresses: Vec<String>,
    /// For whom it is, where that follows from rules when all of it is there, and since when what is
    /// to be settled was told.
    to_settle: Option<(Audience, Timestamp)>,
    turn: Turn,
}

impl BegunImport {
    /// Which import.
    pub fn id(&self) -> ImportId {
        self.import.id
    }
}

impl Tertius {
    /// Brings a file in, or only tries it. Says after each batch how far it has come; what was
    /// applied by then outlives a crash, and bringing the same file in again goes on from there.
    ///
    /// # Errors
    /// `Invalid` when the file cannot be read as what it is; `Forbidden` for those who only read;
    /// `Refused` while the same file is imported, or when somebody called it off.
    pub async fn import_file(
        &self,
        viewer: &Viewer,
        file: ImportFile,
        dry_run: bool,
        progress: impl FnMut(Progress) + Send,
    ) -> ServiceResult<ImportReport> {
        let begun = self.begin_import(viewer, file, dry_run).await?;
        self.run_import(begun, progress).await
    }

    /// Opens a file and records that it is imported, unless it is only tried; nothing is read of
    /// it before [`Tertius::run_import`].
    ///
    /// # Errors
    /// Those of [`Tertius::import_file`].
    pub async fn begin_import(
        &self,
        viewer: &Viewer,
        file: ImportFile,
        dry_run: bool,
    ) -> ServiceResult<BegunImport> {
        viewer.needs_for(Scope::Import, Role::Member)?;
        let member = self.store.members(&[viewer.member()]).await?.pop().flatten();
        let member = member.ok_or_else(|| ServiceError::NotFound(viewer.member().to_string()))?;
        let known = self.as_party(viewer).await?;
        let homes = self.homes().await?;
        let (name, now) = (file_name(&file), self.clock.now());
        let (today, id) = (now.day(), viewer.member());
        let opening = move || Ok((file.content_hash()?, file.open(&known, id, today)?));
        let (content, opened) = in_background(opening).await?;
        let Opened { owner, records, mappings, others, audience, system } = opened;
        let id = homes.import(&viewer.member().to_string(), &system, &content);
        let bouncer = self.bouncer().await?;
        let system =
            SystemName::new(&bouncer.unnamed(system)).expect("the names of formats are good");
        let name = Name::new(&bouncer.unnamed(name.to_string())).expect("it was one before");
        let attestation = Attestation {
            source: Source { system: system.clone(), import: Some(id) },
            recorder: viewer.author(),
            basis: LawfulBasis::LegitimateInterest,
            audience,
            recorded_at: now,
            retracted_at: None,
        };
        let import = Import {
            id,
            name,
            system,
            author: viewer.author(),
            started_at: now,
            finished_at: None,
            undone_at: None,
            counts: ImportCounts::default(),
            excluded: std::collections::BTreeMap::new(),
            refused: Vec::new(),
        };
        let own_addresses = owner.iter().flat_map(|owner| &owner.identifiers);
        let own_addresses = own_addresses.map(Identifier::key).collect();
        let whose = (viewer.member(), member.value.person, owner);
        let mut translator = Translator::new(homes, whose, attestation, bouncer);
        let turn = self.enter(&import, &mut translator).await?;
        let before = self.import_record(id).await?;
        let is_new = before.as_ref().is_none_or(|before| before.undone_at.is_some());
        let unfinished = before.is_none_or(|before| before.finished_at.is_none());
        // What broke off may have been told to its member alone, by rules that were lifted since; of
        // what came to its end, what is told now alone is settled.
        let since = if unfinished { Timestamp::from_ms(i64::MIN) } else { now };
        let is_settled = translator.is_held || (unfinished && !is_new);
        let for_team = audience.group == Group::Team;
        let begun = BegunImport {
            to_settle: (is_settled && for_team && !dry_run).then_some((audience, since)),
            is_new,
            unfinished,
            import,
            dry_run,
            translator,
            records,
            mappings,
            others,
            own_addresses,
            turn,
        };
        if !dry_run && begun.is_new {
            let change = vec![Change::PutImport(begun.import.clone())];
            self.store.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), change)).await?;
        }
        Ok(begun)
    }

    /// Gives an import its turn, and learns whether its member has rules about what they show.
    async fn enter(&self, import: &Import, translator: &mut Translator) -> ServiceResult<Turn> {
        let _no_rule_is_made = self.ruling.lock().await;
        let turn = self.imports.enter(import.id, import.author, self.limits.imports_running_max)?;
        translator.is_held = self.has_rules(translator.member).await?;
        Ok(turn)
    }

    /// Runs an import to its end.
    ///
    /// # Errors
    /// Those of [`Tertius::import_file`].
    pub async fn run_import(
        &self,
        begun: BegunImport,
        mut progress: impl FnMut(Progress) + Send,
    ) -> ServiceResult<ImportReport> {
        let BegunImport { import, dry_run, is_new, unfinished, turn, .. } = begun;
        let BegunImport { mappings, others, own_addresses, to_settle, .. } = begun;
        let whose = (begun.translator.member, begun.translator.me);
        let mut run = Run::new(self, begun.translator, dry_run);
        let mut tell = |so_far: Progress| {
            turn.tell(so_far);
            progress(so_far);
        };
        let read = run.read_all(begun.records, &turn, &mut tell).await;
        tell(run.progress());
        let done = async {
            let kept = !dry_run && run.changed;
            if let Some(told_since) = to_settle {
                // Whom the member sees in it decides what their rules hide.
                self.take_in().await?;
                self.settle_import(import.id, whose, told_since).await?;
            }
            if read.is_err() && kept {
                // What was applied by then holds.
                self.take_in().await?;
            }
            read?;
            let people = std::mem::take(&mut run.people);
            let mut tally = std::mem::take(&mut run.tally);
            let preview = std::mem::take(&mut tally.preview);
            let import = tally.into_import(import, self.clock.now());
            if !dry_run && (run.changed || is_new || unfinished) {
                run.put(import.clone()).await?;
            }
            if kept {
                self.take_in().await?;
            }
            let (joined, joins) = self.joined_among(&people);
            Ok(ImportReport {
                import,
                dry_run,
                joined,
                joins,
                preview,
                mappings,
                others,
                own_addresses,
            })
        };
        let done = done.await;
        turn.end(&done);
        done
    }

    /// What is known of the viewer's own person.
    async fn as_party(&self, viewer: &Viewer) -> ServiceResult<Party> {
        let me = self.recorded_of(viewer).await?.people(&[viewer.person()]).await?.pop().flatten();
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

fn file_name(file: &ImportFile) -> Name {
    let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.as_deref().and_then(|name| Name::new(name).ok());
    name.unwrap_or_else(|| Name::new("import").expect("it is a word"))
}
