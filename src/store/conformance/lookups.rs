//! Looking up people, companies, employments and entries of lists.

use futures_util::TryStreamExt as _;

use super::prelude::*;
use crate::{
    model::{Change, Claim, EmploymentId, Fact, FactId, Holder, PersonId},
    store::{PAGE_MAX, SharedKey, StoreError, StoreResult},
};

fn refused<T>(said: &StoreResult<T>) -> bool {
    matches!(said, Err(StoreError::BadBatch(_)))
}

fn claims(facts: &[Fact]) -> Vec<Claim> {
    facts.iter().map(|fact| fact.claim.clone()).collect()
}

cases! { $ __store_cases_of_lookups;
    async fn people_come_in_the_order_of_the_ids_with_gaps_and_repeats(place) {
        let store = populated(place).await?;
        let ids = [person(3), person(404), person(1), person(3)];
        let found = store.people(&ids).await?;
        let found: Vec<_> = found.iter().map(|p| p.as_ref().map(|p| p.id)).collect();
        assert_eq!(found, [Some(ids[0]), None, Some(ids[2]), Some(ids[3])]);
        assert_eq!(store.people(&[]).await?, []);
    }

    async fn a_person_comes_with_all_facts_but_evidence(place) {
        let store = populated(place).await?;
        let told = [called(1, "Ana"), works(1, 1, 1, None), on_list(1, 1),
            Claim::AskLimit { person: person(1), per_month: 2 }];
        let all = told.iter().cloned().chain([mail([1, 2], 1), called(2, "Ben")]);
        apply(&*store, 2, all.map(tell).collect::<Vec<_>>()).await?;
        let people = store.people(&[person(1)]).await?;
        assert_eq!(claims(&people[0].as_ref().ok_or("she is there")?.facts), told);
    }

    async fn companies_come_in_order_with_gaps_and_without_employments(place) {
        let store = populated(place).await?;
        let told = [company_called(2, "Globex"), works(1, 1, 2, None), company_called(2, "Globex Inc")];
        apply(&*store, 2, told.clone().map(tell)).await?;
        let found = store.companies(&[company(404), company(2), company(1)]).await?;
        assert_eq!(found[0], None);
        let globex = found[1].as_ref().ok_or("it is there")?;
        assert_eq!(claims(&globex.facts), [told[0].clone(), told[2].clone()]);
        assert_eq!(found[2].as_ref().map(|company| company.id), Some(company(1)));
    }

    async fn staff_is_ordered_by_person_and_empty_for_unknown_companies(place) {
        let store = populated(place).await?;
        let told = [works(1, 9, 1, None), works(2, 3, 1, None), works(3, 3, 2, None)];
        apply(&*store, 2, told.clone().map(tell)).await?;
        let staff = store.staff(&[company(1), company(404), company(2), company(3)]).await?;
        let staff: Vec<_> = staff.iter().map(|facts| claims(facts)).collect();
        let [nine, three, elsewhere] = told;
        assert_eq!(staff, [vec![three, nine], vec![], vec![elsewhere], vec![]]);
    }

    async fn an_employment_is_found_by_its_id_as_it_was_told_last(place) {
        let store = populated(place).await?;
        let corrected = works(1, 1, 1, Some("Chief"));
        apply(&*store, 2, [tell(works(1, 1, 1, Some("Pilot"))), tell(corrected.clone())]).await?;
        let ids = [EmploymentId::new(404), EmploymentId::new(1)];
        let found = store.employments(&ids).await?;
        assert_eq!(found[0], None);
        assert_eq!(found[1].as_ref().map(|fact| fact.claim.clone()), Some(corrected.clone()));
        apply(&*store, 3, [Change::retract(id_of(corrected), &to_team())]).await?;
        let found = store.employments(&ids[1..]).await?;
        let pilot = works(1, 1, 1, Some("Pilot"));
        assert_eq!(found[0].as_ref().map(|fact| fact.claim.clone()), Some(pilot));
    }

    async fn people_are_found_by_identifiers_however_these_are_written(place) {
        let store = populated(place).await?;
        let told = [reached_by(2, "Ana+news@Example.org"), reached_by(1, "ana@example.org"),
            reached_by(3, "https://www.linkedin.com/in/Carl/")];
        apply(&*store, 2, told.map(tell)).await?;
        let asked = ["nobody@example.org", "linkedin.com/in/carl", "ANA@example.org"].map(address);
        let found = people_with(&*store, &asked).await?;
        assert_eq!(found, [(1, person(3)), (2, person(1)), (2, person(2))]);
        assert_eq!(store.holders_of(&[]).await?, []);
    }

    async fn an_identifier_stays_while_one_way_of_writing_it_stands(place) {
        let store = populated(place).await?;
        let told = [reached_by(1, "ana@example.org"), reached_by(1, "Ana+news@example.org")];
        apply(&*store, 2, told.clone().map(tell)).await?;
        let asked = [address("ana@example.org")];
        for (n, claim) in (3..).zip(told) {
            assert_eq!(people_with(&*store, &asked).await?, [(0, person(1))]);
            apply(&*store, n, [Change::retract(id_of(claim), &to_team())]).await?;
        }
        assert_eq!(people_with(&*store, &asked).await?, []);
    }

    async fn keys_that_several_have_are_streamed_in_order(place) {
        let store = populated(place).await?;
        let told = [called(3, "Ana Silva"), called(1, "ANA SILVA"), called(2, "Ana"),
            called(4, "Ana"), reached_by(2, "ana@example.org"), reached_by(1, "Ana+x@example.org"),
            company_called(2, "Globex Inc."), company_called(1, "Globex"),
            Claim::Identity { one: a_person(5), other: a_person(6), same: false }];
        apply(&*store, 2, told.map(tell)).await?;
        let shared = |key: &str, holders: [Holder; 2]| SharedKey { key: key.into(), holders: holders.into() };
        let apart = format!("apart:{}:{}", person(5), person(6));
        let expected = [
            shared(&apart, [a_person(5), a_person(6)]),
            shared("mail:ana@example.org", [a_person(1), a_person(2)]),
            shared("name:ana silva", [a_person(1), a_person(3)]),
            shared("name:globex", [a_company(1), a_company(2)]),
        ];
        let streamed: Vec<SharedKey> = store.stream_shared_keys().try_collect().await?;
        assert_eq!(streamed, expected);
        apply(&*store, 3, [Change::retract(id_of(called(3, "Ana Silva")), &to_team())]).await?;
        let streamed: Vec<SharedKey> = store.stream_shared_keys().try_collect().await?;
        assert_eq!(streamed.len(), 3);
        let keys = ["name:globex", "name:ana silva", "name:nobody"].map(str::to_owned);
        let found = [(0, a_company(1)), (0, a_company(2)), (1, a_person(1))];
        assert_eq!(store.holders_of(&keys).await?, found);
    }

    async fn the_secret_that_is_proposed_first_stays(place) {
        let store = place.open().await;
        assert_eq!(store.keep_secret([1; 32]).await?, [1; 32]);
        assert_eq!(store.keep_secret([2; 32]).await?, [1; 32]);
        assert_eq!(place.open().await.keep_secret([3; 32]).await?, [1; 32]);
    }

    async fn pages_of_people_and_companies_run_in_order_of_id(place) {
        let store = place.open().await;
        // The last one needs all 128 bits: ids sort as numbers.
        let ids = [1 << 127, 5, u128::MAX, 0, 300];
        let people = ids.map(|n| Change::AddPerson(person(n)));
        let companies = ids.map(|n| Change::AddCompany(company(n)));
        apply(&*store, 1, [people, companies].concat()).await?;
        let sorted = [0, 5, 300, 1 << 127, u128::MAX];
        assert_eq!(store.people_after(None, 3).await?, sorted.map(person)[..3]);
        assert_eq!(store.people_after(Some(person(300)), 9).await?, sorted.map(person)[3..]);
        assert_eq!(store.people_after(Some(person(6)), 1).await?, [person(300)]);
        assert_eq!(store.people_after(Some(person(u128::MAX)), 1).await?, []);
        assert_eq!(store.companies_after(None, 9).await?, sorted.map(company));
        assert_eq!(store.companies_after(Some(company(5)), 1).await?, [company(300)]);
        assert_eq!(store.companies_after(None, 0).await?, []);
    }

    async fn entries_of_a_list_come_in_pages_ordered_by_fact(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [Change::PutList(list_called(2, "Others"))]).await?;
        let on_company = Claim::ListEntry { list: list(1), entry: Holder::Company(company(1)) };
        let mut told: Vec<Claim> = (1..=4).map(|n| on_list(1, n)).chain([on_company]).collect();
        let others = [on_list(2, 1), on_list(2, 2)];
        let all = told.iter().cloned().chain(others).map(tell);
        apply(&*store, 3, all.collect::<Vec<_>>()).await?;
        told.sort_by_key(|claim| id_of(claim.clone()));
        let mut after = None;
        let mut seen = Vec::new();
        loop {
            let page = store.list_entries(list(1), after, 2).await?;
            let Some(last) = page.last() else { break };
            assert!(page.len() <= 2);
            after = Some(last.id);
            seen.extend(claims(&page));
        }
        assert_eq!(seen, told);
        assert_eq!(store.list_entries(list(404), None, 9).await?, []);
        assert_eq!(store.list_entries(list(1), Some(FactId::new(u128::MAX)), 9).await?, []);
    }

    async fn a_call_for_more_than_a_page_is_refused_and_never_cut(place) {
        let store = populated(place).await?;
        let people: Vec<PersonId> = (0..=PAGE_MAX as u128).map(person).collect();
        let pairs: Vec<_> = people.iter().map(|other| (*other, person(5_000))).collect();
        let companies: Vec<_> = (0..=PAGE_MAX as u128).map(company).collect();
        let facts: Vec<_> = (0..=PAGE_MAX as u128).map(FactId::new).collect();
        let keys: Vec<String> = (0..=PAGE_MAX).map(|n| format!("external:crm:{n}")).collect();
        assert!(refused(&store.people(&people).await));
        assert!(refused(&store.companies(&companies).await));
        assert!(refused(&store.staff(&companies).await));
        assert!(refused(&store.facts(&facts).await));
        assert!(refused(&store.holders_of(&keys).await));
        assert!(refused(&store.evidence_of_pairs(&pairs).await));
        assert!(refused(&store.pairs_of(&people).await));
        assert!(refused(&store.people_after(None, PAGE_MAX + 1).await));
        assert!(refused(&store.companies_after(None, PAGE_MAX + 1).await));
        assert!(refused(&store.list_entries(list(1), None, PAGE_MAX + 1).await));
        assert_eq!(store.people(&people[1..]).await?.len(), PAGE_MAX);
        assert_eq!(store.facts(&facts[1..]).await?.len(), PAGE_MAX);
        assert_eq!(store.evidence_of_pairs(&pairs[1..]).await?.len(), PAGE_MAX);
        assert_eq!(store.holders_of(&keys[1..]).await?, []);
        assert_eq!(store.people_after(None, PAGE_MAX).await?.len(), 30);
    }
}
