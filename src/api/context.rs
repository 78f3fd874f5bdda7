//! What a resolver stands on.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{Context, Result};

use crate::{
    model::Day,
    service::{Tertius, Vantage, Viewer},
};

use super::{
    error::{bad_input, fail},
    loaders::Loaders,
    scalar::Date,
    supposing::Hypotheses,
};

/// The past days of which one request asks: each may have to be folded, so they are counted.
#[derive(Debug, Default)]
pub(super) struct PastDays(Mutex<BTreeSet<Day>>);

/// The use cases.
pub(super) fn tertius<'a>(ctx: &Context<'a>) -> Result<&'a Arc<Tertius>> {
    ctx.data()
}

/// Who asks.
pub(super) fn viewer<'a>(ctx: &Context<'a>) -> Result<&'a Viewer> {
    ctx.data()
}

/// What batches lookups.
pub(super) fn loaders<'a>(ctx: &Context<'a>) -> Result<&'a Loaders> {
    ctx.data()
}

/// Who asks, as of the day that a question names; of the present where it names none, or today.
pub(super) fn viewer_as_of(ctx: &Context<'_>, as_of: Option<Date>) -> Result<Viewer> {
    viewer_on(ctx, "asOf", as_of.map(|date| date.0))
}

/// Who asks, as of the day that an argument names.
pub(super) fn viewer_on(
    ctx: &Context<'_>,
    argument: &'static str,
    day: Option<Day>,
) -> Result<Viewer> {
    let tertius = tertius(ctx)?;
    let viewer = tertius.viewer_as_of(viewer(ctx)?, argument, day);
    let viewer = viewer.map_err(|error| fail(ctx, error))?;
    if let Some(day) = viewer.day() {
        let days: &PastDays = ctx.data()?;
        let mut days = days.0.lock().unwrap_or_else(PoisonError::into_inner);
        days.insert(day);
        let most = tertius.limits().past_days_max;
        if days.len() > most {
            let message = format!("{argument}: one request may ask of {most} past days at most");
            return Err(bad_input(Some(argument), message));
        }
    }
    Ok(viewer)
}

/// Who asks, from where what they see is seen.
pub(super) fn viewer_seeing(ctx: &Context<'_>, as_of: Vantage) -> Result<Viewer> {
    let supposed: &Arc<Hypotheses> = ctx.data()?;
    Ok(supposed.viewer_at(viewer(ctx)?, as_of))
}
