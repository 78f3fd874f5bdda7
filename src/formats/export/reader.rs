//! Files to records.

use std::{
    collections::{HashMap, VecDeque},
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use super::{
    MARKER, MARKER_TEXT, NOT_READ, Part, cells,
    sheet::{Cells, Sheet},
};
use crate::{
    formats::{
        ContactKind, Entry, FileError, Firm, Job, Located, Party, Place, Read, Record, RowError,
        files,
        table::{Source, file_error, split::NoRow},
    },
    model::{
        Day, Domain, Identifier, MailAddress, Name, PARTICIPANTS_MAX, ProfileUrl, Span, Tag,
        Timestamp, Title,
    },
};

/// The files of an export, each with its path inside.
type Parts = VecDeque<(Part, String, Source)>;

/// An export: an iterator of what it tells.
pub struct Export {
    known: Known,
    parts: Parts,
    current: Option<(Part, String, Sheet)>,
    ready: VecDeque<Read>,
}

/// Who the ids stand for.
#[derive(Default)]
struct Known {
    people: HashMap<Box<str>, Who>,
    firms: HashMap<Box<str>, (u64, Firm)>,
}

/// Somebody as all files but `people.csv` name them.
struct Who {
    /// The line that tells of them.
    line: u64,
    party: Party,
    /// Where they work and worked, if nothing but that and their name says who they are.
    jobs: Vec<Job>,
}

/// Records, or the reason why a row makes none.
type Told = Result<Vec<Record>, String>;

/// The files of an export.
///
/// # Errors
/// When it is none, is not whole, or is of another version.
pub(super) fn parts(path: &Path) -> Result<Parts, FileError> {
    let part = |name: &str| Part::ALL.into_iter().find(|part| part.file() == name);
    let found = files_of(path)?;
    let marker = found.iter().find(|(name, _)| base(name) == MARKER);
    let Some((marker, open)) = marker else {
        return Err(files::refused(path, format!("it is no export: `{MARKER}` is not there")));
    };
    let mut text = String::new();
    let read = open().and_then(|file| file.take(1_000).read_to_string(&mut text));
    if read.is_err() || text.trim() != MARKER_TEXT.trim() {
        let reason = format!("`{marker}` names a version that is not known; take a newer tertius");
        return Err(files::refused(path, reason));
    }
    let folder = marker.strip_suffix(MARKER).unwrap_or_default().to_owned();
    let mut parts = Vec::new();
    for (name, open) in found {
        if let Some(part) = name.strip_prefix(&folder).and_then(part) {
            parts.push((part, name, open));
        }
    }
    parts.sort_by_key(|(part, ..)| *part);
    parts.dedup_by_key(|(part, ..)| *part);
    let is_there = |wanted: &Part| parts.iter().any(|(part, ..)| part == wanted);
    match Part::ALL.iter().find(|part| !part.may_miss() && !is_there(part)) {
        None => Ok(parts.into()),
        Some(part) => {
            let reason = format!("the export is not whole: `{}` is not there", part.file());
            Err(files::refused(path, reason))
        }
    }
}

/// The files in a folder or a ZIP that have the names of ours; none where it is neither.
fn files_of(path: &Path) -> Result<Vec<(String, Source)>, FileError> {
    let ours: Vec<&str> = Part::ALL.iter().map(|part| part.file()).chain([MARKER]).collect();
    if path.is_dir() {
        let inside = ours.iter().map(|name| (*name, path.join(name)));
        let there = inside.filter(|(_, path)| path.is_file());
        let open = |path: PathBuf| -> Source { Box::new(move || Ok(Box::new(File::open(&path)?))) };
        return Ok(there.map(|(name, path)| (name.to_owned(), open(path))).collect());
    }
    match files::is_zip(path) {
        Ok(true) => Ok(files::list(path, &|name| ours.contains(&base(name)))?.0),
        _ => Ok(Vec::new()),
    }
}

/// The name of a file without its folders.
fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

impl Export {
    /// As [`super::open`].
    pub(super) fn open(path: &Path) -> Result<Self, FileError> {
        let parts = parts(path)?;
        let mut known = Known::default();
        for (part, name, source) in &parts {
            known.learn(*part, source).map_err(|error| file_error(name, error))?;
        }
        Ok(Self { known, parts, current: None, ready: VecDeque::new() })
    }

    fn next_row(&mut self) {
        let Some((part, name, mut sheet)) = self.current.take() else { return };
        let row = match sheet.next_row() {
            None => return,
            Some(Err(error)) => {
                self.refuse(&name, error);
                self.current = Some((part, name, sheet));
                return;
            }
            Some(Ok(row)) => row,
        };
        let place = Place { file: name.clone(), line: row.line };
        let told = if row.cells.iter().all(|cell| cell.trim().is_empty()) {
            Ok(vec![Record::Excluded { reason: "an empty row" }])
        } else {
            self.known.records(part, row.line, &sheet.cells(&row))
        };
        match told {
            Ok(records) => self.ready.extend(
                records.into_iter().map(|record| Ok(Located { place: place.clone(), record })),
            ),
            Err(reason) => self.ready.push_back(Err(RowError { place, reason })),
        }
        self.current = Some((part, name, sheet));
    }

    fn refuse(&mut self, name: &str, error: NoRow) {
        let (line, reason) = match error {
            NoRow::Bad { line, reason } => (line, reason),
            NoRow::Io(error) => (0, format!("reading stopped: {error}")),
        };
        let place = Place { file: name.to_owned(), line };
        self.ready.push_back(Err(RowError { place, reason }));
    }
}

impl Iterator for Export {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        loop {
            if let Some(read) = self.ready.pop_front() {
                return Some(read);
            }
            if self.current.is_some() {
                self.next_row();
                continue;
            }
            let (part, name, source) = self.parts.pop_front()?;
            match Sheet::open(part, &source) {
                Ok(sheet) => self.current = Some((part, name, sheet)),
                Err(error) => self.refuse(&name, error),
            }
        }
    }
}

