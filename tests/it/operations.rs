//! What whoever runs the service relies on: names of requests, counters, pages of other origins,
//! readiness, copies.

use std::{process::Command, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
    response::Response,
};
use http_body_util::BodyExt as _;
use tertius::{
    config::{DoorLimits, Front, HttpStatuses},
    http::{self, Door, Gate, metrics, router},
    store::{Store as _, sqlite::SqliteStore},
};
use tokio::{net::TcpListener, sync::oneshot};
use tower::ServiceExt as _;

use crate::support::{House, post, send};

const ROLE: &str = r#"{"query": "{ viewer { role } }"}"#;

async fn door(front: Front) -> Door {
    let house = House::shared();
    let door = Door::open(Arc::clone(&house.tertius), house.viewer("mira").await);
    door.behaving(front).unwrap()
}

fn with(mut request: Request<Body>, name: &'static str, value: &str) -> Request<Body> {
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

async fn respond(routes: &Router, request: Request<Body>) -> Response {
    routes.clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_request_has_a_name_its_own_or_a_fresh_one() {
    let routes = router(door(Front::default()).await);
    let name = async |given: Option<&str>| {
        let request = post(ROLE);
        let request = match given {
            Some(given) => with(request, "x-request-id", given),
            None => request,
        };
        let response = respond(&routes, request).await;
        response.headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(name(Some("order-66.a_b")).await, "order-66.a_b");
    let long = "x".repeat(65);
    let mut fresh = vec![name(None).await, name(Some("two words")).await, name(Some(&long)).await];
    assert!(fresh.iter().all(|name| name.starts_with("request_")), "{fresh:?}");
    fresh.sort();
    fresh.dedup();
    assert_eq!(fresh.len(), 3);
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let routes = router(door(Front::default()).await);
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    for request in [post(ROLE), get("/graphiql"), get("/health/live"), get("/nowhere")] {
        let response = respond(&routes, request).await;
        for name in [
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "content-security-policy",
        ] {
            assert!(response.headers().contains_key(name), "{name}");
        }
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_ask_where_they_are_named() {
    let app = "https://app.example.org";
    let house = House::shared();
    let front = Front { origins: vec![app.to_owned()], ..Front::default() };
    let door = Door::with_tokens(Arc::clone(&house.tertius)).behaving(front).unwrap();
    let routes = router(door);
    let preflight = |origin: &str| {
        let request = Request::options("/graphql").header("origin", origin);
        request.header("access-control-request-method", "POST").body(Body::empty()).unwrap()
    };
    let response = respond(&routes, preflight(app)).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.headers()["access-control-allow-origin"], app);
    assert_eq!(response.headers()["vary"], "Origin");
    assert!(!response.headers().contains_key("access-control-allow-credentials"));
    let response = respond(&routes, with(post(ROLE), "origin", app)).await;
    assert_eq!(response.headers()["access-control-allow-origin"], app);
    for foreign in ["https://evil.example", "https://app.example.org.evil.example", "null"] {
        let response = respond(&routes, preflight(foreign)).await;
        assert!(!response.headers().contains_key("access-control-allow-origin"), "{foreign}");
    }
}

#[tokio::test]
async fn the_statuses_of_the_newer_draft_are_one_setting_away() {
    let form = "application/graphql-response+json";
    for (statuses, ill_formed, invalid, partly) in
        [(HttpStatuses::Audit, 400, 400, 200), (HttpStatuses::Draft, 422, 422, 294)]
    {
        let routes = router(door(Front { statuses, ..Front::default() }).await);
        for (body, status) in [
            ("{", 400),
            (r#"{"query": "{"}"#, 400),
            ("{}", ill_formed),
            (r#"{"query": 1}"#, ill_formed),
            (r#"{"query": "{ nothing }"}"#, invalid),
            (r#"{"query": "query A { viewer { role } } query B { viewer { role } }"}"#, invalid),
            (r#"{"query": "query ($n: Int!) { people(first: $n) { nodes { id } } }"}"#, invalid),
            (ROLE, 200),
            (r#"{"query": "{ viewer { role } person(by: {email: \"x\"}) { id } }"}"#, partly),
        ] {
            let answer = respond(&routes, with(post(body), "accept", form)).await;
            assert_eq!(answer.status(), status, "{statuses:?}: {body}");
        }
        let (status, answer) = send(&routes, post(r#"{"query": "{ nothing }"}"#)).await;
        assert_eq!((status, answer.get("data")), (StatusCode::OK, None), "plain JSON: {answer}");
    }
}

#[tokio::test]
async fn whoever_watches_reads_what_was_counted() {
    let door = door(Front::default()).await;
    let (watched, routes) = (metrics(&door), router(door));
    let named = r#"{"query": "query Mine { viewer { role } }"}"#;
    for body in [ROLE, ROLE, named, r#"{"query": "{ nothing }"}"#, "{"] {
        respond(&routes, post(body)).await;
    }
    let text = respond(&watched, Request::get("/metrics").body(Body::empty()).unwrap()).await;
    let text = text.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(text.to_vec()).unwrap();
    for line in [
        "tertius_http_answers_total{status=\"200\"} 4",
        "tertius_http_answers_total{status=\"400\"} 1",
        "tertius_graphql_refusals_total{code=\"GRAPHQL_VALIDATION_FAILED\"} 1",
        "tertius_graphql_refusals_total{code=\"BAD_REQUEST\"} 1",
        "tertius_graphql_executions_total 3",
        "tertius_graphql_points_total 6",
        "tertius_network_people 600",
        "tertius_listeners 0",
        "tertius_http_answer_ms_bucket{le=\"+Inf\"} 5",
        "tertius_http_answer_ms_count 5",
        "tertius_graphql_operation_ms_count{operation=\"\"} 2",
        "tertius_graphql_operation_ms_bucket{operation=\"Mine\",le=\"+Inf\"} 1",
        "tertius_graphql_documents_total{was=\"kept\"} 1",
        "tertius_graphql_documents_total{was=\"read\"} 3",
        "tertius_computing 0",
        "tertius_imports_running 0",
        "tertius_store_up 1",
    ] {
        assert!(text.lines().any(|said| said == line), "{line}\n{text}");
    }
    assert!(text.lines().any(|line| line.starts_with("tertius_store_read_ms ")), "{text}");
    let inside = respond(&routes, Request::get("/metrics").body(Body::empty()).unwrap()).await;
    assert_eq!(inside.status(), StatusCode::NOT_FOUND, "nobody who asks reads it");
}

#[tokio::test]
async fn names_of_operations_come_from_clients_and_are_bounded() {
    let door = door(Front::default()).await;
    let (watched, routes) = (metrics(&door), router(door));
    for n in 0..210 {
        respond(&routes, post(&format!(r#"{{"query": "query Q{n} {{ viewer {{ role }} }}"}}"#)))
            .await;
    }
    let text = respond(&watched, Request::get("/metrics").body(Body::empty()).unwrap()).await;
    let text = text.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(text.to_vec()).unwrap();
    let counts = text.lines().filter(|line| line.starts_with("tertius_graphql_operation_ms_count"));
    assert_eq!(counts.count(), 201);
    assert!(
        text.contains("tertius_graphql_operation_ms_count{operation=\"-others\"} 10"),
        "{text}"
    );
}

async fn get(address: &str, path: &str) -> (u16, String) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let asked = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[tokio::test]
async fn while_the_network_is_loaded_the_port_answers_and_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    let gate = Gate::closed();
    let (for_server, limits) = (gate.clone(), DoorLimits::default());
    let serving = tokio::spawn(async move {
        http::serve_behind(listener, for_server, limits, async { drop(stopped.await) }).await;
    });
    assert_eq!(get(&address, "/health/live").await.0, 200);
    let (status, answer) = get(&address, "/health/ready").await;
    assert!(status == 503 && answer.contains("being loaded"), "{answer}");
    let (status, answer) = get(&address, "/graphql").await;
    assert!(
        status == 503 && answer.contains("retry-after: 1") && answer.contains("BUSY"),
        "{answer}"
    );
    gate.open(door(Front::default()).await);
    assert_eq!(get(&address, "/health/ready").await.0, 200);
    stop.send(()).unwrap();
    serving.await.unwrap();
}

#[tokio::test]
async fn a_store_is_copied_while_it_is_used_and_made_again_from_the_copy() {
    let house = House::own().await;
    let folder = house.folder().to_owned();
    let (store, copy, again) =
        (folder.join("tertius.sqlite"), folder.join("copy.sqlite"), folder.join("again.sqlite"));
    let tertius = |command: &str, file: &std::path::Path, store: &std::path::Path| {
        let mut run = Command::new(env!("CARGO_BIN_EXE_tertius"));
        run.arg(command).arg(file).arg("--store").arg(format!("sqlite:{}", store.display()));
        let ran = run.output().unwrap();
        (ran.status.code(), String::from_utf8_lossy(&ran.stderr).into_owned())
    };
    house.data(r#"mutation { createCompany(input: {name: "Before"}) { company { id } } }"#).await;
    let version = house.store.version().await.unwrap();
    assert_eq!(tertius("backup", &copy, &store), (Some(0), String::new()));
    house.data(r#"mutation { createCompany(input: {name: "After"}) { company { id } } }"#).await;
    let (code, said) = tertius("backup", &copy, &store);
    assert!(code != Some(0) && said.contains("is there already"), "{said}");
    assert_eq!(tertius("restore", &copy, &again), (Some(0), String::new()));
    let restored = SqliteStore::open(&again).unwrap();
    assert_eq!(restored.version().await.unwrap(), version, "as it was at one moment");
    drop(restored);
    let (code, said) = tertius("restore", &copy, &again);
    assert!(code != Some(0) && said.contains("move it away"), "{said}");
    let (missing, none) = (folder.join("missing.sqlite"), folder.join("none.sqlite"));
    assert_ne!(tertius("backup", &none, &missing).0, Some(0));
    assert!(!missing.exists() && !none.exists(), "a store that is not there is not made");
    std::fs::write(&missing, "no store at all").unwrap();
    assert_ne!(tertius("restore", &missing, &none).0, Some(0));
    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8_192].fill(7);
    std::fs::write(&copy, bytes).unwrap();
    let (code, said) = tertius("restore", &copy, &none);
    assert!(code != Some(0) && !none.exists(), "a damaged copy makes no store: {said}");
    let left = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains("partial")).collect();
    assert!(left.is_empty(), "{left:?}");
}
