//! The notes of erasures, in a file beside the store: what a copy from before does not know.

use std::{
    fs::OpenOptions,
    io::Write as _,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OptionalExtension as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{error::backend, known};
use crate::{
    model::{Batch, Change, Excluded},
    store::{ErasureNote, StoreError, StoreResult},
};

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    /// Of which store: a hash of its secret, which copies share.
    store: String,
    #[serde(flatten)]
    note: ErasureNote,
}

/// Where the notes of a store lie.
pub(super) fn path_of(store: &Path) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(".erasures");
    path.into()
}

/// Notes what a batch erases, if it does, before that is done for good: done twice is no harm.
pub(super) fn note(db: &Connection, store: &Path, batch: &Batch) -> StoreResult<()> {
    for change in &batch.changes {
        let Change::ErasePerson(erasure, _) = change else { continue };
        let exclusions = batch.changes.iter().filter_map(|change| match change {
            Change::PutExclusion(one) if matches!(one.excluded, Excluded::Erased(_)) => Some(one),
            _ => None,
        });
        let exclusions = exclusions.cloned().collect();
        let note = ErasureNote { erasure: erasure.clone(), exclusions };
        let mut line = serde_json::to_string(&Line { store: name_of(db)?, note })?;
        line.push('\n');
        append(&path_of(store), &line).map_err(|error| {
            StoreError::Unavailable(format!(
                "the note of the erasure cannot be written to {} ({error}); nothing was erased",
                path_of(store).display()
            ))
        })?;
    }
    Ok(())
}

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

/// What was noted of this store and is not in it.
pub(super) fn to_repeat(db: &Connection, store: &Path) -> StoreResult<Vec<ErasureNote>> {
    let path = path_of(store);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(&path, &error)),
    };
    let name = name_of(db)?;
    let mut notes = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let is_last = text.lines().nth(at + 1).is_none();
        let line: Line = match serde_json::from_str(line) {
            Ok(line) => line,
            // Whoever wrote it stopped in the middle, before anything was erased.
            Err(_) if is_last && !text.ends_with('\n') => break,
            Err(error) => return Err(unreadable(&path, &format!("line {}: {error}", at + 1))),
        };
        let is_known = known::subject(db, line.note.erasure.id.into())?.is_some();
        if line.store == name && !is_known {
            notes.push(line.note);
        }
    }
    Ok(notes)
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::CannotOpen(format!(
        "{}: the notes of who was erased cannot be read ({error}); mend or restore that file, or \
         move it away if nobody was erased since this copy of the store was made",
        path.display()
    ))
}

/// What copies of one store have in common, and others have not.
fn name_of(db: &Connection) -> StoreResult<String> {
    let secret: Option<Vec<u8>> =
        db.query_row("SELECT value FROM secret", [], |row| row.get(0)).optional()?;
    let digest =
        Sha256::new_with_prefix("tertius erasures").chain_update(secret.unwrap_or_default());
    let digest = digest.finalize();
    let (first, _) = digest.split_first_chunk().ok_or_else(|| backend("a hash is too short"))?;
    Ok(format!("{:016x}", u64::from_be_bytes(*first)))
}
