//! The part of a search that costs most: steps onward from both sides, and where they meet.

use super::{
    Stopped,
    meet::{Side, join},
    scratch::{STOP_EVERY, Scratch, Step},
    search::{Reach, Search},
};
use crate::graph::NodeIx;

/// How many steps wait at least before they are joined; each time some are, this grows.
const PENDING_MIN: usize = 128;
const PENDING_GROWTH: usize = 8;

/// With what a half of two steps is joined.
#[derive(Debug, Clone, Copy)]
enum Beyond {
    /// With halves of one step.
    Near,
    /// With halves of two.
    Far,
}

impl Search<'_> {
    /// Paths of three steps; and the steps onward of one side are kept, for paths of four. The
    /// cheapest step at the other end costs `rest`; about `expected` steps will be kept. Gives
    /// what two steps of this side cost at least.
    pub(super) fn keep(
        &mut self,
        side: Side,
        (rest, expected): (u64, usize),
    ) -> Result<Option<u64>, Stopped> {
        self.scratch.kept.clear();
        self.scratch.kept_sieve.clear(expected.max(1_024));
        let beyond = match self.question.steps_max {
            4.. => self.least_far(side.other())?,
            _ => None,
        };
        let mut least_kept = None;
        for nth in 0..self.scratch.near[side.at()].middles.len() {
            let (least, via) = self.scratch.near[side.at()].middles[nth];
            if least + rest > self.scratch.best.limit() {
                self.cut = true;
                break;
            }
            let term = self.question.onward_term(side, via);
            let meets = Reach { rest: least + rest, term };
            let keeps = beyond.map(|beyond| Reach { rest: least + beyond, term });
            let held = self.scratch.kept.len();
            self.keep_row((side, nth), meets, keeps)?;
            if let Some(step) = self.scratch.kept.get(held) {
                let first = step.entry.cost.with_term(f64::from(term));
                let total = least + u64::from(first.units());
                least_kept = Some(least_kept.map_or(total, |least: u64| least.min(total)));
            }
        }
        let held = |side: usize| self.scratch.near[side].halves.held();
        let held = held(0) + held(1) + self.scratch.kept.len();
        self.work.halves_held_max = self.work.halves_held_max.max(held);
        Ok(least_kept)
    }

    fn keep_row(
        &mut self,
        (side, nth): (Side, usize),
        meets: Reach,
        keeps: Option<Reach>,
    ) -> Result<(), Stopped> {
        let (from, (_, via)) = (nth as u32, self.scratch.near[side.at()].middles[nth]);
        let row = self.question.onward_row(side, via);
        let other = side.other().at();
        let mut done = 0;
        // The limit falls where paths meet, and then the row is read less far.
        'limits: loop {
            let limit = self.scratch.best.limit();
            let dearest = self.dearest(meets);
            let dearest_kept =
                keeps.filter(|keeps| keeps.rest <= limit).map(|keeps| self.dearest(keeps));
            let Scratch { near, kept, kept_sieve, .. } = &mut *self.scratch;
            let near = &near[other].halves;
            for (at, entry) in row.iter().enumerate().skip(done).take(STOP_EVERY) {
                if entry.cost > dearest {
                    self.note_cut(entry.cost, meets);
                    return self.scanned(at + 1 - done);
                }
                if dearest_kept.is_some_and(|dearest| entry.cost <= dearest) {
                    kept.push(Step { from, entry: *entry });
                    kept_sieve.insert(entry.node);
                } else {
                    self.cut |= keeps.is_some();
                }
                if near.may_meet(entry.node) {
                    self.meet_at(side, Step { from, entry: *entry }, Beyond::Near);
                    self.scanned(at + 1 - done)?;
                    done = at + 1;
                    continue 'limits;
                }
            }
            let end = row.len().min(done + STOP_EVERY);
            self.scanned(end - done)?;
            done = end;
            if done == row.len() {
                return Ok(());
            }
        }
    }

    /// Paths of four steps: the steps onward of the other side meet those that were kept, where
    /// two steps cost `rest` at least.
    pub(super) fn stream(&mut self, side: Side, rest: u64) -> Result<(), Stopped> {
        self.scratch.pending.clear();
        self.scratch.known.clear(4 * PENDING_MIN);
        self.scratch.far.begin_far(side.other(), self.question.query.count_max);
        let mut pending_max = PENDING_MIN;
        for nth in 0..self.scratch.near[side.at()].middles.len() {
            let (least, via) = self.scratch.near[side.at()].middles[nth];
            if least + rest > self.scratch.best.limit() {
                self.cut = true;
                break;
            }
            let term = self.question.onward_term(side, via);
            self.stream_row((side, nth as u32, via), Reach { rest: rest + least, term })?;
            if self.scratch.pending.len() >= pending_max {
                self.join_pending(side, rest)?;
                pending_max *= PENDING_GROWTH;
            }
        }
        self.join_pending(side, rest)
    }

    fn stream_row(
        &mut self,
        (side, from, via): (Side, u32, NodeIx),
        reach: Reach,
    ) -> Result<(), Stopped> {
        let dearest = self.dearest(reach);
        for chunk in self.question.onward_row(side, via).chunks(STOP_EVERY) {
            let Scratch { kept_sieve, pending, .. } = &mut *self.scratch;
            for (at, entry) in chunk.iter().enumerate() {
                if entry.cost > dearest {
                    self.note_cut(entry.cost, reach);
                    return self.scanned(at + 1);
                }
                if kept_sieve.may_hold(entry.node) {
                    pending.push(Step { from, entry: *entry });
                }
            }
            self.scanned(chunk.len())?;
        }
        Ok(())
    }

    /// Joins the steps that wait with those that were kept.
    fn join_pending(&mut self, side: Side, rest: u64) -> Result<(), Stopped> {
        let Scratch { pending, near, best, .. } = &mut *self.scratch;
        let least = |from: u32| near[side.at()].middles[from as usize].0;
        // Since they were read the limit may have fallen.
        let limit = best.limit().saturating_sub(rest);
        let (terms, before) = (self.question.query.terms, pending.len());
        if terms.greatest() == 0.0 {
            pending.retain(|step| least(step.from) + u64::from(step.entry.cost.units()) <= limit);
            self.cut |= pending.len() < before;
        }
        self.scratch.wanted.clear(self.scratch.pending.len());
        for nth in 0..self.scratch.pending.len() {
            if nth.is_multiple_of(STOP_EVERY) {
                self.stop.check()?;
            }
            let node = self.scratch.pending[nth].entry.node;
            if !self.question.blocks(node, self.scratch) && self.scratch.known.insert(node) {
                self.scratch.wanted.insert(node);
            }
        }
        if self.scratch.wanted.held() > 0 {
            self.find_wanted(side.other())?;
        }
        for nth in 0..self.scratch.pending.len() {
            self.meet_at(side, self.scratch.pending[nth], Beyond::Far);
            self.scanned(1)?;
        }
        self.scratch.pending.clear();
        Ok(())
    }

    /// Makes halves of the steps that were kept and lead to whoever is wanted.
    fn find_wanted(&mut self, side: Side) -> Result<(), Stopped> {
        for from in (0..self.scratch.kept.len()).step_by(STOP_EVERY) {
            let Scratch { kept, wanted, near, far, .. } = &mut *self.scratch;
            let near = &near[side.at()];
            let to = kept.len().min(from + STOP_EVERY);
            for Step { from, entry } in &kept[from..to] {
                if !wanted.holds(entry.node) {
                    continue;
                }
                let via = near.middles[*from as usize].1;
                let cost = self.question.onward_cost((side, via), *entry);
                if cost <= self.question.cost_max {
                    for half in near.halves.at(via) {
                        far.insert(entry.node, half.further(via, cost), self.question.network);
                    }
                }
            }
            self.unchecked += to - from;
            self.scanned(0)?;
        }
        Ok(())
    }

    /// Joins the halves that a step leads to with those of the other side.
    fn meet_at(&mut self, side: Side, Step { from, entry }: Step, beyond: Beyond) {
        // To join costs as much as to read many entries.
        self.unchecked += STOP_EVERY / 64;
        let via = self.scratch.near[side.at()].middles[from as usize].1;
        let cost = self.question.onward_cost((side, via), entry);
        if cost > self.question.cost_max {
            return;
        }
        let Scratch { near, far, best, .. } = &mut *self.scratch;
        let others = match beyond {
            Beyond::Near => &near[side.other().at()].halves,
            Beyond::Far => far,
        };
        for half in near[side.at()].halves.at(via) {
            let half = half.further(via, cost);
            for other in others.at(entry.node) {
                if half.total() + other.total() > best.limit() {
                    self.cut = true;
                    break;
                }
                if !half.clashes(other) {
                    let path = match side {
                        Side::Seeker => join(half, entry.node, other),
                        Side::Target => join(other, entry.node, half),
                    };
                    best.offer(path, self.question.network);
                }
            }
        }
    }
}
