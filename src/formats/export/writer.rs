//! Rows to files.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::{
    CadenceRow, CompanyRow, ContactRow, EDGES, Formulas, Ids, JobRow, ListRow, MARKER, MARKER_TEXT,
    NODES, NOT_READ, Node, Options, Part, PersonRow, RelationRow, TieRow,
    cells::{closeness_text, escape, guarded, identifier_text, join, override_text, relation_text},
    folder::{Folder, fault},
};
use crate::{
    formats::{ContactKind, FileError},
    model::{Day, Domain, EvidenceKind, Identifier, Name, Span, Tag, Title},
};

/// Writes an export, row by row; nothing is held. Rows may come in any order.
///
/// The folder has another name until [`Writer::finish`]; a writer that is dropped before leaves
/// nothing behind.
pub struct Writer {
    // Closed before the folder is moved or taken away.
    parts: Vec<Table>,
    nodes: Table,
    edges: Table,
    options: Options,
    edge_count: u64,
    folder: Folder,
}

/// One file.
struct Table {
    path: PathBuf,
    rows: csv::Writer<BufWriter<File>>,
}

impl Writer {
    /// Begins an export; where there is one of ours, or an empty folder, it is replaced in the end.
    ///
    /// # Errors
    /// When something else is there, or files cannot be written.
    pub fn create(path: &Path, options: Options) -> Result<Self, FileError> {
        let folder = Folder::begin(path)?;
        let open = |name, columns| Table::create(folder.file(name), columns);
        let parts = Part::ALL.iter().map(|part| open(part.file(), part.columns()));
        let parts = parts.collect::<Result<_, _>>()?;
        let (nodes, edges) = (open(NODES.0, NODES.1)?, open(EDGES.0, EDGES.1)?);
        Ok(Self { parts, nodes, edges, options, edge_count: 0, folder })
    }

    /// Adds a person. Without a name and an identifier nobody can be read back.
    ///
    /// # Errors
    /// When the file cannot be written; as of all methods.
    pub fn person(&mut self, row: &PersonRow) -> Result<(), FileError> {
        let id = self.id(Node::Person(row.row));
        let (now, earlier) = names(&row.names);
        let of = |wanted: fn(&Identifier) -> Option<String>| {
            let found: Vec<String> = row.identifiers.iter().filter_map(wanted).collect();
            join(&found, String::clone)
        };
        let mails = of(|identifier| match identifier {
            Identifier::Mail(address) => Some(address.to_string()),
            _ => None,
        });
        let profiles = of(|identifier| match identifier {
            Identifier::Profile(url) => Some(format!("https://{url}")),
            _ => None,
        });
        let others = of(|identifier| match identifier {
            Identifier::External { .. } => Some(identifier_text(identifier)),
            _ => None,
        });
        let label = row.names.last().map_or("", Name::as_str);
        let (company, title) = match &row.works_at {
            Some((company, title)) => (company.as_str(), title.as_ref().map(Title::as_str)),
            None => ("", None),
        };
        self.node(&[&id, label, "person", company, title.unwrap_or_default()])?;
        let cells = [&*escape(&id), &now, &earlier, &mails, &profiles, &others, &tags(&row.tags)];
        self.row(Part::People, &cells)
    }

    /// Adds a company.
    ///
    /// # Errors
    /// As [`Self::person`].
    pub fn company(&mut self, row: &CompanyRow) -> Result<(), FileError> {
        let id = self.id(Node::Company(row.row));
        let (now, earlier) = names(&row.names);
        let domains = join(&row.domains, Domain::to_string);
        let ids = join(&row.identifiers, identifier_text);
        let label = row.names.last().map_or("", Name::as_str);
        self.node(&[&id, label, "company", "", ""])?;
        let cells = [&*escape(&id), &now, &earlier, &domains, &ids, &tags(&row.tags)];
        self.row(Part::Companies, &cells)
    }

    /// Adds a job.
    ///
    /// # Errors
    /// As [`Self::person`].
    pub fn job(&mut self, row: &JobRow) -> Result<(), FileError> {
        let person = escape(&self.id(Node::Person(row.person)));
        let company = escape(&self.id(Node::Company(row.company)));
        let title = row.title.as_ref().map_or_else(String::new, |title| escape(title.as_str()));
        let [from, to] = days(row.span);
        self.row(Part::Employments, &[&person, &company, &title, &from, &to])
    }

    /// Adds a relation of two companies.
    ///
    /// # Errors
    /// As [`Self::person`].
    pub fn relation(&mut self, row: &RelationRow) -> Result<(), FileError> {
        let first = escape(&self.id(Node::Company(row.from)));
        let second = escape(&self.id(Node::Company(row.to)));
        let [from, to] = days(row.span);
        let kind = relation_text(row.kind);
        self.row(Part::Relations, &[&first, &second, kind, &from, &to])
    }

    /// Adds an entry of a list.
    ///
    /// # Errors
    /// As [`Self::person`].
    pub fn list_entry(&mut self, row: &ListRow) -> Result<(), FileError> {
        let id = escape(&self.id(row.entry));
        let (person, company) = match row.entry {
            Node::Person(_) => (&*id, ""),
            Node::Company(_) => ("", &*id),
        };
        self.row(Part::Lists, &[&escape(row.list.as_str()), person, company])
    }

