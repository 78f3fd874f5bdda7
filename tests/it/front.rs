//! Questions through the real router: right answers, and clear errors.

use std::fmt::Write as _;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use crate::support::{House, ask, post, send};

const TO_GLOBEX: &str = r#"to: {role: {domain: "globex.example", title: "vp engineering"}}"#;

fn code(answer: &Value) -> (&Value, &Value) {
    let extensions = &answer["errors"][0]["extensions"];
    (&extensions["code"], &extensions["argument"])
}

#[tokio::test]
async fn the_best_path_comes_first_with_its_evidence() {
    let query = format!(
        "{{ introPaths(input: {{{TO_GLOBEX}}}, first: 1) {{ nodes {{ people {{ name }} verdict
            weakestHop hops {{ probability tie {{ strength factors {{ logOdds }} }} }} }}
            basis {{ kind outcomes }} miss {{ reason }} }} }}"
    );
    let answer = House::shared().data(&query).await;
    let path = &answer["introPaths"]["nodes"][0];
    let names: Vec<_> =
        path["people"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    let first: Vec<_> = names.iter().map(|name| name.split(' ').next().unwrap()).collect();
    assert_eq!(first, ["Mira", "Tom", "Elif", "Priya"]);
    assert_eq!(path["verdict"], "LIKELY_YES");
    assert_eq!(answer["introPaths"]["basis"], json!({ "kind": "PRIOR", "outcomes": 0 }));
    let tie = &path["hops"][0]["tie"];
    let logit: f64 =
        tie["factors"].as_array().unwrap().iter().map(|f| f["logOdds"].as_f64().unwrap()).sum();
    let strength = tie["strength"].as_f64().unwrap();
    assert!((logit - (strength / (1.0 - strength)).ln()).abs() < 1e-3, "{logit} {strength}");
    let factors_of_others = path["hops"][1]["tie"]["factors"].as_array().unwrap();
    assert!(factors_of_others.is_empty(), "the receipt of a colleague's mail is theirs");
}

#[tokio::test]
async fn equal_hops_have_equal_keys_in_different_answers() {
    let house = House::shared();
    let key = |more: &str| {
        format!("{{ introPaths(input: {{{TO_GLOBEX}{more}}}, first: 1) {{ nodes {{ key }} }} }}")
    };
    let all = house.data(&key("")).await;
    let strict = house.data(&key(", minStepProbability: 0.3")).await;
    let short = house.data(&key(", maxSteps: 2")).await;
    assert_eq!(all["introPaths"]["nodes"], strict["introPaths"]["nodes"]);
    assert_ne!(all["introPaths"]["nodes"], short["introPaths"]["nodes"]);
}

