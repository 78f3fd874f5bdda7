//! What a member writes down of a person, for rapport.

use serde::{Deserialize, Serialize};

use super::{NoteText, PersonId, Timestamp, Topic};

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// What they care about, and what to talk about with them.
    Rapport,
    /// How they like things to be done.
    Preference,
    /// How somebody met them.
    HowWeMet,
}

/// A note on a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// On whom.
    pub on: PersonId,
    /// Who wrote it.
    pub by: PersonId,
    /// What it is about.
    pub kind: NoteKind,
    /// What it says.
    pub text: NoteText,
    /// Words by which it is found again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Topic>,
    /// When it was first written; what is corrected later keeps it.
    pub written_at: Timestamp,
}

impl Note {
    /// The most topics of a note.
    pub const TOPICS_MAX: usize = 10;
}
