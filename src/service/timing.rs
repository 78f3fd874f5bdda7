//! How long things took, for whoever watches over the service.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// The bounds by which it is counted how long something took, in milliseconds.
pub const BOUNDS_MS: [u64; 7] = [5, 25, 100, 500, 1_000, 5_000, 30_000];

/// How often something took how long, since the process began.
#[derive(Debug, Default)]
pub struct Histogram {
    /// How often it took no longer than each bound; the last one has no bound.
    took: [AtomicU64; BOUNDS_MS.len() + 1],
    sum_us: AtomicU64,
}

impl Histogram {
    /// Counts one.
    pub fn count(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let at = BOUNDS_MS.iter().position(|bound| us <= bound * 1_000);
        self.took[at.unwrap_or(BOUNDS_MS.len())].fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    /// How often it took no longer than each of [`BOUNDS_MS`], then how often at all.
    pub fn cumulative(&self) -> [u64; BOUNDS_MS.len() + 1] {
        let mut so_far = 0;
        self.took.each_ref().map(|took| {
            so_far += took.load(Ordering::Relaxed);
            so_far
        })
    }

    /// How long all of them took together, in milliseconds.
    pub fn sum_ms(&self) -> f64 {
        self.sum_us.load(Ordering::Relaxed) as f64 / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_as_long_as_a_bound_is_counted_by_it() {
        let histogram = Histogram::default();
        for us in [0, 5_000, 5_001, 30_000_000, 30_000_001, u64::MAX / 2] {
            histogram.count(Duration::from_micros(us));
        }
        assert_eq!(histogram.cumulative(), [2, 3, 3, 3, 3, 3, 4, 6]);
    }

    #[test]
    fn what_took_less_than_a_millisecond_counts_too() {
        let histogram = Histogram::default();
        for _ in 0..1_000 {
            histogram.count(Duration::from_micros(250));
        }
        assert!((histogram.sum_ms() - 250.0).abs() < 1e-9);
    }
}
