//! What makes a strength: overrides, what becomes of it, and how it is fitted.

use serde_json::{Value, json};

use crate::support::House;

async fn id_of(house: &House, name: &str) -> String {
    let query = format!(
        r#"{{ search(query: "{name}", first: 1) {{ nodes {{ ... on Person {{ id }} }} }} }}"#
    );
    house.data(&query).await["search"]["nodes"][0]["id"].as_str().unwrap().to_owned()
}

const TIE: &str = "strength band connectedOnly factors { factor logOdds } \
     fades { on strength band } override { strength reason until byPerson { name } } \
     evidenceCounts { kind count }";

/// The tie of Mira with somebody.
async fn tie_with(house: &House, person: &str) -> Value {
    let query = format!(
        r#"{{ node(id: "{person}") {{ ... on Person {{ tieWithViewer {{ {TIE} }} }} }} }}"#
    );
    house.data(&query).await["node"]["tieWithViewer"].take()
}

/// The best path of Mira to somebody, with so many steps at most.
async fn best_path(house: &House, to: &str, steps: usize) -> Value {
    let query = format!(
        r#"{{ introPaths(input: {{to: {{personId: "{to}"}}, maxSteps: {steps}}}, first: 1) {{ nodes {{ people {{ name }} hops {{ probability }} }} }} }}"#
    );
    let nodes = house.data(&query).await["introPaths"]["nodes"].take();
    nodes.get(0).cloned().unwrap_or_default()
}

/// An override of Mira's tie with somebody.
async fn say(house: &House, to: &str, rest: &str) -> Value {
    let mutation = format!(
        r#"mutation {{ overrideTie(input: {{toId: "{to}", {rest}}}) {{ tie {{ tie {{ {TIE} }} }} userErrors {{ code path message }} }} }}"#
    );
    house.data(&mutation).await["overrideTie"].take()
}

async fn withdraw(house: &House, to: &str) -> Value {
    let mutation = format!(
        r#"mutation {{ withdrawOverride(input: {{toId: "{to}"}}) {{ tie {{ tie {{ {TIE} }} }} userErrors {{ code path }} }} }}"#
    );
    house.data(&mutation).await["withdrawOverride"].take()
}

fn sum_of_factors(tie: &Value) -> f64 {
    let factors = tie["factors"].as_array().unwrap();
    factors.iter().map(|share| share["logOdds"].as_f64().unwrap()).sum()
}

