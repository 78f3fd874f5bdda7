//! How far a search looks first, and how much further each time that was not enough.

use super::{Stop, Stopped, meet::Side, question::Question, scratch::Scratch, search::TOTAL_MAX};
use crate::graph::{Cost, Entry};

/// How far a search begins to count: a quarter of a unit of −ln p.
const FIRST_SLACK: u64 = 1 << 22;

/// Where a search no longer counts but looks at everything: 32 units of −ln p.
const LAST_SLACK: u64 = 1 << 29;

/// How many meetings by chance are aimed at for each path wanted.
const MEETINGS_PER_PATH: u64 = 2;

/// By what the meetings aimed at grow when they brought too few paths.
const MEETINGS_GROWTH: u64 = 8;

/// A limit within which there are likely enough paths, and not many more.
///
/// Of n people, a set of x and one of y meet x · y / n times by chance. The halves of two steps
/// within a limit are counted, not read, so the limit is found before anything else is done. It
/// is a guess in any case: a search that finds too few paths goes on with the next one, and one
/// that finds enough lowers the limit by itself.
pub(super) struct Guess<'a> {
    stop: &'a Stop,
    /// What two steps cost at least, from either side.
    far_least: [u64; 2],
    base: u64,
    slack: u64,
    meetings: u64,
    /// How many halves of two steps each side has within the limit, as far as they were counted.
    counted: [u64; 2],
    scanned: u64,
}

impl<'a> Guess<'a> {
    /// A guess for paths of which the steps at the ends cost `ends` at least.
    pub(super) fn new(
        question: &Question<'_>,
        scratch: &Scratch,
        ends: u64,
        stop: &'a Stop,
    ) -> Result<Self, Stopped> {
        let mut guess = Self {
            stop,
            far_least: [0; 2],
            base: ends,
            slack: FIRST_SLACK,
            meetings: (question.query.count_max as u64)
                .saturating_mul(MEETINGS_PER_PATH)
                .saturating_mul(question.network.places() as u64),
            counted: [0; 2],
            scanned: 0,
        };
        for side in [Side::Seeker, Side::Target] {
            let least = guess.far_least(question, scratch, side)?;
            guess.far_least[side.at()] = least.unwrap_or(ends);
        }
        if question.steps_max > 3 {
            guess.base = guess.base.max(guess.far_least[0] + guess.far_least[1]);
        }
        Ok(guess)
    }

    /// The limit of the next round, greater than the last.
    pub(super) fn next_limit(
        &mut self,
        question: &Question<'_>,
        scratch: &Scratch,
    ) -> Result<u64, Stopped> {
        let limit = loop {
            let limit = self.base + self.slack;
            if self.slack > LAST_SLACK {
                break TOTAL_MAX;
            }
            self.slack += self.slack / 2;
            if self.meets_enough(question, scratch, limit)? {
                break limit;
            }
        };
        self.meetings = self.meetings.saturating_mul(MEETINGS_GROWTH);
        Ok(limit)
    }

    /// The side with fewer halves, and how many those are.
    pub(super) fn cheaper_side(&self) -> (Side, usize) {
        let [forth, back] = self.counted;
        if forth <= back { (Side::Seeker, forth as usize) } else { (Side::Target, back as usize) }
    }

    /// How many entries were looked at since this was last asked.
    pub(super) fn take_scanned(&mut self) -> u64 {
        std::mem::take(&mut self.scanned)
    }

    fn meets_enough(
        &mut self,
        question: &Question<'_>,
        scratch: &Scratch,
        limit: u64,
    ) -> Result<bool, Stopped> {
        let room = |side: Side| limit.saturating_sub(self.far_least[side.other().at()]);
        let rooms = [room(Side::Seeker), room(Side::Target)];
        let forth = self.count(question, scratch, Side::Seeker, (rooms[0], self.meetings))?;
        let enough = self.meetings / forth.max(1);
        let back = self.count(question, scratch, Side::Target, (rooms[1], enough))?;
        self.counted = [forth, back];
        Ok(forth.saturating_mul(back) >= self.meetings)
    }

    /// How many halves of two steps cost `room` at most; no further than to `enough`.
    fn count(
        &mut self,
        question: &Question<'_>,
        scratch: &Scratch,
        side: Side,
        (room, enough): (u64, u64),
    ) -> Result<u64, Stopped> {
        let mut count = 0;
        for nth in 0..scratch.ends(side) {
            for entry in question.end_row(side, nth, scratch).1 {
                self.scanned += 1;
                // A row is rarely near, so to look at the request costs little beside it.
                self.stop.check()?;
                let Some(room) = room.checked_sub(u64::from(entry.cost.units())) else { break };
                let room = Cost::from_units(room.min(u64::from(Cost::GREATEST.units())) as u32);
                count += within(question.onward_row(side, entry.node), room) as u64;
                if count > enough {
                    return Ok(count);
                }
            }
        }
        Ok(count)
    }

    /// What two steps of one side cost about at least.
    fn far_least(
        &mut self,
        question: &Question<'_>,
        scratch: &Scratch,
        side: Side,
    ) -> Result<Option<u64>, Stopped> {
        let mut least = None;
        for nth in 0..scratch.ends(side) {
            let (end, row) = question.end_row(side, nth, scratch);
            for entry in row {
                let first = u64::from(entry.cost.units());
                if least.is_some_and(|least| first >= least) {
                    break;
                }
                self.scanned += 1;
                self.stop.check()?;
                let mut onward = question.onward_row(side, entry.node).iter();
                if let Some(second) = onward.find(|second| second.node != end) {
                    let total = first + u64::from(second.cost.units());
                    least = Some(least.map_or(total, |least: u64| least.min(total)));
                }
            }
        }
        Ok(least)
    }
}

/// How many entries of a row cost `room` at most.
#[inline]
fn within(row: &[Entry], room: Cost) -> usize {
    let mut to = 1;
    while to <= row.len() && row[to - 1].cost <= room {
        to *= 2;
    }
    // All before `from` cost no more, and the one at `to` − 1, if there is one, costs more.
    let (mut from, mut to) = (to / 2, to.min(row.len() + 1));
    while from + 1 < to {
        let middle = usize::midpoint(from, to);
        if row[middle - 1].cost <= room { from = middle } else { to = middle }
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_row_has_within_a_limit_is_counted_exactly() {
        for length in 0..70 {
            let entry = |at| Entry { cost: Cost::from_units(at / 3 * 2), node: at };
            let row: Vec<Entry> = (0..length).map(entry).collect();
            for room in 0..60 {
                let room = Cost::from_units(room);
                let plain = row.iter().filter(|entry| entry.cost <= room).count();
                assert_eq!(within(&row, room), plain, "{length} {room:?}");
            }
        }
    }
}
