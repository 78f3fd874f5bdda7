//! How often two people usually have contact, and whether they have fallen silent.
//!
//! The alarm: a silence of more than eight times the usual gap most likely means that a tie is
//! over (Navarro, Miritello, Canales and Moro 2017); see docs/SCIENCE.md, "Decay".

use crate::model::{Day, PairEvidence};

/// Contact in fewer weeks than this shows no rhythm.
const ACTIVE_WEEKS_MIN: usize = 6;
/// How many usual gaps a silence must last to be one.
const GAPS: i32 = 8;

/// A tie that has fallen silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The last day of contact.
    pub since: Day,
    /// The median gap between weeks with contact before, in weeks; 1 for contact every week.
    pub usual_gap_weeks: i32,
}

/// Whether a pair has fallen silent on a day; their evidence is ordered by time.
///
/// # Complexity
/// Linear in the evidence, and a selection.
pub fn silence(evidence: &[PairEvidence], day: Day) -> Option<Silence> {
    let past = evidence.iter().filter(|item| item.kind.is_contact()).map(|item| item.at.day());
    let days: Vec<Day> = past.filter(|&at| at <= day).collect();
    let mut weeks: Vec<i32> = days.iter().map(|at| at.iso_week()).collect();
    weeks.dedup();
    if weeks.len() < ACTIVE_WEEKS_MIN {
        return None;
    }
    let mut gaps: Vec<i32> = weeks.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let middle = gaps.len() / 2;
    let usual_gap_weeks = *gaps.select_nth_unstable(middle).1;
    let since = *days.last()?;
    let silent = day.number() - since.number();
    (silent > GAPS * 7 * usual_gap_weeks).then_some(Silence { since, usual_gap_weeks })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, EvidenceKind, FactId, Level};

    fn weekly(last_days_ago: i32, weeks: i32) -> Vec<PairEvidence> {
        let today: Day = "2026-11-20".parse().unwrap();
        let days = (0..weeks).rev().map(|week| today.plus(-last_days_ago - 7 * week));
        days.map(|day| PairEvidence {
            fact: FactId::new(day.number().unsigned_abs().into()),
            kind: EvidenceKind::Mail,
            direction: Direction::Forth,
            at: day.start(),
            recorded_at: day.start(),
            recipients: 1,
            level: Level::Strength,
        })
        .collect()
    }

    #[test]
    fn a_weekly_contact_is_silent_after_eight_weeks() {
        let today: Day = "2026-11-20".parse().unwrap();
        assert_eq!(silence(&weekly(56, 10), today), None);
        let silent = silence(&weekly(57, 10), today).unwrap();
        assert_eq!((silent.usual_gap_weeks, silent.since), (1, today.plus(-57)));
    }

    #[test]
    fn few_contacts_have_no_rhythm() {
        let today: Day = "2026-11-20".parse().unwrap();
        assert_eq!(silence(&weekly(500, 5), today), None);
        assert_eq!(silence(&[], today), None);
    }
}
