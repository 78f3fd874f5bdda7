//! Excel books (`.xlsx`): the rows of one sheet, one at a time.
//!
//! The texts that cells share are held as a whole, since a book keeps them in one place; rows are
//! not. `calamine` lends a sheet from its book, so that a thread of its own reads both; it waits
//! where nobody takes its rows, and ends when they are no longer wanted.

use std::{
    fs::File,
    io::{self, BufReader, Read as _},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType, Xlsx};
use csv::StringRecord;

use super::{
    rows::COLUMNS_MAX,
    split::{NoRow, ROW_BYTES_MAX, Row},
};
use crate::{
    formats::{FileError, files},
    model::{Day, Timestamp},
};

/// So many rows are read ahead.
const AHEAD_ROWS: usize = 64;

/// The most sheets of a book: to look into one, the whole book is opened.
const SHEETS_MAX: usize = 100;

/// The most bytes of the texts that the cells of a book share, unpacked.
const SHARED_BYTES_MAX: u64 = 512 << 20;

/// The days from the beginning of a book's calendar to 1970, and the same from 1904.
const EPOCH_DAYS: [f64; 2] = [25_569.0, 24_107.0];

const DAY_MS: f64 = 86_400_000.0;

const DAMAGED: &str = "the sheet is damaged in this row or after it; the rest was left out";

/// A book whose parts are whole.
pub(super) struct Book {
    path: PathBuf,
    /// The names of its sheets, in their order.
    pub(super) sheets: Vec<String>,
}

/// The rows of a sheet; the line of a row is its number in the sheet.
pub(super) struct Sheet {
    rows: Receiver<Option<Result<Row, NoRow>>>,
    /// The last row that was had; nothing after the end.
    line: Option<u64>,
}

/// Whether a file is a book, or says that it is one of a kind that is not read.
///
/// # Errors
/// When it is one that is not read: of the old kind, with a password, or an OpenDocument.
pub(super) fn is_book(path: &Path) -> Result<bool, FileError> {
    let mut start = Vec::new();
    if File::open(path).and_then(|file| file.take(8).read_to_end(&mut start)).is_err() {
        return Ok(false);
    }
    if start.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        let reason = "it is an Excel book of the old kind, or has a password; save it as .xlsx";
        return Err(files::refused(path, reason.to_owned()));
    }
    if !start.starts_with(b"PK") {
        return Ok(false);
    }
    let (found, others) = files::list(path, &|name| name.eq_ignore_ascii_case("xl/workbook.xml"))?;
    if found.is_empty() {
        let is_open = others.iter().any(|name| name == "content.xml");
        let what = if is_open { "an OpenDocument" } else { "a ZIP of something else" };
        let reason = format!("it is {what}; give an .xlsx or a table as text");
        return Err(files::refused(path, reason));
    }
    Ok(true)
}

impl Book {
    /// Opens a book, and reads it once to see that it is whole and no trap.
    pub(super) fn open(path: &Path) -> Result<Self, FileError> {
        let (parts, _) = files::list(path, &|_| true)?;
        for (name, open) in parts {
            let wrong = |error| FileError {
                file: files::name_of(path),
                reason: format!("`{name}` in it cannot be unpacked"),
                source: Some(error),
            };
            let size = open().and_then(|mut part| io::copy(&mut part, &mut io::sink()));
            let size = size.map_err(wrong)?;
            if size > SHARED_BYTES_MAX && name.to_lowercase().contains("sharedstrings") {
                let reason = "its texts are too many to be held; save the sheet as CSV";
                return Err(files::refused(path, reason.to_owned()));
            }
        }
        let whole = path.to_owned();
        // On a thread, so that a fault in the library ends this book and nothing else.
        let sheets = thread::spawn(move || open(&whole).map(|book| names(&book))).join();
        let damaged = || files::refused(path, "it is a damaged Excel book".to_owned());
        let sheets = sheets.map_err(|_| damaged())?;
        let sheets = sheets.map_err(|error| {
            files::refused(path, format!("it is a damaged Excel book: {error}"))
        })?;
        if sheets.len() > SHEETS_MAX {
            let reason = format!("it has {} sheets; {SHEETS_MAX} are the most", sheets.len());
            return Err(files::refused(path, reason));
        }
        Ok(Self { path: path.to_owned(), sheets })
    }

