//! What if: answers under a hypothesis, against a copy of the store where it was really done.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use axum::Router;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tertius::{
    config::Limits,
    http::{Door, router},
    model::{
        Ask, Attestation, Audience, Author, Batch, BatchId, Change, Claim, Closeness, CompanyId,
        Employment, EmploymentId, Evidence, EvidenceKind, FactId, Holder, Identifier, Introduction,
        IntroductionId, IntroductionState, LawfulBasis, List, ListId, ListKind, Member, MemberId,
        Name, PersonId, Probability, Purpose, Role, Route, Source, Span, Speaker, SystemName,
        Telling, Timestamp, Title,
    },
    service::{
        Foundations, From, JobDraft, KeepingQuestion, PageRequest, SearchQuestion, SeededIds,
        StatementDraft, StoppedClock, SupposedChange, Tertius, Viewer, sample_now,
    },
    store::{Store, sqlite::SqliteStore},
};

use crate::support::{House, ask};

const PEOPLE: u128 = 14;
const COMPANIES: u128 = 4;
const LIST: ListId = ListId::new(1);
const DAY_MS: i64 = 86_400_000;
const TITLES: [&str; 4] = ["VP Sales", "Vertriebsleiterin", "CTO", "Directeur des achats"];
/// Two parts of one person, who share an address.
const JOINED: [u128; 2] = [11, 12];
/// Two who have one name, and are one as soon as they work at one company.
const NAMESAKES: [u128; 2] = [9, 10];

/// A random world: the same seed makes the same one.
struct World {
    tertius: Arc<Tertius>,
    store: Arc<SqliteStore>,
    ana: Viewer,
    ben: Viewer,
    jobs: Jobs,
    seed: u64,
    _folder: tempfile::TempDir,
}

fn person(n: u128) -> PersonId {
    PersonId::new(n)
}

fn company(n: u128) -> CompanyId {
    CompanyId::new(n)
}

fn told(claim: Claim) -> Change {
    let system = SystemName::new("test").unwrap();
    Change::Tell(Telling::new(
        claim,
        Attestation {
            source: Source { system, import: None },
            recorder: Author::System,
            basis: LawfulBasis::LegitimateInterest,
            audience: Audience::TEAM,
            recorded_at: sample_now(),
            retracted_at: None,
        },
    ))
}

fn days_ago(days: i64) -> Timestamp {
    Timestamp::from_ms(sample_now().as_ms() - days * DAY_MS)
}

fn contact(chance: &mut ChaCha8Rng, (one, other): (PersonId, PersonId)) -> Claim {
    let kind = match chance.random_range(0..6) {
        0 => EvidenceKind::Meeting,
        1 => EvidenceKind::Connection,
        2 => EvidenceKind::Statement { closeness: Closeness::Good, by: Speaker::Person(one) },
        _ => EvidenceKind::Mail,
    };
    let at = days_ago(chance.random_range(0..20) * 17);
    Claim::Evidence(Evidence::new(kind, at, [one.into(), other.into()]).unwrap())
}

fn names() -> Vec<Change> {
    let mut changes: Vec<Change> = (1..=PEOPLE).map(|n| Change::AddPerson(person(n))).collect();
    changes.extend((1..=PEOPLE).map(|n| {
        let called =
            if NAMESAKES.contains(&n) { "Kim Nowak".into() } else { format!("Person {n}") };
        told(Claim::PersonName { person: person(n), name: Name::new(&called).unwrap() })
    }));
    let known_by = |n: u128, text: &str| {
        let identifier: Identifier = text.parse().unwrap();
        told(Claim::PersonIdentifier { person: person(n), identifier })
    };
    changes.extend(JOINED.map(|n| known_by(n, "one@joined.example")));
    changes.push(known_by(NAMESAKES[0], "kim@nowak.example"));
    changes.push(known_by(NAMESAKES[1], "https://www.linkedin.com/in/kim-nowak"));
    changes.extend((1..=COMPANIES).flat_map(|n| {
        let name = Name::new(&format!("Firm {n}")).unwrap();
        [Change::AddCompany(company(n)), told(Claim::CompanyName { company: company(n), name })]
    }));
    for (n, login, role) in [(1, "ana", Role::Admin), (2, "ben", Role::Member)] {
        let (id, login, person) = (MemberId::new(n), login.parse().unwrap(), person(n));
        let member = Member { id, login, person, addresses: Vec::new(), role, active: true };
        changes.push(Change::PutMember(member));
    }
    changes
}

fn asking(n: u128, (seeker, connector, target): (u128, u128, u128)) -> Change {
    let asked_at = Some(days_ago(n as i64 % 20));
    let asks = vec![Ask { asked_at, ..Ask::of(person(connector)) }];
    let route = Route::new(person(seeker), asks, person(target)).unwrap();
    let purpose = Purpose::new("test").unwrap();
    let stands = (IntroductionState::AskedConnector, days_ago(20));
    let introduction = Introduction::standing(IntroductionId::new(n), route, purpose, stands);
    Change::PutIntroduction(introduction)
}