    /// Adds a contact.
    ///
    /// # Errors
    /// As [`Self::person`].
    pub fn contact(&mut self, row: &ContactRow) -> Result<(), FileError> {
        let closeness = match &row.kind {
            ContactKind::Stated(closeness)
            | ContactKind::Plain(EvidenceKind::Statement { closeness, .. }) => {
                closeness_text(*closeness)
            }
            ContactKind::Plain(EvidenceKind::Override { strength, reason, until }) => {
                override_text(*strength, *until, reason.as_ref())
            }
            ContactKind::Plain(_) => String::new(),
        };
        let kind = match &row.kind {
            ContactKind::Plain(kind) => kind.name(),
            ContactKind::Stated(_) => "statement",
        };
        let people = join(&row.people, |(person, _)| self.id(Node::Person(*person)));
        let read = |(_, read): &(u64, Option<Identifier>)| {
            read.as_ref().map_or_else(|| NOT_READ.to_owned(), identifier_text)
        };
        let cells = [kind, &row.at.to_string(), &closeness, &people, &join(&row.people, read)];
        self.row(Part::Contacts, &cells)
    }

    /// Adds a cadence.
    ///
    /// # Errors
    /// As [`Self::person`].
    pub fn cadence(&mut self, row: &CadenceRow) -> Result<(), FileError> {
        let person = escape(&self.id(Node::Person(row.person)));
        self.row(Part::Cadences, &[&person, &row.days.to_string()])
    }

    /// Adds a tie, for `edges.csv` alone.
    ///
    /// # Errors
    /// As [`Self::person`].
    pub fn tie(&mut self, row: &TieRow) -> Result<(), FileError> {
        self.edge_count += 1;
        let (low, high) = (self.id(Node::Person(row.low)), self.id(Node::Person(row.high)));
        let (id, weight) = (format!("e{}", self.edge_count), format!("{:.6}", row.strength));
        let last = row.last_contact.map_or_else(String::new, |day| day.to_string());
        let contacts = row.contacts.to_string();
        let cells = [&*low, &high, "Undirected", &id, "knows", &weight, &contacts, &last];
        self.edges.row(self.options.formulas, &cells)
    }

    /// Ends the export: only now there is a folder of its name.
    ///
    /// # Errors
    /// When the files cannot be written to the disk, or the folder cannot be put in its place.
    pub fn finish(self) -> Result<(), FileError> {
        let Self { parts, nodes, edges, folder, .. } = self;
        for table in parts.into_iter().chain([nodes, edges]) {
            table.finish()?;
        }
        let path = folder.file(MARKER);
        let write = || {
            let mut file = File::create(&path)?;
            file.write_all(MARKER_TEXT.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|error| fault(&path, "it cannot be written", Some(error)))?;
        folder.finish()
    }

    fn id(&self, node: Node) -> String {
        match (&self.options.ids, node) {
            (Ids::Rows, Node::Person(row)) => format!("p{row}"),
            (Ids::Rows, Node::Company(row)) => format!("c{row}"),
            (Ids::Stored(id), node) => id(node),
        }
    }

    fn node(&mut self, cells: &[&str]) -> Result<(), FileError> {
        self.nodes.row(self.options.formulas, cells)
    }

    fn row(&mut self, part: Part, cells: &[&str]) -> Result<(), FileError> {
        self.parts[part as usize].row(self.options.formulas, cells)
    }
}

impl Table {
    fn create(path: PathBuf, columns: &[&str]) -> Result<Self, FileError> {
        let wrong = |error| fault(&path, "it cannot be written", Some(error));
        let mut file = BufWriter::new(File::create(&path).map_err(wrong)?);
        file.write_all("\u{feff}".as_bytes()).map_err(wrong)?;
        let mut style = WriterBuilder::new();
        let style = style.quote_style(QuoteStyle::Always).terminator(Terminator::CRLF);
        let mut table = Self { path, rows: style.from_writer(file) };
        table.row(Formulas::Raw, columns)?;
        Ok(table)
    }

    fn row(&mut self, formulas: Formulas, cells: &[&str]) -> Result<(), FileError> {
        let written = match formulas {
            Formulas::Guarded => self.rows.write_record(cells.iter().map(|cell| guarded(cell))),
            Formulas::Raw => self.rows.write_record(cells),
        };
        written.map_err(|error| fault(&self.path, "it cannot be written", Some(error.into())))
    }

    fn finish(self) -> Result<(), FileError> {
        let wrong = |error| fault(&self.path, "it cannot be written", Some(error));
        let rows = self.rows.into_inner().map_err(|error| wrong(error.into_error()))?;
        let file = rows.into_inner().map_err(|error| wrong(error.into_error()))?;
        file.sync_all().map_err(wrong)
    }
}

/// The present name, and the earlier ones.
fn names(names: &[Name]) -> (String, String) {
    let Some((now, earlier)) = names.split_last() else { return Default::default() };
    (escape(now.as_str()), join(earlier, Name::to_string))
}

fn tags(tags: &[Tag]) -> String {
    join(tags, Tag::to_string)
}

fn days(span: Span) -> [String; 2] {
    [span.from(), span.to()].map(|day| day.as_ref().map_or_else(String::new, Day::to_string))
}
