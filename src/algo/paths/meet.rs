//! Halves of paths, kept by the person in the middle where two of them meet.

use std::cmp::Ordering;

use super::{
    best::Candidate,
    table::{NOBODY, Table},
};
use crate::graph::{Cost, Network, NodeIx};

/// Which end of a path a half belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The seeker's.
    Seeker,
    /// The target's.
    Target,
}

impl Side {
    /// The other end.
    #[inline]
    pub(super) fn other(self) -> Self {
        match self {
            Self::Seeker => Self::Target,
            Self::Target => Self::Seeker,
        }
    }

    /// Where its part of a pair is.
    #[inline]
    pub(super) fn at(self) -> usize {
        self as usize
    }
}

/// One or two steps between an end of a path and the person in the middle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Half {
    /// The seeker or the target.
    end: NodeIx,
    /// Who stands between the end and the middle, or nobody.
    via: NodeIx,
    /// The cost of the step at the end.
    outer: Cost,
    /// The cost of the step at the middle, if there are two.
    inner: Cost,
}

impl Half {
    /// One step, between an end and the middle.
    #[inline]
    pub(super) fn near(end: NodeIx, cost: Cost) -> Self {
        Self { end, via: NOBODY, outer: cost, inner: Cost::SURE }
    }

    /// One step more, so that who was in the middle stands between.
    #[inline]
    pub(super) fn further(self, via: NodeIx, cost: Cost) -> Self {
        Self { via, inner: cost, ..self }
    }

    #[inline]
    pub(super) fn total(self) -> u64 {
        u64::from(self.outer.units()) + u64::from(self.inner.units())
    }

    /// Whether somebody would stand twice on the path of both halves.
    #[inline]
    pub(super) fn clashes(self, other: Self) -> bool {
        self.end == other.end || (self.via == other.via && self.via != NOBODY)
    }

    /// How two halves with the same middle compare: as any two paths that differ in them alone.
    #[inline]
    fn cmp(self, other: Self, (side, network): (Side, &Network)) -> Ordering {
        let ids = || {
            let end = || network.by_id(self.end, other.end);
            let via = || {
                if self.via == other.via {
                    Ordering::Equal
                } else {
                    network.by_id(self.via, other.via)
                }
            };
            match side {
                Side::Seeker => end().then_with(via),
                Side::Target => via().then_with(end),
            }
        };
        self.total().cmp(&other.total()).then_with(ids)
    }
}

/// The path of a seeker's half, the person in the middle, and a target's half.
#[inline]
pub(super) fn join(seeker: Half, middle: NodeIx, target: Half) -> Candidate {
    let (mut nodes, mut costs, mut steps) = ([0; 5], [Cost::SURE; 4], 0);
    nodes[0] = seeker.end;
    let mut step = |cost, node| {
        costs[steps] = cost;
        steps += 1;
        nodes[steps] = node;
    };
    if seeker.via == NOBODY {
        step(seeker.outer, middle);
    } else {
        step(seeker.outer, seeker.via);
        step(seeker.inner, middle);
    }
    if target.via != NOBODY {
        step(target.inner, target.via);
    }
    step(target.outer, target.end);
    Candidate { total: seeker.total() + target.total(), steps, nodes, costs }
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    half: Half,
    next: u32,
}

#[derive(Debug, Clone, Copy)]
struct List {
    middle: NodeIx,
    first: u32,
    length: u32,
}

const END: u32 = u32::MAX;

/// For how many middles there is room at first.
const EXPECTED: usize = 64;

/// The halves of one side by the person in the middle, best first, no more than can matter.
///
/// With k paths wanted, a half can go when k better ones lead to a better path with every half of
/// the other side that it fits. A better half that shares its end with that one does not; one that
/// shares who stands between does, for the outer steps of the two are a path by themselves. So of
/// halves of one step, which have different ends, the best k + 1 stay. Of halves of two steps, the
/// best k of each end stay, and 2k in all, as k at most share their end with one of the other side.
#[derive(Debug)]
pub(super) struct Halves {
    side: Side,
    per_end_max: usize,
    per_middle_max: usize,
    /// Where the list of a middle is in `lists`.
    places: Table,
    lists: Vec<List>,
    cells: Cells,
}

impl Default for Halves {
    fn default() -> Self {
        Self {
            side: Side::Seeker,
            per_end_max: 0,
            per_middle_max: 0,
            places: Table::default(),
            lists: Vec::new(),
            cells: Cells { cells: Vec::new(), unused: END },
        }
    }
}

impl Halves {
    /// Becomes empty, for halves of one step when `count_max` paths are wanted.
    pub(super) fn begin_near(&mut self, side: Side, count_max: usize) {
        self.begin(side, (count_max, count_max.saturating_add(1)));
    }

