//! A store as it would be under a hypothesis: what is supposed lies over what is recorded.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream::BoxStream};

use crate::{
    model::{
        AnyId, AskOfConnector, Batch, Calibration, CalibrationId, Claim, Company, CompanyId,
        Employment, EmploymentId, Epoch, Exclusion, ExclusionId, Fact, FactId, Holder, Import,
        ImportId, Introduction, IntroductionId, List, ListId, Member, MemberId, PairEvidence,
        Person, PersonId, Timestamp, Token, TokenHash, Version, Versioned,
    },
    service::identity::Pair,
    store::{
        Applied, Candidate, ChangedAt, HolderKind, PairRow, SearchRequest, SharedKey, Store,
        StoreError, StoreResult,
    },
};

/// What a hypothesis says, as it lies over what is recorded.
#[derive(Debug, Clone, Default)]
pub(in crate::service) struct Supposed {
    /// Who left, with all their parts.
    pub(super) gone: BTreeSet<PersonId>,
    /// Pairs of whom nothing is known any more.
    pub(super) cut: BTreeSet<Pair>,
    /// What is told of pairs besides.
    pub(super) told: BTreeMap<Pair, Vec<PairEvidence>>,
    /// Employments that are told besides.
    pub(super) jobs: Vec<Fact>,
}

impl Supposed {
    /// Who left, with all their parts.
    pub(in crate::service) fn gone(&self) -> impl Iterator<Item = PersonId> {
        self.gone.iter().copied()
    }

    /// The pairs of whom other evidence stands than is recorded; those of whoever left are not
    /// among them.
    pub(in crate::service) fn pairs(&self) -> impl Iterator<Item = Pair> {
        self.cut.iter().chain(self.told.keys()).copied()
    }

    /// What it tells that is no evidence.
    pub(in crate::service) fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.jobs.iter().map(|fact| &fact.claim)
    }

    fn is_gone(&self, id: AnyId) -> bool {
        matches!(id, AnyId::PersonId(person) if self.gone.contains(&person))
    }

    /// Whether a fact speaks of nobody who left.
    fn keeps(&self, fact: &Fact) -> bool {
        self.gone.is_empty() || !fact.claim.subjects().into_iter().any(|id| self.is_gone(id))
    }

    fn keeps_holder(&self, holder: Holder) -> bool {
        !self.is_gone(holder.into())
    }

    fn keeps_pair(&self, pair: &Pair) -> bool {
        !self.cut.contains(pair) && !self.gone.contains(&pair.0) && !self.gone.contains(&pair.1)
    }

    /// The supposed employments that a test picks.
    fn jobs_of<'a>(
        &'a self,
        picks: impl Fn(&Employment) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Fact> {
        self.jobs.iter().filter(move |fact| match &fact.claim {
            Claim::Employment(job) => picks(job),
            _ => false,
        })
    }

    /// How many keys of a search somebody has by their supposed titles.
    fn found_by(&self, request: &SearchRequest) -> BTreeMap<Holder, u32> {
        let mut keys: BTreeMap<Holder, BTreeSet<String>> = BTreeMap::new();
        for (holder, key) in self.claims().flat_map(Claim::search_keys) {
            keys.entry(holder).or_default().insert(key);
        }
        let begins = request.prefix.as_ref().map(|prefix| format!("w:{prefix}"));
        let shared = |keys: &BTreeSet<String>| {
            let whole = request.keys.iter().filter(|key| keys.contains(*key)).count();
            let begun = begins.as_ref().is_some_and(|b| keys.iter().any(|key| key.starts_with(b)));
            u32::try_from(whole + usize::from(begun)).unwrap_or(u32::MAX)
        };
        let found = keys.iter().map(|(&holder, keys)| (holder, shared(keys)));
        found.filter(|(_, shared)| *shared > 0).collect()
    }
}

/// A store under a hypothesis; nothing can be written to it.
///
/// People, companies, staff, pairs and searches are as they would be. What is streamed for a whole
/// network, and the records, are as they are: an overlay is asked for rows.
#[derive(Debug, Clone)]
pub(super) struct SupposedStore {
    pub(super) inner: Arc<dyn Store>,
    pub(super) supposed: Arc<Supposed>,
}

impl SupposedStore {
    fn over(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Self { inner, supposed: Arc::clone(&self.supposed) })
    }
}

