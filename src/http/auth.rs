//! Who asks: by token or JWT, or, where access is open, whoever is on this machine.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    config::{Access, is_loopback},
    service::{ServiceError, Viewer},
};

use super::{Door, failing::failed, graphql::refusal};

/// The viewer that a request comes from.
pub(super) async fn viewer(door: &Door, headers: &HeaderMap) -> Result<Viewer, Response> {
    if let Some(refused) = turned_away(door, headers) {
        return Err(refused);
    }
    viewer_by(door, authorization(headers)).await
}

/// The answer to a foreign page, where access is open.
pub(super) fn turned_away(door: &Door, headers: &HeaderMap) -> Option<Response> {
    if door.access == Access::Token || comes_from_this_machine(headers) {
        return None;
    }
    let message = "this server is open to this machine alone: ask from a page or a program \
                   on it, by the address 127.0.0.1 or localhost";
    Some(refusal(StatusCode::FORBIDDEN, "FORBIDDEN", message))
}

/// The answer to a page of another origin that opens a socket, where it is none of those that may:
/// no browser asks before it opens one.
pub(super) fn foreign_page(door: &Door, headers: &HeaderMap) -> Option<Response> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = text(header::ORIGIN)?;
    let host = origin.split_once("://").map(|(_, host)| host);
    let is_ours = host.is_some() && host == text(header::HOST);
    if is_ours || door.front.origins.iter().any(|known| known == origin) {
        return None;
    }
    let message = "pages of this origin may not ask here: name it in the setting `origins`";
    Some(refusal(StatusCode::FORBIDDEN, "FORBIDDEN", message))
}

/// What a request says of who asks.
pub(super) fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()
}

/// The viewer of what was said of who asks.
pub(super) async fn viewer_by(door: &Door, said: Option<&str>) -> Result<Viewer, Response> {
    let Some(token) = said.and_then(bearer) else {
        return door.guest.clone().ok_or_else(|| unauthenticated("no token was sent"));
    };
    match door.tertius.viewer_by_bearer(token).await {
        Ok(Some(viewer)) => Ok(viewer),
        Ok(None) => Err(not_valid()),
        Err(error @ (ServiceError::Forbidden(_) | ServiceError::Busy { .. })) => {
            Err(failed(door, &error))
        }
        Err(error) => {
            tracing::error!(cause = ?error, "a token could not be looked up");
            let message = "the service is not ready; try again";
            Err(refusal(StatusCode::SERVICE_UNAVAILABLE, "BUSY", message))
        }
    }
}

/// What somebody shows who comes by `Bearer`.
pub(super) fn bearer(said: &str) -> Option<&str> {
    let (scheme, token) = said.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The answer to what is no token, or none any more, whatever is wrong with it.
pub(super) fn not_valid() -> Response {
    unauthenticated("the token is not valid (any more)")
}

fn unauthenticated(why: &str) -> Response {
    let message = format!("{why}: send `Authorization: Bearer tertius_…`");
    let answer = refusal(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", &message);
    ([(header::WWW_AUTHENTICATE, "Bearer")], answer).into_response()
}

/// Whether the name by which the server was called, and the page that calls, are of this machine:
/// a foreign page, and a foreign name that leads here, are turned away.
fn comes_from_this_machine(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host_is_ours = text(header::HOST).is_none_or(is_loopback);
    let origin_is_ours = text(header::ORIGIN)
        .is_none_or(|origin| origin.split_once("://").is_some_and(|(_, host)| is_loopback(host)));
    host_is_ours && origin_is_ours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_of_this_machine() {
        let asked = |host: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            comes_from_this_machine(&headers)
        };
        assert!(asked("127.0.0.1:7878", None));
        assert!(asked("localhost:7878", Some("http://localhost:3000")));
        assert!(asked("[::1]:7878", Some("http://127.0.0.1:5173")));
        assert!(!asked("evil.example:7878", None), "a name that was bent to this machine");
        assert!(!asked("localhost:7878", Some("https://evil.example")));
        assert!(!asked("localhost:7878", Some("null")));
    }
}
