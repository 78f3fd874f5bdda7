//! Every path by plain enumeration, for tests to compare with.

use super::{Path, PathQuery, Seeker};
use crate::graph::{Cost, Entry, Network, NodeIx};

/// What [`super::best_paths`] must find.
pub(super) fn best_paths(network: &Network, query: &PathQuery<'_>) -> Vec<Path> {
    let mut all = all_paths(network, query, usize::from(query.steps_max));
    let ids = |path: &Path| path.nodes.iter().map(|&node| network.id(node)).collect::<Vec<_>>();
    all.sort_by_key(|path| (path.total, path.costs.len(), ids(path)));
    all.truncate(query.count_max);
    all
}

/// The path of fewest steps of any number, of these the best.
pub(super) fn fewest_steps(network: &Network, query: &PathQuery<'_>) -> Option<Path> {
    let ids = |path: &Path| path.nodes.iter().map(|&node| network.id(node)).collect::<Vec<_>>();
    let all = all_paths(network, query, network.places());
    all.into_iter().min_by_key(|path| (path.costs.len(), path.total, ids(path)))
}

/// What [`super::cheapest_path`] must find.
pub(super) fn cheapest_path(network: &Network, query: &PathQuery<'_>) -> Option<Path> {
    let ids = |path: &Path| path.nodes.iter().map(|&node| network.id(node)).collect::<Vec<_>>();
    let all = all_paths(network, query, network.places());
    all.into_iter().min_by_key(|path| (path.total, path.costs.len(), ids(path)))
}

fn all_paths(network: &Network, query: &PathQuery<'_>, steps_max: usize) -> Vec<Path> {
    let mut all = Vec::new();
    for seeker in query.seekers {
        let nodes = vec![seeker.node()];
        Walk { network, query, seeker, steps_max, nodes, costs: vec![] }.extend(&mut all);
    }
    all
}

struct Walk<'a> {
    network: &'a Network,
    query: &'a PathQuery<'a>,
    seeker: &'a Seeker<'a>,
    steps_max: usize,
    nodes: Vec<NodeIx>,
    costs: Vec<Cost>,
}

impl Walk<'_> {
    fn extend(&mut self, found: &mut Vec<Path>) {
        if self.costs.len() == self.steps_max {
            return;
        }
        let row = match self.nodes[..] {
            [_] => self.seeker.first(),
            [.., last] => self.network.out_row(last),
            [] => &[],
        };
        for &Entry { node, cost } in row {
            if self.nodes.contains(&node) || self.query.avoid.contains(&node) {
                continue;
            }
            let is_target = self.query.targets.contains(&node);
            let is_seeker = self.query.seekers.iter().any(|seeker| seeker.node() == node);
            let term = if is_target { 0.0 } else { f64::from(self.query.terms.get(node)) };
            let cost = cost.with_term(term);
            if !cost.is_step() || cost > self.query.cost_max {
                continue;
            }
            self.nodes.push(node);
            self.costs.push(cost);
            if is_target {
                let total = self.costs.iter().map(|cost| u64::from(cost.units())).sum();
                found.push(Path { nodes: self.nodes.clone(), costs: self.costs.clone(), total });
            } else if !is_seeker {
                self.extend(found);
            }
            self.nodes.pop();
            self.costs.pop();
        }
    }
}
