//! What the owner of a tie may say of it.

use async_graphql::{Context, ID, InputObject, Object, Result};

use crate::service::OverrideDraft;

use super::{
    context::{tertius, viewer},
    error::answer,
    input::id,
    member::Role,
    mutation::StatedTie,
    payload::payloads,
    requires_role::requires_role,
    scalar::{Date, Score},
};

payloads! {
    /// What came of an override.
    OverrideTiePayload {
        /// The tie as it is now; null where it was refused.
        tie: StatedTie
    }
    /// What came of withdrawing an override.
    WithdrawOverridePayload {
        /// The tie as it is now; null where it was refused.
        tie: StatedTie
    }
}

/// "That tie is not what it looks like."
#[derive(Debug, Clone, InputObject)]
pub struct OverrideTieInput {
    /// One of the two; you if nobody is named. One of the two must be you.
    from_id: Option<ID>,
    /// The other.
    to_id: ID,
    /// How strong the tie is, whatever the evidence says; 0 for one along which nobody shall ask.
    strength: Score,
    /// Why, in 300 characters at most; your colleagues see it.
    reason: Option<String>,
    /// The last day on which it counts, a year from today at the latest, which it is if nothing is
    /// said.
    until: Option<Date>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Which override to take back.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawOverrideInput {
    /// With whom the tie is.
    to_id: ID,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// What the owner of a tie may say of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overriding;

/// What the owner of a tie may say of it.
#[Object]
impl Overriding {
    /// Says how strong a tie of yours is, whatever the evidence says, until a day; the next
    /// question knows it. It stands in place of what you said of it before, and a step along the
    /// tie, either way, is worth just that.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn override_tie(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tie, how strong, why, until when.")] input: OverrideTieInput,
    ) -> Result<OverrideTiePayload> {
        let draft = OverrideDraft {
            from: input.from_id.as_ref().map(|from| id("fromId", from)).transpose()?,
            to: id("toId", &input.to_id)?,
            strength: input.strength.0,
            reason: input.reason,
            until: input.until.map(|date| date.0),
        };
        let done = tertius(ctx)?.override_tie(viewer(ctx)?, draft).await;
        Ok(OverrideTiePayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Takes back what you said of a tie of yours: it is what the evidence says again.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn withdraw_override(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawOverrideInput,
    ) -> Result<WithdrawOverridePayload> {
        let to = id("toId", &input.to_id)?;
        let done = tertius(ctx)?.withdraw_override(viewer(ctx)?, to).await;
        Ok(WithdrawOverridePayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}
