//! Who knows whom, asked from both ends, against all pairs of random worlds.

use std::{collections::BTreeSet, sync::Arc};

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tertius::{
    config::Limits,
    model::{
        Attestation, Audience, Author, Batch, BatchId, Change, Claim, Closeness, CompanyId,
        Employment, EmploymentId, Evidence, EvidenceKind, Function, Holder, LawfulBasis, List,
        ListId, ListKind, Member, MemberId, Name, PersonId, Role, Seniority, Source, Span, Speaker,
        SystemName, Telling, Timestamp, Title, WantedPost,
    },
    service::{
        Acquaintance, Foundations, From, KnownQuestion, KnowsQuestion, Page, PageRequest,
        SeededIds, StoppedClock, Target, Tertius, Viewer, Whom, sample_now,
    },
    store::{Store as _, sqlite::SqliteStore},
};

pub(super) const PEOPLE: u128 = 14;
pub(super) const COMPANIES: u128 = 4;
const LISTS: u128 = 2;
const DAY_MS: i64 = 86_400_000;

/// Titles, and what they say.
const TITLES: [(&str, Seniority, Function); 4] = [
    ("VP Sales", Seniority::VicePresident, Function::Sales),
    ("Vertriebsleiterin", Seniority::Head, Function::Sales),
    ("CTO", Seniority::Chief, Function::Engineering),
    ("Directeur des achats", Seniority::Director, Function::SupplyChain),
];

/// A random world, and what was put into it.
pub(super) struct World {
    pub(super) tertius: Arc<Tertius>,
    pub(super) viewer: Viewer,
    /// Who works where, with which of the titles.
    jobs: Vec<(PersonId, CompanyId, Option<usize>)>,
    entries: Vec<(ListId, Holder)>,
    _folder: tempfile::TempDir,
}

pub(super) fn person(n: u128) -> PersonId {
    PersonId::new(n)
}

fn told(claim: Claim, now: Timestamp) -> Change {
    let system = SystemName::new("test").unwrap();
    Change::Tell(Telling::new(
        claim,
        Attestation {
            source: Source { system, import: None },
            recorder: Author::System,
            basis: LawfulBasis::LegitimateInterest,
            audience: Audience::TEAM,
            recorded_at: now,
            retracted_at: None,
        },
    ))
}

fn contact(chance: &mut ChaCha8Rng, (one, other): (PersonId, PersonId), now: Timestamp) -> Claim {
    let days_ago = chance.random_range(0..20) * 17;
    let at = Timestamp::from_ms(now.as_ms() - days_ago * DAY_MS);
    let kind = match chance.random_range(0..5) {
        0 => EvidenceKind::Meeting,
        1 => EvidenceKind::Connection,
        2 => EvidenceKind::Statement { closeness: Closeness::Good, by: Speaker::Person(one) },
        _ => EvidenceKind::Mail,
    };
    Claim::Evidence(Evidence::new(kind, at, [one.into(), other.into()]).unwrap())
}

impl World {
    async fn random(seed: u64) -> Self {
        Self::made(seed, Limits::default(), 60).await
    }

