//! Questions about introductions, and the doors through which they change.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use crate::{
    model,
    service::{
        self, Advance, FunnelQuestion, IntroductionDraft, IntroductionFilter as Filter, Waiting,
    },
};

use super::{
    connection::{Listed, connection},
    context::{tertius, viewer},
    cost::{per_page, weighing},
    error::{answer, bad_input, fail},
    input::{id, ids, page},
    introduction::{Introduction, IntroductionMove, IntroductionState, Outcome},
    member::Role,
    node::or_nothing,
    payload::payloads,
    requires_role::requires_role,
    scalar::{Date, DateTime},
};

/// For whom introductions wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Waiting")]
pub enum WaitingFor {
    /// For you.
    ForMe,
    /// For somebody else.
    ForOthers,
}

/// Which introductions are wanted; all that concern you where nothing is said.
#[derive(Debug, Clone, Default, InputObject)]
pub struct IntroductionFilter {
    /// Only those that wait for you, or for somebody else.
    waiting: Option<WaitingFor>,
    /// Only those in one of these states.
    states: Option<Vec<IntroductionState>>,
    /// Only those that you began.
    mine: Option<bool>,
}

/// An introduction to ask for, or, as a connector, to start between two others.
#[derive(Debug, Clone, InputObject)]
pub struct RequestIntroductionInput {
    /// To whom.
    target_id: ID,
    /// Through whom, in order from you; one to three. Leave it out where you are the connector.
    connector_ids: Option<Vec<ID>>,
    /// Whom you, as the connector, bring together with the target: both are asked.
    seeker_id: Option<ID>,
    /// What for, in 1,000 characters at most. Whoever is asked reads it.
    purpose: String,
    /// For which account.
    account_id: Option<ID>,
    /// For which list; you alone are told.
    list_id: Option<ID>,
    /// Which variant of the message you send, in a word or a few; you alone are told.
    variant: Option<String>,
    /// How many days each who is asked has to answer, from 1 to 90; 14 if nothing is said.
    answer_days: Option<i32>,
    /// Whether it stays a draft, of which nobody is told.
    draft: Option<bool>,
    /// A key of yours: a second call with it does nothing, and answers alike.
    idempotency_key: Option<String>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// A move to make with an introduction.
#[derive(Debug, Clone, InputObject)]
pub struct AdvanceIntroductionInput {
    /// With which.
    introduction_id: ID,
    /// What to do: one of `allowedTransitions`.
    #[graphql(name = "move")]
    made: IntroductionMove,
    /// Whose answer you report; your own if nobody is named. Members answer for themselves.
    person_id: Option<ID>,
    /// How you know the answer of somebody else: "on the phone".
    how: Option<String>,
    /// When they gave it; now if nothing is said.
    said_at: Option<DateTime>,
    /// What came of it, where you close it.
    outcome: Option<Outcome>,
    /// The revision for which you decided; where it has moved on, nothing is done.
    expected_revision: Option<i32>,
    /// A key of yours: a second call with it does nothing, and answers alike.
    idempotency_key: Option<String>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

payloads! {
    /// What came of asking for an introduction.
    RequestIntroductionPayload {
        /// The introduction; null where it was refused.
        introduction: Introduction
    }
    /// What came of a move.
    AdvanceIntroductionPayload {
        /// The introduction as it stands now; null where the move was refused.
        introduction: Introduction
    }
}

/// How far introductions came, of those that you see; no number is greater than the one before it.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct IntroductionFunnel {
    /// How many were asked for.
    asked: i32,
    /// Of those, to how many all connectors said yes.
    agreed: i32,
    /// Of those, to how many everybody said yes.
    consented: i32,
    /// Of those, how many were introduced.
    introduced: i32,
    /// Of those, how many met.
    met: i32,
    /// Of those, of how many came what was hoped for.
    as_hoped: i32,
}

impl From<service::Funnel> for IntroductionFunnel {
    fn from(counts: service::Funnel) -> Self {
        let service::Funnel { asked, agreed, consented, introduced, met, as_hoped } = counts;
        Self {
            asked: asked as i32,
            agreed: agreed as i32,
            consented: consented as i32,
            introduced: introduced as i32,
            met: met as i32,
            as_hoped: as_hoped as i32,
        }
    }
}

/// How many introductions somebody gave and received, of those that you see.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct IntroductionBalance {
    /// How many they made for others, as connectors.
    given: i32,
    /// How many were made for them, as seekers.
    received: i32,
}

impl From<service::Balance> for IntroductionBalance {
    fn from(balance: service::Balance) -> Self {
        Self { given: balance.given as i32, received: balance.received as i32 }
    }
}

/// Questions about introductions.
#[derive(Debug, Clone, Copy, Default)]
pub struct IntroductionQuestions;

