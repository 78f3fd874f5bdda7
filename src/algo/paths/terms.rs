//! What is added inside the logit of a step for the person who is asked in it.

use crate::graph::{Cost, NodeIx};

/// One number per person: learnt willingness, load, preferences; 0 where nothing is known.
///
/// −∞ is a person who must not be asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PersonTerms {
    terms: Vec<f32>,
    greatest: f32,
}

impl PersonTerms {
    /// Terms from pairs of a person and their term; the last one of a person counts.
    pub fn new(terms: impl IntoIterator<Item = (NodeIx, f32)>) -> Self {
        let mut dense = Vec::new();
        for (node, term) in terms {
            let node = node as usize;
            if dense.len() <= node {
                dense.resize(node + 1, 0.0);
            }
            dense[node] = if term.is_nan() { 0.0 } else { term };
        }
        let greatest = dense.iter().copied().fold(0.0, f32::max);
        Self { terms: dense, greatest }
    }

    /// The term of a person.
    #[inline]
    pub fn get(&self, node: NodeIx) -> f32 {
        self.terms.get(node as usize).copied().unwrap_or(0.0)
    }

    /// What no term exceeds; never below 0, the term of everybody else.
    #[inline]
    pub fn greatest(&self) -> f32 {
        self.greatest
    }
}

/// The greatest cost before a term of at most `term` that may be within `limit` after it.
///
/// One more on either side makes up for the rounding of costs to integers.
#[inline]
pub(super) fn reach(limit: Cost, term: f32) -> Cost {
    if term == 0.0 || limit >= Cost::GREATEST {
        return limit.min(Cost::GREATEST);
    }
    let above = Cost::from_units(limit.units() + 1).with_term(-f64::from(term));
    Cost::from_units(above.units().saturating_add(1)).min(Cost::GREATEST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_within_the_limit_is_within_reach(
            cost in prop_oneof![0u32..100, 0u32..u32::MAX],
            term in prop_oneof![-9.0..9.0f32, Just(f32::INFINITY), Just(f32::NEG_INFINITY)],
            slack in 0u32..3,
        ) {
            let cost = Cost::from_units(cost);
            let after = cost.with_term(f64::from(term));
            let limit = Cost::from_units(after.units().saturating_add(slack));
            prop_assert!(!after.is_step() || cost <= reach(limit, term));
        }
    }

    #[test]
    fn nobody_has_a_term_above_the_greatest() {
        let terms = PersonTerms::new([(3, 0.5), (1, -2.0), (3, 0.25), (9, f32::NAN)]);
        let known = [0, 1, 3, 9, 99].map(|node| terms.get(node).to_string());
        assert_eq!(known, ["0", "-2", "0.25", "0", "0"]);
        assert!((terms.greatest() - 0.25).abs() < f32::EPSILON);
        assert!(PersonTerms::new([(1, -2.0)]).greatest().abs() < f32::EPSILON);
    }
}
