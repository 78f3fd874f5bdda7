//! Keeping in touch: what is due, what fades, and that a cadence is nobody else's business.

use serde_json::{Value, json};
use tertius::{
    model::{Audience, Claim, EvidenceKind, PersonId, Timestamp},
    service::{
        CadenceSource, EvidenceDraft, Fading, KeepingQuestion, PageRequest, PersonDraft, Reminder,
        Tertius, Urgency, Viewer, sample_now,
    },
    store::Store as _,
};

use crate::support::House;

const DAY_MS: i64 = 86_400_000;

/// Somebody new, whom Mira met so many days ago.
async fn met(house: &House, mira: &Viewer, days_ago: i64) -> PersonId {
    let draft = PersonDraft { name: format!("Nova {days_ago}"), ..PersonDraft::default() };
    let person = house.tertius.create_person(mira, draft).await.unwrap().id;
    meet(house, mira, person, days_ago).await;
    person
}

async fn meet(house: &House, mira: &Viewer, person: PersonId, days_ago: i64) {
    let draft = EvidenceDraft {
        kind: EvidenceKind::Meeting,
        at: Timestamp::from_ms(sample_now().as_ms() - days_ago * DAY_MS),
        participants: vec![mira.person(), person],
        idempotency_key: None,
    };
    house.tertius.record_evidence(mira, draft).await.unwrap();
}

/// All reminders of a viewer.
async fn reminders(tertius: &Tertius, viewer: &Viewer) -> Vec<Reminder> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let request = PageRequest { first: Some(100), after };
        let question = KeepingQuestion::default();
        let page = tertius.keep_in_touch(viewer, &question, &request).await.unwrap();
        after = page.entries.last().map(|(cursor, _)| cursor.clone());
        let more = page.has_next;
        all.extend(page.into_nodes());
        if !more {
            return all;
        }
    }
}

async fn reminder(house: &House, viewer: &Viewer, person: PersonId) -> Option<Reminder> {
    reminders(&house.tertius, viewer).await.into_iter().find(|one| one.person == person)
}

#[tokio::test]
async fn a_tie_is_due_exactly_when_its_cadence_is_over() {
    let house = House::own().await;
    let mira = house.viewer("mira").await;
    let person = met(&house, &mira, 30).await;
    for (days, overdue) in [(31, None), (30, Some(0)), (29, Some(1))] {
        house.tertius.set_cadence(&mira, person, days).await.unwrap();
        let found = reminder(&house, &mira, person).await;
        let found = found.filter(|one| one.urgency == Urgency::Due);
        assert_eq!(found.and_then(|one| one.days_overdue), overdue, "{days}");
    }
    let due = reminder(&house, &mira, person).await.unwrap();
    assert_eq!(due.cadence, Some((29, CadenceSource::Set)));
    assert_eq!(
        due.advice(),
        "Get in touch: you want contact every 29 days, and the last was 30 days ago."
    );
    meet(&house, &mira, person, 2).await;
    assert_eq!(reminder(&house, &mira, person).await, None, "contact makes it good");
}

#[tokio::test]
async fn a_day_later_one_more_day_is_overdue() {
    let house = House::own().await;
    let mira = house.viewer("mira").await;
    let person = met(&house, &mira, 30).await;
    house.tertius.set_cadence(&mira, person, 31).await.unwrap();
    let mut seen = Vec::new();
    for day in 0..4 {
        house.clock.set(Timestamp::from_ms(sample_now().as_ms() + day * DAY_MS));
        house.tertius.begin_epoch().await.unwrap();
        let found = reminder(&house, &mira, person).await;
        seen.push(found.and_then(|one| one.days_overdue));
    }
    assert_eq!(seen, [None, Some(0), Some(1), Some(2)]);
}

#[tokio::test]
async fn without_any_contact_the_days_count_from_when_the_cadence_was_set() {
    let house = House::own().await;
    let mira = house.viewer("mira").await;
    let draft = PersonDraft { name: "Nova".to_owned(), ..PersonDraft::default() };
    let person = house.tertius.create_person(&mira, draft).await.unwrap().id;
    house.tertius.set_cadence(&mira, person, 2).await.unwrap();
    assert_eq!(reminder(&house, &mira, person).await, None);
    house.clock.set(Timestamp::from_ms(sample_now().as_ms() + 2 * DAY_MS));
    house.tertius.begin_epoch().await.unwrap();
    let due = reminder(&house, &mira, person).await.unwrap();
    assert_eq!((due.days_overdue, due.last_contact), (Some(0), None));
    assert!(due.advice().ends_with("there was none in 2 days."), "{}", due.advice());
}

