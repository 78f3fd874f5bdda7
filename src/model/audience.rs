//! Who told us, by what right we keep it, and who may see it.

use serde::{Deserialize, Serialize};

use super::{ImportId, MemberId, SystemName, Timestamp};

/// How much of a fact may be seen; each level holds the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// That there is a tie.
    Tie,
    /// And how strong it is.
    Strength,
    /// And all of it.
    Evidence,
}

/// The people that a fact was told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// All active members.
    Team,
    /// One member alone.
    Owner(MemberId),
}

/// Who may see a fact, and how much of it. Whoever recorded a fact sees all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Audience {
    /// Whom it was told to.
    pub group: Group,
    /// How much of it they may see.
    pub level: Level,
}

impl Audience {
    /// The whole team may see all of it.
    pub const TEAM: Self = Self { group: Group::Team, level: Level::Evidence };

    /// One member alone may see it.
    pub const fn private(owner: MemberId) -> Self {
        Self { group: Group::Owner(owner), level: Level::Evidence }
    }
}

/// The lawful basis on which personal data is kept (GDPR, Article 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LawfulBasis {
    /// The person agreed.
    Consent,
    /// A contract with the person needs it.
    Contract,
    /// A legitimate interest that outweighs the person's.
    LegitimateInterest,
}

/// Where a fact came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The system, such as `linkedin`, `mail` or `manual`.
    pub system: SystemName,
    /// The import that brought it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
}

/// Who did something: a member, or the installation itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The installation itself: a sample, a migration, a job.
    System,
    /// A member.
    Member(MemberId),
}

impl Author {
    /// The member, if it was one.
    pub const fn member(self) -> Option<MemberId> {
        match self {
            Self::Member(member) => Some(member),
            Self::System => None,
        }
    }
}

/// One telling of a fact. A fact may have several, and is visible through any of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Attestation {
    /// Where it came from.
    pub source: Source,
    /// Who recorded it.
    pub recorder: Author,
    /// By what right it is kept.
    pub basis: LawfulBasis,
    /// Who may see it.
    pub audience: Audience,
    /// When we learnt it.
    pub recorded_at: Timestamp,
    /// When it was taken back, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retracted_at: Option<Timestamp>,
}

impl Attestation {
    /// Whether it had been told, and not been taken back, by a moment.
    pub fn stands_at(&self, moment: Timestamp) -> bool {
        self.recorded_at <= moment && self.retracted_at.is_none_or(|back| back > moment)
    }

    /// The members who see all of it whatever the team sees: whoever recorded it, and its owner.
    pub fn insiders(&self) -> [Option<MemberId>; 2] {
        let owner = match self.audience.group {
            Group::Owner(member) => Some(member),
            Group::Team => None,
        };
        [self.recorder.member(), owner]
    }

    /// How much a member may see through this attestation alone; nothing of what was taken back.
    pub fn level_for(&self, member: Option<MemberId>) -> Option<Level> {
        if self.retracted_at.is_some() {
            return None;
        }
        let own = member.is_some() && self.insiders().contains(&member);
        match self.audience.group {
            _ if own => Some(Level::Evidence),
            Group::Team => Some(self.audience.level),
            Group::Owner(_) => None,
        }
    }
}
