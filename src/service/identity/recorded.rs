//! What is recorded, as people and companies were joined: every id that goes out is one that is
//! shown, and every id that comes in may be that of a part.

use std::{collections::BTreeSet, sync::Arc};

use rustc_hash::FxHashSet;

use crate::{
    model::{
        AskOfConnector, Claim, Company, CompanyId, Direction, EmploymentId, Fact, FactId, Holder,
        ListId, MemberId, PairEvidence, Person, PersonId, Timestamp, Version,
    },
    store::{Candidate, PAGE_MAX, PairRow, SearchRequest, Store},
};

use super::{Joins, OwnJoins};
use crate::service::ServiceResult;

/// A pair of people, the lower id first.
pub(in crate::service) type Pair = (PersonId, PersonId);

/// A store seen through the joins of one moment.
#[derive(Debug, Clone)]
pub(in crate::service) struct Recorded {
    pub(super) store: Arc<dyn Store>,
    pub(super) joins: Arc<Joins>,
    /// On what the joins rest, where they are a member's.
    own: Option<Arc<OwnJoins>>,
}

impl Recorded {
    pub(in crate::service) fn new(store: Arc<dyn Store>, joins: Arc<Joins>) -> Self {
        Self { store, joins, own: None }
    }

    /// What a store holds, as people and companies are joined by it.
    pub(in crate::service) async fn load(store: Arc<dyn Store>) -> ServiceResult<Self> {
        let joins = Joins::load(&*store).await?;
        Ok(Self::new(store, Arc::new(joins)))
    }

    /// What was recorded at a version, as people and companies are joined here.
    pub(in crate::service) fn as_of(&self, version: Version) -> Self {
        Self { store: self.store.as_of(version), ..self.clone() }
    }

    /// The same store through the eyes of a member, who has reasons of their own why some are one.
    pub(in crate::service) async fn seen_by(&self, member: MemberId) -> ServiceResult<Self> {
        let store = self.store.seen_by(member);
        let own = OwnJoins::load(&self.joins, &*store, member).await?;
        Ok(Self { store, joins: Arc::clone(&own.joins), own: Some(Arc::new(own)) })
    }

    /// The same as [`seen_by`](Self::seen_by), where the member saw it so before and nothing was
    /// told since but of these people; of companies too, if so said.
    pub(in crate::service) async fn seen_again_by(
        &self,
        member: MemberId,
        before: &Self,
        (people, companies): (&[PersonId], bool),
    ) -> ServiceResult<Self> {
        if let (Some(own), false) = (&before.own, companies) {
            let store = self.store.seen_by(member);
            if own.still_holds(&self.joins, &*store, people).await? {
                return Ok(Self { store, joins: Arc::clone(&own.joins), own: before.own.clone() });
            }
        }
        self.seen_by(member).await
    }

    /// Another store, seen through the same joins.
    pub(in crate::service) fn over(&self, store: Arc<dyn Store>) -> Self {
        Self { store, ..self.clone() }
    }

    /// The store, to put something over it.
    pub(in crate::service) fn shared_store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// The store, as it was at this moment.
    pub(in crate::service) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Who is one.
    pub(in crate::service) fn joins(&self) -> &Joins {
        &self.joins
    }

    /// Whoever is shown under another id, or has other parts, there than here.
    pub(in crate::service) fn moved(&self, there: &Self) -> BTreeSet<PersonId> {
        if Arc::ptr_eq(&self.joins, &there.joins) {
            return BTreeSet::new();
        }
        let (here, there) = (&self.joins.people, &there.joins.people);
        let all = here.all().chain(there.all()).flat_map(|(_, parts)| parts.iter().copied());
        all.filter(|&id| here.parts(id) != there.parts(id)).collect()
    }

    /// The id under which somebody is shown.
    pub(in crate::service) fn person(&self, id: PersonId) -> PersonId {
        self.joins.people.shown(id)
    }

