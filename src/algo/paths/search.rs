//! The search: halves from both ends within a limit, joined where they meet.

use super::{
    PathQuery, Paths, STEPS_MAX, Stop, Stopped, Work,
    best::Candidate,
    guess::Guess,
    meet::{Half, Side, join},
    question::Question,
    scratch::{STOP_EVERY, Scratch},
    terms::reach,
};
use crate::graph::{Cost, Entry, Network, NodeIx};

/// No path costs more.
pub(super) const TOTAL_MAX: u64 = STEPS_MAX as u64 * u32::MAX as u64;

/// The best paths of a query.
pub(super) fn run(network: &Network, query: &PathQuery<'_>, stop: &Stop) -> Result<Paths, Stopped> {
    stop.check()?;
    if query.count_max == 0 || query.steps_max == 0 {
        return Ok(Paths::default());
    }
    Scratch::lend(|scratch| {
        let mut search = Search::new(network, query, scratch, stop);
        search.widen_until_exact()?;
        Ok(Paths { paths: search.scratch.best.to_paths(), work: search.work })
    })
}

/// The best paths of a query that cost `limit` at most.
pub(super) fn run_within(
    network: &Network,
    query: &PathQuery<'_>,
    limit: u64,
    stop: &Stop,
) -> Result<Paths, Stopped> {
    stop.check()?;
    Scratch::lend(|scratch| {
        let mut search = Search::new(network, query, scratch, stop);
        search.scratch.best.restart(query.count_max, limit);
        if let [Some(forth), Some(back)] = search.least_steps() {
            let guess = Guess::new(&search.question, search.scratch, forth + back, stop)?;
            search.round([forth, back], &guess)?;
        }
        Ok(Paths { paths: search.scratch.best.to_paths(), work: search.work })
    })
}

pub(super) struct Search<'a> {
    pub(super) question: Question<'a>,
    pub(super) stop: &'a Stop,
    pub(super) scratch: &'a mut Scratch,
    pub(super) work: Work,
    /// How many entries were scanned since the last look at the request to stop.
    pub(super) unchecked: usize,
    /// Whether the limit of this round kept anything out.
    pub(super) cut: bool,
}

/// How far a row is scanned.
#[derive(Clone, Copy)]
pub(super) struct Reach {
    /// What the rest of a path costs at least.
    pub(super) rest: u64,
    /// The greatest term that a step of the row may have.
    pub(super) term: f32,
}

impl<'a> Search<'a> {
    fn new(
        network: &'a Network,
        query: &'a PathQuery<'a>,
        scratch: &'a mut Scratch,
        stop: &'a Stop,
    ) -> Self {
        let question = Question::new(network, query, scratch);
        Search { question, stop, scratch, work: Work::default(), unchecked: 0, cut: false }
    }

    fn least_steps(&mut self) -> [Option<u64>; 2] {
        [Side::Seeker, Side::Target].map(|side| self.least_step(side))
    }

    /// Searches within a limit that grows until it hides nothing.
    fn widen_until_exact(&mut self) -> Result<(), Stopped> {
        let count_max = self.question.query.count_max;
        let [Some(forth), Some(back)] = self.least_steps() else {
            self.question.steps_max = 1;
            self.scratch.best.restart(count_max, TOTAL_MAX);
            return self.near(Side::Seeker, [0, 0]);
        };
        let mut guess = Guess::new(&self.question, self.scratch, forth + back, self.stop)?;
        loop {
            let limit = guess.next_limit(&self.question, self.scratch)?;
            self.work.edges_scanned += guess.take_scanned();
            self.work.rounds += 1;
            self.cut = false;
            self.scratch.best.restart(count_max, limit);
            self.round([forth, back], &guess)?;
            if self.scratch.best.is_full() || !self.cut || limit >= TOTAL_MAX {
                return Ok(());
            }
        }
    }

    /// One search within the limit; `forth` and `back` are the cheapest steps at the ends.
    fn round(&mut self, [forth, back]: [u64; 2], guess: &Guess<'_>) -> Result<(), Stopped> {
        self.near(Side::Seeker, [forth, back])?;
        if self.question.steps_max == 1 {
            return Ok(());
        }
        self.near(Side::Target, [back, forth])?;
        self.meet_near();
        if self.question.steps_max == 2 {
            return Ok(());
        }
        let (kept, expected) = guess.cheaper_side();
        let rest = if kept == Side::Seeker { back } else { forth };
        if let Some(rest) = self.keep(kept, (rest, expected))? {
            self.stream(kept.other(), rest)?;
        }
        Ok(())
    }

    /// The halves of one step, and (from the seekers) the paths of one.
    fn near(&mut self, side: Side, [_, rest]: [u64; 2]) -> Result<(), Stopped> {
        self.scratch.near[side.at()].halves.begin_near(side, self.question.query.count_max);
        for nth in 0..self.scratch.ends(side) {
            let (end, row) = self.question.end_row(side, nth, self.scratch);
            let reach = match side {
                Side::Seeker => Reach { rest: 0, term: self.question.query.terms.greatest() },
                Side::Target => Reach { rest, term: 0.0 },
            };
            self.near_of((side, end), row, (reach, rest))?;
        }
        let near = &mut self.scratch.near[side.at()];
        near.halves.list_middles(&mut near.middles);
        Ok(())
    }

