//! What the evidence of one pair of people weighs on one day.
//!
//! Formulas: docs/SCIENCE.md, "Contact mass" and "Kinds of evidence".

use std::collections::BTreeMap;

use crate::model::{
    Closeness, Day, Direction, EvidenceKind, Level, PairEvidence, Probability, Speaker, Timestamp,
};

use super::{
    Formula,
    overriding::{Overrides, lasts},
};

/// The half-life of a statement, in days.
pub(super) const STATEMENT_HALF_LIFE: f64 = 365.0;
/// The most readers that a mail may have to be a question to each of them.
const ASK_RECIPIENTS_MAX: u16 = 3;
/// Within how many days a question is answered or not.
const ANSWER_DAYS: i64 = 7;
const DAY_MS: f64 = 86_400_000.0;

/// The two ways between the person with the lower id and the one with the higher.
pub const FORTH: usize = 0;
/// The way from the higher id to the lower.
pub const BACK: usize = 1;

/// What the evidence of one pair weighs at the end of a day. Arrays of two hold the way from the
/// lower id to the higher, then the way back.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PairMass {
    /// Contact mass with the short half-life, 7 days unless the formula has another.
    pub c_short: [f64; 2],
    /// Contact mass with the long half-life, 60 days unless the formula has another.
    pub c_long: [f64; 2],
    /// Whether anybody ever turned to the other.
    pub contact: [bool; 2],
    /// Whether one turned to the other in a way of which only the tie may be seen.
    pub hinted: [bool; 2],
    /// How often one asked the other by mail, at most 255.
    pub asks: [u8; 2],
    /// How often the other answered that.
    pub answers: [u8; 2],
    /// The noisy-or of the newest statement of each speaker, decayed; 0 without one.
    pub stated: f64,
    /// What one of the two says of their tie instead, if it lasts.
    pub overridden: Option<Probability>,
    /// Whether they are connected on a network.
    pub connected: bool,
    /// The last day of contact.
    pub last_contact: Option<Day>,
    /// How many mails each has sent to the other, shared among their readers, decayed with a
    /// half-life of 14 days: the pair's part of each one's activity.
    pub sent: [f64; 2],
}

impl PairMass {
    /// Whether contact was counted at all.
    pub fn has_contact(&self) -> bool {
        self.contact[FORTH] || self.contact[BACK]
    }

    /// Whether it went both ways.
    pub fn is_two_way(&self) -> bool {
        self.contact[FORTH] && self.contact[BACK]
    }

    /// Whether there is a tie at all: contact both ways (a meeting or a call is both at once), a
    /// statement, a connection, or an override. One-way mail is none.
    pub fn is_tie(&self) -> bool {
        let turned = |way: usize| self.contact[way] || self.hinted[way];
        let told = self.stated > 0.0 || self.connected || self.overridden.is_some();
        (turned(FORTH) && turned(BACK)) || told
    }
}

/// How much one contact of a kind weighs; nothing for what is no contact.
pub(super) const fn contact_weight(kind: &EvidenceKind) -> Option<f64> {
    match kind {
        EvidenceKind::Mail => Some(1.0),
        EvidenceKind::Message => Some(0.5),
        EvidenceKind::ListAnswer => Some(0.25),
        EvidenceKind::Call => Some(2.0),
        EvidenceKind::Meeting | EvidenceKind::Introduction => Some(3.0),
        EvidenceKind::Connection
        | EvidenceKind::Statement { .. }
        | EvidenceKind::Override { .. } => None,
    }
}

/// The strength that a statement gives on the day it is made.
pub(super) fn stated_strength(closeness: Closeness) -> f64 {
    match closeness {
        Closeness::Weak => 0.3,
        Closeness::Good => 0.5,
        Closeness::Close => 0.7,
        Closeness::Score(score) => score.value(),
    }
}

