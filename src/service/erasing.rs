//! Erasing a person: everything that names them goes, for everybody, and does not come back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures_util::TryStreamExt as _;

use crate::{
    model::{
        Author, Batch, BatchId, Change, Claim, Erasure, ErasureId, Excluded, Exclusion, Holder,
        Identifier, Login, Member, PersonId, Reason, Role, Timestamp, Traces,
    },
    store::{ErasureNote, PAGE_MAX, Store},
};

use super::{
    Clock, Ids, RefusalCode, ServiceError, ServiceResult, Tertius, Viewer, identity::Homes,
};

/// Who is to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToErase {
    /// Somebody whom the viewer sees.
    Person(PersonId),
    /// Whoever has a mail address or a profile page, whether or not the viewer, or anybody, sees
    /// them: the answer does not tell.
    Identifier(String),
}

/// The receipt of an erasure. It does not say who it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureView {
    /// What is kept of it.
    pub erasure: Erasure,
    /// By which login whoever did it is known today.
    pub login: Option<Login>,
}

/// Who somebody is, for all who see some of them.
#[derive(Debug, Default)]
struct Known {
    traces: Traces,
    identifiers: BTreeMap<String, Identifier>,
}

impl Known {
    /// Everything that tells who these people are, whoever may see it.
    async fn of(store: &dyn Store, people: BTreeSet<PersonId>) -> ServiceResult<Self> {
        let mut known = Self { traces: Traces::of(people.iter().copied()), ..Self::default() };
        let mut facts = store.stream_naming(people.iter().copied().collect());
        while let Some(fact) = facts.try_next().await? {
            known.traces.learn(&fact.claim);
            match fact.claim {
                Claim::PersonIdentifier { person, identifier } if people.contains(&person) => {
                    known.add(identifier);
                }
                Claim::Evidence(evidence) => {
                    let theirs = evidence.participants().iter();
                    let theirs = theirs.filter(|p| people.contains(&p.person));
                    theirs.filter_map(|p| p.read_as.clone()).for_each(|read| known.add(read));
                }
                _ => {}
            }
        }
        Ok(known)
    }

    fn add(&mut self, identifier: Identifier) {
        self.traces.learn_identifier(&identifier);
        self.identifiers.insert(identifier.key(), identifier);
    }

    /// By what imports leave them out from now on.
    fn exclusions(&self, homes: &Homes, author: Author, since: Timestamp) -> Vec<Exclusion> {
        let exclusion = |key: &str, person| {
            let (id, excluded) = (homes.exclusion(key), Excluded::Erased(person));
            Exclusion { id, excluded, author, since, lifted_at: None }
        };
        let named = self.identifiers.values().map(|i| exclusion(&i.key(), homes.identified(i)));
        let mut all: Vec<Exclusion> = named.collect();
        let is_named = |id: &PersonId| {
            self.identifiers.values().any(|identifier| homes.identified(identifier) == *id)
        };
        let filed = self.traces.people().filter(|id| !is_named(id));
        let called = self.traces.full_names().map(|name| homes.called(name));
        all.extend(filed.chain(called).map(|id| exclusion(&id.to_string(), id)));
        all
    }
}

