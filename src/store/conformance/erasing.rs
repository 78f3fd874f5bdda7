//! Erasing people.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use rand::{Rng as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;

use super::prelude::*;
use crate::{
    model::{
        Ask, Attestation, Author, Change, Claim, Closeness, Erasure, ErasureId, EvidenceKind,
        Excluded, Exclusion, ExclusionId, Fact, Holder, Introduction, IntroductionId,
        IntroductionState, Level, Note, NoteKind, NoteText, PersonId, Probability, Purpose, Reason, Remains,
        Route, Speaker, Tag, Topic, Traces, Version,
    },
    store::{Conflict, SearchRequest, Store, StoreError, StoreResult},
};

/// Who is erased.
const ELIF: u128 = 7;

fn receipt() -> Erasure {
    Erasure {
        id: ErasureId::new(1),
        people: vec![person(ELIF)],
        reason: Reason::new("she asked for it").expect("a good reason"),
        author: Author::Member(member(1)),
        at: NOON,
    }
}

async fn traces(store: &dyn Store) -> StoreResult<Traces> {
    let mut traces = Traces::of([person(ELIF)]);
    let facts: Vec<Fact> = store.stream_naming(vec![person(ELIF)]).try_collect().await?;
    for fact in &facts {
        traces.learn(&fact.claim);
    }
    Ok(traces)
}

async fn erase(store: &dyn Store, id: u128) -> StoreResult<()> {
    let traces = traces(store).await?;
    apply(store, id, [Change::ErasePerson(receipt(), traces.clone())]).await?;
    assert!(store.wipe(Some(traces)).await?);
    Ok(())
}

/// What a store says of everybody but Elif, as of a version and in somebody's eyes; revisions left
/// out, which only ever grow.
async fn said(store: &dyn Store) -> StoreResult<String> {
    let people: Vec<PersonId> = (1..=30).filter(|n| ![ELIF, 11].contains(n)).map(person).collect();
    let companies = store.companies_after(None, 100).await?;
    let told = store.people(&people).await?.into_iter().flatten().map(|one| (one.id, one.facts));
    let mut rows: Vec<_> = store.stream_pairs().try_collect().await?;
    rows.sort_by_key(|row| (row.low, row.high));
    let pairs = store.pairs_of(&people).await?;
    let mut own: Vec<_> = store.stream_own_pairs().try_collect().await?;
    own.sort_unstable();
    let evidence: Vec<_> = store.stream_evidence().try_collect().await?;
    let jobs: Vec<_> = store.stream_employments().try_collect().await?;
    let shared: Vec<_> = store.stream_shared_keys().try_collect().await?;
    let own_keys: Vec<_> = store.stream_own_keys().try_collect().await?;
    let words = ["w:elif", "w:kaya", "w:ana", "w:orbit", "g:lif", "w:assistant"].map(String::from);
    let request = SearchRequest { keys: words.into(), prefix: Some("a".into()), only: None, limit: 50 };
    let companies_told = store.companies(&companies).await?.into_iter().flatten();
    Ok(format!(
        "{:#?}\n{:#?}\n{:#?}\n{rows:#?}\n{:#?}\n{own:?}\n{evidence:#?}\n{jobs:#?}\n{shared:?}\n{own_keys:?}\n{:?}\n{:?}",
        told.collect::<Vec<_>>(),
        companies_told.map(|one| (one.id, one.facts)).collect::<Vec<_>>(),
        store.staff(&companies).await?,
        store.evidence_of_pairs(&pairs).await?,
        store.search(&request).await?,
        store.list_entries(list(1), None, 100).await?,
    ))
}