    /// The id under which a company is shown.
    pub(in crate::service) fn company(&self, id: CompanyId) -> CompanyId {
        self.joins.companies.shown(id)
    }

    fn holder(&self, holder: Holder) -> Holder {
        match holder {
            Holder::Person(id) => Holder::Person(self.person(id)),
            Holder::Company(id) => Holder::Company(self.company(id)),
        }
    }

    /// The same fact, about those who are shown.
    fn shown(&self, mut fact: Fact) -> Fact {
        match &mut fact.claim {
            Claim::PersonName { person, .. }
            | Claim::PersonIdentifier { person, .. }
            | Claim::AskLimit { person, .. } => *person = self.person(*person),
            Claim::Note(note) => {
                (note.on, note.by) = (self.person(note.on), self.person(note.by));
            }
            Claim::Cadence { of, with, .. } => {
                *of = self.person(*of);
                *with = self.person(*with);
            }
            Claim::CompanyName { company, .. }
            | Claim::CompanyDomain { company, .. }
            | Claim::CompanyIdentifier { company, .. } => *company = self.company(*company),
            Claim::Employment(job) => {
                job.person = self.person(job.person);
                job.company = self.company(job.company);
            }
            Claim::Relation(relation) => {
                relation.from = self.company(relation.from);
                relation.to = self.company(relation.to);
            }
            Claim::Tag { on, .. } => *on = self.holder(*on),
            Claim::ListEntry { entry, .. } => *entry = self.holder(*entry),
            Claim::Identity { .. } | Claim::Evidence(_) => {}
        }
        fact
    }

    /// People with the facts about all their parts; in order of the ids, with gaps.
    pub(in crate::service) async fn people(
        &self,
        ids: &[PersonId],
    ) -> ServiceResult<Vec<Option<Person>>> {
        let parts: Vec<Vec<PersonId>> = ids.iter().map(|&id| self.joins.people.parts(id)).collect();
        let all = parts.concat();
        let mut found = Vec::with_capacity(all.len());
        for page in all.chunks(PAGE_MAX) {
            found.extend(self.store.people(page).await?);
        }
        let mut found = found.into_iter();
        let whole = |(&id, parts): (&PersonId, &Vec<PersonId>)| {
            let mut there = found.by_ref().take(parts.len()).flatten().collect::<Vec<_>>();
            let shown = self.person(id);
            let revision = there.iter().find(|p| p.id == shown).or(there.first())?.revision;
            let facts = there.iter_mut().flat_map(|part| std::mem::take(&mut part.facts));
            let facts = once_each(facts.map(|fact| self.shown(fact)), parts.len());
            Some(Person { id: shown, revision, facts })
        };
        Ok(ids.iter().zip(&parts).map(whole).collect())
    }

    /// Companies with the facts about all their parts; in order of the ids, with gaps.
    pub(in crate::service) async fn companies(
        &self,
        ids: &[CompanyId],
    ) -> ServiceResult<Vec<Option<Company>>> {
        let parts: Vec<Vec<CompanyId>> =
            ids.iter().map(|&id| self.joins.companies.parts(id)).collect();
        let all = parts.concat();
        let mut found = Vec::with_capacity(all.len());
        for page in all.chunks(PAGE_MAX) {
            found.extend(self.store.companies(page).await?);
        }
        let mut found = found.into_iter();
        let whole = |(&id, parts): (&CompanyId, &Vec<CompanyId>)| {
            let mut there = found.by_ref().take(parts.len()).flatten().collect::<Vec<_>>();
            let shown = self.company(id);
            let revision = there.iter().find(|c| c.id == shown).or(there.first())?.revision;
            let facts = there.iter_mut().flat_map(|part| std::mem::take(&mut part.facts));
            let facts = once_each(facts.map(|fact| self.shown(fact)), parts.len());
            Some(Company { id: shown, revision, facts })
        };
        Ok(ids.iter().zip(&parts).map(whole).collect())
    }

