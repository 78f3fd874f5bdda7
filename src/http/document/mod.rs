//! Documents: texts in the language of GraphQL, read, measured and checked before any of it runs.
//!
//! A validator that follows the specification reads them; the executor gets what was read. What
//! passed is kept by its hash, so that the same text is read once.

mod cost;
mod keeping;
mod measuring;
mod one_of;
mod ordering;
mod translating;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use apollo_compiler::{
    ExecutableDocument as Checked, Schema as CheckedSchema, ast, name,
    parser::{LineColumn, Parser, SourceMap, SourceSpan},
    request::coerce_variable_values,
    response::{GraphQLError, JsonMap},
    schema::{Component, ExtendedType, FieldDefinition},
    ty,
    validation::{DiagnosticList, Valid},
};
use async_graphql::{Pos, ServerError, parser::types::ExecutableDocument};
use serde_json::{Map, Value};

use crate::config::DocumentLimits;

use super::refused::{Kind, Refused};
use keeping::Kept;

pub(super) use apollo_compiler::{Node, executable::Operation};
pub(super) use keeping::DocumentHash;

/// The most errors of one document: whoever sends a thousand mistakes learns of the first.
const ERRORS_MAX: usize = 5;
/// The longest message of an error, in letters: a name in it may be as long as a body.
const MESSAGE_LETTERS_MAX: usize = 300;

/// Reads documents, and keeps those that passed.
#[derive(Debug)]
pub(super) struct Documents {
    schema: Valid<CheckedSchema>,
    limits: DocumentLimits,
    kept: Mutex<Kept>,
}

/// A document that passed.
#[derive(Debug)]
pub(super) struct Document {
    checked: Valid<Checked>,
    /// As the executor takes it.
    pub(super) parsed: ExecutableDocument,
}

/// A document of the list of those that may be asked, which cannot be.
#[derive(Debug, thiserror::Error)]
#[error("the document {hash} of the list cannot be run: {message}")]
pub struct UnfitDocument {
    hash: String,
    message: String,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    Query,
    Mutation,
    Subscription,
}

impl Documents {
    /// For a schema, as it is printed.
    ///
    /// # Panics
    /// When it is none; which schema it is, is fixed when the program is built.
    pub(super) fn of(printed: &str, limits: DocumentLimits) -> Self {
        let mut schema =
            CheckedSchema::parse(printed, "schema.graphql").expect("the schema is our own");
        know_one_of(&mut schema);
        let schema = schema.validate().expect("the schema is our own");
        let kept = Mutex::new(Kept::new(limits.kept_max));
        Self { schema, limits, kept }
    }

    /// The document that a text is, from what is kept or read anew.
    pub(super) fn read(&self, text: &str) -> Result<Arc<Document>, Refused> {
        let hash = DocumentHash::of(text);
        if let Some(document) = self.kept(hash) {
            return Ok(document);
        }
        let document = Arc::new(self.read_anew(text)?);
        if text.len() <= self.limits.kept_bytes_max {
            self.keep().put(hash, Arc::clone(&document));
        }
        Ok(document)
    }

    /// The document with this hash, if it is kept.
    pub(super) fn kept(&self, hash: DocumentHash) -> Option<Arc<Document>> {
        self.keep().get(hash)
    }

    /// All documents of a list, which are named by the hash of their texts.
    pub(super) fn all(
        &self,
        listed: &BTreeMap<String, String>,
    ) -> Result<HashMap<DocumentHash, Arc<Document>>, UnfitDocument> {
        let one = |(named, text): (&String, &String)| {
            let unfit =
                |message: &str| UnfitDocument { hash: named.clone(), message: message.into() };
            let hash = DocumentHash::of(text);
            if named.strip_prefix("sha256:").unwrap_or(named).parse() != Ok(hash) {
                return Err(unfit("that is not the SHA-256 of its text"));
            }
            let document = self.read_anew(text).map_err(|refused| {
                unfit(refused.errors.first().map_or("it is empty", |error| &error.message))
            })?;
            Ok((hash, Arc::new(document)))
        };
        listed.iter().map(one).collect()
    }

