//! The one port to recorded facts, and its back ends.
//!
//! A store records and streams; it decides nothing. It is correct when it passes every case of
//! [`conformance`]: prose here explains, the cases decide.
//!
//! Four rules hold for every method: what is not there is a gap (`None`, an empty list), never an
//! error; it takes a batch of ids, or is bounded, or streams; it speaks of the nouns of
//! [`model`](crate::model) alone; and where a method does not say "the team may see", it returns
//! everything that was told, whoever may see it, because who may see what is decided above. To add a method: write its cases first, then the
//! method here, then each store.

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use crate::model::{
    AnyId, AskOfConnector, Batch, Calibration, CalibrationId, Company, CompanyId, Employment,
    Epoch, Exclusion, ExclusionId, Fact, FactId, Holder, Import, ImportId, Introduction,
    IntroductionId, List, ListId, Login, Member, MemberId, PairEvidence, Person, PersonId,
    Timestamp, Token, TokenHash, Version, Versioned,
};

mod access;
mod audiences;
#[cfg(feature = "test-support")]
pub mod conformance;
mod erasing;
mod introductions;
pub mod neo4j;
mod snapshot;
pub mod sqlite;
mod standing;

pub use access::{Access, BatchNote, BatchesRequest};
pub use audiences::Audiences;
pub use erasing::{Erasing, ErasureNote};
pub use introductions::Introductions;
pub use snapshot::SnapshotFile;

/// A failed call to a store, named by what the caller can do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A change names something that is not there: mend the batch.
    #[error("{0} does not exist")]
    Missing(AnyId),
    /// An expectation of the batch does not hold: look again, then decide.
    #[error("{0}")]
    Conflict(Conflict),
    /// The batch itself is wrong, such as one with too many changes.
    #[error("the batch cannot be taken: {0}")]
    BadBatch(String),
    /// The store cannot be opened as it is; the message says what to do.
    #[error("{0}")]
    CannotOpen(String),
    /// Nobody else can write, or nothing more fits: try again when that is mended.
    #[error("{0}")]
    Unavailable(String),
    /// The back end failed.
    #[error("the {store} store failed")]
    Backend {
        /// Which back end.
        store: &'static str,
        /// What it said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// An expectation that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// It was changed by somebody else.
    #[error("{id} was changed meanwhile: it is at revision {present}")]
    Revision {
        /// What was changed.
        id: AnyId,
        /// Its revision now; 0 if it is not there.
        present: u32,
    },
    /// The connector was asked as often as allowed this month.
    #[error("{connector} was asked {asked} times this month")]
    RequestsBelow {
        /// Who was asked.
        connector: PersonId,
        /// How often.
        asked: u32,
    },
    /// A request of the team waits for the connector's answer already.
    #[error("{0} waits for an answer of the connector already")]
    OpenRequest(IntroductionId),
    /// They were erased, and shall not be told of again.
    #[error(
        "{0} was erased, and nothing may be told of them; exclusions say whom imports leave out"
    )]
    Erased(PersonId),
    /// Another member has this login.
    #[error("the login {0} is taken")]
    LoginTaken(Login),
}

/// The result of a call to a store.
pub type StoreResult<T> = Result<T, StoreError>;

/// What came of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The version of the store after it; the same as before where nothing changed.
    pub version: Version,
    /// Whether the batch had been applied before, so that nothing was done now; the other two
    /// are what was answered then.
    pub repeated: bool,
    /// How many of its changes changed something.
    pub changed: usize,
    /// What came of each of its changes, by their place; empty where it was repeated.
    pub effects: Vec<Effect>,
}

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: it was so already.
    Nothing,
    /// A fact was told that whoever told it could see already.
    Confirmed,
    /// Something is new, at least to whoever did it.
    Changed,
}

/// What a version changed: ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedAt {
    /// By which version.
    pub version: Version,
    /// What; a person is named when a fact about them, evidence too, was told or taken back.
    pub id: AnyId,
}

/// All evidence of one pair of people.
#[derive(Debug, Clone, PartialEq)]
pub struct PairRow {
    /// The one with the lower id.
    pub low: PersonId,
    /// The one with the higher id.
    pub high: PersonId,
    /// The evidence that stands and that the team may see at any level, ordered by time, then id.
    pub evidence: Vec<PairEvidence>,
}

/// An identity key that several have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedKey {
    /// The key.
    pub key: String,
    /// At least two people, or two companies, in order.
    pub holders: Vec<Holder>,
}

/// A person or company that a search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Who was found.
    pub holder: Holder,
    /// How many of the keys they have.
    pub keys_shared: u32,
}

/// What to search for; a candidate shares at least one key, or has a word that begins so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchRequest {
    /// Keys as [`search_keys`](crate::model::search_keys) makes them.
    pub keys: Vec<String>,
    /// A folded word that is perhaps not finished: words that begin with it count as one key.
    pub prefix: Option<String>,
    /// Whether people, companies, or both (`None`) are wanted.
    pub only: Option<HolderKind>,
    /// The most candidates: those with most keys, then people before companies, then the lowest
    /// id.
    pub limit: usize,
}

