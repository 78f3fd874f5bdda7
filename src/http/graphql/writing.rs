//! An answer as bytes, with the status and the headers that belong to it.

use std::collections::BTreeMap;

use async_graphql::{Response as Answer, ServerError, Value};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;

use crate::{
    config::HttpStatuses,
    http::{
        Door,
        document::DocumentHash,
        refused::{Kind, Refused},
    },
};

use super::media::Form;

/// Data with errors, as the draft of 2026 has it.
const PARTLY: u16 = 294;

/// An answer in the order in which it is best read. What never ran has no `data`.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

/// The answer to something that ran, or its refusal.
pub(in crate::http) type Outcome = Result<Answer, Refused>;

/// An outcome as JSON.
pub(in crate::http) fn json(outcome: &Outcome) -> String {
    let (empty, none) = (BTreeMap::new(), Value::Null);
    let written = match outcome {
        Ok(answer) => Written {
            errors: &answer.errors,
            data: Some(&answer.data),
            extensions: &answer.extensions,
        },
        Err(refused) => Written { errors: &refused.errors, data: None, extensions: &empty },
    };
    // All of it is text, numbers and lists; if that failed, there would be no answer at all.
    serde_json::to_string(&written).unwrap_or_else(|_| none.to_string())
}

/// An outcome as a response.
pub(in crate::http) fn respond(door: &Door, outcome: &Outcome, form: Form) -> Response {
    let statuses = door.front.statuses;
    count(door, outcome);
    let status = match outcome {
        Ok(answer) if form == Form::GraphqlJson && statuses == HttpStatuses::Draft => {
            let partly = StatusCode::from_u16(PARTLY).unwrap_or(StatusCode::OK);
            if answer.errors.is_empty() { StatusCode::OK } else { partly }
        }
        Ok(_) => StatusCode::OK,
        Err(refused) if form == Form::Json && refused.kind.is_an_answer() => StatusCode::OK,
        Err(refused) => refused.kind.status(statuses),
    };
    let mut response = of_json(status, form, json(outcome));
    let headers = match outcome {
        Ok(answer) => &answer.http_headers,
        Err(refused) => &*refused.headers,
    };
    response.headers_mut().extend(headers.clone());
    response
}

/// Outcomes of one body, in its order. Each says for itself whether it ran.
pub(super) fn respond_to_several(door: &Door, outcomes: &[Outcome], form: Form) -> Response {
    for outcome in outcomes {
        count(door, outcome);
    }
    let all: Vec<String> = outcomes.iter().map(json).collect();
    of_json(StatusCode::OK, form, format!("[{}]", all.join(",")))
}

fn count(door: &Door, outcome: &Outcome) {
    if let Err(refused) = outcome {
        door.counters.refused(refused.kind.code());
    }
}

/// One error as a response, outside GraphQL.
pub(in crate::http) fn respond_with_error(status: StatusCode, error: ServerError) -> Response {
    let refused = Refused { kind: Kind::Unreadable, errors: vec![error], headers: Box::default() };
    of_json(status, Form::Json, json(&Err(refused)))
}

fn of_json(status: StatusCode, form: Form, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, form.content_type());
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

/// Lets a client ask whether an answer by GET is still the same.
pub(super) fn tagged(outcome: &Outcome, mut response: Response, asked: &HeaderMap) -> Response {
    let Ok(Answer { data, errors, .. }) = outcome else { return response };
    if !errors.is_empty() {
        return response;
    }
    // What is left to whoever asks is no part of the answer: it is another each time.
    let tag = DocumentHash::of(&data.to_string()).to_string();
    let tag = format!("\"{}\"", &tag[..24]);
    let known = asked.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let is_known = known.is_some_and(|known| {
        known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
    });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    set(&mut response, header::CACHE_CONTROL, "private, no-cache");
    set(&mut response, header::VARY, "Accept, Authorization");
    response
}

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}
