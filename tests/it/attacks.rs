//! Whoever means harm gets a short answer, and nothing of what they sent is run.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use futures_util::stream;
use serde_json::{Value, json};
use tertius::{
    config::{DoorLimits, Front, Limits},
    http::{Counters, Door, router},
    service::TokenDraft,
};
use tower::ServiceExt as _;

use crate::support::{House, post, send};

/// A door of the sample, and what is counted there.
struct Watched {
    routes: Router,
    counters: Arc<Counters>,
}

impl Watched {
    async fn new() -> Self {
        let house = House::shared();
        let door = Door::open(Arc::clone(&house.tertius), house.viewer("mira").await);
        let counters = door.counters();
        Self { routes: router(door), counters }
    }

    /// The answer to a request that must be refused before anything runs.
    async fn refuses(&self, request: Request<Body>) -> (StatusCode, Value) {
        let before = self.counters.executions();
        let (status, answer) = send(&self.routes, request).await;
        assert_eq!(self.counters.executions(), before, "the executor was called: {answer}");
        assert!(answer.to_string().len() < 2_500, "an answer stays short: {answer}");
        assert!(answer["data"].is_null(), "{answer}");
        (status, answer["errors"][0]["extensions"]["code"].clone())
    }

    async fn refuses_query(&self, query: &str) -> Value {
        self.refuses(post(&json!({ "query": query }).to_string())).await.1
    }
}

async fn try_mira_s_door(front: Front) -> Result<Door, String> {
    let house = House::shared();
    let door = Door::open(Arc::clone(&house.tertius), house.viewer("mira").await);
    door.behaving(front).map_err(|unfit| unfit.to_string())
}

async fn mira_s_door(front: Front) -> Door {
    try_mira_s_door(front).await.unwrap()
}

