//! What a viewer may not see changes no byte of what they are told.

use std::sync::Arc;

use rand::{Rng as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use tertius::{
    config::Limits,
    model::{
        Attestation, Audience, Author, Batch, BatchId, Change, Claim, Closeness, CompanyId,
        Employment, EmploymentId, Evidence, EvidenceKind, Group, Holder, Identifier, LawfulBasis,
        Level, Member, MemberId, Name, PersonId, Role, RuleSubject, Source, Span, Speaker,
        SystemName, Tag, Telling, Timestamp, WantedPost,
    },
    service::{
        AccountName, AudienceRuleDraft, ChangesQuestion, Clock as _, ExportRequest, Foundations,
        From, ImportFile, KeepingQuestion, KnownQuestion, KnowsQuestion, PageRequest, PathQuestion,
        ReachQuestion, SearchQuestion, SeededIds, StoppedClock, Target, Tertius, To, Viewer, Whom,
        sample_now,
    },
    store::{Store as _, sqlite::SqliteStore},
};

const DAY_MS: i64 = 86_400_000;
const PEOPLE: u128 = 14;
const COMPANIES: u128 = 3;
const MEMBERS: u128 = 3;

/// Two installations that differ in nothing but in what is private to the first member.
struct Worlds {
    /// Where the first member keeps things to themself.
    full: World,
    /// Where they do not.
    bare: World,
    chance: ChaCha8Rng,
    batches: u128,
    /// What the first member told nobody, and did not take back.
    private: Vec<Claim>,
}

struct World {
    store: Arc<SqliteStore>,
    clock: Arc<StoppedClock>,
    tertius: Arc<Tertius>,
    processes: u64,
    files: tempfile::TempDir,
}

fn person(n: u128) -> PersonId {
    PersonId::new(n)
}

fn member(n: u128) -> MemberId {
    MemberId::new(n)
}

impl World {
    async fn new() -> Self {
        let files = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(&files.path().join("it.sqlite")).unwrap());
        // The ids of what is imported follow from it.
        store.keep_secret([7; 32]).await.unwrap();
        let clock = Arc::new(StoppedClock::at(sample_now()));
        let tertius = Self::open(&store, &clock, 1).await;
        Self { store, clock, tertius, processes: 1, files }
    }

    async fn open(store: &Arc<SqliteStore>, clock: &Arc<StoppedClock>, n: u64) -> Arc<Tertius> {
        let foundations = Foundations {
            store: store.clone(),
            clock: clock.clone(),
            ids: Arc::new(SeededIds::new(n)),
            limits: Limits::default(),
        };
        Arc::new(Tertius::open(foundations).await.unwrap())
    }

    async fn restart(&mut self) {
        self.processes += 1;
        self.tertius = Self::open(&self.store, &self.clock, self.processes).await;
    }

    async fn apply(&self, batch: &Batch) {
        self.store.apply(batch).await.unwrap();
        self.tertius.keep_up().await.unwrap();
    }

    async fn viewer(&self, n: u128) -> Viewer {
        self.tertius.viewer_by_login(&format!("member{n}")).await.unwrap()
    }

    /// Everything that a viewer is told, and what they may carry away.
    async fn told(&self, n: u128) -> Vec<String> {
        let viewer = self.viewer(n).await;
        let mut told = answers(&self.tertius, &viewer).await;
        let path = self.files.path().join(format!("export{n}"));
        let request = ExportRequest { path: path.clone(), rows: false, raw: true };
        let written = self.tertius.export(&viewer, &request, |_| {}).await.unwrap();
        told.push(format!("{written:?}"));
        let mut files: Vec<_> =
            std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        told.extend(files.iter().map(|file| std::fs::read_to_string(file).unwrap()));
        told
    }

    async fn import(&self, n: u128, (name, text): (&str, &str), private: bool) -> String {
        let path = self.files.path().join(name);
        std::fs::write(&path, text).unwrap();
        let file = ImportFile { path, format: None, mapping: None, private };
        let report = self.tertius.import_file(&self.viewer(n).await, file, false, |_| {}).await;
        format!("{:?}", report.unwrap().import)
    }
}

