//! Bytes of any of the usual encodings to text, a piece at a time.

use std::io::{self, Read};

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How many bytes are read at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// How the text of a file is written in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or nothing but ASCII.
    Utf8,
    /// UTF-16 with its mark, as "Unicode text" of a spreadsheet is.
    Utf16,
    /// The code page of Western Europe.
    Windows1252,
}

enum State {
    /// Nothing but ASCII so far.
    Undecided,
    Utf8,
    Windows1252,
    Wide(encoding_rs::Decoder),
}

/// Turns bytes to text: by the mark at their beginning; without one by the first letter beyond
/// ASCII, which is UTF-8 or else Windows-1252. NUL bytes vanish.
///
/// Bytes that are no UTF-8 in a file that began as such are taken as Windows-1252 one by one:
/// that is what pasting two files together makes.
pub(in crate::formats) struct Decoder {
    input: Box<dyn Read + Send>,
    /// Bytes that are read and not yet turned to text.
    bytes: Vec<u8>,
    state: State,
    has_begun: bool,
}

impl Decoder {
    pub(in crate::formats) fn new(input: Box<dyn Read + Send>) -> Self {
        Self { input, bytes: Vec::new(), state: State::Undecided, has_begun: false }
    }

    /// What the file has shown itself to be so far.
    pub(in crate::formats) fn encoding(&self) -> Encoding {
        match self.state {
            State::Undecided | State::Utf8 => Encoding::Utf8,
            State::Windows1252 => Encoding::Windows1252,
            State::Wide(_) => Encoding::Utf16,
        }
    }

    /// Adds the next piece to a text; `false` at the end.
    pub(in crate::formats) fn read_onto(&mut self, text: &mut String) -> io::Result<bool> {
        let has_more = self.fill()?;
        if !self.has_begun {
            while self.bytes.len() < 3 && self.fill()? {}
            self.has_begun = true;
            self.take_mark();
        }
        if let State::Wide(wide) = &mut self.state {
            let room = wide.max_utf8_buffer_length(self.bytes.len()).unwrap_or(CHUNK_BYTES * 4);
            let mut piece = String::with_capacity(room);
            let _ = wide.decode_to_string(&self.bytes, &mut piece, !has_more);
            self.bytes.clear();
            push_without_nul(text, &piece);
        } else {
            self.decode_narrow(text, !has_more);
        }
        Ok(has_more)
    }

    /// Reads another piece of bytes; `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let before = self.bytes.len();
        self.bytes.resize(before + CHUNK_BYTES, 0);
        let read = loop {
            match self.input.read(&mut self.bytes[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.bytes.truncate(before + read.as_ref().copied().unwrap_or(0));
        Ok(read? > 0)
    }

    fn take_mark(&mut self) {
        let (state, length) = match self.bytes.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => (State::Utf8, 3),
            [0xFF, 0xFE, ..] => (State::Wide(UTF_16LE.new_decoder_without_bom_handling()), 2),
            [0xFE, 0xFF, ..] => (State::Wide(UTF_16BE.new_decoder_without_bom_handling()), 2),
            _ => (State::Undecided, 0),
        };
        self.state = state;
        self.bytes.drain(..length);
    }

    /// Decodes what is there, but for the beginning of a letter whose rest is still to come.
    fn decode_narrow(&mut self, text: &mut String, is_last: bool) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            if matches!(self.state, State::Windows1252) {
                push_windows_1252(text, rest);
                return;
            }
            let (valid, wrong) = match std::str::from_utf8(rest) {
                Ok(valid) => (valid, None),
                Err(error) => {
                    let (valid, _) = rest.split_at(error.valid_up_to());
                    (std::str::from_utf8(valid).unwrap_or_default(), Some(error.error_len()))
                }
            };
            if matches!(self.state, State::Undecided) && !valid.is_ascii() {
                self.state = State::Utf8;
            }
            push_without_nul(text, valid);
            rest = &rest[valid.len()..];
            match wrong {
                None => {}
                Some(None) if !is_last => {
                    self.bytes = rest.to_vec();
                    return;
                }
                Some(_) if matches!(self.state, State::Undecided) => {
                    self.state = State::Windows1252;
                }
                Some(length) => {
                    let (bad, after) = rest.split_at(length.unwrap_or(rest.len()));
                    push_windows_1252(text, bad);
                    rest = after;
                }
            }
        }
    }
}

fn push_windows_1252(text: &mut String, bytes: &[u8]) {
    let (piece, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    push_without_nul(text, &piece);
}

fn push_without_nul(text: &mut String, piece: &str) {
    for part in piece.split('\0') {
        text.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, as the worst network does.
    struct Slow(io::Cursor<Vec<u8>>);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn decode(bytes: &[u8]) -> (String, Encoding) {
        let slow = decode_from(Box::new(Slow(io::Cursor::new(bytes.to_vec()))));
        assert_eq!(slow, decode_from(Box::new(io::Cursor::new(bytes.to_vec()))));
        slow
    }

    fn decode_from(input: Box<dyn Read + Send>) -> (String, Encoding) {
        let mut decoder = Decoder::new(input);
        let mut text = String::new();
        while decoder.read_onto(&mut text).unwrap() {}
        (text, decoder.encoding())
    }

    #[test]
    fn the_mark_at_the_beginning_says_the_encoding() {
        assert_eq!(decode("\u{FEFF}Zoë".as_bytes()), ("Zoë".into(), Encoding::Utf8));
        let wide: Vec<u8> = "\u{FEFF}Łucja 😀".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&wide), ("Łucja 😀".into(), Encoding::Utf16));
        let wide: Vec<u8> = "\u{FEFF}Łucja".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&wide), ("Łucja".into(), Encoding::Utf16));
    }

    #[test]
    fn without_a_mark_the_first_letter_beyond_ascii_decides() {
        assert_eq!(decode(b"plain"), ("plain".into(), Encoding::Utf8));
        assert_eq!(decode("a,Zoë,王".as_bytes()), ("a,Zoë,王".into(), Encoding::Utf8));
        assert_eq!(decode(b"J\xFCrgen \x96"), ("Jürgen –".into(), Encoding::Windows1252));
    }

    #[test]
    fn a_stray_byte_in_utf_8_costs_one_letter_and_no_more() {
        assert_eq!(decode(b"Zo\xC3\xAB J\xFCrgen \xC3"), ("Zoë Jürgen Ã".into(), Encoding::Utf8));
    }

    #[test]
    fn nul_bytes_vanish() {
        assert_eq!(decode(b"a\0b\0").0, "ab");
    }
}