impl World {
    async fn random(seed: u64) -> Self {
        let chance = &mut ChaCha8Rng::seed_from_u64(seed);
        let (mut changes, mut jobs) = (names(), Jobs::new());
        for n in 1..=PEOPLE {
            for _ in 0..chance.random_range(0..3) {
                let id = EmploymentId::new(chance.random());
                let company = company(chance.random_range(1..=COMPANIES));
                let title = title_at(chance, company);
                let title = jobs.entry((as_one(n), company)).or_insert(title).clone();
                let title = title.map(|title| Title::new(&title).unwrap());
                let (person, span) = (person(n), Span::default());
                changes.push(told(Claim::Employment(Employment {
                    id,
                    person,
                    company,
                    title,
                    span,
                })));
            }
        }
        changes.push(Change::PutList(List {
            id: LIST,
            name: Name::new("Wanted").unwrap(),
            kind: ListKind::Partners,
            owner: MemberId::new(1),
            audience: Audience::TEAM,
        }));
        for n in 1..=COMPANIES {
            changes.push(told(Claim::ListEntry { list: LIST, entry: Holder::Company(company(n)) }));
        }
        let entry = Holder::Person(person(chance.random_range(3..=PEOPLE)));
        changes.push(told(Claim::ListEntry { list: LIST, entry }));
        for _ in 0..26 {
            let pair = [(); 2].map(|()| person(chance.random_range(1..=PEOPLE)));
            if pair[0] != pair[1] {
                changes.push(told(contact(chance, (pair[0], pair[1]))));
            }
        }
        changes.extend((0..12).map(|n| asking(n, (1, 3 + n % 4, 8))));
        Self::of(changes, jobs, seed).await
    }

    async fn of(changes: Vec<Change>, jobs: Jobs, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(&folder.path().join("world.sqlite")).unwrap());
        write(&store, 1, changes).await;
        let foundations = Foundations {
            store: Arc::clone(&store) as Arc<dyn Store>,
            clock: Arc::new(StoppedClock::at(sample_now())),
            ids: Arc::new(SeededIds::new(seed)),
            limits: Limits::default(),
        };
        let tertius = Arc::new(Tertius::open(foundations).await.unwrap());
        let ana = tertius.viewer_by_login("ana").await.unwrap();
        let ben = tertius.viewer_by_login("ben").await.unwrap();
        Self { tertius, store, ana, ben, jobs, seed, _folder: folder }
    }

    fn routes(&self, viewer: &Viewer) -> Router {
        router(Door::open(Arc::clone(&self.tertius), viewer.clone()))
    }

    /// Everything that is asked by GraphQL, supposing what an argument says.
    async fn answers(&self, viewer: &Viewer, suppose: &str) -> Vec<Value> {
        let routes = self.routes(viewer);
        let mut answers = Vec::new();
        for (field, input) in questions(self.seed) {
            let (answer, fragment) =
                if field == "introPaths" { ("Paths", PATHS) } else { ("Whom", WHOM) };
            let asked = format!("{field}(input: {{ {input} }}{suppose})");
            let query = format!("{{ {asked} {{ ...{answer} }} }} {fragment} {BELOW}");
            let mut answer = ask(&routes, &query).await;
            // Who has left is found nowhere, whether or not that is only supposed.
            let error = answer["errors"][0]["extensions"]["code"].clone();
            assert!(error.is_null() || error == "NOT_FOUND", "{query}: {answer}");
            let said = answer["data"][field].as_object_mut().map(|data| data.remove("supposing"));
            let said = said.flatten().map_or(0, |said| said.as_array().unwrap().len());
            assert!(!error.is_null() || (said > 0) != suppose.is_empty(), "{asked}: {answer}");
            answers.push(answer);
        }
        answers
    }

    /// Everything that is asked of the service alone.
    async fn service_answers(&self, viewer: &Viewer) -> String {
        let (tertius, page) = (&self.tertius, PageRequest::default());
        let mut text = String::new();
        for from in [From::Me, From::MyTeam] {
            let answer = tertius.entrances(viewer, LIST, &from).await;
            writeln!(text, "{answer:#?}").unwrap();
        }
        let threads = tertius.threads(viewer, Some(LIST)).await;
        let keeping = tertius.keep_in_touch(viewer, &KeepingQuestion::default(), &page).await;
        writeln!(text, "{threads:#?} {keeping:#?}").unwrap();
        for name in ["person", "kim", "cto", "vertriebsleiterin"] {
            let question = SearchQuestion { text: name.into(), only: None };
            let found = tertius.search(viewer, &question, &page).await.unwrap();
            let ids: Vec<String> = found.entries.iter().map(|(cursor, _)| cursor.clone()).collect();
            writeln!(text, "{name}: {ids:?} {:?}", names_of(found.into_nodes())).unwrap();
        }
        let people =
            tertius.people_page(viewer, &PageRequest { first: Some(5), after: None }).await;
        writeln!(
            text,
            "{:?}",
            people.unwrap().into_nodes().iter().map(|p| p.id).collect::<Vec<_>>()
        )
        .unwrap();
        let supposed = unindented(&format!("{:#?}", viewer.vantage().supposed));
        unindented(&text).replace(supposed.trim_end(), "None")
    }
}

