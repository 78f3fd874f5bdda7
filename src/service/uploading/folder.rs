//! The folder in which uploads lie, each in a folder of its own.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use crate::model::Timestamp;

/// The file that holds what has come of an upload in parts.
pub(super) const BYTES: &str = "bytes";

/// A folder of folders, some of which are in somebody's hands.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
    held: Arc<Mutex<HashSet<PathBuf>>>,
}

/// The folder of one upload, in one pair of hands until it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    path: PathBuf,
    held: Arc<Mutex<HashSet<PathBuf>>>,
}

impl Held {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it, unless it is there.
    pub(super) fn make(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // The folder of all uploads may go away in between: once more makes it again.
        builder.create(&self.path).or_else(|_| builder.create(&self.path))
    }

    /// Takes it away with what lies in it.
    pub(super) fn remove(&self) {
        // Where it cannot be done now, the next sweep does it.
        let _left = fs::remove_dir_all(&self.path);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
        // The folder of all uploads goes with the last of them.
        let _others_are_there = self.path.parent().map(fs::remove_dir);
    }
}

/// The folders in which uploads wait.
#[derive(Debug, Default)]
pub(in crate::service) struct Folders(Mutex<Vec<Folder>>);

impl Folders {
    pub(super) fn add(&self, folder: Folder) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(folder);
    }

    /// Takes away whatever waits: it may be anybody's data.
    pub(in crate::service) fn sweep(&self) {
        let folders = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for folder in folders {
            folder.sweep(Timestamp::from_ms(i64::MAX));
        }
    }
}

impl Folder {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, held: Arc::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the folder of an upload into one's hands, unless it is in somebody else's.
    pub(super) fn hold(&self, name: &str) -> Option<Held> {
        let path = self.path.join(name);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = held.insert(path.clone());
        is_free.then(|| Held { path, held: Arc::clone(&self.held) })
    }

    fn inside(&self) -> Vec<PathBuf> {
        let inside = fs::read_dir(&self.path).into_iter().flatten().flatten();
        inside.map(|entry| entry.path()).collect()
    }

    /// How many uploads there are whose name begins so.
    pub(super) fn count(&self, beginning: &str) -> usize {
        let begins = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(beginning))
        };
        self.inside().iter().filter(|path| begins(path)).count()
    }

    /// Takes away what is in nobody's hands and was last written before a moment.
    pub(super) fn sweep(&self, before: Timestamp) {
        let before = system_time(before);
        let is_old = |path: &PathBuf| {
            let files = fs::read_dir(path).into_iter().flatten().flatten();
            let mut written = files.filter_map(|file| file.metadata().ok()?.modified().ok());
            written.all(|at| at < before)
        };
        for path in self.inside().into_iter().filter(is_old) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if let Some(held) = self.hold(&name) {
                held.remove();
            }
        }
    }
}

/// Notes when a file was last written, by the clock of the service.
pub(super) fn stamp(file: &fs::File, now: Timestamp) -> io::Result<()> {
    file.set_modified(system_time(now))
}

fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(at.as_ms().try_into().unwrap_or(0))
}
