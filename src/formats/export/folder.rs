//! A folder that is there whole, or not at all.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{EDGES, MARKER, NODES, Part};
use crate::formats::FileError;

/// A folder that is being filled under another name.
pub(super) struct Folder {
    wanted: PathBuf,
    filling: PathBuf,
    is_done: bool,
}

impl Folder {
    /// Begins a folder.
    ///
    /// # Errors
    /// When there is something at its path that is no export, or it cannot be made.
    pub(super) fn begin(path: &Path) -> Result<Self, FileError> {
        let wanted = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let Some(name) = wanted.file_name().and_then(|name| name.to_str()) else {
            return Err(fault(path, "it is no name for a folder", None));
        };
        check_free(&wanted)?;
        let filling = wanted.with_file_name(format!(".{name}.part"));
        if filling.exists() {
            // Left behind by an export that was cut off.
            clear(&filling)?;
        }
        fs::create_dir(&filling).map_err(|error| {
            fault(&wanted, "the folder that is to hold it cannot be written", Some(error))
        })?;
        Ok(Self { wanted, filling, is_done: false })
    }

    /// Where a file is to be written for now.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.filling.join(name)
    }

    /// Gives the folder its name; an export that was there before is taken away.
    pub(super) fn finish(mut self) -> Result<(), FileError> {
        check_free(&self.wanted)?;
        let moved = |error| fault(&self.wanted, "it cannot be given its name", Some(error));
        if !self.wanted.exists() {
            fs::rename(&self.filling, &self.wanted).map_err(moved)?;
            self.is_done = true;
            return Ok(());
        }
        let name = self.wanted.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let before = self.wanted.with_file_name(format!(".{name}.before"));
        if before.exists() {
            clear(&before)?;
        }
        fs::rename(&self.wanted, &before).map_err(moved)?;
        if let Err(error) = fs::rename(&self.filling, &self.wanted) {
            // Should this fail too, the export before stands beside, under its other name.
            let _ = fs::rename(&before, &self.wanted);
            return Err(moved(error));
        }
        self.is_done = true;
        clear(&before)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_done {
            let _ = clear(&self.filling);
        }
    }
}

/// Whether a file is one that an export has.
fn is_ours(name: &str) -> bool {
    Part::ALL.iter().any(|part| part.file() == name) || [MARKER, NODES.0, EDGES.0].contains(&name)
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entry =
        |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
    fs::read_dir(folder)?.map(entry).collect()
}

/// Refuses a path where something is that is neither an empty folder nor an export alone.
fn check_free(path: &Path) -> Result<(), FileError> {
    if !path.exists() {
        return Ok(());
    }
    let unreadable = |error| fault(path, "it cannot be looked into", Some(error));
    let found = if path.is_dir() { names(path).map_err(unreadable)? } else { Vec::new() };
    let reason = if !path.is_dir() {
        "there is a file of this name".to_owned()
    } else if let Some(other) = found.iter().find(|name| !is_ours(name)) {
        format!("the folder holds `{other}`, which is no part of an export; choose another")
    } else if !found.is_empty() && !found.iter().any(|name| name == MARKER) {
        "the folder holds files of the same names that are no export; choose another".to_owned()
    } else {
        return Ok(());
    };
    Err(fault(path, &reason, None))
}

/// Takes away a folder of ours, file by file, so that nothing else can vanish with it.
fn clear(folder: &Path) -> Result<(), FileError> {
    let clear = || {
        for name in names(folder)?.iter().filter(|name| is_ours(name)) {
            fs::remove_file(folder.join(name))?;
        }
        fs::remove_dir(folder)
    };
    clear().map_err(|error| fault(folder, "it is in the way and cannot be removed", Some(error)))
}

pub(super) fn fault(path: &Path, reason: &str, source: Option<io::Error>) -> FileError {
    FileError { file: path.display().to_string(), reason: reason.to_owned(), source }
}
