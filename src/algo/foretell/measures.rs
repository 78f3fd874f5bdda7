//! Measures of how well scores foretold outcomes.

/// What was foretold of one case, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Foretold {
    /// The greater, the likelier; for calibration a probability from 0 to 1.
    pub score: f64,
    /// Whether it happened.
    pub happened: bool,
}

/// A group of cases of like score: what was foretold of them, and what was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityBin {
    /// How many cases.
    pub count: usize,
    /// The mean score, from 0 to 1.
    pub foretold: f64,
    /// The share that happened, from 0 to 1.
    pub observed: f64,
    /// Where that share lies with 95 % confidence, from least to most.
    pub interval: [f64; 2],
}

/// From how many groups a calibration error is taken.
pub const CALIBRATION_BINS: usize = 15;

/// The area under the ROC curve: the chance that a case that happened has a greater score than
/// one that did not, ties counted half. From 0 to 1, 0.5 for guessing; nothing without cases of
/// both kinds.
///
/// By rank sums: Hanley and McNeil 1982.
///
/// # Complexity
/// A sort.
pub fn area_under_curve(cases: &[Foretold]) -> Option<f64> {
    let (mut won, mut happened_below, mut not_below) = (0.0, 0.0, 0.0);
    for group in ties(&sorted(cases)) {
        let happened = count_happened(group) as f64;
        let not = group.len() as f64 - happened;
        won += happened * (not_below + not / 2.0);
        happened_below += happened;
        not_below += not;
    }
    let pairs = happened_below * not_below;
    (pairs > 0.0).then(|| won / pairs)
}

/// The average precision: over the cases from the greatest score down, the share that happened
/// among those so far, averaged over what happened. Cases of equal score come in together. From
/// the base rate, for guessing, to 1; nothing where nothing happened.
///
/// # Complexity
/// A sort.
pub fn average_precision(cases: &[Foretold]) -> Option<f64> {
    let (mut seen, mut happened, mut sum) = (0_usize, 0_usize, 0.0);
    for group in ties(&sorted(cases)).collect::<Vec<_>>().into_iter().rev() {
        let more = count_happened(group);
        seen += group.len();
        happened += more;
        sum += more as f64 * (happened as f64 / seen as f64);
    }
    (happened > 0).then(|| sum / happened as f64)
}

/// The share of cases that happened, from 0 to 1; 0 without cases.
pub fn base_rate(cases: &[Foretold]) -> f64 {
    if cases.is_empty() { 0.0 } else { count_happened(cases) as f64 / cases.len() as f64 }
}

/// How much nearer the scores are to the outcomes than the base rate is: 1 less the ratio of
/// their mean squared errors (Brier 1950). At most 1; below 0 for worse than the base rate;
/// nothing without cases of both kinds.
pub fn brier_skill(cases: &[Foretold]) -> Option<f64> {
    let base = base_rate(cases);
    let error = |score: f64, case: &Foretold| (score - f64::from(u8::from(case.happened))).powi(2);
    let constant: f64 = cases.iter().map(|case| error(base, case)).sum();
    let own: f64 = cases.iter().map(|case| error(case.score, case)).sum();
    (constant > 0.0).then(|| 1.0 - own / constant)
}

/// The mean squared error of probabilities (Brier 1950); the less, the better. 0 without cases.
pub fn brier_score(cases: &[Foretold]) -> f64 {
    let error = |case: &Foretold| (case.score - f64::from(u8::from(case.happened))).powi(2);
    mean(cases.iter().map(error))
}

/// The mean of −ln of the probability that was given to what came; the less, the better. 0 without
/// cases.
pub fn log_loss(cases: &[Foretold]) -> f64 {
    let given = |case: &Foretold| if case.happened { case.score } else { 1.0 - case.score };
    mean(cases.iter().map(|case| -given(case).max(f64::MIN_POSITIVE).ln()))
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    values.sum::<f64>() / count
}

