//! Pages: how much was asked for, and what came.

use super::{ServiceError, ServiceResult, Tertius};

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageRequest {
    /// How many entries; the default where nothing is said.
    pub first: Option<usize>,
    /// After which entry: a cursor of the same list.
    pub after: Option<String>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The entries, each with its cursor.
    pub entries: Vec<(String, T)>,
    /// Whether more follow.
    pub has_next: bool,
    /// Whether it was asked for after a cursor, so that others came before.
    pub began_after: bool,
}

impl<T> Page<T> {
    /// A page with nothing on it.
    pub fn empty() -> Self {
        Self { entries: Vec::new(), has_next: false, began_after: false }
    }

    /// The entries without their cursors.
    pub fn into_nodes(self) -> Vec<T> {
        self.entries.into_iter().map(|(_, node)| node).collect()
    }
}

impl Tertius {
    /// A page of a list that is at hand as a whole; `list` names it in its cursors.
    ///
    /// # Errors
    /// `Invalid` for a size or cursor that cannot be.
    pub fn cut<T>(
        &self,
        all: Vec<T>,
        list: &'static str,
        request: &PageRequest,
    ) -> ServiceResult<Page<T>> {
        cut(all, list, self.page_size(request.first)?, request.after.as_deref())
    }

    /// How many entries are wanted, within the limits.
    pub(super) fn page_size(&self, first: Option<usize>) -> ServiceResult<usize> {
        bounded(first, self.limits.page_default, self.limits.page_max)
    }
}

/// A number of entries within its limits.
pub(super) fn bounded(first: Option<usize>, default: usize, max: usize) -> ServiceResult<usize> {
    match first {
        None => Ok(default.min(max)),
        Some(first) if (1..=max).contains(&first) => Ok(first),
        Some(first) => {
            Err(ServiceError::invalid("first", format!("{first} is not from 1 to {max}")))
        }
    }
}

/// Cuts a page out of a list that is at hand as a whole; the cursors are `list` and a position.
pub(super) fn cut<T>(
    all: Vec<T>,
    list: &'static str,
    size: usize,
    after: Option<&str>,
) -> ServiceResult<Page<T>> {
    let from = match after {
        None => 0,
        Some(cursor) => position(cursor, list)? + 1,
    };
    let has_next = all.len() > from.saturating_add(size);
    let entries = all.into_iter().enumerate().skip(from).take(size);
    let entries = entries.map(|(at, node)| (format!("{list}:{at}"), node)).collect();
    Ok(Page { entries, has_next, began_after: after.is_some() })
}

/// The position that a cursor of a list names.
pub(super) fn position(cursor: &str, list: &'static str) -> ServiceResult<usize> {
    cursor
        .strip_prefix(list)
        .and_then(|rest| rest.strip_prefix(':'))
        .and_then(|rest| rest.parse::<usize>().ok())
        .filter(|&at| at < usize::MAX)
        .ok_or_else(|| foreign_cursor(list))
}

/// A cursor that was not given out for this list.
pub(super) fn foreign_cursor(list: &'static str) -> ServiceError {
    ServiceError::invalid(
        "after",
        format!("this is no cursor of {list}; take `endCursor` of a page of the same list"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_in_a_row_are_the_whole_list() {
        let all: Vec<u32> = (0..7).collect();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = cut(all.clone(), "numbers", 3, after.as_deref()).unwrap();
            let more = page.has_next;
            after = page.entries.last().map(|(cursor, _)| cursor.clone());
            seen.extend(page.into_nodes());
            if !more {
                break;
            }
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        for cursor in ["", "letters:1", "numbers:", "numbers:-1", "numbers:99999999999999999999"] {
            assert!(cut(vec![1], "numbers", 1, Some(cursor)).is_err(), "{cursor}");
        }
        assert!(bounded(Some(0), 20, 100).is_err() && bounded(Some(101), 20, 100).is_err());
        assert_eq!(bounded(Some(100), 20, 100).unwrap(), 100);
    }
}
