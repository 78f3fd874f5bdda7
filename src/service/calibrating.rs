//! How strength is computed here: what stands, and what this installation's outcomes say of it.

use crate::{
    algo::{Fit, Formula, NoFit, Past, fit_formula},
    model::{Calibration, CalibrationId, Change, Day, Fitted, Role},
    store::{PAGE_MAX, Store},
};

use super::{
    Compute, RefusalCode, ServiceError, ServiceResult, Tertius, Viewer,
    backtesting::{check_horizon, late_days},
};

/// How long a fit may take: half an hour.
const FIT_MS_MAX: u64 = 30 * 60 * 1_000;

/// What is wanted of a calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalibrationWish {
    /// Say what would be kept, and keep nothing.
    Try,
    /// Keep what is better, if anything is.
    Keep,
    /// Go back to what everybody begins with.
    Reset,
}

/// How strength is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationView {
    /// By which numbers.
    pub fitted: Fitted,
    /// When, over how many days and on how many pairs they were fitted; nothing where they are
    /// those that everybody begins with.
    pub since: Option<(Day, i32, u64)>,
}

/// What came of a calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationAnswer {
    /// How strength is computed now.
    pub standing: CalibrationView,
    /// What was found; nothing where everything was set back.
    pub fit: Option<Fit>,
    /// Whether something was changed.
    pub kept: bool,
}

/// What everybody begins with, as it is kept.
fn shipped() -> Fitted {
    let days = Formula::SHIPPED.half_lives.map(|days| days as u16);
    Fitted::new(days, None).expect("7 and 60 days are two half-lives, the short one first")
}

/// The calibration that counts: of the latest day, and of those the last.
pub(super) async fn standing_calibration(store: &dyn Store) -> ServiceResult<Option<Calibration>> {
    let mut newest: Option<Calibration> = None;
    let mut after = None;
    loop {
        let page = store.calibrations_after(after, PAGE_MAX).await?;
        let Some(last) = page.last() else { return Ok(newest) };
        after = Some(last.value.id);
        let all = newest.into_iter().chain(page.into_iter().map(|c| c.value));
        newest = all.max_by_key(|c| (c.fitted_on, c.id));
    }
}

impl From<Option<Calibration>> for CalibrationView {
    fn from(calibration: Option<Calibration>) -> Self {
        let fitted = calibration.as_ref().map_or_else(shipped, |c| c.fitted);
        let own = calibration.filter(|_| fitted != shipped());
        Self { fitted, since: own.map(|c| (c.fitted_on, c.horizon_days, c.pairs)) }
    }
}

impl Tertius {
    /// How strength is computed in this installation.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn calibration(&self, viewer: &Viewer) -> ServiceResult<CalibrationView> {
        let recorded = self.recorded_of(viewer).await?;
        Ok(standing_calibration(recorded.store()).await?.into())
    }

    /// Looks whether other half-lives, and Platt's two numbers, would foretell contact better here
    /// than those that everybody begins with, over so many days; keeps them, or goes back, as
    /// wished. What is kept begins a new epoch.
    ///
    /// # Memory
    /// All evidence that the team may see.
    ///
    /// # Errors
    /// `Refused` where there is too little evidence for two cuts; `Forbidden` for less than a
    /// partner manager, and to keep anything for less than an admin.
    pub async fn calibrate(
        &self,
        viewer: &Viewer,
        horizon_days: i32,
        wish: CalibrationWish,
    ) -> ServiceResult<CalibrationAnswer> {
        viewer.needs(match wish {
            CalibrationWish::Try => Role::PartnerManager,
            CalibrationWish::Keep | CalibrationWish::Reset => Role::Admin,
        })?;
        check_horizon("days", horizon_days)?;
        let mut answer =
            CalibrationAnswer { standing: self.calibration(viewer).await?, fit: None, kept: false };
        let wanted = if wish == CalibrationWish::Reset {
            (answer.standing.fitted != shipped()).then(|| (shipped(), 0))
        } else {
            let fit = self.fit(horizon_days).await?;
            let better = fit.is_better() && fit.fitted != answer.standing.fitted;
            let wanted =
                (wish == CalibrationWish::Keep && better).then_some((fit.fitted, fit.pairs as u64));
            answer.fit = Some(fit);
            wanted
        };
        if let Some((fitted, pairs)) = wanted {
            self.keep_calibration(viewer, horizon_days, (fitted, pairs)).await?;
            answer.standing = self.calibration(viewer).await?;
            answer.kept = true;
        }
        Ok(answer)
    }

    async fn fit(&self, horizon_days: i32) -> ServiceResult<Fit> {
        let too_little = || {
            let message = format!(
                "there is too little to learn from: contacts over at least {} days are needed",
                horizon_days.saturating_mul(3)
            );
            ServiceError::refused(RefusalCode::Invalid, "days", message)
        };
        let (people, pairs) = self.everything().await?;
        let cuts = late_days(&pairs, horizon_days).ok_or_else(too_little)?;
        // It may take minutes, which no question may; so it gets a pool of its own.
        let compute = Compute::new(1, FIT_MS_MAX)?;
        let fit = compute
            .run(move |stop| {
                let (people, pairs, cuts) = (&people[..], &pairs[..], &cuts[..]);
                match fit_formula(Past { people, pairs, cuts, horizon_days, stop }) {
                    Err(NoFit::Stopped(stopped)) => Err(stopped),
                    other => Ok(other),
                }
            })
            .await?;
        fit.map_err(|error| ServiceError::Internal(Box::new(error)))?.ok_or_else(too_little)
    }

    async fn keep_calibration(
        &self,
        viewer: &Viewer,
        horizon_days: i32,
        (fitted, pairs): (Fitted, u64),
    ) -> ServiceResult<()> {
        let before = standing_calibration(&*self.store).await?;
        let (before_id, before_day) =
            before.map_or((0, Day::from_number(i32::MIN)), |c| (c.id.value(), c.fitted_on));
        let calibration = Calibration {
            id: CalibrationId::new(before_id.saturating_add(1)),
            // A clock that was set back must not let an older one count.
            fitted_on: self.clock.now().day().max(before_day),
            horizon_days,
            pairs,
            fitted,
            author: viewer.author(),
        };
        let changes = vec![Change::PutCalibration(calibration)];
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        self.begin_epoch().await
    }
}
