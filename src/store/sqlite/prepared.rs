//! What of a batch can be computed before its turn to be written.

use std::sync::mpsc;

use super::{codec::write_json, error::backend};
use crate::{
    model::{BATCH_CHANGES_MAX, Batch, Change, FactId, Telling},
    store::{StoreError, StoreResult},
};

/// Batches of fewer changes together are prepared by whoever writes them.
const CHANGES_MIN: usize = 1_000;

/// How many prepared batches wait to be written.
const WAITING_MAX: usize = 1;

/// Batches on their way to be written, prepared in time.
pub(super) struct InOrder {
    left: usize,
    batches: Coming,
}

enum Coming {
    Here(std::vec::IntoIter<Batch>),
    /// From a thread that prepares the next while one is written.
    There(mpsc::Receiver<StoreResult<Prepared>>),
}

/// Prepares batches in their order, on a thread of its own where that is worth one.
///
/// # Errors
/// When there is no thread to be had.
pub(super) fn in_order(batches: Vec<Batch>) -> StoreResult<InOrder> {
    let left = batches.len();
    if batches.iter().map(|batch| batch.changes.len()).sum::<usize>() < CHANGES_MIN {
        return Ok(InOrder { left, batches: Coming::Here(batches.into_iter()) });
    }
    let (send, receive) = mpsc::sync_channel(WAITING_MAX);
    let prepare = move || {
        // Whoever writes stops at the first failure, and listens no more.
        let mut prepared = batches.into_iter().map(Prepared::new);
        while prepared.next().is_some_and(|batch| send.send(batch).is_ok()) {}
    };
    let thread = std::thread::Builder::new().name("store-preparer".to_owned()).spawn(prepare);
    thread.map_err(backend)?;
    Ok(InOrder { left, batches: Coming::There(receive) })
}

impl Iterator for InOrder {
    type Item = StoreResult<Prepared>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(match &mut self.batches {
            Coming::Here(batches) => Prepared::new(batches.next()?),
            // One that never comes must not pass for the end.
            Coming::There(batches) => batches.recv().map_err(backend).flatten(),
        })
    }
}

/// A batch with everything that needs no look into the file, so that whoever writes is not held up
/// by it.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) batch: Batch,
    /// One for each change.
    pub(super) tellings: Vec<Option<Written>>,
}

/// A fact as it will be written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) id: FactId,
    /// Its claim, as JSON.
    pub(super) claim: String,
}

impl Prepared {
    /// Computes the ids and texts of a batch.
    ///
    /// # Errors
    /// `BadBatch` when it has too many changes.
    pub(super) fn new(batch: Batch) -> StoreResult<Self> {
        let changes = batch.changes.len();
        if changes > BATCH_CHANGES_MAX {
            let text = format!("it has {changes} changes, but {BATCH_CHANGES_MAX} are the most");
            return Err(StoreError::BadBatch(text));
        }
        let written = |change: &Change| match change {
            Change::Tell(telling) => Written::of(telling).map(Some),
            _ => Ok(None),
        };
        let tellings = batch.changes.iter().map(written).collect::<StoreResult<_>>()?;
        Ok(Self { batch, tellings })
    }
}

impl Written {
    fn of(telling: &Telling) -> StoreResult<Self> {
        Ok(Self { id: telling.fact_id(), claim: write_json(&telling.claim)? })
    }
}
