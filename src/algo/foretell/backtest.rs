//! How well strength foretold two-way contact, on what an installation knows itself.
//!
//! What is measured and what came of it: docs/SCIENCE.md, "How well strength foretells".

use crate::{
    algo::{Folder, Formula, PairMass, contact_strength, fold_pair, strength_value},
    graph::BadNetwork,
    model::{Day, PairEvidence, PersonId},
};

use super::Foretold;

/// By what contact is foretold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Yardstick {
    /// The strength of the tie, a probability.
    Strength,
    /// The strength of contact alone, a probability.
    Contact,
    /// How many contacts there were: what a plain program would go by.
    Contacts,
    /// How lately they had contact.
    Recency,
}

/// Two people who had contact before the cut, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BacktestCase {
    /// The two people, the lower id first.
    pub people: [PersonId; 2],
    /// The strength at the cut, from 0 to 1. Contact in one direction has one too, a small one.
    pub strength: f64,
    /// The strength of their contact alone, without what was stated or overridden.
    pub contact: f64,
    /// Whether contact had gone both ways by the cut.
    pub is_two_way: bool,
    /// How many contacts there were up to the cut, in both directions together.
    pub contacts: u32,
    /// Days from the last day of contact to the cut.
    pub silent_days: i32,
    /// Whether contact went both ways within the horizon.
    pub happened: bool,
}

/// What strength foretold on a day, against what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// The last day that was known.
    pub cut: Day,
    /// How many days after it were looked at.
    pub horizon_days: i32,
    /// Everybody's pairs with contact up to the cut, in the order in which they came.
    pub cases: Vec<BacktestCase>,
}

impl Backtest {
    /// The cases by one yardstick.
    pub fn by(&self, yardstick: Yardstick) -> Vec<Foretold> {
        let score = |case: &BacktestCase| match yardstick {
            Yardstick::Strength => case.strength,
            Yardstick::Contact => case.contact,
            Yardstick::Contacts => f64::from(case.contacts),
            Yardstick::Recency => -f64::from(case.silent_days),
        };
        let foretold = |case| Foretold { score: score(case), happened: case.happened };
        self.cases.iter().map(foretold).collect()
    }
}

/// What is kept of a pair while the whole is folded.
struct Kept {
    people: [PersonId; 2],
    mass: PairMass,
    contacts: u32,
    happened: bool,
}

/// How to look back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hindsight {
    /// The last day that is known.
    pub cut: Day,
    /// How many days after it are looked at.
    pub horizon_days: i32,
    /// By which formula strength is computed.
    pub formula: Formula,
}