    /// Becomes empty, for halves of two steps.
    pub(super) fn begin_far(&mut self, side: Side, count_max: usize) {
        self.begin(side, (count_max, count_max.saturating_mul(2)));
    }

    fn begin(&mut self, side: Side, (per_end, per_middle): (usize, usize)) {
        self.side = side;
        self.per_end_max = per_end;
        self.per_middle_max = per_middle;
        self.places.clear(EXPECTED);
        self.lists.clear();
        self.cells.cells.clear();
        self.cells.unused = END;
    }

    /// How many are held.
    pub(super) fn held(&self) -> usize {
        self.cells.cells.len()
    }

    /// How many bytes they keep.
    pub(super) fn bytes(&self) -> usize {
        self.places.bytes()
            + self.lists.capacity() * size_of::<List>()
            + self.cells.cells.capacity() * size_of::<Cell>()
    }

    /// Whether halves may meet others at `middle`; where they do, certainly.
    #[inline]
    pub(super) fn may_meet(&self, middle: NodeIx) -> bool {
        self.places.may_hold(middle)
    }

    /// The halves that meet others at `middle`, best first.
    pub(super) fn at(&self, middle: NodeIx) -> impl Iterator<Item = Half> {
        let list = self.places.get(middle).map(|at| self.lists[at as usize]);
        let mut next = list.map_or(END, |list| list.first);
        std::iter::from_fn(move || {
            let cell = self.cells.get(next)?;
            next = cell.next;
            Some(cell.half)
        })
    }

    /// Everybody where halves end, by the best total there.
    pub(super) fn list_middles(&self, middles: &mut Vec<(u64, NodeIx)>) {
        let best = |list: &List| self.cells.cells[list.first as usize].half.total();
        middles.clear();
        middles.extend(self.lists.iter().map(|list| (best(list), list.middle)));
        middles.sort_unstable();
    }

    /// Keeps a half, unless it cannot matter.
    #[inline]
    pub(super) fn insert(&mut self, middle: NodeIx, half: Half, network: &Network) {
        let fresh = self.lists.len() as u32;
        let at = self.places.get_or_insert(middle, fresh);
        if at == fresh {
            let first = self.cells.put(Cell { half, next: END });
            self.lists.push(List { middle, first, length: 1 });
        } else {
            self.insert_among(at as usize, half, network);
        }
    }

    fn insert_among(&mut self, at: usize, half: Half, network: &Network) {
        let (mut list, order) = (self.lists[at], (self.side, network));
        let (mut before, mut next, mut rank, mut of_end) = (END, list.first, 0, 0);
        while let Some(cell) = self.cells.get(next) {
            if half.cmp(cell.half, order).is_lt() {
                break;
            }
            rank += 1;
            of_end += usize::from(cell.half.end == half.end);
            (before, next) = (next, cell.next);
        }
        if rank >= self.per_middle_max || of_end >= self.per_end_max {
            return;
        }
        let put = self.cells.put(Cell { half, next });
        self.cells.link(&mut list, before, put);
        list.length += 1;
        if list.length as usize > self.per_end_max {
            self.cells.drop_surplus(&mut list, half.end, (self.per_end_max, self.per_middle_max));
        }
        self.lists[at] = list;
    }
}

/// The lists of all middles in one piece of memory.
#[derive(Debug)]
struct Cells {
    cells: Vec<Cell>,
    /// The first of the cells that no list has any more.
    unused: u32,
}

impl Cells {
    #[inline]
    fn get(&self, at: u32) -> Option<Cell> {
        self.cells.get(at as usize).copied()
    }

    #[inline]
    fn put(&mut self, cell: Cell) -> u32 {
        let at = self.unused;
        if let Some(place) = self.cells.get_mut(at as usize) {
            self.unused = place.next;
            *place = cell;
            return at;
        }
        self.cells.push(cell);
        (self.cells.len() - 1) as u32
    }

    fn link(&mut self, list: &mut List, before: u32, at: u32) {
        match self.cells.get_mut(before as usize) {
            Some(cell) => cell.next = at,
            None => list.first = at,
        }
    }

    /// Drops the one half that is too many, of an end or in all, if there is one.
    fn drop_surplus(&mut self, list: &mut List, end: NodeIx, (of_end_max, max): (usize, usize)) {
        let (mut before, mut at, mut rank, mut of_end) = (END, list.first, 0, 0);
        while let Some(cell) = self.get(at) {
            rank += 1;
            of_end += usize::from(cell.half.end == end);
            if of_end > of_end_max || rank > max {
                self.link(list, before, cell.next);
                self.cells[at as usize].next = std::mem::replace(&mut self.unused, at);
                list.length -= 1;
                return;
            }
            (before, at) = (at, cell.next);
        }
    }
}
