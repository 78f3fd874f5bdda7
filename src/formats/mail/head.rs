//! The header of a message: the few fields that are wanted, within a bound.

use std::borrow::Cow;

use mail_parser::parsers::MessageStream;

use super::{lines::Line, words};

/// The most bytes a header may have; a longer one is an error of its message.
pub(super) const HEAD_BYTES_MAX: usize = 256 * 1024;

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $name:literal),* $(,)?) => {
        /// A field of a header that says something to us. The subject is not among them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Field { $($(#[$doc])* $field),* }

        impl Field {
            fn named(name: &[u8]) -> Option<Self> {
                $(if name.eq_ignore_ascii_case($name) { return Some(Self::$field); })*
                None
            }
        }
    };
}

fields! {
    AutoSubmitted = b"auto-submitted",
    AutoReply = b"x-autoreply",
    AutoRespond = b"x-autorespond",
    BeenThere = b"x-beenthere",
    Cc = b"cc",
    ContentType = b"content-type",
    Date = b"date",
    FailedRecipients = b"x-failed-recipients",
    From = b"from",
    GmailLabels = b"x-gmail-labels",
    InReplyTo = b"in-reply-to",
    ListId = b"list-id",
    ListPost = b"list-post",
    ListUnsubscribe = b"list-unsubscribe",
    MailingList = b"mailing-list",
    MessageId = b"message-id",
    OriginalFrom = b"x-original-from",
    OriginalSender = b"x-original-sender",
    Precedence = b"precedence",
    Received = b"received",
    References = b"references",
    ReplyTo = b"reply-to",
    ReturnPath = b"return-path",
    Sender = b"sender",
    To = b"to",
    XMailingList = b"x-mailing-list",
}

/// The wanted fields of one header, unfolded.
#[derive(Debug, Default)]
pub(super) struct Head {
    fields: Vec<(Field, Vec<u8>)>,
    bytes: usize,
    /// Whether a folded line belongs to the last of `fields`.
    keeps: bool,
}

/// How it goes on after a line of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// The next line belongs to it too.
    More,
    /// An empty line has ended it.
    Ended,
    /// The line belonged to the body already.
    Body,
    /// It is longer than can be taken.
    TooLong,
}

impl Head {
    /// Takes the next line. A line that is no field is passed over until there is a `From`, and
    /// ends the header after that.
    pub(super) fn take(&mut self, line: Line<'_>) -> Next {
        self.bytes += line.bytes.len() + usize::from(line.begins);
        if line.is_empty() {
            return Next::Ended;
        }
        if self.bytes > HEAD_BYTES_MAX {
            return Next::TooLong;
        }
        let folded = !line.begins || matches!(line.bytes.first(), Some(b' ' | b'\t'));
        if folded {
            if let (true, Some((_, value))) = (self.keeps, self.fields.last_mut()) {
                value.extend_from_slice(line.bytes);
            }
        } else if let Some((name, value)) = split_field(line.bytes) {
            let field = Field::named(name).filter(|&field| self.wants(field));
            self.keeps = field.is_some();
            self.fields.extend(field.map(|field| (field, value.to_vec())));
        } else if self.get(Field::From).is_some() {
            return Next::Body;
        } else {
            self.keeps = false;
        }
        Next::More
    }

    /// Of what was received where, only the last station is wanted, which comes first.
    fn wants(&self, field: Field) -> bool {
        field != Field::Received || self.get(field).is_none()
    }

    /// The first field of a name, as it stood.
    pub(super) fn get(&self, field: Field) -> Option<&[u8]> {
        self.all(field).next()
    }

    /// All fields of a name, as they stood.
    pub(super) fn all(&self, field: Field) -> impl Iterator<Item = &[u8]> {
        self.fields.iter().filter(move |(of, _)| *of == field).map(|(_, value)| value.as_slice())
    }

    /// Whether there is such a field.
    pub(super) fn has(&self, field: Field) -> bool {
        self.get(field).is_some()
    }

    /// The first field of a name as decoded text.
    pub(super) fn text(&self, field: Field) -> Option<String> {
        let text = words::readable(self.get(field)?);
        let line = format!("{text}\n");
        let value = MessageStream::new(line.as_bytes()).parse_unstructured();
        Some(value.as_text().unwrap_or_default().trim().to_owned())
    }

