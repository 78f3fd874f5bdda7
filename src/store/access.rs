//! The part of the port that says who comes in, and who did what.

use async_trait::async_trait;

use super::StoreResult;
use crate::model::{
    AnyId, Author, BatchId, ImportId, Invitation, InvitationId, Timestamp, Token, TokenId, Version,
    Versioned,
};

/// A batch that changed something, without what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchNote {
    /// Which batch.
    pub id: BatchId,
    /// The version that it made.
    pub version: Version,
    /// Who did it.
    pub author: Author,
    /// When.
    pub at: Timestamp,
    /// How many of its changes changed something.
    pub changes: usize,
    /// What it touched, by kind: the word of the kind and how many, in order of the kinds.
    pub kinds: Vec<(&'static str, usize)>,
    /// The first of what it touched, ordered by kind, then id; at most [`BatchNote::IDS_MAX`].
    pub ids: Vec<AnyId>,
    /// The import that told its facts, if one did.
    pub import: Option<ImportId>,
}

impl BatchNote {
    /// How many of the ids that a batch touched are named.
    pub const IDS_MAX: usize = 100;
}

/// Which batches are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchesRequest {
    /// Only those before this version.
    pub before: Option<Version>,
    /// Only those of one author.
    pub author: Option<Author>,
    /// Only those since a moment.
    pub since: Option<Timestamp>,
    /// The most batches.
    pub limit: usize,
}

/// Tokens, invitations, and the trail of what was done: as they are now, whichever version a
/// store looks at.
#[async_trait]
pub trait Access {
    /// Tokens after an id, in order of id, at most `limit`; those that ended too.
    async fn tokens_after(
        &self,
        after: Option<TokenId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Token>>>;

    /// When each of these tokens was last noted as used.
    async fn token_uses(&self, ids: &[TokenId]) -> StoreResult<Vec<Option<Timestamp>>>;

    /// Notes that a token was used at a moment, unless a later use is noted. That is no change:
    /// the version stays. A token that is not there has no uses.
    async fn note_token_use(&self, id: TokenId, at: Timestamp) -> StoreResult<()>;

    /// Invitations by their ids.
    async fn invitations(
        &self,
        ids: &[InvitationId],
    ) -> StoreResult<Vec<Option<Versioned<Invitation>>>>;

    /// Invitations after an id, in order of id, at most `limit`; those that ended too.
    async fn invitations_after(
        &self,
        after: Option<InvitationId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Invitation>>>;

    /// The batches that changed something, the newest first. They are only ever added. Those that
    /// make or lift a rule about audiences are left out: nobody but its owner is told that there is
    /// one.
    async fn batches(&self, request: BatchesRequest) -> StoreResult<Vec<BatchNote>>;
}