    fn near_of(
        &mut self,
        (side, end): (Side, NodeIx),
        row: &[Entry],
        (reach, rest): (Reach, u64),
    ) -> Result<(), Stopped> {
        let connects = self.question.steps_max > 1;
        let mut dearest = self.dearest(reach);
        for chunk in row.chunks(STOP_EVERY) {
            for (at, entry) in chunk.iter().enumerate() {
                if entry.cost > dearest {
                    self.note_cut(entry.cost, reach);
                    return self.scanned(at + 1);
                }
                if !self.question.blocks(entry.node, self.scratch) {
                    let cost = self.question.end_cost(side, *entry);
                    if connects && self.fits(cost, rest) {
                        let half = Half::near(end, cost);
                        let near = &mut self.scratch.near[side.at()].halves;
                        near.insert(entry.node, half, self.question.network);
                    }
                } else if side == Side::Seeker
                    && self.scratch.is_target.holds(entry.node)
                    && entry.node != end
                    && self.fits(entry.cost, 0)
                {
                    let direct = Candidate::direct(end, entry.node, entry.cost);
                    self.scratch.best.offer(direct, self.question.network);
                    dearest = self.dearest(reach);
                }
            }
            self.scanned(chunk.len())?;
        }
        Ok(())
    }

    /// Paths of two steps.
    fn meet_near(&mut self) {
        let [seeker, target] = &self.scratch.near;
        for &(least, middle) in &seeker.middles {
            if least > self.scratch.best.limit() {
                self.cut = true;
                break;
            }
            if !target.halves.may_meet(middle) {
                continue;
            }
            for half in seeker.halves.at(middle) {
                for other in target.halves.at(middle) {
                    if half.total() + other.total() > self.scratch.best.limit() {
                        self.cut = true;
                        break;
                    }
                    if !half.clashes(other) {
                        let path = join(half, middle, other);
                        self.scratch.best.offer(path, self.question.network);
                    }
                }
            }
        }
    }

    /// The greatest cost in a row that may be on a path within the limit.
    pub(super) fn dearest(&self, reach: Reach) -> Cost {
        self.within(self.scratch.best.limit(), reach)
    }

    fn within(&self, limit: u64, Reach { rest, term }: Reach) -> Cost {
        let cost_max = u64::from(self.question.cost_max.units());
        let room = limit.saturating_sub(rest).min(cost_max);
        reach(Cost::from_units(room as u32), term)
    }

    /// Notes that a row was left at an entry of this cost: the limit hides something, unless that
    /// is too dear under any limit.
    pub(super) fn note_cut(&mut self, cost: Cost, reach: Reach) {
        self.cut = self.cut || cost <= self.within(TOTAL_MAX * 2, reach);
    }

    pub(super) fn scanned(&mut self, entries: usize) -> Result<(), Stopped> {
        self.work.edges_scanned += entries as u64;
        self.unchecked += entries + 1;
        if self.unchecked >= STOP_EVERY {
            self.unchecked = 0;
            self.stop.check()?;
        }
        Ok(())
    }

    /// Whether a step of this cost may be on a path of which the rest costs `rest` at least.
    #[inline]
    fn fits(&mut self, cost: Cost, rest: u64) -> bool {
        if cost > self.question.cost_max {
            return false;
        }
        let fits = u64::from(cost.units()) + rest <= self.scratch.best.limit();
        self.cut |= !fits;
        fits
    }

    /// The cheapest step to or from a connector at one end, if there is any.
    fn least_step(&mut self, side: Side) -> Option<u64> {
        let term = match side {
            Side::Seeker => self.question.query.terms.greatest(),
            Side::Target => 0.0,
        };
        let (cost_max, mut least) = (self.question.cost_max, None);
        for nth in 0..self.scratch.ends(side) {
            for &entry in self.question.end_row(side, nth, self.scratch).1 {
                self.work.edges_scanned += 1;
                if entry.cost > reach(least.unwrap_or(cost_max), term) {
                    break;
                }
                let cost = self.question.end_cost(side, entry);
                if cost <= least.unwrap_or(cost_max)
                    && !self.question.blocks(entry.node, self.scratch)
                {
                    least = Some(cost);
                }
            }
        }
        least.map(|cost| u64::from(cost.units()))
    }

    /// What two steps of one side cost at least, if there are any.
    pub(super) fn least_far(&mut self, side: Side) -> Result<Option<u64>, Stopped> {
        let (mut least, mut scanned) = (None, 0);
        for &(total, via) in &self.scratch.near[side.at()].middles {
            if least.is_some_and(|least| total >= least) {
                break;
            }
            self.stop.check()?;
            let row = self.question.onward_row(side, via);
            let next = row.iter().position(|entry| !self.question.blocks(entry.node, self.scratch));
            scanned += next.map_or(row.len(), |at| at + 1);
            let term = f64::from(self.question.onward_term(side, via));
            let cost = next.map_or(Cost::NEVER, |at| row[at].cost.with_term(term));
            if cost.is_step() {
                let total = total + u64::from(cost.units());
                least = Some(least.map_or(total, |least: u64| least.min(total)));
            }
        }
        self.work.edges_scanned += scanned as u64;
        Ok(least)
    }
}
