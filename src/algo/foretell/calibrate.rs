//! Half-lives and Platt's numbers from what an installation saw, kept only where they foretell the
//! last days better than what everybody begins with.

use crate::{
    algo::{Formula, Stop, Stopped},
    graph::BadNetwork,
    model::{BadFitted, Day, Fitted, PairEvidence, PersonId},
};

use super::{
    Backtest, Foretold, Hindsight, Platt, Yardstick, average_precision, backtest, brier_score,
    log_loss,
};

/// With fewer pairs the half-lives stay as they are.
pub const HALF_LIFE_PAIRS_MIN: usize = 500;
/// With fewer pairs strengths are not bent.
pub const PLATT_PAIRS_MIN: usize = 100;
/// The short half-lives that are tried, in days.
const SHORT: [u16; 3] = [3, 7, 14];
/// The long half-lives that are tried, in days.
const LONG: [u16; 4] = [30, 60, 90, 120];
/// What everybody begins with.
const SHIPPED: [u16; 2] = [7, 60];

/// What became of looking for better numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finding {
    /// Others are better, on days that were not used to find them.
    Better,
    /// What everybody begins with is as good or better there.
    ShippedIsBetter,
    /// There are too few pairs to tell.
    TooFew,
    /// Strength and outcome do not go together: bending would turn the order of ties.
    NothingToLearn,
}

/// How well a formula foretold the last cut, of pairs with contact both ways.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Check {
    /// How pure the top is; nothing where nobody had contact afterwards.
    pub average_precision: Option<f64>,
    /// The mean squared error; the less, the better.
    pub brier: f64,
    /// The mean of −ln of what was given to what came; the less, the better.
    pub log_loss: f64,
}

/// What an installation's own outcomes say of the formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The days up to which everything was known; the last one checks the others.
    pub cuts: Vec<Day>,
    /// How many pairs had had contact both ways by the last cut but one.
    pub pairs: usize,
    /// What was found of the half-lives.
    pub half_lives: Finding,
    /// What was found of Platt's numbers.
    pub platt: Finding,
    /// The best numbers, where nothing is better those that everybody begins with.
    pub fitted: Fitted,
    /// What everybody begins with, on the last cut.
    pub shipped_check: Check,
    /// The best numbers, on the last cut.
    pub fitted_check: Check,
}

impl Fit {
    /// Whether anything was found that is better than what everybody begins with.
    pub fn is_better(&self) -> bool {
        [self.half_lives, self.platt].contains(&Finding::Better)
    }
}

impl From<Fitted> for Formula {
    fn from(fitted: Fitted) -> Self {
        let platt = fitted.platt().map(|[scale, shift]| Platt { scale, shift });
        Self { half_lives: fitted.half_lives().map(f64::from), platt }
    }
}

/// Why nothing could be fitted.
#[derive(Debug, thiserror::Error)]
pub enum NoFit {
    /// The people and pairs make no network.
    #[error(transparent)]
    Network(#[from] BadNetwork),
    /// Nobody waits for it any more.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Numbers came out with which nothing can be computed.
    #[error(transparent)]
    Numbers(#[from] BadFitted),
}

/// Everybody's evidence, and when to look back on it.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// Everybody, sorted by id.
    pub people: &'a [PersonId],
    /// The evidence of each pair, ordered by time.
    pub pairs: &'a [(PersonId, PersonId, Vec<PairEvidence>)],
    /// At least two days, in order, a horizon or more apart, so that what came of one was known on
    /// the next.
    pub cuts: &'a [Day],
    /// How many days after each are looked at.
    pub horizon_days: i32,
    /// Whether anybody waits for it still.
    pub stop: &'a Stop,
}

impl Past<'_> {
    fn test(&self, cut: Day, formula: Formula) -> Result<Backtest, NoFit> {
        self.stop.check()?;
        let each = self.pairs.iter().map(|(low, high, evidence)| (*low, *high, &evidence[..]));
        let hindsight = Hindsight { cut, horizon_days: self.horizon_days, formula };
        Ok(backtest(self.people.to_vec(), each, hindsight)?)
    }
}

/// Pairs with contact both ways: of them alone a strength of contact is shown.
fn two_way(test: &Backtest) -> Vec<Foretold> {
    let cases = test.cases.iter().zip(test.by(Yardstick::Contact));
    cases.filter(|(case, _)| case.is_two_way).map(|(_, foretold)| foretold).collect()
}

fn check(cases: &[Foretold]) -> Check {
    Check {
        average_precision: average_precision(cases),
        brier: brier_score(cases),
        log_loss: log_loss(cases),
    }
}

