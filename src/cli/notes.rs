//! `tertius note`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use crate::{
    model::{FactId, NoteKind, Topic},
    service::{NoteDraft, NotePatch, NoteView, ServiceError, Tertius, Viewer},
};

use super::{AskAs, Printed, names::Names, target::person};

/// What `note` takes.
#[derive(Debug, Clone, Args)]
pub struct NoteArgs {
    /// On whom: a name, a mail address or an id
    pub person: String,
    /// What to write; without a text the notes on them are listed
    pub text: Option<String>,
    /// A word by which it is found again; may be said up to ten times
    #[arg(long = "topic", value_name = "WORD", requires = "text")]
    pub topics: Vec<String>,
    /// What it is about [default: rapport]
    #[arg(long, value_name = "rapport|preference|how-we-met", value_parser = parse_kind)]
    pub kind: Option<NoteKind>,
    /// The team may see it
    #[arg(long, conflicts_with = "remove")]
    pub share: bool,
    /// Correct this note of yours instead of writing one
    #[arg(long, value_name = "NOTE", conflicts_with = "remove")]
    pub edit: Option<FactId>,
    /// Take this note of yours back
    #[arg(long, value_name = "NOTE", conflicts_with = "text")]
    pub remove: Option<FactId>,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

fn parse_kind(text: &str) -> Result<NoteKind, String> {
    let kinds = [NoteKind::Rapport, NoteKind::Preference, NoteKind::HowWeMet];
    let found = kinds.into_iter().find(|kind| kind_word(*kind).replace(' ', "-") == text);
    found.ok_or_else(|| format!("`{text}` is none of rapport, preference, how-we-met"))
}

fn kind_word(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Rapport => "rapport",
        NoteKind::Preference => "preference",
        NoteKind::HowWeMet => "how we met",
    }
}

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &NoteArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let on = person(tertius, viewer, &args.person).await?;
    match (&args.text, args.edit, args.remove) {
        (_, _, Some(note)) => _ = tertius.take_note_back(viewer, note).await?,
        (text, Some(note), None) => {
            let topics = Some(args.topics.clone()).filter(|topics| !topics.is_empty());
            let (kind, is_shared) = (args.kind, args.share.then_some(true));
            let patch = NotePatch { kind, text: text.clone(), topics, is_shared };
            tertius.correct_note(viewer, note, patch).await?;
        }
        (Some(text), None, None) => {
            let (text, topics) = (text.clone(), args.topics.clone());
            let kind = args.kind.unwrap_or(NoteKind::Rapport);
            let draft = NoteDraft { on, kind, text, topics, is_shared: args.share };
            tertius.write_note(viewer, draft).await?;
        }
        (None, None, None) => {}
    }
    let person = tertius.person(viewer, on).await?;
    let names =
        Names::of(tertius, viewer, person.notes.iter().map(|view| view.note.by), []).await?;
    if as_json {
        let notes: Vec<_> = person.notes.iter().map(|view| in_json(view, &names)).collect();
        return Ok(Printed::done(super::json::printed(&json!({ "notes": notes }))));
    }
    if person.notes.is_empty() {
        return Ok(Printed::done("There is no note on them that you see.\n".to_owned()));
    }
    Ok(Printed::done(person.notes.iter().map(|view| told(view, &names)).collect()))
}

fn in_json(view: &NoteView, names: &Names) -> serde_json::Value {
    let note = &view.note;
    json!({
        "id": view.id,
        "kind": note.kind,
        "text": note.text,
        "topics": note.topics,
        "author": names.person(note.by),
        "writtenAt": note.written_at.to_string(),
        "correctedAt": view.corrected_at.map(|at| at.to_string()),
        "shared": view.is_shared,
        "mine": view.is_mine,
    })
}

fn told(view: &NoteView, names: &Names) -> String {
    let note = &view.note;
    let who = if view.is_mine { "you".to_owned() } else { names.person(note.by) };
    let eyes = if view.is_shared { "the team sees it" } else { "you alone see it" };
    let mut text = format!(
        "{}\n  {}, by {who} on {}; {eyes}",
        note.text,
        kind_word(note.kind),
        note.written_at.day()
    );
    if !note.topics.is_empty() {
        let topics: Vec<&str> = note.topics.iter().map(Topic::as_str).collect();
        let _ = write!(text, "; {}", topics.join(", "));
    }
    let _ = writeln!(text, "\n  {}", view.id);
    text
}
