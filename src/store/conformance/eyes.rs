//! What a member sees that the team does not.

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::prelude::*;
use crate::{
    model::{
        Attestation, Author, Batch, Change, Expect, Level, PersonId, Revision, Version,
        search_keys,
    },
    store::{SearchRequest, Store, StoreError, StoreResult},
};

type Pair = (PersonId, PersonId);

fn pair(low: u128, high: u128) -> Pair {
    (person(low), person(high))
}

async fn own_pairs(store: &dyn Store) -> StoreResult<Vec<Pair>> {
    let mut pairs: Vec<Pair> = store.stream_own_pairs().try_collect().await?;
    pairs.sort_unstable();
    Ok(pairs)
}

/// How much of the evidence of a pair is seen.
async fn levels(store: &dyn Store, (low, high): Pair) -> StoreResult<Vec<Level>> {
    let rows = store.evidence_of_pairs(&[(low, high)]).await?;
    Ok(rows.into_iter().flat_map(|row| row.evidence).map(|item| item.level).collect())
}

cases! { $ __store_cases_of_eyes;
    async fn what_is_private_is_in_its_pair_for_its_owner_alone(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell_by(mail([1, 2], 1), to_owner(member(1)))]).await?;
        let (owner, other) = (store.seen_by(member(1)), store.seen_by(member(2)));
        assert_eq!(levels(&*owner, pair(1, 2)).await?, [Level::Evidence]);
        assert_eq!(owner.pairs_of(&[person(2)]).await?, [pair(1, 2)]);
        assert_eq!(own_pairs(&*owner).await?, [pair(1, 2)]);
        for blind in [&other, &store] {
            assert_eq!(levels(&**blind, pair(1, 2)).await?, []);
            assert_eq!(blind.pairs_of(&[person(1), person(2)]).await?, []);
            assert_eq!(own_pairs(&**blind).await?, []);
        }
        assert_eq!(owner.stream_pairs().count().await, 0, "the team's pairs, whoever looks");
    }

    async fn an_owner_sees_all_of_what_is_a_bare_tie_to_the_team(place) {
        let store = populated(place).await?;
        let shared = [Level::Tie, Level::Strength, Level::Evidence].into_iter().zip(1..);
        let told = shared.map(|(level, days_ago)| {
            let by = Attestation { recorder: Author::Member(member(1)), ..to_team_at(level) };
            tell_by(mail([1, 2], days_ago), by)
        });
        apply(&*store, 2, told.collect::<Vec<_>>()).await?;
        let team = levels(&*store, pair(1, 2)).await?;
        assert_eq!(team, [Level::Evidence, Level::Strength, Level::Tie], "the oldest first");
        let own = levels(&*store.seen_by(member(1)), pair(1, 2)).await?;
        let expected = [Level::Evidence, Level::Strength, Level::Evidence];
        assert_eq!(own, expected, "once each; what weighs as it is, weighs so for all");
        assert_eq!(levels(&*store.seen_by(member(2)), pair(1, 2)).await?, team);
    }

    async fn what_the_team_is_told_is_nobodys_own_any_more(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell_by(mail([1, 2], 1), to_owner(member(1)))]).await?;
        apply(&*store, 3, [tell(mail([1, 2], 1))]).await?;
        let owner = store.seen_by(member(1));
        assert_eq!(own_pairs(&*owner).await?, []);
        assert_eq!(levels(&*owner, pair(1, 2)).await?, [Level::Evidence]);
        apply(&*store, 4, [Change::retract(id_of(mail([1, 2], 1)), &to_team())]).await?;
        assert_eq!(own_pairs(&*owner).await?, [pair(1, 2)]);
        apply(&*store, 5, [Change::retract(id_of(mail([1, 2], 1)), &to_owner(member(1)))]).await?;
        assert_eq!(own_pairs(&*owner).await?, []);
        let then = store.as_of(Version(4));
        assert_eq!(own_pairs(&*then.seen_by(member(1))).await?, [pair(1, 2)], "as it was");
        assert_eq!(own_pairs(&*owner.as_of(Version(3))).await?, []);
    }

    async fn a_private_name_is_found_by_its_owner_alone(place) {
        let store = populated(place).await?;
        let told = [tell_by(called(1, "Ottilie"), to_owner(member(1))), tell(called(2, "Ottilie"))];
        apply(&*store, 2, told).await?;
        let request = SearchRequest {
            keys: search_keys("Ottilie").into_iter().collect(), limit: 10, ..Default::default()
        };
        let found = |found: Vec<crate::store::Candidate>| -> Vec<_> {
            found.into_iter().map(|one| (one.holder, one.keys_shared)).collect()
        };
        let all = request.keys.len() as u32;
        let seen = found(store.seen_by(member(1)).search(&request).await?);
        assert_eq!(seen, [(a_person(1), all), (a_person(2), all)]);
        assert_eq!(found(store.search(&request).await?), [(a_person(2), all)]);
        apply(&*store, 3, [tell_by(called(2, "Ottilie"), to_owner(member(1)))]).await?;
        let seen = found(store.seen_by(member(1)).search(&request).await?);
        assert_eq!(seen, [(a_person(1), all), (a_person(2), all)], "no key counts twice");
    }

    async fn a_private_address_says_who_somebody_is_to_its_owner_alone(place) {
        let store = populated(place).await?;
        let private = tell_by(reached_by(1, "ana@acme.example"), to_owner(member(1)));
        apply(&*store, 2, [private, tell(reached_by(2, "ana@acme.example"))]).await?;
        let keys: Vec<String> = reached_by(1, "ana@acme.example")
            .identity_keys().into_iter().map(|(_, key)| key).collect();
        let owner = store.seen_by(member(1));
        let whose = |found: Vec<(usize, crate::model::Holder)>| -> Vec<_> {
            found.into_iter().filter(|(at, _)| *at == 0).map(|(_, holder)| holder).collect()
        };
        assert_eq!(whose(owner.holders_of(&keys).await?), [a_person(1), a_person(2)]);
        assert_eq!(whose(store.holders_of(&keys).await?), [a_person(2)]);
        assert!(owner.stream_shared_keys().count().await > 0);
        assert_eq!(store.stream_shared_keys().count().await, 0);
    }

    async fn what_is_private_raises_a_revision_and_changes_anybody_for_its_owner_alone(place) {
        let store = populated(place).await?;
        let (owner, other) = (store.seen_by(member(1)), store.seen_by(member(2)));
        apply(&*store, 2, [tell_by(called(1, "Ottilie"), to_owner(member(1)))]).await?;
        let revision = async |store: &dyn Store| -> StoreResult<Option<u32>> {
            let found = store.people(&[person(1)]).await?.pop().flatten();
            Ok(found.map(|person| person.revision.0))
        };
        assert_eq!(revision(&*owner).await?, Some(2));
        assert_eq!([revision(&*other).await?, revision(&*store).await?], [Some(1); 2]);
        let changed = async |store: &dyn Store| {
            StoreResult::Ok(changes_since(store, Version(1)).await?.len())
        };
        assert_eq!(changed(&*owner).await?, 1);
        assert_eq!([changed(&*other).await?, changed(&*store).await?], [0; 2]);
        apply(&*store, 3, [tell(called(1, "Otti"))]).await?;
        assert_eq!(revision(&*owner).await?, Some(3));
        assert_eq!(revision(&*store).await?, Some(2));
        assert_eq!(revision(&*owner.as_of(Version(2))).await?, Some(2), "as it was");
        assert_eq!(revision(&*other.as_of(Version(2))).await?, Some(1));
        let expecting = |author, seen| Batch {
            author: Author::Member(author),
            expects: vec![Expect::Revision(person(1).into(), Revision(seen))],
            ..batch(4 + u128::from(seen), [tell(called(1, "Ott"))])
        };
        let refused = store.apply(&expecting(member(2), 3)).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        assert_eq!(store.apply(&expecting(member(1), 3)).await?.changed, 1, "as its author sees it");
    }

    async fn of_two_tellings_of_an_employment_each_sees_their_own(place) {
        let store = populated(place).await?;
        let told = [tell(works(1, 1, 1, Some("Clerk"))),
            tell_by(works(1, 1, 1, Some("Spy")), to_owner(member(1)))];
        apply(&*store, 2, told).await?;
        let title = async |store: &dyn Store| {
            let found = store.employments(&[crate::model::EmploymentId::new(1)]).await?;
            StoreResult::Ok(found.into_iter().flatten().find_map(|fact| match fact.claim {
                crate::model::Claim::Employment(job) => job.title,
                _ => None,
            }).map(|title| title.as_str().to_owned()))
        };
        assert_eq!(title(&*store.seen_by(member(1))).await?.as_deref(), Some("Spy"));
        assert_eq!(title(&*store.seen_by(member(2))).await?.as_deref(), Some("Clerk"));
        assert_eq!(title(&*store).await?.as_deref(), Some("Clerk"));
    }
}
