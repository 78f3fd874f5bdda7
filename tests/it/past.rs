//! Questions as of a past day, as a client asks them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tertius::model::Day;

use crate::support::{House, ask, post, send};

/// What is asked of a person, with what hangs below.
const PARTS: &str = "
fragment Firm on Company {
  id revision name domains tags
  relations { id kind from { id name } to { id name } since until }
  staff(first: 4) { nodes { id title current person { id name title } company { id } } }
  parts { parts { id names knownBy } joins { oneId otherId why explanation } }
}
fragment Known on Tie {
  from { id name title } to { id name company { id name } }
  strength band connectedOnly lastContactOn moreHidden
  fades { on strength band }
  factors { factor logOdds }
  evidenceCounts { kind count newestAt }
  override { strength until byPerson { id } }
  evidence(first: 3) { nodes { factId kind at } }
}
fragment Somebody on Person {
  id revision name emails profiles title tags asksPerMonth
  company { id name staff(first: 2) { nodes { person { id } } } }
  employments { nodes { id title startedOn endedOn current person { id } company { id name } } }
  tieWithViewer { ...Known }
  knownBy(first: 3) { nodes { ...Known } }
  cluster { name size }
  parts { parts { id names knownBy } joins { oneId otherId why explanation } }
}";

/// A question to each root field that has an `asOf`, by the name of the field.
const QUESTIONS: [(&str, &str); 15] = [
    (
        "person",
        r#"person(by: { email: "priya.ramanath@orbit.example" }, asOf: DAY) { ...Somebody }"#,
    ),
    (
        "company",
        r#"company(by: { domain: "globex.example" }, asOf: DAY) { ...Firm everybody: staff(first: 100) { nodes { person { id title } } } }"#,
    ),
    (
        "people",
        "people(first: 12, asOf: DAY) { edges { cursor node { ...Somebody } } pageInfo { hasNextPage endCursor } }",
    ),
    (
        "companies",
        "all: companies(first: 100, asOf: DAY) { nodes { id revision staff(first: 30) { nodes { id } } } } companies(first: 12, asOf: DAY) { edges { cursor node { ...Firm } } pageInfo { hasNextPage endCursor } }",
    ),
    ("search", r#"search(query: "globex", asOf: DAY) { nodes { ...Somebody ...Firm } }"#),
    (
        "introPaths",
        r#"introPaths(input: { to: { domain: "globex.example" } }, asOf: DAY) {
        asOf basis { kind outcomes } miss { reason people { id } }
        nodes { key length probability verdict weakestHop rise { hop probability } askFirst { id name } people { id title }
          risks { kind person { id name } }
          hops { probability load from { id } to { id title company { id } } tie { ...Known } } } }"#,
    ),
    (
        "whoKnows",
        r#"whoKnows(input: { targets: [{ domain: "umbrahealth.example" }] }, asOf: DAY) {
        nodes { knower { ...Somebody } target { id title } willingness verdict tie { ...Known }
          matched { title company { id name } seniority function words fit } } }"#,
    ),
    (
        "knows",
        r#"knows(input: { targets: [{ domain: "globex.example" }], knowers: { scope: MY_TEAM } }, asOf: DAY) {
        nodes { knower { id } target { ...Somebody } willingness tie { ...Known } } }"#,
    ),
    (
        "reach",
        r#"reach(input: { accounts: { named: [{ domain: "globex.example" }, { name: "Umbra Health" }] } }, asOf: DAY) {
        nodes { named foundBy account { ...Somebody ...Firm } miss { reason openers { id } }
          path { probability hops { from { id } to { id title company { id } } tie { ...Known } } }
          lastContact { on knower { id } with { id } } } }"#,
    ),
    (
        "circles",
        "circles(asOf: DAY) { asOf circles { steps people likely worthAsking lastResort } }",
    ),
    (
        "keepInTouch",
        "keepInTouch(first: 10, asOf: DAY) {
        nodes { person { id name title company { id name } tieWithViewer { ...Known } } urgency cadenceDays daysOverdue fading usualGapDays
          lastContactOn strengthThen strengthNow advice }
        threads(first: 10) { nodes { company { id name staff(first: 4) { nodes { id } } } knower { id name } inside { id title } } } }",
    ),
    (
        "clusters",
        "clusters(asOf: DAY) { peopleInNone resolution { resolution stability clusters }
        clusters(first: 8) { nodes { name size cohesion conductance traits { kind label inside outside zScore }
          members(first: 2) { nodes { id name cluster(resolution: 1) { name size } } } } } }",
    ),
    ("calibration", "calibration(asOf: DAY) { basis fittedOn shortHalfLifeDays longHalfLifeDays }"),
    (
        "viewer.lists",
        "viewer { lists(asOf: DAY) { id name kind entries(first: 10) { nodes { ...Somebody ...Firm } } } }",
    ),
    ("viewer.cadences", "viewer { cadences(asOf: DAY) { days setOn person { id name } } }"),
];

