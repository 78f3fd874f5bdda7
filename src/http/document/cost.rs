//! What an operation costs: at most, before it runs, and what it came to.
//!
//! Each field costs 1; `@cost` in the schema says where it is more, and how often what stands below
//! it is counted. Fragments are counted once each, with a memory, so that it takes linear time.

use std::collections::HashMap;

use apollo_compiler::{
    ExecutableDocument, Node, Schema,
    ast::{FieldDefinition, Value as AstValue},
    executable::{Field, Operation, Selection, SelectionSet},
};
use async_graphql::Value as Answered;
use serde_json::Value;

/// What a question about the schema itself costs more than its fields.
const SCHEMA_WEIGHT: u64 = 500;

/// What a field costs beside what stands below it, and how often that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate<'a> {
    own: u64,
    entries: u64,
    by: Option<&'a str>,
    most: u64,
}

impl<'a> Rate<'a> {
    fn of(field: &'a FieldDefinition) -> Self {
        let schema = if field.name.starts_with("__schema") { SCHEMA_WEIGHT } else { 0 };
        let said = field.directives.get("cost");
        let argument = |name| said.and_then(|cost| cost.specified_argument_by_name(name));
        let number =
            |name| argument(name).and_then(|value| value.to_i32()).map(|n| n.max(0) as u64);
        Self {
            own: 1 + schema + number("weight").unwrap_or(0),
            entries: number("entries").unwrap_or(1),
            by: argument("by").and_then(|value| value.as_str()),
            most: number("most").unwrap_or(u64::MAX),
        }
    }

    /// How often what stands below a field is counted at most.
    fn times(&self, field: &Field, variables: &Value) -> u64 {
        let Some(by) = self.by else { return self.entries };
        let given = field.arguments.iter().find(|argument| argument.name == by);
        let times = given.and_then(|given| number(&given.value, variables));
        times.unwrap_or(self.entries).clamp(1, self.most)
    }
}

/// The number that a value is, or that it has entries.
fn number(value: &AstValue, variables: &Value) -> Option<u64> {
    match value {
        AstValue::Variable(name) => match variables.get(name.as_str())? {
            Value::Array(all) => Some(all.len() as u64),
            value => value.as_i64().map(|n| n.max(0) as u64),
        },
        AstValue::List(all) => Some(all.len() as u64),
        value => value.to_i32().map(|n| n.max(0) as u64),
    }
}

/// What an operation costs at most.
pub(super) fn at_most(
    schema: &Schema,
    document: &ExecutableDocument,
    operation: &Operation,
    variables: &Value,
) -> u64 {
    let mut reckoning = AtMost { schema, document, variables, fragments: HashMap::new() };
    reckoning.selections(&operation.selection_set)
}

struct AtMost<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    variables: &'a Value,
    fragments: HashMap<&'a str, u64>,
}

impl<'a> AtMost<'a> {
    /// What is asked of several types of which a thing can only be one counts once: the dearest.
    fn selections(&mut self, of: &'a SelectionSet) -> u64 {
        let (mut of_all, mut of_some) = (0_u64, HashMap::<&str, u64>::new());
        for selection in &of.selections {
            let (kind, cost) = match selection {
                Selection::Field(field) => (None, self.field(field)),
                Selection::InlineFragment(part) => {
                    (part.type_condition.as_deref(), self.selections(&part.selection_set))
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    let kind = fragment.map(|fragment| fragment.selection_set.ty.as_str());
                    (kind, self.fragment(&spread.fragment_name))
                }
            };
            let is_one = |kind: &&str| of.ty != **kind && self.schema.get_object(kind).is_some();
            let counted = match kind.filter(is_one) {
                Some(kind) => of_some.entry(kind).or_default(),
                None => &mut of_all,
            };
            *counted = counted.saturating_add(cost);
        }
        of_all.saturating_add(of_some.into_values().max().unwrap_or(0))
    }

    fn field(&mut self, field: &'a Node<Field>) -> u64 {
        let rate = Rate::of(&field.definition);
        let below = self.selections(&field.selection_set);
        let times = rate.times(field, self.variables);
        rate.own.saturating_add(below.saturating_mul(times))
    }

    fn fragment(&mut self, name: &'a str) -> u64 {
        if let Some(&known) = self.fragments.get(name) {
            return known;
        }
        // A document that passed has no circles, and no fragments that are not there.
        let cost =
            self.document.fragments.get(name).map_or(0, |f| self.selections(&f.selection_set));
        self.fragments.insert(name, cost);
        cost
    }
}

