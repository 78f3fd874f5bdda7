//! How a computation is told to stop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A request to stop, shared with whoever may make it; a clone is the same request.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Request>);

#[derive(Debug, Default)]
struct Request {
    made: AtomicBool,
    /// After how many looks it makes itself; 0 for never.
    #[cfg(test)]
    looks_left: std::sync::atomic::AtomicU64,
}

/// A computation that was told to stop, and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the computation was told to stop")]
pub struct Stopped;

impl Stop {
    /// A request that nobody has made yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the request.
    pub fn stop(&self) {
        self.0.made.store(true, Ordering::Relaxed);
    }

    /// A request that will be made when it was looked for so many times.
    #[cfg(test)]
    pub(super) fn after(looks: u64) -> Self {
        let stop = Self::default();
        stop.0.looks_left.store(looks, Ordering::Relaxed);
        stop
    }

    /// Ends the computation if the request was made.
    ///
    /// # Errors
    /// [`Stopped`] from then on.
    pub fn check(&self) -> Result<(), Stopped> {
        #[cfg(test)]
        if self.0.looks_left.load(Ordering::Relaxed) > 0
            && self.0.looks_left.fetch_sub(1, Ordering::Relaxed) == 1
        {
            self.stop();
        }
        if self.0.made.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }
}