/// `count` times what a number makes.
fn many(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_document_that_is_made_to_cost_is_refused_before_it_runs() {
    let watched = Watched::new().await;
    let mut bomb = "{ ...F0 }".to_owned();
    for at in 0..25 {
        write!(bomb, " fragment F{at} on Query {{ ...F{0} ...F{0} }}", at + 1).unwrap();
    }
    bomb.push_str(" fragment F25 on Query { __typename }");
    let deep = |open: &str, close: &str| {
        format!("{{ node(id: {}1{}) {{ id }} }}", open.repeat(20_000), close.repeat(20_000))
    };
    let circle =
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    for (name, query, code) in [
        ("a bomb of fragments", bomb.clone(), "QUERY_TOO_COMPLEX"),
        ("the bomb in an operation that is not asked for", format!("query A {{ __typename }} query B {bomb}"), "QUERY_TOO_COMPLEX"),
        ("a hundred aliases", format!("{{ viewer {{ {} }} }}", many(100, |at| format!("a{at}: role"))), "QUERY_TOO_COMPLEX"),
        ("one field five hundred times", format!("{{ viewer {{ {} }} }}", many(500, |_| "role".into())), "QUERY_TOO_COMPLEX"),
        ("a hundred fields at the root", format!("{{ {} }}", many(100, |_| "__typename".into())), "QUERY_TOO_COMPLEX"),
        ("thirty thousand unknown fields", format!("{{ {} }}", many(30_000, |at| format!("x{at}"))), "QUERY_TOO_COMPLEX"),
        ("a few unknown fields of long names", format!("{{ {} }}", many(15, |at| format!("x{at}").repeat(2_000))), "GRAPHQL_VALIDATION_FAILED"),
        ("five thousand variables", format!("query({}) {{ __typename }}", many(5_000, |at| format!("$v{at}: Int"))), "QUERY_TOO_COMPLEX"),
        ("a thousand directives", format!("{{ __typename {} }}", many(1_000, |_| "@skip(if: false)".into())), "QUERY_TOO_COMPLEX"),
        ("ten directives", format!("{{ __typename {} }}", many(10, |_| "@skip(if: false)".into())), "GRAPHQL_VALIDATION_FAILED"),
        ("nested braces", "{".repeat(20_000), "QUERY_TOO_COMPLEX"),
        ("nested lists", deep("[", "]"), "QUERY_TOO_COMPLEX"),
        ("nested objects", deep("{a: ", "}"), "QUERY_TOO_COMPLEX"),
        ("a circle of fragments", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".into(), "GRAPHQL_VALIDATION_FAILED"),
        ("a circle through the schema", circle.into(), "QUERY_TOO_COMPLEX"),
        ("a hundred times a hundred times a hundred", "{ people(first: 100) { nodes { knownBy(first: 100) { nodes { from { knownBy(first: 100) { nodes { strength } } } } } } } }".into(), "QUERY_TOO_COMPLEX"),
        ("no query", String::new(), "GRAPHQL_PARSE_FAILED"),
    ] {
        assert_eq!(watched.refuses_query(&query).await, code, "{name}");
    }
}

#[tokio::test]
async fn a_message_suggests_no_name_of_the_schema() {
    let watched = Watched::new().await;
    for query in
        ["{ vewer { role } }", "{ viewer { rol } }", "{ people(frist: 1) { nodes { id } } }"]
    {
        let (_, answer) = send(&watched.routes, post(&json!({ "query": query }).to_string())).await;
        let message = answer["errors"][0]["message"].as_str().unwrap().to_lowercase();
        assert!(!message.contains("mean") && !message.contains("viewer"), "{message}");
    }
}

#[tokio::test]
async fn a_request_that_a_foreign_page_may_send_unasked_is_not_run() {
    let watched = Watched::new().await;
    let body = r#"{"query": "{ viewer { role } }"}"#;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ] {
        let mut request = post(body);
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        let (status, code) = watched.refuses(request).await;
        assert_eq!(
            (status, code),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, json!("UNSUPPORTED_MEDIA_TYPE")),
            "{kind}"
        );
    }
    let get =
        |query: &str| Request::get(format!("/graphql?query={query}")).body(Body::empty()).unwrap();
    let (status, code) = watched.refuses(get("%7Bviewer%7Brole%7D%7D")).await;
    assert_eq!((status, code), (StatusCode::FORBIDDEN, json!("CSRF_BLOCKED")));
    let mut request = get("mutation%7BacceptParts%7B__typename%7D%7D");
    request.headers_mut().insert("graphql-require-preflight", "1".parse().unwrap());
    assert!(watched.refuses(request).await.0.is_success(), "no such mutation");
    for method in ["PUT", "DELETE", "HEAD", "OPTIONS"] {
        let request =
            Request::builder().method(method).uri("/graphql").body(Body::empty()).unwrap();
        let response = watched.routes.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(response.headers()["allow"], "GET, POST", "{method}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused() {
    let watched = Watched::new().await;
    let query = r#"{"query": "{ viewer { role } }"}"#;
    let batch = |count| format!("[{}]", vec![query; count].join(","));
    for (name, body, status) in [
        ("too large", vec![b' '; 20 << 20], StatusCode::PAYLOAD_TOO_LARGE),
        ("ten requests", batch(10).into_bytes(), StatusCode::BAD_REQUEST),
        ("no request", b"[]".to_vec(), StatusCode::BAD_REQUEST),
        ("a batch in a batch", format!("[{}]", batch(1)).into_bytes(), StatusCode::BAD_REQUEST),
        ("deep JSON", "[".repeat(100_000).into_bytes(), StatusCode::BAD_REQUEST),
        ("no UTF-8", b"{\"query\": \"\xff\"}".to_vec(), StatusCode::BAD_REQUEST),
        ("no gzip", vec![0x1f, 0x8b, 8, 0], StatusCode::BAD_REQUEST),
        ("nothing", Vec::new(), StatusCode::BAD_REQUEST),
        ("a text", b"\"{ viewer { role } }\"".to_vec(), StatusCode::BAD_REQUEST),
        (
            "variables that are none",
            br#"{"query": "{ a }", "variables": [1]}"#.to_vec(),
            StatusCode::BAD_REQUEST,
        ),
        (
            "a name that is none",
            br#"{"query": "{ a }", "operationName": 1}"#.to_vec(),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let mut request = post("");
        *request.body_mut() = Body::from(body);
        request.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
        assert_eq!(watched.refuses(request).await.0, status, "{name}");
    }
    let (status, answer) = send(&watched.routes, post(&batch(5))).await;
    assert_eq!((status, answer.as_array().unwrap().len()), (StatusCode::OK, 5));
    assert_eq!(watched.counters.executions(), 5, "each of a batch runs");
}

#[tokio::test]
async fn a_body_that_never_ends_is_answered_in_time() {
    let limits = DoorLimits { body_ms_max: 20, ..DoorLimits::default() };
    let routes = router(mira_s_door(Front { limits, ..Front::default() }).await);
    let mut request = post("");
    *request.body_mut() = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
    assert_eq!(send(&routes, request).await.0, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_cut_off() {
    let limits = DoorLimits { request_ms_max: 0, ..DoorLimits::default() };
    let routes = router(mira_s_door(Front { limits, ..Front::default() }).await);
    // Each level waits for the one above it: it cannot be over before the deadline is looked at.
    let query =
        "{ people(first: 100) { nodes { name company { name staff(first: 20) { nodes { person {
        name company { name } } } } } } } }";
    let (status, answer) = send(&routes, post(&json!({ "query": query }).to_string())).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "TIMEOUT");
}