/// What an operation came to: as at most, but each list with as many entries as it has.
///
/// # Complexity
/// Selections times the objects of the answer that they stand for.
pub(super) fn as_it_came(
    document: &ExecutableDocument,
    operation: &Operation,
    data: &Answered,
) -> u64 {
    answered(document, &operation.selection_set, data)
}

fn answered(document: &ExecutableDocument, of: &SelectionSet, data: &Answered) -> u64 {
    match data {
        Answered::List(all) => {
            all.iter().map(|one| answered(document, of, one)).fold(0, u64::saturating_add)
        }
        Answered::Object(fields) => {
            let each = of.selections.iter().map(|selection| match selection {
                Selection::Field(field) => match fields.get(field.response_key().as_str()) {
                    None => 0,
                    Some(value) => Rate::of(&field.definition).own.saturating_add(answered(
                        document,
                        &field.selection_set,
                        value,
                    )),
                },
                Selection::InlineFragment(part) => answered(document, &part.selection_set, data),
                Selection::FragmentSpread(spread) => document
                    .fragments
                    .get(&spread.fragment_name)
                    .map_or(0, |fragment| answered(document, &fragment.selection_set, data)),
            });
            each.fold(0, u64::saturating_add)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = "
        directive @cost(weight: Int, entries: Int, by: String, most: Int) on FIELD_DEFINITION
        interface Named { name: Int } type One implements Named { name: Int b: Int }
        type Two implements Named { name: Int c: Int }
        type Query { one: Named, a: Int, list(first: Int): [Query] @cost(weight: 5, entries: 20, by: \"first\", most: 100),
            some(ids: [Int]): [Query] @cost(entries: 9, by: \"ids\", most: 100), few: [Query] @cost(entries: 3) }";

    fn costs(query: &str, variables: &str) -> u64 {
        let schema = Schema::parse_and_validate(SCHEMA, "schema").unwrap();
        let document = ExecutableDocument::parse_and_validate(&schema, query, "query").unwrap();
        let operation = document.operations.get(None).unwrap();
        at_most(&schema, &document, operation, &serde_json::from_str(variables).unwrap())
    }

    #[test]
    fn a_list_costs_what_is_asked_of_it() {
        for (query, cost) in [
            ("{ a }", 1),
            ("{ list { a } }", 26),
            ("{ list(first: 3) { a } }", 9),
            ("{ list(first: 0) { a } }", 7),
            ("{ list(first: 1000) { a } }", 106),
            ("{ list(first: 10) { list(first: 10) { a a2: a } } }", 6 + 10 * (6 + 10 * 2)),
            ("{ some(ids: [1, 2, 3]) { a } few { a } }", 4 + 4),
            (
                "query($n: Int, $ids: [Int]) { list(first: $n) { a } some(ids: $ids) { a } }",
                6 + 7 + 1 + 2,
            ),
            ("{ ...F few { ...F } } fragment F on Query { a ... { a } }", 2 + 1 + 6),
            (
                "{ one { name ... on One { b b2: b } ... on Two { c } ... on Named { n: name } } }",
                5,
            ),
            ("{ one { ...F ... on One { b } } } fragment F on Two { c c2: c c3: c }", 4),
            ("{ __schema { queryType { name } } }", 503),
        ] {
            assert_eq!(costs(query, r#"{"n": 7, "ids": [1, 2]}"#), cost, "{query}");
        }
    }

    #[test]
    fn what_came_of_it_is_counted_by_the_answer() {
        let schema = Schema::parse_and_validate(SCHEMA, "schema").unwrap();
        let query = "{ list(first: 100) { a ...F } } fragment F on Query { few { a } }";
        let document = ExecutableDocument::parse_and_validate(&schema, query, "query").unwrap();
        let operation = document.operations.get(None).unwrap();
        let data =
            r#"{"list": [{"a": 1, "few": [{"a": 1}, {"a": 2}]}, null, {"a": null, "few": []}]}"#;
        let data = serde_json::from_str::<Answered>(data).unwrap();
        assert_eq!(as_it_came(&document, operation, &data), 6 + (1 + 1 + 2) + (1 + 1));
        assert!(
            as_it_came(&document, operation, &data)
                <= at_most(&schema, &document, operation, &Value::Null)
        );
    }
}
