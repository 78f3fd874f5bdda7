//! Tables: CSV with any usual delimiter and encoding, JSON Lines, and Excel books.
//!
//! [`Table::open`] finds out how a file is written, guesses what its columns mean unless a
//! [`Mapping`] says it, and then is an iterator of what the rows tell.

mod accounts;
mod aliases;
mod answers;
mod book;
#[cfg(test)]
pub(in crate::formats) mod book_tests;
mod build;
mod contact;
pub(in crate::formats) mod dates;
mod decode;
mod guess;
mod mapping;
#[cfg(test)]
mod programs_tests;
pub(in crate::formats) mod rows;
pub(in crate::formats) mod split;
pub(in crate::formats) mod values;

use std::{
    collections::VecDeque,
    io,
    path::{Path, PathBuf},
};

pub use self::{
    accounts::{ACCOUNTS_MAX, AccountRow, Accounts},
    answers::AnswerFile,
    dates::DateFormat,
    decode::Encoding,
    guess::{Guess, GuessedColumn},
    mapping::{BadMapping, Mapping, Meaning, TableKind},
    rows::Shape,
};
use self::{
    book::Book,
    build::Plan,
    dates::DateVotes,
    rows::Rows,
    split::{NoRow, Row},
};
use crate::{
    formats::{FileError, Located, Place, Read, RowError},
    model::{Day, SystemName},
};

/// From so many rows the meaning of columns is guessed.
const SAMPLE_ROWS: usize = 200;

/// How a table is to be read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The name of the file, as places are to have it.
    pub file: String,
    /// What its columns mean; without one it is guessed.
    pub mapping: Option<Mapping>,
    /// The day of statements that have none.
    pub import_day: Day,
}

/// What can be read from its beginning more than once.
pub type Source = Box<dyn Fn() -> io::Result<Box<dyn io::Read + Send>> + Send>;

/// A table: an iterator of what its rows tell.
pub struct Table {
    file: String,
    rows: Rows,
    plan: Plan,
    guess: Option<Guess>,
    mapping: Mapping,
    votes: DateVotes,
    /// Rows that were read to guess from.
    ahead: VecDeque<Result<Row, NoRow>>,
    /// Records of the last row that are still to come.
    ready: VecDeque<Read>,
    /// Sheets of the same book, by their places, that are not read.
    unread: VecDeque<String>,
}

/// What a table is read from, any number of times.
#[derive(Clone, Copy)]
enum Input<'a> {
    Text(&'a Source),
    Sheet(&'a Book, &'a str),
}

impl Table {
    /// Opens a file. Of an Excel book the first sheet is read that can be; each other one with
    /// something in it is an error of its own at the end, so that nothing vanishes unsaid. Places
    /// in a book have the name of the sheet after that of the file: `book.xlsx!People`.
    ///
    /// # Errors
    /// When it cannot be read, has no header, is of no known kind, or lacks a column of the
    /// mapping.
    ///
    /// # Memory
    /// One row; of an Excel book, besides, the texts that its cells share.
    pub fn open(path: &Path, options: Options) -> Result<Self, FileError> {
        if book::is_book(path)? {
            return Self::from_book(&Book::open(path)?, &options);
        }
        let path: PathBuf = path.to_owned();
        let source: Source = Box::new(move || {
            let file = std::fs::File::open(&path)?;
            Ok(Box::new(file))
        });
        Self::from_source(&source, options)
    }

