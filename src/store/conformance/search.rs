//! Searching by folded keys.

use super::prelude::*;
use crate::{
    model::{Change, Holder, fold, search_keys},
    store::{Candidate, HolderKind, PAGE_MAX, SearchRequest, Store, StoreError, StoreResult},
};

fn for_text(text: &str) -> SearchRequest {
    SearchRequest { keys: search_keys(text).into_iter().collect(), limit: 10, ..Default::default() }
}

async fn found(store: &dyn Store, request: SearchRequest) -> StoreResult<Vec<Holder>> {
    Ok(store.search(&request).await?.into_iter().map(|found| found.holder).collect())
}

cases! { $ __store_cases_of_search;
    async fn a_name_is_found_whatever_its_case_and_accents(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Élif Yılmaz")), tell(called(2, "Otto"))]).await?;
        for text in ["Élif Yılmaz", "ELIF", "yilmaz", "Ελίφ yilmaz"] {
            assert_eq!(found(&*store, for_text(text)).await?, [a_person(1)], "{text}");
        }
    }

    async fn a_name_is_found_in_spite_of_a_typo(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Jonas")), tell(called(2, "Otto"))]).await?;
        assert_eq!(found(&*store, for_text("Jonsa")).await?, [a_person(1)]);
    }

    async fn who_shares_more_keys_comes_first(place) {
        let store = populated(place).await?;
        let told = [called(1, "Anatol"), called(2, "Ana Silva"), called(3, "Ana Silvana")];
        apply(&*store, 2, told.map(tell)).await?;
        let request = for_text("Ana Silva");
        let candidates = store.search(&request).await?;
        assert_eq!(candidates[0].holder, a_person(2));
        assert_eq!(candidates[0].keys_shared as usize, request.keys.len());
        let shared: Vec<u32> = candidates.iter().map(|c| c.keys_shared).collect();
        assert!(shared.is_sorted_by(|a, b| a >= b), "{shared:?}");
        assert_eq!(candidates.len(), 3);
    }

    async fn among_equals_people_come_first_then_the_lowest_id(place) {
        let store = populated(place).await?;
        let told = [company_called(1, "Ada"), called(9, "Ada"), called(3, "Ada"), called(5, "Ada")];
        apply(&*store, 2, told.map(tell)).await?;
        let expected = [a_person(3), a_person(5), a_person(9), a_company(1)];
        assert_eq!(found(&*store, for_text("ada")).await?, expected);
        for limit in 0..4 {
            let request = SearchRequest { limit, ..for_text("ada") };
            assert_eq!(found(&*store, request).await?, expected[..limit]);
        }
    }

    async fn only_people_or_only_companies_are_found_where_that_is_wanted(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Ada")), tell(company_called(1, "Ada"))]).await?;
        let only = |only| SearchRequest { only: Some(only), ..for_text("Ada") };
        assert_eq!(found(&*store, only(HolderKind::Person)).await?, [a_person(1)]);
        assert_eq!(found(&*store, only(HolderKind::Company)).await?, [a_company(1)]);
    }

    async fn a_word_that_begins_so_counts_as_one_key(place) {
        let store = populated(place).await?;
        let told = [called(1, "Alexandra Alexis"), called(2, "Sasha Alexander"), called(3, "Otto")];
        apply(&*store, 2, told.map(tell)).await?;
        let begins = |prefix: &str| SearchRequest {
            prefix: Some(prefix.to_owned()),
            limit: 10,
            ..Default::default()
        };
        let expected = [1, 2].map(|n| Candidate { holder: a_person(n), keys_shared: 1 });
        assert_eq!(store.search(&begins("alex")).await?, expected);
        assert_eq!(found(&*store, begins("alexi")).await?, [a_person(1)]);
        assert_eq!(found(&*store, begins("lex")).await?, []);
        assert_eq!(found(&*store, begins("")).await?, [], "no prefix is no search");
        let both = SearchRequest { keys: vec!["w:sasha".to_owned()], ..begins("alex") };
        let found = store.search(&both).await?;
        assert_eq!(found[0], Candidate { holder: a_person(2), keys_shared: 2 });
    }

    async fn addresses_domains_and_titles_are_found_too(place) {
        let store = populated(place).await?;
        let domain = crate::model::Domain::new("initech.example")?;
        let told = [
            reached_by(1, "zelda@example.org"),
            works(1, 2, 1, Some("Astronaut")),
            crate::model::Claim::CompanyDomain { company: company(3), domain },
        ];
        apply(&*store, 2, told.map(tell)).await?;
        for (word, holder) in
            [("zelda", a_person(1)), ("astronaut", a_person(2)), ("initech", a_company(3))]
        {
            let request =
                SearchRequest { keys: vec![format!("w:{word}")], limit: 10, ..Default::default() };
            assert_eq!(found(&*store, request).await?, [holder], "{word}");
        }
    }

    async fn a_retracted_name_is_no_longer_found(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Ana Silva"))]).await?;
        apply(&*store, 3, [Change::retract(id_of(called(1, "Ana Silva")), &to_team())]).await?;
        assert_eq!(found(&*store, for_text("Ana Silva")).await?, []);
    }

    async fn a_key_stays_while_another_fact_gives_it(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Ana Silva")), tell(called(1, "Ana Costa"))]).await?;
        apply(&*store, 3, [Change::retract(id_of(called(1, "Ana Silva")), &to_team())]).await?;
        assert_eq!(found(&*store, for_text("Ana")).await?, [a_person(1)]);
        assert_eq!(found(&*store, for_text("Silva")).await?, []);
    }

    async fn a_second_source_neither_doubles_a_key_nor_keeps_it_too_long(place) {
        let store = populated(place).await?;
        let claim = || called(1, "Ana");
        apply(&*store, 2, [tell(claim()), tell_by(claim(), from_source("crm"))]).await?;
        let request = for_text("Ana");
        let shared = store.search(&request).await?[0].keys_shared;
        assert_eq!(shared as usize, request.keys.len());
        apply(&*store, 3, [Change::retract(id_of(claim()), &to_team())]).await?;
        assert_eq!(found(&*store, for_text("Ana")).await?, [a_person(1)]);
        apply(&*store, 4, [Change::retract(id_of(claim()), &from_source("crm"))]).await?;
        assert_eq!(found(&*store, for_text("Ana")).await?, []);
    }

    async fn a_search_without_bounds_is_bounded_or_refused(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Ana"))]).await?;
        let endless = "ana abcdefghij klmnop ".repeat(10_000);
        assert_eq!(found(&*store, for_text(&endless)).await?, [a_person(1)]);
        let long = SearchRequest { prefix: Some(fold("ana") + &endless), ..for_text("ana") };
        assert_eq!(found(&*store, long).await?, [a_person(1)]);
        let keys = |count| SearchRequest {
            keys: (0..count).map(|n| format!("g:{n}")).collect(),
            limit: 10,
            ..Default::default()
        };
        assert_eq!(found(&*store, keys(PAGE_MAX)).await?, []);
        for bad in [keys(PAGE_MAX + 1), SearchRequest { limit: PAGE_MAX + 1, ..keys(1) }] {
            let said = store.search(&bad).await;
            assert!(matches!(said, Err(StoreError::BadBatch(_))), "{said:?}");
        }
    }

    async fn a_search_for_nothing_finds_nothing(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [tell(called(1, "Ana"))]).await?;
        for text in ["", "!!!", "xyzzy"] {
            assert_eq!(found(&*store, for_text(text)).await?, [], "{text}");
        }
    }
}
