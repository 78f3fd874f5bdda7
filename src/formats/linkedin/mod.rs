//! The archive that LinkedIn gives its members: a ZIP, the folder it unpacks to, or one file of
//! it.
//!
//! Of a message the archive's reader keeps who wrote to whom and when, and never what.

mod owner;
mod parts;
mod rows;
mod sheet;

use std::{collections::VecDeque, io::Read as _, path::Path};

pub use self::owner::Owner;
use self::{
    parts::{Kind, Part},
    rows::Reader,
    sheet::Sheet,
};
use crate::formats::{
    FileError, Located, Party, Place, Read, RowError, files, table::split::NoRow,
};

/// An archive: an iterator of what its files tell.
pub struct Archive {
    owner: Owner,
    reader: Reader,
    parts: VecDeque<Part>,
    others: Vec<String>,
    current: Option<(Part, Sheet)>,
    ready: VecDeque<Read>,
}

impl Archive {
    /// Whether a path looks like an archive: a ZIP with files of one, or files with its columns.
    pub fn is_one(path: &Path) -> bool {
        let Ok((parts, _)) = parts::list(path) else { return false };
        let has_columns = |part: &Part| {
            let mut start = Vec::new();
            let read = (part.open)().and_then(|file| file.take(8 << 10).read_to_end(&mut start));
            let start = String::from_utf8_lossy(&start).to_lowercase();
            let marks =
                ["connected on", "conversation id", "inviterprofileurl", "confirmed,primary"];
            read.is_ok() && marks.iter().any(|mark| start.contains(mark))
        };
        parts.iter().any(has_columns)
    }

    /// Opens an archive and finds out whose it is; `known` is what the caller knows of the owner,
    /// and goes before what the archive says.
    ///
    /// # Errors
    /// When it cannot be read, is damaged or a trap, holds no file that is known, or does not say
    /// whose it is while nobody else does.
    pub fn open(path: &Path, known: Option<Party>) -> Result<Self, FileError> {
        let (parts, others) = parts::list(path)?;
        if parts.is_empty() {
            let reason = "no file in it is one of a LinkedIn archive, such as Connections.csv";
            return Err(files::refused(path, reason.to_owned()));
        }
        let owner = owner::find(&parts);
        let party = owner.party(known);
        if party == Party::default() {
            let reason = "it does not say whose it is: give the whole archive, or say who you are";
            return Err(files::refused(path, reason.to_owned()));
        }
        let reader = Reader { owner: party, profile: owner.profile.clone() };
        let parts = parts.into();
        Ok(Self { owner, reader, parts, others, current: None, ready: VecDeque::new() })
    }

    /// Whose archive it is, as far as it says.
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// The owner as the records name them.
    pub fn owner_party(&self) -> &Party {
        &self.reader.owner
    }

    /// The files that are not read.
    pub fn others(&self) -> &[String] {
        &self.others
    }

    /// Goes on to the next file; `false` when there is none.
    fn next_part(&mut self) -> bool {
        let Some(part) = self.parts.pop_front() else { return false };
        match Sheet::open(&part.open, rows::wanted(part.kind)) {
            Ok(sheet) => self.current = Some((part, sheet)),
            Err(error) => self.refuse(&part.name, error),
        }
        true
    }

    fn next_row(&mut self) {
        let Some((part, mut sheet)) = self.current.take() else { return };
        match sheet.next_row() {
            None => return,
            Some(Err(error)) => self.refuse(&part.name, error),
            Some(Ok(row)) => {
                let place = Place { file: part.name.clone(), line: row.line };
                for told in self.reader.read(part.kind, &sheet, &row) {
                    let place = place.clone();
                    self.ready.push_back(match told {
                        Ok(record) => Ok(Located { place, record }),
                        Err(reason) => Err(RowError { place, reason: reason.to_owned() }),
                    });
                }
            }
        }
        self.current = Some((part, sheet));
    }

    fn refuse(&mut self, file: &str, error: NoRow) {
        let (line, reason) = match error {
            NoRow::Bad { line, reason } => (line, reason),
            NoRow::Io(error) => (0, format!("reading stopped: {error}")),
        };
        let place = Place { file: file.to_owned(), line };
        self.ready.push_back(Err(RowError { place, reason }));
    }
}

impl Iterator for Archive {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        loop {
            if let Some(read) = self.ready.pop_front() {
                return Some(read);
            }
            if self.current.is_some() {
                self.next_row();
            } else if !self.next_part() {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests;