    fn keep(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_anew(&self, text: &str) -> Result<Document, Refused> {
        let too_much = |why: measuring::TooMuch| Refused::new(Kind::TooComplex, why.to_string());
        measuring::measure_text(text, &self.limits).map_err(too_much)?;
        let document = Parser::new().parse_ast(text, "query");
        let document = document.map_err(|wrong| refused(Kind::Syntax, &wrong.errors))?;
        measuring::measure(&document, &self.limits).map_err(too_much)?;
        let checked = document.to_executable_validate(&self.schema);
        let checked = checked.map_err(|wrong| refused(Kind::Validation, &wrong.errors))?;
        let wrong = one_of::check(&self.schema, &checked);
        if !wrong.is_empty() {
            let errors = wrong.into_iter().map(|(text, at)| said(&text, at, &document.sources));
            return Err(Refused::with(Kind::Validation, errors.take(ERRORS_MAX).collect()));
        }
        // What is left is a number that is no number to the executor.
        let unreadable = || Refused::new(Kind::Validation, "a number is too large".to_owned());
        let parsed = translating::translate(&document).ok_or_else(unreadable)?;
        Ok(Document { checked, parsed })
    }

    /// What an operation costs at most.
    pub(super) fn cost_at_most(
        &self,
        document: &Document,
        operation: &Operation,
        variables: &Value,
    ) -> u64 {
        cost::at_most(&self.schema, &document.checked, operation, variables)
    }

    /// The variables of an operation as the specification has them: with defaults, and each of its
    /// type.
    pub(super) fn variables(
        &self,
        document: &Document,
        operation: &Operation,
        given: Map<String, Value>,
    ) -> Result<Value, Refused> {
        let unreadable =
            |_| Refused::new(Kind::Variables, "the variables cannot be read".to_owned());
        let given: JsonMap = serde_json::from_value(Value::Object(given)).map_err(unreadable)?;
        match coerce_variable_values(&self.schema, operation, &given) {
            Ok(coerced) => serde_json::to_value(&*coerced).map_err(unreadable),
            Err(wrong) => {
                let text = wrong.message().to_string();
                let error = said(&text, wrong.location(), &document.checked.sources);
                Err(Refused::with(Kind::Variables, vec![error]))
            }
        }
    }
}

impl Document {
    /// The operation that is meant.
    pub(super) fn operation(&self, name: Option<&str>) -> Result<&Node<Operation>, Refused> {
        self.checked.operations.get(name).map_err(|_| {
            let message = match name {
                Some(_) => "the document has no operation of that `operationName`",
                None => "the document has several operations: say which with `operationName`",
            };
            Refused::new(Kind::Operation, message.to_owned())
        })
    }

    /// What an operation came to, by its answer.
    pub(super) fn cost_of(&self, operation: &Operation, data: &async_graphql::Value) -> u64 {
        cost::as_it_came(&self.checked, operation, data)
    }

    /// Puts the fields of an answer in the order in which the operation asks for them.
    pub(super) fn in_order(&self, operation: &Operation, data: &mut async_graphql::Value) {
        ordering::in_order(&self.checked, operation, data);
    }
}

/// What an operation does.
pub(super) fn does(operation: &Operation) -> Does {
    match operation.operation_type {
        ast::OperationType::Query => Does::Query,
        ast::OperationType::Mutation => Does::Mutation,
        ast::OperationType::Subscription => Does::Subscription,
    }
}

/// The validator's own types are those of 2021; clients ask for this newer field too.
fn know_one_of(schema: &mut CheckedSchema) {
    if let Some(ExtendedType::Object(kind)) = schema.types.get_mut("__Type") {
        let (description, arguments, directives) = (None, Vec::new(), ast::DirectiveList::new());
        let name = name!("isOneOf");
        let field = FieldDefinition {
            description,
            name: name.clone(),
            arguments,
            ty: ty!(Boolean),
            directives,
        };
        kind.make_mut().fields.insert(name, Component::new(field));
    }
}

fn refused(kind: Kind, errors: &DiagnosticList) -> Refused {
    let errors = errors.iter().take(ERRORS_MAX).map(|error| {
        let GraphQLError { message, locations, .. } = error.to_json();
        error_at(&message, &locations)
    });
    Refused::with(kind, errors.collect())
}

fn said(message: &str, at: Option<SourceSpan>, sources: &SourceMap) -> ServerError {
    let place = at.and_then(|at| at.line_column(sources));
    error_at(message, place.as_slice())
}

fn error_at(message: &str, locations: &[LineColumn]) -> ServerError {
    let short: String = message.chars().take(MESSAGE_LETTERS_MAX).collect();
    let mut error = ServerError::new(short, None);
    error.locations =
        locations.iter().map(|place| Pos { line: place.line, column: place.column }).collect();
    error
}
