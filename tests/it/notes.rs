//! Notes on people: for their author alone, unless they are shared.

use axum::Router;
use serde_json::{Value, json};
use tertius::{
    http::{Door, router},
    model::{Day, NoteKind, PersonId},
    service::{NoteDraft, NotePatch, NoteView, PageRequest, RefusalCode, ServiceError, ToErase},
};

use crate::support::{House, ask};

struct Desk {
    house: House,
    on: PersonId,
}

impl Desk {
    async fn new() -> Self {
        let house = House::own().await;
        let found = house
            .data("{ company(by: { domain: \"globex.example\" }) { staff(first: 1) { nodes { person { id } } } } }")
            .await;
        let id = found["company"]["staff"]["nodes"][0]["person"]["id"].as_str().unwrap();
        let on = id.parse().unwrap();
        Self { house, on }
    }

    fn draft(&self, text: &str, is_shared: bool) -> NoteDraft {
        let topics = vec!["sailing".to_owned(), "sailing".to_owned()];
        NoteDraft { on: self.on, kind: NoteKind::Rapport, text: text.to_owned(), topics, is_shared }
    }

    async fn write(&self, login: &str, text: &str, is_shared: bool) -> NoteView {
        let viewer = self.house.viewer(login).await;
        self.house.tertius.write_note(&viewer, self.draft(text, is_shared)).await.unwrap()
    }

    /// The texts of the notes that somebody sees.
    async fn seen(&self, login: &str, day: Option<Day>) -> Vec<String> {
        let viewer = self.house.viewer(login).await.as_of(day);
        let person = self.house.tertius.person(&viewer, self.on).await.unwrap();
        person.notes.iter().map(|view| view.note.text.to_string()).collect()
    }