#[tokio::test]
async fn an_override_stands_in_place_of_the_evidence_until_it_is_withdrawn() {
    let house = House::own().await;
    let tom = id_of(&house, "Tom Achterberg").await;
    let (before, path) = (tie_with(&house, &tom).await, best_path(&house, &tom, 1).await);
    assert_eq!((&before["band"], &before["override"]), (&json!("STRONG"), &Value::Null));
    let said = say(&house, &tom, r#"strength: 0.2, reason: "we no longer talk""#).await;
    let tie = &said["tie"]["tie"];
    assert_eq!((&tie["strength"], &tie["band"]), (&json!(0.2), &json!("WARM")), "{said}");
    let wanted = json!({ "strength": 0.2, "reason": "we no longer talk", "until": "2027-11-20",
        "byPerson": { "name": "Mira Halloran" } });
    assert_eq!(tie["override"], wanted);
    let [evidence, now] = [&before, tie].map(|tie| tie["factors"].as_array().unwrap().clone());
    assert_eq!(now[..now.len() - 1], evidence[..], "the others stay as they are");
    assert_eq!(now[now.len() - 1]["factor"], "OVERRIDE");
    assert!((sum_of_factors(tie) - (0.2_f64 / 0.8).ln()).abs() < 1e-9, "{tie}");
    assert_eq!(best_path(&house, &tom, 1).await["hops"][0]["probability"], 0.2);

    say(&house, &tom, r#"strength: 0.3, until: "2026-12-01""#).await;
    assert_eq!(tie_with(&house, &tom).await["override"]["strength"], 0.3, "the later one");
    let withdrawn = withdraw(&house, &tom).await;
    assert_eq!(withdrawn["tie"]["tie"], before, "the earlier one is taken back too");
    assert_eq!(best_path(&house, &tom, 1).await, path);
    let again = withdraw(&house, &tom).await;
    assert_eq!(again["userErrors"], json!([{ "code": "NOT_FOUND", "path": ["input", "toId"] }]));
}

#[tokio::test]
async fn along_a_tie_that_is_overridden_with_0_nobody_asks() {
    let house = House::own().await;
    let tom = id_of(&house, "Tom Achterberg").await;
    let said = say(&house, &tom, "strength: 0").await;
    assert_eq!(said["tie"]["tie"]["strength"], 1e-6, "{said}");
    let path = best_path(&house, &tom, 4).await;
    assert_ne!(path["people"].as_array().unwrap().len(), 2, "{path}");
    assert_eq!(best_path(&house, &tom, 1).await, Value::Null);
}

#[tokio::test]
async fn an_override_is_a_tie_by_itself_and_ends_with_its_last_day() {
    let house = House::own().await;
    let priya = id_of(&house, "Priya Ramanath").await;
    assert_eq!(tie_with(&house, &priya).await, Value::Null);
    let said = say(&house, &priya, r#"strength: 0.6, until: "2026-11-25""#).await;
    let tie = &said["tie"]["tie"];
    assert_eq!(tie["factors"].as_array().unwrap().len(), 1);
    let fades = json!({ "on": "2026-11-26", "strength": 1e-6, "band": "COLD" });
    assert_eq!(tie["fades"], fades, "what is told in advance");
    let mut day = house.tertius.today();
    while day.to_string() != "2026-11-25" {
        day = day.plus(1);
    }
    house.clock.set(day.start());
    house.tertius.keep_up().await.unwrap();
    assert_eq!(tie_with(&house, &priya).await["strength"], 0.6, "its last day");
    house.clock.set(day.plus(1).start());
    house.tertius.keep_up().await.unwrap();
    assert_eq!(tie_with(&house, &priya).await, Value::Null, "there is no other evidence");
}

#[tokio::test]
async fn only_an_owner_overrides_a_tie_and_not_for_longer_than_a_year() {
    let house = House::own().await;
    let [mira, tom, elif] = [
        id_of(&house, "Mira Halloran").await,
        id_of(&house, "Tom Achterberg").await,
        id_of(&house, "Elif Yıldıran").await,
    ];
    let version = house.tertius.version();
    let long = format!(r#"strength: 1, reason: "{}""#, "x".repeat(301));
    for (to, rest, field, code) in [
        (&tom, format!(r#"strength: 1, fromId: "{elif}""#), "fromId", "NOT_YOURS"),
        (&mira, "strength: 1".to_owned(), "toId", "INVALID"),
        (&tom, r#"strength: 1, until: "2027-11-21""#.to_owned(), "until", "INVALID"),
        (&tom, r#"strength: 1, until: "2026-11-19""#.to_owned(), "until", "INVALID"),
        (&tom, long, "reason", "INVALID"),
        (&tom, r#"strength: 1, reason: " ""#.to_owned(), "reason", "BLANK"),
    ] {
        let said = say(&house, to, &rest).await;
        let error = &said["userErrors"][0];
        assert_eq!((&error["code"], &error["path"][1]), (&json!(code), &json!(field)), "{said}");
    }
    let nobody = "person_00000000000000000000000000000001";
    assert_eq!(say(&house, nobody, "strength: 1").await["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(withdraw(&house, &elif).await["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(house.tertius.version(), version, "nothing was changed");
}

#[tokio::test]
async fn what_the_other_owner_says_is_not_mine_to_withdraw() {
    let house = House::own().await;
    let (mira, tom) = (house.viewer("mira").await, house.viewer("tom").await);
    let strength = tertius::model::Probability::new(0.3).unwrap();
    let draft = tertius::service::OverrideDraft {
        from: Some(mira.person()),
        to: tom.person(),
        strength,
        reason: None,
        until: None,
    };
    let said = house.tertius.override_tie(&tom, draft).await.unwrap().receipt.unwrap();
    assert_eq!(said.overridden.unwrap().by, tom.person());
    assert!(house.tertius.withdraw_override(&mira, tom.person()).await.is_err());
    let to = tom.person().to_string();
    let mine = say(&house, &to, "strength: 0.9").await;
    assert_eq!(mine["tie"]["tie"]["strength"], 0.9, "{mine}");
    let left = withdraw(&house, &to).await;
    assert_eq!(left["tie"]["tie"]["strength"], 0.3, "the other one still stands");
}

#[tokio::test]
async fn what_becomes_of_a_tie_is_told_to_those_who_see_its_evidence() {
    let house = House::shared();
    let tom = id_of(house, "Tom Achterberg").await;
    let fades = &tie_with(house, &tom).await["fades"];
    assert_eq!(fades["band"], "WARM", "{fades}");
    assert!(fades["strength"].as_f64().unwrap() < 0.5);
    assert!(fades["on"].as_str().unwrap() > "2026-11-20");
    let query = r#"{ whoKnows(input: {targets: {domain: "globex.example"}}, first: 50) { nodes { tie { moreHidden fades { on } factors { logOdds } } } } }"#;
    let known = house.data(query).await;
    let nodes = known["whoKnows"]["nodes"].as_array().unwrap();
    let ties = nodes.iter().map(|node| &node["tie"]);
    let hidden: Vec<_> = ties.filter(|tie| tie["moreHidden"] == true).collect();
    assert!(!hidden.is_empty() && hidden.iter().all(|tie| tie["fades"] == Value::Null));
}

async fn calibration(house: &House) -> Value {
    let query = "{ calibration { basis fittedOn horizonDays pairs shortHalfLifeDays \
         longHalfLifeDays plattScale plattShift } }";
    house.data(query).await["calibration"].take()
}

/// What an admin is answered, who is not the guest.
async fn as_admin(house: &House, input: &str) -> Value {
    let mutation = format!(
        "mutation {{ calibrateStrength(input: {{{input}}}) {{ kept userErrors {{ code path }} \
         calibration {{ basis }} fit {{ pairs halfLives platt shipped {{ brier }} fitted {{ brier }} }} }} }}"
    );
    let ines = house.viewer("ines").await;
    let request = async_graphql::Request::new(mutation);
    let request = tertius::api::request(&house.tertius, ines, request);
    let schema = tertius::api::schema(house.tertius.clone());
    let answer = serde_json::to_value(schema.execute(request).await).unwrap();
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"]["calibrateStrength"].clone()
}

#[tokio::test]
async fn a_calibration_that_foretells_better_is_kept_followed_and_set_back() {
    let house = House::own().await;
    let (twin, mira) = (house.twin().await, house.viewer("mira").await);
    let tom = id_of(&house, "Tom Achterberg").await;
    let (shipped, before) = (calibration(&house).await, tie_with(&house, &tom).await);
    assert_eq!((&shipped["basis"], &shipped["longHalfLifeDays"]), (&json!("SHIPPED"), &json!(60)));

    let tried = as_admin(&house, "dryRun: true").await;
    assert_eq!((&tried["kept"], calibration(&house).await), (&json!(false), shipped.clone()));
    let kept = as_admin(&house, "days: 60").await;
    assert_eq!((&kept["kept"], &kept["calibration"]["basis"]), (&json!(true), &json!("FITTED")));
    assert_eq!(kept["fit"], tried["fit"], "a try says what is kept");
    let brier = |of: &str| kept["fit"][of]["brier"].as_f64().unwrap();
    assert!(brier("fitted") < brier("shipped"), "{kept}");
    let fitted = calibration(&house).await;
    assert_eq!((&fitted["fittedOn"], &fitted["horizonDays"]), (&json!("2026-11-20"), &json!(60)));
    assert!(fitted["plattScale"].as_f64().unwrap() > 0.0 && fitted["pairs"].as_i64() > Some(500));

    let bent = tie_with(&house, &tom).await;
    assert_ne!(bent["strength"], before["strength"]);
    assert!(bent["factors"].as_array().unwrap().iter().any(|f| f["factor"] == "CALIBRATION"));
    let shown = bent["strength"].as_f64().unwrap();
    assert!((sum_of_factors(&bent) - (shown / (1.0 - shown)).ln()).abs() < 1e-4, "{bent}");
    twin.keep_up().await.unwrap();
    let question =
        tertius::service::PathQuestion::to(tertius::service::To::Person(tom.parse().unwrap()));
    let here = house.tertius.intro_paths(&mira, &question).await.unwrap();
    assert_eq!(twin.intro_paths(&mira, &question).await.unwrap(), here);

    assert_eq!(as_admin(&house, "reset: true").await["kept"], true);
    assert_eq!((calibration(&house).await, tie_with(&house, &tom).await), (shipped, before));
    assert_eq!(as_admin(&house, "reset: true").await["kept"], false, "it is so already");
}

#[tokio::test]
async fn only_an_admin_changes_how_strength_is_computed() {
    let house = House::own().await;
    let mutation = |input: &str| {
        format!(
            "mutation {{ calibrateStrength(input: {{{input}}}) {{ kept userErrors {{ path }} }} }}"
        )
    };
    for (input, code) in [
        ("days: 60", "FORBIDDEN"),
        ("reset: true", "FORBIDDEN"),
        ("days: 0, dryRun: true", "BAD_USER_INPUT"),
        ("reset: true, dryRun: true", "BAD_USER_INPUT"),
    ] {
        let answer = house.ask(&mutation(input)).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{input}: {answer}");
    }
    let far = house.data(&mutation("days: 3000, dryRun: true")).await;
    assert_eq!(far["calibrateStrength"]["userErrors"][0]["path"], json!(["input", "days"]));
}

#[tokio::test]
async fn a_backtest_shows_what_was_fitted_beside_what_was_shipped() {
    let house = House::own().await;
    let ines = house.viewer("ines").await;
    let question = tertius::service::BacktestQuestion { cuts: Vec::new(), horizon_days: 60 };
    let before = house.tertius.backtest(&ines, &question).await.unwrap();
    assert!(before.cuts.iter().all(|cut| cut.fitted.is_none()));
    as_admin(&house, "days: 60").await;
    let mut after = house.tertius.backtest(&ines, &question).await.unwrap();
    for cut in &mut after.cuts {
        let fitted = cut.fitted.take().unwrap();
        assert!(fitted.brier_skill > cut.brier_skill, "{fitted:?}");
    }
    assert_eq!(after, before, "the shipped figures stay as they are");
}
