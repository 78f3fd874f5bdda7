//! Dated facts that people had to do with each other.

use serde::{Deserialize, Serialize};

use super::{Day, Identifier, PersonId, Probability, Reason, SystemName, Timestamp};

/// From so many recipients on, a message says nothing about two people (docs/SCIENCE.md,
/// "Kinds of evidence").
pub const CROWD_MIN: usize = 20;

/// The most people that one piece of evidence may name.
pub const PARTICIPANTS_MAX: usize = 1_000;

/// How well somebody says that two people know each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closeness {
    /// They have met.
    Weak,
    /// They know each other well.
    Good,
    /// They are close.
    Close,
    /// A score that another system gave.
    Score(Probability),
}

/// Who says so; of each one's statements about a tie the newest counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// A person.
    Person(PersonId),
    /// Another system.
    System(SystemName),
}

/// What happened between people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// One wrote a mail.
    Mail,
    /// One wrote a message: chat, LinkedIn.
    Message,
    /// One answered another on a mailing list.
    ListAnswer,
    /// They talked by phone or video.
    Call,
    /// They met.
    Meeting,
    /// Somebody introduced them to each other.
    Introduction,
    /// They are connected on a network such as LinkedIn.
    Connection,
    /// Somebody stated how well they know each other.
    Statement {
        /// How well.
        closeness: Closeness,
        /// Who says so.
        by: Speaker,
    },
    /// One of two people says how strong their tie is, whatever else is known of it, until a day.
    /// It goes from whoever says so to the other.
    Override {
        /// How strong; 0 for a tie along which nobody shall ask.
        strength: Probability,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
        /// The last day on which it counts.
        until: Day,
    },
}

impl EvidenceKind {
    /// Whether it goes from one to others, rather than between all of them.
    pub const fn is_directed(&self) -> bool {
        matches!(self, Self::Mail | Self::Message | Self::ListAnswer | Self::Override { .. })
    }

    /// Whether people turned to each other, rather than being connected or spoken of.
    pub const fn is_contact(&self) -> bool {
        !self.is_of_a_pair()
    }

    /// Whether it is between two people and never more.
    const fn is_of_a_pair(&self) -> bool {
        matches!(self, Self::Connection | Self::Statement { .. } | Self::Override { .. })
    }

    /// Its name, as stores and exports write it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Message => "message",
            Self::ListAnswer => "list_answer",
            Self::Call => "call",
            Self::Meeting => "meeting",
            Self::Introduction => "introduction",
            Self::Connection => "connection",
            Self::Statement { .. } => "statement",
            Self::Override { .. } => "override",
        }
    }
}

/// Somebody who took part, with the identifier as it was read, so that a later merge of two
/// persons, or its undoing, loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Participant {
    /// Who it was, as far as was known when it was recorded.
    pub person: PersonId,
    /// The identifier as it was read.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub read_as: Option<Identifier>,
}

impl From<PersonId> for Participant {
    fn from(person: PersonId) -> Self {
        Self { person, read_as: None }
    }
}

/// Evidence that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEvidence {
    /// Nobody else took part.
    #[error("evidence needs two different people")]
    Alone,
    /// More people than can be taken.
    #[error("evidence names {0} people, but {PARTICIPANTS_MAX} are the most")]
    TooMany(usize),
    /// Two people connect, or are spoken of; not more.
    #[error("a {kind} is between two people, not {count}")]
    NotAPair {
        /// What it is.
        kind: &'static str,
        /// How many people were named.
        count: usize,
    },
    /// Nobody overrides what was, nor for good.
    #[error(
        "an override of {from} ends on that day at the earliest and on {last} at the latest, not on {until}"
    )]
    OverrideEnd {
        /// The day on which it was made.
        from: Day,
        /// The latest day on which it may end.
        last: Day,
        /// The day that was given.
        until: Day,
    },
}

/// One piece of evidence: at least two different people, the sender first where there is one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    kind: EvidenceKind,
    at: Timestamp,
    participants: Vec<Participant>,
}

impl Evidence {
    /// Evidence of a kind at a moment; where the kind is directed, the first participant is who
    /// wrote, or overrides. Repeated people are taken once.
    ///
    /// # Errors
    /// When fewer than two different people, or too many, are named; when an override lasts longer
    /// than a year, or ends before it begins.
    pub fn new(
        kind: EvidenceKind,
        at: Timestamp,
        participants: impl IntoIterator<Item = Participant>,
    ) -> Result<Self, BadEvidence> {
        let mut people: Vec<Participant> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for participant in participants {
            if seen.insert(participant.person) {
                people.push(participant);
            }
        }
        if let EvidenceKind::Override { until, .. } = kind {
            let (from, last) = (at.day(), at.day().a_year_later());
            if !(from..=last).contains(&until) {
                return Err(BadEvidence::OverrideEnd { from, last, until });
            }
        }
        let pair_only = kind.is_of_a_pair();
        match people.len() {
            0 | 1 => Err(BadEvidence::Alone),
            count if count > PARTICIPANTS_MAX => Err(BadEvidence::TooMany(count)),
            count if pair_only && count > 2 => {
                Err(BadEvidence::NotAPair { kind: kind.name(), count })
            }
            _ => Ok(Self { kind, at, participants: people }),
        }
    }

