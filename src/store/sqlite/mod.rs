//! The embedded store: SQLite in one file.
//!
//! # Layout
//! `migrations/` holds the schema, one step per version; `user_version` says which one a file has,
//! `application_id` that it is ours. Any `sqlite3` shell reads it: `readable_fact` and
//! `readable_subject` are views for people.
//!
//! - `subject`: whatever has a revision of its own, as a dictionary from ids to small numbers.
//! - `fact`, `fact_subject`: each fact once, as JSON, and filed under all that it is about; evidence
//!   is found by its pairs instead, because filing would double the random writes of an import.
//! - `attestation`, `fact_attestation`: who told it; a million rows of one import share one
//!   attestation. What is taken back stays.
//! - `record`: lists, members, tokens, introductions as they are now, with `login`, `token_hash`
//!   `ask` and `party` to find them by.
//! - `silence`: who gives no answer to what; no version and no batch tells of it.
//! - `identity_key`, `search_key`: who is found by what, and by how many standing facts, so that
//!   taking one back removes a key only with its last reason.
//! - `pair_evidence`, `pair_by_high`, `employment`: facts that stand, by whom they concern and in
//!   order, so that the network loads in one scan without joins or JSON.
//! - `batch`, `changed`, `meta`, `epoch`: what was applied, what each version changed, the epochs.
//!
//! What follows from facts is kept for the versions at which it held (`told`, `gone`), so that every
//! read can look at one of the past ([`At`]), and for whom it is (`owner`): the team, or a member who
//! sees what the team does not ([`Look`]). Records are as they are now.
//!
//! # Invariants
//! - Only [`Writer`](write::Writer) writes, each batch in one immediate transaction, with
//!   `synchronous=FULL`: it is answered after the log is on the disk.
//! - Everything from `identity_key` to `employment` follows from the tables before it;
//!   [`SqliteStore::check`] rebuilds and compares it.
//! - Subjects, facts, attestations and batches are only added, but for an erasure (`erase.rs`), which
//!   leaves what there would be had nobody told. Nothing outside the file knows an `ix`.
//! - Readers cannot write, and each read sees one moment.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use rusqlite::Connection;

use self::{
    at::{At, Look},
    threads::{Streams, Workers},
    write::Writer,
};
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
mod at;
mod audiences;
mod backup;
mod changes;
mod check;
mod codec;
mod derived;
mod erase;
mod erasing;
mod error;
mod expect;
mod facts;
#[cfg(feature = "test-support")]
pub mod fault;
#[cfg(not(feature = "test-support"))]
mod fault;
mod identity;
mod introductions;
mod journal;
mod known;
mod open;
mod pairs;
mod prepared;
mod project;
mod putting;
mod reading;
mod records;
mod replay;
mod scrub;
mod search;
mod threads;
mod versions;
mod wipe;
mod write;

pub use open::Options;

/// The name to show for this store.
const KIND: &str = "sqlite";

/// Recorded facts in one SQLite file, as they are or as they were.
///
/// Dropping the last one of a file finishes what was begun, copies the log into the file, and
/// waits for that.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    file: Arc<StoreFile>,
    /// At which version reads look.
    at: At,
    /// Through whose eyes they look; the team's where nobody is named.
    eyes: Option<MemberId>,
}

#[derive(Debug)]
struct StoreFile {
    streams: Streams,
    readers: Workers<Connection>,
    // After the readers: the last connection to close tidies up the log, and must be able to write.
    writer: Workers<Writer>,
    #[cfg(feature = "test-support")]
    folder: std::sync::OnceLock<tempfile::TempDir>,
    #[cfg(feature = "test-support")]
    reads: std::sync::atomic::AtomicU64,
}

impl SqliteStore {
    /// Opens the store in a file; makes the file, and its folder, where they are missing.
    ///
    /// # Errors
    /// `CannotOpen` or `Unavailable`, with what to do; the file is as it was then.
    pub fn open(path: &Path) -> StoreResult<Self> {
        Self::open_with(path, Options::default())
    }

