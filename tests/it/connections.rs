//! Connections that never say what they want, never take what they get, or never go.

use std::time::Duration;

use serde_json::{Value, json};
use tertius::{
    config::{DoorLimits, Front},
    http::{self, Door},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use crate::support::House;

struct Server {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Server {
    async fn within(limits: DoorLimits) -> Self {
        let house = House::shared();
        let door = Door::open(house.tertius.clone(), house.viewer("mira").await);
        Self::of(door.behaving(Front { limits, ..Front::default() }).unwrap()).await
    }

    async fn of(door: Door) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(http::serve(listener, door, async { drop(stopped.await) }));
        Self { address, stop, running }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

fn request(query: &str, more: &str) -> String {
    let body = json!({ "query": query }).to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         {more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Whatever comes until the other side closes, which it must.
async fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let reading = tokio::time::timeout(Duration::from_mins(1), stream.read_to_end(&mut all));
    // A connection that is reset has ended too.
    drop(reading.await.expect("it closes in time"));
    String::from_utf8_lossy(&all).into_owned()
}

async fn ask(stream: &mut TcpStream) -> Value {
    stream
        .write_all(request("{ viewer { role } }", "Connection: close\r\n").as_bytes())
        .await
        .unwrap();
    let answer = rest(stream).await;
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

#[tokio::test]
async fn a_head_that_never_ends_or_is_too_large_closes_the_connection() {
    let server = Server::within(DoorLimits { head_ms_max: 100, ..DoorLimits::default() }).await;
    let mut half = server.connect().await;
    half.write_all(b"POST /graphql HTTP/1.1\r\nHost: local").await.unwrap();
    let mut silent = server.connect().await;
    let mut large = server.connect().await;
    let head = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n", "x".repeat(200_000));
    // It may be closed while this is still written.
    drop(large.write_all(head.as_bytes()).await);
    for (name, stream) in [("half", &mut half), ("silent", &mut silent), ("large", &mut large)] {
        let said = rest(stream).await;
        let status = said.split(' ').nth(1).unwrap_or("closed");
        assert!(["closed", "408", "431"].contains(&status), "{name}: {said}");
    }
    assert_eq!(ask(&mut server.connect().await).await["data"]["viewer"]["role"], "PARTNER_MANAGER");
}

#[tokio::test]
async fn a_body_that_stops_half_way_is_answered() {
    let server = Server::within(DoorLimits { body_ms_max: 100, ..DoorLimits::default() }).await;
    let mut stream = server.connect().await;
    let whole = request("{ viewer { role } }", "");
    stream.write_all(&whole.as_bytes()[..whole.len() - 5]).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 408");
}

#[tokio::test]
async fn a_reader_who_does_not_read_is_dropped_and_makes_room_for_the_next() {
    let limits = DoorLimits { connections_max: 1, untaken_ms_max: 200, ..DoorLimits::default() };
    let server = Server::within(limits).await;
    let mut greedy = server.connect().await;
    let types =
        "{ __schema { types { description fields { description args { description } } } } }";
    for _ in 0..200 {
        // The server stops reading when its answers are not taken.
        let bytes = request(types, "");
        let writing = greedy.write_all(bytes.as_bytes());
        if tokio::time::timeout(Duration::from_millis(500), writing).await.is_err() {
            break;
        }
    }
    let answer = ask(&mut server.connect().await).await;
    assert_eq!(answer["data"]["viewer"]["role"], "PARTNER_MANAGER", "there was one place");
    drop(greedy);
}

#[tokio::test]
async fn a_service_that_is_to_stop_ends_though_somebody_stays() {
    let limits = DoorLimits { farewell_ms_max: 100, ..DoorLimits::default() };
    let server = Server::within(limits).await;
    let mut idle = server.connect().await;
    idle.write_all(request("{ viewer { role } }", "").as_bytes()).await.unwrap();
    let mut start = [0; 12];
    idle.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    let mut half = server.connect().await;
    half.write_all(b"POST").await.unwrap();
    server.stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_mins(1), server.running).await;
    ended.expect("it ends in time").unwrap();
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody else comes in");
}

#[tokio::test]
async fn a_page_of_another_origin_opens_no_socket_unless_it_is_named() {
    let app = "https://app.example.org";
    let front = Front { origins: vec![app.to_owned()], ..Front::default() };
    let door = Door::with_tokens(House::shared().tertius.clone()).behaving(front).unwrap();
    let server = Server::of(door).await;
    for (origin, status) in [
        (None, "101"),
        (Some("http://localhost"), "101"),
        (Some(app), "101"),
        (Some("https://evil.example"), "403"),
        (Some("null"), "403"),
    ] {
        let origin_line = origin.map(|origin| format!("Origin: {origin}\r\n")).unwrap_or_default();
        let asked = format!(
            "GET /graphql/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{origin_line}\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let mut stream = server.connect().await;
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.unwrap();
        let said = String::from_utf8_lossy(&start).into_owned();
        assert_eq!(said, format!("HTTP/1.1 {status}"), "{origin:?}");
    }
}
