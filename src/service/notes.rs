//! Notes on people: what they care about, how they like things, how one met them.

use crate::model::{
    Attestation, Audience, Change, Claim, Fact, FactId, Group, Note, NoteKind, NoteText, Person,
    PersonId, Role, Timestamp, Topic,
};

use super::{
    RefusalCode, ServiceError, ServiceResult, Tertius, Vantage, Viewer, people::refuse_text,
};

/// The most notes of one member on one person.
const NOTES_MAX: usize = 500;

/// A note to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteDraft {
    /// On whom.
    pub on: PersonId,
    /// What it is about.
    pub kind: NoteKind,
    /// What it says.
    pub text: String,
    /// Words by which it is found again.
    pub topics: Vec<String>,
    /// Whether the team sees it.
    pub is_shared: bool,
}

/// What to correct of a note; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotePatch {
    /// What it is about.
    pub kind: Option<NoteKind>,
    /// What it says.
    pub text: Option<String>,
    /// Words in place of those before.
    pub topics: Option<Vec<String>>,
    /// Whether the team sees it.
    pub is_shared: Option<bool>,
}

/// A note as a viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteView {
    /// Which note; what is corrected of its words makes another id.
    pub id: FactId,
    /// What it says.
    pub note: Note,
    /// When it was corrected last, if it was.
    pub corrected_at: Option<Timestamp>,
    /// Whether the team sees it.
    pub is_shared: bool,
    /// Whether the viewer wrote it.
    pub is_mine: bool,
    /// From where it is seen.
    pub as_of: Vantage,
}

impl NoteView {
    /// The note that a fact is, if the viewer sees it.
    fn of(fact: &Fact, viewer: &Viewer) -> Option<Self> {
        let Claim::Note(note) = &fact.claim else { return None };
        let told = fact.attestations.iter();
        let seen: Vec<&Attestation> =
            told.filter(|told| told.level_for(viewer.eyes()).is_some()).collect();
        let last = seen.iter().map(|told| told.recorded_at).max()?;
        Some(Self {
            id: fact.id,
            note: note.clone(),
            corrected_at: Some(last).filter(|last| *last != note.written_at),
            is_shared: seen.iter().any(|told| told.audience.group == Group::Team),
            is_mine: seen.iter().any(|told| told.recorder == viewer.author()),
            as_of: viewer.vantage(),
        })
    }
}

/// The notes on a person that a viewer sees, the newest first.
pub(super) fn notes_on(person: &Person, viewer: &Viewer) -> Vec<NoteView> {
    let notes = person.facts.iter().filter_map(|fact| NoteView::of(fact, viewer));
    let mut notes: Vec<NoteView> = notes.filter(|view| view.note.on == person.id).collect();
    notes.sort_by_key(|view| (std::cmp::Reverse(view.note.written_at), view.id));
    notes
}

impl Tertius {
    /// Writes a note on a person, for the viewer alone unless it is shared.
    ///
    /// # Errors
    /// `Refused` for somebody whom the viewer does not see, for a text or topics that cannot be
    /// taken, and beyond 500 notes on one person; `Forbidden` for those who only read.
    pub async fn write_note(&self, viewer: &Viewer, draft: NoteDraft) -> ServiceResult<NoteView> {
        viewer.needs(Role::Member)?;
        let missing = |_| {
            let message = format!("{} was not found", draft.on);
            ServiceError::refused(RefusalCode::NotFound, "personId", message)
        };
        let person = self.person(viewer, draft.on).await.map_err(missing)?;
        if person.notes.iter().filter(|note| note.is_mine).count() >= NOTES_MAX {
            let message = format!("you have {NOTES_MAX} notes on them, which are the most");
            return Err(ServiceError::refused(RefusalCode::Invalid, "personId", message));
        }
        let note = Note {
            on: person.id,
            by: viewer.person(),
            kind: draft.kind,
            text: read_text(&draft.text)?,
            topics: read_topics(&draft.topics)?,
            written_at: self.clock.now(),
        };
        let change = self.tell_note(viewer, note, audience(viewer, draft.is_shared));
        self.note_after(viewer, vec![change]).await
    }

