//! Writes through GraphQL: the next question knows them, and a refusal is an answer.

use serde_json::{Value, json};
use tertius::service::{PathQuestion, StatementDraft, To};

use crate::support::House;

async fn id_of(house: &House, name: &str) -> String {
    let found = house
        .data(&format!(
            r#"{{ search(query: "{name}", first: 1) {{ nodes {{ ... on Person {{ id }} ... on Company {{ id }} }} }} }}"#
        ))
        .await;
    found["search"]["nodes"][0]["id"].as_str().unwrap().to_owned()
}

async fn best_path(house: &House, to: &str) -> Value {
    let answer = house
        .data(&format!(
            r#"{{ introPaths(input: {{to: {{personId: "{to}"}}}}, first: 1) {{ nodes {{ probability people {{ name }} }} }} }}"#
        ))
        .await;
    answer["introPaths"]["nodes"][0].clone()
}

#[tokio::test]
async fn a_statement_is_known_to_the_next_question() {
    let house = House::own().await;
    let priya = id_of(&house, "Priya Ramanath").await;
    let before = best_path(&house, &priya).await;
    assert_eq!(before["people"].as_array().unwrap().len(), 4);
    let stated = house
        .data(&format!(
            r#"mutation {{ stateTie(input: {{toId: "{priya}", closeness: CLOSE, clientMutationId: "7"}})
                {{ tie {{ tie {{ strength factors {{ factor logOdds }} }} }} userErrors {{ message }} clientMutationId }} }}"#
        ))
        .await;
    // Said at 17:00, so a few hours of it have faded at the end of the day.
    let said = 0.69..=0.7;
    let strength = &stated["stateTie"]["tie"]["tie"]["strength"];
    assert!(said.contains(&strength.as_f64().unwrap()), "{strength}");
    assert_eq!(stated["stateTie"]["clientMutationId"], "7");
    let after = best_path(&house, &priya).await;
    assert_eq!(after["people"].as_array().unwrap().len(), 2, "Mira asks her herself");
    assert!(said.contains(&after["probability"].as_f64().unwrap()), "{after}");
    house
        .data(&format!(
            r#"mutation {{ stateTie(input: {{toId: "{priya}", closeness: WEAK}}) {{ userErrors {{ message }} }} }}"#
        ))
        .await;
    assert_eq!(best_path(&house, &priya).await, before, "a later statement counts instead");
}

#[tokio::test]
async fn after_a_restart_the_paths_are_the_same() {
    let house = House::own().await;
    let (priya, paul) =
        (id_of(&house, "Priya Ramanath").await, id_of(&house, "Paul Mercadier").await);
    let record = format!(
        r#"mutation {{ recordEvidence(input: {{kind: MEETING, occurredAt: "2026-11-20T09:00:00Z",
            participantIds: ["{paul}", "{priya}"]}}) {{ ties {{ tie {{ strength }} }} userErrors {{ message }} }} }}"#
    );
    let ties = house.data(&record).await;
    assert_eq!(ties["recordEvidence"]["userErrors"], json!([]));
    assert!(ties["recordEvidence"]["ties"][0]["tie"]["strength"].as_f64().unwrap() > 0.0);
    let query = format!(
        r#"{{ introPaths(input: {{to: {{personId: "{priya}"}}}}, first: 20) {{ nodes {{ key probability hops {{ probability }} }} }} }}"#
    );
    let before = house.data(&query).await;
    house.tertius.begin_epoch().await.unwrap();
    assert_eq!(house.data(&query).await, before);
}

#[tokio::test]
async fn what_another_process_has_written_is_taken_in() {
    let house = House::own().await;
    let twin = house.twin().await;
    let mira = house.viewer("mira").await;
    let priya = id_of(&house, "Priya Ramanath").await.parse().unwrap();
    let question = PathQuestion::to(To::Person(priya));
    let closeness = tertius::model::Closeness::Close;
    let statement = StatementDraft { from: None, to: priya, closeness };
    house.tertius.state_tie(&mira, statement).await.unwrap();
    let wanted = house.tertius.intro_paths(&mira, &question).await.unwrap();
    assert_ne!(twin.intro_paths(&mira, &question).await.unwrap(), wanted, "not yet");
    twin.keep_up().await.unwrap();
    assert_eq!(twin.intro_paths(&mira, &question).await.unwrap(), wanted);
    assert_eq!(twin.version(), house.tertius.version());
}

