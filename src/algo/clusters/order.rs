//! Chance that follows from a seed.

/// How many numbers stay together in a long order.
const BLOCK: usize = 256;
/// From how many numbers on an order is long.
const LONG: usize = 1 << 16;

/// SplitMix64 (Steele, Lea and Flood 2014): small, fast, and the same everywhere.
#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound, by the high half of a product.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// All numbers below a bound, in an order that follows from the seed. Numbers that lie near each
    /// other stay so: blocks are shuffled, and the numbers within each, so that rows are read from
    /// where the last ones were.
    pub(super) fn order(&mut self, bound: usize) -> Vec<u32> {
        let block = if bound < LONG { 1 } else { BLOCK };
        let mut blocks: Vec<u32> = (0..bound.div_ceil(block) as u32).collect();
        self.shuffle(&mut blocks);
        let mut order = Vec::with_capacity(bound);
        for first in blocks.into_iter().map(|at| at as usize * block) {
            let from = order.len();
            order.extend(first as u32..(first + block).min(bound) as u32);
            self.shuffle(&mut order[from..]);
        }
        order
    }

    pub(super) fn shuffle<T>(&mut self, numbers: &mut [T]) {
        for at in (1..numbers.len()).rev() {
            numbers.swap(at, self.below(at + 1));
        }
    }
}