    /// Corrects a note of the viewer: what it said is taken back, and told anew. As of past days it
    /// says what it said then.
    ///
    /// # Errors
    /// `Refused` when the viewer has no such note, or it cannot be corrected so; `Forbidden` for
    /// those who only read.
    pub async fn correct_note(
        &self,
        viewer: &Viewer,
        id: FactId,
        patch: NotePatch,
    ) -> ServiceResult<NoteView> {
        viewer.needs(Role::Member)?;
        let (fact, before, told) = self.own_note(viewer, id).await?;
        let note = Note {
            kind: patch.kind.unwrap_or(before.kind),
            text: patch.text.as_deref().map(read_text).transpose()?.unwrap_or(before.text.clone()),
            topics: match &patch.topics {
                Some(topics) => read_topics(topics)?,
                None => before.topics.clone(),
            },
            ..before.clone()
        };
        let audience = match patch.is_shared {
            Some(is_shared) => audience(viewer, is_shared),
            None => told.audience,
        };
        let changes = if note == before {
            let (source, recorder) = (told.source.clone(), told.recorder);
            vec![Change::SetAudience { fact: fact.id, source, recorder, audience }]
        } else {
            let retract = Change::retract(fact.id, &told);
            vec![retract, self.tell_note(viewer, note, audience)]
        };
        self.note_after(viewer, changes).await
    }

    /// Takes a note of the viewer back.
    ///
    /// # Errors
    /// `Refused` when the viewer has no such note; `Forbidden` for those who only read.
    pub async fn take_note_back(&self, viewer: &Viewer, id: FactId) -> ServiceResult<PersonId> {
        viewer.needs(Role::Member)?;
        let (fact, note, told) = self.own_note(viewer, id).await?;
        let changes = vec![Change::retract(fact.id, &told)];
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(self.recorded_of(viewer).await?.person(note.on))
    }

    fn tell_note(&self, viewer: &Viewer, note: Note, audience: Audience) -> Change {
        let mut change = self.tell(viewer, Claim::Note(note));
        if let Change::Tell(telling) = &mut change {
            telling.attestation.audience = audience;
        }
        change
    }

    /// A note of the viewer that stands, and how they told it.
    async fn own_note(
        &self,
        viewer: &Viewer,
        id: FactId,
    ) -> ServiceResult<(Fact, Note, Attestation)> {
        let fact = self.store.facts(&[id]).await?.pop().flatten();
        let own =
            |told: &&Attestation| told.retracted_at.is_none() && told.recorder == viewer.author();
        let found = fact.and_then(|fact| {
            let Claim::Note(note) = fact.claim.clone() else { return None };
            let told = fact.attestations.iter().find(own)?.clone();
            Some((fact, note, told))
        });
        found.ok_or_else(|| {
            let message = format!("you have no note {id}");
            ServiceError::refused(RefusalCode::NotFound, "noteId", message)
        })
    }

    /// Applies changes of one note; answers with the note as it is then.
    async fn note_after(&self, viewer: &Viewer, changes: Vec<Change>) -> ServiceResult<NoteView> {
        let id = changes.iter().find_map(|change| match change {
            Change::Tell(telling) => Some(telling.fact_id()),
            Change::SetAudience { fact, .. } => Some(*fact),
            _ => None,
        });
        let id = id.expect("a note is told, or is for other eyes");
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        let (fact, ..) = self.own_note(viewer, id).await?;
        NoteView::of(&fact, viewer).ok_or_else(|| ServiceError::NotFound(id.to_string()))
    }
}

fn audience(viewer: &Viewer, is_shared: bool) -> Audience {
    if is_shared { Audience::TEAM } else { Audience::private(viewer.member()) }
}

fn read_text(text: &str) -> ServiceResult<NoteText> {
    NoteText::new(text).map_err(|error| refuse_text("text", &error))
}

fn read_topics(topics: &[String]) -> ServiceResult<Vec<Topic>> {
    let mut read: Vec<Topic> = Vec::new();
    for topic in topics {
        let topic = Topic::new(topic).map_err(|error| refuse_text("topics", &error))?;
        if !read.contains(&topic) {
            read.push(topic);
        }
    }
    if read.len() > Note::TOPICS_MAX {
        let message = format!("{} are given, but {} are the most", read.len(), Note::TOPICS_MAX);
        return Err(ServiceError::refused(RefusalCode::Invalid, "topics", message));
    }
    Ok(read)
}
