//! What a source of mail yields: a message's header and where it lay.

use super::{head::Head, lines::Line};
use crate::{
    formats::{Place, RowError},
    model::Timestamp,
};

/// What the folder of a message says about it. Names of other languages say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Folder {
    /// What its owner wrote.
    Sent,
    /// What was never sent.
    Drafts,
    /// What nobody wanted.
    Spam,
    /// Any other.
    #[default]
    Other,
}

impl Folder {
    /// What a word on a message says: the name of a folder, or a label.
    pub(super) fn named(name: &str) -> Self {
        match name.trim().to_lowercase().as_str() {
            "sent" | "sent items" | "sent mail" | "sent messages" | "sent-mail" => Self::Sent,
            "draft" | "drafts" => Self::Drafts,
            "spam" | "junk" | "junk e-mail" | "junk email" | "junk mail" => Self::Spam,
            _ => Self::Other,
        }
    }

    /// What the folders on the way to a file say; the innermost that says something counts.
    pub(super) fn on_path(path: &str) -> Self {
        let names = path.split(['/', '.']);
        names.rev().map(Self::named).find(|folder| *folder != Self::Other).unwrap_or_default()
    }
}

/// A message without its body.
#[derive(Debug, Default)]
pub(super) struct Letter {
    /// Where it begins.
    pub(super) line: u64,
    pub(super) head: Head,
    /// When the separator says that it came.
    pub(super) arrived: Option<Timestamp>,
    pub(super) folder: Folder,
    /// Whether a part of the body answers an invitation to a meeting.
    pub(super) answers_invitation: bool,
}

/// A message, or why there is none at that place.
pub(super) type Found = Result<(Place, Letter), RowError>;

/// Looks for the answer to an invitation while a body passes by.
#[derive(Debug, Default)]
pub(super) struct BodyWatch {
    in_calendar_type: bool,
    /// Whether one was there.
    pub(super) found: bool,
}

impl BodyWatch {
    /// Looks at a line of the body.
    pub(super) fn see(&mut self, line: Line<'_>) {
        const TYPE: &[u8] = b"content-type: text/calendar";
        let begins =
            line.bytes.get(..TYPE.len()).is_some_and(|start| start.eq_ignore_ascii_case(TYPE));
        let goes_on = self.in_calendar_type && matches!(line.bytes.first(), Some(b' ' | b'\t'));
        self.in_calendar_type = begins || goes_on;
        if self.in_calendar_type {
            let text = String::from_utf8_lossy(line.bytes).to_lowercase();
            self.found |= text.replace(['"', ' '], "").contains("method=reply");
        }
    }
}
