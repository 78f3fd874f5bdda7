//! The part of the port that erases people, and says what is kept about them.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};

use super::StoreResult;
use crate::model::{Erasure, ErasureId, Exclusion, Fact, PersonId, Traces, Versioned};

/// An erasure as it is noted beside the store, so that a copy that was made before it learns of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureNote {
    /// The receipt.
    pub erasure: Erasure,
    /// By what imports leave them out.
    pub exclusions: Vec<Exclusion>,
}

/// What is kept about people, and how it goes: as it is now, whichever version a store looks at.
#[async_trait]
pub trait Erasing {
    /// Streams all facts that name one of these people, evidence too, whoever may see them, and
    /// those that were taken back; in order of telling. It walks over all facts.
    fn stream_naming(&self, people: Vec<PersonId>) -> BoxStream<'_, StoreResult<Fact>>;

    /// Erasures after an id, in order of id, at most `limit`.
    async fn erasures_after(
        &self,
        after: Option<ErasureId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Erasure>>>;

    /// Erasures that were done in this store after it was as it is now: it is a copy that was put
    /// back, or somebody stopped in the middle. In order of doing.
    ///
    /// # Errors
    /// `CannotOpen` when the notes cannot be read.
    async fn erasures_to_repeat(&self) -> StoreResult<Vec<ErasureNote>>;

    /// Takes what was erased out of the files of the store, to the last byte; false where somebody
    /// still reads what was before, so that it must be tried again. Where nothing waits for it, it
    /// does nothing. It may write the store anew, and nobody else writes meanwhile.
    async fn wipe(&self, traces: Option<Traces>) -> StoreResult<bool>;
}