/// A claim of which perhaps nothing is left without Elif.
fn some_claim(chance: &mut ChaCha8Rng, number: i64) -> Claim {
    let one = *[1, 2, 3, ELIF].choose(chance).expect("some");
    let other = *[4, 5, 6, ELIF].choose(chance).filter(|n| **n != one).unwrap_or(&5);
    let third = *[2, 8, 9].choose(chance).expect("some");
    match chance.random_range(0..14) {
        0 => called(one, if one == ELIF { "Elif Kaya" } else { "Ana Arnold" }),
        1 => reached_by(one, if one == ELIF { "elif@orbit.example" } else { "ana@orbit.example" }),
        2 => works(u128::from(number.unsigned_abs()) + 100, one, 1, Some("Assistant of Elif Kaya")),
        3 => works(one, one, 2, Some("Head of Orbit")),
        4 => Claim::Tag {
            on: a_person(one),
            tag: Tag::new(if number % 2 == 0 { "met ELIF  Kaya" } else { "vip" }).expect("a tag"),
        },
        5 => on_list(1, one),
        6 => Claim::Identity { one: a_person(one), other: Holder::Person(person(20)), same: true },
        7 => contact(EvidenceKind::Meeting, [one, other, third], number),
        8 => mail([third, one, other], number),
        9 => {
            let by = Speaker::Person(person(one));
            let kind = EvidenceKind::Statement { closeness: Closeness::Good, by };
            contact(kind, [other, 10], number)
        }
        10 => {
            let reason = Some(Reason::new("says Elif Kaya, of all people").expect("a reason"));
            let at = NOON.plus_ms(-number * DAY_MS).day();
            let strength = Probability::new(0.5).expect("a half");
            contact(EvidenceKind::Override { strength, reason, until: at.plus(9) }, [3, 4], number)
        }
        11 => Claim::Cadence { of: person(3), with: person(other), days: 30 },
        12 => Claim::Note(Note {
            on: person(one),
            by: person(third),
            kind: NoteKind::Rapport,
            text: NoteText::new(if number % 2 == 0 { "knows Elif Kaya" } else { "has a boat" })
                .expect("a text"),
            topics: vec![Topic::new("Elif Kaya").expect("a topic")],
            written_at: NOON.plus_ms(-number * DAY_MS),
        }),
        _ => Claim::AskLimit { person: person(one), per_month: 3 },
    }
}

fn somebody(chance: &mut ChaCha8Rng) -> Attestation {
    match chance.random_range(0..6) {
        0 => to_owner(member(1)),
        1 => to_owner(member(2)),
        2 => Attestation { recorder: Author::Member(member(1)), ..to_team_at(Level::Tie) },
        3 => from_source("linkedin"),
        _ => to_team(),
    }
}

/// The same without Elif.
fn without(traces: &Traces, claim: &Claim) -> Option<Claim> {
    match traces.taken_from(claim) {
        Remains::All => Some(claim.clone()),
        Remains::Other(left) => Some(left),
        Remains::Nothing => None,
    }
}

/// Tells at random, all of it, or what is left without Elif.
async fn tell_at_random(store: &dyn Store, seed: u64, traces: Option<&Traces>) -> StoreResult<()> {
    populate(store).await?;
    if traces.is_none() {
        // Or nobody would know whom the texts speak of.
        apply(store, 98, [tell(called(ELIF, "Elif Kaya"))]).await?;
    } else {
        let tag = Tag::new("number 98").expect("a tag");
        apply(store, 98, [tell(Claim::Tag { on: a_person(11), tag })]).await?;
    }
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut tellings: Vec<(Claim, Attestation)> = Vec::new();
    for number in 2..30 {
        // Something that is none of Elif's business, so that both stores have the same versions.
        let tag = Tag::new(&format!("number {number}")).expect("a tag");
        let mut changes = vec![tell(Claim::Tag { on: a_company(1), tag })];
        for place in 0..6 {
            if chance.random_bool(0.25) && !tellings.is_empty() {
                let at = chance.random_range(0..tellings.len());
                let (claim, by) = tellings.swap_remove(at);
                let left = traces.map_or(Some(claim.clone()), |traces| without(traces, &claim));
                changes.extend(left.map(|claim| Change::retract(id_of(claim), &by)));
                continue;
            }
            let days_ago = i64::try_from(number * 6 + place).expect("few");
            let (claim, by) = (some_claim(&mut chance, days_ago), somebody(&mut chance));
            if tellings.iter().any(|(told, _)| *told == claim) {
                continue;
            }
            let left = traces.map_or(Some(claim.clone()), |traces| without(traces, &claim));
            changes.extend(left.map(|claim| tell_by(claim, by.clone())));
            tellings.push((claim, by));
        }
        apply(store, number, changes).await?;
    }
    Ok(())
}

