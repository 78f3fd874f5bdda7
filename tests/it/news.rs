//! Imports are followed as they run: by events, and over a socket.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tertius::{
    config::Limits,
    http::{Door, router},
    model::Role,
    service::{BegunImport, Clock as _, ImportFile, InvitationDraft, TokenDraft},
};
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};
use tower::ServiceExt as _;

use crate::imports::Desk;

const PROGRESS: &str = "subscription ($id: ID!) { importProgress(id: $id) { state read } }";

/// An import that has begun and waits.
async fn begun(desk: &Desk) -> BegunImport {
    let path = desk.folder.path().join("a.csv");
    std::fs::write(&path, "Name,Email\nBo Chen,bo@globex.example\n").unwrap();
    let file = ImportFile { path, format: None, mapping: None, private: false };
    desk.tertius.begin_import(&desk.viewer, file, false).await.unwrap()
}

#[tokio::test]
async fn an_import_is_followed_by_events_until_it_ends() {
    let desk = Desk::new().await;
    let import = begun(&desk).await;
    let asked = json!({ "query": PROGRESS, "variables": { "id": import.id().to_string() } });
    let request = |accept: &str| {
        Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", accept)
            .body(Body::from(asked.to_string()))
            .unwrap()
    };
    let refused = desk.routes().oneshot(request("application/json")).await.unwrap();
    assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE);
    let response = desk.routes().oneshot(request("text/event-stream")).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    assert!(first.starts_with("event: next\n") && first.contains("RUNNING"), "{first}");
    desk.tertius.run_import(import, |_| {}).await.unwrap();
    let rest = body.collect().await.unwrap().to_bytes();
    let rest = String::from_utf8(rest.to_vec()).unwrap();
    assert!(rest.contains(r#""state":"FINISHED","read":1"#), "{rest}");
    assert!(rest.trim_end().ends_with("event: complete"), "{rest}");
}

/// A client of a socket, and the server behind it.
pub(crate) struct Caller {
    web: WebSocketStream<TcpStream>,
}

impl Caller {
    async fn new(routes: Router, headers: &[(&'static str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let mut request = format!("ws://{address}/graphql/ws").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(address).await.unwrap();
        Self { web: client_async(request, stream).await.unwrap().0 }
    }

    pub(crate) async fn speaking(routes: Router) -> Self {
        Self::new(routes, &[("sec-websocket-protocol", "graphql-transport-ws")]).await
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.web.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message, or the code with which the socket was closed.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            let next = tokio::time::timeout(Duration::from_secs(20), self.web.next()).await;
            match next.expect("something is said in time").unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Close(frame) => return json!(u16::from(frame.unwrap().code)),
                _ => {}
            }
        }
    }

    async fn greet(&mut self) {
        self.say(&json!({ "type": "connection_init" })).await;
        assert_eq!(self.hear().await, json!({ "type": "connection_ack" }));
    }

    async fn subscribe(&mut self, id: &str, query: &str, import: &str) {
        let payload = json!({ "query": query, "variables": { "id": import } });
        self.say(&json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    }
}

#[tokio::test]
async fn imports_are_followed_over_a_socket_side_by_side() {
    let desk = Desk::new().await;
    let import = begun(&desk).await;
    let id = import.id().to_string();
    let mut caller = Caller::speaking(desk.routes()).await;
    caller.greet().await;
    caller.say(&json!({ "type": "ping" })).await;
    assert_eq!(caller.hear().await, json!({ "type": "pong" }));
    for name in ["1", "2"] {
        caller.subscribe(name, PROGRESS, &id).await;
        let heard = caller.hear().await;
        assert_eq!((&heard["id"], &heard["type"]), (&json!(name), &json!("next")));
        assert_eq!(heard["payload"]["data"]["importProgress"]["state"], "RUNNING");
    }
    caller.say(&json!({ "id": "1", "type": "complete" })).await;
    caller.say(&json!({ "type": "ping" })).await;
    assert_eq!(caller.hear().await, json!({ "type": "pong" }));
    desk.tertius.run_import(import, |_| {}).await.unwrap();
    loop {
        let heard = caller.hear().await;
        assert_eq!(heard["id"], "2", "the first was ended: {heard}");
        if heard["type"] == "complete" {
            break;
        }
    }
    caller.subscribe("1", PROGRESS, &id).await;
    let heard = caller.hear().await["payload"]["data"]["importProgress"].clone();
    assert_eq!(heard, json!({ "state": "FINISHED", "read": 1 }), "of what has ended, how");
    assert_eq!(caller.hear().await, json!({ "id": "1", "type": "complete" }));
    for (query, code) in [
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ viewer { role } }", "BAD_REQUEST"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
    ] {
        caller.subscribe("3", query, &id).await;
        let heard = caller.hear().await;
        assert_eq!((&heard["id"], &heard["type"]), (&json!("3"), &json!("error")), "{heard}");
        assert_eq!(heard["payload"][0]["extensions"]["code"], code, "{heard}");
    }
    caller.subscribe("4", PROGRESS, "import_00000000000000000000000000000000").await;
    assert_eq!(caller.hear().await["payload"][0]["extensions"]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn a_socket_that_breaks_the_rules_is_closed_with_their_code() {
    let limits = Limits { hello_ms_max: 300, subscriptions_max: 2, ..Limits::default() };
    let desk = Desk::within(limits).await;
    let import = begun(&desk).await;
    let id = import.id().to_string();
    let mut caller = Caller::new(desk.routes(), &[]).await;
    assert_eq!(caller.hear().await, 4406, "no protocol was named");
    let mut caller = Caller::speaking(desk.routes()).await;
    assert_eq!(caller.hear().await, 4408, "nobody said who asks");
    let mut caller = Caller::speaking(desk.routes()).await;
    caller.subscribe("1", PROGRESS, &id).await;
    assert_eq!(caller.hear().await, 4401);
    for said in ["no JSON", r#"{"type":"dance"}"#] {
        let mut caller = Caller::speaking(desk.routes()).await;
        caller.web.send(Message::text(said)).await.unwrap();
        assert_eq!(caller.hear().await, 4400, "{said}");
    }
    let mut caller = Caller::speaking(desk.routes()).await;
    caller.greet().await;
    caller.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(caller.hear().await, 4429);
    let mut caller = Caller::speaking(desk.routes()).await;
    caller.greet().await;
    for name in ["1", "2"] {
        caller.subscribe(name, PROGRESS, &id).await;
        assert_eq!(caller.hear().await["type"], "next");
    }
    caller.subscribe("3", PROGRESS, &id).await;
    assert_eq!(caller.hear().await["payload"][0]["extensions"]["code"], "BUSY");
    caller.subscribe("2", PROGRESS, &id).await;
    assert_eq!(caller.hear().await, 4409);
    let mut caller = Caller::speaking(desk.routes()).await;
    caller.greet().await;
    caller.web.send(Message::text("x".repeat(300 * 1024))).await.unwrap();
    assert_eq!(caller.hear().await, 1009, "a message has a greatest size");
}

#[tokio::test]
async fn a_silent_socket_is_asked_and_then_closed() {
    let desk = Desk::within(Limits { silence_ms_max: 200, ..Limits::default() }).await;
    let mut caller = Caller::speaking(desk.routes()).await;
    caller.greet().await;
    // Read below the protocol, so that no ping is answered.
    let mut heard = Vec::new();
    caller.web.get_mut().read_to_end(&mut heard).await.unwrap();
    assert_eq!(heard[..2], [0x89, 0], "a ping");
    assert_eq!(heard[2], 0x88, "goodbye");
    assert_eq!(u16::from_be_bytes([heard[4], heard[5]]), 4408);
}

#[tokio::test]
async fn a_socket_asks_for_a_token_and_a_place() {
    let desk = Desk::within(Limits { listeners_max: 1, ..Limits::default() }).await;
    let routes = || router(Door::with_tokens(Arc::clone(&desk.tertius)));
    let token =
        desk.tertius.create_token(&desk.viewer, TokenDraft::of("ana")).await.unwrap().secret;
    let token = format!("Bearer {token}");
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let init = |payload: Value| json!({ "type": "connection_init", "payload": payload });
    for payload in [json!({}), json!({ "authorization": "Bearer tertius_wrong" })] {
        let mut caller = Caller::speaking(routes()).await;
        caller.say(&init(payload)).await;
        assert_eq!(caller.hear().await, 4403);
    }
    let mut caller = Caller::speaking(routes()).await;
    caller.say(&init(json!({ "authorization": token }))).await;
    assert_eq!(caller.hear().await["type"], "connection_ack");
    let mut caller = Caller::new(routes(), &[protocol, ("authorization", &token)]).await;
    caller.greet().await;

    let shared = routes();
    let first = Caller::speaking(shared.clone()).await;
    let events = || {
        let query = json!({ "query": PROGRESS, "variables": { "id": "import_00000000000000000000000000000000" } });
        Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            .header("authorization", &token)
            .body(Body::from(query.to_string()))
            .unwrap()
    };
    let full = shared.clone().oneshot(events()).await.unwrap();
    assert_eq!(full.status(), StatusCode::SERVICE_UNAVAILABLE, "one may listen");
    drop(first);
    loop {
        if shared.clone().oneshot(events()).await.unwrap().status() == StatusCode::OK {
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_a_token_opened_is_closed_when_the_token_or_the_right_is_gone() {
    let limits = Limits { access_check_ms: 10, ..Limits::default() };
    for (what, code) in [("revoked", 4401), ("expired", 4401), ("demoted", 4403), ("left", 4403)] {
        let desk = Desk::within(limits).await;
        let import = begun(&desk).await;
        let tertius = &desk.tertius;
        let draft = InvitationDraft {
            login: Some("bo".into()),
            addresses: Vec::new(),
            role: Role::Admin,
            person: None,
            days: None,
        };
        let secret = tertius.invite(&desk.viewer, draft).await.unwrap().secret;
        let bo = tertius.accept_invitation(&secret, None).await.unwrap();
        let end = desk.clock.now().plus_ms(60_000);
        let as_bo = tertius.viewer_by_login("bo").await.unwrap();
        let draft = TokenDraft { expires_at: Some(end), ..TokenDraft::default() };
        let token = tertius.create_token(&as_bo, draft).await.unwrap();
        let routes = router(Door::with_tokens(Arc::clone(tertius)));
        let bearer = format!("Bearer {}", token.secret);
        let mut caller = Caller::speaking(routes).await;
        let payload = json!({ "authorization": bearer });
        caller.say(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(caller.hear().await["type"], "connection_ack");
        caller.subscribe("1", PROGRESS, &import.id().to_string()).await;
        assert_eq!(caller.hear().await["type"], "next", "{what}");
        let (ana, id) = (&desk.viewer, bo.member.id);
        match what {
            "revoked" => drop(tertius.revoke_token(ana, token.id).await.unwrap()),
            "expired" => desk.clock.set(end),
            "demoted" => drop(tertius.change_role(ana, id, Role::Viewer).await.unwrap()),
            _ => drop(tertius.deactivate(ana, id).await.unwrap()),
        }
        assert_eq!(caller.hear().await, code, "{what}");
    }
}

#[tokio::test]
async fn events_end_when_the_token_is_taken_back() {
    let desk = Desk::within(Limits { access_check_ms: 10, ..Limits::default() }).await;
    let import = begun(&desk).await;
    let token = desk.tertius.create_token(&desk.viewer, TokenDraft::of("ana")).await.unwrap();
    let asked = json!({ "query": PROGRESS, "variables": { "id": import.id().to_string() } });
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", "text/event-stream")
        .header("authorization", format!("Bearer {}", token.secret))
        .body(Body::from(asked.to_string()))
        .unwrap();
    let routes = router(Door::with_tokens(Arc::clone(&desk.tertius)));
    let mut body = routes.oneshot(request).await.unwrap().into_body();
    assert!(body.frame().await.is_some(), "it runs");
    desk.tertius.revoke_token(&desk.viewer, token.id).await.unwrap();
    let rest = tokio::time::timeout(Duration::from_secs(20), body.collect()).await.unwrap();
    let rest = String::from_utf8(rest.unwrap().to_bytes().to_vec()).unwrap();
    assert!(rest.trim_end().ends_with("event: complete"), "{rest}");
}
