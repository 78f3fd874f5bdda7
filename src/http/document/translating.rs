//! A checked document in the form in which it is executed, with its places in the text.

use apollo_compiler::{Name as AstName, Node, ast, parser::SourceMap};
use async_graphql::{
    Name, Positioned,
    indexmap::IndexMap,
    parser::{
        Pos,
        types::{
            Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition,
            FragmentSpread, InlineFragment, OperationDefinition, OperationType, Selection,
            SelectionSet, Type, TypeCondition, VariableDefinition,
        },
    },
};
use async_graphql_value::Value;

/// A document for the executor. `None` for what is no executable document, or has a type or a
/// number that cannot be read: a document that was validated has neither.
pub(super) fn translate(document: &ast::Document) -> Option<ExecutableDocument> {
    let translating = Translating { sources: &document.sources };
    let (mut single, mut several, mut fragments) = (None, Vec::new(), Vec::new());
    for definition in &document.definitions {
        match definition {
            ast::Definition::OperationDefinition(operation) => {
                let translated = translating.operation(operation)?;
                match &operation.name {
                    None => single = Some(translated),
                    Some(name) => several.push((Name::new(name), translated)),
                }
            }
            ast::Definition::FragmentDefinition(fragment) => {
                fragments.push((Name::new(&fragment.name), translating.fragment(fragment)?));
            }
            _ => return None,
        }
    }
    let operations = match single {
        Some(operation) => DocumentOperations::Single(operation),
        None => DocumentOperations::Multiple(several.into_iter().collect()),
    };
    Some(ExecutableDocument { operations, fragments: fragments.into_iter().collect() })
}

struct Translating<'a> {
    sources: &'a SourceMap,
}

impl Translating<'_> {
    fn place<T>(&self, node: &Node<T>) -> Pos {
        let found = node.line_column_range(self.sources);
        let found = found.map(|range| Pos { line: range.start.line, column: range.start.column });
        found.unwrap_or_default()
    }

    fn operation(
        &self,
        of: &Node<ast::OperationDefinition>,
    ) -> Option<Positioned<OperationDefinition>> {
        let pos = self.place(of);
        let variables = of.variables.iter().map(|variable| self.variable(variable));
        let ty = match of.operation_type {
            ast::OperationType::Query => OperationType::Query,
            ast::OperationType::Mutation => OperationType::Mutation,
            ast::OperationType::Subscription => OperationType::Subscription,
        };
        let operation = OperationDefinition {
            ty,
            variable_definitions: variables.collect::<Option<_>>()?,
            directives: self.directives(&of.directives)?,
            selection_set: self.selections(pos, &of.selection_set)?,
        };
        Some(Positioned::new(operation, pos))
    }

    fn fragment(
        &self,
        of: &Node<ast::FragmentDefinition>,
    ) -> Option<Positioned<FragmentDefinition>> {
        let pos = self.place(of);
        let fragment = FragmentDefinition {
            type_condition: condition(&of.type_condition, pos),
            directives: self.directives(&of.directives)?,
            selection_set: self.selections(pos, &of.selection_set)?,
        };
        Some(Positioned::new(fragment, pos))
    }

    fn variable(
        &self,
        of: &Node<ast::VariableDefinition>,
    ) -> Option<Positioned<VariableDefinition>> {
        let pos = self.place(of);
        let default = of.default_value.as_ref().map(|default| value(default)?.into_const());
        let variable = VariableDefinition {
            name: named(&of.name, pos),
            var_type: Positioned::new(Type::new(&of.ty.to_string())?, pos),
            directives: self.directives(&of.directives)?,
            default_value: match default {
                None => None,
                Some(default) => Some(Positioned::new(default?, pos)),
            },
        };
        Some(Positioned::new(variable, pos))
    }

    fn selections(&self, pos: Pos, of: &[ast::Selection]) -> Option<Positioned<SelectionSet>> {
        let items = of.iter().map(|selection| self.selection(selection));
        Some(Positioned::new(SelectionSet { items: items.collect::<Option<_>>()? }, pos))
    }

    fn selection(&self, of: &ast::Selection) -> Option<Positioned<Selection>> {
        let (pos, selection) = match of {
            ast::Selection::Field(field) => {
                let pos = self.place(field);
                let translated = Field {
                    alias: field.alias.as_ref().map(|alias| named(alias, pos)),
                    name: named(&field.name, pos),
                    arguments: self.arguments(&field.arguments)?,
                    directives: self.directives(&field.directives)?,
                    selection_set: self.selections(pos, &field.selection_set)?,
                };
                (pos, Selection::Field(Positioned::new(translated, pos)))
            }
            ast::Selection::FragmentSpread(spread) => {
                let pos = self.place(spread);
                let translated = FragmentSpread {
                    fragment_name: named(&spread.fragment_name, pos),
                    directives: self.directives(&spread.directives)?,
                };
                (pos, Selection::FragmentSpread(Positioned::new(translated, pos)))
            }
            ast::Selection::InlineFragment(part) => {
                let pos = self.place(part);
                let translated = InlineFragment {
                    type_condition: part.type_condition.as_ref().map(|on| condition(on, pos)),
                    directives: self.directives(&part.directives)?,
                    selection_set: self.selections(pos, &part.selection_set)?,
                };
                (pos, Selection::InlineFragment(Positioned::new(translated, pos)))
            }
        };
        Some(Positioned::new(selection, pos))
    }

    fn directives(&self, of: &ast::DirectiveList) -> Option<Vec<Positioned<Directive>>> {
        let translated = of.iter().map(|directive| {
            let pos = self.place(directive);
            let arguments = self.arguments(&directive.arguments)?;
            Some(Positioned::new(Directive { name: named(&directive.name, pos), arguments }, pos))
        });
        translated.collect()
    }

    fn arguments(
        &self,
        of: &[Node<ast::Argument>],
    ) -> Option<Vec<(Positioned<Name>, Positioned<Value>)>> {
        let translated = of.iter().map(|argument| {
            let pos = self.place(argument);
            let value = value(&argument.value)?;
            Some((named(&argument.name, pos), Positioned::new(value, pos)))
        });
        translated.collect()
    }
}