#[tokio::test]
async fn no_path_says_why() {
    let house = House::shared();
    let asked = r#"{ introPaths(input: {to: {domain: "umbrahealth.example"}, maxSteps: 1})
        { nodes { key } miss { reason people { name } } } }"#;
    let answer = house.data(asked).await;
    assert_eq!(answer["introPaths"]["nodes"], json!([]));
    assert_eq!(answer["introPaths"]["miss"]["reason"], "TOO_FAR");
    assert_eq!(answer["introPaths"]["miss"]["people"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_wrong_question_gets_an_error_that_names_the_argument() {
    let house = House::shared();
    let routes = house.open_routes().await;
    let long = "x".repeat(200_000);
    let company = "company_00000000000000000000000000000001";
    for (query, argument) in [
        (format!(r#"{{ person(by: {{id: "{company}"}}) {{ name }} }}"#), "id"),
        (r#"{ person(by: {id: "person_1"}) { name } }"#.into(), "id"),
        (r#"{ person(by: {email: "not an address"}) { name } }"#.into(), "email"),
        (r#"{ node(id: "") { id } }"#.into(), "id"),
        (format!(r#"{{ node(id: "{long}") {{ id }} }}"#), "id"),
        (r#"{ search(query: "") { nodes { __typename } } }"#.into(), "query"),
        (r#"{ search(query: " ?! ") { nodes { __typename } } }"#.into(), "query"),
        (format!(r#"{{ search(query: "{long}") {{ nodes {{ __typename }} }} }}"#), "query"),
        ("{ people(first: 1000000) { nodes { name } } }".into(), "first"),
        ("{ people(first: 0) { nodes { name } } }".into(), "first"),
        ("{ people(first: -1) { nodes { name } } }".into(), "first"),
        (r#"{ people(after: "search:3") { nodes { name } } }"#.into(), "after"),
        (
            r#"{ companies(after: "person_00000000000000000000000000000001") { nodes { name } } }"#
                .into(),
            "after",
        ),
        (
            format!(
                "{{ introPaths(input: {{{TO_GLOBEX}}}, first: 1000000) {{ nodes {{ key }} }} }}"
            ),
            "first",
        ),
        (
            format!("{{ introPaths(input: {{{TO_GLOBEX}, maxSteps: 9}}) {{ nodes {{ key }} }} }}"),
            "maxSteps",
        ),
        (
            format!(
                r#"{{ introPaths(input: {{{TO_GLOBEX}}}, after: "people:1") {{ nodes {{ key }} }} }}"#
            ),
            "after",
        ),
        (
            format!(
                r#"{{ introPaths(input: {{to: {{personId: "{company}"}}}}) {{ nodes {{ key }} }} }}"#
            ),
            "personId",
        ),
        (r#"{ introPaths(input: {to: {role: {title: "x"}}}) { nodes { key } } }"#.into(), "role"),
        (
            format!(
                r#"{{ whoKnows(input: {{targets: {{domain: "globex.example"}}, amongIds: ["{company}"]}}) {{ nodes {{ verdict }} }} }}"#
            ),
            "amongIds",
        ),
    ] {
        let answer = ask(&routes, &query).await;
        let shown = query.chars().take(120).collect::<String>();
        assert_eq!(
            code(&answer),
            (&json!("BAD_USER_INPUT"), &json!(argument)),
            "{shown}: {answer}"
        );
        assert!(answer.to_string().len() < 2_000, "an error stays short: {shown}");
    }
}

#[tokio::test]
async fn who_knows_whom_says_why_and_pages_from_both_ends() {
    let house = House::shared();
    let lists = house.data("{ viewer { lists { id kind } } }").await;
    let lists = lists["viewer"]["lists"].as_array().unwrap();
    let targets = lists.iter().find(|list| list["kind"] == "TARGETS").unwrap()["id"].clone();
    let role = format!(r"{{role: {{listId: {targets}, functions: [SALES, PARTNERSHIPS]}}}}");
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = house
            .data(&format!(
                r"{{ knows(input: {{knowers: {{scope: MY_TEAM}}, targets: {role}}}, first: 2 {after}) {{
                    nodes {{ knower {{ id }} target {{ id }} matched {{ title function words fit }} verdict tie {{ strength }} }}
                    pageInfo {{ hasNextPage endCursor }} }} }}"
            ))
            .await;
        seen.extend(page["knows"]["nodes"].as_array().unwrap().iter().cloned());
        if page["knows"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!("after: {}", page["knows"]["pageInfo"]["endCursor"]);
    }
    assert!(seen.len() > 2, "{seen:?}");
    let strengths: Vec<f64> =
        seen.iter().map(|node| node["tie"]["strength"].as_f64().unwrap()).collect();
    assert!(strengths.is_sorted_by(|a, b| a >= b), "{strengths:?}");
    for node in &seen {
        let function = node["matched"]["function"].as_str().unwrap();
        assert!(["SALES", "PARTNERSHIPS"].contains(&function), "{node}");
        assert_ne!(node["matched"]["words"], json!([]), "{node}");
    }
    let (knower, target) = (&seen[0]["knower"]["id"], &seen[0]["target"]["id"]);
    let back = house
        .data(&format!(
            r"{{ whoKnows(input: {{targets: {{personId: {target}}}, amongIds: [{knower}]}}) {{
                nodes {{ knower {{ id }} target {{ id }} tie {{ strength }} }} }} }}"
        ))
        .await;
    assert_eq!(back["whoKnows"]["nodes"][0]["tie"], seen[0]["tie"]);
    for (input, argument) in [
        ("{targets: []}", "targets"),
        (r#"{targets: [{role: {domain: "globex.example"}}]}"#, "role"),
        (r#"{targets: [{personId: "company_1"}]}"#, "personId"),
    ] {
        let answer =
            house.ask(&format!("{{ knows(input: {input}) {{ nodes {{ verdict }} }} }}")).await;
        assert_eq!(code(&answer), (&json!("BAD_USER_INPUT"), &json!(argument)), "{answer}");
    }
}

#[tokio::test]
async fn a_role_is_asked_for_by_seniority_and_function_as_by_its_title() {
    let house = House::shared();
    let best = async |role: &str| {
        let query = format!(
            r#"{{ introPaths(input: {{to: {{role: {{domain: "globex.example", {role}}}}}}}, first: 1) {{ nodes {{ key }} }} }}"#
        );
        house.data(&query).await
    };
    let by_title = best(r#"title: "vp engineering""#).await;
    assert!(by_title["introPaths"]["nodes"][0]["key"].is_string());
    assert_eq!(best("seniorities: [VICE_PRESIDENT], functions: [ENGINEERING]").await, by_title);
    let both = best(r#"title: "engineering", seniorities: [VICE_PRESIDENT, CHIEF]"#).await;
    assert_eq!(both, by_title);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let house = House::shared();
    let nobody = "person_00000000000000000000000000000001";
    let answer = house.data(&format!(r#"{{ person(by: {{id: "{nobody}"}}) {{ name }} }}"#)).await;
    assert_eq!(answer["person"], Value::Null);
    let answer = house
        .ask(&format!(
            r#"{{ introPaths(input: {{to: {{personId: "{nobody}"}}}}) {{ nodes {{ key }} }} }}"#
        ))
        .await;
    assert_eq!(code(&answer).0, "NOT_FOUND");
    let answer = house
        .ask(r#"{ whoKnows(input: {targets: {domain: "nowhere.example"}}) { nodes { verdict } } }"#)
        .await;
    assert_eq!(code(&answer).0, "NOT_FOUND");
}

#[tokio::test]
async fn documents_that_cannot_be_run_say_why() {
    let house = House::shared();
    let routes = house.open_routes().await;
    let mut bomb = "{ ...F0 }".to_owned();
    for at in 0..25 {
        write!(bomb, " fragment F{at} on Query {{ ...F{0} ...F{0} }}", at + 1).unwrap();
    }
    bomb.push_str(" fragment F25 on Query { __typename }");
    for (query, wanted) in [
        ("{ people", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        (bomb.as_str(), "QUERY_TOO_COMPLEX"),
        (&"{".repeat(5_000), "QUERY_TOO_COMPLEX"),
    ] {
        let answer = ask(&routes, query).await;
        assert_eq!(code(&answer).0, wanted, "{}: {answer}", &query[..query.len().min(60)]);
    }
}

#[tokio::test]
async fn a_fault_of_ours_shows_a_name_for_it_and_nothing_else() {
    let house = House::own().await;
    house.break_store();
    let answer = house.ask("{ people { nodes { name } } }").await;
    assert_eq!(code(&answer).0, "INTERNAL");
    let error = &answer["errors"][0];
    let incident = error["extensions"]["incident"].as_str().unwrap();
    assert!(incident.starts_with("incident_"), "{incident}");
    assert_eq!(error["message"], "internal error");
    assert!(!answer.to_string().contains("fact"), "not a word of tables: {answer}");
}

#[tokio::test]
async fn a_body_that_is_too_large_or_no_json_is_refused() {
    let routes = House::shared().open_routes().await;
    let (status, answer) = send(&routes, post(&"x".repeat(10_000_000))).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("262144"), "{answer}");
    let (status, _) = send(&routes, post("no json")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let mut typeless = post("{}");
    typeless.headers_mut().remove("content-type");
    assert_eq!(send(&routes, typeless).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_get_asks_but_never_changes() {
    let routes = House::shared().open_routes().await;
    let unasked =
        |query: &str| Request::get(format!("/graphql?query={query}")).body(Body::empty()).unwrap();
    let get = |query: &str| {
        let mut request = unasked(query);
        request.headers_mut().insert("graphql-require-preflight", "1".parse().unwrap());
        request
    };
    let (status, answer) = send(&routes, unasked("%7Bviewer%7Brole%7D%7D")).await;
    assert_eq!((status, code(&answer).0), (StatusCode::FORBIDDEN, &json!("CSRF_BLOCKED")));
    let (status, answer) = send(&routes, get("%7Bviewer%7Brole%7D%7D")).await;
    assert_eq!(
        (status, &answer["data"]["viewer"]["role"]),
        (StatusCode::OK, &json!("PARTNER_MANAGER"))
    );
    let (status, _) = send(
        &routes,
        get("mutation%7BcreateCompany(input:%7Bname:%22X%22%7D)%7BclientMutationId%7D%7D"),
    )
    .await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    let other = Request::put("/graphql").body(Body::empty()).unwrap();
    assert_eq!(send(&routes, other).await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn without_a_valid_token_nobody_comes_in() {
    let house = House::own().await;
    let routes = house.routes();
    let query = json!({ "query": "{ viewer { person { name } role } }" }).to_string();
    let with = |token: &str| {
        let mut request = post(&query);
        let value = format!("Bearer {token}").parse().unwrap();
        request.headers_mut().insert("authorization", value);
        request
    };
    let (status, answer) = send(&routes, post(&query)).await;
    assert_eq!((status, code(&answer).0), (StatusCode::UNAUTHORIZED, &json!("UNAUTHENTICATED")));
    assert_eq!(send(&routes, with("tertius_0000")).await.0, StatusCode::UNAUTHORIZED);
    let tom = house.viewer("tom").await;
    let token =
        house.tertius.create_token(&tom, tertius::service::TokenDraft::of("tom")).await.unwrap();
    let (status, answer) = send(&routes, with(&token.secret)).await;
    assert_eq!((status, &answer["data"]["viewer"]["role"]), (StatusCode::OK, &json!("MEMBER")));
    assert!(
        house.tertius.create_token(&tom, tertius::service::TokenDraft::of("mira")).await.is_err(),
        "only for oneself"
    );
}

#[tokio::test]
async fn a_foreign_page_cannot_use_an_open_server() {
    let routes = House::shared().open_routes().await;
    let mut request = post(r#"{"query": "{ viewer { role } }"}"#);
    request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    assert_eq!(send(&routes, request).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn health_is_told_without_a_token() {
    let routes = House::shared().routes();
    for path in ["/health/live", "/health/ready"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(send(&routes, request).await.0, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn search_forgives_case_accents_and_a_typo() {
    let house = House::shared();
    for (query, name) in [
        ("elif yildiran", "Elif Yıldıran"),
        ("ELIF YILDRAN", "Elif Yıldıran"),
        ("jonsa", "Jonas Edelvik"),
        ("priya ram", "Priya Ramanath"),
        ("umbra helth", "Umbra Health"),
    ] {
        let found = house
            .data(&format!(
                r#"{{ search(query: "{query}") {{ nodes {{ ... on Person {{ name }} ... on Company {{ name }} }} }} }}"#
            ))
            .await;
        assert_eq!(found["search"]["nodes"][0]["name"], name, "{query}");
    }
    let nothing = house.data(r#"{ search(query: "zzyzx") { nodes { __typename } } }"#).await;
    assert_eq!(nothing["search"]["nodes"], json!([]));
}

#[tokio::test]
async fn pages_in_a_row_are_the_whole_list_without_repetition() {
    let house = House::shared();
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = house
            .data(&format!(
                "{{ people(first: 97, after: {after}) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
            ))
            .await;
        let page = &page["people"];
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|n| n["id"].to_string()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen.len(), 600);
    seen.dedup();
    assert_eq!(seen.len(), 600, "in order of id, nobody twice");
}
