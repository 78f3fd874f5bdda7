//! A file while it comes.

use std::{
    fs,
    io::{Seek as _, SeekFrom, Write as _},
    path::PathBuf,
};

use sha2::{Digest as _, Sha256};

use crate::{
    model::Timestamp,
    service::{ServiceError, ServiceResult, in_background},
};

use super::{
    ContentHash, Uploaded, failed,
    folder::{self, Held},
    other_content,
};

/// From so many bytes on they go to the disk.
const WRITTEN_AT_ONCE: usize = 1 << 20;

/// A file that comes. Dropped, what came in one go is gone; what came in parts waits.
#[derive(Debug)]
pub struct Taking {
    ink: Option<Ink>,
    waiting: Vec<u8>,
    length: u64,
    most: u64,
    kind: Kind,
}

/// What writes: it goes to where it may block, and comes back.
#[derive(Debug)]
struct Ink {
    file: fs::File,
    hasher: Option<Sha256>,
    now: Option<Timestamp>,
}

#[derive(Debug)]
enum Kind {
    Whole(Uploaded),
    Part(#[expect(dead_code, reason = "it is in our hands until this is dropped")] Held),
}

impl Taking {
    pub(super) fn whole(held: Held, name: &str, most: u64) -> ServiceResult<Self> {
        let path = held.path().join(name);
        let uploaded = Uploaded { file: path.clone(), held };
        uploaded.held.make().map_err(failed)?;
        let file = create(path)?;
        let ink = Ink { file, hasher: Some(Sha256::new()), now: None };
        Ok(Self::with(ink, 0, most, Kind::Whole(uploaded)))
    }

    pub(super) fn part(held: Held, now: Timestamp, offset: u64, most: u64) -> ServiceResult<Self> {
        held.make().map_err(failed)?;
        let mut file = create(held.path().join(folder::BYTES))?;
        // Somebody may have gone on with it since it was looked at.
        if file.seek(SeekFrom::End(0)).map_err(failed)? != offset {
            return Err(ServiceError::Busy {
                reason: "another request was at this upload",
                retry_after_ms: 200,
            });
        }
        folder::stamp(&file, now).map_err(failed)?;
        let ink = Ink { file, hasher: None, now: Some(now) };
        Ok(Self::with(ink, offset, most, Kind::Part(held)))
    }

    fn with(ink: Ink, length: u64, most: u64, kind: Kind) -> Self {
        Self { ink: Some(ink), waiting: Vec::new(), length, most, kind }
    }

    /// How many bytes have come, with those of earlier parts.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// How many bytes may still come.
    pub fn room(&self) -> u64 {
        self.most - self.length
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// `Invalid` when they are more than there is room for; `Busy` when the disk is full.
    pub async fn write(&mut self, bytes: &[u8]) -> ServiceResult<()> {
        if bytes.len() as u64 > self.room() {
            let message = format!("it is larger than {} bytes, the most that is taken", self.most);
            return Err(ServiceError::invalid("file", message));
        }
        self.length += bytes.len() as u64;
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= WRITTEN_AT_ONCE { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> ServiceResult<()> {
        let gone = || ServiceError::Internal("a file was written to after it had failed".into());
        let mut ink = self.ink.take().ok_or_else(gone)?;
        let waiting = std::mem::take(&mut self.waiting);
        let written = in_background(move || {
            ink.file.write_all(&waiting).map_err(failed)?;
            if let Some(hasher) = &mut ink.hasher {
                hasher.update(&waiting);
            }
            if let Some(now) = ink.now {
                folder::stamp(&ink.file, now).map_err(failed)?;
            }
            Ok(ink)
        });
        self.ink = Some(written.await?);
        Ok(())
    }

    /// Ends a part, or what came of it; gives how many bytes there are now.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn pause(mut self) -> ServiceResult<u64> {
        self.flush().await?;
        Ok(self.length)
    }

    /// Ends a file that came in one go.
    ///
    /// # Errors
    /// `Invalid` when it is empty, or its content is not the one that was announced.
    pub async fn finish(mut self, announced: Option<ContentHash>) -> ServiceResult<Uploaded> {
        if self.length == 0 {
            let message = "nothing was sent: send the bytes of the file as the body";
            return Err(ServiceError::invalid("file", message));
        }
        self.flush().await?;
        let hasher = self.ink.take().and_then(|ink| ink.hasher);
        let found = hasher.map(|hasher| ContentHash(hasher.finalize().into()));
        match (self.kind, found) {
            (_, Some(found)) if announced.is_some_and(|announced| announced != found) => {
                Err(other_content(found))
            }
            (Kind::Whole(uploaded), _) => Ok(uploaded),
            (Kind::Part(_), _) => {
                Err(ServiceError::invalid("file", "a part is no file: collect it by its hash"))
            }
        }
    }
}

fn create(path: PathBuf) -> ServiceResult<fs::File> {
    fs::OpenOptions::new().create(true).append(true).open(path).map_err(failed)
}
