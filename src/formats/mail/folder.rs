//! Files and folders of mail: Maildir, folders of messages and of mbox files, one file at a time.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use super::{
    head::is_field,
    letter::{Folder, Found},
    mbox::Letters,
};
use crate::formats::{FileError, Place, RowError};

/// How much of a file is read at once.
const BUFFER_BYTES: usize = 128 * 1024;

/// The deepest folder that is looked into.
const DEPTH_MAX: usize = 32;

/// Files that mail programs keep beside the mail.
const BESIDE: &[&str] = &["maildirfolder", "subscriptions", "thumbs.db", "desktop.ini"];
const BESIDE_STARTS: &[&str] = &["dovecot", "courier"];
const BESIDE_ENDS: &[&str] = &["msf", "dat", "json"];

/// The messages of a file or a folder. Of a folder the names of its files are kept in memory while
/// it is read, sorted: its messages come in the same order on every machine.
pub(super) struct Walk {
    root: PathBuf,
    /// What is still to be read, the next last.
    todo: Vec<(PathBuf, usize)>,
    open: Option<Letters<BufReader<File>>>,
    in_drafts: bool,
}

impl Walk {
    /// Begins at a file or a folder.
    pub(super) fn new(path: &Path) -> Result<Self, FileError> {
        let meta = fs::metadata(path).map_err(|error| FileError {
            file: path.display().to_string(),
            reason: "it cannot be opened".to_owned(),
            source: Some(error),
        })?;
        let root = if meta.is_dir() { Some(path) } else { path.parent() };
        Ok(Self {
            root: root.unwrap_or(path).to_owned(),
            todo: vec![(path.to_owned(), 0)],
            open: None,
            in_drafts: false,
        })
    }

    /// The path inside of what was given, the same on every system.
    fn name(&self, path: &Path) -> String {
        let inner = path.strip_prefix(&self.root).unwrap_or(path);
        let parts = inner.components().map(|part| part.as_os_str().to_string_lossy());
        parts.collect::<Vec<_>>().join("/")
    }

    /// Opens a file, or puts what is in a folder onto the list.
    fn enter(&mut self, path: &Path, depth: usize) -> Result<(), RowError> {
        let name = self.name(path);
        let failed =
            |reason: String| RowError { place: Place { file: name.clone(), line: 1 }, reason };
        let unreadable = |error: io::Error| failed(format!("it cannot be opened: {error}"));
        if path.is_dir() {
            if depth > DEPTH_MAX {
                return Err(failed(format!("folders lie more than {DEPTH_MAX} deep")));
            }
            let inside = files_of(path).map_err(unreadable)?;
            self.todo.extend(inside.into_iter().rev().map(|path| (path, depth + 1)));
            return Ok(());
        }
        let mut reader =
            BufReader::with_capacity(BUFFER_BYTES, File::open(path).map_err(unreadable)?);
        let kind = Kind::of(reader.fill_buf().map_err(unreadable)?);
        self.in_drafts = is_draft(&name);
        self.open = match kind {
            Kind::Empty => None,
            Kind::Mbox => Some(Letters::mbox(&name, reader)),
            Kind::Single => Some(Letters::single(&name, reader)),
            Kind::Other => return Err(failed(NO_MAIL.to_owned())),
        };
        Ok(())
    }
}

pub(super) const NO_MAIL: &str =
    "neither an mbox (`From sender date`) nor a message (`Name: value`) begins here";

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.open.as_mut().and_then(Iterator::next) {
                return Some(found.map(|(place, mut letter)| {
                    if self.in_drafts {
                        letter.folder = Folder::Drafts;
                    }
                    (place, letter)
                }));
            }
            self.open = None;
            let (path, depth) = self.todo.pop()?;
            if let Err(error) = self.enter(&path, depth) {
                return Some(Err(error));
            }
        }
    }
}

/// What kind of file one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing is in it.
    Empty,
    /// Many messages.
    Mbox,
    /// One message.
    Single,
    /// No mail.
    Other,
}

impl Kind {
    /// Tells it from how the file begins.
    pub(super) fn of(start: &[u8]) -> Self {
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        let mut lines = start.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        let Some(first) = lines.find(|line| !line.is_empty()) else { return Self::Empty };
        let counted = first.iter().all(u8::is_ascii_digit);
        if first.starts_with(b"From ") {
            Self::Mbox
        } else if is_field(first) || (counted && lines.next().is_some_and(is_field)) {
            Self::Single
        } else {
            Self::Other
        }
    }
}

/// What is to be read of a folder, sorted. What a Maildir has not taken over yet (`tmp`), links and
/// the files of mail programs are left out.
fn files_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let maildir = folder.join("cur").is_dir();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let ends =
            |ends: &[&str]| name.rsplit_once('.').is_some_and(|(_, end)| ends.contains(&end));
        let beside = BESIDE.contains(&name.as_str())
            || BESIDE_STARTS.iter().any(|start| name.starts_with(start))
            || name.starts_with('.')
            || ends(BESIDE_ENDS);
        let wanted = match (kind.is_dir(), kind.is_file()) {
            (true, _) => !(maildir && name == "tmp"),
            (_, true) => !beside,
            _ => false,
        };
        if wanted {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Whether the name of a Maildir's file marks a draft: `…:2,DS`, on Windows `…;2,DS`.
fn is_draft(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    [":2,", ";2,", "!2,"]
        .iter()
        .find_map(|mark| file.rsplit_once(mark))
        .is_some_and(|(_, flags)| flags.contains('D'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_its_beginning() {
        for (start, wanted) in [
            ("", Kind::Empty),
            ("\r\n\n", Kind::Empty),
            ("From ana Fri Mar", Kind::Mbox),
            ("\u{feff}Subject: x", Kind::Single),
            ("1204\nFrom: a", Kind::Single),
            ("PK\u{3}\u{4}", Kind::Other),
            ("hello world", Kind::Other),
        ] {
            assert_eq!(Kind::of(start.as_bytes()), wanted, "{start:?}");
        }
    }

    #[test]
    fn flags_of_drafts_are_read_on_every_system() {
        assert!(is_draft("cur/1.M1.host:2,DS"));
        assert!(is_draft("cur/1.M1.host;2,D"));
        assert!(!is_draft("D:2,x/cur/1.M1.host:2,S"));
    }
}
