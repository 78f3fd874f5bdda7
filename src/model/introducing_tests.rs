use proptest::prelude::*;

use super::*;
use crate::model::{Ask, Carried, IntroductionId, Purpose, Reason, Route};

const SEEKER: u128 = 1;
const TARGET: u128 = 9;
const DAY_MS: i64 = 86_400_000;

fn person(n: u128) -> PersonId {
    PersonId::new(n)
}

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// A draft from person 1 through so many, numbered from 2, to person 9.
fn draft(connectors: u128, start: Start, approved: bool) -> Introduction {
    let approver = approved.then(|| MemberId::new(7));
    let ask = |n| Ask { approver: approver.filter(|_| n == 2), ..Ask::of(person(n)) };
    let asks = (2..2 + connectors).map(ask).collect();
    let route = Route::new(person(SEEKER), asks, person(TARGET)).unwrap();
    let (id, purpose) = (IntroductionId::new(1), Purpose::new("To talk").unwrap());
    let draft = Introduction::standing(id, route, purpose, (State::Draft, now()));
    Introduction { carried: Carried { start, ..Carried::default() }, ..draft }
}

/// People are numbered as the members who stand for them; 7 approves, 8 has nothing to do with it.
const ACTORS: [u128; 7] = [1, 2, 3, 4, 7, 8, 9];

fn insiders(of: &[u128]) -> BTreeSet<PersonId> {
    of.iter().map(|&n| person(n)).collect()
}

fn actor(n: u128, insiders: &BTreeSet<PersonId>) -> Actor<'_> {
    Actor { person: person(n), member: MemberId::new(n), insiders }
}

fn told(how: &str) -> Report {
    Report { how: Reason::new(how).unwrap(), said_at: now() }
}

/// Makes a move, with a report where one is needed.
fn try_it(
    from: &Introduction,
    actor: &Actor<'_>,
    made: Move,
    at: Timestamp,
) -> Result<Introduction, NoMove> {
    match from.advance(actor, (made, None), at) {
        Err(NoMove::HowMissing(_)) => from.advance(actor, (made, Some(told("by phone"))), at),
        other => other,
    }
}

/// All that anybody could try.
fn attempts(introduction: &Introduction) -> Vec<Move> {
    let people: Vec<PersonId> = introduction.route.people().chain([person(8)]).collect();
    let of = |make: fn(PersonId) -> Move| people.iter().copied().map(make);
    let mut all = vec![Move::Ask, Move::Introduce, Move::Meet, Move::Withdraw];
    all.extend(of(Move::Approve).chain(of(Move::Agree)).chain(of(Move::Decline)));
    all.extend([Outcome::AsHoped, Outcome::NeverMet].map(Move::Close));
    all
}

/// Read from the history alone: whose yes was recorded, and not taken back, before they were
/// introduced; and whether each of them was let through who needs it.
fn check_history(introduction: &Introduction) {
    let mut yes = BTreeSet::new();
    let mut approved = BTreeSet::new();
    for step in &introduction.history {
        match step.made {
            Move::Approve(who) => _ = approved.insert(who),
            Move::Agree(who) => _ = yes.insert(who),
            Move::Decline(who) => _ = yes.remove(&who),
            Move::Introduce => {
                for who in introduction.route.people().skip(1) {
                    assert!(yes.contains(&who), "{who} never said yes: {introduction:?}");
                }
                let by_connector = introduction.carried.start == Start::Connector;
                assert!(!by_connector || yes.contains(&person(SEEKER)));
                for ask in introduction.route.asks() {
                    assert!(ask.approver.is_none() || approved.contains(&ask.connector));
                }
            }
            _ => {}
        }
    }
    let introduced = |state| matches!(state, State::Introduced | State::Met | State::Closed);
    let steps = introduction.history.iter().filter(|s| s.made == Move::Introduce).count();
    assert_eq!(steps, usize::from(introduced(introduction.state)), "{introduction:?}");
    assert!(introduction.history.windows(2).all(|two| two[0].at <= two[1].at));
}

