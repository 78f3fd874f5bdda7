//! Batches on their way into the store: several go at a time, while the next are made.

use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::{
    model::{Batch, Change},
    store::{Applied, Effect, Store, StoreResult},
};

use crate::service::{ServiceError, ServiceResult};

/// How many batches go into the store at a time; the first alone, so that there is soon something
/// to tell. Facts lie at random places of it, so that the
/// more go at once, the fewer pages are written twice; each holds some megabytes of memory.
const TOGETHER: usize = 6;

/// What is remembered of a change until it is known what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    Company,
    Tell,
    Other,
}

/// A batch without its changes.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) kinds: Vec<Kind>,
    /// Where each record among the changes ends.
    pub(super) ends: Vec<usize>,
}

/// What came of a batch.
pub(super) type Outcome = (Sealed, Vec<Effect>);

type Applying = JoinHandle<StoreResult<Vec<Applied>>>;

/// Hands batches to the store.
pub(super) struct Committer {
    store: Arc<dyn Store>,
    together: usize,
    group: Vec<Batch>,
    sealed: Vec<Sealed>,
    under_way: Option<(Applying, Vec<Sealed>)>,
}

impl Sealed {
    pub(super) fn of(changes: &[Change], ends: Vec<usize>) -> Self {
        let kind = |change: &Change| match change {
            Change::AddPerson(_) => Kind::Person,
            Change::AddCompany(_) => Kind::Company,
            Change::Tell(_) => Kind::Tell,
            _ => Kind::Other,
        };
        Self { kinds: changes.iter().map(kind).collect(), ends }
    }
}

impl Committer {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, together: 1, group: Vec::new(), sealed: Vec::new(), under_way: None }
    }

    /// Takes a batch; says what came of those whose end is known by now.
    pub(super) async fn push(
        &mut self,
        batch: Batch,
        ends: Vec<usize>,
    ) -> ServiceResult<Vec<Outcome>> {
        self.sealed.push(Sealed::of(&batch.changes, ends));
        self.group.push(batch);
        if self.group.len() < self.together { Ok(Vec::new()) } else { self.send().await }
    }

    /// Applies what is left; says what came of everything that was not told yet.
    pub(super) async fn finish(&mut self) -> ServiceResult<Vec<Outcome>> {
        let mut outcomes = self.send().await?;
        outcomes.extend(self.arrived().await?);
        Ok(outcomes)
    }

    async fn send(&mut self) -> ServiceResult<Vec<Outcome>> {
        let outcomes = self.arrived().await?;
        let (group, sealed) = (std::mem::take(&mut self.group), std::mem::take(&mut self.sealed));
        if !group.is_empty() {
            let store = Arc::clone(&self.store);
            let applying = tokio::spawn(async move { store.apply_all(group).await });
            self.under_way = Some((applying, sealed));
            self.together = (self.together + 1).min(TOGETHER);
        }
        Ok(outcomes)
    }

    async fn arrived(&mut self) -> ServiceResult<Vec<Outcome>> {
        let Some((applying, sealed)) = self.under_way.take() else { return Ok(Vec::new()) };
        let applied = applying.await.map_err(|error| ServiceError::Internal(Box::new(error)))??;
        Ok(sealed.into_iter().zip(applied.into_iter().map(|applied| applied.effects)).collect())
    }
}
