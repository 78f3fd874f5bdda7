//! How well strength foretold contact, on what this installation knows itself.

use crate::{
    algo::{
        Backtest, Foretold, Formula, Hindsight, ReliabilityBin, Yardstick, area_under_curve,
        average_precision, backtest, base_rate, brier_skill, calibration_error, reliability,
    },
    model::{Day, PairEvidence, PersonId, Role},
    store::PairRow,
};

use super::{ServiceError, ServiceResult, Tertius, Viewer};

/// How many groups of the reliability table.
const BINS: usize = 10;

/// How many cuts there are where none is named.
const CUTS: i32 = 3;

/// What to look back on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BacktestQuestion {
    /// The last days that are known, each on its own; three late ones where none is named.
    pub cuts: Vec<Day>,
    /// How many days after each are looked at.
    pub horizon_days: i32,
}

/// How well something foretold contact; nothing where all, or none, had any.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Foresight {
    /// The probability that a pair with contact later stood above one without, from 0 to 1.
    pub auc: Option<f64>,
    /// The average precision, from 0 to 1.
    pub average_precision: Option<f64>,
}

/// What strength foretold on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct CutAnswer {
    /// The last day that was known.
    pub cut: Day,
    /// Pairs with contact up to it.
    pub pairs: usize,
    /// How many of them had contact both ways afterwards, from 0 to 1.
    pub base_rate: f64,
    /// By strength.
    pub strength: Foresight,
    /// By the number of contacts, as a plain program would.
    pub contacts: Foresight,
    /// By how lately they had contact.
    pub recency: Foresight,
    /// How far the probabilities were off on average.
    pub calibration_error: Option<f64>,
    /// How much better than the base rate they were, 1 for perfect.
    pub brier_skill: Option<f64>,
    /// What was foretold against what was seen, by groups of equal size.
    pub reliability: Vec<ReliabilityBin>,
    /// By strength as this installation computes it, where that was calibrated; all the others are
    /// by what everybody begins with.
    pub fitted: Option<FittedAnswer>,
}

/// What strength foretold on one day by the numbers that were fitted here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FittedAnswer {
    /// By strength.
    pub strength: Foresight,
    /// How far the probabilities were off on average.
    pub calibration_error: Option<f64>,
    /// How much better than the base rate they were, 1 for perfect.
    pub brier_skill: Option<f64>,
}

/// What strength foretold.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestAnswer {
    /// How many days after each cut were looked at.
    pub horizon_days: i32,
    /// One for each cut.
    pub cuts: Vec<CutAnswer>,
}

pub(super) type Pairs = Vec<(PersonId, PersonId, Vec<PairEvidence>)>;

impl Tertius {
    /// Looks back: what strength said on some days, and what came of it.
    ///
    /// # Memory
    /// All evidence that the team may see.
    ///
    /// # Errors
    /// `Invalid` where there is too little evidence for any cut; `Forbidden` below partner manager.
    pub async fn backtest(
        &self,
        viewer: &Viewer,
        question: &BacktestQuestion,
    ) -> ServiceResult<BacktestAnswer> {
        viewer.needs_to_see(Role::PartnerManager)?;
        let horizon_days = question.horizon_days;
        check_horizon("horizonDays", horizon_days)?;
        let (people, pairs) = self.everything().await?;
        let cuts = match question.cuts.as_slice() {
            [] => late_days(&pairs, horizon_days).ok_or_else(|| too_little(horizon_days))?,
            named => named.to_vec(),
        };
        let own = self.picture.load().weighed.formula();
        let test = |cut: Day, formula: Formula| {
            let each = pairs.iter().map(|(low, high, evidence)| (*low, *high, &evidence[..]));
            backtest(people.clone(), each, Hindsight { cut, horizon_days, formula })
                .map_err(|error| ServiceError::Internal(Box::new(error)))
        };
        let mut answers = Vec::with_capacity(cuts.len());
        for cut in cuts {
            let mut answer = CutAnswer::of(&test(cut, Formula::SHIPPED)?);
            if own != Formula::SHIPPED {
                answer.fitted = Some(FittedAnswer::of(&test(cut, own)?));
            }
            answers.push(answer);
        }
        Ok(BacktestAnswer { horizon_days, cuts: answers })
    }

    /// Everybody, in order, and all evidence that the team may see, pair by pair, in order.
    pub(super) async fn everything(&self) -> ServiceResult<(Vec<PersonId>, Pairs)> {
        let recorded = self.recorded();
        let people = recorded.everybody().await?;
        let keep = |pairs: &mut Pairs, row: PairRow| pairs.push((row.low, row.high, row.evidence));
        let mut pairs = recorded.each_pair(Pairs::new(), keep).await?;
        pairs.sort_by_key(|&(low, high, _)| (low, high));
        Ok((people, pairs))
    }
}

/// Refuses a time ahead that nobody can look at.
pub(super) fn check_horizon(argument: &'static str, horizon_days: i32) -> ServiceResult<()> {
    if (1..=3_650).contains(&horizon_days) {
        return Ok(());
    }
    Err(ServiceError::invalid(argument, format!("{horizon_days} is not from 1 to 3650")))
}

fn too_little(horizon_days: i32) -> ServiceError {
    let message = format!(
        "there is too little to look back on: contacts over at least {} days are needed",
        horizon_days.saturating_mul(2)
    );
    ServiceError::invalid("horizonDays", message)
}

/// Days late in what is recorded, a horizon apart, the last a horizon before the last contact;
/// nothing where there is too little for any.
pub(super) fn late_days(pairs: &Pairs, horizon_days: i32) -> Option<Vec<Day>> {
    let days =
        pairs.iter().flat_map(|(.., evidence)| evidence).filter(|item| item.kind.is_contact());
    let days: Vec<Day> = days.map(|item| item.at.day()).collect();
    let (first, last) = (days.iter().min()?, days.iter().max()?);
    let cuts = (1..=CUTS).rev().map(|back| last.plus(-back.saturating_mul(horizon_days)));
    let cuts: Vec<Day> = cuts.filter(|cut| first.plus(horizon_days) <= *cut).collect();
    (!cuts.is_empty()).then_some(cuts)
}

impl Foresight {
    fn of(foretold: &[Foretold]) -> Self {
        let (auc, average_precision) = (area_under_curve(foretold), average_precision(foretold));
        Self { auc, average_precision }
    }
}

impl FittedAnswer {
    fn of(test: &Backtest) -> Self {
        let foretold = test.by(Yardstick::Strength);
        Self {
            strength: Foresight::of(&foretold),
            calibration_error: calibration_error(&foretold),
            brier_skill: brier_skill(&foretold),
        }
    }
}

impl CutAnswer {
    fn of(test: &Backtest) -> Self {
        let by = |yardstick| Foresight::of(&test.by(yardstick));
        let foretold = test.by(Yardstick::Strength);
        Self {
            cut: test.cut,
            pairs: test.cases.len(),
            base_rate: base_rate(&foretold),
            strength: by(Yardstick::Strength),
            contacts: by(Yardstick::Contacts),
            recency: by(Yardstick::Recency),
            calibration_error: calibration_error(&foretold),
            brier_skill: brier_skill(&foretold),
            reliability: reliability(&foretold, BINS),
            fitted: None,
        }
    }
}
