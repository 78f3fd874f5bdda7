//! Rows with names for their cells, from CSV of any delimiter or from JSON Lines.

use std::{collections::VecDeque, io};

use csv::StringRecord;

use super::{
    aliases,
    book::Sheet,
    decode::{Decoder, Encoding},
    split::{NoRow, Row, Splitter},
};

/// So many rows at the beginning may be something else than the header.
const PREAMBLE_MAX: usize = 20;

/// How much of a file tells its delimiter.
const SNIFF_BYTES: usize = 64 * 1024;

/// The most columns of a table; cells beyond are not read.
pub(super) const COLUMNS_MAX: usize = 1_000;

/// How the rows of a table are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Cells with this between them.
    Delimited(u8),
    /// One JSON object on each line.
    JsonLines,
    /// A sheet of an Excel book.
    Sheet,
}

/// Where rows come from.
enum Input {
    Delimited(u8, Splitter),
    JsonLines(Splitter),
    Sheet(Sheet),
}

/// The rows of a table after its header.
pub(in crate::formats) struct Rows {
    input: Input,
    headers: Vec<String>,
    /// Rows that were read to find the header.
    ahead: VecDeque<Result<Row, NoRow>>,
}

impl Rows {
    /// Opens a table, finds how it is written and where its header is: the row that is one by
    /// `is_header`, or else the one whose names are best known.
    ///
    /// # Errors
    /// When nothing in it looks like a header.
    pub(in crate::formats) fn open(
        input: Box<dyn io::Read + Send>,
        is_header: &dyn Fn(&StringRecord) -> bool,
    ) -> Result<Self, NoRow> {
        let mut splitter = Splitter::new(Decoder::new(input));
        let sample = splitter.peek(SNIFF_BYTES).map_err(NoRow::Io)?;
        if sample.starts_with("BEGIN:V") {
            let reason = "it is a calendar or a file of address cards, and no table".to_owned();
            return Err(NoRow::Bad { line: 1, reason });
        }
        match shape_of(sample) {
            Some(delimiter) => Self::below_header(Input::Delimited(delimiter, splitter), is_header),
            None => Ok(Self::new(Input::JsonLines(splitter))),
        }
    }

    /// The rows of a sheet, below the row that is its header.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(super) fn of_sheet(
        sheet: Sheet,
        is_header: &dyn Fn(&StringRecord) -> bool,
    ) -> Result<Self, NoRow> {
        Self::below_header(Input::Sheet(sheet), is_header)
    }

    fn new(input: Input) -> Self {
        Self { input, headers: Vec::new(), ahead: VecDeque::new() }
    }

    fn below_header(
        input: Input,
        is_header: &dyn Fn(&StringRecord) -> bool,
    ) -> Result<Self, NoRow> {
        let mut rows = Self::new(input);
        rows.find_header(is_header)?;
        Ok(rows)
    }

    pub(in crate::formats) fn headers(&self) -> &[String] {
        &self.headers
    }

    pub(in crate::formats) fn shape(&self) -> Shape {
        match &self.input {
            Input::Delimited(delimiter, _) => Shape::Delimited(*delimiter),
            Input::JsonLines(_) => Shape::JsonLines,
            Input::Sheet(_) => Shape::Sheet,
        }
    }

    pub(in crate::formats) fn encoding(&self) -> Encoding {
        match &self.input {
            Input::Delimited(_, splitter) | Input::JsonLines(splitter) => splitter.encoding(),
            Input::Sheet(_) => Encoding::Utf8,
        }
    }

    fn find_header(&mut self, is_header: &dyn Fn(&StringRecord) -> bool) -> Result<(), NoRow> {
        let mut found = Vec::new();
        while found.len() < PREAMBLE_MAX {
            match self.next_of_input() {
                Some(Err(NoRow::Io(error))) => return Err(NoRow::Io(error)),
                Some(row) => found.push(row),
                None => break,
            }
        }
        let cells = |row: &Result<Row, NoRow>| row.as_ref().ok().map(|row| row.cells.clone());
        let named = found.iter().position(|row| cells(row).is_some_and(|row| is_header(&row)));
        let Some(at) = named.or_else(|| best_header(&found)) else {
            let bad = found.into_iter().find_map(Result::err);
            return Err(bad.unwrap_or_else(|| NoRow::Bad {
                line: 1,
                reason: format!(
                    "none of the first {PREAMBLE_MAX} rows names the columns; add a row that does"
                ),
            }));
        };
        self.ahead = found.split_off(at + 1).into();
        let header = found.pop().and_then(Result::ok).unwrap_or_default();
        for cell in header.cells.iter().take(COLUMNS_MAX) {
            self.add_header(cell);
        }
        // A column after the last name that never holds anything is none.
        if header.cells.iter().next_back().is_some_and(|cell| cell.trim().is_empty()) {
            self.headers.pop();
        }
        Ok(())
    }

    /// Adds a column: `Email (2)` where the name is there already, `column 7` where there is none.
    fn add_header(&mut self, name: &str) {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let ix = self.headers.len() + 1;
        let name = if name.is_empty() { format!("column {ix}") } else { name };
        let mut unique = name.clone();
        let mut count = 1;
        while self.headers.contains(&unique) {
            count += 1;
            unique = format!("{name} ({count})");
        }
        self.headers.push(unique);
    }

    fn next_of_input(&mut self) -> Option<Result<Row, NoRow>> {
        let splitter = match &mut self.input {
            Input::Delimited(delimiter, splitter) => return splitter.next_row(*delimiter),
            Input::Sheet(sheet) => return sheet.next(),
            Input::JsonLines(splitter) => splitter,
        };
        match next_object(splitter)? {
            Ok((line, object)) => Some(Ok(Row { line, cells: self.cells_of(&object) })),
            Err(error) => Some(Err(error)),
        }
    }

    fn cells_of(&mut self, object: &Object) -> StringRecord {
        let mut cells = vec![String::new(); self.headers.len()];
        for (name, value) in object {
            let ix = self.headers.iter().position(|header| header == name);
            let ix = ix.unwrap_or_else(|| {
                if self.headers.len() < COLUMNS_MAX {
                    self.headers.push(name.clone());
                    cells.push(String::new());
                }
                self.headers.len() - 1
            });
            if self.headers[ix] == *name {
                cells[ix] = json_text(value);
            }
        }
        StringRecord::from(cells)
    }
}

