//! What holds of every list and every change, whoever writes meanwhile.

use serde_json::{Value, json};

use crate::support::House;

#[tokio::test]
async fn whoever_turns_pages_sees_each_once_though_others_are_added() {
    let house = House::own().await;
    for (field, create) in [
        ("people", r#"mutation { createPerson(input: {name: "New NUMBER"}) { person { id } } }"#),
        (
            "companies",
            r#"mutation { createCompany(input: {name: "New NUMBER"}) { company { id } } }"#,
        ),
    ] {
        for seed in 0..3_usize {
            let whole = pages(&house, field, 100, &mut async |_| {}).await;
            let mut added = async |page: usize| {
                if page.is_multiple_of(2) {
                    let number = format!("{seed}{page}");
                    house.data(&create.replace("NUMBER", &number)).await;
                }
            };
            let while_adding = pages(&house, field, 37 + seed * 31, &mut added).await;
            let mut unique = while_adding.clone();
            unique.sort();
            unique.dedup();
            assert_eq!(unique.len(), while_adding.len(), "{field}: nobody twice");
            let kept: Vec<_> = while_adding.into_iter().filter(|id| whole.contains(id)).collect();
            assert_eq!(kept, whole, "{field}: all who were there, in the same order");
        }
    }
}

/// The ids of a list, page by page.
async fn pages(
    house: &House,
    field: &str,
    first: usize,
    between: &mut impl AsyncFnMut(usize),
) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    for page in 0.. {
        let query = format!(
            "{{ {field}(first: {first}, after: {after}) {{ nodes {{ id }}
                pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let list = house.data(&query).await[field].take();
        let ids = list["nodes"].as_array().unwrap().iter();
        seen.extend(ids.map(|node| node["id"].as_str().unwrap().to_owned()));
        if list["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = list["pageInfo"]["endCursor"].clone();
        between(page).await;
    }
    seen
}

#[tokio::test]
async fn a_change_that_is_sent_twice_is_made_once_also_at_once() {
    let house = House::own().await;
    let people = house.data("{ people(first: 2) { nodes { id } } }").await;
    let two = &people["people"]["nodes"];
    let (a, b) = (&two[0]["id"], &two[1]["id"]);
    for change in [
        r#"createCompany(input: {name: "Tidewell", idempotencyKey: "k"}) { company { id name } userErrors { code } }"#
            .to_owned(),
        r#"createPerson(input: {name: "Bo Chen", idempotencyKey: "k"}) { person { id name } userErrors { code } }"#
            .to_owned(),
        format!(
            r#"recordEvidence(input: {{kind: MEETING, occurredAt: "2026-05-01T10:00:00Z", participantIds: [{a}, {b}], idempotencyKey: "k"}})
               {{ ties {{ tie {{ strength }} }} userErrors {{ code }} }}"#
        ),
    ] {
        let mutation = format!("mutation {{ {change} }}");
        let (one, other) = tokio::join!(house.data(&mutation), house.data(&mutation));
        let version = tertius::store::Store::version(&*house.store).await.unwrap();
        let later = house.data(&mutation).await;
        assert_eq!(one, other, "at once: {change}");
        assert_eq!(one, later, "later: {change}");
        let unchanged = tertius::store::Store::version(&*house.store).await.unwrap();
        assert_eq!(version, unchanged, "{change}");
    }
}

#[tokio::test]
async fn a_query_asks_the_store_as_often_for_many_rows_as_for_a_few() {
    let house = House::own().await;
    let reads = async |query: &str, first: usize| {
        let query = query.replace("FIRST", &first.to_string());
        // What is looked up once and kept is not counted.
        house.data(&query).await;
        let before = house.store.reads();
        house.data(&query).await;
        house.store.reads() - before
    };
    for query in [
        "{ people(first: FIRST) { nodes { name company { name } } } }",
        "{ people(first: FIRST) { nodes { employments(first: 3) { nodes { company { name } } } } } }",
        "{ companies(first: FIRST) { nodes { name staff(first: 3) { nodes { person { name } } } } } }",
        "{ search(query: \"ana\", first: FIRST) { nodes { ... on Person { name company { name } } } } }",
        "{ introPaths(input: {to: {domain: \"globex.example\"}}, first: FIRST) { nodes { people { name company { name } } hops { tie { strength from { name } } } } } }",
        "{ whoKnows(input: {targets: {domain: \"globex.example\"}}, first: FIRST) { nodes { knower { name } target { name company { name } } tie { strength } } } }",
        "{ clusters { clusters(first: FIRST) { nodes { name members(first: 3) { nodes { id } } } } } }",
    ] {
        let (few, many) = (reads(query, 2).await, reads(query, 20).await);
        assert!(many <= few + 2, "{few} reads for 2, {many} for 20: {query}");
        let depth = query.matches('{').count() as u64;
        assert!(many <= 3 * depth + 5, "{many} reads at a depth of {depth}: {query}");
    }
}
