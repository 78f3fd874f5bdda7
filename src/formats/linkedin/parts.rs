//! The files of an archive, in a ZIP or in a folder.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use flate2::{Crc, read::DeflateDecoder};
use zip::{CompressionMethod, ZipArchive};

use crate::formats::{FileError, table::Source};

/// The most files of an archive.
const FILES_MAX: usize = 10_000;
/// The deepest folder that is looked into.
const DEPTH_MAX: usize = 4;
/// The most bytes of all files of a ZIP together, unpacked.
const TOTAL_BYTES_MAX: u64 = 4 << 30;
/// A file may be so many times as large as its packed form; text rarely is twenty times.
const RATIO_MAX: u64 = 200;
/// Smaller files may have any ratio.
const RATIO_FREE_BYTES: u64 = 1 << 20;

/// What a file of an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Profile,
    EmailAddresses,
    Positions,
    Connections,
    Invitations,
    Messages,
    CompanyFollows,
}

/// One file that can be read, any number of times.
pub(super) struct Part {
    pub(super) kind: Kind,
    /// Its path inside the archive.
    pub(super) name: String,
    pub(super) open: Source,
}

/// The files that are known, in the order in which they are read, and the names of the others.
pub(super) fn list(path: &Path) -> Result<(Vec<Part>, Vec<String>), FileError> {
    let files = if path.is_dir() {
        in_folder(path)
    } else if is_zip(path).map_err(|error| unreadable(path, error))? {
        return in_zip(path);
    } else {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(vec![(name.unwrap_or_default(), path.to_owned())])
    };
    let files = files.map_err(|error| unreadable(path, error))?;
    if files.len() > FILES_MAX {
        return Err(refused(path, format!("it has more than {FILES_MAX} files")));
    }
    let files = files.into_iter().map(|(name, file)| {
        let open: Source = Box::new(move || Ok(Box::new(File::open(&file)?)));
        (name, open)
    });
    Ok(sort(files))
}

fn sort(files: impl Iterator<Item = (String, Source)>) -> (Vec<Part>, Vec<String>) {
    let (mut parts, mut others) = (Vec::new(), Vec::new());
    for (name, open) in files {
        match kind_of(&name) {
            Some(kind) => parts.push(Part { kind, name, open }),
            None => others.push(name),
        }
    }
    parts.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    (parts, others)
}

/// What a file holds, by its name: without folders, ending and the number of a member.
fn kind_of(name: &str) -> Option<Kind> {
    let base = name.rsplit(['/', '\\']).next()?.to_lowercase();
    let stem = base.strip_suffix(".csv")?;
    let stem = match stem.rsplit_once('_') {
        Some((stem, id)) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        _ => stem,
    };
    Some(match stem.replace('_', " ").trim() {
        "profile" => Kind::Profile,
        "email addresses" => Kind::EmailAddresses,
        "positions" => Kind::Positions,
        "connections" => Kind::Connections,
        "invitations" => Kind::Invitations,
        "messages" => Kind::Messages,
        "company follows" => Kind::CompanyFollows,
        _ => return None,
    })
}

fn in_folder(root: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let (mut files, mut folders) = (Vec::new(), vec![(root.to_owned(), 0)]);
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let (path, is) = (entry.path(), entry.file_type()?);
            if is.is_dir() && depth < DEPTH_MAX {
                folders.push((path, depth + 1));
            } else if is.is_file() && files.len() <= FILES_MAX {
                let name = path.strip_prefix(root).unwrap_or(&path);
                files.push((name.to_string_lossy().replace('\\', "/"), path));
            }
        }
    }
    files.sort();
    Ok(files)
}

fn is_zip(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut start)?;
    Ok(start.starts_with(b"PK"))
}

