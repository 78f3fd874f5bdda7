//! What a document would come to, known before anything is made of it.
//!
//! A fragment that spreads the next one twice, thirty times over, is a short text and a billion
//! fields. It is counted with a memory of each fragment, in linear time, and refused first.

use std::collections::HashMap;

use apollo_compiler::ast::{Definition, Document, FragmentDefinition, Selection};

use crate::config::DocumentLimits;

/// Why a document is not run: what it has too much of, and how much there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the query has more than {most} {what}: ask for less at once")]
pub(super) struct TooMuch {
    what: &'static str,
    most: u64,
}

fn within(count: u64, most: usize, what: &'static str) -> Result<(), TooMuch> {
    let most = most as u64;
    if count > most { Err(TooMuch { what, most }) } else { Ok(()) }
}

/// Measures the text, before it is parsed: its tokens, and how deep its brackets nest. What stands
/// in strings and comments is no token of its own.
pub(super) fn measure_text(text: &str, limits: &DocumentLimits) -> Result<(), TooMuch> {
    let (mut rest, mut tokens, mut depth, mut deepest) = (text.as_bytes(), 0, 0_u64, 0);
    while let Some(first) = rest.first() {
        let long = match first {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => 1,
            b'#' => rest.iter().position(|byte| b"\n\r".contains(byte)).unwrap_or(rest.len()),
            _ => {
                tokens += 1;
                token(rest)
            }
        };
        match first {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        rest = &rest[long..];
    }
    within(deepest, limits.brackets_max, "brackets inside each other")?;
    within(tokens, limits.tokens_max, "words and signs")
}

/// How many bytes the token at the beginning has; at least one, at most all.
fn token(text: &[u8]) -> usize {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    match text {
        [b'"', b'"', b'"', ..] => closed_by(text, b"\"\"\""),
        [b'"', ..] => closed_by(text, b"\""),
        [first, ..] if word(first) => {
            text.iter().position(|byte| !word(byte)).unwrap_or(text.len())
        }
        _ => 1,
    }
}

/// How many bytes a string has that begins and ends with a mark.
fn closed_by(text: &[u8], mark: &[u8]) -> usize {
    let mut at = mark.len();
    while at < text.len() && !text[at..].starts_with(mark) {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    text.len().min(at + mark.len())
}

/// Measures what the operations of a document come to when every fragment is spread.
pub(super) fn measure(document: &Document, limits: &DocumentLimits) -> Result<(), TooMuch> {
    let fragments = document.definitions.iter().filter_map(Definition::as_fragment_definition);
    let fragments = fragments.map(|fragment| (fragment.name.as_str(), &**fragment)).collect();
    let mut measuring = Measuring { fragments, known: HashMap::new(), fields: 0 };
    let mut whole = Size::default();
    for definition in &document.definitions {
        if let Definition::OperationDefinition(operation) = definition {
            let size = measuring.size(&operation.selection_set);
            within(size.roots, limits.roots_max, "fields at its root")?;
            whole = whole.beside(size);
        }
    }
    within(measuring.fields, limits.fields_max, "fields in its text")?;
    within(whole.selections, limits.selections_max, "fields")?;
    within(whole.schema_lists, limits.schema_lists_max, "lists of the schema inside each other")?;
    within(whole.aliases, limits.aliases_max, "aliases")?;
    within(whole.depth, limits.depth_max, "fields inside each other")
}

/// What selections come to.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    selections: u64,
    aliases: u64,
    /// Fields that stand at the top, fragments spread.
    roots: u64,
    depth: u64,
    /// Lists of the schema inside each other: each level multiplies the answer.
    lists: u64,
    /// The same, where they stand below the schema.
    schema_lists: u64,
}

/// Fields of the schema's own schema that lead from one type to many.
const SCHEMA_LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

impl Size {
    fn beside(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            aliases: self.aliases.saturating_add(other.aliases),
            roots: self.roots.saturating_add(other.roots),
            depth: self.depth.max(other.depth),
            lists: self.lists.max(other.lists),
            schema_lists: self.schema_lists.max(other.schema_lists),
        }
    }
}

struct Measuring<'a> {
    fragments: HashMap<&'a str, &'a FragmentDefinition>,
    known: HashMap<&'a str, Size>,
    /// Fields as they stand in the text, of all that was measured.
    fields: u64,
}

impl<'a> Measuring<'a> {
    fn size(&mut self, selections: &'a [Selection]) -> Size {
        selections
            .iter()
            .map(|selection| self.size_of_one(selection))
            .fold(Size::default(), Size::beside)
    }

