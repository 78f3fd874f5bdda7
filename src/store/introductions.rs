//! The part of the port that is about introductions and limits to being asked.

use async_trait::async_trait;

use super::StoreResult;
use crate::model::{
    AnyId, AskRules, Fact, FactId, Introduction, IntroductionId, MemberId, Silence, Versioned,
};

/// Introductions by who has a part in them, silences, and limits: as they are now, whichever version
/// a store looks at.
#[async_trait]
pub trait Introductions {
    /// The introductions in which one of these people or approving members has a part, in order of
    /// id after one, at most `limit`.
    async fn introductions_of(
        &self,
        parties: &[AnyId],
        after: Option<IntroductionId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Introduction>>>;

    /// Notes that a member keeps silent about an introduction; the first time stays. That is no
    /// change: the version stays, and no batch tells of it.
    ///
    /// # Errors
    /// `Missing` where there is no such introduction or member.
    async fn note_silence(&self, silence: Silence) -> StoreResult<()>;

    /// About which introductions a member keeps silent, in order of id.
    async fn silences_of(&self, member: MemberId) -> StoreResult<Vec<Silence>>;

    /// What these members want of those who ask them, with gaps where they set nothing.
    async fn ask_rules(
        &self,
        members: &[MemberId],
    ) -> StoreResult<Vec<Option<Versioned<AskRules>>>>;

    /// What all members want of those who ask them, in order of id, at most
    /// [`PAGE_MAX`](super::PAGE_MAX); where a past version is looked at, of those who had said
    /// something by then.
    async fn all_ask_rules(&self) -> StoreResult<Vec<Versioned<AskRules>>>;

    /// What stands of how often people are willing to be asked, in order of id after one, at most
    /// `limit`; where a past version is looked at, what stood then.
    async fn ask_limits(&self, after: Option<FactId>, limit: usize) -> StoreResult<Vec<Fact>>;
}
