//! What the columns of a table mean.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::dates::DateFormat;
use crate::model::{Name, SystemName};

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    /// People, with their jobs where columns tell.
    People,
    /// Companies.
    Companies,
    /// Who works, or worked, where.
    Employments,
    /// That people had to do with each other, and when.
    Evidence,
    /// How well people know each other.
    Statements,
    /// How companies stand to each other.
    Relations,
    /// Who is on a list.
    Entries,
}

macro_rules! meanings {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What a column means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Meaning {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Meaning {
            /// Its name in a mapping file.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

meanings! {
    /// The full name of the person.
    PersonName = "person name",
    /// The first name, and any names between it and the last.
    FirstName = "first name",
    /// The last name.
    LastName = "last name",
    /// Mail addresses of the person; several columns may hold some.
    Email = "email",
    /// A profile page of the person.
    Profile = "profile",
    /// The person's id in the file's system.
    PersonId = "person id",
    /// A name that is the id as well: of a company, where the type says so.
    Label = "label",
    /// Whether the row is a person or a company.
    Type = "type",
    /// The name of the company.
    Company = "company",
    /// Names of several companies, parted by `;`.
    Companies = "companies",
    /// A domain or web address of the company.
    Domain = "company domain",
    /// The company's id in the file's system.
    CompanyId = "company id",
    /// The job title.
    Title = "title",
    /// The first day.
    FromDate = "from date",
    /// The last day.
    ToDate = "to date",
    /// When it happened.
    When = "when",
    /// What happened.
    Kind = "kind",
    /// Who wrote, or is the first of two: a name.
    FromName = "from name",
    /// The same: mail addresses.
    FromEmail = "from email",
    /// The same: a profile page.
    FromProfile = "from profile",
    /// The same: an id in the file's system.
    FromId = "from id",
    /// The same: a name that is the id as well.
    FromLabel = "from label",
    /// Who was written to, or else took part: names.
    ToName = "to name",
    /// The same: mail addresses.
    ToEmail = "to email",
    /// The same: profile pages.
    ToProfile = "to profile",
    /// The same: ids in the file's system.
    ToId = "to id",
    /// The same: a name that is the id as well.
    ToLabel = "to label",
    /// How well the two know each other: `weak`, `good`, `close`, or a number from 0 to 1.
    Closeness = "closeness",
    /// A number that is a score where all of the file are above 0 and at most 1.
    Weight = "weight",
    /// The name of the first company.
    FromCompany = "from company",
    /// A domain of the first company.
    FromDomain = "from domain",
    /// The id of the first company.
    FromCompanyId = "from company id",
    /// The name of the second company.
    ToCompany = "to company",
    /// A domain of the second company.
    ToDomain = "to domain",
    /// The id of the second company.
    ToCompanyId = "to company id",
    /// How the first company stands to the second.
    Relation = "relation",
    /// The list that the row is on.
    List = "list",
    /// Words, kept as they are; several parted by `;`.
    Tags = "tags",
    /// Kept as a word with the name of its column before it.
    Tag = "tag",
    /// Not kept.
    Ignore = "ignore",
}

/// What a table holds, and what each of its columns means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What its rows are.
    pub table: TableKind,
    /// The system whose ids the table has; without one it is the name of the file.
    #[serde(default)]
    pub system: Option<SystemName>,
    /// How its dates are written, where they do not say so themselves.
    #[serde(default)]
    pub dates: Option<DateFormat>,
    /// What happened, where no column says it.
    #[serde(default)]
    pub kind: Option<String>,
    /// How the companies stand to each other, where no column says it.
    #[serde(default)]
    pub relation: Option<String>,
    /// The list that every row is on, where no column says it.
    #[serde(default)]
    pub list: Option<Name>,
    /// What each column means, by its name; one that is not here is kept as words.
    pub columns: BTreeMap<String, Meaning>,
}

/// A mapping that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadMapping(pub String);

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// When it is no TOML, or names something that is not known: the text says where.
    pub fn from_toml(text: &str) -> Result<Self, BadMapping> {
        let mapping: Self = toml::from_str(text).map_err(|error| BadMapping(error.to_string()))?;
        mapping.check().map(|()| mapping)
    }

    /// Checks that the columns can make the rows that the mapping promises.
    ///
    /// # Errors
    /// When what it needs is not there, or its words are not known.
    pub fn check(&self) -> Result<(), BadMapping> {
        if let Some(kind) = &self.kind
            && super::values::kind(kind).is_none()
        {
            return Err(BadMapping(format!("kind: `{kind}` is not known; try `mail`")));
        }
        if let Some(relation) = &self.relation
            && super::values::relation(relation).is_none()
        {
            return Err(BadMapping(format!("relation: `{relation}` is not known; try `partner`")));
        }
        let has = |wanted: &[Meaning]| self.columns.values().any(|found| wanted.contains(found));
        let missing = match self.table {
            TableKind::People if !has(PERSON) => "a column such as `person name` or `email`",
            TableKind::Companies if !has(COMPANY) => "a column such as `company`",
            TableKind::Employments if !has(PERSON) || !has(COMPANY) => {
                "columns for the person and the company"
            }
            TableKind::Evidence if !has(&[Meaning::When]) => "a column `when`",
            TableKind::Evidence if self.kind.is_none() && !has(&[Meaning::Kind]) => {
                "`kind`, or a column of it"
            }
            TableKind::Evidence if !has(TO) => "a column such as `to email`",
            TableKind::Statements if !has(FROM) || !has(TO) => {
                "columns such as `from email` and `to email`"
            }
            TableKind::Relations if !has(FROM_FIRM) || !has(TO_FIRM) => {
                "columns such as `from company` and `to company`"
            }
            TableKind::Relations if self.relation.is_none() && !has(&[Meaning::Relation]) => {
                "`relation`, or a column of it"
            }
            TableKind::Entries if self.list.is_none() && !has(&[Meaning::List]) => {
                "`list`, or a column of it"
            }
            TableKind::Entries if !has(PERSON) && !has(COMPANY) => {
                "a column for the person or the company"
            }
            _ => return Ok(()),
        };
        Err(BadMapping(format!("a table of {} needs {missing}", self.table.name())))
    }

    /// The mapping as a file that a person can read, change and give back; a comment after a
    /// column comes from `why`.
    pub fn to_toml(&self, why: impl Fn(&str) -> Option<String>) -> String {
        let mut lines = vec![format!("table = {}", quoted(self.table.name()))];
        let system = self.system.as_ref().map(SystemName::as_str);
        let list = self.list.as_ref().map(Name::as_str);
        for (key, value) in [
            ("system", system),
            ("dates", self.dates.map(DateFormat::name)),
            ("kind", self.kind.as_deref()),
            ("relation", self.relation.as_deref()),
            ("list", list),
        ] {
            lines.extend(value.map(|value| format!("{key} = {}", quoted(value))));
        }
        lines.extend([String::new(), "[columns]".to_owned()]);
        for (header, meaning) in &self.columns {
            let comment = why(header).map_or_else(String::new, |why| format!(" # {why}"));
            lines.push(format!("{} = {}{comment}", quoted(header), quoted(meaning.name())));
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

impl TableKind {
    /// Its name in a mapping file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Companies => "companies",
            Self::Employments => "employments",
            Self::Evidence => "evidence",
            Self::Statements => "statements",
            Self::Relations => "relations",
            Self::Entries => "entries",
        }
    }
}

use Meaning as M;

/// Columns that can say who a person is.
pub(super) const PERSON: &[M] =
    &[M::PersonName, M::FirstName, M::LastName, M::Email, M::Profile, M::PersonId, M::Label];
/// Columns that can say which company it is.
pub(super) const COMPANY: &[M] = &[M::Company, M::Companies, M::Domain, M::CompanyId];
/// Columns that can say who wrote.
pub(super) const FROM: &[M] = &[M::FromName, M::FromEmail, M::FromProfile, M::FromId, M::FromLabel];
/// Columns that can say who was written to.
pub(super) const TO: &[M] = &[M::ToName, M::ToEmail, M::ToProfile, M::ToId, M::ToLabel];
/// Columns that can say which the first of two companies is.
pub(super) const FROM_FIRM: &[M] = &[M::FromCompany, M::FromDomain, M::FromCompanyId];
/// Columns that can say which the second of two companies is.
pub(super) const TO_FIRM: &[M] = &[M::ToCompany, M::ToDomain, M::ToCompanyId];

/// A text between quotes, as TOML has it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.extend(format!("\\u{:04X}", u32::from(c)).chars()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_survives_its_file() {
        let text = "table = \"evidence\"\nsystem = \"crm\"\ndates = \"day-first\"\nkind = \"mail\"\n\n\
            [columns]\n\"At \\\"noon\\\"\" = \"when\" # by its name\n\"who\" = \"from email\"\n\
            \"whom\" = \"to email\"\n";
        let mapping = Mapping::from_toml(text).unwrap();
        let why = |header: &str| header.starts_with("At").then(|| "by its name".to_owned());
        assert_eq!(mapping.to_toml(why), text);
    }

    #[test]
    fn a_word_that_is_not_known_is_named_with_its_column() {
        let wrong = "table = \"people\"\n[columns]\n\"Mail\" = \"emial\"\n";
        let error = Mapping::from_toml(wrong).unwrap_err().to_string();
        assert!(error.contains("\"Mail\" = \"emial\"") && error.contains("line 3"), "{error}");
        let wrong = "table = \"people\"\nsytem = \"x\"\n[columns]\n";
        assert!(Mapping::from_toml(wrong).unwrap_err().to_string().contains("sytem"));
    }

    #[test]
    fn what_a_table_cannot_do_without_is_asked_for() {
        for (text, wanted) in [
            ("table = \"people\"\n[columns]\na = \"title\"", "`person name`"),
            ("table = \"evidence\"\nkind = \"mail\"\n[columns]\na = \"to id\"", "`when`"),
            ("table = \"evidence\"\n[columns]\na = \"when\"\nb = \"to id\"", "`kind`"),
            ("table = \"relations\"\nrelation = \"x\"\n[columns]", "`partner`"),
        ] {
            let error = Mapping::from_toml(text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{error}");
        }
    }
}
