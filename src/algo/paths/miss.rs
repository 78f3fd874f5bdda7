//! Why no path was found, and what comes nearest to one.

use rustc_hash::FxHashMap;

use super::{NodeSet, Path, PathQuery, Seeker, Stop, Stopped};
use crate::graph::{Cost, Entry, Network, NodeIx};

/// What comes nearest to a path, where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NearestMiss {
    /// There is a path of more steps: the one of fewest steps, of these the best.
    Longer(Path),
    /// There is a path only past what the query excludes.
    Excluded {
        /// The one of fewest steps, of these the best; a term of −∞ is not in its costs.
        path: Path,
        /// Who on it is avoided, or has a term of −∞.
        people: Vec<NodeIx>,
        /// Which of its steps cost more than the query allows, counted from 0.
        dear_steps: Vec<usize>,
    },
    /// No seeker has anybody to ask.
    SeekersKnowNobody,
    /// Nobody can introduce anybody to a target.
    NobodyKnowsTheTargets,
    /// Nobody whom a seeker may ask leads to a target.
    Island {
        /// How many people lead to a target, the targets among them.
        people: usize,
    },
}

/// What comes nearest to a path for a query that found none.
///
/// # Errors
/// [`Stopped`] if `stop` was requested.
///
/// # Complexity
/// Three walks over the network at most; and two for each target that is a seeker too.
pub fn nearest_miss(
    network: &Network,
    query: &PathQuery<'_>,
    stop: &Stop,
) -> Result<NearestMiss, Stopped> {
    let seekers: FxHashMap<_, _> =
        query.seekers.iter().map(|seeker| (seeker.node(), seeker)).collect();
    let ends = seekers.keys().chain(query.targets).copied().collect();
    let walks = Walks { network, query, stop, seekers, ends };
    if let Some(path) = walks.fewest_steps(Rules::Kept)? {
        return Ok(NearestMiss::Longer(path));
    }
    if let Some(path) = walks.fewest_steps(Rules::Relaxed)? {
        let excluded = |node: &&NodeIx| walks.is_excluded(**node);
        let people = path.nodes[1..].iter().filter(excluded).copied().collect();
        let dear = |at: &usize| path.costs[*at] > query.cost_max;
        let dear_steps = (0..path.costs.len()).filter(dear).collect();
        return Ok(NearestMiss::Excluded { path, people, dear_steps });
    }
    let asks = |seeker: &Seeker| seeker.first().iter().any(|entry| entry.cost.is_step());
    if !query.seekers.iter().any(asks) {
        return Ok(NearestMiss::SeekersKnowNobody);
    }
    match walks.island()? {
        island if island.leads_there == 0 => Ok(NearestMiss::NobodyKnowsTheTargets),
        island => Ok(NearestMiss::Island { people: island.leads_there + island.targets }),
    }
}

/// Who would open a path by a tie with a seeker: those who may be asked to introduce somebody to a
/// target, with what that step costs; for each target the cheapest first.
///
/// Seekers, targets and who is avoided or refuses are none; nor is anybody, where one step is all
/// that a path may have.
///
/// # Complexity
/// Linear in the rows of the targets.
pub fn openers(network: &Network, query: &PathQuery<'_>) -> Vec<Entry> {
    if query.steps_max < 2 {
        return Vec::new();
    }
    let ends: NodeSet =
        query.seekers.iter().map(Seeker::node).chain(query.targets.iter().copied()).collect();
    let may_open = |entry: &&Entry| {
        let (node, cost) = (entry.node, entry.cost);
        let refuses = query.terms.get(node) == f32::NEG_INFINITY;
        let closed = ends.contains(&node) || query.avoid.contains(&node) || refuses;
        cost.is_step() && cost <= query.cost_max && !closed
    };
    let targets = query.targets.iter().filter(|target| !query.avoid.contains(target));
    targets.flat_map(|&target| network.in_row(target).iter().filter(may_open)).copied().collect()
}

/// Whether what the query excludes is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rules {
    Kept,
    Relaxed,
}

struct Island {
    targets: usize,
    leads_there: usize,
}

struct Walks<'a> {
    network: &'a Network,
    query: &'a PathQuery<'a>,
    stop: &'a Stop,
    seekers: FxHashMap<NodeIx, &'a Seeker<'a>>,
    /// Seekers and targets: no connectors.
    ends: NodeSet,
}

/// Somebody as far from the seekers as everybody of the same layer.
#[derive(Debug, Clone, Copy)]
struct Reached {
    node: NodeIx,
    total: u64,
    /// Where in the layer before the one stands who asks them.
    asked_by: usize,
    cost: Cost,
}

/// From whom to whom one walk goes.
struct Course {
    rules: Rules,
    seekers: Vec<NodeIx>,
    targets: NodeSet,
}

impl<'a> Walks<'a> {
    /// The path of fewest steps, of these the best.
    fn fewest_steps(&self, rules: Rules) -> Result<Option<Path>, Stopped> {
        let mut paths = Vec::new();
        for course in self.courses(rules) {
            paths.extend(self.walk(&course)?);
        }
        let ids = |path: &Path| path.nodes.iter().map(|&node| self.network.id(node)).collect();
        let key =
            |path: &Path| -> (usize, u64, Vec<_>) { (path.costs.len(), path.total, ids(path)) };
        Ok(paths.into_iter().min_by_key(key))
    }

