//! Files that are sent to be imported: kept while they come, and gone as soon as they are read.
//!
//! A file comes in one go ([`Uploads::take`]) or, by its content hash, in parts that wait for each
//! other ([`Uploads::go_on`], [`Uploads::collect`]). Either way it ends as an [`Uploaded`], which
//! takes its file away when it is dropped. What a member sent is found by that member alone.

mod folder;
mod taking;

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use sha2::{Digest, Sha256};

use crate::model::{Role, Scope};

use super::{
    BegunImport, ImportFile, RefusalCode, ServiceError, ServiceResult, Tertius, Viewer,
    in_background,
};

pub(super) use folder::Folders;
use folder::{Folder, Held};
pub use taking::Taking;

/// The most bytes of a file's name that are kept.
const NAME_BYTES_MAX: usize = 200;

/// What tells a file's content from any other: SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentHash(pub [u8; 32]);

impl FromStr for ContentHash {
    type Err = ServiceError;

    /// Reads 64 digits from 0 to f.
    fn from_str(text: &str) -> ServiceResult<Self> {
        let wrong = || ServiceError::invalid("sha256", "a SHA-256 has 64 digits from 0 to f");
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut hash = [0; 32];
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(hash))
    }
}

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Keeps what is sent until it is imported.
#[derive(Debug)]
pub struct Uploads {
    tertius: Arc<Tertius>,
    folder: Folder,
}

/// A file that is here as a whole; it goes when this is dropped.
#[derive(Debug)]
pub struct Uploaded {
    file: PathBuf,
    /// The folder in which it lies alone.
    held: Held,
}

impl Drop for Uploaded {
    fn drop(&mut self) {
        self.held.remove();
    }
}

impl Tertius {
    /// Says in which folder uploads wait that nobody here takes: they go when somebody is erased.
    pub fn uploads_wait_in(&self, folder: PathBuf) {
        self.upload_folders.add(Folder::at(folder));
    }
}

impl Uploads {
    /// Uploads in a folder, which is made when the first one comes; for the eyes of this user
    /// alone, where the system knows such a thing.
    pub fn in_folder(tertius: Arc<Tertius>, folder: PathBuf) -> Self {
        let folder = Folder::at(folder);
        tertius.upload_folders.add(folder.clone());
        Self { tertius, folder }
    }

    /// Uploads in a folder of their own among the system's temporary ones.
    pub fn in_temp_folder(tertius: Arc<Tertius>) -> Self {
        let name = format!("tertius-uploads-{:032x}", tertius.ids.fresh());
        Self::in_folder(tertius, std::env::temp_dir().join(name))
    }

    /// Takes a file that comes in one go; `name` is what its sender calls it.
    ///
    /// # Errors
    /// `Forbidden` for those who only read.
    pub async fn take(&self, viewer: &Viewer, name: &str) -> ServiceResult<Taking> {
        viewer.needs_for(Scope::Import, Role::Member)?;
        self.sweep().await?;
        let (held, name) = (self.fresh(), safe_name(name));
        let most = self.tertius.limits.upload_bytes_max;
        in_background(move || Taking::whole(held, &name, most)).await
    }

    /// How many bytes of a file of this content the viewer has sent.
    ///
    /// # Errors
    /// `Forbidden` for those who only read.
    pub async fn sent(&self, viewer: &Viewer, hash: ContentHash) -> ServiceResult<u64> {
        viewer.needs_for(Scope::Import, Role::Member)?;
        self.sweep().await?;
        let bytes = self.folder.path().join(part_name(viewer, hash)).join(folder::BYTES);
        in_background(move || Ok(fs::metadata(bytes).map_or(0, |found| found.len()))).await
    }

    /// Goes on with a file of this content behind the first `offset` bytes.
    ///
    /// # Errors
    /// `Refused` when there are more or fewer bytes, when another request goes on with it, or when
    /// too many uploads wait.
    pub async fn go_on(
        &self,
        viewer: &Viewer,
        hash: ContentHash,
        offset: u64,
    ) -> ServiceResult<Taking> {
        let sent = self.sent(viewer, hash).await?;
        if sent != offset {
            let message = format!("{sent} bytes are here: go on from there");
            return Err(ServiceError::refused(RefusalCode::Conflict, "Upload-Offset", message));
        }
        let held = self.hold(viewer, hash)?;
        let limits = &self.tertius.limits;
        let (most, waiting_max) = (limits.upload_bytes_max, limits.uploads_waiting_max);
        let (folder, whose) = (self.folder.clone(), whose(viewer));
        let now = self.tertius.clock.now();
        in_background(move || {
            if offset == 0 && !held.path().exists() && folder.count(&whose) >= waiting_max {
                let message = format!(
                    "{waiting_max} uploads of yours wait, which is the most: import one of them"
                );
                return Err(ServiceError::refused(RefusalCode::Conflict, "sha256", message));
            }
            Taking::part(held, now, offset, most)
        })
        .await
    }

