//! GraphQL over HTTP: queries by GET and POST, mutations by POST, subscriptions as events.
//!
//! What costs least is looked at first, and nothing runs before all of it was looked at: method,
//! forms, body, who asks, parameters, document, operation, variables.

mod media;
mod reading;
mod running;
mod writing;

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    extract::{Request as HttpRequest, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::Response,
};

use http_body_util::LengthLimitError;

use crate::service::Viewer;

use super::{
    Door, auth,
    document::Does,
    news,
    refused::{Kind, Refused},
};
use media::{Accepted, Form, accepted};
use reading::{Read, of_address, of_body};
use writing::{Outcome, respond, respond_to_several, respond_with_error, tagged};

pub(super) use reading::Asked;
pub(super) use running::{Ready, broke_down, charge, coded, make_ready};

/// Headers that a page of another origin cannot send without asking first.
const PREFLIGHT_HEADERS: [&str; 4] = [
    "authorization",
    "graphql-require-preflight",
    "apollo-require-preflight",
    "x-apollo-operation-name",
];

/// Answers `/graphql`, whatever the method.
pub(super) async fn answer(State(door): State<Door>, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    let refuse = |refused, form| respond(&door, &Err(refused), form);
    let accepted = match accepted(&parts.headers) {
        Ok(accepted) => accepted,
        Err(refused) => return refuse(refused, Form::Json),
    };
    let form = accepted.json.unwrap_or(Form::Events);
    if parts.method != Method::GET && parts.method != Method::POST {
        return allowing("GET, POST", refuse(by_method("send GraphQL by GET or POST"), form));
    }
    // The body first: who is answered while still writing may never read the answer.
    let body = read_whole(&door, body).await;
    let viewer = match auth::viewer(&door, &parts.headers).await {
        Ok(viewer) => viewer,
        Err(refused) => return refused,
    };
    let read =
        if parts.method == Method::GET { by_get(&parts) } else { by_post(&door, &parts, body) };
    match read {
        Err(refused) => refuse(refused, form),
        Ok(Read::Several(all)) => several(&door, viewer, all, form).await,
        Ok(Read::One(asked)) => one(&door, &parts, viewer, asked, accepted).await,
    }
}

fn by_method(message: &str) -> Refused {
    Refused::new(Kind::Method, message)
}

fn allowing(methods: &'static str, mut response: Response) -> Response {
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
    response
}

/// A body within its limits of size and time.
async fn read_whole(door: &Door, body: Body) -> Result<axum::body::Bytes, Refused> {
    let most = door.tertius.limits().body_bytes_max;
    let reading = to_bytes(body, most);
    match tokio::time::timeout(Duration::from_millis(door.front.limits.body_ms_max), reading).await
    {
        Err(_elapsed) => {
            Err(Refused::new(Kind::TooSlow, "the body did not come in time; send it again"))
        }
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if is_too_long(&error) => {
            let message = format!("the body is larger than {most} bytes, the most that is read");
            Err(Refused::new(Kind::TooLarge, message))
        }
        Ok(Err(_)) => Err(Refused::new(Kind::Unreadable, "the body could not be read to its end")),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let first: Option<&dyn std::error::Error> = Some(error);
    let mut causes = std::iter::successors(first, |error| error.source());
    causes.any(<dyn std::error::Error>::is::<LengthLimitError>)
}

fn by_get(parts: &Parts) -> Result<Read, Refused> {
    if !PREFLIGHT_HEADERS.iter().any(|name| parts.headers.contains_key(*name)) {
        let message = "by GET, send a token or the header `GraphQL-Require-Preflight: 1`, so that \
                       no foreign page asks in your name";
        return Err(Refused::new(Kind::Csrf, message));
    }
    of_address(&parts.uri).map(Read::One)
}

fn by_post(
    door: &Door,
    parts: &Parts,
    body: Result<axum::body::Bytes, Refused>,
) -> Result<Read, Refused> {
    let body = body?;
    media::wants_json(&parts.headers)?;
    of_body(&body, door.front.limits.batch_max)
}

async fn one(
    door: &Door,
    parts: &Parts,
    viewer: Viewer,
    asked: Asked,
    accepted: Accepted,
) -> Response {
    let form = accepted.json.unwrap_or(Form::Events);
    let refuse = |refused| respond(door, &Err(refused), form);
    let ready = match make_ready(door, asked) {
        Ok(ready) => ready,
        Err(refused) => return refuse(refused),
    };
    let (does, is_get) = (ready.does, parts.method == Method::GET);
    if is_get && does == Does::Mutation {
        return allowing("POST", refuse(by_method("a mutation is sent by POST")));
    }
    if does == Does::Subscription && !accepted.events {
        let message = "a subscription is sent with `Accept: text/event-stream`, or over the \
                       WebSocket /graphql/ws";
        return refuse(Refused::new(Kind::NotAcceptable, message));
    }
    if does == Does::Subscription || accepted.json.is_none() {
        return match charge(door, &viewer, &ready) {
            Ok(charged) => news::as_events(door, viewer, charged, ready),
            Err(refused) => refuse(refused),
        };
    }
    let outcome = running::run(door, viewer, ready).await;
    let response = respond(door, &outcome, form);
    if is_get { tagged(&outcome, response, &parts.headers) } else { response }
}

/// Runs requests of one body, one after the other.
async fn several(door: &Door, viewer: Viewer, all: Vec<Asked>, form: Form) -> Response {
    let mut outcomes: Vec<Outcome> = Vec::new();
    for asked in all {
        outcomes.push(match make_ready(door, asked) {
            Ok(Ready { does: Does::Subscription, .. }) => {
                Err(Refused::new(Kind::IllFormed, "a subscription is sent by itself"))
            }
            Ok(ready) => running::run(door, viewer.clone(), ready).await,
            Err(refused) => Err(refused),
        });
    }
    respond_to_several(door, &outcomes, form)
}

/// The answer to a body that is no JSON, outside GraphQL.
pub(super) fn wants_json(headers: &HeaderMap) -> Option<Response> {
    let Refused { kind, errors, .. } = media::wants_json(headers).err()?;
    let error = errors.into_iter().next()?;
    Some(respond_with_error(kind.status(crate::config::HttpStatuses::Audit), error))
}

/// An answer that holds one error, outside GraphQL.
pub(super) fn refusal(status: StatusCode, code: &'static str, message: &str) -> Response {
    let mut error = async_graphql::ServerError::new(message, None);
    super::refused::say(&mut error, "code", code.into());
    respond_with_error(status, error)
}
