//! Texts that people typed: trimmed, bounded, printable.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// A text that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadText {
    /// Nothing but white space.
    #[error("{what} is empty")]
    Empty {
        /// Which text.
        what: &'static str,
    },
    /// More than fits.
    #[error("{what} has {length} characters, but {max} are the most")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// Not of the form that is needed.
    #[error("`{text}` is not {wanted}")]
    Malformed {
        /// What was given, cut to a readable length.
        text: String,
        /// What was needed.
        wanted: &'static str,
    },
}

impl BadText {
    pub(super) fn malformed(text: &str, wanted: &'static str) -> Self {
        Self::Malformed { text: text.chars().take(60).collect(), wanted }
    }
}

/// Trims, turns every run of white space and control characters into one space, and checks the
/// length.
fn clean(text: &str, what: &'static str, max: usize) -> Result<String, BadText> {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let mut clean = String::with_capacity(text.len().min(max));
    let mut length = 0;
    for word in words.filter(|word| !word.is_empty()) {
        length += word.chars().count() + usize::from(!clean.is_empty());
        if length <= max {
            if !clean.is_empty() {
                clean.push(' ');
            }
            clean.push_str(word);
        }
    }
    match length {
        0 => Err(BadText::Empty { what }),
        length if length > max => Err(BadText::TooLong { what, length, max }),
        _ => Ok(clean),
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident($what:literal, $max:literal)),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// The most characters it may have.
            pub const CHARS_MAX: usize = $max;

            /// Cleans and checks a text.
            ///
            /// # Errors
            /// When nothing is left of it, or too much.
            pub fn new(text: &str) -> Result<Self, BadText> {
                clean(text, $what, $max).map(|clean| Self(clean.into()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
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

texts! {
    /// The name of a person, a company or a list.
    Name("the name", 200),
    /// A job title.
    Title("the title", 200),
    /// A word on a person or a company.
    Tag("the tag", 100),
    /// The name of a system that told us something, such as `linkedin`.
    SystemName("the name of the system", 60),
    /// A note on a person.
    NoteText("the note", 2_000),
    /// What a note is about, in a word or a few.
    Topic("the topic", 60),
    /// Why somebody overrides a strength, or erases a person.
    Reason("the reason", 300),
    /// What somebody wants an introduction for.
    Purpose("the purpose", 1_000),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_its_gaps_are_single_spaces() {
        assert_eq!(Name::new("  Ana \u{0007}\t María\n").unwrap().as_str(), "Ana María");
    }

    #[test]
    fn an_empty_or_endless_name_is_refused() {
        assert_eq!(Name::new(" \n\u{0} "), Err(BadText::Empty { what: "the name" }));
        let error = Name::new(&"é".repeat(201)).unwrap_err();
        assert_eq!(error, BadText::TooLong { what: "the name", length: 201, max: 200 });
        assert!(Name::new(&"é".repeat(200)).is_ok());
    }
}
