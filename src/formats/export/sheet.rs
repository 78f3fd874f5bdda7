//! One file of an export: rows with their cells in the order of its columns.

use super::{Part, cells};
use crate::formats::table::{
    Source,
    rows::Rows,
    split::{NoRow, Row},
};

/// A file that is read from its beginning.
pub(super) struct Sheet {
    rows: Rows,
    /// Where each column of the part stands.
    columns: Vec<usize>,
}

/// A row: its cells in the order of the columns of its part, guards taken off.
pub(super) struct Cells<'r> {
    row: &'r Row,
    columns: &'r [usize],
}

impl Sheet {
    /// Opens a file that must have the columns of its part, in any order.
    pub(super) fn open(part: Part, source: &Source) -> Result<Self, NoRow> {
        let place = |names: &[&str], wanted: &str| names.iter().position(|name| *name == wanted);
        let is_header = |cells: &csv::StringRecord| {
            let names: Vec<&str> = cells.iter().map(str::trim).collect();
            part.columns().iter().all(|wanted| place(&names, wanted).is_some())
        };
        let rows = Rows::open(source().map_err(NoRow::Io)?, &is_header)?;
        let names: Vec<&str> = rows.headers().iter().map(String::as_str).collect();
        let column = |wanted: &&str| {
            let reason = || format!("no column is called `{wanted}`");
            place(&names, wanted).ok_or_else(|| NoRow::Bad { line: 1, reason: reason() })
        };
        let columns = part.columns().iter().map(column).collect::<Result<_, _>>()?;
        Ok(Self { rows, columns })
    }

    pub(super) fn next_row(&mut self) -> Option<Result<Row, NoRow>> {
        self.rows.next()
    }

    pub(super) fn cells<'r>(&'r self, row: &'r Row) -> Cells<'r> {
        Cells { row, columns: &self.columns }
    }
}

impl Cells<'_> {
    /// The one value of a cell; an empty one where there is none.
    pub(super) fn one(&self, at: usize) -> String {
        cells::unescape(self.raw(at))
    }

    /// The values of a cell, each read by a constructor that can refuse.
    pub(super) fn each<T, E: ToString>(
        &self,
        at: usize,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, String> {
        let read = |value: String| read(&value).map_err(|error| error.to_string());
        cells::several(self.raw(at)).map(read).collect()
    }

    /// The value of a cell, if there is one.
    pub(super) fn maybe<T, E: ToString>(
        &self,
        at: usize,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, String> {
        let value = self.one(at);
        let some = (!value.is_empty()).then_some(value);
        some.map(|value| read(&value).map_err(|error| error.to_string())).transpose()
    }

    fn raw(&self, at: usize) -> &str {
        let cell = self.columns.get(at).map_or("", |&column| self.row.cell(column));
        cells::unguarded(cell.trim())
    }
}