/// Foretells, as if the day of the cut were today, which pairs have contact both ways within the
/// horizon, and sees what came of it.
///
/// The pairs are all with any contact up to the end of the cut, one-way contact included; what
/// happens both ways is contact in each direction, or a meeting or call, in the days after it.
/// People are sorted by id, the evidence of each pair by time, each pair comes once. Overlap and
/// activity are as of the cut too. What was learnt only later counts by the day it happened.
///
/// # Errors
/// When the people are not sorted, or a pair came twice.
///
/// # Complexity
/// Linear in the evidence, and for each pair in what the two people's neighbourhoods hold. Memory
/// is linear in the pairs.
pub fn backtest<'a>(
    people: Vec<PersonId>,
    pairs: impl IntoIterator<Item = (PersonId, PersonId, &'a [PairEvidence])>,
    hindsight: Hindsight,
) -> Result<Backtest, BadNetwork> {
    let Hindsight { cut, horizon_days, formula } = hindsight;
    let last = cut.plus(horizon_days);
    let mut folder = Folder::new(people, cut, formula);
    let mut kept = Vec::new();
    for (low, high, evidence) in pairs {
        let (past, after) = evidence.split_at(evidence.partition_point(|item| item.at < cut.end()));
        let mass = fold_pair(past, cut, formula);
        if mass.has_contact() {
            let contacts = past.iter().filter(|item| item.kind.is_contact()).count();
            let happened = fold_pair(after, last, formula).is_two_way();
            let contacts = u32::try_from(contacts).unwrap_or(u32::MAX);
            kept.push(Kept { people: [low, high], mass, contacts, happened });
        }
        folder.add_mass(low, high, &mass);
    }
    let weighed = folder.finish()?;
    let case = |kept: Kept| {
        let [low, high] = kept.people;
        let last_contact = kept.mass.last_contact.unwrap_or(cut);
        let (figures, at) = weighed.seen(low, high, &kept.mass);
        BacktestCase {
            people: kept.people,
            strength: strength_value(&figures, at),
            contact: contact_strength(&figures, at).unwrap_or_default(),
            is_two_way: kept.mass.is_two_way(),
            contacts: kept.contacts,
            silent_days: cut.number() - last_contact.number(),
            happened: kept.happened,
        }
    };
    Ok(Backtest { cut, horizon_days, cases: kept.into_iter().map(case).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, EvidenceKind, FactId, Level};

    fn cut() -> Day {
        "2026-06-30".parse().unwrap()
    }

    fn person(id: u128) -> PersonId {
        PersonId::new(id)
    }

    fn contact(kind: EvidenceKind, direction: Direction, day: i32) -> PairEvidence {
        let at = cut().plus(day).start();
        let fact = FactId::new(day.unsigned_abs().into());
        let level = Level::Evidence;
        PairEvidence { fact, kind, direction, at, recorded_at: at, recipients: 1, level }
    }

    fn mails(days: &[(i32, Direction)]) -> Vec<PairEvidence> {
        days.iter().map(|&(day, way)| contact(EvidenceKind::Mail, way, day)).collect()
    }

    fn run(pairs: &[(u128, u128, Vec<PairEvidence>)]) -> Backtest {
        let people = (1..=9).map(person).collect();
        let pairs = pairs.iter().map(|(a, b, evidence)| (person(*a), person(*b), &evidence[..]));
        let hindsight = Hindsight { cut: cut(), horizon_days: 60, formula: Formula::SHIPPED };
        backtest(people, pairs, hindsight).unwrap()
    }

    use Direction::{Back, Forth};

    #[test]
    fn only_pairs_with_contact_before_the_cut_are_cases() {
        let statement = EvidenceKind::Connection;
        let table = run(&[
            (1, 2, mails(&[(-9, Forth), (0, Forth), (60, Back), (60, Forth)])),
            (1, 3, mails(&[(1, Forth), (2, Back)])),
            (1, 4, vec![contact(statement, Direction::Mutual, -3)]),
            (1, 5, mails(&[(-9, Forth), (1, Forth), (61, Back)])),
            (1, 6, {
                let mut both = mails(&[(-30, Back)]);
                both.push(contact(EvidenceKind::Meeting, Direction::Mutual, 5));
                both
            }),
        ]);
        let shown: Vec<_> = table
            .cases
            .iter()
            .map(|case| (case.people[1].value(), case.contacts, case.silent_days, case.happened))
            .collect();
        assert_eq!(shown, [(2, 2, 0, true), (5, 1, 9, false), (6, 1, 30, true)]);
    }

    #[test]
    fn the_strength_is_what_was_shown_on_that_day() {
        let pair = mails(&[(-40, Forth), (-33, Back), (-2, Forth), (-1, Back), (3, Forth)]);
        let shared = mails(&[(-8, Forth)]);
        let pairs = vec![(1, 2, pair.clone()), (1, 3, shared.clone()), (2, 3, shared.clone())];
        let table = run(&pairs);
        let mut folder = Folder::new((1..=9).map(person).collect(), cut(), Formula::SHIPPED);
        for (a, b, evidence) in &pairs {
            folder.add(person(*a), person(*b), evidence);
        }
        let weighed = folder.finish().unwrap();
        let shown = weighed.strength(0, 1).unwrap().value;
        assert!((table.cases[0].strength - shown).abs() < 1e-12);
        assert!(table.cases[1].strength < shown, "one-way contact has a smaller one");
    }

    #[test]
    fn what_comes_after_the_cut_moves_no_score() {
        let before = mails(&[(-5, Forth), (-4, Back)]);
        let mut after = before.clone();
        after.extend(mails(&[(1, Forth), (2, Back), (3, Forth)]));
        let [quiet, busy] = [before, after].map(|evidence| run(&[(1, 2, evidence)]).cases[0]);
        assert_eq!(BacktestCase { happened: true, ..quiet }, busy);
        let by = run(&[(1, 2, mails(&[(-5, Forth)]))]).by(Yardstick::Recency);
        assert_eq!(by, [Foretold { score: -5.0, happened: false }]);
    }
}