    /// Opens what may be read twice: where dates or weights must be known as a whole before the
    /// first row can be understood, the file is read once for them alone.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn from_source(source: &Source, options: Options) -> Result<Self, FileError> {
        let file = options.file.clone();
        Self::from_input(Input::Text(source), file, options)
    }

    /// Opens the sheet of this name, as [`Self::open`] does the first that can be read.
    ///
    /// # Errors
    /// As [`Self::open`], and when there is no such sheet or the file is no Excel book.
    pub fn open_sheet(path: &Path, sheet: &str, options: Options) -> Result<Self, FileError> {
        if !book::is_book(path)? {
            return Err(plain(&options.file, "it is no Excel book".to_owned()));
        }
        let book = Book::open(path)?;
        if !book.sheets.iter().any(|name| name == sheet) {
            let names = book.sheets.join("`, `");
            return Err(plain(&options.file, format!("no such sheet; there are: `{names}`")));
        }
        let file = format!("{}!{sheet}", options.file);
        Self::from_input(Input::Sheet(&book, sheet), file, options)
    }

    fn from_book(book: &Book, options: &Options) -> Result<Self, FileError> {
        let mut first = None;
        for sheet in &book.sheets {
            let file = format!("{}!{sheet}", options.file);
            match Self::from_input(Input::Sheet(book, sheet), file, options.clone()) {
                Ok(mut table) => {
                    let others = book.sheets.iter().filter(|name| *name != sheet);
                    let others = others.filter(|name| book.sheet(name).next().is_some());
                    let file = |name: &String| format!("{}!{name}", options.file);
                    table.unread = others.map(file).collect();
                    return Ok(table);
                }
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or_else(|| plain(&options.file, "the book has no sheet".to_owned())))
    }

    /// `file` is how places name what is read; the name in the options tells its kind.
    fn from_input(input: Input, file: String, options: Options) -> Result<Self, FileError> {
        let fault = |error| file_error(&file, error);
        let mut rows = open_rows(input, options.mapping.as_ref()).map_err(fault)?;
        let named = rows.headers().len();
        let mut ahead = VecDeque::new();
        while ahead.len() < SAMPLE_ROWS
            && let Some(row) = rows.next()
        {
            ahead.push_back(row);
        }
        let sample: Vec<Row> = ahead.iter().filter_map(|row| row.as_ref().ok().cloned()).collect();
        let (folder, stem) = names(&options.file);
        // Cells beyond the last name are no columns of tables of this kind.
        let named = match rows.shape() {
            Shape::Delimited(_) | Shape::Sheet => &rows.headers()[..named],
            Shape::JsonLines => rows.headers(),
        };
        let evidence = guess::Evidence { headers: named, rows: &sample, stem, folder };
        let guess = evidence.guess();
        let mapping = match (options.mapping, &guess) {
            (Some(mapping), _) => mapping,
            (None, Some(guess)) => guess.mapping.clone(),
            (None, None) => return Err(unknown(&file, rows.headers())),
        };
        check_columns(&file, &mapping, rows.headers())?;
        let system = mapping.system.clone().or_else(|| guess::system_of(stem));
        let system = system.or_else(|| SystemName::new("table").ok());
        let system = system.ok_or_else(|| plain(&file, "it has no name".to_owned()))?;
        let mut plan = Plan::new(mapping.clone(), system, options.import_day);
        plan.extend(rows.headers());
        let mut table = Self {
            file,
            rows,
            plan,
            guess,
            mapping,
            votes: DateVotes::default(),
            ahead,
            ready: VecDeque::new(),
            unread: VecDeque::new(),
        };
        table.learn(input, &sample)?;
        Ok(table)
    }

    /// What was guessed of the columns; nothing where they are of no known kind.
    pub fn guess(&self) -> Option<&Guess> {
        self.guess.as_ref()
    }

    /// What the columns are taken for: as the mapping file says, or as was guessed.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// How the file is written.
    pub fn shape(&self) -> (Shape, Encoding) {
        (self.rows.shape(), self.rows.encoding())
    }

    /// The names of its columns.
    pub fn headers(&self) -> &[String] {
        self.rows.headers()
    }

    /// Reads the whole file once, where one row alone cannot be understood.
    fn learn(&mut self, input: Input, sample: &[Row]) -> Result<(), FileError> {
        for row in sample {
            self.see_dates(row);
        }
        let dates = self.votes != DateVotes::default() && self.mapping.dates.is_none();
        let weights = self.plan.has(Meaning::Weight);
        if !dates && !weights {
            return Ok(());
        }
        let fault = |error| file_error(&self.file, error);
        let again = open_rows(input, Some(&self.mapping)).map_err(fault)?;
        let mut all_are_scores = weights;
        for row in again.flatten() {
            self.see_dates(&row);
            for cell in self.plan.cells(&row, Meaning::Weight) {
                let number = values::number(cell);
                all_are_scores &= number.is_some_and(|number| number > 0.0 && number <= 1.0);
            }
        }
        self.plan.weights_are_scores = all_are_scores;
        self.plan.dates = self.mapping.dates.or(self.votes.format());
        Ok(())
    }

    fn see_dates(&mut self, row: &Row) {
        for meaning in [Meaning::When, Meaning::FromDate, Meaning::ToDate] {
            for cell in self.plan.cells(row, meaning) {
                self.votes.see(cell);
            }
        }
    }

    fn take(&mut self, row: Result<Row, NoRow>) {
        let row = match row {
            Ok(row) => row,
            Err(NoRow::Bad { line, reason }) => return self.refuse(line, reason),
            Err(NoRow::Io(error)) => {
                return self.refuse(0, format!("reading stopped: {error}"));
            }
        };
        self.plan.extend(self.rows.headers());
        if self.mapping.dates.is_none() {
            self.see_dates(&row);
            self.plan.dates = self.votes.format();
        }
        match self.plan.records(&row) {
            Ok(records) => {
                let file = &self.file;
                self.ready.extend(records.into_iter().map(|record| {
                    let place = Place { file: file.clone(), line: row.line };
                    Ok(Located { place, record })
                }));
            }
            Err(reason) => self.refuse(row.line, reason),
        }
    }

    /// Says of the next sheet that it is not read; nothing where all were named.
    fn name_unread(&mut self) -> Option<()> {
        let place = Place { file: self.unread.pop_front()?, line: 1 };
        let reason = "this sheet was not read, another was; save it as a file of its own";
        self.ready.push_back(Err(RowError { place, reason: reason.to_owned() }));
        Some(())
    }

    fn refuse(&mut self, line: u64, reason: String) {
        let place = Place { file: self.file.clone(), line };
        self.ready.push_back(Err(RowError { place, reason }));
    }
}

