//! What an export is made of: one row for each fact, with numbers for people and companies.

use crate::{
    formats::ContactKind,
    model::{Day, Domain, Identifier, Name, RelationKind, Span, Tag, Timestamp, Title},
};

/// A person or a company, by the number that the caller gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A person.
    Person(u64),
    /// A company.
    Company(u64),
}

/// A person.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PersonRow {
    /// Their number; every other row names them by it.
    pub row: u64,
    /// Their names in order of telling: the last is how they are called now.
    pub names: Vec<Name>,
    /// By what they are known.
    pub identifiers: Vec<Identifier>,
    /// Words on them.
    pub tags: Vec<Tag>,
    /// Where they work now, and as what: for `nodes.csv` alone.
    pub works_at: Option<(Name, Option<Title>)>,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CompanyRow {
    /// Its number; every other row names it by it.
    pub row: u64,
    /// Its names in order of telling: the last is how it is called now.
    pub names: Vec<Name>,
    /// Its domains.
    pub domains: Vec<Domain>,
    /// Its ids in other systems.
    pub identifiers: Vec<Identifier>,
    /// Words on it.
    pub tags: Vec<Tag>,
}

/// Where somebody works or worked.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRow {
    /// Who.
    pub person: u64,
    /// Where.
    pub company: u64,
    /// As what.
    pub title: Option<Title>,
    /// When.
    pub span: Span,
}

/// How two companies stand to each other.
#[derive(Debug, Clone, PartialEq)]
pub struct RelationRow {
    /// Whose relation: a company.
    pub from: u64,
    /// To which company.
    pub to: u64,
    /// Which.
    pub kind: RelationKind,
    /// When.
    pub span: Span,
}

/// Somebody, or a company, on a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRow {
    /// How the list is called.
    pub list: Name,
    /// Who is on it.
    pub entry: Node,
}

/// How often whoever exports wants contact with somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CadenceRow {
    /// With whom.
    pub person: u64,
    /// How many days may pass from one contact to the next.
    pub days: u16,
}

/// That people had to do with each other.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactRow {
    /// What happened. Of a statement the closeness is written, and not who says so: that is who
    /// reads the export. Of an override the first of the people is who says so.
    pub kind: ContactKind,
    /// When.
    pub at: Timestamp,
    /// Who took part, who wrote first; each with the identifier as it was read.
    pub people: Vec<(u64, Option<Identifier>)>,
}

/// How well two people know each other, as it was computed: for `edges.csv` alone.
#[derive(Debug, Clone, PartialEq)]
pub struct TieRow {
    /// One of the two.
    pub low: u64,
    /// The other.
    pub high: u64,
    /// From 0 to 1.
    pub strength: f64,
    /// How often they had to do with each other.
    pub contacts: u64,
    /// When last.
    pub last_contact: Option<Day>,
}
