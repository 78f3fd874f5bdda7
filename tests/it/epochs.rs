//! In whichever steps the network came to what it is: writes, imports, undoing, restarts and
//! midnights give the same answers, to the last bit, as folding it afresh.

use std::sync::Arc;

use rand::{Rng as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use tertius::{
    config::Limits,
    model::{Closeness, Day, EvidenceKind, Holder, ImportId, PersonId},
    service::{
        CompanyDraft, EvidenceDraft, Foundations, From, ImportFile, JobDraft, KeepingQuestion,
        PageRequest, PathQuestion, PersonDraft, SearchQuestion, SeededIds, StatementDraft,
        StoppedClock, Tertius, To, Viewer, sample_now,
    },
    store::sqlite::SqliteStore,
};

const DAY_MS: i64 = 86_400_000;

/// A store that several processes have open, one after the other and at the same time.
struct Place {
    store: Arc<SqliteStore>,
    clock: Arc<StoppedClock>,
    now_ms: i64,
    processes: u64,
    files: tempfile::TempDir,
}

impl Place {
    async fn process(&mut self) -> (Arc<Tertius>, Viewer) {
        self.processes += 1;
        let foundations = Foundations {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: Arc::new(SeededIds::new(self.processes)),
            limits: Limits::default(),
        };
        let tertius = Arc::new(Tertius::open(foundations).await.unwrap());
        tertius.make_first_admin("ana").await.unwrap();
        let viewer = tertius.viewer_by_login("ana").await.unwrap();
        (tertius, viewer)
    }
}

/// What a process answers to everything that rests on the network.
async fn answers(tertius: &Tertius, viewer: &Viewer) -> String {
    let all = PageRequest { first: Some(100), after: None };
    let page = tertius.people_page(viewer, &all).await.unwrap();
    let people: Vec<PersonId> = page.entries.iter().map(|(_, person)| person.id).collect();
    let pairs: Vec<_> = people
        .iter()
        .flat_map(|&a| people.iter().filter(move |&&b| a < b).map(move |&b| (a, b)))
        .collect();
    let receipts = tertius.receipts(viewer, &pairs).await.unwrap();
    let question = SearchQuestion { text: "pers orbit".into(), only: None };
    let found = tertius.search(viewer, &question, &all).await.unwrap();
    let companies = tertius.companies_page(viewer, &all).await.unwrap();
    let mut answers = format!("{page:?}\n{companies:?}\n{found:?}\n");
    for (pair, receipt) in pairs.iter().zip(receipts) {
        answers += &receipt.map(|receipt| format!("{pair:?} {receipt:?}\n")).unwrap_or_default();
    }
    for (&from, &to) in people.iter().zip(people.iter().cycle().skip(1)).step_by(2) {
        let mut question = PathQuestion::to(To::Person(to));
        question.from = From::People(vec![from]);
        if from != to {
            let answer = tertius.intro_paths(viewer, &question).await.unwrap();
            answers += &format!("{from} {to} {answer:?}\n");
        }
    }
    answers
}

/// Answers as of a day without the word that they are of it.
fn taken_as_present(answers: &str, day: Day) -> String {
    let said = format!("as_of: Some({day})");
    assert!(answers.contains(&said), "what is seen as of {day} says so");
    answers.replace(&said, "as_of: None")
}

/// Mails between some addresses, as a table.
fn mails(chance: &mut ChaCha8Rng, today_ms: i64, rows: usize) -> String {
    let mut table = String::from("message,at,from,to\n");
    for row in 0..rows {
        let one = chance.random_range(0..14);
        let other = (one + chance.random_range(1..14)) % 14;
        let third = (one + 1) % 14;
        let at = today_ms - chance.random_range(1..300) * DAY_MS - 1_000 * row as i64;
        let at = tertius::model::Timestamp::from_ms(at);
        table += &format!(
            "{row},{at},p{one}@orbit.example,p{other}@orbit.example;p{third}@orbit.example\n"
        );
    }
    table
}

/// One run of chance events; after each, a process opened just now says what the old one says.
async fn run(seed: u64, events: usize) {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let files = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&files.path().join("it.sqlite")).unwrap());
    let now_ms = sample_now().as_ms();
    let clock = Arc::new(StoppedClock::at(sample_now()));
    let mut place = Place { store, clock, now_ms, processes: 100 * seed, files };
    let (mut live, viewer) = place.process().await;
    let mut ends_of_days = Vec::new();
    let mut people = vec![viewer.person()];
    let mut imports: Vec<ImportId> = Vec::new();
    let orbit = CompanyDraft { name: "Orbit".into(), domains: Vec::new(), idempotency_key: None };
    let orbit = live.create_company(&viewer, orbit).await.unwrap().id;
    for event in 0..events {
        // Some of it is written by another process over the same store.
        let (other, _) = if chance.random_bool(0.2) {
            place.process().await
        } else {
            (Arc::clone(&live), viewer.clone())
        };
        let kind = chance.random_range(0..20);
        match kind {
            0..=3 => {
                let n = people.len() % 14;
                let job = chance.random_bool(0.5).then(|| JobDraft {
                    company: orbit,
                    title: Some("Engineer".into()),
                    from: None,
                    to: None,
                });
                let address = chance.random_bool(0.5).then(|| format!("p{n}@orbit.example"));
                let draft = PersonDraft {
                    name: format!("Person {n}"),
                    identifiers: address.into_iter().collect(),
                    job,
                    idempotency_key: None,
                };
                // An address that somebody has already is refused; that is an event too.
                if let Ok(person) = other.create_person(&viewer, draft).await {
                    people.push(person.id);
                }
            }
            4..=8 if people.len() > 2 => {
                let participants: Vec<PersonId> =
                    people.choose_multiple(&mut chance, 3).copied().collect();
                let kinds = [EvidenceKind::Mail, EvidenceKind::Meeting, EvidenceKind::Call];
                let ago = chance.random_range(0..200) * DAY_MS;
                let draft = EvidenceDraft {
                    kind: kinds[chance.random_range(0..3)].clone(),
                    at: tertius::model::Timestamp::from_ms(place.now_ms - ago),
                    participants,
                    idempotency_key: None,
                };
                other.record_evidence(&viewer, draft).await.unwrap();
            }
            9..=10 if people.len() > 2 => {
                let two: Vec<_> = people.choose_multiple(&mut chance, 2).copied().collect();
                let closeness = [Closeness::Weak, Closeness::Close][chance.random_range(0..2)];
                let draft = StatementDraft { from: Some(two[0]), to: two[1], closeness };
                // Two that are one by now have no tie.
                other.state_tie(&viewer, draft).await.ok();
            }
            11..=13 => {
                let path = place.files.path().join(format!("mails-{event}.csv"));
                let rows = [3, 40][chance.random_range(0..2)];
                std::fs::write(&path, mails(&mut chance, place.now_ms, rows)).unwrap();
                let file = ImportFile { path, format: None, mapping: None, private: false };
                let report = other.import_file(&viewer, file, false, |_| {}).await.unwrap();
                imports.push(report.import.id);
            }
            14 => {
                if let Some(import) = imports.pop() {
                    other.undo_import(&viewer, import, |_| {}).await.unwrap();
                }
            }
            15..=16 if people.len() > 3 => {
                let two: Vec<_> = people.choose_multiple(&mut chance, 2).copied().collect();
                let (one, two) = (Holder::Person(two[0]), Holder::Person(two[1]));
                if chance.random_bool(0.6) {
                    other.link(&viewer, one, two).await.ok();
                } else {
                    other.unlink(&viewer, one).await.ok();
                }
            }
            17 => {
                // Whoever opened what was recorded by now would fold it as this one does.
                let (last, _) = place.process().await;
                last.begin_epoch().await.unwrap();
                ends_of_days.push((last.today(), answers(&last, &viewer).await));
                place.now_ms += DAY_MS * chance.random_range(1..9);
                place.clock.set(tertius::model::Timestamp::from_ms(place.now_ms));
            }
            _ => live = place.process().await.0,
        }
        live.keep_up().await.unwrap();
        let (fresh, _) = place.process().await;
        let (expected, found) = (answers(&fresh, &viewer).await, answers(&live, &viewer).await);
        if let Some((found, expected)) = found.lines().zip(expected.lines()).find(|(a, b)| a != b) {
            panic!("seed {seed}, event {event} of kind {kind}:\n{found}\nis not\n{expected}");
        }
        assert_eq!(found.len(), expected.len(), "seed {seed}, event {event} of kind {kind}");
        assert_eq!(live.network_size(), fresh.network_size());
    }
    assert!(!ends_of_days.is_empty(), "seed {seed} has no midnight");
    for (day, expected) in ends_of_days {
        let found = taken_as_present(&answers(&live, &viewer.as_of(Some(day))).await, day);
        assert!(found == expected, "seed {seed}, as of {day}:\n{found}\nis not\n{expected}");
    }
}