/// The first line that differs, with what comes before it.
fn first_difference(one: &str, other: &str) -> Option<(String, String)> {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.lines().collect(), other.lines().collect());
    let longest = one.len().max(other.len());
    let at = (0..longest).find(|&at| one.get(at) != other.get(at))?;
    let around = |lines: &[&str]| {
        let to = lines.len().min(at + 6);
        lines[at.saturating_sub(12).min(to)..to].join(" ")
    };
    Some((around(&one), around(&other)))
}

fn unindented(text: &str) -> String {
    text.lines().map(|line| line.trim().to_owned() + "\n").collect::<String>()
}

fn names_of(found: Vec<tertius::service::Found>) -> Vec<Option<String>> {
    let called = |found| match found {
        tertius::service::Found::Person(person) => person.called(),
        tertius::service::Found::Company(company) => company.called(),
    };
    found.into_iter().map(called).collect()
}

async fn write(store: &SqliteStore, id: u128, changes: Vec<Change>) {
    let (author, expects) = (Author::System, Vec::new());
    let batch = Batch { id: BatchId::new(id), author, at: sample_now(), expects, changes };
    store.apply(&batch).await.unwrap();
}

const BELOW: &str = "
fragment Known on Tie {
  from { id } to { id } strength band connectedOnly lastContactOn moreHidden
  fades { on strength band } factors { factor logOdds }
  evidenceCounts { kind count newestAt } evidence(first: 3) { nodes { factId kind at } }
}
fragment Somebody on Person {
  id name title emails company { id staff(first: 9) { nodes { title person { id title } } } }
  employments(first: 4) { nodes { title current company { id name } } }
  tieWithViewer { strength } knownBy(first: 3) { nodes { from { id } strength } }
}";

const PATHS: &str = "fragment Paths on IntroPathConnection {
  supposing asOf miss { reason islandSize people { id } }
  nodes { key probability verdict weakestHop people { ...Somebody } risks { kind person { id } }
    hops { probability load tie { ...Known } } }
}";

const WHOM: &str = "fragment Whom on AcquaintanceConnection {
  supposing pageInfo { hasNextPage endCursor }
  nodes { knower { id name } target { ...Somebody } willingness verdict tie { ...Known }
    matched { title company { id } seniority function words fit } }
}";

/// A third of the questions, by turns: a field, and what is asked of it.
fn questions(seed: u64) -> Vec<(&'static str, String)> {
    let (mut all, mut at) = (Vec::new(), seed);
    for n in [3, 7, 9, 10, 12] {
        let to = format!("to: {{ personId: \"{}\" }}", person(n));
        all.push(("introPaths", to));
    }
    for n in 1..=COMPANIES {
        let to = format!("to: {{ companyId: \"{}\" }}", company(n));
        all.push(("introPaths", to.clone()));
        all.push((
            "introPaths",
            format!("{to}, from: {{ scope: MY_TEAM }}, includeInferred: true"),
        ));
        let avoid = format!("{to}, avoidPersonIds: [\"{}\"], maxSteps: 2", person(4));
        all.push(("introPaths", avoid));
        all.push(("whoKnows", format!("targets: [{{ companyId: \"{}\" }}]", company(n))));
    }
    let cto = format!("role: {{ companyId: \"{}\", title: \"cto\" }}", company(1));
    all.push(("introPaths", format!("to: {{ {cto} }}")));
    all.push(("whoKnows", format!("targets: [{{ {cto} }}]")));
    all.push(("whoKnows", format!("targets: [{{ listId: \"{LIST}\" }}]")));
    all.push((
        "whoKnows",
        format!("targets: [{{ personId: \"{}\" }}], minStrength: 0.1", person(5)),
    ));
    all.push(("knows", "knowers: { scope: ME }".to_owned()));
    all.push((
        "knows",
        format!("knowers: {{ scope: MY_TEAM }}, targets: [{{ listId: \"{LIST}\" }}]"),
    ));
    all.push((
        "knows",
        "knowers: { scope: MY_TEAM }, targets: [{ role: { functions: [SALES] } }]".to_owned(),
    ));
    all.retain(|_| {
        at += 1;
        at.is_multiple_of(3)
    });
    all
}

/// A title at a company. Of two employments that are alike in all else the ids say which comes first,
/// and what is supposed has ids of its own: so nobody has one title at two companies, nor two at one.
fn title_at(chance: &mut ChaCha8Rng, at: CompanyId) -> Option<String> {
    let has_one = at != company(1) || chance.random_bool(0.7);
    has_one.then(|| TITLES[at.value() as usize - 1].to_owned())
}

/// The titles of whoever works somewhere, those as one who are or may be.
type Jobs = BTreeMap<(u128, CompanyId), Option<String>>;

/// The least of those who are one person, or may become one.
fn as_one(n: u128) -> u128 {
    [JOINED, NAMESAKES].iter().find(|both| both.contains(&n)).map_or(n, |both| both[0])
}

