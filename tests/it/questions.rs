//! The ten questions that GraphiQL opens with.

use std::{collections::BTreeSet, sync::Arc};

use async_graphql::{
    Request, Response, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
};
use tertius::{api, config::Limits, http::questions, sample};

/// Answers what has passed the validation instead of running it.
struct StopBeforeRunning;

impl ExtensionFactory for StopBeforeRunning {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for StopBeforeRunning {
    async fn execute(
        &self,
        _ctx: &ExtensionContext<'_>,
        _operation_name: Option<&str>,
        _next: NextExecute<'_>,
    ) -> Response {
        Response::new(Value::from("valid"))
    }
}

/// Parses and validates a document within the usual limits, without running it.
async fn validated(document: &str) -> Response {
    let limits = Limits::default();
    let schema = api::schema_builder()
        .limit_depth(limits.query_depth_max)
        .limit_complexity(limits.query_cost_max)
        .extension(StopBeforeRunning)
        .finish();
    schema.execute(Request::new(document)).await
}

#[tokio::test]
async fn every_question_is_valid() {
    for (name, text) in questions() {
        let answer = validated(text).await;
        assert!(answer.errors.is_empty(), "{name}: {:?}", answer.errors);
        assert_eq!(answer.data, Value::from("valid"), "{name}");
    }
}

#[tokio::test]
async fn a_question_with_a_mistake_is_not_valid() {
    for mistake in [
        "{ viewer { nme } }",
        "{ search { nodes { __typename } } }",
        r#"{ company(by: { id: "1", domain: "a.example" }) { name } }"#,
        r#"mutation { stateTie(input: { toId: "1", closeness: LUKEWARM }) { clientMutationId } }"#,
    ] {
        assert!(!validated(mistake).await.errors.is_empty(), "{mistake}");
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
