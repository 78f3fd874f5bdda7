//! Notes on people.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use crate::{
    model,
    service::{NoteDraft, NotePatch, NoteView, Vantage},
};

use super::{
    context::{tertius, viewer},
    error::answer,
    input::id,
    member::Role,
    payload::payloads,
    person::{Person, load_person},
    requires_role::requires_role,
    scalar::DateTime,
};

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::NoteKind")]
pub enum NoteKind {
    /// What they care about, and what to talk about with them.
    Rapport,
    /// How they like things to be done.
    Preference,
    /// How somebody met them.
    HowWeMet,
}

/// A note on a person.
#[derive(Debug, Clone)]
pub struct Note {
    view: NoteView,
}

impl From<NoteView> for Note {
    fn from(view: NoteView) -> Self {
        Self { view }
    }
}

/// A note on a person, for whoever may see it.
#[Object]
impl Note {
    /// The id: `fact_` and 32 digits from 0 to f. What is corrected of its words makes another.
    async fn id(&self) -> ID {
        self.view.id.to_string().into()
    }

    /// What it is about.
    async fn kind(&self) -> NoteKind {
        self.view.note.kind.into()
    }

    /// What it says, in 2,000 characters at most.
    async fn text(&self) -> &str {
        self.view.note.text.as_str()
    }

    /// Words by which it is found again, ten at most.
    async fn topics(&self) -> Vec<&str> {
        self.view.note.topics.iter().map(model::Topic::as_str).collect()
    }

    /// On whom it is.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.view.note.on, self.view.as_of).await
    }

    /// Who wrote it.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.view.note.by, self.view.as_of).await
    }

    /// When it was first written.
    async fn written_at(&self) -> DateTime {
        DateTime(self.view.note.written_at)
    }

    /// When its words were corrected last; null where they never were.
    async fn corrected_at(&self) -> Option<DateTime> {
        self.view.corrected_at.map(DateTime)
    }

    /// Whether the team sees it; else its author alone does.
    async fn shared(&self) -> bool {
        self.view.is_shared
    }

    /// Whether it is yours: you may correct it and take it back.
    async fn mine(&self) -> bool {
        self.view.is_mine
    }
}

/// A note to write.
#[derive(Debug, Clone, InputObject)]
pub struct WriteNoteInput {
    /// On whom.
    person_id: ID,
    /// What it says, in 2,000 characters at most.
    text: String,
    /// What it is about; rapport if nothing is said.
    kind: Option<NoteKind>,
    /// Words by which it is found again, ten at most.
    topics: Option<Vec<String>>,
    /// Whether the team sees it; you alone if nothing is said.
    shared: Option<bool>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// What to correct of a note; what is not named stays.
#[derive(Debug, Clone, InputObject)]
pub struct CorrectNoteInput {
    /// The note.
    note_id: ID,
    /// What it says.
    text: Option<String>,
    /// What it is about.
    kind: Option<NoteKind>,
    /// Words in place of those before.
    topics: Option<Vec<String>>,
    /// Whether the team sees it. What was shared stays visible as of past days.
    shared: Option<bool>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Which note to take back.
#[derive(Debug, Clone, InputObject)]
pub struct TakeNoteBackInput {
    /// The note.
    note_id: ID,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// What became of a note that was taken back.
#[derive(Debug, Clone, SimpleObject)]
pub struct NoteTakenBack {
    /// The note.
    note_id: ID,
    /// On whom it was.
    person_id: ID,
}

payloads! {
    /// What came of writing a note.
    WriteNotePayload {
        /// The note; null where it was refused.
        note: Note
    }
    /// What came of correcting a note.
    CorrectNotePayload {
        /// The note as it is now; null where it was refused.
        note: Note
    }
    /// What came of taking a note back.
    TakeNoteBackPayload {
        /// Which note; null where it was refused.
        taken_back: NoteTakenBack
    }
}

/// Notes on people.
#[derive(Debug, Clone, Copy, Default)]
pub struct Notes;

/// Notes on people.
#[Object]
impl Notes {
    /// Writes a note on a person, for your own eyes unless you share it.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn write_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On whom, what, for whom.")] input: WriteNoteInput,
    ) -> Result<WriteNotePayload> {
        let draft = NoteDraft {
            on: id("personId", &input.person_id)?,
            kind: input.kind.map_or(model::NoteKind::Rapport, Into::into),
            text: input.text,
            topics: input.topics.unwrap_or_default(),
            is_shared: input.shared.unwrap_or_default(),
        };
        let done = tertius(ctx)?.write_note(viewer(ctx)?, draft).await;
        Ok(WriteNotePayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Corrects a note of yours. As of past days it says what it said then.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn correct_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what of it.")] input: CorrectNoteInput,
    ) -> Result<CorrectNotePayload> {
        let note = id("noteId", &input.note_id)?;
        let patch = NotePatch {
            kind: input.kind.map(Into::into),
            text: input.text,
            topics: input.topics,
            is_shared: input.shared,
        };
        let done = tertius(ctx)?.correct_note(viewer(ctx)?, note, patch).await;
        Ok(CorrectNotePayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Takes a note of yours back. As of past days it is there.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn take_note_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: TakeNoteBackInput,
    ) -> Result<TakeNoteBackPayload> {
        let done = tertius(ctx)?.take_note_back(viewer(ctx)?, id("noteId", &input.note_id)?).await;
        let done = done.map(|person| NoteTakenBack {
            note_id: input.note_id.clone(),
            person_id: super::global_id::node_id(person, Vantage::NOW),
        });
        Ok(TakeNoteBackPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}
