//! Whether the service lives, and whether it can answer.

use axum::{extract::State, http::StatusCode, response::IntoResponse};

use super::Door;

/// The process runs.
pub(super) async fn live() -> &'static str {
    "live\n"
}

/// The network is loaded and the store answers.
pub(super) async fn ready(State(door): State<Door>) -> impl IntoResponse {
    let tertius = &door.tertius;
    match tertius.ready().await {
        Ok(()) => (
            StatusCode::OK,
            format!("ready: {} at version {}\n", tertius.store_kind(), tertius.version().0),
        ),
        Err(error) => {
            tracing::warn!(cause = ?error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: the store does not answer\n".to_owned())
        }
    }
}
