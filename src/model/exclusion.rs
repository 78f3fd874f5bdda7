//! Whom nothing may be imported of.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Author, BadText, Domain, ExclusionId, Identifier, PersonId, Timestamp};

/// What is never imported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Excluded {
    /// Whoever has an address at a domain, and the company there.
    Domain(Domain),
    /// Whoever has an address, a profile page or a foreign id.
    Person(Identifier),
    /// Whoever would be recorded under this id, which is made of an address, a page, a foreign id or
    /// a name with the secret of the store, so that it does not tell whom.
    Erased(PersonId),
}

impl Excluded {
    /// The text by which two are one, as [`Identifier::key`] and identity keys write it.
    pub fn key(&self) -> String {
        match self {
            Self::Domain(domain) => format!("domain:{}", domain.as_str()),
            Self::Person(identifier) => identifier.key(),
            Self::Erased(person) => person.to_string(),
        }
    }
}

impl FromStr for Excluded {
    type Err = BadText;

    /// Reads a mail address, a profile page or a domain.
    fn from_str(text: &str) -> Result<Self, BadText> {
        let bare = text.trim().trim_start_matches('@');
        let after_scheme = bare.split_once("://").map_or(bare, |(_, rest)| rest);
        let is_page = after_scheme.trim_end_matches('/').contains('/');
        if bare.contains('@') || is_page {
            return bare.parse().map(Self::Person);
        }
        Domain::new(bare).map(Self::Domain)
    }
}

/// That nothing is imported of somebody, from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// Which exclusion; what is excluded makes it.
    pub id: ExclusionId,
    /// Of whom.
    pub excluded: Excluded,
    /// Who said so.
    pub author: Author,
    /// Since when.
    pub since: Timestamp,
    /// When it was lifted, if it was.
    pub lifted_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_pages_and_domains_are_told_apart() {
        for (text, key) in [
            ("Ana@Example.org", "mail:ana@example.org"),
            ("https://www.linkedin.com/in/Ana/", "profile:linkedin.com/in/ana"),
            ("example.org", "domain:example.org"),
            ("@example.org", "domain:example.org"),
            ("https://example.org/", "domain:example.org"),
        ] {
            assert_eq!(text.parse::<Excluded>().unwrap().key(), key, "{text}");
        }
        assert!("nothing".parse::<Excluded>().is_err());
    }
}
