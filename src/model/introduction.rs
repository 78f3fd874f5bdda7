//! A request for an introduction, with its states.

use serde::{Deserialize, Serialize};

use super::{
    Author, BatchId, CompanyId, ConsentLink, IntroductionId, ListId, MemberId, PersonId, Purpose,
    Reason, Tag, Timestamp,
};

/// The most connectors of one introduction.
pub const CONNECTORS_MAX: usize = 3;

/// Where an introduction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// The seeker took it back.
    Withdrawn,
}

impl IntroductionState {
    /// Whether somebody still waits for somebody.
    pub const fn is_open(self) -> bool {
        self.awaits_answer() || matches!(self, Self::Consented)
    }

    /// Whether somebody was asked and has not answered.
    pub const fn awaits_answer(self) -> bool {
        matches!(
            self,
            Self::AskedConnector | Self::AskedNextConnector | Self::AskedTarget | Self::AskedBoth
        )
    }

    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::AskedConnector => "asked connector",
            Self::AskedNextConnector => "asked next connector",
            Self::AskedBoth => "asked both",
            Self::DeclinedByConnector => "declined by connector",
            Self::AskedTarget => "asked target",
            Self::DeclinedByTarget => "declined by target",
            Self::DeclinedBySeeker => "declined by seeker",
            Self::Consented => "consented",
            Self::Introduced => "introduced",
            Self::Met => "met",
            Self::Closed => "closed",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// An introduction that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadIntroduction {
    /// A path has one to three connectors.
    #[error("an introduction needs 1 to {CONNECTORS_MAX} connectors, not {0}")]
    Connectors(usize),
    /// Somebody would be introduced to, or by, themselves.
    #[error("{0} is named twice")]
    Twice(PersonId),
}

/// A connector who was asked, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Who was asked.
    pub connector: PersonId,
    /// When; nothing while they are not asked yet.
    pub asked_at: Option<Timestamp>,
    /// Who must let the request through to the connector first, if the connector wants that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver: Option<MemberId>,
}

impl Ask {
    /// A connector who is not asked yet.
    pub const fn of(connector: PersonId) -> Self {
        Self { connector, asked_at: None, approver: None }
    }
}

/// Who is brought together by whom; nobody is named twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Route {
    seeker: PersonId,
    asks: Vec<Ask>,
    target: PersonId,
}

impl Route {
    /// Checks a route.
    ///
    /// # Errors
    /// When there are no, or too many, connectors, or somebody is named twice.
    pub fn new(
        seeker: PersonId,
        asks: Vec<Ask>,
        target: PersonId,
    ) -> Result<Self, BadIntroduction> {
        if asks.is_empty() || asks.len() > CONNECTORS_MAX {
            return Err(BadIntroduction::Connectors(asks.len()));
        }
        let mut seen = std::collections::HashSet::from([seeker]);
        let others = asks.iter().map(|ask| ask.connector).chain([target]);
        for person in others {
            if !seen.insert(person) {
                return Err(BadIntroduction::Twice(person));
            }
        }
        Ok(Self { seeker, asks, target })
    }

    /// Who wants the introduction.
    pub fn seeker(&self) -> PersonId {
        self.seeker
    }

    /// Who makes it, in order from the seeker.
    pub fn asks(&self) -> &[Ask] {
        &self.asks
    }

    /// Who is to be met.
    pub fn target(&self) -> PersonId {
        self.target
    }

    /// All of them: the seeker, the connectors in order, the target.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        let connectors = self.asks.iter().map(|ask| ask.connector);
        [self.seeker].into_iter().chain(connectors).chain([self.target])
    }

    /// Notes that a connector was asked.
    pub(super) fn note_asked(&mut self, nth: usize, at: Timestamp) {
        self.asks[nth].asked_at = Some(at);
    }
}

impl<'de> Deserialize<'de> for Route {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Parts {
            seeker: PersonId,
            asks: Vec<Ask>,
            target: PersonId,
        }
        let parts = Parts::deserialize(deserializer)?;
        Self::new(parts.seeker, parts.asks, parts.target).map_err(serde::de::Error::custom)
    }
}

/// Who began it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// The seeker asks.
    #[default]
    Seeker,
    /// The one connector thinks that the two should meet, and asks both.
    Connector,
}

/// What came of an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// How many days somebody has to answer, unless the one who asks says otherwise.
pub const ANSWER_DAYS: u16 = 14;

