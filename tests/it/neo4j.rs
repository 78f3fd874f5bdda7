//! What a Neo4j server does to us, and what a reader of its graph finds.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use tertius::{
    model::{
        Attestation, Audience, Author, Batch, BatchId, Change, Claim, CompanyId, Employment,
        EmploymentId, Evidence, EvidenceKind, LawfulBasis, Name, PersonId, Source, Span,
        SystemName, Telling, Timestamp, Title, Version,
    },
    store::{
        Store as _, StoreError,
        conformance::Place as _,
        neo4j::{Login, Neo4jStore, Patience, testing},
    },
};

use crate::neo4j_server::{Neo4jPlace, Server};

const NOON: Timestamp = Timestamp::from_ms(1_795_435_200_000);

fn batch(id: u128, changes: Vec<Change>) -> Batch {
    Batch { id: BatchId::new(id), author: Author::System, at: NOON, expects: Vec::new(), changes }
}

fn told(claim: Claim) -> Telling {
    let source = Source { system: SystemName::new("mail").unwrap(), import: None };
    let by = Attestation {
        source,
        recorder: Author::System,
        basis: LawfulBasis::LegitimateInterest,
        audience: Audience::TEAM,
        recorded_at: NOON,
        retracted_at: None,
    };
    Telling::new(claim, by)
}

fn mail(from: u128, to: u128) -> Claim {
    let people = [from, to].map(|n| PersonId::new(n).into());
    Claim::Evidence(Evidence::new(EvidenceKind::Mail, NOON, people).unwrap())
}

/// Little patience: two seconds a call, and so many tries.
fn patience(tries: u32) -> Patience {
    Patience { call: Duration::from_secs(2), tries, pause: Duration::from_millis(10) }
}

/// What stands between us and the server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Nothing.
    None = 0,
    /// The next commit does not arrive.
    LoseCommit = 1,
    /// The next commit arrives, and its answer does not.
    LoseAnswer = 2,
    /// Nothing comes through any more.
    Silence = 3,
}

/// A commit, as Bolt writes it.
const COMMIT: [u8; 6] = [0x00, 0x02, 0xb0, 0x12, 0x00, 0x00];

/// Stands between us and the server, and does what it is told.
struct Between {
    login: Login,
    fault: Arc<AtomicU8>,
}

impl Between {
    fn new(login: &Login) -> Self {
        let fault = Arc::new(AtomicU8::new(0));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("bolt://{}", listener.local_addr().unwrap());
        let server = login.url.trim_start_matches("bolt://").to_owned();
        let orders = Arc::clone(&fault);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(&server).unwrap();
                Self::join(&client, &server, &orders);
            }
        });
        Self { login: Login { url, ..login.clone() }, fault }
    }

    fn order(&self, fault: Fault) {
        self.fault.store(fault as u8, Ordering::SeqCst);
    }

    fn ordered(&self) -> u8 {
        self.fault.load(Ordering::SeqCst)
    }

    fn join(client: &TcpStream, server: &TcpStream, orders: &Arc<AtomicU8>) {
        let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let (mut back_from, mut back_to) =
            (server.try_clone().unwrap(), client.try_clone().unwrap());
        let (asking, answering) = (Arc::clone(orders), Arc::clone(orders));
        std::thread::spawn(move || {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(count @ 1..) = from.read(&mut bytes) {
                let is_commit = bytes[..count].windows(COMMIT.len()).any(|some| some == COMMIT);
                let order = asking.load(Ordering::SeqCst);
                if is_commit && order == Fault::LoseCommit as u8 {
                    asking.store(Fault::None as u8, Ordering::SeqCst);
                    break;
                }
                if is_commit && order == Fault::LoseAnswer as u8 {
                    // From here on nothing goes back on this connection.
                    asking.store(Fault::Silence as u8, Ordering::SeqCst);
                }
                if to.write_all(&bytes[..count]).is_err() {
                    break;
                }
            }
            _ = to.shutdown(Shutdown::Both);
            _ = from.shutdown(Shutdown::Both);
        });
        std::thread::spawn(move || {
            let mut bytes = vec![0; 1 << 16];
            while let Ok(count @ 1..) = back_from.read(&mut bytes) {
                if answering.load(Ordering::SeqCst) == Fault::Silence as u8 {
                    continue;
                }
                if back_to.write_all(&bytes[..count]).is_err() {
                    break;
                }
            }
            _ = back_to.shutdown(Shutdown::Both);
        });
    }
}

