//! Routes, authentication, bodies, health.

mod auth;
mod connecting;
mod consent;
mod counting;
mod document;
mod documents;
mod failing;
mod graphiql;
mod graphql;
mod health;
mod imports;
mod invitations;
mod news;
mod observing;
mod opening;
mod questions;
mod refused;
mod socket;

use std::{collections::HashMap, future::Future, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{any, get, head, post},
};
use tokio::{net::TcpListener, sync::Semaphore};

use crate::{
    api::{self, Schema},
    config::{Access, DoorLimits, Front},
    service::{Tertius, Uploads, Viewer},
};

use document::{Document, DocumentHash, Documents};

pub use counting::Counters;
pub use document::UnfitDocument;
pub use documents::WebDocuments;
pub use opening::Gate;
pub use questions::questions;

/// What a route needs.
#[derive(Clone)]
pub struct Door {
    tertius: Arc<Tertius>,
    schema: Schema,
    documents: Arc<Documents>,
    /// The only documents that are run, where not every valid one is.
    allowed: Option<Arc<HashMap<DocumentHash, Arc<Document>>>>,
    front: Arc<Front>,
    counters: Arc<Counters>,
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
        let front = Arc::<Front>::default();
        let documents = Arc::new(Documents::of(&api::printed(), front.limits.document));
        Self {
            tertius,
            schema,
            documents,
            allowed: None,
            front,
            counters: Arc::default(),
            access: Access::Token,
            guest: None,
            uploads,
            listeners,
        }
    }

    /// A door for whoever reaches the port; without a token they ask as `guest`.
    pub fn open(tertius: Arc<Tertius>, guest: Viewer) -> Self {
        Self { access: Access::Open, guest: Some(guest), ..Self::with_tokens(tertius) }
    }

    /// The same door, which behaves as is said here.
    ///
    /// # Errors
    /// When a document of the list cannot be run; the message names it.
    pub fn behaving(mut self, front: Front) -> Result<Self, UnfitDocument> {
        let documents = Documents::of(&api::printed(), front.limits.document);
        self.documents = Arc::new(documents);
        self.allowed = match &front.documents {
            None => None,
            Some(listed) => Some(Arc::new(self.documents.all(listed)?)),
        };
        self.front = Arc::new(front);
        Ok(self)
    }

    /// What is counted here.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
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
        .route("/graphql", any(graphql::answer))
        .route("/consent/{secret}", get(consent::page).post(consent::answer))
        .route("/consent.css", get(consent::style))
        .route("/graphql/ws", get(socket::open))
        .route("/imports", post(imports::begin))
        .route("/invitations/accept", post(invitations::accept))
        .route("/imports/uploads/{sha256}", head(imports::sent).patch(imports::go_on))
        .route("/graphiql", get(graphiql::page))
        .route("/graphiql/{file}", get(graphiql::file))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(axum::middleware::from_fn_with_state(door.clone(), observing::observe))
        .with_state(door)
}

/// Serves until `stop` comes, then lets what runs come to its end, but not for ever.
pub async fn serve(listener: TcpListener, door: Door, stop: impl Future<Output = ()> + Send) {
    let limits = door.front.limits;
    let gate = Gate::closed();
    gate.open(door);
    serve_behind(listener, gate, limits, stop).await;
}

/// The same behind a gate, which may be opened later.
pub async fn serve_behind(
    listener: TcpListener,
    gate: Gate,
    limits: DoorLimits,
    stop: impl Future<Output = ()> + Send,
) {
    connecting::serve(listener, || gate.routes(), &limits, stop).await;
}

/// What a watcher reads: all counters, on a listener of their own, which nobody else reaches.
pub fn metrics(door: &Door) -> Router {
    let door = door.clone();
    Router::new().route("/metrics", get(async move || counting::written(&door).await))
}

/// Serves the counters until `stop` comes.
pub async fn serve_metrics(
    listener: TcpListener,
    door: &Door,
    stop: impl Future<Output = ()> + Send,
) {
    let routes = metrics(door);
    connecting::serve(listener, || routes.clone(), &door.front.limits, stop).await;
}

/// Listens on an address.
///
/// # Errors
/// When it is taken, or not ours.
pub async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}
