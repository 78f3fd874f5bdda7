//! What must hold in every sample: the story, and that it can be applied.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{introductions::JONAS_ASKS_PER_MONTH, scores::Scores, *};
use crate::model::{
    AnyId, Change, Claim, CompanyId, Employment, Evidence, EvidenceKind, Holder, Identifier,
    Introduction, IntroductionState, PersonId, RelationKind, Telling, fold,
};

fn small() -> World {
    ecosystem(&Options::default())
}

fn sized(seed: u64, people: usize) -> World {
    ecosystem(&Options { seed, people, ..Options::default() })
}

/// A world after all of its batches.
#[derive(Default)]
struct Replayed {
    names: HashMap<PersonId, String>,
    jobs: Vec<Employment>,
    evidence: Vec<Evidence>,
    introductions: Vec<Introduction>,
    others: Vec<Claim>,
}

impl Replayed {
    fn of(world: &World) -> Self {
        let mut told: HashMap<_, Telling> = HashMap::new();
        let mut order = Vec::new();
        let mut replayed = Self::default();
        for change in world.batches().flat_map(|batch| batch.changes) {
            match change {
                Change::Tell(telling) => {
                    let id = telling.fact_id();
                    if told.insert(id, telling).is_none() {
                        order.push(id);
                    }
                }
                Change::Retract { fact, .. } => drop(told.remove(&fact)),
                Change::PutIntroduction(introduction) => replayed.introductions.push(introduction),
                _ => {}
            }
        }
        for telling in order.iter().filter_map(|id| told.remove(id)) {
            match telling.claim {
                Claim::PersonName { person, name } => {
                    replayed.names.insert(person, name.to_string());
                }
                Claim::Employment(job) => replayed.jobs.push(job),
                Claim::Evidence(evidence) => replayed.evidence.push(evidence),
                claim => replayed.others.push(claim),
            }
        }
        replayed
    }

    fn staff(&self, company: CompanyId) -> BTreeSet<PersonId> {
        let here = self.jobs.iter().filter(|job| job.company == company && job.span.to().is_none());
        here.map(|job| job.person).collect()
    }

    fn of_person(&self, person: PersonId) -> impl Iterator<Item = &Evidence> {
        let named = move |e: &&Evidence| e.participants().iter().any(|p| p.person == person);
        self.evidence.iter().filter(named)
    }

    fn listed(&self, list: ListId) -> Vec<CompanyId> {
        let entries = self.others.iter().filter_map(|claim| match claim {
            Claim::ListEntry { list: on, entry: Holder::Company(company) } if *on == list => {
                Some(*company)
            }
            _ => None,
        });
        entries.collect()
    }
}

#[test]
fn the_same_seed_gives_the_same_batches_and_another_seed_other_ids() {
    let (one, same, other) = (sized(7, 2_000), sized(7, 2_000), sized(8, 2_000));
    assert!(one.batches().eq(same.batches()));
    let ids = |world: &World| -> HashSet<BatchId> { world.batches().map(|b| b.id).collect() };
    assert!(ids(&one).is_disjoint(&ids(&other)));
    assert_ne!(one.personas, other.personas);
}

#[test]
fn the_story_is_the_same_at_any_size() {
    let changes = |world: &World| -> Vec<Change> {
        world.batches().flat_map(|batch| batch.changes).take(world.story.len()).collect()
    };
    let (small, large) = (small(), sized(1, 3_000));
    assert!(changes(&small) == changes(&large));
    assert_eq!((small.personas, small.places), (large.personas, large.places));
}