impl Known {
    /// Reads a file for what the others need of it. Rows that are wrong are passed over here; they
    /// are reported when their turn comes.
    fn learn(&mut self, part: Part, source: &Source) -> Result<(), NoRow> {
        let mut sheet = Sheet::open(part, source)?;
        if !matches!(part, Part::Companies | Part::People | Part::Employments) {
            return Ok(());
        }
        while let Some(row) = sheet.next_row() {
            let Ok(row) = row else { continue };
            let cells = sheet.cells(&row);
            let id = cells.one(0).into_boxed_str();
            match part {
                Part::Companies => {
                    if let Ok(firm) = firm(&cells) {
                        self.firms.entry(id).or_insert((row.line, firm));
                    }
                }
                Part::People => {
                    if let Ok(party) = party(&cells) {
                        let who = Who { line: row.line, party, jobs: Vec::new() };
                        self.people.entry(id).or_insert(who);
                    }
                }
                _ => {
                    let job = self.job(&cells);
                    let who = self.people.get_mut(&id).filter(|who| who.is_only_a_name());
                    if let (Ok(job), Some(who)) = (job, who) {
                        who.jobs.push(job);
                    }
                }
            }
        }
        Ok(())
    }

    fn records(&self, part: Part, line: u64, cells: &Cells) -> Told {
        match part {
            Part::Companies => self.company(line, cells),
            Part::People => self.person(line, cells),
            Part::Employments => self.employment(cells),
            Part::Relations => self.relation(cells).map(|record| vec![record]),
            Part::Lists => self.entry(cells).map(|record| vec![record]),
            Part::Contacts => self.contact(cells).map(|record| vec![record]),
            Part::Cadences => self.cadence(cells).map(|record| vec![record]),
        }
    }

    fn company(&self, line: u64, cells: &Cells) -> Told {
        let last = firm(cells)?;
        let id = cells.one(0);
        let at = self.firms.get(&*id).map_or(line, |(line, _)| *line);
        check_alone(&id, line, at)?;
        let others = cells.each(4, cells::identifier)?.into_iter().skip(1);
        let tags = cells.each(5, Tag::new)?;
        let mut firms: Vec<Firm> = Vec::new();
        for name in cells.each(2, Name::new)? {
            firms.push(Firm { name: Some(name), ..last.clone() });
        }
        firms.extend(others.map(|id| Firm { external: Some(id), ..last.clone() }));
        let earlier =
            firms.into_iter().map(|company| Record::Company { company, tags: Vec::new() });
        Ok(earlier.chain([Record::Company { company: last.clone(), tags }]).collect())
    }

    fn person(&self, line: u64, cells: &Cells) -> Told {
        let last = party(cells)?;
        let id = cells.one(0);
        let who = self.people.get(&*id);
        check_alone(&id, line, who.map_or(line, |who| who.line))?;
        let jobs = who.map(|who| who.jobs.clone()).unwrap_or_default();
        let tags = cells.each(6, Tag::new)?;
        let earlier = cells.each(2, Name::new)?.into_iter().map(|name| {
            let person = Party { name: Some(name), identifiers: last.identifiers.clone() };
            Record::Person { person, jobs: jobs.clone(), tags: Vec::new() }
        });
        let mut records: Vec<Record> = earlier.collect();
        records.push(Record::Person { person: last, jobs, tags });
        Ok(records)
    }

    fn employment(&self, cells: &Cells) -> Told {
        let job = self.job(cells)?;
        let who = self.who(&cells.one(0))?;
        if who.is_only_a_name() {
            return Ok(Vec::new());
        }
        let person = who.party.clone();
        Ok(vec![Record::Person { person, jobs: vec![job], tags: Vec::new() }])
    }

    fn job(&self, cells: &Cells) -> Result<Job, String> {
        let company = self.firm(&cells.one(1))?;
        Ok(Job { company, title: cells.maybe(2, Title::new)?, span: span(cells)? })
    }

    fn relation(&self, cells: &Cells) -> Result<Record, String> {
        let kind = cells.one(2);
        Ok(Record::Relation {
            from: self.firm(&cells.one(0))?,
            to: self.firm(&cells.one(1))?,
            kind: cells::relation(&kind).ok_or_else(|| format!("`{kind}` is no relation"))?,
            span: span(cells)?,
        })
    }

