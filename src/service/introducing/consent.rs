//! Links by which people without a login answer for themselves: single use, ending, revocable. What
//! they show is what their sender wrote, and whatever is not open is answered alike.

use crate::{
    model::{
        Attestation, Audience, Author, Awaited, Change, Claim, ConsentLink, Expect, Introduction,
        IntroductionId, Language, LawfulBasis, LinkAnswer, PersonId, Purpose, Role, Source,
        SystemName, Telling, Timestamp, TokenHash, Versioned,
    },
    service::{
        RefusalCode, ServiceError, ServiceResult, Tertius, Viewer, people::refuse_text,
        tokens::hash,
    },
};

use super::{Desk, IntroductionView, TRIES, refuse_move, worth_another_try};

/// For how many days a link is open where nothing is said, and at most.
const DAYS: (u16, u16) = (14, 90);

const DAY_MS: i64 = 86_400_000;

/// How the digits of a link begin: with the id of its introduction, so that no index of secrets is
/// needed; 64 random ones follow.
const ID_DIGITS: usize = 32;
const SECRET_DIGITS: usize = 96;

/// A link to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLinkDraft {
    /// Of which introduction.
    pub id: IntroductionId,
    /// Whose answer it takes; of whoever outside it waits for, if nobody is named.
    pub of: Option<PersonId>,
    /// All that its page tells of the introduction.
    pub message: String,
    /// The language of its page.
    pub language: Language,
    /// For how many days it is open, from 1 to 90; 14 where nothing is said.
    pub days: Option<u16>,
}

/// A link as whoever made it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLinkView {
    /// Whose answer it takes.
    pub whose: PersonId,
    /// What its page says.
    pub message: Purpose,
    /// The language of its page.
    pub language: Language,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it cannot be used.
    pub expires_at: Timestamp,
    /// Whether it can be used now.
    pub is_open: bool,
}

/// A link that was made just now: its secret is shown this once.
#[derive(Debug, Clone)]
pub struct NewConsentLink {
    /// The introduction after it.
    pub introduction: IntroductionView,
    /// What its address ends with: 96 digits from 0 to f.
    pub secret: String,
}

impl NewConsentLink {
    /// The path of its page on this server.
    pub fn path(&self) -> String {
        format!("/consent/{}", self.secret)
    }
}

/// What the page of an open link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentAsked {
    /// What its sender wrote.
    pub message: Purpose,
    /// In which language the page is.
    pub language: Language,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

/// The introduction and the hash that a secret names, where it is written as one.
fn read(secret: &str) -> Option<(IntroductionId, TokenHash)> {
    let is_digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    if secret.len() != SECRET_DIGITS || !secret.bytes().all(is_digit) {
        return None;
    }
    let id = u128::from_str_radix(&secret[..ID_DIGITS], 16).ok()?;
    Some((IntroductionId::new(id), hash(secret)))
}

impl Tertius {
    /// Makes a link by which somebody who is no member answers for themselves, once. One that was
    /// open for their answer ends.
    ///
    /// # Errors
    /// `NotFound` for whom the introduction does not concern; `Refused` for somebody whose answer is
    /// not waited for, who is a member, or does not stand after the viewer on the route, for a
    /// message that is blank or too long, and for more days than 90; `Forbidden` for those who only
    /// read.
    pub async fn offer_consent_link(
        &self,
        viewer: &Viewer,
        draft: &ConsentLinkDraft,
    ) -> ServiceResult<NewConsentLink> {
        viewer.needs(Role::Member)?;
        let message = Purpose::new(&draft.message).map_err(|e| refuse_text("message", &e))?;
        let days = draft.days.unwrap_or(DAYS.0);
        if !(1..=DAYS.1).contains(&days) {
            let message = format!("leave it open for 1 to {} days", DAYS.1);
            return Err(ServiceError::refused(RefusalCode::Invalid, "expiresInDays", message));
        }
        let (secret, hash) = self.new_secret(&format!("{:032x}", draft.id.value()));
        let now = self.clock.now();
        self.change_links(viewer, draft.id, |desk, introduction| {
            let whose = whose_answer(desk, introduction, draft.of, now)?;
            let link = ConsentLink {
                hash,
                whose,
                by: viewer.member(),
                message: message.clone(),
                language: draft.language,
                created_at: now,
                expires_at: now.plus_ms(i64::from(days) * DAY_MS),
                ended_at: None,
            };
            let with_link = introduction.with_link(&desk.actor(introduction).actor(), link);
            with_link.map_err(|error| refuse_move(&error, "personId"))
        })
        .await?;
        let introduction = self.introduction(viewer, draft.id).await?;
        Ok(NewConsentLink { introduction, secret })
    }

