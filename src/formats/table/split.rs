//! Text to rows of cells: each with the line on which it begins, and never more than one row held.

use std::io;

use csv::StringRecord;

use super::decode::{Decoder, Encoding};

/// The most bytes of one row. A longer one is a quote that was opened and never closed.
pub(super) const ROW_BYTES_MAX: usize = 1 << 20;

/// After so many rows without an end, nothing more is read: looking for the end of each costs
/// [`ROW_BYTES_MAX`].
const UNCLOSED_MAX: usize = 20;

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::formats) struct Row {
    /// The line on which it begins, counted from 1.
    pub(in crate::formats) line: u64,
    /// Its cells, quotes taken off.
    pub(in crate::formats) cells: StringRecord,
}

impl Row {
    /// A cell; an empty one where the row is too short.
    pub(in crate::formats) fn cell(&self, ix: usize) -> &str {
        self.cells.get(ix).unwrap_or_default()
    }
}

/// Why no row could be had.
#[derive(Debug)]
pub(in crate::formats) enum NoRow {
    /// This row is wrong; the next may be right.
    Bad {
        /// Where it begins.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// Nothing more can be read.
    Io(io::Error),
}

/// Rows of a text, one at a time.
pub(in crate::formats) struct Splitter {
    decoder: Decoder,
    text: String,
    /// Where the next row begins in the text.
    at: usize,
    /// The line on which it begins.
    line: u64,
    has_ended: bool,
    unclosed: usize,
}

/// How a row lies in the text: up to where, its line end included, and over how many lines.
struct Extent {
    length: usize,
    with_end: usize,
}

/// How the look for the end of a row ended.
enum End {
    At(Extent),
    /// A cell goes over several lines, and the quote after it does not end it: it is the first
    /// quote of another cell, and one before it was never closed.
    Unclosed,
}

impl Splitter {
    pub(in crate::formats) fn new(decoder: Decoder) -> Self {
        Self { decoder, text: String::new(), at: 0, line: 1, has_ended: false, unclosed: 0 }
    }

    pub(in crate::formats) fn encoding(&self) -> Encoding {
        self.decoder.encoding()
    }

    /// The text from the next row on: at least so many bytes, unless the file is shorter.
    pub(in crate::formats) fn peek(&mut self, bytes: usize) -> io::Result<&str> {
        while self.text.len() - self.at < bytes && self.more()? {}
        Ok(&self.text[self.at..])
    }

    /// The next row of a table with this delimiter.
    pub(in crate::formats) fn next_row(&mut self, delimiter: u8) -> Option<Result<Row, NoRow>> {
        let (line, found) = self.next_extent(Some(delimiter))?;
        Some(found.map(|raw| Row { line, cells: split(&self.text[raw], delimiter) }))
    }

    /// The next line that is not empty.
    pub(in crate::formats) fn next_line(&mut self) -> Option<Result<(u64, &str), NoRow>> {
        let (line, found) = self.next_extent(None)?;
        Some(found.map(|raw| (line, &self.text[raw])))
    }

    fn next_extent(
        &mut self,
        delimiter: Option<u8>,
    ) -> Option<(u64, Result<std::ops::Range<usize>, NoRow>)> {
        loop {
            let end = match self.find_extent(delimiter) {
                Ok(end) => end?,
                Err(error) => {
                    self.stop();
                    return Some((self.line, Err(NoRow::Io(error))));
                }
            };
            let (line, start) = (self.line, self.at);
            let End::At(extent) = end else {
                return Some((line, Err(self.skip_unclosed(delimiter))));
            };
            self.at += extent.with_end;
            self.line += lines_in(&self.text[start..self.at]);
            if extent.length > 0 {
                return Some((line, Ok(start..start + extent.length)));
            }
        }
    }

