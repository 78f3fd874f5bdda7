//! What overlays changed in a base: whole rows of the people they touched.

use std::{cmp::Ordering, mem::size_of, sync::Arc};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Cost, Entry, Network, NodeIx, Overlay, TieIx,
    overlay::{Costs, Presence},
};
use crate::model::PersonId;

/// The rows of a person whom an overlay touched.
#[derive(Debug, Default)]
pub(super) struct PatchedRow {
    pub(super) out: Vec<Entry>,
    pub(super) out_ties: Vec<TieIx>,
    pub(super) into: Vec<Entry>,
}

/// Everything in which a network differs from its base.
#[derive(Debug, Clone)]
pub(super) struct Patch {
    /// Who came after the people of the base.
    pub(super) added: Vec<PersonId>,
    /// Their places.
    pub(super) places: FxHashMap<PersonId, NodeIx>,
    pub(super) removed: FxHashSet<NodeIx>,
    pub(super) rows: FxHashMap<NodeIx, Arc<PatchedRow>>,
    pub(super) ties: usize,
    pub(super) ties_bound: usize,
}

/// A tie as it will be, seen from one of its people.
#[derive(Debug, Clone, Copy)]
struct NewTie {
    out: Cost,
    into: Cost,
    tie: TieIx,
}

/// What changes in the row of one person, by the other person; `None` where the tie goes.
type RowChanges = FxHashMap<NodeIx, Option<NewTie>>;

impl Patch {
    /// What differs from the base of `network` once `overlay` lies over it.
    pub(super) fn over(network: &Network, overlay: &Overlay) -> Self {
        let patch = network.patch().cloned().unwrap_or_else(|| Self::none(network));
        let base = network.places() - patch.added.len();
        let mut draft = Draft { network, patch, changes: FxHashMap::default(), base };
        for (&id, &presence) in &overlay.people {
            draft.set_person(id, presence);
        }
        for (&(a, b), costs) in &overlay.ties {
            if let (Some(a), Some(b)) = (draft.place_of(a), draft.place_of(b)) {
                draft.set_tie((a, b), *costs);
            }
        }
        draft.finish()
    }

    /// Whether everything is as in the base, so that no row need be looked up here.
    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.rows.is_empty()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let row = |row: &Arc<PatchedRow>| {
            let entries = row.out.capacity() + row.into.capacity();
            entries * size_of::<Entry>() + row.out_ties.capacity() * size_of::<TieIx>()
        };
        let place = size_of::<(PersonId, NodeIx)>();
        self.added.capacity() * size_of::<PersonId>()
            + self.places.capacity() * place
            + self.removed.capacity() * size_of::<NodeIx>()
            + self.rows.capacity() * size_of::<(NodeIx, Arc<PatchedRow>)>()
            + self.rows.values().map(|held| size_of::<PatchedRow>() + row(held)).sum::<usize>()
    }

    fn none(network: &Network) -> Self {
        Self {
            added: Vec::new(),
            places: FxHashMap::default(),
            removed: FxHashSet::default(),
            rows: FxHashMap::default(),
            ties: network.ties(),
            ties_bound: network.ties_bound(),
        }
    }
}

struct Draft<'a> {
    network: &'a Network,
    patch: Patch,
    changes: FxHashMap<NodeIx, RowChanges>,
    /// How many people the base has; whoever was added comes after them.
    base: usize,
}

