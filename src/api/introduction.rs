//! Introductions: what is asked, who said yes, where they stand.

use async_graphql::{Context, Enum, ID, Object, Result};

use crate::{
    model::{self, Author, Login, Move, PersonId, Timestamp},
    service::{self, IntroductionView, Vantage},
};

use super::{
    company::{Company, load_company},
    consent::{Consent, ConsentLink},
    context::{tertius, viewer},
    cost::per_entry,
    error::fail,
    list::NamedList,
    node::or_nothing,
    person::{Person, load_person},
    scalar::DateTime,
};

/// Where an introduction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::IntroductionState")]
pub enum IntroductionState {
    /// Nobody was asked yet.
    Draft,
    /// A connector was asked.
    AskedConnector,
    /// The first connector said yes, and the next one was asked.
    AskedNextConnector,
    /// A connector brings two people together of their own accord, and both were asked.
    AskedBoth,
    /// A connector said no.
    DeclinedByConnector,
    /// The target was asked.
    AskedTarget,
    /// The target said no.
    DeclinedByTarget,
    /// The seeker said no to an introduction that a connector started.
    DeclinedBySeeker,
    /// Everybody said yes.
    Consented,
    /// They were introduced.
    Introduced,
    /// They met.
    Met,
    /// It is over, with an outcome.
    Closed,
    /// Nobody answered in time.
    Expired,
    /// Whoever began it took it back.
    Withdrawn,
}

/// What came of an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "IntroductionOutcome", remote = "model::Outcome")]
pub enum Outcome {
    /// What it was asked for.
    AsHoped,
    /// Something else that was worth it.
    Useful,
    /// Nothing.
    Nothing,
    /// They never met.
    NeverMet,
}

/// Who began an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "IntroductionStart", remote = "model::Start")]
pub enum Start {
    /// The seeker asked.
    Seeker,
    /// The connector thinks that the two should meet.
    Connector,
}

/// What can be done with an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::Doing")]
pub enum IntroductionMove {
    /// Ask the first connector, or both ends.
    Ask,
    /// Let a request through to a connector who wants that.
    Approve,
    /// Say yes.
    Agree,
    /// Say no, or take a yes back.
    Decline,
    /// Say nothing: to everybody else it looks like no answer yet, and, when it expires, like no
    /// answer.
    KeepSilent,
    /// Say that they are introduced.
    Introduce,
    /// Say that they met.
    Meet,
    /// Close it, with what came of it.
    Close,
    /// Take it back.
    Withdraw,
}

fn doing(made: Move) -> IntroductionMove {
    match made {
        Move::Ask => IntroductionMove::Ask,
        Move::Approve(_) => IntroductionMove::Approve,
        Move::Agree(_) => IntroductionMove::Agree,
        Move::Decline(_) => IntroductionMove::Decline,
        Move::Introduce => IntroductionMove::Introduce,
        Move::Meet => IntroductionMove::Meet,
        Move::Close(_) => IntroductionMove::Close,
        Move::Withdraw => IntroductionMove::Withdraw,
    }
}

const fn whose(made: Move) -> Option<PersonId> {
    match made {
        Move::Approve(who) | Move::Agree(who) | Move::Decline(who) => Some(who),
        _ => None,
    }
}

/// A connector of an introduction.
#[derive(Debug, Clone)]
pub struct IntroductionConnector {
    person: PersonId,
    asked_at: Option<Timestamp>,
}

/// A connector of an introduction.
#[Object]
impl IntroductionConnector {
    /// Who it is.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.person, Vantage::NOW).await
    }

    /// When they were asked; null while they are not, and where they began it.
    async fn asked_at(&self) -> Option<DateTime> {
        self.asked_at.map(DateTime)
    }
}

/// A move that was made with an introduction: dated and signed.
#[derive(Debug, Clone)]
pub struct IntroductionTransition {
    step: model::Transition,
    login: Option<Login>,
}

/// A move that was made with an introduction: dated and signed.
#[Object]
impl IntroductionTransition {
    /// What was done.
    #[graphql(name = "move")]
    async fn made(&self) -> IntroductionMove {
        doing(self.step.made)
    }

    /// Whose answer it was; null where it was nobody's in particular.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(who) = whose(self.step.made) else { return Ok(None) };
        load_person(ctx, who, Vantage::NOW).await
    }

    /// When it was recorded.
    async fn at(&self) -> DateTime {
        DateTime(self.step.at)
    }

    /// By which member it was recorded; null where they are in the team no more, and by a link.
    async fn by_login(&self) -> Option<&str> {
        self.login.as_ref().map(Login::as_str)
    }

    /// Whether they answered themselves, by a link that was sent to them.
    async fn by_link(&self) -> bool {
        self.step.by_link
    }

    /// Whether somebody else recorded it for them.
    async fn reported(&self) -> bool {
        self.step.report.is_some()
    }
}

/// A move that you may make now.
#[derive(Debug, Clone)]
pub struct AllowedTransition {
    allowed: service::AllowedMove,
}

/// A move that you may make now.
#[Object]
impl AllowedTransition {
    /// What you may do.
    #[graphql(name = "move")]
    async fn made(&self) -> IntroductionMove {
        self.allowed.doing.into()
    }

