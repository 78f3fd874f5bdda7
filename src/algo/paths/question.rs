//! A query as a search reads it: ends without repetition, rows and costs of either side.

use super::{NodeSet, PathQuery, STEPS_MAX, Seeker, meet::Side, scratch::Scratch};
use crate::graph::{Cost, Entry, Network, NodeIx};

pub(super) struct Question<'a> {
    pub(super) network: &'a Network,
    pub(super) query: &'a PathQuery<'a>,
    pub(super) steps_max: u8,
    pub(super) cost_max: Cost,
    /// Whom the query avoids, where they are too many to be copied for one search.
    apart: Option<&'a NodeSet>,
}

/// How many avoided people are copied beside the ends, where to look for them costs least.
const COPIED_MAX: usize = if cfg!(test) { 1 } else { 256 };

impl<'a> Question<'a> {
    /// Sorts out who is an end and who may not connect.
    pub(super) fn new(
        network: &'a Network,
        query: &'a PathQuery<'a>,
        scratch: &mut Scratch,
    ) -> Self {
        let ends = query.seekers.len() + query.targets.len();
        let apart = Some(query.avoid).filter(|avoid| avoid.len() > COPIED_MAX);
        scratch.blocked.clear(ends + COPIED_MAX.min(query.avoid.len()));
        scratch.is_target.clear(query.targets.len());
        scratch.seekers.clear();
        for (nth, seeker) in (0..).zip(query.seekers) {
            if scratch.blocked.insert(seeker.node()) {
                scratch.seekers.push(nth);
            }
        }
        scratch.targets.clear();
        for &target in query.targets {
            if !query.avoid.contains(&target) && scratch.is_target.insert(target) {
                scratch.targets.push(target);
                scratch.blocked.insert(target);
            }
        }
        for &avoided in query.avoid.iter().filter(|_| apart.is_none()) {
            scratch.blocked.insert(avoided);
        }
        let steps_max = query.steps_max.min(STEPS_MAX);
        Self { network, query, steps_max, cost_max: query.cost_max.min(Cost::GREATEST), apart }
    }

    /// Whether somebody may not be a connector.
    #[inline]
    pub(super) fn blocks(&self, node: NodeIx, scratch: &Scratch) -> bool {
        scratch.blocked.holds(node) || self.apart.is_some_and(|avoid| avoid.contains(&node))
    }

    /// An end of one side, and its row.
    pub(super) fn end_row(
        &self,
        side: Side,
        nth: usize,
        scratch: &Scratch,
    ) -> (NodeIx, &'a [Entry]) {
        match side {
            Side::Seeker => {
                let seeker: &'a Seeker<'a> = &self.query.seekers[scratch.seekers[nth] as usize];
                (seeker.node(), seeker.first())
            }
            Side::Target => {
                let target = scratch.targets[nth];
                (target, self.network.in_row(target))
            }
        }
    }

    /// What a step from a seeker to a connector, or from a connector to a target, costs.
    #[inline]
    pub(super) fn end_cost(&self, side: Side, entry: Entry) -> Cost {
        match side {
            Side::Seeker => self.asked(entry.cost, entry.node),
            Side::Target => entry.cost,
        }
    }

    /// The steps between a connector next to an end and the next one.
    #[inline]
    pub(super) fn onward_row(&self, side: Side, via: NodeIx) -> &'a [Entry] {
        match side {
            Side::Seeker => self.network.out_row(via),
            Side::Target => self.network.in_row(via),
        }
    }

    #[inline]
    pub(super) fn onward_cost(&self, (side, via): (Side, NodeIx), entry: Entry) -> Cost {
        let asked = if side == Side::Seeker { entry.node } else { via };
        self.asked(entry.cost, asked)
    }

    /// The greatest term that a step of such a row may have.
    pub(super) fn onward_term(&self, side: Side, via: NodeIx) -> f32 {
        match side {
            Side::Seeker => self.query.terms.greatest(),
            Side::Target => self.query.terms.get(via),
        }
    }

    #[inline]
    fn asked(&self, cost: Cost, node: NodeIx) -> Cost {
        let term = self.query.terms.get(node);
        if term == 0.0 { cost } else { cost.with_term(f64::from(term)) }
    }
}
