//! What others wrote for GraphQL, tried on the real server: the audit suite of GraphQL over HTTP,
//! the reference implementation, clients, a linter, and types for a frontend.
//!
//! The packages are fixed in `tests/clients/package-lock.json`. They need Node 20 and npm.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, PoisonError},
};

use tertius::{
    http::{self, Door},
    service::{ImportFile, TokenDraft},
};
use tokio::{net::TcpListener, sync::oneshot};

use crate::support::House;

const MISSING: &str = "needs Node 20 and npm: install them (nodejs.org), and try again";

/// The folder with the scripts and their packages, which are installed once.
fn folder() -> PathBuf {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients");
    fs::create_dir_all(&folder).unwrap();
    let lock = fs::read(root.join("tests/clients/package-lock.json")).unwrap();
    let installed = folder.join("installed");
    if fs::read(&installed).ok().as_ref() != Some(&lock) {
        for file in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(root.join("tests/clients").join(file), folder.join(file)).unwrap();
        }
        let said = Command::new("npm").arg("ci").current_dir(&folder).output().expect(MISSING);
        assert!(said.status.success(), "npm ci: {}", String::from_utf8_lossy(&said.stderr));
        fs::write(installed, lock).unwrap();
    }
    for file in fs::read_dir(root.join("tests/clients")).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            bring(&file.path(), &folder);
        }
    }
    bring(&root.join("schema.graphql"), &folder);
    folder
}

/// Copies a file into a folder, unless it is there: somebody may be reading it.
fn bring(file: &Path, folder: &Path) {
    let (new, to) = (fs::read(file).unwrap(), folder.join(file.file_name().unwrap()));
    if fs::read(&to).ok().as_ref() != Some(&new) {
        fs::write(to, new).unwrap();
    }
}

/// Runs a script, which must end well, and gives what it says.
fn run(script: &[&str], settings: &[(&str, String)]) -> String {
    let mut command = Command::new("node");
    command.args(script).current_dir(folder()).envs(settings.iter().cloned());
    let ran = command.output().expect(MISSING);
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let cause = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{script:?}: {said}{cause}");
    said
}

/// The same on a thread of its own: the server answers on this one.
pub(crate) async fn run_aside(
    script: &'static [&'static str],
    settings: Vec<(&'static str, String)>,
) -> String {
    let (done, said) = oneshot::channel();
    std::thread::spawn(move || done.send(run(script, &settings)));
    said.await.expect("the script ended well")
}

/// A browser, which is installed through apt where that is allowed.
pub(crate) fn browser() -> String {
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let found = || {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let mut all = names.iter().flat_map(|name| folders.iter().map(move |at| at.join(name)));
        all.find(|file| file.is_file()).map(|file| file.to_string_lossy().into_owned())
    };
    found().unwrap_or_else(|| {
        let install = "apt-get update && apt-get install -y --no-install-recommends chromium";
        drop(Command::new("sh").args(["-c", install]).output());
        found().expect("needs Chromium: install it, and try again")
    })
}

/// The real server, over a port, until it is dropped.
struct Server {
    address: String,
    import: String,
    token: String,
    _stop: oneshot::Sender<()>,
}

impl Server {
    async fn start(is_open: bool) -> Self {
        let house = House::own().await;
        let mira = house.viewer("mira").await;
        let path = house.folder().join("a.csv");
        fs::write(&path, "Name,Email\nBo Chen,bo@globex.example\n").unwrap();
        let file = ImportFile { path, format: None, mapping: None, private: false };
        let import = house.tertius.begin_import(&mira, file, false).await.unwrap();
        let import_id = import.id().to_string();
        house.tertius.run_import(import, |_| {}).await.unwrap();
        let token = house.tertius.create_token(&mira, TokenDraft::of("mira")).await.unwrap();
        let door = if is_open {
            Door::open(Arc::clone(&house.tertius), mira)
        } else {
            Door::with_tokens(Arc::clone(&house.tertius))
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let _house = house;
            http::serve(listener, door, async { drop(stopped.await) }).await;
        });
        let token = if is_open { String::new() } else { token.secret };
        Self { address, import: import_id, token, _stop: stop }
    }

    async fn run(&self, script: &'static [&'static str]) -> String {
        let settings = [
            ("TERTIUS_URL", format!("http://{}/graphql", self.address)),
            ("TERTIUS_IMPORT", self.import.clone()),
            ("TERTIUS_TOKEN", self.token.clone()),
        ];
        run_aside(script, settings.to_vec()).await
    }
}

#[tokio::test]
async fn all_audits_of_graphql_over_http_pass_for_who_shows_that_no_page_sent_them() {
    let open = Server::start(true).await;
    assert_eq!(open.run(&["audit.mjs", "preflight"]).await, "61 of 61 passed\n");
    let closed = Server::start(false).await;
    assert_eq!(closed.run(&["audit.mjs", "preflight"]).await, "61 of 61 passed\n");
}

#[tokio::test]
async fn all_audits_that_must_or_should_pass_do_so_for_everybody() {
    let server = Server::start(true).await;
    assert_eq!(server.run(&["audit.mjs"]).await, "36 of 36 passed\n");
}

#[tokio::test]
async fn documents_are_judged_as_the_reference_implementation_judges_them() {
    let server = Server::start(false).await;
    assert_eq!(server.run(&["documents.mjs"]).await, "179 of 179 passed\n");
}

#[tokio::test]
async fn the_clients_of_frontends_work_with_and_without_a_token() {
    for is_open in [true, false] {
        let server = Server::start(is_open).await;
        assert_eq!(server.run(&["clients.mjs"]).await, "15 of 15 passed\n");
    }
}

#[test]
fn a_linter_says_of_the_schema_only_what_is_meant() {
    assert_eq!(run(&["lint.mjs"], &[]), "6 of 6 passed\n");
}

#[test]
fn the_types_of_a_frontend_follow_from_the_schema() {
    run(&["node_modules/gql.tada/bin/cli.js", "generate-output"], &[]);
    run(&["node_modules/typescript/bin/tsc", "-p", "."], &[]);
}
