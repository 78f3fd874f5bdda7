//! A real Neo4j server for the tests: one for all of them, started when the first one needs it.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use tertius::store::{
    Store,
    conformance::Place,
    neo4j::{Login, Neo4jStore, testing},
    sqlite::SqliteStore,
};
use tokio::sync::{Mutex, OnceCell, OwnedMutexGuard};

/// A server that ends with this process: `scripts/neo4j.sh` sees its standard input close.
pub(crate) struct Server {
    pub(crate) login: Login,
    /// Nothing where it is not ours.
    script: Option<Script>,
}

/// The script that runs a server.
struct Script {
    child: Child,
    said: BufReader<ChildStdout>,
    /// The number of the server's process.
    server: String,
}

impl Server {
    /// That of the environment, or one of our own.
    fn start() -> Self {
        let given = std::env::var("TERTIUS_TEST_NEO4J_URI").ok().filter(|uri| !uri.is_empty());
        if let Some(url) = given {
            let password = std::env::var("TERTIUS_TEST_NEO4J_PASSWORD").unwrap_or_default();
            return Self { login: login(url, password), script: None };
        }
        Self::of_ones_own()
    }

    /// One more server, for a test that stops or kills it.
    pub(crate) fn of_ones_own() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/neo4j.sh");
        let mut child = Command::new(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("scripts/neo4j.sh can be run");
        let said = BufReader::new(child.stdout.take().expect("it was asked for"));
        let mut script = Script { child, said, server: String::new() };
        let (url, password) = script.listen();
        Self { login: login(url, password), script: Some(script) }
    }

    /// Kills the server in the middle of what it does.
    pub(crate) fn kill(&mut self) {
        let server = &self.script.as_ref().expect("it is ours").server;
        let killed = Command::new("kill").args(["-9", server]).status().expect("there is a `kill`");
        assert!(killed.success());
    }

    /// Starts it again, over what it kept.
    pub(crate) fn start_again(&mut self) {
        let script = self.script.as_mut().expect("it is ours");
        let input = script.child.stdin.as_mut().expect("it was asked for");
        input.write_all(b"start\n").expect("the script listens");
        script.listen();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(script) = &mut self.script {
            drop(script.child.stdin.take());
            _ = script.child.wait();
        }
    }
}

impl Script {
    /// Waits until the server can be used; its address and password.
    fn listen(&mut self) -> (String, String) {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("the script speaks plain text");
        let mut words = line.split_whitespace().map(str::to_owned);
        let (Some(url), Some(password), Some(server)) = (words.next(), words.next(), words.next())
        else {
            panic!("scripts/neo4j.sh started no server: what it said stands above");
        };
        self.server = server;
        (url, password)
    }
}

fn login(url: String, password: String) -> Login {
    Login { url, user: "neo4j".to_owned(), password, database: None }
}

/// The one server, and the turn to use it: it has one database.
fn shared() -> &'static (Server, Arc<Mutex<()>>) {
    static SHARED: OnceLock<(Server, Arc<Mutex<()>>)> = OnceLock::new();
    SHARED.get_or_init(|| (Server::start(), Arc::default()))
}

/// The database of the one server, empty, while this is held.
#[derive(Default)]
pub(crate) struct Neo4jPlace {
    turn: OnceCell<OwnedMutexGuard<()>>,
}

impl Neo4jPlace {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Who logs in, when it is this test's turn and the database is empty.
    pub(crate) async fn login(&self) -> &'static Login {
        let take = || async {
            let (server, turns) = shared();
            let turn = Arc::clone(turns).lock_owned().await;
            testing::clear(&server.login).await.expect("the server is there");
            turn
        };
        self.turn.get_or_init(take).await;
        &shared().0.login
    }

    pub(crate) async fn store(&self) -> Neo4jStore {
        Neo4jStore::open(self.login().await).await.expect("the database is ours")
    }
}

#[async_trait]
impl Place for Neo4jPlace {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.store().await)
    }

    /// The other store, so that the two are compared: a server has one database.
    async fn open_another(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::temporary().expect("there is a folder for tests"))
    }
}
