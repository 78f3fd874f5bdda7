//! What a resolver stands on.

use std::sync::Arc;

use async_graphql::{Context, Result};

use crate::service::{Tertius, Viewer};

use super::loaders::Loaders;

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
