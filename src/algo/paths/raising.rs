//! What likelier first steps would do for many answers at once.

use rustc_hash::FxHashSet;

use super::{ManyQuery, NodeSet, PathQuery, Reaching, Seeker, Stop, Stopped, best_paths};
use crate::graph::{Cost, Network, NodeIx};

/// One account: targets, each group with the connectors who introduce nobody to them.
pub type Account = Vec<(Vec<NodeIx>, NodeSet)>;

/// A first step as it would be if it were likelier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised {
    /// Whom it leads to.
    pub node: NodeIx,
    /// What it would cost where they are the target.
    pub direct: Cost,
    /// What it would cost where they are a connector: their term is in it.
    pub asked: Cost,
}

/// What a likelier first step would do.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Raising {
    /// To how many accounts a better path would lead than today's best.
    pub answers: usize,
    /// By how much the probabilities of these paths would grow in all.
    pub gain: f64,
}

/// For each first step, what it would do for the accounts if it alone were likelier.
///
/// `query` is that of one seeker; `today` is the total cost of the best path to each account, where
/// there is one.
///
/// # Errors
/// [`Stopped`] if `stop` was requested.
///
/// # Complexity
/// For each first step one search for many ([`Reaching`]) from there; for each account with closed
/// connectors a search of its own.
pub fn raisings(
    network: &Network,
    query: &ManyQuery<'_>,
    raised: &[Raised],
    (accounts, today): (&[Account], &[Option<u64>]),
    stop: &Stop,
) -> Result<Vec<Raising>, Stopped> {
    let seekers = query.seekers.iter().map(Seeker::node);
    let closed: NodeSet = seekers.chain(query.avoid.iter().copied()).collect();
    let mut all = Vec::with_capacity(raised.len());
    for &raised in raised {
        let mut raising = Raising::default();
        if !closed.contains(&raised.node) {
            let from = From::new(network, query, raised, &closed);
            let mut reaching = Reaching::new(network, from.query());
            for (account, &today) in accounts.iter().zip(today) {
                let Some(then) = from.total(&mut reaching, account, stop)? else { continue };
                if today.is_none_or(|today| then < today) {
                    raising.answers += 1;
                    raising.gain += probability(then) - today.map_or(0.0, probability);
                }
            }
        }
        all.push(raising);
    }
    Ok(all)
}

fn probability(total: u64) -> f64 {
    (-(total as f64) / Cost::UNITS).exp()
}

/// The rest of all paths that begin with one step.
struct From<'a> {
    network: &'a Network,
    raised: Raised,
    onward: [Seeker<'a>; 1],
    query: &'a ManyQuery<'a>,
    closed: &'a NodeSet,
}

impl<'a> From<'a> {
    fn new(
        network: &'a Network,
        query: &'a ManyQuery<'a>,
        raised: Raised,
        closed: &'a NodeSet,
    ) -> Self {
        let onward = [Seeker::of_network(network, raised.node)];
        Self { network, raised, onward, query, closed }
    }

    fn query(&self) -> ManyQuery<'_> {
        let steps_max = self.query.steps_max.saturating_sub(1);
        ManyQuery { seekers: &self.onward, steps_max, avoid: self.closed, ..*self.query }
    }

    /// What the best path to an account would cost that begins with the step.
    fn total(
        &self,
        reaching: &mut Reaching<'_>,
        account: &Account,
        stop: &Stop,
    ) -> Result<Option<u64>, Stopped> {
        let mut best: Option<u64> = None;
        for (targets, avoid) in account {
            let total = if targets.contains(&self.raised.node) {
                self.raised.direct.is_step().then(|| u64::from(self.raised.direct.units()))
            } else if avoid.contains(&self.raised.node) || !self.raised.asked.is_step() {
                None
            } else {
                let rest = if avoid.is_empty() {
                    reaching.best_to(targets, stop)?.map(|path| path.total)
                } else {
                    self.beside(targets, avoid, stop)?
                };
                rest.map(|rest| rest + u64::from(self.raised.asked.units()))
            };
            best = [best, total].into_iter().flatten().min();
        }
        Ok(best)
    }

    fn beside(
        &self,
        targets: &[NodeIx],
        avoid: &NodeSet,
        stop: &Stop,
    ) -> Result<Option<u64>, Stopped> {
        let avoid: FxHashSet<NodeIx> = avoid.union(self.closed).copied().collect();
        let ManyQuery { seekers, steps_max, terms, cost_max, .. } = self.query();
        let avoid = &avoid;
        let query = PathQuery { seekers, targets, count_max: 1, steps_max, terms, avoid, cost_max };
        let paths = best_paths(self.network, &query, stop)?.paths;
        Ok(paths.first().map(|path| path.total))
    }
}
