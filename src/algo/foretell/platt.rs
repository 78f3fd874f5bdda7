//! Two numbers that fit probabilities to an installation.

use crate::algo::{logit, sigmoid};

use super::Foretold;

/// The most steps of the search; a usual fit takes five.
const STEPS_MAX: usize = 100;
/// No score is certain.
const EPSILON: f64 = 1e-9;

/// How the probabilities of a formula are bent to what an installation saw: Platt scaling of
/// their log-odds, p′ = σ(scale · logit(p) + shift).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Platt {
    /// How much the log-odds are stretched: −A of the paper. 1 where nothing is to be bent.
    pub scale: f64,
    /// How much is added to them: −B of the paper. 0 where nothing is to be bent.
    pub shift: f64,
}

impl Platt {
    /// The most likely two numbers for these cases, whose scores are probabilities; nothing
    /// without cases of both kinds.
    ///
    /// Platt 1999, with his targets (N₊ + 1)/(N₊ + 2) and 1/(N₋ + 2) in place of 1 and 0, by
    /// Newton's method with halved steps as Lin, Lin and Weng 2007 give it.
    ///
    /// # Complexity
    /// Linear in the cases, times the steps.
    pub fn fit(cases: &[Foretold]) -> Option<Self> {
        let yes = cases.iter().filter(|case| case.happened).count() as f64;
        let no = cases.len() as f64 - yes;
        if yes == 0.0 || no == 0.0 {
            return None;
        }
        let targets = [1.0 / (no + 2.0), (yes + 1.0) / (yes + 2.0)];
        let odds = |case: &Foretold| logit(case.score.clamp(EPSILON, 1.0 - EPSILON));
        let points: Vec<(f64, f64)> =
            cases.iter().map(|case| (odds(case), targets[usize::from(case.happened)])).collect();
        let mut fit = Self { scale: 0.0, shift: ((yes + 1.0) / (no + 1.0)).ln() };
        let mut loss = fit.loss(&points);
        for _ in 0..STEPS_MAX {
            let [scale, shift] = fit.newton(&points);
            let halves = std::iter::successors(Some(1.0), |step| Some(step / 2.0)).take(40);
            let tried = halves.map(|step| Self {
                scale: fit.scale + step * scale,
                shift: fit.shift + step * shift,
            });
            let better = tried.map(|next| (next.loss(&points), next)).find(|(new, _)| *new < loss);
            let Some((new, next)) = better else { break };
            let gain = loss - new;
            (fit, loss) = (next, new);
            if gain < 1e-12 * loss.abs() {
                break;
            }
        }
        Some(fit)
    }

    /// A probability of the formula, bent; from 0 to 1.
    pub fn apply(self, probability: f64) -> f64 {
        self.of_odds(logit(probability.clamp(EPSILON, 1.0 - EPSILON)))
    }

    fn of_odds(self, odds: f64) -> f64 {
        sigmoid(self.scale * odds + self.shift)
    }

    /// The negative log-likelihood, in a form that never overflows.
    fn loss(self, points: &[(f64, f64)]) -> f64 {
        let one = |&(odds, target): &(f64, f64)| {
            let z = self.scale * odds + self.shift;
            z.max(0.0) + (-z.abs()).exp().ln_1p() - target * z
        };
        points.iter().map(one).sum()
    }

    /// Newton's step: −H⁻¹ g.
    fn newton(self, points: &[(f64, f64)]) -> [f64; 2] {
        // A little on the diagonal keeps H invertible where all scores are equal.
        let (mut h11, mut h12, mut h22) = (1e-12, 0.0, 1e-12);
        let (mut g1, mut g2) = (0.0, 0.0);
        for &(odds, target) in points {
            let p = self.of_odds(odds);
            let weight = p * (1.0 - p);
            h11 += weight * odds * odds;
            h12 += weight * odds;
            h22 += weight;
            g1 += (p - target) * odds;
            g2 += p - target;
        }
        let det = h11 * h22 - h12 * h12;
        [-(h22 * g1 - h12 * g2) / det, -(h11 * g2 - h12 * g1) / det]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// So many cases of a score, of which so many happened.
    fn group(score: f64, count: usize, happened: usize) -> impl Iterator<Item = Foretold> {
        (0..count).map(move |at| Foretold { score, happened: at < happened })
    }

    #[test]
    fn two_groups_are_fitted_exactly() {
        let cases: Vec<_> = group(0.2, 98, 48).chain(group(0.8, 98, 73)).collect();
        let fit = Platt::fit(&cases).unwrap();
        // By hand: yes 121, no 75; the targets are 122/123 and 1/77; with two scores the fit goes
        // through the mean target of each.
        let mean = |yes: f64, no: f64| (yes * 122.0 / 123.0 + no / 77.0) / (yes + no);
        assert!((fit.apply(0.2) - mean(48.0, 50.0)).abs() < 1e-6, "{fit:?}");
        assert!((fit.apply(0.8) - mean(73.0, 25.0)).abs() < 1e-6, "{fit:?}");
    }

    #[test]
    fn what_fits_already_is_hardly_bent() {
        let cases: Vec<_> = group(0.1, 1000, 100)
            .chain(group(0.5, 1000, 500))
            .chain(group(0.9, 1000, 900))
            .collect();
        let fit = Platt::fit(&cases).unwrap();
        assert!((fit.scale - 1.0).abs() < 0.02 && fit.shift.abs() < 0.02, "{fit:?}");
    }

    #[test]
    fn one_score_alone_becomes_the_share_that_happened() {
        let fit = Platt::fit(&group(0.3, 400, 200).collect::<Vec<_>>()).unwrap();
        assert!((fit.apply(0.3) - 0.5).abs() < 1e-3, "{fit:?}");
        assert_eq!(Platt::fit(&group(0.3, 5, 5).collect::<Vec<_>>()), None);
    }

    proptest! {
        #[test]
        fn a_fit_never_ends_worse_than_no_fit(
            of in prop::collection::vec((0.001..0.999f64, any::<bool>()), 2..80),
        ) {
            let cases: Vec<_> =
                of.iter().map(|&(score, happened)| Foretold { score, happened }).collect();
            if let Some(fit) = Platt::fit(&cases) {
                prop_assert!(fit.scale.is_finite() && fit.shift.is_finite());
                let yes = of.iter().filter(|case| case.1).count() as f64;
                let targets = [1.0 / (of.len() as f64 - yes + 2.0), (yes + 1.0) / (yes + 2.0)];
                let points: Vec<_> =
                    of.iter().map(|&(p, yes)| (logit(p), targets[usize::from(yes)])).collect();
                let none = Platt { scale: 1.0, shift: 0.0 };
                prop_assert!(fit.loss(&points) <= none.loss(&points) + 1e-9);
            }
        }
    }
}
