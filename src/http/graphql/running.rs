//! One request, from its parameters to its answer.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{Request, Response as Answer, ServerError, Value, Variables};
use futures_util::FutureExt as _;

use crate::{
    api,
    http::{
        Door,
        document::{self, Document, DocumentHash, Does, ERRORS_MAX},
        refused::{Kind, Refused, say},
    },
    service::Viewer,
};

use super::reading::Asked;

/// A request that may run.
pub(in crate::http) struct Ready {
    pub(in crate::http) request: Request,
    pub(in crate::http) does: Does,
}

/// Reads a request down to what the executor takes. Nothing of it has run yet.
pub(in crate::http) fn make_ready(door: &Door, asked: Asked) -> Result<Ready, Refused> {
    let document = document_of(door, &asked)?;
    let operation = document.operation(asked.operation_name.as_deref())?;
    let variables = door.documents.variables(&document, operation, asked.variables)?;
    let mut request = Request::new(String::new()).variables(Variables::from_json(variables));
    request.set_parsed_query(document.parsed.clone());
    if let Some(name) = &operation.name {
        request = request.operation_name(name.as_str());
    }
    Ok(Ready { request, does: document::does(operation) })
}

/// The document that is meant, by its text or its hash.
fn document_of(door: &Door, asked: &Asked) -> Result<Arc<Document>, Refused> {
    let named = asked.hash;
    let Some(text) = &asked.query else {
        let hash = named.ok_or_else(|| Refused::new(Kind::IllFormed, "no `query` is given"))?;
        // Clients look for this very message.
        let unknown = || Refused::new(Kind::NotKept, "PersistedQueryNotFound");
        return match &door.allowed {
            Some(allowed) => allowed.get(&hash).cloned().ok_or_else(not_allowed),
            None => door.documents.kept(hash).ok_or_else(unknown),
        };
    };
    let hash = DocumentHash::of(text);
    if named.is_some_and(|named| named != hash) {
        return Err(Refused::new(Kind::IllFormed, "the hash is not that of the `query`"));
    }
    match &door.allowed {
        Some(allowed) => allowed.get(&hash).cloned().ok_or_else(not_allowed),
        None => door.documents.read(text),
    }
}

fn not_allowed() -> Refused {
    let message = "this server answers only documents that were agreed on beforehand";
    Refused::new(Kind::NotAllowed, message)
}

/// Runs what is no subscription, to its end or its deadline.
pub(in crate::http) async fn run(
    door: &Door,
    viewer: Viewer,
    request: Request,
) -> Result<Answer, Refused> {
    let request = api::request(&door.tertius, viewer, request);
    door.counters.executed();
    let running = AssertUnwindSafe(door.schema.execute(request)).catch_unwind();
    let deadline = Duration::from_millis(door.tertius.limits().request_ms_max);
    match tokio::time::timeout(deadline, running).await {
        Ok(Ok(answer)) => Ok(coded(door, answer)),
        Ok(Err(_panic)) => Err(Refused::new(Kind::Internal, broke_down(door))),
        Err(_elapsed) => {
            Err(Refused::new(Kind::Timeout, "the query took too long; ask for less at once"))
        }
    }
}

/// What is said, and logged, of a query that brought the executor down.
pub(in crate::http) fn broke_down(door: &Door) -> String {
    let incident = door.tertius.incident();
    tracing::error!(incident, "a query brought the executor down: incident {incident}");
    format!("internal error ({incident})")
}

/// Gives every error a code, and hides what nobody meant to publish: what the library says of
/// itself has no code, and only of arguments it may speak.
pub(in crate::http) fn coded(door: &Door, mut answer: Answer) -> Answer {
    answer.errors.truncate(ERRORS_MAX);
    for error in &mut answer.errors {
        let has_code = error.extensions.as_ref().is_some_and(|e| e.get("code").is_some());
        if has_code {
            continue;
        }
        if speaks_of_input(error) {
            say(error, "code", "BAD_USER_INPUT".into());
        } else {
            let incident = door.tertius.incident();
            let cause = std::mem::replace(&mut error.message, "internal error".to_owned());
            tracing::error!(incident, cause, "a resolver failed: incident {incident}");
            say(error, "code", Kind::Internal.code().into());
            say(error, "incident", Value::from(incident));
        }
    }
    answer
}

/// Whether it is of the arguments: the library has no other sign of that than its words.
fn speaks_of_input(error: &ServerError) -> bool {
    const BEGINNINGS: [&str; 4] =
        ["Invalid value for argument", "Failed to parse", "Invalid input value", "Oneof"];
    error.path.is_empty() || BEGINNINGS.iter().any(|words| error.message.starts_with(words))
}
