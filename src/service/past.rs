//! Past days: the network as it was, by what was recorded by then.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OnceCell, Semaphore};

use crate::{
    model::{Day, Epoch},
    store::Store,
};

use super::{
    ServiceError, ServiceResult, Snapshots, Tertius, Viewer, identity::Recorded, picture::Picture,
};

/// How many past days are kept; the one that was asked for longest ago goes first.
const DAYS_KEPT: usize = 4;

/// How long a question waits for a past day to be folded; the folding goes on.
const WAIT: Duration = Duration::from_mins(1);

/// A past day, which is folded when it is first asked for.
type PastDay = Arc<OnceCell<Arc<Picture>>>;

/// The past days that were asked for last.
#[derive(Debug)]
pub(super) struct Pasts {
    /// The one asked for last comes last.
    days: Mutex<Vec<(Epoch, PastDay)>>,
    one_at_a_time: Arc<Semaphore>,
}

impl Default for Pasts {
    fn default() -> Self {
        Self { days: Mutex::default(), one_at_a_time: Arc::new(Semaphore::new(1)) }
    }
}

impl Pasts {
    fn day(&self, epoch: Epoch) -> PastDay {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let known = days.iter().position(|(known, _)| *known == epoch);
        let found = known.map_or_else(|| (epoch, PastDay::default()), |at| days.remove(at));
        let day = Arc::clone(&found.1);
        days.push(found);
        if days.len() > DAYS_KEPT {
            days.remove(0);
        }
        day
    }

    /// Forgets all days.
    pub(super) fn forget(&self) {
        self.days.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn picture(&self, store: &Arc<dyn Store>, epoch: Epoch) -> ServiceResult<Arc<Picture>> {
        let day = self.day(epoch);
        if let Some(picture) = day.get() {
            return Ok(Arc::clone(picture));
        }
        let (past, turn) = (store.as_of(epoch.version), Arc::clone(&self.one_at_a_time));
        // On its own: whoever asked may go away, and the next one finds it done.
        let folding = tokio::spawn(async move {
            let fold = || async {
                let _turn = turn.acquire().await;
                Picture::fold(&past, epoch, &Snapshots::default()).await.map(Arc::new)
            };
            day.get_or_try_init(fold).await.cloned()
        });
        let busy = |_| ServiceError::Busy {
            reason: "the network of that day is being folded",
            retry_after_ms: 5_000,
        };
        let folded = tokio::time::timeout(WAIT, folding).await.map_err(busy)?;
        folded.map_err(|error| ServiceError::Internal(Box::new(error)))?
    }
}

impl Tertius {
    /// What the team's questions are answered from, as of the viewer's day.
    pub(super) async fn picture_of_team(&self, viewer: &Viewer) -> ServiceResult<Arc<Picture>> {
        let present = self.picture.load_full();
        match viewer.day() {
            Some(day) if day < present.epoch.day => self.picture_on(day).await,
            Some(day) if day > present.epoch.day => {
                Err(ServiceError::invalid("asOf", format!("{day} is still to come")))
            }
            _ => Ok(present),
        }
    }

    /// The viewer as of a day: who asks as of today asks as of the present.
    ///
    /// # Errors
    /// `Invalid` for a day that is still to come.
    pub fn viewer_as_of(
        &self,
        viewer: &Viewer,
        argument: &'static str,
        day: Option<Day>,
    ) -> ServiceResult<Viewer> {
        let today = self.today();
        match day {
            Some(day) if day > today => {
                Err(ServiceError::invalid(argument, format!("{day} is still to come")))
            }
            day => Ok(viewer.as_of(day.filter(|day| *day < today))),
        }
    }

    /// What was recorded, as the viewer's question looks at it.
    pub(super) async fn recorded_of(&self, viewer: &Viewer) -> ServiceResult<Recorded> {
        Ok(self.picture_of(viewer).await?.recorded.clone())
    }

    async fn picture_on(&self, day: Day) -> ServiceResult<Arc<Picture>> {
        let version = self.store.version_before(day.end()).await?;
        self.pasts.picture(&self.store, Epoch { version, day }).await
    }
}
