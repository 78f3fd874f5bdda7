//! What a document would come to, known before it runs.
//!
//! A fragment that spreads the next one twice, thirty times over, is a short text and a billion
//! fields. The library expands it; we count with a memory of each fragment, in linear time, and
//! refuse first.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{
        DocumentOperations, ExecutableDocument, FragmentDefinition, Selection, SelectionSet,
    },
};

/// The most selections that a document may come to.
pub(super) const SELECTIONS_MAX: u64 = 5_000;
/// The deepest nesting of brackets that is parsed at all.
const BRACKETS_MAX: usize = 64;
/// The most tokens of a document, counted roughly.
const WORDS_MAX: usize = 4_000;

/// Why a document is not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TooMuch {
    #[error("the query comes to more than {SELECTIONS_MAX} fields: ask for less at once")]
    Selections,
    #[error("the query nests brackets deeper than {BRACKETS_MAX}")]
    Brackets,
    #[error("the query has more than {WORDS_MAX} words")]
    Words,
}

/// Measures the text, before anything is made of it.
pub(super) fn measure_text(query: &str) -> Result<(), TooMuch> {
    let (mut depth, mut deepest, mut words, mut in_word) = (0_usize, 0, 0_usize, false);
    for byte in query.bytes() {
        match byte {
            b'{' | b'(' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_word = byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
        words += usize::from(is_word && !in_word) + usize::from(b"{}()[]:!$@=|&".contains(&byte));
        in_word = is_word;
    }
    match (deepest, words) {
        (deepest, _) if deepest > BRACKETS_MAX => Err(TooMuch::Brackets),
        (_, words) if words > WORDS_MAX => Err(TooMuch::Words),
        _ => Ok(()),
    }
}

/// Measures what the operations of a document come to when every fragment is spread.
pub(super) fn measure(document: &ExecutableDocument) -> Result<(), TooMuch> {
    let mut memo = HashMap::new();
    let operations: Vec<&SelectionSet> = match &document.operations {
        DocumentOperations::Single(operation) => vec![&operation.node.selection_set.node],
        DocumentOperations::Multiple(all) => {
            all.values().map(|operation| &operation.node.selection_set.node).collect()
        }
    };
    let total = operations.into_iter().map(|set| size(set, &document.fragments, &mut memo));
    let total = total.fold(0_u64, u64::saturating_add);
    if total > SELECTIONS_MAX { Err(TooMuch::Selections) } else { Ok(()) }
}

fn size<'a>(
    set: &'a SelectionSet,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    memo: &mut HashMap<&'a Name, u64>,
) -> u64 {
    let mut total = 0_u64;
    for selection in &set.items {
        let inside = match &selection.node {
            Selection::Field(field) => size(&field.node.selection_set.node, fragments, memo),
            Selection::InlineFragment(part) => size(&part.node.selection_set.node, fragments, memo),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                match (memo.get(name), fragments.get_key_value(name)) {
                    (Some(&known), _) => known,
                    // One that is not there, and later a circle, are the validator's to name.
                    (None, None) => 0,
                    (None, Some((name, fragment))) => {
                        memo.insert(name, 0);
                        let inside = size(&fragment.node.selection_set.node, fragments, memo);
                        memo.insert(name, inside);
                        inside
                    }
                }
            }
        };
        total = total.saturating_add(1).saturating_add(inside);
    }
    total
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn measured(query: &str) -> Result<(), TooMuch> {
        measure_text(query)?;
        measure(&async_graphql::parser::parse_query(query).unwrap())
    }

    #[test]
    fn a_bomb_of_fragments_is_measured_without_going_off() {
        let mut bomb = "{ ...F0 }".to_owned();
        for at in 0..30 {
            write!(bomb, " fragment F{at} on Query {{ ...F{} ...F{} }}", at + 1, at + 1).unwrap();
        }
        bomb.push_str(" fragment F30 on Query { __typename }");
        assert_eq!(measured(&bomb), Err(TooMuch::Selections));
    }

    #[test]
    fn a_circle_of_fragments_ends() {
        assert_eq!(measured("{ ...A } fragment A on Query { ...A }"), Ok(()));
    }

    #[test]
    fn endless_nesting_and_endless_text_are_refused_before_they_are_parsed() {
        assert_eq!(measure_text(&"{".repeat(20_000)), Err(TooMuch::Brackets));
        assert_eq!(measure_text(&"{ a }".repeat(2_000)), Err(TooMuch::Words));
        assert_eq!(measured("{ viewer { person { name } } }"), Ok(()));
    }
}