/// People or companies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HolderKind {
    /// People.
    Person,
    /// Companies.
    Company,
}

/// The most ids, pairs or rows in one call or one page.
pub const PAGE_MAX: usize = 1_000;

/// Refuses a call for more than [`PAGE_MAX`], instead of answering a part of it.
fn check_page(count: usize) -> StoreResult<()> {
    if count <= PAGE_MAX {
        return Ok(());
    }
    let text = format!("{count} are asked for in one call, but {PAGE_MAX} are the most");
    Err(StoreError::BadBatch(text))
}

/// Recorded facts.
///
/// The trait has no type parameter, so that one program can choose its store when it starts. A
/// lookup by ids answers in the order of the ids, with gaps. No call takes more than [`PAGE_MAX`]
/// ids, keys or pairs, nor a greater limit: it is refused as a `BadBatch`, never cut.
#[async_trait]
pub trait Store:
    Access + Audiences + Erasing + Introductions + Send + Sync + std::fmt::Debug
{
    /// The name to show in logs and on the health page.
    fn kind(&self) -> &'static str;

    /// The version: it grows by one with each batch that changed something.
    async fn version(&self) -> StoreResult<Version>;

    /// The same store as it was at a version, for reading alone: what it says of people, companies,
    /// facts and pairs is what it said then. Records (lists, members, tokens, introductions,
    /// imports, exclusions) are as they are now; askings are left out where their introduction was
    /// first recorded later.
    fn as_of(&self, version: Version) -> std::sync::Arc<dyn Store>;

    /// The same store through the eyes of a member: where a method speaks of what the team may see,
    /// it speaks of what this member may see then, which is never less.
    fn seen_by(&self, member: MemberId) -> std::sync::Arc<dyn Store>;

    /// The last version whose batch was applied before a moment; 0 where there is none.
    async fn version_before(&self, moment: Timestamp) -> StoreResult<Version>;

    /// The epoch that began last, if one ever did.
    async fn last_epoch(&self) -> StoreResult<Option<Epoch>>;

    /// Applies a batch: all of it or nothing, and once, however often it is sent. Expectations
    /// are checked inside the transaction. When it returns, the batch outlives a crash.
    ///
    /// A revision is 1 when something is first put or added, and grows with each fact told or
    /// taken back about it that is neither evidence nor a cadence nor a note nor, for a list, an entry. What
    /// is told to one member alone raises it for that member alone; a batch expects revisions as
    /// its author sees them.
    ///
    /// # Errors
    /// `Conflict` when an expectation does not hold or a login is taken, `Missing` when a change
    /// names what is not there (people, companies, lists and facts, but also whoever recorded a
    /// fact, owns it, or is quoted in it), `BadBatch` when it can never be applied; nothing is
    /// changed then.
    async fn apply(&self, batch: &Batch) -> StoreResult<Applied>;

    /// Applies several batches, all of them or none, each as [`apply`](Self::apply) does, and
    /// cheaper than one by one.
    ///
    /// # Errors
    /// Those of the first batch that cannot be applied.
    async fn apply_all(&self, batches: Vec<Batch>) -> StoreResult<Vec<Applied>>;

    /// Streams what changed for the team after a version, in order; within a version ordered by
    /// kind, then id.
    fn stream_changes(&self, after: Version) -> BoxStream<'_, StoreResult<ChangedAt>>;

    /// People with the facts about them that stand, evidence left out; in order of telling, where
    /// a fact that was taken back and told again counts from then on.
    async fn people(&self, ids: &[PersonId]) -> StoreResult<Vec<Option<Person>>>;

    /// Companies with the facts about them that stand, employments left out; ordered as people's.
    async fn companies(&self, ids: &[CompanyId]) -> StoreResult<Vec<Option<Company>>>;

    /// For each company, the standing facts of employments at it, ordered by person, then id.
    async fn staff(&self, companies: &[CompanyId]) -> StoreResult<Vec<Vec<Fact>>>;

    /// The standing employment facts with these employment ids; of several, the one told last of
    /// those of which the team may see all, or else of all.
    async fn employments(
        &self,
        ids: &[crate::model::EmploymentId],
    ) -> StoreResult<Vec<Option<Fact>>>;

    /// Facts by their ids, evidence too; the one read that also returns what was taken back.
    async fn facts(&self, ids: &[FactId]) -> StoreResult<Vec<Option<Fact>>>;

    /// Who has one of these [identity keys](crate::model::Claim::identity_keys) by a fact of which
    /// the team may see all: pairs of the position in `keys` and the holder, ordered.
    async fn holders_of(&self, keys: &[String]) -> StoreResult<Vec<(usize, Holder)>>;

    /// Streams the identity keys that several people, or several companies, have by facts of which
    /// the team may see all, in order of key, people before companies.
    fn stream_shared_keys(&self) -> BoxStream<'_, StoreResult<SharedKey>>;

    /// The secret of the store: the proposed one, or the one that was kept before.
    async fn keep_secret(&self, proposed: [u8; 32]) -> StoreResult<[u8; 32]>;

    /// The ids of people after an id, in order of id, at most `limit`.
    async fn people_after(
        &self,
        after: Option<PersonId>,
        limit: usize,
    ) -> StoreResult<Vec<PersonId>>;

    /// The ids of companies after an id, in order of id, at most `limit`.
    async fn companies_after(
        &self,
        after: Option<CompanyId>,
        limit: usize,
    ) -> StoreResult<Vec<CompanyId>>;

    /// Who shares most keys with a search, by facts of which the team may see all; `service` ranks
    /// them.
    async fn search(&self, request: &SearchRequest) -> StoreResult<Vec<Candidate>>;

    /// Lists by their ids.
    async fn lists(&self, ids: &[ListId]) -> StoreResult<Vec<Option<Versioned<List>>>>;

    /// All lists, in order of id.
    ///
    /// # Errors
    /// `BadBatch` when there are more than [`PAGE_MAX`].
    async fn all_lists(&self) -> StoreResult<Vec<Versioned<List>>>;

    /// The standing facts of entries on a list, ordered by id, at most `limit` after a fact.
    async fn list_entries(
        &self,
        list: ListId,
        after: Option<FactId>,
        limit: usize,
    ) -> StoreResult<Vec<Fact>>;

    /// Members by their ids.
    async fn members(&self, ids: &[MemberId]) -> StoreResult<Vec<Option<Versioned<Member>>>>;

    /// All members, in order of id.
    ///
    /// # Errors
    /// `BadBatch` when there are more than [`PAGE_MAX`].
    async fn all_members(&self) -> StoreResult<Vec<Versioned<Member>>>;

    /// The token with a hash.
    async fn token(&self, hash: TokenHash) -> StoreResult<Option<Token>>;

    /// Introductions by their ids.
    async fn introductions(
        &self,
        ids: &[IntroductionId],
    ) -> StoreResult<Vec<Option<Versioned<Introduction>>>>;

    /// Exclusions after an id, in order of id, at most `limit`; those that were lifted too.
    async fn exclusions_after(
        &self,
        after: Option<ExclusionId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Exclusion>>>;

    /// Calibrations after an id, in order of id, at most `limit`.
    async fn calibrations_after(
        &self,
        after: Option<CalibrationId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Calibration>>>;

    /// All imports, in order of id, at most [`PAGE_MAX`].
    async fn all_imports(&self) -> StoreResult<Vec<Versioned<Import>>>;

    /// The facts that an import told and that were not taken back, in order of telling, at most
    /// `limit`.
    async fn told_by_import(&self, import: ImportId, limit: usize) -> StoreResult<Vec<FactId>>;

    /// Every asking of a connector since a moment, ordered by connector, then time; bounded by how
    /// often people were asked since, so ask for the time that a load lasts.
    async fn asks_since(&self, since: Timestamp) -> StoreResult<Vec<AskOfConnector>>;

    /// For each pair, lower id first, the evidence that stands and that the team may see at any
    /// level, ordered by time, then id.
    async fn evidence_of_pairs(&self, pairs: &[(PersonId, PersonId)]) -> StoreResult<Vec<PairRow>>;

    /// The pairs that one of these people is in, with evidence that stands and that the team may
    /// see at any level; lower id first, in order.
    async fn pairs_of(&self, people: &[PersonId]) -> StoreResult<Vec<(PersonId, PersonId)>>;

    /// Streams the ids of all people, in order.
    fn stream_people(&self) -> BoxStream<'_, StoreResult<PersonId>>;

    /// Streams all pairs with evidence that stands and that the team, whoever looks, may see at any
    /// level, each once, in an order of the store's own. One moment is seen: a write during the
    /// stream changes nothing in it.
    fn stream_pairs(&self) -> BoxStream<'_, StoreResult<PairRow>>;

    /// Streams the identity keys that somebody has by facts of which whoever looks sees all and the
    /// team does not, in order of key, people before companies. None where the team looks.
    fn stream_own_keys(&self) -> BoxStream<'_, StoreResult<(String, Holder)>>;

    /// Streams the pairs, lower id first, of which whoever looks sees more than the team: evidence
    /// that the team does not see, or of which it sees the bare tie. None where the team looks.
    fn stream_own_pairs(&self) -> BoxStream<'_, StoreResult<(PersonId, PersonId)>>;

    /// Streams all evidence that stands, whoever may see it, in order of id.
    fn stream_evidence(&self) -> BoxStream<'_, StoreResult<Fact>>;

    /// Streams the standing employments that the team may see at level `Evidence`, in order of
    /// company, then person.
    fn stream_employments(&self) -> BoxStream<'_, StoreResult<Employment>>;
}
