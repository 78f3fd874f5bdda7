//! The best path to each of many targets, from the best of many seekers, in one search.

use super::{
    Path, PathQuery, PersonTerms, STEPS_MAX, Seeker, Stop, Stopped,
    best::{Best, Candidate},
    scratch::STOP_EVERY,
    search::{TOTAL_MAX, run, run_within},
    table::Table,
};
use crate::graph::{Cost, Network, NodeIx};

use super::NodeSet;

/// Who wants to reach many, and which paths will do.
#[derive(Debug, Clone, Copy)]
pub struct ManyQuery<'a> {
    /// Where paths start; nobody twice.
    pub seekers: &'a [Seeker<'a>],
    /// How many steps at most; more than [`STEPS_MAX`] count as that.
    pub steps_max: u8,
    /// What is added for the person who is asked.
    pub terms: &'a PersonTerms,
    /// Who may be neither connector nor target.
    pub avoid: &'a NodeSet,
    /// What a single step may cost, its term included.
    pub cost_max: Cost,
}

/// The best path to each group of targets, in their order; nothing where none leads there.
///
/// # Errors
/// [`Stopped`] if `stop` was requested.
///
/// # Complexity
/// That of [`Reaching`].
pub fn best_to_each<G: AsRef<[NodeIx]>>(
    network: &Network,
    query: &ManyQuery<'_>,
    groups: &[G],
    stop: &Stop,
) -> Result<Vec<Option<Path>>, Stopped> {
    let mut reaching = Reaching::new(network, *query);
    groups.iter().map(|targets| reaching.best_to(targets.as_ref(), stop)).collect()
}

/// The first step from the seekers to somebody.
#[derive(Debug, Clone, Copy)]
struct First {
    /// The cheapest to them as a target, and who takes it.
    direct: (Cost, NodeIx),
    /// The cheapest to them as a connector, and who takes it.
    asked: (Cost, NodeIx),
}

/// What is known of the cheapest two steps from the seekers to somebody.
#[derive(Debug, Clone, Copy, Default)]
struct Second {
    /// How much of the row was read.
    read: usize,
    best: Option<Two>,
}

#[derive(Debug, Clone, Copy)]
struct Two {
    seeker: NodeIx,
    via: NodeIx,
    costs: [Cost; 2],
}

impl Two {
    fn total(self) -> u64 {
        self.costs.map(|cost| u64::from(cost.units())).iter().sum()
    }
}

/// What the same seekers share when they look for many, one group of targets after the other.
///
/// # Complexity
/// The seekers' rows are read once. Of the people who know a target each row is read once at
/// most, whatever the number of targets they know, and only as far as it can matter. Paths of
/// four steps take a search for each group, within the limit that shorter paths set.
#[derive(Debug)]
pub struct Reaching<'a> {
    network: &'a Network,
    query: ManyQuery<'a>,
    /// Seekers and whoever is avoided.
    blocked: Table,
    first_places: Table,
    first: Vec<First>,
    /// What asking anybody costs at least.
    first_least: u64,
    second_places: Table,
    second: Vec<Second>,
    best: Best,
    unchecked: usize,
}

impl<'a> Reaching<'a> {
    /// Reads whom the seekers can ask.
    pub fn new(network: &'a Network, query: ManyQuery<'a>) -> Self {
        let cost_max = query.cost_max.min(Cost::GREATEST);
        let mut new = Self {
            network,
            query: ManyQuery { cost_max, ..query },
            blocked: Table::default(),
            first_places: Table::default(),
            first: Vec::new(),
            first_least: TOTAL_MAX,
            second_places: Table::default(),
            second: Vec::new(),
            best: Best::default(),
            unchecked: 0,
        };
        let seekers = query.seekers.iter().map(Seeker::node);
        for node in seekers.chain(query.avoid.iter().copied()) {
            new.blocked.insert(node);
        }
        for seeker in query.seekers {
            new.read_seeker(seeker);
        }
        new
    }

    fn read_seeker(&mut self, seeker: &Seeker<'_>) {
        let (network, from) = (self.network, seeker.node());
        let never = (Cost::NEVER, from);
        let better = |new: (Cost, NodeIx), old: (Cost, NodeIx)| {
            new.0.cmp(&old.0).then_with(|| network.by_id(new.1, old.1)).is_lt()
        };
        for entry in seeker.first() {
            let fresh = self.first.len() as u32;
            let at = self.first_places.get_or_insert(entry.node, fresh);
            if at == fresh {
                self.first.push(First { direct: never, asked: never });
            }
            let first = &mut self.first[at as usize];
            if entry.cost <= self.query.cost_max && better((entry.cost, from), first.direct) {
                first.direct = (entry.cost, from);
            }
            let term = self.query.terms.get(entry.node);
            let cost = entry.cost.with_term(f64::from(term));
            if cost <= self.query.cost_max
                && !self.blocked.holds(entry.node)
                && better((cost, from), first.asked)
            {
                first.asked = (cost, from);
                self.first_least = self.first_least.min(u64::from(cost.units()));
            }
        }
    }