    pub(super) async fn made(seed: u64, limits: Limits, contacts: usize) -> Self {
        let chance = &mut ChaCha8Rng::seed_from_u64(seed);
        let now = sample_now();
        let owner = MemberId::new(1);
        let mut changes: Vec<Change> = (1..=PEOPLE).map(|n| Change::AddPerson(person(n))).collect();
        changes.extend((1..=PEOPLE).map(|n| {
            let name = Name::new(&format!("Person {n}")).unwrap();
            told(Claim::PersonName { person: person(n), name }, now)
        }));
        changes.extend((1..=COMPANIES).flat_map(|n| {
            let (company, name) = (CompanyId::new(n), Name::new(&format!("Firm {n}")).unwrap());
            [Change::AddCompany(company), told(Claim::CompanyName { company, name }, now)]
        }));
        let login = "ana".parse().unwrap();
        let (addresses, role) = (Vec::new(), Role::Admin);
        let member = Member { id: owner, login, person: person(1), addresses, role, active: true };
        changes.push(Change::PutMember(member));
        let mut jobs = Vec::new();
        for n in 1..=PEOPLE {
            for _ in 0..chance.random_range(0..3) {
                let title = chance.random_range(0..TITLES.len() + 1);
                let title = (title < TITLES.len()).then_some(title);
                jobs.push((person(n), CompanyId::new(chance.random_range(1..=COMPANIES)), title));
            }
        }
        changes.extend((1..).zip(&jobs).map(|(id, &(person, company, title))| {
            let id = EmploymentId::new(id);
            let title = title.map(|at| Title::new(TITLES[at].0).unwrap());
            let span = Span::default();
            told(Claim::Employment(Employment { id, person, company, title, span }), now)
        }));
        let mut entries = Vec::new();
        for id in (1..=LISTS).map(ListId::new) {
            let (name, audience) = (Name::new(&format!("{id}")).unwrap(), Audience::TEAM);
            changes.push(Change::PutList(List {
                id,
                name,
                kind: ListKind::Other,
                owner,
                audience,
            }));
            entries.push((id, Holder::Company(CompanyId::new(chance.random_range(1..=COMPANIES)))));
            entries.push((id, Holder::Person(person(chance.random_range(1..=PEOPLE)))));
        }
        let on_list = |&(list, entry): &_| told(Claim::ListEntry { list, entry }, now);
        changes.extend(entries.iter().map(on_list));
        for _ in 0..contacts {
            let pair = [(); 2].map(|()| person(chance.random_range(1..=PEOPLE)));
            if pair[0] != pair[1] {
                changes.push(told(contact(chance, (pair[0], pair[1]), now), now));
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("world.sqlite")).unwrap();
        let author = Author::System;
        let batch = Batch { id: BatchId::new(1), author, at: now, expects: Vec::new(), changes };
        store.apply(&batch).await.unwrap();
        let foundations = Foundations {
            store: Arc::new(store),
            clock: Arc::new(StoppedClock::at(now)),
            ids: Arc::new(SeededIds::new(seed)),
            limits,
        };
        let tertius = Arc::new(Tertius::open(foundations).await.unwrap());
        let viewer = tertius.viewer_by_login("ana").await.unwrap();
        Self { tertius, viewer, jobs, entries, _folder: folder }
    }

    /// Whom a target means, by what was put into the world.
    fn meant(&self, whom: Whom, fits: &dyn Fn(Option<usize>) -> bool) -> BTreeSet<PersonId> {
        let on = |list: ListId| self.entries.iter().filter(move |(on, _)| *on == list);
        let at = |company: CompanyId| {
            let jobs =
                self.jobs.iter().filter(move |(_, at, title)| *at == company && fits(*title));
            jobs.map(|(person, ..)| *person).collect::<BTreeSet<_>>()
        };
        let is_any = fits(None);
        let one = |id: PersonId| {
            let has = self.jobs.iter().any(|(of, _, title)| *of == id && fits(*title));
            BTreeSet::from_iter((is_any || has).then_some(id))
        };
        match whom {
            Whom::Person(id) => one(id),
            Whom::Company(id) => at(id),
            Whom::List(id) => on(id)
                .flat_map(|(_, entry)| match *entry {
                    Holder::Person(id) => one(id),
                    Holder::Company(id) => at(id),
                })
                .collect(),
            Whom::Anybody => (1..=PEOPLE).map(person).flat_map(one).collect(),
        }
    }

    /// Whether two work at one of the companies that are named, by a list or themselves.
    fn are_colleagues(&self, whoms: &[Whom], (one, other): (PersonId, PersonId)) -> bool {
        let named = |company: CompanyId| {
            whoms.iter().any(|whom| match *whom {
                Whom::Company(id) => id == company,
                Whom::List(id) => self.entries.contains(&(id, Holder::Company(company))),
                _ => false,
            })
        };
        let at = |person: PersonId| {
            let jobs = self.jobs.iter().filter(move |(of, ..)| *of == person);
            jobs.map(|(_, company, _)| *company).collect::<BTreeSet<_>>()
        };
        at(one).intersection(&at(other)).any(|&company| named(company))
    }

    /// All pairs that answer a question, in their order.
    async fn by_brute_force(
        &self,
        knowers: &BTreeSet<PersonId>,
        targets: &BTreeSet<PersonId>,
        least: f64,
    ) -> Vec<(PersonId, PersonId)> {
        let pairs = knowers.iter().flat_map(|&one| targets.iter().map(move |&other| (one, other)));
        let pairs: Vec<_> = pairs.filter(|(one, other)| one != other).collect();
        let receipts = self.tertius.receipts(&self.viewer, &pairs).await.unwrap();
        let mut ties: Vec<_> = pairs
            .into_iter()
            .zip(receipts)
            .filter_map(|(pair, receipt)| Some((receipt?, pair)))
            .filter(|(receipt, _)| receipt.strength.value >= least)
            .map(|(receipt, pair)| (receipt.strength.value, receipt.last_contact, pair))
            .collect();
        ties.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
        ties.into_iter().map(|(.., pair)| pair).collect()
    }

    /// All pages of an answer.
    async fn pages<F>(ask: impl Fn(PageRequest) -> F) -> Vec<Acquaintance>
    where
        F: Future<Output = Page<Acquaintance>>,
    {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = ask(PageRequest { first: Some(7), after }).await;
            after = page.entries.last().map(|(cursor, _)| cursor.clone());
            let more = page.has_next;
            all.extend(page.into_nodes());
            if !more {
                return all;
            }
        }
    }

