//! The long streams that the network is loaded from.

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::prelude::*;
use crate::{
    model::{Change, Claim, Employment, EvidenceKind, Level, PersonId},
    store::PairRow,
};

cases! { $ __store_cases_of_streams;
    async fn all_people_are_streamed_in_order_of_id(place) {
        let store = place.open().await;
        let ids = [u128::MAX, 3, 1 << 127, 0];
        apply(&*store, 1, ids.map(|n| Change::AddPerson(person(n)))).await?;
        let people: Vec<PersonId> = store.stream_people().try_collect().await?;
        assert_eq!(people, [0, 3, 1 << 127, u128::MAX].map(person));
    }

    async fn an_empty_store_streams_nothing(place) {
        let store = place.open().await;
        assert_eq!(store.stream_people().count().await, 0);
        assert_eq!(store.stream_pairs().count().await, 0);
        assert_eq!(store.stream_employments().count().await, 0);
    }

    async fn each_pair_is_streamed_once_lower_id_first(place) {
        let store = place.open().await;
        let ids = [1 << 127, 7, 300, u128::MAX];
        apply(&*store, 1, ids.map(|n| Change::AddPerson(person(n)))).await?;
        let told = [mail([u128::MAX, 1 << 127], 1), mail([300, 7], 2), mail([7, u128::MAX], 3),
            mail([7, 300], 1)];
        apply(&*store, 2, told.map(tell)).await?;
        let mut rows: Vec<PairRow> = store.stream_pairs().try_collect().await?;
        rows.sort_by_key(|row| (row.low, row.high));
        let pairs: Vec<_> = rows.iter().map(|row| (row.low, row.high, row.evidence.len())).collect();
        let pair = |low, high, count| (person(low), person(high), count);
        let expected = [pair(7, 300, 2), pair(7, u128::MAX, 1), pair(1 << 127, u128::MAX, 1)];
        assert_eq!(pairs, expected);
    }

    async fn a_streamed_pair_is_the_pair_that_is_looked_up(place) {
        let store = populated(place).await?;
        let told = [mail([1, 2], 3), contact(EvidenceKind::Meeting, [2, 1, 5], 1), mail(4..=24, 1)];
        apply(&*store, 2, told.map(tell)).await?;
        apply(&*store, 3, [tell_by(mail([8, 9], 1), to_owner(member(1)))]).await?;
        apply(&*store, 4, [tell_by(mail([6, 7], 1), to_team_at(Level::Tie))]).await?;
        apply(&*store, 5, [tell(mail([10, 11], 1))]).await?;
        apply(&*store, 6, [Change::retract(id_of(mail([10, 11], 1)), &to_team())]).await?;
        let mut streamed: Vec<PairRow> = store.stream_pairs().try_collect().await?;
        streamed.sort_by_key(|row| (row.low, row.high));
        let pairs: Vec<_> = streamed.iter().map(|row| (row.low, row.high)).collect();
        let pair = |low, high| (person(low), person(high));
        assert_eq!(pairs, [pair(1, 2), pair(1, 5), pair(2, 5), pair(6, 7)]);
        assert_eq!(store.evidence_of_pairs(&pairs).await?, streamed);
    }

    async fn all_evidence_that_stands_is_streamed_in_order_of_id(place) {
        let store = populated(place).await?;
        let told = [mail([1, 2], 3), mail([3, 2], 1), mail([1, 2], 5), called(1, "Ana")];
        apply(&*store, 2, told.clone().map(tell)).await?;
        apply(&*store, 3, [tell_by(mail([8, 9], 1), to_owner(member(1)))]).await?;
        apply(&*store, 4, [Change::retract(id_of(mail([1, 2], 5)), &to_team())]).await?;
        let streamed: Vec<_> = store.stream_evidence().try_collect().await?;
        let mut expected = [mail([1, 2], 3), mail([3, 2], 1), mail([8, 9], 1)].map(id_of);
        expected.sort_unstable();
        assert_eq!(streamed.iter().map(|fact| fact.id).collect::<Vec<_>>(), expected);
        assert_eq!(store.facts(&expected).await?, streamed.into_iter().map(Some).collect::<Vec<_>>());
    }

    async fn a_stream_sees_one_moment(place) {
        let store = place.open().await;
        let count = 3_000;
        let people = (0..=count).map(|n| Change::AddPerson(person(n)));
        apply(&*store, 1, people.collect::<Vec<_>>()).await?;
        let mails = (1..=count).map(|n| tell(mail([0, n], 1)));
        apply(&*store, 2, mails.collect::<Vec<_>>()).await?;
        let mut stream = store.stream_pairs();
        let first = stream.next().await.ok_or("there is a first one")??;
        let gone = Change::retract(id_of(mail([0, count], 1)), &to_team());
        apply(&*store, 3, [gone, tell(mail([count - 1, count], 1))]).await?;
        let rest: Vec<PairRow> = stream.try_collect().await?;
        assert_eq!(first.high, person(1));
        assert_eq!(rest.len() as u128, count - 1);
        assert_eq!(rest.last().map(|row| (row.low, row.high)), Some((person(0), person(count))));
    }

    async fn a_stream_that_is_dropped_early_holds_nothing_up(place) {
        let store = populated(place).await?;
        for n in 2..40 {
            let first = store.stream_people().next().await.ok_or("there is a first one")??;
            assert_eq!(first, person(1));
            apply(&*store, n, [tell(called(1, &format!("Ana {n}")))]).await?;
        }
    }

    async fn employments_are_streamed_by_company_then_person_for_the_team_alone(place) {
        let store = populated(place).await?;
        let told = [works(1, 9, 2, Some("Pilot")), works(2, 3, 2, None), works(3, 9, 1, None)];
        apply(&*store, 2, told.clone().map(tell)).await?;
        let hidden = [
            tell_by(works(4, 1, 1, None), to_owner(member(1))),
            tell_by(works(5, 2, 1, None), to_team_at(Level::Strength)),
            tell(works(6, 4, 1, None)),
            Change::retract(id_of(works(6, 4, 1, None)), &to_team()),
        ];
        apply(&*store, 3, hidden).await?;
        let jobs: Vec<Employment> = store.stream_employments().try_collect().await?;
        let jobs: Vec<Claim> = jobs.into_iter().map(Claim::Employment).collect();
        let [pilot, three, first] = told;
        assert_eq!(jobs, [first, three, pilot]);
        apply(&*store, 4, [tell(works(5, 2, 1, None))]).await?;
        let jobs: Vec<Employment> = store.stream_employments().try_collect().await?;
        assert_eq!(jobs.len(), 3, "the same source said it already, and no louder");
    }
}
