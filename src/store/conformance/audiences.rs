//! For whose eyes tellings are, and what a member never shows.

use futures_util::TryStreamExt as _;

use super::prelude::*;
use crate::{
    model::{
        Attestation, Audience, AudienceRule, AudienceRuleId, Author, Change, Claim, Domain, Erasure,
        ErasureId, Fact, FactId, Group, ImportId, Level, MemberId, PersonId, Reason, RuleSubject,
        Traces, Version,
    },
    store::{BatchesRequest, Effect, Store, StoreError, StoreResult},
};

/// Told by a member, in an import of theirs.
fn by(n: u128, import: u128, audience: Audience) -> Attestation {
    let mut told = Attestation { recorder: Author::Member(member(n)), audience, ..to_team() };
    told.source.import = Some(ImportId::new(import));
    told
}

/// Makes what somebody told be for other eyes.
fn shown(claim: &Claim, told: &Attestation, audience: Audience) -> Change {
    let (source, recorder) = (told.source.clone(), told.recorder);
    Change::SetAudience { fact: id_of(claim.clone()), source, recorder, audience }
}

async fn levels(store: &dyn Store) -> StoreResult<Vec<Level>> {
    let rows = store.evidence_of_pairs(&[(person(1), person(2))]).await?;
    Ok(rows.into_iter().flat_map(|row| row.evidence).map(|item| item.level).collect())
}

async fn told_by(
    store: &dyn Store,
    n: u128,
    import: Option<u128>,
) -> StoreResult<Vec<FactId>> {
    let facts = store.stream_told_by(member(n), import.map(ImportId::new));
    let facts: Vec<Fact> = facts.try_collect().await?;
    Ok(facts.into_iter().map(|fact| fact.id).collect())
}

fn rule(n: u128, owner: MemberId, about: RuleSubject) -> AudienceRule {
    let id = AudienceRuleId::new(n);
    AudienceRule { id, owner, about, team_sees: None, since: NOON, lifted_at: None }
}

async fn rules_of(store: &dyn Store, n: u128) -> StoreResult<Vec<AudienceRule>> {
    Ok(store.audience_rules_of(member(n)).await?.into_iter().map(|rule| rule.value).collect())
}

