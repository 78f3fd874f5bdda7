//! Evidence, pair by pair.

use super::prelude::*;
use crate::{
    model::{
        Attestation, Change, Claim, Closeness, Direction, EvidenceKind, Level, PairEvidence,
        Probability, Reason, Speaker, SystemName,
    },
    store::{PairRow, Store, StoreResult},
};

async fn evidence(store: &dyn Store, one: u128, other: u128) -> StoreResult<Vec<PairEvidence>> {
    let rows = store.evidence_of_pairs(&[(person(one), person(other))]).await?;
    Ok(rows.into_iter().flat_map(|row| row.evidence).collect())
}

fn row(claim: Claim, kind: EvidenceKind, direction: Direction, recipients: u16) -> PairEvidence {
    let at = claim.at().expect("evidence is of one moment");
    let fact = id_of(claim);
    let level = Level::Evidence;
    PairEvidence { fact, kind, direction, at, recorded_at: NOON, recipients, level }
}

cases! { $ __store_cases_of_pairs;
    async fn evidence_comes_pair_by_pair_in_the_order_asked_with_gaps(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(mail([1, 2], 1)), tell(mail([3, 2], 1))]).await?;
        let asked = [(person(2), person(3)), (person(1), person(3)), (person(1), person(2))];
        let rows = store.evidence_of_pairs(&asked).await?;
        let lengths: Vec<_> = rows.iter().map(|r| ((r.low, r.high), r.evidence.len())).collect();
        assert_eq!(lengths, [(asked[0], 1), (asked[1], 0), (asked[2], 1)]);
        let turned = store.evidence_of_pairs(&[(person(3), person(2))]).await?;
        assert_eq!(turned[0], rows[0], "a pair has no order of its own");
    }

    async fn a_mail_runs_from_its_writer_to_each_reader(place) {
        let store = populated(place).await?;
        let sent = mail([2, 1, 3], 1);
        apply(&*store, 2, [tell(sent.clone())]).await?;
        let expected = |direction| [row(sent.clone(), EvidenceKind::Mail, direction, 2)];
        assert_eq!(evidence(&*store, 1, 2).await?, expected(Direction::Back));
        assert_eq!(evidence(&*store, 2, 3).await?, expected(Direction::Forth));
        assert_eq!(evidence(&*store, 1, 3).await?, [], "two readers have nothing to do with it");
    }

    async fn a_meeting_is_mutual_between_all(place) {
        let store = populated(place).await?;
        let met = contact(EvidenceKind::Meeting, [3, 1, 2], 1);
        apply(&*store, 2, [tell(met.clone())]).await?;
        for (one, other) in [(1, 2), (1, 3), (2, 3)] {
            let expected = row(met.clone(), EvidenceKind::Meeting, Direction::Mutual, 2);
            assert_eq!(evidence(&*store, one, other).await?, [expected]);
        }
    }

    async fn every_kind_of_evidence_comes_back_as_it_was(place) {
        let store = populated(place).await?;
        let crm = Speaker::System(SystemName::new("crm")?);
        let measured = Closeness::Score(Probability::new(0.1 + 0.2)?);
        let kinds = [
            EvidenceKind::Mail,
            EvidenceKind::Message,
            EvidenceKind::ListAnswer,
            EvidenceKind::Call,
            EvidenceKind::Meeting,
            EvidenceKind::Introduction,
            EvidenceKind::Connection,
            EvidenceKind::Statement { closeness: measured, by: crm },
            EvidenceKind::Statement { closeness: Closeness::Weak, by: Speaker::Person(person(1)) },
            EvidenceKind::Override {
                strength: Probability::new(0.1 + 0.2)?,
                reason: Some(Reason::new("no longer")?),
                until: NOON.day(),
            },
        ];
        for (n, kind) in (2..).zip(kinds.clone()) {
            apply(&*store, n, [tell(contact(kind, [1, 2], 20 - n as i64))]).await?;
        }
        let kept: Vec<EvidenceKind> =
            evidence(&*store, 1, 2).await?.into_iter().map(|row| row.kind).collect();
        assert_eq!(kept, kinds);
    }

    async fn evidence_of_a_pair_is_ordered_by_time_then_id(place) {
        let store = populated(place).await?;
        let told = [mail([1, 2], 1), mail([1, 2], 9), mail([2, 1], 9), mail([1, 2], 4)];
        apply(&*store, 2, told.clone().map(tell)).await?;
        let mut expected: Vec<_> = told.iter().map(|c| (c.at(), id_of(c.clone()))).collect();
        expected.sort_unstable();
        let found = evidence(&*store, 1, 2).await?;
        let found: Vec<_> = found.iter().map(|row| (Some(row.at), row.fact)).collect();
        assert_eq!(found, expected);
    }

    async fn a_crowd_says_nothing_about_two_people_but_is_kept(place) {
        let store = populated(place).await?;
        let crowd = mail(1..=21, 1);
        let nearly = mail(2..=21, 2);
        apply(&*store, 2, [tell(crowd.clone()), tell(nearly.clone())]).await?;
        assert_eq!(store.pairs_of(&[person(1)]).await?, []);
        assert_eq!(evidence(&*store, 1, 2).await?, []);
        let expected = row(nearly, EvidenceKind::Mail, Direction::Forth, 19);
        assert_eq!(evidence(&*store, 2, 21).await?, [expected]);
        let kept = store.facts(&[id_of(crowd.clone())]).await?;
        assert_eq!(kept[0].as_ref().map(|fact| fact.claim.clone()), Some(crowd));
    }

    async fn private_evidence_is_in_no_pair(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell_by(mail([1, 2], 1), to_owner(member(1)))]).await?;
        assert_eq!(evidence(&*store, 1, 2).await?, []);
        assert_eq!(store.pairs_of(&[person(1), person(2)]).await?, []);
        assert!(store.facts(&[id_of(mail([1, 2], 1))]).await?[0].is_some());
    }

    async fn evidence_that_shows_only_a_tie_is_in_its_pair(place) {
        let store = populated(place).await?;
        for (n, level) in (2..).zip([Level::Tie, Level::Strength, Level::Evidence]) {
            apply(&*store, n, [tell_by(mail([1, 2], n as i64), to_team_at(level))]).await?;
        }
        let mut levels: Vec<_> = evidence(&*store, 1, 2).await?.iter().map(|e| e.level).collect();
        levels.sort_unstable();
        assert_eq!(levels, [Level::Tie, Level::Strength, Level::Evidence]);
    }

    async fn private_evidence_joins_its_pair_when_the_team_is_told(place) {
        let store = populated(place).await?;
        let early = Attestation { recorded_at: NOON.plus_ms(-DAY_MS), ..to_owner(member(1)) };
        apply(&*store, 2, [tell_by(mail([1, 2], 3), early)]).await?;
        apply(&*store, 3, [tell(mail([1, 2], 3))]).await?;
        let expected = row(mail([1, 2], 3), EvidenceKind::Mail, Direction::Forth, 1);
        assert_eq!(evidence(&*store, 1, 2).await?, [expected], "learnt when the team was told");
        apply(&*store, 4, [Change::retract(id_of(mail([1, 2], 3)), &to_team())]).await?;
        assert_eq!(evidence(&*store, 1, 2).await?, []);
        assert_eq!(store.pairs_of(&[person(2)]).await?, []);
    }

    async fn evidence_counts_from_the_first_telling_to_the_team_that_stands(place) {
        let store = populated(place).await?;
        let earlier = Attestation { recorded_at: NOON.plus_ms(-DAY_MS), ..from_source("crm") };
        let both = [to_team(), earlier.clone()].map(|by| tell_by(mail([1, 2], 3), by));
        apply(&*store, 2, both).await?;
        assert_eq!(evidence(&*store, 1, 2).await?[0].recorded_at, earlier.recorded_at);
        apply(&*store, 3, [Change::retract(id_of(mail([1, 2], 3)), &earlier)]).await?;
        assert_eq!(evidence(&*store, 1, 2).await?[0].recorded_at, NOON);
    }

    async fn the_pairs_of_people_come_once_and_in_order(place) {
        let store = populated(place).await?;
        let told = [mail([5, 2], 1), mail([5, 2], 2), mail([2, 9], 1), mail([5, 9], 1), mail([1, 3], 1)];
        apply(&*store, 2, told.map(tell)).await?;
        let pair = |low, high| (person(low), person(high));
        assert_eq!(store.pairs_of(&[person(5)]).await?, [pair(2, 5), pair(5, 9)]);
        let both = store.pairs_of(&[person(9), person(5), person(404)]).await?;
        assert_eq!(both, [pair(2, 5), pair(2, 9), pair(5, 9)]);
        let back = Change::retract(id_of(mail([5, 2], 1)), &to_team());
        apply(&*store, 3, [back]).await?;
        assert_eq!(store.pairs_of(&[person(2)]).await?, [pair(2, 5), pair(2, 9)]);
        let back = Change::retract(id_of(mail([5, 2], 2)), &to_team());
        apply(&*store, 4, [back]).await?;
        assert_eq!(store.pairs_of(&[person(2)]).await?, [pair(2, 9)]);
    }

    async fn a_pair_nobody_knows_is_an_empty_row(place) {
        let store = place.open().await;
        let rows = store.evidence_of_pairs(&[(person(1), person(2))]).await?;
        assert_eq!(rows, [PairRow { low: person(1), high: person(2), evidence: vec![] }]);
    }
}
