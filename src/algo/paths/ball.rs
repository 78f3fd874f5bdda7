//! Everybody within some cost of one end, the cheapest first, without reading whole rows.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{courses::may_reach, meet::Side, question::Question, scratch::Scratch, table::Table};
use crate::graph::{Cost, Entry, NodeIx};

/// A total cost and a number of steps, compared in that order; sums are exact.
pub(super) type Key = u128;

const STEPS_BITS: u32 = 32;

pub(super) fn total(key: Key) -> u64 {
    (key >> STEPS_BITS) as u64
}

#[inline]
pub(super) fn after(key: Key, cost: Cost) -> Key {
    key + (Key::from(cost.units()) << STEPS_BITS) + 1
}

/// Somebody who was reached, and how cheaply.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label {
    pub(super) node: NodeIx,
    pub(super) key: Key,
    /// How much of their row was read.
    pub(super) read: u32,
}

/// A step between two who were reached, by the places of their labels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    /// The one nearer to the end of the ball.
    pub(super) inner: u32,
    pub(super) outer: u32,
    pub(super) cost: Cost,
}

/// A step that was read before its turn, for its term makes it dearer than the row told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ahead {
    pub(super) inner: u32,
    pub(super) entry: Entry,
}

/// Rows are sorted, so of each row the next entry alone is in the queue: what is read is within
/// the radius.
#[derive(Debug)]
pub(super) struct Ball {
    side: Side,
    pub(super) labels: Vec<Label>,
    places: Table,
    /// How many labels are those of ends.
    roots: usize,
    /// Keys, each with the place of a label or of a step read ahead.
    queue: BinaryHeap<Reverse<u128>>,
    pub(super) ahead: Vec<Ahead>,
    /// All steps by which somebody is reached as cheaply as can be.
    pub(super) links: Vec<Link>,
    pub(super) scanned: usize,
}

impl Default for Ball {
    fn default() -> Self {
        Self {
            side: Side::Seeker,
            labels: Vec::new(),
            places: Table::default(),
            roots: 0,
            queue: BinaryHeap::new(),
            ahead: Vec::new(),
            links: Vec::new(),
            scanned: 0,
        }
    }
}

/// In the queue, that a number is the place of a step read ahead.
const AHEAD: u32 = 1 << 31;

impl Ball {
    /// Begins with the ends of one side.
    pub(super) fn begin(&mut self, side: Side, question: &Question<'_>, scratch: &Scratch) {
        self.side = side;
        self.labels.clear();
        self.places.clear(1_024);
        self.queue.clear();
        self.ahead.clear();
        self.links.clear();
        self.scanned = 0;
        self.roots = scratch.ends(side);
        for nth in 0..self.roots {
            self.label(question.end_row(side, nth, scratch).0, 0);
            self.enqueue(nth as u32, question, scratch);
        }
    }

    /// How many bytes it keeps.
    pub(super) fn bytes(&self) -> usize {
        self.labels.capacity() * size_of::<Label>()
            + self.places.bytes()
            + self.queue.capacity() * size_of::<u128>()
            + self.links.capacity() * size_of::<Link>()
            + self.ahead.capacity() * size_of::<Ahead>()
    }

    /// The least key at which anybody may yet be reached.
    #[inline]
    pub(super) fn radius(&self) -> Option<Key> {
        self.queue.peek().map(|Reverse(item)| item >> 32)
    }

    /// The place of somebody's label.
    #[inline]
    pub(super) fn find(&self, node: NodeIx) -> Option<u32> {
        self.places.get(node)
    }

    /// Whether somebody may have been reached; who was, certainly.
    #[inline]
    pub(super) fn may_find(&self, node: NodeIx) -> bool {
        self.places.may_hold(node)
    }

    /// Whether paths lead on from a label: they end at targets.
    pub(super) fn leads_on(&self, label: u32, scratch: &Scratch) -> bool {
        self.is_root(label) || !scratch.is_target.holds(self.labels[label as usize].node)
    }

    /// The steps by which the labels of `seeds` are reached as cheaply as can be.
    pub(super) fn links_to(&self, seeds: &[u32]) -> Vec<Link> {
        let mut wanted = vec![false; self.labels.len()];
        for &seed in seeds {
            wanted[seed as usize] = true;
        }
        // Whoever is reached by a step was reached before any step from there was read.
        let mut links = Vec::new();
        for link in self.links.iter().rev() {
            if wanted[link.outer as usize] {
                wanted[link.inner as usize] = true;
                links.push(*link);
            }
        }
        links
    }