    /// What happened.
    pub fn kind(&self) -> &EvidenceKind {
        &self.kind
    }

    /// When it happened.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Who took part; the sender first where the kind is directed.
    pub fn participants(&self) -> &[Participant] {
        &self.participants
    }

    /// How many people were spoken to: everybody but one.
    pub fn recipients(&self) -> usize {
        self.participants.len() - 1
    }

    /// The pairs of people that it speaks of, each once, the lower id first; none for a crowd.
    pub fn pairs(&self) -> Vec<(PersonId, PersonId, Direction)> {
        if self.recipients() >= CROWD_MIN {
            return Vec::new();
        }
        let people: Vec<PersonId> = self.participants.iter().map(|p| p.person).collect();
        let senders = if self.kind.is_directed() { 1 } else { people.len() };
        let mut pairs = Vec::new();
        for (at, &from) in people.iter().enumerate().take(senders) {
            for &to in &people[at + 1..] {
                let direction = match (self.kind.is_directed(), from < to) {
                    (false, _) => Direction::Mutual,
                    (true, true) => Direction::Forth,
                    (true, false) => Direction::Back,
                };
                pairs.push((from.min(to), from.max(to), direction));
            }
        }
        pairs
    }
}

impl<'de> Deserialize<'de> for Evidence {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Parts {
            kind: EvidenceKind,
            at: Timestamp,
            participants: Vec<Participant>,
        }
        let parts = Parts::deserialize(deserializer)?;
        Self::new(parts.kind, parts.at, parts.participants).map_err(serde::de::Error::custom)
    }
}

/// Which way evidence runs between two people, seen from the one with the lower id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the lower id to the higher.
    Forth,
    /// From the higher id to the lower.
    Back,
    /// Both ways at once.
    Mutual,
}

/// One piece of evidence as it bears on one pair of people: all that a fold needs.
#[derive(Debug, Clone, PartialEq)]
pub struct PairEvidence {
    /// The fact that it is.
    pub fact: super::FactId,
    /// What happened.
    pub kind: EvidenceKind,
    /// Which way.
    pub direction: Direction,
    /// When.
    pub at: Timestamp,
    /// When we learnt it.
    pub recorded_at: Timestamp,
    /// How many people were spoken to.
    pub recipients: u16,
    /// How much of it the team may see.
    pub level: super::Level,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(kind: EvidenceKind, people: &[u128]) -> Result<Evidence, BadEvidence> {
        let people = people.iter().map(|&id| PersonId::new(id).into());
        Evidence::new(kind, Timestamp::from_ms(0), people)
    }

    fn pairs(kind: EvidenceKind, people: &[u128]) -> Vec<(u128, u128, Direction)> {
        let pairs = evidence(kind, people).unwrap().pairs();
        pairs.into_iter().map(|(a, b, way)| (a.value(), b.value(), way)).collect()
    }

    #[test]
    fn a_mail_joins_its_writer_with_each_reader_and_no_two_readers() {
        use Direction::{Back, Forth};
        assert_eq!(pairs(EvidenceKind::Mail, &[2, 1, 3]), [(1, 2, Back), (2, 3, Forth)]);
    }

    #[test]
    fn a_meeting_joins_everybody_with_everybody() {
        let found = pairs(EvidenceKind::Meeting, &[3, 1, 2]);
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|&(a, b, way)| a < b && way == Direction::Mutual));
    }

    #[test]
    fn a_crowd_joins_nobody() {
        let people: Vec<u128> = (0..21).collect();
        assert!(pairs(EvidenceKind::Mail, &people).is_empty());
        assert_eq!(pairs(EvidenceKind::Mail, &people[..20]).len(), 19);
    }

    #[test]
    fn nobody_writes_to_himself_alone() {
        assert_eq!(evidence(EvidenceKind::Mail, &[1, 1]), Err(BadEvidence::Alone));
        let error = evidence(EvidenceKind::Connection, &[1, 2, 3]).unwrap_err();
        assert_eq!(error, BadEvidence::NotAPair { kind: "connection", count: 3 });
    }

    #[test]
    fn an_override_goes_from_its_owner_and_ends_within_a_year() {
        let today: Day = "2026-11-23".parse().unwrap();
        let until = |until: Day| {
            let strength = Probability::new(0.2).unwrap();
            let kind = EvidenceKind::Override { strength, reason: None, until };
            Evidence::new(kind, today.start(), [2, 1].map(|id| PersonId::new(id).into()))
        };
        let pairs = until(today).unwrap().pairs();
        assert_eq!(pairs, [(PersonId::new(1), PersonId::new(2), Direction::Back)]);
        assert!(until(today.plus(365)).is_ok());
        for wrong in [today.plus(-1), today.plus(366)] {
            assert!(matches!(until(wrong), Err(BadEvidence::OverrideEnd { .. })), "{wrong}");
        }
    }

    #[test]
    fn json_cannot_smuggle_in_what_the_constructor_refuses() {
        let good = serde_json::to_string(&evidence(EvidenceKind::Mail, &[1, 2]).unwrap()).unwrap();
        assert!(serde_json::from_str::<Evidence>(&good).is_ok());
        let alone = good.replace("00002", "00001");
        assert!(serde_json::from_str::<Evidence>(&alone).is_err());
    }
}