    async fn who_knows(&self, question: &KnownQuestion) -> Vec<Acquaintance> {
        Self::pages(|request| async move {
            self.tertius.who_knows(&self.viewer, question, &request).await.unwrap()
        })
        .await
    }

    async fn knows(&self, question: &KnowsQuestion) -> Vec<Acquaintance> {
        Self::pages(|request| async move {
            self.tertius.knows(&self.viewer, question, &request).await.unwrap()
        })
        .await
    }
}

fn pairs(known: &[Acquaintance]) -> Vec<(PersonId, PersonId)> {
    known.iter().map(|one| (one.knower, one.target)).collect()
}

/// Whether a title, by its place in the table, is meant.
type Fits = fn(Option<usize>) -> bool;

/// A post that may be asked for, and which of the titles it means.
fn posts() -> [(WantedPost, Fits); 4] {
    let leads_sales =
        WantedPost::new("", vec![Seniority::VicePresident, Seniority::Head], vec![Function::Sales]);
    [
        (WantedPost::default(), |_| true),
        (leads_sales, |title| matches!(title, Some(0 | 1))),
        (WantedPost::titled("someone in procurement"), |title| title == Some(3)),
        (WantedPost::new("", vec![Seniority::Chief], Vec::new()), |title| title == Some(2)),
    ]
}

#[tokio::test]
async fn both_directions_equal_a_look_at_all_pairs() {
    let mut found = 0;
    for seed in 0..24 {
        let world = World::random(seed).await;
        let chance = &mut ChaCha8Rng::seed_from_u64(seed + 1_000);
        let everybody: BTreeSet<PersonId> = (1..=PEOPLE).map(person).collect();
        for (post, fits) in posts() {
            let whoms = [
                Whom::Person(person(chance.random_range(1..=PEOPLE))),
                Whom::Company(CompanyId::new(chance.random_range(1..=COMPANIES))),
                Whom::List(ListId::new(chance.random_range(1..=LISTS))),
            ];
            let count = chance.random_range(1..=whoms.len());
            let whoms = &whoms[whoms.len() - count..];
            let targets: Vec<Target> =
                whoms.iter().map(|&whom| Target { whom, post: post.clone() }).collect();
            let meant: BTreeSet<PersonId> =
                whoms.iter().flat_map(|&whom| world.meant(whom, &fits)).collect();
            let least = [0.0, 0.2][chance.random_range(0..2)];

            let anybody =
                KnownQuestion { targets: targets.clone(), among: Vec::new(), min_strength: least };
            let known = world.who_knows(&anybody).await;
            let mut expected = world.by_brute_force(&everybody, &meant, least).await;
            expected.retain(|&pair| !world.are_colleagues(whoms, pair));
            assert_eq!(pairs(&known), expected, "{seed}");

            let among: Vec<PersonId> =
                everybody.iter().copied().filter(|_| chance.random_bool(0.4)).collect();
            let few = among.iter().copied().collect();
            let expected = world.by_brute_force(&few, &meant, least).await;
            let question = KnowsQuestion {
                knowers: From::People(among.clone()),
                targets: targets.clone(),
                min_strength: least,
            };
            let knows = world.knows(&question).await;
            assert_eq!(pairs(&knows), expected, "{seed}");
            if !among.is_empty() {
                let question = KnownQuestion { targets, among, min_strength: least };
                assert_eq!(
                    world.who_knows(&question).await,
                    knows,
                    "{seed}: the reverse of the reverse"
                );
            }
            let says_why = |one: &Acquaintance| post.is_any() || !one.matched.words.is_empty();
            assert!(known.iter().chain(&knows).all(says_why), "{seed}: {known:?}");
            found += known.len() + knows.len();

            let anywhere = Target { whom: Whom::Anybody, post };
            let question =
                KnowsQuestion { knowers: From::Me, targets: vec![anywhere], min_strength: least };
            let meant = world.meant(Whom::Anybody, &fits);
            let expected = world.by_brute_force(&BTreeSet::from([person(1)]), &meant, least).await;
            assert_eq!(pairs(&world.knows(&question).await), expected, "{seed}");
        }
    }
    assert!(found > 500, "{found}");
}

