//! The printed schema as something to walk through.

use std::collections::BTreeMap;

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{
            BaseType, ConstDirective, FieldDefinition, InputValueDefinition, Type, TypeKind,
            TypeSystemDefinition,
        },
    },
};

/// A field: what it is called, takes and gives, and which role it says that it needs.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) required: Vec<(String, Type)>,
    pub(crate) pages: bool,
    pub(crate) gives: String,
    pub(crate) role: Option<String>,
    pub(crate) is_list: bool,
    /// Whether it says what it costs.
    pub(crate) costs: bool,
}

/// The types of a schema.
#[derive(Debug, Default)]
pub(crate) struct Sdl {
    pub(crate) fields: BTreeMap<String, Vec<Field>>,
    /// What an interface or a union can be.
    pub(crate) kinds: BTreeMap<String, Vec<String>>,
    enums: BTreeMap<String, String>,
    inputs: BTreeMap<String, (bool, Vec<(String, Type)>)>,
}

impl Sdl {
    pub(crate) fn read(text: &str) -> Self {
        let mut sdl = Self::default();
        let mut implemented: Vec<(String, String)> = Vec::new();
        for definition in parse_schema(text).unwrap().definitions {
            let TypeSystemDefinition::Type(one) = definition else { continue };
            let name = one.node.name.node.to_string();
            let one_of = one.node.directives.iter().any(|d| d.node.name.node == "oneOf");
            match one.node.kind {
                TypeKind::Object(object) => {
                    let interfaces = object.implements.iter();
                    implemented.extend(interfaces.map(|i| (i.node.to_string(), name.clone())));
                    sdl.fields.insert(name, object.fields.iter().map(field).collect());
                }
                TypeKind::Interface(interface) => {
                    sdl.fields.insert(name.clone(), interface.fields.iter().map(field).collect());
                    sdl.kinds.entry(name).or_default();
                }
                TypeKind::Union(union) => {
                    let members = union.members.iter().map(|m| m.node.to_string()).collect();
                    sdl.kinds.insert(name, members);
                }
                TypeKind::Enum(values) => {
                    sdl.enums.insert(name, values.values[0].node.value.node.to_string());
                }
                TypeKind::InputObject(input) => {
                    let fields = input.fields.iter().map(argument);
                    let fields = fields.filter(|(_, ty)| one_of || !ty.nullable).collect();
                    sdl.inputs.insert(name, (one_of, fields));
                }
                TypeKind::Scalar => {}
            }
        }
        for (interface, object) in implemented {
            sdl.kinds.entry(interface).or_default().push(object);
        }
        sdl
    }

    /// Something of a type that could be meant; `id` says which id a name stands for.
    pub(crate) fn literal(&self, name: &str, ty: &Type, id: &dyn Fn(&str) -> String) -> String {
        let base = match &ty.base {
            BaseType::List(of) => return format!("[{}]", self.literal(name, of, id)),
            BaseType::Named(base) => base.as_str(),
        };
        match base {
            "ID" => format!("\"{}\"", id(name)),
            "Int" => "1".into(),
            "Float" | "Score" => "0.5".into(),
            "Boolean" => "true".into(),
            "Date" => "\"2026-06-01\"".into(),
            "DateTime" => "\"2026-06-01T12:00:00Z\"".into(),
            "String" if name == "domain" => "\"globex.example\"".into(),
            "String" => "\"nobody@globex.example\"".into(),
            _ if self.enums.contains_key(base) => self.enums[base].clone(),
            _ => {
                let (one_of, fields) = &self.inputs[base];
                let most = if *one_of { 1 } else { fields.len() };
                let each = fields.iter().take(most);
                let each = each.map(|(name, ty)| format!("{name}: {}", self.literal(name, ty, id)));
                format!("{{ {} }}", each.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// Whether something of a type has fields of its own.
    pub(crate) fn has_parts(&self, name: &str) -> bool {
        self.fields.contains_key(name) || self.kinds.contains_key(name)
    }

    /// The fields that hold no further fields, are open to everybody and need no argument.
    pub(crate) fn plain(&self, name: &str) -> String {
        let fields = self.fields.get(name).into_iter().flatten();
        let plain = fields.filter(|field| {
            !self.has_parts(&field.gives) && field.role.is_none() && field.required.is_empty()
        });
        let names: Vec<&str> = plain.map(|field| field.name.as_str()).collect();
        format!("__typename {}", names.join(" "))
    }
}

fn field(field: &Positioned<FieldDefinition>) -> Field {
    let field = &field.node;
    let arguments = || field.arguments.iter().map(argument);
    Field {
        name: field.name.node.to_string(),
        required: arguments().filter(|(_, ty)| !ty.nullable).collect(),
        pages: arguments().any(|(name, _)| name == "first"),
        gives: named(&field.ty.node),
        role: field.directives.iter().find_map(role),
        is_list: matches!(field.ty.node.base, BaseType::List(_)),
        costs: field.directives.iter().any(|said| said.node.name.node == "cost"),
    }
}

fn role(directive: &Positioned<ConstDirective>) -> Option<String> {
    let directive = &directive.node;
    if directive.name.node != "requiresRole" {
        return None;
    }
    let (_, value) = directive.arguments.first()?;
    Some(value.node.to_string())
}

fn argument(argument: &Positioned<InputValueDefinition>) -> (String, Type) {
    let optional = argument.node.default_value.is_some();
    let mut ty = argument.node.ty.node.clone();
    ty.nullable |= optional;
    (argument.node.name.node.to_string(), ty)
}

fn named(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(of) => named(of),
    }
}
