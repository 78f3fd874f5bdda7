//! What changed between two days, against the difference of what is seen as of each of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rand::{Rng as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tertius::{
    config::Limits,
    model::{
        Attestation, Audience, Author, Batch, BatchId, Change, Claim, Closeness, CompanyId, Day,
        EvidenceKind, Holder, LawfulBasis, List, ListId, ListKind, Name, PersonId, Source,
        SystemName, Telling, Timestamp,
    },
    service::{
        Band, Cause, ChangesQuestion, EntranceChangeKind, EvidenceDraft, Foundations, From,
        JobDraft, KnowsQuestion, MoveKind, Occurrence, PageRequest, PathQuestion, PersonDraft,
        SeededIds, StatementDraft, StoppedClock, Tertius, TieChangeKind, TieChangeView, To, Viewer,
        sample_now,
    },
    store::{Store as _, sqlite::SqliteStore},
};

use crate::support::House;

const DAY_MS: i64 = 86_400_000;

/// The strengths of ties by who and whom, and what else is looked at.
type Ties = BTreeMap<(PersonId, PersonId), f64>;

/// A pair with its strengths on two days.
type Told = ((PersonId, PersonId), Option<f64>, Option<f64>);

async fn everybody(tertius: &Tertius, viewer: &Viewer) -> Vec<PersonId> {
    let (mut people, mut after) = (Vec::new(), None);
    loop {
        let page = tertius.people_page(viewer, &PageRequest { first: Some(100), after }).await;
        let page = page.unwrap();
        after = page.entries.last().map(|(cursor, _)| cursor.clone());
        people.extend(page.entries.iter().map(|(_, person)| person.id));
        if !page.has_next {
            return people;
        }
    }
}

/// All ties of some people as their receipts say it, each pair once.
async fn ties(tertius: &Tertius, viewer: &Viewer, scope: &[PersonId]) -> Ties {
    let people = everybody(tertius, viewer).await;
    let is_once =
        |one: PersonId, other: PersonId| one != other && (!scope.contains(&other) || one < other);
    let pairs: Vec<_> = scope
        .iter()
        .flat_map(|&one| people.iter().map(move |&other| (one, other)))
        .filter(|&(one, other)| is_once(one, other))
        .collect();
    let receipts = tertius.receipts(viewer, &pairs).await.unwrap();
    let strengths = pairs.into_iter().zip(receipts);
    strengths.filter_map(|(pair, found)| Some((pair, found?.strength.value))).collect()
}

/// The pairs whose band changed in one way, by how much.
fn difference(then: &Ties, now: &Ties, kind: TieChangeKind) -> Vec<Told> {
    let pairs: BTreeSet<_> = then.keys().chain(now.keys()).copied().collect();
    let all = pairs.into_iter().map(|pair| (pair, then.get(&pair), now.get(&pair)));
    let is_so = |&(_, then, now): &(_, Option<&f64>, Option<&f64>)| match kind {
        TieChangeKind::New => then.is_none(),
        TieChangeKind::Gone => now.is_none(),
        _ => then.zip(now).is_some_and(|(&then, &now)| {
            let (then, now) = (Band::of(then), Band::of(now));
            if kind == TieChangeKind::Grown { now > then } else { now < then }
        }),
    };
    let mut found: Vec<Told> =
        all.filter(is_so).map(|(pair, then, now)| (pair, then.copied(), now.copied())).collect();
    let amount = |told: &Told| (told.2.unwrap_or(0.0) - told.1.unwrap_or(0.0)).abs();
    found.sort_by(|a, b| amount(b).total_cmp(&amount(a)).then(a.0.cmp(&b.0)));
    found
}

/// All pages of the ties that changed in one way.
async fn told(
    tertius: &Tertius,
    changes: &tertius::service::Changes,
    kind: TieChangeKind,
) -> Vec<TieChangeView> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let request = PageRequest { first: Some(3), after };
        let page = tertius.tie_changes(changes, kind, &request).await.unwrap();
        after = page.entries.last().map(|(cursor, _)| cursor.clone());
        let more = page.has_next;
        all.extend(page.into_nodes());
        if !more {
            return all;
        }
    }
}