fn age_days(at: Timestamp, end: Timestamp) -> f64 {
    (end.as_ms() - at.as_ms()) as f64 / DAY_MS
}

pub(super) fn decay(age: f64, half_life: f64) -> f64 {
    (-age / half_life).exp2()
}

const fn ways(item: &PairEvidence) -> &'static [usize] {
    match item.direction {
        // Whoever overrides: the tie is both people's.
        _ if matches!(item.kind, EvidenceKind::Override { .. }) => &[FORTH, BACK],
        Direction::Forth => &[FORTH],
        Direction::Back => &[BACK],
        Direction::Mutual => &[FORTH, BACK],
    }
}

/// What the newest statement of each speaker is still worth.
#[derive(Debug, Default)]
pub(super) struct Statements<'a>(BTreeMap<&'a Speaker, f64>);

impl<'a> Statements<'a> {
    /// Of evidence that is ordered by time, at a moment after it.
    pub(super) fn of(evidence: &'a [PairEvidence], end: Timestamp) -> Self {
        let mut statements = Self::default();
        let seen = evidence.iter().filter(|item| item.level > Level::Tie);
        for item in seen {
            statements.add(item, end);
        }
        statements
    }

    fn add(&mut self, item: &'a PairEvidence, end: Timestamp) {
        if let EvidenceKind::Statement { closeness, by } = &item.kind {
            let age = age_days(item.at, end);
            self.0.insert(by, stated_strength(*closeness) * decay(age, STATEMENT_HALF_LIFE));
        }
    }

    /// The noisy-or of all, after so many more days.
    pub(super) fn after(&self, days: f64) -> f64 {
        let left = decay(days, STATEMENT_HALF_LIFE);
        1.0 - self.0.values().map(|strength| 1.0 - strength * left).product::<f64>()
    }
}

/// The sums over active weeks, as they are built: within a week the greatest contact counts.
#[derive(Default)]
struct WeeklyMaxima {
    week: [i32; 2],
    greatest: [[f64; 2]; 2],
    sums: [[f64; 2]; 2],
}

impl WeeklyMaxima {
    fn add(&mut self, way: usize, week: i32, masses: [f64; 2]) {
        if self.week[way] != week {
            self.close(way);
            self.week[way] = week;
        }
        for (greatest, mass) in self.greatest[way].iter_mut().zip(masses) {
            *greatest = greatest.max(mass);
        }
    }

    fn close(&mut self, way: usize) {
        for (sum, greatest) in self.sums[way].iter_mut().zip(&mut self.greatest[way]) {
            *sum += std::mem::take(greatest);
        }
    }

    /// The sums, by half-life, then way.
    fn finish(mut self) -> [[f64; 2]; 2] {
        self.close(FORTH);
        self.close(BACK);
        let by_half_life = |at: usize| [self.sums[FORTH][at], self.sums[BACK][at]];
        [by_half_life(0), by_half_life(1)]
    }
}

