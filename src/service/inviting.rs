//! Invitations: a link that makes somebody a member, once, while it is open.

use crate::{
    model::{
        Change, Expect, Invitation, InvitationId, Login, MailAddress, Member, MemberId, PersonId,
        Role, Timestamp, TokenHash, Versioned,
    },
    store::PAGE_MAX,
};

use super::{
    MemberView, NewToken, RefusalCode, ServiceError, ServiceResult, Tertius, Viewer,
    tokens::{hash, shown_once},
};

/// What the secret of every invitation begins with.
const INVITATION_PREFIX: &str = "tertius_invite_";

/// For how long an invitation is open where nothing is said, in days.
const DAYS_DEFAULT: u32 = 7;

/// For how long an invitation is open at most, in days.
const DAYS_MAX: u32 = 30;

/// How many invitations of one member may be open at a time.
const OPEN_MAX: usize = 100;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Whom to invite, as what.
#[derive(Debug, Clone)]
pub struct InvitationDraft {
    /// By which login they come in; they choose one where nothing is said.
    pub login: Option<String>,
    /// Their own addresses.
    pub addresses: Vec<String>,
    /// What they may do.
    pub role: Role,
    /// Who they are, where that is recorded already.
    pub person: Option<PersonId>,
    /// For how many days it is open; 7 where nothing is said.
    pub days: Option<u32>,
}

/// An invitation as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// Which invitation.
    pub id: InvitationId,
    /// Who invites.
    pub by: MemberId,
    /// What the new member may do.
    pub role: Role,
    /// By which login they come in, if that is fixed.
    pub login: Option<Login>,
    /// Their own addresses.
    pub addresses: Vec<MailAddress>,
    /// Who they are, where that is recorded already.
    pub person: Option<PersonId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it can no longer be used.
    pub expires_at: Timestamp,
}

impl From<Invitation> for InvitationView {
    fn from(invitation: Invitation) -> Self {
        let Invitation { id, by, role, login, addresses, person, created_at, expires_at, .. } =
            invitation;
        Self { id, by, role, login, addresses, person, created_at, expires_at }
    }
}

/// An invitation that was made just now: its secret is shown this once.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The invitation as it is listed.
    pub view: InvitationView,
    /// What the link holds.
    pub secret: String,
}

/// Who came in by an invitation, with a first token.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// The member.
    pub member: MemberView,
    /// Their first token; its secret is shown this once.
    pub token: NewToken,
}

/// The greatest role to which somebody may invite.
fn most_by(inviter: Role) -> Role {
    match inviter {
        Role::Admin => Role::Admin,
        other => other.min(Role::PartnerManager),
    }
}

/// What everybody hears whose link lets nobody in, whatever the reason, so that nothing can be
/// found out by trying.
fn not_open() -> ServiceError {
    let message = "this invitation is not open (any more): ask for a new one";
    ServiceError::refused(RefusalCode::NotFound, "secret", message)
}

impl Tertius {
    /// Invites somebody into the team.
    ///
    /// # Errors
    /// `Forbidden` for less than a partner manager, and for a role above one's own; `Refused` for a
    /// login or an address of another member, a person whom the viewer does not see or who is a
    /// member, and for more days than 30.
    pub async fn invite(
        &self,
        viewer: &Viewer,
        draft: InvitationDraft,
    ) -> ServiceResult<NewInvitation> {
        viewer.needs(Role::PartnerManager)?;
        let most = most_by(viewer.role());
        if draft.role > most {
            viewer.needs(draft.role)?;
        }
        let invalid =
            |field, message: String| ServiceError::refused(RefusalCode::Invalid, field, message);
        let days = draft.days.unwrap_or(DAYS_DEFAULT);
        if !(1..=DAYS_MAX).contains(&days) {
            let message = format!("{days} is not from 1 to {DAYS_MAX} days");
            return Err(invalid("expiresInDays", message));
        }
        let login = draft.login.as_deref().map(str::parse::<Login>).transpose();
        let login = login.map_err(|error| invalid("login", error.to_string()))?;
        if let Some(login) = &login {
            self.refuse_taken(login).await?;
        }
        let addresses = self.free_addresses(&draft.addresses, None).await?;
        let person = self.invited_person(viewer, draft.person, &addresses).await?;
        let now = self.clock.now();
        let mine = self.invitations_where(|one| one.by == viewer.member()).await?;
        if mine.len() >= OPEN_MAX {
            let message = format!("{OPEN_MAX} of yours are open, which is the most");
            return Err(invalid("login", message));
        }
        let (secret, hash) = self.new_secret(INVITATION_PREFIX);
        let invitation = Invitation {
            id: Invitation::id_of(hash),
            hash,
            by: viewer.member(),
            role: draft.role,
            login,
            addresses,
            person,
            created_at: now,
            expires_at: now.plus_ms(i64::from(days) * DAY_MS),
            redeemed_by: None,
            withdrawn_at: None,
        };
        let changes = vec![Change::PutInvitation(invitation.clone())];
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(NewInvitation { view: invitation.into(), secret })
    }

