//! The search: halves from both ends within a limit, joined where they meet.

use super::{
    PathQuery, Paths, STEPS_MAX, Stop, Stopped, Work,
    best::Candidate,
    guess::Guess,
    meet::{Half, Side, join},
    question::Question,
    scratch::Scratch,
    terms::reach,
};
use crate::graph::{Cost, Entry, Network, NodeIx};

/// How many entries are scanned between two looks at the request to stop.
const STOP_EVERY: usize = 4_096;

/// No path costs more.
pub(super) const TOTAL_MAX: u64 = STEPS_MAX as u64 * u32::MAX as u64;

/// The best paths of a query.
pub(super) fn run(network: &Network, query: &PathQuery<'_>, stop: &Stop) -> Result<Paths, Stopped> {
    stop.check()?;
    if query.count_max == 0 || query.steps_max == 0 {
        return Ok(Paths::default());
    }
    Scratch::lend(|scratch| {
        let question = Question::new(network, query, scratch);
        let (work, cut) = (Work::default(), false);
        let mut search = Search { question, stop, scratch, work, unchecked: 0, cut };
        search.widen_until_exact()?;
        Ok(Paths { paths: search.scratch.best.to_paths(), work: search.work })
    })
}

struct Search<'a> {
    question: Question<'a>,
    stop: &'a Stop,
    scratch: &'a mut Scratch,
    work: Work,
    /// How many entries were scanned since the last look at the request to stop.
    unchecked: usize,
    /// Whether the limit of this round kept anything out.
    cut: bool,
}

/// How far a row is scanned.
#[derive(Clone, Copy)]
struct Reach {
    /// What the rest of a path costs at least.
    rest: u64,
    /// The greatest term that a step of the row may have.
    term: f32,
}

