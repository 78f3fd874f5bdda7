//! Errors of use cases outside GraphQL, in the form that GraphQL gives them.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::service::{RefusalCode, ServiceError};

use super::{Door, graphql::refusal};

/// An error of a use case as a response: the client gets a code, the log the cause.
pub(super) fn failed(door: &Door, error: &ServiceError) -> Response {
    let message = error.to_string();
    match error {
        ServiceError::NotFound(_) => refusal(StatusCode::NOT_FOUND, "NOT_FOUND", &message),
        ServiceError::Forbidden(_) => refusal(StatusCode::FORBIDDEN, "FORBIDDEN", &message),
        ServiceError::Refused(refused) if refused.code == RefusalCode::Conflict => {
            refusal(StatusCode::CONFLICT, "CONFLICT", &message)
        }
        ServiceError::Invalid { .. } | ServiceError::Refused(_) => {
            refusal(StatusCode::UNPROCESSABLE_ENTITY, "BAD_USER_INPUT", &message)
        }
        ServiceError::Busy { retry_after_ms, .. } => {
            let after = retry_after_ms.div_ceil(1_000).to_string();
            let answer = refusal(StatusCode::SERVICE_UNAVAILABLE, "BUSY", &message);
            ([(header::RETRY_AFTER, after)], answer).into_response()
        }
        _ => {
            let incident = door.tertius.incident();
            tracing::error!(incident, cause = ?error, "a use case failed: incident {incident}");
            let message = format!("{message} ({incident})");
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", &message)
        }
    }
}
