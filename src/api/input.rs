//! Arguments to values.

use std::{fmt::Display, str::FromStr};

use async_graphql::{ID, Result};

use crate::service::PageRequest;

use super::{error::bad_input, global_id::GlobalId};

/// Reads an id of the kind that is needed, and of which day it speaks.
pub(super) fn global_id<T>(argument: &'static str, id: &ID) -> Result<GlobalId<T>>
where
    T: FromStr<Err: Display>,
{
    id.parse().map_err(|error| bad_input(Some(argument), format!("{argument}: {error}")))
}

/// Reads an id of the kind that is needed, of something as it is now: the past is not changed.
pub(super) fn id<T>(argument: &'static str, id: &ID) -> Result<T>
where
    T: FromStr<Err: Display>,
{
    let GlobalId { id, as_of } = global_id(argument, id)?;
    match as_of {
        None => Ok(id),
        Some(day) => {
            let message =
                format!("{argument}: this id names a past day, {day}; leave out `@{day}`");
            Err(bad_input(Some(argument), message))
        }
    }
}

/// Reads ids of the kind that is needed, of what is now.
pub(super) fn ids<T>(argument: &'static str, list: Option<&Vec<ID>>) -> Result<Vec<T>>
where
    T: FromStr<Err: Display>,
{
    list.into_iter().flatten().map(|one| id(argument, one)).collect()
}

/// Reads an id in a question that has a day of its own: only whom it names counts, whenever.
pub(super) fn named_id<T>(argument: &'static str, id: &ID) -> Result<T>
where
    T: FromStr<Err: Display>,
{
    Ok(global_id(argument, id)?.id)
}

/// Reads ids in a question that has a day of its own.
pub(super) fn named_ids<T>(argument: &'static str, list: Option<&Vec<ID>>) -> Result<Vec<T>>
where
    T: FromStr<Err: Display>,
{
    list.into_iter().flatten().map(|one| named_id(argument, one)).collect()
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
