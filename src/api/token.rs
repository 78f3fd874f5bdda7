//! Tokens: what lets a program act as a member.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use crate::{
    model,
    service::{NewToken, TokenDraft, TokenView},
};

use super::{
    context::{tertius, viewer},
    error::{UserError, answer},
    input::id,
    member::Role,
    payload::payloads,
    requires_role::requires_role,
    scalar::DateTime,
};

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Scope {
    /// To see what is recorded.
    Read,
    /// To record and correct. Most changes look something up first, and need `READ` too.
    Write,
    /// To write what is seen to files; that needs `READ` too.
    Export,
    /// To bring files in, follow that, and take them back.
    Import,
}

impl From<model::Scope> for Scope {
    fn from(scope: model::Scope) -> Self {
        match scope {
            model::Scope::Read => Self::Read,
            model::Scope::Write => Self::Write,
            model::Scope::Export => Self::Export,
            model::Scope::Import => Self::Import,
        }
    }
}

impl From<Scope> for model::Scope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Read => Self::Read,
            Scope::Write => Self::Write,
            Scope::Export => Self::Export,
            Scope::Import => Self::Import,
        }
    }
}

/// What lets a program, or a browser, act as a member. Its secret is shown once, when it is made.
#[derive(Debug, Clone, SimpleObject)]
pub struct Token {
    /// The id: `token_` and 32 digits from 0 to f.
    id: ID,
    /// The id of the member as whom it acts.
    member_id: ID,
    /// What it is for; null where nobody said so.
    name: Option<String>,
    /// The most it may do.
    role: Role,
    /// What it may be used for.
    scopes: Vec<Scope>,
    /// When it was made.
    created_at: DateTime,
    /// When it ends; null where it does not.
    expires_at: Option<DateTime>,
    /// When it was last used, to the minute; null where it never was.
    last_used_at: Option<DateTime>,
    /// When it was taken back, if it was.
    revoked_at: Option<DateTime>,
}

impl From<TokenView> for Token {
    fn from(view: TokenView) -> Self {
        Self {
            id: view.id.to_string().into(),
            member_id: view.member.to_string().into(),
            name: view.name.map(|name| name.as_str().to_owned()),
            role: view.role.into(),
            scopes: view.scopes.iter().map(Scope::from).collect(),
            created_at: DateTime(view.created_at),
            expires_at: view.expires_at.map(DateTime),
            last_used_at: view.last_used_at.map(DateTime),
            revoked_at: view.revoked_at.map(DateTime),
        }
    }
}

/// A token to make.
#[derive(Debug, Clone, InputObject)]
pub struct CreateTokenInput {
    /// The login of the member as whom it acts; you if nobody is named. Only an admin makes one of
    /// somebody else.
    login: Option<String>,
    /// What it is for.
    name: Option<String>,
    /// The most it may do; what the member may if nothing is said.
    role: Option<Role>,
    /// When it ends; never if nothing is said, or when the token ends by which you came in.
    expires_at: Option<DateTime>,
    /// What it may be used for; everything that you may if nothing is said.
    scopes: Option<Vec<Scope>>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Which token to take back.
#[derive(Debug, Clone, InputObject)]
pub struct RevokeTokenInput {
    /// The token.
    token_id: ID,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// What came of making a token.
#[derive(Debug, Clone, SimpleObject)]
pub struct CreateTokenPayload {
    /// The token; null where it was refused.
    pub token: Option<Token>,
    /// What to send as `Authorization: Bearer …`, shown this once; null where it was refused.
    pub secret: Option<String>,
    /// Why nothing was changed; empty where something was.
    pub user_errors: Vec<UserError>,
    /// What the input had.
    pub client_mutation_id: Option<String>,
}

payloads! {
    /// What came of taking a token back.
    RevokeTokenPayload {
        /// The token; null where it was refused.
        token: Token
    }
}

/// Tokens.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tokens;

/// Tokens.
#[Object]
impl Tokens {
    /// Makes a token, and shows its secret this once. It may do no more than its member, and no
    /// more than you.
    #[graphql(directive = requires_role::apply(Role::Viewer))]
    async fn create_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of whom, for what, until when.")] input: CreateTokenInput,
    ) -> Result<CreateTokenPayload> {
        let draft = TokenDraft {
            login: input.login,
            name: input.name,
            role: input.role.map(Into::into),
            expires_at: input.expires_at.map(|end| end.0),
            scopes: input.scopes.map(|scopes| scopes.into_iter().map(Into::into).collect()),
        };
        let done = tertius(ctx)?.create_token(viewer(ctx)?, draft).await;
        let (made, user_errors) = answer(ctx, done)?;
        let (token, secret) = match made {
            Some(NewToken { view, secret, .. }) => (Some(view.into()), Some(secret)),
            None => (None, None),
        };
        let client_mutation_id = input.client_mutation_id;
        Ok(CreateTokenPayload { token, secret, user_errors, client_mutation_id })
    }

    /// Takes a token of yours back: it lets nobody in from now on, and what it opened is closed.
    /// An admin takes back those of all.
    #[graphql(directive = requires_role::apply(Role::Viewer))]
    async fn revoke_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RevokeTokenInput,
    ) -> Result<RevokeTokenPayload> {
        let token = id("tokenId", &input.token_id)?;
        let done = tertius(ctx)?.revoke_token(viewer(ctx)?, token).await;
        Ok(RevokeTokenPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}