    /// Ends the links that the viewer made for an introduction, or those for one person's answer.
    ///
    /// # Errors
    /// `NotFound` for whom the introduction does not concern; `Refused` for who is not on its route;
    /// `Forbidden` for those who only read.
    pub async fn revoke_consent_links(
        &self,
        viewer: &Viewer,
        id: IntroductionId,
        of: Option<PersonId>,
    ) -> ServiceResult<IntroductionView> {
        viewer.needs(Role::Member)?;
        let now = self.clock.now();
        self.change_links(viewer, id, |desk, introduction| {
            let whose = of.map(|of| on_route(desk, introduction, of)).transpose()?;
            let is_meant = |link: &ConsentLink| {
                link.by == viewer.member() && whose.is_none_or(|whose| link.whose == whose)
            };
            Ok(introduction.without_links(is_meant, now))
        })
        .await?;
        self.introduction(viewer, id).await
    }

    /// Changes the links of an introduction, and nothing else of it.
    async fn change_links(
        &self,
        viewer: &Viewer,
        id: IntroductionId,
        change: impl Fn(&Desk, &Introduction) -> ServiceResult<Introduction>,
    ) -> ServiceResult<()> {
        let mut refusal = None;
        for _ in 0..TRIES {
            let desk = Desk::of(self, viewer).await?;
            let before = self.seen_introduction(&desk, id).await?;
            let next = change(&desk, &before.value)?;
            if next == before.value {
                return Ok(());
            }
            let expects = vec![Expect::Revision(id.into(), before.revision)];
            let changes = vec![Change::PutIntroduction(next)];
            let batch = self.batch(viewer, self.fresh_batch(), expects, changes);
            match self.apply(&batch).await {
                Ok(_) => return Ok(()),
                Err(error) => refusal = Some(worth_another_try(error)?),
            }
        }
        Err(refusal.expect("it was tried").into())
    }

    /// What the page of a link says; nothing where it is not open, for whatever reason. To look
    /// changes nothing.
    ///
    /// # Errors
    /// `Busy` where links of one introduction are tried too often.
    pub async fn consent_asked(&self, secret: &str) -> ServiceResult<Option<ConsentAsked>> {
        let Some((id, hash)) = self.tried(secret)? else { return Ok(None) };
        let Some(found) = self.linked(id, hash).await? else { return Ok(None) };
        let link = found.value.open_link(hash, self.clock.now());
        Ok(link.map(|link| ConsentAsked {
            message: link.message.clone(),
            language: link.language,
            expires_at: link.expires_at.min(found.value.expires_at.unwrap_or(link.expires_at)),
        }))
    }