/// Everything that a viewer is told.
async fn answers(tertius: &Tertius, viewer: &Viewer) -> Vec<String> {
    let all = PageRequest { first: Some(100), after: None };
    let people = tertius.people_page(viewer, &all).await.unwrap();
    let companies = tertius.companies_page(viewer, &all).await.unwrap();
    let mut answers = vec![format!("{people:?}"), format!("{companies:?}")];
    for text in ["otti", "person 3", "a@b3.example", "company"] {
        let question = SearchQuestion { text: text.into(), only: None };
        let few = PageRequest { first: Some(3), after: None };
        answers.push(format!("{:?}", tertius.search(viewer, &question, &few).await));
    }
    let ids: Vec<PersonId> = people.entries.iter().map(|(_, person)| person.id).collect();
    let pairs: Vec<_> =
        ids.iter().flat_map(|&a| ids.iter().map(move |&b| (a, b))).filter(|(a, b)| a < b).collect();
    for (pair, tie) in pairs.iter().zip(tertius.receipts(viewer, &pairs).await.unwrap()) {
        answers.extend(tie.map(|tie| format!("{pair:?} {tie:?}")));
    }
    for n in 0..=PEOPLE + 1 {
        let mut question = PathQuestion::to(To::Person(person(n)));
        question.from = if n % 2 == 0 { From::Me } else { From::MyTeam };
        question.inferred = n % 3 == 0;
        answers.push(format!("{:?}", tertius.intro_paths(viewer, &question).await));
        answers.push(format!("{:?}", tertius.person_parts(viewer, person(n)).await));
    }
    answers.extend(answers_of_the_house(tertius, viewer).await);
    answers
}

async fn answers_of_the_house(tertius: &Tertius, viewer: &Viewer) -> Vec<String> {
    let all = PageRequest { first: Some(100), after: None };
    let ids: Vec<CompanyId> = (1..=COMPANIES).map(CompanyId::new).collect();
    let mut answers = vec![format!("{:?}", tertius.staff(viewer, &ids).await)];
    for &company in &ids {
        let mut question = PathQuestion::to(To::Company(company));
        question.from = From::MyTeam;
        answers.push(format!("{:?}", tertius.intro_paths(viewer, &question).await));
        let known = KnownQuestion {
            targets: vec![anybody(Whom::Company(company))],
            among: Vec::new(),
            min_strength: 0.0,
        };
        answers.push(format!("{:?}", tertius.who_knows(viewer, &known, &all).await));
    }
    let texts = ["person 3", "Otti 5", "a@b3.example", "company 1", "b2.example", "compny"];
    let names: Vec<AccountName> = texts.into_iter().map(AccountName::of_text).collect();
    for from in [From::Me, From::MyTeam] {
        let accounts = ids.iter().copied().map(Holder::Company);
        let accounts = accounts.chain((1..=PEOPLE).step_by(3).map(|n| Holder::Person(person(n))));
        let names: Vec<AccountName> =
            names.iter().cloned().chain(accounts.map(AccountName::of_holder)).collect();
        let question = ReachQuestion { from, ..ReachQuestion::of(Vec::new()) };
        answers.push(format!("{:?}", tertius.reach_named(viewer, &names, &question).await));
    }
    let knowers = From::MyTeam;
    let knows = KnowsQuestion { knowers, targets: vec![anybody(Whom::Anybody)], min_strength: 0.0 };
    answers.push(format!("{:?}", tertius.knows(viewer, &knows, &all).await));
    let due = KeepingQuestion { list: None, only: None };
    answers.push(format!("{:?}", tertius.keep_in_touch(viewer, &due, &all).await));
    let past = viewer.as_of(Some(tertius.today().plus(-1)));
    answers.push(format!("{:?}", tertius.people_page(&past, &all).await));
    let since = tertius.today().plus(-2);
    let changes = ChangesQuestion { since, until: None, list: None, scope: From::MyTeam };
    let changes = tertius.what_changed(viewer, &changes).await.unwrap();
    answers.push(format!("{:?}", changes.ties));
    for resolution in [None, Some(5.0)] {
        answers.push(format!("{:?}", tertius.clusters(viewer, resolution).await));
    }
    answers
}

fn anybody(whom: Whom) -> Target {
    Target { whom, post: WantedPost::default() }
}

