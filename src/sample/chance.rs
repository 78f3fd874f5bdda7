//! Chance that is none: every number and every id follows from the seed.

use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Which sequence of numbers: what is drawn from one never moves another.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    /// Who is who in the story's world.
    Cast = 1,
    /// Who had to do with whom in the story's world.
    Contacts,
    /// Everybody beyond the story.
    Crowd,
}

/// A sequence of seeded numbers.
#[derive(Clone)]
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    pub(super) fn new(seed: u64, stream: Stream) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream as u64);
        Self(rng)
    }

    /// A number from 0 to below a limit, which must not be 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0.random_range(0..limit)
    }

    /// A number below a limit, which must not be 0: the square of an evenly spread one.
    pub(super) fn below_mostly_low(&mut self, limit: usize) -> usize {
        let part: f64 = self.0.random();
        ((part * part * limit as f64) as usize).min(limit - 1)
    }

    /// A number between two, both included.
    pub(super) fn between(&mut self, least: i32, most: i32) -> i32 {
        self.0.random_range(least..=most)
    }

    /// True once in so many times.
    pub(super) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several, of which there must be one.
    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Several different ones, or all where there are fewer.
    pub(super) fn pick_some<T: Copy>(&mut self, of: &[T], count: usize) -> Vec<T> {
        let mut left = of.to_vec();
        let count = count.min(left.len());
        for at in 0..count {
            let other = at + self.below(left.len() - at);
            left.swap(at, other);
        }
        left.truncate(count);
        left
    }
}

/// What an id is for.
#[derive(Clone, Copy)]
pub(super) enum IdOf {
    Person = 16,
    Company,
    Employment,
    Relation,
    List,
    Member,
    Introduction,
    Batch,
}

/// The random value of any id by its number, without a table of those before it.
#[derive(Clone)]
pub(super) struct Ids(ChaCha8Rng);

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub(super) fn value(&mut self, of: IdOf, number: usize) -> u128 {
        // A 128-bit value is four words of the stream.
        self.0.set_stream(of as u64);
        self.0.set_word_pos(number as u128 * 4);
        (u128::from(self.0.next_u64()) << 64) | u128::from(self.0.next_u64())
    }
}
