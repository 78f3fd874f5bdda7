//! What a query costs, and what is left.

use async_graphql::{Context, Object};

use crate::service::Allowance;

/// What the query that asks was charged, and what is left after that.
#[derive(Debug, Clone, Copy, Default)]
pub struct RateLimit {
    /// What it costs at most.
    pub cost: u64,
    /// What is left, where somebody counts.
    pub allowance: Option<Allowance>,
}

/// How much you may ask for. Points are taken before a query runs, and those that it did not need
/// are put back.
#[Object]
impl RateLimit {
    /// What this query costs at most; it was taken already.
    async fn cost(&self) -> i32 {
        number(self.cost)
    }

    /// Points of a full bucket; null where nobody counts.
    async fn limit(&self) -> Option<i32> {
        self.allowance.map(|allowance| number(allowance.limit))
    }

    /// Points that are left; null where nobody counts.
    async fn remaining(&self) -> Option<i32> {
        self.allowance.map(|allowance| number(allowance.remaining))
    }

    /// Points that come back in a second; null where nobody counts.
    async fn restored_per_second(&self) -> Option<i32> {
        self.allowance.map(|allowance| number(allowance.restored_per_second))
    }
}

/// What the request was charged; nothing where it did not come over the network.
pub(super) fn rate_limit(ctx: &Context<'_>) -> RateLimit {
    ctx.data_opt().copied().unwrap_or_default()
}

fn number(of: u64) -> i32 {
    i32::try_from(of).unwrap_or(i32::MAX)
}
