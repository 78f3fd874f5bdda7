//! Memory that searches leave to the next one of their thread.

use std::cell::Cell;

use super::{
    best::Best,
    cheapest::Balls,
    hops::Layers,
    meet::{Halves, Side},
    table::{Sieve, Table},
};
use crate::graph::{Entry, NodeIx};

/// What a search writes to. Each search clears what it uses before it uses it, so it does not
/// matter how the one before it ended.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Which of the seekers are asked for, each person once.
    pub(super) seekers: Vec<u32>,
    /// Where paths may end, each person once.
    pub(super) targets: Vec<NodeIx>,
    /// The same, to ask whether somebody is one.
    pub(super) is_target: Table,
    /// Who may not be a connector: seekers, targets, and whoever is avoided.
    pub(super) blocked: Table,
    /// The halves of one step of either side, and where they end, best first.
    pub(super) near: [Near; 2],
    /// Every onward step of one side within the limit, and who may be at its end.
    pub(super) kept: Vec<Step>,
    pub(super) kept_sieve: Sieve,
    /// Onward steps of the other side to somebody who may be there, not yet joined.
    pub(super) pending: Vec<Step>,
    /// Whom these lead to, and whom earlier ones led to.
    pub(super) wanted: Table,
    pub(super) known: Table,
    /// The halves of two steps of the kept side that lead to whoever is known.
    pub(super) far: Halves,
    pub(super) best: Best,
    pub(super) layers: Layers,
    pub(super) balls: Balls,
}

/// A step onward, from who stands next to an end to the middle, before its term.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// Which of the middles next to the end it is taken from.
    pub(super) from: u32,
    pub(super) entry: Entry,
}

/// The halves of one step of one side.
#[derive(Debug, Default)]
pub(super) struct Near {
    pub(super) halves: Halves,
    pub(super) middles: Vec<(u64, NodeIx)>,
}

/// How many entries are read between two looks at the request to stop; few in tests, so that
/// these stop searches everywhere.
pub(super) const STOP_EVERY: usize = if cfg!(test) { 4 } else { 4_096 };

/// What a thread keeps at most between two searches, in bytes.
const KEPT_MAX: usize = 1 << 25;

thread_local! {
    static SPARE: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// Lends this thread's memory to `search`; a search within a search gets its own.
    pub(super) fn lend<T>(search: impl FnOnce(&mut Self) -> T) -> T {
        let mut scratch = SPARE.take().unwrap_or_default();
        let found = search(&mut scratch);
        if scratch.bytes() <= KEPT_MAX {
            SPARE.set(Some(scratch));
        }
        found
    }

    /// How many ends one side has.
    pub(super) fn ends(&self, side: Side) -> usize {
        match side {
            Side::Seeker => self.seekers.len(),
            Side::Target => self.targets.len(),
        }
    }

    fn bytes(&self) -> usize {
        let near = |near: &Near| near.halves.bytes() + near.middles.capacity() * 16;
        self.is_target.bytes()
            + self.blocked.bytes()
            + self.near.iter().map(near).sum::<usize>()
            + self.far.bytes()
            + (self.kept.capacity() + self.pending.capacity()) * size_of::<Step>()
            + self.kept_sieve.bytes()
            + self.wanted.bytes()
            + self.known.bytes()
            + self.layers.bytes()
            + self.balls.bytes()
    }
}