impl Worlds {
    async fn new(seed: u64) -> Self {
        let (full, bare) = (World::new().await, World::new().await);
        let chance = ChaCha8Rng::seed_from_u64(seed);
        let mut worlds = Self { full, bare, chance, batches: 0, private: Vec::new() };
        let people = (1..=PEOPLE + 1).map(|n| Change::AddPerson(person(n)));
        let companies = (1..=COMPANIES).map(|n| Change::AddCompany(CompanyId::new(n)));
        let members = (1..=MEMBERS).map(|n| {
            Change::PutMember(Member {
                id: member(n),
                login: format!("member{n}").parse().unwrap(),
                person: person(n),
                addresses: Vec::new(),
                role: Role::Admin,
                active: true,
            })
        });
        worlds.both(people.chain(companies).chain(members).collect()).await;
        let claims: Vec<Claim> = (1..=MEMBERS).map(|n| named(n, &format!("Person {n}"))).collect();
        worlds.both(claims.into_iter().map(to_team).collect()).await;
        worlds
    }

    fn batch(&mut self, changes: Vec<Change>) -> Batch {
        self.batches += 1;
        let (id, at) = (BatchId::new(self.batches), self.now());
        Batch { id, author: Author::System, at, expects: Vec::new(), changes }
    }

    fn now(&self) -> Timestamp {
        self.full.clock.now()
    }

    /// Something that everybody is told.
    async fn both(&mut self, changes: Vec<Change>) {
        let batch = self.batch(changes);
        self.full.apply(&batch).await;
        self.bare.apply(&batch).await;
    }

    /// Something that is the first member's alone.
    async fn alone(&mut self, change: Change) {
        let batch = self.batch(vec![change]);
        self.full.apply(&batch).await;
    }

    async fn event(&mut self, number: usize) -> u32 {
        let kind = self.chance.random_range(0..20);
        match kind {
            0..=5 => {
                let claim = self.some_claim();
                let change = self.told_by_somebody(claim);
                self.both(vec![change]).await;
            }
            6..=12 => {
                let claim = self.some_claim();
                self.private.push(claim.clone());
                self.alone(to_owner(claim)).await;
            }
            13..=14 => {
                if let Some(claim) = self.private.pop() {
                    let fact = Telling::new(claim, private()).fact_id();
                    self.alone(Change::retract(fact, &private())).await;
                }
            }
            // What was private before is told to everybody.
            15 => {
                if let Some(claim) = self.private.choose(&mut self.chance).cloned() {
                    self.both(vec![to_team(claim)]).await;
                }
            }
            16..=17 => self.the_same_mails_come_in(number).await,
            18 => self.midnight().await,
            _ => {
                self.full.restart().await;
                self.bare.restart().await;
            }
        }
        kind
    }

    /// The first member imports for themself what another imports for all, before them or after.
    async fn the_same_mails_come_in(&mut self, number: usize) {
        let mut row = |row: i64| {
            let [from, to] = [0; 2].map(|_| self.chance.random_range(1..8));
            let at = Timestamp::from_ms(self.now().as_ms() - row * DAY_MS);
            format!("{number}-{row},{at},a@b{from}.example,a@b{to}.example\n")
        };
        let rows: String = [0, 1, 2, 3].map(&mut row).concat();
        let (name, text) = (format!("mails-{number}.csv"), format!("message,at,from,to\n{rows}"));
        let file = (name.as_str(), text.as_str());
        let first = self.chance.random_bool(0.5);
        if first {
            self.full.import(1, file, true).await;
        }
        let (full, bare) =
            (self.full.import(2, file, false).await, self.bare.import(2, file, false).await);
        assert_eq!(full, bare, "the reports of mails {number}");
        if !first {
            self.full.import(1, file, true).await;
        }
    }

    async fn midnight(&mut self) {
        let next = Timestamp::from_ms(self.now().as_ms() + DAY_MS);
        for world in [&self.full, &self.bare] {
            world.clock.set(next);
            world.tertius.keep_up().await.unwrap();
        }
    }

    fn told_by_somebody(&mut self, claim: Claim) -> Change {
        let levels = [Level::Tie, Level::Strength, Level::Evidence, Level::Evidence];
        let level = *levels.choose(&mut self.chance).unwrap();
        let recorder = Author::Member(member(self.chance.random_range(1..=MEMBERS)));
        let audience = Audience { group: Group::Team, level };
        Change::Tell(Telling::new(claim, Attestation { recorder, audience, ..told("crm") }))
    }

