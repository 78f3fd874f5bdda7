//! The ten questions that GraphiQL opens with.

use std::collections::BTreeSet;

use serde_json::Value;
use tertius::{http::questions, sample};

use crate::support::House;

#[tokio::test]
async fn every_question_is_answered_on_the_sample() {
    let house = House::own().await;
    for (name, text) in questions() {
        let data = house.data(text).await;
        for (field, answer) in data.as_object().unwrap() {
            assert_ne!(*answer, Value::Null, "{name}: {field}");
            let refused = answer["userErrors"].as_array().is_some_and(|errors| !errors.is_empty());
            assert!(!refused, "{name}: {answer}");
        }
    }
}

#[test]
fn every_question_says_first_what_it_asks_and_has_one_named_operation() {
    for (number, (name, text)) in (1..).zip(questions()) {
        assert!(name.starts_with(&format!("{number:02}-")), "{name}");
        assert!(text.starts_with(&format!("# {number}. ")), "{name}");
        assert!(text.contains("\n# Look at: "), "{name}");
        let operations = text.lines().filter(|line| {
            let words = ["query ", "mutation "];
            words.iter().any(|word| line.starts_with(word))
        });
        assert_eq!(operations.count(), 1, "{name}");
    }
}

#[test]
fn every_name_in_a_question_is_of_the_sample() {
    let world = sample::ecosystem(&sample::Options::default());
    let changes = world.batches().flat_map(|batch| batch.changes);
    let sample = changes.map(|change| format!("{change:?}")).collect::<Vec<_>>().join("\n");
    let mut named = BTreeSet::new();
    for (_, text) in questions() {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        for literal in lines.flat_map(|line| line.split('"').skip(1).step_by(2)) {
            let is_id = literal.split_once('_').is_some_and(|(_, digits)| digits.len() == 32);
            if is_id || literal.ends_with(".example") {
                named.insert(literal);
                assert!(sample.contains(literal), "{literal}");
            }
        }
    }
    assert!(named.len() >= 8, "{named:?}");
}

#[tokio::test]
async fn paths_that_differ_say_what_each_adds_and_whom_they_share() {
    let house = House::shared();
    let ask = |more: &str| {
        format!(
            "{{ introPaths(input: {{ to: {{ domain: \"globex.example\" }} {more} }}, first: 4) {{
                 nodes {{ key probability people {{ id }} together {{ probability shared {{ id }} }} }}
                 pageInfo {{ hasNextPage }} }} }}"
        )
    };
    let best = house.data(&ask("")).await["introPaths"]["nodes"].take();
    assert!(best.as_array().unwrap().iter().all(|path| path["together"].is_null()));
    let differing = house.data(&ask("differing: true")).await;
    assert_eq!(differing["introPaths"]["pageInfo"]["hasNextPage"], false);
    let paths = differing["introPaths"]["nodes"].as_array().unwrap();
    assert_eq!(paths[0]["key"], best[0]["key"], "the best one is the first");
    assert_ne!(
        paths.iter().map(|path| &path["key"]).collect::<Vec<_>>(),
        best.as_array().unwrap().iter().map(|path| &path["key"]).collect::<Vec<_>>(),
        "but not the best four"
    );
    let chance = |path: &Value| path["together"]["probability"].as_f64().unwrap();
    assert!((chance(&paths[0]) - paths[0]["probability"].as_f64().unwrap()).abs() < 1e-9);
    let mut earlier: Vec<Value> = Vec::new();
    for pair in paths.windows(2) {
        earlier.extend(pair[0]["people"].as_array().unwrap().clone());
        assert!(chance(&pair[1]) > chance(&pair[0]), "each adds something");
        for shared in pair[1]["together"]["shared"].as_array().unwrap() {
            assert!(earlier.contains(shared), "{shared}");
        }
    }
    let refused = house
        .ask(&ask("differing: true").replace("first: 4", "first: 4, after: \"introPaths:0\""))
        .await;
    assert_eq!(refused["errors"][0]["extensions"]["argument"], "after", "{refused}");
}
