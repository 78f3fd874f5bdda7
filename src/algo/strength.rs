//! How strong a tie is, and why.
//!
//! Formulas and where they come from: docs/SCIENCE.md, "Tie mass" and "Strength".

use crate::model::Day;

use super::{Formula, Population, TieFigures};

/// The strength of a tie that is only a connection on a network.
const CONNECTED_STRENGTH: f64 = 0.10;
/// What a tie weighs of which only its existence may be seen: as much as a median tie.
pub(super) const HINTED: f64 = 0.36;
/// No strength is certain: the least.
const LEAST: f64 = 1e-6;
/// No strength is certain: the greatest.
pub(super) const MOST: f64 = 1.0 - LEAST;

/// In what a tie is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circumstances {
    /// How much the quieter of the two writes at all.
    pub activity: f64,
    /// The day at whose end it is evaluated.
    pub day: Day,
    /// By which half-lives its masses were folded, and how its strength is bent.
    pub formula: Formula,
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
        let mass = TieFigures::both_ways(figures.c_short) + TieFigures::both_ways(figures.c_long);
        let silent = f64::from(day.number().saturating_sub(figures.last_contact).max(0));
        Self {
            contact: 2.22 * mass.ln_1p(),
            recency: 0.73 * (-silent / 30.0).exp(),
            overlap: 2.52 * f64::from(figures.overlap),
            activity: 0.10 * activity.ln_1p(),
        }
    }

    pub(super) fn logit(&self) -> f64 {
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
    /// What the outcomes of the installation add to the shares before, which they stretch too.
    Calibration,
    /// Statements, scores of other systems, a connection.
    OtherEvidence,
    /// What one of the two says instead: what leads from the other shares to it.
    Override,
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
pub fn strength_value(figures: &TieFigures, at: Circumstances) -> f64 {
    match figures.overridden() {
        Some(said) => said.clamp(LEAST, MOST),
        None => value_by_evidence(figures, at),
    }
}

fn value_by_evidence(figures: &TieFigures, at: Circumstances) -> f64 {
    if figures.is_connected_only() {
        return CONNECTED_STRENGTH;
    }
    if figures.is_hinted_only() {
        return HINTED;
    }
    let contact = contact_strength(figures, at).unwrap_or(0.0);
    let either = 1.0 - (1.0 - contact) * (1.0 - f64::from(figures.stated));
    // Contact that has faded must not make a connection worth less than it was without it.
    let least = if figures.connected { CONNECTED_STRENGTH } else { LEAST };
    either.clamp(least, MOST)
}

/// The strength of contact alone, bent; nothing without contact.
pub(super) fn contact_strength(figures: &TieFigures, at: Circumstances) -> Option<f64> {
    let odds = || Terms::of(figures, at.activity, at.day).logit();
    figures.has_contact().then(|| sigmoid(at.formula.bent(odds())))
}

/// How strong a tie is at the end of a day, and why: each term minus its median, in log-odds.
pub fn strength(figures: &TieFigures, at: Circumstances, population: &Population) -> Strength {
    let evidence = figures.by_evidence();
    if figures.overridden().is_none() {
        return strength_by_evidence(&evidence, at, population);
    }
    let value = strength_value(figures, at);
    let mut factors = Vec::new();
    if evidence.has_evidence() {
        factors = strength_by_evidence(&evidence, at, population).factors;
    }
    let rest = logit(value) - factors.iter().map(|(_, share)| share).sum::<f64>();
    factors.push((Factor::Override, rest));
    Strength { value, factors }
}

fn strength_by_evidence(
    figures: &TieFigures,
    at: Circumstances,
    population: &Population,
) -> Strength {
    let value = value_by_evidence(figures, at);
    let medians = &population.medians;
    let no_terms = figures.is_connected_only() || figures.is_hinted_only();
    if no_terms || !figures.has_contact() {
        return Strength { value, factors: vec![(Factor::OtherEvidence, logit(value))] };
    }
    let terms = Terms::of(figures, at.activity, at.day);
    let scale = at.formula.scale();
    let mut factors = vec![
        (Factor::Baseline, scale * medians.logit()),
        (Factor::Contact, scale * (terms.contact - medians.contact)),
        (Factor::Recency, scale * (terms.recency - medians.recency)),
        (Factor::Overlap, scale * (terms.overlap - medians.overlap)),
        (Factor::Activity, scale * (terms.activity - medians.activity)),
    ];
    let bent = at.formula.bent(terms.logit());
    let has_other = figures.stated > 0.0 || figures.connected;
    if at.formula.platt.is_some() {
        // A steep fit may reach further than any strength goes.
        let reached = if has_other { bent } else { bent.clamp(logit(LEAST), logit(MOST)) };
        factors.push((Factor::Calibration, reached - scale * terms.logit()));
    }
    if has_other {
        factors.push((Factor::OtherEvidence, logit(value) - bent));
    }
    Strength { value, factors }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::algo::{FORTH, PairMass, effort};

    fn day() -> Day {
        "2026-11-20".parse().unwrap()
    }

    fn at(activity: f64) -> Circumstances {
        Circumstances { activity, day: day(), formula: Formula::SHIPPED }
    }

    fn figures(c_long: [f64; 2], stated: f64) -> TieFigures {
        let contact = c_long.map(|c| c > 0.0);
        let mass = PairMass {
            c_short: c_long.map(|c| c / 4.0),
            c_long,
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
            let shown = strength(&figures, at(a), &POPULATION);
            let sum: f64 = shown.factors.iter().map(|(_, share)| share).sum();
            prop_assert!((sum - logit(shown.value)).abs() < 1e-9, "{shown:?}");
        }

        #[test]
        fn more_contact_never_means_less_strength(
            forth in 0.01..8.0f64, back in 0.01..8.0f64, more in 0.0..3.0f64,
        ) {
            let value = |c_long| strength_value(&figures(c_long, 0.0), at(5.0));
            prop_assert!(value([forth + more, back]) >= value([forth, back]));
            prop_assert!(value([forth, back + more]) >= value([forth, back]));
        }
    }

    #[test]
    fn a_mere_connection_is_weak() {
        let mass = PairMass { connected: true, ..PairMass::default() };
        let value = strength_value(&TieFigures::new(&mass, 0.5), at(9.0));
        assert!((value - 0.10).abs() < 1e-12);
    }

    #[test]
    fn more_evidence_never_makes_a_connection_worth_less() {
        let connected = PairMass { connected: true, ..PairMass::default() };
        let faded = PairMass { contact: [true; 2], c_long: [1e-9; 2], stated: 1e-3, ..connected };
        let faded = PairMass { last_contact: Some(day().plus(-3_000)), ..faded };
        let [bare, more] = [connected, faded].map(|mass| TieFigures::new(&mass, 0.0));
        assert!(strength_value(&more, at(0.0)) >= strength_value(&bare, at(0.0)));
        assert!(effort(&more, FORTH) >= effort(&bare, FORTH));
        let shown = strength(&more, at(0.0), &POPULATION);
        let sum: f64 = shown.factors.iter().map(|(_, share)| share).sum();
        assert!((sum - logit(shown.value)).abs() < 1e-9, "{shown:?}");
    }
}
