//! A copy of a file while it is in use, and a file made out of a copy.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use super::{SqliteStore, open};
use crate::store::{StoreError, StoreResult};

impl SqliteStore {
    /// Copies a store into a new file, as it is at one moment; others may read and write it
    /// meanwhile. The copy is whole or not there.
    ///
    /// # Errors
    /// `CannotOpen` when there is no such store, or the new file is there already; `Backend` when
    /// the copy fails, such as for want of room.
    pub fn back_up(from: &Path, to: &Path) -> StoreResult<()> {
        refuse_existing(to)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let missing = |_| cannot(from, "is no store that can be opened; name another with --store");
        let source = Connection::open_with_flags(from, flags).map_err(missing)?;
        source.busy_timeout(open::patience())?;
        open::ours(from, &source)?;
        let partial = beside(to, ".partial");
        remove_if_there(&partial)?;
        source.execute("VACUUM INTO ?1", [partial.to_string_lossy()])?;
        keep(&partial, to)
    }

    /// Makes a store out of a copy, after it has checked that the copy holds what it should.
    ///
    /// # Errors
    /// `CannotOpen` when the copy is no store, or is damaged, or the store is there already; then
    /// nothing is made.
    pub async fn restore(from: &Path, to: &Path) -> StoreResult<()> {
        refuse_existing(to)?;
        if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| unwritten(to, &error))?;
        }
        let partial = beside(to, ".partial");
        remove_if_there(&partial)?;
        fs::copy(from, &partial).map_err(|error| unwritten(from, &error))?;
        if let Err(error) = Self::checked(&partial).await {
            // Its log too, which is left behind where the file is damaged.
            for end in ["", "-wal", "-shm"] {
                remove_if_there(&beside(&partial, end))?;
            }
            return Err(error);
        }
        keep(&partial, to)
    }

    async fn checked(copy: &Path) -> StoreResult<()> {
        keep_a_log(copy)?;
        let store = Self::open(copy)?;
        let findings = store.check().await;
        // It must be closed before its file gets another name, or its log stays behind.
        drop(store);
        match findings?.first() {
            None => Ok(()),
            Some(finding) => {
                Err(cannot(copy, &format!("is damaged ({finding}); take another copy")))
            }
        }
    }
}

/// Turns the log on while nobody else has the file open: the first to close one that several opened
/// without a log leaves an empty log behind.
fn keep_a_log(copy: &Path) -> StoreResult<()> {
    let connection = Connection::open(copy)?;
    open::ours(copy, &connection)?;
    Ok(connection.pragma_update(None, "journal_mode", "WAL")?)
}

fn refuse_existing(file: &Path) -> StoreResult<()> {
    if file.exists() {
        return Err(cannot(file, "is there already; move it away, or name another file"));
    }
    Ok(())
}

/// Gives a whole file its name, once all of it is on the disk.
fn keep(partial: &Path, to: &Path) -> StoreResult<()> {
    let written = File::open(partial).and_then(|file| file.sync_all());
    let written = written.and_then(|()| fs::rename(partial, to));
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let written = written.and_then(|()| File::open(folder.unwrap_or(Path::new(".")))?.sync_all());
    written.map_err(|error| unwritten(to, &error))
}

fn remove_if_there(file: &Path) -> StoreResult<()> {
    if file.exists() {
        fs::remove_file(file).map_err(|error| unwritten(file, &error))
    } else {
        Ok(())
    }
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn unwritten(file: &Path, error: &std::io::Error) -> StoreError {
    cannot(file, &format!("cannot be copied ({error})"))
}

fn cannot(file: &Path, why: &str) -> StoreError {
    StoreError::CannotOpen(format!("{} {why}", file.display()))
}