    /// How many labels are those of ends; they come first.
    pub(super) fn roots(&self) -> usize {
        self.roots
    }

    /// What was not read of somebody's row.
    pub(super) fn unread<'a>(
        &self,
        label: u32,
        question: &Question<'a>,
        scratch: &Scratch,
    ) -> &'a [Entry] {
        if !self.leads_on(label, scratch) {
            return &[];
        }
        let read = self.labels[label as usize].read as usize;
        self.row(label, question, scratch).get(read..).unwrap_or_default()
    }

    pub(super) fn is_root(&self, label: u32) -> bool {
        (label as usize) < self.roots
    }

    /// Reads the next step; gives the label of who was reached by it for the first time.
    pub(super) fn grow(&mut self, question: &Question<'_>, scratch: &Scratch) -> Option<u32> {
        let Reverse(item) = self.queue.pop()?;
        self.scanned += 1;
        let (key, what) = (item >> 32, item as u32);
        if what & AHEAD != 0 {
            let Ahead { inner, entry } = self.ahead[(what ^ AHEAD) as usize];
            return self.reach((inner, entry.node), entry.cost, key, (question, scratch));
        }
        let label = self.labels[what as usize];
        let entry = self.row(what, question, scratch)[label.read as usize];
        self.labels[what as usize].read += 1;
        self.enqueue(what, question, scratch);
        let cost = self.step(what, entry, question, scratch)?;
        let exact = after(label.key, cost);
        if exact == key {
            return self.reach((what, entry.node), cost, key, (question, scratch));
        }
        let ahead = self.ahead.len() as u32;
        self.ahead.push(Ahead { inner: what, entry: Entry { cost, ..entry } });
        self.queue.push(Reverse(exact << 32 | u128::from(ahead | AHEAD)));
        None
    }

    /// What a step from a label costs, if it may be taken.
    #[inline]
    pub(super) fn step(
        &self,
        label: u32,
        entry: Entry,
        question: &Question<'_>,
        scratch: &Scratch,
    ) -> Option<Cost> {
        if !may_reach(self.side, entry.node, (question, scratch)) {
            return None;
        }
        let no_term = match self.side {
            Side::Seeker => scratch.is_target.holds(entry.node),
            Side::Target => self.is_root(label),
        };
        let cost = if no_term {
            entry.cost
        } else {
            question.onward_cost((self.side, self.labels[label as usize].node), entry)
        };
        (cost <= question.cost_max).then_some(cost)
    }

    /// The row of a label.
    pub(super) fn row<'a>(
        &self,
        label: u32,
        question: &Question<'a>,
        scratch: &Scratch,
    ) -> &'a [Entry] {
        if self.is_root(label) {
            question.end_row(self.side, label as usize, scratch).1
        } else {
            question.onward_row(self.side, self.labels[label as usize].node)
        }
    }

    /// What a step of a row costs at least.
    pub(super) fn at_least(&self, label: u32, cost: Cost, question: &Question<'_>) -> Cost {
        let term = match self.side {
            Side::Seeker => question.query.terms.greatest(),
            Side::Target if self.is_root(label) => 0.0,
            Side::Target => question.query.terms.get(self.labels[label as usize].node),
        };
        if term == 0.0 { cost } else { cost.with_term(f64::from(term)) }
    }

    fn reach(
        &mut self,
        (inner, node): (u32, NodeIx),
        cost: Cost,
        key: Key,
        (question, scratch): (&Question<'_>, &Scratch),
    ) -> Option<u32> {
        let known = self.places.get(node);
        if known.is_some_and(|outer| self.labels[outer as usize].key < key) {
            return None;
        }
        let outer = known.unwrap_or_else(|| self.label(node, key));
        self.links.push(Link { inner, outer, cost });
        if known.is_some() {
            return None;
        }
        self.enqueue(outer, question, scratch);
        Some(outer)
    }

    fn label(&mut self, node: NodeIx, key: Key) -> u32 {
        let label = self.labels.len() as u32;
        self.labels.push(Label { node, key, read: 0 });
        self.places.get_or_insert(node, label)
    }

    /// Puts the next entry of somebody's row into the queue.
    pub(super) fn enqueue(&mut self, label: u32, question: &Question<'_>, scratch: &Scratch) {
        if !self.leads_on(label, scratch) {
            return;
        }
        let Label { key, read, .. } = self.labels[label as usize];
        let Some(next) = self.row(label, question, scratch).get(read as usize) else { return };
        let cost = self.at_least(label, next.cost, question);
        if cost <= question.cost_max {
            self.queue.push(Reverse(after(key, cost) << 32 | u128::from(label)));
        }
    }
}
