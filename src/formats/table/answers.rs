//! A table that is written back with answers beside its rows.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use crate::formats::export::guarded;

/// A CSV file (UTF-8 with its mark) that appears under its name when it is whole. No cell of it is
/// a formula.
#[derive(Debug)]
pub struct AnswerFile {
    path: PathBuf,
    unfinished: PathBuf,
    rows: csv::Writer<BufWriter<File>>,
}

impl AnswerFile {
    /// Begins a file, and writes its header.
    ///
    /// # Errors
    /// When there is a file of that name already, and when it cannot be written.
    pub fn create<'c>(path: &Path, header: impl IntoIterator<Item = &'c str>) -> io::Result<Self> {
        if path.exists() {
            let message = "it exists already; name another with --output";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".unfinished");
        let unfinished = path.with_file_name(name);
        let mut file = BufWriter::new(File::create(&unfinished)?);
        // Without the mark spreadsheets take names for Latin-1.
        file.write_all("\u{feff}".as_bytes())?;
        let rows = csv::Writer::from_writer(file);
        let mut new = Self { path: path.to_owned(), unfinished, rows };
        new.add(header)?;
        Ok(new)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> io::Result<()> {
        self.rows.write_record(cells.into_iter().map(guarded)).map_err(io::Error::other)
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.rows.flush()?;
        self.rows.get_ref().get_ref().sync_all()?;
        std::fs::rename(&self.unfinished, &self.path)
    }
}

impl Drop for AnswerFile {
    fn drop(&mut self) {
        // Once it has its name there is nothing left to take away.
        let _ = std::fs::remove_file(&self.unfinished);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_appears_when_it_is_whole_and_holds_no_formula() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.csv");
        let mut file = AnswerFile::create(&path, ["account", "path"]).unwrap();
        file.add(["=1+1", "Ana, then \"Ben\""]).unwrap();
        assert!(!path.exists());
        file.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "\u{feff}account,path\n'=1+1,\"Ana, then \"\"Ben\"\"\"\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(AnswerFile::create(&path, ["account"]).is_err());
    }

    #[test]
    fn one_that_is_given_up_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        drop(AnswerFile::create(&folder.path().join("answers.csv"), ["account"]).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