fn in_zip(path: &Path) -> Result<(Vec<Part>, Vec<String>), FileError> {
    let broken = |error: zip::result::ZipError| {
        refused(path, format!("it is no whole ZIP file ({error}); download it again"))
    };
    let file = File::open(path).map_err(|error| unreadable(path, error))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    if archive.len() > FILES_MAX {
        return Err(refused(path, format!("it has more than {FILES_MAX} files")));
    }
    let (mut files, mut total) = (Vec::new(), 0_u64);
    for ix in 0..archive.len() {
        let entry = archive.by_index_raw(ix).map_err(broken)?;
        let name: String = entry.name().chars().filter(|c| !c.is_control()).take(300).collect();
        let (packed, size) = (entry.compressed_size(), entry.size());
        total = total.saturating_add(size);
        let is_bomb = size > RATIO_FREE_BYTES && size / packed.max(1) > RATIO_MAX;
        if is_bomb || total > TOTAL_BYTES_MAX {
            let reason = format!(
                "`{name}` would unpack to {size} bytes from {packed}: no archive of text is like \
                 that; it was not read"
            );
            return Err(refused(path, reason));
        }
        if entry.is_dir() || kind_of(&name).is_none() {
            files.extend((!entry.is_dir()).then_some((name, None)));
            continue;
        }
        let method = entry.compression();
        let known = matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated);
        let Some(start) = entry.data_start().filter(|_| known && !entry.encrypted()) else {
            return Err(refused(path, format!("`{name}` is encrypted, or packed in a rare way")));
        };
        let is_deflated = method == CompressionMethod::Deflated;
        let packed = Packed { start, length: packed, size, crc: entry.crc32(), is_deflated };
        files.push((name, Some(packed)));
    }
    let path = path.to_owned();
    let files = files.into_iter().map(|(name, packed)| {
        let path = path.clone();
        let open: Source = Box::new(move || match packed {
            Some(packed) => packed.open(&path),
            None => Err(io::ErrorKind::Unsupported.into()),
        });
        (name, open)
    });
    Ok(sort(files))
}

/// Where a file lies in a ZIP, and what must come out of it.
#[derive(Debug, Clone, Copy)]
struct Packed {
    start: u64,
    length: u64,
    size: u64,
    crc: u32,
    is_deflated: bool,
}

impl Packed {
    fn open(self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.start))?;
        let raw = BufReader::new(file).take(self.length);
        let input: Box<dyn Read + Send> =
            if self.is_deflated { Box::new(DeflateDecoder::new(raw)) } else { Box::new(raw) };
        Ok(Box::new(Checked { input, left: self.size, crc: Crc::new(), wanted: self.crc }))
    }
}

/// Lets through as many bytes as were promised, and says when they are others.
struct Checked {
    input: Box<dyn Read + Send>,
    left: u64,
    crc: Crc,
    wanted: u32,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the ZIP file is damaged");
        let read = self.input.read(buffer)?;
        self.crc.update(&buffer[..read]);
        self.left = self.left.checked_sub(read as u64).ok_or_else(damaged)?;
        let is_over = read == 0 && !buffer.is_empty();
        if is_over && (self.left > 0 || self.crc.sum() != self.wanted) {
            return Err(damaged());
        }
        Ok(read)
    }
}

pub(super) fn refused(path: &Path, reason: String) -> FileError {
    FileError { file: name_of(path), reason, source: None }
}

fn unreadable(path: &Path, error: io::Error) -> FileError {
    FileError { file: name_of(path), reason: "it cannot be read".to_owned(), source: Some(error) }
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name_wherever_it_lies() {
        for (name, wanted) in [
            ("Connections.csv", Some(Kind::Connections)),
            ("Basic_LinkedInDataExport/Email Addresses.csv", Some(Kind::EmailAddresses)),
            ("a b\\messages_123456.csv", Some(Kind::Messages)),
            ("guide_messages.csv", None),
            ("learning_role_play_messages.csv", None),
            ("LearningCoachMessages.csv", None),
            ("messages.html", None),
        ] {
            assert_eq!(kind_of(name), wanted, "{name}");
        }
    }
}
