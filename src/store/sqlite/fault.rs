//! Numbered points at which a test may stop the process dead, to prove what a crash leaves behind.
//!
//! Only the feature `test-support` makes them real; without it a point is nothing.

/// The variable that says at which point the process stops.
#[cfg(feature = "test-support")]
pub const VARIABLE: &str = "TERTIUS_FAULT_POINT";

/// What is written to the standard error when a point is reached.
#[cfg(feature = "test-support")]
pub const REACHED: &str = "reached the fault point";

/// Counts one more point; at the chosen one it says so and parks for ever.
#[cfg(feature = "test-support")]
pub(super) fn point(place: &str) {
    use std::{
        io::Write as _,
        sync::{
            LazyLock,
            atomic::{AtomicU64, Ordering},
        },
    };

    static CHOSEN: LazyLock<Option<u64>> =
        LazyLock::new(|| std::env::var(VARIABLE).ok()?.parse().ok());
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let Some(chosen) = *CHOSEN else { return };
    if PASSED.fetch_add(1, Ordering::SeqCst) + 1 == chosen {
        // A closed standard error must not let the process run on.
        let _ = writeln!(std::io::stderr(), "{REACHED} {chosen}: {place}");
        loop {
            std::thread::park();
        }
    }
}

/// Nothing.
#[cfg(not(feature = "test-support"))]
pub(super) const fn point(_place: &str) {}
