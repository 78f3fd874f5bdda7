//! The base of a network: compressed rows in both directions, built once and never changed.

use std::{
    io::{Result as IoResult, Write},
    mem::size_of,
    ops::Range,
};

use super::{
    Cost,
    bytes::{Source, damaged, put_list},
};
use crate::model::PersonId;

/// The place of a person in a network.
pub type NodeIx = u32;

/// The place of a tie in a network, for what is kept beside the rows.
pub type TieIx = u32;

/// One end of a tie in a row: the other person and the cost of the step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// What the step costs.
    pub cost: Cost,
    /// Who is at the other end.
    pub node: NodeIx,
}

/// A tie of two people and what a step costs in each direction.
///
/// `P` is how people are named: by place to build a network, by id in an overlay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TieCosts<P = NodeIx> {
    /// One of the two.
    pub a: P,
    /// The other.
    pub b: P,
    /// The cost of the step from `a` to `b`.
    pub forth: Cost,
    /// The cost of the step from `b` to `a`.
    pub back: Cost,
}

/// People and ties that make no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadNetwork {
    /// Places follow from ids, so ids must ascend.
    #[error("the people must be sorted by id, each once, but {after} follows {before}")]
    PeopleUnsorted {
        /// The earlier one.
        before: PersonId,
        /// The later one.
        after: PersonId,
    },
    /// Nobody is at that place.
    #[error("a tie names person number {node}, but there are {people} people")]
    UnknownPerson {
        /// The place.
        node: NodeIx,
        /// How many places there are.
        people: usize,
    },
    /// Nobody has a tie to themselves.
    #[error("a tie joins {0} with themselves")]
    SelfTie(PersonId),
    /// A tie carries both directions, so there is one at most.
    #[error("two ties join {a} and {b}")]
    DuplicateTie {
        /// One of the two.
        a: PersonId,
        /// The other.
        b: PersonId,
    },
    /// The places are 32 bits wide.
    #[error("{people} people and {ties} ties do not fit in one network")]
    TooLarge {
        /// How many people.
        people: usize,
        /// How many ties.
        ties: usize,
    },
}

/// The compressed rows of all people.
///
/// A tie stands in the rows of both of its people, so the rows out and the rows into have the
/// same lengths and share `starts`.
#[derive(Debug)]
pub(super) struct Base {
    people: Vec<PersonId>,
    /// Row i lies from `starts[i]` to `starts[i + 1]`.
    starts: Vec<u32>,
    out: Vec<Entry>,
    /// Beside `out`: the tie of each entry.
    out_ties: Vec<TieIx>,
    /// Absent where every tie costs the same both ways, for then a row into is the row out.
    into: Option<Vec<Entry>>,
}

impl Base {
    /// The rows of `ties`; tie i of the slice has index i.
    pub(super) fn build(people: Vec<PersonId>, ties: &[TieCosts]) -> Result<Self, BadNetwork> {
        check(&people, ties)?;
        let starts = starts(people.len(), ties);
        let mut base = Self { people, starts, out: Vec::new(), out_ties: Vec::new(), into: None };
        let ends = |tie: &TieCosts| [(tie.a, tie.forth, tie.b), (tie.b, tie.back, tie.a)];
        base.out = base.place(
            ties.iter().flat_map(ends).map(|(from, cost, node)| (from, Entry { cost, node })),
        );
        let ties_twice = ties.iter().zip(0..).flat_map(|(tie, ix)| [(tie.a, ix), (tie.b, ix)]);
        base.out_ties = base.place(ties_twice);
        base.refuse_duplicates()?;
        if ties.iter().any(|tie| tie.forth != tie.back) {
            let mut into = base.place(
                ties.iter().flat_map(ends).map(|(node, cost, to)| (to, Entry { cost, node })),
            );
            for node in base.nodes() {
                into[base.range(node)].sort_unstable();
            }
            base.into = Some(into);
        }
        base.sort_out();
        Ok(base)
    }

    /// Writes it.
    pub(super) fn put(&self, to: &mut dyn Write) -> IoResult<()> {
        put_list(to, &self.people)?;
        put_list(to, &self.starts)?;
        put_list(to, &self.out)?;
        put_list(to, &self.out_ties)?;
        put_list(to, self.into.as_deref().unwrap_or_default())
    }

    /// Reads one that was written: where the lists do not fit together, it is none.
    pub(super) fn take(from: &mut Source<'_>) -> IoResult<Self> {
        let (people, starts) = (from.take_list()?, from.take_list::<u32>()?);
        let (out, out_ties) = (from.take_list::<Entry>()?, from.take_list::<TieIx>()?);
        let into = from.take_list::<Entry>()?;
        let into = (!into.is_empty()).then_some(into);
        let base = Self { people, starts, out, out_ties, into };
        if base.fits_together() { Ok(base) } else { Err(damaged()) }
    }