#[test]
fn every_batch_can_be_applied_after_those_before_it() {
    let world = sized(1, 20_000);
    let mut added: HashSet<AnyId> = HashSet::new();
    let mut told = HashSet::new();
    let mut before = Timestamp::from_ms(0);
    for batch in world.batches() {
        assert!((1..=SAMPLE_BATCH_CHANGES).contains(&batch.changes.len()));
        assert!(before <= batch.at && batch.at <= world.now, "{}", batch.at);
        assert!(one_day(&batch.changes), "{}", batch.at);
        before = batch.at;
        for change in batch.changes {
            match change.clone() {
                Change::AddPerson(id) => assert!(added.insert(id.into())),
                Change::AddCompany(id) => assert!(added.insert(id.into())),
                Change::PutImport(_)
                | Change::PutExclusion(_)
                | Change::ErasePerson(..)
                | Change::ForgetEvidence(_)
                | Change::PutInvitation(_)
                | Change::PutAudienceRule(_)
                | Change::PutAskRules(_)
                | Change::SetAudience { .. }
                | Change::PutCalibration(_) => {
                    panic!("the sample imports nothing: {change:?}")
                }
                Change::PutList(list) => {
                    assert!(added.contains(&list.owner.into()));
                    added.insert(list.id.into());
                }
                Change::PutMember(member) => {
                    assert!(added.contains(&member.person.into()));
                    added.insert(member.id.into());
                }
                Change::PutIntroduction(introduction) => {
                    let route = &introduction.route;
                    let asked = route.asks().iter().map(|ask| ask.connector);
                    let people = [route.seeker(), route.target()].into_iter().chain(asked);
                    assert!(people.into_iter().all(|id| added.contains(&id.into())));
                    assert!(introduction.created_at <= before);
                }
                Change::Retract { fact, .. } => assert!(told.contains(&fact)),
                Change::Tell(telling) => {
                    if let Claim::Employment(_) = telling.claim {
                        told.insert(telling.fact_id());
                    }
                    check_telling(&telling, &added, before);
                }
                Change::PutToken(_) | Change::BeginEpoch(_) => panic!("{change:?}"),
            }
        }
    }
    assert_eq!(added.iter().filter(|id| id.kind() == PersonId::PREFIX).count(), 20_000);
}

fn one_day(changes: &[Change]) -> bool {
    let recorded = changes.iter().filter_map(|change| match change {
        Change::Tell(telling) => Some(telling.attestation.recorded_at.day()),
        _ => None,
    });
    recorded.collect::<HashSet<_>>().len() <= 1
}

fn check_telling(telling: &Telling, added: &HashSet<AnyId>, batch_at: Timestamp) {
    let own = |id: &AnyId| matches!(id, AnyId::EmploymentId(_) | AnyId::RelationId(_));
    let claim = &telling.claim;
    assert!(claim.subjects().iter().all(|id| own(id) || added.contains(id)), "{claim:?}");
    let recorded_at = telling.attestation.recorded_at;
    assert!(recorded_at <= batch_at, "{claim:?}");
    assert!(claim.at().is_none_or(|at| at <= recorded_at), "{claim:?} at {recorded_at}");
    if let Author::Member(member) = telling.attestation.recorder {
        assert!(added.contains(&member.into()));
    }
}

#[test]
fn the_way_over_tom_and_elif_beats_the_shorter_one_over_jonas_because_of_his_load() {
    let sunday = Options { last_day: Day::from_number(20_002), ..Options::default() };
    assert_eq!(sunday.last_day.to_string(), "2024-10-06");
    for world in [small(), sized(2, 600), sized(3, 1_500), ecosystem(&sunday)] {
        let Personas { mira, tom, jonas, elif, priya, .. } = world.personas;
        let mut scores = Scores::of(&world);
        let ends = (mira.person, priya);
        let (long, path) = scores.best(ends, &[]).unwrap();
        assert_eq!(path, [mira.person, tom.person, elif, priya]);
        let (short, path) = scores.best(ends, &[elif]).unwrap();
        assert_eq!(path, [mira.person, jonas, priya]);
        assert!(long > 0.5 && short < 0.42, "{long} {short}");
        let (third, _) = scores.best(ends, &[elif, jonas]).unwrap();
        assert!(third < short - 0.05, "{third} {short}");
        scores.load = false;
        let (unloaded, path) = scores.best(ends, &[]).unwrap();
        assert_eq!(path, [mira.person, jonas, priya], "{unloaded} {long}");
    }
}