fn question(since: Day, until: Day, scope: From) -> ChangesQuestion {
    ChangesQuestion { since, until: Some(until), list: None, scope }
}

/// Compares the ties that changed with the difference of receipts; says how many there were.
async fn compare_ties(
    tertius: &Tertius,
    viewer: &Viewer,
    (since, until): (Day, Day),
    scope: (&From, &[PersonId]),
) -> usize {
    let asked = question(since, until, scope.0.clone());
    let changes = tertius.what_changed(viewer, &asked).await.unwrap();
    let then = ties(tertius, &viewer.as_of(Some(since)), scope.1).await;
    let now = ties(tertius, &viewer.as_of(Some(until)), scope.1).await;
    let mut count = 0;
    for kind in TieChangeKind::ALL {
        let found = told(tertius, &changes, kind).await;
        let on = if kind == TieChangeKind::Gone { since } else { until };
        let pairs: Vec<_> =
            found.iter().map(|view| (view.change.knower, view.change.other)).collect();
        let receipts = tertius.receipts(&viewer.as_of(Some(on)), &pairs).await.unwrap();
        let views = found.iter().map(|view| Some(view.receipt.clone()));
        assert_eq!(views.collect::<Vec<_>>(), receipts, "{kind:?}, {since} to {until}");
        let found: Vec<Told> = found
            .iter()
            .map(|view| {
                ((view.change.knower, view.change.other), view.change.then, view.change.now)
            })
            .collect();
        assert_eq!(found, difference(&then, &now, kind), "{kind:?}, {since} to {until}");
        count += found.len();
    }
    count
}

#[tokio::test]
async fn the_ties_that_changed_are_the_difference_of_two_days() {
    let house = House::shared();
    let today = house.tertius.today();
    let team: Vec<PersonId> = house
        .tertius
        .team(&house.viewer("mira").await)
        .await
        .unwrap()
        .iter()
        .map(|member| member.person)
        .collect();
    let mut count = 0;
    for login in ["mira", "tom"] {
        let viewer = house.viewer(login).await;
        for (since, until) in [(60, 0), (250, 30), (400, 60), (30, 30)] {
            let days = (today.plus(-since), today.plus(-until));
            let me = [viewer.person()];
            count += compare_ties(&house.tertius, &viewer, days, (&From::Me, &me)).await;
            count += compare_ties(&house.tertius, &viewer, days, (&From::MyTeam, &team)).await;
        }
    }
    assert!(count > 100, "{count}");
}

/// A store to which things happen over some weeks, and the days on which they did.
async fn random_weeks(seed: u64) -> (Arc<Tertius>, Viewer, Vec<Day>, tempfile::TempDir) {
    let chance = &mut ChaCha8Rng::seed_from_u64(seed);
    let files = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoppedClock::at(sample_now()));
    let foundations = Foundations {
        store: Arc::new(SqliteStore::open(&files.path().join("it.sqlite")).unwrap()),
        clock: clock.clone(),
        ids: Arc::new(SeededIds::new(seed)),
        limits: Limits::default(),
    };
    let tertius = Arc::new(Tertius::open(foundations).await.unwrap());
    tertius.make_first_admin("ana").await.unwrap();
    let viewer = tertius.viewer_by_login("ana").await.unwrap();
    let (mut people, mut days) = (vec![viewer.person()], Vec::new());
    let mut now_ms = sample_now().as_ms();
    for event in 0..90 {
        let two: Vec<PersonId> = people.choose_multiple(chance, 2).copied().collect();
        match chance.random_range(0..10) {
            0..=2 => {
                let draft = PersonDraft { name: format!("Person {event}"), ..Default::default() };
                people.push(tertius.create_person(&viewer, draft).await.unwrap().id);
            }
            3..=5 if two.len() == 2 => {
                let kinds = [EvidenceKind::Mail, EvidenceKind::Meeting, EvidenceKind::Connection];
                let at = Timestamp::from_ms(now_ms - chance.random_range(0..90) * DAY_MS);
                let mut participants = two.clone();
                participants[0] = viewer.person();
                let draft = EvidenceDraft {
                    kind: kinds[chance.random_range(0..3)].clone(),
                    at,
                    participants,
                    idempotency_key: None,
                };
                // Nobody meets themselves.
                tertius.record_evidence(&viewer, draft).await.ok();
            }
            6 if two.len() == 2 => {
                let closeness = [Closeness::Weak, Closeness::Close][chance.random_range(0..2)];
                let draft = StatementDraft { from: None, to: two[1], closeness };
                tertius.state_tie(&viewer, draft).await.ok();
            }
            7 if two.len() == 2 && !two.contains(&viewer.person()) => {
                let (one, other) = (Holder::Person(two[0]), Holder::Person(two[1]));
                if chance.random_bool(0.7) {
                    tertius.link(&viewer, one, other).await.ok();
                } else {
                    tertius.unlink(&viewer, one).await.ok();
                }
            }
            _ => {
                days.push(tertius.today());
                now_ms += DAY_MS * chance.random_range(1..30);
                clock.set(Timestamp::from_ms(now_ms));
                tertius.keep_up().await.unwrap();
            }
        }
    }
    (tertius, viewer, days, files)
}

