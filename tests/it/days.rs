//! Past days: what a store that ends there says.

use tertius::{
    model::Day,
    service::{
        CompanyDraft, From, KeepingQuestion, PageRequest, PathQuestion, SearchQuestion, Tertius,
        To, Vantage, Viewer,
    },
};

use crate::support::House;

/// Answers as of a day without the word that they are of it.
pub(crate) fn taken_as_present(answers: &str, day: Day) -> String {
    let said = format!("as_of: {:?}", Vantage::from(Some(day)));
    assert!(answers.contains(&said), "what is seen as of {day} says so");
    answers.replace(&said, &format!("as_of: {:?}", Vantage::NOW))
}

/// The story's questions, as somebody asks them.
async fn story(tertius: &Tertius, viewer: &Viewer) -> String {
    let all = PageRequest { first: Some(100), after: None };
    let mut answers = Vec::new();
    for list in tertius.lists(viewer).await.unwrap() {
        let entered = tertius.entrances(viewer, list.id, &From::MyTeam).await.unwrap();
        let threads = tertius.threads(viewer, Some(list.id)).await.unwrap();
        answers.push(format!("{list:?} {} {entered:?} {threads:?}", entered.open()));
    }
    let question = KeepingQuestion { list: None, only: None };
    let due = tertius.keep_in_touch(viewer, &question, &all).await.unwrap();
    answers.push(format!("{due:?}"));
    let companies = tertius.companies_page(viewer, &all).await.unwrap();
    for (_, company) in &companies.entries {
        let question = PathQuestion::to(To::Company(company.id));
        answers.push(format!("{:?}", tertius.intro_paths(viewer, &question).await.unwrap()));
    }
    answers.join("\n")
}

#[tokio::test]
async fn a_past_day_is_what_a_store_that_ends_there_says() {
    let house = House::shared();
    let mira = house.viewer("mira").await;
    for days_ago in [20, 45] {
        let day = house.tertius.today().plus(-days_ago);
        let then = House::ending_on(day).await;
        let expected = story(&then.tertius, &then.viewer("mira").await).await;
        let found = taken_as_present(&story(&house.tertius, &mira.as_of(Some(day))).await, day);
        for (found, expected) in found.lines().zip(expected.lines()) {
            assert_eq!(found, expected, "as of {day}");
        }
        assert_eq!(found.len(), expected.len(), "as of {day}");
        assert_ne!(found, story(&house.tertius, &mira).await, "much has happened since");
    }
}

#[tokio::test]
async fn a_day_to_come_is_refused_and_the_past_is_not_changed() {
    let house = House::shared();
    let mira = house.viewer("mira").await;
    let today = house.tertius.today();
    let question = SearchQuestion { text: "priya".into(), only: None };
    let page = PageRequest::default();
    let tomorrow = mira.as_of(Some(today.plus(1)));
    let error = house.tertius.search(&tomorrow, &question, &page).await.unwrap_err();
    assert!(error.to_string().contains("still to come"), "{error}");
    let yesterday = mira.as_of(Some(today.plus(-1)));
    let draft = CompanyDraft { name: "Late".into(), domains: Vec::new(), idempotency_key: None };
    let error = house.tertius.create_company(&yesterday, draft).await.unwrap_err();
    assert!(error.to_string().contains("only what is seen"), "{error}");
    let long_ago = mira.as_of(Some(today.plus(-40_000)));
    let found = house.tertius.search(&long_ago, &question, &page).await.unwrap();
    assert!(found.entries.is_empty(), "nothing was recorded by then");
}