    /// Whose answer you would report, and must say how you know it; null for your own.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(who) = self.allowed.of else { return Ok(None) };
        load_person(ctx, who, Vantage::NOW).await
    }
}

/// A request for an introduction, as far as it concerns you.
#[derive(Debug, Clone)]
pub struct Introduction {
    view: IntroductionView,
}

impl Introduction {
    /// The login of a member who recorded something; nothing where they are in the team no more.
    fn login(&self, by: Author) -> Option<Login> {
        by.member().and_then(|member| self.view.logins.get(&member).cloned())
    }
}

impl From<IntroductionView> for Introduction {
    fn from(view: IntroductionView) -> Self {
        Self { view }
    }
}

/// A request for an introduction. It is seen by whoever began it, by each connector and the target
/// from the moment they are asked, and by who lets a request through; by nobody else.
#[Object]
impl Introduction {
    /// The id: `introduction_` and 32 digits from 0 to f.
    pub async fn id(&self) -> ID {
        self.view.id.to_string().into()
    }

    /// How often it was changed; name it as `expectedRevision`.
    async fn revision(&self) -> i32 {
        self.view.revision.0 as i32
    }

    /// Where it stands now.
    async fn state(&self) -> IntroductionState {
        self.view.state.into()
    }

    /// Who wants the introduction, or is offered it.
    async fn seeker(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.view.seeker, Vantage::NOW).await
    }

    /// Through whom, in order from the seeker; three at most.
    #[graphql(directive = per_entry::apply(3))]
    async fn connectors(&self) -> Vec<IntroductionConnector> {
        let connectors = self.view.connectors.iter();
        connectors.map(|&(person, asked_at)| IntroductionConnector { person, asked_at }).collect()
    }

    /// Who is to be met.
    async fn target(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.view.target, Vantage::NOW).await
    }

    /// Who began it.
    async fn started_by(&self) -> Start {
        self.view.start.into()
    }

    /// What for.
    async fn purpose(&self) -> &str {
        self.view.purpose.as_str()
    }

    /// For which account.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        let Some(account) = self.view.account else { return Ok(None) };
        load_company(ctx, account, Vantage::NOW).await
    }

    /// For which list; only whoever began it is told.
    async fn list(&self, ctx: &Context<'_>) -> Result<Option<NamedList>> {
        let Some(list) = self.view.list else { return Ok(None) };
        let found = or_nothing(tertius(ctx)?.list(viewer(ctx)?, list).await);
        Ok(found.map_err(|error| fail(ctx, error))?.map(NamedList::from))
    }

    /// Which variant of the message was sent; only whoever began it is told.
    async fn variant(&self) -> Option<&str> {
        self.view.variant.as_ref().map(model::Tag::as_str)
    }

    /// When it was written down.
    async fn created_at(&self) -> DateTime {
        DateTime(self.view.created_at)
    }

    /// Until when it waits; null where it waits for nobody.
    async fn expires_at(&self) -> Option<DateTime> {
        self.view.expires_at.map(DateTime)
    }

    /// For whom it waits: for answers, then for the connector to introduce them.
    #[graphql(directive = per_entry::apply(3))]
    async fn waits_for(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let loads = self.view.waits_for.iter().map(|&who| load_person(ctx, who, Vantage::NOW));
        let people = futures_util::future::try_join_all(loads).await?;
        Ok(people.into_iter().flatten().collect())
    }

    /// Whether it waits for you.
    async fn waits_for_you(&self) -> bool {
        self.view.is_waiting_for_me
    }

    /// Who said yes and did not take it back, in order.
    #[graphql(directive = per_entry::apply(4))]
    async fn consents(&self) -> Vec<Consent> {
        let given = self.view.consents.iter().cloned();
        given.map(|given| Consent { login: self.login(given.by), given }).collect()
    }

    /// What was done, in order; empty for one that was recorded as it stood.
    #[graphql(directive = per_entry::apply(10))]
    async fn history(&self) -> Vec<IntroductionTransition> {
        let steps = self.view.history.iter().cloned();
        steps.map(|step| IntroductionTransition { login: self.login(step.by), step }).collect()
    }

    /// What came of it; null while it is not closed.
    async fn outcome(&self) -> Option<Outcome> {
        self.view.outcome.map(Into::into)
    }

    /// What you may do now, for buttons.
    #[graphql(directive = per_entry::apply(5))]
    async fn allowed_transitions(&self) -> Vec<AllowedTransition> {
        self.view.allowed.iter().map(|&allowed| AllowedTransition { allowed }).collect()
    }

    /// Since when you keep silent about it; nobody else is told, and you may still answer.
    async fn silent_since(&self) -> Option<DateTime> {
        self.view.silent_since.map(DateTime)
    }

    /// The links by which others may answer that you made, the newest first; those that ended too.
    #[graphql(directive = per_entry::apply(5))]
    async fn consent_links(&self) -> Vec<ConsentLink> {
        self.view.links.iter().cloned().map(ConsentLink::from).collect()
    }

    /// Whether you began it.
    async fn mine(&self) -> bool {
        self.view.is_mine
    }
}