#[tokio::test]
async fn a_new_day_begins_a_new_epoch() {
    let house = House::own().await;
    let day = house.tertius.today();
    house.clock.set(day.plus(30).start());
    assert_eq!(house.tertius.today(), day);
    house.tertius.keep_up().await.unwrap();
    assert_eq!(house.tertius.today(), day.plus(30));
}

#[tokio::test]
async fn a_repeated_change_leaves_the_version_as_it_is() {
    let house = House::own().await;
    let create = r#"mutation { createCompany(input: {name: "Tidewell", idempotencyKey: "k"}) { company { id } } }"#;
    let first = house.data(create).await;
    house.data(r#"mutation { createCompany(input: {name: "Other"}) { company { id } } }"#).await;
    let version = house.tertius.version();
    assert_eq!(house.data(create).await, first);
    assert_eq!(house.tertius.version(), version);
}

#[tokio::test]
async fn a_person_and_their_job_are_written_down_once() {
    let house = House::own().await;
    let globex = id_of(&house, "Globex").await;
    let create = format!(
        r#"mutation {{ createPerson(input: {{name: " Nadia  Okonjo ", identifiers: ["Nadia@Okonjo.example"],
            employment: {{companyId: "{globex}", title: "CTO", startedOn: "2026-01-01"}}, idempotencyKey: "k1"}})
            {{ person {{ id name revision emails title company {{ name }} employments {{ nodes {{ id }} }} }} userErrors {{ message }} }} }}"#
    );
    let created = house.data(&create).await;
    let person = &created["createPerson"]["person"];
    assert_eq!(person["name"], "Nadia Okonjo");
    assert_eq!(person["title"], "CTO");
    assert_eq!(person["company"]["name"], "Globex");
    assert_eq!(person["emails"], json!(["Nadia@Okonjo.example"]));
    let again = house.data(&create).await;
    assert_eq!(
        again["createPerson"]["person"]["id"], person["id"],
        "the same key, the same person"
    );
    let twin = house.data(&create.replace("k1", "k2")).await;
    assert_eq!(twin["createPerson"]["person"], Value::Null);
    assert!(twin["createPerson"]["userErrors"][0]["message"].as_str().unwrap().contains("already"));

    let job = person["employments"]["nodes"][0]["id"].as_str().unwrap();
    let ended = house
        .data(&format!(
            r#"mutation {{ updateEmployment(input: {{id: "{job}", endedOn: "2026-06-30"}})
                {{ employment {{ id current endedOn title }} userErrors {{ message }} }} }}"#
        ))
        .await;
    let employment = &ended["updateEmployment"]["employment"];
    assert_eq!(employment["id"], job);
    assert_eq!((&employment["current"], &employment["title"]), (&json!(false), &json!("CTO")));
    let found = house.data(&format!(r#"{{ node(id: "{job}") {{ ... on Employment {{ endedOn person {{ name title }} }} }} }}"#)).await;
    assert_eq!(found["node"]["endedOn"], "2026-06-30");
    assert_eq!(found["node"]["person"]["title"], Value::Null, "there is no job today");
}

#[tokio::test]
async fn a_correction_of_an_old_revision_is_a_conflict() {
    let house = House::own().await;
    let company = house
        .data(r#"mutation { createCompany(input: {name: "Tidewell", domains: ["tidewell.example"]}) { company { id revision } } }"#)
        .await;
    let company = &company["createCompany"]["company"];
    let (id, revision) = (company["id"].as_str().unwrap(), company["revision"].as_i64().unwrap());
    let rename = |name: &str| {
        format!(
            r#"mutation {{ updateCompany(input: {{id: "{id}", expectedRevision: {revision}, name: "{name}"}})
                {{ company {{ name domains }} userErrors {{ code path ... on ConflictError {{ currentRevision }} }} }} }}"#
        )
    };
    let first = house.data(&rename("Tidewell Group")).await;
    assert_eq!(first["updateCompany"]["company"]["name"], "Tidewell Group");
    assert_eq!(first["updateCompany"]["company"]["domains"], json!(["tidewell.example"]));
    let second = house.data(&rename("Too late")).await;
    let error = &second["updateCompany"]["userErrors"][0];
    assert_eq!(second["updateCompany"]["company"], Value::Null);
    assert_eq!(error["code"], "CONFLICT");
    assert!(error["currentRevision"].as_i64().unwrap() > revision);
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_with_its_place_in_the_input() {
    let house = House::own().await;
    let mira = id_of(&house, "Mira Halloran").await;
    let nobody = "person_00000000000000000000000000000001";
    let version = house.tertius.version();
    for (mutation, field, code) in [
        (r#"createPerson(input: {name: " "})"#.to_owned(), "name", "BLANK"),
        (format!(r#"createPerson(input: {{name: "{}"}})"#, "x".repeat(200_000)), "name", "INVALID"),
        (
            r#"createPerson(input: {name: "X", identifiers: ["@"]})"#.to_owned(),
            "identifiers",
            "INVALID",
        ),
        (
            r#"createCompany(input: {name: "X", domains: ["no domain"]})"#.to_owned(),
            "domains",
            "INVALID",
        ),
        (format!(r#"stateTie(input: {{toId: "{nobody}"}})"#), "toId", "NOT_FOUND"),
        (format!(r#"stateTie(input: {{toId: "{mira}"}})"#), "toId", "INVALID"),
        (
            format!(
                r#"recordEvidence(input: {{kind: CALL, occurredAt: "2026-11-20T09:00:00Z", participantIds: ["{mira}"]}})"#
            ),
            "participantIds",
            "INVALID",
        ),
        (
            format!(
                r#"recordEvidence(input: {{kind: CALL, occurredAt: "2031-01-01T00:00:00Z", participantIds: ["{mira}"]}})"#
            ),
            "occurredAt",
            "INVALID",
        ),
        (
            format!(
                r#"createEmployment(input: {{personId: "{mira}", employment: {{companyId: "company_00000000000000000000000000000001"}}}})"#
            ),
            "companyId",
            "NOT_FOUND",
        ),
    ] {
        let answer = house
            .data(&format!(
                "mutation {{ it: {mutation} {{ userErrors {{ path code message }} }} }}"
            ))
            .await;
        let error = &answer["it"]["userErrors"][0];
        assert_eq!(error["path"], json!(["input", field]), "{mutation:.100}: {answer}");
        assert_eq!(error["code"], code, "{mutation:.100}");
    }
    assert_eq!(house.tertius.version(), version, "nothing was changed");
}

#[tokio::test]
async fn who_only_reads_changes_nothing() {
    let house = House::own().await;
    let bruno = house.viewer("bruno").await;
    let request = tertius::api::request(
        &house.tertius,
        bruno,
        async_graphql::Request::new(
            r#"mutation { createCompany(input: {name: "X"}) { company { id } userErrors { code } } }"#,
        ),
    );
    let schema = tertius::api::schema(house.tertius.clone());
    let answer = serde_json::to_value(schema.execute(request).await).unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
}

#[tokio::test]
async fn a_store_is_asked_once_per_kind_however_long_the_list() {
    let house = &House::own().await;
    let query = |first: usize| {
        format!(
            "{{ people(first: {first}) {{ nodes {{ name company {{ name staff(first: 3) {{ nodes {{ person {{ name }} }} }} }} tieWithViewer {{ strength }} }} }} }}"
        )
    };
    let calls = |first: usize| {
        let query = query(first);
        async move {
            let before = house.store.reads();
            house.data(&query).await;
            house.store.reads() - before
        }
    };
    // What of the network is the viewer's own is kept from the first question on.
    calls(1).await;
    let (few, many) = (calls(5).await, calls(80).await);
    assert_eq!(many, few, "reads for 80 people, and for 5");
    assert!(few <= 12, "{few}");
}
