//! What a step along a tie is worth: how willing people are.
//!
//! Formulas and where they come from: docs/SCIENCE.md, "Directed willingness" and "Path score".

use super::{
    Answering, Population, TieFigures, sigmoid,
    strength::{HINTED, MOST},
};

/// The most that a step along a mere connection is worth, so that it never outranks two live
/// steps.
const CONNECTED_STEP_MAX: f64 = 0.05;

/// The probability that a person who is asked says yes to a seeker: the first step of a path and
/// a direct tie. `way` is the way from the seeker to the person asked.
pub fn willingness(
    figures: &TieFigures,
    way: usize,
    asked: Answering,
    population: &Population,
) -> f64 {
    let by_contact = || {
        let effort = f64::from(figures.c_long[1 - way]);
        let asks = f64::from(figures.asks[way]);
        let rate = (f64::from(figures.answers[way]) + 4.0 * asked.rate(population)) / (asks + 4.0);
        sigmoid(-0.6 + 0.4 * (0.02 + effort).ln() + 2.51 * (rate - 0.45))
    };
    step(figures, by_contact)
}

/// The probability that a connector makes the next step of a path: their own effort toward the
/// next person, along `way`.
pub fn effort(figures: &TieFigures, way: usize) -> f64 {
    step(figures, || sigmoid(-0.18 + 0.61 * (0.02 + f64::from(figures.c_long[way])).ln()))
}

/// A step by counted contact or by what was stated, whichever is more; hardly one where all there
/// is is a connection. An override stands in place of all that, whoever is asked: at 0 there is no
/// step.
fn step(figures: &TieFigures, by_contact: impl FnOnce() -> f64) -> f64 {
    if let Some(said) = figures.overridden() {
        return said.min(MOST);
    }
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
    use super::*;
    use crate::{
        algo::{BACK, FORTH, PairMass, Terms},
        graph::Cost,
        model::Probability,
    };

    fn figures(c_long: [f64; 2], stated: f64) -> TieFigures {
        let contact = c_long.map(|c| c > 0.0);
        TieFigures::new(&PairMass { c_long, contact, stated, ..PairMass::default() }, 0.1)
    }

    const POPULATION: Population = Population {
        medians: Terms { contact: 1.0, recency: 0.2, overlap: 0.3, activity: 0.1 },
        answer_rate: 0.45,
    };

    #[test]
    fn an_override_is_the_step_both_ways_and_none_at_0() {
        let steps = |said: f64| {
            let contact =
                PairMass { c_long: [9.0, 0.1], contact: [true; 2], ..PairMass::default() };
            let overridden = Some(Probability::new(said).unwrap());
            let figures = TieFigures::new(&PairMass { overridden, ..contact }, 0.1);
            let willing = |way| willingness(&figures, way, Answering::default(), &POPULATION);
            [effort(&figures, FORTH), effort(&figures, BACK), willing(FORTH), willing(BACK)]
        };
        assert!(steps(0.2).iter().all(|step| (step - 0.2).abs() < 1e-12));
        assert_eq!(steps(0.0).map(Cost::from_probability), [Cost::NEVER; 4]);
        assert!(steps(1.0).iter().all(|&step| step < 1.0), "nobody's yes is certain");
    }

    #[test]
    fn a_step_by_effort_has_the_documented_values() {
        let at = |c_long: f64| effort(&figures([c_long, 1e-30], 0.0), FORTH);
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
        assert!((effort(&figures, FORTH) - 0.05).abs() < 1e-12);
        assert!(
            (willingness(&figures, BACK, Answering::default(), &POPULATION) - 0.05).abs() < 1e-12
        );
    }

    #[test]
    fn who_answers_is_more_willing_than_who_does_not() {
        let figures = figures([1.0, 1.0], 0.0);
        let with =
            |answered| willingness(&figures, FORTH, Answering { asked: 20, answered }, &POPULATION);
        assert!(with(20) > with(5));
    }
}