#[tokio::test]
async fn so_they_are_in_random_worlds_where_people_become_one_and_part_again() {
    let (mut count, mut joined) = (0, 0);
    for seed in 1..=4 {
        let (tertius, viewer, days, _files) = random_weeks(seed).await;
        let pairs = days.windows(3).flat_map(|days| [(days[0], days[1]), (days[0], days[2])]);
        let scope = (&From::Me, &[viewer.person()][..]);
        for (since, until) in pairs.chain([(days[0].plus(-9), days[days.len() - 1])]) {
            count += compare_ties(&tertius, &viewer, (since, until), scope).await;
            let asked = question(since, until, From::Me);
            let changes = tertius.what_changed(&viewer, &asked).await.unwrap();
            let gone = changes.ties.of(TieChangeKind::Gone);
            let hidden = gone.iter().filter(|tie| tie.one_with.is_some());
            joined += hidden.inspect(|tie| assert_ne!(tie.one_with, Some(tie.other))).count();
            let before: BTreeSet<_> =
                everybody(&tertius, &viewer.as_of(Some(since))).await.into_iter().collect();
            let now = everybody(&tertius, &viewer.as_of(Some(until))).await;
            let new = now.iter().filter(|id| !before.contains(id)).count();
            let newcomers = tertius.newcomers(&changes).await.unwrap();
            assert_eq!((newcomers.people, newcomers.complete), (new, true));
        }
    }
    assert!(count > 100 && joined > 3, "{count} {joined}");
}

async fn targets(tertius: &Tertius, viewer: &Viewer) -> ListId {
    let lists = tertius.lists(viewer).await.unwrap();
    lists.iter().find(|list| list.kind == ListKind::Targets).unwrap().id
}

/// The probability of the best path into each company of a list, and who is on it.
async fn ways(
    tertius: &Tertius,
    viewer: &Viewer,
    list: ListId,
    from: &From,
) -> BTreeMap<CompanyId, (f64, Vec<PersonId>)> {
    let found = tertius.entrances(viewer, list, from).await.unwrap().entrances.into_iter();
    found
        .filter_map(|entrance| {
            let path = entrance.path?;
            Some((entrance.company, (path.probability, path.people())))
        })
        .collect()
}

