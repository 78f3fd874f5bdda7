//! Introductions from end to end: who may do what, the limits of connectors, and silence.

use std::sync::Arc;

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tertius::{
    http::{Door, router},
    model::{
        Actor, CompanyId, Holder, IntroductionId, IntroductionState as State, Move, OverCap,
        PersonId, Timestamp,
    },
    service::{
        Advance, AskRulesDraft, Doing, Funnel, FunnelQuestion, IntroductionDraft,
        IntroductionFilter, IntroductionView, PageRequest, PathQuestion, RefusalCode, ServiceError,
        ServiceResult, Tertius, To, Viewer, Waiting,
    },
    store::{Introductions as _, Store as _},
};

use crate::support::{House, ask};

const DAY_MS: i64 = 86_400_000;

async fn named(house: &House, name: &str) -> PersonId {
    let found = house
        .data(&format!(
            "{{ search(query: \"{name}\", first: 1) {{ nodes {{ ... on Person {{ id }} }} }} }}"
        ))
        .await;
    found["search"]["nodes"][0]["id"].as_str().unwrap().parse().unwrap()
}

fn draft(through: &[PersonId], target: PersonId) -> IntroductionDraft {
    IntroductionDraft {
        seeker: None,
        connectors: through.to_vec(),
        target,
        purpose: "To talk about their roadmap".into(),
        account: None,
        list: None,
        variant: Some("short".into()),
        answer_days: None,
        is_draft: false,
        idempotency_key: None,
    }
}

async fn act(
    tertius: &Tertius,
    viewer: &Viewer,
    id: IntroductionId,
    doing: Doing,
) -> ServiceResult<IntroductionView> {
    tertius.advance_introduction(viewer, &Advance::of(id, doing)).await
}

fn code<T: std::fmt::Debug>(result: ServiceResult<T>) -> RefusalCode {
    match result {
        Err(ServiceError::Refused(refusal)) => refusal.code,
        other => panic!("it was not refused: {other:?}"),
    }
}