    /// The rows of a sheet, from its beginning.
    pub(super) fn sheet(&self, name: &str) -> Sheet {
        let (sender, rows) = sync_channel(AHEAD_ROWS);
        let (path, name) = (self.path.clone(), name.to_owned());
        thread::spawn(move || {
            if let Err((line, error)) = read(&path, &name, &sender) {
                let reason = format!("{DAMAGED}: {error}");
                // Where nobody listens any more, nobody wants to know.
                let _ = sender.send(Some(Err(NoRow::Bad { line, reason })));
            }
            let _ = sender.send(None);
        });
        Sheet { rows, line: Some(0) }
    }
}

impl Iterator for Sheet {
    type Item = Result<Row, NoRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.line?;
        if let Ok(row) = self.rows.recv() {
            if let Some(Ok(row)) = &row {
                self.line = Some(row.line);
            } else if row.is_none() {
                self.line = None;
            }
            return row;
        }
        // The thread has ended without a word.
        self.line = None;
        Some(Err(NoRow::Bad { line, reason: DAMAGED.to_owned() }))
    }
}

type Found = Xlsx<BufReader<File>>;

fn open(path: &Path) -> Result<Found, calamine::XlsxError> {
    calamine::open_workbook(path)
}

fn names(book: &Found) -> Vec<String> {
    let sheets = book.sheets_metadata().iter();
    let tables = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
    tables.map(|sheet| sheet.name.clone()).collect()
}

/// Sends the rows of a sheet until nobody takes them; on a fault, the row that may not be whole.
fn read(
    path: &Path,
    name: &str,
    sender: &SyncSender<Option<Result<Row, NoRow>>>,
) -> Result<(), (u64, calamine::XlsxError)> {
    let mut book = open(path).map_err(|error| (0, error))?;
    let epoch_days = EPOCH_DAYS[usize::from(book.has_1904_epoch())];
    let mut reader = book.worksheet_cells_reader(name).map_err(|error| (0, error))?;
    let (mut line, mut cells, mut bytes) = (0, Vec::new(), 0);
    loop {
        let cell = reader.next_cell().map_err(|error| (line, error))?;
        let at = cell.as_ref().map(calamine::Cell::get_position);
        if at.is_none_or(|(row, _)| u64::from(row) + 1 != line) && !cells.is_empty() {
            let row = finish(line, std::mem::take(&mut cells), bytes);
            if sender.send(Some(row)).is_err() {
                return Ok(());
            }
        }
        let (Some(cell), Some((row, column))) = (cell, at) else { return Ok(()) };
        if u64::from(row) + 1 != line {
            (line, bytes) = (u64::from(row) + 1, 0);
        }
        let text = text(cell.get_value(), epoch_days);
        bytes += text.len();
        let column = column as usize;
        if column < COLUMNS_MAX && bytes <= ROW_BYTES_MAX && !text.is_empty() {
            cells.resize(cells.len().max(column + 1), String::new());
            cells[column] = text;
        }
    }
}

fn finish(line: u64, cells: Vec<String>, bytes: usize) -> Result<Row, NoRow> {
    if bytes > ROW_BYTES_MAX {
        let reason = format!("the row has more than {ROW_BYTES_MAX} bytes; it was left out");
        return Err(NoRow::Bad { line, reason });
    }
    Ok(Row { line, cells: StringRecord::from(cells) })
}

/// What a cell holds, as a table of text would have it.
fn text(value: &DataRef, epoch_days: f64) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) => text.replace('\0', ""),
        DataRef::SharedString(text) => text.replace('\0', ""),
        DataRef::Bool(is_so) => is_so.to_string(),
        DataRef::DateTime(date) => date_text(*date, epoch_days),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// A number without an exponent; with one where a sheet cannot hold all its digits, so that it is
/// known for an id whose end is lost.
fn number_text(number: f64) -> String {
    let text = format!("{number:E}");
    match text.split_once('E') {
        Some((digits, power)) if number.abs() >= 1e15 && digits.contains('.') => {
            format!("{digits}E+{power}")
        }
        _ => number.to_string(),
    }
}

/// A date as a day, or as a moment where it has an hour.
fn date_text(date: ExcelDateTime, epoch_days: f64) -> String {
    let serial = date.as_f64();
    let is_date = date.is_datetime() && (1.0..2_958_466.0).contains(&serial);
    if !is_date {
        return number_text(serial);
    }
    // Excel has a 29th of February 1900: days before it are one too low.
    let days =
        if serial < 60.0 && epoch_days > 25_000.0 { serial + 1.0 } else { serial } - epoch_days;
    if days.fract() == 0.0 {
        return Day::from_number(days as i32).to_string();
    }
    let seconds = (days * DAY_MS / 1_000.0).round() as i64;
    Timestamp::from_ms(seconds * 1_000).to_string()
}