impl Search<'_> {
    /// Searches within a limit that grows until it hides nothing.
    fn widen_until_exact(&mut self) -> Result<(), Stopped> {
        let count_max = self.question.query.count_max;
        let least = [Side::Seeker, Side::Target].map(|side| self.least_step(side));
        let [Some(forth), Some(back)] = least else {
            self.question.steps_max = 1;
            self.scratch.best.restart(count_max, TOTAL_MAX);
            return self.near(Side::Seeker, [0, 0]);
        };
        let mut guess = Guess::new(&self.question, self.scratch, forth + back);
        loop {
            let limit = guess.next_limit(&self.question, self.scratch);
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
    fn round(&mut self, [forth, back]: [u64; 2], guess: &Guess) -> Result<(), Stopped> {
        self.near(Side::Seeker, [forth, back])?;
        if self.question.steps_max == 1 {
            return Ok(());
        }
        self.near(Side::Target, [back, forth])?;
        self.meet_near();
        if self.question.steps_max == 2 {
            return Ok(());
        }
        let (built, expected) = guess.cheaper_side();
        self.scratch.far.begin_far(built, self.question.query.count_max, expected);
        self.build(built, if built == Side::Seeker { back } else { forth })?;
        if self.scratch.far.held() > 0 {
            self.stream(built.other())?;
        }
        Ok(())
    }

    /// The halves of one step, and (from the seekers) the paths of one.
    fn near(&mut self, side: Side, [_, rest]: [u64; 2]) -> Result<(), Stopped> {
        self.scratch.near[side.at()].halves.begin_near(side, self.question.query.count_max);
        for nth in 0..self.question.ends(side, self.scratch) {
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
                if !self.scratch.blocked.holds(entry.node) {
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

    /// Paths of three steps; and one side is kept two steps far, for paths of four. The cheapest
    /// step at the other end costs `rest`.
    fn build(&mut self, built: Side, rest: u64) -> Result<(), Stopped> {
        let streamed = built.other();
        let beyond = match self.question.steps_max {
            4.. => self.least_far(streamed),
            _ => None,
        };
        for nth in 0..self.scratch.near[built.at()].middles.len() {
            let (least, via) = self.scratch.near[built.at()].middles[nth];
            if least + rest > self.scratch.best.limit() {
                self.cut = true;
                break;
            }
            self.read_halves_at(built, via);
            self.build_row((built, via), (least, rest, beyond))?;
        }
        let held = |side: usize| self.scratch.near[side].halves.held();
        let held = held(0) + held(1) + self.scratch.far.held();
        self.work.halves_held_max = self.work.halves_held_max.max(held);
        Ok(())
    }

    fn build_row(
        &mut self,
        (built, via): (Side, NodeIx),
        (least, rest, beyond): (u64, u64, Option<u64>),
    ) -> Result<(), Stopped> {
        let streamed = built.other();
        let row = self.question.onward_row(built, via);
        let term = self.question.onward_term(built, via);
        let meets = Reach { rest: least + rest, term };
        let kept = beyond.map(|beyond| Reach { rest: least + beyond, term });
        let ends = |search: &Self| {
            let kept = kept.filter(|kept| kept.rest <= search.scratch.best.limit());
            let dearest_kept = kept.map_or(Cost::SURE, |kept| search.dearest(kept));
            (search.dearest(meets), dearest_kept, kept.is_some())
        };
        let (mut dearest, mut dearest_kept, mut keeps) = ends(self);
        for chunk in row.chunks(STOP_EVERY) {
            for (at, entry) in chunk.iter().enumerate() {
                if entry.cost > dearest {
                    self.note_cut(entry.cost, meets);
                    return self.scanned(at + 1);
                }
                let may_meet = self.scratch.near[streamed.at()].halves.may_meet(entry.node);
                if may_meet && self.meet_at((built, via), *entry, Beyond::Near) {
                    (dearest, dearest_kept, keeps) = ends(self);
                }
                if keeps && entry.cost <= dearest_kept {
                    self.keep((built, via), *entry, beyond.unwrap_or_default());
                } else {
                    self.cut |= beyond.is_some();
                }
            }
            self.scanned(chunk.len())?;
        }
        Ok(())
    }

    /// Keeps the halves of two steps that a step leads to.
    #[inline]
    fn keep(&mut self, (built, via): (Side, NodeIx), entry: Entry, beyond: u64) {
        if self.scratch.blocked.holds(entry.node) {
            return;
        }
        let cost = self.question.onward_cost((built, via), entry);
        if cost > self.question.cost_max {
            return;
        }
        for nth in 0..self.scratch.at_via.len() {
            let half = self.scratch.at_via[nth].further(via, cost);
            if half.total() + beyond > self.scratch.best.limit() {
                self.cut = true;
                return;
            }
            self.scratch.far.insert(entry.node, half, self.question.network);
        }
    }

    /// Paths of four steps.
    fn stream(&mut self, streamed: Side) -> Result<(), Stopped> {
        let rest = self.scratch.far.least();
        for nth in 0..self.scratch.near[streamed.at()].middles.len() {
            let (least, via) = self.scratch.near[streamed.at()].middles[nth];
            if least + rest > self.scratch.best.limit() {
                self.cut = true;
                break;
            }
            self.read_halves_at(streamed, via);
            let term = self.question.onward_term(streamed, via);
            self.stream_row((streamed, via), Reach { rest: rest + least, term })?;
        }
        Ok(())
    }

    fn stream_row(
        &mut self,
        (streamed, via): (Side, NodeIx),
        reach: Reach,
    ) -> Result<(), Stopped> {
        let row = self.question.onward_row(streamed, via);
        let mut dearest = self.dearest(reach);
        for chunk in row.chunks(STOP_EVERY) {
            for (at, entry) in chunk.iter().enumerate() {
                if entry.cost > dearest {
                    self.note_cut(entry.cost, reach);
                    return self.scanned(at + 1);
                }
                if self.scratch.far.may_meet(entry.node)
                    && self.meet_at((streamed, via), *entry, Beyond::Far)
                {
                    dearest = self.dearest(reach);
                }
            }
            self.scanned(chunk.len())?;
        }
        Ok(())
    }

    fn read_halves_at(&mut self, side: Side, via: NodeIx) {
        self.scratch.at_via.clear();
        self.scratch.at_via.extend(self.scratch.near[side.at()].halves.at(via));
    }

    /// Joins the halves that a step leads to with those of the other side; whether the limit fell.
    fn meet_at(&mut self, (side, via): (Side, NodeIx), entry: Entry, beyond: Beyond) -> bool {
        let cost = self.question.onward_cost((side, via), entry);
        if cost > self.question.cost_max {
            return false;
        }
        let others = match beyond {
            Beyond::Near => &self.scratch.near[side.other().at()].halves,
            Beyond::Far => &self.scratch.far,
        };
        let before = self.scratch.best.limit();
        for half in &self.scratch.at_via {
            let half = half.further(via, cost);
            for other in others.at(entry.node) {
                if half.total() + other.total() > self.scratch.best.limit() {
                    self.cut = true;
                    break;
                }
                if !half.clashes(other) {
                    let path = match side {
                        Side::Seeker => join(half, entry.node, other),
                        Side::Target => join(other, entry.node, half),
                    };
                    self.scratch.best.offer(path, self.question.network);
                }
            }
        }
        self.scratch.best.limit() < before
    }

    /// The greatest cost in a row that may be on a path within the limit.
    fn dearest(&self, reach: Reach) -> Cost {
        self.within(self.scratch.best.limit(), reach)
    }

    fn within(&self, limit: u64, Reach { rest, term }: Reach) -> Cost {
        let cost_max = u64::from(self.question.cost_max.units());
        let room = limit.saturating_sub(rest).min(cost_max);
        reach(Cost::from_units(room as u32), term)
    }

    /// Notes that a row was left at an entry of this cost: the limit hides something, unless that
    /// is too dear under any limit.
    fn note_cut(&mut self, cost: Cost, reach: Reach) {
        self.cut = self.cut || cost <= self.within(TOTAL_MAX * 2, reach);
    }

    fn scanned(&mut self, entries: usize) -> Result<(), Stopped> {
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
        for nth in 0..self.question.ends(side, self.scratch) {
            for &entry in self.question.end_row(side, nth, self.scratch).1 {
                self.work.edges_scanned += 1;
                if entry.cost > reach(least.unwrap_or(cost_max), term) {
                    break;
                }
                let cost = self.question.end_cost(side, entry);
                if cost <= least.unwrap_or(cost_max) && !self.scratch.blocked.holds(entry.node) {
                    least = Some(cost);
                }
            }
        }
        least.map(|cost| u64::from(cost.units()))
    }

    /// What two steps of one side cost at least, if there are any.
    fn least_far(&mut self, side: Side) -> Option<u64> {
        let (mut least, mut scanned) = (None, 0);
        for &(total, via) in &self.scratch.near[side.at()].middles {
            if least.is_some_and(|least| total >= least) {
                break;
            }
            let row = self.question.onward_row(side, via);
            let next = row.iter().position(|entry| !self.scratch.blocked.holds(entry.node));
            scanned += next.map_or(row.len(), |at| at + 1);
            let term = f64::from(self.question.onward_term(side, via));
            let cost = next.map_or(Cost::NEVER, |at| row[at].cost.with_term(term));
            if cost.is_step() {
                let total = total + u64::from(cost.units());
                least = Some(least.map_or(total, |least: u64| least.min(total)));
            }
        }
        self.work.edges_scanned += scanned as u64;
        least
    }
}

/// With what a half of two steps is joined.
#[derive(Debug, Clone, Copy)]
enum Beyond {
    /// With halves of one step.
    Near,
    /// With halves of two.
    Far,
}
