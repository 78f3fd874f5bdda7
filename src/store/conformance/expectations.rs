//! What a batch may expect, and races that only one may win.

use std::sync::Arc;

use super::prelude::*;
use crate::{
    model::{
        AnyId, Ask, Batch, BatchId, Change, Expect, Introduction, IntroductionId,
        IntroductionState, PersonId, Purpose, Revision, Route, Timestamp, Version,
    },
    store::{Conflict, Store, StoreError, StoreResult},
};

fn asked(n: u128, connector: u128, at: Timestamp, state: IntroductionState) -> Introduction {
    let asks = vec![Ask { asked_at: Some(at), ..Ask::of(person(connector)) }];
    let route = Route::new(person(1), asks, person(30)).expect("three different people");
    let purpose = Purpose::new("To talk").expect("a good purpose");
    Introduction::standing(IntroductionId::new(n), route, purpose, (state, at))
}

fn expecting(id: u128, expect: Expect, change: Change) -> Batch {
    Batch { expects: vec![expect], ..batch(id, [change]) }
}

async fn conflict(store: &dyn Store, batch: &Batch) -> Option<Conflict> {
    match store.apply(batch).await {
        Err(StoreError::Conflict(conflict)) => Some(conflict),
        _ => None,
    }
}

/// Sends one batch to each of two stores at once; how many were applied, and what the others met.
async fn race(
    stores: [Arc<dyn Store>; 2],
    make: impl Fn(u128) -> Batch,
) -> (usize, Vec<Conflict>) {
    let tasks: Vec<_> = (0..8)
        .map(|n| {
            let (store, batch) = (Arc::clone(&stores[n % 2]), make(100 + n as u128));
            tokio::spawn(async move { store.apply(&batch).await })
        })
        .collect();
    let (mut won, mut conflicts) = (0, Vec::new());
    for task in tasks {
        match task.await.expect("a store does not panic") {
            Ok(_) => won += 1,
            Err(StoreError::Conflict(conflict)) => conflicts.push(conflict),
            Err(error) => panic!("{error}"),
        }
    }
    (won, conflicts)
}

async fn revision(store: &dyn Store, who: PersonId) -> StoreResult<u32> {
    let people = store.people(&[who]).await?;
    Ok(people[0].as_ref().map_or(0, |person| person.revision.0))
}

