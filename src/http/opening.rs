//! The door before it opens: the port answers while the network is still loaded.

use std::sync::{Arc, OnceLock};

use axum::{
    Router,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};

use super::{Door, graphql::refusal, health, router};

/// A door that may still be closed. Whoever comes before it opens is told to come back.
#[derive(Debug, Clone)]
pub struct Gate {
    waiting: Router,
    open: Arc<OnceLock<Router>>,
}

impl Gate {
    /// A gate that nobody passes yet.
    pub fn closed() -> Self {
        let waiting = Router::new()
            .route("/health/live", axum::routing::get(health::live))
            .fallback(come_back);
        Self { waiting, open: Arc::default() }
    }

    /// Lets everybody through this door from now on. It stays the first one that was opened.
    pub fn open(&self, door: Door) {
        self.open.get_or_init(|| router(door));
    }

    /// The routes for a connection that begins now.
    pub(super) fn routes(&self) -> Router {
        self.open.get().unwrap_or(&self.waiting).clone()
    }
}

/// Says that it is too early. The connection ends, so that the next one finds the door open.
async fn come_back(address: Uri) -> Response {
    let mut response = if address.path() == "/health/ready" {
        let text = "not ready: the network is being loaded\n";
        (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
    } else {
        let message = "the network is being loaded; come back in a moment";
        refusal(StatusCode::SERVICE_UNAVAILABLE, "BUSY", message)
    };
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