    fn entry(&self, cells: &Cells) -> Result<Record, String> {
        let list = Name::new(&cells.one(0)).map_err(|error| error.to_string())?;
        let entry = match (cells.one(1), cells.one(2)) {
            (person, company) if company.is_empty() => {
                Entry::Person(self.who(&person)?.party.clone())
            }
            (person, company) if person.is_empty() => Entry::Company(self.firm(&company)?),
            _ => return Err("it names a person and a company: one of them is too much".to_owned()),
        };
        Ok(Record::OnList { list, entry })
    }

    fn contact(&self, cells: &Cells) -> Result<Record, String> {
        let (kind, closeness) = (cells.one(0), cells.one(2));
        let kind = match &*kind {
            "statement" => ContactKind::Stated(cells::closeness(&closeness).ok_or_else(|| {
                format!("`{closeness}` does not say how well they know each other")
            })?),
            "override" => {
                let values = cells.each(2, |text| Ok::<_, String>(text.to_owned()))?;
                ContactKind::Plain(cells::overriding(&values).ok_or_else(|| {
                    format!("`{closeness}` does not say how strong they say it is, and until when")
                })?)
            }
            kind => ContactKind::Plain(
                cells::kind(kind).ok_or_else(|| format!("`{kind}` is no kind of contact"))?,
            ),
        };
        let at: Timestamp = cells.one(1).parse().map_err(|error| format!("{error}"))?;
        let ids = cells.each(3, |id| Ok::<_, String>(id.to_owned()))?;
        let read = cells.each(4, |text| match text {
            NOT_READ => Ok(None),
            text => cells::identifier(text).map(Some),
        })?;
        if read.len() != ids.len() {
            return Err("`People` and `Read as` are not equally many".to_owned());
        }
        if ids.len() < 2 || ids.len() > PARTICIPANTS_MAX {
            return Err(format!("it names {} people; 2 to {PARTICIPANTS_MAX} can be", ids.len()));
        }
        let party = |(id, read): (&String, Option<Identifier>)| {
            let who = self.who(id)?;
            Ok(match read {
                Some(identifier) => Party { name: None, identifiers: vec![identifier] },
                None => who.party.clone(),
            })
        };
        let people = ids.iter().zip(read).map(party).collect::<Result<_, String>>()?;
        Ok(Record::Contact { kind, at, people })
    }

    fn cadence(&self, cells: &Cells) -> Result<Record, String> {
        let person = self.who(&cells.one(0))?.party.clone();
        let days = cells.one(1);
        let days = days.parse().ok().filter(|days| *days > 0);
        let days = days.ok_or_else(|| format!("`{}` is no number of days", cells.one(1)))?;
        Ok(Record::Cadence { person, days })
    }

    fn who(&self, id: &str) -> Result<&Who, String> {
        let unknown = || format!("`{id}` is nobody of {}", Part::People.file());
        self.people.get(id).ok_or_else(unknown)
    }

    fn firm(&self, id: &str) -> Result<Firm, String> {
        let unknown = || format!("`{id}` is no company of {}", Part::Companies.file());
        self.firms.get(id).map(|(_, firm)| firm.clone()).ok_or_else(unknown)
    }
}

impl Who {
    fn is_only_a_name(&self) -> bool {
        self.party.identifiers.is_empty()
    }
}

/// Refuses an id that a line before has already.
fn check_alone(id: &str, line: u64, first: u64) -> Result<(), String> {
    let reason = || format!("the id `{id}` is that of line {first} already");
    (line == first).then_some(()).ok_or_else(reason)
}

/// The person of a row by their present name and all identifiers.
fn party(cells: &Cells) -> Result<Party, String> {
    let mut identifiers = cells.each(3, |text| MailAddress::new(text).map(Identifier::Mail))?;
    identifiers.extend(cells.each(4, |text| ProfileUrl::new(text).map(Identifier::Profile))?);
    identifiers.extend(cells.each(5, cells::identifier)?);
    let party = Party { name: cells.maybe(1, Name::new)?, identifiers };
    let nobody = || "nobody is named: no name and no identifier".to_owned();
    (party != Party::default()).then_some(party).ok_or_else(nobody)
}

/// The company of a row by its present name, its domains and its first id.
fn firm(cells: &Cells) -> Result<Firm, String> {
    let firm = Firm {
        name: cells.maybe(1, Name::new)?,
        domains: cells.each(3, Domain::new)?,
        external: cells.each(4, cells::identifier)?.into_iter().next(),
    };
    let nothing = || "no company is named: no name, no domain and no id".to_owned();
    (firm != Firm::default()).then_some(firm).ok_or_else(nothing)
}

fn span(cells: &Cells) -> Result<Span, String> {
    let day = |text: &str| text.parse::<Day>();
    Span::new(cells.maybe(3, day)?, cells.maybe(4, day)?).map_err(|error| error.to_string())
}
