//! Members and the team: who belongs to it, what they may do, and their own addresses.

use crate::model::{
    Change, Claim, Expect, Identifier, Login, MailAddress, Member, MemberId, Name, PersonId, Role,
    Scope, Versioned,
};

use super::{
    NewToken, RefusalCode, ServiceError, ServiceResult, Tertius, Viewer, role_name,
    tokens::shown_once,
};

/// The most addresses that a member may have of their own.
const ADDRESSES_MAX: usize = 20;

/// All roles, the least first.
pub const ROLES: [Role; 4] = [Role::Viewer, Role::Member, Role::PartnerManager, Role::Admin];

/// Reads a role by its words, such as `partner manager`; a dash or underscore is a blank.
pub fn read_role(text: &str) -> Option<Role> {
    let words = text.to_lowercase().replace(['-', '_'], " ");
    ROLES.into_iter().find(|role| role_name(*role) == words)
}

/// A member as shown to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberView {
    /// Which member.
    pub id: MemberId,
    /// The name on the command line.
    pub login: Login,
    /// The person it stands for.
    pub person: PersonId,
    /// That person's own addresses; nothing where they are not the viewer's to see.
    pub addresses: Option<Vec<MailAddress>>,
    /// What the member may do.
    pub role: Role,
    /// Whether the member belongs to the team today.
    pub active: bool,
}