    /// How the next row ends; nothing at the end of the text.
    fn find_extent(&mut self, delimiter: Option<u8>) -> io::Result<Option<End>> {
        loop {
            let bytes = &self.text.as_bytes()[self.at..];
            let end = end_of_row(bytes, delimiter, self.has_ended);
            if end.is_some() {
                return Ok(end);
            }
            if self.has_ended || bytes.len() > ROW_BYTES_MAX {
                return Ok((!bytes.is_empty()).then_some(End::Unclosed));
            }
            self.more()?;
        }
    }

    /// Says that a row has no end, and goes on with the next line.
    fn skip_unclosed(&mut self, delimiter: Option<u8>) -> NoRow {
        let line = self.line;
        self.unclosed += 1;
        let rest = &self.text.as_bytes()[self.at..];
        let wrong = match (delimiter, end_of_row(rest, None, self.has_ended)) {
            (Some(_), Some(End::At(extent))) if self.unclosed < UNCLOSED_MAX => {
                self.at += extent.with_end;
                self.line += 1;
                "a quote is opened in this row and never closed; the row was left out"
            }
            _ => {
                self.stop();
                "a row without an end; nothing after it was read"
            }
        };
        NoRow::Bad { line, reason: wrong.to_owned() }
    }

    /// Lets nothing more be read.
    fn stop(&mut self) {
        self.text.clear();
        self.at = 0;
        self.has_ended = true;
    }

    fn more(&mut self) -> io::Result<bool> {
        if self.has_ended {
            return Ok(false);
        }
        if self.at > 0 {
            self.text.drain(..self.at);
            self.at = 0;
        }
        self.has_ended = !self.decoder.read_onto(&mut self.text)?;
        Ok(!self.has_ended)
    }
}

/// Where a row ends; nothing where the bytes stop before it does.
fn end_of_row(bytes: &[u8], delimiter: Option<u8>, is_last: bool) -> Option<End> {
    let (mut quoted, mut fresh, mut at) = (false, delimiter.is_some(), 0);
    let mut has_lines = false;
    let end = |length, with_end| Some(End::At(Extent { length, with_end }));
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' if quoted && bytes.get(at + 1) == Some(&b'"') => at += 1,
            b'"' if quoted => {
                // Without the next byte nobody knows whether this quote ends the cell.
                if at + 1 == bytes.len() && !is_last {
                    return None;
                }
                let next = bytes.get(at + 1);
                let ends_cell =
                    next.is_none_or(|next| b"\r\n".contains(next)) || next == delimiter.as_ref();
                if has_lines && !ends_cell {
                    return Some(End::Unclosed);
                }
                quoted = false;
            }
            b'"' if fresh => (quoted, has_lines) = (true, false),
            b'\n' if !quoted => return end(at, at + 1),
            b'\n' => has_lines = true,
            b'\r' if !quoted => {
                return match bytes.get(at + 1) {
                    Some(b'\n') => end(at, at + 2),
                    None if !is_last => None,
                    _ => end(at, at + 1),
                };
            }
            _ => {}
        }
        fresh = !quoted && Some(byte) == delimiter;
        at += 1;
    }
    if is_last && !quoted && at > 0 { end(at, at) } else { None }
}

/// How many lines end in a text: LF, CR LF or CR.
fn lines_in(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = |&(at, byte): &(usize, &u8)| {
        *byte == b'\n' || *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')
    };
    bytes.iter().enumerate().filter(ends).count() as u64
}

/// Cuts the text of one row into its cells. A quote counts at the beginning of a cell only.
fn split(raw: &str, delimiter: u8) -> StringRecord {
    let mut cells = StringRecord::with_capacity(raw.len(), 16);
    let delimiter = char::from(delimiter);
    let mut rest = Some(raw);
    while let Some(text) = rest {
        if let Some(quoted) = text.strip_prefix('"') {
            let (cell, after) = unquote(quoted, delimiter);
            cells.push_field(&cell);
            rest = after;
        } else if let Some((cell, after)) = text.split_once(delimiter) {
            cells.push_field(cell);
            rest = Some(after);
        } else {
            cells.push_field(text);
            rest = None;
        }
    }
    cells
}