    /// Opens the store in a file with options of one's own.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(path: &Path, options: Options) -> StoreResult<Self> {
        let writer = Writer::new(open::writer(path, &options)?, path);
        let readers = (0..options.readers.max(1)).map(|_| open::reader(path, &options));
        let readers = readers.collect::<StoreResult<Vec<_>>>()?;
        let file = StoreFile {
            streams: Streams::new(PathBuf::from(path), options),
            readers: Workers::start("store-reader", readers)?,
            writer: Workers::start("store-writer", vec![writer])?,
            #[cfg(feature = "test-support")]
            folder: std::sync::OnceLock::new(),
            #[cfg(feature = "test-support")]
            reads: std::sync::atomic::AtomicU64::new(0),
        };
        Ok(Self { file: Arc::new(file), at: At::NOW, eyes: None })
    }

    /// A store in a folder of its own, which goes with it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    #[cfg(feature = "test-support")]
    pub fn temporary() -> StoreResult<Self> {
        let folder = tempfile::tempdir().map_err(error::backend)?;
        let store = Self::open(&folder.path().join("tertius.sqlite"))?;
        store.file.folder.set(folder).expect("it was opened just now");
        Ok(store)
    }

    /// How many reads there were, streams left out.
    #[cfg(feature = "test-support")]
    pub fn reads(&self) -> u64 {
        self.file.reads.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Looks for damage: pages, references, and everything derived compared with the facts. Each
    /// finding is a sentence; none is good.
    ///
    /// # Errors
    /// When the file cannot even be read.
    pub async fn check(&self) -> StoreResult<Vec<String>> {
        let opener = self.file.streams.opener();
        self.file.readers.run(move |_| check::findings(&opener()?)).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn version(&self) -> StoreResult<Version> {
        self.read(|db, at| versions::version(db).map(|last| at.or_last(last))).await
    }

    fn as_of(&self, version: Version) -> Arc<dyn Store> {
        let at = self.at.min(At::version(version));
        Arc::new(Self { at, ..self.clone() })
    }

    fn seen_by(&self, member: MemberId) -> Arc<dyn Store> {
        Arc::new(Self { eyes: Some(member), ..self.clone() })
    }

    async fn version_before(&self, moment: Timestamp) -> StoreResult<Version> {
        let last = self.read(move |db, _| versions::version_before(db, moment)).await?;
        Ok(self.at.or_last(last))
    }

    async fn last_epoch(&self) -> StoreResult<Option<Epoch>> {
        self.read(versions::last_epoch).await
    }

    async fn apply(&self, batch: &Batch) -> StoreResult<Applied> {
        let batch = batch.clone();
        let applied = self.apply_all(vec![batch]).await?.pop();
        Ok(applied.expect("one went in"))
    }

    async fn apply_all(&self, batches: Vec<Batch>) -> StoreResult<Vec<Applied>> {
        if !self.at.is_now() {
            return Err(StoreError::BadBatch("nothing is written into the past".to_owned()));
        }
        let batches = prepared::in_order(batches)?;
        self.file.writer.run(move |writer| writer.apply_all(batches)).await
    }

    fn stream_changes(&self, after: Version) -> BoxStream<'_, StoreResult<ChangedAt>> {
        let (at, eyes) = (self.at, self.eyes);
        self.file
            .streams
            .start(move |db, sink| changes::stream(db, (Look::by(db, at, eyes)?, after), sink))
    }

    async fn people(&self, ids: &[PersonId]) -> StoreResult<Vec<Option<Person>>> {
        self.look_up_as_seen(ids, facts::people).await
    }

    async fn companies(&self, ids: &[CompanyId]) -> StoreResult<Vec<Option<Company>>> {
        self.look_up_as_seen(ids, facts::companies).await
    }

    async fn staff(&self, companies: &[CompanyId]) -> StoreResult<Vec<Vec<Fact>>> {
        self.look_up_as_seen(companies, facts::staff).await
    }

    async fn employments(&self, ids: &[EmploymentId]) -> StoreResult<Vec<Option<Fact>>> {
        self.look_up_as_seen(ids, facts::employments).await
    }

    async fn facts(&self, ids: &[FactId]) -> StoreResult<Vec<Option<Fact>>> {
        self.look_up(ids, facts::facts).await
    }

    async fn holders_of(&self, keys: &[String]) -> StoreResult<Vec<(usize, Holder)>> {
        self.look_up_as_seen(keys, identity::holders).await
    }

    fn stream_shared_keys(&self) -> BoxStream<'_, StoreResult<SharedKey>> {
        self.stream(identity::stream_shared)
    }

    async fn keep_secret(&self, proposed: [u8; 32]) -> StoreResult<[u8; 32]> {
        self.file.writer.run(move |writer| writer.keep_secret(proposed)).await
    }

    async fn people_after(
        &self,
        after: Option<PersonId>,
        limit: usize,
    ) -> StoreResult<Vec<PersonId>> {
        check_page(limit)?;
        self.read(move |db, at| facts::people_after(db, at, (after, limit))).await
    }

    async fn companies_after(
        &self,
        after: Option<CompanyId>,
        limit: usize,
    ) -> StoreResult<Vec<CompanyId>> {
        check_page(limit)?;
        self.read(move |db, at| facts::companies_after(db, at, (after, limit))).await
    }

    async fn search(&self, request: &SearchRequest) -> StoreResult<Vec<Candidate>> {
        check_page(request.keys.len())?;
        check_page(request.limit)?;
        let (request, eyes) = (request.clone(), self.eyes);
        self.read(move |db, at| search::search(db, Look::by(db, at, eyes)?, &request)).await
    }

    async fn lists(&self, ids: &[ListId]) -> StoreResult<Vec<Option<Versioned<List>>>> {
        self.look_up(ids, |db, _, ids| records::by_ids(db, ids)).await
    }

    async fn all_lists(&self) -> StoreResult<Vec<Versioned<List>>> {
        self.read(|db, _| records::all(db, ListId::new(0).into())).await
    }

    async fn exclusions_after(
        &self,
        after: Option<ExclusionId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Exclusion>>> {
        check_page(limit)?;
        let kind = ExclusionId::new(0).into();
        let after = after.map(Into::into);
        self.read(move |db, _| records::after((db, At::NOW), kind, after, limit)).await
    }

    async fn calibrations_after(
        &self,
        after: Option<CalibrationId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Calibration>>> {
        check_page(limit)?;
        let kind = CalibrationId::new(0).into();
        self.read(move |db, at| records::after((db, at), kind, after.map(Into::into), limit)).await
    }

    async fn all_imports(&self) -> StoreResult<Vec<Versioned<Import>>> {
        self.read(|db, _| records::all(db, ImportId::new(0).into())).await
    }

    async fn told_by_import(&self, import: ImportId, limit: usize) -> StoreResult<Vec<FactId>> {
        check_page(limit)?;
        self.read(move |db, _| facts::told_by_import(db, import, limit)).await
    }

    async fn list_entries(
        &self,
        list: ListId,
        after: Option<FactId>,
        limit: usize,
    ) -> StoreResult<Vec<Fact>> {
        check_page(limit)?;
        self.read(move |db, at| facts::list_entries((db, at), (list, after), limit)).await
    }

    async fn members(&self, ids: &[MemberId]) -> StoreResult<Vec<Option<Versioned<Member>>>> {
        self.look_up(ids, |db, _, ids| records::by_ids(db, ids)).await
    }

    async fn all_members(&self) -> StoreResult<Vec<Versioned<Member>>> {
        self.read(|db, _| records::all(db, MemberId::new(0).into())).await
    }

    async fn token(&self, hash: TokenHash) -> StoreResult<Option<Token>> {
        self.read(move |db, _| records::token(db, hash)).await
    }

    async fn introductions(
        &self,
        ids: &[IntroductionId],
    ) -> StoreResult<Vec<Option<Versioned<Introduction>>>> {
        self.look_up(ids, |db, _, ids| records::by_ids(db, ids)).await
    }

    async fn asks_since(&self, since: Timestamp) -> StoreResult<Vec<AskOfConnector>> {
        self.read(move |db, at| introductions::asks_since(db, at, since)).await
    }

    async fn evidence_of_pairs(&self, pairs: &[(PersonId, PersonId)]) -> StoreResult<Vec<PairRow>> {
        self.look_up_as_seen(pairs, pairs::evidence_of).await
    }

    async fn pairs_of(&self, people: &[PersonId]) -> StoreResult<Vec<(PersonId, PersonId)>> {
        self.look_up_as_seen(people, pairs::pairs_of).await
    }

    fn stream_people(&self) -> BoxStream<'_, StoreResult<PersonId>> {
        self.stream(pairs::stream_people)
    }

    fn stream_pairs(&self) -> BoxStream<'_, StoreResult<PairRow>> {
        self.stream(pairs::stream_pairs)
    }

    fn stream_own_keys(&self) -> BoxStream<'_, StoreResult<(String, Holder)>> {
        self.stream(identity::stream_own)
    }

    fn stream_own_pairs(&self) -> BoxStream<'_, StoreResult<(PersonId, PersonId)>> {
        self.stream(pairs::stream_own_pairs)
    }

    fn stream_evidence(&self) -> BoxStream<'_, StoreResult<Fact>> {
        let at = self.at;
        self.file.streams.start(move |db, sink| facts::stream_evidence(db, at, sink))
    }

    fn stream_employments(&self) -> BoxStream<'_, StoreResult<Employment>> {
        self.stream(pairs::stream_employments)
    }
}