#[test]
fn sami_alone_knows_somebody_at_umbra_health() {
    let world = sized(1, 2_000);
    let replayed = Replayed::of(&world);
    let umbra = replayed.staff(world.places.umbra_health);
    assert_eq!(umbra.len(), 7);
    let mut known = BTreeMap::<PersonId, BTreeSet<PersonId>>::new();
    for evidence in &replayed.evidence {
        let people: Vec<PersonId> = evidence.participants().iter().map(|p| p.person).collect();
        let (inside, outside): (Vec<PersonId>, Vec<PersonId>) =
            people.into_iter().partition(|id| umbra.contains(id));
        for outsider in outside.into_iter().filter(|_| !inside.is_empty()) {
            known.entry(outsider).or_default().extend(inside.iter().copied());
        }
    }
    assert_eq!(known.keys().collect::<Vec<_>>(), [&world.personas.sami]);
    assert_eq!(known[&world.personas.sami].len(), 2);
    let scores = Scores::of(&world);
    for seeker in [world.personas.mira.person, world.personas.tom.person] {
        assert!(scores.reach(seeker, 1).contains(&world.personas.sami));
    }
}

#[test]
fn paul_and_mira_wrote_for_ten_months_and_not_for_fourteen() {
    let world = small();
    let Personas { paul, mira, .. } = world.personas;
    let replayed = Replayed::of(&world);
    let with_mira = replayed.of_person(paul).filter(|evidence| {
        let people = evidence.participants();
        people.iter().any(|p| p.person == mira.person) && evidence.recipients() == 1
    });
    let days: Vec<i32> =
        with_mira.map(|e| world.now.day().number() - e.at().day().number()).collect();
    let (last, first) = (days.iter().min().unwrap(), days.iter().max().unwrap());
    assert!((426..456).contains(last), "{last}");
    assert!((290..330).contains(&(first - last)), "{first}");
}

#[test]
fn priya_came_from_orbit_to_globex_five_weeks_ago_as_the_only_vp_engineering() {
    let world = small();
    let replayed = Replayed::of(&world);
    let globex = replayed.jobs.iter().filter(|job| job.company == world.places.globex);
    let title = |job: &Employment| job.title.as_ref().map(ToString::to_string);
    let heads: Vec<_> =
        globex.filter(|job| title(job).as_deref() == Some("VP Engineering")).collect();
    assert_eq!(heads.len(), 1);
    assert_eq!(heads[0].person, world.personas.priya);
    assert_eq!(heads[0].span.from(), Some(world.now.day().plus(-35)));
    let jobs = replayed.jobs.iter().filter(|job| job.person == world.personas.priya);
    let before: Vec<_> = jobs.filter(|job| job.company == world.places.orbit).collect();
    assert_eq!(before.len(), 1);
    assert_eq!(before[0].span.to(), Some(world.now.day().plus(-36)));
}

#[test]
fn jonas_knows_eighty_people_and_was_asked_six_times_this_month_against_two() {
    let world = small();
    let replayed = Replayed::of(&world);
    let (from, to) = crate::model::month_of(world.now);
    let asks = replayed.introductions.iter().flat_map(|i| i.route.asks());
    let asked = asks.filter(|ask| ask.connector == world.personas.jonas);
    let times: Vec<_> = asked.filter_map(|ask| ask.asked_at).collect();
    assert_eq!(times.len(), 6);
    assert!(times.iter().all(|&at| from <= at && at < to));
    let person = world.personas.jonas;
    let limit = Claim::AskLimit { person, per_month: JONAS_ASKS_PER_MONTH };
    assert!(replayed.others.contains(&limit));
    assert!(Scores::of(&world).reach(person, 1).len() > 80);
}

#[test]
fn ana_is_read_under_an_address_and_a_profile() {
    let world = small();
    let replayed = Replayed::of(&world);
    let ana = world.personas.ana.person;
    let read = replayed.of_person(ana).flat_map(Evidence::participants);
    let read: HashSet<&Identifier> =
        read.filter(|p| p.person == ana).filter_map(|p| p.read_as.as_ref()).collect();
    let known = replayed.others.iter().filter_map(|claim| match claim {
        Claim::PersonIdentifier { person, identifier } if *person == ana => Some(identifier),
        _ => None,
    });
    assert_eq!(read, known.collect());
    assert_eq!(read.len(), 2);
}

