//! What files tell us, whatever their format.

use crate::model::{
    Closeness, Domain, EvidenceKind, Identifier, Name, RelationKind, Span, Tag, Timestamp, Title,
};

/// Where something stood in a file, so that it can be found again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file, by its path inside the archive or folder that was given.
    pub file: String,
    /// The line, counted from 1, on which the row or message begins.
    pub line: u64,
}

/// Something that was read, or that could not be.
pub type Read = Result<Located, RowError>;

/// A record with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// Where it stood.
    pub place: Place,
    /// What it says.
    pub record: Record,
}

/// A row that could not be taken; the rest of the file can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{}: {reason}", place.file, place.line)]
pub struct RowError {
    /// Where it stood.
    pub place: Place,
    /// What is wrong with it, and what would be right.
    pub reason: String,
}

/// A file that cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct FileError {
    /// Which file.
    pub file: String,
    /// What is wrong with it, and what to do.
    pub reason: String,
    /// What the system said.
    #[source]
    pub source: Option<std::io::Error>,
}

/// Somebody a file speaks of: by whatever it gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Party {
    /// How they are called there.
    pub name: Option<Name>,
    /// By what they are known: usable ones only.
    pub identifiers: Vec<Identifier>,
}

/// A company a file speaks of: by whatever it gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Firm {
    /// How it is called there.
    pub name: Option<Name>,
    /// Its domains.
    pub domains: Vec<Domain>,
    /// Its id in the system that the file is from: the system, the id.
    pub external: Option<Identifier>,
}

/// Where somebody works or worked, as a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Where.
    pub company: Firm,
    /// As what.
    pub title: Option<Title>,
    /// When.
    pub span: Span,
}

/// What a file tells us.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// There is this person.
    Person {
        /// Who.
        person: Party,
        /// Where they work and worked.
        jobs: Vec<Job>,
        /// Words on them: columns that mean nothing else.
        tags: Vec<Tag>,
    },
    /// There is this company.
    Company {
        /// Which.
        company: Firm,
        /// Words on it.
        tags: Vec<Tag>,
    },
    /// People had to do with each other; who wrote comes first.
    Contact {
        /// What happened.
        kind: ContactKind,
        /// When.
        at: Timestamp,
        /// Who took part.
        people: Vec<Party>,
    },
    /// Two companies have to do with each other.
    Relation {
        /// Whose relation.
        from: Firm,
        /// To whom.
        to: Firm,
        /// Which.
        kind: RelationKind,
        /// When.
        span: Span,
    },
    /// Somebody, or a company, is on a list.
    OnList {
        /// How the list is called.
        list: Name,
        /// Who is on it.
        entry: Entry,
    },
    /// Whoever the file belongs to wants contact with a person so often.
    Cadence {
        /// With whom.
        person: Party,
        /// How many days may pass from one contact to the next; at least 1.
        days: u16,
    },
    /// What is left out on purpose, so that a report adds up.
    Excluded {
        /// Why, in a few words such as "a mailing list" or "a robot".
        reason: &'static str,
    },
}

/// What happened, where a statement is the file's own.
#[derive(Debug, Clone, PartialEq)]
pub enum ContactKind {
    /// Evidence that speaks for itself.
    Plain(EvidenceKind),
    /// The file says how well the two know each other.
    Stated(Closeness),
}

/// Somebody, or a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A person.
    Person(Party),
    /// A company.
    Company(Firm),
}