/// A random hypothesis that does not contradict itself: who leaves comes first, what is said of two
/// people last, as it would be done.
fn hypothesis(chance: &mut ChaCha8Rng, mut jobs: Jobs) -> Vec<SupposedChange> {
    let mut changes = Vec::new();
    let mut gone = BTreeSet::new();
    if chance.random_bool(0.4) {
        for _ in 0..chance.random_range(1..3) {
            // The two parts of one person, and the namesakes, leave as one or not at all.
            let n = chance.random_range(2..=PEOPLE);
            if !NAMESAKES.contains(&n) && gone.insert(n) {
                changes.push(SupposedChange::PersonLeaves(person(n)));
            }
        }
    }
    if JOINED.iter().any(|n| gone.contains(n)) {
        gone.extend(JOINED);
    }
    let here: Vec<u128> = (1..=PEOPLE).filter(|n| !gone.contains(n)).collect();
    let one = |chance: &mut ChaCha8Rng| here[chance.random_range(0..here.len())];
    let shown = |n: u128| if JOINED.contains(&n) { JOINED[0] } else { n };
    let mut said = BTreeSet::new();
    let mut pair = |chance: &mut ChaCha8Rng| {
        let (a, b) = (one(chance), one(chance));
        let pair = (shown(a).min(shown(b)), shown(a).max(shown(b)));
        // The namesakes may be one by what is supposed.
        let apart = pair.0 != pair.1 && ![a, b].iter().any(|n| NAMESAKES.contains(n));
        (apart && said.insert(pair)).then_some((person(a), person(b)))
    };
    for _ in 0..chance.random_range(0..3) {
        if let Some((from, to)) = pair(chance) {
            changes.push(SupposedChange::NoTie { from: Some(from), to });
        }
    }
    for _ in 0..chance.random_range(0..3) {
        let (n, company) = (one(chance), company(chance.random_range(1..=COMPANIES)));
        let title = title_at(chance, company);
        let title = jobs.entry((as_one(n), company)).or_insert(title).clone();
        changes.push(SupposedChange::Employment { person: person(n), company, title });
    }
    let closeness = |chance: &mut ChaCha8Rng| match chance.random_range(0..4) {
        0 => Closeness::Weak,
        1 => Closeness::Good,
        2 => Closeness::Close,
        _ => Closeness::Score(Probability::new(0.3).unwrap()),
    };
    if chance.random_bool(0.4) {
        let few = (0..3).map(|_| person(one(chance))).collect();
        let knowers = [From::Me, From::MyTeam, From::People(few)];
        changes.push(SupposedChange::PartnerPeople {
            company: company(chance.random_range(1..=COMPANIES)),
            knowers: knowers[chance.random_range(0..3)].clone(),
            closeness: closeness(chance),
        });
    }
    for _ in 0..chance.random_range(0..3) {
        if let Some((from, to)) = pair(chance) {
            let closeness = closeness(chance);
            changes.push(SupposedChange::Tie { from: Some(from), to, closeness });
        }
    }
    changes
}

fn closeness_words(closeness: Closeness) -> String {
    match closeness {
        Closeness::Weak => "closeness: WEAK".to_owned(),
        Closeness::Good => "closeness: GOOD".to_owned(),
        Closeness::Close => "closeness: CLOSE".to_owned(),
        Closeness::Score(score) => format!("score: {}", score.value()),
    }
}

/// The argument that supposes these changes.
fn argument(changes: &[SupposedChange]) -> String {
    let ends = |from: &Option<PersonId>, to: &PersonId| {
        let from = from.map(|from| format!("fromId: \"{from}\", ")).unwrap_or_default();
        format!("{from}toId: \"{to}\"")
    };
    let change = |change: &SupposedChange| match change {
        SupposedChange::Tie { from, to, closeness } => {
            format!("{{ tie: {{ {}, {} }} }}", ends(from, to), closeness_words(*closeness))
        }
        SupposedChange::NoTie { from, to } => format!("{{ noTie: {{ {} }} }}", ends(from, to)),
        SupposedChange::PersonLeaves(id) => format!("{{ personLeaves: \"{id}\" }}"),
        SupposedChange::Employment { person, company, title } => {
            let title = title.as_ref().map(|t| format!(", title: \"{t}\"")).unwrap_or_default();
            let ids = format!("personId: \"{person}\", companyId: \"{company}\"");
            format!("{{ employment: {{ {ids}{title} }} }}")
        }
        SupposedChange::PartnerPeople { company, knowers, closeness } => {
            let knowers = match knowers {
                From::Me => "{ scope: ME }".to_owned(),
                From::MyTeam => "{ scope: MY_TEAM }".to_owned(),
                From::People(ids) => {
                    let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
                    format!("{{ personIds: [{}] }}", ids.join(", "))
                }
            };
            let how = closeness_words(*closeness);
            format!(
                "{{ partnerPeople: {{ companyId: \"{company}\", knowers: {knowers}, {how} }} }}"
            )
        }
    };
    let changes: Vec<String> = changes.iter().map(change).collect();
    format!(", suppose: [{}]", changes.join(", "))
}

