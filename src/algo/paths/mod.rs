//! The best paths of introductions from seekers to targets, and why there may be none.

mod alternatives;
mod ball;
mod best;
mod cheapest;
mod circles;
mod courses;
mod far;
mod guess;
mod hops;
mod many;
mod meet;
mod miss;
mod question;
mod raising;
mod rising;
mod scratch;
mod search;
mod table;
mod terms;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;

use std::borrow::Cow;

use rustc_hash::FxHashSet;

pub use alternatives::{ALTERNATIVES_MAX, Alternative, alternatives, joint_chance};
pub use cheapest::cheapest_path;
pub use circles::{Circle, circles, limit_of};
pub use hops::fewest_steps;
pub use many::{ManyQuery, Reaching, best_to_each};
pub use miss::{NearestMiss, nearest_miss, openers};
pub use raising::{Account, Raised, Raising, raisings};
pub use rising::{Rise, rises};
pub use terms::PersonTerms;

use super::{Stop, Stopped};
use crate::graph::{Cost, Entry, Network, NodeIx};

/// The most steps that a path may have.
pub const STEPS_MAX: u8 = 4;

/// A set of people of a network.
pub type NodeSet = FxHashSet<NodeIx>;

/// Somebody who wants to be introduced, and what their first step costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeker<'a> {
    node: NodeIx,
    first: Cow<'a, [Entry]>,
}

impl<'a> Seeker<'a> {
    /// A seeker whose first step costs what `first` says, instead of their row of the network.
    pub fn new(node: NodeIx, mut first: Vec<Entry>) -> Self {
        first.sort_unstable();
        Self { node, first: Cow::Owned(first) }
    }

    /// A seeker whose first step costs what their row of the network says.
    pub fn of_network(network: &'a Network, node: NodeIx) -> Self {
        Self { node, first: Cow::Borrowed(network.out_row(node)) }
    }

    /// Who it is.
    pub fn node(&self) -> NodeIx {
        self.node
    }

    /// What the first step costs, best first.
    pub fn first(&self) -> &[Entry] {
        &self.first
    }
}

/// Who wants to reach whom, and which paths will do.
#[derive(Debug, Clone, Copy)]
pub struct PathQuery<'a> {
    /// Where paths start; nobody twice.
    pub seekers: &'a [Seeker<'a>],
    /// Where paths end; a seeker among them is reached by the other seekers.
    pub targets: &'a [NodeIx],
    /// How many paths at most.
    pub count_max: usize,
    /// How many steps at most; more than [`STEPS_MAX`] count as that.
    pub steps_max: u8,
    /// What is added for the person who is asked.
    pub terms: &'a PersonTerms,
    /// Who may be neither connector nor target.
    pub avoid: &'a NodeSet,
    /// What a single step may cost, its term included.
    pub cost_max: Cost,
}

/// A way from a seeker to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The seeker, the connectors, the target.
    pub nodes: Vec<NodeIx>,
    /// What each step costs, its term included.
    pub costs: Vec<Cost>,
    /// The sum of the costs.
    pub total: u64,
}

impl Path {
    /// The chance that every step is granted.
    pub fn probability(&self) -> f64 {
        (-(self.total as f64) / Cost::UNITS).exp()
    }

    /// The step least likely to be granted, counted from 0; of equal ones the first.
    pub fn weakest_step(&self) -> usize {
        let step = |at: &usize| (self.costs[*at], std::cmp::Reverse(*at));
        (0..self.costs.len()).max_by_key(step).unwrap_or(0)
    }
}

/// What a search did, so that its work can be bounded without a clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// How many entries of rows were looked at.
    pub edges_scanned: u64,
    /// The most halves of paths that were held at once.
    pub halves_held_max: usize,
    /// How often the search began anew with a wider limit.
    pub rounds: u32,
}

/// The best paths, in order, and what it took to find them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paths {
    /// By total cost, then fewer steps, then the ids along the path.
    pub paths: Vec<Path>,
    /// What it took.
    pub work: Work,
}

/// The best simple paths from any seeker to any target; exact, and the same for the same question.
///
/// Nobody stands twice on a path, and a connector is neither a seeker, nor a target, nor avoided.
/// A step that is never granted is no step. The first step costs what the seeker says, each later
/// one what the row of the connector who takes it says; the term of the person who is asked is
/// added inside the logit, and the target has none.
///
/// # Errors
/// [`Stopped`] if `stop` was requested.
///
/// # Complexity
/// At most the rows of everybody within one step of a seeker or a target, a few times; in practice
/// the part of these rows that a path as good as the worst one returned could use. Memory: at most
/// 2k halves of paths per person in the middle, for k = `count_max`.
pub fn best_paths(network: &Network, query: &PathQuery<'_>, stop: &Stop) -> Result<Paths, Stopped> {
    search::run(network, query, stop)
}
