//! What is asked: the parameters of a request, from a body or an address.

use axum::{extract::Query, http::Uri};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::http::{
    document::DocumentHash,
    refused::{Kind, Refused},
};

/// The parameters of one request.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct Asked {
    pub(in crate::http) query: Option<String>,
    pub(in crate::http) operation_name: Option<String>,
    pub(in crate::http) variables: Map<String, Value>,
    /// The hash by which the document is known.
    pub(in crate::http) hash: Option<DocumentHash>,
}

/// What one body holds.
#[derive(Debug)]
pub(super) enum Read {
    One(Asked),
    Several(Vec<Asked>),
}

/// The requests of a body.
pub(super) fn of_body(body: &[u8], batch_max: usize) -> Result<Read, Refused> {
    let body = serde_json::from_slice(body).map_err(|error| {
        Refused::new(Kind::Unreadable, format!("the body is not JSON: {error}"))
    })?;
    let Value::Array(all) = body else { return Asked::of_json(body).map(Read::One) };
    if !(1..=batch_max).contains(&all.len()) {
        return Err(ill_formed(format!("a body holds 1 to {batch_max} requests")));
    }
    all.into_iter().map(Asked::of_json).collect::<Result<_, _>>().map(Read::Several)
}

/// The request of an address.
pub(super) fn of_address(address: &Uri) -> Result<Asked, Refused> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct InAddress {
        query: Option<String>,
        operation_name: Option<String>,
        variables: Option<String>,
        extensions: Option<String>,
        document_id: Option<String>,
    }
    let Query::<InAddress>(said) = Query::try_from_uri(address).map_err(|error| {
        Refused::new(Kind::Unreadable, format!("the address cannot be read: {error}"))
    })?;
    let mut asked = Map::new();
    for (name, text) in [
        ("query", said.query),
        ("operationName", said.operation_name),
        ("documentId", said.document_id),
    ] {
        asked.insert(name.to_owned(), text.map_or(Value::Null, Value::String));
    }
    for (name, text) in [("variables", said.variables), ("extensions", said.extensions)] {
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        let value = serde_json::from_str(&text).map_err(|error| {
            Refused::new(Kind::Unreadable, format!("`{name}` is not JSON: {error}"))
        })?;
        asked.insert(name.to_owned(), value);
    }
    Asked::of_json(Value::Object(asked))
}

impl Asked {
    /// What a JSON object asks.
    pub(in crate::http) fn of_json(asked: Value) -> Result<Self, Refused> {
        let Value::Object(mut asked) = asked else {
            return Err(ill_formed("a request is a JSON object with a `query`".to_owned()));
        };
        let query = text(&mut asked, "query")?;
        let operation_name = text(&mut asked, "operationName")?;
        let document_id = text(&mut asked, "documentId")?;
        let variables = object(&mut asked, "variables")?.unwrap_or_default();
        let extensions = object(&mut asked, "extensions")?.unwrap_or_default();
        let hash = match (&document_id, extensions.get("persistedQuery")) {
            (Some(id), _) => Some(hash("documentId", id.strip_prefix("sha256:").unwrap_or(id))?),
            (None, Some(persisted)) => {
                let said = persisted.get("sha256Hash").and_then(Value::as_str).unwrap_or_default();
                Some(hash("extensions.persistedQuery.sha256Hash", said)?)
            }
            (None, None) => None,
        };
        if query.is_none() && hash.is_none() {
            let message = "no `query` is given: send one, or open /graphiql in a browser";
            return Err(ill_formed(message.to_owned()));
        }
        Ok(Self { query, operation_name, variables, hash })
    }
}

fn ill_formed(message: String) -> Refused {
    Refused::new(Kind::IllFormed, message)
}

fn text(asked: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refused> {
    match asked.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ill_formed(format!("`{name}` must be a text"))),
    }
}

fn object(
    asked: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<Map<String, Value>>, Refused> {
    match asked.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(fields)) => Ok(Some(fields)),
        Some(_) => Err(ill_formed(format!("`{name}` must be an object"))),
    }
}

fn hash(name: &str, text: &str) -> Result<DocumentHash, Refused> {
    let wrong =
        |()| ill_formed(format!("`{name}` must be the SHA-256 of a document, in 64 digits"));
    text.parse().map_err(wrong)
}
