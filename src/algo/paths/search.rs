//! The search: halves from both ends within a limit, joined where they meet.

use super::{
    NodeSet, PathQuery, Paths, STEPS_MAX, Seeker, Stop, Stopped, Work,
    best::{Best, Candidate},
    meet::{Half, Halves, Side, join},
    terms::reach,
};
use crate::graph::{Cost, Entry, Network, NodeIx};

/// How many entries are scanned between two looks at the request to stop.
const STOP_EVERY: u64 = 4_096;

/// How far the first round looks beyond the cheapest steps at both ends: half a unit of −ln p.
///
/// A round too narrow costs little, for the work grows steeply with the limit; one too wide would
/// read much of the row of a hub.
const FIRST_SLACK: u64 = 1 << 23;

/// By what each further round looks further.
const SLACK_GROWTH: u64 = 3;

/// No path costs more.
const TOTAL_MAX: u64 = STEPS_MAX as u64 * u32::MAX as u64;

/// The best paths of a query.
pub(super) fn run(network: &Network, query: &PathQuery<'_>, stop: &Stop) -> Result<Paths, Stopped> {
    stop.check()?;
    let mut search = Search::new(network, query, stop);
    if query.count_max > 0 && query.steps_max > 0 {
        search.widen_until_exact()?;
    }
    Ok(Paths { paths: search.best.into_paths(), work: search.work })
}

struct Search<'a> {
    network: &'a Network,
    query: &'a PathQuery<'a>,
    stop: &'a Stop,
    seekers: Vec<&'a Seeker>,
    targets: Vec<NodeIx>,
    /// The same targets, to ask whether somebody is one.
    is_target: NodeSet,
    /// Seekers and targets: no connectors.
    ends: NodeSet,
    steps_max: u8,
    cost_max: Cost,
    best: Best<'a>,
    work: Work,
    /// Whether the limit of this round kept anything out.
    cut: bool,
    /// Memory of earlier rounds, to be used again.
    spare: Vec<Halves<'a>>,
}

/// How far a row is scanned.
#[derive(Clone, Copy)]
struct Reach {
    /// What the rest of a path costs at least.
    rest: u64,
    /// The greatest term that a step of the row may have.
    term: f32,
}

/// The halves of one step of one side.
struct Near<'a> {
    side: Side,
    /// What the step costs at least.
    least: u64,
    halves: Halves<'a>,
    /// Where they end, best first.
    middles: Vec<(u64, NodeIx)>,
}

impl<'a> Search<'a> {
    fn new(network: &'a Network, query: &'a PathQuery<'a>, stop: &'a Stop) -> Self {
        let mut seen = NodeSet::default();
        let seekers = query.seekers.iter().filter(|seeker| seen.insert(seeker.node)).collect();
        let mut is_target = NodeSet::default();
        let mut may_meet = |node: &NodeIx| !query.avoid.contains(node) && is_target.insert(*node);
        let targets = query.targets.iter().copied().filter(|node| may_meet(node)).collect();
        seen.extend(&targets);
        Self {
            network,
            query,
            stop,
            seekers,
            targets,
            is_target,
            ends: seen,
            steps_max: query.steps_max.min(STEPS_MAX),
            cost_max: query.cost_max.min(Cost::GREATEST),
            best: Best::new(network, query.count_max),
            work: Work::default(),
            cut: false,
            spare: Vec::new(),
        }
    }

    /// Searches within a limit that grows until it hides nothing.
    fn widen_until_exact(&mut self) -> Result<(), Stopped> {
        let least = [Side::Seeker, Side::Target].map(|side| self.least_step(side));
        let base = match least {
            [Some(forth), Some(back)] if self.steps_max > 1 => forth + back,
            _ => {
                self.steps_max = 1;
                TOTAL_MAX
            }
        };
        let mut slack = FIRST_SLACK;
        loop {
            self.work.rounds += 1;
            self.cut = false;
            self.best.restart(base + slack);
            self.round(least.map(Option::unwrap_or_default))?;
            if self.best.is_full() || !self.cut || slack > TOTAL_MAX {
                return Ok(());
            }
            slack *= SLACK_GROWTH;
        }
    }

