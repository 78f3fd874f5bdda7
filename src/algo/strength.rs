//! How strong a tie is, how willing people are, and why.
//!
//! Formulas and where they come from: docs/SCIENCE.md, "Tie mass", "Strength", "Directed
//! willingness" and "Path score".

use crate::model::Day;

use super::{Answering, BACK, FORTH, PairMass, Population};

/// The strength of a tie that is only a connection on a network.
const CONNECTED_STRENGTH: f64 = 0.10;
/// The most that a step along such a tie is worth, so that it never outranks two live steps.
const CONNECTED_STEP_MAX: f64 = 0.05;
/// What a tie weighs of which only its existence may be seen: as much as a median tie.
const HINTED: f64 = 0.36;
/// No strength is certain.
const EPSILON: f64 = 1e-6;

/// What is kept of a tie, beside its costs. Arrays of two hold the way from the lower id to the
/// higher, then the way back; the fields are those of [`PairMass`], and the overlap.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TieFigures {
    c7: [f32; 2],
    c60: [f32; 2],
    stated: f32,
    overlap: f32,
    last_contact: i32,
    asks: [u8; 2],
    answers: [u8; 2],
    contact: [bool; 2],
    connected: bool,
    hinted: bool,
}

impl TieFigures {
    /// Keeps what a pair weighs, with the overlap of the two neighbourhoods.
    pub fn new(mass: &PairMass, overlap: f64) -> Self {
        Self {
            c7: mass.c7.map(|c| c as f32),
            c60: mass.c60.map(|c| c as f32),
            stated: mass.stated as f32,
            overlap: overlap as f32,
            last_contact: mass.last_contact.map_or(i32::MIN, Day::number),
            asks: mass.asks,
            answers: mass.answers,
            contact: mass.contact,
            connected: mass.connected,
            hinted: mass.hinted[FORTH] || mass.hinted[BACK],
        }
    }

    /// The last day of contact, if there was any.
    pub fn last_contact(&self) -> Option<Day> {
        self.has_contact().then(|| Day::from_number(self.last_contact))
    }

    /// Whether all that is known is a connection on a network: no contact both ways, no
    /// statement.
    pub fn is_connected_only(&self) -> bool {
        self.connected && self.stated == 0.0 && !self.is_two_way() && !self.hinted
    }

    /// Whether all that may be seen is that there is a tie.
    pub fn is_hinted_only(&self) -> bool {
        self.hinted && self.stated == 0.0 && !self.is_two_way()
    }

    /// Whether there has been contact both ways.
    pub fn is_two_way(&self) -> bool {
        self.contact[FORTH] && self.contact[BACK]
    }

    /// How often each asked the other by mail, and how often that was answered.
    pub fn asks(&self) -> ([u8; 2], [u8; 2]) {
        (self.asks, self.answers)
    }

    fn has_contact(&self) -> bool {
        self.contact[FORTH] || self.contact[BACK]
    }

    /// G for one half-life: the geometric mean of the two directions, each raised a little so
    /// that one-way contact is not quite nothing.
    fn both_ways(masses: [f32; 2]) -> f64 {
        let [forth, back] = masses.map(f64::from);
        let total = forth + back;
        ((forth + 0.01 * total) * (back + 0.01 * total)).sqrt()
    }
}

/// The four terms of the logit of a strength, before the intercept.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Terms {
    /// 2.22 ln(1 + S): how much contact both ways.
    pub contact: f64,
    /// 0.73 e^(−r/30): how lately.
    pub recency: f64,
    /// 2.52 o: how many people both know.
    pub overlap: f64,
    /// 0.10 ln(1 + a): how much the quieter of the two writes at all.
    pub activity: f64,
}

impl Terms {
    const INTERCEPT: f64 = -3.48;

    /// The terms of a tie with contact, at the end of a day; `activity` is the smaller of the two
    /// people's.
    pub fn of(figures: &TieFigures, activity: f64, day: Day) -> Self {
        let mass = TieFigures::both_ways(figures.c7) + TieFigures::both_ways(figures.c60);
        let silent = f64::from(day.number().saturating_sub(figures.last_contact).max(0));
        Self {
            contact: 2.22 * mass.ln_1p(),
            recency: 0.73 * (-silent / 30.0).exp(),
            overlap: 2.52 * f64::from(figures.overlap),
            activity: 0.10 * activity.ln_1p(),
        }
    }

    fn logit(&self) -> f64 {
        Self::INTERCEPT + self.contact + self.recency + self.overlap + self.activity
    }
}

/// A part of what makes a strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Factor {
    /// What the median tie has.
    Baseline,
    /// How much contact there was, both ways.
    Contact,
    /// How lately.
    Recency,
    /// How many people both know.
    Overlap,
    /// How much the quieter of the two writes at all.
    Activity,
    /// Statements, scores of other systems, a connection.
    OtherEvidence,
}