impl World {
    /// Really does what a hypothesis supposes, in its order, through the service where it can.
    async fn really(&self, changes: &[SupposedChange]) {
        let said: BTreeSet<(PersonId, PersonId)> = changes
            .iter()
            .filter_map(|change| match change {
                SupposedChange::Tie { from, to, .. } | SupposedChange::NoTie { from, to } => {
                    Some(Self::shown((from.unwrap(), *to)))
                }
                _ => None,
            })
            .collect();
        for (number, change) in (100..).zip(changes) {
            match change {
                SupposedChange::PersonLeaves(id) => self.leave(number, *id).await,
                SupposedChange::NoTie { from, to } => {
                    self.part(number, (from.unwrap(), *to)).await;
                }
                SupposedChange::Employment { person, company, title } => {
                    let (from, to) = (None, None);
                    let draft = JobDraft { company: *company, title: title.clone(), from, to };
                    self.tertius.create_employment(&self.ana, *person, draft).await.unwrap();
                }
                SupposedChange::PartnerPeople { company, knowers, closeness } => {
                    let knowers = match knowers {
                        From::Me => vec![person(1)],
                        From::MyTeam => vec![person(1), person(2)],
                        From::People(ids) => ids.clone(),
                    };
                    let staff = self.tertius.staff(&self.ana, &[*company]).await.unwrap();
                    for other in staff[0].iter().map(|job| job.person) {
                        for &knower in &knowers {
                            let pair = Self::shown((knower, other));
                            if pair.0 != pair.1 && !said.contains(&pair) {
                                self.state(pair, *closeness).await;
                            }
                        }
                    }
                }
                SupposedChange::Tie { from, to, closeness } => {
                    self.state((from.unwrap(), *to), *closeness).await;
                }
            }
        }
    }

    /// The two as they are shown, the lower id first.
    fn shown((one, other): (PersonId, PersonId)) -> (PersonId, PersonId) {
        let shown = |id: PersonId| if id == person(JOINED[1]) { person(JOINED[0]) } else { id };
        (shown(one).min(shown(other)), shown(one).max(shown(other)))
    }

    async fn state(&self, (from, to): (PersonId, PersonId), closeness: Closeness) {
        // Of whoever has left nothing is said.
        if self.tertius.person(&self.ana, from).await.is_err() {
            return;
        }
        let draft = StatementDraft { from: Some(from), to, closeness };
        self.tertius.state_tie(&self.ana, draft).await.unwrap();
    }

    fn parts(id: PersonId) -> Vec<PersonId> {
        if JOINED.map(person).contains(&id) { JOINED.map(person).to_vec() } else { vec![id] }
    }

    /// Takes back everything that was told of somebody.
    async fn leave(&self, number: u128, id: PersonId) {
        let parts = Self::parts(id);
        let people = self.store.people(&parts).await.unwrap();
        let mut ids: BTreeSet<FactId> =
            people.into_iter().flatten().flat_map(|p| p.facts).map(|fact| fact.id).collect();
        let pairs = self.store.pairs_of(&parts).await.unwrap();
        ids.extend(self.evidence_of(&pairs).await);
        self.take_back(number, ids).await;
    }

    /// Takes back what two people had to do with each other.
    async fn part(&self, number: u128, (one, other): (PersonId, PersonId)) {
        let others = Self::parts(other);
        let pairs = Self::parts(one)
            .into_iter()
            .flat_map(|a| others.iter().map(move |&b| (a.min(b), a.max(b))))
            .collect::<Vec<_>>();
        let ids = self.evidence_of(&pairs).await;
        self.take_back(number, ids.into_iter().collect()).await;
    }

    async fn evidence_of(&self, pairs: &[(PersonId, PersonId)]) -> Vec<FactId> {
        let rows = self.store.evidence_of_pairs(pairs).await.unwrap();
        rows.into_iter().flat_map(|row| row.evidence).map(|item| item.fact).collect()
    }

    async fn take_back(&self, number: u128, ids: BTreeSet<FactId>) {
        let ids: Vec<FactId> = ids.into_iter().collect();
        let facts = self.store.facts(&ids).await.unwrap().into_iter().flatten();
        let changes = facts.flat_map(|fact| {
            let standing = fact.attestations.iter().filter(|a| a.retracted_at.is_none());
            standing.map(|told| Change::retract(fact.id, told)).collect::<Vec<_>>()
        });
        write(&self.store, number, changes.collect()).await;
        self.tertius.keep_up().await.unwrap();
    }
}

