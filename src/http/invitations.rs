//! Coming in by an invitation: the one thing that somebody without a token may ask for.

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::service::{NewMember, RefusalCode, ServiceError, role_name};

use super::{
    Door, auth,
    graphql::{refusal, wants_json},
};

/// What comes in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepting {
    secret: String,
    login: Option<String>,
}

/// Answers `POST /invitations/accept`.
pub(super) async fn accept(
    State(door): State<Door>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if let Some(refused) = auth::turned_away(&door, &headers) {
        return refused;
    }
    if let Some(refused) = wants_json(&headers) {
        return refused;
    }
    let read = body.ok().and_then(|body| serde_json::from_slice::<Accepting>(&body).ok());
    // What was sent may be a secret: it is not repeated.
    let Some(accepting) = read else {
        let message = "send {\"secret\": \"tertius_invite_…\", \"login\": \"…\"}";
        return refusal(StatusCode::BAD_REQUEST, "BAD_REQUEST", message);
    };
    let Accepting { secret, login } = accepting;
    let bearer = auth::authorization(&headers).and_then(auth::bearer);
    match door.tertius.accept_invitation_as(&secret, login.as_deref(), bearer).await {
        Ok(Some(made)) => welcome(&made),
        Ok(None) => auth::not_valid(),
        Err(error) => refused(&door, &error),
    }
}

/// The member with their first token, which nobody on the way may keep.
fn welcome(NewMember { member, token }: &NewMember) -> Response {
    let answer = Json(json!({
        "member": {
            "id": member.id.to_string(),
            "login": member.login.as_str(),
            "role": role_name(member.role).replace(' ', "_").to_uppercase(),
        },
        "token": { "id": token.id.to_string(), "secret": token.secret },
    }));
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (StatusCode::CREATED, [no_store], answer).into_response()
}

fn refused(door: &Door, error: &ServiceError) -> Response {
    let message = error.to_string();
    match error {
        ServiceError::Refused(refused) => match refused.code {
            RefusalCode::NotFound => refusal(StatusCode::NOT_FOUND, "NOT_FOUND", &message),
            RefusalCode::Duplicate => refusal(StatusCode::CONFLICT, "CONFLICT", &message),
            _ => refusal(StatusCode::BAD_REQUEST, "BAD_USER_INPUT", &message),
        },
        ServiceError::Busy { .. } => refusal(StatusCode::SERVICE_UNAVAILABLE, "BUSY", &message),
        _ => {
            let incident = door.tertius.incident();
            tracing::error!(incident, cause = ?error, "an invitation failed: incident {incident}");
            let message = format!("internal error ({incident})");
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", &message)
        }
    }
}