#[tokio::test]
async fn the_ways_that_changed_are_the_difference_of_the_entrances_of_two_days() {
    let house = House::shared();
    let (tertius, mira) = (&house.tertius, house.viewer("mira").await);
    let (today, list) = (tertius.today(), targets(tertius, &mira).await);
    let mut seen = BTreeSet::new();
    for (since, until, scope) in
        [(60, 0, From::Me), (250, 60, From::Me), (280, 60, From::MyTeam), (400, 0, From::Me)]
    {
        let (since, until) = (today.plus(-since), today.plus(-until));
        let asked = question(since, until, scope.clone());
        let asked = ChangesQuestion { list: Some(list), ..asked };
        let changes = tertius.what_changed(&mira, &asked).await.unwrap();
        let found = tertius.entrance_changes(&changes).await.unwrap();
        let then = ways(tertius, &mira.as_of(Some(since)), list, &scope).await;
        let now = ways(tertius, &mira.as_of(Some(until)), list, &scope).await;
        let mut expected: BTreeMap<EntranceChangeKind, BTreeSet<Holder>> = BTreeMap::new();
        let companies: BTreeSet<CompanyId> = then.keys().chain(now.keys()).copied().collect();
        for company in companies {
            let kind = match (then.get(&company), now.get(&company)) {
                (None, _) => EntranceChangeKind::Opened,
                (_, None) => EntranceChangeKind::Closed,
                (Some(then), Some(now)) if now.0 - then.0 >= 0.05 => EntranceChangeKind::Better,
                (Some(then), Some(now)) if then.0 - now.0 >= 0.05 => EntranceChangeKind::Worse,
                _ => continue,
            };
            expected.entry(kind).or_default().insert(Holder::Company(company));
        }
        let mut changed = 0;
        for kind in EntranceChangeKind::ALL {
            let told: BTreeSet<Holder> = found.of(kind).map(|change| change.into).collect();
            assert_eq!(told, expected.remove(&kind).unwrap_or_default(), "{kind:?} since {since}");
            for change in found.of(kind) {
                let Holder::Company(company) = change.into else { panic!("a list of companies") };
                let way = |way: &Option<tertius::service::Way>| {
                    way.clone().map(|way| (way.probability, way.people))
                };
                assert_eq!(way(&change.then), then.get(&company).cloned());
                assert_eq!(way(&change.now), now.get(&company).cloned());
                changed += 1;
                seen.insert(kind);
            }
        }
        assert_eq!(found.unchanged + changed, 40);
    }
    assert_eq!(seen.len(), 4, "each kind was there: {seen:?}");
}

#[tokio::test]
async fn priya_joined_globex_and_that_opened_the_way_there() {
    let house = House::shared();
    let (tertius, mira) = (&house.tertius, house.viewer("mira").await);
    let personas = tertius::sample::ecosystem(&tertius::sample::Options::default());
    let (globex, orbit) = (personas.places.globex, personas.places.orbit);
    let priya = personas.personas.priya;
    let list = targets(tertius, &mira).await;
    let today = tertius.today();
    let asked = ChangesQuestion { list: Some(list), ..question(today.plus(-60), today, From::Me) };
    let changes = tertius.what_changed(&mira, &asked).await.unwrap();
    let moves = tertius.moves(&changes).await.unwrap();
    let hers: Vec<_> = moves
        .iter()
        .filter(|one| one.person == priya)
        .map(|one| (one.kind, one.company, one.on, one.occurrence))
        .collect();
    let happened = Occurrence::Happened;
    assert_eq!(hers[0], (MoveKind::Joined, globex, Some(today.plus(-35)), happened));
    // Orbit is on no list of targets, but she is in sight, and so is all that she did.
    assert_eq!(hers[1], (MoveKind::Left, orbit, Some(today.plus(-36)), happened));
    let found = tertius.entrance_changes(&changes).await.unwrap();
    let into = |change: &&tertius::service::EntranceChange| change.into == Holder::Company(globex);
    let way = found.of(EntranceChangeKind::Better).find(into).unwrap();
    assert!(way.now.as_ref().unwrap().probability > 0.4 + way.then.as_ref().unwrap().probability);
    assert_eq!(way.now.as_ref().unwrap().ask_first(), Some(personas.personas.tom.person));
    let Cause::Moved(cause) = &way.causes[0] else { panic!("{:?}", way.causes) };
    assert_eq!((cause.person, cause.company, cause.kind), (priya, globex, MoveKind::Joined));
    // Before she moved there is nothing of it.
    let asked = question(today.plus(-60), today.plus(-40), From::Me);
    let asked = ChangesQuestion { list: Some(list), ..asked };
    let changes = tertius.what_changed(&mira, &asked).await.unwrap();
    let moves = tertius.moves(&changes).await.unwrap();
    assert!(moves.iter().all(|one| one.person != priya), "{moves:?}");
}

