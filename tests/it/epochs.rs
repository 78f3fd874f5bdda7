//! In whichever steps the network came to what it is: writes, imports, undoing, restarts and
//! midnights give the same answers, to the last bit, as folding it afresh.

use std::sync::Arc;

use rand::{Rng as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use tertius::{
    config::Limits,
    model::{
        Closeness, CompanyId, Day, EvidenceKind, Holder, ImportId, PersonId, Probability, Timestamp,
    },
    service::{
        CompanyDraft, EvidenceDraft, Foundations, From, ImportFile, JobDraft, OverrideDraft,
        PageRequest, PathQuestion, PersonDraft, SearchQuestion, SeededIds, Snapshots,
        StatementDraft, StoppedClock, Tertius, To, Viewer, sample_now,
    },
    store::{SnapshotFile, sqlite::SqliteStore},
};

use crate::days::taken_as_present;

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
        // Every other one begins with what the last one kept, if that still holds.
        let file = SnapshotFile::at(self.files.path().join("it.network"));
        let snapshots = match self.processes % 2 {
            0 => Snapshots::in_file(file, 0),
            _ => Snapshots::default(),
        };
        let tertius = Arc::new(Tertius::open_with(foundations, snapshots).await.unwrap());
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
    let mut answers = vec![format!("{page:?}\n{companies:?}\n{found:?}")];
    let ties = pairs.iter().zip(receipts);
    answers.extend(ties.filter_map(|(pair, tie)| Some(format!("{pair:?} {:?}", tie?))));
    for (&from, &to) in people.iter().zip(people.iter().cycle().skip(1)).step_by(2) {
        let mut question = PathQuestion::to(To::Person(to));
        question.from = From::People(vec![from]);
        if from != to {
            let answer = tertius.intro_paths(viewer, &question).await.unwrap();
            answers.push(format!("{from} {to} {answer:?}"));
        }
    }
    answers.join("\n")
}

/// Chance events on one store.
struct Run {
    chance: ChaCha8Rng,
    place: Place,
    live: Arc<Tertius>,
    viewer: Viewer,
    orbit: CompanyId,
    people: Vec<PersonId>,
    imports: Vec<ImportId>,
    /// What was said at the end of each day that is over.
    days: Vec<(Day, String)>,
}

