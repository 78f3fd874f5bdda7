//! What a file is, and its reader.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    formats::{
        FileError, Party, Read, export,
        linkedin::Archive,
        mail::{Mails, Source, Survey},
        table::{Mapping, Options, Table},
    },
    model::{Audience, Day, Level, MailAddress, MemberId},
    service::{ServiceError, ServiceResult},
};

use super::translating::EXPORT;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// The archive that LinkedIn gives its members: a ZIP, a folder, or one file of it.
    LinkedIn,
    /// Mail: an mbox, a Maildir, single messages, or a folder of them.
    Mail,
    /// A table: CSV with any delimiter, JSON Lines.
    Table,
    /// Our own export.
    Export,
}

impl FileFormat {
    /// All of them, by the names that the command line has for them.
    pub const ALL: [(&'static str, Self); 4] = [
        ("linkedin", Self::LinkedIn),
        ("mail", Self::Mail),
        ("table", Self::Table),
        ("export", Self::Export),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }

    /// What a path most likely holds.
    fn guess(path: &Path) -> Self {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        match extension.to_lowercase().as_str() {
            _ if export::is_export(path) => Self::Export,
            "zip" => Self::LinkedIn,
            "csv" if Archive::is_one(path) => Self::LinkedIn,
            "csv" | "tsv" | "tab" | "jsonl" | "ndjson" | "xlsx" | "xls" | "ods" => Self::Table,
            _ if path.is_dir() && Archive::is_one(path) => Self::LinkedIn,
            _ if path.is_dir() && !tables_in(path).is_empty() => Self::Table,
            "txt" if !starts_like_mail(path) => Self::Table,
            _ => Self::Mail,
        }
    }
}

fn starts_like_mail(path: &Path) -> bool {
    let mut start = [0; 5];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && &start == b"From "
}

/// Whether the first line of a file that is not blank begins an mbox, or is a header.
fn begins_like_mail(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(4096).read_to_end(&mut start));
    let text = String::from_utf8_lossy(&start);
    let line = text.trim_start_matches('\u{feff}').trim_start().lines().next().unwrap_or_default();
    let is_header = |(name, _): (&str, &str)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
    };
    read.is_ok() && (line.starts_with("From ") || line.split_once(':').is_some_and(is_header))
}

/// The tables that lie in a folder, those of people and companies before those of ties.
fn tables_in(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_table = |path: &PathBuf| {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        ["csv", "tsv", "jsonl", "ndjson", "xlsx"].contains(&extension.to_lowercase().as_str())
    };
    let mut tables: Vec<PathBuf> = files.filter(is_table).collect();
    tables.sort();
    tables
}

/// A file to import.
#[derive(Debug, Clone)]
pub struct ImportFile {
    /// Where it lies: a file or a folder.
    pub path: PathBuf,
    /// What it is; guessed where nobody says it.
    pub format: Option<FileFormat>,
    /// What the columns of a table mean, as TOML; guessed where nobody says it.
    pub mapping: Option<String>,
    /// Whether it is for the eyes of whoever imports it alone.
    pub private: bool,
}

/// A file that is open, and what is known of it before its records.
pub(super) struct Opened {
    pub(super) system: String,
    /// What evidence shows the team.
    pub(super) audience: Audience,
    /// The addresses and pages of whoever imports it, as the file shows them.
    pub(super) owner: Option<Party>,
    pub(super) records: Box<dyn Iterator<Item = Read> + Send>,
    /// What the columns of a table were taken for, as TOML that can be edited.
    pub(super) mappings: Vec<(String, String)>,
    /// Files that are not read.
    pub(super) others: Vec<String>,
}

impl ImportFile {
    pub(super) fn format(&self) -> FileFormat {
        self.format.unwrap_or_else(|| FileFormat::guess(&self.path))
    }

    /// Opens it; `me` is what is known of whoever imports it.
    ///
    /// # Errors
    /// `Invalid` when it cannot be read, is of no known kind, or is somebody else's archive.
    pub(super) fn open(&self, me: &Party, member: MemberId, today: Day) -> ServiceResult<Opened> {
        let team_at = |level| Audience { level, ..Audience::TEAM };
        let mut opened = match self.format() {
            FileFormat::LinkedIn => self.open_linkedin(me)?,
            FileFormat::Mail => self.open_mail()?,
            FileFormat::Table => self.open_tables(today)?,
            FileFormat::Export => {
                Opened::of(EXPORT, export::open(&self.path).map_err(|error| refuse(&error))?)
            }
        };
        opened.audience = match (self.private, self.format()) {
            (true, _) => Audience::private(member),
            // Colleagues see how well somebody is known, and never when who wrote to whom.
            (false, FileFormat::Mail) => team_at(Level::Strength),
            (false, FileFormat::LinkedIn | FileFormat::Table | FileFormat::Export) => {
                team_at(Level::Evidence)
            }
        };
        Ok(opened)
    }

    fn open_linkedin(&self, me: &Party) -> ServiceResult<Opened> {
        // What is known of its owner by now decides nothing where the archive says it itself, so
        // that the same archive always tells the same.
        let archive = Archive::open(&self.path, None)
            .or_else(|_| Archive::open(&self.path, Some(me.clone())))
            .map_err(|error| refuse(&error))?;
        if let (Some(theirs), Some(mine)) = (&archive.owner().name, &me.name)
            // One word is a login, and says nothing.
            && mine.as_str().contains(' ')
            && !shares_a_word(theirs.as_str(), mine.as_str())
        {
            let message = format!(
                "{}: this is the archive of {theirs}, and you are {mine}; import it as the member \
                 whose it is",
                self.path.display()
            );
            return Err(ServiceError::invalid("file", message));
        }
        let owner = Some(archive.owner_party().clone());
        let others = archive.others().to_vec();
        Ok(Opened { owner, others, ..Opened::of("linkedin", archive) })
    }