    /// A file that was sent in parts, and is here as a whole now.
    ///
    /// # Errors
    /// `NotFound` when nothing of it is here; `Invalid` when the content is another, and then it
    /// is gone.
    pub async fn collect(
        &self,
        viewer: &Viewer,
        hash: ContentHash,
        name: &str,
    ) -> ServiceResult<Uploaded> {
        if self.sent(viewer, hash).await? == 0 {
            let message = format!("an upload of yours with the SHA-256 {hash}");
            return Err(ServiceError::NotFound(message));
        }
        let (held, fresh) = (self.hold(viewer, hash)?, self.fresh());
        let name = safe_name(name);
        in_background(move || {
            let found = hash_of(&held.path().join(folder::BYTES)).map_err(failed)?;
            if found != hash {
                held.remove();
                return Err(other_content(found));
            }
            fs::rename(held.path(), fresh.path()).map_err(failed)?;
            let file = fresh.path().join(name);
            let uploaded = Uploaded { file: file.clone(), held: fresh };
            fs::rename(uploaded.held.path().join(folder::BYTES), file).map_err(failed)?;
            Ok(uploaded)
        })
        .await
    }

    /// Begins to import a file that is here; `file` says how, and its path is not looked at.
    ///
    /// # Errors
    /// Those of [`Tertius::begin_import`]; a message names the file as its sender does.
    pub async fn begin_import(
        &self,
        viewer: &Viewer,
        uploaded: &Uploaded,
        file: ImportFile,
        dry_run: bool,
    ) -> ServiceResult<BegunImport> {
        let most = self.tertius.limits.mapping_bytes_max;
        if file.mapping.as_ref().is_some_and(|mapping| mapping.len() > most) {
            let message = format!("it is longer than {most} bytes, the most that is read");
            return Err(ServiceError::invalid("mapping", message));
        }
        let file = ImportFile { path: uploaded.file.clone(), ..file };
        let begun = self.tertius.begin_import(viewer, file, dry_run).await;
        begun.map_err(|error| match error {
            ServiceError::Invalid { argument, message } => {
                let ours =
                    format!("{}{}", uploaded.held.path().display(), std::path::MAIN_SEPARATOR);
                ServiceError::Invalid { argument, message: message.replace(&ours, "") }
            }
            other => other,
        })
    }

    /// Takes away what nobody went on with in time.
    async fn sweep(&self) -> ServiceResult<()> {
        let wait_ms = i64::from(self.tertius.limits.upload_wait_hours) * 3_600_000;
        let (folder, since) = (self.folder.clone(), self.tertius.clock.now().plus_ms(-wait_ms));
        in_background(move || {
            folder.sweep(since);
            Ok(())
        })
        .await
    }

    fn hold(&self, viewer: &Viewer, hash: ContentHash) -> ServiceResult<Held> {
        self.folder.hold(&part_name(viewer, hash)).ok_or_else(|| {
            let message = "another request is at this upload: wait for it";
            ServiceError::refused(RefusalCode::Conflict, "sha256", message)
        })
    }

    fn fresh(&self) -> Held {
        let name = format!("whole-{:032x}", self.tertius.ids.fresh());
        self.folder.hold(&name).expect("an id that was never given out is nobody's")
    }
}

fn whose(viewer: &Viewer) -> String {
    format!("{}-", viewer.member())
}

fn part_name(viewer: &Viewer, hash: ContentHash) -> String {
    format!("{}{hash}", whose(viewer))
}

/// A file's name without anything that could lead out of its folder.
fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\', ':']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control()).collect();
    let kept = kept.trim().trim_matches('.');
    // The end says what a file is, so it is the beginning that goes.
    let from = kept.len().saturating_sub(NAME_BYTES_MAX);
    let from = (from..=kept.len()).find(|&at| kept.is_char_boundary(at)).unwrap_or(from);
    match &kept[from..] {
        "" => "upload".to_owned(),
        name => name.to_owned(),
    }
}

fn other_content(found: ContentHash) -> ServiceError {
    let message =
        format!("what came has the SHA-256 {found}; it was dropped, so send it from its beginning");
    ServiceError::invalid("sha256", message)
}

fn hash_of(file: &Path) -> io::Result<ContentHash> {
    let (mut file, mut hasher) = (fs::File::open(file)?, Sha256::new());
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(ContentHash(hasher.finalize().into())),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// An error of the disk.
fn failed(error: io::Error) -> ServiceError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            ServiceError::Busy { reason: "there is no room for the file", retry_after_ms: 60_000 }
        }
        _ => ServiceError::Internal(Box::new(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_and_keeps_its_end() {
        for (name, kept) in [
            ("people.csv", "people.csv"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ana\\mail.mbox", "mail.mbox"),
            ("..", "upload"),
            ("", "upload"),
            ("a\0b\n.csv", "ab.csv"),
            ("dir/", "upload"),
            ("Kontakte März.csv", "Kontakte März.csv"),
        ] {
            assert_eq!(safe_name(name), kept, "{name:?}");
        }
        let long = safe_name(&format!("{}.csv", "ä".repeat(300)));
        assert!(long.len() <= NAME_BYTES_MAX && long.ends_with("ä.csv"));
    }
}
