//! A table from people to numbers that is cleared for each search and never given back.

use crate::graph::NodeIx;

/// Nobody has this place.
pub(super) const NOBODY: NodeIx = NodeIx::MAX;

/// A few bits for each of some people: whoever is among them passes, and of the others hardly any.
///
/// Most questions of a search are about somebody who is not there. A sieve answers them from the
/// processor's nearest memory.
#[derive(Debug)]
pub(super) struct Sieve {
    words: Vec<u64>,
    /// How far a hash is shifted to make the number of a bit.
    shift: u32,
}

impl Default for Sieve {
    fn default() -> Self {
        Self { words: vec![0], shift: 26 }
    }
}

impl Sieve {
    /// Lets nobody pass, and is ready for about so many people.
    pub(super) fn clear(&mut self, expected: usize) {
        let bits = expected.saturating_mul(16).clamp(1 << 9, 1 << 30).next_power_of_two();
        self.shift = 32 - bits.trailing_zeros();
        self.words.clear();
        self.words.resize(bits / 64, 0);
    }

    #[inline]
    fn mark(&self, node: NodeIx) -> (usize, u64) {
        let at = hash(node) >> self.shift;
        ((at >> 6) as usize, 1 << (at & 63))
    }

    /// Lets somebody pass.
    #[inline]
    pub(super) fn insert(&mut self, node: NodeIx) {
        let (word, bit) = self.mark(node);
        self.words[word] |= bit;
    }

    /// Whether somebody may be among those let pass; who is certainly may.
    #[inline]
    pub(super) fn may_hold(&self, node: NodeIx) -> bool {
        let (word, bit) = self.mark(node);
        self.words[word] & bit != 0
    }

    /// How many bytes it keeps.
    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

#[inline]
fn hash(node: NodeIx) -> u32 {
    node.wrapping_mul(0x9E37_79B1)
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    node: NodeIx,
    value: u32,
}

const EMPTY: Slot = Slot { node: NOBODY, value: 0 };

/// How many slots there are at least.
const SLOTS_MIN: usize = 64;

/// A number for each of some people, behind a sieve.
#[derive(Debug)]
pub(super) struct Table {
    sieve: Sieve,
    /// A power of two of them, of which half are empty.
    slots: Vec<Slot>,
    /// How far a hash is shifted to make the number of a slot.
    shift: u32,
    held: usize,
    /// Memory for the time of growing.
    moved: Vec<Slot>,
}

impl Default for Table {
    fn default() -> Self {
        let (sieve, slots, moved) = (Sieve::default(), Vec::new(), Vec::new());
        let mut table = Self { sieve, slots, shift: 0, held: 0, moved };
        table.clear(0);
        table
    }
}

impl Table {
    /// Becomes empty, ready for about so many people.
    pub(super) fn clear(&mut self, expected: usize) {
        let slots = expected.saturating_mul(2).clamp(SLOTS_MIN, 1 << 26).next_power_of_two();
        self.set_size(slots);
    }

    fn set_size(&mut self, slots: usize) {
        self.held = 0;
        self.shift = 32 - slots.trailing_zeros();
        self.sieve.clear(slots / 2);
        self.slots.clear();
        self.slots.resize(slots, EMPTY);
    }

    /// How many people are in it.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// How many bytes it keeps.
    pub(super) fn bytes(&self) -> usize {
        (self.slots.capacity() + self.moved.capacity()) * size_of::<Slot>() + self.sieve.bytes()
    }

    /// Whether somebody may be in it; who is in it certainly may.
    #[inline]
    pub(super) fn may_hold(&self, node: NodeIx) -> bool {
        self.sieve.may_hold(node)
    }

    /// Whether somebody is in it.
    #[inline]
    pub(super) fn holds(&self, node: NodeIx) -> bool {
        self.may_hold(node) && self.slots[self.find(node)].node == node
    }

    /// The number of somebody who is in it.
    #[inline]
    pub(super) fn get(&self, node: NodeIx) -> Option<u32> {
        if !self.may_hold(node) {
            return None;
        }
        let slot = self.slots[self.find(node)];
        (slot.node == node).then_some(slot.value)
    }

    /// The number of somebody: `value` from now on, unless they have one.
    #[inline]
    pub(super) fn get_or_insert(&mut self, node: NodeIx, value: u32) -> u32 {
        let at = self.find(node);
        let slot = self.slots[at];
        if slot.node == node {
            return slot.value;
        }
        self.slots[at] = Slot { node, value };
        self.sieve.insert(node);
        self.held += 1;
        if self.held * 2 > self.slots.len() {
            self.grow();
        }
        value
    }

    /// Puts somebody in; whether they were not in it.
    #[inline]
    pub(super) fn insert(&mut self, node: NodeIx) -> bool {
        let held = self.held;
        self.get_or_insert(node, 0);
        self.held > held
    }

    /// The slot of somebody, or the empty one that would be theirs.
    #[inline]
    fn find(&self, node: NodeIx) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (hash(node) >> self.shift) as usize;
        loop {
            let here = self.slots[at & mask].node;
            if here == node || here == NOBODY {
                return at & mask;
            }
            at += 1;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mut moved = std::mem::take(&mut self.moved);
        moved.clear();
        moved.extend(self.slots.iter().filter(|slot| slot.node != NOBODY));
        self.set_size(self.slots.len() * 2);
        for slot in &moved {
            self.get_or_insert(slot.node, slot.value);
        }
        self.moved = moved;
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rustc_hash::FxHashMap;

    use super::*;

    #[test]
    fn a_table_remembers_what_a_map_does_however_often_it_is_cleared() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut table = Table::default();
        for people in [10, 5_000, 3, 700, 100_000] {
            table.clear(if people == 700 { 700 } else { 0 });
            let mut map = FxHashMap::default();
            for value in 0..people {
                let node = rng.random_range(0..people * 2);
                let kept = *map.entry(node).or_insert(value);
                assert_eq!(table.get_or_insert(node, value), kept);
            }
            assert_eq!(table.held(), map.len());
            for node in 0..people * 2 {
                assert_eq!(table.get(node), map.get(&node).copied());
                assert_eq!(table.holds(node), map.contains_key(&node));
            }
        }
    }
}
