//! Mail: mbox, Maildir, single messages and folders of them. Headers only; subjects and bodies
//! pass by unread and are in no record.
//!
//! [`Source`] finds the messages, [`Survey`] reads them once for the owner's addresses and those of
//! lists, [`Mails`] makes one [`Read`] of each message: contact, answer on a list, something left
//! out and why, or an error. Whoever can read but once takes an empty survey.

mod date;
mod folder;
mod head;
mod letter;
mod lines;
mod mbox;
mod nature;
mod people;
mod survey;
#[cfg(test)]
mod tests;
mod threads;
mod usable;
mod words;

use std::{
    collections::VecDeque,
    io::{BufRead, Read as _},
    path::Path,
    sync::Arc,
};

pub use survey::Survey;
pub use usable::usable;

use self::{
    folder::{Kind, NO_MAIL, Walk},
    head::{Field, Head},
    letter::{Found, Letter},
    mbox::Letters,
    nature::{Author, Nature},
    threads::{Answer, MessageKey, Resolved, Threads},
};
use super::{ContactKind, FileError, Located, Party, Place, Read, Record, RowError};
use crate::model::{EvidenceKind, Identifier, PARTICIPANTS_MAX, Timestamp};

/// How much of a stream is looked at to tell what it is.
const START_BYTES: u64 = 4 * 1024;

/// The most messages that one is said to answer.
const PARENTS_MAX: usize = 4;

/// Where messages come from, one at a time.
pub struct Source {
    letters: Box<dyn Iterator<Item = Found> + Send>,
}

impl Source {
    /// A file, a Maildir or a folder of any of them, looked through to its depths. Links are not
    /// followed.
    ///
    /// # Errors
    /// When there is nothing at the path, or it may not be read.
    pub fn at(path: &Path) -> Result<Self, FileError> {
        Ok(Self { letters: Box::new(Walk::new(path)?) })
    }

    /// A stream that is an mbox or one message; `file` is how it is called in places.
    ///
    /// # Errors
    /// When it is neither, or cannot be read.
    pub fn stream(
        file: &str,
        mut reader: impl BufRead + Send + 'static,
    ) -> Result<Self, FileError> {
        let failed = |reason: &str, source| FileError {
            file: file.to_owned(),
            reason: reason.to_owned(),
            source,
        };
        let mut start = Vec::new();
        (&mut reader)
            .take(START_BYTES)
            .read_to_end(&mut start)
            .map_err(|error| failed("it cannot be read", Some(error)))?;
        let kind = Kind::of(&start);
        let reader = std::io::Cursor::new(start).chain(reader);
        match kind {
            Kind::Empty | Kind::Mbox => Ok(Self::mbox(file, reader)),
            Kind::Single => Ok(Self::message(file, reader)),
            Kind::Other => Err(failed(NO_MAIL, None)),
        }
    }

    /// A stream that is an mbox (mboxo or mboxrd).
    pub fn mbox(file: &str, reader: impl BufRead + Send + 'static) -> Self {
        Self { letters: Box::new(Letters::mbox(file, reader)) }
    }

    /// A stream that is one message (`.eml`).
    pub fn message(file: &str, reader: impl BufRead + Send + 'static) -> Self {
        Self { letters: Box::new(Letters::single(file, reader)) }
    }

    /// The messages of this source, then those of another, as one reading: copies are noticed, and
    /// answers found, across both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { letters: Box::new(self.letters.chain(other.letters)) }
    }
}

/// What messages say: exactly one item for each, though not always in their order, for an answer
/// may wait for the message that it answers.
///
/// Memory is bounded: a header, 3,000,000 hashed ids, 300,000 writers, 200,000 waiting answers, and
/// the names of the files of one folder.
pub struct Mails {
    source: Source,
    survey: Survey,
    threads: Threads,
    ready: VecDeque<Read>,
    ended: bool,
}

impl Mails {
    /// Reads messages; the survey is best of the same source.
    pub fn new(source: Source, survey: Survey) -> Self {
        Self { source, survey, threads: Threads::default(), ready: VecDeque::new(), ended: false }
    }

    /// Decides on a message.
    fn take(&mut self, place: Place, letter: &Letter) {
        let head = &letter.head;
        let nature = nature::nature(letter, &self.survey);
        // A draft has the id of what was sent later: it must not stand in its way.
        match nature {
            Nature::Draft => return self.exclude(place, "a draft"),
            Nature::Spam => return self.exclude(place, "spam"),
            _ => {}
        }
        let key = message_key(head);
        if key.is_some_and(|key| self.threads.knows(key)) {
            return self.exclude(place, "a copy of a message read before");
        }
        let author = match nature {
            Nature::Robot => Author::Robot,
            _ => nature::author(head, &self.survey),
        };
        let writer = match &author {
            Author::Person(named) => Some(Arc::new(named.clone().into_party())),
            _ => None,
        };
        if let Some(key) = key {
            let answers = self.threads.remember(key, writer.as_ref());
            self.ready.extend(answers.into_iter().map(answered).map(Ok));
        }
        let writer = match (author, writer) {
            (_, Some(writer)) => writer,
            (Author::Robot, _) => return self.exclude(place, "a robot"),
            (Author::Missing, _) => {
                return self.refuse(place, "no mail address in `From`, nor in `Sender`");
            }
            _ => return self.exclude(place, "a shared or placeholder address wrote it"),
        };
        let Some(at) = moment(letter) else {
            return self.refuse(place, "no date from 1980 to 2099 in `Date`, nor in `Received`");
        };
        if nature == Nature::List {
            let parents = parents(head);
            let answer = Answer { place, at, writer, parents };
            self.ready.extend(self.threads.resolve(answer).map(answered).map(Ok));
        } else {
            let read = self.direct(place, nature, at, &writer, head);
            self.ready.push_back(Ok(read));
        }
    }