#[tokio::test]
async fn moves_are_the_difference_of_what_people_do_on_two_days() {
    let house = House::shared();
    let (tertius, mira) = (&house.tertius, house.viewer("mira").await);
    let today = tertius.today();
    let (since, until) = (today.plus(-250), today.plus(-10));
    let changes = tertius.what_changed(&mira, &question(since, until, From::MyTeam)).await.unwrap();
    let moves = tertius.moves(&changes).await.unwrap();
    let team: Vec<PersonId> =
        tertius.team(&mira).await.unwrap().iter().map(|member| member.person).collect();
    let mut known = BTreeSet::new();
    for day in [since, until] {
        let ties = ties(tertius, &mira.as_of(Some(day)), &team).await;
        known.extend(ties.into_keys().flat_map(|(one, other)| [one, other]));
    }
    let known: Vec<PersonId> = known.into_iter().collect();
    let at = async |day| -> Vec<BTreeSet<CompanyId>> {
        let people = tertius.people(&mira.as_of(Some(day)), &known).await.unwrap();
        let jobs = |person: Option<tertius::service::PersonView>| {
            let jobs = person.into_iter().flat_map(|person| person.jobs);
            jobs.filter(|job| job.current).map(|job| job.company).collect()
        };
        people.into_iter().map(jobs).collect()
    };
    let (then, now) = (at(since).await, at(until).await);
    let mut expected = BTreeSet::new();
    for ((&person, then), now) in known.iter().zip(&then).zip(&now) {
        expected.extend(now.difference(then).map(|&at| (person, MoveKind::Joined, at)));
        expected.extend(then.difference(now).map(|&at| (person, MoveKind::Left, at)));
    }
    let told = moves.iter().map(|one| (one.person, one.kind, one.company));
    assert_eq!(told.collect::<BTreeSet<_>>(), expected);
    assert!(expected.len() >= 6, "{}", expected.len());
}

#[tokio::test]
async fn what_was_learnt_of_newcomers_is_told_apart_from_what_happened() {
    let house = House::own().await;
    let (tertius, mira) = (&house.tertius, house.viewer("mira").await);
    let since = tertius.today();
    house.clock.set(Timestamp::from_ms(sample_now().as_ms() + 10 * DAY_MS));
    tertius.keep_up().await.unwrap();
    let globex = tertius.company_by_domain(&mira, "globex.example").await.unwrap().unwrap().id;
    let mut people = Vec::new();
    for (name, days_ago) in [("Nia Okafor", 2_000), ("Lev Abramov", 3)] {
        let from = Some(tertius.today().plus(-days_ago));
        let job = JobDraft { company: globex, title: Some("Engineer".into()), from, to: None };
        let draft = PersonDraft { name: name.into(), job: Some(job), ..Default::default() };
        people.push(tertius.create_person(&mira, draft).await.unwrap().id);
        let to = people[people.len() - 1];
        let draft = StatementDraft { from: None, to, closeness: Closeness::Good };
        tertius.state_tie(&mira, draft).await.unwrap();
    }
    let until = tertius.today();
    let changes = tertius.what_changed(&mira, &question(since, until, From::Me)).await.unwrap();
    let moves = tertius.moves(&changes).await.unwrap();
    let told: Vec<_> = moves.iter().map(|one| (one.person, one.occurrence)).collect();
    assert_eq!(told, [(people[1], Occurrence::Happened), (people[0], Occurrence::Learnt)]);
    let newcomers = tertius.newcomers(&changes).await.unwrap();
    people.sort_unstable();
    assert_eq!((newcomers.people, newcomers.companies), (2, 0));
    assert_eq!(newcomers.in_sight, people);

    // Two of whom Mira knows both become one: one tie is gone, and it says with whom.
    let asked = KnowsQuestion { knowers: From::Me, targets: Vec::new(), min_strength: 0.0 };
    let known = tertius.knows(&mira, &asked, &PageRequest::default()).await.unwrap().into_nodes();
    let two = [known[4].target, known[5].target];
    tertius.link(&mira, Holder::Person(two[0]), Holder::Person(two[1])).await.unwrap();
    let changes = tertius.what_changed(&mira, &question(since, until, From::Me)).await.unwrap();
    let gone: Vec<_> =
        changes.ties.of(TieChangeKind::Gone).iter().map(|tie| (tie.other, tie.one_with)).collect();
    assert_eq!(gone, [(two[0].max(two[1]), Some(two[0].min(two[1])))]);
}

