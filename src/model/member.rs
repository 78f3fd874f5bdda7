//! Who uses the installation.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{BadText, MailAddress, MemberId, PersonId, Revision};

/// What a member may do; each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads, records, asks for introductions.
    Member,
    /// And looks after partners and lists.
    PartnerManager,
    /// And looks after the installation.
    Admin,
}

/// The name by which a member is called on the command line: a lower-case word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Login(Box<str>);

impl Login {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Login {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        if (1..=40).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(BadText::malformed(text, "a login: 1 to 40 of a-z, 0-9, dot, dash, underscore"))
        }
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Login {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A member: a login, the person it stands for, and that person's addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Which member.
    pub id: MemberId,
    /// The name on the command line.
    pub login: Login,
    /// The person it stands for.
    pub person: PersonId,
    /// That person's own addresses.
    pub addresses: Vec<MailAddress>,
    /// What the member may do.
    pub role: Role,
    /// Whether the member belongs to the team today.
    pub active: bool,
}

/// A record with how often it was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The record.
    pub value: T,
    /// How often it was changed.
    pub revision: Revision,
}
