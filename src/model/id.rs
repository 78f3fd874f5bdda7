//! Typed ids: a prefix that says what it is, and a 128-bit value, random or a hash.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A text that is not the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    /// It is an id, but of something else.
    #[error("`{text}` is the id of a {found}, but a {wanted} is needed")]
    WrongKind {
        /// What was given.
        text: String,
        /// What it names.
        found: &'static str,
        /// What was needed.
        wanted: &'static str,
    },
    /// It is no id at all.
    #[error("`{text}` is not an id; a {wanted} looks like `{wanted}_` and 32 digits from 0 to f")]
    Malformed {
        /// What was given, cut to a readable length.
        text: String,
        /// What was needed.
        wanted: &'static str,
    },
}

/// How much of a wrong text an error repeats, in characters.
const ECHO_CHARS_MAX: usize = 60;

fn echo(text: &str) -> String {
    match text.char_indices().nth(ECHO_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn parse_value(text: &str, prefix: &'static str) -> Option<u128> {
    let hex = text.strip_prefix(prefix)?.strip_prefix('_')?;
    let plain = hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    plain.then(|| u128::from_str_radix(hex, 16).ok()).flatten()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal),* $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(u128);

            impl $name {
                /// What its text begins with.
                pub const PREFIX: &'static str = $prefix;

                /// An id from a random value.
                pub const fn new(value: u128) -> Self {
                    Self(value)
                }

                /// The random value.
                pub const fn value(self) -> u128 {
                    self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, concat!($prefix, "_{:032x}"), self.0)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl FromStr for $name {
                type Err = BadId;

                fn from_str(text: &str) -> Result<Self, BadId> {
                    if let Some(value) = parse_value(text, $prefix) {
                        return Ok(Self(value));
                    }
                    Err(match AnyId::from_str(text) {
                        Ok(other) => BadId::WrongKind {
                            text: text.to_owned(),
                            found: other.kind(),
                            wanted: $prefix,
                        },
                        Err(_) => BadId::Malformed { text: echo(text), wanted: $prefix },
                    })
                }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                    text.parse().map_err(D::Error::custom)
                }
            }

            impl From<$name> for AnyId {
                fn from(id: $name) -> Self {
                    Self::$name(id)
                }
            }
        )*

        /// An id of any kind.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AnyId {
            $($(#[$doc])* $name($name)),*
        }

        impl AnyId {
            /// The word that its text begins with.
            pub const fn kind(self) -> &'static str {
                match self { $(Self::$name(_) => $prefix),* }
            }

            /// The random value behind the prefix.
            pub const fn value(self) -> u128 {
                match self { $(Self::$name(id) => id.value()),* }
            }

            /// The id of this kind and value, if there is such a kind.
            pub fn of_kind(kind: &str, value: u128) -> Option<Self> {
                match kind { $($prefix => Some($name::new(value).into()),)* _ => None }
            }
        }

        impl fmt::Display for AnyId {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$name(id) => id.fmt(f)),* }
            }
        }

        impl FromStr for AnyId {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                $(if let Some(value) = parse_value(text, $prefix) {
                    return Ok($name::new(value).into());
                })*
                Err(BadId::Malformed { text: echo(text), wanted: "node" })
            }
        }
    };
}

ids! {
    /// The id of a person.
    PersonId = "person",
    /// The id of a company.
    CompanyId = "company",
    /// The id of one employment; it stays when the employment is corrected.
    EmploymentId = "employment",
    /// The id of a relation of two companies.
    RelationId = "relation",
    /// The id of a named list.
    ListId = "list",
    /// The id of a fact, made from its content.
    FactId = "fact",
    /// The id of a member.
    MemberId = "member",
    /// The id of an access token.
    TokenId = "token",
    /// The id of an introduction.
    IntroductionId = "introduction",
    /// The id of a batch; a batch with the same id is recorded once.
    BatchId = "batch",
    /// The id of an import.
    ImportId = "import",
    /// An exclusion from imports.
    ExclusionId = "exclusion",
    /// How strength is computed since some day; a later one has a greater id.
    CalibrationId = "calibration",
    /// The id of an invitation to the team.
    InvitationId = "invitation",
    /// The id of the erasure of a person.
    ErasureId = "erasure",
    /// The id of a rule by which a member shows less of somebody.
    AudienceRuleId = "audience_rule",
    /// The id of what a member wants of those who ask them; made from the member's.
    AskRulesId = "ask_rules",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let id = PersonId::new(0x0123_4567_89ab_cdef_0011_2233_4455_6677);
        assert_eq!(id.to_string(), "person_0123456789abcdef0011223344556677");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().parse(), Ok(AnyId::PersonId(id)));
    }

    #[test]
    fn an_id_of_another_kind_says_which_it_is() {
        let company = CompanyId::new(7).to_string();
        let error = company.parse::<PersonId>().unwrap_err().to_string();
        assert!(error.contains("id of a company, but a person"), "{error}");
    }

    #[test]
    fn nonsense_is_repeated_only_in_part() {
        let error = "x".repeat(100_000).parse::<PersonId>().unwrap_err().to_string();
        assert!(error.len() < 300, "{}", error.len());
        for text in ["", "person_", "person_7", "PERSON_0123456789abcdef0011223344556677"] {
            assert!(text.parse::<PersonId>().is_err(), "{text}");
        }
    }
}
