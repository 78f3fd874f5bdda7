//! The part of the port that says what a member told, and what they never show.

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use super::StoreResult;
use crate::model::{AudienceRule, Fact, ImportId, MemberId, Versioned};

/// What one member told, and the rules by which they show it: as it is now, whichever version a
/// store looks at.
#[async_trait]
pub trait Audiences {
    /// Streams the facts that a member recorded and did not take back, or of those what one import
    /// told, in order of telling, each once. One moment is seen: a write during the stream changes
    /// nothing in it.
    ///
    /// # Complexity
    /// Linear in what they recorded.
    fn stream_told_by(
        &self,
        member: MemberId,
        import: Option<ImportId>,
    ) -> BoxStream<'_, StoreResult<Fact>>;

    /// The rules of a member, in order of id, those that were lifted too; at most
    /// [`PAGE_MAX`](super::PAGE_MAX).
    async fn audience_rules_of(
        &self,
        member: MemberId,
    ) -> StoreResult<Vec<Versioned<AudienceRule>>>;
}
