//! Keeping the network up to date: with imports, with what others write, and with the day.

use std::sync::{Arc, atomic::Ordering};

use crate::{
    model::{Author, Batch, BatchId, Change, Day, Epoch},
    store::{Store, StoreError},
};

use super::{Clock, Ids, ServiceResult, Tertius, picture::Picture, snapshots::Snapshots};

/// An import that touches more pairs than this is no small change of a network.
const PAIRS_FOLLOWED_MAX: usize = 100_000;

/// The picture with which a process begins: of the epoch that the last one had, if it is of today,
/// so that the answers stay the same.
pub(super) async fn first_picture(
    store: &Arc<dyn Store>,
    clock: &dyn Clock,
    ids: &dyn Ids,
    snapshots: &Snapshots,
) -> ServiceResult<Picture> {
    let last = store.last_epoch().await?;
    let epoch = match last.filter(|epoch| serves_on(*epoch, clock.now().day())) {
        Some(epoch) => epoch,
        None => record_epoch(&**store, clock, ids).await?,
    };
    Picture::fold(store, epoch, snapshots).await?.followed_to_the_end(store).await
}

/// Whether an epoch is of a day. A clock that was set back a little does no harm.
fn serves_on(epoch: Epoch, day: Day) -> bool {
    epoch.day == day || epoch.day == day.plus(1)
}

/// Begins an epoch with everything that is recorded by now.
///
/// Where nobody can write just now, there is one that only this process knows.
async fn record_epoch(store: &dyn Store, clock: &dyn Clock, ids: &dyn Ids) -> ServiceResult<Epoch> {
    let at = clock.now();
    let unrecorded = Epoch { version: store.version().await?, day: at.day() };
    let batch = Batch {
        id: BatchId::new(ids.fresh()),
        author: Author::System,
        at,
        expects: Vec::new(),
        changes: vec![Change::BeginEpoch(at.day())],
    };
    match store.apply(&batch).await {
        Ok(_) => {
            let last = store.last_epoch().await?;
            Ok(last.filter(|epoch| epoch.day == at.day()).unwrap_or(unrecorded))
        }
        Err(StoreError::Unavailable(_)) => Ok(unrecorded),
        Err(error) => Err(error.into()),
    }
}

impl Tertius {
    /// Takes in what others have written into the store since, and begins a new epoch when a new
    /// day has come. Where nothing has happened it costs one small read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn keep_up(&self) -> ServiceResult<()> {
        if self.unwiped.load(Ordering::Relaxed) {
            self.wipe(None).await?;
        }
        let picture = self.picture.load_full();
        if !serves_on(picture.epoch, self.clock.now().day()) {
            self.begin_epoch().await?;
            return self.forget_old_evidence().await;
        }
        // What is imported here is taken in when it is done.
        if picture.has_followed(self.store.version().await?) || self.imports.any_runs() {
            return Ok(());
        }
        match self.store.last_epoch().await? {
            Some(last) if last.version > picture.epoch.version => {
                let _one_at_a_time = self.folding.lock().await;
                self.fold_for(last).await?;
                // Somebody may have been erased.
                self.forget_pictures();
                Ok(())
            }
            _ => self.follow(usize::MAX).await.map(drop),
        }
    }

    /// Takes in an import, or the undoing of one: pair by pair where it is small beside the whole,
    /// else as a new epoch.
    pub(super) async fn take_in(&self) -> ServiceResult<()> {
        let (_, ties) = self.network_size();
        let most = PAIRS_FOLLOWED_MAX.min(ties / 4);
        if self.follow(most).await? { Ok(()) } else { self.begin_epoch().await }
    }

    /// Begins a new epoch, and folds the network for it while questions and writes go on.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn begin_epoch(&self) -> ServiceResult<()> {
        let _one_at_a_time = self.folding.lock().await;
        let epoch = record_epoch(&*self.store, &*self.clock, &*self.ids).await?;
        self.fold_for(epoch).await
    }

    /// Forgets what is kept of past days and of members' views.
    pub(super) fn forget_pictures(&self) {
        self.pasts.forget();
        self.maps.forget();
        self.views.forget();
    }

    /// Follows what was written, if it touches no more than so many pairs; says whether it did.
    async fn follow(&self, pairs_max: usize) -> ServiceResult<bool> {
        let _in_order = self.writing.lock().await;
        let next = self.picture.load_full().caught_up(&self.store, pairs_max).await?;
        let Some(next) = next else { return Ok(false) };
        self.picture.store(Arc::new(next));
        Ok(true)
    }

    pub(super) async fn fold_for(&self, epoch: Epoch) -> ServiceResult<()> {
        if self.picture.load().epoch == epoch {
            return self.follow(usize::MAX).await.map(drop);
        }
        let folded = Picture::fold(&self.store, epoch, &self.snapshots).await?;
        // Most of what was written meanwhile is followed before writers have to wait.
        let nearly = folded.followed_to_the_end(&self.store).await?;
        let _in_order = self.writing.lock().await;
        let next = nearly.followed_to_the_end(&self.store).await?;
        self.picture.store(Arc::new(next));
        Ok(())
    }
}