    async fn refuse_taken(&self, login: &Login) -> ServiceResult<()> {
        let members = self.store.all_members().await?;
        if members.iter().all(|member| member.value.login != *login) {
            return Ok(());
        }
        let message = format!("the login {login} is taken");
        Err(ServiceError::refused(RefusalCode::Duplicate, "login", message))
    }

    /// Who is invited, as far as that is recorded and the viewer sees it.
    async fn invited_person(
        &self,
        viewer: &Viewer,
        named: Option<PersonId>,
        addresses: &[MailAddress],
    ) -> ServiceResult<Option<PersonId>> {
        let mut found = None;
        if let Some(id) = named {
            self.refuse_unseen(viewer, "personId", &[id]).await?;
            found = Some(id);
        } else {
            for address in addresses {
                let text = address.to_string();
                let one = self.person_by_identifier(viewer, "addresses", &text).await?;
                found = found.or(one.map(|person| person.id));
            }
        }
        let Some(id) = found else { return Ok(None) };
        if self.is_member(id).await? {
            let message = "that is a member already";
            return Err(ServiceError::refused(RefusalCode::Duplicate, "personId", message));
        }
        Ok(Some(id))
    }

    async fn is_member(&self, id: PersonId) -> ServiceResult<bool> {
        let (recorded, members) = (self.recorded(), self.store.all_members().await?);
        let shown = recorded.person(id);
        Ok(members.iter().any(|member| recorded.person(member.value.person) == shown))
    }