#[tokio::test]
async fn the_ways_to_people_on_a_list_are_told_as_those_into_companies() {
    let house = House::own().await;
    let (tertius, mira) = (&house.tertius, house.viewer("mira").await);
    let world = tertius::sample::ecosystem(&tertius::sample::Options::default());
    let (list, audience) = (ListId::new(77), Audience::TEAM);
    let name = Name::new("People to meet").unwrap();
    let owner = mira.member();
    let mut changes =
        vec![Change::PutList(List { id: list, name, kind: ListKind::Other, owner, audience })];
    let people = [world.personas.priya, world.personas.sami, world.personas.paul];
    changes.extend(people.map(|id| {
        let attestation = Attestation {
            source: Source { system: SystemName::new("test").unwrap(), import: None },
            recorder: Author::System,
            basis: LawfulBasis::LegitimateInterest,
            audience,
            recorded_at: sample_now(),
            retracted_at: None,
        };
        let entry = Claim::ListEntry { list, entry: Holder::Person(id) };
        Change::Tell(Telling::new(entry, attestation))
    }));
    let (id, author, at) = (BatchId::new(77), Author::System, sample_now());
    house.store.apply(&Batch { id, author, at, expects: Vec::new(), changes }).await.unwrap();
    tertius.keep_up().await.unwrap();

    let (since, until) = (tertius.today().plus(-290), tertius.today());
    let asked = ChangesQuestion { list: Some(list), ..question(since, until, From::Me) };
    let changes = tertius.what_changed(&mira, &asked).await.unwrap();
    let found = tertius.entrance_changes(&changes).await.unwrap();
    let mut changed = 0;
    for change in EntranceChangeKind::ALL.into_iter().flat_map(|kind| found.of(kind)) {
        let Holder::Person(id) = change.into else { panic!("a list of people") };
        for (day, way) in [(since, &change.then), (until, &change.now)] {
            let asked = PathQuestion::to(To::Person(id));
            let paths = tertius.intro_paths(&mira.as_of(Some(day)), &asked).await.unwrap().paths;
            let best = paths.into_nodes().into_iter().next();
            let best = best.map(|path| (path.probability, path.people()));
            assert_eq!(way.clone().map(|way| (way.probability, way.people)), best);
        }
        changed += 1;
    }
    assert_eq!(found.unchanged + changed, people.len());
    assert!(changed > 0, "Paul is silent");
}

#[tokio::test]
async fn a_tie_that_is_not_seen_in_detail_shows_no_factors() {
    let house = House::shared();
    let bruno = house.viewer("bruno").await;
    let today = house.tertius.today();
    let asked = question(today.plus(-250), today, From::MyTeam);
    let changes = house.tertius.what_changed(&bruno, &asked).await.unwrap();
    let mut hidden = 0;
    for kind in TieChangeKind::ALL {
        for view in told(&house.tertius, &changes, kind).await {
            let receipt = &view.receipt;
            if receipt.more_hidden {
                assert!(receipt.strength.factors.is_empty() && receipt.fades.is_none(), "{view:?}");
                hidden += 1;
            }
        }
    }
    assert!(hidden > 5, "{hidden}");
}