impl Iterator for Rows {
    type Item = Result<Row, NoRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let ahead = self.ahead.pop_front();
        let row = ahead.or_else(|| self.next_of_input())?;
        if let Ok(row) = &row {
            let extra = self.headers.len()..row.cells.len().min(COLUMNS_MAX);
            let last = extra.rev().find(|&ix| !row.cell(ix).trim().is_empty());
            while last.is_some_and(|last| last >= self.headers.len()) {
                self.add_header("");
            }
        }
        Some(row)
    }
}

type Object = serde_json::Map<String, serde_json::Value>;

/// The next object, and its line.
fn next_object(splitter: &mut Splitter) -> Option<Result<(u64, Object), NoRow>> {
    loop {
        let (line, object) = match splitter.next_line()? {
            Ok((_, text)) if text.trim().is_empty() => continue,
            Ok((line, text)) => (line, serde_json::from_str(text)),
            Err(error) => return Some(Err(error)),
        };
        let reason = match object {
            Ok(serde_json::Value::Object(object)) => return Some(Ok((line, object))),
            Ok(_) => "no JSON object: a line is one `{…}`".to_owned(),
            Err(error) => {
                let text = error.to_string();
                let what = text.split(" at line").next().unwrap_or_default();
                format!("no JSON: {what}, at character {}", error.column())
            }
        };
        return Some(Err(NoRow::Bad { line, reason }));
    }
}

/// A JSON value as the text of a cell; several are parted as contact files do it.
fn json_text(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace('\0', ""),
        Value::Array(values) => values.iter().map(json_text).collect::<Vec<_>>().join(" ::: "),
        other => other.to_string(),
    }
}

/// The delimiter that gives the most rows of one width; none where a text is JSON Lines.
fn shape_of(sample: &str) -> Option<u8> {
    if sample.trim_start().starts_with('{') {
        return None;
    }
    if let Some(&[delimiter, b'\r' | b'\n']) =
        sample.strip_prefix("sep=").map(str::as_bytes).and_then(|rest| rest.first_chunk::<2>())
    {
        return Some(delimiter);
    }
    let score = |delimiter: u8| {
        let input = io::Cursor::new(sample.as_bytes().to_vec());
        let mut splitter = Splitter::new(Decoder::new(Box::new(input)));
        let rows = std::iter::from_fn(|| splitter.next_row(delimiter)).take(100);
        let widths: Vec<usize> = rows.flatten().map(|row| row.cells.len()).collect();
        let alike = |width: usize| widths.iter().filter(|&&other| other == width).count();
        let best = widths.iter().filter(|&&width| width > 1).map(|&width| (alike(width), width));
        best.max().unwrap_or_default()
    };
    let best = [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|&mark| score(mark));
    Some(best.filter(|&mark| score(mark).0 > 0).unwrap_or(b','))
}