    fn some_claim(&mut self) -> Claim {
        let [one, other] = [1, 5].map(|from| self.chance.random_range(from..=PEOPLE));
        let (company, n) = (
            CompanyId::new(self.chance.random_range(1..=COMPANIES)),
            self.chance.random_range(1..6),
        );
        match self.chance.random_range(0..12) {
            0..=5 => self.some_evidence(one, other),
            6 => named(one, ["Ottilie Orbit", "Person 3", "Otto"][n % 3]),
            7 => {
                let identifier: Identifier = format!("a@b{n}.example").parse().unwrap();
                Claim::PersonIdentifier { person: person(other), identifier }
            }
            8 => Claim::Employment(Employment {
                id: EmploymentId::new(other * 10),
                person: person(other),
                company,
                title: None,
                span: Span::new(Some(self.now().day().plus(-(n as i32) * 100)), None).unwrap(),
            }),
            9 => Claim::Tag { on: Holder::Person(person(one)), tag: Tag::new("vip").unwrap() },
            10 => Claim::CompanyName {
                company,
                name: Name::new(["Company", "Orbit"][n % 2]).unwrap(),
            },
            _ => Claim::Identity {
                one: Holder::Person(person(one.min(other))),
                other: Holder::Person(person(one.max(other) + u128::from(one == other))),
                same: n > 1,
            },
        }
    }

    fn some_evidence(&mut self, one: u128, other: u128) -> Claim {
        let other = if one == other { one % PEOPLE + 1 } else { other };
        let closeness = [Closeness::Weak, Closeness::Close][self.chance.random_range(0..2)];
        let by = Speaker::Person(person(one));
        let kinds = [
            EvidenceKind::Mail,
            EvidenceKind::Meeting,
            EvidenceKind::Connection,
            EvidenceKind::Statement { closeness, by },
        ];
        let kind = kinds.choose(&mut self.chance).unwrap().clone();
        let at = Timestamp::from_ms(self.now().as_ms() - self.chance.random_range(0..40) * DAY_MS);
        let people = [person(one), person(other)].map(Into::into);
        Claim::Evidence(Evidence::new(kind, at, people).unwrap())
    }

    /// What each member is told is the same in both worlds, but for the first.
    async fn compare(&self, when: &str) -> bool {
        for n in 2..=MEMBERS {
            let (full, bare) = (self.full.told(n).await, self.bare.told(n).await);
            for (full, bare) in full.iter().zip(&bare) {
                assert_eq!(full, bare, "{when}: member {n}");
            }
            assert_eq!(full.len(), bare.len(), "{when}: member {n}");
        }
        self.full.told(1).await != self.bare.told(1).await
    }

    /// The owner's view, followed step by step, is the one that is made afresh.
    async fn compare_owner(&self, when: &str) {
        let owner = self.full.viewer(1).await;
        let fresh = World::open(&self.full.store, &self.full.clock, 1 << 40).await;
        let (found, expected) =
            (answers(&self.full.tertius, &owner).await, answers(&fresh, &owner).await);
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{when}: the owner");
        }
        assert_eq!(found.len(), expected.len(), "{when}: the owner");
    }
}

fn named(n: u128, name: &str) -> Claim {
    Claim::PersonName { person: person(n), name: Name::new(name).unwrap() }
}

fn told(system: &str) -> Attestation {
    Attestation {
        source: Source { system: SystemName::new(system).unwrap(), import: None },
        recorder: Author::System,
        basis: LawfulBasis::LegitimateInterest,
        audience: Audience::TEAM,
        recorded_at: sample_now(),
        retracted_at: None,
    }
}

fn private() -> Attestation {
    let recorder = Author::Member(member(1));
    Attestation { recorder, audience: Audience::private(member(1)), ..told("notes") }
}

fn to_team(claim: Claim) -> Change {
    Change::Tell(Telling::new(claim, told("crm")))
}

fn to_owner(claim: Claim) -> Change {
    Change::Tell(Telling::new(claim, private()))
}

#[tokio::test]
async fn what_a_viewer_may_not_see_changes_no_byte_of_what_they_are_told() {
    let events = std::env::var("TERTIUS_LEAK_EVENTS").ok().and_then(|n| n.parse().ok());
    let mut owner_saw_more = 0;
    for seed in 1..=3 {
        let mut worlds = Worlds::new(seed).await;
        for number in 0..events.unwrap_or(45) {
            let kind = worlds.event(number).await;
            let when = format!("seed {seed}, event {number} of kind {kind}");
            worlds.compare_owner(&when).await;
            if number % 2 == 0 {
                continue;
            }
            owner_saw_more += usize::from(worlds.compare(&when).await);
        }
    }
    assert!(owner_saw_more > 40, "whoever keeps things to themself sees them: {owner_saw_more}");
}

