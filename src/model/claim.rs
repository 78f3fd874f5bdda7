//! What a fact says.

use serde::{Deserialize, Serialize};

use super::{
    AnyId, CompanyId, Day, Domain, EmploymentId, Evidence, Identifier, ListId, Name, Note,
    PersonId, RelationId, Tag, Timestamp, Title, search_keys, word_keys,
};

/// Dates that cannot be: an end before its beginning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it ends on {to}, before it begins on {from}")]
pub struct EndsBeforeItBegins {
    from: Day,
    to: Day,
}

/// The time during which something held; an open side is unknown or goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Default)]
pub struct Span {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Day>,
}

impl Span {
    /// From a day to a day.
    ///
    /// # Errors
    /// When it would end before it begins.
    pub fn new(from: Option<Day>, to: Option<Day>) -> Result<Self, EndsBeforeItBegins> {
        match (from, to) {
            (Some(from), Some(to)) if to < from => Err(EndsBeforeItBegins { from, to }),
            _ => Ok(Self { from, to }),
        }
    }

    /// The first day, if it is known.
    pub fn from(self) -> Option<Day> {
        self.from
    }

    /// The last day, if it is over.
    pub fn to(self) -> Option<Day> {
        self.to
    }

    /// Whether some day lies in both, as far as is known.
    pub fn overlaps(self, other: Self) -> bool {
        let before = |one: Self, other: Self| match (one.to, other.from) {
            (Some(to), Some(from)) => to < from,
            _ => false,
        };
        !before(self, other) && !before(other, self)
    }

    /// Whether a day lies in it.
    pub fn contains(self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Parts {
            from: Option<Day>,
            to: Option<Day>,
        }
        let parts = Parts::deserialize(deserializer)?;
        Self::new(parts.from, parts.to).map_err(serde::de::Error::custom)
    }
}

/// That a person works, or worked, at a company. Several at a time is normal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Employment {
    /// Which employment; a correction keeps it.
    pub id: EmploymentId,
    /// Who.
    pub person: PersonId,
    /// Where.
    pub company: CompanyId,
    /// As what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// When.
    #[serde(flatten)]
    pub span: Span,
}

/// How one company stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// The first is a partner of the second.
    Partner,
    /// The first is a customer of the second.
    Customer,
    /// The first has invested in the second.
    Investor,
    /// The first owns the second.
    Parent,
    /// The product of the first integrates with that of the second.
    IntegratesWith,
}

/// A dated relation of two companies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CompanyRelation {
    /// Which relation; a correction keeps it.
    pub id: RelationId,
    /// Whose relation.
    #[serde(rename = "of")]
    pub from: CompanyId,
    /// To whom.
    #[serde(rename = "with")]
    pub to: CompanyId,
    /// Which.
    pub kind: RelationKind,
    /// When.
    #[serde(flatten)]
    pub span: Span,
}

/// A person or a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A person.
    Person(PersonId),
    /// A company.
    Company(CompanyId),
}

impl From<Holder> for AnyId {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::Person(id) => id.into(),
            Holder::Company(id) => id.into(),
        }
    }
}

/// What a fact says. Nothing in it changes: a correction takes one fact back and records another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// A person is called so.
    PersonName {
        /// Who.
        person: PersonId,
        /// How.
        name: Name,
    },
    /// A person is reached, or known elsewhere, by this.
    PersonIdentifier {
        /// Who.
        person: PersonId,
        /// By what.
        identifier: Identifier,
    },
    /// A company is called so.
    CompanyName {
        /// Which.
        company: CompanyId,
        /// How.
        name: Name,
    },
    /// A company has this domain.
    CompanyDomain {
        /// Which.
        company: CompanyId,
        /// What domain.
        domain: Domain,
    },
    /// A company is known by this id in another system.
    CompanyIdentifier {
        /// Which.
        company: CompanyId,
        /// By what.
        identifier: Identifier,
    },
    /// Two people, or two companies, are one, or are not, whatever else speaks for it.
    Identity {
        /// One of them: the lower id.
        one: Holder,
        /// The other.
        other: Holder,
        /// Whether they are one.
        same: bool,
    },
    /// A person works at a company.
    Employment(Employment),
    /// Two companies have to do with each other.
    Relation(CompanyRelation),
    /// A word on a person or a company.
    Tag {
        /// On whom.
        on: Holder,
        /// Which word.
        tag: Tag,
    },
    /// A person or a company is on a list.
    ListEntry {
        /// Which list.
        list: ListId,
        /// Who is on it.
        entry: Holder,
    },
    /// People had to do with each other.
    Evidence(Evidence),
    /// A person does not want to be asked for introductions more often than this.
    AskLimit {
        /// Who.
        person: PersonId,
        /// How often in a calendar month.
        per_month: u16,
    },
    /// Somebody wants contact with a person so often; for nobody's eyes but theirs.
    Cadence {
        /// Who wants it.
        of: PersonId,
        /// With whom.
        with: PersonId,
        /// How many days may pass from one contact to the next.
        days: u16,
    },
    /// Somebody wrote a note on a person.
    Note(Note),
}

impl Claim {
    /// Everything that the claim is about: reading by any of these ids finds it.
    pub fn subjects(&self) -> Vec<AnyId> {
        match self {
            Self::PersonName { person, .. }
            | Self::PersonIdentifier { person, .. }
            | Self::AskLimit { person, .. } => vec![(*person).into()],
            Self::CompanyName { company, .. }
            | Self::CompanyDomain { company, .. }
            | Self::CompanyIdentifier { company, .. } => vec![(*company).into()],
            Self::Cadence { of, with, .. } => vec![(*of).into(), (*with).into()],
            Self::Note(note) => vec![note.on.into()],
            Self::Identity { one, other, .. } => vec![(*one).into(), (*other).into()],
            Self::Employment(job) => vec![job.id.into(), job.person.into(), job.company.into()],
            Self::Relation(relation) => {
                vec![relation.id.into(), relation.from.into(), relation.to.into()]
            }
            Self::Tag { on, .. } => vec![(*on).into()],
            Self::ListEntry { list, entry } => vec![(*list).into(), (*entry).into()],
            Self::Evidence(evidence) => {
                evidence.participants().iter().map(|p| p.person.into()).collect()
            }
        }
    }

    /// The keys by which a search finds somebody, with whom they find. Of names and titles a typo is
    /// forgiven; addresses and domains are found by their words.
    pub fn search_keys(&self) -> Vec<(Holder, String)> {
        let (holder, keys) = match self {
            Self::PersonName { person, name } => {
                (Holder::Person(*person), search_keys(name.as_str()))
            }
            Self::PersonIdentifier { person, identifier: Identifier::Mail(address) } => {
                (Holder::Person(*person), word_keys(address.as_str()))
            }
            Self::CompanyName { company, name } => {
                (Holder::Company(*company), search_keys(name.as_str()))
            }
            Self::CompanyDomain { company, domain } => {
                (Holder::Company(*company), word_keys(domain.as_str()))
            }
            Self::Employment(Employment { person, title: Some(title), .. }) => {
                (Holder::Person(*person), search_keys(title.as_str()))
            }
            _ => return Vec::new(),
        };
        keys.into_iter().map(|key| (holder, key)).collect()
    }

    /// When it was true, for claims that are of one moment.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Evidence(evidence) => Some(evidence.at()),
            Self::Employment(job) => job.span.from().map(Day::start),
            Self::Relation(relation) => relation.span.from().map(Day::start),
            _ => None,
        }
    }
}