#[async_trait]
impl Store for SupposedStore {
    fn kind(&self) -> &'static str {
        self.inner.kind()
    }

    async fn version(&self) -> StoreResult<Version> {
        self.inner.version().await
    }

    fn as_of(&self, version: Version) -> Arc<dyn Store> {
        self.over(self.inner.as_of(version))
    }

    fn seen_by(&self, member: MemberId) -> Arc<dyn Store> {
        self.over(self.inner.seen_by(member))
    }

    async fn version_before(&self, moment: Timestamp) -> StoreResult<Version> {
        self.inner.version_before(moment).await
    }

    async fn last_epoch(&self) -> StoreResult<Option<Epoch>> {
        self.inner.last_epoch().await
    }

    async fn apply(&self, _: &Batch) -> StoreResult<Applied> {
        Err(StoreError::BadBatch("nothing is written under a hypothesis".to_owned()))
    }

    async fn apply_all(&self, _: Vec<Batch>) -> StoreResult<Vec<Applied>> {
        Err(StoreError::BadBatch("nothing is written under a hypothesis".to_owned()))
    }

    fn stream_changes(&self, after: Version) -> BoxStream<'_, StoreResult<ChangedAt>> {
        self.inner.stream_changes(after)
    }

    async fn people(&self, ids: &[PersonId]) -> StoreResult<Vec<Option<Person>>> {
        let mut people = self.inner.people(ids).await?;
        for (id, found) in ids.iter().zip(&mut people) {
            if self.supposed.gone.contains(id) {
                *found = None;
            }
            if let Some(person) = found {
                person.facts.retain(|fact| self.supposed.keeps(fact));
                person.facts.extend(self.supposed.jobs_of(|job| job.person == *id).cloned());
            }
        }
        Ok(people)
    }

    async fn companies(&self, ids: &[CompanyId]) -> StoreResult<Vec<Option<Company>>> {
        self.inner.companies(ids).await
    }

    async fn staff(&self, companies: &[CompanyId]) -> StoreResult<Vec<Vec<Fact>>> {
        let mut staff = self.inner.staff(companies).await?;
        for (id, facts) in companies.iter().zip(&mut staff) {
            facts.retain(|fact| self.supposed.keeps(fact));
            facts.extend(self.supposed.jobs_of(|job| job.company == *id).cloned());
            facts.sort_by_key(|fact| match &fact.claim {
                Claim::Employment(job) => (Some(job.person), fact.id),
                _ => (None, fact.id),
            });
        }
        Ok(staff)
    }

    async fn employments(&self, ids: &[EmploymentId]) -> StoreResult<Vec<Option<Fact>>> {
        let mut found = self.inner.employments(ids).await?;
        for (id, fact) in ids.iter().zip(&mut found) {
            *fact = fact.take().filter(|fact| self.supposed.keeps(fact));
            if fact.is_none() {
                *fact = self.supposed.jobs_of(|job| job.id == *id).next().cloned();
            }
        }
        Ok(found)
    }

    async fn facts(&self, ids: &[FactId]) -> StoreResult<Vec<Option<Fact>>> {
        self.inner.facts(ids).await
    }

    async fn holders_of(&self, keys: &[String]) -> StoreResult<Vec<(usize, Holder)>> {
        let mut found = self.inner.holders_of(keys).await?;
        found.retain(|(_, holder)| self.supposed.keeps_holder(*holder));
        Ok(found)
    }

    fn stream_shared_keys(&self) -> BoxStream<'_, StoreResult<SharedKey>> {
        let kept = |mut shared: SharedKey| {
            shared.holders.retain(|holder| self.supposed.keeps_holder(*holder));
            (shared.holders.len() > 1).then_some(shared)
        };
        let found = self.inner.stream_shared_keys();
        found.filter_map(move |key| async move { key.map(kept).transpose() }).boxed()
    }

    async fn keep_secret(&self, proposed: [u8; 32]) -> StoreResult<[u8; 32]> {
        self.inner.keep_secret(proposed).await
    }

    async fn people_after(
        &self,
        after: Option<PersonId>,
        limit: usize,
    ) -> StoreResult<Vec<PersonId>> {
        // Whoever left is no person any more when they are looked up; a page stays as long.
        self.inner.people_after(after, limit).await
    }

    async fn companies_after(
        &self,
        after: Option<CompanyId>,
        limit: usize,
    ) -> StoreResult<Vec<CompanyId>> {
        self.inner.companies_after(after, limit).await
    }

    async fn search(&self, request: &SearchRequest) -> StoreResult<Vec<Candidate>> {
        let mut found = self.inner.search(request).await?;
        found.retain(|found| self.supposed.keeps_holder(found.holder));
        if request.only == Some(HolderKind::Company) {
            return Ok(found);
        }
        for (holder, keys_shared) in self.supposed.found_by(request) {
            match found.iter_mut().find(|found| found.holder == holder) {
                Some(known) => known.keys_shared = known.keys_shared.max(keys_shared),
                None => found.push(Candidate { holder, keys_shared }),
            }
        }
        found.sort_by_key(|found| (Reverse(found.keys_shared), found.holder));
        found.truncate(request.limit);
        Ok(found)
    }

    async fn lists(&self, ids: &[ListId]) -> StoreResult<Vec<Option<Versioned<List>>>> {
        self.inner.lists(ids).await
    }

    async fn all_lists(&self) -> StoreResult<Vec<Versioned<List>>> {
        self.inner.all_lists().await
    }

    async fn list_entries(
        &self,
        list: ListId,
        after: Option<FactId>,
        limit: usize,
    ) -> StoreResult<Vec<Fact>> {
        let mut facts = self.inner.list_entries(list, after, limit).await?;
        facts.retain(|fact| self.supposed.keeps(fact));
        Ok(facts)
    }

    async fn members(&self, ids: &[MemberId]) -> StoreResult<Vec<Option<Versioned<Member>>>> {
        self.inner.members(ids).await
    }

    async fn all_members(&self) -> StoreResult<Vec<Versioned<Member>>> {
        self.inner.all_members().await
    }

    async fn token(&self, hash: TokenHash) -> StoreResult<Option<Token>> {
        self.inner.token(hash).await
    }

    async fn introductions(
        &self,
        ids: &[IntroductionId],
    ) -> StoreResult<Vec<Option<Versioned<Introduction>>>> {
        self.inner.introductions(ids).await
    }

    async fn exclusions_after(
        &self,
        after: Option<ExclusionId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Exclusion>>> {
        self.inner.exclusions_after(after, limit).await
    }

    async fn calibrations_after(
        &self,
        after: Option<CalibrationId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Calibration>>> {
        self.inner.calibrations_after(after, limit).await
    }

    async fn all_imports(&self) -> StoreResult<Vec<Versioned<Import>>> {
        self.inner.all_imports().await
    }

    async fn told_by_import(&self, import: ImportId, limit: usize) -> StoreResult<Vec<FactId>> {
        self.inner.told_by_import(import, limit).await
    }

    async fn asks_since(&self, since: Timestamp) -> StoreResult<Vec<AskOfConnector>> {
        self.inner.asks_since(since).await
    }

    async fn evidence_of_pairs(&self, pairs: &[Pair]) -> StoreResult<Vec<PairRow>> {
        let mut rows = self.inner.evidence_of_pairs(pairs).await?;
        for (pair, row) in pairs.iter().zip(&mut rows) {
            if !self.supposed.keeps_pair(pair) {
                row.evidence.clear();
            } else if let Some(told) = self.supposed.told.get(pair) {
                row.evidence.extend(told.iter().cloned());
                row.evidence.sort_by_key(|item| (item.at, item.fact));
                row.evidence.dedup_by_key(|item| item.fact);
            }
        }
        Ok(rows)
    }

    async fn pairs_of(&self, people: &[PersonId]) -> StoreResult<Vec<Pair>> {
        let mut pairs = self.inner.pairs_of(people).await?;
        let people: BTreeSet<&PersonId> = people.iter().collect();
        let told = self.supposed.told.keys();
        pairs.extend(told.filter(|(a, b)| people.contains(a) || people.contains(b)));
        pairs.retain(|pair| self.supposed.keeps_pair(pair));
        pairs.sort_unstable();
        pairs.dedup();
        Ok(pairs)
    }

    fn stream_people(&self) -> BoxStream<'_, StoreResult<PersonId>> {
        self.inner.stream_people()
    }

    fn stream_pairs(&self) -> BoxStream<'_, StoreResult<PairRow>> {
        self.inner.stream_pairs()
    }

    fn stream_own_keys(&self) -> BoxStream<'_, StoreResult<(String, Holder)>> {
        self.inner.stream_own_keys()
    }

    fn stream_own_pairs(&self) -> BoxStream<'_, StoreResult<Pair>> {
        self.inner.stream_own_pairs()
    }

    fn stream_evidence(&self) -> BoxStream<'_, StoreResult<Fact>> {
        self.inner.stream_evidence()
    }

    fn stream_employments(&self) -> BoxStream<'_, StoreResult<Employment>> {
        self.inner.stream_employments()
    }
}
