//! Routes, authentication, bodies, health.

mod auth;
mod documents;
mod failing;
mod graphiql;
mod graphql;
mod guard;
mod health;
mod imports;
mod invitations;
mod news;
mod questions;
mod socket;

use std::{future::Future, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    response::Response,
    routing::{get, head, post},
};
use tokio::{net::TcpListener, sync::Semaphore};

use crate::{
    api::{self, Schema},
    config::Access,
    service::{Tertius, Uploads, Viewer},
};

pub use documents::WebDocuments;
pub use questions::questions;

/// What a route needs.
#[derive(Clone)]
pub struct Door {
    tertius: Arc<Tertius>,
    schema: Schema,
    access: Access,
    /// As whom questions without a token are asked, where access is open.
    guest: Option<Viewer>,
    uploads: Arc<Uploads>,
    /// A place for each who may listen to news.
    listeners: Arc<Semaphore>,
}

impl Door {
    /// A door for those who have a token.
    pub fn with_tokens(tertius: Arc<Tertius>) -> Self {
        let schema = api::schema(Arc::clone(&tertius));
        let uploads = Arc::new(Uploads::in_temp_folder(Arc::clone(&tertius)));
        let listeners = Arc::new(Semaphore::new(tertius.limits().listeners_max));
        Self { tertius, schema, access: Access::Token, guest: None, uploads, listeners }
    }

    /// A door for whoever reaches the port; without a token they ask as `guest`.
    pub fn open(tertius: Arc<Tertius>, guest: Viewer) -> Self {
        Self { access: Access::Open, guest: Some(guest), ..Self::with_tokens(tertius) }
    }

    /// The same door, which keeps uploads in a folder, so that they outlive a restart.
    #[must_use]
    pub fn keeping_uploads_in(mut self, folder: PathBuf) -> Self {
        self.uploads = Arc::new(Uploads::in_folder(Arc::clone(&self.tertius), folder));
        self
    }
}

/// All routes.
pub fn router(door: Door) -> Router {
    let body_bytes_max = door.tertius.limits().body_bytes_max;
    Router::new()
        .route("/", get(graphiql::hint))
        .route("/graphql", get(graphql::by_get).post(graphql::by_post))
        .route("/graphql/ws", get(socket::open))
        .route("/imports", post(imports::begin))
        .route("/invitations/accept", post(invitations::accept))
        .route("/imports/uploads/{sha256}", head(imports::sent).patch(imports::go_on))
        .route("/graphiql", get(graphiql::page))
        .route("/graphiql/{file}", get(graphiql::file))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(axum::middleware::map_response(safe_headers))
        .with_state(door)
}

/// Serves until `stop` comes, then lets what runs come to its end.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    door: Door,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(door)).with_graceful_shutdown(stop).await
}

/// Listens on an address.
///
/// # Errors
/// When it is taken, or not ours.
pub async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

async fn safe_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
