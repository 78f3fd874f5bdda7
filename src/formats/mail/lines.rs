//! Lines of a file of any size, endless ones in pieces.

use std::io::{self, BufRead, Read as _};

/// The longest piece of a line that is kept at once.
const PIECE_BYTES_MAX: u64 = 64 * 1024;

/// Lines, read one after the other into the same buffer.
#[derive(Debug)]
pub(super) struct Lines<R> {
    reader: R,
    piece: Vec<u8>,
    number: u64,
    begins: bool,
}

/// A line, or a piece of one that is too long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// What is on it, without its end.
    pub(super) bytes: &'a [u8],
    /// Which it is, from 1.
    pub(super) number: u64,
    /// Whether it is the line's first piece.
    pub(super) begins: bool,
}

impl Line<'_> {
    /// Whether nothing at all is on the line.
    pub(super) fn is_empty(&self) -> bool {
        self.begins && self.bytes.is_empty()
    }
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, piece: Vec::new(), number: 0, begins: true }
    }

    /// The number of the line that was read last.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line, or `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.piece.clear();
        let mut bounded = (&mut self.reader).take(PIECE_BYTES_MAX);
        if bounded.read_until(b'\n', &mut self.piece)? == 0 {
            return Ok(None);
        }
        let begins = self.begins;
        self.number += u64::from(begins);
        self.begins = self.piece.ends_with(b"\n");
        let mut bytes = self.piece.as_slice();
        if self.begins {
            bytes = &bytes[..bytes.len() - 1];
            bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        }
        if self.number == 1 && begins {
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        Ok(Some(Line { bytes, number: self.number, begins }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_line_comes_in_pieces_and_is_counted_once() {
        let text = [vec![b'x'; 150_000], b"\r\n\nend".to_vec()].concat();
        let mut lines = Lines::new(text.as_slice());
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            seen.push((line.number, line.begins, line.bytes.len(), line.is_empty()));
        }
        let piece = 65_536;
        assert_eq!(
            seen,
            [
                (1, true, piece, false),
                (1, false, piece, false),
                (1, false, 150_000 - 2 * piece, false),
                (2, true, 0, true),
                (3, true, 3, false),
            ]
        );
    }
}
