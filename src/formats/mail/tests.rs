//! Mail from bytes to records.

use std::io::{Cursor, Read as _};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Mails, Source, Survey};
use crate::{
    formats::{ContactKind, Party, Read, Record},
    model::Identifier,
};

const TAKEOUT: &[u8] = include_bytes!("../../../tests/data/mail/takeout.mbox");
const LIST: &[u8] = include_bytes!("../../../tests/data/mail/list.mbox");

fn mbox(bytes: &[u8]) -> Source {
    Source::mbox("a.mbox", Cursor::new(bytes.to_vec()))
}

/// What was read, a line each, in the order of places.
fn shown(reads: impl Iterator<Item = Read>) -> Vec<String> {
    let mut lines: Vec<(String, u64, String)> = reads
        .map(|read| match read {
            Ok(located) => (located.place.file, located.place.line, record(&located.record)),
            Err(error) => (error.place.file, error.place.line, format!("! {}", error.reason)),
        })
        .collect();
    lines.sort();
    lines.into_iter().map(|(file, line, text)| format!("{file}:{line} {text}")).collect()
}

fn record(record: &Record) -> String {
    match record {
        Record::Contact { kind: ContactKind::Plain(kind), at, people } => {
            let people: Vec<String> = people.iter().map(party).collect();
            format!("{} {at}: {}", kind.name(), people.join(", "))
        }
        Record::Excluded { reason } => format!("- {reason}"),
        other => format!("{other:?}"),
    }
}

fn party(party: &Party) -> String {
    let Some(Identifier::Mail(address)) = party.identifiers.first() else { return "?".to_owned() };
    match &party.name {
        Some(name) => format!("{name} <{address}>"),
        None => address.to_string(),
    }
}

fn read(bytes: &[u8]) -> Vec<String> {
    shown(Mails::new(mbox(bytes), Survey::of(mbox(bytes))))
}

fn maildir() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/mail/maildir")
}

#[test]
fn every_message_of_a_nasty_mailbox_gives_its_record_or_an_error() {
    assert_eq!(
        read(TAKEOUT),
        [
            "a.mbox:1 mail 2024-03-01T08:15:00Z: Adéla Müller <Ada+crm@NORTH.example>, \
             Zolt, Lea <lea.zolt@south.example>, bo@south.example, \
             Cleo \"CJ\" Jones <cleo@south.example>, 山田 <yamada@east.example>",
            "a.mbox:30 - a robot",
            "a.mbox:51 - a copy of a message read before",
            "a.mbox:57 mail 2024-03-01T09:15:00Z: Jürgen Groß <j.gross@south.example>, \
             ada@north.example",
            "a.mbox:64 ! no date from 1980 to 2099 in `Date`, nor in `Received`",
            "a.mbox:71 mail 2024-03-04T16:00:00Z: Lea <lea.zolt@south.example>, ada@north.example",
            "a.mbox:80 - a robot",
            "a.mbox:88 - a robot",
            "a.mbox:97 - a draft",
            "a.mbox:106 message 2024-03-02T10:00:02Z: Ada <ada@north.example>, bo@south.example",
            "a.mbox:115 ! no mail address in `From`, nor in `Sender`",
            "a.mbox:122 - no person among its recipients",
        ]
    );
}

#[test]
fn on_a_list_only_answers_between_people_count_whatever_their_order() {
    assert_eq!(
        read(LIST),
        [
            "a.mbox:1 list_answer 2024-03-04T10:00:01Z: Cléo Jones <cleo@EAST.EXAMPLE>, \
             Bo Lind <bo@south.example>",
            "a.mbox:10 - a mailing list",
            "a.mbox:22 list_answer 2024-03-03T10:00:01Z: Bo Lind <bo@south.example>, \
             Ada <ada@north.example>",
            "a.mbox:32 list_answer 2024-03-04T11:00:01Z: Ada <ada@north.example>, \
             Bo Lind <bo@south.example>",
            "a.mbox:42 - an answer to oneself",
            "a.mbox:52 - a robot",
            "a.mbox:62 - a mailing list",
            "a.mbox:72 list_answer 2024-03-04T12:00:00Z: Ada <ada@north.example>, \
             Bo Lind <bo@south.example>",
        ]
    );
}

#[test]
fn the_order_of_messages_does_not_change_what_is_read() {
    let text = String::from_utf8(LIST.to_vec()).unwrap();
    let mut messages: Vec<String> =
        text.split("\nFrom ").map(|part| part.trim_start_matches("From ").to_owned()).collect();
    let without_places = |bytes: &[u8]| {
        let lines = read(bytes).into_iter();
        let mut texts: Vec<String> =
            lines.map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
        texts.sort();
        texts
    };
    let wanted = without_places(LIST);
    for _ in 0..messages.len() {
        messages.rotate_left(1);
        let turned: Vec<String> = messages.iter().map(|part| format!("From {part}\n")).collect();
        assert_eq!(without_places(turned.concat().as_bytes()), wanted);
    }
}