/// How strong a tie is: the probability that the two have contact both ways within 60 days.
#[derive(Debug, Clone, PartialEq)]
pub struct Strength {
    /// From 0 to 1.
    pub value: f64,
    /// Its parts in log-odds; they sum to the logit of the value.
    pub factors: Vec<(Factor, f64)>,
}

/// The logistic function.
pub fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// The log-odds of a probability.
pub fn logit(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

/// The value of a strength, without its parts.
pub fn strength_value(figures: &TieFigures, activity: f64, day: Day) -> f64 {
    if figures.is_connected_only() {
        return CONNECTED_STRENGTH;
    }
    if figures.is_hinted_only() {
        return HINTED;
    }
    let contact = contact_strength(figures, activity, day).unwrap_or(0.0);
    let either = 1.0 - (1.0 - contact) * (1.0 - f64::from(figures.stated));
    // Contact that has faded must not make a connection worth less than it was without it.
    let least = if figures.connected { CONNECTED_STRENGTH } else { EPSILON };
    either.clamp(least, 1.0 - EPSILON)
}

fn contact_strength(figures: &TieFigures, activity: f64, day: Day) -> Option<f64> {
    figures.has_contact().then(|| sigmoid(Terms::of(figures, activity, day).logit()))
}

/// How strong a tie is at the end of a day, and why: each term minus its median, in log-odds.
pub fn strength(
    figures: &TieFigures,
    activity: f64,
    day: Day,
    population: &Population,
) -> Strength {
    let value = strength_value(figures, activity, day);
    let medians = &population.medians;
    let no_terms = figures.is_connected_only() || figures.is_hinted_only();
    if no_terms || !figures.has_contact() {
        return Strength { value, factors: vec![(Factor::OtherEvidence, logit(value))] };
    }
    let terms = Terms::of(figures, activity, day);
    let mut factors = vec![
        (Factor::Baseline, medians.logit()),
        (Factor::Contact, terms.contact - medians.contact),
        (Factor::Recency, terms.recency - medians.recency),
        (Factor::Overlap, terms.overlap - medians.overlap),
        (Factor::Activity, terms.activity - medians.activity),
    ];
    if figures.stated > 0.0 || figures.connected {
        factors.push((Factor::OtherEvidence, logit(value) - terms.logit()));
    }
    Strength { value, factors }
}

/// The probability that a person who is asked says yes to a seeker: the first step of a path and
/// a direct tie. `way` is the way from the seeker to the person asked.
pub fn willingness(
    figures: &TieFigures,
    way: usize,
    asked: Answering,
    population: &Population,
) -> f64 {
    let by_contact = || {
        let effort = f64::from(figures.c60[1 - way]);
        let asks = f64::from(figures.asks[way]);
        let rate = (f64::from(figures.answers[way]) + 4.0 * asked.rate(population)) / (asks + 4.0);
        sigmoid(-0.6 + 0.4 * (0.02 + effort).ln() + 2.51 * (rate - 0.45))
    };
    step(figures, by_contact)
}

/// The probability that a connector makes the next step of a path: their own effort toward the
/// next person, along `way`.
pub fn effort(figures: &TieFigures, way: usize) -> f64 {
    step(figures, || sigmoid(-0.18 + 0.61 * (0.02 + f64::from(figures.c60[way])).ln()))
}

/// A step by counted contact or by what was stated, whichever is more; hardly one where all there
/// is is a connection.
fn step(figures: &TieFigures, by_contact: impl FnOnce() -> f64) -> f64 {
    if figures.is_connected_only() {
        return CONNECTED_STEP_MAX;
    }
    if figures.is_hinted_only() {
        return HINTED;
    }
    let contact = if figures.has_contact() { by_contact() } else { 0.0 };
    let connected = if figures.connected { CONNECTED_STEP_MAX } else { 0.0 };
    contact.max(f64::from(figures.stated)).max(connected)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        algo::fold_pair,
        model::{Direction, EvidenceKind, FactId, Level, PairEvidence},
    };

    fn day() -> Day {
        "2026-11-20".parse().unwrap()
    }

    fn figures(c60: [f64; 2], stated: f64) -> TieFigures {
        let contact = c60.map(|c| c > 0.0);
        let mass = PairMass {
            c7: c60.map(|c| c / 4.0),
            c60,
            contact,
            stated,
            last_contact: Some(day()),
            ..PairMass::default()
        };
        TieFigures::new(&mass, 0.1)
    }

    const POPULATION: Population = Population {
        medians: Terms { contact: 1.0, recency: 0.2, overlap: 0.3, activity: 0.1 },
        answer_rate: 0.45,
    };

    proptest! {
        #[test]
        fn the_factors_sum_to_the_logit_of_what_is_shown(
            forth in 0.0..12.0f64, back in 0.0..12.0f64, stated in 0.0..1.0f64, a in 0.0..50.0f64,
        ) {
            let figures = figures([forth, back], stated);
            let shown = strength(&figures, a, day(), &POPULATION);
            let sum: f64 = shown.factors.iter().map(|(_, share)| share).sum();
            prop_assert!((sum - logit(shown.value)).abs() < 1e-9, "{shown:?}");
        }

        #[test]
        fn more_contact_never_means_less_strength(
            forth in 0.01..8.0f64, back in 0.01..8.0f64, more in 0.0..3.0f64,
        ) {
            let value = |c60| strength_value(&figures(c60, 0.0), 5.0, day());
            prop_assert!(value([forth + more, back]) >= value([forth, back]));
            prop_assert!(value([forth, back + more]) >= value([forth, back]));
        }
    }

    /// Evidence of a pair: days before [`day`], and who turned to whom how.
    fn evidence(items: &[(i32, u8)]) -> Vec<PairEvidence> {
        let item = |&(days_ago, how): &(i32, u8)| {
            let (kind, direction) = match how {
                0 => (EvidenceKind::Mail, Direction::Forth),
                1 => (EvidenceKind::Mail, Direction::Back),
                2 => (EvidenceKind::Message, Direction::Back),
                _ => (EvidenceKind::Meeting, Direction::Mutual),
            };
            let at = day().plus(-days_ago).start();
            let (fact, level) = (FactId::new(1), Level::Evidence);
            PairEvidence { fact, kind, direction, at, recorded_at: at, recipients: 2, level }
        };
        let mut items: Vec<_> = items.iter().map(item).collect();
        items.sort_by_key(|item| item.at);
        items
    }

    proptest! {
        #[test]
        fn contact_never_lowers_a_strength_and_silence_never_raises_it(
            past in prop::collection::vec((0..400i32, 0..4u8), 1..30), more in (0..400i32, 0..4u8),
        ) {
            let value = |items: &[(i32, u8)], on: Day| {
                let mass = fold_pair(&evidence(items), on);
                strength_value(&TieFigures::new(&mass, 0.1), 3.0, on)
            };
            let with: Vec<_> = past.iter().copied().chain([more]).collect();
            // The masses are kept as f32.
            let now = value(&past, day());
            prop_assert!(value(&with, day()) >= now - 1e-6);
            prop_assert!(value(&past, day().plus(1)) <= now + 1e-6);
        }
    }

    #[test]
    fn a_step_by_effort_has_the_documented_values() {
        let at = |c60: f64| effort(&figures([c60, 1e-30], 0.0), FORTH);
        assert!((at(0.0) - 0.07).abs() < 0.005, "{}", at(0.0));
        assert!((at(0.5) - 0.36).abs() < 0.01, "{}", at(0.5));
        assert!((at(12.0) - 0.80).abs() < 0.03, "{}", at(12.0));
    }

    #[test]
    fn a_step_is_directed() {
        let lopsided = figures([6.0, 0.1], 0.0);
        assert!(effort(&lopsided, FORTH) > effort(&lopsided, BACK));
        let nobody = Answering::default();
        let forth = willingness(&lopsided, FORTH, nobody, &POPULATION);
        let back = willingness(&lopsided, BACK, nobody, &POPULATION);
        assert!(back > forth, "who writes much is willing: {back} {forth}");
    }

    #[test]
    fn a_statement_stands_as_it_is_and_the_greater_counts() {
        let said = figures([0.0, 0.0], 0.5);
        assert!((effort(&said, FORTH) - 0.5).abs() < 1e-6);
        let both = figures([12.0, 12.0], 0.3);
        assert!(effort(&both, FORTH) > 0.7);
    }

    #[test]
    fn a_mere_connection_is_weak_and_hardly_a_step() {
        let mass = PairMass { connected: true, ..PairMass::default() };
        let figures = TieFigures::new(&mass, 0.5);
        assert!((strength_value(&figures, 9.0, day()) - 0.10).abs() < 1e-12);
        assert!((effort(&figures, FORTH) - 0.05).abs() < 1e-12);
        assert!(
            (willingness(&figures, BACK, Answering::default(), &POPULATION) - 0.05).abs() < 1e-12
        );
    }

    #[test]
    fn more_evidence_never_makes_a_connection_worth_less() {
        let connected = PairMass { connected: true, ..PairMass::default() };
        let faded = PairMass { contact: [true; 2], c60: [1e-9; 2], stated: 1e-3, ..connected };
        let faded = PairMass { last_contact: Some(day().plus(-3_000)), ..faded };
        let [bare, more] = [connected, faded].map(|mass| TieFigures::new(&mass, 0.0));
        assert!(strength_value(&more, 0.0, day()) >= strength_value(&bare, 0.0, day()));
        assert!(effort(&more, FORTH) >= effort(&bare, FORTH));
        let shown = strength(&more, 0.0, day(), &POPULATION);
        let sum: f64 = shown.factors.iter().map(|(_, share)| share).sum();
        assert!((sum - logit(shown.value)).abs() < 1e-9, "{shown:?}");
    }

    #[test]
    fn who_answers_is_more_willing_than_who_does_not() {
        let figures = figures([1.0, 1.0], 0.0);
        let with =
            |answered| willingness(&figures, FORTH, Answering { asked: 20, answered }, &POPULATION);
        assert!(with(20) > with(5));
    }
}
