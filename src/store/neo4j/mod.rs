//! The store for teams: a Neo4j server, or a cluster of them, over Bolt.
//!
//! # Layout
//! `migrations/` holds the schema. docs/NEO4J.md shows the graph to whoever reads it in Cypher; here is
//! what the store goes by. Ids are ours, as text; the server's own are never used.
//!
//! - `Subject`, beside a label of its kind (`Person`, `Company`, `List`, …): whatever has a revision of
//!   its own; a record has its JSON (`body`) and what it is found by.
//! - `Fact`: each fact once, as JSON, `ABOUT` its subjects; evidence is found by its contacts instead.
//! - `TOLD_BY`, from a fact to a `Teller`: each telling, with its version and place; what is taken back
//!   stays. A million rows of one import share one teller.
//! - `Batch`, `Changed`, `Epoch`, `Meta`: what was applied, what each version changed, and the version.
//!
//! Everything else follows from these ([`derived`]), and is written in the same transaction: who is
//! found by what (`SAYS_WHO`, `Fact.keys`), contacts, and what a reader of the graph sees now.
//!
//! # Invariants
//! - A transaction that writes first takes the lock of the one `Meta` node: versions are in the order
//!   of commits, and what a batch expects is checked behind that lock, whichever process sends it.
//! - What stands for whom is decided in Rust ([`told`]); Cypher finds by index. No statement holds more
//!   than a page of the graph, but for the tellings of one batch and the contacts of one person.
//! - No statement that reads spans several calls: a stream is pages of one version ([`paging`]).
//! - Every call has a deadline ([`link`]).

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{FutureExt as _, stream::BoxStream};

use self::{apply::Apply, error::backend, link::Link, told::Look};
use crate::{
    model::{
        AskOfConnector, Batch, Calibration, CalibrationId, Company, CompanyId, Employment,
        EmploymentId, Epoch, Exclusion, ExclusionId, Fact, FactId, Holder, Import, ImportId,
        Introduction, IntroductionId, List, ListId, Member, MemberId, Person, PersonId, Timestamp,
        Token, TokenHash, Version, Versioned,
    },
    store::{
        Applied, Candidate, ChangedAt, PairRow, SearchRequest, SharedKey, Store, StoreError,
        StoreResult, check_page,
    },
};

mod access;
mod apply;
mod audiences;
mod changes;
mod decode;
mod derived;
mod draft;
mod erase;
mod erasing;
mod error;
mod expect;
mod facts;
mod finding;
mod introductions;
mod link;
mod load;
mod names;
mod open;
mod paging;
mod pairs;
mod prepared;
mod records;
mod save;
mod scrub;
#[cfg(feature = "test-support")]
pub mod testing;
mod told;

pub use link::{Login, Patience};

/// The name to show for this store.
const KIND: &str = "neo4j";

/// Recorded facts in one Neo4j database, as they are or as they were.
#[derive(Debug, Clone)]
pub struct Neo4jStore {
    link: Arc<Link>,
    /// At which version reads look.
    at: i64,
    /// Through whose eyes they look; the team's where nobody is named.
    eyes: Option<MemberId>,
}

impl Neo4jStore {
    /// Opens the store in a database; makes its schema where it is empty.
    ///
    /// # Errors
    /// `CannotOpen` or `Unavailable`, with what to do; the database is as it was then.
    pub async fn open(login: &Login) -> StoreResult<Self> {
        Self::open_with(login, Patience::default()).await
    }

    /// Opens the store with a patience of one's own.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with(login: &Login, patience: Patience) -> StoreResult<Self> {
        let link = Arc::new(open::open(login, patience).boxed().await?);
        Ok(Self { link, at: Look::NOW, eyes: None })
    }

    fn link(&self) -> &Link {
        &self.link
    }

    fn look(&self) -> Look {
        Look { at: self.at, member: self.eyes }
    }
}

#[async_trait]
impl Store for Neo4jStore {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn version(&self) -> StoreResult<Version> {
        self.last_version().await.map(|last| self.look().last(last))
    }

    fn as_of(&self, version: Version) -> Arc<dyn Store> {
        let at = self.at.min(i64::try_from(version.0).unwrap_or(i64::MAX));
        Arc::new(Self { at, ..self.clone() })
    }

    fn seen_by(&self, member: MemberId) -> Arc<dyn Store> {
        Arc::new(Self { eyes: Some(member), ..self.clone() })
    }

    async fn version_before(&self, moment: Timestamp) -> StoreResult<Version> {
        self.last_version_before(moment).await.map(|last| self.look().last(last))
    }

    async fn last_epoch(&self) -> StoreResult<Option<Epoch>> {
        self.epoch().await
    }

    async fn apply(&self, batch: &Batch) -> StoreResult<Applied> {
        let applied = self.apply_all(vec![batch.clone()]).await?.pop();
        Ok(applied.expect("one went in"))
    }

    async fn apply_all(&self, batches: Vec<Batch>) -> StoreResult<Vec<Applied>> {
        if !self.look().is_now() {
            return Err(StoreError::BadBatch("nothing is written into the past".to_owned()));
        }
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let (link, mut apply) = (Arc::clone(&self.link), Apply::new(batches)?);
        // On a task of its own: whoever stops waiting leaves no transaction open.
        tokio::spawn(async move { link.write(&mut apply).await }).await.map_err(backend)?
    }

