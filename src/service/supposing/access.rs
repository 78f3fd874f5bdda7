//! Who comes in, and who did what, under a hypothesis: as it is recorded.

use async_trait::async_trait;

use super::layer::SupposedStore;
use crate::{
    model::{Invitation, InvitationId, Timestamp, Token, TokenId, Versioned},
    store::{Access, BatchNote, BatchesRequest, StoreError, StoreResult},
};

#[async_trait]
impl Access for SupposedStore {
    async fn tokens_after(
        &self,
        after: Option<TokenId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Token>>> {
        self.inner.tokens_after(after, limit).await
    }

    async fn token_uses(&self, ids: &[TokenId]) -> StoreResult<Vec<Option<Timestamp>>> {
        self.inner.token_uses(ids).await
    }

    async fn note_token_use(&self, _: TokenId, _: Timestamp) -> StoreResult<()> {
        Err(StoreError::BadBatch("nothing is written under a hypothesis".to_owned()))
    }

    async fn invitations(
        &self,
        ids: &[InvitationId],
    ) -> StoreResult<Vec<Option<Versioned<Invitation>>>> {
        self.inner.invitations(ids).await
    }

    async fn invitations_after(
        &self,
        after: Option<InvitationId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Invitation>>> {
        self.inner.invitations_after(after, limit).await
    }

    async fn batches(&self, request: BatchesRequest) -> StoreResult<Vec<BatchNote>> {
        self.inner.batches(request).await
    }
}
