//! Who comes in, who did what and who was erased, under a hypothesis: as it is recorded.

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use super::layer::SupposedStore;
use crate::{
    model::{
        AnyId, AskRules, AudienceRule, Erasure, ErasureId, Fact, FactId, ImportId, Introduction,
        IntroductionId, Invitation, InvitationId, MemberId, PersonId, Silence, Timestamp, Token,
        TokenId, Traces, Versioned,
    },
    store::{
        Access, Audiences, BatchNote, BatchesRequest, Erasing, ErasureNote, Introductions,
        StoreError, StoreResult,
    },
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

#[async_trait]
impl Introductions for SupposedStore {
    async fn introductions_of(
        &self,
        parties: &[AnyId],
        after: Option<IntroductionId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Introduction>>> {
        self.inner.introductions_of(parties, after, limit).await
    }

    async fn note_silence(&self, _: Silence) -> StoreResult<()> {
        Err(StoreError::BadBatch("nothing is written under a hypothesis".to_owned()))
    }

    async fn silences_of(&self, member: MemberId) -> StoreResult<Vec<Silence>> {
        self.inner.silences_of(member).await
    }

    async fn ask_rules(
        &self,
        members: &[MemberId],
    ) -> StoreResult<Vec<Option<Versioned<AskRules>>>> {
        self.inner.ask_rules(members).await
    }

    async fn all_ask_rules(&self) -> StoreResult<Vec<Versioned<AskRules>>> {
        self.inner.all_ask_rules().await
    }

    async fn ask_limits(&self, after: Option<FactId>, limit: usize) -> StoreResult<Vec<Fact>> {
        self.inner.ask_limits(after, limit).await
    }
}

#[async_trait]
impl Audiences for SupposedStore {
    fn stream_told_by(
        &self,
        member: MemberId,
        import: Option<ImportId>,
    ) -> BoxStream<'_, StoreResult<Fact>> {
        self.inner.stream_told_by(member, import)
    }

    async fn audience_rules_of(
        &self,
        member: MemberId,
    ) -> StoreResult<Vec<Versioned<AudienceRule>>> {
        self.inner.audience_rules_of(member).await
    }
}

#[async_trait]
impl Erasing for SupposedStore {
    fn stream_naming(&self, people: Vec<PersonId>) -> BoxStream<'_, StoreResult<Fact>> {
        self.inner.stream_naming(people)
    }

    async fn erasures_after(
        &self,
        after: Option<ErasureId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Erasure>>> {
        self.inner.erasures_after(after, limit).await
    }

    async fn erasures_to_repeat(&self) -> StoreResult<Vec<ErasureNote>> {
        self.inner.erasures_to_repeat().await
    }

    async fn wipe(&self, _: Option<Traces>) -> StoreResult<bool> {
        Err(StoreError::BadBatch("nothing is written under a hypothesis".to_owned()))
    }
}
