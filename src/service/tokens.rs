//! Tokens: making, using, listing and taking them back.

use std::{collections::HashMap, fmt::Write as _, sync::Mutex, sync::PoisonError};

use sha2::{Digest, Sha256};

use crate::{
    model::{
        Author, Change, Expect, Login, Member, MemberId, Name, Role, Scope, Scopes, Timestamp,
        Token, TokenHash, TokenId, Versioned,
    },
    store::PAGE_MAX,
};

use super::{RefusalCode, ServiceError, ServiceResult, Tertius, Viewer, people::refuse_text};

/// What every token begins with.
pub(super) const TOKEN_PREFIX: &str = "tertius_";

/// The most tokens that one member may have at a time.
const TOKENS_MAX: usize = 100;

/// How long a use of a token stands for the ones after it.
const USE_NOTED_MS: i64 = 60_000;

/// How many tokens' uses are kept in memory before all are forgotten.
const USES_MAX: usize = 10_000;

/// When each token's use was last noted by this process.
#[derive(Debug, Default)]
pub(super) struct Uses(Mutex<HashMap<TokenId, Timestamp>>);

impl Uses {
    /// Whether a use is worth noting: the first one, and one that is a minute after that.
    fn is_news(&self, id: TokenId, now: Timestamp) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(&id).is_some_and(|before| now < before.plus_ms(USE_NOTED_MS)) {
            return false;
        }
        if noted.len() >= USES_MAX {
            noted.clear();
        }
        noted.insert(id, now);
        true
    }
}

/// A token to make.
#[derive(Debug, Clone, Default)]
pub struct TokenDraft {
    /// As whom it acts; as the viewer where nobody is named.
    pub login: Option<String>,
    /// What it is for.
    pub name: Option<String>,
    /// The most it may do; what the member may where nothing is said.
    pub role: Option<Role>,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// What it may be used for; everything that the viewer may where nothing is said.
    pub scopes: Option<Vec<Scope>>,
}

impl TokenDraft {
    /// A token that may do everything that a member may.
    pub fn of(login: &str) -> Self {
        Self { login: Some(login.to_owned()), ..Self::default() }
    }
}

/// A token that was made just now: its secret is shown this once.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Which token.
    pub id: TokenId,
    /// Whom it acts as.
    pub login: Login,
    /// What to send as `Authorization: Bearer …`.
    pub secret: String,
    /// The token as it is listed.
    pub view: TokenView,
}

/// A token as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenView {
    /// Which token.
    pub id: TokenId,
    /// Whom it acts as.
    pub member: MemberId,
    /// What it is for.
    pub name: Option<Name>,
    /// The most it may do.
    pub role: Role,
    /// What it may be used for.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was taken back, if it was.
    pub revoked_at: Option<Timestamp>,
}

impl TokenView {
    fn of(token: Token, last_used_at: Option<Timestamp>) -> Self {
        let Token { id, member, name, role, scopes, created_at, expires_at, revoked_at, .. } =
            token;
        Self { id, member, name, role, scopes, created_at, expires_at, last_used_at, revoked_at }
    }
}

/// Why somebody who was let in may no longer stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The token was taken back, or it or the JWT came to its end.
    Token,
    /// The member left the team, or may do less than when they came in.
    Rights,
}

