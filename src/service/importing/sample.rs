//! Bringing the sample in.

use crate::{
    model::{Batch, Timestamp},
    sample,
    store::Store,
};

use crate::service::{ServiceError, ServiceResult, Tertius};

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
        mut progress: impl FnMut(&Batch, ImportProgress) + Send,
    ) -> ServiceResult<ImportProgress> {
        let world = sample::ecosystem(&sample_options(size));
        if !holds_sample(&*self.store).await? && self.store.version().await?.0 > 0 {
            return Err(ServiceError::invalid(
                "sample",
                "this store holds other facts already, and the sample keeps a store of its own: \
                 name a new file with --store sqlite:FILE",
            ));
        }
        let mut so_far = ImportProgress::default();
        for batch in world.batches() {
            let applied = self.store.apply(&batch).await?;
            so_far.batches += 1;
            so_far.changes += batch.changes.len();
            so_far.new += applied.changed;
            progress(&batch, so_far);
        }
        self.begin_epoch().await?;
        Ok(so_far)
    }
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

/// The moment at which the sample's clock stands.
pub fn sample_now() -> Timestamp {
    sample::Options::default().now()
}