impl Check {
    /// Whether it is worse in nothing than another, and better in something.
    fn beats(&self, other: &Self) -> bool {
        let pairs = [
            (other.average_precision.unwrap_or(0.0), self.average_precision.unwrap_or(0.0)),
            (self.brier, other.brier),
            (self.log_loss, other.log_loss),
        ];
        pairs.iter().all(|(less, more)| less <= more)
            && pairs.iter().any(|(less, more)| less < more)
    }
}

/// Numbers that may be better than the shipped ones.
#[derive(Clone, Copy)]
struct Candidate {
    half_lives: [u16; 2],
    platt: Option<Platt>,
    check: Check,
}

/// Looks for numbers that foretell contact better than those that everybody begins with: found on
/// all cuts but the last, and taken only where they are worse in nothing on that, and better in
/// something. Of several, those with the least log loss.
///
/// Nothing where there are fewer than two cuts.
///
/// # Errors
/// When the people are not sorted, a pair came twice, or nobody waits for it any more.
///
/// # Complexity
/// At most fourteen backtests of each cut.
pub fn fit_formula(past: Past<'_>) -> Result<Option<Fit>, NoFit> {
    let Some((&last, earlier)) = past.cuts.split_last() else { return Ok(None) };
    let Some(&before) = earlier.last() else { return Ok(None) };
    let shipped_check = check(&two_way(&past.test(last, Formula::SHIPPED)?));
    let pairs = two_way(&past.test(before, Formula::SHIPPED)?).len();
    let other = if pairs < HALF_LIFE_PAIRS_MIN { None } else { best_half_lives(past, earlier)? };
    let mut candidates = Vec::new();
    let mut bends = false;
    for half_lives in other.into_iter().chain([SHIPPED]) {
        let formula = Formula { half_lives: half_lives.map(f64::from), platt: None };
        let checked = two_way(&past.test(last, formula)?);
        candidates.push(Candidate { half_lives, platt: None, check: check(&checked) });
        let mut learnt = Vec::new();
        for &cut in earlier.iter().filter(|_| pairs >= PLATT_PAIRS_MIN) {
            learnt.extend(two_way(&past.test(cut, formula)?));
        }
        if let Some(platt) = Platt::fit(&learnt).filter(|platt| platt.scale > 0.0) {
            bends = true;
            let check = check(&bend(&checked, platt));
            candidates.push(Candidate { half_lives, platt: Some(platt), check });
        }
    }
    let better = candidates.into_iter().filter(|one| one.check.beats(&shipped_check));
    let best = better.min_by(|a, b| a.check.log_loss.total_cmp(&b.check.log_loss));
    let best = best.unwrap_or(Candidate { half_lives: SHIPPED, platt: None, check: shipped_check });
    Ok(Some(Fit {
        cuts: past.cuts.to_vec(),
        pairs,
        half_lives: match best.half_lives {
            _ if pairs < HALF_LIFE_PAIRS_MIN => Finding::TooFew,
            SHIPPED => Finding::ShippedIsBetter,
            _ => Finding::Better,
        },
        platt: match best.platt {
            Some(_) => Finding::Better,
            None if pairs < PLATT_PAIRS_MIN => Finding::TooFew,
            None if bends => Finding::ShippedIsBetter,
            None => Finding::NothingToLearn,
        },
        fitted: Fitted::new(best.half_lives, best.platt.map(|p| [p.scale, p.shift]))?,
        shipped_check,
        fitted_check: best.check,
    }))
}

/// The half-lives with the best mean average precision over some cuts; nothing where those are
/// the shipped ones. Of equals the shipped ones, then the shorter.
fn best_half_lives(past: Past<'_>, cuts: &[Day]) -> Result<Option<[u16; 2]>, NoFit> {
    let mean = |half_lives: [u16; 2]| -> Result<f64, NoFit> {
        let formula = Formula { half_lives: half_lives.map(f64::from), platt: None };
        let mut sum = 0.0;
        for &cut in cuts {
            let cases = two_way(&past.test(cut, formula)?);
            sum += average_precision(&cases).unwrap_or_default();
        }
        Ok(sum)
    };
    let mut best = (None, mean(SHIPPED)?);
    for half_lives in SHORT.iter().flat_map(|&short| LONG.map(|long| [short, long])) {
        let precision = mean(half_lives)?;
        if precision > best.1 {
            best = (Some(half_lives), precision);
        }
    }
    Ok(best.0)
}

