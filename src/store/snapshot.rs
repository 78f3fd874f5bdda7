//! A file beside the store that holds what was computed from it, so that a restart need not.
//!
//! Nothing rests on it: what is stale, damaged, cut off or of another form is thrown away, and
//! computed anew. A file is its key, its body, and the SHA-256 of both.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufReader, BufWriter, Error, ErrorKind, Read, Result, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

const HASH_BYTES: u64 = 32;
const BUFFER: usize = 1 << 20;

/// One such file.
#[derive(Debug, Clone)]
pub struct SnapshotFile {
    path: PathBuf,
}

impl SnapshotFile {
    /// The one at a path, whether or not it is there.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps a body under a key, in place of what was kept. Whoever reads meanwhile sees what was
    /// there before.
    ///
    /// # Errors
    /// What the disk says; nothing is left of it then, and what was kept before stays.
    pub fn keep(
        &self,
        key: &[u8; 32],
        body: impl FnOnce(&mut dyn Write) -> Result<()>,
    ) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let part = self.part();
        let written = write(&part, key, body).and_then(|()| fs::rename(&part, &self.path));
        if written.is_err() {
            // What cannot be written can often still be removed.
            fs::remove_file(&part).ok();
        }
        written
    }

    /// Reads the body that is kept under a key; `body` gets the reader and how many bytes it has.
    /// Nothing where no file is there; a file that is not what it should be is thrown away.
    ///
    /// # Errors
    /// What the disk says, and `InvalidData` for what was thrown away.
    pub fn read<T>(
        &self,
        key: &[u8; 32],
        body: impl FnOnce(&mut dyn Read, u64) -> Result<T>,
    ) -> Result<Option<T>> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let read = read(file, key, body);
        if read.is_err() {
            self.throw_away()?;
        }
        read.map(Some)
    }

    /// Removes the file, and one that was being written.
    ///
    /// # Errors
    /// What the disk says; that nothing is there is none.
    pub fn throw_away(&self) -> Result<()> {
        for path in [&self.path, &self.part()] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn part(&self) -> PathBuf {
        let mut part = self.path.clone().into_os_string();
        part.push(".part");
        part.into()
    }
}

fn write(
    path: &Path,
    key: &[u8; 32],
    body: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = BufWriter::with_capacity(BUFFER, options.open(path)?);
    let mut to = Hashed { inner: file, hash: Sha256::new() };
    to.write_all(key)?;
    body(&mut to)?;
    let hash = to.hash.finalize();
    to.inner.write_all(&hash)?;
    to.inner.flush()
}

fn read<T>(
    file: File,
    key: &[u8; 32],
    body: impl FnOnce(&mut dyn Read, u64) -> Result<T>,
) -> Result<T> {
    let length = file.metadata()?.len();
    let wrong = |what| Error::new(ErrorKind::InvalidData, what);
    let inside = length.checked_sub(key.len() as u64 + HASH_BYTES);
    let inside = inside.ok_or_else(|| wrong("it is cut off"))?;
    let mut from = Hashed { inner: BufReader::with_capacity(BUFFER, file), hash: Sha256::new() };
    let mut found = [0; 32];
    from.read_exact(&mut found)?;
    if found != *key {
        return Err(wrong("it is of another moment"));
    }
    let value = body(&mut from, inside)?;
    let hash = std::mem::take(&mut from.hash).finalize();
    let mut kept = Vec::new();
    from.inner.read_to_end(&mut kept)?;
    if kept == hash[..] { Ok(value) } else { Err(wrong("its hash is another")) }
}

/// What goes through it is hashed.
struct Hashed<T> {
    inner: T,
    hash: Sha256,
}

impl<T: Write> Write for Hashed<T> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashed<T> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let read = self.inner.read(into)?;
        self.hash.update(&into[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn kept() -> (tempfile::TempDir, SnapshotFile) {
        let folder = tempfile::tempdir().unwrap();
        let file = SnapshotFile::at(folder.path().join("cache/net.work"));
        file.keep(&KEY, |to| to.write_all(b"who knows whom")).unwrap();
        (folder, file)
    }

    fn text(file: &SnapshotFile, key: &[u8; 32]) -> Result<Option<String>> {
        file.read(key, |from, left| {
            let mut bytes = vec![0; left as usize];
            from.read_exact(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        })
    }

    #[test]
    fn a_body_comes_back_under_its_key() {
        let (_folder, file) = kept();
        assert_eq!(text(&file, &KEY).unwrap().as_deref(), Some("who knows whom"));
        file.throw_away().unwrap();
        assert_eq!(text(&file, &KEY).unwrap(), None);
        file.throw_away().unwrap();
    }

    #[test]
    fn what_was_kept_under_another_key_is_thrown_away() {
        let (_folder, file) = kept();
        assert_eq!(text(&file, &[8; 32]).unwrap_err().kind(), ErrorKind::InvalidData);
        assert!(!file.path().exists());
    }

    #[test]
    fn every_damaged_byte_and_every_cut_is_found_and_thrown_away() {
        let (_folder, file) = kept();
        let whole = fs::read(file.path()).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(file.path(), damaged).unwrap();
            assert!(text(&file, &KEY).is_err(), "byte {at}");
            assert!(!file.path().exists());
            fs::write(file.path(), &whole[..at]).unwrap();
            assert!(text(&file, &KEY).is_err(), "cut at {at}");
        }
        fs::write(file.path(), [&whole[..], b"!"].concat()).unwrap();
        assert!(text(&file, &KEY).is_err());
    }

    #[test]
    fn a_body_that_cannot_be_written_leaves_what_was_kept_before() {
        let (folder, file) = kept();
        let full = |_: &mut dyn Write| Err(Error::new(ErrorKind::StorageFull, "full"));
        assert_eq!(file.keep(&[9; 32], full).unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(text(&file, &KEY).unwrap().as_deref(), Some("who knows whom"));
        let left = fs::read_dir(folder.path().join("cache")).unwrap().count();
        assert_eq!(left, 1, "nothing is left of it");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, file) = kept();
        assert_eq!(fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