/// Cases in so many groups of about equal size, by score. Equal scores stay together, so that
/// there may be fewer groups; none without cases.
///
/// The interval is Wilson's (1927).
///
/// # Complexity
/// A sort.
pub fn reliability(cases: &[Foretold], bins: usize) -> Vec<ReliabilityBin> {
    let sorted = sorted(cases);
    // Where each group ends: with the score that fills it.
    let mut ends: Vec<usize> = Vec::new();
    let filled = |count: usize| count * bins / sorted.len();
    let mut seen = 0;
    for group in ties(&sorted) {
        seen += group.len();
        if filled(seen) > ends.last().map_or(0, |&end| filled(end)) {
            ends.push(seen);
        }
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(&ends).map(|(from, &to)| bin(&sorted[from..to])).collect()
}

/// The expected calibration error: how far the share that happened lies from what was foretold,
/// on average over [`CALIBRATION_BINS`] groups of about equal size. From 0 to 1; nothing without
/// cases.
pub fn calibration_error(cases: &[Foretold]) -> Option<f64> {
    let apart = |bin: &ReliabilityBin| bin.count as f64 * (bin.foretold - bin.observed).abs();
    let sum: f64 = reliability(cases, CALIBRATION_BINS).iter().map(apart).sum();
    (!cases.is_empty()).then(|| sum / cases.len() as f64)
}

fn bin(cases: &[Foretold]) -> ReliabilityBin {
    let count = cases.len();
    let foretold = cases.iter().map(|case| case.score).sum::<f64>() / count as f64;
    let observed = base_rate(cases);
    ReliabilityBin { count, foretold, observed, interval: wilson(observed, count as f64) }
}

/// The interval of a share p among n cases with 95 % confidence (z = 1.96).
fn wilson(p: f64, n: f64) -> [f64; 2] {
    let z2 = 1.96_f64.powi(2);
    let middle = p + z2 / (2.0 * n);
    let half = (z2 * (p * (1.0 - p) + z2 / (4.0 * n)) / n).sqrt();
    [middle - half, middle + half].map(|end| (end / (1.0 + z2 / n)).clamp(0.0, 1.0))
}

fn count_happened(cases: &[Foretold]) -> usize {
    cases.iter().filter(|case| case.happened).count()
}

/// The cases from the least score to the greatest, in an order that does not depend on theirs.
fn sorted(cases: &[Foretold]) -> Vec<Foretold> {
    let mut sorted = cases.to_vec();
    sorted.sort_unstable_by(|a, b| a.score.total_cmp(&b.score).then(a.happened.cmp(&b.happened)));
    sorted
}

/// Sorted cases, by equal score.
fn ties(sorted: &[Foretold]) -> impl Iterator<Item = &[Foretold]> {
    sorted.chunk_by(|a, b| a.score.total_cmp(&b.score).is_eq())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cases(of: &[(f64, bool)]) -> Vec<Foretold> {
        of.iter().map(|&(score, happened)| Foretold { score, happened }).collect()
    }

    fn close(a: Option<f64>, b: f64) -> bool {
        a.is_some_and(|a| (a - b).abs() < 1e-12)
    }

    #[test]
    fn the_measures_are_those_of_a_hand_that_counts() {
        // From above: yes, no, then a tie of yes and no, then no.
        let cases = cases(&[(0.9, true), (0.6, false), (0.4, true), (0.4, false), (0.1, false)]);
        // Of six pairs: the first yes wins three; the second wins one, ties one, loses one.
        assert!(close(area_under_curve(&cases), 4.5 / 6.0));
        // Precision 1 at the first yes, 2 of 4 at the second.
        assert!(close(average_precision(&cases), 0.75));
        let error = 0.01 + 0.36 + 0.36 + 0.16 + 0.01;
        let constant = 2.0 * 0.36 + 3.0 * 0.16;
        assert!(close(brier_skill(&cases), 1.0 - error / constant));
        assert!(close(Some(brier_score(&cases)), error / 5.0));
        let given: f64 = [0.9_f64, 0.4, 0.4, 0.6, 0.9].iter().map(|p| -p.ln()).sum();
        assert!(close(Some(log_loss(&cases)), given / 5.0));
    }

    #[test]
    fn reliability_keeps_equal_scores_together() {
        let cases = cases(&[
            (0.2, false),
            (0.2, false),
            (0.2, true),
            (0.2, false),
            (0.7, true),
            (0.9, true),
        ]);
        let table = reliability(&cases, 3);
        let shown: Vec<_> = table.iter().map(|bin| (bin.count, bin.observed)).collect();
        assert_eq!(shown, [(4, 0.25), (2, 1.0)]);
        assert!((table[1].foretold - 0.8).abs() < 1e-12);
        // Wilson by hand for 1 of 4: (.25 + .4802 ± sqrt(3.8416 · (.1875 + .2401) / 4)) / 1.9604
        assert!((table[0].interval[0] - 0.0456).abs() < 1e-3, "{:?}", table[0].interval);
        assert!((table[0].interval[1] - 0.6994).abs() < 1e-3, "{:?}", table[0].interval);
        assert!(close(calibration_error(&cases), (4.0 * 0.05 + 0.3 + 0.1) / 6.0));
    }

    #[test]
    fn without_both_outcomes_there_is_nothing_to_measure() {
        assert_eq!(area_under_curve(&cases(&[(0.3, true)])), None);
        assert_eq!(average_precision(&cases(&[(0.3, false)])), None);
        assert_eq!(brier_skill(&[]), None);
        assert_eq!(calibration_error(&[]), None);
        assert_eq!(reliability(&[], 15), []);
    }

    fn any_cases() -> impl Strategy<Value = Vec<Foretold>> {
        // Few different scores, so that there are ties.
        let case = (0_u8..12, any::<bool>());
        let case = case.prop_map(|(s, happened)| Foretold { score: f64::from(s) / 12.0, happened });
        prop::collection::vec(case, 1..60)
    }

    proptest! {
        #[test]
        fn the_order_of_cases_and_the_scale_of_scores_do_not_matter(cases in any_cases()) {
            let reversed: Vec<_> = cases.iter().rev().copied().collect();
            prop_assert_eq!(area_under_curve(&cases), area_under_curve(&reversed));
            prop_assert_eq!(average_precision(&cases), average_precision(&reversed));
            prop_assert_eq!(calibration_error(&cases), calibration_error(&reversed));
            let stretched: Vec<_> =
                cases.iter().map(|case| Foretold { score: case.score.exp(), ..*case }).collect();
            prop_assert_eq!(area_under_curve(&cases), area_under_curve(&stretched));
        }

        #[test]
        fn the_area_is_the_share_of_pairs_in_the_right_order(cases in any_cases()) {
            let (yes, no): (Vec<Foretold>, Vec<Foretold>) = cases.iter().partition(|case| case.happened);
            let won = |a: f64, b: f64| if a > b { 1.0 } else if a < b { 0.0 } else { 0.5 };
            let sum: f64 =
                yes.iter().map(|y| no.iter().map(|n| won(y.score, n.score)).sum::<f64>()).sum();
            let naive = sum / (yes.len() * no.len()) as f64;
            match area_under_curve(&cases) {
                Some(area) => prop_assert!((area - naive).abs() < 1e-12),
                None => prop_assert!(yes.is_empty() || no.is_empty()),
            }
        }

        #[test]
        fn every_case_lies_in_one_bin(cases in any_cases(), bins in 1_usize..20) {
            let table = reliability(&cases, bins);
            prop_assert!(table.len() <= bins);
            prop_assert_eq!(table.iter().map(|bin| bin.count).sum::<usize>(), cases.len());
            for bin in &table {
                let [low, high] = bin.interval;
                prop_assert!(low <= bin.observed + 1e-9 && bin.observed <= high + 1e-9);
            }
        }
    }
}
