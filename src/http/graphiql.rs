//! GraphiQL, without a network.

use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// What the bare address says.
pub(super) async fn hint() -> &'static str {
    "tertius: ask by POST /graphql, or open /graphiql in a browser\n"
}

/// The page.
pub(super) async fn page() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// A file of the page.
pub(super) async fn file(Path(_name): Path<String>) -> Response {
    StatusCode::NOT_FOUND.into_response()
}