    /// One search within the limit; `forth` and `back` are the cheapest steps at the ends.
    fn round(&mut self, [forth, back]: [u64; 2]) -> Result<(), Stopped> {
        let seeker = self.near(Side::Seeker, [forth, back])?;
        if self.steps_max == 1 {
            return Ok(());
        }
        let target = self.near(Side::Target, [back, forth])?;
        for &(_, middle) in &seeker.middles {
            for half in seeker.halves.at(middle) {
                self.meet(half, middle, (Side::Seeker, &target.halves));
            }
        }
        if self.steps_max == 2 {
            return Ok(());
        }
        if self.length(&seeker) <= self.length(&target) {
            self.meet_beyond(&seeker, &target)?;
        } else {
            self.meet_beyond(&target, &seeker)?;
        }
        self.spare.extend([seeker.halves, target.halves]);
        Ok(())
    }

    /// The halves of one step, and (from the seekers) the paths of one.
    fn near(&mut self, side: Side, [least, rest]: [u64; 2]) -> Result<Near<'a>, Stopped> {
        let mut halves = self.halves();
        halves.begin_near(side, self.query.count_max);
        for (end, row) in self.rows(side) {
            let (rest_least, term) = match side {
                Side::Seeker => (0, self.query.terms.greatest()),
                Side::Target => (rest, 0.0),
            };
            self.scan(row, Reach { rest: rest_least, term }, |search, entry| {
                let (node, cost) = (entry.node, search.end_cost(side, entry));
                if search.steps_max > 1 && search.may_connect(node) {
                    if search.fits(cost, rest) {
                        halves.insert(node, Half::near(end, cost));
                    }
                } else if side == Side::Seeker
                    && search.is_target.contains(&node)
                    && node != end
                    && search.fits(entry.cost, 0)
                {
                    search.best.offer(Candidate::direct(end, node, entry.cost));
                }
            })?;
        }
        let middles = halves.middles();
        Ok(Near { side, least, halves, middles })
    }

    /// Paths of three steps, and of four: `built` is kept two steps far, `streamed` goes by.
    fn meet_beyond(&mut self, built: &Near<'a>, streamed: &Near<'a>) -> Result<(), Stopped> {
        let beyond = if self.steps_max > 3 { self.least_far(streamed) } else { None };
        let mut far = self.halves();
        far.begin_far(built.side, self.query.count_max);
        self.onward(built, streamed.least, |search, half, middle| {
            search.meet(half, middle, (built.side, &streamed.halves));
            let Some(beyond) = beyond else { return };
            if search.fits_total(half.total() + beyond) && search.may_connect(middle) {
                far.insert(middle, half);
            }
        })?;
        let held = built.halves.held() + streamed.halves.held() + far.held();
        self.work.halves_held_max = self.work.halves_held_max.max(held);
        if far.held() > 0 {
            self.onward(streamed, far.least(), |search, half, middle| {
                search.meet(half, middle, (streamed.side, &far));
            })?;
        }
        self.spare.push(far);
        Ok(())
    }

    fn halves(&mut self) -> Halves<'a> {
        self.spare.pop().unwrap_or_else(|| Halves::new(self.network))
    }

    /// Every half of two steps that one of one step leads to, if a path may cost `rest` more.
    fn onward(
        &mut self,
        near: &Near<'a>,
        rest: u64,
        mut each: impl FnMut(&mut Self, Half, NodeIx),
    ) -> Result<(), Stopped> {
        let mut halves = Vec::new();
        for &(least, via) in &near.middles {
            halves.clear();
            halves.extend(near.halves.at(via));
            let reach = Reach { rest: rest + least, term: self.onward_term(near.side, via) };
            self.scan(self.onward_row(near.side, via), reach, |search, entry| {
                let cost = search.onward_cost((near.side, via), entry);
                if cost <= search.cost_max {
                    for half in &halves {
                        each(search, half.further(via, cost), entry.node);
                    }
                }
            })?;
        }
        Ok(())
    }

    /// Joins a half with those of the other side at the same middle.
    fn meet(&mut self, half: Half, middle: NodeIx, (side, others): (Side, &Halves<'a>)) {
        for other in others.at(middle) {
            if !self.fits_total(half.total() + other.total()) {
                return;
            }
            if !half.clashes(other) {
                self.best.offer(match side {
                    Side::Seeker => join(half, middle, other),
                    Side::Target => join(other, middle, half),
                });
            }
        }
    }

    /// Looks at a row, best first, as far as a path within the limit can use it.
    fn scan(
        &mut self,
        row: &[Entry],
        Reach { rest, term }: Reach,
        mut each: impl FnMut(&mut Self, Entry),
    ) -> Result<(), Stopped> {
        let within = |limit: u64, cost_max: Cost| {
            let room = limit.saturating_sub(rest).min(u64::from(cost_max.units()));
            reach(Cost::from_units(room as u32), term)
        };
        let mut limit = self.best.limit();
        let mut dearest = within(limit, self.cost_max);
        for &entry in row {
            self.work.edges_scanned += 1;
            if self.work.edges_scanned.is_multiple_of(STOP_EVERY) {
                self.stop.check()?;
            }
            if limit != self.best.limit() {
                limit = self.best.limit();
                dearest = within(limit, self.cost_max);
            }
            if entry.cost > dearest {
                self.cut |= entry.cost <= within(TOTAL_MAX, self.cost_max);
                break;
            }
            each(self, entry);
        }
        Ok(())
    }

    /// The cheapest step to or from a connector at one end, if there is any.
    fn least_step(&mut self, side: Side) -> Option<u64> {
        let term = match side {
            Side::Seeker => self.query.terms.greatest(),
            Side::Target => 0.0,
        };
        let mut least = None;
        for (_, row) in self.rows(side) {
            for &entry in row {
                self.work.edges_scanned += 1;
                if entry.cost > reach(least.unwrap_or(self.cost_max), term) {
                    break;
                }
                let cost = self.end_cost(side, entry);
                if cost <= least.unwrap_or(self.cost_max) && self.may_connect(entry.node) {
                    least = Some(cost);
                }
            }
        }
        least.map(|cost| u64::from(cost.units()))
    }

    /// What two steps of one side cost at least, if there are any.
    fn least_far(&mut self, near: &Near<'a>) -> Option<u64> {
        let mut least = None;
        for &(total, via) in &near.middles {
            if least.is_some_and(|least| total >= least) {
                break;
            }
            let row = self.onward_row(near.side, via);
            let next = row.iter().position(|entry| !self.ends.contains(&entry.node));
            self.work.edges_scanned += next.map_or(row.len(), |at| at + 1) as u64;
            let term = f64::from(self.onward_term(near.side, via));
            let cost = next.map_or(Cost::NEVER, |at| row[at].cost.with_term(term));
            if cost.is_step() {
                let total = total + u64::from(cost.units());
                least = Some(least.map_or(total, |least: u64| least.min(total)));
            }
        }
        least
    }

    /// Whether a step of this cost may be on a path of which the rest costs `rest` at least.
    fn fits(&mut self, cost: Cost, rest: u64) -> bool {
        cost <= self.cost_max && self.fits_total(u64::from(cost.units()) + rest)
    }

    fn fits_total(&mut self, total: u64) -> bool {
        let fits = total <= self.best.limit();
        self.cut |= !fits;
        fits
    }

    fn may_connect(&self, node: NodeIx) -> bool {
        !self.ends.contains(&node) && !self.query.avoid.contains(&node)
    }

    /// The ends of one side with their rows.
    fn rows(&self, side: Side) -> Vec<(NodeIx, &'a [Entry])> {
        let network = self.network;
        match side {
            Side::Seeker => self.seekers.iter().map(|end| (end.node, &end.first[..])).collect(),
            Side::Target => self.targets.iter().map(|&end| (end, network.in_row(end))).collect(),
        }
    }

    /// What a step from a seeker to a connector, or from a connector to a target, costs.
    fn end_cost(&self, side: Side, entry: Entry) -> Cost {
        match side {
            Side::Seeker => self.asked(entry.cost, entry.node),
            Side::Target => entry.cost,
        }
    }

    /// The steps between a connector next to an end and the next one.
    fn onward_row(&self, side: Side, via: NodeIx) -> &'a [Entry] {
        match side {
            Side::Seeker => self.network.out_row(via),
            Side::Target => self.network.in_row(via),
        }
    }

    fn onward_cost(&self, (side, via): (Side, NodeIx), entry: Entry) -> Cost {
        let asked = if side == Side::Seeker { entry.node } else { via };
        self.asked(entry.cost, asked)
    }

    fn onward_term(&self, side: Side, via: NodeIx) -> f32 {
        match side {
            Side::Seeker => self.query.terms.greatest(),
            Side::Target => self.query.terms.get(via),
        }
    }

    fn asked(&self, cost: Cost, node: NodeIx) -> Cost {
        cost.with_term(f64::from(self.query.terms.get(node)))
    }

    /// How long the rows are that lead on from one side.
    fn length(&self, near: &Near<'a>) -> usize {
        near.middles.iter().map(|&(_, via)| self.onward_row(near.side, via).len()).sum()
    }
}