    /// For each company, the facts of employments at all its parts, in order of person.
    pub(in crate::service) async fn staff(
        &self,
        companies: &[CompanyId],
    ) -> ServiceResult<Vec<Vec<Fact>>> {
        let parts: Vec<Vec<CompanyId>> =
            companies.iter().map(|&id| self.joins.companies.parts(id)).collect();
        let all = parts.concat();
        let mut found = Vec::with_capacity(all.len());
        for page in all.chunks(PAGE_MAX) {
            found.extend(self.store.staff(page).await?);
        }
        let mut found = found.into_iter();
        let whole = |parts: &Vec<CompanyId>| {
            let facts = found.by_ref().take(parts.len()).flatten();
            let mut facts: Vec<Fact> = facts.map(|fact| self.shown(fact)).collect();
            facts.sort_by_key(|fact| match &fact.claim {
                Claim::Employment(job) => (Some(job.person), fact.id),
                _ => (None, fact.id),
            });
            facts
        };
        Ok(parts.iter().map(whole).collect())
    }

    /// Employments by their ids, with gaps.
    pub(in crate::service) async fn employments(
        &self,
        ids: &[EmploymentId],
    ) -> ServiceResult<Vec<Option<Fact>>> {
        let mut found = Vec::with_capacity(ids.len());
        for page in ids.chunks(PAGE_MAX) {
            found.extend(self.store.employments(page).await?);
        }
        Ok(found.into_iter().map(|fact| fact.map(|fact| self.shown(fact))).collect())
    }

