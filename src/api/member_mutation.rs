//! Who belongs to the team, and what they may do.

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::{
    context::{tertius, viewer},
    error::answer,
    input::id,
    member::{Member, Role},
    payload::payloads,
    requires_role::requires_role,
};

payloads! {
    /// What came of giving a member another role.
    ChangeMemberRolePayload {
        /// The member; null where it was refused.
        member: Member
    }
    /// What came of taking a member out of the team.
    DeactivateMemberPayload {
        /// The member; null where it was refused.
        member: Member
    }
    /// What came of taking a member back into the team.
    ReactivateMemberPayload {
        /// The member; null where it was refused.
        member: Member
    }
    /// What came of setting a member's addresses.
    SetMemberAddressesPayload {
        /// The member; null where it was refused.
        member: Member
    }
}

/// Which member, and which role.
#[derive(Debug, Clone, InputObject)]
pub struct ChangeMemberRoleInput {
    /// The member.
    member_id: ID,
    /// What they may do from now on.
    role: Role,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Which member to take out of the team.
#[derive(Debug, Clone, InputObject)]
pub struct DeactivateMemberInput {
    /// The member.
    member_id: ID,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Which member to take back into the team.
#[derive(Debug, Clone, InputObject)]
pub struct ReactivateMemberInput {
    /// The member.
    member_id: ID,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Which member, and which addresses.
#[derive(Debug, Clone, InputObject)]
pub struct SetMemberAddressesInput {
    /// The member; you if nobody is named.
    member_id: Option<ID>,
    /// All their own mail addresses, in place of those before; 20 at most.
    addresses: Vec<String>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Members.
#[derive(Debug, Clone, Copy, Default)]
pub struct Members;

/// Members.
#[Object]
impl Members {
    /// Gives a member another role. The last admin stays one.
    #[graphql(directive = requires_role::apply(Role::Admin))]
    async fn change_member_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, to what.")] input: ChangeMemberRoleInput,
    ) -> Result<ChangeMemberRolePayload> {
        let member = id("memberId", &input.member_id)?;
        let done = tertius(ctx)?.change_role(viewer(ctx)?, member, input.role.into()).await;
        Ok(ChangeMemberRolePayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Takes a member out of the team: their tokens let nobody in any more. What they told the team
    /// stays, and what they told themselves stays theirs. The last admin stays.
    #[graphql(directive = requires_role::apply(Role::Admin))]
    async fn deactivate_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: DeactivateMemberInput,
    ) -> Result<DeactivateMemberPayload> {
        let member = id("memberId", &input.member_id)?;
        let done = tertius(ctx)?.deactivate(viewer(ctx)?, member).await;
        Ok(DeactivateMemberPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Takes a member who left back into the team. Tokens of theirs that neither ended nor were
    /// taken back let them in again.
    #[graphql(directive = requires_role::apply(Role::Admin))]
    async fn reactivate_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: ReactivateMemberInput,
    ) -> Result<ReactivateMemberPayload> {
        let member = id("memberId", &input.member_id)?;
        let done = tertius(ctx)?.reactivate(viewer(ctx)?, member).await;
        Ok(ReactivateMemberPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Says which addresses are your own; an admin says it of everybody. An address of another
    /// member is refused.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn set_member_addresses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, which.")] input: SetMemberAddressesInput,
    ) -> Result<SetMemberAddressesPayload> {
        let viewer = viewer(ctx)?;
        let named = input.member_id.as_ref().map(|member| id("memberId", member)).transpose()?;
        let member = named.unwrap_or(viewer.member());
        let done = tertius(ctx)?.set_addresses(viewer, member, &input.addresses).await;
        Ok(SetMemberAddressesPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}
