//! Who may see what one recorded oneself, and what one never shows.

use std::{path::PathBuf, sync::Arc};

use serde_json::json;
use tertius::{
    config::Limits,
    http::{Door, router},
    model::{AudienceRule, Day, Domain, ImportId, Level, PersonId, RuleSubject, Timestamp},
    service::{
        AudienceDraft, AudienceOf, AudienceRuleDraft, AuditQuestion, EvidenceDraft, Foundations,
        ImportFile, PageRequest, PersonView, Receipt, RefusalCode, SeededIds, ServiceError,
        StoppedClock, Tertius, Viewer, sample_now,
    },
    store::sqlite::SqliteStore,
};

use crate::support::{House, ask};

const DAY_MS: i64 = 86_400_000;

/// An installation of three members: `tom` and `mira` record, `ines` looks after it.
struct World {
    tertius: Arc<Tertius>,
    store: Arc<SqliteStore>,
    clock: Arc<StoppedClock>,
    files: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let files = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(&files.path().join("it.sqlite")).unwrap());
        let clock = Arc::new(StoppedClock::at(sample_now()));
        let foundations = Foundations {
            store: store.clone(),
            clock: clock.clone(),
            ids: Arc::new(SeededIds::new(1)),
            limits: Limits::default(),
        };
        let tertius = Arc::new(Tertius::open(foundations).await.unwrap());
        let world = Self { tertius, store, clock, files };
        world.members().await;
        world
    }

    async fn members(&self) {
        use tertius::{
            model::{
                Attestation, Audience, Author, Batch, BatchId, Change, Claim, LawfulBasis, Member,
                MemberId, Role, Source, SystemName, Telling,
            },
            service::Clock as _,
            store::Store as _,
        };
        let mut changes = Vec::new();
        for (n, login) in (1..).zip(["tom", "mira", "ines"]) {
            changes.push(Change::AddPerson(PersonId::new(n)));
            changes.push(Change::PutMember(Member {
                id: MemberId::new(n),
                login: login.parse().unwrap(),
                person: PersonId::new(n),
                addresses: Vec::new(),
                role: if n == 3 { Role::Admin } else { Role::Member },
                active: true,
            }));
            // By that the files know them.
            let (person, identifier) = (PersonId::new(n), format!("{login}@acme.example"));
            let identifier = identifier.parse().unwrap();
            let claim = Claim::PersonIdentifier { person, identifier };
            let told = Attestation {
                source: Source { system: SystemName::new("manual").unwrap(), import: None },
                recorder: Author::System,
                basis: LawfulBasis::Contract,
                audience: Audience::TEAM,
                recorded_at: self.clock.now(),
                retracted_at: None,
            };
            changes.push(Change::Tell(Telling::new(claim, told)));
        }
        let (author, at) = (Author::System, self.clock.now());
        let batch = Batch { id: BatchId::new(1), author, at, expects: Vec::new(), changes };
        self.store.apply(&batch).await.unwrap();
        self.tertius.keep_up().await.unwrap();
    }

    async fn viewer(&self, login: &str) -> Viewer {
        self.tertius.viewer_by_login(login).await.unwrap()
    }

    fn file(&self, name: &str, rows: &[&str]) -> ImportFile {
        let path: PathBuf = self.files.path().join(format!("{name}.csv"));
        let text = format!("message,at,from,to\n{}\n", rows.join("\n"));
        std::fs::write(&path, text).unwrap();
        ImportFile { path, format: None, mapping: None, private: false }
    }

    async fn import(&self, login: &str, name: &str, rows: &[&str]) -> ImportId {
        let (viewer, file) = (self.viewer(login).await, self.file(name, rows));
        self.tertius.import_file(&viewer, file, false, |_| {}).await.unwrap().import.id
    }

    async fn somebody(&self, login: &str, address: &str) -> Option<PersonView> {
        let viewer = self.viewer(login).await;
        self.tertius.person_by_identifier(&viewer, "email", address).await.unwrap()
    }

    /// How a tie is seen by somebody, as of a day.
    async fn tie(
        &self,
        login: &str,
        pair: (PersonId, PersonId),
        day: Option<Day>,
    ) -> Option<Receipt> {
        let viewer = self.viewer(login).await.as_of(day);
        self.tertius.receipts(&viewer, &[pair]).await.unwrap().pop().flatten()
    }

    async fn set(&self, login: &str, of: AudienceOf, team_sees: Option<Level>) -> u64 {
        let draft = AudienceDraft { of, team_sees };
        self.tertius.set_audience(&self.viewer(login).await, draft).await.unwrap()
    }

    async fn hide(&self, login: &str, about: RuleSubject) -> (AudienceRule, u64) {
        let draft = AudienceRuleDraft { about, team_sees: None };
        let made = self.tertius.put_audience_rule(&self.viewer(login).await, draft).await.unwrap();
        (made.rule, made.facts)
    }

    fn next_day(&self) {
        use tertius::service::Clock as _;
        self.clock.set(Timestamp::from_ms(self.clock.now().as_ms() + DAY_MS));
    }

    async fn is_sound(&self) {
        assert_eq!(self.store.check().await.unwrap(), [""; 0]);
    }
}

