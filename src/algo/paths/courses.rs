//! Searches of any number of steps, from seekers to targets who are no seekers themselves.

use super::{PathQuery, Stopped, meet::Side, question::Question, scratch::Scratch};
use crate::graph::{Network, NodeIx};

/// Runs `search` for the targets that are no seekers, and once for each that is, without them
/// among the seekers: so no search has anybody at both ends.
///
/// Who may connect is the same in all of them.
pub(super) fn each_course<'a>(
    network: &'a Network,
    query: &'a PathQuery<'a>,
    scratch: &mut Scratch,
    mut search: impl FnMut(&Question<'a>, &mut Scratch) -> Result<(), Stopped>,
) -> Result<(), Stopped> {
    let question = Question::new(network, query, scratch);
    let node = |&nth: &u32| query.seekers[nth as usize].node();
    let both: Vec<NodeIx> =
        scratch.seekers.iter().map(node).filter(|&node| scratch.is_target.holds(node)).collect();
    if both.is_empty() {
        return search(&question, scratch);
    }
    let (seekers, targets) = (scratch.seekers.clone(), scratch.targets.clone());
    let mut course = |seekers: Vec<u32>, targets: Vec<NodeIx>, scratch: &mut Scratch| {
        scratch.is_target.clear(targets.len());
        for &target in &targets {
            scratch.is_target.insert(target);
        }
        (scratch.seekers, scratch.targets) = (seekers, targets);
        search(&question, scratch)
    };
    let others = targets.iter().copied().filter(|target| !both.contains(target)).collect();
    course(seekers.clone(), others, scratch)?;
    for target in both {
        let others = seekers.iter().copied().filter(|nth| node(nth) != target).collect();
        course(others, vec![target], scratch)?;
    }
    Ok(())
}

/// Whether a search may reach somebody: connectors, and from the seekers also the targets.
#[inline]
pub(super) fn may_reach(
    side: Side,
    node: NodeIx,
    (question, scratch): (&Question<'_>, &Scratch),
) -> bool {
    !question.blocks(node, scratch) || (side == Side::Seeker && scratch.is_target.holds(node))
}