#[tokio::test]
async fn the_newest_cadence_counts_and_none_takes_it_back() {
    let house = House::own().await;
    let mira = house.viewer("mira").await;
    let person = met(&house, &mira, 40).await;
    let set = async |days| house.tertius.set_cadence(&mira, person, days).await.unwrap();
    for days in [30, 60, 30, 30, 35] {
        assert_eq!(set(days).await.map(|cadence| usize::from(cadence.days)), Some(days));
        assert_eq!(house.tertius.cadences(&mira).await.unwrap().len(), 1);
    }
    let twin = house.twin().await;
    let kept = twin.cadences(&mira).await.unwrap();
    assert_eq!(kept[&person].days, 35, "it is on the disk");
    assert_eq!(set(0).await, None);
    assert!(house.tertius.cadences(&mira).await.unwrap().is_empty());
    assert_eq!(set(0).await, None, "taking back nothing is no fault");
}

/// Everything that a viewer is told that a cadence might show in.
async fn told(house: &House, viewer: &Viewer, person: PersonId) -> Vec<String> {
    let tertius = &house.tertius;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export");
    let request = tertius::service::ExportRequest { path: path.clone(), rows: false, raw: false };
    tertius.export(viewer, &request, |_| {}).await.unwrap();
    let mut files: Vec<_> =
        std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut told: Vec<String> =
        files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let pair = [(viewer.person(), person)];
    told.push(format!("{:?}", reminders(tertius, viewer).await));
    told.push(format!("{:?}", tertius.cadences(viewer).await.unwrap()));
    told.push(format!("{:?}", tertius.person(viewer, person).await.unwrap()));
    told.push(format!("{:?}", tertius.receipts(viewer, &pair).await.unwrap()));
    told.push(format!("{:?}", tertius.threads(viewer, None).await.unwrap()));
    told.push(format!("{:?}", tertius.network_size()));
    told
}

#[tokio::test]
async fn another_member_s_cadence_changes_nothing_in_my_answers() {
    let house = House::own().await;
    let (mira, tom) = (house.viewer("mira").await, house.viewer("tom").await);
    let ana = house.viewer("ana").await;
    // Somebody whom both know, and Tom himself.
    let person = ana.person();
    let before = told(&house, &tom, person).await;
    let own = told(&house, &mira, person).await;
    for person in [person, tom.person()] {
        house.tertius.set_cadence(&mira, person, 1).await.unwrap();
    }
    assert_eq!(told(&house, &tom, person).await, before);
    assert_ne!(told(&house, &mira, person).await, own);
    let of = house.store.people(&[tom.person()]).await.unwrap().remove(0).unwrap();
    let cadences = of.facts.iter().filter(|fact| matches!(fact.claim, Claim::Cadence { .. }));
    let audiences: Vec<_> =
        cadences.flat_map(|fact| &fact.attestations).map(|telling| telling.audience).collect();
    assert_eq!(audiences, [Audience::private(mira.member())]);
    house.tertius.set_cadence(&mira, tom.person(), 0).await.unwrap();
    assert_eq!(told(&house, &tom, person).await, before);
}

#[tokio::test]
async fn what_is_due_comes_first_and_what_has_fallen_silent_is_no_more_due_as_usual() {
    let house = House::shared();
    let mira = house.viewer("mira").await;
    let all = reminders(&house.tertius, &mira).await;
    let urgencies: Vec<Urgency> = all.iter().map(|one| one.urgency).collect();
    assert!(urgencies.is_sorted() && urgencies.contains(&Urgency::Due), "{all:?}");
    for one in &all {
        let is_due = one.days_overdue.is_some();
        assert_eq!(is_due, one.urgency == Urgency::Due, "{one:?}");
        match one.fading {
            Some(Fading::Silence) => {
                assert!(!is_due && one.days_since > 8 * one.usual_gap_days.unwrap(), "{one:?}");
            }
            Some(Fading::Strength) => assert!(one.strength_now < one.strength_then / 2.0),
            None => assert!(is_due, "{one:?}"),
        }
        if is_due {
            let (days, source) = one.cadence.unwrap();
            assert_eq!(source, CadenceSource::Usual, "Mira set none");
            assert_eq!(one.days_overdue, Some(one.days_since - days), "{one:?}");
        }
    }
    let silent = all.iter().filter(|one| one.fading == Some(Fading::Silence));
    let silent: Vec<PersonId> = silent.map(|one| one.person).collect();
    let paul = house.tertius.person(&mira, silent[0]).await.unwrap();
    assert_eq!((paul.called().unwrap().as_str(), silent.len()), ("Paul Mercadier", 1));
}