    async fn routes(&self, login: &str) -> Router {
        router(Door::open(self.house.tertius.clone(), self.house.viewer(login).await))
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, ServiceError>) -> (RefusalCode, Vec<&'static str>) {
    match answer {
        Err(ServiceError::Refused(refusal)) => (refusal.code, refusal.path),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_note_is_seen_by_its_author_alone_until_it_is_shared() {
    let desk = Desk::new().await;
    let note = desk.write("tom", "has a boat", false).await;
    assert_eq!(note.note.topics.len(), 1, "a topic said twice is one");
    assert_eq!(desk.seen("tom", None).await, ["has a boat"]);
    for login in ["mira", "ines"] {
        assert_eq!(desk.seen(login, None).await, [""; 0], "{login}");
    }
    let tom = desk.house.viewer("tom").await;
    let patch = NotePatch { is_shared: Some(true), ..NotePatch::default() };
    let shared = desk.house.tertius.correct_note(&tom, note.id, patch).await.unwrap();
    assert_eq!((shared.id, shared.is_shared, shared.corrected_at), (note.id, true, None));
    assert_eq!(desk.seen("mira", None).await, ["has a boat"]);
    let patch = NotePatch { is_shared: Some(false), ..NotePatch::default() };
    desk.house.tertius.correct_note(&tom, note.id, patch).await.unwrap();
    assert_eq!(desk.seen("mira", None).await, [""; 0]);
    assert_eq!(desk.house.store.check().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_note_raises_no_revision_and_makes_nobody_found() {
    let desk = Desk::new().await;
    let mira = desk.house.viewer("mira").await;
    let before = desk.house.tertius.person(&mira, desk.on).await.unwrap();
    desk.write("tom", "collects zeppelins", true).await;
    let after = desk.house.tertius.person(&mira, desk.on).await.unwrap();
    assert_eq!(after.revision, before.revision);
    let question = tertius::service::SearchQuestion { text: "zeppelins".into(), only: None };
    let all = PageRequest { first: Some(10), after: None };
    let found = desk.house.tertius.search(&mira, &question, &all).await.unwrap();
    assert_eq!(found.entries, []);
}

#[tokio::test]
async fn a_corrected_note_says_what_it_said_as_of_past_days() {
    let desk = Desk::new().await;
    let note = desk.write("tom", "has a boat", true).await;
    let before = desk.house.tertius.today();
    desk.house.clock.set(before.plus(1).start().plus_ms(9 * 3_600_000));
    desk.house.tertius.keep_up().await.unwrap();
    let tom = desk.house.viewer("tom").await;
    let patch = NotePatch { text: Some("sold the boat".into()), ..NotePatch::default() };
    let corrected = desk.house.tertius.correct_note(&tom, note.id, patch).await.unwrap();
    assert_eq!(corrected.note.written_at, note.note.written_at);
    assert!(corrected.corrected_at.is_some() && corrected.is_shared);
    assert_eq!(corrected.note.topics, note.note.topics, "what is not named stays");
    assert_eq!(desk.seen("mira", None).await, ["sold the boat"]);
    assert_eq!(desk.seen("mira", Some(before)).await, ["has a boat"]);
    desk.house.tertius.take_note_back(&tom, corrected.id).await.unwrap();
    assert_eq!(desk.seen("tom", None).await, [""; 0]);
}

#[tokio::test]
async fn nobody_else_corrects_a_note_or_takes_it_back() {
    let desk = Desk::new().await;
    let note = desk.write("tom", "has a boat", true).await;
    for login in ["mira", "ines"] {
        let viewer = desk.house.viewer(login).await;
        let answer = desk.house.tertius.take_note_back(&viewer, note.id).await;
        assert_eq!(code(answer), (RefusalCode::NotFound, vec!["noteId"]));
        let patch = NotePatch { text: Some("x".into()), ..NotePatch::default() };
        let answer = desk.house.tertius.correct_note(&viewer, note.id, patch).await;
        assert_eq!(code(answer), (RefusalCode::NotFound, vec!["noteId"]));
    }
    assert_eq!(desk.seen("mira", None).await, ["has a boat"]);
}

#[tokio::test]
async fn what_is_too_much_is_refused() {
    let desk = Desk::new().await;
    let tom = desk.house.viewer("tom").await;
    let write = async |draft| desk.house.tertius.write_note(&tom, draft).await;
    let at = |n: usize| "é".repeat(n);
    assert!(write(desk.draft(&at(2_000), false)).await.is_ok());
    let answer = write(desk.draft(&at(2_001), false)).await;
    assert_eq!(code(answer), (RefusalCode::Invalid, vec!["text"]));
    assert_eq!(code(write(desk.draft(" ", false)).await), (RefusalCode::Blank, vec!["text"]));
    let topics = |n: usize| (0..n).map(|n| format!("topic {n}")).collect();
    let draft = |n| NoteDraft { topics: topics(n), ..desk.draft("x", false) };
    assert!(write(draft(10)).await.is_ok());
    assert_eq!(code(write(draft(11)).await), (RefusalCode::Invalid, vec!["topics"]));
    let nobody = NoteDraft { on: PersonId::new(404), ..desk.draft("x", false) };
    assert_eq!(code(write(nobody).await), (RefusalCode::NotFound, vec!["personId"]));
}

#[tokio::test]
async fn notes_are_among_the_personal_data_and_go_with_the_person() {
    let desk = Desk::new().await;
    let other = desk.house.viewer("mira").await.person();
    let called =
        desk.house.tertius.person(&desk.house.viewer("ines").await, desk.on).await.unwrap();
    let name = called.name.unwrap();
    desk.write("tom", "has a boat", true).await;
    let tom = desk.house.viewer("tom").await;
    for (text, topics) in
        [(format!("met {name} at sea"), vec![]), ("likes tea".into(), vec![name.to_string()])]
    {
        let draft = NoteDraft { on: other, topics, ..desk.draft(&text, true) };
        desk.house.tertius.write_note(&tom, draft).await.unwrap();
    }
    let all = PageRequest { first: Some(100), after: None };
    let mut found = desk.house.tertius.personal_data(&tom, desk.on, &all).await.unwrap();
    while found.has_next {
        let after = found.entries.last().map(|(cursor, _)| cursor.clone());
        let next = PageRequest { first: Some(100), after };
        let page = desk.house.tertius.personal_data(&tom, desk.on, &next).await.unwrap();
        found.has_next = page.has_next;
        found.entries.extend(page.entries);
    }
    assert!(
        found.entries.iter().any(|(_, datum)| datum.text.ends_with("wrote of them: has a boat"))
    );
    let ines = desk.house.viewer("ines").await;
    desk.house.tertius.erase_person(&ines, &ToErase::Person(desk.on), "they asked").await.unwrap();
    let left = desk.house.tertius.person(&tom, other).await.unwrap().notes;
    let left: Vec<(&str, usize)> =
        left.iter().map(|view| (view.note.text.as_str(), view.note.topics.len())).collect();
    assert_eq!(left, [("likes tea", 0)]);
}

#[tokio::test]
async fn notes_are_written_and_read_by_graphql() {
    let desk = Desk::new().await;
    let (tom, mira) = (desk.routes("tom").await, desk.routes("mira").await);
    let write = format!(
        "mutation {{ writeNote(input: {{ personId: \"{}\", text: \"likes rowing\", kind: PREFERENCE,
            topics: [\"sport\"] }}) {{ note {{ id }} userErrors {{ message }} }} }}",
        desk.on
    );
    let answer = ask(&tom, &write).await;
    let note = answer["data"]["writeNote"]["note"]["id"].clone();
    assert!(note.is_string(), "{answer}");
    let read = format!(
        "{{ person(by: {{ id: \"{}\" }}) {{ notes(first: 5) {{ totalCount nodes {{ id kind text topics shared mine
            writtenAt correctedAt author {{ id }} person {{ id }} }} }} }} }}",
        desk.on
    );
    let read = read.replace("totalCount ", "");
    let answer = ask(&tom, &read).await;
    let mut seen = answer["data"]["person"]["notes"]["nodes"][0].clone();
    assert!(seen["writtenAt"].is_string(), "{answer}");
    seen.as_object_mut().unwrap().remove("writtenAt");
    let me = desk.house.viewer("tom").await.person();
    let expected = json!({
        "id": note, "kind": "PREFERENCE", "text": "likes rowing", "topics": ["sport"],
        "shared": false, "mine": true, "correctedAt": null,
        "author": { "id": me.to_string() }, "person": { "id": desk.on.to_string() },
    });
    assert_eq!(seen, expected);
    let none = ask(&mira, &read).await;
    assert_eq!(none["data"]["person"]["notes"]["nodes"], json!([]), "{none}");
    let back = format!(
        "mutation {{ takeNoteBack(input: {{ noteId: {note} }}) {{ takenBack {{ noteId personId }} }} }}"
    );
    assert_eq!(ask(&tom, &back).await["data"]["takeNoteBack"]["takenBack"]["noteId"], note);
    assert_ne!(ask(&tom, &back).await["data"]["takeNoteBack"]["takenBack"], Value::Bool(true));
}