fn unavailable(error: &StoreError) -> &str {
    match error {
        StoreError::Unavailable(text) => text,
        _ => panic!("{error:?}"),
    }
}

fn cannot_open(error: &StoreError) -> &str {
    match error {
        StoreError::CannotOpen(text) => text,
        _ => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn a_commit_that_never_arrives_is_made_once_by_the_next_try() {
    let place = Neo4jPlace::new();
    let between = Between::new(place.login().await);
    let store = Neo4jStore::open_with(&between.login, patience(3)).await.unwrap();
    between.order(Fault::LoseCommit);
    let change = Change::AddPerson(PersonId::new(1));
    let applied = store.apply(&batch(1, vec![change])).await.unwrap();
    assert_eq!(between.ordered(), Fault::None as u8, "a commit was lost");
    assert_eq!((applied.version, applied.repeated, applied.changed), (Version(1), false, 1));
    assert_eq!(store.version().await.unwrap(), Version(1));
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_found_done_and_answered_as_if_it_had_come() {
    let place = Neo4jPlace::new();
    let between = Between::new(place.login().await);
    let store = Neo4jStore::open_with(&between.login, patience(4)).await.unwrap();
    between.order(Fault::LoseAnswer);
    let lost = async {
        // The server has it; nobody here knows.
        let direct = place.open().await;
        while direct.version().await.unwrap() == Version(0) {
            tokio::task::yield_now().await;
        }
        between.order(Fault::None);
    };
    let change = Change::AddPerson(PersonId::new(1));
    let sent = batch(1, vec![change]);
    let (applied, ()) = tokio::join!(store.apply(&sent), lost);
    let applied = applied.unwrap();
    assert_eq!((applied.version, applied.repeated), (Version(1), false));
    assert_eq!(applied.effects.len(), 1, "what came of it is known though the answer was lost");
    assert_eq!(store.version().await.unwrap(), Version(1), "done once");
}

#[tokio::test]
async fn a_server_that_falls_silent_holds_nobody_up() {
    let place = Neo4jPlace::new();
    let between = Between::new(place.login().await);
    let store = Neo4jStore::open_with(&between.login, patience(1)).await.unwrap();
    between.order(Fault::Silence);
    let error = store.version().await.unwrap_err();
    assert!(unavailable(&error).contains("does not answer in time"), "{error}");
    let error =
        store.apply(&batch(1, vec![Change::AddPerson(PersonId::new(1))])).await.unwrap_err();
    assert!(unavailable(&error).contains("does not answer in time"), "{error}");
    between.order(Fault::None);
    assert_eq!(store.version().await.unwrap(), Version(0), "and it goes on when the server does");
}

#[tokio::test]
async fn whoever_cannot_come_in_is_told_why_and_never_the_password() {
    let place = Neo4jPlace::new();
    let login = place.login().await;
    assert!(!format!("{login:?}").contains(&login.password));
    let open = async |login: Login| {
        let error = Neo4jStore::open_with(&login, patience(1)).await.unwrap_err();
        assert!(!format!("{error:?}{error}").contains(&login.password), "{error:?}");
        error
    };
    for scheme in ["bolt", "neo4j"] {
        let url = login.url.replace("bolt", scheme);
        let wrong =
            Login { password: "not the password".into(), url: url.clone(), ..login.clone() };
        let error = open(wrong).await;
        assert!(cannot_open(&error).contains("TERTIUS_NEO4J_PASSWORD"), "{scheme}: {error}");
        let elsewhere = Login { database: Some("elsewhere".into()), url, ..login.clone() };
        let error = open(elsewhere).await;
        assert!(cannot_open(&error).contains("TERTIUS_NEO4J_DATABASE"), "{scheme}: {error}");
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let nobody = Login { url: format!("{scheme}://{free}"), ..login.clone() };
        let error = open(nobody).await;
        assert!(unavailable(&error).contains("is it running"), "{scheme}: {error}");
    }
}

#[tokio::test]
async fn a_database_that_holds_something_else_is_left_alone() {
    let place = Neo4jPlace::new();
    let login = place.login().await;
    let store = place.store().await;
    testing::clear(login).await.unwrap();
    store.cypher("CREATE (:Film {title: 'Alien'})").await.unwrap();
    let error = Neo4jStore::open(login).await.unwrap_err();
    assert!(cannot_open(&error).contains("holds something else"), "{error}");
    let films = store.cypher("MATCH (n) RETURN n.title AS text").await.unwrap();
    assert_eq!(films, ["Alien"]);
}

#[tokio::test]
async fn the_graph_reads_as_it_is_spoken_of() {
    let place = Neo4jPlace::new();
    let store = place.store().await;
    let name = |n: u128, name: &str| {
        let claim = Claim::PersonName { person: PersonId::new(n), name: Name::new(name).unwrap() };
        Change::Tell(told(claim))
    };
    let job = Claim::Employment(Employment {
        id: EmploymentId::new(1),
        person: PersonId::new(1),
        company: CompanyId::new(1),
        title: Some(Title::new("Pilot").unwrap()),
        span: Span::new(Some(NOON.day().plus(-30)), None).unwrap(),
    });
    let company =
        Claim::CompanyName { company: CompanyId::new(1), name: Name::new("Orbit").unwrap() };
    let mut changes: Vec<Change> = (1..=2).map(|n| Change::AddPerson(PersonId::new(n))).collect();
    changes.extend([Change::AddCompany(CompanyId::new(1)), name(1, "Ana"), name(2, "Ben")]);
    changes.extend([company, job, mail(2, 1)].map(|claim| Change::Tell(told(claim))));
    store.apply(&batch(1, changes)).await.unwrap();
    let read = "MATCH (p:Person)-[w:WORKS_AT]->(c:Company)
                MATCH (q:Person)-[m:CONTACTED]->(p) WHERE w.to IS NULL
                RETURN p.name + ', ' + w.title + ' of ' + c.name + ' since ' + toString(w.from)
                    + ', ' + m.kind + ' from ' + q.name + ' at ' + toString(m.at) AS text";
    let since = NOON.day().plus(-30);
    let expected =
        format!("Ana, Pilot of Orbit since {since}, mail from Ben at 2026-11-23T12:00:00Z");
    assert_eq!(store.cypher(read).await.unwrap(), [expected]);

    let telling = told(mail(2, 1));
    let back = Change::retract(telling.fact_id(), &telling.attestation);
    store.apply(&batch(2, vec![back])).await.unwrap();
    assert_eq!(
        store.cypher(read).await.unwrap(),
        [""; 0],
        "what was taken back is not said any more"
    );
    let unseen = "MATCH ()-[c:UNSEEN_CONTACT]->() RETURN c.kind AS text";
    assert_eq!(store.cypher(unseen).await.unwrap(), ["mail"], "but it is known that it was said");
}

#[tokio::test]
async fn a_server_that_is_killed_under_writes_has_every_write_that_it_acknowledged() {
    let mut server = Server::of_ones_own();
    let once = Patience { tries: 1, ..Patience::default() };
    let store = Neo4jStore::open_with(&server.login, once).await.unwrap();
    let add = |n: u128| batch(n, vec![Change::AddPerson(PersonId::new(n))]);
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            let mut acknowledged = 0;
            while store.apply(&add(acknowledged + 1)).await.is_ok() {
                acknowledged += 1;
            }
            acknowledged
        })
    };
    while store.version().await.unwrap() < Version(30) {
        tokio::task::yield_now().await;
    }
    server.kill();
    let acknowledged = writer.await.unwrap();
    assert!(acknowledged >= 29, "{acknowledged}");
    server.start_again();
    let kept = store.version().await.unwrap().0;
    let written = [acknowledged, acknowledged + 1];
    assert!(
        written.contains(&u128::from(kept)),
        "{kept} of {acknowledged}: the last one may have come"
    );
    let applied = store.apply(&add(written[1])).await.unwrap();
    assert_eq!(u128::from(applied.version.0), written[1], "it is there once");
    let people = store.people_after(None, 1_000).await.unwrap();
    assert_eq!(people.len() as u128, written[1]);
}