    fn size_of_one(&mut self, selection: &'a Selection) -> Size {
        let (inside, field) = match selection {
            Selection::Field(field) => (self.size(&field.selection_set), Some(field)),
            Selection::InlineFragment(part) => (self.size(&part.selection_set), None),
            Selection::FragmentSpread(spread) => {
                (self.size_of_fragment(&spread.fragment_name), None)
            }
        };
        let selections = inside.selections.saturating_add(1);
        match field {
            None => Size { selections, ..inside },
            Some(field) => {
                self.fields += 1;
                let is_schema = ["__schema", "__type"].contains(&field.name.as_str());
                let is_list = SCHEMA_LISTS.contains(&field.name.as_str());
                Size {
                    selections,
                    aliases: inside.aliases.saturating_add(u64::from(field.alias.is_some())),
                    roots: 1,
                    depth: inside.depth + 1,
                    lists: inside.lists + u64::from(is_list),
                    schema_lists: if is_schema { inside.lists } else { inside.schema_lists },
                }
            }
        }
    }

    /// A fragment that is not there, and later a circle, are the validator's to name.
    fn size_of_fragment(&mut self, name: &str) -> Size {
        let Some((&name, &fragment)) = self.fragments.get_key_value(name) else {
            return Size::default();
        };
        if let Some(&known) = self.known.get(name) {
            return known;
        }
        self.known.insert(name, Size::default());
        let size = self.size(&fragment.selection_set);
        self.known.insert(name, size);
        size
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const LIMITS: DocumentLimits = DocumentLimits::DEFAULT;

    fn measured(query: &str) -> Result<(), String> {
        let said = |too_much: TooMuch| too_much.to_string();
        measure_text(query, &LIMITS).map_err(said)?;
        let document = Document::parse(query, "query").map_err(|wrong| wrong.errors.to_string())?;
        measure(&document, &LIMITS).map_err(said)
    }

    #[test]
    fn a_bomb_of_fragments_is_measured_without_going_off() {
        let mut bomb = "{ ...F0 }".to_owned();
        for at in 0..30 {
            write!(bomb, " fragment F{at} on Query {{ ...F{} ...F{} }}", at + 1, at + 1).unwrap();
        }
        bomb.push_str(" fragment F30 on Query { __typename }");
        assert!(measured(&bomb).unwrap_err().contains("fields"));
    }

    #[test]
    fn a_circle_of_fragments_ends() {
        assert_eq!(measured("{ ...A } fragment A on Query { ...A }"), Ok(()));
    }

    #[test]
    fn what_is_at_each_limit_passes_and_one_more_does_not() {
        let fields = |n: usize, what: &dyn Fn(usize) -> String| {
            format!("{{ {} }}", (0..n).map(what).collect::<Vec<_>>().join(" "))
        };
        let aliases = |n| format!("{{ viewer {} }}", fields(n, &|at| format!("a{at}: role")));
        let roots = |n| fields(n, &|_| "viewer".into());
        let deep = |n| format!("{}a{}", "{ a ".repeat(n - 1) + "{ ", " }".repeat(n));
        for (most, make, what) in [
            (LIMITS.aliases_max, &aliases as &dyn Fn(usize) -> String, "aliases"),
            (LIMITS.roots_max, &roots, "fields at its root"),
            (
                LIMITS.fields_max,
                &|n| format!("{{ a {} }}", fields(n - 1, &|_| "b".into())),
                "fields in",
            ),
            (LIMITS.depth_max, &deep, "fields inside each other"),
            (LIMITS.tokens_max, &|n| "a ".repeat(n - 2) + "{}", "words and signs"),
        ] {
            let at_the_limit = measured(&make(most)).err().unwrap_or_default();
            assert!(!at_the_limit.contains(what), "{at_the_limit}");
            let said = measured(&make(most + 1)).unwrap_err();
            assert!(said.contains(&format!("more than {most} {what}")), "{said}");
        }
    }

    #[test]
    fn the_schema_is_not_walked_in_circles() {
        let walk = |n: usize| {
            format!(
                "{{ __schema {{ types {}{{ name }}{} }} }}",
                "{ fields { type ".repeat(n),
                " } }".repeat(n)
            )
        };
        assert_eq!(measured(&walk(2)), Ok(()));
        assert!(measured(&walk(3)).unwrap_err().contains("lists of the schema"));
        assert_eq!(measured(&walk(3).replace("__schema", "form")), Ok(()), "another's fields");
    }

    #[test]
    fn what_stands_in_strings_and_comments_is_one_token_or_none() {
        let tokens = |text: &str, tokens_max| {
            measure_text(text, &DocumentLimits { tokens_max, brackets_max: 1, ..LIMITS })
        };
        for (text, count) in [
            ("a, b\n c", 3),
            ("\"a b {{{ \\\" c\" d", 2),
            ("\"\"\"a \"b\" {{{ \\\"\"\" c\"\"\" d", 2),
            ("# {{{ a b c\nd ...e", 2),
            ("\"never closed {{{", 1),
            ("-1.5e3 $a", 3),
            ("é", 2),
        ] {
            assert_eq!(tokens(text, count), Ok(()), "{text}");
            assert!(tokens(text, count - 1).is_err(), "{text}");
        }
    }

    #[test]
    fn endless_nesting_is_refused_before_it_is_parsed() {
        assert!(
            measure_text(&"{".repeat(20_000), &LIMITS)
                .unwrap_err()
                .to_string()
                .contains("brackets")
        );
        assert!(measure_text(&"[".repeat(20_000), &LIMITS).is_err());
    }
}
