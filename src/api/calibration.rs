//! How strength is computed in this installation, and fitting it to what was seen here.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};

use crate::service::{CalibrationAnswer, CalibrationView, CalibrationWish, Check, Finding, Fit};

use super::{
    context::{tertius, viewer},
    error::{UserError, answer, bad_input},
    member::Role,
    requires_role::requires_role,
    scalar::{Date, Score},
};

/// Over how many days contact is looked for where nothing is said: what a strength means.
const DAYS: i32 = 60;

/// By which numbers strength is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CalibrationBasis {
    /// By those that everybody begins with.
    Shipped,
    /// By those that were fitted to what this installation saw.
    Fitted,
}

/// How strength is computed in this installation.
#[derive(Debug, Clone, SimpleObject)]
pub struct Calibration {
    /// By which numbers.
    pub basis: CalibrationBasis,
    /// The day on which they were fitted; null for those that everybody begins with.
    pub fitted_on: Option<Date>,
    /// Over how many days contact was looked for, of which a strength is the chance; null for those
    /// that everybody begins with, which mean 60.
    pub horizon_days: Option<i32>,
    /// On how many pairs with contact both ways they stand; null for those that everybody begins
    /// with.
    pub pairs: Option<i32>,
    /// In how many days recent contact counts half.
    pub short_half_life_days: i32,
    /// In how many days lasting contact counts half.
    pub long_half_life_days: i32,
    /// By how much the log-odds of contact are stretched (Platt); null where they are not bent.
    pub platt_scale: Option<f64>,
    /// How much is added to them then; null where they are not bent.
    pub platt_shift: Option<f64>,
}

impl From<CalibrationView> for Calibration {
    fn from(view: CalibrationView) -> Self {
        let [short, long] = view.fitted.half_lives().map(i32::from);
        let since = view.since;
        Self {
            basis: since.map_or(CalibrationBasis::Shipped, |_| CalibrationBasis::Fitted),
            fitted_on: since.map(|(day, ..)| Date(day)),
            horizon_days: since.map(|(_, days, _)| days),
            pairs: since.map(|(.., pairs)| i32::try_from(pairs).unwrap_or(i32::MAX)),
            short_half_life_days: short,
            long_half_life_days: long,
            platt_scale: view.fitted.platt().map(|[scale, _]| scale),
            platt_shift: view.fitted.platt().map(|[_, shift]| shift),
        }
    }
}

/// What became of looking for better numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CalibrationFinding {
    /// Others are better, on days that were not used to find them.
    Better,
    /// What everybody begins with is as good or better there.
    ShippedIsBetter,
    /// There are too few pairs to tell.
    TooFew,
    /// Strength and outcome do not go together: bending would turn the order of ties.
    NothingToLearn,
}

impl From<Finding> for CalibrationFinding {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::Better => Self::Better,
            Finding::ShippedIsBetter => Self::ShippedIsBetter,
            Finding::TooFew => Self::TooFew,
            Finding::NothingToLearn => Self::NothingToLearn,
        }
    }
}

/// How well strength of contact foretold contact both ways after the last cut, among pairs that
/// had had it before.
#[derive(Debug, Clone, SimpleObject)]
pub struct CalibrationCheck {
    /// How pure the top is; null where nobody had contact afterwards.
    pub average_precision: Option<Score>,
    /// The mean squared error; the less, the better.
    pub brier: f64,
    /// The mean of -ln of what was given to what came; the less, the better.
    pub log_loss: f64,
}

impl From<Check> for CalibrationCheck {
    fn from(check: Check) -> Self {
        let average_precision = check.average_precision.map(Score::of);
        Self { average_precision, brier: check.brier, log_loss: check.log_loss }
    }
}