    /// The first field of a name in lower case, up to the first semicolon or comment.
    pub(super) fn word(&self, field: Field) -> Option<String> {
        let text = String::from_utf8_lossy(self.get(field)?).to_lowercase();
        let word = text.split([';', '(']).next().unwrap_or_default();
        Some(word.trim().to_owned())
    }

    /// The ids of messages that the fields of a name hold: those in angle brackets, or else the
    /// words with an `@` in them.
    pub(super) fn ids(&self, field: Field) -> Vec<String> {
        self.all(field).flat_map(ids).collect()
    }
}

/// Whether a line can begin a header: a name without gaps, and a colon.
pub(super) fn is_field(line: &[u8]) -> bool {
    split_field(line).is_some()
}

/// The name and the value of a field.
fn split_field(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    let fine = (1..=100).contains(&name.len()) && name.iter().all(u8::is_ascii_graphic);
    fine.then(|| (name, &line[colon + 1..]))
}

fn ids(value: &[u8]) -> Vec<String> {
    let text = words::readable(value);
    let text: Cow<'_, str> = if text.contains("=?") {
        let line = format!("{text}\n");
        let decoded = MessageStream::new(line.as_bytes()).parse_unstructured();
        decoded.as_text().unwrap_or_default().to_owned().into()
    } else {
        text
    };
    let without_gaps = |id: &str| id.split_whitespace().collect::<String>();
    let in_angles = text.split('<').skip(1).filter_map(|rest| Some(rest.split_once('>')?.0));
    let ids: Vec<String> = in_angles.map(without_gaps).filter(|id| !id.is_empty()).collect();
    if !ids.is_empty() {
        return ids;
    }
    let trim = |word: &str| word.trim_matches(['<', '>', ',', ';', '"']).to_owned();
    text.split_whitespace().filter(|word| word.contains('@')).map(trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::mail::lines::Lines;

    pub(super) fn head(text: &str) -> (Head, Next) {
        let mut lines = Lines::new(text.as_bytes());
        let mut head = Head::default();
        let mut next = Next::More;
        while let (Next::More, Some(line)) = (next, lines.next().unwrap()) {
            next = head.take(line);
        }
        (head, next)
    }

    #[test]
    fn fields_are_unfolded_and_found_in_any_case() {
        let (head, next) =
            head("garbage\nMESSAGE-id :\r\n\t<a\r\n  b@x.example>\r\nFrom: a\r\n\r\n");
        assert_eq!(next, Next::Ended);
        assert_eq!(head.ids(Field::MessageId), ["ab@x.example"]);
    }

    #[test]
    fn ids_are_found_with_and_without_brackets_and_when_encoded() {
        let (head, _) = head(
            "In-Reply-To: Message from Ana <ana@x.example> of \"Mon\" <1@x.example>\n\
             References: 2@x.example\n 3@x.example\n\
             Message-ID: =?us-ascii?Q?=3C4=40x=2Eexample=3E?=\n",
        );
        assert_eq!(head.ids(Field::InReplyTo), ["ana@x.example", "1@x.example"]);
        assert_eq!(head.ids(Field::References), ["2@x.example", "3@x.example"]);
        assert_eq!(head.ids(Field::MessageId), ["4@x.example"]);
    }

    #[test]
    fn a_line_that_is_no_field_ends_a_header_that_has_its_sender() {
        assert_eq!(head("From: a\nhello world\n").1, Next::Body);
    }

    #[test]
    fn an_endless_header_is_given_up() {
        let endless = format!("To: {}\n\n", "x".repeat(HEAD_BYTES_MAX));
        assert_eq!(head(&endless).1, Next::TooLong);
        let many = "X-A: b\n".repeat(HEAD_BYTES_MAX / 7 + 1);
        assert_eq!(head(&many).1, Next::TooLong);
        let fits = format!("To: {}\n\n", "x".repeat(HEAD_BYTES_MAX - 5));
        assert_eq!(head(&fits).1, Next::Ended);
    }
}
