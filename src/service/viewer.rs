//! Who asks, and what they may do.

use std::sync::Arc;

use crate::model::{
    Author, Day, Member, MemberId, PersonId, Role, Scope, Scopes, Timestamp, Token, TokenHash,
};

use super::{Hypothesis, HypothesisKey, ServiceError, ServiceResult};

/// Who asks, as of which day, and supposing what: every use case takes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewer {
    member: MemberId,
    person: PersonId,
    role: Role,
    scopes: Scopes,
    /// By which token they came in, if by one.
    token: Option<TokenHash>,
    /// When the JWT ends by which they came in, if by one.
    ends_at: Option<Timestamp>,
    as_of: Option<Day>,
    supposed: Option<Arc<Hypothesis>>,
}

/// From where something is seen: as of which day, and under which hypothesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Vantage {
    /// As of which past day; nothing where it is the present.
    pub day: Option<Day>,
    /// Under which hypothesis; nothing where all of it is recorded.
    pub supposed: Option<HypothesisKey>,
}

impl Vantage {
    /// The present, as it is recorded.
    pub const NOW: Self = Self { day: None, supposed: None };
}

impl From<Option<Day>> for Vantage {
    fn from(day: Option<Day>) -> Self {
        Self { day, supposed: None }
    }
}

impl Viewer {
    /// A member, who is shown as a person, with no more rights than a role.
    pub fn of(member: &Member, person: PersonId, at_most: Role) -> Self {
        let role = member.role.min(at_most);
        let (member, scopes) = (member.id, Scopes::default());
        let (token, ends_at, as_of, supposed) = (None, None, None, None);
        Self { member, person, role, scopes, token, ends_at, as_of, supposed }
    }

    /// A member who comes in by a token, with no more rights than it has.
    pub(super) fn by_token(member: &Member, person: PersonId, token: &Token) -> Self {
        let scopes = token.scopes.clone();
        Self { scopes, token: Some(token.hash), ..Self::of(member, person, token.role) }
    }

    /// A member who comes in by a JWT that ends, with all rights of their role.
    pub(super) fn until(member: &Member, person: PersonId, ends_at: Timestamp) -> Self {
        Self { ends_at: Some(ends_at), ..Self::of(member, person, member.role) }
    }

    /// The same, who asks as of a day: by what was recorded up to its end, evaluated then, with the
    /// rights of today. Nothing is changed so.
    #[must_use]
    pub fn as_of(&self, day: Option<Day>) -> Self {
        Self { as_of: day, ..self.clone() }
    }

    /// As of which day they ask; the present where none is named.
    pub fn day(&self) -> Option<Day> {
        self.as_of
    }

    /// The same, who asks under a hypothesis, or under none. Nothing is changed so.
    #[must_use]
    pub fn supposing(&self, hypothesis: Option<Arc<Hypothesis>>) -> Self {
        Self { supposed: hypothesis, ..self.clone() }
    }

    /// Under which hypothesis they ask; under none where all of it is recorded.
    pub fn hypothesis(&self) -> Option<&Arc<Hypothesis>> {
        self.supposed.as_ref()
    }

    /// From where they see.
    pub fn vantage(&self) -> Vantage {
        let supposed = self.supposed.as_ref().map(|hypothesis| hypothesis.key());
        Vantage { day: self.as_of, supposed }
    }

    /// The member who asks.
    pub fn member(&self) -> MemberId {
        self.member
    }

    /// Through whose eyes facts are seen, as facts want to know it.
    #[expect(clippy::unnecessary_wraps, reason = "nobody in particular has eyes too: the team")]
    pub(super) fn eyes(&self) -> Option<MemberId> {
        Some(self.member)
    }

    /// The person that the member stands for.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// What they may do.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What they may do it with: everything, unless a token says otherwise.
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// By which token they came in, if by one.
    pub(super) fn token(&self) -> Option<TokenHash> {
        self.token
    }

    /// When the JWT ends by which they came in, if by one.
    pub(super) fn ends_at(&self) -> Option<Timestamp> {
        self.ends_at
    }

    /// How they sign what they record.
    pub(super) fn author(&self) -> Author {
        Author::Member(self.member)
    }

    /// Refuses what cannot be done, or asked, under a hypothesis.
    pub(super) fn supposes_nothing(&self) -> ServiceResult<()> {
        if self.supposed.is_none() {
            return Ok(());
        }
        let message = "only what is seen can be asked under a hypothesis";
        Err(ServiceError::invalid("suppose", message))
    }

    /// Asks for a role, to change something.
    ///
    /// # Errors
    /// `Forbidden` when the viewer's role is a lesser one, or their token may not write; `Invalid`
    /// for who asks as of a past day, or under a hypothesis.
    pub fn needs(&self, role: Role) -> ServiceResult<()> {
        self.needs_for(Scope::Write, role)
    }

    /// Asks for a role, and a token that may be used for something that is no mere look.
    ///
    /// # Errors
    /// As [`needs`](Self::needs).
    pub fn needs_for(&self, scope: Scope, role: Role) -> ServiceResult<()> {
        self.supposes_nothing()?;
        if let Some(day) = self.as_of {
            let message = format!("only what is seen can be asked as of {day}");
            return Err(ServiceError::invalid("asOf", message));
        }
        self.needs_role(role)?;
        self.needs_scope(scope)
    }

    /// Asks for a role, to look at what not everybody may look at.
    ///
    /// # Errors
    /// `Forbidden` when the viewer's role is a lesser one, or their token may not read.
    pub fn needs_to_see(&self, role: Role) -> ServiceResult<()> {
        self.needs_role(role)?;
        self.needs_scope(Scope::Read)
    }

    fn needs_role(&self, role: Role) -> ServiceResult<()> {
        if self.role >= role {
            return Ok(());
        }
        Err(ServiceError::Forbidden(format!(
            "this needs the role {}, and you have {}",
            role_name(role),
            role_name(self.role)
        )))
    }

    /// Asks for a token that may be used for one of two things.
    ///
    /// # Errors
    /// `Forbidden` when it may be used for neither.
    pub(super) fn needs_either(&self, one: Scope, other: Scope) -> ServiceResult<()> {
        if self.scopes.allow(other) { Ok(()) } else { self.needs_scope(one) }
    }

    /// Asks for a token that may be used for something.
    ///
    /// # Errors
    /// `Forbidden` when it may not.
    pub fn needs_scope(&self, scope: Scope) -> ServiceResult<()> {
        if self.scopes.allow(scope) {
            return Ok(());
        }
        let mut has: Vec<&str> = self.scopes.iter().map(Scope::as_str).collect();
        if has.is_empty() {
            has.push("none");
        }
        let has = has.join(", ");
        Err(ServiceError::Forbidden(format!(
            "this needs the scope {scope}, and your token has {has}"
        )))
    }
}

/// A role in words.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Member => "member",
        Role::PartnerManager => "partner manager",
        Role::Admin => "admin",
    }
}
