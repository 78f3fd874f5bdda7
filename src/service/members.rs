//! Members, the team, and the tokens by which they come in.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::model::{
    Change, Claim, Expect, Login, Member, MemberId, Name, PersonId, Role, Timestamp, Token,
    TokenHash, TokenId,
};

use super::{RefusalCode, ServiceError, ServiceResult, Tertius, Viewer};

/// What every token begins with.
const TOKEN_PREFIX: &str = "tertius_";

/// A member as shown to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberView {
    /// Which member.
    pub id: MemberId,
    /// The name on the command line.
    pub login: Login,
    /// The person it stands for.
    pub person: PersonId,
    /// What the member may do.
    pub role: Role,
    /// Whether the member belongs to the team today.
    pub active: bool,
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
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        let Member { id, login, person, role, active, .. } = member;
        Self { id, login, person, role, active }
    }
}

impl Tertius {
    /// The team: all active members, in order of login.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn team(&self) -> ServiceResult<Vec<MemberView>> {
        let members = self.store.all_members().await?;
        let active = members.into_iter().map(|m| m.value).filter(|member| member.active);
        let recorded = self.recorded();
        let shown = |member: Member| Member { person: recorded.person(member.person), ..member };
        let mut team: Vec<MemberView> = active.map(shown).map(MemberView::from).collect();
        team.sort_by(|a, b| a.login.cmp(&b.login));
        Ok(team)
    }

    /// The viewer that a login stands for: for those who hold the store itself in their hands,
    /// such as the command line.
    ///
    /// # Errors
    /// `NotFound` when no active member has it; the message names those there are.
    pub async fn viewer_by_login(&self, login: &str) -> ServiceResult<Viewer> {
        let members = self.store.all_members().await?;
        let active = members.into_iter().map(|m| m.value).filter(|member| member.active);
        let active: Vec<Member> = active.collect();
        if let Some(member) = active.iter().find(|member| member.login.as_str() == login) {
            return Ok(self.viewer_of(member, Role::Admin));
        }
        let mut others: Vec<&str> = active.iter().map(|member| member.login.as_str()).collect();
        others.sort_unstable();
        let known = match others.as_slice() {
            [] => "there are none: run `tertius import --sample` or `tertius serve` first".into(),
            others => format!("there are {}", others.join(", ")),
        };
        Err(ServiceError::NotFound(format!("the member `{login}` ({known})")))
    }

    fn viewer_of(&self, member: &Member, at_most: Role) -> Viewer {
        Viewer::of(member, self.recorded().person(member.person), at_most)
    }

    /// The viewer that a token lets in, if it is valid.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn viewer_by_token(&self, secret: &str) -> ServiceResult<Option<Viewer>> {
        if !secret.starts_with(TOKEN_PREFIX) || secret.len() > 200 {
            return Ok(None);
        }
        let Some(token) = self.store.token(hash(secret)).await? else { return Ok(None) };
        if !token.is_valid_at(self.clock.now()) {
            return Ok(None);
        }
        let member = self.store.members(&[token.member]).await?.pop().flatten();
        let member = member.map(|m| m.value).filter(|member| member.active);
        Ok(member.map(|member| self.viewer_of(&member, token.role)))
    }

    /// Makes a token of a member.
    ///
    /// # Errors
    /// `Forbidden` for a token of somebody else, unless an admin makes it.
    pub async fn create_token(&self, viewer: &Viewer, login: &str) -> ServiceResult<NewToken> {
        let member = self.viewer_by_login(login).await?;
        if member.member() != viewer.member() {
            viewer.needs(Role::Admin)?;
        }
        self.make_token(&member, login).await
    }

    async fn make_token(&self, member: &Viewer, login: &str) -> ServiceResult<NewToken> {
        let now = self.clock.now();
        let (token, secret) = self.new_token(member.member(), member.role(), now);
        let id = token.id;
        let batch =
            self.batch(member, self.fresh_batch(), Vec::new(), vec![Change::PutToken(token)]);
        self.apply(&batch).await?;
        let login = login.parse().map_err(|e| ServiceError::invalid("login", e))?;
        Ok(NewToken { id, login, secret })
    }

    fn new_token(&self, member: MemberId, role: Role, now: Timestamp) -> (Token, String) {
        let mut secret = TOKEN_PREFIX.to_owned();
        for _ in 0..2 {
            write!(secret, "{:032x}", self.ids.fresh()).expect("a string takes everything");
        }
        let token = Token {
            id: TokenId::new(self.ids.fresh()),
            member,
            hash: hash(&secret),
            role,
            created_at: now,
            expires_at: None,
            revoked_at: None,
        };
        (token, secret)
    }

    /// Whether there is any member yet.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn has_members(&self) -> ServiceResult<bool> {
        Ok(!self.store.all_members().await?.is_empty())
    }

    /// Makes the first admin with a token, if there is no member yet; by this login.
    ///
    /// # Errors
    /// `Invalid` for a login that cannot be. Two that start at the same time make one admin.
    pub async fn make_first_admin(&self, login: &str) -> ServiceResult<Option<NewToken>> {
        if self.has_members().await? {
            return Ok(None);
        }
        let login: Login = login.parse().map_err(|e| ServiceError::invalid("login", e))?;
        let (person, member) = (PersonId::new(self.ids.fresh()), MemberId::new(self.ids.fresh()));
        let (token, secret) = self.new_token(member, Role::Admin, self.clock.now());
        let id = token.id;
        let record = Member {
            id: member,
            login: login.clone(),
            person,
            addresses: Vec::new(),
            role: Role::Admin,
            active: true,
        };
        let viewer = Viewer::of(&record, record.person, Role::Admin);
        let name = Name::new(&capitalised(login.as_str()))
            .map_err(|error| ServiceError::invalid("login", error))?;
        let changes = vec![
            Change::AddPerson(person),
            Change::PutMember(record),
            self.tell(&viewer, Claim::PersonName { person, name }),
            Change::PutToken(token),
        ];
        let expects = vec![Expect::LoginIsFree(login.clone())];
        match self.apply(&self.batch(&viewer, self.fresh_batch(), expects, changes)).await {
            Ok(_) => Ok(Some(NewToken { id, login, secret })),
            Err(ServiceError::Refused(refusal)) if refusal.code == RefusalCode::Duplicate => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// A login as a name, until somebody says a better one.
fn capitalised(login: &str) -> String {
    let mut chars = login.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What is kept of a token: 256 random bits need no slow hash.
fn hash(secret: &str) -> TokenHash {
    TokenHash(Sha256::digest(secret).into())
}
