//! How often two people usually have contact, and whether they have fallen silent.
//!
//! The alarm: a silence of more than eight times the usual gap most likely means that a tie is
//! over (Navarro, Miritello, Canales and Moro 2017); see docs/SCIENCE.md, "Decay".

use crate::model::{Day, PairEvidence};

/// Contact in fewer weeks than this shows no rhythm.
const ACTIVE_WEEKS_MIN: usize = 6;
/// How many usual gaps a silence must last to be one.
const GAPS: i32 = 8;

/// How often two people usually have contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// The last day of contact.
    pub last: Day,
    /// The median gap between weeks with contact, in weeks; 1 for contact every week.
    pub usual_gap_weeks: i32,
}

/// A tie that has fallen silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The last day of contact.
    pub since: Day,
    /// The median gap between weeks with contact before, in weeks; 1 for contact every week.
    pub usual_gap_weeks: i32,
}

impl Rhythm {
    /// The usual gap in days.
    pub fn usual_gap_days(self) -> i32 {
        7 * self.usual_gap_weeks
    }

    /// The silence that it has come to by a day; nothing while it goes on.
    pub fn silence_on(self, day: Day) -> Option<Silence> {
        let Self { last: since, usual_gap_weeks } = self;
        let silent = day.number() - since.number();
        (silent > GAPS * self.usual_gap_days()).then_some(Silence { since, usual_gap_weeks })
    }
}

/// The last day of contact of a pair up to a day; their evidence is ordered by time.
pub fn last_contact(evidence: &[PairEvidence], day: Day) -> Option<Day> {
    contact_days(evidence, day).last()
}

/// The rhythm of a pair up to a day, if there is one; their evidence is ordered by time.
///
/// # Complexity
/// Linear in the evidence, and a selection.
pub fn rhythm(evidence: &[PairEvidence], day: Day) -> Option<Rhythm> {
    let mut weeks: Vec<i32> = contact_days(evidence, day).map(Day::iso_week).collect();
    weeks.dedup();
    if weeks.len() < ACTIVE_WEEKS_MIN {
        return None;
    }
    let mut gaps: Vec<i32> = weeks.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let middle = gaps.len() / 2;
    let usual_gap_weeks = *gaps.select_nth_unstable(middle).1;
    Some(Rhythm { last: last_contact(evidence, day)?, usual_gap_weeks })
}

/// Whether a pair has fallen silent on a day; their evidence is ordered by time.
///
/// # Complexity
/// Linear in the evidence, and a selection.
pub fn silence(evidence: &[PairEvidence], day: Day) -> Option<Silence> {
    rhythm(evidence, day)?.silence_on(day)
}

fn contact_days(evidence: &[PairEvidence], day: Day) -> impl Iterator<Item = Day> {
    let contacts = evidence.iter().filter(|item| item.kind.is_contact());
    contacts.map(|item| item.at.day()).filter(move |&at| at <= day)
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
    fn a_rhythm_is_the_median_gap_and_what_is_still_to_come_is_not_of_it() {
        let today: Day = "2026-11-20".parse().unwrap();
        let found = rhythm(&weekly(3, 10), today).unwrap();
        assert_eq!((found.usual_gap_days(), found.last), (7, today.plus(-3)));
        assert_eq!(last_contact(&weekly(-5, 10), today), Some(today.plus(-2)));
        assert_eq!(last_contact(&[], today), None);
    }

    #[test]
    fn few_contacts_have_no_rhythm() {
        let today: Day = "2026-11-20".parse().unwrap();
        assert_eq!(silence(&weekly(500, 5), today), None);
        assert_eq!(silence(&[], today), None);
    }
}
