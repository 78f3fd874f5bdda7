//! Bringing the sample in.

use crate::{
    model::{Batch, BatchId, Timestamp},
    sample,
    store::Store,
};

use crate::service::{ServiceError, ServiceResult, Tertius};

/// How many changes, of several days, are applied in one step.
const CHANGES_TOGETHER: usize = 5_000;

/// How large a sample is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleSize {
    /// How many people there are in it; never fewer than the story needs.
    pub people: usize,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportProgress {
    /// Batches that were applied and are safe.
    pub batches: usize,
    /// Changes in them.
    pub changes: usize,
    /// Changes that changed something.
    pub new: usize,
}

impl Tertius {
    /// Brings the sample into an empty store, or into one that holds a part of it: what is there
    /// already stays as it is. Says after each batch how far it has come.
    ///
    /// # Errors
    /// `Invalid` when the store holds anything else; the sample keeps a store of its own.
    pub async fn import_sample(
        &self,
        size: SampleSize,
        mut progress: impl FnMut(BatchId, ImportProgress) + Send,
    ) -> ServiceResult<ImportProgress> {
        let world = sample::ecosystem(&sample_options(size));
        if !holds_sample(&*self.store).await? && holds_anything(&*self.store).await? {
            return Err(ServiceError::invalid(
                "sample",
                "this store holds other facts already, and the sample keeps a store of its own: \
                 name a new file with --store sqlite:FILE",
            ));
        }
        let mut so_far = ImportProgress::default();
        let mut batches = world.batches();
        while let Some(group) = some_days(&mut batches) {
            let parts: Vec<_> = group.iter().map(|batch| (batch.id, batch.changes.len())).collect();
            let applied = self.store.apply_all(group).await?;
            for ((id, changes), applied) in parts.into_iter().zip(applied) {
                so_far.batches += 1;
                so_far.changes += changes;
                so_far.new += applied.changed;
                progress(id, so_far);
            }
        }
        self.begin_epoch().await?;
        Ok(so_far)
    }
}

/// The next batches that are applied in one step, if there are any.
fn some_days(batches: &mut impl Iterator<Item = Batch>) -> Option<Vec<Batch>> {
    let mut group = vec![batches.next()?];
    let mut changes = group[0].changes.len();
    while changes < CHANGES_TOGETHER
        && let Some(batch) = batches.next()
    {
        changes += batch.changes.len();
        group.push(batch);
    }
    Some(group)
}

fn sample_options(size: SampleSize) -> sample::Options {
    sample::Options { people: size.people, ..sample::Options::default() }
}

impl Default for SampleSize {
    fn default() -> Self {
        Self { people: sample::Options::default().people }
    }
}

/// Whether a store holds the sample: then today is the sample's last day.
///
/// # Errors
/// When the store fails.
pub async fn holds_sample(store: &dyn Store) -> ServiceResult<bool> {
    let mark = sample::Options::default().mark();
    Ok(store.members(&[mark]).await?.pop().flatten().is_some())
}

async fn holds_anything(store: &dyn Store) -> ServiceResult<bool> {
    let people = store.people_after(None, 1).await?;
    Ok(!people.is_empty() || !store.companies_after(None, 1).await?.is_empty())
}

/// The moment at which the sample's clock stands.
pub fn sample_now() -> Timestamp {
    sample::Options::default().now()
}