/// Walks every interleaving, and counts where it comes to.
fn walk(from: &Introduction, insiders: &BTreeSet<PersonId>, ends: &mut Vec<State>) {
    check_history(from);
    assert!(from.history.len() < 20, "it comes to an end");
    let mut moved = false;
    let attempts = attempts(from);
    for n in ACTORS {
        let actor = actor(n, insiders);
        let offered = from.allowed(&actor, now());
        for &made in &attempts {
            let next = try_it(from, &actor, made, now());
            assert_eq!(
                offered.contains(&made),
                next.is_ok(),
                "{made:?} by {n}: {next:?} of {from:?}"
            );
            if let Ok(next) = next {
                moved = true;
                walk(&next, insiders, ends);
            }
        }
    }
    if !moved {
        ends.push(from.state);
    }
}

#[test]
fn no_order_of_moves_introduces_anybody_without_every_yes() {
    for (connectors, start, approved) in [
        (1, Start::Seeker, false),
        (1, Start::Seeker, true),
        (2, Start::Seeker, false),
        (2, Start::Seeker, true),
        (3, Start::Seeker, false),
        (1, Start::Connector, false),
    ] {
        for outside in [&[][..], &[2], &[TARGET], &[2, 3, 4, TARGET], &[SEEKER, TARGET]] {
            let inside: Vec<u128> = ACTORS.into_iter().filter(|n| !outside.contains(n)).collect();
            let mut ends = Vec::new();
            walk(&draft(connectors, start, approved), &insiders(&inside), &mut ends);
            let starter = if start == Start::Seeker { SEEKER } else { 2 };
            let reached = ends.contains(&State::Closed);
            assert!(reached || outside.contains(&starter), "{connectors} {start:?} {outside:?}");
            assert!(ends.iter().all(|end| !end.is_open()), "whatever is open can be moved on");
        }
    }
}

#[test]
fn each_is_asked_in_turn_and_sees_it_from_then_on() {
    let all = insiders(&ACTORS);
    let by = |n| actor(n, &all);
    let mut one = draft(2, Start::Seeker, false);
    let mut said = Vec::new();
    for (n, made) in [
        (1, Move::Ask),
        (2, Move::Agree(person(2))),
        (3, Move::Agree(person(3))),
        (9, Move::Agree(person(9))),
        (3, Move::Introduce),
        (9, Move::Meet),
        (1, Move::Close(Outcome::AsHoped)),
    ] {
        one = one.advance(&by(n), (made, None), now()).unwrap();
        let seen = one.route.people().filter(|who| one.has_reached(*who)).count();
        said.push((one.state.as_str(), seen, one.waits_for(now()).len()));
    }
    assert_eq!(
        said,
        [
            ("asked connector", 2, 1),
            ("asked next connector", 3, 1),
            ("asked target", 4, 1),
            ("consented", 4, 1),
            ("introduced", 4, 0),
            ("met", 4, 0),
            ("closed", 4, 0)
        ]
    );
    assert_eq!(one.outcome(), Some(Outcome::AsHoped));
    assert_eq!(one.consents().len(), 3);
}

#[test]
fn members_answer_for_themselves_and_what_others_said_is_reported() {
    let all = insiders(&[1, 2]);
    let asked = draft(1, Start::Seeker, false).advance(&actor(1, &all), (Move::Ask, None), now());
    let asked = asked.unwrap();
    let (agree, target) = (Move::Agree(person(2)), Move::Agree(person(TARGET)));
    let by_seeker = asked.advance(&actor(1, &all), (agree, Some(told("so"))), now());
    assert_eq!(by_seeker, Err(NoMove::AnswersThemselves(person(2))));
    let needless = asked.advance(&actor(2, &all), (agree, Some(told("so"))), now());
    assert_eq!(needless, Err(NoMove::HowNotNeeded));
    let agreed = asked.advance(&actor(2, &all), (agree, None), now()).unwrap();
    let how = agreed.advance(&actor(2, &all), (target, None), now());
    assert_eq!(how, Err(NoMove::HowMissing(person(TARGET))));
    let stranger = agreed.advance(&actor(8, &all), (target, Some(told("so"))), now());
    assert_eq!(stranger, Err(NoMove::NotYours));
    let reported = agreed.advance(&actor(1, &all), (target, Some(told("by mail"))), now()).unwrap();
    let consent = reported.consents().pop().unwrap();
    assert_eq!(consent.report.unwrap().how.as_str(), "by mail");
    assert_eq!(consent.by, Author::Member(MemberId::new(1)));
}

