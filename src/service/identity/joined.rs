//! Which parts are one person, or one company, and why.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::model::CompanyId;

/// Why two are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Somebody said so.
    ByHand,
    /// They share an address, a profile page, a domain or a foreign id.
    Shares(String),
    /// Two companies have the same name, or one the name of the other's domain.
    CompanyName(String),
    /// Somebody known by mail and somebody known by a profile page have the same full name at the
    /// same company, and nobody else there has it.
    NameAndCompany(CompanyId),
}

/// That two parts are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Join<Id> {
    /// One part.
    pub one: Id,
    /// The other.
    pub other: Id,
    /// Why.
    pub why: Why,
}

/// Which parts are one; whoever is not named stands alone.
#[derive(Debug, Clone)]
pub struct Joined<Id> {
    /// Under which id each joined part is shown.
    shown: FxHashMap<Id, Id>,
    /// The parts of each that is shown, in order.
    parts: BTreeMap<Id, Vec<Id>>,
    joins: Vec<Join<Id>>,
}

impl<Id> Default for Joined<Id> {
    fn default() -> Self {
        Self { shown: FxHashMap::default(), parts: BTreeMap::new(), joins: Vec::new() }
    }
}

impl<Id: Copy + Ord + std::hash::Hash> Joined<Id> {
    /// The id under which a part is shown.
    pub fn shown(&self, id: Id) -> Id {
        self.shown.get(&id).copied().unwrap_or(id)
    }

    /// Whether an id is but a part of somebody who is shown under another.
    pub fn is_hidden(&self, id: Id) -> bool {
        self.shown(id) != id
    }

    /// Whether an id was joined with another.
    pub fn is_joined(&self, id: Id) -> bool {
        self.shown.contains_key(&id)
    }

    /// All parts of whoever an id is a part of, in order.
    pub fn parts(&self, id: Id) -> Vec<Id> {
        self.parts.get(&self.shown(id)).cloned().unwrap_or_else(|| vec![id])
    }

    /// Everybody who was joined: the id they are shown under, and their parts.
    pub fn all(&self) -> impl Iterator<Item = (Id, &[Id])> {
        self.parts.iter().map(|(shown, parts)| (*shown, parts.as_slice()))
    }

    /// What joins the parts of whoever an id is a part of.
    pub fn joins_of(&self, id: Id) -> impl Iterator<Item = &Join<Id>> {
        let shown = self.shown(id);
        self.joins.iter().filter(move |join| self.shown(join.one) == shown)
    }

    /// The same, but for some people, of whom it is as was found now. Whoever is one with them,
    /// before or now, must be among them.
    #[must_use]
    pub(super) fn with(&self, whom: impl IntoIterator<Item = Id>, found: Self) -> Self {
        let mut next = self.clone();
        for id in whom {
            if let Some(shown) = next.shown.remove(&id) {
                next.parts.remove(&shown);
            }
        }
        next.joins.retain(|join| next.shown.contains_key(&join.one));
        next.shown.extend(found.shown);
        next.parts.extend(found.parts);
        next.joins.extend(found.joins);
        next
    }

    /// How many parts are hidden behind another.
    pub fn hidden(&self) -> usize {
        self.shown.len() - self.parts.len()
    }
}

/// Unites parts, one reason at a time; those kept apart never come together, nor do two that were
/// anchored at different ones.
#[derive(Debug)]
pub(super) struct Joiner<Id> {
    of: BTreeMap<Id, Id>,
    /// Where parts belong whatever else is found, by the one they are shown under.
    anchors: BTreeMap<Id, Id>,
    parts: BTreeMap<Id, BTreeSet<Id>>,
    apart: Vec<(Id, Id)>,
    joins: Vec<Join<Id>>,
}

impl<Id> Default for Joiner<Id> {
    fn default() -> Self {
        Self {
            of: BTreeMap::new(),
            anchors: BTreeMap::new(),
            parts: BTreeMap::new(),
            apart: Vec::new(),
            joins: Vec::new(),
        }
    }
}

