//! The store as it was.

use futures_util::TryStreamExt as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::prelude::*;
use crate::{
    model::{Attestation, Author, Batch, Change, Claim, Day, EmploymentId, Epoch, EvidenceKind, Level, MemberId, Version},
    store::{SearchRequest, Store, StoreError, StoreResult},
};

/// Everything that a store says of people, companies, facts and pairs.
async fn everything(
    store: &dyn Store,
    told: &[Claim],
    eyes: Option<MemberId>,
) -> StoreResult<String> {
    let people = store.people_after(None, 100).await?;
    let companies = store.companies_after(None, 100).await?;
    let streamed: Vec<_> = store.stream_people().try_collect().await?;
    assert_eq!(streamed, people);
    let rows: Vec<_> = store.stream_pairs().try_collect().await?;
    let pairs: Vec<_> = rows.iter().map(|row| (row.low, row.high)).collect();
    if eyes.is_none() {
        // The stream is of the team's pairs, whoever looks.
        assert_eq!(store.evidence_of_pairs(&pairs).await?, rows);
        assert_eq!(store.pairs_of(&people).await?, pairs);
    }
    let mut own_pairs: Vec<_> = store.stream_own_pairs().try_collect().await?;
    own_pairs.sort_unstable();
    let own_keys: Vec<_> = store.stream_own_keys().try_collect().await?;
    let jobs_by_id = store.employments(&[1, 2].map(EmploymentId::new)).await?;
    let seen = store.evidence_of_pairs(&store.pairs_of(&people).await?).await?;
    let keys: Vec<String> = told.iter().flat_map(Claim::identity_keys).map(|(_, key)| key).collect();
    let words = told.iter().flat_map(Claim::search_keys).map(|(_, key)| key).take(200);
    let request = SearchRequest { keys: words.collect(), prefix: Some("a".into()), only: None, limit: 50 };
    let facts: Vec<_> = told.iter().cloned().map(id_of).collect();
    let evidence: Vec<_> = store.stream_evidence().try_collect().await?;
    let jobs: Vec<_> = store.stream_employments().try_collect().await?;
    let shared: Vec<_> = store.stream_shared_keys().try_collect().await?;
    Ok(format!(
        "{:?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{rows:#?}\n{evidence:#?}\n{jobs:#?}\n{shared:#?}\n{:?}\n{:?}\n{:?}\n\
         {own_pairs:?}\n{own_keys:?}\n{jobs_by_id:#?}\n{seen:#?}",
        store.version().await?,
        store.people(&people).await?,
        store.companies(&companies).await?,
        store.staff(&companies).await?,
        store.facts(&facts).await?,
        store.list_entries(list(1), None, 100).await?,
        store.holders_of(&keys).await?,
        store.search(&request).await?,
        store.last_epoch().await?,
    ))
}

/// What may be told in these cases.
fn some_claims() -> Vec<Claim> {
    let mut claims = vec![
        called(1, "Ana Arnold"),
        called(2, "Ana Arnold"),
        called(2, "Ben Arnold"),
        reached_by(1, "ana@orbit.example"),
        reached_by(2, "ana@orbit.example"),
        reached_by(3, "carl@orbit.example"),
        company_called(1, "Orbit"),
        company_called(2, "Orbit Ltd"),
        works(1, 1, 1, Some("Engineer")),
        works(2, 2, 1, None),
        works(2, 2, 2, Some("Head of Sales")),
        on_list(1, 1),
        on_list(1, 3),
        contact(EvidenceKind::Meeting, [1, 2, 3], 9),
    ];
    claims.extend((0..6).map(|days| mail([1, 2], days)));
    claims.extend((0..6).map(|days| mail([2, 1, 3], days)));
    claims
}

/// Something is told, told again by another, or taken back.
fn something(chance: &mut ChaCha8Rng, claims: &[Claim]) -> Change {
    let claim = claims[chance.random_range(0..claims.len())].clone();
    let attestation = match chance.random_range(0..4) {
        0 => from_source("crm"),
        1 => to_team_at(Level::Strength),
        2 => to_owner(member(1)),
        _ => to_team(),
    };
    let recorded_at = NOON.plus_ms(chance.random_range(0..5) * DAY_MS);
    let attestation = Attestation { recorded_at, ..attestation };
    if chance.random_bool(0.4) {
        Change::retract(id_of(claim), &attestation)
    } else {
        tell_by(claim, attestation)
    }
}