#[tokio::test]
async fn days_that_cannot_be_asked_for_are_refused_by_name() {
    let house = House::shared();
    let ask = async |input: &str| -> Value {
        let answer =
            house.ask(&format!("{{ whatChanged(input: {{ {input} }}) {{ since }} }}")).await;
        answer["errors"][0].clone()
    };
    for (input, argument, says) in [
        (r#"since: "2026-11-21""#, "since", "2026-11-21 is still to come"),
        (r#"since: "2026-11-01", until: "2026-11-21""#, "until", "is still to come"),
        (r#"since: "2026-11-02", until: "2026-11-01""#, "since", "is after `until`"),
        (r#"since: "2026-11-01", listId: "list""#, "listId", "listId"),
    ] {
        let error = ask(input).await;
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{error}");
        assert_eq!(error["extensions"]["argument"], argument, "{error}");
        assert!(error["message"].as_str().unwrap().contains(says), "{error}");
    }
    let nowhere = format!(r#"since: "2026-11-01", listId: "{}""#, ListId::new(404));
    assert_eq!(ask(&nowhere).await["extensions"]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn before_the_first_facts_there_is_nothing_so_that_everything_is_new() {
    let house = House::shared();
    let data = house
        .data(
            r#"{ whatChanged(input: { since: "2020-01-01", until: "2026-02-01" }) {
                recordedSince newTies { nodes { strengthThen } } fadedTies { nodes { bandNow } }
                newcomers { people companies complete } } }"#,
        )
        .await;
    let told = &data["whatChanged"];
    assert_eq!(told["recordedSince"], "2026-01-24");
    assert_eq!(told["newcomers"]["people"], 600);
    assert_eq!(told["newcomers"]["complete"], true);
    assert_eq!(told["newTies"]["nodes"].as_array().unwrap().len(), 20);
    assert_eq!(told["newTies"]["nodes"][0]["strengthThen"], Value::Null);
    assert_eq!(told["fadedTies"]["nodes"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn graphql_tells_ties_moves_and_paths_with_their_causes() {
    let house = House::shared();
    let list = targets(&house.tertius, &house.viewer("mira").await).await;
    let query = r#"{ whatChanged(input: { since: "2026-09-21", listId: "LIST", among: MINE }) {
        since until
        newTies(first: 1) { nodes { other { name } bandThen bandNow } pageInfo { endCursor hasNextPage } }
        grownTies { nodes { knower { name } other { name } bandThen bandNow lastContactOn
            tie { strength factors { factor } } strengthNow } }
        moves(first: 3) { nodes { person { name } kind company { name } title on occurrence } }
        paths {
            better(first: 1) { nodes { into { ... on Company { name } }
                then { verdict } now { verdict askFirst { name } people { name } }
                causes { __typename ... on Move { person { name } kind company { name } }
                    ... on LoadDifference { person { name } loadThen loadNow }
                    ... on TieDifference { from { name } to { name } strengthThen strengthNow } } } }
            worse(first: 1) { nodes { causes { ... on LoadDifference { person { name } loadNow } } } }
            closed { nodes { into { ... on Company { name } } } }
            opened { nodes { now { probability } } }
            unchanged } } }"#;
    let query = query.replace("LIST", &list.to_string());
    let data = house.data(&query).await;
    let told = &data["whatChanged"];
    assert_eq!((&told["since"], &told["until"]), (&"2026-09-21".into(), &"2026-11-20".into()));
    let grown = &told["grownTies"]["nodes"][0];
    assert_eq!((&grown["bandThen"], &grown["bandNow"]), (&"WARM".into(), &"STRONG".into()));
    assert_eq!(grown["tie"]["strength"], grown["strengthNow"]);
    assert_eq!(told["newTies"]["pageInfo"]["hasNextPage"], true);
    let better = &told["paths"]["better"]["nodes"][0];
    assert_eq!(better["into"]["name"], "Globex");
    assert_eq!(better["now"]["askFirst"]["name"], "Tom Achterberg");
    assert_eq!(better["causes"][0]["__typename"], "Move");
    assert_eq!(better["causes"][0]["person"]["name"], "Priya Ramanath");
    let worse = &told["paths"]["worse"]["nodes"][0];
    assert_eq!(worse["causes"][0]["person"]["name"], "Jonas Edelvik");
    let moved = told["moves"]["nodes"].as_array().unwrap();
    assert_eq!((moved.len(), &moved[0]["occurrence"]), (3, &"HAPPENED".into()));
    let no_list =
        house.data(r#"{ whatChanged(input: { since: "2026-11-01" }) { paths { unchanged } } }"#);
    assert_eq!(no_list.await["whatChanged"]["paths"], Value::Null);
}
