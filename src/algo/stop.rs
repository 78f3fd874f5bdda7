//! How a computation is told to stop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A request to stop, shared with whoever may make it; a clone is the same request.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

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
        self.0.store(true, Ordering::Relaxed);
    }

    /// Ends the computation if the request was made.
    ///
    /// # Errors
    /// [`Stopped`] from then on.
    pub fn check(&self) -> Result<(), Stopped> {
        if self.0.load(Ordering::Relaxed) { Err(Stopped) } else { Ok(()) }
    }
}