    fn open_mail(&self) -> ServiceResult<Opened> {
        if self.format.is_none() && self.path.is_file() && !begins_like_mail(&self.path) {
            let names = FileFormat::ALL.map(|(name, _)| name).join(", ");
            let message = format!(
                "{}: nothing says what this is: neither its name, nor its first line, which begins \
                 no mail; name its format, one of {names}",
                self.path.display()
            );
            return Err(ServiceError::invalid("file", message));
        }
        let survey = Survey::of(Source::at(&self.path).map_err(|error| refuse(&error))?);
        let identifiers = own_addresses(&survey).into_iter().map(crate::model::Identifier::Mail);
        let owner = Party { name: None, identifiers: identifiers.collect() };
        let owner = Some(owner).filter(|owner| !owner.identifiers.is_empty());
        let mails = Mails::new(Source::at(&self.path).map_err(|error| refuse(&error))?, survey);
        Ok(Opened { owner, ..Opened::of("mail", mails) })
    }

    fn open_tables(&self, today: Day) -> ServiceResult<Opened> {
        let mapping = self.mapping.as_deref().map(Mapping::from_toml).transpose();
        let mapping = mapping.map_err(|error| ServiceError::invalid("mapping", error.0))?;
        let files =
            if self.path.is_dir() { tables_in(&self.path) } else { vec![self.path.clone()] };
        let mut tables = Vec::new();
        let mut others = Vec::new();
        for file in &files {
            let name = relative(&self.path, file);
            let options =
                Options { file: name.clone(), mapping: mapping.clone(), import_day: today };
            match Table::open(file, options) {
                Ok(table) => tables.push((name, table)),
                Err(error) if files.len() > 1 => others.push(error.to_string()),
                Err(error) => return Err(refuse(&error)),
            }
        }
        // Who there is comes before who knows whom.
        tables.sort_by_key(|(name, table)| (table.mapping().table, name.clone()));
        let describe = |(name, table): &(String, Table)| {
            let toml = table.guess().map_or_else(
                || table.mapping().to_toml(|_| None),
                crate::formats::table::Guess::to_toml,
            );
            (name.clone(), toml)
        };
        let mappings = tables.iter().map(describe).collect();
        let records = tables.into_iter().flat_map(|(_, table)| table);
        Ok(Opened { mappings, others, ..Opened::of("table", records) })
    }

    /// What tells this content from any other: of folders, the names of the files too.
    pub(super) fn content_hash(&self) -> ServiceResult<String> {
        let mut hasher = Sha256::new();
        hasher.update(self.format().name());
        hasher.update([u8::from(self.private)]);
        hasher.update(self.mapping.as_deref().unwrap_or_default());
        hash_tree(&self.path, &self.path, &mut hasher).map_err(|error| {
            ServiceError::invalid("file", format!("{}: {error}", self.path.display()))
        })?;
        let digest: [u8; 32] = hasher.finalize().into();
        let (first, second) = digest.split_at(16);
        let half =
            |bytes: &[u8]| bytes.iter().fold(0_u128, |all, byte| all << 8 | u128::from(*byte));
        Ok(format!("{:032x}{:032x}", half(first), half(second)))
    }
}

impl Opened {
    fn of(system: &str, records: impl Iterator<Item = Read> + Send + 'static) -> Self {
        Self {
            system: system.to_owned(),
            audience: Audience::TEAM,
            owner: None,
            records: Box::new(records),
            mappings: Vec::new(),
            others: Vec::new(),
        }
    }
}

/// The addresses from which the owner of a mailbox writes: those that wrote at least a tenth as
/// much of what was sent as the busiest.
fn own_addresses(survey: &Survey) -> Vec<MailAddress> {
    let sent = survey.own_addresses();
    let most = sent.first().map_or(0, |(_, count)| *count);
    let own = sent.into_iter().filter(|(_, count)| count * 10 >= most);
    own.map(|(address, _)| address).filter(crate::formats::mail::usable).collect()
}

fn shares_a_word(one: &str, other: &str) -> bool {
    let (one, other) = (crate::model::fold(one), crate::model::fold(other));
    one.split(' ').any(|word| other.split(' ').any(|there| there == word))
}

fn refuse(error: &FileError) -> ServiceError {
    let cause = error.source.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default();
    ServiceError::invalid("file", format!("{error}{cause}"))
}

fn relative(root: &Path, file: &Path) -> String {
    let within = file.strip_prefix(root).ok().filter(|rest| !rest.as_os_str().is_empty());
    let name = || file.file_name().map(PathBuf::from).unwrap_or_default();
    within.map_or_else(name, Path::to_path_buf).display().to_string()
}

fn hash_tree(root: &Path, path: &Path, hasher: &mut Sha256) -> io::Result<()> {
    if path.is_dir() {
        let mut inside: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
        inside.sort();
        return inside.iter().try_for_each(|path| hash_tree(root, path, hasher));
    }
    if let Ok(name) = path.strip_prefix(root) {
        hasher.update(name.as_os_str().as_encoded_bytes());
    }
    let mut file = fs::File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            count => hasher.update(&buffer[..count]),
        }
    }
}