    /// One walk for the targets that are no seekers, and one for each that is, without them.
    fn courses(&self, rules: Rules) -> Vec<Course> {
        let allowed = |node: &&NodeIx| rules == Rules::Relaxed || !self.query.avoid.contains(node);
        let (both, targets): (NodeSet, NodeSet) = (self.query.targets.iter().filter(allowed))
            .partition(|node| self.seekers.contains_key(node));
        let others = |target| self.seekers.keys().copied().filter(|&node| node != target).collect();
        let mut courses =
            vec![Course { rules, seekers: self.seekers.keys().copied().collect(), targets }];
        courses.extend(both.into_iter().map(|target| Course {
            rules,
            seekers: others(target),
            targets: NodeSet::from_iter([target]),
        }));
        courses
    }

    /// Goes on in layers of equal distance, each in the order of the best paths to its people.
    fn walk(&self, course: &Course) -> Result<Option<Path>, Stopped> {
        let first = |&node: &NodeIx| Reached { node, total: 0, asked_by: 0, cost: Cost::SURE };
        let mut layer: Vec<Reached> = course.seekers.iter().map(first).collect();
        layer.sort_unstable_by(|a, b| self.network.by_id(a.node, b.node));
        let mut met: NodeSet = layer.iter().map(|reached| reached.node).collect();
        let mut layers = vec![layer];
        while !layers[layers.len() - 1].is_empty() {
            let (found, next) = self.next_layer(course, &layers[layers.len() - 1], &met)?;
            if let Some(found) = found {
                return Ok(Some(trace(&layers, found)));
            }
            met.extend(next.iter().map(|reached| reached.node));
            layers.push(next);
        }
        Ok(None)
    }

    /// The best way to a target one step on, and whoever is met first one step on.
    fn next_layer(
        &self,
        course: &Course,
        layer: &[Reached],
        met: &NodeSet,
    ) -> Result<(Option<Reached>, Vec<Reached>), Stopped> {
        let mut found: Option<Reached> = None;
        let mut places = FxHashMap::default();
        let mut next: Vec<Reached> = Vec::new();
        for (asked_by, from) in layer.iter().enumerate() {
            self.stop.check()?;
            for entry in self.row(from.node) {
                let Some(cost) = self.cost(course, *entry) else { continue };
                let total = from.total + u64::from(cost.units());
                let reached = Reached { node: entry.node, total, asked_by, cost };
                if course.targets.contains(&entry.node) {
                    if found.is_none_or(|found| self.precedes(reached, found)) {
                        found = Some(reached);
                    }
                } else if !self.ends.contains(&entry.node) && !met.contains(&entry.node) {
                    let place = *places.entry(entry.node).or_insert(next.len());
                    match next.get_mut(place) {
                        None => next.push(reached),
                        Some(known) if total < known.total => *known = reached,
                        Some(_) => {}
                    }
                }
            }
        }
        let ids = |a: &Reached, b: &Reached| self.network.by_id(a.node, b.node);
        next.sort_unstable_by(|a, b| a.asked_by.cmp(&b.asked_by).then_with(|| ids(a, b)));
        Ok((found, next))
    }

    fn precedes(&self, a: Reached, b: Reached) -> bool {
        let key = |reached: Reached| (reached.total, reached.asked_by);
        key(a).cmp(&key(b)).then_with(|| self.network.by_id(a.node, b.node)).is_lt()
    }

    fn row(&self, node: NodeIx) -> &'a [Entry] {
        let network = self.network;
        self.seekers.get(&node).map_or_else(|| network.out_row(node), |seeker| seeker.first())
    }

    /// What a step costs under the rules, if it may be taken.
    fn cost(&self, course: &Course, Entry { node, cost }: Entry) -> Option<Cost> {
        let relaxed = course.rules == Rules::Relaxed;
        let mut term = f64::from(self.query.terms.get(node));
        if course.targets.contains(&node) || (relaxed && term == f64::NEG_INFINITY) {
            term = 0.0;
        }
        let cost = cost.with_term(term);
        let kept = !self.query.avoid.contains(&node) && cost <= self.query.cost_max;
        (cost.is_step() && (relaxed || kept)).then_some(cost)
    }

    fn is_excluded(&self, node: NodeIx) -> bool {
        let refuses = || self.query.terms.get(node) == f32::NEG_INFINITY;
        let is_target = || self.query.targets.contains(&node);
        self.query.avoid.contains(&node) || (!is_target() && refuses())
    }

    /// Who leads to a target, nothing excluded.
    fn island(&self) -> Result<Island, Stopped> {
        let targets: NodeSet = self.query.targets.iter().copied().collect();
        let mut open: Vec<NodeIx> = targets.iter().copied().collect();
        let mut met = self.ends.clone();
        while let Some(node) = open.pop() {
            self.stop.check()?;
            let steps = self.network.in_row(node).iter().filter(|entry| entry.cost.is_step());
            open.extend(steps.map(|entry| entry.node).filter(|&node| met.insert(node)));
        }
        let leads_there = met.len() - self.ends.len();
        Ok(Island { targets: targets.len(), leads_there })
    }
}

/// The path to somebody one step beyond the last of `layers`.
fn trace(layers: &[Vec<Reached>], last: Reached) -> Path {
    let mut steps = vec![last];
    for layer in layers.iter().rev() {
        steps.push(layer[steps[steps.len() - 1].asked_by]);
    }
    steps.reverse();
    let nodes = steps.iter().map(|reached| reached.node).collect();
    let costs = steps[1..].iter().map(|reached| reached.cost).collect();
    Path { nodes, costs, total: last.total }
}
