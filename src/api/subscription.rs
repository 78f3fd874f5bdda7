//! What can be followed as it happens.

use async_graphql::{Context, ID, Result, Subscription as SubscriptionObject};
use futures_util::{Stream, StreamExt as _};

use super::{
    context::{tertius, viewer},
    error::fail,
    import::ImportProgress,
    input::id as read,
};

/// What can be followed as it happens.
#[derive(Debug, Clone, Copy)]
pub struct Subscription;

/// What can be followed as it happens.
#[SubscriptionObject]
impl Subscription {
    /// How far an import of yours has come: at once, then whenever it has come further, until it
    /// ends. An admin may follow those of all.
    async fn import_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the import.")] id: ID,
    ) -> Result<impl Stream<Item = ImportProgress> + 'static> {
        let running = tertius(ctx)?.running_import(viewer(ctx)?, read("id", &id)?).await;
        Ok(running.map_err(|error| fail(ctx, error))?.follow().map(ImportProgress::from))
    }
}