/// The row with the most names that are known; where none has any, the first of the widest rows
/// in which nothing looks like a value.
fn best_header(rows: &[Result<Row, NoRow>]) -> Option<usize> {
    let filled = |row: &Row| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let good = || rows.iter().enumerate().filter_map(|(at, row)| Some((at, row.as_ref().ok()?)));
    let widest = good().map(|(_, row)| filled(row)).max()?;
    let is_plain = |row: &Row| !row.cells.iter().any(looks_like_a_value);
    let known = |row: &Row| row.cells.iter().filter(|cell| aliases::sense(cell).is_some()).count();
    let best = good()
        .filter(|(_, row)| is_plain(row))
        .map(|(at, row)| (known(row), std::cmp::Reverse(at)))
        .max()?;
    match best {
        (0, _) => good().find(|(_, row)| filled(row) == widest && is_plain(row)).map(|(at, _)| at),
        (_, std::cmp::Reverse(at)) => Some(at),
    }
}

fn looks_like_a_value(cell: &str) -> bool {
    let cell = cell.trim();
    cell.contains('@')
        || cell.contains("://")
        || cell.chars().count() > 100
        || cell.starts_with(|c: char| c.is_ascii_digit())
            && !cell.contains(|c: char| c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Rows {
        let input = io::Cursor::new(text.as_bytes().to_vec());
        Rows::open(Box::new(input), &|_| false).unwrap()
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_rows_of_one_width() {
        for (text, mark) in [
            ("name;weight\nAna;0,5\nBo;0,75\n", b';'),
            ("name|email\nAna|a@a.example\n", b'|'),
            ("name\temail\nAna, B\ta@a.example\n", b'\t'),
            ("email\na@a.example\n", b','),
            ("sep=;\nname;email\nAna;\n", b';'),
        ] {
            assert_eq!(open(text).shape(), Shape::Delimited(mark), "{text}");
        }
        assert_eq!(open("\n {\"name\":\"Ana\"}\n").shape(), Shape::JsonLines);
    }

    #[test]
    fn the_header_is_found_below_a_preamble() {
        let rows =
            open("Export\n\"Some words, of somebody\"\n\nFirst Name,Last Name,URL\nAna,B,\n");
        assert_eq!(rows.headers(), ["First Name", "Last Name", "URL"]);
        assert_eq!(rows.map(|row| row.unwrap().line).collect::<Vec<_>>(), [5]);
        let none = io::Cursor::new(b"1,2\n3,4\n".to_vec());
        assert!(Rows::open(Box::new(none), &|_| false).is_err());
    }

    #[test]
    fn every_column_has_a_name_of_its_own() {
        let mut rows = open("Name,Email,Email,,Email,\nAna,a,b,c,d,,extra\n");
        assert_eq!(rows.headers(), ["Name", "Email", "Email (2)", "column 4", "Email (3)"]);
        assert_eq!(rows.next().unwrap().unwrap().cell(6), "extra");
        assert_eq!(rows.headers()[5..], ["column 6", "column 7"]);
    }

    #[test]
    fn an_object_on_a_line_is_a_row_and_a_broken_one_an_error() {
        let rows =
            open("{\"b\":[\"x\",\"y\"],\"a\":1}\n\n{\"c\":null}\n[1]\n{\"a\":\"\\ud83d\"}\n{");
        let found: Vec<_> = rows
            .map(|row| match row {
                Ok(row) => (row.line, row.cells.iter().collect::<Vec<_>>().join("|")),
                Err(NoRow::Bad { line, .. }) => (line, "bad".to_owned()),
                Err(NoRow::Io(error)) => panic!("{error}"),
            })
            .collect();
        let bad = |line| (line, "bad".to_owned());
        let wanted = [(1, "1|x ::: y".to_owned()), (3, "||".to_owned()), bad(4), bad(5), bad(6)];
        assert_eq!(found, wanted);
    }
}