    /// What a message from one person to others says.
    fn direct(
        &self,
        place: Place,
        nature: Nature,
        at: Timestamp,
        writer: &Party,
        head: &Head,
    ) -> Located {
        let own = writer.identifiers.first().map(Identifier::key);
        let mut people = vec![writer.clone()];
        let readers = nature::recipients(head).into_iter();
        let readers = readers
            .filter(|named| usable(&named.address) && !self.survey.is_list(&named.address))
            .map(people::Named::into_party);
        people.extend(
            readers.filter(|reader| reader.identifiers.first().map(Identifier::key) != own),
        );
        let kind = match nature {
            Nature::Chat => EvidenceKind::Message,
            _ => EvidenceKind::Mail,
        };
        let record = match people.len() {
            0 | 1 => Record::Excluded { reason: "no person among its recipients" },
            count if count > PARTICIPANTS_MAX => {
                Record::Excluded { reason: "more recipients than can be recorded" }
            }
            _ => Record::Contact { kind: ContactKind::Plain(kind), at, people },
        };
        Located { place, record }
    }

    fn exclude(&mut self, place: Place, reason: &'static str) {
        self.ready.push_back(Ok(Located { place, record: Record::Excluded { reason } }));
    }

    fn refuse(&mut self, place: Place, reason: &str) {
        self.ready.push_back(Err(RowError { place, reason: reason.to_owned() }));
    }
}

impl Iterator for Mails {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        loop {
            if let Some(read) = self.ready.pop_front() {
                return Some(read);
            }
            if self.ended {
                return None;
            }
            match self.source.letters.next() {
                Some(Ok((place, letter))) => self.take(place, &letter),
                Some(Err(error)) => return Some(Err(error)),
                None => {
                    self.ended = true;
                    self.ready.extend(self.threads.finish().into_iter().map(answered).map(Ok));
                }
            }
        }
    }
}

/// What an answer on a list says.
fn answered((answer, parent): Resolved) -> Located {
    let key = |party: &Party| party.identifiers.first().map(Identifier::key);
    let Answer { place, at, writer, .. } = answer;
    let record = match parent {
        Some(parent) if key(&parent) == key(&writer) => {
            Record::Excluded { reason: "an answer to oneself" }
        }
        Some(parent) => Record::Contact {
            kind: ContactKind::Plain(EvidenceKind::ListAnswer),
            at,
            people: vec![(*writer).clone(), (*parent).clone()],
        },
        None => Record::Excluded { reason: "a mailing list" },
    };
    Located { place, record }
}

/// By what a message is known again: its id, or else what makes it the same: its moment, writer,
/// readers. Without a good date there is nothing to know it by.
fn message_key(head: &Head) -> Option<MessageKey> {
    if let Some(id) = head.ids(Field::MessageId).first() {
        return Some(MessageKey::of(id));
    }
    date::moment(&String::from_utf8_lossy(head.get(Field::Date)?))?;
    let fields = [Field::Date, Field::From, Field::To, Field::Cc];
    let fields = fields.map(|field| head.get(field).map(String::from_utf8_lossy));
    Some(MessageKey::of(&format!("without id {fields:?}")))
}

/// What a message may answer, the likeliest first: `In-Reply-To`, then the end of `References`.
/// Earlier references are those of others in the same conversation.
fn parents(head: &Head) -> VecDeque<MessageKey> {
    let mut ids = head.ids(Field::InReplyTo);
    ids.extend(head.ids(Field::References).pop());
    let mut keys: VecDeque<MessageKey> = VecDeque::new();
    for key in ids.iter().map(|id| MessageKey::of(id)) {
        if keys.len() < PARENTS_MAX && !keys.contains(&key) {
            keys.push_back(key);
        }
    }
    keys
}

/// When a message was written: its date, or else when it was received last, or else when its
/// separator in an mbox says that it came.
fn moment(letter: &Letter) -> Option<Timestamp> {
    let of = |field| letter.head.get(field).map(String::from_utf8_lossy);
    let written = of(Field::Date).and_then(|text| date::moment(&text));
    let received = || {
        of(Field::Received)
            .and_then(|text| text.rsplit_once(';').and_then(|(_, at)| date::moment(at)))
    };
    written.or_else(received).or(letter.arrived)
}