/// What an introduction carries besides its route and purpose.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Carried {
    /// Who began it.
    #[serde(default)]
    pub start: Start,
    /// For which account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<CompanyId>,
    /// For which list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ListId>,
    /// Which variant of the message was sent; never its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<Tag>,
    /// How many days each who is asked has to answer; [`ANSWER_DAYS`] where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_days: Option<u16>,
}

/// What somebody does with an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// The first connector is asked, or both ends where a connector starts.
    Ask,
    /// The approver lets the request through to a connector.
    Approve(PersonId),
    /// Somebody says yes.
    Agree(PersonId),
    /// Somebody says no, or takes their yes back.
    Decline(PersonId),
    /// The last connector brings them together.
    Introduce,
    /// They met.
    Meet,
    /// It is over.
    Close(Outcome),
    /// Whoever began it takes it back.
    Withdraw,
}

/// How a yes or no of somebody outside is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How they said it: "on the phone".
    pub how: Reason,
    /// When they said it.
    pub said_at: Timestamp,
}

/// A move that was made: dated and signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// When it was recorded; never before the one before it.
    pub at: Timestamp,
    /// Who recorded it.
    pub by: Author,
    /// What was done.
    pub made: Move,
    /// By which batch it was recorded, so that a call that is repeated is known again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
    /// How it is known, where somebody else said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// Whether whoever answered did so themselves, by a link that was sent to them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_link: bool,
}

impl Transition {
    /// A move of which no more is known.
    pub const fn of(by: Author, made: Move, at: Timestamp) -> Self {
        Self { at, by, made, batch: None, report: None, by_link: false }
    }
}

/// A request for an introduction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// Which introduction.
    pub id: IntroductionId,
    /// Who, through whom, to whom.
    pub route: Route,
    /// What for.
    pub purpose: Purpose,
    /// Where it stands, as far as it was recorded: see [`state_at`](Self::state_at).
    pub state: IntroductionState,
    /// When it was written down.
    pub created_at: Timestamp,
    /// What it carries besides.
    #[serde(default)]
    pub carried: Carried,
    /// Until when whoever was asked last may answer; nothing where it never ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What was done, in order; empty for those that were recorded as they stood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Transition>,
    /// Links by which people without a login answer, in order; those that ended too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<ConsentLink>,
}

impl Introduction {
    /// One as it stood at a moment, of which no more is known.
    pub fn standing(
        id: IntroductionId,
        route: Route,
        purpose: Purpose,
        (state, created_at): (IntroductionState, Timestamp),
    ) -> Self {
        let (carried, expires_at) = (Carried::default(), None);
        let (history, links) = (Vec::new(), Vec::new());
        Self { id, route, purpose, state, created_at, carried, expires_at, history, links }
    }

    /// Where it stands at a moment: nobody need record that it expired.
    pub fn state_at(&self, now: Timestamp) -> IntroductionState {
        let is_over = self.expires_at.is_some_and(|end| end <= now);
        if is_over && self.state.is_open() { IntroductionState::Expired } else { self.state }
    }

    /// The yes of everybody who said it and did not take it back, in order.
    pub fn consents(&self) -> Vec<Consent> {
        let mut consents: Vec<Consent> = Vec::new();
        for step in &self.history {
            match step.made {
                Move::Agree(who) => {
                    let Transition { at, by, ref report, by_link, .. } = *step;
                    consents.push(Consent { who, at, by, report: report.clone(), by_link });
                }
                Move::Decline(who) => consents.retain(|consent| consent.who != who),
                _ => {}
            }
        }
        consents
    }

    /// What came of it, if it was closed.
    pub fn outcome(&self) -> Option<Outcome> {
        self.history.iter().rev().find_map(|step| match step.made {
            Move::Close(outcome) => Some(outcome),
            _ => None,
        })
    }
}

/// A yes that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who said yes.
    pub who: PersonId,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who recorded it.
    pub by: Author,
    /// How it is known, where they did not say it here themselves.
    pub report: Option<Report>,
    /// Whether they said it themselves, by a link that was sent to them.
    pub by_link: bool,
}

/// That a member will not answer, and nobody is to know: kept apart from the introduction, so that
/// whoever looks at that sees no answer yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Which introduction.
    pub introduction: IntroductionId,
    /// Whose silence.
    pub owner: MemberId,
    /// Since when.
    pub at: Timestamp,
}

/// How often connectors were asked: what their load is made of (docs/SCIENCE.md, "Fatigue").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskOfConnector {
    /// Who was asked.
    pub connector: PersonId,
    /// When.
    pub at: Timestamp,
    /// Whether an answer is still awaited.
    pub open: bool,
}
