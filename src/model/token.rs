//! What lets a program, or a browser, act as a member.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{BadText, MemberId, Name, Role, Timestamp, TokenId};

/// The SHA-256 hash of a secret; the secret itself is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TokenHash(pub [u8; 32]);

/// One thing that a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// To see what is recorded.
    Read,
    /// To record and correct.
    Write,
    /// To write what is seen to files.
    Export,
    /// To bring files in, and take them back.
    Import,
}

impl Scope {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Export, Self::Import];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Export => "export",
            Self::Import => "import",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = BadText;

    fn from_str(text: &str) -> Result<Self, BadText> {
        let found = Self::ALL.into_iter().find(|scope| scope.as_str() == text);
        found.ok_or_else(|| BadText::malformed(text, "a scope: read, write, export or import"))
    }
}

/// What a token may be used for; everything where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Whether one of them is there.
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether others allow at least as much.
    pub fn are_within(&self, others: &Self) -> bool {
        self.0.is_subset(&others.0)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl Default for Scopes {
    fn default() -> Self {
        Self(Scope::ALL.into())
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

/// What lets a program, or a browser, act as a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Which token.
    pub id: TokenId,
    /// Whom it acts as.
    pub member: MemberId,
    /// Its hash.
    pub hash: TokenHash,
    /// What it is for; the first ones had no name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The most it may do.
    pub role: Role,
    /// What it may be used for.
    #[serde(default)]
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back, if it was.
    pub revoked_at: Option<Timestamp>,
}

impl Token {
    /// Whether it may be used at a moment.
    pub fn is_valid_at(&self, moment: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| moment < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_from_before_names_and_scopes_may_do_everything_its_role_may() {
        let mut hash = "[".to_owned();
        hash.push_str(&"7,".repeat(31));
        hash.push_str("7]");
        let old = format!(
            r#"{{"id":"{}","member":"{}","hash":{hash},"role":"admin",
                "created_at":0,"expires_at":null,"revoked_at":null}}"#,
            TokenId::new(1),
            MemberId::new(2)
        );
        let token: Token = serde_json::from_str(&old).unwrap();
        assert_eq!((token.name, token.scopes), (None, Scopes::default()));
    }

    #[test]
    fn scopes_are_within_those_that_allow_as_much() {
        let read: Scopes = [Scope::Read].into_iter().collect();
        assert!(read.are_within(&Scopes::default()) && !Scopes::default().are_within(&read));
        assert!(read.allow(Scope::Read) && !read.allow(Scope::Write));
        assert!("admin".parse::<Scope>().is_err());
    }
}