    fn stream_changes(&self, after: Version) -> BoxStream<'_, StoreResult<ChangedAt>> {
        self.all_changes(after)
    }

    async fn people(&self, ids: &[PersonId]) -> StoreResult<Vec<Option<Person>>> {
        self.people_by(ids).await
    }

    async fn companies(&self, ids: &[CompanyId]) -> StoreResult<Vec<Option<Company>>> {
        self.companies_by(ids).await
    }

    async fn staff(&self, companies: &[CompanyId]) -> StoreResult<Vec<Vec<Fact>>> {
        self.staff_of(companies).await
    }

    async fn employments(&self, ids: &[EmploymentId]) -> StoreResult<Vec<Option<Fact>>> {
        self.jobs(ids).await
    }

    async fn facts(&self, ids: &[FactId]) -> StoreResult<Vec<Option<Fact>>> {
        self.facts_by(ids).await
    }

    async fn holders_of(&self, keys: &[String]) -> StoreResult<Vec<(usize, Holder)>> {
        self.key_holders(keys).await
    }

    fn stream_shared_keys(&self) -> BoxStream<'_, StoreResult<SharedKey>> {
        self.shared_keys()
    }

    async fn keep_secret(&self, proposed: [u8; 32]) -> StoreResult<[u8; 32]> {
        self.secret(proposed).await
    }

    async fn people_after(
        &self,
        after: Option<PersonId>,
        limit: usize,
    ) -> StoreResult<Vec<PersonId>> {
        check_page(limit)?;
        self.ids_after(("Person", after), (self.at, limit)).await
    }

    async fn companies_after(
        &self,
        after: Option<CompanyId>,
        limit: usize,
    ) -> StoreResult<Vec<CompanyId>> {
        check_page(limit)?;
        self.ids_after(("Company", after), (self.at, limit)).await
    }

    async fn search(&self, request: &SearchRequest) -> StoreResult<Vec<Candidate>> {
        self.found(request).await
    }

    async fn lists(&self, ids: &[ListId]) -> StoreResult<Vec<Option<Versioned<List>>>> {
        self.records(ids).await
    }

    async fn all_lists(&self) -> StoreResult<Vec<Versioned<List>>> {
        self.all_records(ListId::new(0).into()).await
    }

    async fn exclusions_after(
        &self,
        after: Option<ExclusionId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Exclusion>>> {
        check_page(limit)?;
        let any = ExclusionId::new(0).into();
        self.records_after((any, Look::NOW), after.map(Into::into), limit).await
    }

    async fn calibrations_after(
        &self,
        after: Option<CalibrationId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Calibration>>> {
        check_page(limit)?;
        let any = CalibrationId::new(0).into();
        self.records_after((any, self.at), after.map(Into::into), limit).await
    }

    async fn all_imports(&self) -> StoreResult<Vec<Versioned<Import>>> {
        self.all_records(ImportId::new(0).into()).await
    }

    async fn told_by_import(&self, import: ImportId, limit: usize) -> StoreResult<Vec<FactId>> {
        check_page(limit)?;
        self.told_in(import, limit).await
    }

    async fn list_entries(
        &self,
        list: ListId,
        after: Option<FactId>,
        limit: usize,
    ) -> StoreResult<Vec<Fact>> {
        check_page(limit)?;
        self.entries((list, after), limit).await
    }

    async fn members(&self, ids: &[MemberId]) -> StoreResult<Vec<Option<Versioned<Member>>>> {
        self.records(ids).await
    }

    async fn all_members(&self) -> StoreResult<Vec<Versioned<Member>>> {
        self.all_records(MemberId::new(0).into()).await
    }

    async fn token(&self, hash: TokenHash) -> StoreResult<Option<Token>> {
        self.token_with(hash).await
    }

    async fn introductions(
        &self,
        ids: &[IntroductionId],
    ) -> StoreResult<Vec<Option<Versioned<Introduction>>>> {
        self.records(ids).await
    }

    async fn asks_since(&self, since: Timestamp) -> StoreResult<Vec<AskOfConnector>> {
        self.askings(since).await
    }

    async fn evidence_of_pairs(&self, pairs: &[(PersonId, PersonId)]) -> StoreResult<Vec<PairRow>> {
        self.evidence_between(pairs).await
    }

    async fn pairs_of(&self, people: &[PersonId]) -> StoreResult<Vec<(PersonId, PersonId)>> {
        self.pairs_with(people).await
    }

    fn stream_people(&self) -> BoxStream<'_, StoreResult<PersonId>> {
        self.all_people()
    }

    fn stream_pairs(&self) -> BoxStream<'_, StoreResult<PairRow>> {
        self.all_pairs()
    }

    fn stream_own_keys(&self) -> BoxStream<'_, StoreResult<(String, Holder)>> {
        self.own_keys()
    }

    fn stream_own_pairs(&self) -> BoxStream<'_, StoreResult<(PersonId, PersonId)>> {
        self.own_pairs()
    }

    fn stream_evidence(&self) -> BoxStream<'_, StoreResult<Fact>> {
        self.all_evidence()
    }

    fn stream_employments(&self) -> BoxStream<'_, StoreResult<Employment>> {
        self.all_employments()
    }
}