/// Root fields that read no network, or, as `node`, have the day in the id.
const WITHOUT: [&str; 14] = [
    "auditTrail",
    "erasures",
    "exclusions",
    "imports",
    "introduction",
    "introductionBalance",
    "introductionFunnel",
    "introductions",
    "invitations",
    "node",
    "nodes",
    "personalData",
    "viewer",
    "whatChanged",
];

fn document(question: &str, day: Day) -> String {
    let fragments: Vec<&str> = PARTS.split("fragment ").skip(1).collect();
    let mut wanted = question.to_owned();
    let mut text = format!("{{ {question} }}");
    let mut left = fragments;
    // Those that are spread, with those that they spread; others would be refused as unused.
    while let Some(at) = left
        .iter()
        .position(|one| wanted.contains(&format!("...{} ", one.split(' ').next().unwrap())))
    {
        let fragment = left.remove(at);
        wanted += fragment;
        text.extend([" fragment ", fragment]);
    }
    text.replace("DAY", &format!("\"{day}\""))
}

fn past_day(house: &House) -> Day {
    house.tertius.today().plus(-45)
}

#[tokio::test]
async fn every_reading_field_as_of_a_day_answers_as_a_store_that_ends_there() {
    let house = House::shared();
    let day = past_day(house);
    let then = House::ending_on(day).await;
    for (field, question) in QUESTIONS {
        let asked = document(question, day);
        let (found, expected) = (house.data(&asked).await, then.data(&asked).await);
        let (found, expected) = (format!("{found:#}"), format!("{expected:#}"));
        assert!(!expected.contains('@') || !expected.contains(&format!("@{day}")), "{field}");
        assert_eq!(found.replace(&format!("@{day}"), ""), expected, "{field}");
        if !["calibration", "circles", "viewer.cadences"].contains(&field) {
            let past_ids = found.matches(&format!("@{day}\"")).count();
            let ids = found.matches("\"id\": \"").count();
            assert!(ids > 5, "{field} says much: {ids}");
            assert!(past_ids >= ids, "{field}: {past_ids} of {ids} ids are of that day");
        }
        if !["calibration", "viewer.cadences"].contains(&field) {
            let today = house.data(&document(question, house.tertius.today())).await;
            assert!(format!("{today:#}") != expected, "{field} has changed since");
        }
    }
}

#[tokio::test]
async fn every_root_field_that_reads_the_network_can_be_asked_as_of_a_day() {
    let fields = "{ __schema { queryType { fields { name args { name type { name } } } } } }";
    let data = House::shared().data(fields).await;
    let fields = data["__schema"]["queryType"]["fields"].as_array().unwrap();
    let as_of = json!({ "name": "asOf", "type": { "name": "Date" } });
    let has = |field: &&Value| field["args"].as_array().unwrap().contains(&as_of);
    let names = |with: bool| -> BTreeSet<&str> {
        let so = fields.iter().filter(|field| has(field) == with);
        so.map(|field| field["name"].as_str().unwrap()).collect()
    };
    let asked = QUESTIONS.iter().map(|(field, _)| *field).filter(|field| !field.contains('.'));
    assert_eq!(names(true), asked.collect());
    assert_eq!(names(false), WITHOUT.into(), "a new field takes `asOf`, or is named here");
}