#[tokio::test]
async fn who_was_one_for_a_private_reason_is_two_when_it_is_taken_back() {
    let mut worlds = Worlds::new(9).await;
    let reached = |n: u128| Claim::PersonIdentifier {
        person: person(n),
        identifier: "a@b1.example".parse().unwrap(),
    };
    worlds.both(vec![to_team(named(5, "Otto")), to_team(reached(5))]).await;
    worlds.alone(to_owner(reached(10))).await;
    let owner = worlds.full.viewer(1).await;
    let tertius = &worlds.full.tertius;
    let shown = tertius.person(&owner, person(10)).await.unwrap().id;
    assert_eq!(shown, person(5), "for the owner they are one");
    let fact = Telling::new(reached(10), private()).fact_id();
    worlds.alone(Change::retract(fact, &private())).await;
    worlds.compare_owner("the reason was taken back").await;
}

/// Mails among `a@b1.example` to `a@b7.example`, a row each.
fn some_mails(worlds: &mut Worlds, number: usize) -> Vec<String> {
    let mut row = |row: i64| {
        let [from, to] = [0; 2].map(|_| worlds.chance.random_range(1..8));
        let at = Timestamp::from_ms(worlds.now().as_ms() - (row + 1) * DAY_MS);
        format!("{number}-{row},{at},a@b{from}.example,a@b{to}.example\n")
    };
    (0..6).map(&mut row).collect()
}

/// The first member has rules in one world alone, and imports there what they hide; in the other
/// their files hold nothing of it.
#[tokio::test]
async fn what_a_rule_hides_changes_no_byte_of_what_others_are_told() {
    let (mut owner_saw_more, mut hidden) = (0, 0);
    for seed in 11..=13 {
        let mut worlds = Worlds::new(seed).await;
        let identifier = |text: &str| text.parse::<Identifier>().unwrap();
        let domain = tertius::model::Domain::new("b4.example").unwrap();
        let (company, person) = (CompanyId::new(2), person(12));
        let known = [
            Claim::CompanyDomain { company, domain: domain.clone() },
            named(12, "Nora North"),
            Claim::PersonIdentifier { person, identifier: identifier("a@b5.example") },
        ];
        worlds.both(known.map(to_team).to_vec()).await;
        let owner = worlds.full.viewer(1).await;
        let below = tertius::model::Domain::new("b3.example").unwrap();
        for about in
            [RuleSubject::Company(company), RuleSubject::Person(person), RuleSubject::Domain(below)]
        {
            let draft = AudienceRuleDraft { about, team_sees: None };
            worlds.full.tertius.put_audience_rule(&owner, draft).await.unwrap();
        }
        for number in 0..16 {
            match worlds.chance.random_range(0..6) {
                0 => {
                    let [one, other] = [1, 5].map(|from| worlds.chance.random_range(from..=11));
                    let claim = worlds.some_evidence(one, other);
                    worlds.both(vec![to_team(claim)]).await;
                }
                1 => worlds.midnight().await,
                2 => {
                    worlds.full.restart().await;
                    worlds.bare.restart().await;
                }
                _ => {
                    let rows = some_mails(&mut worlds, number);
                    let hides =
                        |row: &&String| ["b3.", "b4.", "b5."].iter().any(|b| row.contains(b));
                    hidden += rows.iter().filter(hides).count();
                    let shown: String = rows.iter().filter(|row| !hides(row)).cloned().collect();
                    let text = |rows: &str| format!("message,at,from,to\n{rows}");
                    let name = format!("ruled-{number}.csv");
                    worlds.full.import(1, (&name, &text(&rows.concat())), false).await;
                    if !shown.is_empty() {
                        worlds.bare.import(1, (&name, &text(&shown)), false).await;
                    }
                }
            }
            let when = format!("seed {seed}, event {number} under rules");
            owner_saw_more += usize::from(worlds.compare(&when).await);
        }
        for n in 2..=MEMBERS {
            let viewer = worlds.full.viewer(n).await;
            assert_eq!(worlds.full.tertius.audience_rules(&viewer).await.unwrap(), []);
        }
    }
    assert!(owner_saw_more > 20 && hidden > 20, "{owner_saw_more}, {hidden}");
}
