//! What one step costs: the probability of a yes as an integer that sums exactly.

/// The cost of one step: round(−ln p · 2²⁴) of its probability p.
///
/// The less likely the yes, the greater the cost; the costs of the steps of a path add up to the
/// cost of the path. The default is a certain yes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost(u32);

impl Cost {
    /// The cost of a certain yes.
    pub const SURE: Self = Self(0);
    /// The greatest cost of a step that may still be asked for.
    pub const GREATEST: Self = Self(u32::MAX - 1);
    /// The cost of a step that is never granted: it is no step at all.
    pub const NEVER: Self = Self(u32::MAX);
    /// How many units one unit of −ln p is.
    pub const UNITS: f64 = 16_777_216.0;

    /// A cost from its integer, as [`Cost::units`] gave it.
    #[inline]
    pub const fn from_units(units: u32) -> Self {
        Self(units)
    }

    /// The integer.
    #[inline]
    pub const fn units(self) -> u32 {
        self.0
    }

    /// The cost of a probability; what is not above 0 (or no number) is never granted.
    pub fn from_probability(probability: f64) -> Self {
        if probability > 0.0 { Self::from_nats(-probability.ln()) } else { Self::NEVER }
    }

    /// The probability, exact to the integer's last digit.
    pub fn probability(self) -> f64 {
        if self == Self::NEVER { 0.0 } else { (-self.nats()).exp() }
    }

    /// Whether it may be asked for at all.
    #[inline]
    pub fn is_step(self) -> bool {
        self != Self::NEVER
    }

    /// The cost after `term` is added inside the logit of the probability.
    ///
    /// With c the cost in nats, the odds of a no are e = exp(c) − 1, and the term divides them by
    /// exp(term): so c′ = ln(1 + e·exp(−term)), without ever forming a probability near 0 or 1.
    /// Whatever the term, never stays never; a certain yes stays certain, except that a term of
    /// −∞ refuses everything. A term that is no number counts as none.
    #[must_use]
    #[inline]
    pub fn with_term(self, term: f64) -> Self {
        if term == f64::NEG_INFINITY {
            return Self::NEVER;
        }
        if term == 0.0 || term.is_nan() || self == Self::SURE || self == Self::NEVER {
            return self;
        }
        Self::from_nats((self.nats().exp_m1() * (-term).exp()).ln_1p())
    }

    fn nats(self) -> f64 {
        f64::from(self.0) / Self::UNITS
    }

    /// Costs that would not fit are the greatest that do: a slight chance is not none.
    fn from_nats(nats: f64) -> Self {
        let greatest = f64::from(Self::GREATEST.0);
        Self((nats * Self::UNITS).round().clamp(0.0, greatest) as u32)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cost() -> impl Strategy<Value = Cost> {
        prop_oneof![
            any::<u32>(),
            0u32..2_000,
            Just(Cost::GREATEST.units()),
            Just(u32::MAX),
            (0.0..8.0f64).prop_map(|nats| (nats * Cost::UNITS) as u32),
        ]
        .prop_map(Cost::from_units)
    }

    fn term() -> impl Strategy<Value = f64> {
        prop_oneof![-6.0..6.0f64, -1e3..1e3f64, Just(f64::INFINITY), Just(f64::NEG_INFINITY)]
    }

    proptest! {
        #[test]
        fn a_dearer_step_stays_dearer_whatever_the_term(a in cost(), b in cost(), t in term()) {
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(low.with_term(t) <= high.with_term(t));
        }

        #[test]
        fn a_greater_term_never_makes_a_step_dearer(c in cost(), s in term(), t in term()) {
            prop_assert!(c.with_term(s.max(t)) <= c.with_term(s.min(t)));
        }

        #[test]
        fn a_term_of_nothing_changes_nothing(c in cost()) {
            prop_assert_eq!(c.with_term(0.0), c);
            prop_assert_eq!(c.with_term(f64::NAN), c);
        }

        #[test]
        fn a_term_adds_inside_the_logit(p in 0.001..0.999f64, t in -4.0..4.0f64) {
            let expected = 1.0 / (1.0 + (-((p / (1.0 - p)).ln() + t)).exp());
            let got = Cost::from_probability(p).with_term(t).probability();
            prop_assert!((got - expected).abs() < 1e-6, "{} {}", got, expected);
        }

        #[test]
        fn a_cost_survives_its_probability(units in 0u32..500_000_000) {
            let cost = Cost::from_units(units);
            prop_assert_eq!(Cost::from_probability(cost.probability()), cost);
        }
    }

    #[test]
    fn certain_and_impossible_stay_what_they_are() {
        assert_eq!(Cost::from_probability(1.0), Cost::SURE);
        assert_eq!(Cost::from_probability(1.5), Cost::SURE);
        for p in [0.0, -0.0, -1.0, f64::NAN] {
            assert_eq!(Cost::from_probability(p), Cost::NEVER);
        }
        assert_eq!(Cost::from_probability(f64::MIN_POSITIVE), Cost::GREATEST);
        for term in [-1e300, -3.0, 3.0, 1e300, f64::INFINITY] {
            assert_eq!(Cost::SURE.with_term(term), Cost::SURE);
            assert_eq!(Cost::NEVER.with_term(term), Cost::NEVER);
        }
        assert_eq!(Cost::SURE.with_term(f64::NEG_INFINITY), Cost::NEVER);
        assert_eq!(Cost::GREATEST.with_term(-5.0), Cost::GREATEST);
    }
}
