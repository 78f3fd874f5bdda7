//! The one bounded pool for searches, which may take longer than a millisecond.

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::{Semaphore, oneshot};

use crate::algo::{Stop, Stopped};

use super::{ServiceError, ServiceResult};

/// A pool of threads for computing, with a bounded queue and a deadline for each job.
///
/// A job holds no lock and gets a [`Stop`] that it must look at: when the deadline passes, or
/// nobody waits for the answer any more, the work ends.
#[derive(Clone)]
pub struct Compute {
    pool: Arc<rayon::ThreadPool>,
    waiting: Arc<Semaphore>,
    waiting_max: usize,
    deadline: Duration,
}

impl fmt::Debug for Compute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compute")
            .field("threads", &self.pool.current_num_threads())
            .finish_non_exhaustive()
    }
}

/// Stops a job when nobody waits for it any more.
struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Compute {
    /// A pool with a thread for each core.
    ///
    /// # Errors
    /// When the operating system gives no threads.
    pub fn new(waiting_max: usize, deadline_ms: u64) -> ServiceResult<Self> {
        let pool = rayon::ThreadPoolBuilder::new()
            .thread_name(|at| format!("compute-{at}"))
            .build()
            .map_err(|error| ServiceError::Internal(Box::new(error)))?;
        Ok(Self {
            pool: Arc::new(pool),
            waiting: Arc::new(Semaphore::new(waiting_max)),
            waiting_max,
            deadline: Duration::from_millis(deadline_ms),
        })
    }

    /// How many jobs run or wait.
    pub fn jobs(&self) -> usize {
        self.waiting_max - self.waiting.available_permits()
    }

    /// Runs a job in the pool.
    ///
    /// # Errors
    /// `Busy` when too many jobs wait, or the deadline passes.
    pub async fn run<T, F>(&self, job: F) -> ServiceResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&Stop) -> Result<T, Stopped> + Send + 'static,
    {
        let too_many =
            ServiceError::Busy { reason: "too many questions wait", retry_after_ms: 200 };
        let permit = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| too_many)?;
        let stop = Stop::default();
        let (answer, answered) = oneshot::channel();
        let for_job = stop.clone();
        self.pool.spawn(move || {
            let _held_until_done = permit;
            // Nobody may be left to hear it; that is no fault.
            drop(answer.send(job(&for_job)));
        });
        let _stops_when_dropped = StopOnDrop(stop);
        let too_slow =
            || ServiceError::Busy { reason: "the question took too long", retry_after_ms: 1_000 };
        match tokio::time::timeout(self.deadline, answered).await {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(Stopped))) | Err(_) => Err(too_slow()),
            Ok(Err(gone)) => Err(ServiceError::Internal(Box::new(gone))),
        }
    }
}