    /// The best path to any of these targets, as [`best_paths`](super::best_paths) would find it.
    ///
    /// # Errors
    /// [`Stopped`] if `stop` was requested.
    pub fn best_to(&mut self, targets: &[NodeIx], stop: &Stop) -> Result<Option<Path>, Stopped> {
        stop.check()?;
        self.best.restart(1, TOTAL_MAX);
        for &target in targets {
            if !self.query.avoid.contains(&target) {
                self.look_from(target, stop)?;
            }
        }
        let found = self.best.to_paths().pop();
        let sound = |path: &Path| {
            let (target, others) = path.nodes.split_last().expect("a path ends somewhere");
            others[0] != *target && others[1..].iter().all(|node| !targets.contains(node))
        };
        if found.as_ref().is_none_or(sound) && self.query.steps_max < STEPS_MAX {
            return Ok(found);
        }
        let ManyQuery { seekers, steps_max, terms, avoid, cost_max } = self.query;
        let query = PathQuery { seekers, targets, count_max: 1, steps_max, terms, avoid, cost_max };
        if let Some(found) = found.filter(sound) {
            // A longer path must be cheaper.
            let within = run_within(self.network, &query, found.total, stop)?;
            return Ok(within.paths.into_iter().next().or(Some(found)));
        }
        Ok(run(self.network, &query, stop)?.paths.into_iter().next())
    }

    /// Offers the best paths of three steps at most to a target; they may pass other targets.
    fn look_from(&mut self, target: NodeIx, stop: &Stop) -> Result<(), Stopped> {
        let network = self.network;
        if self.query.steps_max == 0 {
            return Ok(());
        }
        if let Some(at) = self.first_places.get(target) {
            let (cost, seeker) = self.first[at as usize].direct;
            if cost.is_step() {
                self.best.offer(Candidate::direct(seeker, target, cost), network);
            }
        }
        if self.query.steps_max == 1 {
            return Ok(());
        }
        for entry in network.in_row(target) {
            let last = u64::from(entry.cost.units());
            if entry.cost > self.query.cost_max || last + self.first_least > self.best.limit() {
                break;
            }
            self.unchecked += 1;
            if self.blocked.holds(entry.node) {
                continue;
            }
            if let Some((cost, seeker)) = self.asked(entry.node) {
                let path = Candidate::of(&[seeker, entry.node, target], &[cost, entry.cost]);
                self.best.offer(path, network);
            }
            if self.query.steps_max > 2 {
                let room = self.best.limit() - last;
                if let Some(two) = self.two_steps_to(entry.node, room, stop)? {
                    let nodes = [two.seeker, two.via, entry.node, target];
                    let path = Candidate::of(&nodes, &[two.costs[0], two.costs[1], entry.cost]);
                    self.best.offer(path, network);
                }
            }
        }
        Ok(())
    }

    /// The cheapest step of a seeker to a connector.
    #[inline]
    fn asked(&self, node: NodeIx) -> Option<(Cost, NodeIx)> {
        let asked = self.first[self.first_places.get(node)? as usize].asked;
        asked.0.is_step().then_some(asked)
    }

    /// The cheapest two steps to a connector if they cost `room` at most; else these or others.
    fn two_steps_to(
        &mut self,
        node: NodeIx,
        room: u64,
        stop: &Stop,
    ) -> Result<Option<Two>, Stopped> {
        let fresh = self.second.len() as u32;
        let at = self.second_places.get_or_insert(node, fresh);
        if at == fresh {
            self.second.push(Second::default());
        }
        let Second { mut read, mut best } = self.second[at as usize];
        let row = self.network.in_row(node);
        let term = f64::from(self.query.terms.get(node));
        let rest = |limit: u64| limit.checked_sub(self.first_least);
        let began = read;
        for entry in &row[read..] {
            let cost = if term == 0.0 { entry.cost } else { entry.cost.with_term(term) };
            let limit = room.min(best.map_or(u64::MAX, Two::total));
            let within = rest(limit).is_some_and(|rest| u64::from(cost.units()) <= rest);
            if cost > self.query.cost_max || !within {
                break;
            }
            read += 1;
            if let Some((first, seeker)) = self.asked(entry.node) {
                let two = Two { seeker, via: entry.node, costs: [first, cost] };
                if best.is_none_or(|best| self.precedes(two, best)) {
                    best = Some(two);
                }
            }
        }
        self.second[at as usize] = Second { read, best };
        self.unchecked += read - began;
        if self.unchecked >= STOP_EVERY {
            self.unchecked = 0;
            stop.check()?;
        }
        Ok(best)
    }

    fn precedes(&self, a: Two, b: Two) -> bool {
        let ids = || {
            let seekers = self.network.by_id(a.seeker, b.seeker);
            seekers.then_with(|| self.network.by_id(a.via, b.via))
        };
        a.total().cmp(&b.total()).then_with(ids).is_lt()
    }
}
