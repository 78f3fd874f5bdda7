//! The best paths found so far, and the limit they set for the rest.

use std::cmp::Ordering;

use super::Path;
use crate::graph::{Cost, Network, NodeIx};

/// A path in place, of as many nodes and costs as it has steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) total: u64,
    pub(super) steps: usize,
    pub(super) nodes: [NodeIx; 5],
    pub(super) costs: [Cost; 4],
}

impl Candidate {
    /// A path of one step.
    pub(super) fn direct(seeker: NodeIx, target: NodeIx, cost: Cost) -> Self {
        Self::of(&[seeker, target], &[cost])
    }

    /// A path with these people and the costs of the steps between them.
    pub(super) fn of(people: &[NodeIx], steps: &[Cost]) -> Self {
        let (mut nodes, mut costs) = ([0; 5], [Cost::SURE; 4]);
        nodes[..people.len()].copy_from_slice(people);
        costs[..steps.len()].copy_from_slice(steps);
        let total = steps.iter().map(|cost| u64::from(cost.units())).sum();
        Self { total, steps: steps.len(), nodes, costs }
    }

    #[inline]
    fn nodes(&self) -> &[NodeIx] {
        &self.nodes[..=self.steps]
    }

    #[inline]
    fn cmp(&self, other: &Self, network: &Network) -> Ordering {
        let by_ids = || {
            let pairs = self.nodes().iter().zip(other.nodes());
            pairs.fold(Ordering::Equal, |order, (&a, &b)| order.then_with(|| network.by_id(a, b)))
        };
        let key = |path: &Self| (path.total, path.steps);
        key(self).cmp(&key(other)).then_with(by_ids)
    }
}

/// The best paths within a limit, in order.
#[derive(Debug, Default)]
pub(super) struct Best {
    count_max: usize,
    limit: u64,
    paths: Vec<Candidate>,
}

impl Best {
    /// Forgets what was found, and allows `count_max` paths of totals up to `limit`.
    pub(super) fn restart(&mut self, count_max: usize, limit: u64) {
        self.count_max = count_max;
        self.limit = limit;
        self.paths.clear();
    }

    pub(super) fn is_full(&self) -> bool {
        self.paths.len() == self.count_max
    }

    /// The greatest total that may still be among the best.
    #[inline]
    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// Keeps a path if it is among the best so far.
    pub(super) fn offer(&mut self, path: Candidate, network: &Network) {
        if path.total > self.limit {
            return;
        }
        let (Ok(at) | Err(at)) = self.paths.binary_search_by(|other| other.cmp(&path, network));
        if at == self.count_max {
            return;
        }
        self.paths.truncate(self.count_max - 1);
        self.paths.insert(at, path);
        if self.is_full() {
            self.limit = self.paths[self.count_max - 1].total;
        }
    }

    pub(super) fn to_paths(&self) -> Vec<Path> {
        let path = |path: &Candidate| Path {
            nodes: path.nodes().to_vec(),
            costs: path.costs[..path.steps].to_vec(),
            total: path.total,
        };
        self.paths.iter().map(path).collect()
    }
}
