//! One request, from its parameters to its answer.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{
    Name, Request, Response as Answer, ServerError, Value, Variables, indexmap::IndexMap,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use futures_util::FutureExt as _;
use tokio::time::Instant;

use crate::{
    api::{self, RateLimit},
    http::{
        Door,
        document::{self, Document, DocumentHash, Does, Node, Operation},
        refused::{Kind, Refused, say},
    },
    service::{Allowance, Spent, Viewer},
};

use super::reading::Asked;

/// The most errors of what ran: each null that should be none has one, so there may be many.
const FIELD_ERRORS_MAX: usize = 100;

/// A request that may run.
pub(in crate::http) struct Ready {
    request: Request,
    document: Arc<Document>,
    operation: Node<Operation>,
    pub(in crate::http) does: Does,
    /// What it costs at most.
    cost: u64,
}

/// Reads a request down to what the executor takes. Nothing of it has run yet.
pub(in crate::http) fn make_ready(door: &Door, asked: Asked) -> Result<Ready, Refused> {
    let document = document_of(door, &asked)?;
    let operation = document.operation(asked.operation_name.as_deref())?;
    let variables = door.documents.variables(&document, operation, asked.variables)?;
    let (cost, most) = (
        door.documents.cost_at_most(&document, operation, &variables),
        door.tertius.limits().points_max(),
    );
    if cost > most {
        let message = format!(
            "the query may cost {cost} points, and {most} is the most: ask for less at once"
        );
        return Err(Refused::new(Kind::TooComplex, message));
    }
    let mut request = Request::new(String::new()).variables(Variables::from_json(variables));
    request.set_parsed_query(document.parsed.clone());
    if let Some(name) = &operation.name {
        request = request.operation_name(name.as_str());
    }
    let (does, operation) = (document::does(operation), operation.clone());
    Ok(Ready { request, document, operation, does, cost })
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
    if let Some(allowed) = &door.allowed {
        return allowed.get(&hash).cloned().ok_or_else(not_allowed);
    }
    let kept = door.documents.kept(hash);
    door.counters.document(kept.is_some());
    kept.map_or_else(|| door.documents.read(text), Ok)
}

fn not_allowed() -> Refused {
    let message = "this server answers only documents that were agreed on beforehand";
    Refused::new(Kind::NotAllowed, message)
}

/// Runs what is no subscription, to its end or its deadline.
pub(in crate::http) async fn run(
    door: &Door,
    viewer: Viewer,
    ready: Ready,
) -> Result<Answer, Refused> {
    let charged = charge(door, &viewer, &ready)?;
    let Ready { request, document, operation, cost, .. } = ready;
    let request = api::request(&door.tertius, viewer.clone(), request.data(charged));
    door.counters.executed(cost);
    let running = AssertUnwindSafe(door.schema.execute(request)).catch_unwind();
    let deadline = Duration::from_millis(door.front.limits.request_ms_max);
    let began = Instant::now();
    let ran = tokio::time::timeout(deadline, running).await;
    door.counters.ran(operation.name.as_deref(), began.elapsed());
    match ran {
        Ok(Ok(mut answer)) => {
            document.in_order(&operation, &mut answer.data);
            let actual = document.cost_of(&operation, &answer.data).min(cost);
            let left = door.tertius.refund(&viewer, cost - actual);
            Ok(costing(coded(door, answer), (cost, actual), left))
        }
        Ok(Err(_panic)) => Err(Refused::new(Kind::Internal, broke_down(door))),
        Err(_elapsed) => {
            Err(Refused::new(Kind::Timeout, "the query took too long; ask for less at once"))
        }
    }
}

/// Takes what a request costs at most from whoever asks.
pub(in crate::http) fn charge(
    door: &Door,
    viewer: &Viewer,
    ready: &Ready,
) -> Result<RateLimit, Refused> {
    let cost = ready.cost;
    match door.tertius.charge(viewer, cost) {
        Ok(allowance) => Ok(RateLimit { cost, allowance }),
        Err(Spent { allowance, retry_after_ms }) => {
            let message = format!(
                "the query may cost {cost} points, and {} are left: {} come back in a second",
                allowance.remaining, allowance.restored_per_second
            );
            let mut refused = Refused::new(Kind::RateLimited, message);
            *refused.headers = headers_of(allowance);
            Err(refused.come_back_after_ms(retry_after_ms))
        }
    }
}

/// Says what an answer cost, and what is left.
fn costing(mut answer: Answer, (most, actual): (u64, u64), left: Option<Allowance>) -> Answer {
    let mut cost = IndexMap::from([
        (Name::new("requested"), Value::from(most)),
        (Name::new("actual"), Value::from(actual)),
    ]);
    if let Some(left) = left {
        cost.insert(Name::new("limit"), left.limit.into());
        cost.insert(Name::new("remaining"), left.remaining.into());
        cost.insert(Name::new("restoredPerSecond"), left.restored_per_second.into());
        answer.http_headers.extend(headers_of(left));
    }
    answer.extensions.insert("cost".to_owned(), Value::Object(cost));
    answer
}

/// The headers by which programs know how much is left.
fn headers_of(allowance: Allowance) -> HeaderMap {
    HeaderMap::from_iter([
        (HeaderName::from_static("ratelimit-limit"), HeaderValue::from(allowance.limit)),
        (HeaderName::from_static("ratelimit-remaining"), allowance.remaining.into()),
        (HeaderName::from_static("ratelimit-reset"), allowance.full_in_seconds().into()),
    ])
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
    answer.errors.truncate(FIELD_ERRORS_MAX);
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

impl Ready {
    /// What the executor takes, and what puts the fields of its answers in order.
    pub(in crate::http) fn into_parts(self) -> (Request, impl Fn(&mut Value) + Send + 'static) {
        let Self { request, document, operation, .. } = self;
        (request, move |data: &mut Value| document.in_order(&operation, data))
    }
}