/// Questions about introductions.
#[Object]
impl IntroductionQuestions {
    /// The introductions that concern you, the newest first.
    #[graphql(directive = per_page::apply(0))]
    async fn introductions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which; all if nothing is said.")] filter: Option<IntroductionFilter>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Introduction>> {
        let filter = filter.unwrap_or_default();
        let filter = Filter {
            waiting: filter.waiting.map(Into::into),
            states: filter.states.unwrap_or_default().into_iter().map(Into::into).collect(),
            only_mine: filter.mine.unwrap_or_default(),
        };
        let request = page(first, after)?;
        let found = tertius(ctx)?.introductions(viewer(ctx)?, &filter, &request).await;
        Ok(connection(found.map_err(|error| fail(ctx, error))?, Introduction::from))
    }

    /// An introduction; null where it does not concern you.
    async fn introduction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the introduction.")] id: ID,
    ) -> Result<Option<Introduction>> {
        let which = super::input::id("id", &id)?;
        let found = or_nothing(tertius(ctx)?.introduction(viewer(ctx)?, which).await);
        Ok(found.map_err(|error| fail(ctx, error))?.map(Introduction::from))
    }

    /// How far the introductions came that concern you.
    #[graphql(directive = weighing::apply(20))]
    async fn introduction_funnel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Written down on this day or later.")] from: Option<Date>,
        #[graphql(desc = "Written down on this day or before.")] to: Option<Date>,
        #[graphql(desc = "Only through this person.")] connector_id: Option<ID>,
    ) -> Result<IntroductionFunnel> {
        let connector = connector_id.map(|who| id("connectorId", &who)).transpose()?;
        let question = FunnelQuestion { from: from.map(|d| d.0), to: to.map(|d| d.0), connector };
        let counted = tertius(ctx)?.introduction_funnel(viewer(ctx)?, &question).await;
        Ok(counted.map_err(|error| fail(ctx, error))?.into())
    }

    /// How many introductions a person gave and received, of those that concern you.
    #[graphql(directive = weighing::apply(20))]
    async fn introduction_balance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the person.")] person_id: ID,
    ) -> Result<IntroductionBalance> {
        let person = id("personId", &person_id)?;
        let counted = tertius(ctx)?.introduction_balance(viewer(ctx)?, person).await;
        Ok(counted.map_err(|error| fail(ctx, error))?.into())
    }
}

/// Asking for introductions, and answering.
#[derive(Debug, Clone, Copy, Default)]
pub struct Introducing;

/// Asking for introductions, and answering.
#[Object]
impl Introducing {
    /// Asks for an introduction, or, as a connector, starts one between two others. The limits of
    /// whoever is asked first are obeyed; of the others, when their turn comes.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn request_introduction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To whom, through whom, what for.")] input: RequestIntroductionInput,
    ) -> Result<RequestIntroductionPayload> {
        let draft = IntroductionDraft {
            seeker: input.seeker_id.map(|who| id("seekerId", &who)).transpose()?,
            connectors: ids("connectorIds", input.connector_ids.as_ref())?,
            target: id("targetId", &input.target_id)?,
            purpose: input.purpose,
            account: input.account_id.map(|account| id("accountId", &account)).transpose()?,
            list: input.list_id.map(|list| id("listId", &list)).transpose()?,
            variant: input.variant,
            answer_days: input.answer_days.map(days).transpose()?,
            is_draft: input.draft.unwrap_or_default(),
            idempotency_key: input.idempotency_key,
        };
        let done = tertius(ctx)?.request_introduction(viewer(ctx)?, draft).await;
        Ok(RequestIntroductionPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Makes a move with an introduction: the one door from state to state.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn advance_introduction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "With which, what, and whose answer it is.")]
        input: AdvanceIntroductionInput,
    ) -> Result<AdvanceIntroductionPayload> {
        let expected = input.expected_revision.map(u32::try_from).transpose();
        let expected = expected.map_err(|_| {
            bad_input(Some("expectedRevision"), "expectedRevision: no revision is below 0")
        })?;
        let advance = Advance {
            id: id("introductionId", &input.introduction_id)?,
            doing: input.made.into(),
            of: input.person_id.map(|who| id("personId", &who)).transpose()?,
            how: input.how,
            said_at: input.said_at.map(|at| at.0),
            outcome: input.outcome.map(model::Outcome::from),
            expected_revision: expected,
            idempotency_key: input.idempotency_key,
        };
        let done = tertius(ctx)?.advance_introduction(viewer(ctx)?, &advance).await;
        Ok(AdvanceIntroductionPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}

fn days(days: i32) -> Result<u16> {
    let message = "answerDays: give them 1 to 90 days to answer";
    u16::try_from(days).map_err(|_| bad_input(Some("answerDays"), message))
}
