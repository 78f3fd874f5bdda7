//! How many steps lie between seekers and targets at least.

use super::{
    PathQuery, Stop, Stopped,
    courses::{each_course, may_reach},
    meet::Side,
    question::Question,
    scratch::{STOP_EVERY, Scratch},
};
use crate::graph::{Cost, Entry, Network, NodeIx};

/// The fewest steps from any seeker to any target, of any number; nothing where no path leads.
///
/// A path is what [`best_paths`](super::best_paths) says of one, but for its length: what the
/// query says of counts and steps does not matter.
///
/// # Errors
/// [`Stopped`] if `stop` was requested.
///
/// # Complexity
/// Breadth first from both ends, always from the one whose next layer has fewer ties.
pub fn fewest_steps(
    network: &Network,
    query: &PathQuery<'_>,
    stop: &Stop,
) -> Result<Option<u32>, Stopped> {
    stop.check()?;
    let mut fewest: Option<u32> = None;
    Scratch::lend(|scratch| {
        each_course(network, query, scratch, |question, scratch| {
            let mut layers = std::mem::take(&mut scratch.layers);
            let found = layers.meet(question, scratch, stop);
            scratch.layers = layers;
            if let Some(steps) = found? {
                fewest = Some(fewest.map_or(steps, |fewest| fewest.min(steps)));
            }
            Ok(())
        })
    })?;
    Ok(fewest)
}

/// Who was reached from both ends, layer by layer.
#[derive(Debug, Default)]
pub(super) struct Layers {
    sides: [Reached; 2],
    unchecked: usize,
}

/// Who was reached from one end.
#[derive(Debug, Default)]
struct Reached {
    /// A bit for everybody.
    bits: Vec<u64>,
    /// Whose bits are set, in layers.
    nodes: Vec<NodeIx>,
    /// Where the last layer begins.
    last: usize,
}

impl Reached {
    fn clear(&mut self, places: usize) {
        for &node in &self.nodes {
            self.bits[node as usize / 64] = 0;
        }
        self.nodes.clear();
        self.last = 0;
        self.bits.resize(places.div_ceil(64), 0);
    }

    #[inline]
    fn holds(&self, node: NodeIx) -> bool {
        self.bits[node as usize / 64] >> (node % 64) & 1 != 0
    }

    /// Takes somebody in; whether they are new.
    #[inline]
    fn insert(&mut self, node: NodeIx) -> bool {
        let (word, bit) = (&mut self.bits[node as usize / 64], 1 << (node % 64));
        let new = *word & bit == 0;
        if new {
            *word |= bit;
            self.nodes.push(node);
        }
        new
    }

    fn last_layer(&self) -> std::ops::Range<usize> {
        self.last..self.nodes.len()
    }
}

impl Layers {
    /// How many bytes they keep.
    pub(super) fn bytes(&self) -> usize {
        let side = |side: &Reached| side.bits.capacity() * 8 + side.nodes.capacity() * 4;
        self.sides.iter().map(side).sum()
    }

    fn meet(
        &mut self,
        question: &Question<'_>,
        scratch: &Scratch,
        stop: &Stop,
    ) -> Result<Option<u32>, Stopped> {
        for side in [Side::Seeker, Side::Target] {
            let reached = &mut self.sides[side.at()];
            reached.clear(question.network.places());
            for nth in 0..scratch.ends(side) {
                reached.insert(question.end_row(side, nth, scratch).0);
            }
        }
        let mut depths = [0_u32; 2];
        loop {
            let onward =
                |side: Side| self.ties_onward((side, depths[side.at()]), question, scratch, stop);
            let ties = [onward(Side::Seeker)?, onward(Side::Target)?];
            if ties[0] == 0 || (ties[1] == 0 && depths[0] > 0) {
                return Ok(None);
            }
            // The seekers' first steps are theirs alone, so they come first in any case.
            let from_seekers = ties[0] <= ties[1] || depths[0] == 0;
            let side = if from_seekers { Side::Seeker } else { Side::Target };
            let depth = &mut depths[side.at()];
            let met = self.next_layer((side, *depth), question, scratch, stop)?;
            *depth += 1;
            if met {
                return Ok(Some(depths[0] + depths[1]));
            }
        }
    }

    /// The row of the `nth` who was reached.
    #[inline]
    fn row<'a>(
        &self,
        (side, depth): (Side, u32),
        nth: usize,
        question: &Question<'a>,
        scratch: &Scratch,
    ) -> (NodeIx, &'a [Entry]) {
        if depth == 0 {
            return question.end_row(side, nth, scratch);
        }
        let node = self.sides[side.at()].nodes[nth];
        (node, question.onward_row(side, node))
    }

    /// How many ties lead on from the last layer of one side.
    fn ties_onward(
        &self,
        at: (Side, u32),
        question: &Question<'_>,
        scratch: &Scratch,
        stop: &Stop,
    ) -> Result<usize, Stopped> {
        let mut ties = 0;
        for nth in self.sides[at.0.at()].last_layer() {
            ties += self.row(at, nth, question, scratch).1.len();
            if nth.is_multiple_of(STOP_EVERY) {
                stop.check()?;
            }
        }
        Ok(ties)
    }

    /// Whether somebody of the next layer was reached from the other end.
    fn next_layer(
        &mut self,
        (side, depth): (Side, u32),
        question: &Question<'_>,
        scratch: &Scratch,
        stop: &Stop,
    ) -> Result<bool, Stopped> {
        let layer = self.sides[side.at()].last_layer();
        let end = layer.end;
        for nth in layer {
            let (from, row) = self.row((side, depth), nth, question, scratch);
            for chunk in row.chunks(STOP_EVERY) {
                self.unchecked += chunk.len() + 1;
                if self.unchecked >= STOP_EVERY {
                    self.unchecked = 0;
                    stop.check()?;
                }
                for entry in chunk {
                    let node = entry.node;
                    if self.sides[side.at()].holds(node)
                        || !may_reach(side, node, (question, scratch))
                    {
                        continue;
                    }
                    let cost = match (side, depth) {
                        (Side::Target, 0) => entry.cost,
                        (Side::Seeker, _) if scratch.is_target.holds(node) => entry.cost,
                        _ => question.onward_cost((side, from), *entry),
                    };
                    if cost > question.cost_max.min(Cost::GREATEST) {
                        continue;
                    }
                    if self.sides[side.other().at()].holds(node) {
                        return Ok(true);
                    }
                    self.sides[side.at()].insert(node);
                }
            }
        }
        self.sides[side.at()].last = end;
        Ok(false)
    }
}
