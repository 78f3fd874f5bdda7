//! Circles: how many people lie within one, two, three steps, and how likely they are met.

use std::borrow::Cow;

use super::{ManyQuery, PathQuery, STEPS_MAX, Stop, Stopped, best_paths};
use crate::graph::{Cost, Entry, Network, NodeIx};

/// Everybody within some number of steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// Within how many steps, from 1.
    pub steps: u8,
    /// How many people a path of at most so many steps leads to.
    pub people: usize,
    /// For each limit of the question, how many of them have a path of at most so many steps that
    /// costs no more than it.
    pub within: Vec<usize>,
}

/// How many people the seekers reach within 1, 2, … `steps_max` steps, and how many of them at what
/// cost of the best path; seekers and those who are avoided are not counted.
///
/// # Errors
/// [`Stopped`] if `stop` was requested.
///
/// # Complexity
/// Each row is read once for each number of steps at most, whole, for everybody counts; 16 bytes
/// for each place of the network. Whoever is easier to ask than to meet (a term above 0) may cost
/// a search of their own.
pub fn circles(
    network: &Network,
    query: &ManyQuery<'_>,
    limits: &[u64],
    stop: &Stop,
) -> Result<Vec<Circle>, Stopped> {
    let mut rounds = Rounds::begin(network, query);
    let mut circles = Vec::new();
    for steps in 1..=query.steps_max.min(STEPS_MAX) {
        if steps > 1 {
            rounds.step(stop)?;
        }
        let corrected = rounds.met_simply(steps, stop)?;
        let met = || corrected.iter().filter(|&&total| total != NEVER);
        let within = limits.iter().map(|&limit| met().filter(|&&total| total <= limit).count());
        circles.push(Circle { steps, people: met().count(), within: within.collect() });
    }
    Ok(circles)
}

/// No path leads there.
const NEVER: u64 = u64::MAX;

struct Rounds<'a> {
    network: &'a Network,
    query: &'a ManyQuery<'a>,
    /// What the best path to each place costs that was found so far.
    met: Vec<u64>,
    /// What the best way costs to ask each place for an introduction.
    asked: Vec<u64>,
    /// Who is asked more cheaply since the last round, and at what cost.
    newly: Vec<(NodeIx, u64)>,
    /// Those who can be neither met nor asked.
    closed: Vec<bool>,
}

impl<'a> Rounds<'a> {
    /// The first step is done.
    fn begin(network: &'a Network, query: &'a ManyQuery<'a>) -> Self {
        let places = network.places();
        let mut closed = vec![false; places];
        let seekers = query.seekers.iter().map(super::Seeker::node);
        for node in seekers.chain(query.avoid.iter().copied()) {
            closed[node as usize] = true;
        }
        let (met, asked) = (vec![NEVER; places], vec![NEVER; places]);
        let mut rounds = Self { network, query, met, asked, newly: Vec::new(), closed };
        let mut newly = Vec::new();
        for seeker in query.seekers {
            rounds.relax(0, seeker.first(), &mut newly);
        }
        Self { newly, ..rounds }
    }

    /// One step on from whoever is asked more cheaply since the last round: a path of the round
    /// before, even where a step of this round found a cheaper one meanwhile.
    fn step(&mut self, stop: &Stop) -> Result<(), Stopped> {
        let mut newly = Vec::new();
        let mut before = std::mem::take(&mut self.newly);
        before.sort_unstable();
        before.dedup_by_key(|(node, _)| *node);
        for (node, total) in before {
            stop.check()?;
            self.relax(total, self.network.out_row(node), &mut newly);
        }
        self.newly = newly;
        Ok(())
    }

    /// What the best path to each place costs on which nobody stands twice.
    ///
    /// The rounds take walks. To ask somebody once more never costs less than to have asked them
    /// once, so that a walk which comes back is never the cheapest; but for whom it ends with, if
    /// it is easier to ask than to meet them: these are searched for.
    fn met_simply(&self, steps_max: u8, stop: &Stop) -> Result<Cow<'_, [u64]>, Stopped> {
        let mut met = Cow::Borrowed(self.met.as_slice());
        if self.query.terms.greatest() <= 0.0 {
            return Ok(met);
        }
        let ManyQuery { seekers, terms, avoid, cost_max, .. } = *self.query;
        for node in 0..self.network.places() as NodeIx {
            let place = node as usize;
            let may_come_back = terms.get(node) > 0.0 && self.asked[place] <= self.met[place];
            if self.met[place] == NEVER || !may_come_back {
                continue;
            }
            let targets = &[node];
            let query =
                PathQuery { seekers, targets, count_max: 1, steps_max, terms, avoid, cost_max };
            let best = best_paths(self.network, &query, stop)?.paths;
            met.to_mut()[place] = best.first().map_or(NEVER, |path| path.total);
        }
        Ok(met)
    }

    fn relax(&mut self, so_far: u64, row: &[Entry], newly: &mut Vec<(NodeIx, u64)>) {
        for entry in row {
            let place = entry.node as usize;
            if self.closed[place] {
                continue;
            }
            let cost = |term: f32| {
                let cost = entry.cost.with_term(f64::from(term));
                let taken = cost.is_step() && cost <= self.query.cost_max;
                taken.then(|| so_far + u64::from(cost.units()))
            };
            if let Some(total) = cost(0.0) {
                self.met[place] = self.met[place].min(total);
            }
            match cost(self.query.terms.get(entry.node)) {
                Some(total) if total < self.asked[place] => {
                    self.asked[place] = total;
                    newly.push((entry.node, total));
                }
                _ => {}
            }
        }
    }
}

/// The greatest total cost of a path that is at least so likely.
pub fn limit_of(probability: f64) -> u64 {
    u64::from(Cost::from_probability(probability).units())
}