#[test]
fn a_maildir_is_read_with_its_sub_folders_and_without_drafts() {
    let survey = Survey::of(Source::at(&maildir()).unwrap());
    let own = survey.own_addresses();
    assert_eq!(
        own.iter().map(|(a, n)| (a.as_str(), *n)).collect::<Vec<_>>(),
        [("ada@north.example", 1)]
    );
    assert_eq!(
        shown(Mails::new(Source::at(&maildir()).unwrap(), survey)),
        [
            ".Archive.2023/new/1.eml:1 mail 2023-01-07T17:15:00Z: Bo <bo@south.example>, \
             ada@north.example",
            ".Archive.2023/new/2.txt:1 ! neither an mbox (`From sender date`) nor a message \
             (`Name: value`) begins here",
            ".Sent/cur/1709280903.M1P1.host;2,S:1 mail 2024-03-02T08:15:00Z: \
             Ada <ada@north.example>, bo@south.example",
            "cur/1709280901.M1P1.host;2,DS:1 - a draft",
            "new/1709280900.M1P1.host:1 mail 2024-03-01T08:15:00Z: Lea <lea.zolt@south.example>, \
             ada@north.example",
        ]
    );
}

#[test]
fn a_file_that_is_not_there_is_said_so() {
    let error = Source::at(&maildir().join("nowhere")).err().unwrap();
    assert_eq!(error.reason, "it cannot be opened");
    let error = Source::stream("a.pdf", Cursor::new(b"%PDF-1.7".to_vec())).err().unwrap();
    assert!(error.reason.starts_with("neither an mbox"), "{error}");
}

#[test]
fn a_crowd_is_kept_and_more_than_can_be_recorded_is_left_out() {
    let to = |count: usize| {
        let all: Vec<String> = (0..count).map(|at| format!("p{at}@south.example")).collect();
        let text = format!(
            "From: a@north.example\nDate: 1 Mar 2024 09:00 GMT\nTo: {}\n\n",
            all.join(",\n ")
        );
        let source = Source::message("a.eml", Cursor::new(text.into_bytes()));
        Mails::new(source, Survey::default()).next().unwrap().unwrap().record
    };
    assert!(matches!(to(999), Record::Contact { people, .. } if people.len() == 1_000));
    assert_eq!(to(1_000), Record::Excluded { reason: "more recipients than can be recorded" });
}

/// An mbox with ten million letters between a start and an end, made as they are read.
fn endless(start: &str, end: &str) -> Source {
    let (start, end) = (Cursor::new(start.to_owned()), Cursor::new(end.to_owned()));
    let filler = std::io::repeat(b'x').take(10_000_000);
    Source::mbox("a.mbox", std::io::BufReader::new(start.chain(filler).chain(end)))
}

#[test]
fn an_endless_header_is_one_error_and_an_endless_body_is_none() {
    let separator = "From a@north.example Fri Mar  1 09:15:00 2024\n";
    let good = "From: a@north.example\nTo: b@south.example\nDate: 1 Mar 2024 09:00 GMT\n\n";
    let more = format!("\n\n{separator}{good}");
    let source = endless(&format!("{separator}To: "), &more);
    assert_eq!(
        shown(Mails::new(source, Survey::default())),
        [
            "a.mbox:1 ! its header has more than 262144 bytes",
            "a.mbox:4 mail 2024-03-01T09:00:00Z: a@north.example, b@south.example",
        ]
    );
    let source = endless(&format!("{separator}{good}"), &more);
    let reads = shown(Mails::new(source, Survey::default()));
    assert_eq!(reads.len(), 2, "{reads:?}");
    assert!(reads[1].ends_with("- a copy of a message read before"), "{reads:?}");
}

#[test]
fn a_header_full_of_unfinished_words_is_read_in_one_go() {
    for piece in ["=?a?q?x", "=?a?b?x ", "=?utf-8?q? ", "(", "\"", "<", "a:", "=?", "\\", "a@"] {
        let value = piece.repeat(200_000 / piece.len());
        let text = format!("From: a@north.example\nDate: 1 Mar 2024 09:00 GMT\nTo: {value}\n\n");
        let source = Source::message("a.eml", Cursor::new(text.into_bytes()));
        assert_eq!(Mails::new(source, Survey::default()).count(), 1, "{piece}");
    }
}

#[test]
fn text_before_the_first_separator_is_an_error_and_the_rest_is_read() {
    let text = [b"stray\n\n".as_slice(), LIST].concat();
    let reads = read(&text);
    assert_eq!(reads.len(), 9);
    assert!(reads[0].starts_with("a.mbox:1 ! text that belongs to no message"), "{reads:?}");
}

#[test]
fn whatever_the_bytes_every_reader_ends_without_a_panic() {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let pieces: Vec<&[u8]> = [TAKEOUT, LIST]
        .iter()
        .flat_map(|sample| sample.split_inclusive(|&byte| b"\n <,:;@?=".contains(&byte)))
        .collect();
    for case in 0..3_000 {
        let mut bytes = match case % 3 {
            0 => TAKEOUT.to_vec(),
            1 => (0..400)
                .map(|_| pieces[chance.random_range(0..pieces.len())])
                .collect::<Vec<_>>()
                .concat(),
            _ => LIST.to_vec(),
        };
        for _ in 0..chance.random_range(1..40) {
            let at = chance.random_range(0..bytes.len());
            match chance.random_range(0..4) {
                0 => bytes[at] = chance.random(),
                1 => bytes.insert(at, b"\n\r\0\"\\(<>=?@\x1b"[chance.random_range(0..12)]),
                2 => drop(bytes.drain(at..(at + 9).min(bytes.len()))),
                _ => bytes.truncate(at.max(200)),
            }
        }
        let lines = bytes.split(|&byte| byte == b'\n').count();
        for source in [mbox(&bytes), Source::message("a.eml", Cursor::new(bytes.clone()))] {
            let read = Mails::new(source, Survey::of(mbox(&bytes))).count();
            assert!(read <= lines + 2, "case {case}");
        }
    }
}