impl Tertius {
    /// The viewer that a token lets in, if it is valid.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn viewer_by_token(&self, secret: &str) -> ServiceResult<Option<Viewer>> {
        if !secret.starts_with(TOKEN_PREFIX) || secret.len() > 200 {
            return Ok(None);
        }
        let now = self.clock.now();
        let Some(token) = self.store.token(hash(secret)).await? else { return Ok(None) };
        if !token.is_valid_at(now) {
            return Ok(None);
        }
        let Some(member) = self.active_member(token.member).await? else { return Ok(None) };
        if self.uses.is_news(token.id, now) {
            // Whoever has a valid token comes in, also where nothing can be written just now.
            let _noted = self.store.note_token_use(token.id, now).await;
        }
        let person = self.recorded().person(member.person);
        Ok(Some(Viewer::by_token(&member, person, &token)))
    }

    pub(super) async fn active_member(&self, id: MemberId) -> ServiceResult<Option<Member>> {
        let member = self.store.members(&[id]).await?.pop().flatten();
        Ok(member.map(|m| m.value).filter(|member| member.active))
    }

    /// Why a viewer who came in before may no longer stay, if so: for what goes on for long.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn ended(&self, viewer: &Viewer) -> ServiceResult<Option<Ended>> {
        let mut at_most = Role::Admin;
        if let Some(hash) = viewer.token() {
            let token = self.store.token(hash).await?;
            let token = token.filter(|token| token.is_valid_at(self.clock.now()));
            let Some(token) = token else { return Ok(Some(Ended::Token)) };
            at_most = token.role;
        }
        if viewer.ends_at().is_some_and(|end| end <= self.clock.now()) {
            return Ok(Some(Ended::Token));
        }
        let member = self.active_member(viewer.member()).await?;
        let role = member.map(|member| member.role.min(at_most));
        Ok(role.is_none_or(|role| role < viewer.role()).then_some(Ended::Rights))
    }

    /// Makes a token of a member, which may do no more than whoever makes it.
    ///
    /// # Errors
    /// `Forbidden` for a token of somebody else, unless an admin makes it; `Refused` when it would
    /// do more than its member or its maker may, or outlive the token by which it is made.
    pub async fn create_token(
        &self,
        viewer: &Viewer,
        draft: TokenDraft,
    ) -> ServiceResult<NewToken> {
        viewer.needs(Role::Viewer)?;
        let member = self.member_of_draft(viewer, draft.login.as_deref()).await?;
        if member.id != viewer.member() {
            viewer.needs(Role::Admin)?;
        }
        let (token, secret) = self.token_of_draft(viewer, &member, draft).await?;
        let mine = self.tokens_where(|token| token.member == member.id).await?;
        let now = self.clock.now();
        if mine.iter().filter(|token| token.value.is_valid_at(now)).count() >= TOKENS_MAX {
            let message = format!("{} has {TOKENS_MAX} tokens, which is the most", member.login);
            return Err(ServiceError::refused(RefusalCode::Invalid, "login", message));
        }
        let changes = vec![Change::PutToken(token.clone())];
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(shown_once(token, member.login, secret))
    }

    async fn member_of_draft(&self, viewer: &Viewer, login: Option<&str>) -> ServiceResult<Member> {
        let member = match login {
            None => self.active_member(viewer.member()).await?,
            Some(login) => {
                let member = self.viewer_by_login(login).await?.member();
                self.active_member(member).await?
            }
        };
        member.ok_or_else(|| ServiceError::NotFound("the member".to_owned()))
    }

    async fn token_of_draft(
        &self,
        viewer: &Viewer,
        member: &Member,
        draft: TokenDraft,
    ) -> ServiceResult<(Token, String)> {
        let now = self.clock.now();
        let invalid =
            |field, message: &str| Err(ServiceError::refused(RefusalCode::Invalid, field, message));
        let most = member.role.min(viewer.role());
        let role = draft.role.unwrap_or(most);
        if role > most {
            return invalid("role", "a token may do no more than its member, and who makes it");
        }
        let scopes = draft.scopes.map(|scopes| scopes.into_iter().collect::<Scopes>());
        let scopes = scopes.unwrap_or_else(|| viewer.scopes().clone());
        if scopes.iter().next().is_none() {
            return invalid("scopes", "a token without a scope could do nothing");
        }
        if !scopes.are_within(viewer.scopes()) {
            return invalid("scopes", "a token may do no more than the one by which it is made");
        }
        if draft.expires_at.is_some_and(|end| end <= now) {
            return invalid("expiresAt", "that is not in the future");
        }
        let expires_at = match (draft.expires_at, self.end_of(viewer).await?) {
            (Some(end), Some(mine)) if end > mine => {
                return invalid("expiresAt", "a token may not outlive the one by which it is made");
            }
            (end, mine) => end.or(mine),
        };
        let name = draft.name.as_deref().map(Name::new).transpose();
        let name = name.map_err(|error| refuse_text("name", &error))?;
        let (token, secret) = self.new_token(member.id, role, now);
        Ok((Token { name, scopes, expires_at, ..token }, secret))
    }

    /// When that by which somebody came in ends, if it does.
    async fn end_of(&self, viewer: &Viewer) -> ServiceResult<Option<Timestamp>> {
        let Some(hash) = viewer.token() else { return Ok(viewer.ends_at()) };
        Ok(self.store.token(hash).await?.and_then(|token| token.expires_at))
    }

    pub(super) fn new_token(
        &self,
        member: MemberId,
        role: Role,
        now: Timestamp,
    ) -> (Token, String) {
        let (secret, hash) = self.new_secret(TOKEN_PREFIX);
        let token = Token {
            id: TokenId::new(self.ids.fresh()),
            member,
            hash,
            name: None,
            role,
            scopes: Scopes::default(),
            created_at: now,
            expires_at: None,
            revoked_at: None,
        };
        (token, secret)
    }

    /// 256 random bits behind a prefix, and what is kept of them.
    pub(super) fn new_secret(&self, prefix: &str) -> (String, TokenHash) {
        let mut secret = prefix.to_owned();
        for _ in 0..2 {
            write!(secret, "{:032x}", self.ids.fresh()).expect("a string takes everything");
        }
        let hash = hash(&secret);
        (secret, hash)
    }

    /// The viewer's own tokens, those that ended too, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn own_tokens(&self, viewer: &Viewer) -> ServiceResult<Vec<TokenView>> {
        viewer.needs_scope(Scope::Read)?;
        let tokens = self.tokens_where(|token| token.member == viewer.member()).await?;
        self.token_views(tokens).await
    }

    /// The tokens of a member, or of everybody, the newest first.
    ///
    /// # Errors
    /// `Forbidden` for less than an admin.
    pub async fn tokens_of(
        &self,
        viewer: &Viewer,
        member: Option<MemberId>,
    ) -> ServiceResult<Vec<TokenView>> {
        viewer.needs_to_see(Role::Admin)?;
        let is_meant = |token: &Token| member.is_none_or(|member| token.member == member);
        let tokens = self.tokens_where(is_meant).await?;
        self.token_views(tokens).await
    }

    /// Takes a token back: it lets nobody in from now on. A second time changes nothing.
    ///
    /// # Errors
    /// `NotFound` for a token of somebody else, unless an admin takes it back.
    pub async fn revoke_token(&self, viewer: &Viewer, id: TokenId) -> ServiceResult<TokenView> {
        viewer.needs(Role::Viewer)?;
        let found = self.tokens_where(|token| token.id == id).await?.pop();
        let may = |token: &Token| token.member == viewer.member() || viewer.role() == Role::Admin;
        let Some(Versioned { mut value, revision }) = found.filter(|token| may(&token.value))
        else {
            return Err(ServiceError::NotFound(id.to_string()));
        };
        if value.revoked_at.is_none() {
            value.revoked_at = Some(self.clock.now());
            let expects = vec![Expect::Revision(id.into(), revision)];
            let changes = vec![Change::PutToken(value.clone())];
            self.apply(&self.batch(viewer, self.fresh_batch(), expects, changes)).await?;
        }
        let view = self.token_views(vec![Versioned { value, revision }]).await?.pop();
        Ok(view.expect("one went in"))
    }

    async fn tokens_where(
        &self,
        is_meant: impl Fn(&Token) -> bool,
    ) -> ServiceResult<Vec<Versioned<Token>>> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.tokens_after(after, PAGE_MAX).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Some(last.value.id);
            all.extend(page.into_iter().filter(|token| is_meant(&token.value)));
        }
    }

    async fn token_views(&self, tokens: Vec<Versioned<Token>>) -> ServiceResult<Vec<TokenView>> {
        let mut views = Vec::with_capacity(tokens.len());
        for page in tokens.chunks(PAGE_MAX) {
            let ids: Vec<TokenId> = page.iter().map(|token| token.value.id).collect();
            let uses = self.store.token_uses(&ids).await?;
            let view =
                |(token, used): (&Versioned<Token>, _)| TokenView::of(token.value.clone(), used);
            views.extend(page.iter().zip(uses).map(view));
        }
        views.sort_by_key(|view| std::cmp::Reverse((view.created_at, view.id)));
        Ok(views)
    }

    /// Who did something, by login; nobody where the house did it itself.
    pub(super) async fn login_of(&self, author: Author) -> ServiceResult<Option<Login>> {
        let Author::Member(member) = author else { return Ok(None) };
        let member = self.store.members(&[member]).await?.pop().flatten();
        Ok(member.map(|member| member.value.login))
    }
}

/// A token with its secret, to be shown once.
pub(super) fn shown_once(token: Token, login: Login, secret: String) -> NewToken {
    NewToken { id: token.id, login, secret, view: TokenView::of(token, None) }
}

/// What is kept of a secret: 256 random bits need no slow hash.
pub(super) fn hash(secret: &str) -> TokenHash {
    TokenHash(Sha256::digest(secret).into())
}
