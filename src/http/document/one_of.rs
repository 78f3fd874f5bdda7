//! The rule of the specification that the validator does not know yet: of an input that is marked
//! `@oneOf`, exactly one field is given, and not null.

use std::collections::HashMap;

use apollo_compiler::{
    ExecutableDocument, Node, Schema,
    ast::{InputValueDefinition, Type, Value, VariableDefinition},
    executable::{Selection, SelectionSet},
    parser::SourceSpan,
    schema::ExtendedType,
};

/// What is wrong, and where.
pub(super) type Wrong = (String, Option<SourceSpan>);

/// Every place where not exactly one field of such an input is given.
pub(super) fn check(schema: &Schema, document: &ExecutableDocument) -> Vec<Wrong> {
    let variables = document.operations.iter().flat_map(|operation| &operation.variables);
    let variables: Vec<&Node<VariableDefinition>> = variables.collect();
    let nullable =
        variables.iter().map(|variable| (variable.name.as_str(), !variable.ty.is_non_null()));
    let mut checking = Checking { schema, nullable: nullable.collect(), wrong: Vec::new() };
    for variable in &variables {
        if let Some(default) = &variable.default_value {
            checking.value(&variable.ty, default);
        }
    }
    for operation in document.operations.iter() {
        checking.selections(&operation.selection_set);
    }
    for fragment in document.fragments.values() {
        checking.selections(&fragment.selection_set);
    }
    checking.wrong
}

struct Checking<'a> {
    schema: &'a Schema,
    /// Whether a variable may be null.
    nullable: HashMap<&'a str, bool>,
    wrong: Vec<Wrong>,
}

impl Checking<'_> {
    fn selections(&mut self, of: &SelectionSet) {
        for selection in &of.selections {
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        let named =
                            |known: &&Node<InputValueDefinition>| known.name == argument.name;
                        if let Some(known) = field.definition.arguments.iter().find(named) {
                            self.value(&known.ty, &argument.value);
                        }
                    }
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(part) => self.selections(&part.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn value(&mut self, ty: &Type, value: &Node<Value>) {
        match &**value {
            Value::List(all) => all.iter().for_each(|one| self.value(ty.item_type(), one)),
            Value::Object(fields) => {
                let Some(ExtendedType::InputObject(input)) =
                    self.schema.types.get(ty.inner_named_type())
                else {
                    return;
                };
                if input.directives.has("oneOf")
                    && let Some(message) = self.not_one(&input.name, fields)
                {
                    self.wrong.push((message, value.location()));
                }
                for (name, given) in fields {
                    if let Some(known) = input.fields.get(name) {
                        self.value(&known.ty, given);
                    }
                }
            }
            _ => {}
        }
    }

    fn not_one(
        &self,
        input: &str,
        fields: &[(apollo_compiler::Name, Node<Value>)],
    ) -> Option<String> {
        match fields {
            [(name, value)] => match &**value {
                Value::Null => Some(format!("`{name}` of `{input}` must not be null")),
                Value::Variable(variable)
                    if self.nullable.get(variable.as_str()) == Some(&true) =>
                {
                    Some(format!(
                        "`${variable}` is for `{name}` of `{input}`, so its type must end with `!`"
                    ))
                }
                _ => None,
            },
            _ => Some(format!("exactly one field of `{input}` must be given")),
        }
    }
}
