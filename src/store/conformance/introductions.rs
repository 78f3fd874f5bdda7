//! Introductions by who has a part in them, silences, and limits to being asked.

use futures_util::TryStreamExt as _;

use super::prelude::*;
use crate::{
    model::{
        AnyId, Ask, AskRules, Author, Change, Claim, Day, Erasure, ErasureId, Expect, Fact, Holder, Introduction, IntroductionId,
        IntroductionState as State, MemberId, Purpose, Reason, Revision, Route, Silence, Span, Timestamp, Traces, Version,
    },
    store::{Conflict, PAGE_MAX, Store, StoreError, StoreResult},
};

fn request(n: u128, people: [u128; 3], state: State) -> Introduction {
    let [from, through, to] = people.map(person);
    let asks = vec![Ask { asked_at: Some(NOON), ..Ask::of(through) }];
    let route = Route::new(from, asks, to).expect("three different people");
    let purpose = Purpose::new("To talk").expect("a good purpose");
    Introduction::standing(IntroductionId::new(n), route, purpose, (state, NOON))
}

fn silence(n: u128, owner: u128) -> Silence {
    Silence { introduction: IntroductionId::new(n), owner: member(owner), at: NOON }
}

async fn of(store: &dyn Store, parties: &[AnyId]) -> StoreResult<Vec<u128>> {
    let found = store.introductions_of(parties, None, PAGE_MAX).await?;
    Ok(found.iter().map(|one| one.value.id.value()).collect())
}