cases! { $ __store_cases_of_the_past;
    async fn every_version_says_later_what_it_said_then(place) {
        let store = populated(place).await?;
        let claims = some_claims();
        let mut chance = ChaCha8Rng::seed_from_u64(7);
        let mut then = vec![(store.version().await?, everything(&*store, &claims, None).await?)];
        apply(&*store, 2, claims.iter().cloned().map(tell).collect::<Vec<_>>()).await?;
        then.push((store.version().await?, everything(&*store, &claims, None).await?));
        for number in 3..40 {
            let mut changes: Vec<Change> =
                (0..chance.random_range(1..6)).map(|_| something(&mut chance, &claims)).collect();
            if number % 7 == 0 {
                changes.push(Change::AddPerson(person(30 + number)));
                changes.push(Change::BeginEpoch(NOON.day().plus(1)));
            }
            apply(&*store, number, changes).await?;
            let version = store.version().await?;
            then.retain(|(earlier, _)| *earlier < version);
            then.push((version, everything(&*store, &claims, None).await?));
        }
        for (version, said) in then {
            let past = store.as_of(version);
            assert_eq!(everything(&*past, &claims, None).await?, said, "as of {version:?}");
        }
    }

    async fn a_store_that_was_told_the_same_says_the_same_at_every_version_and_to_everybody(place) {
        let (store, other) = (populated(place).await?, place.open_another().await);
        populate(&*other).await?;
        let claims = some_claims();
        let mut chance = ChaCha8Rng::seed_from_u64(11);
        for number in 2..30 {
            let mut changes: Vec<Change> = claims.iter().cloned().map(tell).collect();
            if number > 2 {
                changes = (0..chance.random_range(1..9)).map(|_| something(&mut chance, &claims)).collect();
            }
            let told = crate::model::Batch { expects: Vec::new(), ..batch(number, changes) };
            assert_eq!(store.apply(&told).await?, other.apply(&told).await?, "batch {number}");
        }
        let reopened = place.open().await;
        for version in (1..=store.version().await?.0).map(Version) {
            for eyes in [None, Some(member(1)), Some(member(2))] {
                let seen = |store: &std::sync::Arc<dyn Store>| {
                    let then = store.as_of(version);
                    eyes.map_or(then.clone(), |eyes| then.seen_by(eyes))
                };
                let (one, two) = (seen(&reopened), seen(&other));
                let said = everything(&*one, &claims, eyes).await?;
                assert_eq!(said, everything(&*two, &claims, eyes).await?, "{version:?} {eyes:?}");
            }
        }
        let all = crate::store::BatchesRequest { before: None, author: None, since: None, limit: 100 };
        assert_eq!(reopened.batches(all).await?, other.batches(all).await?);
        let changes = changes_since(&*reopened, Version(0)).await?;
        assert_eq!(changes, changes_since(&*other, Version(0)).await?);
    }

    async fn a_batch_that_tells_and_takes_back_leaves_no_trace_in_pairs(place) {
        let store = populated(place).await?;
        let claim = mail([1, 2], 1);
        let back = Change::retract(id_of(claim.clone()), &to_team());
        apply(&*store, 2, [tell(claim.clone()), back.clone()]).await?;
        assert_eq!(store.pairs_of(&[person(1)]).await?, []);
        apply(&*store, 3, [tell(claim.clone())]).await?;
        let before = store.evidence_of_pairs(&[(person(1), person(2))]).await?;
        apply(&*store, 4, [back, tell(claim)]).await?;
        assert_eq!(store.evidence_of_pairs(&[(person(1), person(2))]).await?, before);
    }

    async fn nothing_is_written_into_the_past(place) {
        let store = populated(place).await?;
        let past = store.as_of(Version(1));
        let refused = apply(&*past, 2, [Change::AddPerson(person(99))]).await;
        assert!(matches!(refused, Err(StoreError::BadBatch(_))), "{refused:?}");
        assert_eq!(store.version().await?, Version(1));
    }

    async fn a_version_to_come_is_the_present(place) {
        let store = populated(place).await?;
        assert_eq!(store.as_of(Version(9)).version().await?, Version(1));
        assert_eq!(store.as_of(Version(0)).people_after(None, 9).await?, []);
    }

    async fn a_moment_has_the_version_before_it(place) {
        let store = place.open().await;
        assert_eq!(store.version_before(NOON).await?, Version(0));
        for n in 1..=3_i64 {
            let changes = vec![Change::AddPerson(person(n.unsigned_abs().into()))];
            let at = NOON.plus_ms(n * DAY_MS);
            let author = Author::System;
            let id = crate::model::BatchId::new(n.unsigned_abs().into());
            store.apply(&Batch { id, author, at, expects: Vec::new(), changes }).await?;
        }
        let version = async |days: i64| store.version_before(NOON.plus_ms(days * DAY_MS)).await;
        assert_eq!(version(1).await?, Version(0));
        assert_eq!(version(2).await?, Version(1));
        assert_eq!(version(9).await?, Version(3));
    }

    async fn an_epoch_begins_once_for_the_same_day_and_facts(place) {
        let store = populated(place).await?;
        let day: Day = NOON.day();
        assert_eq!(store.last_epoch().await?, None);
        let begin = [Change::BeginEpoch(day)];
        assert_eq!(apply(&*store, 2, begin.clone()).await?.changed, 1);
        let first = Epoch { version: Version(2), day };
        assert_eq!(store.last_epoch().await?, Some(first));
        assert_eq!(apply(&*store, 3, begin.clone()).await?.changed, 0, "nothing came since");
        apply(&*store, 4, [Change::AddPerson(person(77))]).await?;
        assert_eq!(apply(&*store, 5, begin).await?.changed, 1);
        assert_eq!(store.last_epoch().await?, Some(Epoch { version: Version(4), day }));
        let last = [Change::AddPerson(person(78)), Change::BeginEpoch(day)];
        assert_eq!(apply(&*store, 6, last).await?.changed, 2, "the batch itself changed something");
        assert_eq!(store.last_epoch().await?, Some(Epoch { version: Version(5), day }));
        apply(&*store, 7, [Change::BeginEpoch(day.plus(1))]).await?;
        assert_eq!(store.as_of(Version(3)).last_epoch().await?, Some(first));
    }
}