#[tokio::test]
async fn without_a_token_nothing_runs_not_even_a_question_about_the_schema() {
    let house = House::own().await;
    let door = Door::with_tokens(Arc::clone(&house.tertius));
    let watched = Watched { counters: door.counters(), routes: router(door) };
    for query in ["{ __schema { types { name } } }", "{ __typename }", "{ viewer { role } }"] {
        assert_eq!(watched.refuses_query(query).await, "UNAUTHENTICATED", "{query}");
    }
    let mira = house.viewer("mira").await;
    let token = house.tertius.create_token(&mira, TokenDraft::of("mira")).await.unwrap();
    let mut request = post(r#"{"query": "{ __schema { queryType { name } } }"}"#);
    let bearer = format!("Bearer {}", token.secret).parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    let (status, answer) = send(&watched.routes, request).await;
    assert_eq!((status, &answer["errors"]), (StatusCode::OK, &Value::Null));
}

#[tokio::test]
async fn only_documents_of_the_list_run_where_there_is_one() {
    let known = "{ viewer { role } }";
    let hash = sha256("another text");
    let listing = |hash: &str, text: &str| Front {
        documents: Some([(hash.to_owned(), text.to_owned())].into()),
        ..Front::default()
    };
    let wrong = try_mira_s_door(listing(&hash, known)).await.err().unwrap();
    assert!(wrong.contains("not the SHA-256"), "{wrong}");
    let hash = sha256(known);
    let unfit = sha256("{ nothing }");
    let wrong = try_mira_s_door(listing(&unfit, "{ nothing }")).await.err().unwrap();
    assert!(wrong.contains(&unfit) && wrong.contains("nothing"), "{wrong}");
    let door = mira_s_door(listing(&hash, known)).await;
    let watched = Watched { counters: door.counters(), routes: router(door) };
    for query in ["{ __typename }", "{ viewer { role }}"] {
        assert_eq!(watched.refuses_query(query).await, "DOCUMENT_NOT_ALLOWED", "{query}");
    }
    for asked in [
        json!({ "query": known }),
        json!({ "documentId": format!("sha256:{hash}") }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } }),
    ] {
        let (_, answer) = send(&watched.routes, post(&asked.to_string())).await;
        assert_eq!(answer["data"]["viewer"]["role"], "PARTNER_MANAGER", "{asked}");
    }
}

