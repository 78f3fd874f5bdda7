//! What of a batch can be computed before its turn to be written.

use crate::{
    model::{BATCH_CHANGES_MAX, Batch, Change, FactId},
    store::{StoreError, StoreResult},
};

/// A batch with the facts that its changes are about.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) batch: Batch,
    /// One for each change.
    pub(super) facts: Vec<Option<FactId>>,
}

impl Prepared {
    /// Computes the ids of a batch's facts.
    ///
    /// # Errors
    /// `BadBatch` when it has too many changes.
    pub(super) fn new(batch: Batch) -> StoreResult<Self> {
        let changes = batch.changes.len();
        if changes > BATCH_CHANGES_MAX {
            let text = format!("it has {changes} changes, but {BATCH_CHANGES_MAX} are the most");
            return Err(StoreError::BadBatch(text));
        }
        let fact = |change: &Change| match change {
            Change::Tell(telling) => Some(telling.fact_id()),
            Change::Retract { fact, .. } | Change::SetAudience { fact, .. } => Some(*fact),
            _ => None,
        };
        let facts = batch.changes.iter().map(fact).collect();
        Ok(Self { batch, facts })
    }

    /// The changes from one on, each with the fact that it is about.
    pub(super) fn changes_from(
        &self,
        first: usize,
    ) -> impl Iterator<Item = (&Change, Option<FactId>)> {
        self.batch.changes.iter().zip(self.facts.iter().copied()).skip(first)
    }
}
