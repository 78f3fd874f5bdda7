//! What is counted at the door, for whoever watches it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the process began.
#[derive(Debug, Default)]
pub struct Counters {
    executions: AtomicU64,
}

impl Counters {
    /// How often the executor was called: never for what was refused.
    pub fn executions(&self) -> u64 {
        self.executions.load(Ordering::Relaxed)
    }

    pub(super) fn executed(&self) {
        self.executions.fetch_add(1, Ordering::Relaxed);
    }
}