impl Draft<'_> {
    fn place_of(&self, id: PersonId) -> Option<NodeIx> {
        self.network.place_of(id).or_else(|| self.patch.places.get(&id).copied())
    }

    fn set_person(&mut self, id: PersonId, presence: Presence) {
        match (self.place_of(id), presence) {
            (None, Presence::Gone) => {}
            (None, Presence::Here | Presence::Anew) => self.add(id),
            (Some(node), Presence::Here) => {
                self.patch.removed.remove(&node);
            }
            (Some(node), Presence::Gone) => {
                self.clear(node);
                self.patch.removed.insert(node);
            }
            (Some(node), Presence::Anew) => {
                self.clear(node);
                self.patch.removed.remove(&node);
            }
        }
    }

    fn add(&mut self, id: PersonId) {
        let node = (self.base + self.patch.added.len()) as NodeIx;
        self.patch.added.push(id);
        self.patch.places.insert(id, node);
        self.patch.rows.insert(node, Arc::default());
    }

    fn clear(&mut self, node: NodeIx) {
        for entry in self.network.out_row(node) {
            self.set_tie((node, entry.node), None);
        }
    }

    fn set_tie(&mut self, (a, b): (NodeIx, NodeIx), costs: Option<Costs>) {
        let tie = self.tie_now(a, b);
        let ix = match (tie, costs) {
            (None, None) => return,
            (Some(tie), Some(_)) => tie,
            (Some(tie), None) => {
                self.patch.ties -= 1;
                tie
            }
            (None, Some(_)) => {
                self.patch.ties += 1;
                self.patch.ties_bound += 1;
                (self.patch.ties_bound - 1) as TieIx
            }
        };
        let of_a = costs.map(|Costs { forth, back }| NewTie { out: forth, into: back, tie: ix });
        let of_b = costs.map(|Costs { forth, back }| NewTie { out: back, into: forth, tie: ix });
        self.changes.entry(a).or_default().insert(b, of_a);
        self.changes.entry(b).or_default().insert(a, of_b);
    }

    /// The tie of two people after the changes so far.
    fn tie_now(&self, a: NodeIx, b: NodeIx) -> Option<TieIx> {
        if let Some(change) = self.changes.get(&a).and_then(|row| row.get(&b)) {
            return change.map(|tie| tie.tie);
        }
        let known = a.max(b) < self.network.places() as NodeIx;
        known.then(|| self.network.tie_between(a, b)).flatten().map(|(tie, _)| tie)
    }

    fn finish(mut self) -> Patch {
        for (&node, changes) in &self.changes {
            let row = self.changed_row(node, changes);
            self.patch.rows.insert(node, Arc::new(row));
        }
        self.patch
    }

    fn changed_row(&self, node: NodeIx, changes: &RowChanges) -> PatchedRow {
        let known = (node as usize) < self.network.places();
        let (out, ties, into): (&[Entry], &[TieIx], &[Entry]) = if known {
            (self.network.out_row(node), self.network.out_ties(node), self.network.in_row(node))
        } else {
            (&[], &[], &[])
        };
        let kept = |entry: &Entry| !changes.contains_key(&entry.node);
        let new = || changes.iter().filter_map(|(&node, change)| Some((node, (*change)?)));
        let out = out.iter().copied().zip(ties.iter().copied()).filter(|(entry, _)| kept(entry));
        let new_out = new().map(|(node, tie)| (Entry { cost: tie.out, node }, tie.tie));
        let (out, out_ties) = self.merged(out, new_out.collect(), |(entry, _)| *entry).unzip();
        let into = into.iter().copied().filter(kept);
        let new_into = new().map(|(node, tie)| Entry { cost: tie.into, node });
        let into = self.merged(into, new_into.collect(), |entry| *entry).collect();
        PatchedRow { out, out_ties, into }
    }

    /// What was there, which is in order, and what is new, each in its place.
    fn merged<'a, T: 'a>(
        &'a self,
        old: impl Iterator<Item = T> + 'a,
        mut new: Vec<T>,
        entry: impl Fn(&T) -> Entry + 'a,
    ) -> impl Iterator<Item = T> + 'a {
        new.sort_by(|a, b| self.best_first(entry(a), entry(b)));
        let (mut old, mut new) = (old.peekable(), new.into_iter().peekable());
        std::iter::from_fn(move || {
            let Some(next) = new.peek().map(&entry) else { return old.next() };
            let old_first = |item: &T| self.best_first(entry(item), next) == Ordering::Less;
            old.next_if(old_first).or_else(|| new.next())
        })
    }

    fn best_first(&self, a: Entry, b: Entry) -> Ordering {
        a.cost.cmp(&b.cost).then_with(|| self.id(a.node).cmp(&self.id(b.node)))
    }

    fn id(&self, node: NodeIx) -> PersonId {
        match (node as usize).checked_sub(self.base) {
            Some(at) => self.patch.added[at],
            None => self.network.id(node),
        }
    }
}
