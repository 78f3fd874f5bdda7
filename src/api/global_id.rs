//! Ids as a client has them: what is seen as of a past day is another node than what is seen today,
//! so that nobody's cache mixes the two.
//!
//! The one place that knows the form: the id, and, of the past, `@` and the day.

use std::{fmt::Display, str::FromStr};

use async_graphql::ID;

use crate::{model::Day, service::Vantage};

/// What stands between an id and its day; no id has it, and no day.
const AS_OF: char = '@';

/// An id, and as of which past day it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GlobalId<T> {
    pub(super) id: T,
    pub(super) as_of: Option<Day>,
}

/// How a client calls what is seen as of a day. A hypothesis is kept nowhere, so no id names one.
pub(super) fn node_id(id: impl Display, seen: impl Into<Vantage>) -> ID {
    match seen.into().day {
        Some(day) => format!("{id}{AS_OF}{day}").into(),
        None => id.to_string().into(),
    }
}

impl<T: FromStr<Err: Display>> FromStr for GlobalId<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (id, day) = match text.split_once(AS_OF) {
            Some((id, day)) => (id, Some(day)),
            None => (text, None),
        };
        let id = id.parse().map_err(|error: T::Err| error.to_string())?;
        let as_of = day.map(str::parse).transpose();
        let as_of = as_of.map_err(|error| format!("what follows `{AS_OF}` is no day: {error}"))?;
        Ok(Self { id, as_of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PersonId;

    #[test]
    fn an_id_of_a_past_day_survives_its_text() {
        let id = PersonId::new(7);
        for as_of in [None, Some("2026-09-01".parse().unwrap())] {
            let text = node_id(id, as_of);
            assert_eq!(text.parse(), Ok(GlobalId { id, as_of }), "{}", text.as_str());
        }
        assert!(node_id(id, None).ends_with("0007"));
    }

    #[test]
    fn what_is_no_day_is_said_to_be_none() {
        let id = PersonId::new(7);
        for day in ["", "yesterday", "2026-02-30", "2026-09-01@2026-09-02"] {
            let error = format!("{id}@{day}").parse::<GlobalId<PersonId>>().unwrap_err();
            assert!(error.starts_with("what follows `@` is no day: "), "{error}");
        }
        let error = "someone@orbit.example".parse::<GlobalId<PersonId>>().unwrap_err();
        assert!(error.contains("is not an id"), "{error}");
    }
}