#[tokio::test]
async fn a_document_is_known_by_its_hash_once_it_passed() {
    let watched = Watched::new().await;
    let text = "{ viewer { role person { name } } }";
    let persisted = |text: Option<&str>, hash: &str| {
        let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        post(&json!({ "query": text, "extensions": extensions }).to_string())
    };
    let hash = sha256(text);
    let (status, answer) = send(&watched.routes, persisted(None, &hash)).await;
    assert_eq!(
        (status, &answer["errors"][0]["message"]),
        (StatusCode::OK, &json!("PersistedQueryNotFound"))
    );
    assert_eq!(
        watched.refuses(persisted(Some(text), &sha256("{ a }"))).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(watched.refuses(persisted(Some(text), "x")).await.0, StatusCode::BAD_REQUEST);
    for text in [Some(text), None] {
        let (_, answer) = send(&watched.routes, persisted(text, &hash)).await;
        assert_eq!(answer["data"]["viewer"]["role"], "PARTNER_MANAGER");
    }
}

fn sha256(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut all, byte| {
        write!(all, "{byte:02x}").unwrap();
        all
    })
}

#[tokio::test]
async fn a_query_is_charged_before_it_runs_and_gets_back_what_it_did_not_need() {
    let house = House::own().await;
    let mira = house.viewer("mira").await;
    let limits = Limits { allowance_max: 1_700, allowance_per_second: 100, ..Limits::default() };
    let tertius = house.within(limits).await;
    let token = tertius.create_token(&mira, TokenDraft::of("mira")).await.unwrap();
    let door = Door::with_tokens(tertius);
    let watched = Watched { counters: door.counters(), routes: router(door) };
    let asked = |query: &str| {
        let mut request = post(&json!({ "query": query }).to_string());
        let bearer = format!("Bearer {}", token.secret).parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        request
    };
    let query = "{ people(first: 100) { nodes { name title } }
        viewer { rateLimit { cost limit remaining restoredPerSecond } } }";
    let response = watched.routes.clone().oneshot(asked(query)).await.unwrap();
    let said = |name: &str| response.headers()[name].to_str().unwrap().parse::<i64>().unwrap();
    let (limit, left, reset) =
        (said("ratelimit-limit"), said("ratelimit-remaining"), said("ratelimit-reset"));
    let (_, answer) = send(&watched.routes, asked("{ viewer { rateLimit { remaining } } }")).await;
    assert_eq!(limit, 1_700);
    assert_eq!(answer["data"]["viewer"]["rateLimit"]["remaining"], left - 3);
    assert_eq!(answer["extensions"]["cost"]["remaining"], left - 3, "all of it was needed");
    assert_eq!(reset, (limit - left + 99) / 100);
    let (_, answer) = send(&watched.routes, asked(query)).await;
    let cost = &answer["extensions"]["cost"];
    let (requested, actual) =
        (cost["requested"].as_i64().unwrap(), cost["actual"].as_i64().unwrap());
    assert_eq!(requested, 1 + 100 * 3 + 6, "a page of a hundred, each with two fields");
    let people = answer["data"]["people"]["nodes"].as_array().unwrap().len() as i64;
    assert_eq!(actual, 2 + people * 2 + 6, "what came of it");
    assert_eq!(answer["data"]["viewer"]["rateLimit"]["cost"], requested);
    assert_eq!(cost["remaining"], left - 3 - actual);
    let large = "{ people(first: 40) { nodes { employments(first: 20) { nodes { id } } } } }";
    let (status, answer) = {
        let before = watched.counters.executions();
        let answer = send(&watched.routes, asked(large)).await;
        assert_eq!(watched.counters.executions(), before, "what is not paid for does not run");
        answer
    };
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{answer}");
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED");
    let wait = extensions["retryAfterMs"].as_i64().unwrap();
    house.clock.set(house.clock_now().plus_ms(wait));
    let (status, answer) = send(&watched.routes, asked(large)).await;
    assert_eq!((status, &answer["errors"]), (StatusCode::OK, &Value::Null), "after {wait} ms");
}