fn bend(cases: &[Foretold], platt: Platt) -> Vec<Foretold> {
    cases.iter().map(|case| Foretold { score: platt.apply(case.score), ..*case }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, EvidenceKind, FactId, Level};

    fn day(number: i32) -> Day {
        Day::from_number(20_000 + number)
    }

    fn mails(days: impl IntoIterator<Item = i32>) -> Vec<PairEvidence> {
        let item = |(day, direction): (Day, Direction)| PairEvidence {
            fact: FactId::new(day.number().unsigned_abs().into()),
            kind: EvidenceKind::Mail,
            direction,
            at: day.start(),
            recorded_at: day.start(),
            recipients: 1,
            level: Level::Evidence,
        };
        let both = |at: i32| [(day(at), Direction::Forth), (day(at), Direction::Back)];
        days.into_iter().flat_map(both).map(item).collect()
    }

    /// So many pairs of their own, each with contact on these days.
    fn fit(pairs: usize, days_of: impl Fn(usize) -> Vec<i32>) -> Option<Fit> {
        let person = |id: usize| PersonId::new(id as u128);
        let people: Vec<PersonId> = (0..2 * pairs).map(person).collect();
        let pairs: Vec<_> =
            (0..pairs).map(|at| (person(2 * at), person(2 * at + 1), mails(days_of(at)))).collect();
        let (cuts, stop) = ([day(100), day(160), day(220)], Stop::default());
        let past =
            Past { people: &people, pairs: &pairs, cuts: &cuts, horizon_days: 60, stop: &stop };
        fit_formula(past).unwrap()
    }

    /// Everybody wrote for long, and of those who wrote lately one in three goes on.
    fn few_go_on(at: usize) -> Vec<i32> {
        let mut days: Vec<i32> = (40..=100).step_by(7).collect();
        for cut in [100, 160] {
            if at.is_multiple_of(3) {
                days.extend((cut + 4..=cut + 60).step_by(7));
            }
        }
        if at.is_multiple_of(3) {
            days.push(230);
        }
        days
    }

    #[test]
    fn what_promises_too_much_is_bent_and_what_was_bent_is_checked_on_later_days() {
        let fit = fit(150, few_go_on).unwrap();
        assert_eq!((fit.pairs, fit.half_lives, fit.platt), (150, Finding::TooFew, Finding::Better));
        assert!(fit.fitted_check.brier < fit.shipped_check.brier);
        assert!(fit.fitted_check.log_loss < fit.shipped_check.log_loss);
        assert_eq!(fit.fitted.half_lives(), [7, 60]);
        assert!(fit.fitted.platt().unwrap()[0] > 0.0 && fit.is_better());
    }

    #[test]
    fn of_few_pairs_nothing_is_learnt() {
        let fit = fit(PLATT_PAIRS_MIN - 1, few_go_on).unwrap();
        assert_eq!((fit.half_lives, fit.platt), (Finding::TooFew, Finding::TooFew));
        assert_eq!(Formula::from(fit.fitted), Formula::SHIPPED);
        assert!(!fit.is_better());
        assert_eq!(fit.fitted_check, fit.shipped_check);
    }

    #[test]
    fn where_the_weak_go_on_and_the_strong_do_not_nothing_is_bent() {
        // Who wrote each week stops at every cut; who wrote once goes on.
        let fit = fit(120, |at| {
            if at.is_multiple_of(2) {
                (30..=99).step_by(7).collect()
            } else {
                vec![20, 110, 170, 230]
            }
        });
        assert_eq!(fit.unwrap().platt, Finding::NothingToLearn);
    }

    #[test]
    fn half_lives_are_taken_where_they_rank_the_last_days_better() {
        // Half of the pairs write in two weeks of nine and go on so; of the others each wrote once,
        // just before one of the cuts, and the shipped half-lives let that count for more.
        let fit = fit(620, |at| {
            if at.is_multiple_of(2) {
                [100, 160, 220, 280].iter().flat_map(|cut| [cut - 44, cut - 37]).collect()
            } else {
                vec![[98, 158, 218][at / 2 % 3]]
            }
        })
        .unwrap();
        assert_eq!((fit.half_lives, fit.fitted.half_lives()), (Finding::Better, [3, 90]));
        assert!(fit.fitted_check.average_precision > fit.shipped_check.average_precision);
    }

    #[test]
    fn one_cut_has_nothing_to_check_it() {
        let stop = Stop::default();
        let past = Past { people: &[], pairs: &[], cuts: &[day(1)], horizon_days: 60, stop: &stop };
        assert_eq!(fit_formula(past).unwrap(), None);
    }
}
