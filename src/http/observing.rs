//! What is done with every request, whatever it asks: it gets a name, its answer is counted, and
//! gets the headers that keep browsers careful.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tokio::time::Instant;
use tracing::Instrument as _;

use super::Door;

/// The header by which a client and the log speak of the same request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest name of a request that is taken over.
const REQUEST_ID_LETTERS_MAX: usize = 64;
/// What a page of another origin may send.
const MAY_SEND: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, graphql-require-preflight, apollo-require-preflight, \
     x-apollo-operation-name, x-request-id, if-none-match",
);
/// What a page of another origin may read beside the body.
const MAY_READ: HeaderValue = HeaderValue::from_static(
    "etag, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, x-request-id",
);

/// Watches over one request.
pub(super) async fn observe(State(door): State<Door>, request: Request, next: Next) -> Response {
    let (id, began) = (request_id(&door, request.headers()), Instant::now());
    let origin = known_origin(&door, request.headers());
    let span = tracing::info_span!("request", id, method = %request.method());
    let mut response = match &origin {
        Some(_) if request.method() == Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).instrument(span).await,
    };
    door.counters.answered(response.status(), began.elapsed());
    let headers = response.headers_mut();
    careful(headers);
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, MAY_SEND);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, MAY_READ);
        let methods = HeaderValue::from_static("GET, POST, PATCH, HEAD");
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    if !door.front.origins.is_empty() {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// The name that the client gave the request, where it is a plain word, or a fresh one.
fn request_id(door: &Door, headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|given| given.to_str().ok());
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    given
        .filter(|given| (1..=REQUEST_ID_LETTERS_MAX).contains(&given.len()))
        .filter(|given| given.chars().all(plain))
        .map_or_else(|| door.counters.request_name(), str::to_owned)
}

/// The origin of the page that asks, where it is one of those that may.
fn known_origin(door: &Door, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    let known = door.front.origins.iter().any(|known| known.as_bytes() == origin.as_bytes());
    known.then(|| origin.clone())
}

/// Headers that keep a browser from doing more with an answer than showing it.
fn careful(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
