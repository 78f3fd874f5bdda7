//! What tests stand on: the sample network behind the real router.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tertius::{
    config::{Limits, Oidc},
    http::{Door, WebDocuments, router},
    model::{Day, Timestamp},
    service::{Foundations, SampleSize, SeededIds, StoppedClock, Tertius, Viewer, sample_now},
    store::{Store as _, sqlite::SqliteStore},
};
use tower::ServiceExt as _;

/// The use cases over a store of one's own that holds the sample.
pub(crate) struct House {
    pub(crate) tertius: Arc<Tertius>,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) clock: Arc<StoppedClock>,
    folder: Option<tempfile::TempDir>,
}

impl House {
    /// The sample, to be read by many tests.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<House> = OnceLock::new();
        SHARED.get_or_init(|| in_a_runtime(Self::own))
    }

    /// The sample, to be changed by one test.
    pub(crate) async fn own() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tertius.sqlite");
        std::fs::copy(sample_file(), &file).unwrap();
        let mut house = Self::over(SqliteStore::open(&file).unwrap(), 7).await;
        house.folder = Some(folder);
        house
    }

    /// The sample as far as it had come by the end of a day, at that moment.
    pub(crate) async fn ending_on(day: Day) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("tertius.sqlite")).unwrap();
        let world = tertius::sample::ecosystem(&tertius::sample::Options::default());
        let told = world.batches().take_while(|batch| batch.at < day.end()).collect();
        store.apply_all(told).await.unwrap();
        let mut house = Self::at(store, day.end().plus_ms(-1), 3).await;
        house.folder = Some(folder);
        house
    }

    async fn over(store: SqliteStore, seed: u64) -> Self {
        Self::at(store, sample_now(), seed).await
    }

    async fn at(store: SqliteStore, now: Timestamp, seed: u64) -> Self {
        let store = Arc::new(store);
        let clock = Arc::new(StoppedClock::at(now));
        let tertius = Self::open(&store, &clock, seed).await;
        Self { tertius, store, clock, folder: None }
    }

    /// What time it is there.
    pub(crate) fn clock_now(&self) -> Timestamp {
        tertius::service::Clock::now(&*self.clock)
    }

    /// Where its files lie, if it is one's own.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.as_ref().expect("it is one's own").path()
    }

    /// The house over the same files, opened anew by what `change` leaves of them.
    pub(crate) async fn reopened(mut self, change: impl FnOnce(&std::path::Path)) -> Self {
        let folder = self.folder.take();
        let path = folder.as_ref().expect("it is one's own").path().to_owned();
        drop(self);
        change(&path);
        let mut house =
            Self::over(SqliteStore::open(&path.join("tertius.sqlite")).unwrap(), 9).await;
        house.folder = folder;
        house
    }

    /// Takes a table out of the store file behind the store's back.
    pub(crate) fn break_store(&self) {
        let folder = self.folder.as_ref().expect("only a store of one's own is broken");
        let file = rusqlite::Connection::open(folder.path().join("tertius.sqlite")).unwrap();
        file.execute_batch("PRAGMA foreign_keys = OFF; DROP TABLE fact_subject").unwrap();
    }

    /// As another process over the same store has it.
    pub(crate) async fn twin(&self) -> Arc<Tertius> {
        Self::open(&self.store, &self.clock, 8).await
    }

    async fn open(store: &Arc<SqliteStore>, clock: &Arc<StoppedClock>, seed: u64) -> Arc<Tertius> {
        let foundations = Foundations {
            store: store.clone(),
            clock: clock.clone(),
            ids: Arc::new(SeededIds::new(seed)),
            limits: Limits::default(),
        };
        Arc::new(Tertius::open(foundations).await.unwrap())
    }

    /// A member of the sample.
    pub(crate) async fn viewer(&self, login: &str) -> Viewer {
        self.tertius.viewer_by_login(login).await.unwrap()
    }

    /// The routes, open, with Mira as the guest.
    pub(crate) async fn open_routes(&self) -> Router {
        router(Door::open(Arc::clone(&self.tertius), self.viewer("mira").await))
    }

    /// The same use cases, with other limits.
    pub(crate) async fn within(&self, limits: Limits) -> Arc<Tertius> {
        let foundations = Foundations {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: Arc::new(SeededIds::new(10)),
            limits,
        };
        Arc::new(Tertius::open(foundations).await.unwrap())
    }

    /// The same use cases, which let members in by the JWTs of an issuer too, and look often
    /// whether who listens may stay.
    pub(crate) async fn trusting(&self, oidc: Oidc) -> Arc<Tertius> {
        let foundations = Foundations {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: Arc::new(SeededIds::new(9)),
            limits: Limits { access_check_ms: 10, ..Limits::default() },
        };
        let tertius = Tertius::open(foundations).await.unwrap();
        Arc::new(tertius.trusting(oidc, Arc::new(WebDocuments::new())))
    }

    /// The routes, for those with a token.
    pub(crate) fn routes(&self) -> Router {
        router(Door::with_tokens(Arc::clone(&self.tertius)))
    }

    /// Asks as Mira, and gives the whole answer.
    pub(crate) async fn ask(&self, query: &str) -> Value {
        ask(&self.open_routes().await, query).await
    }

    /// Asks as Mira, and gives the data of an answer without errors.
    pub(crate) async fn data(&self, query: &str) -> Value {
        let mut answer = self.ask(query).await;
        assert_eq!(answer["errors"], Value::Null, "{query}");
        answer["data"].take()
    }
}

/// Sends a query to the routes.
pub(crate) async fn ask(routes: &Router, query: &str) -> Value {
    let (status, answer) = send(routes, post(&json!({ "query": query }).to_string())).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

/// A request with a JSON body.
pub(crate) fn post(body: &str) -> Request<Body> {
    Request::post("/graphql")
        .header("content-type", "application/json")
        .header("host", "localhost:7878")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

/// Sends a request to the routes; an answer that is no JSON comes as text.
pub(crate) async fn send(routes: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = routes.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::String(text)))
}

/// A store file with the sample, made once.
fn sample_file() -> PathBuf {
    static FILE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, file) = FILE.get_or_init(|| {
        in_a_runtime(|| async {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("sample.sqlite");
            // Its ids must not be those of whoever opens it next.
            let house = House::over(SqliteStore::open(&file).unwrap(), 1).await;
            house.tertius.import_sample(SampleSize::default(), |_, _| {}).await.unwrap();
            // Closed, so that all of it is in the one file.
            drop(house);
            (folder, file)
        })
    });
    file.clone()
}

/// Runs something to its end on a runtime of its own, from wherever.
fn in_a_runtime<T: Send + 'static, F: Future<Output = T>>(
    make: impl FnOnce() -> F + Send + 'static,
) -> T {
    let thread = std::thread::spawn(|| {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(make())
    });
    thread.join().unwrap()
}
