//! What would make a path the first: one of its steps, if it were likelier.

use rustc_hash::FxHashSet;

use super::Path;
use crate::graph::{Cost, NodeIx};

/// A step that, were it likelier, would make its path the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rise {
    /// Which step of the path, counted from 0.
    pub step: usize,
    /// What it may cost at most, so that the path costs less than the one that is first now.
    pub cost: Cost,
}

/// For each of the best paths, the smallest strengthening of one step that makes it the first.
///
/// `paths` are the best ones, in the order of [`best_paths`](super::best_paths), all from the first
/// on. Of the steps along ties that no better path takes, the least likely one is named: the same
/// factor of probability lifts the path whichever of them it is, and there it is the least. Since
/// no better path takes that tie, none rises with it, so that this path and no other becomes the
/// first. Nothing for the first path, where all its ties are shared with better ones, and where
/// even a step that is granted for certain would not do.
///
/// # Complexity
/// Linear in the steps of the paths.
pub fn rises(paths: &[Path]) -> Vec<Option<Rise>> {
    let mut taken: FxHashSet<(NodeIx, NodeIx)> = FxHashSet::default();
    let best = paths.first().map_or(0, |path| path.total);
    let each = paths.iter().enumerate().map(|(place, path)| {
        let ties = path.nodes.windows(2).map(|two| (two[0].min(two[1]), two[0].max(two[1])));
        let ties: Vec<_> = ties.collect();
        let own = (0..ties.len()).filter(|&step| !taken.contains(&ties[step]));
        let weakest = own.max_by_key(|&step| (path.costs[step], std::cmp::Reverse(step)));
        taken.extend(ties);
        let step = weakest.filter(|_| place > 0)?;
        let lacking = path.total - best + 1;
        let cost = u64::from(path.costs[step].units()).checked_sub(lacking)?;
        Some(Rise { step, cost: Cost::from_units(u32::try_from(cost).ok()?) })
    });
    each.collect()
}
