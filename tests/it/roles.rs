//! What the schema says of roles is what happens: every mutation, and every edge that leads
//! anywhere, is tried as everybody.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::Router;
use serde_json::Value;
use tertius::{
    http::{Door, router},
    model::Scope,
    service::{ROLES, TokenDraft, role_name},
    store::Store as _,
};

use crate::{
    sdl::{Field, Sdl},
    support::{House, ask, post, send},
};

/// A member of the sample for each role, in the order of the roles.
const LOGINS: [&str; 4] = ["bruno", "tom", "mira", "ines"];

/// Arguments that cannot be guessed from their types.
const ARGUMENTS: [(&str, &str); 3] = [
    ("calibrateStrength", "input: { dryRun: true }"),
    ("inviteMember", "input: { role: VIEWER }"),
    (
        "requestIntroduction",
        "input: { targetId: \"person_00000000000000000000000000000001\", purpose: \"To talk\",
             connectorIds: [\"person_00000000000000000000000000000002\"] }",
    ),
];

/// The place of a role among all, by its name in the schema.
fn rank(role: &str) -> usize {
    let named = |r: &tertius::model::Role| role_name(*r).replace(' ', "_").to_uppercase() == role;
    ROLES.iter().position(named).unwrap_or_else(|| panic!("{role} is no role"))
}

/// Ids of the sample, by what they name.
pub(crate) struct Ids(pub(crate) BTreeMap<&'static str, String>);

impl Ids {
    pub(crate) async fn of(house: &House) -> Self {
        let found = house
            .data(
                "{ people(first: 1) { nodes { id } }
                   company(by: { domain: \"globex.example\" }) { id staff(first: 1) { nodes { id } } }
                   introductions(first: 1) { nodes { id } }
                   viewer { lists { id } team { id } person { id } } }",
            )
            .await;
        let text = |value: &Value| value["id"].as_str().unwrap().to_owned();
        Self(BTreeMap::from([
            ("person", text(&found["people"]["nodes"][0])),
            ("other", text(&found["viewer"]["person"])),
            ("company", text(&found["company"])),
            ("list", text(&found["viewer"]["lists"][0])),
            ("member", text(&found["viewer"]["team"][0])),
            ("employment", text(&found["company"]["staff"]["nodes"][0])),
            ("introduction", text(&found["introductions"]["nodes"][0])),
            ("import", format!("import_{:032x}", 1)),
            ("token", format!("token_{:032x}", 1)),
            ("invitation", format!("invitation_{:032x}", 1)),
            ("note", format!("fact_{:032x}", 1)),
            ("rule", format!("audience_rule_{:032x}", 1)),
        ]))
    }

    /// The id that an argument of a field asks for.
    fn meant(&self, field: &str, argument: &str) -> String {
        let (field, argument) = (field.to_lowercase(), argument.to_lowercase());
        if argument.starts_with("other") && argument.contains("person") {
            return self.0["other"].clone();
        }
        let kinds = ["person", "company", "list", "member", "employment", "import", "token"];
        let kinds = || kinds.into_iter().chain(["invitation", "introduction", "note", "rule"]);
        let by_argument = kinds().find(|kind| argument.contains(kind));
        let by_field = || {
            let plural = field.contains("companies").then_some("company");
            plural.or_else(|| kinds().rev().find(|kind| field.contains(kind)))
        };
        self.0[by_argument.or_else(by_field).unwrap_or("person")].clone()
    }
}

fn call(sdl: &Sdl, field: &Field, ids: &Ids) -> String {
    if let Some((_, arguments)) = ARGUMENTS.iter().find(|(name, _)| *name == field.name) {
        return format!("{}({arguments})", field.name);
    }
    let id = |argument: &str| ids.meant(&field.name, argument);
    let required = field.required.iter();
    let mut arguments: Vec<String> =
        required.map(|(name, ty)| format!("{name}: {}", sdl.literal(name, ty, &id))).collect();
    if field.pages {
        arguments.push("first: 2".to_owned());
    }
    match arguments.as_slice() {
        [] => field.name.clone(),
        arguments => format!("{}({})", field.name, arguments.join(", ")),
    }
}

/// The codes of the errors of an answer.
fn codes(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().into_iter().flatten();
    errors.map(|error| error["extensions"]["code"].as_str().unwrap_or("none")).collect()
}

pub(crate) async fn routes_of_all(house: &House) -> Vec<Router> {
    let mut routes = Vec::new();
    for (login, role) in LOGINS.into_iter().zip(ROLES) {
        let viewer = house.viewer(login).await;
        assert_eq!(viewer.role(), role, "{login}");
        routes.push(router(Door::open(house.tertius.clone(), viewer)));
    }
    routes
}

/// Calls mutations as everybody, and says in sentences where the schema is wrong.
async fn lies(house: &House, sdl: &Sdl, named: impl Fn(&str) -> bool) -> Vec<String> {
    let (ids, routes, mut found) = (Ids::of(house).await, routes_of_all(house).await, Vec::new());
    for field in sdl.fields["Mutation"].iter().filter(|field| named(&field.name)) {
        let Some(role) = &field.role else {
            found.push(format!("{} does not say which role it needs", field.name));
            continue;
        };
        let document = format!("mutation {{ {} {{ __typename }} }}", call(sdl, field, &ids));
        for (at, routes) in routes.iter().enumerate() {
            let before = house.store.version().await.unwrap();
            let answer = ask(routes, &document).await;
            let (codes, who) = (codes(&answer), LOGINS[at]);
            assert!(!codes.contains(&"GRAPHQL_VALIDATION_FAILED"), "{document}: {answer}");
            assert!(!codes.contains(&"INTERNAL"), "{document}: {answer}");
            let is_forbidden = codes == ["FORBIDDEN"];
            if at < rank(role) && !is_forbidden {
                found.push(format!("{} lets {who} in, but says {role}: {answer}", field.name));
            }
            if at >= rank(role) && is_forbidden {
                found.push(format!("{} turns {who} away, but says {role}", field.name));
            }
            if is_forbidden && house.store.version().await.unwrap() != before {
                found.push(format!("{} turns {who} away, and yet writes", field.name));
            }
        }
    }
    found
}

#[tokio::test]
async fn every_mutation_is_for_the_role_that_the_schema_prints_and_for_no_lesser_one() {
    let (house, sdl) = (House::own().await, Sdl::read(&tertius::api::printed()));
    assert!(sdl.fields["Mutation"].len() > 25);
    assert_eq!(lies(&house, &sdl, |_| true).await, [""; 0]);
}

#[tokio::test]
async fn a_mutation_that_lies_about_its_role_or_says_none_is_found() {
    let house = House::own().await;
    let printed = tertius::api::printed();
    let (before, rest) =
        printed.split_once("): SetCadencePayload! @requiresRole(role: MEMBER)").unwrap();
    for (instead, sentence) in [
        ("", "setCadence does not say which role it needs"),
        (" @requiresRole(role: VIEWER)", "setCadence turns bruno away, but says VIEWER"),
        (" @requiresRole(role: ADMIN)", "setCadence lets tom in, but says ADMIN"),
    ] {
        let sdl = Sdl::read(&format!("{before}): SetCadencePayload!{instead}{rest}"));
        let found = lies(&house, &sdl, |name| name == "setCadence").await;
        assert!(found.iter().any(|lie| lie.starts_with(sentence)), "{sentence}: {found:?}");
    }
}

/// A way from the root of all questions to a field.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// What opens each step, outermost first.
    steps: Vec<String>,
    /// The role that it needs in all.
    needs: usize,
    /// What stands at its end.
    at: String,
    /// The last edge.
    edge: String,
}

impl Way {
    pub(crate) fn document(&self, sdl: &Sdl) -> String {
        let open = self.steps.join(" { ");
        let shut = "} ".repeat(self.steps.len());
        format!("{{ {open} {{ {} }} {shut}", sdl.plain(&self.at))
    }
}

/// The shortest way to each edge: each field of each type that leads to something with fields.
pub(crate) fn ways(sdl: &Sdl, ids: &Ids) -> Vec<Way> {
    let root = Way { steps: Vec::new(), needs: 0, at: "Query".into(), edge: String::new() };
    let (mut ways, mut seen, mut queue) = (Vec::new(), BTreeSet::new(), VecDeque::from([root]));
    while let Some(way) = queue.pop_front() {
        if !seen.insert(way.at.clone()) {
            continue;
        }
        for kind in sdl.kinds.get(&way.at).into_iter().flatten() {
            let mut steps = way.steps.clone();
            let id = ids.0.get(&*kind.to_lowercase());
            let last = steps.last_mut().filter(|last| last.starts_with("node("));
            if let (Some(last), Some(id)) = (last, id) {
                *last = format!("node(id: \"{id}\")");
            }
            steps.push(format!("... on {kind}"));
            queue.push_back(Way { steps, at: kind.clone(), ..way.clone() });
        }
        for field in sdl.fields.get(&way.at).into_iter().flatten() {
            if !sdl.has_parts(&field.gives) {
                continue;
            }
            let mut next = way.clone();
            next.steps.push(call(sdl, field, ids));
            next.needs = next.needs.max(field.role.as_deref().map_or(0, rank));
            next.edge = format!("{}.{}", way.at, field.name);
            next.at.clone_from(&field.gives);
            ways.push(next.clone());
            queue.push_back(next);
        }
    }
    ways
}

#[tokio::test]
async fn every_edge_of_the_schema_can_be_gone_along_by_whom_it_is_for_and_by_nobody_else() {
    let (house, sdl) = (House::shared(), Sdl::read(&tertius::api::printed()));
    let ids = Ids::of(house).await;
    let ways = ways(&sdl, &ids);
    let edges: BTreeSet<&str> = ways.iter().map(|way| way.edge.as_str()).collect();
    for edge in ["Query.auditTrail", "Member.tokens", "Person.employments", "Hop.tie"] {
        assert!(edges.contains(edge), "{edge}: {edges:?}");
    }
    let routes = routes_of_all(house).await;
    for way in &ways {
        let document = way.document(&sdl);
        for (at, routes) in routes.iter().enumerate() {
            let answer = ask(routes, &document).await;
            let codes = codes(&answer);
            let (who, edge) = (LOGINS[at], &way.edge);
            if at >= way.needs {
                assert_eq!(codes, [""; 0], "{edge} as {who}: {document}: {answer}");
            } else {
                let turned_away = !codes.is_empty() && codes.iter().all(|c| *c == "FORBIDDEN");
                assert!(turned_away, "{edge} as {who}: {document}: {answer}");
            }
        }
    }
}

#[tokio::test]
async fn a_token_that_may_not_read_sees_nothing_but_itself() {
    let (house, sdl) = (House::own().await, Sdl::read(&tertius::api::printed()));
    let ids = Ids::of(&house).await;
    let ines = house.viewer("ines").await;
    let scopes = Some(vec![Scope::Write, Scope::Export]);
    let draft = TokenDraft { scopes, ..TokenDraft::of("ines") };
    let token = house.tertius.create_token(&ines, draft).await.unwrap().secret;
    let routes = house.routes();
    let ask = async |query: &str| {
        let mut request = post(&serde_json::json!({ "query": query }).to_string());
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        send(&routes, request).await.1
    };
    let answer = ask("{ viewer { role scopes } }").await;
    assert_eq!(answer["data"]["viewer"]["scopes"], serde_json::json!(["WRITE", "EXPORT"]));
    let mut tried = 0;
    for way in ways(&sdl, &ids).iter().filter(|way| way.steps.len() == 1) {
        if way.edge != "Query.viewer" {
            let document = way.document(&sdl);
            let answer = ask(&document).await;
            assert_eq!(codes(&answer), ["FORBIDDEN"], "{document}: {answer}");
            tried += 1;
        }
    }
    assert!(tried > 15, "{tried}");
    for field in ["login", "team { id }", "lists { id }", "cadences { days }", "tokens { id }"] {
        let answer = ask(&format!("{{ viewer {{ {field} }} }}")).await;
        assert_eq!(codes(&answer), ["FORBIDDEN"], "{field}: {answer}");
    }
    let make = |scopes: &str| {
        format!(
            "mutation {{ createToken(input: {{ scopes: {scopes} }}) {{ secret userErrors {{ path }} }} }}"
        )
    };
    let answer = ask(&make("[WRITE]")).await;
    assert!(answer["data"]["createToken"]["secret"].is_string(), "{answer}");
    let answer = ask(&make("[READ]")).await;
    let path = &answer["data"]["createToken"]["userErrors"][0]["path"];
    assert_eq!(path, &serde_json::json!(["input", "scopes"]), "no more than its maker");
}