#[test]
fn each_of_the_story_is_found_by_the_first_name_alone() {
    let world = small();
    let replayed = Replayed::of(&world);
    let Personas { mira, tom, ana, ines, bruno, jonas, elif, sami, paul, priya } = world.personas;
    let team = [mira, tom, ana, bruno, ines].map(|teammate| teammate.person);
    let first = |id: &PersonId| fold(&replayed.names[id]).split(' ').next().unwrap().to_owned();
    for person in team.into_iter().chain([jonas, elif, sami, paul, priya]) {
        let alike = replayed.names.keys().filter(|id| first(id) == first(&person));
        assert_eq!(alike.count(), 1, "{}", replayed.names[&person]);
    }
    let names: HashSet<&String> = replayed.names.values().collect();
    assert_eq!(names.len(), replayed.names.len());
}

#[test]
fn two_thirds_of_the_forty_targets_can_be_entered_and_some_cannot_at_all() {
    let world = small();
    let replayed = Replayed::of(&world);
    let targets = replayed.listed(world.targets);
    assert_eq!(targets.len(), 40);
    assert_eq!(replayed.listed(world.partners).len(), 12);
    let mut scores = Scores::of(&world);
    let mira = world.personas.mira.person;
    let entered = |scores: &Scores, steps| {
        let reach = scores.reach(mira, steps);
        targets.iter().filter(|&&target| !replayed.staff(target).is_disjoint(&reach)).count()
    };
    let walkable = entered(&scores, 12);
    assert!((28..=35).contains(&walkable), "{walkable}");
    scores.connections = false;
    let live = entered(&scores, 4);
    assert!((22..=28).contains(&live), "{live}");
}

#[test]
fn the_default_world_has_what_the_story_needs_and_not_much_more() {
    let world = small();
    let replayed = Replayed::of(&world);
    assert_eq!(replayed.names.len(), 600);
    let ended = replayed.jobs.iter().filter(|job| job.span.to().is_some()).count();
    assert!(ended >= 60, "{ended}");
    assert!((10_000..16_000).contains(&replayed.evidence.len()), "{}", replayed.evidence.len());
    assert_eq!(replayed.introductions.len(), 30);
    let states: HashSet<String> =
        replayed.introductions.iter().map(|i| format!("{:?}", i.state)).collect();
    assert_eq!(states.len(), 11);
    assert!(states.contains(&format!("{:?}", IntroductionState::Closed)));
    let kinds: BTreeSet<&str> = replayed.evidence.iter().map(|e| e.kind().name()).collect();
    assert_eq!(kinds.len(), 8, "{kinds:?}");
    let partners = replayed.others.iter().filter(|claim| {
        matches!(claim, Claim::Relation(r) if r.kind == RelationKind::Partner && r.to == world.our_company)
    });
    assert_eq!(partners.count(), 12);
}

#[test]
fn a_crowd_has_about_twenty_ties_each_and_a_few_hubs() {
    let world = sized(3, 8_000);
    let mut ties: HashMap<PersonId, HashSet<PersonId>> = HashMap::new();
    let changes = world.batches().flat_map(|batch| batch.changes).skip(world.story.len());
    for change in changes {
        if let Change::Tell(Telling { claim: Claim::Evidence(evidence), .. }) = change {
            for (a, b, _) in evidence.pairs() {
                ties.entry(a).or_default().insert(b);
                ties.entry(b).or_default().insert(a);
            }
            assert!(!matches!(evidence.kind(), EvidenceKind::Connection));
        }
    }
    let mut degrees: Vec<usize> = ties.values().map(HashSet::len).collect();
    degrees.sort_unstable();
    let mean = degrees.iter().sum::<usize>() / degrees.len();
    assert!((16..=22).contains(&mean), "{mean}");
    let (median, most) = (degrees[degrees.len() / 2], degrees[degrees.len() - 1]);
    assert!(most > 12 * median, "{most} {median}");
}