impl Tertius {
    /// Erases a person: all that names them, in whoever's eyes, and all that followed from it, also
    /// as of past days; what they did with others remains of those others. Imports leave them out
    /// from now on. What stays is the receipt, and hashes by which imports know them.
    ///
    /// Once it is answered, no question finds them: the network was folded anew.
    ///
    /// # Errors
    /// `Forbidden` for less than an admin; `NotFound` when the viewer sees nobody there; `Refused`
    /// when an active member stands for them, when an import runs, or when the reason would tell who
    /// it was.
    ///
    /// # Complexity
    /// A few walks over all facts, and one fold of the network.
    pub async fn erase_person(
        &self,
        viewer: &Viewer,
        whom: &ToErase,
        reason: &str,
    ) -> ServiceResult<ErasureView> {
        viewer.needs(Role::Admin)?;
        let reason = Reason::new(reason)
            .map_err(|error| ServiceError::refused(RefusalCode::Invalid, "reason", error))?;
        let _one_at_a_time = self.folding.lock().await;
        let (people, identifier) = self.to_erase(viewer, whom).await?;
        let mut known = Known::of(&*self.store, people).await?;
        if let Some(identifier) = identifier {
            known.add(identifier);
        }
        if known.traces.are_hinted_at(reason.as_str()) {
            let message = "it would tell who was erased: name nobody in it";
            return Err(ServiceError::refused(RefusalCode::Invalid, "reason", message));
        }
        let id = ErasureId::new(self.ids.fresh());
        let (author, at) = (viewer.author(), self.clock.now());
        let erasure = Erasure { id, people: known.traces.people().collect(), reason, author, at };
        let mut changes = self.parted_from_team(&known).await?;
        changes.push(Change::ErasePerson(erasure.clone(), known.traces.clone()));
        let exclusions = known.exclusions(&self.homes().await?, author, at);
        changes.extend(exclusions.into_iter().map(Change::PutExclusion));
        changes.push(Change::BeginEpoch(at.day()));
        let batch = self.batch(viewer, self.fresh_batch(), Vec::new(), changes);
        self.erase_at_once(&batch, known.traces).await?;
        Ok(ErasureView { login: self.login_of(author).await?, erasure })
    }

    async fn erase_at_once(&self, batch: &Batch, traces: Traces) -> ServiceResult<()> {
        if self.imports.any_runs() {
            let message = "an import runs, and could bring them back: wait for it, or cancel it";
            return Err(ServiceError::refused(RefusalCode::Conflict, "id", message));
        }
        self.store.apply(batch).await?;
        self.snapshots.throw_away().await?;
        let epoch = self.store.last_epoch().await?;
        if let Some(epoch) = epoch {
            self.fold_for(epoch).await?;
        }
        self.forget_pictures();
        self.upload_folders.sweep();
        self.wipe(Some(traces)).await
    }

    /// The receipts of erasures, the newest first.
    ///
    /// # Errors
    /// `Forbidden` for less than an admin.
    pub async fn erasures(&self, viewer: &Viewer) -> ServiceResult<Vec<ErasureView>> {
        viewer.needs_to_see(Role::Admin)?;
        let mut views = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.erasures_after(after, PAGE_MAX).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.value.id);
            for found in page {
                let login = self.login_of(found.value.author).await?;
                views.push(ErasureView { erasure: found.value, login });
            }
        }
        views.sort_by_key(|view| std::cmp::Reverse((view.erasure.at, view.erasure.id)));
        Ok(views)
    }

    /// All ids under which somebody is recorded, in whoever's eyes, and the identifier by which they
    /// were named.
    async fn to_erase(
        &self,
        viewer: &Viewer,
        whom: &ToErase,
    ) -> ServiceResult<(BTreeSet<PersonId>, Option<Identifier>)> {
        let mut people = BTreeSet::new();
        let mut identifier = None;
        match whom {
            ToErase::Person(id) => {
                people.insert(self.person(viewer, *id).await?.id);
            }
            ToErase::Identifier(text) => {
                let read: Identifier = text.parse().map_err(|error| {
                    ServiceError::refused(RefusalCode::Invalid, "identifier", error)
                })?;
                people.insert(self.homes().await?.identified(&read));
                identifier = Some(read);
            }
        }
        let key = identifier.as_ref().map(Identifier::key);
        let team = self.picture.load().recorded.clone();
        let mut onlookers = vec![team.clone()];
        for member in self.store.all_members().await? {
            onlookers.push(team.seen_by(member.value.id).await?);
        }
        // One who is found through somebody's eyes may be more in those of somebody else.
        loop {
            let before = people.len();
            for recorded in &onlookers {
                if let Some(key) = &key {
                    let held = recorded.store().holders_of(std::slice::from_ref(key)).await?;
                    people.extend(held.iter().filter_map(|(_, holder)| match holder {
                        Holder::Person(id) => Some(*id),
                        Holder::Company(_) => None,
                    }));
                }
                let parts: Vec<_> =
                    people.iter().flat_map(|id| recorded.joins().people.parts(*id)).collect();
                people.extend(parts);
            }
            if people.len() == before {
                return Ok((people, identifier));
            }
        }
    }

    /// What parts former members from a person: whoever they were, nobody stands behind them now.
    async fn parted_from_team(&self, known: &Known) -> ServiceResult<Vec<Change>> {
        let members: Vec<Member> = members_among(&*self.store, &known.traces).await?;
        if let Some(member) = members.iter().find(|member| member.active) {
            let message = format!("{} stands for them: deactivate that member first", member.login);
            return Err(ServiceError::refused(RefusalCode::Conflict, "id", message));
        }
        Ok(parted(members, &*self.ids))
    }

    /// Takes what was erased out of the files, or leaves it to be tried again.
    pub(super) async fn wipe(&self, traces: Option<Traces>) -> ServiceResult<()> {
        let done = self.store.wipe(traces).await?;
        self.unwiped.store(!done, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }
}