    fn fits_together(&self) -> bool {
        let (people, entries) = (self.people.len(), self.out.len());
        let into = self.into.as_deref().unwrap_or(&self.out);
        self.starts.len() == people + 1
            && self.starts.is_sorted()
            && self.starts.last().is_some_and(|&end| end as usize == entries)
            && [self.out_ties.len(), into.len()] == [entries; 2]
            && self.out_ties.iter().all(|&tie| (tie as usize) < entries / 2)
            && self.out.iter().chain(into).all(|entry| (entry.node as usize) < people)
    }

    #[inline]
    pub(super) fn people(&self) -> &[PersonId] {
        &self.people
    }

    pub(super) fn ties(&self) -> usize {
        self.out_ties.len() / 2
    }

    #[inline]
    pub(super) fn out_row(&self, node: NodeIx) -> &[Entry] {
        &self.out[self.range(node)]
    }

    #[inline]
    pub(super) fn in_row(&self, node: NodeIx) -> &[Entry] {
        &self.into.as_ref().unwrap_or(&self.out)[self.range(node)]
    }

    #[inline]
    pub(super) fn out_ties(&self, node: NodeIx) -> &[TieIx] {
        &self.out_ties[self.range(node)]
    }

    pub(super) fn search_bytes(&self) -> usize {
        self.heap_bytes() - self.out_ties.capacity() * size_of::<TieIx>()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let entries = self.out.capacity() + self.into.as_ref().map_or(0, Vec::capacity);
        self.people.capacity() * size_of::<PersonId>()
            + self.starts.capacity() * size_of::<u32>()
            + self.out_ties.capacity() * size_of::<TieIx>()
            + entries * size_of::<Entry>()
    }

    fn nodes(&self) -> Range<NodeIx> {
        0..self.people.len() as NodeIx
    }

    #[inline]
    fn range(&self, node: NodeIx) -> Range<usize> {
        let at = node as usize;
        self.starts[at] as usize..self.starts[at + 1] as usize
    }

    /// Puts every item into the row of its person, in the order given.
    fn place<T: Copy + Default>(&self, items: impl Iterator<Item = (NodeIx, T)>) -> Vec<T> {
        let mut next = self.starts.clone();
        let mut placed = vec![T::default(); self.starts[self.people.len()] as usize];
        for (node, item) in items {
            let at = &mut next[node as usize];
            placed[*at as usize] = item;
            *at += 1;
        }
        placed
    }

    /// Whether a row names everybody once, in ascending order: as it does when ties come sorted.
    fn is_ascending(&self, node: NodeIx) -> bool {
        self.out_row(node).is_sorted_by(|a, b| a.node < b.node)
    }

    fn refuse_duplicates(&self) -> Result<(), BadNetwork> {
        let mut last_met_by = Vec::new();
        for node in self.nodes().filter(|&node| !self.is_ascending(node)) {
            last_met_by.resize(self.people.len(), NodeIx::MAX);
            for entry in self.out_row(node) {
                let by = std::mem::replace(&mut last_met_by[entry.node as usize], node);
                if by == node {
                    let [a, b] = [node, entry.node].map(|ix| self.people[ix as usize]);
                    return Err(BadNetwork::DuplicateTie { a, b });
                }
            }
        }
        Ok(())
    }

    fn sort_out(&mut self) {
        let (mut row, mut order) = (Vec::new(), Vec::new());
        for node in self.nodes() {
            let range = self.range(node);
            row.clear();
            let ties = &self.out_ties[range.clone()];
            row.extend(self.out[range.clone()].iter().copied().zip(ties.iter().copied()));
            if self.is_ascending(node) {
                // Of equal costs the place in the row decides as the person would, and one number
                // with both sorts much faster.
                order.clear();
                let key = |(at, (entry, _)): (u64, &(Entry, TieIx))| {
                    u64::from(entry.cost.units()) << 32 | at
                };
                order.extend((0..).zip(&row).map(key));
                order.sort_unstable();
                for (at, &key) in range.zip(&order) {
                    (self.out[at], self.out_ties[at]) = row[key as u32 as usize];
                }
            } else {
                row.sort_unstable();
                for (at, &(entry, tie)) in range.zip(&row) {
                    (self.out[at], self.out_ties[at]) = (entry, tie);
                }
            }
        }
    }
}

fn check(people: &[PersonId], ties: &[TieCosts]) -> Result<(), BadNetwork> {
    let (count, fits) = (people.len(), NodeIx::MAX as usize);
    if count >= fits || ties.len() > fits / 2 {
        return Err(BadNetwork::TooLarge { people: count, ties: ties.len() });
    }
    if let Some(pair) = people.windows(2).find(|pair| pair[0] >= pair[1]) {
        return Err(BadNetwork::PeopleUnsorted { before: pair[0], after: pair[1] });
    }
    for tie in ties {
        let node = tie.a.max(tie.b);
        if node as usize >= count {
            return Err(BadNetwork::UnknownPerson { node, people: count });
        }
        if tie.a == tie.b {
            return Err(BadNetwork::SelfTie(people[node as usize]));
        }
    }
    Ok(())
}

fn starts(people: usize, ties: &[TieCosts]) -> Vec<u32> {
    let mut starts = vec![0; people + 1];
    for tie in ties {
        starts[tie.a as usize + 1] += 1;
        starts[tie.b as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    starts
}