    /// The open invitations of the viewer, the newest first; an admin sees those of all.
    ///
    /// # Errors
    /// `Forbidden` for less than a partner manager.
    pub async fn open_invitations(&self, viewer: &Viewer) -> ServiceResult<Vec<InvitationView>> {
        viewer.needs_to_see(Role::PartnerManager)?;
        let all = self.invitations_where(|one| may_see(one, viewer)).await?;
        let mut all: Vec<InvitationView> = all.into_iter().map(|one| one.value.into()).collect();
        all.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.id)));
        Ok(all)
    }

    async fn invitations_where(
        &self,
        is_meant: impl Fn(&Invitation) -> bool,
    ) -> ServiceResult<Vec<Versioned<Invitation>>> {
        let (mut all, mut after, now) = (Vec::new(), None, self.clock.now());
        loop {
            let page = self.store.invitations_after(after, PAGE_MAX).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Some(last.value.id);
            let open = page.into_iter().filter(|one| one.value.is_open_at(now));
            all.extend(open.filter(|one| is_meant(&one.value)));
        }
    }

    /// Takes an open invitation back.
    ///
    /// # Errors
    /// `Forbidden` for less than a partner manager; `NotFound` for one that is not open, and for
    /// one of somebody else, unless an admin takes it back.
    pub async fn withdraw_invitation(
        &self,
        viewer: &Viewer,
        id: InvitationId,
    ) -> ServiceResult<InvitationView> {
        viewer.needs(Role::PartnerManager)?;
        let mut found = self.invitations_where(|one| one.id == id && may_see(one, viewer)).await?;
        let found = found.pop().ok_or_else(|| ServiceError::NotFound(id.to_string()))?;
        let now = self.clock.now();
        let withdrawn = Invitation { withdrawn_at: Some(now), ..found.value.clone() };
        let expects = vec![Expect::Revision(id.into(), found.revision)];
        let changes = vec![Change::PutInvitation(withdrawn)];
        self.apply(&self.batch(viewer, self.fresh_batch(), expects, changes)).await?;
        Ok(found.value.into())
    }

    /// Makes whoever has the secret of an open invitation a member, with a first token. Of several
    /// who try at the same moment, one comes in.
    ///
    /// # Errors
    /// `Refused`: with one message for whatever is not open; where it is open, for a login that
    /// cannot be or is taken, which leaves it open.
    pub async fn accept_invitation(
        &self,
        secret: &str,
        login: Option<&str>,
    ) -> ServiceResult<NewMember> {
        self.accept_known_as(secret, login, None).await
    }

    /// The same for somebody whom the issuer knows by a login or an address, if it knows them.
    pub(super) async fn accept_known_as(
        &self,
        secret: &str,
        login: Option<&str>,
        known_as: Option<&str>,
    ) -> ServiceResult<NewMember> {
        let Versioned { value: invitation, revision } = self.open_invitation(secret).await?;
        let called = known_as.and_then(|name| name.parse::<Login>().ok());
        let login = match (&invitation.login, login.or(called.as_ref().map(Login::as_str))) {
            (Some(fixed), _) => fixed.clone(),
            (None, Some(chosen)) => chosen
                .parse()
                .map_err(|e| ServiceError::refused(RefusalCode::Invalid, "login", e))?,
            (None, None) => {
                let message = "choose a login: 1 to 40 of a-z, 0-9, dot, dash, underscore";
                return Err(ServiceError::refused(RefusalCode::Blank, "login", message));
            }
        };
        if called.as_ref().is_some_and(|called| *called != login) {
            let message = format!("your identity provider knows you by another login than {login}");
            return Err(ServiceError::refused(RefusalCode::Invalid, "login", message));
        }
        self.refuse_taken(&login).await?;
        let mut addresses = invitation.addresses.clone();
        let is_there = |name: &&str| addresses.iter().any(|one| one.is_signed_in_as(name));
        if let Some(name) = known_as.filter(|name| called.is_none() && !is_there(name)) {
            addresses.extend(self.free_addresses(&[name.to_owned()], None).await?);
        }
        let id = MemberId::new(self.ids.fresh());
        let person = invitation.person.unwrap_or_else(|| PersonId::new(self.ids.fresh()));
        let member = Member {
            id,
            login: login.clone(),
            person,
            addresses,
            role: invitation.role,
            active: true,
        };
        let viewer = Viewer::of(&member, self.recorded().person(person), member.role);
        let (token, token_secret) = self.new_token(id, member.role, self.clock.now());
        let mut changes = vec![Change::AddPerson(person), Change::PutMember(member.clone())];
        if invitation.person.is_none() {
            changes.extend(self.introduce(&viewer, &member)?);
        }
        changes.push(Change::PutToken(token.clone()));
        let mut expects = vec![
            Expect::Revision(invitation.id.into(), revision),
            Expect::LoginIsFree(login.clone()),
        ];
        expects.extend(self.expects_of_inviter(invitation.by).await?);
        changes.push(Change::PutInvitation(Invitation { redeemed_by: Some(id), ..invitation }));
        match self.apply(&self.batch(&viewer, self.fresh_batch(), expects, changes)).await {
            Ok(_) => {}
            Err(ServiceError::Refused(r)) if r.code == RefusalCode::Conflict => {
                return Err(not_open());
            }
            Err(error) => return Err(error),
        }
        let token = shown_once(token, login, token_secret);
        Ok(NewMember { member: self.view_of(&viewer, member), token })
    }

    /// The invitation that a secret opens, while whoever sent it may still send it.
    async fn open_invitation(&self, secret: &str) -> ServiceResult<Versioned<Invitation>> {
        if !secret.starts_with(INVITATION_PREFIX) || secret.len() > 200 {
            return Err(not_open());
        }
        let hash: TokenHash = hash(secret);
        let found = self.store.invitations(&[Invitation::id_of(hash)]).await?.pop().flatten();
        let now = self.clock.now();
        let is_open = |one: &Invitation| one.hash == hash && one.is_open_at(now);
        let found = found.filter(|one| is_open(&one.value)).ok_or_else(not_open)?;
        let inviter = self.active_member(found.value.by).await?.ok_or_else(not_open)?;
        let may = inviter.role >= Role::PartnerManager && found.value.role <= most_by(inviter.role);
        let free = match found.value.person {
            Some(person) => !self.is_member(person).await?,
            None => true,
        };
        let texts: Vec<String> = found.value.addresses.iter().map(ToString::to_string).collect();
        let free = free && self.free_addresses(&texts, None).await.is_ok();
        if may && free { Ok(found) } else { Err(not_open()) }
    }

    /// The inviter's record stays as it was looked at, so that an invitation of somebody who leaves
    /// at the same moment lets nobody in.
    async fn expects_of_inviter(&self, by: MemberId) -> ServiceResult<Vec<Expect>> {
        let found = self.store.members(&[by]).await?.pop().flatten();
        Ok(found.map(|m| Expect::Revision(by.into(), m.revision)).into_iter().collect())
    }
}

fn may_see(invitation: &Invitation, viewer: &Viewer) -> bool {
    invitation.by == viewer.member() || viewer.role() == Role::Admin
}