#[tokio::test]
async fn the_network_followed_step_by_step_is_the_one_folded_afresh_and_so_is_every_past_day() {
    let events = std::env::var("TERTIUS_EPOCH_EVENTS").ok().and_then(|n| n.parse().ok());
    for seed in 1..=3 {
        run(seed, events.unwrap_or(130)).await;
    }
}

/// The story's questions, as somebody asks them.
async fn story(tertius: &Tertius, viewer: &Viewer) -> String {
    let all = PageRequest { first: Some(100), after: None };
    let mut answers = String::new();
    for list in tertius.lists(viewer).await.unwrap() {
        let entered = tertius.entrances(viewer, list.id, &From::MyTeam).await.unwrap();
        let threads = tertius.threads(viewer, Some(list.id)).await.unwrap();
        answers += &format!("{list:?} {} {entered:?} {threads:?}\n", entered.open());
    }
    let question = KeepingQuestion { list: None, only: None };
    let due = tertius.keep_in_touch(viewer, &question, &all).await.unwrap();
    answers += &format!("{due:?}\n");
    let companies = tertius.companies_page(viewer, &all).await.unwrap();
    for (_, company) in &companies.entries {
        let question = PathQuestion::to(To::Company(company.id));
        answers += &format!("{:?}\n", tertius.intro_paths(viewer, &question).await.unwrap());
    }
    answers
}