impl<Id: Copy + Ord + std::hash::Hash> Joiner<Id> {
    /// Begins with whoever is one already: they stay one, are shown as before, and whoever else
    /// is one with them is shown so too. Who is `known` comes together with nobody else who is.
    pub(super) fn anchored(joined: &Joined<Id>, known: impl IntoIterator<Item = Id>) -> Self {
        let mut joiner = Self::default();
        for id in known {
            let shown = joined.shown(id);
            joiner.anchors.insert(shown, shown);
            if joined.is_joined(id) && !joiner.parts.contains_key(&shown) {
                let parts = joined.parts(id);
                joiner.of.extend(parts.iter().map(|&part| (part, shown)));
                joiner.parts.insert(shown, parts.into_iter().collect());
                joiner.joins.extend(joined.joins_of(id).cloned());
            }
        }
        joiner
    }

    /// The part under which whoever this is a part of is shown: an anchor, or the least.
    pub(super) fn of(&self, id: Id) -> Id {
        self.of.get(&id).copied().unwrap_or(id)
    }

    pub(super) fn parts(&self, id: Id) -> Vec<Id> {
        let parts = self.parts.get(&self.of(id));
        parts.map_or_else(|| vec![id], |parts| parts.iter().copied().collect())
    }

    pub(super) fn keep_apart(&mut self, one: Id, other: Id) {
        self.apart.push((one, other));
    }

    pub(super) fn unite(&mut self, one: Id, other: Id, why: Why) {
        let is_free = |id: Id| !self.anchors.contains_key(&id);
        let (one_of, other_of) = (self.of(one), self.of(other));
        let first = one_of.min(other_of);
        let first = if is_free(first) && !is_free(one_of.max(other_of)) {
            one_of.max(other_of)
        } else {
            first
        };
        let second = if first == one_of { other_of } else { one_of };
        let meets = |(a, b): &(Id, Id)| {
            let (a, b) = (self.of(*a), self.of(*b));
            (a, b) == (first, second) || (b, a) == (first, second)
        };
        let both_anchored = !is_free(first) && !is_free(second);
        if first == second || both_anchored || self.apart.iter().any(meets) {
            return;
        }
        self.joins.push(Join { one, other, why });
        let moved = self.parts.remove(&second).unwrap_or_else(|| BTreeSet::from([second]));
        for part in &moved {
            self.of.insert(*part, first);
        }
        self.of.insert(first, first);
        self.parts.entry(first).or_insert_with(|| BTreeSet::from([first])).extend(moved);
    }

    pub(super) fn finish(self) -> Joined<Id> {
        let parts = self.parts.into_iter().map(|(id, parts)| (id, parts.into_iter().collect()));
        Joined { shown: self.of.into_iter().collect(), parts: parts.collect(), joins: self.joins }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_known_already_stays_who_they_are() {
        let mut joiner: Joiner<u8> = Joiner::default();
        joiner.unite(5, 6, Why::ByHand);
        let before = joiner.finish();
        let mut joiner = Joiner::anchored(&before, [5, 6, 8]);
        joiner.unite(1, 6, Why::ByHand);
        joiner.unite(1, 8, Why::ByHand);
        joiner.unite(2, 3, Why::ByHand);
        joiner.unite(3, 8, Why::ByHand);
        let joined = joiner.finish();
        assert_eq!([1, 5, 6].map(|id| joined.shown(id)), [5; 3], "not under the least");
        assert_eq!([2, 3, 8].map(|id| joined.shown(id)), [8; 3], "and not both as one");
        assert_eq!(joined.parts(1), [1, 5, 6]);
        assert_eq!(joined.joins_of(6).count(), 2);
    }

    #[test]
    fn parts_are_shown_under_the_least_and_who_is_kept_apart_stays_so() {
        let mut joiner: Joiner<u8> = Joiner::default();
        joiner.keep_apart(1, 4);
        joiner.unite(3, 2, Why::ByHand);
        joiner.unite(5, 4, Why::ByHand);
        joiner.unite(1, 3, Why::ByHand);
        joiner.unite(2, 5, Why::ByHand);
        let joined = joiner.finish();
        assert_eq!([1, 2, 3, 4, 5, 6].map(|id| joined.shown(id)), [1, 1, 1, 4, 4, 6]);
        assert_eq!(joined.parts(3), [1, 2, 3]);
        assert_eq!(joined.parts(6), [6]);
        assert_eq!(joined.hidden(), 3);
        assert_eq!(joined.joins_of(2).count(), 2);
    }
}
