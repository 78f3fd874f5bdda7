//! A request for an introduction, with its states.

use serde::{Deserialize, Serialize};

use super::{IntroductionId, PersonId, Purpose, Timestamp};

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
    /// A connector said no.
    DeclinedByConnector,
    /// The target was asked.
    AskedTarget,
    /// The target said no.
    DeclinedByTarget,
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
        matches!(self, Self::AskedConnector | Self::AskedTarget | Self::Consented)
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
    /// When; nothing while it is only a draft.
    pub asked_at: Option<Timestamp>,
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

/// A request for an introduction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// Which introduction.
    pub id: IntroductionId,
    /// Who, through whom, to whom.
    pub route: Route,
    /// What for.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: IntroductionState,
    /// When it was written down.
    pub created_at: Timestamp,
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