#[tokio::test]
async fn a_cadence_is_set_and_asked_for_by_graphql() {
    let house = House::own().await;
    let mira = house.viewer("mira").await;
    let person = met(&house, &mira, 10).await;
    let set = async |person: &str, days: i64| -> Value {
        let set = house
            .data(&format!(
                r#"mutation {{ setCadence(input: {{personId: "{person}", days: {days}, clientMutationId: "7"}}) {{
                    cadence {{ person {{ id }} days setOn }} userErrors {{ code path }} clientMutationId }} }}"#
            ))
            .await;
        set["setCadence"].clone()
    };
    let id = person.to_string();
    let answer = set(&id, 7).await;
    let cadence = json!({ "person": { "id": id }, "days": 7, "setOn": "2026-11-20" });
    assert_eq!(answer, json!({ "cadence": cadence, "userErrors": [], "clientMutationId": "7" }));
    let data = house
        .data(
            "{ viewer { cadences { days } } keepInTouch(only: DUE, first: 1) {
                nodes { person { id } urgency cadenceDays cadenceSource daysOverdue advice }
                pageInfo { hasNextPage } threads(first: 1) { nodes { knower { name } } } } }",
        )
        .await;
    assert_eq!(data["viewer"]["cadences"], json!([{ "days": 7 }]));
    let node = &data["keepInTouch"]["nodes"][0];
    assert_eq!((&node["person"]["id"], &node["daysOverdue"]), (&json!(id), &json!(3)));
    assert_eq!((&node["urgency"], &node["cadenceSource"]), (&json!("DUE"), &json!("SET")));
    let me = mira.person().to_string();
    for (person, days, code, field) in [
        ("person_00000000000000000000000000000001", 7, "NOT_FOUND", "personId"),
        (&*me, 7, "INVALID", "personId"),
        (&*id, 3_651, "INVALID", "days"),
    ] {
        let answer = set(person, days).await;
        let error = json!([{ "code": code, "path": ["input", field] }]);
        assert_eq!((&answer["cadence"], &answer["userErrors"]), (&Value::Null, &error));
    }
    assert_eq!(set(&id, 0).await["cadence"], Value::Null);
}

#[tokio::test]
async fn only_who_may_record_sets_a_cadence() {
    let house = House::own().await;
    let bruno = house.viewer("bruno").await;
    let mira = house.viewer("mira").await;
    let error = house.tertius.set_cadence(&bruno, mira.person(), 7).await.unwrap_err();
    assert!(error.to_string().contains("role"), "{error}");
}

#[tokio::test]
async fn an_export_takes_the_cadences_of_its_owner_along() {
    let desk = crate::imports::Desk::new().await;
    let table = desk.folder.path().join("people.csv");
    std::fs::write(&table, "Name,Email\nBo Chen,bo@globex.example\nCleo Diaz,cleo@acme.example\n")
        .unwrap();
    desk.import(&table).await;
    let bo = desk.tertius.person_by_identifier(&desk.viewer, "email", "bo@globex.example").await;
    let bo = bo.unwrap().unwrap().id;
    desk.tertius.set_cadence(&desk.viewer, bo, 30).await.unwrap();
    let exported = desk.export().await;
    assert_eq!(exported["cadences.csv"].lines().nth(1), Some("\"p2\",\"30\""), "{exported:?}");
    let other = crate::imports::Desk::new().await;
    let report = other.import(&desk.folder.path().join("export")).await;
    let bo = other.tertius.person_by_identifier(&other.viewer, "email", "bo@globex.example").await;
    let kept = other.tertius.cadences(&other.viewer).await.unwrap();
    let kept: Vec<_> = kept.values().map(|cadence| (cadence.person, cadence.days)).collect();
    assert_eq!(kept, [(bo.unwrap().unwrap().id, 30)], "it is of whoever reads it back");
    let (person, import) = (kept[0].0, report.import.id);
    let own = async || other.tertius.cadences(&other.viewer).await.unwrap().len();
    other.tertius.set_cadence(&other.viewer, person, 0).await.unwrap();
    assert_eq!(own().await, 0, "it was theirs to take back");
    other.tertius.set_cadence(&other.viewer, person, 30).await.unwrap();
    other.tertius.undo_import(&other.viewer, import, |_| {}).await.unwrap();
    assert_eq!(own().await, 1, "what was said by hand stays");
}