#[tokio::test]
async fn the_answers_under_a_hypothesis_are_those_of_a_store_where_it_was_done() {
    let (mut kinds, mut changed, mut asked) = (BTreeMap::new(), 0, 0);
    for seed in 0..30 {
        let (world, copy) = (World::random(seed).await, World::random(seed).await);
        let chance = &mut ChaCha8Rng::seed_from_u64(seed + 1_000);
        let changes = hypothesis(chance, world.jobs.clone());
        if changes.is_empty() {
            continue;
        }
        for change in &changes {
            *kinds.entry(change.name()).or_insert(0) += 1;
        }
        let version = world.store.version().await.unwrap();
        let (mine, bens) =
            (world.answers(&world.ana, "").await, world.answers(&world.ben, "").await);
        let supposing = world.tertius.suppose(&world.ana, &changes).await.unwrap();
        let under = world.answers(&world.ana, &argument(&changes)).await;
        let under_service = world.service_answers(&supposing).await;
        copy.really(&changes).await;
        let done = copy.answers(&copy.ana, "").await;
        for (((question, under), done), plain) in
            questions(seed).iter().zip(&under).zip(&done).zip(&mine)
        {
            let (under_text, done_text) = (format!("{under:#}"), format!("{done:#}"));
            let differ = first_difference(&under_text, &done_text);
            assert_eq!(differ, None, "{seed}, {question:?}: {changes:?}");
            asked += 1;
            changed += usize::from(under["data"] != plain["data"]);
        }
        let done_service = copy.service_answers(&copy.ana).await;
        let differ = first_difference(&under_service, &done_service);
        assert_eq!(differ, None, "{seed}: {changes:?}");
        assert_eq!(world.store.version().await.unwrap(), version, "{seed}: nothing is stored");
        assert_eq!(world.answers(&world.ana, "").await, mine, "{seed}: it ends with the question");
        assert_eq!(world.answers(&world.ben, "").await, bens, "{seed}: nobody else sees it");
    }
    assert!(kinds.len() == 5 && kinds.values().all(|&count| count >= 8), "{kinds:?}");
    assert!(changed * 3 > asked, "{changed} of {asked} answers are others than without");
}

const REACH: &str = "{ supposing nodes { people { id } } miss { reason } }";

/// A small world: Ana (1) knows Ben (2), Ben knows 3, who works at Firm 1; nobody knows 4.
async fn small() -> World {
    let mut changes = names();
    let job = |n: u128, at: u128| {
        let (id, title) = (EmploymentId::new(n), Some(Title::new("CTO").unwrap()));
        let (person, company, span) = (person(n), company(at), Span::default());
        told(Claim::Employment(Employment { id, person, company, title, span }))
    };
    changes.extend([job(3, 1), job(4, 2)]);
    for (one, other) in [(1, 2), (2, 3)] {
        let evidence = Evidence::new(
            EvidenceKind::Meeting,
            days_ago(3),
            [person(one).into(), person(other).into()],
        );
        changes.push(told(Claim::Evidence(evidence.unwrap())));
    }
    World::of(changes, Jobs::new(), 1).await
}

impl World {
    /// The first path from Ana to somebody, by the last digits of their ids, and what was supposed.
    async fn reach(&self, to: u128, arguments: &str) -> (Vec<String>, Value) {
        let to = person(to);
        let asked = format!("introPaths(input: {{ to: {{ personId: \"{to}\" }} }}{arguments})");
        let answer = ask(&self.routes(&self.ana), &format!("{{ {asked} {REACH} }}")).await;
        let paths = &answer["data"]["introPaths"];
        let people = paths["nodes"][0]["people"].as_array().cloned().unwrap_or_default();
        let last = |person: &Value| {
            person["id"]
                .as_str()
                .unwrap()
                .trim_start_matches("person_")
                .trim_start_matches('0')
                .to_owned()
        };
        (people.iter().map(last).collect(), paths["supposing"].clone())
    }

    async fn refused(&self, suppose: &str) -> String {
        let to = person(3);
        let asked =
            format!("introPaths(input: {{ to: {{ personId: \"{to}\" }} }}, suppose: [{suppose}])");
        let answer = ask(&self.routes(&self.ana), &format!("{{ {asked} {REACH} }}")).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        assert_eq!(answer["errors"][0]["extensions"]["argument"], "suppose", "{answer}");
        answer["errors"][0]["message"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn an_answer_under_a_hypothesis_says_what_was_supposed() {
    let world = small().await;
    let two = ["1", "2", "3"].map(str::to_owned).to_vec();
    assert_eq!(world.reach(3, "").await, (two.clone(), serde_json::json!([])));
    assert_eq!(world.reach(4, "").await.0, [""; 0]);
    let tie = format!(", suppose: [{{ tie: {{ toId: \"{}\", closeness: CLOSE }} }}]", person(4));
    let (way, said) = world.reach(4, &tie).await;
    assert_eq!(
        (way.join(" "), said),
        ("1 4".into(), serde_json::json!(["Person 1 knows Person 4 closely"]))
    );
    let gone = format!(", suppose: [{{ personLeaves: \"{}\" }}]", person(2));
    let (way, said) = world.reach(3, &gone).await;
    assert_eq!((way.join(" "), said), (String::new(), serde_json::json!(["Person 2 has left"])));
    let cut = format!(", suppose: [{{ noTie: {{ toId: \"{}\" }} }}]", person(2));
    let (way, said) = world.reach(3, &cut).await;
    assert_eq!(
        (way.join(" "), said),
        (String::new(), serde_json::json!(["Person 1 does not know Person 2"]))
    );
    let team = "knowers: { scope: MY_TEAM }";
    let signs =
        format!(", suppose: [{{ partnerPeople: {{ companyId: \"{}\", {team} }} }}]", company(2));
    let (way, said) = world.reach(4, &signs).await;
    let words = "everybody in the team knows everybody at Firm 2 well";
    assert_eq!((way.join(" "), said), ("1 4".into(), serde_json::json!([words])));
    let works = format!(
        ", suppose: [{{ employment: {{ personId: \"{}\", companyId: \"{}\", title: \"CFO\" }} }}]",
        person(2),
        company(2)
    );
    let asked = format!(
        "{{ knows(input: {{ targets: [{{ companyId: \"{}\" }}] }}{works}) {{ supposing
            nodes {{ target {{ id employments {{ nodes {{ id }} }} }} matched {{ title }} }} }} }}",
        company(2)
    );
    let answer = ask(&world.routes(&world.ana), &asked).await;
    let known = &answer["data"]["knows"];
    assert_eq!(known["supposing"][0], "Person 2 works at Firm 2 as CFO");
    assert_eq!(known["nodes"][0]["matched"]["title"], "CFO");
    let job = known["nodes"][0]["target"]["employments"]["nodes"][0]["id"].as_str().unwrap();
    let later =
        ask(&world.routes(&world.ana), &format!("{{ node(id: \"{job}\") {{ id }} }}")).await;
    assert_eq!(later["data"]["node"], Value::Null, "its id ends with the question: {later}");
}