#[tokio::test]
async fn what_hangs_on_a_past_node_is_of_the_past_and_its_id_gives_it_back() {
    let house = House::shared();
    let day = past_day(house);
    let query = "{ now: person(by: { email: \"priya.ramanath@orbit.example\" }) { ...Priya }
        then: person(by: { email: \"priya.ramanath@orbit.example\" }, asOf: DAY) { ...Priya } }
        fragment Priya on Person { id title company { id name staff(first: 100) { nodes { person { id } } } }
          knownBy(first: 5) { nodes { from { id company { id } } strength } }
          employments { nodes { id current company { name } } } }"
        .replace("DAY", &format!("\"{day}\""));
    let data = house.data(&query).await;
    let (now, then) = (&data["now"], &data["then"]);
    assert_eq!(now["company"]["name"], "Globex");
    assert_ne!(then["company"]["name"], "Globex", "she joined it five weeks ago");
    let id = now["id"].as_str().unwrap();
    assert_eq!(then["id"], format!("{id}@{day}"));
    let staff = then["company"]["staff"]["nodes"].as_array().unwrap();
    assert!(staff.iter().any(|job| job["person"]["id"] == then["id"]), "she is among them: {then}");
    let employed = then["employments"]["nodes"][0]["id"].as_str().unwrap();
    let company = then["company"]["id"].as_str().unwrap();
    let then_id = then["id"].as_str().unwrap();
    let again = format!(
        "{{ node(id: \"{then_id}\") {{ ...Priya }}
           person(by: {{ id: \"{then_id}\" }}) {{ ...Priya }}
           present: person(by: {{ id: \"{then_id}\" }}, asOf: \"{}\") {{ id company {{ name }} }}
           nodes(ids: [\"{employed}\", \"{company}\", \"{id}\"]) {{ id ... on Employment {{ current company {{ name }} }}
             ... on Company {{ name }} ... on Person {{ company {{ name }} }} }} }} {}",
        house.tertius.today(),
        &query[query.find("fragment").unwrap()..],
    );
    let again = house.data(&again).await;
    assert_eq!(&again["node"], then);
    assert_eq!(&again["person"], then);
    assert_eq!(again["present"], json!({ "id": id, "company": { "name": "Globex" } }));
    let nodes = &again["nodes"];
    assert_eq!(nodes[0]["id"], employed);
    assert_eq!(nodes[0]["current"], true);
    assert_eq!(nodes[0]["company"]["name"], then["company"]["name"]);
    assert_eq!(nodes[1], json!({ "id": company, "name": then["company"]["name"] }));
    assert_eq!(nodes[2], json!({ "id": id, "company": { "name": "Globex" } }));
}

#[tokio::test]
async fn a_past_list_gives_back_its_entries_of_that_day() {
    let house = House::shared();
    let day = past_day(house);
    let query = format!("{{ viewer {{ lists(asOf: \"{day}\") {{ id }} }} }}");
    let id = house.data(&query).await["viewer"]["lists"][0]["id"].as_str().unwrap().to_owned();
    assert!(id.ends_with(&format!("@{day}")), "{id}");
    let query = format!(
        "{{ node(id: \"{id}\") {{ id ... on List {{ entries(first: 5) {{ nodes {{ ... on Company {{ id staff {{ nodes {{ id }} }} }} }} }} }} }}
           keepInTouch(listId: \"{id}\", first: 1) {{ nodes {{ person {{ id }} }} }} }}"
    );
    let data = house.data(&query).await;
    assert_eq!(data["node"]["id"], id);
    let entries = &data["node"]["entries"]["nodes"];
    assert_eq!(entries.as_array().unwrap().len(), 5);
    let ids = entries.to_string().matches("\"id\":").count();
    assert_eq!(entries.to_string().matches(&format!("@{day}")).count(), ids);
    let asked_today = data["keepInTouch"]["nodes"].to_string();
    assert!(!asked_today.contains(&format!("@{day}")), "the question has a day of its own: today");
}

/// The code, argument and message of the only error of an answer.
fn refusal(answer: &Value) -> (&str, &str, &str) {
    let error = &answer["errors"][0];
    let of = |value: &'static str| error["extensions"][value].as_str().unwrap_or_default();
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{answer}");
    (of("code"), of("argument"), error["message"].as_str().unwrap())
}

#[tokio::test]
async fn a_day_that_cannot_be_asked_of_is_refused() {
    let house = House::shared();
    let (today, day) = (house.tertius.today(), past_day(house));
    let tomorrow = today.plus(1);
    let priya = house
        .data("{ search(query: \"priya ramanath\") { nodes { ... on Person { id } } } }")
        .await;
    let id = priya["search"]["nodes"][0]["id"].as_str().unwrap();
    let member = house.data("{ viewer { team { id } } }").await;
    let member = member["viewer"]["team"][0]["id"].as_str().unwrap();
    for (query, argument, said) in [
        (format!("people(asOf: \"{tomorrow}\") {{ nodes {{ id }} }}"), "asOf", "still to come"),
        (format!("node(id: \"{id}@{tomorrow}\") {{ id }}"), "id", "still to come"),
        (format!("nodes(ids: [\"{id}@2026-13-01\"]) {{ id }}"), "ids", "is no day"),
        (format!("person(by: {{ id: \"{id}@yesterday\" }}) {{ id }}"), "id", "is no day"),
        (
            format!("node(id: \"{member}@{day}\") {{ id }}"),
            "id",
            "no past day is known of a member",
        ),
    ] {
        let answer = house.ask(&format!("{{ {query} }}")).await;
        let (code, found, message) = refusal(&answer);
        assert_eq!((code, found), ("BAD_USER_INPUT", argument), "{answer}");
        assert!(message.contains(said), "{message}");
    }
    let answer = house.ask("{ people(asOf: \"lately\") { nodes { id } } }").await;
    assert!(refusal(&answer).2.contains("Date"), "{answer}");
}

#[tokio::test]
async fn the_past_is_not_changed() {
    let house = House::shared();
    let day = past_day(house);
    let data = house.data(&format!("{{ search(query: \"priya ramanath\", asOf: \"{day}\") {{ nodes {{ ... on Person {{ id }} }} }} }}")).await;
    let id = data["search"]["nodes"][0]["id"].as_str().unwrap();
    let before = house.tertius.version();
    for (mutation, argument) in [
        (format!("stateTie(input: {{ toId: \"{id}\" }}) {{ userErrors {{ message }} }}"), "toId"),
        (
            format!(
                "updatePerson(input: {{ id: \"{id}\", name: \"X\" }}) {{ userErrors {{ message }} }}"
            ),
            "id",
        ),
        (
            format!(
                "setCadence(input: {{ personId: \"{id}\", days: 9 }}) {{ userErrors {{ message }} }}"
            ),
            "personId",
        ),
        (
            format!("unlinkPerson(input: {{ partId: \"{id}\" }}) {{ userErrors {{ message }} }}"),
            "partId",
        ),
    ] {
        let answer = house.ask(&format!("mutation {{ {mutation} }}")).await;
        let (code, found, message) = refusal(&answer);
        assert_eq!((code, found), ("BAD_USER_INPUT", argument), "{answer}");
        assert!(message.contains("names a past day"), "{message}");
    }
    assert_eq!(house.tertius.version(), before);
}

#[tokio::test]
async fn one_request_asks_of_no_more_past_days_than_the_limit() {
    let house = House::shared();
    let most = house.tertius.limits().past_days_max;
    let query = |days: usize| {
        let asked = (1..=days).map(|days_ago| {
            let day = house.tertius.today().plus(-(days_ago as i32));
            // Before anything was recorded there is nothing to fold.
            let day = day.plus(-40_000);
            format!("a{days_ago}: search(query: \"priya\", asOf: \"{day}\") {{ nodes {{ __typename }} }} ")
        });
        format!(
            "{{ {} now: search(query: \"priya\") {{ nodes {{ __typename }} }} }}",
            asked.collect::<String>()
        )
    };
    let data = house.data(&query(most)).await;
    assert_eq!(data["a1"]["nodes"], json!([]));
    assert_ne!(data["now"]["nodes"], json!([]));
    let answer = house.ask(&query(most + 1)).await;
    let (code, argument, message) = refusal(&answer);
    assert_eq!((code, argument), ("BAD_USER_INPUT", "asOf"));
    assert!(message.contains("4 past days"), "{message}");
}

#[tokio::test]
async fn a_cadence_that_was_set_today_was_not_there_yesterday() {
    let house = &House::own().await;
    let yesterday = house.tertius.today().plus(-1);
    let data =
        house.data("{ person(by: { email: \"priya.ramanath@orbit.example\" }) { id } }").await;
    let id = data["person"]["id"].as_str().unwrap();
    let set = format!(
        "mutation {{ setCadence(input: {{ personId: \"{id}\", days: 9 }}) {{ cadence {{ days }} }} }}"
    );
    assert_eq!(house.data(&set).await["setCadence"]["cadence"]["days"], 9);
    let query = format!(
        "{{ viewer {{ cadences {{ days person {{ id }} }} before: cadences(asOf: \"{yesterday}\") {{ days }} }} }}"
    );
    let data = house.data(&query).await;
    let now = json!([{ "days": 9, "person": { "id": id } }]);
    assert_eq!(data["viewer"], json!({ "cadences": now, "before": [] }));
}

#[tokio::test]
async fn a_store_is_asked_once_per_kind_and_day() {
    let house = &House::own().await;
    let (near, far) = (house.tertius.today().plus(-20), past_day(house));
    let calls = |first: usize, days: &'static [bool]| async move {
        let list = |name: &str, day: Day| {
            format!(
                "{name}: people(first: {first}, asOf: \"{day}\") {{ nodes {{ name company {{ name staff(first: 3) {{ nodes {{ person {{ name }} }} }} }} tieWithViewer {{ strength }} }} }} "
            )
        };
        let lists =
            days.iter().map(|&is_near| if is_near { list("near", near) } else { list("far", far) });
        let query = format!("{{ {} }}", lists.collect::<String>());
        house.data(&query).await;
        let before = house.store.reads();
        house.data(&query).await;
        house.store.reads() - before
    };
    let (few, many) = (calls(5, &[true]).await, calls(50, &[true]).await);
    assert_eq!(many, few, "reads for 50 people of a past day, and for 5");
    assert!(few <= 14, "{few}");
    let (few, both) = (calls(5, &[true, false]).await, calls(50, &[true, false]).await);
    assert_eq!(both, few, "reads for 50 people of two past days, and for 5");
    assert!(both <= 2 * many, "{both}");
}

#[tokio::test]
async fn who_asks_with_a_token_is_refused_a_day_to_come_like_anybody() {
    let house = House::shared();
    let token = house
        .tertius
        .create_token(&house.viewer("mira").await, tertius::service::TokenDraft::of("mira"))
        .await;
    let tomorrow = house.tertius.today().plus(1);
    let query =
        json!({ "query": format!("{{ people(asOf: \"{tomorrow}\") {{ nodes {{ id }} }} }}") });
    let mut request = post(&query.to_string());
    let bearer = format!("Bearer {}", token.unwrap().secret).parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    let (_, answer) = send(&house.routes(), request).await;
    assert!(refusal(&answer).2.contains("still to come"), "{answer}");
    let routes = house.open_routes().await;
    assert!(ask(&routes, "{ viewer { role } }").await["errors"].is_null());
}