const MAILS: [&str; 4] = [
    "1,2026-11-10T09:00:00Z,tom@acme.example,ana@globex.example",
    "2,2026-11-10T10:00:00Z,ana@globex.example,tom@acme.example",
    "3,2026-11-11T10:00:00Z,ben@umbra.example,tom@acme.example",
    "4,2026-11-11T11:00:00Z,tom@acme.example,ben@umbra.example",
];

fn refusal<T: std::fmt::Debug>(
    answer: Result<T, ServiceError>,
) -> (RefusalCode, Vec<&'static str>) {
    match answer {
        Err(ServiceError::Refused(refusal)) => (refusal.code, refusal.path),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_import_of_mine_becomes_private_and_is_shared_again() {
    let world = World::new().await;
    let import = world.import("tom", "mails", &MAILS).await;
    let of = AudienceOf::Import(import);
    let tom = world.viewer("tom").await.person();
    let ana = world.somebody("mira", "ana@globex.example").await.unwrap().id;
    assert!(world.tie("mira", (tom, ana), None).await.is_some());
    let facts = world.set("tom", of, None).await;
    assert!(facts > 3, "{facts}");
    assert_eq!(world.somebody("mira", "ana@globex.example").await, None);
    assert_eq!(world.tie("mira", (tom, ana), None).await, None);
    assert_eq!(world.tie("ines", (tom, ana), None).await, None, "nor does an admin see it");
    assert!(world.tie("tom", (tom, ana), None).await.is_some());
    assert_eq!(world.set("tom", of, None).await, 0, "asked twice, nothing changes");
    assert_eq!(world.set("tom", of, Some(Level::Evidence)).await, facts);
    assert!(world.tie("mira", (tom, ana), None).await.is_some());
    assert_eq!(world.set("tom", of, Some(Level::Tie)).await, 4, "its evidence alone has a level");
    assert!(world.somebody("mira", "ana@globex.example").await.is_some());
    world.is_sound().await;
}

#[tokio::test]
async fn what_was_shared_stays_visible_as_of_past_days() {
    let world = World::new().await;
    let import = world.import("tom", "mails", &MAILS).await;
    let tom = world.viewer("tom").await.person();
    let ana = world.somebody("mira", "ana@globex.example").await.unwrap().id;
    let before = world.tertius.today();
    world.next_day();
    world.tertius.keep_up().await.unwrap();
    world.set("tom", AudienceOf::Import(import), None).await;
    assert_eq!(world.tie("mira", (tom, ana), None).await, None);
    assert!(world.tie("mira", (tom, ana), Some(before)).await.is_some());
}

#[tokio::test]
async fn of_a_tie_and_of_a_person_only_what_i_recorded_changes() {
    let world = World::new().await;
    world.import("tom", "mails", &MAILS).await;
    world
        .import(
            "mira",
            "others",
            &[
                "9,2026-11-09T10:00:00Z,tom@acme.example,ana@globex.example",
                "10,2026-11-09T11:00:00Z,ana@globex.example,tom@acme.example",
            ],
        )
        .await;
    let (tom, mira) = (world.viewer("tom").await.person(), world.viewer("mira").await.person());
    let ana = world.somebody("mira", "ana@globex.example").await.unwrap().id;
    let ben = world.somebody("mira", "ben@umbra.example").await.unwrap().id;
    assert_eq!(world.set("tom", AudienceOf::Tie(None, ana), None).await, 2);
    assert_eq!(world.set("tom", AudienceOf::Tie(None, ana), None).await, 0);
    let left = world.tie("mira", (tom, ana), None).await.unwrap();
    assert_eq!(left.evidence.len(), 2, "what Mira recorded stays");
    assert_eq!(world.tie("tom", (tom, ana), None).await.unwrap().evidence.len(), 4);
    assert!(world.tie("mira", (tom, ben), None).await.is_some(), "another tie stays");
    assert_eq!(world.set("tom", AudienceOf::Person(ben), None).await, 2);
    assert_eq!(world.tie("mira", (tom, ben), None).await, None);
    assert_eq!(world.set("mira", AudienceOf::Person(ben), Some(Level::Evidence)).await, 0);
    assert_eq!(world.set("tom", AudienceOf::Tie(Some(mira), ana), None).await, 0);
    world.is_sound().await;
}

#[tokio::test]
async fn nobody_changes_it_for_others() {
    let world = World::new().await;
    let import = world.import("tom", "mails", &MAILS).await;
    let draft = AudienceDraft { of: AudienceOf::Import(import), team_sees: None };
    let answer = world.tertius.set_audience(&world.viewer("ines").await, draft).await;
    assert_eq!(refusal(answer), (RefusalCode::NotYours, vec!["importId"]));
    let answer = world.tertius.set_audience(&world.viewer("mira").await, draft).await;
    assert!(matches!(answer, Err(ServiceError::NotFound(_))), "{answer:?}");
    let unseen = AudienceDraft { of: AudienceOf::Person(PersonId::new(404)), team_sees: None };
    let answer = world.tertius.set_audience(&world.viewer("tom").await, unseen).await;
    assert_eq!(refusal(answer), (RefusalCode::NotFound, vec!["personId"]));
    let me = world.viewer("tom").await.person();
    let alone = AudienceDraft { of: AudienceOf::Tie(None, me), team_sees: None };
    let answer = world.tertius.set_audience(&world.viewer("tom").await, alone).await;
    assert_eq!(refusal(answer), (RefusalCode::Invalid, vec!["toId"]));
}

#[tokio::test]
async fn while_an_import_runs_neither_its_audience_nor_a_rule_changes() {
    let world = World::new().await;
    let tom = world.viewer("tom").await;
    let file = world.file("mails", &MAILS);
    let begun = world.tertius.begin_import(&tom, file, false).await.unwrap();
    let draft = AudienceDraft { of: AudienceOf::Import(begun.id()), team_sees: None };
    let answer = world.tertius.set_audience(&tom, draft).await;
    assert_eq!(refusal(answer), (RefusalCode::Conflict, vec!["importId"]));
    let draft = AudienceRuleDraft::at_domain("globex.example", None).unwrap();
    let answer = world.tertius.put_audience_rule(&tom, draft.clone()).await;
    assert_eq!(refusal(answer), (RefusalCode::Conflict, vec!["input"]));
    world.tertius.run_import(begun, |_| {}).await.unwrap();
    assert!(world.tertius.put_audience_rule(&tom, draft).await.unwrap().facts > 0);
}

#[tokio::test]
async fn a_rule_about_a_person_hides_what_was_and_what_comes() {
    let world = World::new().await;
    world.import("tom", "mails", &MAILS).await;
    let tom = world.viewer("tom").await.person();
    let ana = world.somebody("mira", "ana@globex.example").await.unwrap().id;
    let ben = world.somebody("mira", "ben@umbra.example").await.unwrap().id;
    let (rule, facts) = world.hide("tom", RuleSubject::Person(ana)).await;
    assert!(facts >= 2, "{facts}");
    assert_eq!(world.tie("mira", (tom, ana), None).await, None);
    assert_eq!(world.somebody("mira", "ana@globex.example").await, None);
    assert_eq!(world.hide("tom", RuleSubject::Person(ana)).await, (rule, 0), "made twice");
    // By a file, and by hand.
    world
        .import("tom", "more", &["4,2026-11-12T09:00:00Z,tom@acme.example,ana@globex.example"])
        .await;
    for other in [ana, ben] {
        let draft = EvidenceDraft {
            kind: tertius::model::EvidenceKind::Meeting,
            at: "2026-11-12T12:00:00Z".parse().unwrap(),
            participants: vec![tom, other],
            idempotency_key: None,
        };
        world.tertius.record_evidence(&world.viewer("tom").await, draft).await.unwrap();
    }
    assert_eq!(world.tie("mira", (tom, ana), None).await, None);
    assert_eq!(world.tie("tom", (tom, ana), None).await.unwrap().evidence.len(), 4);
    assert_eq!(world.tie("mira", (tom, ben), None).await.unwrap().evidence.len(), 3);
    world.is_sound().await;
}

#[tokio::test]
async fn a_rule_about_a_domain_or_a_company_hides_everybody_there() {
    let world = World::new().await;
    let domain = RuleSubject::Domain(Domain::new("globex.example").unwrap());
    assert_eq!(world.hide("tom", domain).await.1, 0);
    let umbra = {
        world
            .import(
                "mira",
                "umbra",
                &["7,2026-11-01T09:00:00Z,mira@acme.example,cem@umbra.example"],
            )
            .await;
        world.somebody("tom", "cem@umbra.example").await.unwrap().jobs[0].company
    };
    assert_eq!(world.hide("tom", RuleSubject::Company(umbra)).await.1, 0);
    let below = "4,2026-11-12T09:00:00Z,tom@acme.example,eva@mail.globex.example";
    let free = "5,2026-11-12T09:00:00Z,tom@acme.example,dan@orbit.example";
    world.import("tom", "mails", &[MAILS[0], MAILS[1], MAILS[2], below, free]).await;
    for address in ["ana@globex.example", "ben@umbra.example", "eva@mail.globex.example"] {
        assert_eq!(world.somebody("mira", address).await, None, "{address}");
        assert!(world.somebody("tom", address).await.is_some(), "{address}");
    }
    assert!(world.somebody("mira", "dan@orbit.example").await.is_some());
    let companies = PageRequest { first: Some(50), after: None };
    let seen = world.tertius.companies_page(&world.viewer("mira").await, &companies).await.unwrap();
    let seen: Vec<String> = seen
        .entries
        .iter()
        .flat_map(|(_, company)| &company.domains)
        .map(ToString::to_string)
        .collect();
    assert!(!seen.iter().any(|domain| domain.contains("globex")), "{seen:?}");
    assert!(seen.iter().any(|domain| domain == "orbit.example"), "{seen:?}");
    world.is_sound().await;
}

#[tokio::test]
async fn a_rule_may_leave_the_bare_tie() {
    let world = World::new().await;
    let tom = world.viewer("tom").await;
    let draft = AudienceRuleDraft::at_domain("@Globex.example", Some(Level::Tie)).unwrap();
    world.tertius.put_audience_rule(&tom, draft).await.unwrap();
    world.import("tom", "mails", &MAILS).await;
    let ana = world.somebody("mira", "ana@globex.example").await.expect("she is no secret").id;
    let seen = world.tie("mira", (tom.person(), ana), None).await.unwrap();
    let own = world.tie("tom", (tom.person(), ana), None).await.unwrap();
    assert_ne!(seen.strength.value.to_bits(), own.strength.value.to_bits());
}

#[tokio::test]
async fn what_a_rule_hid_stays_hidden_when_it_is_lifted() {
    let world = World::new().await;
    let tom = world.viewer("tom").await;
    let (rule, _) =
        world.hide("tom", RuleSubject::Domain(Domain::new("globex.example").unwrap())).await;
    world.import("tom", "mails", &MAILS).await;
    assert_eq!(world.tertius.audience_rules(&tom).await.unwrap(), std::slice::from_ref(&rule));
    let lifted = world.tertius.lift_audience_rule(&tom, rule.id).await.unwrap();
    assert!(lifted.lifted_at.is_some());
    assert_eq!(world.tertius.audience_rules(&tom).await.unwrap(), []);
    assert_eq!(world.somebody("mira", "ana@globex.example").await, None);
    world
        .import(
            "tom",
            "more",
            &[
                "4,2026-11-12T09:00:00Z,tom@acme.example,ana@globex.example",
                "5,2026-11-12T10:00:00Z,ana@globex.example,tom@acme.example",
            ],
        )
        .await;
    let ana = world.somebody("mira", "ana@globex.example").await.unwrap().id;
    let seen = world.tie("mira", (tom.person(), ana), None).await.unwrap();
    assert_eq!(seen.evidence.len(), 2, "what came after it alone");
    let again = world.tertius.lift_audience_rule(&tom, rule.id).await;
    assert_eq!(refusal(again), (RefusalCode::NotFound, vec!["ruleId"]));
}

#[tokio::test]
async fn a_rule_is_known_to_its_owner_alone() {
    let world = World::new().await;
    world.import("tom", "mails", &MAILS).await;
    let all = PageRequest { first: Some(100), after: None };
    let ines = world.viewer("ines").await;
    let trail =
        async || world.tertius.audit_trail(&ines, AuditQuestion::default(), &all).await.unwrap();
    let before = trail().await;
    let (rule, facts) =
        world.hide("tom", RuleSubject::Domain(Domain::new("nobody.example").unwrap())).await;
    assert_eq!(facts, 0);
    assert_eq!(trail().await, before, "an admin reads nothing of it");
    for login in ["mira", "ines"] {
        let viewer = world.viewer(login).await;
        assert_eq!(world.tertius.audience_rules(&viewer).await.unwrap(), []);
        let answer = world.tertius.lift_audience_rule(&viewer, rule.id).await;
        assert_eq!(refusal(answer), (RefusalCode::NotFound, vec!["ruleId"]));
    }
    let me = world.viewer("tom").await;
    let draft = AudienceRuleDraft { about: RuleSubject::Person(me.person()), team_sees: None };
    let answer = world.tertius.put_audience_rule(&me, draft).await;
    assert_eq!(refusal(answer), (RefusalCode::Invalid, vec!["personId"]));
}

#[tokio::test]
async fn an_import_under_rules_comes_once_and_is_undone() {
    let world = World::new().await;
    world.hide("tom", RuleSubject::Domain(Domain::new("globex.example").unwrap())).await;
    let import = world.import("tom", "mails", &MAILS).await;
    assert!(world.somebody("mira", "ben@umbra.example").await.is_some());
    world.set("tom", AudienceOf::Import(import), None).await;
    world.next_day();
    assert_eq!(world.import("tom", "mails", &MAILS).await, import);
    let seen = world.somebody("mira", "ben@umbra.example").await;
    assert_eq!(seen, None, "the same file shows nothing that was hidden since");
    world.tertius.undo_import(&world.viewer("tom").await, import, |_| {}).await.unwrap();
    assert_eq!(world.somebody("tom", "ana@globex.example").await, None);
    world.is_sound().await;
}

#[tokio::test]
async fn audiences_and_rules_are_set_by_graphql() {
    let house = House::own().await;
    let tom = router(Door::open(house.tertius.clone(), house.viewer("tom").await));
    let mira = router(Door::open(house.tertius.clone(), house.viewer("mira").await));
    let found = ask(&tom, "{ company(by: { domain: \"globex.example\" }) { id staff(first: 1) { nodes { person { id } } } } }").await;
    let person = found["data"]["company"]["staff"]["nodes"][0]["person"]["id"].as_str().unwrap();
    let put = format!(
        "mutation {{ putAudienceRule(input: {{ about: {{ personId: \"{person}\" }} }}) {{
            made {{ facts rule {{ id level domain person {{ id }} company {{ id }} }} }} userErrors {{ message }} }} }}"
    );
    let answer = ask(&tom, &put).await;
    let rule = &answer["data"]["putAudienceRule"]["made"]["rule"];
    assert_eq!(rule["person"]["id"], json!(person), "{answer}");
    assert_eq!((&rule["level"], &rule["domain"]), (&json!(null), &json!(null)));
    let list = "{ viewer { audienceRules { id since liftedAt } } }";
    assert_eq!(ask(&tom, list).await["data"]["viewer"]["audienceRules"][0]["id"], rule["id"]);
    assert_eq!(ask(&mira, list).await["data"]["viewer"]["audienceRules"], json!([]));
    let lift = format!(
        "mutation {{ liftAudienceRule(input: {{ ruleId: {} }}) {{ rule {{ liftedAt }} }} }}",
        rule["id"]
    );
    let answer = ask(&tom, &lift).await;
    assert!(answer["data"]["liftAudienceRule"]["rule"]["liftedAt"].is_string(), "{answer}");
    let set = |rest: &str| {
        format!(
            "mutation {{ setAudience(input: {{ of: {{ personId: \"{person}\" }}, {rest} }}) {{
                changed {{ facts }} userErrors {{ path }} }} }}"
        )
    };
    let answer = ask(&tom, &set("group: TEAM, level: STRENGTH")).await;
    assert!(answer["data"]["setAudience"]["changed"]["facts"].is_number(), "{answer}");
    let answer = ask(&tom, &set("group: PRIVATE, level: TIE")).await;
    let path = &answer["data"]["setAudience"]["userErrors"][0]["path"];
    assert_eq!(path, &json!(["input", "level"]), "{answer}");
}
