//! Messages of an mbox file, or the one of a message file; bodies pass by unread.

use std::io::BufRead;

use super::{
    date,
    head::{Field, HEAD_BYTES_MAX, Next, is_field},
    letter::{BodyWatch, Folder, Found, Letter},
    lines::{Line, Lines},
};
use crate::{
    formats::{Place, RowError},
    model::Timestamp,
};

/// The longest line that can be a separator.
const SEPARATOR_BYTES_MAX: usize = 1_000;

/// How the messages of a file are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// By separators.
    Mbox,
    /// There is but one.
    Single,
}

/// A line that begins a message in an mbox, with the first line of the header after it.
#[derive(Debug)]
struct Separator {
    line: u64,
    arrived: Option<Timestamp>,
    first_field: Vec<u8>,
}

/// The messages of one file.
///
/// A separator is a line `From …` with a date on it, after an empty line or at the start of the
/// file, and with a header's line after it: so a quoted letter in a body cuts nothing, whether the
/// file quotes such lines (`mboxrd`) or not (`mboxo`).
pub(super) struct Letters<R> {
    lines: Lines<R>,
    file: String,
    folder: Folder,
    form: Form,
    separator: Option<Separator>,
    begun: bool,
    ended: bool,
}

impl<R: BufRead> Letters<R> {
    /// The messages of an mbox.
    pub(super) fn mbox(file: &str, reader: R) -> Self {
        Self::new(file, reader, Form::Mbox)
    }

    /// The one message of a file.
    pub(super) fn single(file: &str, reader: R) -> Self {
        Self::new(file, reader, Form::Single)
    }

    fn new(file: &str, reader: R, form: Form) -> Self {
        // Of a single message its own name says nothing, as `spam.eml` would.
        let folders = match form {
            Form::Mbox => file,
            Form::Single => file.rsplit_once('/').map_or("", |(folders, _)| folders),
        };
        Self {
            lines: Lines::new(reader),
            folder: Folder::on_path(folders),
            file: file.to_owned(),
            form,
            separator: None,
            begun: false,
            ended: false,
        }
    }

    fn error(&mut self, line: u64, reason: String) -> RowError {
        RowError { place: Place { file: self.file.clone(), line: line.max(1) }, reason }
    }

    fn failed(&mut self, error: &std::io::Error) -> RowError {
        self.ended = true;
        self.error(self.lines.number(), format!("the file cannot be read further: {error}"))
    }

    /// The next message, with its end found.
    fn letter(&mut self) -> std::io::Result<Option<Result<Letter, RowError>>> {
        let mut letter = Letter { line: 1, folder: self.folder, ..Letter::default() };
        let mut next = Next::More;
        if self.form == Form::Mbox {
            let Some(separator) = self.separator.take() else { return self.first_separator() };
            letter.line = separator.line;
            letter.arrived = separator.arrived;
            let line = Line { bytes: &separator.first_field, number: 0, begins: true };
            next = letter.head.take(line);
        }
        while next == Next::More {
            match self.lines.next()? {
                Some(line) if is_byte_count(line) => {}
                Some(line) => next = letter.head.take(line),
                None => break,
            }
        }
        let after_empty = next == Next::Ended;
        let multipart = letter.head.word(Field::ContentType);
        let multipart = multipart.is_some_and(|kind| kind.starts_with("multipart/"));
        let mut watch = BodyWatch::default();
        if self.form == Form::Mbox || (multipart && next != Next::TooLong) {
            self.pass_body(after_empty, multipart.then_some(&mut watch))?;
        }
        self.ended |= self.separator.is_none();
        letter.answers_invitation = watch.found;
        if next == Next::TooLong {
            let reason = format!("its header has more than {HEAD_BYTES_MAX} bytes");
            return Ok(Some(Err(self.error(letter.line, reason))));
        }
        Ok(Some(Ok(letter)))
    }

    /// Finds where an mbox begins. What stands before is an error, once.
    fn first_separator(&mut self) -> std::io::Result<Option<Result<Letter, RowError>>> {
        let first = std::mem::replace(&mut self.begun, true);
        let strays = !first && self.pass_body(true, None)?;
        self.ended = self.separator.is_none();
        match (strays, self.ended) {
            (true, _) => {
                let reason = "text that belongs to no message: an mbox has a line `From sender \
                              date` before each";
                let error = self.error(1, reason.to_owned());
                Ok(Some(Err(error)))
            }
            (false, true) => Ok(None),
            (false, false) => self.letter(),
        }
    }

    /// Reads on to the next separator; says whether there was anything but empty lines before.
    fn pass_body(
        &mut self,
        after_empty: bool,
        mut watch: Option<&mut BodyWatch>,
    ) -> std::io::Result<bool> {
        let mut after_empty = after_empty;
        let mut candidate: Option<Separator> = None;
        let mut text = false;
        while let Some(line) = self.lines.next()? {
            if let Some(mut separator) = candidate.take() {
                if is_field(line.bytes) || line.bytes.starts_with(b">From ") {
                    separator.first_field = line.bytes.to_vec();
                    self.separator = Some(separator);
                    return Ok(text);
                }
                text = true;
            }
            if self.form == Form::Mbox && after_empty && line.begins {
                candidate = separator(line);
            }
            text |= candidate.is_none() && !line.is_empty();
            after_empty = line.is_empty();
            if let Some(watch) = &mut watch {
                watch.see(line);
            }
        }
        Ok(text || candidate.is_some())
    }
}

impl<R: BufRead> Iterator for Letters<R> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        if self.ended {
            return None;
        }
        match self.letter() {
            Ok(None) => None,
            Ok(Some(Err(error))) => Some(Err(error)),
            Ok(Some(Ok(letter))) => {
                Some(Ok((Place { file: self.file.clone(), line: letter.line }, letter)))
            }
            Err(error) => Some(Err(self.failed(&error))),
        }
    }
}

/// Apple Mail writes the size of a message on a line before it.
fn is_byte_count(line: Line<'_>) -> bool {
    let bytes = line.bytes.trim_ascii();
    line.number == 1 && !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit)
}

/// The separator that a line can be. When a message came counts only where the line names a
/// sender: archives that were made by a program carry the moment at which it ran.
fn separator(line: Line<'_>) -> Option<Separator> {
    let rest = line.bytes.strip_prefix(b"From ")?;
    if rest.len() > SEPARATOR_BYTES_MAX {
        return None;
    }
    let text = String::from_utf8_lossy(rest);
    let (sender, after) = text.trim_start().split_once(' ').unwrap_or_default();
    date::is_dated(after).then(|| Separator {
        line: line.number,
        arrived: sender.contains('@').then(|| date::moment(after)).flatten(),
        first_field: Vec::new(),
    })
}