/// At every version, and in everybody's eyes, both say the same, and nothing of Elif.
async fn assert_same_history((one, other): (Arc<dyn Store>, Arc<dyn Store>)) -> StoreResult<()> {
    for version in (1..=30).map(Version) {
        for eyes in [None, Some(member(1)), Some(member(2))] {
            let seen = |store: &Arc<dyn Store>| {
                let then = store.as_of(version);
                eyes.map_or(then.clone(), |eyes| then.seen_by(eyes))
            };
            let (one, other) = (said(&*seen(&one)).await?, said(&*seen(&other)).await?);
            assert!(!one.contains("Elif") && !one.contains("elif@"), "{version:?} {eyes:?}");
            assert_eq!(one, other, "{version:?} {eyes:?}");
        }
    }
    Ok(())
}

cases! { $ __store_cases_of_erasing;
    async fn after_an_erasure_every_version_says_what_it_would_had_nobody_told_of_them(place) {
        for seed in 0..3 {
            let (store, other) = match seed {
                0 => (place.open().await, place.open_another().await),
                _ => (place.open_another().await, place.open_another().await),
            };
            tell_at_random(&*store, seed, None).await?;
            let all = traces(&*store).await?;
            let naming: Vec<Fact> = store.stream_naming(vec![person(ELIF)]).try_collect().await?;
            assert!(naming.len() > 10, "seed {seed}: {}", naming.len());
            erase(&*store, 99).await?;
            tell_at_random(&*other, seed, Some(&all)).await?;
            assert_same_history((store.clone(), other)).await?;
            let naming: Vec<Fact> = store.stream_naming(vec![person(ELIF)]).try_collect().await?;
            assert_eq!(naming, []);
            assert_eq!(store.people(&[person(ELIF)]).await?, [None]);
        }
    }

    async fn what_is_left_joins_what_was_told_without_them_and_equal_rows_are_numbered(place) {
        let store = populated(place).await?;
        let both = tell(mail([1, 2, ELIF], 1));
        let alone = tell_by(mail([1, 2], 1), from_source("linkedin"));
        let twins = [mail([1, ELIF, 2], 3), mail([1, 2, 8, ELIF], 3), mail([1, 2, 8], 3)];
        apply(&*store, 2, [both]).await?;
        apply(&*store, 3, [alone]).await?;
        apply(&*store, 4, twins.map(tell)).await?;
        erase(&*store, 5).await?;
        let joined = store.facts(&[id_of(mail([1, 2], 1))]).await?.remove(0).expect("it is left");
        let systems = joined.attestations.iter().map(|told| told.source.system.to_string());
        assert_eq!(systems.collect::<Vec<_>>(), ["mail", "linkedin"]);
        let evidence: Vec<_> = store.stream_evidence().try_collect().await?;
        assert_eq!(evidence.len(), 4, "of two equal ones of one source none is lost");
        let then = store.as_of(Version(2)).evidence_of_pairs(&[(person(1), person(2))]).await?;
        assert_eq!(then[0].evidence.len(), 1, "it was told then already");
    }

    async fn records_that_are_about_them_go_and_texts_that_name_them_no_longer_do(place) {
        let store = populated(place).await?;
        let asked = |id, target| {
            let asks = vec![Ask { asked_at: Some(NOON), ..Ask::of(person(2)) }];
            let route = Route::new(person(1), asks, person(target)).expect("a good route");
            let purpose = Purpose::new("as Elif Kaya said").expect("a purpose");
            let stands = (IntroductionState::AskedConnector, NOON);
            Introduction::standing(IntroductionId::new(id), route, purpose, stands)
        };
        apply(&*store, 2, [
            tell(called(ELIF, "Elif Kaya")),
            Change::PutIntroduction(asked(1, ELIF)),
            Change::PutIntroduction(asked(2, 3)),
            Change::PutList(list_called(1, "Friends of Elif Kaya")),
        ]).await?;
        assert_eq!(store.asks_since(NOON).await?.len(), 2);
        erase(&*store, 3).await?;
        let left = store.introductions(&[1, 2].map(IntroductionId::new)).await?;
        assert_eq!(left[0], None);
        let purpose = &left[1].as_ref().expect("it is not about her").value.purpose;
        assert_eq!(purpose.as_str(), "(erased)");
        assert_eq!(store.asks_since(NOON).await?.len(), 1);
        let lists = store.lists(&[list(1)]).await?;
        assert_eq!(lists[0].as_ref().expect("it stays").value.name.as_str(), "(erased)");
    }

    async fn whoever_was_erased_is_not_told_of_again_while_that_is_said(place) {
        let store = populated(place).await?;
        let exclusion = |lifted_at| Change::PutExclusion(Exclusion {
            id: ExclusionId::new(1),
            excluded: Excluded::Erased(person(ELIF)),
            author: Author::Member(member(1)),
            since: NOON,
            lifted_at,
        });
        let traces = Traces::of([person(ELIF)]);
        apply(&*store, 2, [Change::ErasePerson(receipt(), traces), exclusion(None)]).await?;
        let again = [Change::AddPerson(person(ELIF))];
        let refused = apply(&*store, 3, again.clone()).await;
        assert!(
            matches!(&refused, Err(StoreError::Conflict(Conflict::Erased(who))) if *who == person(ELIF)),
            "{refused:?}"
        );
        apply(&*store, 4, [exclusion(Some(NOON))]).await?;
        assert_eq!(apply(&*store, 5, again).await?.changed, 1);
    }

    async fn another_process_that_remembers_them_tells_nothing_of_them_any_more(place) {
        let (store, other) = (populated(place).await?, place.open().await);
        apply(&*other, 2, [tell(called(ELIF, "Elif Kaya"))]).await?;
        erase(&*store, 3).await?;
        let refused = apply(&*other, 4, [tell(called(ELIF, "Elif Kaya"))]).await;
        assert!(matches!(refused, Err(StoreError::Missing(_))), "{refused:?}");
    }

    async fn nobody_is_erased_for_whom_a_member_stands(place) {
        let store = populated(place).await?;
        let erasure = Erasure { people: vec![person(1)], ..receipt() };
        let refused = apply(&*store, 2, [Change::ErasePerson(erasure, Traces::of([person(1)]))]).await;
        assert!(matches!(refused, Err(StoreError::BadBatch(_))), "{refused:?}");
        assert_eq!(store.erasures_after(None, 9).await?, []);
    }

    async fn evidence_of_before_a_moment_goes_as_if_nobody_had_ever_told_of_it(place) {
        let store = populated(place).await?;
        let told = [mail([1, 2], 40), mail([1, 2], 20), mail([2, 1], 40), mail([1, 3], 40)];
        apply(&*store, 2, told.map(tell)).await?;
        apply(&*store, 3, [tell(called(1, "Ana"))]).await?;
        let forget = [Change::ForgetEvidence(NOON.plus_ms(-30 * DAY_MS))];
        assert_eq!(apply(&*store, 4, forget.clone()).await?.changed, 1);
        assert!(store.wipe(None).await?);
        for version in [Version(2), Version(4)] {
            let then = store.as_of(version);
            let left: Vec<Fact> = then.stream_evidence().try_collect().await?;
            assert_eq!(left.iter().map(|fact| &fact.claim).collect::<Vec<_>>(), [&mail([1, 2], 20)]);
            let pairs = then.pairs_of(&[person(1)]).await?;
            assert_eq!(pairs, [(person(1), person(2))], "as of {version:?}");
        }
        assert_eq!(apply(&*store, 5, forget).await?.changed, 0, "there is none any more");
    }

    async fn the_receipt_is_kept_and_nothing_is_to_be_repeated(place) {
        let store = populated(place).await?;
        erase(&*store, 2).await?;
        let kept = store.erasures_after(None, 9).await?;
        assert_eq!(kept.iter().map(|kept| &kept.value).collect::<Vec<_>>(), [&receipt()]);
        assert_eq!(store.erasures_to_repeat().await?, []);
    }
}
