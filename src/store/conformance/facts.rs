//! Facts: told, told again, taken back.

use super::prelude::*;
use crate::{
    model::{
        Attestation, Audience, Author, Batch, Change, Claim, Closeness, CompanyRelation, EvidenceKind,
        Fact, FactId, Group, Holder, Identifier, ImportId, Level, Note, NoteKind, NoteText,
        Participant, Probability, RelationId,
        RelationKind, Source, Span, Speaker, SystemName, Tag, Telling, Timestamp, Topic,
    },
    store::{Effect, Store, StoreError, StoreResult},
};

async fn fact(store: &dyn Store, id: FactId) -> StoreResult<Fact> {
    let found = store.facts(&[id]).await?.pop().flatten();
    found.ok_or(StoreError::Missing(id.into()))
}

async fn names(store: &dyn Store, n: u128) -> StoreResult<Vec<Claim>> {
    let people = store.people(&[person(n)]).await?;
    Ok(people.into_iter().flatten().flat_map(|p| p.facts).map(|fact| fact.claim).collect())
}

/// One claim of every shape there is.
fn every_claim() -> Vec<Claim> {
    let statement = |closeness, by| EvidenceKind::Statement { closeness, by };
    let score = Probability::new(0.1 + 0.2).expect("less than one");
    let system = SystemName::new("crm").expect("a good name");
    let (one, other) = (Participant::from(person(1)), address("Ben+News@Example.org"));
    let read_as = [one, Participant { person: person(2), read_as: Some(other) }];
    let on = |on| Claim::Tag { on, tag: Tag::new("vip „öü“ \"x\"").expect("a good tag") };
    let far = Span::new(Some(NOON.day().plus(-9)), Some(NOON.day())).expect("in order");
    let relation = CompanyRelation {
        id: RelationId::new(1),
        from: company(1),
        to: company(2),
        kind: RelationKind::IntegratesWith,
        span: far,
    };
    let external = Identifier::external(system.clone(), "A-7").expect("a good id");
    let mut claims = vec![
        called(1, "Ána \u{1F600} O'Brien"),
        reached_by(1, "Ana+x@Example.org"),
        reached_by(1, "https://linkedin.com/in/ana"),
        Claim::PersonIdentifier { person: person(1), identifier: external },
        company_called(1, "Globex"),
        Claim::CompanyDomain {
            company: company(1),
            domain: crate::model::Domain::new("globex.example").expect("a good domain"),
        },
        works(1, 1, 1, Some("Head of \"Sales\"")),
        works(2, 1, 1, None),
        Claim::Relation(relation),
        on(Holder::Person(person(1))),
        on(Holder::Company(company(1))),
        on_list(1, 1),
        Claim::ListEntry { list: list(1), entry: Holder::Company(company(1)) },
        Claim::AskLimit { person: person(1), per_month: 65_535 },
        Claim::Cadence { of: person(1), with: person(2), days: 30 },
        Claim::Note(Note {
            on: person(1),
            by: person(2),
            kind: NoteKind::HowWeMet,
            text: NoteText::new("at \"sea\"").expect("a good text"),
            topics: vec![Topic::new("boats").expect("a good word")],
            written_at: NOON,
        }),
        contact(statement(Closeness::Score(score), Speaker::System(system)), [1, 2], 0),
        contact(statement(Closeness::Close, Speaker::Person(person(3))), [1, 2], 0),
        Claim::Evidence(
            crate::model::Evidence::new(EvidenceKind::Mail, Timestamp::from_ms(-1), read_as)
                .expect("two people"),
        ),
    ];
    for kind in [
        EvidenceKind::Mail,
        EvidenceKind::Message,
        EvidenceKind::ListAnswer,
        EvidenceKind::Call,
        EvidenceKind::Meeting,
        EvidenceKind::Introduction,
        EvidenceKind::Connection,
    ] {
        claims.push(contact(kind, [2, 1], 1));
    }
    claims
}