/// What this installation's own outcomes say of the numbers.
#[derive(Debug, Clone, SimpleObject)]
pub struct CalibrationFit {
    /// The days up to which everything was known; the last one checks the others.
    pub cuts: Vec<Date>,
    /// How many pairs had had contact both ways by the last cut but one.
    pub pairs: i32,
    /// What was found of the half-lives.
    pub half_lives: CalibrationFinding,
    /// What was found of stretch and shift.
    pub platt: CalibrationFinding,
    /// What everybody begins with, on the last cut.
    pub shipped: CalibrationCheck,
    /// The best numbers that were found, on the last cut.
    pub fitted: CalibrationCheck,
    /// In how many days recent contact counts half, by the best numbers.
    pub short_half_life_days: i32,
    /// In how many days lasting contact counts half, by the best numbers.
    pub long_half_life_days: i32,
    /// By how much the best numbers stretch the log-odds of contact; null where they do not.
    pub platt_scale: Option<f64>,
    /// How much the best numbers add to them then; null where they do not.
    pub platt_shift: Option<f64>,
}

impl From<Fit> for CalibrationFit {
    fn from(fit: Fit) -> Self {
        let [short, long] = fit.fitted.half_lives().map(i32::from);
        Self {
            cuts: fit.cuts.into_iter().map(Date).collect(),
            pairs: i32::try_from(fit.pairs).unwrap_or(i32::MAX),
            half_lives: fit.half_lives.into(),
            platt: fit.platt.into(),
            shipped: fit.shipped_check.into(),
            fitted: fit.fitted_check.into(),
            short_half_life_days: short,
            long_half_life_days: long,
            platt_scale: fit.fitted.platt().map(|[scale, _]| scale),
            platt_shift: fit.fitted.platt().map(|[_, shift]| shift),
        }
    }
}

/// How strength is to be fitted.
#[derive(Debug, Clone, InputObject)]
pub struct CalibrateStrengthInput {
    /// Over how many days contact is looked for, of which a strength is then the chance; 60 if
    /// nothing is said.
    days: Option<i32>,
    /// Say what would be kept, and keep nothing.
    dry_run: Option<bool>,
    /// Go back to what everybody begins with.
    reset: Option<bool>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// What came of fitting strength.
#[derive(Debug, Clone, SimpleObject)]
pub struct CalibrateStrengthPayload {
    /// How strength is computed now; null where it was refused.
    pub calibration: Option<Calibration>,
    /// What was found; null where it was refused or set back.
    pub fit: Option<CalibrationFit>,
    /// Whether something was changed.
    pub kept: bool,
    /// Why nothing was changed; empty where something was, and where nothing is better.
    pub user_errors: Vec<UserError>,
    /// What the input had.
    pub client_mutation_id: Option<String>,
}

/// Fitting strength to what was seen here.
#[derive(Debug, Clone, Copy, Default)]
pub struct Calibrating;

/// Fitting strength to what was seen here.
#[Object]
impl Calibrating {
    /// Looks whether other numbers foretell contact better in this installation than those that
    /// everybody begins with, and keeps them if so. Needs the role of an admin; a dry run that of a
    /// partner manager. It reads all evidence and may take minutes.
    #[graphql(directive = requires_role::apply(Role::PartnerManager))]
    async fn calibrate_strength(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How.")] input: CalibrateStrengthInput,
    ) -> Result<CalibrateStrengthPayload> {
        let wish = match (input.dry_run.unwrap_or(false), input.reset.unwrap_or(false)) {
            (true, true) => {
                let message = "reset: name either `dryRun` or `reset`";
                return Err(bad_input(Some("reset"), message));
            }
            (true, false) => CalibrationWish::Try,
            (false, true) => CalibrationWish::Reset,
            (false, false) => CalibrationWish::Keep,
        };
        let days = input.days.unwrap_or(DAYS);
        let done = tertius(ctx)?.calibrate(viewer(ctx)?, days, wish).await;
        let (done, user_errors) = answer(ctx, done)?;
        let kept = done.as_ref().is_some_and(|done| done.kept);
        let (standing, fit) = match done {
            Some(CalibrationAnswer { standing, fit, .. }) => (Some(standing), fit),
            None => (None, None),
        };
        Ok(CalibrateStrengthPayload {
            calibration: standing.map(Calibration::from),
            fit: fit.map(CalibrationFit::from),
            kept,
            user_errors,
            client_mutation_id: input.client_mutation_id,
        })
    }
}
