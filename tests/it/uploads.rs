//! Files that come over HTTP: imported like any other, and nothing of them stays.

use std::{fmt::Write as _, io::Write as _, path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tertius::{
    config::Limits,
    http::{Door, router},
    service::{ImportFile, ImportState, Progress},
};
use tower::ServiceExt as _;

use crate::{
    imports::{Desk, data},
    support::{House, ask, send},
};

const TABLE: &str =
    "Name,Email\nElif Yıldız,elif@orbit.example\nnobody,\nBo Chen,bo@globex.example\n";

impl Desk {
    fn uploads(&self) -> PathBuf {
        self.folder.path().join("uploads")
    }

    /// The routes, open, with Ana as the guest.
    pub(crate) fn routes(&self) -> Router {
        let door = Door::open(Arc::clone(&self.tertius), self.viewer.clone());
        router(door.keeping_uploads_in(self.uploads()))
    }

    #[track_caller]
    fn nothing_stays(&self) {
        assert!(!self.uploads().exists(), "{:?}", std::fs::read_dir(self.uploads()));
    }

    pub(crate) async fn names(&self) -> Vec<String> {
        let people = ask(&self.routes(), "{ people(first: 100) { nodes { name } } }").await;
        let people = people["data"]["people"]["nodes"].as_array().unwrap().clone();
        people.iter().map(|person| person["name"].as_str().unwrap().to_owned()).collect()
    }
}

fn request(method: &str, uri: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder().method(method).uri(uri).body(body.into()).unwrap()
}

fn hash(bytes: &[u8]) -> String {
    let mut text = String::new();
    Sha256::digest(bytes).iter().for_each(|byte| write!(text, "{byte:02x}").unwrap());
    text
}

fn message(answer: &Value) -> &str {
    answer["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

#[tokio::test]
async fn a_file_that_is_sent_is_imported_like_one_that_lies_here() {
    for (name, file) in [("mails.csv", "tables/mails.csv"), ("takeout.mbox", "mail/takeout.mbox")] {
        let (desk, other) = (Desk::new().await, Desk::new().await);
        let bytes = std::fs::read(data(file)).unwrap();
        let post = request("POST", &format!("/imports?name={name}"), bytes.clone());
        let (status, report) = send(&desk.routes(), post).await;
        assert_eq!(status, StatusCode::OK, "{report}");
        assert_eq!(report["name"], name);
        let expected = other.import(&data(file)).await.json();
        for part in ["counts", "refused", "excluded", "ownAddresses", "joined", "dryRun"] {
            assert_eq!(report[part], expected[part], "{part}");
        }
        assert!(!report.to_string().contains("uploads"), "no path of ours: {report}");
        desk.nothing_stays();
        let again = request("POST", "/imports?name=other.csv&dryRun=true", bytes);
        let (_, again) = send(&desk.routes(), again).await;
        if name == "mails.csv" {
            assert_eq!(again["counts"]["new"], 0, "its name says nothing of its content");
            assert_eq!(again["id"], report["id"]);
        }
    }
}

#[tokio::test]
async fn whoever_does_not_wait_learns_which_import_it_is() {
    let desk = Desk::new().await;
    let (status, answer) =
        send(&desk.routes(), request("POST", "/imports?name=a.csv&wait=false", TABLE)).await;
    assert_eq!((status, &answer["status"]), (StatusCode::ACCEPTED, &json!("running")));
    let id = answer["importId"].as_str().unwrap();
    let running = desk.tertius.running_import(&desk.viewer, id.parse().unwrap()).await.unwrap();
    let last = running.follow().collect::<Vec<_>>().await.pop().unwrap();
    assert_eq!((last.state, last.progress.read), (ImportState::Finished, 3));
    let node = format!(r#"{{ node(id: "{id}") {{ ... on Import {{ stands }} }} }}"#);
    assert_eq!(ask(&desk.routes(), &node).await["data"]["node"]["stands"], true);
    while desk.uploads().exists() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_leads_nowhere() {
    let desk = Desk::new().await;
    let bytes = std::fs::read(data("mail/takeout.mbox")).unwrap();
    for name in ["..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "a%00%2F..%2Fpasswd"] {
        let uri = format!("/imports?name={name}&dryRun=true");
        let (status, report) = send(&desk.routes(), request("POST", &uri, bytes.clone())).await;
        assert_eq!((status, &report["name"]), (StatusCode::OK, &json!("passwd")), "{report}");
        desk.nothing_stays();
    }
}

/// A folder's files as a ZIP.
fn zipped(folder: &std::path::Path) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&std::fs::read(file.path()).unwrap()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn archives_come_as_zip() {
    let (desk, other) = (Desk::new().await, Desk::new().await);
    let archive = zipped(&data("linkedin/Basic Export"));
    let (status, report) =
        send(&desk.routes(), request("POST", "/imports?name=linkedin.zip", archive)).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    assert!(report["counts"]["new"].as_u64().unwrap() > 0, "{report}");
    desk.export().await;
    let export = zipped(&desk.folder.path().join("export"));
    let (status, report) =
        send(&other.routes(), request("POST", "/imports?name=export.zip", export)).await;
    assert_eq!((status, &report["counts"]["refused"]), (StatusCode::OK, &json!(0)), "{report}");
    assert!(report["counts"]["new"].as_u64().unwrap() > 0, "{report}");
    desk.nothing_stays();
    other.nothing_stays();
}

#[tokio::test]
async fn what_cannot_be_imported_is_refused_with_what_to_do() {
    let desk = Desk::new().await;
    let picture = [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13].repeat(50);
    for (uri, body, status, said) in [
        ("/imports?name=a.csv&format=foo", TABLE.as_bytes(), 422, "linkedin, mail, table, export"),
        ("/imports?name=picture.png", &picture, 422, "picture.png"),
        ("/imports?name=a.zip", TABLE.as_bytes(), 422, "a.zip"),
        ("/imports?name=a.csv&mapping=table%20%3D%20%22x%22", TABLE.as_bytes(), 422, "mapping"),
        ("/imports?name=a.csv", b"", 422, "nothing was sent"),
        ("/imports?name=a.csv&dryrun=true", TABLE.as_bytes(), 400, "dryrun"),
        ("/imports?name=a.csv&dryRun=perhaps", TABLE.as_bytes(), 400, "dryRun"),
        ("/imports?name=a.csv&sha256=12", TABLE.as_bytes(), 422, "64 digits"),
        ("/imports?name=a.csv&upload=..%2F..", TABLE.as_bytes(), 422, "64 digits"),
    ] {
        let (found, answer) = send(&desk.routes(), request("POST", uri, body.to_vec())).await;
        assert_eq!(found.as_u16(), status, "{uri}: {answer}");
        assert!(message(&answer).contains(said), "{uri}: {answer}");
        assert!(!answer.to_string().contains("uploads"), "no path of ours: {answer}");
        desk.nothing_stays();
    }
    assert_eq!(desk.tertius.imports(&desk.viewer).await.unwrap(), [], "nothing is recorded of it");
}

#[tokio::test]
async fn a_file_is_for_those_who_record() {
    let house = House::own().await;
    let routes = house.routes();
    let (status, _) = send(&routes, request("POST", "/imports?name=a.csv", TABLE)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let hash = hash(TABLE.as_bytes());
    for (method, uri) in [
        ("HEAD", format!("/imports/uploads/{hash}")),
        ("PATCH", format!("/imports/uploads/{hash}")),
    ] {
        let (status, _) = send(&routes, request(method, &uri, TABLE)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    let foreign = Request::post("/imports?name=a.csv").header("origin", "https://evil.example");
    let foreign = foreign.body(Body::from(TABLE)).unwrap();
    let (status, _) = send(&house.open_routes().await, foreign).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_refused_and_gone() {
    let desk = Desk::within(Limits { upload_bytes_max: 300_000, ..Limits::default() }).await;
    let row = "Elif Yıldız,elif@orbit.example\n";
    let large = format!("Name,Email\n{}", row.repeat(300_000 / row.len()));
    let fits = request("POST", "/imports?name=a.csv&dryRun=true", large.clone());
    let (status, answer) = send(&desk.routes(), fits).await;
    assert_eq!(status, StatusCode::OK, "more than any other body may have: {answer}");
    let pieces = vec![Ok::<_, std::io::Error>(large.clone()), Ok(row.to_owned())];
    for body in [Body::from(large.clone() + row), Body::from_stream(stream::iter(pieces))] {
        let (status, answer) =
            send(&desk.routes(), request("POST", "/imports?name=a.csv", body)).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{answer}");
        assert!(message(&answer).contains("300000"), "{answer}");
        desk.nothing_stays();
    }
    let announced = Request::post("/imports?name=a.csv").header("content-length", "300001");
    let body = Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let (status, _) = send(&desk.routes(), announced.body(body).unwrap()).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "before anything of it came");
    let query = request("POST", "/graphql", large);
    assert_eq!(send(&desk.routes(), query).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn nothing_of_a_file_stays_when_its_sender_goes_away_or_falls_silent() {
    let desk = Desk::within(Limits { silence_ms_max: 20, ..Limits::default() }).await;
    let begun = || {
        let first = stream::iter([Ok::<_, std::io::Error>(vec![b'x'; 3 << 20])]);
        request("POST", "/imports?name=a.csv", Body::from_stream(first.chain(stream::pending())))
    };
    let (status, _) = send(&desk.routes(), begun()).await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    desk.nothing_stays();
    let routes = desk.routes();
    let mut asked = Box::pin(routes.oneshot(begun()));
    while !desk.uploads().exists() {
        assert!(asked.as_mut().now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    drop(asked);
    while desk.uploads().exists() {
        tokio::task::yield_now().await;
    }
    let broken = stream::iter([Ok(vec![b'x'; 100]), Err(std::io::Error::other("gone"))]);
    let broken = request("POST", "/imports?name=a.csv", Body::from_stream(broken));
    assert_eq!(send(&desk.routes(), broken).await.0, StatusCode::BAD_REQUEST);
    desk.nothing_stays();
}

#[tokio::test]
async fn an_announced_content_is_held_to() {
    let desk = Desk::new().await;
    let digest = |text: &str| {
        let post = Request::post("/imports?name=a.csv&dryRun=true");
        post.header("content-digest", text).body(Body::from(TABLE)).unwrap()
    };
    // The SHA-256 of nothing.
    let other = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
    for (request, status) in [
        (digest("sha-256=:nonsense:"), 422),
        (digest(other), 422),
        (digest("md5=:AAAA:"), 200),
        (request("POST", &format!("/imports?name=a.csv&sha256={}", hash(b"other")), TABLE), 422),
        (
            request(
                "POST",
                &format!("/imports?name=a.csv&sha256={}", hash(TABLE.as_bytes())),
                TABLE,
            ),
            200,
        ),
    ] {
        let (found, answer) = send(&desk.routes(), request).await;
        assert_eq!(found.as_u16(), status, "{answer}");
        desk.nothing_stays();
    }
}

/// Sends a part; gives the status and how many bytes are there now.
async fn part(
    routes: &Router,
    token: &str,
    (hash, offset): (&str, usize),
    body: &str,
) -> (u16, Option<usize>) {
    let patch = Request::patch(format!("/imports/uploads/{hash}"))
        .header("authorization", format!("Bearer {token}"))
        .header("upload-offset", offset);
    let response = routes.clone().oneshot(patch.body(Body::from(body.to_owned())).unwrap()).await;
    let response = response.unwrap();
    (response.status().as_u16(), sent(response.headers()))
}

async fn head(routes: &Router, token: &str, hash: &str) -> Option<usize> {
    let head = Request::head(format!("/imports/uploads/{hash}"));
    let head = head.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    sent(routes.clone().oneshot(head).await.unwrap().headers())
}

fn sent(headers: &HeaderMap) -> Option<usize> {
    headers.get("upload-offset")?.to_str().unwrap().parse().ok()
}

async fn import_upload(routes: &Router, token: &str, hash: &str) -> (StatusCode, Value) {
    let post = Request::post(format!("/imports?upload={hash}&name=a.csv"));
    send(
        routes,
        post.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap(),
    )
    .await
}

#[tokio::test]
async fn an_upload_that_broke_off_goes_on_and_is_nobody_else_s() {
    let house = House::own().await;
    let folder = tempfile::tempdir().unwrap();
    let uploads = folder.path().join("uploads");
    let door = Door::with_tokens(Arc::clone(&house.tertius)).keeping_uploads_in(uploads.clone());
    let routes = router(door);
    let token = async |login: &str| {
        let viewer = house.viewer(login).await;
        house
            .tertius
            .create_token(&viewer, tertius::service::TokenDraft::of(login))
            .await
            .unwrap()
            .secret
    };
    let (mira, tom) = (token("mira").await, token("tom").await);
    let hash = hash(TABLE.as_bytes());
    let half = TABLE.len() / 2;
    let half = (half..TABLE.len()).find(|&at| TABLE.is_char_boundary(at)).unwrap();
    assert_eq!(head(&routes, &mira, &hash).await, Some(0));
    assert_eq!(part(&routes, &mira, (&hash, 0), &TABLE[..half]).await, (204, Some(half)));
    assert_eq!(head(&routes, &mira, &hash).await, Some(half));
    assert_eq!(head(&routes, &tom, &hash).await, Some(0), "it is Mira's");
    assert_eq!(import_upload(&routes, &tom, &hash).await.0, StatusCode::NOT_FOUND);
    assert_eq!(part(&routes, &mira, (&hash, 3), "x").await, (409, Some(half)), "not from there");
    assert_eq!(part(&routes, &mira, (&hash, half), &TABLE[half..]).await, (204, Some(TABLE.len())));
    let (status, report) = import_upload(&routes, &mira, &hash).await;
    assert_eq!((status, &report["counts"]["read"]), (StatusCode::OK, &json!(3)), "{report}");
    assert!(!uploads.exists());

    assert_eq!(part(&routes, &tom, (&hash, 0), "Name\nothers\n").await, (204, Some(12)));
    let (status, answer) = import_upload(&routes, &tom, &hash).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(message(&answer).contains("it was dropped"), "{answer}");
    assert_eq!(head(&routes, &tom, &hash).await, Some(0));
    assert!(!uploads.exists());
}

#[tokio::test]
async fn uploads_that_wait_are_few_and_do_not_wait_for_ever() {
    let desk = Desk::within(Limits { uploads_waiting_max: 2, ..Limits::default() }).await;
    let routes = desk.routes();
    let token = desk
        .tertius
        .create_token(&desk.viewer, tertius::service::TokenDraft::of("ana"))
        .await
        .unwrap()
        .secret;
    let hashes = [hash(b"1"), hash(b"2"), hash(b"3")];
    assert_eq!(part(&routes, &token, (&hashes[0], 0), "1").await.0, 204);
    assert_eq!(part(&routes, &token, (&hashes[1], 0), "2").await.0, 204);
    assert_eq!(part(&routes, &token, (&hashes[2], 0), "3").await.0, 409, "two may wait");
    let now = tertius::service::sample_now();
    desk.clock.set(now.plus_ms(24 * 3_600_000));
    assert_eq!(part(&routes, &token, (&hashes[1], 1), "2").await.0, 204);
    desk.clock.set(now.plus_ms(24 * 3_600_000 + 1));
    assert_eq!(head(&routes, &token, &hashes[0]).await, Some(0), "it waited too long");
    assert_eq!(head(&routes, &token, &hashes[1]).await, Some(2), "it was gone on with");
    assert_eq!(part(&routes, &token, (&hashes[2], 0), "3").await.0, 204);
    desk.clock.set(now.plus_ms(72 * 3_600_000));
    assert_eq!(head(&routes, &token, &hashes[2]).await, Some(0));
    desk.nothing_stays();
}

fn table(desk: &Desk, rows: usize) -> ImportFile {
    let path = desk.folder.path().join("many.csv");
    let mut text = "Name,Email\n".to_owned();
    (0..rows).for_each(|at| writeln!(text, "Person {at},p{at}@many.example").unwrap());
    std::fs::write(&path, text).unwrap();
    ImportFile { path, format: None, mapping: None, private: false }
}

#[tokio::test]
async fn an_import_that_is_called_off_keeps_what_it_brought_and_goes_on_when_asked_again() {
    let desk = Desk::new().await;
    let (tertius, viewer) = (&desk.tertius, &desk.viewer);
    let file = table(&desk, 15_000);
    let begun = tertius.begin_import(viewer, file.clone(), false).await.unwrap();
    let id = begun.id();
    let again = tertius.begin_import(viewer, file.clone(), false).await;
    assert!(again.is_err_and(|error| error.to_string().contains("is being imported")));
    assert!(tertius.undo_import(viewer, id, |_| {}).await.is_err(), "it runs");
    let followed = tertius.running_import(viewer, id).await.unwrap();
    assert_eq!(followed.status().state, ImportState::Running);
    // Called off as soon as the first batch is safe.
    let called_off = |so_far: Progress| {
        if so_far.read > 0 {
            drop(tertius.cancel_import(viewer, id).now_or_never());
        }
    };
    let ended = tertius.run_import(begun, called_off).await.unwrap_err();
    assert!(ended.to_string().contains("called off"), "{ended}");
    let status = followed.status();
    assert_eq!(status.state, ImportState::Cancelled);
    assert!((1..15_000).contains(&status.progress.read), "{status:?}");
    let record = tertius.import(viewer, id).await.unwrap();
    assert_eq!((record.import.finished_at, record.stands), (None, false));
    let people = tertius.network_size().0;
    assert!(desk.names().await.len() > 1, "what it brought is there: {people}");
    assert!(tertius.cancel_import(viewer, id).await.is_err(), "it does not run any more");
    let report = tertius.import_file(viewer, file, false, |_| {}).await.unwrap();
    let counts = report.import.counts;
    assert_eq!((report.import.id, counts.read), (id, 15_000));
    assert_eq!(counts.known, status.progress.read, "it goes on from there");
    assert!(tertius.import(viewer, id).await.unwrap().stands);
}

#[tokio::test]
async fn an_import_that_is_let_go_has_failed_and_few_run_at_a_time() {
    let desk = Desk::within(Limits { imports_running_max: 1, ..Limits::default() }).await;
    let (tertius, viewer) = (&desk.tertius, &desk.viewer);
    let begun = tertius.begin_import(viewer, table(&desk, 10), false).await.unwrap();
    let (id, other) = (begun.id(), table(&desk, 11));
    let busy = tertius.begin_import(viewer, other.clone(), false).await;
    assert!(busy.is_err_and(|error| error.to_string().contains("too many imports")));
    drop(begun);
    let status = tertius.running_import(viewer, id).await.unwrap().status();
    assert_eq!(status.state, ImportState::Failed);
    assert!(tertius.import_file(viewer, other, false, |_| {}).await.is_ok());
}

#[tokio::test]
async fn imports_are_looked_at_and_undone_by_graphql() {
    let desk = Desk::new().await;
    let routes = desk.routes();
    let (_, report) = send(&routes, request("POST", "/imports?name=a.csv", TABLE)).await;
    let id = report["id"].as_str().unwrap();
    let list = "{ imports { nodes { id name system stands startedAt finishedAt undoneAt
        counts { read new known excluded refused people companies } excluded { reason count }
        refusedRows { file line reason } } } }";
    let import = ask(&routes, list).await["data"]["imports"]["nodes"][0].clone();
    assert_eq!((&import["id"], &import["name"]), (&report["id"], &json!("a.csv")));
    assert_eq!(import["counts"], report["counts"]);
    assert_eq!(import["refusedRows"], report["refused"]);
    assert_eq!((&import["system"], &import["stands"]), (&json!("table"), &json!(true)));
    let few = ask(&routes, "{ imports { nodes { refusedRows(first: 101) { line } } } }").await;
    assert_eq!(few["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert!(desk.names().await.contains(&"Bo Chen".to_owned()));
    let undo = format!(
        r#"mutation {{ undoImport(input: {{importId: "{id}", clientMutationId: "1"}})
            {{ import {{ stands undoneAt }} userErrors {{ message code }} clientMutationId }} }}"#
    );
    let undone = ask(&routes, &undo).await["data"]["undoImport"].clone();
    assert_eq!(
        (&undone["import"]["stands"], &undone["clientMutationId"]),
        (&json!(false), &json!("1"))
    );
    assert!(!desk.names().await.contains(&"Bo Chen".to_owned()));
    let again = ask(&routes, &undo).await["data"]["undoImport"].clone();
    assert_eq!(
        (&again["import"], &again["userErrors"][0]["code"]),
        (&Value::Null, &json!("INVALID"))
    );
    let cancel = format!(
        r#"mutation {{ cancelImport(input: {{importId: "{id}"}}) {{ progress {{ state }} userErrors {{ code }} }} }}"#
    );
    let cancelled = ask(&routes, &cancel).await["data"]["cancelImport"].clone();
    assert_eq!(cancelled["userErrors"][0]["code"], "INVALID", "it does not run");
}

#[tokio::test]
async fn imports_of_others_are_not_there_but_for_an_admin() {
    let house = House::own().await;
    let file = house.viewer("tom").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, TABLE).unwrap();
    let import = ImportFile { path, format: None, mapping: None, private: false };
    let report = house.tertius.import_file(&file, import, false, |_| {}).await.unwrap();
    let id = report.import.id;
    for login in ["tom", "ana", "ines", "bruno", "mira"] {
        let viewer = house.viewer(login).await;
        let sees = login == "tom" || tertius::service::role_name(viewer.role()) == "admin";
        assert_eq!(house.tertius.import(&viewer, id).await.is_ok(), sees, "{login}");
        assert_eq!(house.tertius.running_import(&viewer, id).await.is_ok(), sees, "{login}");
        assert_eq!(house.tertius.imports(&viewer).await.unwrap().len(), usize::from(sees));
    }
}

#[tokio::test]
async fn people_are_put_together_taken_apart_and_kept_out_by_graphql() {
    let desk = Desk::new().await;
    let routes = desk.routes();
    let rows = "Name,Email,Company\nElif Yildiz,elif@orbit.example,Orbit\nBo Chen,bo@globex.example,Globex\n";
    send(&routes, request("POST", "/imports?name=a.csv", rows)).await;
    let by = async |mail: &str| {
        let query = format!(
            r#"{{ person(by: {{email: "{mail}"}}) {{ id company {{ id }}
                parts {{ parts {{ id names knownBy }} joins {{ oneId otherId why explanation }} }} }} }}"#
        );
        ask(&routes, &query).await["data"]["person"].clone()
    };
    let change = async |name: &str, input: &str, then: &str| {
        let query = format!(
            "mutation {{ {name}(input: {{{input}}}) {{ {then} userErrors {{ message code }} }} }}"
        );
        ask(&routes, &query).await["data"][name].clone()
    };
    let (elif, bo) = (by("elif@orbit.example").await, by("bo@globex.example").await);
    assert_eq!(elif["parts"]["joins"], json!([]));
    for (name, kind, one, other) in [
        ("linkPeople", "person", &elif["id"], &bo["id"]),
        ("linkCompanies", "company", &elif["company"]["id"], &bo["company"]["id"]),
    ] {
        let word = if kind == "person" { "Person" } else { "Company" };
        let input = format!("{kind}Id: {one}, other{word}Id: {other}");
        let then =
            format!("{kind} {{ parts {{ parts {{ id knownBy }} joins {{ why explanation }} }} }}");
        let linked = change(name, &input, &then).await[kind]["parts"].clone();
        assert!(linked["parts"].as_array().unwrap().len() >= 2, "{linked}");
        let by_hand = json!({ "why": "BY_HAND", "explanation": "somebody said so" });
        assert!(linked["joins"].as_array().unwrap().contains(&by_hand), "{linked}");
        let again = change(name, &input, &then).await;
        assert_eq!(again["userErrors"][0]["code"], "DUPLICATE", "{again}");
        let apart = format!("unlink{word}");
        let input = format!("partId: {other}");
        let then = format!("{kind} {{ id }}");
        let unlinked = change(&apart, &input, &then).await;
        assert_eq!(unlinked[kind]["id"], *other, "{unlinked}");
    }
    let again = change("unlinkPerson", &format!("partId: {}", bo["id"]), "person { id }").await;
    assert_eq!(again["userErrors"][0]["code"], "INVALID", "{again}");
    let input = r#"excluded: "Globex.example""#;
    let then = "exclusion { excluded since liftedAt }";
    let excluded = change("excludeFromImports", input, then).await;
    assert_eq!(excluded["exclusion"]["excluded"], "globex.example");
    let listed = ask(&routes, "{ exclusions { nodes { id excluded } } }").await;
    assert_eq!(listed["data"]["exclusions"]["nodes"][0]["excluded"], "globex.example");
    let tried = request(
        "POST",
        "/imports?name=b.csv&dryRun=true",
        "Name,Email\nEve Fox,eve@globex.example\n",
    );
    assert_eq!(send(&routes, tried).await.1["counts"]["excluded"], 1);
    let lifted = change("liftExclusion", input, then).await;
    assert!(lifted["exclusion"]["liftedAt"].is_string(), "{lifted}");
    let again = change("liftExclusion", input, then).await;
    assert_eq!(again["userErrors"][0]["code"], "NOT_FOUND");
}