impl Run {
    async fn begin(seed: u64) -> Self {
        let files = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(&files.path().join("it.sqlite")).unwrap());
        let clock = Arc::new(StoppedClock::at(sample_now()));
        let now_ms = sample_now().as_ms();
        let mut place = Place { store, clock, now_ms, processes: 100 * seed, files };
        let (live, viewer) = place.process().await;
        let orbit =
            CompanyDraft { name: "Orbit".into(), domains: Vec::new(), idempotency_key: None };
        let orbit = live.create_company(&viewer, orbit).await.unwrap().id;
        let people = vec![viewer.person()];
        let chance = ChaCha8Rng::seed_from_u64(seed);
        let (imports, days) = (Vec::new(), Vec::new());
        Self { chance, place, live, viewer, orbit, people, imports, days }
    }

    /// Something happens, written by the process that goes on or by another one.
    async fn event(&mut self, number: usize) -> u32 {
        let by = if self.chance.random_bool(0.2) {
            self.place.process().await.0
        } else {
            Arc::clone(&self.live)
        };
        let kind = self.chance.random_range(0..22);
        match kind {
            0..=3 => self.somebody_comes(&by).await,
            4..=8 => self.they_meet(&by).await,
            9..=10 => self.somebody_says_so(&by).await,
            11..=13 => self.mails_come_in(&by, number).await,
            14 => {
                if let Some(import) = self.imports.pop() {
                    by.undo_import(&self.viewer, import, |_| {}).await.unwrap();
                }
            }
            15..=16 => self.two_are_one_or_not(&by).await,
            17..=18 => self.the_owner_says_so(&by).await,
            19 => self.midnight().await,
            _ => self.live = self.place.process().await.0,
        }
        self.live.keep_up().await.unwrap();
        kind
    }

    fn some(&mut self, count: usize) -> Option<Vec<PersonId>> {
        let some: Vec<_> = self.people.choose_multiple(&mut self.chance, count).copied().collect();
        (some.len() == count).then_some(some)
    }

    async fn somebody_comes(&mut self, by: &Tertius) {
        let n = self.people.len() % 14;
        let (company, title) = (self.orbit, Some("Engineer".into()));
        let job = JobDraft { company, title, from: None, to: None };
        let address = self.chance.random_bool(0.5).then(|| format!("p{n}@orbit.example"));
        let draft = PersonDraft {
            name: format!("Person {n}"),
            identifiers: address.into_iter().collect(),
            job: self.chance.random_bool(0.5).then_some(job),
            idempotency_key: None,
        };
        // An address that somebody has already is refused; that is an event too.
        if let Ok(person) = by.create_person(&self.viewer, draft).await {
            self.people.push(person.id);
        }
    }

    async fn they_meet(&mut self, by: &Tertius) {
        let Some(participants) = self.some(3) else { return };
        let kinds = [EvidenceKind::Mail, EvidenceKind::Meeting, EvidenceKind::Call];
        let kind = kinds[self.chance.random_range(0..3)].clone();
        let ago_ms = self.chance.random_range(0..200) * DAY_MS;
        let at = Timestamp::from_ms(self.place.now_ms - ago_ms);
        let draft = EvidenceDraft { kind, at, participants, idempotency_key: None };
        by.record_evidence(&self.viewer, draft).await.unwrap();
    }

    async fn somebody_says_so(&mut self, by: &Tertius) {
        let Some(two) = self.some(2) else { return };
        let closeness = [Closeness::Weak, Closeness::Close][self.chance.random_range(0..2)];
        let draft = StatementDraft { from: Some(two[0]), to: two[1], closeness };
        // Two that are one by now have no tie.
        by.state_tie(&self.viewer, draft).await.ok();
    }

    async fn the_owner_says_so(&mut self, by: &Tertius) {
        let Some(other) = self.some(1) else { return };
        if self.chance.random_bool(0.3) {
            by.withdraw_override(&self.viewer, other[0]).await.ok();
            return;
        }
        let until = by.today().plus(self.chance.random_range(1..20));
        let draft = OverrideDraft {
            from: None,
            to: other[0],
            strength: Probability::new(self.chance.random_range(0.0..1.0)).unwrap(),
            reason: None,
            until: Some(until),
        };
        by.override_tie(&self.viewer, draft).await.ok();
    }

    async fn mails_come_in(&mut self, by: &Tertius, number: usize) {
        let path = self.place.files.path().join(format!("mails-{number}.csv"));
        let rows = [3, 40][self.chance.random_range(0..2)];
        std::fs::write(&path, mails(&mut self.chance, self.place.now_ms, rows)).unwrap();
        let file = ImportFile { path, format: None, mapping: None, private: false };
        let report = by.import_file(&self.viewer, file, false, |_| {}).await.unwrap();
        self.imports.push(report.import.id);
    }

    async fn two_are_one_or_not(&mut self, by: &Tertius) {
        let Some(two) = self.some(2) else { return };
        let (one, two) = (Holder::Person(two[0]), Holder::Person(two[1]));
        if self.chance.random_bool(0.6) {
            by.link(&self.viewer, one, two).await.ok();
        } else {
            by.unlink(&self.viewer, one).await.ok();
        }
    }

    async fn midnight(&mut self) {
        // Whoever opened what was recorded by now would fold it as this one does.
        let (last, _) = self.place.process().await;
        last.begin_epoch().await.unwrap();
        self.days.push((last.today(), answers(&last, &self.viewer).await));
        self.place.now_ms += DAY_MS * self.chance.random_range(1..9);
        self.place.clock.set(Timestamp::from_ms(self.place.now_ms));
    }

    /// A process that is opened just now says what the one that goes on says.
    async fn compare(&mut self, when: &str) {
        let (fresh, _) = self.place.process().await;
        let expected = answers(&fresh, &self.viewer).await;
        let found = answers(&self.live, &self.viewer).await;
        assert_same(&found, &expected, when);
        assert_eq!(self.live.network_size(), fresh.network_size(), "{when}");
    }
}

/// Shows the first line that differs.
fn assert_same(found: &str, expected: &str, when: &str) {
    let differs = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
    if let Some((found, expected)) = differs {
        panic!("{when}:\n{found}\nis not\n{expected}");
    }
    assert_eq!(found.len(), expected.len(), "{when}");
}

/// Mails between some addresses, as a table.
fn mails(chance: &mut ChaCha8Rng, today_ms: i64, rows: i64) -> String {
    let mut row = |row: i64| {
        let one = chance.random_range(0..14);
        let (other, third) = ((one + chance.random_range(1..14)) % 14, (one + 1) % 14);
        let at = today_ms - chance.random_range(1..300) * DAY_MS - 1_000 * row;
        let at = Timestamp::from_ms(at);
        format!("{row},{at},p{one}@orbit.example,p{other}@orbit.example;p{third}@orbit.example\n")
    };
    let rows: String = (0..rows).map(&mut row).collect();
    format!("message,at,from,to\n{rows}")
}

#[tokio::test]
async fn the_network_followed_step_by_step_is_the_one_folded_afresh_and_so_is_every_past_day() {
    let events = std::env::var("TERTIUS_EPOCH_EVENTS").ok().and_then(|n| n.parse().ok());
    for seed in 1..=3 {
        let mut run = Run::begin(seed).await;
        for number in 0..events.unwrap_or(130) {
            let kind = run.event(number).await;
            run.compare(&format!("seed {seed}, event {number} of kind {kind}")).await;
        }
        assert!(!run.days.is_empty(), "seed {seed} has no midnight");
        for (day, expected) in std::mem::take(&mut run.days) {
            let found = answers(&run.live, &run.viewer.as_of(Some(day))).await;
            assert_same(&taken_as_present(&found, day), &expected, &format!("as of {day}"));
        }
    }
}