    /// Records the answer of whoever holds an open link, which ends it: of several who try at the
    /// same moment, one is heard. Returns what the page said, or nothing where it was not open.
    ///
    /// # Errors
    /// `Busy` where links of one introduction are tried too often; `Refused` where whoever would be
    /// asked next cannot be asked now, which leaves it open.
    pub async fn answer_consent(
        &self,
        secret: &str,
        answer: LinkAnswer,
    ) -> ServiceResult<Option<ConsentAsked>> {
        let Some((id, hash)) = self.tried(secret)? else { return Ok(None) };
        let mut refusal = None;
        for _ in 0..TRIES {
            let Some(before) = self.linked(id, hash).await? else { return Ok(None) };
            let now = self.clock.now();
            let Some(link) = before.value.open_link(hash, now) else { return Ok(None) };
            let next = before.value.answered_by_link(hash, answer, now);
            let next = next.expect("it is open");
            let more = match answer {
                LinkAnswer::Never => vec![self.tell_never(link.whose)],
                LinkAnswer::Yes | LinkAnswer::No => Vec::new(),
            };
            let batch = self.fresh_batch();
            match self.put_introduction(Author::System, batch, (&before, next), more).await {
                Ok(()) => {
                    let (message, language) = (link.message.clone(), link.language);
                    let expires_at = link.expires_at;
                    return Ok(Some(ConsentAsked { message, language, expires_at }));
                }
                Err(error) => refusal = Some(worth_another_try(error)?),
            }
        }
        Err(refusal.expect("it was tried").into())
    }

    /// What a secret names, once the try was counted.
    fn tried(&self, secret: &str) -> ServiceResult<Option<(IntroductionId, TokenHash)>> {
        let Some((id, hash)) = read(secret) else { return Ok(None) };
        let counted = self.count_try(id);
        counted.map_err(|retry_after_ms| {
            let reason = "this link was tried too often";
            ServiceError::Busy { reason, retry_after_ms }
        })?;
        Ok(Some((id, hash)))
    }

    /// The introduction that a secret names, while whoever sent it may still send it, and whoever
    /// answers by it has no login.
    async fn linked(
        &self,
        id: IntroductionId,
        hash: TokenHash,
    ) -> ServiceResult<Option<Versioned<Introduction>>> {
        let found = self.store.introductions(&[id]).await?.pop().flatten();
        let Some(found) = found else { return Ok(None) };
        let Some(link) = found.value.links.iter().find(|link| link.hash == hash) else {
            return Ok(None);
        };
        let (recorded, members) = (self.recorded(), self.store.all_members().await?);
        let active = || members.iter().map(|member| &member.value).filter(|member| member.active);
        let whose = recorded.person(link.whose);
        let may_send = active().any(|member| member.id == link.by);
        let is_member = active().any(|member| recorded.person(member.person) == whose);
        Ok((may_send && !is_member).then_some(found))
    }

    /// That somebody does not want to be asked again, in their own words: for the team to see, and
    /// for every search to obey.
    fn tell_never(&self, person: PersonId) -> Change {
        let system = SystemName::new("consent link").expect("these are plain words");
        let attestation = Attestation {
            source: Source { system, import: None },
            recorder: Author::System,
            basis: LawfulBasis::Consent,
            audience: Audience::TEAM,
            recorded_at: self.clock.now(),
            retracted_at: None,
        };
        let person = self.recorded().person(person);
        Change::Tell(Telling::new(Claim::AskLimit { person, per_month: 0 }, attestation))
    }
}

fn on_route(desk: &Desk, introduction: &Introduction, who: PersonId) -> ServiceResult<PersonId> {
    desk.on_route(introduction, who).ok_or_else(|| {
        let message = "nobody on its route is that";
        ServiceError::refused(RefusalCode::NotFound, "personId", message)
    })
}

/// Who is named, or the first outside whose answer it waits for.
fn whose_answer(
    desk: &Desk,
    introduction: &Introduction,
    named: Option<PersonId>,
    now: Timestamp,
) -> ServiceResult<PersonId> {
    if let Some(named) = named {
        return on_route(desk, introduction, named);
    }
    let actor = desk.actor(introduction);
    let mut awaited = introduction.waits_for(now).into_iter().filter_map(|awaited| match awaited {
        Awaited::Person(who) if !actor.actor().insiders.contains(&who) => Some(who),
        _ => None,
    });
    awaited.next().filter(|_| introduction.state_at(now).awaits_answer()).ok_or_else(|| {
        let message = "it waits for no answer of somebody outside";
        ServiceError::refused(RefusalCode::Transition, "personId", message)
    })
}