cases! { $ __store_cases_of_expectations;
    async fn a_revision_that_moved_on_is_a_conflict(place) {
        let store = populated(place).await?;
        let expect = |n| Expect::Revision(person(1).into(), Revision(n));
        let name = |id, n, name| expecting(id, expect(n), tell(called(1, name)));
        let present = revision(&*store, person(1)).await?;
        store.apply(&name(2, present, "Ana")).await?;
        let present = revision(&*store, person(1)).await?;
        let met = conflict(&*store, &name(3, present - 1, "Anna")).await;
        assert_eq!(met, Some(Conflict::Revision { id: person(1).into(), present }));
        assert_eq!(store.version().await?, Version(2));
        store.apply(&name(4, present, "Anna")).await?;
    }

    async fn what_is_not_there_yet_has_revision_0(place) {
        let store = populated(place).await?;
        let expect = |id: AnyId| Expect::Revision(id, Revision(0));
        for id in [person(99).into(), company(99).into(), list(99).into(), member(99).into()] {
            let held = Batch { expects: vec![expect(id)], ..batch(id.value(), []) };
            assert_eq!(conflict(&*store, &held).await, None);
        }
        for id in [person(1).into(), company(1).into(), list(1).into(), member(1).into()] {
            let met = conflict(&*store, &expecting(3, expect(id), tell(called(1, "A")))).await;
            assert_eq!(met, Some(Conflict::Revision { id, present: 1 }));
        }
    }

    async fn all_expectations_must_hold(place) {
        let store = populated(place).await?;
        let good = Expect::Revision(person(2).into(), Revision(1));
        let bad = Expect::Revision(person(2).into(), Revision(7));
        let both = Batch { expects: vec![good, bad], ..batch(2, [tell(called(1, "Ana"))]) };
        assert!(conflict(&*store, &both).await.is_some());
        assert_eq!(store.version().await?, Version(1));
    }

    async fn a_batch_sent_again_is_not_held_to_its_expectations(place) {
        let store = populated(place).await?;
        let expect = Expect::Revision(person(1).into(), Revision(1));
        let name = expecting(2, expect, tell(called(1, "Ana")));
        assert!(!store.apply(&name).await?.repeated);
        assert!(store.apply(&name).await?.repeated);
    }

    async fn requests_are_counted_within_the_month_of_the_batch(place) {
        let store = populated(place).await?;
        let at = |text: &str| text.parse::<Timestamp>();
        let moments = ["2026-10-31T23:59:59.999Z", "2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z",
            "2026-12-01T00:00:00Z"];
        for (n, moment) in (1..).zip(moments) {
            let request = asked(n, 2, at(moment)?, IntroductionState::Closed);
            apply(&*store, 10 + n, [Change::PutIntroduction(request)]).await?;
        }
        let expect = |cap| Expect::RequestsBelow { connector: person(2), cap };
        let met = conflict(&*store, &expecting(20, expect(2), tell(called(1, "Ana")))).await;
        assert_eq!(met, Some(Conflict::RequestsBelow { connector: person(2), asked: 2 }));
        store.apply(&expecting(21, expect(3), tell(called(1, "Ana")))).await?;
    }

    async fn an_open_request_of_the_team_is_a_conflict_and_a_finished_one_is_not(place) {
        let store = populated(place).await?;
        let expect = |seekers: &[u128]| Expect::NoOpenRequest {
            seekers: seekers.iter().map(|n| person(*n)).collect(),
            connector: person(2),
        };
        let try_it = async |id, seekers: &[u128]| {
            conflict(&*store, &expecting(id, expect(seekers), tell(called(1, "Ana")))).await
        };
        let open = asked(7, 2, NOON, IntroductionState::AskedConnector);
        apply(&*store, 2, [Change::PutIntroduction(open)]).await?;
        let met = Some(Conflict::OpenRequest(IntroductionId::new(7)));
        assert_eq!(try_it(3, &[5, 1]).await, met);
        assert_eq!(try_it(4, &[5, 6]).await, None, "somebody else asked");
        let declined = asked(7, 2, NOON, IntroductionState::DeclinedByConnector);
        apply(&*store, 5, [Change::PutIntroduction(declined)]).await?;
        assert_eq!(try_it(6, &[5, 1]).await, None);
    }

    async fn a_taken_login_is_a_conflict_with_and_without_an_expectation(place) {
        let store = populated(place).await?;
        let expect = |login: &str| login.parse().map(Expect::LoginIsFree);
        let taken = Conflict::LoginTaken("ana".parse()?);
        let add = |login| Change::PutMember(member_called(3, login));
        let met = conflict(&*store, &expecting(2, expect("ana")?, add("carl"))).await;
        assert_eq!(met, Some(taken.clone()));
        assert_eq!(conflict(&*store, &batch(3, [add("ana")])).await, Some(taken));
        store.apply(&expecting(4, expect("carl")?, add("carl"))).await?;
        // Who gives up a login leaves it to others.
        apply(&*store, 5, [Change::PutMember(member_called(1, "anna")), add("ana")]).await?;
    }

    async fn only_the_first_of_many_edits_of_one_revision_holds(place) {
        let stores = [populated(place).await?, place.open().await];
        let edit = |id| {
            let expect = Expect::Revision(person(1).into(), Revision(1));
            expecting(id, expect, tell(called(1, &format!("Ana {id}"))))
        };
        let (won, conflicts) = race(stores, edit).await;
        assert_eq!((won, conflicts.len()), (1, 7), "{conflicts:?}");
    }

    async fn many_requests_at_once_never_pass_the_limit_of_a_month(place) {
        let stores = [populated(place).await?, place.open().await];
        let ask = |id| {
            let expect = Expect::RequestsBelow { connector: person(2), cap: 3 };
            let request = asked(id, 2, NOON, IntroductionState::Closed);
            expecting(id, expect, Change::PutIntroduction(request))
        };
        let (won, conflicts) = race(stores, ask).await;
        assert_eq!((won, conflicts.len()), (3, 5), "{conflicts:?}");
    }

    async fn only_one_of_many_requests_of_a_team_is_open_at_a_connector(place) {
        let stores = [populated(place).await?, place.open().await];
        let ask = |id| {
            let seekers = vec![person(1), person(5)];
            let expect = Expect::NoOpenRequest { seekers, connector: person(2) };
            let request = asked(id, 2, NOON, IntroductionState::AskedConnector);
            expecting(id, expect, Change::PutIntroduction(request))
        };
        let (won, conflicts) = race(stores, ask).await;
        assert_eq!((won, conflicts.len()), (1, 7), "{conflicts:?}");
    }

    async fn only_one_of_many_members_gets_a_login(place) {
        let stores = [populated(place).await?, place.open().await];
        let add = |id: u128| {
            let member = crate::model::Member { id: member(id), ..member_called(3, "carl") };
            let expect = Expect::LoginIsFree(member.login.clone());
            expecting(id, expect, Change::PutMember(member))
        };
        let (won, conflicts) = race(stores, add).await;
        assert_eq!((won, conflicts.len()), (1, 7), "{conflicts:?}");
    }

    async fn a_batch_sent_many_times_at_once_is_applied_once(place) {
        let stores = [populated(place).await?, place.open().await];
        let first = Arc::clone(&stores[0]);
        let same = |_| Batch { id: BatchId::new(50), ..batch(0, [tell(called(1, "Ana"))]) };
        let (answered, _) = race(stores, same).await;
        assert_eq!(answered, 8, "each is answered");
        assert_eq!(first.version().await?, Version(2));
    }
}