/// Everything that somebody is told of introductions, paths, loads, and what is noted.
async fn told(house: &House, login: &str, target: PersonId) -> String {
    let viewer = house.viewer(login).await;
    let is_admin = viewer.role() == tertius::model::Role::Admin;
    let routes = router(Door::open(Arc::clone(&house.tertius), viewer.clone()));
    let fields =
        "id revision state purpose createdAt expiresAt mine waitsForYou silentSince variant
        outcome seeker { id name } target { id } connectors { askedAt person { id revision } }
        waitsFor { id } consents { person { id } recordedAt reported }
        history { move at byLogin person { id } } allowedTransitions { move person { id } }";
    let trail = if is_admin {
        "auditTrail(first: 50) { nodes { at changes ids authorLogin touched { kind count } version } }"
    } else {
        ""
    };
    let all = format!(
        "{{ introductions(first: 50) {{ nodes {{ {fields} }} pageInfo {{ endCursor }} }}
            waiting: introductions(filter: {{ waiting: FOR_OTHERS }}) {{ nodes {{ id }} }}
            introductionFunnel {{ asked agreed consented introduced met asHoped }}
            viewer {{ askRules {{ revision }} }}
            keepInTouch(first: 20) {{ nodes {{ person {{ id }} strengthNow }} }}
            introPaths(input: {{ to: {{ personId: \"{target}\" }} }}) {{ nodes {{ key probability hops {{ load probability }} }} }}
            {trail} }}"
    );
    let answer = ask(&routes, &all).await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    let question = PathQuestion::to(To::Person(target));
    let paths = house.tertius.intro_paths(&viewer, &question).await.unwrap();
    let version = house.tertius.version();
    format!("{answer}\n{paths:?}\n{version:?}\n{:?}", house.store.version().await.unwrap())
}

#[tokio::test]
async fn a_silent_decline_looks_like_no_answer_at_every_moment_to_everybody_else() {
    let (silent, open) = (House::own().await, House::own().await);
    let mut answers: Vec<Vec<String>> = Vec::new();
    for (house, keeps_silent) in [(&silent, true), (&open, false)] {
        let (ines, tom) = (house.viewer("ines").await, house.viewer("tom").await);
        let target = named(house, "Elif").await;
        let start = house.clock_now();
        let view = house.tertius.request_introduction(&ines, draft(&[tom.person()], target)).await;
        let id = view.unwrap().id;
        let mut told_at = vec![told(house, "ines", target).await];
        if keeps_silent {
            let view = act(&house.tertius, &tom, id, Doing::KeepSilent).await.unwrap();
            assert_eq!(view.silent_since, Some(start));
            assert!(!view.is_waiting_for_me, "it is off the desk of who keeps silent");
            let again = act(&house.tertius, &tom, id, Doing::KeepSilent).await.unwrap();
            assert_eq!(again, view);
        }
        for days in [0, 1, 13, 14, 15, 40] {
            house.clock.set(start.plus_ms(days * DAY_MS));
            house.tertius.keep_up().await.unwrap();
            for login in ["ines", "mira", "bruno"] {
                told_at.push(told(house, login, target).await);
            }
            // What a seeker may try is answered alike.
            let again = house.tertius.request_introduction(&ines, draft(&[tom.person()], target));
            if days < 14 {
                told_at.push(format!("{:?}", again.await.map(|view| view.state)));
            }
            let early = act(&house.tertius, &ines, id, Doing::Introduce).await;
            told_at.push(format!("{:?}", early.map(|view| view.state)));
            let state = house.tertius.introduction(&ines, id).await.unwrap().state;
            assert_eq!(state == State::Expired, days >= 14, "{days}");
        }
        answers.push(told_at);
    }
    for (at, (one, other)) in answers[0].iter().zip(&answers[1]).enumerate() {
        assert_eq!(one, other, "{at}");
    }
    let (ines, tom) = (silent.viewer("ines").await, silent.viewer("tom").await);
    let target = named(&silent, "Elif").await;
    let late = silent.tertius.request_introduction(&ines, draft(&[tom.person()], target)).await;
    let late = late.unwrap().id;
    act(&silent.tertius, &tom, late, Doing::KeepSilent).await.unwrap();
    let agreed = act(&silent.tertius, &tom, late, Doing::Agree).await.unwrap();
    assert_eq!((agreed.silent_since, agreed.state), (None, State::AskedTarget), "after all");
    let page = PageRequest::default();
    let own = silent.tertius.introductions(&tom, &IntroductionFilter::default(), &page).await;
    assert!(own.unwrap().into_nodes().iter().any(|view| view.silent_since.is_some()));
}

#[tokio::test]
async fn an_introduction_goes_its_way_through_the_one_door() {
    let house = House::own().await;
    let (mira, tom, ines) =
        (house.viewer("mira").await, house.viewer("tom").await, house.viewer("ines").await);
    let target = named(&house, "Elif").await;
    let asked = house.tertius.request_introduction(&mira, draft(&[tom.person()], target)).await;
    let asked = asked.unwrap();
    assert_eq!(
        (asked.state, asked.waits_for.as_slice()),
        (State::AskedConnector, &[tom.person()][..])
    );
    let id = asked.id;
    let unseen = house.tertius.introduction(&ines, id).await;
    assert!(matches!(unseen, Err(ServiceError::NotFound(_))), "no admin's business");
    let foreign = act(&house.tertius, &ines, id, Doing::Agree).await;
    assert!(matches!(foreign, Err(ServiceError::NotFound(_))));
    let for_her =
        Advance { of: Some(tom.person()), how: Some("so".into()), ..Advance::of(id, Doing::Agree) };
    assert_eq!(
        code(house.tertius.advance_introduction(&mira, &for_her).await),
        RefusalCode::NotYours
    );
    let stale = Advance { expected_revision: Some(7), ..Advance::of(id, Doing::Agree) };
    assert_eq!(code(house.tertius.advance_introduction(&tom, &stale).await), RefusalCode::Conflict);
    let early = act(&house.tertius, &tom, id, Doing::Introduce).await;
    assert_eq!(code(early), RefusalCode::ConsentMissing);
    let agree = Advance {
        idempotency_key: Some("yes".into()),
        expected_revision: Some(1),
        ..Advance::of(id, Doing::Agree)
    };
    let agreed = house.tertius.advance_introduction(&tom, &agree).await.unwrap();
    assert_eq!((agreed.state, agreed.waits_for.as_slice()), (State::AskedTarget, &[target][..]));
    assert_eq!(agreed.variant, None, "only whoever began it is told");
    let again = house.tertius.advance_introduction(&tom, &agree).await.unwrap();
    assert_eq!(again, agreed, "a repeated call does nothing");
    let yes = Advance { of: Some(target), ..Advance::of(id, Doing::Agree) };
    assert_eq!(code(house.tertius.advance_introduction(&tom, &yes).await), RefusalCode::Blank);
    let yes = Advance { how: Some("on the phone".into()), ..yes };
    let consented = house.tertius.advance_introduction(&tom, &yes).await.unwrap();
    assert_eq!(consented.state, State::Consented);
    let reported: Vec<bool> = consented.consents.iter().map(|c| c.report.is_some()).collect();
    assert_eq!(reported, [false, true]);
    for (viewer, doing, state) in
        [(&tom, Doing::Introduce, State::Introduced), (&mira, Doing::Meet, State::Met)]
    {
        assert_eq!(act(&house.tertius, viewer, id, doing).await.unwrap().state, state);
    }
    assert_eq!(code(act(&house.tertius, &mira, id, Doing::Close).await), RefusalCode::Blank);
    let outcome = Some(tertius::model::Outcome::AsHoped);
    let close = Advance { outcome, ..Advance::of(id, Doing::Close) };
    let closed = house.tertius.advance_introduction(&mira, &close).await.unwrap();
    assert_eq!((closed.state, closed.outcome, closed.allowed.len()), (State::Closed, outcome, 0));
    assert_eq!(closed.history.len(), 6);
    let waiting = IntroductionFilter { waiting: Some(Waiting::ForOthers), ..Default::default() };
    let page = PageRequest { first: Some(100), after: None };
    let left = house.tertius.introductions(&mira, &waiting, &page).await.unwrap().into_nodes();
    assert!(!left.iter().any(|view| view.id == id));
    let balance = house.tertius.introduction_balance(&tom, tom.person()).await.unwrap();
    assert!(balance.given >= 1, "{balance:?}");
    assert_eq!(house.store.check().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_connector_may_start_and_then_both_are_asked() {
    let house = House::own().await;
    let (mira, tom) = (house.viewer("mira").await, house.viewer("tom").await);
    let target = named(&house, "Elif").await;
    let both = IntroductionDraft { seeker: Some(mira.person()), ..draft(&[], target) };
    let started = house.tertius.request_introduction(&tom, both).await.unwrap();
    assert_eq!((started.state, started.waits_for.len()), (State::AskedBoth, 2));
    let id = started.id;
    assert_eq!(
        code(act(&house.tertius, &tom, id, Doing::Introduce).await),
        RefusalCode::ConsentMissing
    );
    act(&house.tertius, &mira, id, Doing::Agree).await.unwrap();
    let theirs =
        Advance { of: Some(target), how: Some("by mail".into()), ..Advance::of(id, Doing::Agree) };
    assert_eq!(
        code(house.tertius.advance_introduction(&mira, &theirs).await),
        RefusalCode::NotYours
    );
    let ready = house.tertius.advance_introduction(&tom, &theirs).await.unwrap();
    assert_eq!(ready.state, State::Consented);
    assert_eq!(
        act(&house.tertius, &tom, id, Doing::Introduce).await.unwrap().state,
        State::Introduced
    );
}

/// Whether a path from Mira to somebody leads through Tom.
async fn leads_through(house: &House, viewer: &Viewer, tom: PersonId, to: PersonId) -> bool {
    let question = PathQuestion {
        page: PageRequest { first: Some(20), after: None },
        ..PathQuestion::to(To::Person(to))
    };
    let found = house.tertius.intro_paths(viewer, &question).await.unwrap();
    found
        .paths
        .entries
        .iter()
        .any(|(_, path)| path.hops.iter().any(|hop| hop.to == tom && hop.to != to))
}

#[tokio::test]
async fn requests_and_paths_obey_the_limits_of_a_connector_and_a_refusal_names_them() {
    let house = House::own().await;
    let (mira, tom) = (house.viewer("mira").await, house.viewer("tom").await);
    let target = named(&house, "Elif").await;
    assert!(leads_through(&house, &mira, tom.person(), target).await);
    let today = house.clock_now().day();
    let request = async || match house
        .tertius
        .request_introduction(&mira, draft(&[tom.person()], target))
        .await
    {
        Err(ServiceError::Refused(refusal)) => (refusal.code, refusal.free_on),
        other => panic!("it was not refused: {other:?}"),
    };
    let open = AskRulesDraft { tells_why: true, ..AskRulesDraft::default() };
    let month = tertius::model::month_of(house.clock_now()).1.day();
    let quiet = vec![(Some(today), Some(today.plus(3)))];
    for (limits, expected) in [
        (AskRulesDraft { per_month: Some(0), ..open.clone() }, (RefusalCode::Quota, None)),
        (AskRulesDraft { quiet, ..open.clone() }, (RefusalCode::CoolingOff, Some(today.plus(4)))),
        (
            AskRulesDraft { never: vec![Holder::Person(target)], ..open.clone() },
            (RefusalCode::DoNotContact, None),
        ),
    ] {
        house.tertius.set_ask_rules(&tom, limits.clone()).await.unwrap();
        assert_eq!(request().await, expected, "{limits:?}");
        assert!(!leads_through(&house, &mira, tom.person(), target).await, "{limits:?}");
        let quietly = AskRulesDraft { tells_why: false, ..limits };
        house.tertius.set_ask_rules(&tom, quietly).await.unwrap();
        assert_eq!(request().await, (RefusalCode::CoolingOff, expected.1), "it names no limit");
    }
    let later = AskRulesDraft { per_month: Some(0), over_cap: OverCap::Later, ..open.clone() };
    house.tertius.set_ask_rules(&tom, later).await.unwrap();
    assert!(leads_through(&house, &mira, tom.person(), target).await, "it only comes later");
    house.tertius.set_ask_rules(&tom, open).await.unwrap();
    let twin = house.twin().await;
    let fresh = twin.request_introduction(&mira, draft(&[tom.person()], target)).await.unwrap();
    assert_eq!(fresh.state, State::AskedConnector);
    assert_eq!(request().await.0, RefusalCode::Conflict, "one at a time");
    act(&house.tertius, &mira, fresh.id, Doing::Withdraw).await.unwrap();
    let asked = asked_of(&house, tom.person()).await.len();
    let full =
        AskRulesDraft { per_month: Some(asked as u16), tells_why: true, ..Default::default() };
    house.tertius.set_ask_rules(&tom, full).await.unwrap();
    assert_eq!(request().await, (RefusalCode::Quota, Some(month)), "until the next month");
}

/// The people on the best paths from Mira into a company, best first.
async fn ways_into(house: &House, viewer: &Viewer, company: CompanyId) -> Vec<Vec<PersonId>> {
    let page = PageRequest { first: Some(20), after: None };
    let question = PathQuestion { page, ..PathQuestion::to(To::Company(company)) };
    let found = house.tertius.intro_paths(viewer, &question).await.unwrap();
    let people = |path: &tertius::service::IntroPath| -> Vec<PersonId> {
        path.hops.iter().map(|hop| hop.to).collect()
    };
    found.paths.entries.iter().map(|(_, path)| people(path)).collect()
}

#[tokio::test]
async fn who_introduces_nobody_to_one_of_a_company_still_leads_to_the_others_and_nothing_else_moves()
 {
    let house = House::own().await;
    let (mira, tom) = (house.viewer("mira").await, house.viewer("tom").await);
    let target = named(&house, "Elif").await;
    let person = house.tertius.person(&mira, target).await.unwrap();
    let company = person.jobs.iter().find(|job| job.current).unwrap().company;
    let mut expected = ways_into(&house, &mira, company).await;
    let all = expected.len();
    expected.retain(|way| way.last() != Some(&target) || !way.contains(&tom.person()));
    assert!(expected.len() < all, "there is something to leave out");
    let limits = AskRulesDraft { never: vec![Holder::Person(target)], ..Default::default() };
    house.tertius.set_ask_rules(&tom, limits).await.unwrap();
    let found = ways_into(&house, &mira, company).await;
    assert_eq!(found[..expected.len()], expected[..]);
    let barred = |way: &Vec<PersonId>| way.last() == Some(&target) && way.contains(&tom.person());
    assert!(!found.iter().any(barred));
}

#[tokio::test]
async fn an_approver_lets_a_request_through_before_the_connector_answers() {
    let house = House::own().await;
    let (mira, tom, ana) =
        (house.viewer("mira").await, house.viewer("tom").await, house.viewer("ana").await);
    let limits =
        AskRulesDraft { approver: Some(ana.member()), tells_why: true, ..Default::default() };
    house.tertius.set_ask_rules(&tom, limits).await.unwrap();
    let target = named(&house, "Elif").await;
    let id =
        house.tertius.request_introduction(&mira, draft(&[tom.person()], target)).await.unwrap().id;
    assert_eq!(code(act(&house.tertius, &tom, id, Doing::Agree).await), RefusalCode::Transition);
    let for_me = IntroductionFilter { waiting: Some(Waiting::ForMe), ..Default::default() };
    let desk = house.tertius.introductions(&ana, &for_me, &PageRequest::default()).await.unwrap();
    assert!(desk.into_nodes().iter().any(|view| view.id == id));
    act(&house.tertius, &ana, id, Doing::Approve).await.unwrap();
    let agreed = act(&house.tertius, &tom, id, Doing::Agree).await.unwrap();
    assert_eq!(agreed.state, State::AskedTarget);
}

/// Many requests at once, of different seekers and for different targets, by two processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_at_once_never_pass_a_cap_and_lose_or_double_no_move() {
    let house = House::own().await;
    let houses = [Arc::clone(&house.tertius), house.twin().await];
    let (tom, mira, ana, ines) = (
        house.viewer("tom").await,
        house.viewer("mira").await,
        house.viewer("ana").await,
        house.viewer("ines").await,
    );
    let limits = AskRulesDraft { per_month: Some(4), tells_why: true, ..Default::default() };
    house.tertius.set_ask_rules(&tom, limits).await.unwrap();
    let before = asked_of(&house, tom.person()).await;
    let target = named(&house, "Elif").await;
    let viewers = [mira, ana, ines, tom.clone()];
    let runs = (0..4_u64).map(|run| {
        let (tertius, viewers) = (Arc::clone(&houses[run as usize % 2]), viewers.clone());
        tokio::spawn(run_randomly(tertius, viewers, target, run))
    });
    let mut done = 0;
    for run in runs.collect::<Vec<_>>() {
        done += run.await.unwrap();
    }
    let asked = asked_of(&house, tom.person()).await;
    assert!(asked.len() <= before.len().max(4), "the cap holds: {}", asked.len());
    let all = every_introduction(&house, &viewers).await;
    let moves: usize = all.iter().map(|one| one.history.len()).sum();
    assert_eq!(moves, done, "each move that was answered with yes is recorded once");
    for one in &all {
        replay(one);
    }
    assert_eq!(house.store.check().await.unwrap(), [""; 0]);
}

async fn asked_of(house: &House, connector: PersonId) -> Vec<Timestamp> {
    let month = tertius::model::month_of(house.clock_now()).0;
    let asks = house.store.asks_since(month).await.unwrap().into_iter();
    asks.filter(|ask| ask.connector == connector).map(|ask| ask.at).collect()
}

/// Tries things at random; how many moves were made.
async fn run_randomly(
    tertius: Arc<Tertius>,
    viewers: [Viewer; 4],
    target: PersonId,
    seed: u64,
) -> usize {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let (mut done, page) = (0, PageRequest { first: Some(100), after: None });
    let tom = viewers[3].person();
    for turn in 0..25 {
        let viewer = &viewers[chance.random_range(0..4)];
        if chance.random_bool(0.2) {
            let asked = tertius.request_introduction(viewer, draft(&[tom], target)).await;
            done += usize::from(asked.is_ok());
            continue;
        }
        let seen =
            tertius.introductions(viewer, &IntroductionFilter::default(), &page).await.unwrap();
        let mut open = seen.into_nodes();
        open.retain(|view| !view.history.is_empty() && !view.allowed.is_empty());
        if open.is_empty() {
            continue;
        }
        let view = &open[chance.random_range(0..open.len())];
        let allowed = view.allowed[chance.random_range(0..view.allowed.len())];
        let outcome = (allowed.doing == Doing::Close).then_some(tertius::model::Outcome::Useful);
        let advance = Advance {
            of: allowed.of,
            how: allowed.of.map(|_| "by mail".into()),
            outcome,
            idempotency_key: Some(format!("{seed} {turn}")),
            ..Advance::of(view.id, allowed.doing)
        };
        let moved = tertius.advance_introduction(viewer, &advance).await;
        done += usize::from(moved.is_ok() && allowed.doing != Doing::KeepSilent);
    }
    done
}

/// The introductions that were made by moves.
async fn every_introduction(
    house: &House,
    viewers: &[Viewer],
) -> Vec<tertius::model::Introduction> {
    let parties: Vec<_> = viewers.iter().map(|viewer| viewer.person().into()).collect();
    let found = house.store.introductions_of(&parties, None, 1_000).await.unwrap();
    let all = found.into_iter().map(|one| one.value);
    all.filter(|one| !one.history.is_empty()).collect()
}

/// Makes the recorded moves again, one by one, and comes to the recorded state.
fn replay(one: &tertius::model::Introduction) {
    let asks = one.route.asks().iter().map(|ask| tertius::model::Ask { asked_at: None, ..*ask });
    let route = tertius::model::Route::new(one.route.seeker(), asks.collect(), one.route.target());
    let mut again = tertius::model::Introduction {
        route: route.unwrap(),
        state: State::Draft,
        expires_at: None,
        history: Vec::new(),
        ..one.clone()
    };
    let insiders = one.route.people().filter(|who| *who != one.route.target()).collect();
    for step in &one.history {
        let tertius::model::Author::Member(member) = step.by else { panic!("nobody signed") };
        let people: Vec<PersonId> = one.route.people().collect();
        let made = people.iter().find_map(|&person| {
            let actor = Actor { person, member, insiders: &insiders };
            again.advance(&actor, (step.made, step.report.clone()), step.at).ok()
        });
        again = made.expect("somebody on the route might make it");
    }
    assert_eq!(again.state, one.state);
    let yes = |who: PersonId| one.history.iter().any(|step| step.made == Move::Agree(who));
    let introduced = matches!(one.state, State::Introduced | State::Met | State::Closed);
    assert!(!introduced || one.needs_yes_of().into_iter().all(yes), "{one:?}");
}

#[tokio::test]
async fn no_station_of_the_funnel_counts_more_than_the_one_before_it() {
    let house = House::own().await;
    for login in ["mira", "tom", "ana", "ines"] {
        let viewer = house.viewer(login).await;
        let question = FunnelQuestion::default();
        let all = house.tertius.introduction_funnel(&viewer, &question).await.unwrap();
        let Funnel { asked, agreed, consented, introduced, met, as_hoped } = all;
        let counts = [asked, agreed, consented, introduced, met, as_hoped];
        assert!(counts.windows(2).all(|two| two[0] >= two[1]), "{login}: {counts:?}");
    }
}