#[tokio::test]
async fn whoever_is_looked_up_or_kept_in_touch_with_is_as_supposed() {
    let world = small().await;
    let routes = world.routes(&world.ana);
    let gone = format!("suppose: [{{ personLeaves: \"{}\" }}]", person(2));
    let works = format!(
        "suppose: [{{ employment: {{ personId: \"{}\", companyId: \"{}\", title: \"CFO\" }} }}]",
        person(2),
        company(2)
    );
    let look = async |suppose: &str| {
        let comma = if suppose.is_empty() { "" } else { ", " };
        let query = format!(
            "{{ person(by: {{ id: \"{}\" }}{comma}{suppose}) {{ name
                 employments {{ nodes {{ title company {{ name }} }} }} }}
               company(by: {{ id: \"{}\" }}{comma}{suppose}) {{ staff {{ nodes {{ person {{ name }} }} }} }}
               search(query: \"Person 2\"{comma}{suppose}) {{ nodes {{ ... on Person {{ name }} }} }}
               keepInTouch{} {{ nodes {{ person {{ name }} }} }} }}",
            person(2),
            company(2),
            if suppose.is_empty() { String::new() } else { format!("({suppose})") }
        );
        let mut answer = ask(&routes, &query).await;
        assert_eq!(answer["errors"], Value::Null, "{query}: {answer}");
        answer["data"].take()
    };
    let (plain, left, hired) = (look("").await, look(&gone).await, look(&works).await);
    assert_eq!(plain["person"]["name"], "Person 2");
    assert!(plain["search"].to_string().contains("\"Person 2\""), "{plain}");
    assert_eq!(left["person"], Value::Null, "{left}");
    assert!(!left.to_string().contains("\"Person 2\""), "{left}");
    assert!(hired["person"]["employments"].to_string().contains("CFO"), "{hired}");
    assert!(hired["company"]["staff"].to_string().contains("Person 2"), "{hired}");
    assert!(!plain["company"]["staff"].to_string().contains("Person 2"), "{plain}");
    assert_eq!(look("").await, plain, "it ends with the question");
}