#[tokio::test]
async fn a_company_hangs_on_a_thread_where_one_person_outside_alone_knows_anybody() {
    let mut found = 0;
    for seed in 0..24 {
        let world = World::made(seed, Limits::default(), 14).await;
        let everybody: BTreeSet<PersonId> = (1..=PEOPLE).map(person).collect();
        for list in (1..=LISTS).map(ListId::new) {
            let threads = world.tertius.threads(&world.viewer, Some(list)).await.unwrap();
            let mut expected = Vec::new();
            for company in (1..=COMPANIES).map(CompanyId::new) {
                if !world.entries.contains(&(list, Holder::Company(company))) {
                    continue;
                }
                let staff = world.meant(Whom::Company(company), &|_| true);
                let outside = everybody.difference(&staff).copied().collect();
                let ties = world.by_brute_force(&outside, &staff, 0.0).await;
                let knowers: BTreeSet<PersonId> = ties.iter().map(|(knower, _)| *knower).collect();
                if let [knower] = knowers.into_iter().collect::<Vec<_>>()[..] {
                    let inside: Vec<PersonId> =
                        ties.into_iter().map(|(_, inside)| inside).collect();
                    expected.push((company, knower, inside));
                }
            }
            let told = threads.into_iter().map(|one| (one.company, one.knower, one.inside));
            assert_eq!(told.collect::<Vec<_>>(), expected, "{seed}");
            found += expected.len();
        }
        assert!(
            world.tertius.threads(&world.viewer, None).await.unwrap().is_empty(),
            "no partners"
        );
    }
    assert!(found > 2, "{found}");
}

#[tokio::test]
async fn a_tie_and_a_yes_are_told_apart() {
    let world = World::random(5).await;
    let everybody = KnowsQuestion { knowers: From::Me, targets: Vec::new(), min_strength: 0.0 };
    let known = world.knows(&everybody).await;
    assert!(known.len() > 2);
    for one in &known {
        let to = tertius::service::To::Person(one.target);
        let mut question = tertius::service::PathQuestion::to(to);
        question.max_steps = Some(1);
        let paths = world.tertius.intro_paths(&world.viewer, &question).await.unwrap().paths;
        let direct = paths.into_nodes().remove(0);
        assert!((direct.probability - one.willingness).abs() < 1e-6, "{one:?}");
        assert_eq!(direct.verdict, one.verdict);
    }
    assert!(known.iter().any(|one| (one.willingness - one.receipt.strength.value).abs() > 0.01));
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_name() {
    let world = World::random(1).await;
    let question = |targets| KnownQuestion { targets, among: Vec::new(), min_strength: 0.0 };
    let request = PageRequest::default();
    let many = vec![Target::all(Whom::Person(person(1))); Limits::default().ids_max + 1];
    for (targets, says) in [
        (Vec::new(), "targets: a person, a company or a list is needed"),
        (vec![Target::all(Whom::Anybody)], "targets: a person"),
        (many, "targets: 101 ids are given, but 100 are the most"),
        (vec![Target::all(Whom::List(ListId::new(404)))], "was not found"),
    ] {
        let asked = question(targets);
        let error = world.tertius.who_knows(&world.viewer, &asked, &request).await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    let knowers = From::People(vec![person(1); Limits::default().ids_max + 1]);
    let asked = KnowsQuestion { knowers, targets: Vec::new(), min_strength: 0.0 };
    let error = world.tertius.knows(&world.viewer, &asked, &request).await.unwrap_err();
    assert!(error.to_string().contains("knowers: 101 ids"), "{error}");
    let asked = KnowsQuestion { knowers: From::Me, targets: Vec::new(), min_strength: 1.5 };
    let error = world.tertius.knows(&world.viewer, &asked, &request).await.unwrap_err();
    assert!(error.to_string().contains("minStrength: 1.5 is not from 0 to 1"), "{error}");
}

#[tokio::test]
async fn as_many_targets_as_the_limits_say_are_taken_and_one_more_is_not() {
    let limits = Limits { targets_max: 3, accounts_max: 3, ..Limits::default() };
    let world = World::made(1, limits, 60).await;
    let ask = async |targets: Vec<Target>| {
        let question = KnownQuestion { targets, among: Vec::new(), min_strength: 0.0 };
        world.tertius.who_knows(&world.viewer, &question, &PageRequest::default()).await
    };
    let people = |count: u128| -> Vec<Target> {
        (1..=count).map(|n| Target::all(Whom::Person(person(n)))).collect()
    };
    assert!(ask(people(3)).await.is_ok());
    let refused = ask(people(4)).await.unwrap_err().to_string();
    assert!(refused.contains("4 people and companies are named, but 3 are the most"), "{refused}");
    let companies = (1..=3).map(|n| Target::all(Whom::Company(CompanyId::new(n)))).collect();
    let refused = ask(companies).await.unwrap_err().to_string();
    assert!(refused.contains("people are meant, but 3 are the most"), "{refused}");
}
