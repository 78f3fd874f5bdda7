//! A yes, and links by which people without a login give it.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

use crate::{
    model::{self, Login},
    service::{ConsentLinkDraft, ConsentLinkView, Vantage},
};

use super::{
    context::{tertius, viewer},
    error::{answer, bad_input},
    input::id,
    introduction::Introduction,
    member::Role,
    payload::payloads,
    person::{Person, load_person},
    requires_role::requires_role,
    scalar::DateTime,
};

/// In which language somebody is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Language")]
pub enum Language {
    /// English.
    English,
    /// German.
    German,
}

/// A yes that stands.
#[derive(Debug, Clone)]
pub struct Consent {
    /// What was recorded.
    pub(super) given: model::Consent,
    /// The login of who recorded it.
    pub(super) login: Option<Login>,
}

/// A yes that stands.
#[Object]
impl Consent {
    /// Who said yes.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.given.who, Vantage::NOW).await
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        DateTime(self.given.at)
    }

    /// By which member it was recorded; null where they are in the team no more, and by a link.
    async fn recorded_by_login(&self) -> Option<&str> {
        self.login.as_ref().map(Login::as_str)
    }

    /// Whether they said it themselves, by a link that was sent to them.
    async fn by_link(&self) -> bool {
        self.given.by_link
    }

    /// Whether somebody else recorded it for them: they said so elsewhere.
    async fn reported(&self) -> bool {
        self.given.report.is_some()
    }

    /// How a reported yes is known.
    async fn how(&self) -> Option<&str> {
        self.given.report.as_ref().map(|report| report.how.as_str())
    }

    /// When a reported yes was given.
    async fn said_at(&self) -> Option<DateTime> {
        self.given.report.as_ref().map(|report| DateTime(report.said_at))
    }
}

/// A link by which somebody without a login answers for themselves, once. Its secret was shown when
/// it was made, and never again.
#[derive(Debug, Clone)]
pub struct ConsentLink {
    view: ConsentLinkView,
}

impl From<ConsentLinkView> for ConsentLink {
    fn from(view: ConsentLinkView) -> Self {
        Self { view }
    }
}

/// A link by which somebody without a login answers for themselves, once.
#[Object]
impl ConsentLink {
    /// Whose answer it takes.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.view.whose, Vantage::NOW).await
    }

    /// All that its page tells of the introduction.
    async fn message(&self) -> &str {
        self.view.message.as_str()
    }

    /// The language of its page.
    async fn language(&self) -> Language {
        self.view.language.into()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.view.created_at)
    }

    /// From when on it cannot be used.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.view.expires_at)
    }

    /// Whether it can be used now: not after an answer, however it came.
    async fn open(&self) -> bool {
        self.view.is_open
    }
}

/// A link to make, for somebody who is no member.
#[derive(Debug, Clone, InputObject)]
pub struct CreateConsentLinkInput {
    /// Of which introduction.
    introduction_id: ID,
    /// Whose answer it takes; of whoever outside it waits for, if nobody is named.
    person_id: Option<ID>,
    /// All that its page tells of the introduction, in 1,000 characters at most. Whoever opens the
    /// link reads it.
    message: String,
    /// The language of its page; English if nothing is said.
    language: Option<Language>,
    /// For how many days it is open, from 1 to 90; 14 if nothing is said. It ends with the
    /// introduction in any case.
    expires_in_days: Option<i32>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Links to end.
#[derive(Debug, Clone, InputObject)]
#[expect(clippy::struct_field_names, reason = "the schema names ids so")]
pub struct RevokeConsentLinksInput {
    /// Of which introduction.
    introduction_id: ID,
    /// Only those for this person's answer.
    person_id: Option<ID>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// A link that was made just now.
#[derive(Debug, Clone)]
pub struct NewConsentLink {
    made: crate::service::NewConsentLink,
}

/// A link that was made just now.
#[Object]
impl NewConsentLink {
    /// The introduction after it.
    async fn introduction(&self) -> Introduction {
        self.made.introduction.clone().into()
    }

    /// The path of its page on this server, with the secret: shown this once. To open the page
    /// changes nothing.
    async fn path(&self) -> String {
        self.made.path()
    }
}

impl From<crate::service::NewConsentLink> for NewConsentLink {
    fn from(made: crate::service::NewConsentLink) -> Self {
        Self { made }
    }
}

payloads! {
    /// What came of making a link.
    CreateConsentLinkPayload {
        /// The link; null where it was refused.
        link: NewConsentLink
    }
    /// What came of ending links.
    RevokeConsentLinksPayload {
        /// The introduction after it; null where that was refused.
        introduction: Introduction
    }
}

/// Making links by which people without a login answer, and ending them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Consenting;

/// Making links by which people without a login answer, and ending them.
#[Object]
impl Consenting {
    /// Makes a link by which somebody who is no member answers for themselves, once. One that was open
    /// for their answer ends.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn create_consent_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which introduction, for whom, what it says.")]
        input: CreateConsentLinkInput,
    ) -> Result<CreateConsentLinkPayload> {
        let days = input.expires_in_days.map(u16::try_from).transpose().map_err(|_| {
            bad_input(Some("expiresInDays"), "expiresInDays: leave it open for 1 to 90 days")
        })?;
        let draft = ConsentLinkDraft {
            id: id("introductionId", &input.introduction_id)?,
            of: input.person_id.map(|who| id("personId", &who)).transpose()?,
            message: input.message,
            language: input.language.map(Into::into).unwrap_or_default(),
            days,
        };
        let done = tertius(ctx)?.offer_consent_link(viewer(ctx)?, &draft).await;
        Ok(CreateConsentLinkPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Ends the links that you made for an introduction.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn revoke_consent_links(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which introduction, for whose answer.")]
        input: RevokeConsentLinksInput,
    ) -> Result<RevokeConsentLinksPayload> {
        let which = id("introductionId", &input.introduction_id)?;
        let of = input.person_id.map(|who| id("personId", &who)).transpose()?;
        let done = tertius(ctx)?.revoke_consent_links(viewer(ctx)?, which, of).await;
        Ok(RevokeConsentLinksPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}
