//! The files of a ZIP or of a folder, each of which can be read any number of times.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use flate2::{Crc, read::DeflateDecoder};
use zip::{CompressionMethod, ZipArchive};

use super::{FileError, table::Source};

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

/// The files that are wanted, each by its path inside, and the names of the others.
type Listed = (Vec<(String, Source)>, Vec<String>);

/// The files of a ZIP or a folder; a file that is neither is one by itself.
///
/// # Errors
/// When it cannot be read, has too many files, or is a ZIP that is damaged, a trap, or has a wanted
/// file that is encrypted.
pub(super) fn list(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Listed, FileError> {
    let files = if path.is_dir() {
        in_folder(path)
    } else if is_zip(path).map_err(|error| unreadable(path, error))? {
        return in_zip(path, wanted);
    } else {
        Ok(vec![(name_of(path), path.to_owned())])
    };
    let files = files.map_err(|error| unreadable(path, error))?;
    if files.len() > FILES_MAX {
        return Err(refused(path, format!("it has more than {FILES_MAX} files")));
    }
    let (mut found, mut others) = (Vec::new(), Vec::new());
    for (name, file) in files {
        if wanted(&name) {
            let open: Source = Box::new(move || Ok(Box::new(File::open(&file)?)));
            found.push((name, open));
        } else {
            others.push(name);
        }
    }
    Ok((found, others))
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

pub(super) fn is_zip(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut start)?;
    Ok(start.starts_with(b"PK"))
}

fn in_zip(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Listed, FileError> {
    let broken = |error: zip::result::ZipError| {
        refused(path, format!("it is no whole ZIP file ({error}); download it again"))
    };
    let file = File::open(path).map_err(|error| unreadable(path, error))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(broken)?;
    if archive.len() > FILES_MAX {
        return Err(refused(path, format!("it has more than {FILES_MAX} files")));
    }
    let (mut files, mut others, mut total) = (Vec::new(), Vec::new(), 0_u64);
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
        if entry.is_dir() || !wanted(&name) {
            others.extend((!entry.is_dir()).then_some(name));
            continue;
        }
        let method = entry.compression();
        let known = matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated);
        let Some(start) = entry.data_start().filter(|_| known && !entry.encrypted()) else {
            return Err(refused(path, format!("`{name}` is encrypted, or packed in a rare way")));
        };
        let is_deflated = method == CompressionMethod::Deflated;
        let packed = Packed { start, length: packed, size, crc: entry.crc32(), is_deflated };
        let path = path.to_owned();
        let open: Source = Box::new(move || packed.open(&path));
        files.push((name, open));
    }
    Ok((files, others))
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

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
