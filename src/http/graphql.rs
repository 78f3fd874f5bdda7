//! GraphQL over HTTP: queries by GET and POST, mutations by POST, subscriptions as events.

use std::{panic::AssertUnwindSafe, time::Duration};

use async_graphql::{
    ErrorExtensionValues, Request, Response as Answer, ServerError,
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationType},
    },
};
use axum::{
    Json,
    body::Bytes,
    extract::{Query, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt as _;
use serde::Deserialize;

use crate::api;

use super::{Door, auth, guard, news};

/// How long a request may take in all.
const REQUEST_DEADLINE: Duration = Duration::from_secs(30);

/// The parameters of a request, by POST as JSON or by GET.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    query: String,
    operation_name: Option<String>,
    variables: Option<serde_json::Value>,
    #[serde(default)]
    #[expect(dead_code, reason = "clients may send it; nothing is read from it yet")]
    extensions: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InUrl {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
}

/// Answers `POST /graphql`.
pub(super) async fn by_post(
    State(door): State<Door>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return unreadable(&door, &rejection),
    };
    if let Some(refused) = wants_json(&headers) {
        return refused;
    }
    match serde_json::from_slice::<Parameters>(&body) {
        Ok(parameters) => answer(&door, &headers, parameters, Method::Post).await,
        Err(error) => {
            let message = format!("the body is not a GraphQL request in JSON: {error}");
            refusal(StatusCode::BAD_REQUEST, "BAD_REQUEST", &message)
        }
    }
}

/// The answer to a body that is no JSON: what a foreign page may send unasked is none.
pub(super) fn wants_json(headers: &HeaderMap) -> Option<Response> {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    let message = "send the query as JSON, with `Content-Type: application/json`";
    let code = "UNSUPPORTED_MEDIA_TYPE";
    (!is_json).then(|| refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, code, message))
}

/// Answers `GET /graphql`.
pub(super) async fn by_get(
    State(door): State<Door>,
    headers: HeaderMap,
    Query(url): Query<InUrl>,
) -> Response {
    let Some(query) = url.query else {
        let message = "no `query` is given: send one by POST, or open /graphiql in a browser";
        return refusal(StatusCode::BAD_REQUEST, "BAD_REQUEST", message);
    };
    let variables = match url.variables.as_deref().map(serde_json::from_str).transpose() {
        Ok(variables) => variables,
        Err(error) => {
            let message = format!("`variables` is not JSON: {error}");
            return refusal(StatusCode::BAD_REQUEST, "BAD_REQUEST", &message);
        }
    };
    let operation_name = url.operation_name;
    let parameters = Parameters { query, operation_name, variables, extensions: None };
    answer(&door, &headers, parameters, Method::Get).await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
}

async fn answer(
    door: &Door,
    headers: &HeaderMap,
    parameters: Parameters,
    method: Method,
) -> Response {
    let viewer = match auth::viewer(door, headers).await {
        Ok(viewer) => viewer,
        Err(refused) => return refused,
    };
    let Admitted { request, does } = match admit(parameters) {
        Ok(admitted) => admitted,
        // With status 200, as plain JSON clients expect it.
        Err((code, message)) => return refusal(StatusCode::OK, code, &message),
    };
    if method == Method::Get && does.contains(&OperationType::Mutation) {
        let message = "a mutation is sent by POST";
        return refusal(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message);
    }
    if does.contains(&OperationType::Subscription) {
        return news::as_events(door, headers, viewer, request);
    }
    let request = api::request(&door.tertius, viewer, request);
    let running = AssertUnwindSafe(door.schema.execute(request)).catch_unwind();
    let executed = match tokio::time::timeout(REQUEST_DEADLINE, running).await {
        Ok(Ok(answer)) => coded(answer),
        Ok(Err(_panic)) => {
            let message = broke_down(door);
            return refusal(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", &message);
        }
        Err(_elapsed) => {
            let message = "the query took too long; ask for less at once";
            return refusal(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", message);
        }
    };
    Json(executed).into_response()
}

/// What is said, and logged, of a query that brought the executor down.
pub(super) fn broke_down(door: &Door) -> String {
    let incident = door.tertius.incident();
    tracing::error!(incident, "a query brought the executor down: incident {incident}");
    format!("internal error ({incident})")
}

/// A request that may run.
pub(super) struct Admitted {
    pub(super) request: Request,
    /// What the operations that may be meant do.
    pub(super) does: Vec<OperationType>,
}

/// Measures and reads a document; refuses with a code and a message.
pub(super) fn admit(parameters: Parameters) -> Result<Admitted, (&'static str, String)> {
    let too_much = |too_much: guard::TooMuch| ("QUERY_TOO_COMPLEX", too_much.to_string());
    guard::measure_text(&parameters.query).map_err(too_much)?;
    let document = parse_query(&parameters.query)
        .map_err(|error| ("GRAPHQL_PARSE_FAILED", error.to_string()))?;
    guard::measure(&document).map_err(too_much)?;
    let does = operations(&document, parameters.operation_name.as_deref());
    let mut request = Request::new(parameters.query);
    request.set_parsed_query(document);
    if let Some(name) = parameters.operation_name {
        request = request.operation_name(name);
    }
    if let Some(variables) = parameters.variables {
        request = request.variables(async_graphql::Variables::from_json(variables));
    }
    Ok(Admitted { request, does })
}

fn operations(document: &ExecutableDocument, name: Option<&str>) -> Vec<OperationType> {
    match &document.operations {
        DocumentOperations::Single(operation) => vec![operation.node.ty],
        DocumentOperations::Multiple(all) => all
            .iter()
            .filter(|(other, _)| name.is_none_or(|name| name == other.as_str()))
            .map(|(_, operation)| operation.node.ty)
            .collect(),
    }
}

/// Gives every error a code: what the library says of itself has none.
pub(super) fn coded(mut answer: Answer) -> Answer {
    let has_data = answer.data != async_graphql::Value::Null;
    for error in &mut answer.errors {
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if extensions.get("code").is_none() {
            let executed = has_data || !error.path.is_empty();
            let code = match error.message.as_str() {
                "Query is nested too deep." | "Query is too complex." => "QUERY_TOO_COMPLEX",
                _ if executed => "BAD_USER_INPUT",
                _ => "GRAPHQL_VALIDATION_FAILED",
            };
            extensions.set("code", code);
        }
    }
    answer
}

fn unreadable(door: &Door, rejection: &BytesRejection) -> Response {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let most = door.tertius.limits().body_bytes_max;
        let message = format!("the body is larger than {most} bytes, the most that is read");
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", &message);
    }
    refusal(StatusCode::BAD_REQUEST, "BAD_REQUEST", "the body could not be read to its end")
}

/// An answer that holds one error.
pub(super) fn refusal(status: StatusCode, code: &'static str, message: &str) -> Response {
    (status, Json(one_error(code, message))).into_response()
}

/// One error as an answer.
pub(super) fn one_error(code: &'static str, message: &str) -> Answer {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
    Answer::from_errors(vec![error])
}