async fn members_among(store: &dyn Store, traces: &Traces) -> ServiceResult<Vec<Member>> {
    let people: BTreeSet<PersonId> = traces.people().collect();
    let members = store.all_members().await?.into_iter().map(|member| member.value);
    Ok(members.filter(|member| people.contains(&member.person)).collect())
}

fn parted(members: Vec<Member>, ids: &dyn Ids) -> Vec<Change> {
    let part = |mut member: Member| {
        let fresh = ids.fresh();
        member.person = PersonId::new(ids.fresh());
        member.login = format!("erased-{:08x}", fresh as u32).parse().expect("a login");
        member.addresses = Vec::new();
        member.active = false;
        [Change::AddPerson(member.person), Change::PutMember(member)]
    };
    members.into_iter().flat_map(part).collect()
}

/// Erases again whoever was erased after this copy of the store was made.
///
/// # Errors
/// When the notes cannot be read, or the store cannot be written.
pub(super) async fn repeat_erasures(
    store: &Arc<dyn Store>,
    clock: &dyn Clock,
    ids: &dyn Ids,
) -> ServiceResult<()> {
    for note in store.erasures_to_repeat().await? {
        let people = note.erasure.people.iter().copied().collect();
        let known = Known::of(&**store, people).await?;
        let mut changes = parted(members_among(&**store, &known.traces).await?, ids);
        changes.extend(repeated(&**store, note, known.traces.clone()).await?);
        changes.push(Change::BeginEpoch(clock.now().day()));
        let batch = Batch {
            id: BatchId::new(ids.fresh()),
            author: Author::System,
            at: clock.now(),
            expects: Vec::new(),
            changes,
        };
        store.apply(&batch).await?;
        store.wipe(Some(known.traces)).await?;
    }
    store.wipe(None).await?;
    Ok(())
}

/// The changes of an erasure; signed by the house where the copy knows nothing of its author yet.
async fn repeated(
    store: &dyn Store,
    note: ErasureNote,
    traces: Traces,
) -> ServiceResult<Vec<Change>> {
    let ErasureNote { mut erasure, exclusions } = note;
    if let Author::Member(member) = erasure.author
        && store.members(&[member]).await?.iter().all(Option::is_none)
    {
        erasure.author = Author::System;
    }
    let author = erasure.author;
    let excluded = exclusions.into_iter().map(|e| Change::PutExclusion(Exclusion { author, ..e }));
    Ok(std::iter::once(Change::ErasePerson(erasure, traces)).chain(excluded).collect())
}