/// A cell after its opening quote, and what comes after the next delimiter.
fn unquote(text: &str, delimiter: char) -> (std::borrow::Cow<'_, str>, Option<&str>) {
    let mut cell = String::new();
    let mut rest = text;
    loop {
        let Some((before, after)) = rest.split_once('"') else {
            cell.push_str(rest);
            return (cell.into(), None);
        };
        if let Some(more) = after.strip_prefix('"') {
            cell.push_str(before);
            cell.push('"');
            rest = more;
            continue;
        }
        let (tail, next) = match after.split_once(delimiter) {
            Some((tail, next)) => (tail, Some(next)),
            None => (after, None),
        };
        if cell.is_empty() && tail.is_empty() {
            return (before.into(), next);
        }
        cell.push_str(before);
        cell.push_str(tail);
        return (cell.into(), next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn splitter(text: &str) -> Splitter {
        Splitter::new(Decoder::new(Box::new(io::Cursor::new(text.as_bytes().to_vec()))))
    }

    fn rows(text: &str) -> Vec<Found> {
        let mut splitter = splitter(text);
        let rows = std::iter::from_fn(|| splitter.next_row(b','));
        rows.map(|row| match row {
            Ok(row) => Ok((row.line, row.cells.iter().map(str::to_owned).collect())),
            Err(NoRow::Bad { line, .. }) => Err(line),
            Err(NoRow::Io(error)) => panic!("{error}"),
        })
        .collect()
    }

    type Found = Result<(u64, Vec<String>), u64>;

    macro_rules! row {
        ($line:literal, $cells:expr) => {
            Found::Ok(($line, $cells.iter().map(|cell| (*cell).to_owned()).collect()))
        };
    }

    #[test]
    fn a_row_stands_on_the_line_on_which_it_begins() {
        let text = "a,b\r\n\r\n\r\n\"x\r\ny\",\"say \"\"hi\"\"\"\nlast,,\n";
        let wanted =
            [row!(1, &["a", "b"]), row!(4, &["x\r\ny", "say \"hi\""]), row!(6, &["last", "", ""])];
        assert_eq!(rows(text), wanted);
        assert_eq!(rows("a\rb\r\rc"), [row!(1, &["a"]), row!(2, &["b"]), row!(4, &["c"])]);
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_own_line() {
        assert_eq!(rows("a,\"b\nc,d\n"), [Err(1), row!(2, &["c", "d"])]);
        let wanted = [Err(1), row!(2, &["c", "d e"])];
        assert_eq!(rows("a,\"b\nc,\"d e\"\n"), wanted, "another cell has quotes too");
        let long = format!("\"{}", "x".repeat(ROW_BYTES_MAX) + "\nc,d\n");
        assert_eq!(rows(&long), [Err(1), row!(2, &["c", "d"])]);
    }

    #[test]
    fn quotes_that_never_close_on_every_line_come_to_an_end() {
        let found = rows(&"x\",\"\"\"\n".repeat(200_000));
        assert_eq!(found.len(), UNCLOSED_MAX);
        assert!(found.iter().all(Result::is_err));
    }

    #[test]
    fn rows_are_cut_as_the_usual_library_cuts_them() {
        let pieces = ["a", "ü", ",", "\"", "\n", "\r\n", "\"\"", " ", "x,y"];
        let mut state: u64 = 7;
        for _ in 0..3_000 {
            let mut text = String::new();
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            }
            let ours = rows(&text);
            if ours.iter().any(Result::is_err) {
                continue;
            }
            let mut theirs = csv::ReaderBuilder::new();
            let theirs = theirs.has_headers(false).flexible(true).from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> = theirs
                .into_records()
                .map(|row| row.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let ours: Vec<Vec<String>> = ours.into_iter().map(|row| row.unwrap().1).collect();
            assert_eq!(ours, theirs, "{text:?}");
        }
    }
}