cases! { $ __store_cases_of_introductions;
    async fn introductions_are_found_by_whoever_has_a_part_in_them_page_by_page(place) {
        let store = populated(place).await?;
        let mut approved = request(3, [5, 2, 6], State::AskedConnector);
        let ask = Ask { approver: Some(member(1)), ..approved.route.asks()[0] };
        approved.route = Route::new(person(5), vec![ask], person(6))?;
        let all = [request(1, [1, 2, 3], State::Draft), request(2, [4, 3, 1], State::Met), approved];
        apply(&*store, 2, all.clone().map(Change::PutIntroduction)).await?;
        for (who, expected) in [(1, &[1, 2][..]), (2, &[1, 3]), (3, &[1, 2]), (6, &[3]), (7, &[])] {
            assert_eq!(of(&*store, &[person(who).into()]).await?, expected, "{who}");
        }
        assert_eq!(of(&*store, &[member(1).into()]).await?, [3], "who lets it through");
        assert_eq!(of(&*store, &[person(4).into(), person(6).into()]).await?, [2, 3]);
        assert_eq!(of(&*store, &[]).await?, [0; 0]);
        let who = [person(1).into()];
        let second = store.introductions_of(&who, Some(IntroductionId::new(1)), 1).await?;
        assert_eq!(second[0].value, all[1]);
        // It is about others now.
        let moved = request(1, [7, 8, 9], State::Draft);
        apply(&*store, 3, [Change::PutIntroduction(moved)]).await?;
        assert_eq!(of(&*store, &[person(1).into()]).await?, [2]);
        assert_eq!(of(&*store, &[person(7).into()]).await?, [1]);
        let too_many = store.introductions_of(&[], None, PAGE_MAX + 1).await;
        assert!(matches!(too_many, Err(StoreError::BadBatch(_))));
    }

    async fn a_silence_is_its_owners_and_changes_nothing_that_others_read(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [Change::PutIntroduction(request(1, [1, 2, 3], State::AskedConnector))])
            .await?;
        let ids = [IntroductionId::new(1)];
        let before = store.introductions(&ids).await?;
        let asked = store.asks_since(NOON).await?;
        let version = store.version().await?;
        store.note_silence(silence(1, 2)).await?;
        let again = Silence { at: NOON.plus_ms(1), ..silence(1, 2) };
        store.note_silence(again).await?;
        assert_eq!(store.version().await?, version);
        assert_eq!(store.introductions(&ids).await?, before, "its revision too");
        assert_eq!(store.asks_since(NOON).await?, asked);
        assert_eq!(store.silences_of(member(2)).await?, [silence(1, 2)], "the first stays");
        assert_eq!(store.silences_of(member(1)).await?, []);
        let told: Vec<_> = store.stream_changes(version).try_collect().await?;
        assert_eq!(told, [], "nobody is told that anything changed");
        let unknown = store.note_silence(silence(404, 2)).await;
        assert!(matches!(unknown, Err(StoreError::Missing(_))), "{unknown:?}");
    }

    async fn how_often_people_are_willing_to_be_asked_is_listed_page_by_page_as_it_stands(place) {
        let store = populated(place).await?;
        let limit = |(one, per_month)| Claim::AskLimit { person: person(one), per_month };
        let limits: Vec<Claim> = [(1, 0), (2, 3), (3, 0)].map(limit).into();
        apply(&*store, 2, limits.iter().cloned().map(tell).collect::<Vec<_>>()).await?;
        let version = store.version().await?;
        let mut expected: Vec<_> = limits.iter().cloned().map(id_of).collect();
        expected.sort_unstable();
        let ids = |facts: Vec<Fact>| facts.into_iter().map(|fact| fact.id).collect::<Vec<_>>();
        assert_eq!(ids(store.ask_limits(None, PAGE_MAX).await?), expected);
        assert_eq!(ids(store.ask_limits(None, 2).await?), expected[..2]);
        assert_eq!(ids(store.ask_limits(Some(expected[1]), 2).await?), expected[2..]);
        let back = expected[0];
        apply(&*store, 3, [Change::retract(back, &to_team())]).await?;
        assert_eq!(ids(store.ask_limits(None, PAGE_MAX).await?), expected[1..]);
        let then = store.as_of(version).ask_limits(None, PAGE_MAX).await?;
        assert_eq!(ids(then), expected, "as it stood then");
        let too_many = store.ask_limits(None, PAGE_MAX + 1).await;
        assert!(matches!(too_many, Err(StoreError::BadBatch(_))));
    }

    async fn limits_come_by_member_with_gaps_and_as_all(place) {
        let store = populated(place).await?;
        let span = Span::new(Some("2026-12-01".parse::<Day>()?), None)?;
        let rules = AskRules {
            per_month: Some(2),
            never: vec![Holder::Person(person(3)), Holder::Company(company(1))],
            quiet: vec![span],
            approver: Some(member(1)),
            ..AskRules::none(member(2))
        };
        apply(&*store, 2, [Change::PutAskRules(rules.clone())]).await?;
        let found = store.ask_rules(&[member(1), member(2)]).await?;
        assert_eq!(found[0], None);
        let two = found[1].clone().expect("they were put");
        assert_eq!((two.value, two.revision), (rules.clone(), Revision(1)));
        assert_eq!(store.all_ask_rules().await?.len(), 1);
        assert_eq!(store.as_of(Version(1)).all_ask_rules().await?, [], "nobody had said anything");
        let looser = AskRules { per_month: None, ..rules.clone() };
        apply(&*store, 3, [Change::PutAskRules(looser)]).await?;
        assert_eq!(store.ask_rules(&[member(2)]).await?[0].as_ref().map(|r| r.revision), Some(Revision(2)));
        let unknown = AskRules { approver: Some(MemberId::new(404)), ..rules };
        let said = apply(&*store, 4, [Change::PutAskRules(unknown)]).await;
        assert!(matches!(said, Err(StoreError::Missing(_))), "{said:?}");
    }

    async fn a_request_that_has_expired_stands_in_nobodys_way(place) {
        let store = populated(place).await?;
        let end = NOON.plus_ms(DAY_MS);
        let mut open = request(1, [1, 2, 3], State::AskedConnector);
        open.expires_at = Some(end);
        apply(&*store, 2, [Change::PutIntroduction(open)]).await?;
        let expects = vec![Expect::NoOpenRequest { seekers: vec![person(1)], connector: person(2) }];
        let at = |id, at: Timestamp| crate::model::Batch {
            expects: expects.clone(),
            at,
            ..batch(id, [tell(called(1, &format!("Ana {id}")))])
        };
        let met = store.apply(&at(3, end.plus_ms(-1))).await;
        let waits = Conflict::OpenRequest(IntroductionId::new(1));
        assert!(matches!(met, Err(StoreError::Conflict(conflict)) if conflict == waits));
        store.apply(&at(4, end)).await?;
    }

    async fn an_erased_person_takes_introductions_silences_and_limits_with_them(place) {
        let store = populated(place).await?;
        let about = Traces::of([person(3)]);
        let rules = AskRules { never: [3, 4].map(|n| Holder::Person(person(n))).to_vec(), ..AskRules::none(member(2)) };
        apply(&*store, 2, [
            Change::PutIntroduction(request(1, [1, 2, 3], State::AskedConnector)),
            Change::PutIntroduction(request(2, [1, 2, 4], State::AskedConnector)),
            Change::PutAskRules(rules),
        ]).await?;
        for n in [1, 2] {
            store.note_silence(silence(n, 2)).await?;
        }
        let erasure = Erasure {
            id: ErasureId::new(1),
            people: vec![person(3)],
            reason: Reason::new("asked for it")?,
            author: Author::Member(member(1)),
            at: NOON,
        };
        apply(&*store, 3, [Change::ErasePerson(erasure, about)]).await?;
        assert_eq!(of(&*store, &[person(1).into()]).await?, [2]);
        assert_eq!(store.silences_of(member(2)).await?, [silence(2, 2)]);
        let never = store.ask_rules(&[member(2)]).await?[0].clone().expect("they stay").value.never;
        assert_eq!(never, [Holder::Person(person(4))]);
    }
}
