//! The network: a shared base, and what overlays changed in it.

use std::{cmp::Ordering, sync::Arc};

use super::{
    BadNetwork, Cost, Entry, NodeIx, Overlay, TieCosts, TieIx,
    base::Base,
    patch::{Patch, PatchedRow},
};
use crate::model::PersonId;

/// One immutable picture of who knows whom.
///
/// A tie joins two people and stands in the rows of both, with a cost in each direction that may
/// be [`Cost::NEVER`]. Rows are sorted best first: by cost, then by the other person's id. A
/// clone is cheap.
#[derive(Debug, Clone)]
pub struct Network {
    base: Arc<Base>,
    patch: Option<Arc<Patch>>,
}

impl From<Base> for Network {
    fn from(base: Base) -> Self {
        Self { base: Arc::new(base), patch: None }
    }
}

impl Network {
    /// A network of `people`, sorted by id, and `ties` that name them by their place in that list.
    ///
    /// Tie i of the slice gets index i.
    ///
    /// # Errors
    /// [`BadNetwork`] if the people are not sorted, or a tie joins a person with themselves, is
    /// given twice, or names a place that does not exist.
    ///
    /// # Complexity
    /// O(ties · log of the greatest degree) time; 24 bytes per tie where every tie costs the same
    /// both ways, 40 where not, and 20 per person.
    pub fn build(people: Vec<PersonId>, ties: &[TieCosts]) -> Result<Self, BadNetwork> {
        Base::build(people, ties).map(Self::from)
    }

    /// The same network with an overlay over it; the base is shared.
    ///
    /// It equals, row by row, a network built afresh from the changed facts. New people get places
    /// after the existing ones, so there the order of places is not the order of ids; new ties get
    /// indices after the existing ones, and a replaced tie keeps its own. An overlay that changes
    /// nothing costs later readers nothing.
    ///
    /// # Complexity
    /// The sum of the lengths of the touched rows, and the number of rows touched by earlier
    /// overlays.
    #[must_use]
    pub fn overlaid(&self, overlay: &Overlay) -> Self {
        if overlay.is_empty() {
            return self.clone();
        }
        let patch = Patch::over(self, overlay);
        let patch = (!patch.is_empty()).then(|| Arc::new(patch));
        Self { base: Arc::clone(&self.base), patch }
    }

    /// The place of a person, if they are in this network.
    pub fn find(&self, id: PersonId) -> Option<NodeIx> {
        let node = self.place_of(id)?;
        (!self.is_removed(node)).then_some(node)
    }

    /// The place that a person has in the base, whatever overlays say of them.
    pub fn place_in_base(&self, id: PersonId) -> Option<NodeIx> {
        self.base.people().binary_search(&id).ok().map(|at| at as NodeIx)
    }

    /// The person at a place; a removed person keeps theirs.
    #[inline]
    pub fn id(&self, node: NodeIx) -> PersonId {
        *self.id_ref(node)
    }

    /// How two places compare by the ids of their people.
    #[inline]
    pub fn by_id(&self, a: NodeIx, b: NodeIx) -> Ordering {
        if self.added().is_empty() { a.cmp(&b) } else { self.id(a).cmp(&self.id(b)) }
    }

    /// The steps that start at a person, best first.
    #[inline]
    pub fn out_row(&self, node: NodeIx) -> &[Entry] {
        match self.patched(node) {
            Some(row) => &row.out,
            None => self.base.out_row(node),
        }
    }

    /// The steps that end at a person, best first.
    #[inline]
    pub fn in_row(&self, node: NodeIx) -> &[Entry] {
        match self.patched(node) {
            Some(row) => &row.into,
            None => self.base.in_row(node),
        }
    }

    /// The ties of [`Network::out_row`], entry by entry.
    #[inline]
    pub fn out_ties(&self, node: NodeIx) -> &[TieIx] {
        match self.patched(node) {
            Some(row) => &row.out_ties,
            None => self.base.out_ties(node),
        }
    }

    /// The tie of two people, and the cost of the step from `a` to `b`.
    ///
    /// # Complexity
    /// The shorter of the two people's rows.
    pub fn tie_between(&self, a: NodeIx, b: NodeIx) -> Option<(TieIx, Cost)> {
        let at = |row: &[Entry], node| row.iter().position(|entry| entry.node == node);
        if self.out_row(a).len() <= self.out_row(b).len() {
            let row = self.out_row(a);
            let at = at(row, b)?;
            Some((self.out_ties(a)[at], row[at].cost))
        } else {
            let tie = self.out_ties(b)[at(self.out_row(b), a)?];
            let row = self.in_row(b);
            Some((tie, row[at(row, a)?].cost))
        }
    }

    /// How many people there are.
    pub fn people(&self) -> usize {
        self.places() - self.patch.as_ref().map_or(0, |patch| patch.removed.len())
    }

    /// How many places there are: the people, and the places of removed people.
    pub fn places(&self) -> usize {
        self.base.people().len() + self.added().len()
    }

    /// How many ties there are.
    pub fn ties(&self) -> usize {
        self.patch.as_ref().map_or(self.base.ties(), |patch| patch.ties)
    }

    /// One more than the greatest index that a tie has or had.
    pub fn ties_bound(&self) -> usize {
        self.patch.as_ref().map_or(self.base.ties(), |patch| patch.ties_bound)
    }

    /// How much memory the rows take, in bytes; the base counts although it may be shared.
    pub fn heap_bytes(&self) -> usize {
        self.base.heap_bytes() + self.patch.as_ref().map_or(0, |patch| patch.heap_bytes())
    }

    /// How much of that a search reads: people and rows of the base, without the indices of ties.
    pub fn search_bytes(&self) -> usize {
        self.base.search_bytes()
    }

    /// Whether a place is that of a removed person.
    pub fn is_removed(&self, node: NodeIx) -> bool {
        self.patch.as_ref().is_some_and(|patch| patch.removed.contains(&node))
    }

    /// The place of a person, removed or not.
    pub(super) fn place_of(&self, id: PersonId) -> Option<NodeIx> {
        self.place_in_base(id).or_else(|| self.patch.as_ref()?.places.get(&id).copied())
    }

    pub(super) fn base(&self) -> &Base {
        &self.base
    }

    pub(super) fn patch(&self) -> Option<&Patch> {
        self.patch.as_deref()
    }

    #[inline]
    pub(super) fn id_ref(&self, node: NodeIx) -> &PersonId {
        let people = self.base.people();
        people.get(node as usize).unwrap_or_else(|| &self.added()[node as usize - people.len()])
    }

    #[inline]
    fn added(&self) -> &[PersonId] {
        self.patch.as_ref().map_or(&[], |patch| &patch.added)
    }

    #[inline]
    fn patched(&self, node: NodeIx) -> Option<&PatchedRow> {
        self.patch.as_ref()?.rows.get(&node).map(|row| &**row)
    }
}
