//! The schema is a contract: printed into the repository, described in every part.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::sdl::Sdl;

#[test]
fn schema_graphql_is_what_the_program_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let printed = tertius::api::printed();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&path, &printed).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == printed,
        "review the change, then: UPDATE_SCHEMA=1 cargo test --test it schema"
    );
}

#[tokio::test]
async fn every_type_field_argument_and_value_says_what_it_is() {
    const ALL: &str = "{ __schema { types { name kind description
        fields { name description args { name description } }
        inputFields { name description } enumValues { name description } } } }";
    let answer = tertius::api::schema_builder().finish().execute(ALL).await;
    let answer = answer.data.into_json().unwrap();
    let mut bare = Vec::new();
    for kind in list(&answer["__schema"]["types"]) {
        let built_in = ["String", "Int", "Float", "Boolean", "ID"].contains(&name(kind));
        if !name(kind).starts_with("__") && !built_in {
            collect_bare(kind, "", &mut bare);
        }
    }
    assert!(bare.is_empty(), "without a description: {}", bare.join(", "));
}

fn collect_bare(item: &Value, prefix: &str, bare: &mut Vec<String>) {
    let path = format!("{prefix}{}", name(item));
    if item["description"].as_str().is_none_or(str::is_empty) {
        bare.push(path.clone());
    }
    for part in ["fields", "args", "inputFields", "enumValues"] {
        for child in list(&item[part]) {
            collect_bare(child, &format!("{path}."), bare);
        }
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap_or_default()
}

#[test]
fn a_list_from_which_pages_are_reached_says_what_it_costs() {
    let sdl = Sdl::read(&tertius::api::printed());
    let mut leading: BTreeSet<&str> = BTreeSet::new();
    let leads = |leading: &BTreeSet<&str>, kind: &str| {
        let kinds = sdl.kinds.get(kind).into_iter().flatten();
        leading.contains(kind) || kinds.into_iter().any(|kind| leading.contains(kind.as_str()))
    };
    loop {
        let more: Vec<&str> = sdl
            .fields
            .iter()
            .filter(|(kind, fields)| {
                let mut fields = fields.iter();
                !leading.contains(kind.as_str())
                    && fields.any(|field| field.pages || leads(&leading, &field.gives))
            })
            .map(|(kind, _)| kind.as_str())
            .collect();
        if more.is_empty() {
            break;
        }
        leading.extend(more);
    }
    assert!(leading.contains("Person") && !leading.contains("StrengthShare"));
    let mut silent = Vec::new();
    for (kind, fields) in sdl.fields.iter().filter(|(kind, _)| !kind.ends_with("Connection")) {
        for field in fields.iter().filter(|field| !field.costs) {
            if field.pages || (field.is_list && leads(&leading, &field.gives)) {
                silent.push(format!("{kind}.{}", field.name));
            }
        }
    }
    assert!(silent.is_empty(), "no @cost, see src/api/cost.rs: {}", silent.join(", "));
}
