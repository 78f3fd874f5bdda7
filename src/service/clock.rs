//! Time and chance, handed in so that tests compare whole answers.

use std::{
    fmt::Debug,
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};

use crate::model::Timestamp;

/// Says what time it is.
pub trait Clock: Debug + Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(jiff::Timestamp::now().as_millisecond())
    }
}

/// A clock that stands still until it is set: for a sample, whose last day is today, and tests.
#[derive(Debug)]
pub struct StoppedClock(AtomicI64);

impl StoppedClock {
    /// A clock that stands at a moment.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_ms()))
    }

    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_ms(), Ordering::Relaxed);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::Relaxed))
    }
}

/// Makes the values of new ids, and secrets.
pub trait Ids: Debug + Send + Sync {
    /// 128 new random bits.
    fn fresh(&self) -> u128;
}

/// Chance of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that draws chance")]
    fn fresh(&self) -> u128 {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("an operating system without chance has no safe ids");
        u128::from_be_bytes(bytes)
    }
}

/// Ids that follow from a seed: for tests.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededIds {
    /// Ids of a seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }
}

impl Ids for SeededIds {
    fn fresh(&self) -> u128 {
        let count = self.drawn.fetch_add(1, Ordering::Relaxed);
        let digest =
            Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(count.to_be_bytes());
        let bytes: [u8; 32] = digest.finalize().into();
        let (half, _) = bytes.split_at(16);
        u128::from_be_bytes(half.try_into().expect("16 bytes were split off"))
    }
}
