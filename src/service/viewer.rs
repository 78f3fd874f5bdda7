//! Who asks, and what they may do.

use crate::model::{Author, Day, Member, MemberId, PersonId, Role};

use super::{ServiceError, ServiceResult};

/// Who asks, and as of which day: every use case takes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    member: MemberId,
    person: PersonId,
    role: Role,
    as_of: Option<Day>,
}

impl Viewer {
    /// A member, who is shown as a person, with no more rights than a role.
    pub fn of(member: &Member, person: PersonId, at_most: Role) -> Self {
        Self { member: member.id, person, role: member.role.min(at_most), as_of: None }
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

    /// How they sign what they record.
    pub(super) fn author(&self) -> Author {
        Author::Member(self.member)
    }

    /// Asks for a role.
    ///
    /// # Errors
    /// `Forbidden` when the viewer's role is a lesser one; `Invalid` for who asks as of a past day.
    pub fn needs(&self, role: Role) -> ServiceResult<()> {
        if let Some(day) = self.as_of {
            let message = format!("only what is seen can be asked as of {day}");
            return Err(ServiceError::invalid("asOf", message));
        }
        if self.role >= role {
            return Ok(());
        }
        Err(ServiceError::Forbidden(format!(
            "this needs the role {}, and you have {}",
            role_name(role),
            role_name(self.role)
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
