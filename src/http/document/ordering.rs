//! The fields of an answer, in the order in which they were asked for.
//!
//! The executor writes fields as they come to their end; the specification wants them in the order
//! of the document, in which a field that stands in several places has the first of them.

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument as Checked,
    executable::{Operation, Selection, SelectionSet},
};
use async_graphql::{Value, indexmap::IndexMap};

/// Fields below one another, each with those below it; none below what is no object.
#[derive(Debug, Default)]
struct Order<'a>(IndexMap<&'a str, Vec<&'a SelectionSet>>);

impl<'a> Order<'a> {
    fn of(document: &'a Checked, sets: &[&'a SelectionSet]) -> Self {
        let (mut order, mut spread) = (Self::default(), HashSet::new());
        for set in sets {
            order.add(document, set, &mut spread);
        }
        order
    }

    fn add(&mut self, document: &'a Checked, set: &'a SelectionSet, spread: &mut HashSet<&'a str>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.0.entry(field.response_key()).or_default().push(&field.selection_set);
                }
                Selection::InlineFragment(part) => self.add(document, &part.selection_set, spread),
                Selection::FragmentSpread(named) => {
                    let fragment = document.fragments.get(&named.fragment_name);
                    if let Some(fragment) = fragment
                        && spread.insert(named.fragment_name.as_str())
                    {
                        self.add(document, &fragment.selection_set, spread);
                    }
                }
            }
        }
    }
}

/// What an operation answered, with its fields in order.
///
/// # Complexity
/// Linear in the answer; each selection is read once for all entries of a list.
pub(super) fn in_order(document: &Checked, operation: &Operation, data: &mut Value) {
    put(document, &[&operation.selection_set], vec![data]);
}

/// Puts the fields of all values in order that were asked for by the same selections.
fn put(document: &Checked, sets: &[&SelectionSet], values: Vec<&mut Value>) {
    let order = Order::of(document, sets);
    if order.0.is_empty() {
        return;
    }
    let mut objects = Vec::new();
    for value in values {
        add_objects(value, &mut objects);
    }
    let place = |key: &str| order.0.get_index_of(key).unwrap_or(usize::MAX);
    for object in &mut objects {
        object.sort_by(|a, _, b, _| place(a).cmp(&place(b)));
    }
    for (key, below) in &order.0 {
        let values = objects.iter_mut().filter_map(|object| object.get_mut(*key));
        put(document, below, values.collect());
    }
}

/// The objects of a value: it, or those in its lists.
fn add_objects<'v>(
    value: &'v mut Value,
    objects: &mut Vec<&'v mut IndexMap<async_graphql::Name, Value>>,
) {
    match value {
        Value::Object(object) => objects.push(object),
        Value::List(list) => list.iter_mut().for_each(|value| add_objects(value, objects)),
        _ => {}
    }
}
