//! An overlay: a few changes to put over a network.

use std::collections::BTreeMap;

use super::{Cost, TieCosts};
use crate::model::PersonId;

/// A few changes to put over a network, in the order in which they were made.
///
/// What is private to a viewer, written since the epoch, or only supposed: it is all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlay {
    pub(super) people: BTreeMap<PersonId, Presence>,
    /// By the two ids in order; `None` removes the tie.
    pub(super) ties: BTreeMap<(PersonId, PersonId), Option<Costs>>,
}

/// The costs of a tie from the smaller id to the greater, and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Costs {
    pub(super) forth: Cost,
    pub(super) back: Cost,
}

/// What an overlay says of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// They are there, with the ties they had.
    Here,
    /// They are not there.
    Gone,
    /// They were removed and came back without the ties they had.
    Anew,
}

impl Overlay {
    /// An overlay that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && self.ties.is_empty()
    }

    /// Adds a person, unless they are there already.
    pub fn add_person(&mut self, id: PersonId) {
        let presence = self.people.entry(id).or_insert(Presence::Here);
        if *presence == Presence::Gone {
            *presence = Presence::Anew;
        }
    }

    /// Removes a person and all their ties.
    pub fn remove_person(&mut self, id: PersonId) {
        self.ties.retain(|&(a, b), _| a != id && b != id);
        self.people.insert(id, Presence::Gone);
    }

    /// Adds a tie or replaces its costs; people who are not there are added.
    ///
    /// A tie of a person with themselves is no tie and changes nothing.
    pub fn set_tie(&mut self, tie: TieCosts<PersonId>) {
        let TieCosts { a, b, forth, back } = tie;
        if a == b {
            return;
        }
        self.add_person(a);
        self.add_person(b);
        let costs = if a < b { Costs { forth, back } } else { Costs { forth: back, back: forth } };
        self.ties.insert((a.min(b), a.max(b)), Some(costs));
    }

    /// Removes the tie of two people, if there is one.
    pub fn remove_tie(&mut self, a: PersonId, b: PersonId) {
        self.ties.insert((a.min(b), a.max(b)), None);
    }
}