#[tokio::test]
async fn a_past_day_is_what_a_store_that_ends_there_says() {
    let house = crate::support::House::shared();
    let mira = house.viewer("mira").await;
    for days_ago in [20, 45] {
        let day = house.tertius.today().plus(-days_ago);
        let then = crate::support::House::ending_on(day).await;
        let expected = story(&then.tertius, &then.viewer("mira").await).await;
        let found = taken_as_present(&story(&house.tertius, &mira.as_of(Some(day))).await, day);
        for (found, expected) in found.lines().zip(expected.lines()) {
            assert_eq!(found, expected, "as of {day}");
        }
        assert_eq!(found.len(), expected.len(), "as of {day}");
        assert_ne!(found, story(&house.tertius, &mira).await, "much has happened since");
    }
}

#[tokio::test]
async fn a_day_to_come_is_refused_and_the_past_is_not_changed() {
    let house = crate::support::House::shared();
    let mira = house.viewer("mira").await;
    let today = house.tertius.today();
    let question = SearchQuestion { text: "priya".into(), only: None };
    let page = PageRequest::default();
    let tomorrow = mira.as_of(Some(today.plus(1)));
    let error = house.tertius.search(&tomorrow, &question, &page).await.unwrap_err();
    assert!(error.to_string().contains("still to come"), "{error}");
    let yesterday = mira.as_of(Some(today.plus(-1)));
    let draft = CompanyDraft { name: "Late".into(), domains: Vec::new(), idempotency_key: None };
    let error = house.tertius.create_company(&yesterday, draft).await.unwrap_err();
    assert!(error.to_string().contains("only what is seen"), "{error}");
    let long_ago = mira.as_of(Some(today.plus(-40_000)));
    let found = house.tertius.search(&long_ago, &question, &page).await.unwrap();
    assert!(found.entries.is_empty(), "nothing was recorded by then");
}