impl Tertius {
    /// The team, in order of login: all active members; for an admin also those who left.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn team(&self, viewer: &Viewer) -> ServiceResult<Vec<MemberView>> {
        viewer.needs_scope(Scope::Read)?;
        let members = self.store.all_members().await?.into_iter().map(|member| member.value);
        let seen = members.filter(|member| member.active || viewer.role() == Role::Admin);
        let mut team: Vec<MemberView> = seen.map(|member| self.view_of(viewer, member)).collect();
        team.sort_by(|a, b| a.login.cmp(&b.login));
        Ok(team)
    }

    pub(super) fn view_of(&self, viewer: &Viewer, member: Member) -> MemberView {
        let Member { id, login, person, addresses, role, active } = member;
        let is_theirs = id == viewer.member() || viewer.role() == Role::Admin;
        let addresses = is_theirs.then_some(addresses);
        MemberView { id, login, person: self.recorded().person(person), addresses, role, active }
    }

    /// The member whom an id, or a login, names.
    ///
    /// # Errors
    /// `NotFound` when nobody is there whom the viewer sees.
    pub async fn member_called(&self, viewer: &Viewer, text: &str) -> ServiceResult<MemberView> {
        let mut team = self.team(viewer).await?.into_iter();
        let found = team.find(|one| one.login.as_str() == text || one.id.to_string() == text);
        found.ok_or_else(|| ServiceError::NotFound(format!("the member `{text}`")))
    }

    /// Gives a member another role.
    ///
    /// # Errors
    /// `Forbidden` for less than an admin; `Refused` when nobody would look after the installation
    /// any more.
    pub async fn change_role(
        &self,
        viewer: &Viewer,
        id: MemberId,
        role: Role,
    ) -> ServiceResult<MemberView> {
        viewer.needs(Role::Admin)?;
        self.change_member(viewer, id, |member| member.role = role).await
    }

    /// Takes a member out of the team. Their tokens let nobody in any more; what they told the team
    /// stays, and what they told themselves stays theirs.
    ///
    /// # Errors
    /// As [`change_role`](Self::change_role).
    pub async fn deactivate(&self, viewer: &Viewer, id: MemberId) -> ServiceResult<MemberView> {
        viewer.needs(Role::Admin)?;
        self.change_member(viewer, id, |member| member.active = false).await
    }

    /// Takes a member who left back into the team. Tokens that had neither ended nor been taken
    /// back let them in again.
    ///
    /// # Errors
    /// `Forbidden` for less than an admin.
    pub async fn reactivate(&self, viewer: &Viewer, id: MemberId) -> ServiceResult<MemberView> {
        viewer.needs(Role::Admin)?;
        self.change_member(viewer, id, |member| member.active = true).await
    }

    /// Says which addresses are a member's own, in place of those before.
    ///
    /// # Errors
    /// `Forbidden` for the addresses of somebody else, unless an admin sets them; `Refused` for
    /// what is no address, and for one of another member.
    pub async fn set_addresses(
        &self,
        viewer: &Viewer,
        id: MemberId,
        addresses: &[String],
    ) -> ServiceResult<MemberView> {
        viewer.needs(Role::Member)?;
        if id != viewer.member() {
            viewer.needs(Role::Admin)?;
        }
        let addresses = self.free_addresses(addresses, Some(id)).await?;
        self.change_member(viewer, id, |member| member.addresses = addresses).await
    }

    /// Reads addresses that belong to no member but this one.
    pub(super) async fn free_addresses(
        &self,
        texts: &[String],
        of: Option<MemberId>,
    ) -> ServiceResult<Vec<MailAddress>> {
        let refused = |code, message: String| ServiceError::refused(code, "addresses", message);
        if texts.len() > ADDRESSES_MAX {
            let message = format!("{} are given, but {ADDRESSES_MAX} are the most", texts.len());
            return Err(refused(RefusalCode::Invalid, message));
        }
        let mut addresses: Vec<MailAddress> = Vec::new();
        for text in texts {
            let address = MailAddress::new(text)
                .map_err(|error| refused(RefusalCode::Invalid, error.to_string()))?;
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        let members = self.store.all_members().await?;
        let mut others = members.iter().map(|member| &member.value).filter(|m| Some(m.id) != of);
        let key = |address: &MailAddress| Identifier::Mail(address.clone()).key();
        let keys: Vec<String> = addresses.iter().map(key).collect();
        let is_taken = |theirs: &MailAddress| keys.iter().position(|mine| *mine == key(theirs));
        let taken = others.find_map(|member| member.addresses.iter().find_map(is_taken));
        let taken = taken.map(|at| &addresses[at]);
        match taken {
            Some(address) => {
                let message = format!("{address} is the address of another member");
                Err(refused(RefusalCode::NotYours, message))
            }
            None => Ok(addresses),
        }
    }

    /// Changes a member, and sees to it that an admin stays, whoever else changes one meanwhile.
    async fn change_member(
        &self,
        viewer: &Viewer,
        id: MemberId,
        change: impl FnOnce(&mut Member),
    ) -> ServiceResult<MemberView> {
        let members = self.store.all_members().await?;
        let found = members.iter().find(|member| member.value.id == id);
        let missing = || ServiceError::NotFound(id.to_string());
        let Versioned { value: before, revision } = found.ok_or_else(missing)?;
        let mut after = before.clone();
        change(&mut after);
        let rules = |member: &Member| member.active && member.role == Role::Admin;
        let mut expects = vec![Expect::Revision(id.into(), *revision)];
        if rules(before) && !rules(&after) {
            let others = members.iter().filter(|m| m.value.id != id && rules(&m.value));
            let others = others.map(|m| Expect::Revision(m.value.id.into(), m.revision));
            expects.extend(others);
            if expects.len() == 1 {
                let message = format!("{} is the last admin: make another one first", before.login);
                return Err(ServiceError::refused(RefusalCode::Invalid, "id", message));
            }
        }
        if after != *before {
            let changes = vec![Change::PutMember(after.clone())];
            self.apply(&self.batch(viewer, self.fresh_batch(), expects, changes)).await?;
        }
        Ok(self.view_of(viewer, after))
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
        let record = Member {
            id: member,
            login: login.clone(),
            person,
            addresses: Vec::new(),
            role: Role::Admin,
            active: true,
        };
        let viewer = Viewer::of(&record, record.person, Role::Admin);
        let mut changes = vec![Change::AddPerson(person), Change::PutMember(record.clone())];
        changes.extend(self.introduce(&viewer, &record)?);
        changes.push(Change::PutToken(token.clone()));
        let expects = vec![Expect::LoginIsFree(login.clone())];
        match self.apply(&self.batch(&viewer, self.fresh_batch(), expects, changes)).await {
            Ok(_) => Ok(Some(shown_once(token, login, secret))),
            Err(ServiceError::Refused(refusal)) if refusal.code == RefusalCode::Duplicate => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Tells what is known of the person of a new member: a name, until somebody says a better
    /// one, and the member's addresses.
    pub(super) fn introduce(&self, viewer: &Viewer, member: &Member) -> ServiceResult<Vec<Change>> {
        let person = member.person;
        let name = Name::new(&capitalised(member.login.as_str()))
            .map_err(|error| ServiceError::invalid("login", error))?;
        let address = |address: &MailAddress| Claim::PersonIdentifier {
            person,
            identifier: Identifier::Mail(address.clone()),
        };
        let claims = std::iter::once(Claim::PersonName { person, name });
        let claims = claims.chain(member.addresses.iter().map(address));
        Ok(claims.map(|claim| self.tell(viewer, claim)).collect())
    }
}

/// A login as a name, until somebody says a better one.
fn capitalised(login: &str) -> String {
    let mut chars = login.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