cases! { $ __store_cases_of_facts;
    async fn who_could_see_a_fact_confirms_it_and_others_learn_it(place) {
        let store = populated(place).await?;
        let own = |n| Attestation { recorder: Author::Member(member(n)), ..to_owner(member(n)) };
        let other = |n, import| {
            let source = Source { import: Some(ImportId::new(import)), ..own(n).source };
            Attestation { source, ..own(n) }
        };
        let people = [1, 2].map(|n| Change::PutMember(member_called(n, &format!("m{n}"))));
        apply(&*store, 2, people).await?;
        let told = |by| [tell_by(called(1, "Ana"), by)];
        let steps = [
            (own(1), Effect::Changed, "first"),
            (own(1), Effect::Nothing, "the same again"),
            (other(1, 5), Effect::Confirmed, "from another source"),
            (own(2), Effect::Changed, "by one who could not see it"),
        ];
        for (n, (by, effect, why)) in (3..).zip(steps) {
            assert_eq!(apply(&*store, n, told(by)).await?.effects, [effect], "{why}");
        }
    }

    async fn every_claim_survives_the_store(place) {
        let store = populated(place).await?;
        let changes: Vec<Change> = every_claim().into_iter().map(tell).collect();
        assert_eq!(apply(&*store, 2, changes.clone()).await?.changed, changes.len());
        let reopened = place.open().await;
        for claim in every_claim() {
            let kept = fact(&*reopened, id_of(claim.clone())).await?;
            assert_eq!(kept.claim, claim);
            assert_eq!(kept.attestations, [to_team()]);
            assert_eq!(id_of(kept.claim), kept.id, "its content still makes its id");
        }
    }

    async fn facts_come_in_the_order_of_their_ids_with_gaps(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Ana")), tell(mail([1, 2], 1))]).await?;
        let ids = [id_of(mail([1, 2], 1)), FactId::new(404), id_of(called(1, "Ana"))];
        let found = store.facts(&ids).await?;
        let found: Vec<_> = found.iter().map(|fact| fact.as_ref().map(|fact| fact.id)).collect();
        assert_eq!(found, [Some(ids[0]), None, Some(ids[2])]);
    }

    async fn a_fact_told_twice_by_one_source_is_told_once(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Ana"))]).await?;
        let later = Attestation { recorded_at: NOON.plus_ms(DAY_MS), ..to_team() };
        let wider = Attestation { basis: crate::model::LawfulBasis::Consent, ..to_team() };
        let again = [tell_by(called(1, "Ana"), later), tell_by(called(1, "Ana"), wider)];
        assert_eq!(apply(&*store, 3, again).await?.changed, 0);
        assert_eq!(fact(&*store, id_of(called(1, "Ana"))).await?.attestations, [to_team()]);
    }

    async fn a_fact_from_two_sources_is_one_with_two_attestations(place) {
        let store = populated(place).await?;
        let by = crate::model::Author::Member(member(1));
        let others = [from_source("crm"), Attestation { recorder: by, ..to_team() }];
        let mut told = vec![to_team()];
        apply(&*store, 2, [tell(called(1, "Ana"))]).await?;
        for (n, other) in (3..).zip(others) {
            told.push(other.clone());
            assert_eq!(apply(&*store, n, [tell_by(called(1, "Ana"), other)]).await?.changed, 1);
        }
        assert_eq!(fact(&*store, id_of(called(1, "Ana"))).await?.attestations, told);
        assert_eq!(names(&*store, 1).await?, [called(1, "Ana")]);
    }

    async fn a_fact_outlives_the_retraction_of_one_of_its_sources(place) {
        let store = populated(place).await?;
        let claim = called(1, "Ana");
        let both = [tell(claim.clone()), tell_by(claim.clone(), from_source("crm"))];
        apply(&*store, 2, both).await?;
        apply(&*store, 3, [Change::retract(id_of(claim.clone()), &to_team())]).await?;
        assert_eq!(names(&*store, 1).await?, [called(1, "Ana")]);
        let kept = fact(&*store, id_of(claim)).await?;
        let back: Vec<_> = kept.attestations.iter().map(|a| a.retracted_at).collect();
        assert_eq!(back, [Some(NOON), None]);
    }

    async fn a_fact_that_all_sources_took_back_is_gone_from_every_read_but_its_history(place) {
        let store = populated(place).await?;
        let claims = [
            called(1, "Ana"),
            reached_by(1, "ana@example.org"),
            company_called(1, "Globex"),
            works(1, 1, 1, Some("Pilot")),
            on_list(1, 1),
            mail([1, 2], 1),
        ];
        let sources = [to_team(), from_source("crm")];
        let each = || claims.iter().flat_map(|claim| sources.iter().map(move |by| (claim, by)));
        let told = each().map(|(claim, by)| tell_by(claim.clone(), by.clone()));
        apply(&*store, 2, told.collect::<Vec<_>>()).await?;
        let back = each().map(|(claim, by)| Change::retract(id_of(claim.clone()), by));
        let later = NOON.plus_ms(5);
        store.apply(&Batch { at: later, ..batch(3, back.collect::<Vec<_>>()) }).await?;

        assert_eq!(names(&*store, 1).await?, []);
        let companies = store.companies(&[company(1)]).await?;
        assert!(companies.iter().flatten().all(|company| company.facts.is_empty()));
        assert_eq!(store.staff(&[company(1)]).await?, [vec![]]);
        assert_eq!(store.employments(&[crate::model::EmploymentId::new(1)]).await?, [None]);
        assert_eq!(store.list_entries(list(1), None, 10).await?, []);
        assert_eq!(people_with(&*store, &[address("ana@example.org")]).await?, []);
        assert_eq!(store.pairs_of(&[person(1)]).await?, []);
        for claim in &claims {
            let history = fact(&*store, id_of(claim.clone())).await?;
            let back: Vec<_> = history.attestations.iter().map(|a| a.retracted_at).collect();
            assert_eq!(back, [Some(later), Some(later)]);
        }
    }

    async fn taking_back_twice_or_what_was_never_told_changes_nothing(place) {
        let store = populated(place).await?;
        let id = id_of(called(1, "Ana"));
        apply(&*store, 2, [tell(called(1, "Ana"))]).await?;
        let other = Change::retract(id, &from_source("crm"));
        assert_eq!(apply(&*store, 3, [other]).await?.changed, 0);
        let back = || Change::retract(id, &to_team());
        assert_eq!(apply(&*store, 4, [back(), back()]).await?.changed, 1);
    }

    async fn a_fact_is_not_there_before_the_change_that_tells_it(place) {
        let store = populated(place).await?;
        let id = id_of(called(1, "Ana"));
        let [back, told] = [Change::retract(id, &to_team()), tell(called(1, "Ana"))];
        let said = apply(&*store, 2, [back.clone(), told.clone()]).await;
        assert!(matches!(said, Err(StoreError::Missing(missing)) if missing == id.into()));
        assert_eq!(apply(&*store, 3, [told, back]).await?.changed, 2);
        assert_eq!(names(&*store, 1).await?, []);
    }

    async fn a_fact_told_again_after_it_was_taken_back_stands_again(place) {
        let store = populated(place).await?;
        let claims = [called(1, "Ana"), reached_by(1, "ana@example.org"), mail([1, 2], 1)];
        let each = |change: fn(Claim) -> Change| claims.clone().map(change);
        apply(&*store, 2, each(tell)).await?;
        apply(&*store, 3, each(|claim| Change::retract(id_of(claim), &to_team()))).await?;
        assert_eq!(apply(&*store, 4, each(tell)).await?.changed, 3);
        assert_eq!(names(&*store, 1).await?, claims[..2]);
        let found = people_with(&*store, &[address("ana@example.org")]).await?;
        assert_eq!(found, [(0, person(1))]);
        assert_eq!(store.pairs_of(&[person(1)]).await?, [(person(1), person(2))]);
        // The first telling, and that it was taken back, stay known.
        let told = fact(&*store, id_of(called(1, "Ana"))).await?.attestations;
        let back: Vec<_> = told.iter().map(|a| a.retracted_at).collect();
        assert_eq!(back, [Some(NOON), None]);
    }

    async fn the_order_of_telling_goes_by_what_stands(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Zoe")), tell(called(1, "Ana"))]).await?;
        assert_eq!(names(&*store, 1).await?, [called(1, "Zoe"), called(1, "Ana")]);
        let back = Change::retract(id_of(called(1, "Zoe")), &to_team());
        apply(&*store, 3, [back, tell(called(1, "Zoe"))]).await?;
        assert_eq!(names(&*store, 1).await?, [called(1, "Ana"), called(1, "Zoe")]);
    }

    async fn a_telling_that_is_taken_back_already_is_refused(place) {
        let store = populated(place).await?;
        let back = Attestation { retracted_at: Some(NOON), ..to_team() };
        let said = apply(&*store, 2, [tell_by(called(1, "Ana"), back)]).await;
        assert!(matches!(said, Err(StoreError::BadBatch(_))), "{said:?}");
    }

    async fn equal_rows_of_one_file_are_facts_of_their_own(place) {
        let store = populated(place).await?;
        let nth = |occurrence| Telling { occurrence, ..Telling::new(mail([1, 2], 1), to_team()) };
        let rows = || [Change::Tell(nth(0)), Change::Tell(nth(1))];
        assert_eq!(apply(&*store, 2, rows()).await?.changed, 2);
        assert_eq!(apply(&*store, 3, rows()).await?.changed, 0);
        let pairs = store.evidence_of_pairs(&[(person(1), person(2))]).await?;
        assert_eq!(pairs[0].evidence.len(), 2);
        assert!(store.facts(&[nth(0).fact_id(), nth(1).fact_id()]).await?.iter().all(Option::is_some));
    }

    async fn who_may_see_a_fact_is_kept_with_it(place) {
        let store = populated(place).await?;
        let tie = Audience { group: Group::Team, level: Level::Tie };
        let told = [to_owner(member(2)), Attestation { audience: tie, ..from_source("crm") }];
        let both = told.clone().map(|by| tell_by(called(1, "Ana"), by));
        apply(&*store, 2, both).await?;
        let kept = fact(&*store, id_of(called(1, "Ana"))).await?;
        assert_eq!(kept.attestations, told);
        assert_eq!(kept.level_for(None), Some(Level::Tie));
        assert_eq!(kept.level_for(Some(member(2))), Some(Level::Evidence));
    }

    async fn a_revision_grows_with_each_fact_but_evidence_and_cadences(place) {
        let store = populated(place).await?;
        let revision = async || -> StoreResult<u32> {
            let people = store.people(&[person(1)]).await?;
            Ok(people[0].as_ref().map_or(0, |person| person.revision.0))
        };
        let companies = async || -> StoreResult<u32> {
            let companies = store.companies(&[company(1)]).await?;
            Ok(companies[0].as_ref().map_or(0, |company| company.revision.0))
        };
        assert_eq!((revision().await?, companies().await?), (1, 1));
        apply(&*store, 2, [tell(called(1, "Ana")), tell(called(1, "Ana"))]).await?;
        assert_eq!(revision().await?, 2, "the second one changed nothing");
        apply(&*store, 3, [tell(works(1, 1, 1, None)), tell(on_list(1, 1))]).await?;
        assert_eq!((revision().await?, companies().await?), (4, 2));
        apply(&*store, 4, [tell(mail([1, 2], 1))]).await?;
        assert_eq!(revision().await?, 4, "evidence says nothing that an edit could overwrite");
        let cadence = Claim::Cadence { of: person(2), with: person(1), days: 30 };
        apply(&*store, 7, [tell(cadence.clone())]).await?;
        apply(&*store, 8, [Change::retract(id_of(cadence), &to_team())]).await?;
        assert_eq!(revision().await?, 4, "how often somebody wants contact is their business");
        apply(&*store, 5, [tell_by(called(1, "Ana"), from_source("crm"))]).await?;
        apply(&*store, 6, [Change::retract(id_of(called(1, "Ana")), &to_team())]).await?;
        assert_eq!(revision().await?, 6);
    }
}
