//! Bytes of a header to text: raw 8-bit letters, and encoded words that were cut apart.

use std::borrow::Cow;

use encoding_rs::{ISO_2022_JP, WINDOWS_1252};

/// The text of a header's value: UTF-8 where it is, else ISO-2022-JP by its escapes, else
/// Windows-1252, of which no byte is wrong. Encoded words (RFC 2047) stay, but neighbours that are
/// parts of one text are joined, because a letter may be cut between them.
pub(super) fn readable(value: &[u8]) -> Cow<'_, str> {
    let text = if value.windows(2).any(|pair| pair == b"\x1b$") {
        ISO_2022_JP.decode_without_bom_handling(value).0
    } else {
        match std::str::from_utf8(value) {
            Ok(text) => text.into(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(value).0,
        }
    };
    if text.contains("=?") { joined(&text).into() } else { text }
}

/// The longest encoded word that is read; the rules allow 75.
const WORD_BYTES_MAX: usize = 4_000;

/// So many beginnings of words without an end are left in a text, for each costs a look at all
/// that follows.
const UNFINISHED_MAX: usize = 100;

/// An encoded word: `=?charset?Q?text?=`.
struct Word<'a> {
    charset: &'a str,
    encoding: char,
    text: &'a str,
}

/// Joins encoded words of one charset and encoding that only white space parts.
fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last: Option<(Word<'_>, String)> = None;
    let mut rest = text;
    let mut unfinished = 0;
    while let Some(at) = rest.find("=?") {
        let Some((word, after)) = word(&rest[at..]) else {
            flush(&mut out, last.take());
            unfinished += 1;
            let kept = if unfinished > UNFINISHED_MAX { at } else { at + 2 };
            out.push_str(&rest[..kept]);
            rest = &rest[at + 2..];
            continue;
        };
        match &mut last {
            Some((before, so_far))
                if rest[..at].trim().is_empty() && fits(before, so_far, &word) =>
            {
                so_far.push_str(word.text);
            }
            _ => {
                flush(&mut out, last.take());
                out.push_str(&rest[..at]);
                let so_far = word.text.to_owned();
                last = Some((word, so_far));
            }
        }
        rest = after;
    }
    flush(&mut out, last);
    out.push_str(rest);
    out
}

fn flush(out: &mut String, last: Option<(Word<'_>, String)>) {
    if let Some((Word { charset, encoding, .. }, text)) = last {
        // A gap inside of an encoded word is against the rules, and common. The language after a
        // `*` (RFC 2231) says nothing about the letters.
        let text = if encoding == 'q' { text.replace([' ', '\t'], "_") } else { text };
        let charset = charset.split('*').next().unwrap_or(charset);
        out.extend(["=?", charset, "?"]);
        out.push(encoding);
        out.extend(["?", &text, "?="]);
    }
}

/// Whether a word goes on where the other ended: a text in base 64 must have ended between bytes.
fn fits(before: &Word<'_>, so_far: &str, word: &Word<'_>) -> bool {
    before.charset.eq_ignore_ascii_case(word.charset)
        && before.encoding == word.encoding
        && (word.encoding == 'q' || (so_far.len().is_multiple_of(4) && !so_far.contains('=')))
}

/// The encoded word that a text begins with, and what follows it.
fn word(text: &str) -> Option<(Word<'_>, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let encoding = match encoding {
        "q" | "Q" => 'q',
        "b" | "B" => 'b',
        _ => return None,
    };
    let near = &rest[..rest.floor_char_boundary(WORD_BYTES_MAX)];
    let (text, after) = rest.split_at(near.find("?=")?);
    let after = &after["?=".len()..];
    let fine = !charset.is_empty() && !charset.contains(char::is_whitespace);
    (fine && !text.contains('?')).then_some((Word { charset, encoding, text }, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_is_cut_between_two_words_is_whole_again() {
        assert_eq!(
            readable(b"=?UTF-8?Q?Z=C3?= \t=?utf-8?Q?=B6e?= <a>"),
            "=?UTF-8?q?Z=C3=B6e?= <a>"
        );
        assert_eq!(readable(b"=?utf-8?B?WsO2?= =?utf-8?B?ZQ==?="), "=?utf-8?b?WsO2ZQ==?=");
        assert_eq!(
            readable(b"=?utf-8?B?ZQ==?= =?utf-8?B?ZQ==?="),
            "=?utf-8?b?ZQ==?= =?utf-8?b?ZQ==?=",
            "what ends inside of a group cannot be joined as text"
        );
    }

    #[test]
    fn raw_letters_are_read_by_what_they_look_like() {
        assert_eq!(readable(b"J\xfcrgen"), "J\u{fc}rgen");
        assert_eq!(readable("Jürgen".as_bytes()), "Jürgen");
        assert_eq!(readable(b"\x1b$B;3ED\x1b(B"), "山田");
    }

    #[test]
    fn what_only_looks_encoded_stays_as_it_is() {
        for text in ["=?", "a =? b", "=?utf-8?X?a?=", "=?utf-8?Q?a", "=??Q?a?="] {
            assert_eq!(readable(text.as_bytes()), text);
        }
    }
}
