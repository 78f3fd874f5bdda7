//! Batches: all or nothing, once, and what they leave in the list of changes.

use super::prelude::*;
use crate::{
    model::{
        AnyId, BATCH_CHANGES_MAX, Change, Claim, Closeness, EmploymentId, EvidenceKind, FactId,
        Speaker, Version,
    },
    store::{Applied, ChangedAt, Effect, StoreError},
};

cases! { $ __store_cases_of_batches;
    async fn batches_that_go_together_are_all_there_or_none(place) {
        let store = populated(place).await?;
        let (one, two) = (batch(2, [tell(called(1, "Ana"))]), batch(3, [tell(called(2, "Bo"))]));
        let wrong = batch(4, [tell(called(404, "Nobody"))]);
        let said = store.apply_all(vec![one.clone(), wrong]).await;
        assert!(matches!(said, Err(StoreError::Missing(_))));
        assert_eq!(store.version().await?, Version(1));
        let applied = store.apply_all(vec![one.clone(), two, one]).await?;
        let versions: Vec<_> = applied.iter().map(|a| (a.version.0, a.repeated)).collect();
        assert_eq!(versions, [(2, false), (3, false), (2, true)]);
        assert_eq!(store.apply_all(Vec::new()).await?, []);
    }

    async fn a_new_store_is_at_version_0_and_empty(place) {
        let store = place.open().await;
        assert_eq!(store.version().await?, Version(0));
        assert_eq!(store.people_after(None, 10).await?, []);
        assert_eq!(changes_since(&*store, Version(0)).await?, []);
        assert!(!store.kind().is_empty());
    }

    async fn each_batch_that_changes_something_raises_the_version_by_one(place) {
        let store = place.open().await;
        for n in 1..=3 {
            let applied = apply(&*store, n, [Change::AddPerson(person(n))]).await?;
            let version = Version(n as u64);
            assert_eq!(applied, Applied { version, repeated: false, changed: 1, effects: vec![Effect::Changed] });
            assert_eq!(store.version().await?, version);
        }
    }

    async fn a_batch_that_changes_nothing_raises_no_version(place) {
        let store = populated(place).await?;
        let changes = [Change::AddPerson(person(1)), Change::PutList(list_called(1, "Targets"))];
        let applied = apply(&*store, 2, changes).await?;
        let nothing = |effects| Applied { version: Version(1), repeated: false, changed: 0, effects };
        assert_eq!(applied, nothing(vec![Effect::Nothing; 2]));
        let empty = apply(&*store, 3, []).await?;
        assert_eq!(empty, nothing(Vec::new()));
        assert_eq!(changes_since(&*store, Version(1)).await?, []);
    }

    async fn only_changes_that_change_something_are_counted(place) {
        let store = populated(place).await?;
        let name = || tell(called(1, "Ana"));
        let changes = [name(), name(), Change::AddPerson(person(99)), Change::AddPerson(person(2))];
        assert_eq!(apply(&*store, 2, changes).await?.changed, 2);
    }

    async fn a_batch_with_one_bad_change_leaves_no_trace(place) {
        let store = populated(place).await?;
        let good = [Change::AddPerson(person(99)), tell(called(1, "Ana")), tell(mail([1, 2], 3))];
        let bad = tell(called(404, "Nobody"));
        let changes: Vec<Change> = good.iter().cloned().chain([bad]).collect();
        let error = apply(&*store, 2, changes).await.err();
        assert!(matches!(error, Some(StoreError::Missing(AnyId::PersonId(id))) if id == person(404)));
        assert_eq!(store.version().await?, Version(1));
        assert_eq!(store.people(&[person(99)]).await?, [None]);
        assert_eq!(store.people(&[person(1)]).await?[0].as_ref().map(|p| p.facts.len()), Some(0));
        assert_eq!(store.pairs_of(&[person(1)]).await?, []);
        // Its id is free again, and what it named is not half known.
        assert_eq!(apply(&*store, 2, good).await?.changed, 3);
    }

    async fn a_batch_sent_again_does_nothing_and_gets_the_same_answer(place) {
        let store = populated(place).await?;
        let first = apply(&*store, 2, [tell(called(1, "Ana")), tell(called(1, "Ana"))]).await?;
        apply(&*store, 3, [tell(called(2, "Ben"))]).await?;
        let again = apply(&*store, 2, [tell(called(1, "Ana")), tell(called(1, "Ana"))]).await?;
        assert_eq!(again, Applied { repeated: true, effects: Vec::new(), ..first });
        assert_eq!(store.version().await?, Version(3));
    }

    async fn a_batch_with_a_known_id_does_nothing_whatever_it_holds(place) {
        let store = populated(place).await?;
        let again = apply(&*store, 1, [Change::AddPerson(person(99))]).await?;
        assert!(again.repeated);
        assert_eq!(store.people(&[person(99)]).await?, [None]);
        let bad = apply(&*store, 1, [tell(called(404, "Nobody"))]).await?;
        assert!(bad.repeated, "what it holds is not even looked at");
    }

    async fn a_batch_is_known_after_reopening(place) {
        let first = apply(&*place.open().await, 1, [Change::AddPerson(person(1))]).await?;
        let again = apply(&*place.open().await, 1, [Change::AddPerson(person(1))]).await?;
        assert_eq!(again, Applied { repeated: true, effects: Vec::new(), ..first });
    }

    async fn a_batch_that_changed_nothing_is_remembered_too(place) {
        let store = populated(place).await?;
        let retract = Change::retract(id_of(called(1, "Ana")), &from_source("other"));
        apply(&*store, 2, [tell(called(1, "Ana"))]).await?;
        assert_eq!(apply(&*store, 3, [retract.clone()]).await?.changed, 0);
        apply(&*store, 4, [tell_by(called(1, "Ana"), from_source("other"))]).await?;
        assert!(apply(&*store, 3, [retract]).await?.repeated);
        let fact = store.facts(&[id_of(called(1, "Ana"))]).await?.remove(0);
        let stands = |a: &crate::model::Attestation| a.retracted_at.is_none();
        assert!(fact.is_some_and(|fact| fact.attestations.iter().all(stands)));
    }

    async fn a_batch_with_too_many_changes_is_refused(place) {
        let store = place.open().await;
        let many: Vec<Change> =
            (0..=BATCH_CHANGES_MAX as u128).map(|n| Change::AddPerson(person(n))).collect();
        let error = apply(&*store, 1, many.clone()).await.err();
        assert!(matches!(error, Some(StoreError::BadBatch(_))), "{error:?}");
        assert_eq!(apply(&*store, 1, &many[1..]).await?.changed, BATCH_CHANGES_MAX);
    }

    async fn what_a_change_names_must_be_there(place) {
        let store = populated(place).await?;
        let says = |by| EvidenceKind::Statement { closeness: Closeness::Good, by };
        let speaker = Speaker::Person(person(404));
        let cases: [(Change, AnyId); 11] = [
            (tell(called(404, "Nobody")), person(404).into()),
            (tell(company_called(404, "Nothing")), company(404).into()),
            (tell(works(1, 404, 1, None)), person(404).into()),
            (tell(works(1, 1, 404, None)), company(404).into()),
            (tell(on_list(404, 1)), list(404).into()),
            (tell(on_list(1, 404)), person(404).into()),
            (tell(mail([1, 404], 1)), person(404).into()),
            (tell(contact(says(speaker), [1, 2], 1)), person(404).into()),
            (tell_by(called(1, "Ana"), to_owner(member(404))), member(404).into()),
            (Change::PutMember(member_called(404, "nobody")), person(404).into()),
            (Change::retract(FactId::new(404), &to_team()), FactId::new(404).into()),
        ];
        for (n, (change, missing)) in (2..).zip(cases) {
            let said = apply(&*store, n, [change.clone()]).await;
            assert!(matches!(said, Err(StoreError::Missing(id)) if id == missing), "{change:?}");
        }
        assert_eq!(store.version().await?, Version(1));
    }

    async fn what_a_change_names_may_come_earlier_in_the_same_batch(place) {
        let store = place.open().await;
        let changes = [
            Change::AddPerson(person(1)),
            Change::PutMember(member_called(1, "ana")),
            Change::PutList(list_called(1, "Targets")),
            tell_by(on_list(1, 1), to_owner(member(1))),
        ];
        assert_eq!(apply(&*store, 1, changes).await?.changed, 4);
    }

    async fn changes_come_in_order_of_version_then_id_and_each_id_once(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(mail([3, 1, 2], 1)), tell(called(1, "Ana"))]).await?;
        apply(&*store, 3, [tell(works(9, 2, 1, None)), tell(on_list(1, 4))]).await?;
        let at = |version: u64, id: AnyId| ChangedAt { version: Version(version), id };
        let expected = [
            at(2, person(1).into()),
            at(2, person(2).into()),
            at(2, person(3).into()),
            at(3, person(2).into()),
            at(3, person(4).into()),
            at(3, company(1).into()),
            at(3, EmploymentId::new(9).into()),
            at(3, list(1).into()),
        ];
        assert_eq!(changes_since(&*store, Version(1)).await?, expected);
        assert_eq!(changes_since(&*store, Version(2)).await?, expected[3..]);
        assert_eq!(changes_since(&*store, Version(3)).await?, []);
        assert_eq!(changes_since(&*store, Version(9)).await?, []);
    }

    async fn a_retraction_and_a_second_source_are_changes_too(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Ana"))]).await?;
        apply(&*store, 3, [tell_by(called(1, "Ana"), from_source("other"))]).await?;
        apply(&*store, 4, [Change::retract(id_of(called(1, "Ana")), &to_team())]).await?;
        let changes = changes_since(&*store, Version(1)).await?;
        let versions: Vec<u64> = changes.iter().map(|change| change.version.0).collect();
        assert_eq!(versions, [2, 3, 4]);
        assert!(changes.iter().all(|change| change.id == person(1).into()));
    }

    async fn two_stores_at_one_place_see_the_same(place) {
        let (one, other) = (populated(place).await?, place.open().await);
        apply(&*other, 2, [tell(called(1, "Ana"))]).await?;
        assert_eq!(one.version().await?, Version(2));
        apply(&*one, 3, [tell(called(1, "Anna"))]).await?;
        let people = other.people(&[person(1)]).await?;
        let names = people[0].iter().flat_map(|person| &person.facts);
        let claims: Vec<Claim> = names.map(|fact| fact.claim.clone()).collect();
        assert_eq!(claims, [called(1, "Ana"), called(1, "Anna")]);
    }
}