fn named(name: &AstName, pos: Pos) -> Positioned<Name> {
    Positioned::new(Name::new(name), pos)
}

fn condition(on: &AstName, pos: Pos) -> Positioned<TypeCondition> {
    Positioned::new(TypeCondition { on: named(on, pos) }, pos)
}

fn value(of: &ast::Value) -> Option<Value> {
    Some(match of {
        ast::Value::Null => Value::Null,
        ast::Value::Enum(name) => Value::Enum(Name::new(name)),
        ast::Value::Variable(name) => Value::Variable(Name::new(name)),
        ast::Value::String(text) => Value::String(text.clone()),
        ast::Value::Float(number) => Value::Number(number.as_str().parse().ok()?),
        ast::Value::Int(number) => Value::Number(number.as_str().parse().ok()?),
        ast::Value::Boolean(yes) => Value::Boolean(*yes),
        ast::Value::List(all) => {
            Value::List(all.iter().map(|one| value(one)).collect::<Option<_>>()?)
        }
        ast::Value::Object(all) => {
            let fields = all.iter().map(|(name, one)| Some((Name::new(name), value(one)?)));
            Value::Object(fields.collect::<Option<IndexMap<_, _>>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same document, read by the parser of the executor.
    fn parsed(text: &str) -> ExecutableDocument {
        async_graphql::parser::parse_query(text).unwrap()
    }

    /// A document without its places, and its maps in order.
    fn shown(document: &ExecutableDocument) -> String {
        let mut value = serde_json::to_value(document).unwrap();
        drop_places(&mut value);
        value.to_string()
    }

    fn drop_places(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Array(all) => all.iter_mut().for_each(drop_places),
            serde_json::Value::Object(all) => {
                all.remove("pos");
                all.values_mut().for_each(drop_places);
            }
            _ => {}
        }
    }

    #[test]
    fn a_document_means_to_the_executor_what_its_own_parser_reads() {
        for text in [
            "{ a b: c(d: 1, e: -2.5e3, f: \"g\\n\\u00e9\", h: [true, null, I], j: {k: $l}) }",
            "query A($a: [Int!]! = [1, 2], $b: B = {c: D}) @e(f: 1) { ...G @skip(if: $a) }
             fragment G on H @i { ... on J { k } ... @include(if: true) { l } ... { m } }",
            "mutation A { a } subscription B { b { c } } query C { d }",
            "{ a(b: \"\"\"\n    two\n      lines\n    \"\"\") }",
        ] {
            let document = ast::Document::parse(text, "query").unwrap();
            let translated = translate(&document).unwrap();
            assert_eq!(shown(&translated), shown(&parsed(text)), "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_text() {
        let document = ast::Document::parse("{\n  é: a\n  b }", "query").unwrap_err().partial;
        assert!(translate(&document).is_some());
        let document = ast::Document::parse("query A {\n  a\n    b }", "query").unwrap();
        let translated = translate(&document).unwrap();
        let (_, operation) = translated.operations.iter().next().unwrap();
        let places: Vec<_> =
            operation.node.selection_set.node.items.iter().map(|item| item.pos).collect();
        assert_eq!(places, [Pos { line: 2, column: 3 }, Pos { line: 3, column: 5 }]);
    }

    #[test]
    fn texts_that_the_executor_s_parser_misreads_are_read() {
        for (text, means) in [
            (r#"{ a(b: "\uD83D\uDE00\u{1F600}") }"#, "\u{1F600}\u{1F600}"),
            (r#"{ a(b: """c \""" d""") }"#, r#"c \"\"\" d"#),
        ] {
            let document = ast::Document::parse(text, "query").unwrap();
            assert!(shown(&translate(&document).unwrap()).contains(means), "{text}");
        }
    }
}