impl Iterator for Table {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        while self.ready.is_empty() {
            match self.ahead.pop_front().or_else(|| self.rows.next()) {
                Some(row) => self.take(row),
                None => self.name_unread()?,
            }
        }
        self.ready.pop_front()
    }
}

fn open_rows(input: Input, mapping: Option<&Mapping>) -> Result<Rows, NoRow> {
    let is_header = |cells: &csv::StringRecord| {
        let Some(mapping) = mapping else { return false };
        let named = |cell: &str| mapping.columns.contains_key(cell.trim());
        let wanted = mapping.columns.len().div_ceil(2);
        wanted > 0 && cells.iter().filter(|cell| named(cell)).count() >= wanted
    };
    match input {
        Input::Text(source) => Rows::open(source().map_err(NoRow::Io)?, &is_header),
        Input::Sheet(book, sheet) => Rows::of_sheet(book.sheet(sheet), &is_header),
    }
}

/// The folder and the stem of a path.
fn names(file: &str) -> (Option<&str>, &str) {
    let path = Path::new(file);
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or(file);
    (folder, stem)
}

fn check_columns(file: &str, mapping: &Mapping, headers: &[String]) -> Result<(), FileError> {
    let missing: Vec<String> = mapping
        .columns
        .keys()
        .filter(|column| !headers.contains(column))
        .map(|column| format!("`{column}`"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let reason = format!(
        "the mapping names columns that are not there: {}; the file has: {}",
        missing.join(", "),
        headers.join(", ")
    );
    Err(plain(file, reason))
}

fn unknown(file: &str, headers: &[String]) -> FileError {
    let reason = format!(
        "what this table holds cannot be told from its columns ({}); give a mapping",
        headers.iter().take(20).cloned().collect::<Vec<_>>().join(", ")
    );
    plain(file, reason)
}

fn plain(file: &str, reason: String) -> FileError {
    FileError { file: file.to_owned(), reason, source: None }
}

/// A fault that leaves nothing of a file.
pub(in crate::formats) fn file_error(file: &str, error: NoRow) -> FileError {
    match error {
        NoRow::Bad { reason, .. } => plain(file, reason),
        NoRow::Io(error) => FileError {
            file: file.to_owned(),
            reason: "it cannot be read".to_owned(),
            source: Some(error),
        },
    }
}

#[cfg(test)]
pub(in crate::formats) mod tests;