/// Folds the evidence of one pair, ordered by time, at the end of a day. What happens later
/// counts nothing.
///
/// # Complexity
/// Linear in the evidence.
pub fn fold_pair(evidence: &[PairEvidence], day: Day, formula: Formula) -> PairMass {
    let end = day.end();
    let past = &evidence[..evidence.partition_point(|item| item.at < end)];
    let mut mass = PairMass::default();
    let mut weeks = WeeklyMaxima::default();
    let mut statements = Statements::default();
    let mut overrides = Overrides::default();
    for item in past {
        let age = age_days(item.at, end);
        if item.level == Level::Tie {
            // How much it was must not show in any rank: that it was is all that counts.
            for &way in ways(item).iter().filter(|_| lasts(item, day)) {
                mass.hinted[way] = true;
            }
            continue;
        }
        if let Some(weight) = contact_weight(&item.kind) {
            let share = weight / f64::from(item.recipients.max(1)).sqrt();
            let masses = formula.half_lives.map(|half_life| decay(age, half_life) * share);
            for &way in ways(item) {
                weeks.add(way, item.at.day().iso_week(), masses);
                mass.contact[way] = true;
            }
            mass.last_contact = Some(item.at.day());
        }
        match &item.kind {
            EvidenceKind::Connection => mass.connected = true,
            EvidenceKind::Statement { .. } => statements.add(item, end),
            EvidenceKind::Override { .. } => overrides.add(item),
            EvidenceKind::Mail => {
                let share = decay(age, 14.0) / f64::from(item.recipients.max(1));
                for &way in ways(item) {
                    mass.sent[way] += share;
                }
            }
            _ => {}
        }
    }
    [mass.c_short, mass.c_long] = weeks.finish();
    mass.stated = statements.after(0.0);
    mass.overridden = overrides.on(day).and_then(|item| match item.kind {
        EvidenceKind::Override { strength, .. } => Some(strength),
        _ => None,
    });
    for (way, asker) in [(FORTH, Direction::Forth), (BACK, Direction::Back)] {
        (mass.asks[way], mass.answers[way]) = count_asks(past, asker, end);
    }
    mass
}