#[test]
fn what_nobody_answers_expires_and_takes_no_more_answers() {
    let all = insiders(&ACTORS);
    let asked = draft(1, Start::Seeker, false).advance(&actor(1, &all), (Move::Ask, None), now());
    let asked = asked.unwrap();
    let end = now().plus_ms(i64::from(ANSWER_DAYS) * DAY_MS);
    assert_eq!(asked.state_at(end.plus_ms(-1)), State::AskedConnector);
    assert_eq!(asked.state_at(end), State::Expired);
    let late = asked.advance(&actor(2, &all), (Move::Agree(person(2)), None), end);
    assert_eq!(late, Err(NoMove::State(State::Expired)));
    assert_eq!(asked.allowed(&actor(1, &all), end), []);
    assert!(asked.may_keep_silent(&actor(2, &all), now()));
    assert!(!asked.may_keep_silent(&actor(2, &all), end) && asked.waits_for(end).is_empty());
}

#[test]
fn a_yes_can_be_taken_back_until_they_are_introduced() {
    let all = insiders(&ACTORS);
    let mut one = draft(1, Start::Seeker, false);
    let yes = |n| (n, Move::Agree(person(n)));
    for (n, made) in [(1, Move::Ask), yes(2), yes(TARGET)] {
        one = one.advance(&actor(n, &all), (made, None), now()).unwrap();
    }
    let no = (Move::Decline(person(2)), None);
    let back = one.advance(&actor(2, &all), no.clone(), now()).unwrap();
    assert_eq!((back.state, back.consents().len()), (State::DeclinedByConnector, 1));
    let done = one.advance(&actor(2, &all), (Move::Introduce, None), now()).unwrap();
    let late = done.advance(&actor(2, &all), no, now());
    assert_eq!(late, Err(NoMove::State(State::Introduced)));
}

#[test]
fn texts_that_name_somebody_who_is_erased_no_longer_do() {
    use crate::model::{Claim, Name, Scrubbed as _, Tag, Traces};
    let all = insiders(&[1, 2]);
    let mut one = draft(1, Start::Seeker, false);
    one.carried.variant = Tag::new("as Elif Kaya likes it").ok();
    for (n, made, report) in [
        (1, Move::Ask, None),
        (2, Move::Agree(person(2)), None),
        (2, Move::Agree(person(TARGET)), Some(told("Elif Kaya told me"))),
    ] {
        one = one.advance(&actor(n, &all), (made, report), now()).unwrap();
    }
    let mut traces = Traces::of([person(50)]);
    let name = Name::new("Elif Kaya").unwrap();
    traces.learn(&Claim::PersonName { person: person(50), name });
    let left = serde_json::to_string(&one.without(&traces).unwrap()).unwrap();
    assert!(!left.contains("Elif") && left.contains("(erased)"), "{left}");
}

proptest! {
    #[test]
    fn no_long_run_introduces_anybody_without_every_yes(
        connectors in 1u128..=3,
        approved in any::<bool>(),
        outside in proptest::collection::btree_set(2u128..=9, 0..4),
        moves in proptest::collection::vec((0usize..7, 0usize..40, 0i64..5), 1..120),
    ) {
        let inside: Vec<u128> = ACTORS.into_iter().filter(|n| !outside.contains(n)).collect();
        let all = insiders(&inside);
        let mut one = draft(connectors, Start::Seeker, approved);
        let mut at = now();
        for (who, what, days) in moves {
            at = at.plus_ms(days * DAY_MS / 2);
            let tries = attempts(&one);
            let made = tries[what % tries.len()];
            let before = one.history.len();
            if let Ok(next) = try_it(&one, &actor(ACTORS[who], &all), made, at) {
                prop_assert_eq!(next.history.len(), before + 1);
                one = next;
            }
            check_history(&one);
        }
    }
}
