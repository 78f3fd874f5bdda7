//! Arguments to values.

use std::{fmt::Display, str::FromStr};

use async_graphql::{ID, Result};

use crate::service::PageRequest;

use super::error::bad_input;

/// Reads an id of the kind that is needed.
pub(super) fn id<T>(argument: &'static str, id: &ID) -> Result<T>
where
    T: FromStr<Err: Display>,
{
    id.parse().map_err(|error| bad_input(Some(argument), format!("{argument}: {error}")))
}

/// Reads ids of the kind that is needed.
pub(super) fn ids<T>(argument: &'static str, list: Option<&Vec<ID>>) -> Result<Vec<T>>
where
    T: FromStr<Err: Display>,
{
    list.into_iter().flatten().map(|one| id(argument, one)).collect()
}

/// Reads how much of a list is wanted.
pub(super) fn page(first: Option<i32>, after: Option<String>) -> Result<PageRequest> {
    Ok(PageRequest { first: count("first", first)?, after })
}

/// Reads a number of things, which is not negative.
pub(super) fn count(argument: &'static str, number: Option<i32>) -> Result<Option<usize>> {
    let negative = |_| bad_input(Some(argument), format!("{argument}: a number below 0 is none"));
    number.map(usize::try_from).transpose().map_err(negative)
}