/// How often one asked the other by a mail to at most three people, and how often the other wrote
/// within seven days. A question is counted when it is answered or its seven days are over; of
/// more than 255 the newest.
fn count_asks(evidence: &[PairEvidence], asker: Direction, end: Timestamp) -> (u8, u8) {
    let answerer = if asker == Direction::Forth { Direction::Back } else { Direction::Forth };
    let writes = |item: &PairEvidence, by: Direction| {
        item.direction == by
            && item.level > Level::Tie
            && matches!(item.kind, EvidenceKind::Mail | EvidenceKind::Message)
    };
    let limit_ms = ANSWER_DAYS * DAY_MS as i64;
    let (mut asks, mut answers) = (0_u8, 0_u8);
    // Backwards, so that the next answer after each question is at hand.
    let mut next_answer: Option<Timestamp> = None;
    for item in evidence.iter().rev() {
        if writes(item, answerer) {
            next_answer = Some(item.at);
        }
        let is_ask = writes(item, asker)
            && item.kind == EvidenceKind::Mail
            && item.recipients <= ASK_RECIPIENTS_MAX;
        if is_ask {
            let deadline = item.at.plus_ms(limit_ms);
            let answered = next_answer.is_some_and(|at| at <= deadline);
            if (answered || deadline < end) && asks < u8::MAX {
                asks += 1;
                answers += u8::from(answered);
            }
        }
    }
    (asks, answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FactId, PersonId, Probability};

    fn today() -> Day {
        "2026-11-20".parse().unwrap()
    }

    fn item(kind: EvidenceKind, direction: Direction, days_ago: i32) -> PairEvidence {
        let at = today().plus(-days_ago).end();
        let fact = FactId::new(days_ago.unsigned_abs().into());
        PairEvidence {
            fact,
            kind,
            direction,
            at: at.plus_ms(-1),
            recorded_at: at,
            recipients: 1,
            level: Level::Strength,
        }
    }

    fn fold(mut items: Vec<PairEvidence>) -> PairMass {
        items.sort_by_key(|item| item.at);
        fold_pair(&items, today(), Formula::SHIPPED)
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    #[test]
    fn a_contact_halves_in_its_half_life() {
        let now = fold(vec![item(EvidenceKind::Mail, Direction::Forth, 0)]);
        let then = fold(vec![item(EvidenceKind::Mail, Direction::Forth, 60)]);
        assert!(
            close(now.c_long[FORTH], 1.0) && close(then.c_long[FORTH], 0.5),
            "{now:?} {then:?}"
        );
        let week_ago = fold(vec![item(EvidenceKind::Mail, Direction::Forth, 7)]);
        assert!(close(week_ago.c_short[FORTH], 0.5));
        assert!(close(week_ago.c_long[BACK], 0.0));
    }

    #[test]
    fn within_a_week_only_the_greatest_contact_counts() {
        // 2026-11-20 is a Friday: 0 to 4 days ago are one week, 5 days ago is the one before.
        let one = fold(vec![item(EvidenceKind::Mail, Direction::Forth, 1)]);
        let three = fold((1..=3).map(|d| item(EvidenceKind::Mail, Direction::Forth, d)).collect());
        assert!(close(one.c_long[FORTH], three.c_long[FORTH]));
        let both = fold(vec![
            item(EvidenceKind::Mail, Direction::Forth, 1),
            item(EvidenceKind::Mail, Direction::Forth, 5),
        ]);
        assert!(both.c_long[FORTH] > 1.9);
    }

    #[test]
    fn one_way_mail_is_no_tie_and_an_answer_makes_it_one() {
        let mut items: Vec<_> =
            (0..50).map(|d| item(EvidenceKind::Mail, Direction::Forth, d)).collect();
        assert!(!fold(items.clone()).is_tie());
        items.push(item(EvidenceKind::Mail, Direction::Back, 3));
        assert!(fold(items).is_tie());
    }

    #[test]
    fn the_newest_statement_of_each_speaker_counts() {
        let say = |closeness, who: u128, days_ago| {
            let by = Speaker::Person(PersonId::new(who));
            item(EvidenceKind::Statement { closeness, by }, Direction::Mutual, days_ago)
        };
        let one = fold(vec![say(Closeness::Close, 1, 400), say(Closeness::Weak, 1, 0)]);
        assert!(close(one.stated, 0.3), "{}", one.stated);
        let two = fold(vec![say(Closeness::Weak, 1, 0), say(Closeness::Good, 2, 365)]);
        assert!(close(two.stated, 1.0 - 0.7 * 0.75), "{}", two.stated);
        let score = Closeness::Score(Probability::new(0.9).unwrap());
        assert!(close(fold(vec![say(score, 3, 0)]).stated, 0.9));
    }

    #[test]
    fn a_question_counts_once_it_is_answered_or_a_week_old() {
        let asked = |days_ago| item(EvidenceKind::Mail, Direction::Forth, days_ago);
        let answered = |days_ago| item(EvidenceKind::Mail, Direction::Back, days_ago);
        let counts = |items| {
            let mass = fold(items);
            (mass.asks[FORTH], mass.answers[FORTH])
        };
        assert_eq!(counts(vec![asked(3)]), (0, 0), "still open");
        assert_eq!(counts(vec![asked(3), answered(1)]), (1, 1));
        assert_eq!(counts(vec![asked(30), answered(20)]), (1, 0), "too late");
        assert_eq!(counts((0..400).map(|d| asked(d + 20)).collect()), (255, 0), "saturates");
        let each_answered = (0..400).flat_map(|d| [asked(2 * d + 21), answered(2 * d + 20)]);
        assert_eq!(counts(each_answered.collect()), (255, 255), "both stop together");
    }

    #[test]
    fn of_a_hidden_contact_only_the_tie_counts() {
        let mut items = vec![
            item(EvidenceKind::Mail, Direction::Forth, 1),
            item(EvidenceKind::Mail, Direction::Back, 2),
        ];
        for item in &mut items {
            item.level = Level::Tie;
        }
        let mass = fold(items.clone());
        assert!(mass.is_tie() && !mass.has_contact());
        let more: Vec<_> = (3..90).map(|d| item(EvidenceKind::Mail, Direction::Forth, d)).collect();
        items.extend(more.into_iter().map(|item| PairEvidence { level: Level::Tie, ..item }));
        assert_eq!(fold(items), mass, "how much it was changes nothing");
    }

    #[test]
    fn what_is_still_to_come_counts_nothing() {
        assert_eq!(
            fold(vec![item(EvidenceKind::Meeting, Direction::Mutual, -3)]),
            PairMass::default()
        );
    }
}