    /// Who has one of these identity keys: position and holder, each once.
    pub(in crate::service) async fn holders_of(
        &self,
        keys: &[String],
    ) -> ServiceResult<Vec<(usize, Holder)>> {
        let found = self.store.holders_of(keys).await?;
        let mut found: Vec<_> =
            found.into_iter().map(|(at, holder)| (at, self.holder(holder))).collect();
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The ids of people who are shown after an id, in order, as many as the limit while there are.
    pub(in crate::service) async fn people_after(
        &self,
        mut after: Option<PersonId>,
        limit: usize,
    ) -> ServiceResult<Vec<PersonId>> {
        let mut ids = Vec::new();
        loop {
            let page = self.store.people_after(after, limit).await?;
            after = page.last().copied();
            let full = page.len() == limit;
            ids.extend(page.into_iter().filter(|&id| !self.joins.people.is_hidden(id)));
            if !full || ids.len() >= limit {
                ids.truncate(limit);
                return Ok(ids);
            }
        }
    }

    /// The ids of companies that are shown after an id, likewise.
    pub(in crate::service) async fn companies_after(
        &self,
        mut after: Option<CompanyId>,
        limit: usize,
    ) -> ServiceResult<Vec<CompanyId>> {
        let mut ids = Vec::new();
        loop {
            let page = self.store.companies_after(after, limit).await?;
            after = page.last().copied();
            let full = page.len() == limit;
            ids.extend(page.into_iter().filter(|&id| !self.joins.companies.is_hidden(id)));
            if !full || ids.len() >= limit {
                ids.truncate(limit);
                return Ok(ids);
            }
        }
    }

    /// Who shares most keys with a search, each once.
    pub(in crate::service) async fn search(
        &self,
        request: &SearchRequest,
    ) -> ServiceResult<Vec<Candidate>> {
        let mut seen = FxHashSet::default();
        let found = self.store.search(request).await?.into_iter();
        let shown = found.map(|found| Candidate { holder: self.holder(found.holder), ..found });
        Ok(shown.filter(|found| seen.insert(found.holder)).collect())
    }

    /// The entries of a list, ordered by fact.
    pub(in crate::service) async fn list_entries(
        &self,
        list: ListId,
        after: Option<FactId>,
        limit: usize,
    ) -> ServiceResult<Vec<Fact>> {
        let facts = self.store.list_entries(list, after, limit).await?;
        Ok(facts.into_iter().map(|fact| self.shown(fact)).collect())
    }

    /// Every asking of a connector since a moment.
    pub(in crate::service) async fn asks_since(
        &self,
        since: Timestamp,
    ) -> ServiceResult<Vec<AskOfConnector>> {
        let asks = self.store.asks_since(since).await?.into_iter();
        Ok(asks
            .map(|ask| AskOfConnector { connector: self.person(ask.connector), ..ask })
            .collect())
    }

    /// The pairs of those who are shown that these people, or their parts, are in.
    pub(in crate::service) async fn pairs_of(
        &self,
        people: &[PersonId],
    ) -> ServiceResult<Vec<Pair>> {
        let parts: Vec<PersonId> =
            people.iter().flat_map(|&id| self.joins.people.parts(id)).collect();
        let mut pairs = Vec::new();
        for page in parts.chunks(PAGE_MAX) {
            pairs.extend(self.store.pairs_of(page).await?);
        }
        let mut pairs: Vec<Pair> = pairs.into_iter().filter_map(|pair| self.pair(pair)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        Ok(pairs)
    }

    /// The pair of those who are shown; nothing where both are one.
    pub(in crate::service) fn pair(&self, (one, other): Pair) -> Option<Pair> {
        let (one, other) = (self.person(one), self.person(other));
        (one != other).then(|| (one.min(other), one.max(other)))
    }

    /// For each pair, all evidence of it, that of parts too, ordered by time, then fact.
    pub(in crate::service) async fn evidence_of_pairs(
        &self,
        pairs: &[Pair],
    ) -> ServiceResult<Vec<PairRow>> {
        let asked: Vec<Vec<Pair>> = pairs.iter().map(|&pair| self.parts_of(pair)).collect();
        let all = asked.concat();
        let mut rows = Vec::with_capacity(all.len());
        for page in all.chunks(PAGE_MAX) {
            rows.extend(self.store.evidence_of_pairs(page).await?);
        }
        let mut rows = rows.into_iter();
        let whole = |(&(one, other), parts): (&Pair, &Vec<Pair>)| {
            let (one, other) = (self.person(one), self.person(other));
            let (low, high) = (one.min(other), one.max(other));
            let found = rows.by_ref().take(parts.len());
            let mut evidence: Vec<PairEvidence> = found
                .flat_map(|row| {
                    let turned = self.person(row.low) == high;
                    row.evidence.into_iter().map(move |item| turn(item, turned))
                })
                .collect();
            if parts.len() > 1 {
                evidence.sort_by_key(|item| (item.at, item.fact));
                evidence.dedup_by_key(|item| item.fact);
            }
            PairRow { low, high, evidence }
        };
        Ok(pairs.iter().zip(&asked).map(whole).collect())
    }

    /// All pairs of parts of two people.
    pub(in crate::service) fn parts_of(&self, (one, other): Pair) -> Vec<Pair> {
        let others = self.joins.people.parts(other);
        let with = |one: PersonId| {
            others.iter().map(move |&other| (one.min(other), one.max(other))).collect::<Vec<_>>()
        };
        self.joins.people.parts(one).into_iter().flat_map(with).collect()
    }
}

/// Facts about several parts may be one fact about whoever they are.
fn once_each(facts: impl Iterator<Item = Fact>, parts: usize) -> Vec<Fact> {
    let mut facts: Vec<Fact> = facts.collect();
    if parts > 1 {
        facts.sort_by_key(Fact::recorded_at);
        let mut seen = FxHashSet::default();
        facts.retain(|fact| seen.insert(fact.id));
    }
    facts
}

/// Evidence seen from the other side.
fn turn(item: PairEvidence, turned: bool) -> PairEvidence {
    let direction = match (turned, item.direction) {
        (true, Direction::Forth) => Direction::Back,
        (true, Direction::Back) => Direction::Forth,
        (_, direction) => direction,
    };
    PairEvidence { direction, ..item }
}
