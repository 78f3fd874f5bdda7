//! Invitations to the team.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use crate::service::{InvitationDraft, InvitationView, NewInvitation};

use super::{
    context::{tertius, viewer},
    error::{UserError, answer, bad_input},
    input::id,
    member::Role,
    payload::payloads,
    requires_role::requires_role,
    scalar::DateTime,
};

/// A link that makes somebody a member, once, while it is open.
#[derive(Debug, Clone, SimpleObject)]
pub struct Invitation {
    /// The id: `invitation_` and 32 digits from 0 to f.
    id: ID,
    /// The id of the member who invites.
    invited_by_id: ID,
    /// What the new member may do.
    role: Role,
    /// By which login they come in; null where they choose one.
    login: Option<String>,
    /// Their own addresses.
    addresses: Vec<String>,
    /// The id of the person who they are, where that is recorded already.
    person_id: Option<ID>,
    /// When it was made.
    created_at: DateTime,
    /// From when on it can no longer be used.
    expires_at: DateTime,
}

impl From<InvitationView> for Invitation {
    fn from(view: InvitationView) -> Self {
        Self {
            id: view.id.to_string().into(),
            invited_by_id: view.by.to_string().into(),
            role: view.role.into(),
            login: view.login.map(|login| login.to_string()),
            addresses: view.addresses.iter().map(ToString::to_string).collect(),
            person_id: view.person.map(|person| person.to_string().into()),
            created_at: DateTime(view.created_at),
            expires_at: DateTime(view.expires_at),
        }
    }
}

/// Whom to invite, as what.
#[derive(Debug, Clone, InputObject)]
pub struct InviteMemberInput {
    /// What they may do: at most what you may; to be an admin only by an admin.
    role: Role,
    /// By which login they come in; they choose one if nothing is said.
    login: Option<String>,
    /// Their own mail addresses; 20 at most. Somebody whom you see by one of them is who comes in.
    addresses: Option<Vec<String>>,
    /// Who they are, where that is recorded already.
    person_id: Option<ID>,
    /// For how many days it is open; 7 if nothing is said, 30 at most.
    expires_in_days: Option<i32>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Which invitation to take back.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawInvitationInput {
    /// The invitation.
    invitation_id: ID,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// What came of inviting somebody.
#[derive(Debug, Clone, SimpleObject)]
pub struct InviteMemberPayload {
    /// The invitation; null where it was refused.
    pub invitation: Option<Invitation>,
    /// What to hand over, shown this once; null where it was refused. Whoever has it sends it to
    /// `POST /invitations/accept`.
    pub secret: Option<String>,
    /// Why nothing was changed; empty where something was.
    pub user_errors: Vec<UserError>,
    /// What the input had.
    pub client_mutation_id: Option<String>,
}

payloads! {
    /// What came of taking an invitation back.
    WithdrawInvitationPayload {
        /// The invitation; null where it was refused.
        invitation: Invitation
    }
}

/// Invitations.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inviting;

/// Invitations.
#[Object]
impl Inviting {
    /// Invites somebody into the team, by a secret that is shown this once and can be used once.
    #[graphql(directive = requires_role::apply(Role::PartnerManager))]
    async fn invite_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, as what.")] input: InviteMemberInput,
    ) -> Result<InviteMemberPayload> {
        let days = input.expires_in_days.map(u32::try_from).transpose().map_err(|_| {
            bad_input(Some("expiresInDays"), "expiresInDays: a number below 0 is none")
        })?;
        let draft = InvitationDraft {
            login: input.login,
            addresses: input.addresses.unwrap_or_default(),
            role: input.role.into(),
            person: input.person_id.as_ref().map(|person| id("personId", person)).transpose()?,
            days,
        };
        let done = tertius(ctx)?.invite(viewer(ctx)?, draft).await;
        let (made, user_errors) = answer(ctx, done)?;
        let (invitation, secret) = match made {
            Some(NewInvitation { view, secret }) => (Some(view.into()), Some(secret)),
            None => (None, None),
        };
        let client_mutation_id = input.client_mutation_id;
        Ok(InviteMemberPayload { invitation, secret, user_errors, client_mutation_id })
    }

    /// Takes an open invitation of yours back; an admin takes back those of all.
    #[graphql(directive = requires_role::apply(Role::PartnerManager))]
    async fn withdraw_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawInvitationInput,
    ) -> Result<WithdrawInvitationPayload> {
        let invitation = id("invitationId", &input.invitation_id)?;
        let done = tertius(ctx)?.withdraw_invitation(viewer(ctx)?, invitation).await;
        Ok(WithdrawInvitationPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}
