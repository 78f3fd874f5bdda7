//! What tells one person or company from another: addresses, profile pages, foreign ids, domains.

use std::{fmt, str::FromStr};

use email_address::EmailAddress;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{BadText, SystemName};

/// The longest profile address or foreign id, in characters.
const VALUE_CHARS_MAX: usize = 500;

/// A mail address, kept as it was read and compared without case and plus-tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailAddress(Box<str>);

impl MailAddress {
    /// Checks an address.
    ///
    /// # Errors
    /// When it is not one by RFC 5321 and 5322, display names excluded.
    pub fn new(text: &str) -> Result<Self, BadText> {
        let text = text.trim();
        let options = email_address::Options::default().without_display_text();
        EmailAddress::parse_with_options(text, options)
            .map(|_| Self(text.into()))
            .map_err(|_| BadText::malformed(text, "a mail address such as ana@example.org"))
    }

    /// The address as it was read.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text that somebody signed in by is this address. It is the same but for the case
    /// of plain letters: what stands behind a plus may be somebody else's at another provider, and
    /// some letters look alike in one case alone.
    pub fn is_signed_in_as(&self, text: &str) -> bool {
        self.0.eq_ignore_ascii_case(text)
    }

    /// The form in which addresses are compared: lower case, without a plus-tag.
    pub fn folded(&self) -> String {
        let lower = self.0.to_lowercase();
        match lower.rsplit_once('@') {
            Some((local, domain)) => {
                let local = local.split_once('+').map_or(local, |(before, _)| before);
                format!("{local}@{domain}")
            }
            None => lower,
        }
    }
}

/// The domain of a company, in lower case and without `www.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(Box<str>);

impl Domain {
    /// Checks a domain; a whole web address is cut down to it.
    ///
    /// # Errors
    /// When there is no domain in it.
    pub fn new(text: &str) -> Result<Self, BadText> {
        let lower = text.trim().to_lowercase();
        let host = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
        let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host).trim_end_matches('.');
        let label_is_fine = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let fine = host.len() <= 253 && host.contains('.') && host.split('.').all(label_is_fine);
        fine.then(|| Self(host.into()))
            .ok_or_else(|| BadText::malformed(text, "a domain such as example.org"))
    }

    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The address of a profile page, in the form in which two are compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileUrl(Box<str>);

impl ProfileUrl {
    /// Checks and normalises: lower case, without scheme, `www.`, query, fragment and last slash.
    ///
    /// # Errors
    /// When no host and path are in it.
    pub fn new(text: &str) -> Result<Self, BadText> {
        let wanted = "the address of a profile page";
        let lower = text.trim().to_lowercase();
        let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let rest = rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/');
        let fine = rest.chars().count() <= VALUE_CHARS_MAX
            && rest
                .split_once('/')
                .is_some_and(|(host, path)| host.contains('.') && !path.is_empty())
            && !rest.chars().any(|c| c.is_whitespace() || c.is_control());
        fine.then(|| Self(rest.into())).ok_or_else(|| BadText::malformed(text, wanted))
    }

    /// The normalised address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text_serde {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

text_serde!(MailAddress, Domain, ProfileUrl);

/// What names a person outside of this installation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identifier {
    /// A mail address.
    Mail(MailAddress),
    /// A profile page.
    Profile(ProfileUrl),
    /// The id in another system.
    External {
        /// Which system.
        system: SystemName,
        /// Its id there.
        id: Box<str>,
    },
}

impl Identifier {
    /// An id of another system.
    ///
    /// # Errors
    /// When it is empty or longer than 500 characters.
    pub fn external(system: SystemName, id: &str) -> Result<Self, BadText> {
        let (what, max) = ("the id in another system", VALUE_CHARS_MAX);
        let id = id.trim();
        match id.chars().count() {
            0 => Err(BadText::Empty { what }),
            length if length > max => Err(BadText::TooLong { what, length, max }),
            _ => Ok(Self::External { system, id: id.into() }),
        }
    }

    /// The identifier as people write it: an address, a page, a foreign id.
    pub fn text(&self) -> String {
        match self {
            Self::Mail(address) => address.to_string(),
            Self::Profile(url) => url.to_string(),
            Self::External { id, .. } => id.to_string(),
        }
    }

    /// The text by which two identifiers are one: `mail:ana@example.org`, `profile:…`, `crm:7`.
    pub fn key(&self) -> String {
        match self {
            Self::Mail(address) => format!("mail:{}", address.folded()),
            Self::Profile(url) => format!("profile:{url}"),
            Self::External { system, id } => format!("external:{system}:{id}"),
        }
    }
}

impl FromStr for Identifier {
    type Err = BadText;

    /// Reads a mail address or the address of a profile page.
    fn from_str(text: &str) -> Result<Self, BadText> {
        if text.contains('@') {
            MailAddress::new(text).map(Self::Mail)
        } else {
            ProfileUrl::new(text).map(Self::Profile)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_case_and_plus_tag_but_kept_as_read() {
        let read = MailAddress::new(" Ana.Silva+News@Example.ORG ").unwrap();
        assert_eq!(read.as_str(), "Ana.Silva+News@Example.ORG");
        assert_eq!(read.folded(), "ana.silva@example.org");
        assert!(MailAddress::new("Ana <ana@example.org>").is_err());
        assert!(MailAddress::new("nobody").is_err());
    }

    #[test]
    fn a_domain_is_found_in_a_web_address() {
        assert_eq!(
            Domain::new("https://www.Globex.example/about?x=1").unwrap().as_str(),
            "globex.example"
        );
        for text in ["", "localhost", "-a.example", "a b.example", "a..example"] {
            assert!(Domain::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn two_ways_to_write_a_profile_page_are_one() {
        let a = ProfileUrl::new("https://www.linkedin.com/in/Ana-Silva/?trk=x").unwrap();
        assert_eq!(a, ProfileUrl::new("linkedin.com/in/ana-silva").unwrap());
        assert!(ProfileUrl::new("linkedin.com").is_err());
    }
}