cases! { $ __store_cases_of_audiences;
    async fn what_was_told_to_the_team_is_for_its_teller_alone_and_stays_as_of_the_past(place) {
        let store = populated(place).await?;
        let (claim, told) = (mail([1, 2], 3), by(1, 7, Audience::TEAM));
        apply(&*store, 2, [tell_by(claim.clone(), told.clone())]).await?;
        let private = Audience::private(member(1));
        let applied = apply(&*store, 3, [shown(&claim, &told, private)]).await?;
        assert_eq!((applied.changed, applied.effects), (1, vec![Effect::Changed]));
        assert_eq!(levels(&*store).await?, []);
        assert_eq!(levels(&*store.seen_by(member(1))).await?, [Level::Evidence]);
        assert_eq!(levels(&*store.seen_by(member(2))).await?, []);
        assert_eq!(levels(&*store.as_of(Version(2))).await?, [Level::Evidence]);
        assert_eq!(changes_since(&*store, Version(2)).await?.len(), 2, "the team's pair changed");
        let facts = store.facts(&[id_of(claim)]).await?;
        let told: Vec<_> = facts.iter().flatten().flat_map(|fact| &fact.attestations).collect();
        let times: Vec<_> = told.iter().map(|told| (told.recorded_at, told.basis)).collect();
        assert_eq!(times[0], times[1], "told again as of the moment of the first telling");
        assert_eq!((told.len(), told[0].retracted_at.is_some()), (2, true));
    }

    async fn what_is_for_these_eyes_already_or_does_not_stand_stays_as_it_is(place) {
        let store = populated(place).await?;
        let (claim, told) = (mail([1, 2], 3), by(1, 7, Audience::TEAM));
        apply(&*store, 2, [tell_by(claim.clone(), told.clone())]).await?;
        let other = by(2, 7, Audience::TEAM);
        let same = shown(&claim, &told, Audience::TEAM);
        let foreign = shown(&claim, &other, Audience::private(member(2)));
        assert_eq!(apply(&*store, 3, [same, foreign]).await?.changed, 0);
        assert_eq!(store.version().await?, Version(2));
        apply(&*store, 4, [Change::retract(id_of(claim.clone()), &told)]).await?;
        let gone = shown(&claim, &told, Audience::private(member(1)));
        assert_eq!(apply(&*store, 5, [gone]).await?.changed, 0);
        let unknown = shown(&mail([3, 4], 1), &told, Audience::TEAM);
        let said = apply(&*store, 6, [unknown]).await;
        assert!(matches!(said, Err(StoreError::Missing(_))), "{said:?}");
    }

    async fn what_others_told_too_stays_for_whom_they_told_it(place) {
        let store = populated(place).await?;
        let strength = Audience { group: Group::Team, level: Level::Strength };
        let (claim, mine, theirs) = (mail([1, 2], 3), by(1, 7, Audience::TEAM), by(2, 8, strength));
        let both = [mine.clone(), theirs].map(|told| tell_by(claim.clone(), told));
        apply(&*store, 2, both).await?;
        apply(&*store, 3, [shown(&claim, &mine, Audience::private(member(1)))]).await?;
        assert_eq!(levels(&*store).await?, [Level::Strength]);
        apply(&*store, 4, [shown(&claim, &mine, Audience::TEAM)]).await?;
        assert_eq!(levels(&*store).await?, [Level::Evidence]);
    }

    async fn a_name_that_becomes_private_is_found_by_its_teller_alone(place) {
        let store = populated(place).await?;
        let (claim, told) = (reached_by(1, "ana@example.org"), by(1, 7, Audience::TEAM));
        apply(&*store, 2, [tell_by(claim.clone(), told.clone())]).await?;
        apply(&*store, 3, [shown(&claim, &told, Audience::private(member(1)))]).await?;
        let key = [address("ana@example.org")];
        assert_eq!(people_with(&*store, &key).await?, []);
        assert_eq!(people_with(&*store.seen_by(member(1)), &key).await?, [(0, person(1))]);
        assert_eq!(people_with(&*store.as_of(Version(2)), &key).await?, [(0, person(1))]);
        apply(&*store, 4, [shown(&claim, &told, Audience::TEAM)]).await?;
        assert_eq!(people_with(&*store, &key).await?, [(0, person(1))]);
    }

    async fn what_a_member_told_is_streamed_in_order_of_telling_by_import_too(place) {
        let store = populated(place).await?;
        let claims = [mail([1, 2], 3), called(3, "Cem"), mail([2, 3], 1)];
        for (n, claim) in (2..).zip(&claims) {
            apply(&*store, n, [tell_by(claim.clone(), by(1, n, Audience::TEAM))]).await?;
        }
        apply(&*store, 9, [tell_by(mail([4, 5], 1), by(2, 2, Audience::TEAM))]).await?;
        let ids = claims.clone().map(id_of);
        assert_eq!(told_by(&*store, 1, None).await?, ids);
        assert_eq!(told_by(&*store, 1, Some(3)).await?, [ids[1]]);
        assert_eq!(told_by(&*store, 2, Some(3)).await?, []);
        let (first, private) = (by(1, 2, Audience::TEAM), Audience::private(member(1)));
        apply(&*store, 10, [shown(&claims[0], &first, private)]).await?;
        let taken_back = Change::retract(ids[1], &by(1, 3, Audience::TEAM));
        apply(&*store, 11, [taken_back]).await?;
        assert_eq!(told_by(&*store, 1, None).await?, [ids[2], ids[0]], "what stands, once each");
    }

    async fn a_rule_is_kept_for_its_owner_and_no_trail_tells_of_it(place) {
        let store = populated(place).await?;
        let domain = RuleSubject::Domain(Domain::new("globex.example")?);
        let mut one = rule(2, member(1), RuleSubject::Person(person(3)));
        let others = [rule(1, member(1), domain), rule(3, member(2), RuleSubject::Company(company(1)))];
        apply(&*store, 2, [Change::PutAudienceRule(one.clone())]).await?;
        apply(&*store, 3, others.clone().map(Change::PutAudienceRule)).await?;
        assert_eq!(rules_of(&*store, 1).await?, [others[0].clone(), one.clone()]);
        assert_eq!(rules_of(&*store, 2).await?, [others[1].clone()]);
        assert_eq!(apply(&*store, 4, [Change::PutAudienceRule(one.clone())]).await?.changed, 0);
        one.lifted_at = Some(NOON);
        apply(&*store, 5, [Change::PutAudienceRule(one.clone())]).await?;
        assert_eq!(rules_of(&*store, 1).await?, [others[0].clone(), one]);
        assert_eq!(changes_since(&*store, Version(1)).await?, [], "nothing changed for the team");
        let all = BatchesRequest { before: None, author: None, since: None, limit: 10 };
        let trail = store.batches(all).await?;
        assert_eq!(trail.iter().map(|note| note.version).collect::<Vec<_>>(), [Version(1)]);
        let unknown = rule(4, member(404), RuleSubject::Person(person(1)));
        let said = apply(&*store, 6, [Change::PutAudienceRule(unknown)]).await;
        assert!(matches!(said, Err(StoreError::Missing(_))), "{said:?}");
    }

    async fn rules_about_somebody_who_is_erased_go_with_them(place) {
        let store = populated(place).await?;
        let kept = rule(1, member(1), RuleSubject::Person(person(4)));
        let gone = rule(2, member(1), RuleSubject::Person(person(3)));
        apply(&*store, 2, [kept.clone(), gone].map(Change::PutAudienceRule)).await?;
        let people: Vec<PersonId> = vec![person(3)];
        let traces = Traces::of(people.clone());
        let reason = Reason::new("they asked")?;
        let (id, author) = (ErasureId::new(1), Author::System);
        let erasure = Erasure { id, people, reason, author, at: NOON };
        apply(&*store, 3, [Change::ErasePerson(erasure, traces)]).await?;
        assert_eq!(rules_of(&*store, 1).await?, [kept]);
    }
}