#[tokio::test]
async fn one_request_compares_hypotheses_side_by_side_and_as_of_a_day() {
    let world = small().await;
    let input = format!("input: {{ to: {{ personId: \"{}\" }} }}", person(4));
    let tie = |n: u128| {
        format!("suppose: [{{ tie: {{ fromId: \"{}\", toId: \"{}\" }} }}]", person(n), person(4))
    };
    let today = world.tertius.today();
    let body = "{ nodes { people { name knownBy { nodes { from { id } } } } } }";
    let asked = format!(
        "{{ now: introPaths({input}) {body} mine: introPaths({input}, {}) {body}
            bens: introPaths({input}, {}, asOf: \"{today}\") {body}
            before: introPaths({input}, {}, asOf: \"{}\") {body} }}",
        tie(1),
        tie(2),
        tie(1),
        today.plus(-9)
    );
    let answer = ask(&world.routes(&world.ana), &asked).await;
    let data = &answer["data"];
    assert_eq!(data["now"]["nodes"], serde_json::json!([]));
    let knower =
        |of: &str, at: usize| data[of]["nodes"][0]["people"][at]["knownBy"]["nodes"].clone();
    let by = |n: u128| serde_json::json!([{ "from": { "id": person(n).to_string() } }]);
    assert_eq!(
        (knower("mine", 1), knower("bens", 2)),
        (by(1), by(2)),
        "each is seen under its own"
    );
    assert!(data["before"].is_null(), "nobody was recorded then: {answer}");
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("was not found"), "{answer}");
}

#[tokio::test]
async fn what_cannot_be_supposed_is_refused_with_its_place_in_the_list() {
    let world = small().await;
    let (ben, three, unknown) = (person(2), person(3), person(99));
    let firm = company(1);
    let tie = |a: PersonId, b: PersonId, how: &str| {
        format!("{{ tie: {{ fromId: \"{a}\", toId: \"{b}\", closeness: {how} }} }}")
    };
    let good = tie(ben, three, "GOOD");
    for (suppose, words) in [
        (
            format!("{good}, {}", tie(ben, unknown, "GOOD")),
            format!("change 2, tie.toId: {unknown} was not found"),
        ),
        (
            format!("{good}, {}", tie(three, ben, "WEAK")),
            "change 2, tie.toId: another change says otherwise".into(),
        ),
        (tie(ben, ben, "GOOD"), "change 1, tie.toId: it takes two different people".into()),
        (
            format!("{good}, {{ personLeaves: \"{ben}\" }}"),
            format!("change 1, tie.fromId: another change supposes that {ben} leaves"),
        ),
        (
            format!("{{ noTie: {{ fromId: \"{ben}\", toId: \"{three}\" }} }}, {good}"),
            "change 2, tie.toId: another".into(),
        ),
        (
            format!("{{ employment: {{ personId: \"{ben}\", companyId: \"{}\" }} }}", company(99)),
            "change 1, companyId: company_".into(),
        ),
        (
            format!(
                "{{ employment: {{ personId: \"{ben}\", companyId: \"{firm}\", title: \" \" }} }}"
            ),
            "change 1, employment.title:".into(),
        ),
        (
            format!(
                "{{ partnerPeople: {{ companyId: \"{firm}\", knowers: {{ personIds: [] }} }} }}"
            ),
            "change 1, partnerPeople.knowers: 0 people".into(),
        ),
        (format!("{{ personLeaves: \"{firm}\" }}"), "change 1, personLeaves:".into()),
        (
            vec![good.as_str(); 101].join(", "),
            "101 changes are supposed, but 100 are the most".into(),
        ),
    ] {
        let message = world.refused(&suppose).await;
        assert!(message.contains(&words), "{message} has no `{words}`");
    }
}

#[tokio::test]
async fn nothing_is_written_under_a_hypothesis() {
    let world = small().await;
    let changes = [SupposedChange::PersonLeaves(person(2))];
    let supposing = world.tertius.suppose(&world.ana, &changes).await.unwrap();
    let version = world.store.version().await.unwrap();
    let draft = StatementDraft { from: None, to: person(4), closeness: Closeness::Good };
    let error = world.tertius.state_tie(&supposing, draft).await.unwrap_err();
    assert_eq!(error.to_string(), "suppose: only what is seen can be asked under a hypothesis");
    assert_eq!(world.store.version().await.unwrap(), version);
}

#[tokio::test]
async fn a_company_with_too_many_people_becomes_no_partner_at_once() {
    let mut changes = names();
    for n in 1_000..3_001 {
        let (id, person, company) = (EmploymentId::new(n), person(n), company(1));
        changes.push(Change::AddPerson(person));
        let (title, span) = (None, Span::default());
        changes.push(told(Claim::Employment(Employment { id, person, company, title, span })));
    }
    let world = World::of(changes, Jobs::new(), 1).await;
    let signs = format!("{{ partnerPeople: {{ companyId: \"{}\" }} }}", company(1));
    let message = world.refused(&signs).await;
    let words = "change 1, partnerPeople.companyId: 2001 people work there, but 2000 are the most";
    assert!(message.contains(words), "{message}");
}

#[tokio::test]
async fn what_is_taken_back_elsewhere_is_a_tie_no_more() {
    let world = small().await;
    assert_eq!(world.reach(3, "").await.0.len(), 3);
    world.part(100, (person(1), person(2))).await;
    assert_eq!(world.reach(3, "").await.0, [""; 0]);
}

#[tokio::test]
async fn a_hypothesis_as_of_a_past_day_is_one_over_a_store_that_ends_there() {
    let house = House::shared();
    let day = house.tertius.today().plus(-45);
    let then = House::ending_on(day).await;
    let globex = house.data("{ company(by: { domain: \"globex.example\" }) { id } }").await;
    let globex = globex["company"]["id"].as_str().unwrap();
    let signs =
        format!("suppose: [{{ partnerPeople: {{ companyId: \"{globex}\", closeness: CLOSE }} }}]");
    let asked = |suppose: &str| {
        let input = "input: { to: { domain: \"globex.example\" } }";
        let asked = format!("introPaths({input}, asOf: \"{day}\" {suppose})");
        format!("{{ {asked} {{ ...Paths }} }} {PATHS} {BELOW}")
    };
    let (found, expected) = (house.data(&asked(&signs)).await, then.data(&asked(&signs)).await);
    let (found, expected) = (format!("{found:#}"), format!("{expected:#}"));
    let found = found.replace(&format!("@{day}"), "");
    assert_eq!(first_difference(&found, &expected), None);
    assert!(expected.contains("knows everybody at Globex closely"), "{expected}");
    assert_ne!(expected, format!("{:#}", then.data(&asked("")).await));
}
