//! What a table holds and what its columns mean, guessed from their names and some rows.

use std::collections::BTreeMap;

use super::{
    aliases::{Sense, key, sense},
    dates::DateFormat,
    mapping::{COMPANY, FROM, FROM_FIRM, Mapping, Meaning as M, PERSON, TO, TO_FIRM, TableKind},
    split::Row,
    values,
};
use crate::model::SystemName;

/// A mapping that a person should look at before it is used.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// What was guessed.
    pub mapping: Mapping,
    /// Each column in the order of the file, with the reason.
    pub columns: Vec<GuessedColumn>,
    /// What was taken for granted besides.
    pub notes: Vec<String>,
}

/// What a column was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuessedColumn {
    /// Its name.
    pub header: String,
    /// What it was taken for.
    pub meaning: M,
    /// Why.
    pub why: &'static str,
}

impl Guess {
    /// The guess as a mapping file, with its reasons, for a person to approve or change.
    pub fn to_toml(&self) -> String {
        let notes = self.notes.iter().map(|note| format!("# {note}\n"));
        let why = |header: &str| {
            let column = self.columns.iter().find(|column| column.header == header)?;
            Some(column.why.to_owned())
        };
        notes.collect::<String>() + &self.mapping.to_toml(why)
    }

    /// The columns that nothing is known about; where rows are people or companies, they are kept
    /// as words.
    pub fn unmapped(&self) -> impl Iterator<Item = &str> {
        let is_unknown =
            |column: &&GuessedColumn| column.meaning == M::Tag || column.why == NO_PLACE;
        let unknown = self.columns.iter().filter(is_unknown);
        unknown.map(|column| column.header.as_str())
    }
}

/// Everything that a guess is made from.
pub(super) struct Evidence<'a> {
    pub(super) headers: &'a [String],
    pub(super) rows: &'a [Row],
    /// The name of the file without folder and ending.
    pub(super) stem: &'a str,
    /// The name of the folder that it is in, if there is one.
    pub(super) folder: Option<&'a str>,
}

impl Evidence<'_> {
    /// The mapping that these columns suggest; nothing where they make no table that is known.
    pub(super) fn guess(&self) -> Option<Guess> {
        let senses: Vec<Option<Sense>> = self.headers.iter().map(|h| sense(h)).collect();
        let table = self.table(&senses)?;
        let mut columns: Vec<GuessedColumn> = Vec::new();
        let mut taken: Vec<M> = Vec::new();
        for (ix, header) in self.headers.iter().enumerate() {
            let (mut meaning, mut why) = self.meaning(ix, &senses, table);
            if !applies(meaning, table) {
                (meaning, why) = (M::Tag, NO_PLACE);
            }
            if taken.contains(&meaning) && is_single(meaning) {
                (meaning, why) = (M::Tag, "another column is that already; kept as words");
            }
            if meaning == M::Tag && !keeps_words(table) {
                (meaning, why) = (M::Ignore, NO_PLACE);
            }
            taken.push(meaning);
            columns.push(GuessedColumn { header: header.clone(), meaning, why });
        }
        let mut notes = Vec::new();
        let kind = (table == TableKind::Evidence && !taken.contains(&M::Kind)).then(|| {
            let is_mail = taken.iter().any(|m| matches!(m, M::FromEmail | M::ToEmail));
            notes.push("No column says what happened: is this right?".to_owned());
            if is_mail { "mail" } else { "message" }.to_owned()
        });
        let relation = (table == TableKind::Relations && !taken.contains(&M::Relation))
            .then(|| "partner".to_owned());
        let is_epoch = |header: &String| ["seconds", "epoch", "unixtime"].contains(&&*key(header));
        let dates = self.headers.iter().any(is_epoch).then_some(DateFormat::Seconds);
        let system = self.system();
        let used = columns.iter().map(|column| (column.header.clone(), column.meaning));
        let columns_used: BTreeMap<String, M> = used.collect();
        let mapping =
            Mapping { table, system, dates, kind, relation, list: None, columns: columns_used };
        mapping.check().is_ok().then_some(Guess { mapping, columns, notes })
    }

    /// What the columns make; nothing where it is no table that is known.
    fn table(&self, senses: &[Option<Sense>]) -> Option<TableKind> {
        let has = |wanted: Sense| senses.contains(&Some(wanted));
        let has_any = |wanted: &[M]| wanted.iter().any(|&meaning| has(Sense::Is(meaning)));
        let pair = has(Sense::From) && has(Sense::To) || has(Sense::Source) && has(Sense::Target);
        let people = has_any(&[M::FromName, M::FromEmail, M::FromProfile, M::FromId])
            && (has(Sense::To) || has_any(&[M::ToName, M::ToEmail, M::ToProfile, M::ToId]));
        // Of an introduction the three are not told apart by what two columns would say.
        let roles = senses.iter().filter(|&&sense| sense == Some(Sense::Introduction)).count();
        if has(Sense::Foreign) || roles > 1 || roles == 1 && (pair || people) {
            return None;
        }
        if has_any(&[M::FromCompany, M::FromDomain]) && has_any(&[M::ToCompany, M::ToDomain]) {
            return Some(TableKind::Relations);
        }
        if pair || people || has(Sense::To) && has_any(&[M::When]) {
            let dated = has_any(&[M::When]);
            let rated = has_any(&[M::Closeness, M::Weight]);
            let evidence = dated && !rated;
            return Some(if evidence { TableKind::Evidence } else { TableKind::Statements });
        }
        if has_any(&[M::PersonId]) && has_any(&[M::CompanyId]) && !has(Sense::Name) {
            return Some(TableKind::Employments);
        }
        let person = PERSON.iter().any(|&meaning| has(Sense::Is(meaning))) || has(Sense::Label);
        let company = COMPANY.iter().any(|&meaning| has(Sense::Is(meaning)));
        match (person, company, has(Sense::Name)) {
            (true, ..) => Some(TableKind::People),
            (false, true, _) => {
                let works = has_any(&[M::Title, M::FromDate]) && has(Sense::Name);
                Some(if works { TableKind::People } else { TableKind::Companies })
            }
            (false, false, true) => self.names_alone(senses),
            _ => None,
        }
    }

    /// What a table holds that has names and neither addresses nor companies: people and companies
    /// if its types say so, people if there are no types.
    fn names_alone(&self, senses: &[Option<Sense>]) -> Option<TableKind> {
        let has = |wanted: Sense| senses.contains(&Some(wanted));
        let types = senses.iter().position(|&sense| sense == Some(Sense::Type));
        let fits = match types {
            Some(ix) => self.names_nouns(ix),
            None => has(Sense::Id) || has(Sense::Title),
        };
        fits.then_some(TableKind::People)
    }

    fn meaning(&self, ix: usize, senses: &[Option<Sense>], table: TableKind) -> (M, &'static str) {
        let has = |wanted: Sense| senses.contains(&Some(wanted));
        let by_name = "by its name";
        let (first, last) = (Sense::Is(M::FirstName), Sense::Is(M::LastName));
        let Some(sense) = senses.get(ix).copied().flatten() else {
            return (M::Tag, "nothing is known by this name; kept as words");
        };
        let of_people = matches!(table, TableKind::People | TableKind::Entries);
        match sense {
            Sense::Private => (M::Ignore, "private; not kept"),
            Sense::Minor | Sense::Foreign => (M::Ignore, "about the row itself"),
            Sense::Title if has(Sense::Is(M::Title)) => {
                (M::Ignore, "another column is the job title")
            }
            Sense::Title => (M::Title, by_name),
            Sense::Name if table == TableKind::Companies => (M::Company, by_name),
            Sense::Name if of_people && has(first) != has(last) => {
                let other = if has(first) { M::LastName } else { M::FirstName };
                (other, "the rest of the name is another column")
            }
            Sense::Name if of_people => (M::PersonName, by_name),
            Sense::Id if table == TableKind::Companies => (M::CompanyId, by_name),
            Sense::Id if of_people => (M::PersonId, by_name),
            Sense::Label if of_people && has(Sense::Id) => (M::PersonName, by_name),
            Sense::Label if of_people => (M::Label, "by its name; no other column is an id"),
            Sense::Type if of_people && self.names_nouns(ix) => (M::Type, "by its values"),
            Sense::Type if table == TableKind::Companies => (M::Tag, "kept as words"),
            Sense::Type if table == TableKind::Evidence && self.names_kinds(ix) => {
                (M::Kind, "by its values")
            }
            Sense::From => self.party(
                ix,
                table,
                [M::FromName, M::FromEmail, M::FromProfile, M::FromId, M::FromLabel],
            ),
            Sense::To => {
                self.party(ix, table, [M::ToName, M::ToEmail, M::ToProfile, M::ToId, M::ToLabel])
            }
            Sense::Source => (M::FromId, by_name),
            Sense::Target => (M::ToId, by_name),
            Sense::Is(M::FromDate) if table == TableKind::Statements => (M::When, by_name),
            Sense::Url | Sense::Is(M::Profile) if table == TableKind::Companies => {
                (M::Domain, by_name)
            }
            Sense::Url if self.mostly(ix, is_profile) => (M::Profile, "its values are profiles"),
            Sense::Url => (M::Tag, "its values are no profile pages; kept as words"),
            Sense::Is(M::Profile) if !self.mostly(ix, |cell| cell.contains('/')) => {
                (M::Tag, "its values are no profile pages; kept as words")
            }
            Sense::Is(meaning) => (meaning, by_name),
            Sense::Introduction => (M::Tag, "kept as words"),
            Sense::Name | Sense::Id | Sense::Label | Sense::Type => {
                (M::Ignore, "about the row itself")
            }
        }
    }

    /// By what the values of a column name people.
    fn party(&self, ix: usize, table: TableKind, meanings: [M; 5]) -> (M, &'static str) {
        let [name, email, profile, id, label] = meanings;
        let is_id = |cell: &str| cell.contains(|c: char| c.is_ascii_digit()) && !cell.contains(' ');
        match () {
            () if self.mostly(ix, |cell| cell.contains('@')) => {
                (email, "its values are mail addresses")
            }
            () if self.mostly(ix, |cell| cell.contains('/')) => {
                (profile, "its values are profile pages")
            }
            () if self.mostly(ix, is_id) => (id, "its values are ids"),
            () if table == TableKind::Statements => (label, "its values are names of nodes"),
            () => (name, "its values are names"),
        }
    }

    fn names_nouns(&self, ix: usize) -> bool {
        self.mostly(ix, |cell| super::build::noun(cell).is_some())
    }

    fn names_kinds(&self, ix: usize) -> bool {
        self.mostly(ix, |cell| values::kind(cell).is_some())
    }

    /// Whether more than half of the values that there are, are so.
    fn mostly(&self, ix: usize, is_so: impl Fn(&str) -> bool) -> bool {
        let cells = self.rows.iter().map(|row| values::clean(row.cell(ix)));
        let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
        let count = cells.iter().filter(|cell| is_so(cell)).count();
        count * 2 > cells.len()
    }

    /// The name of the file; of its folder where nodes and edges are two files of one graph.
    ///
    /// Other programs export people and companies as files of their own whose ids belong together.
    fn system(&self) -> Option<SystemName> {
        let stem = self.stem.to_lowercase();
        let has = |name: &str| self.headers.iter().any(|header| header == name);
        let vendors = [
            ("hubspot", has("Record ID") || has("Datensatz-ID")),
            ("salesforce", has("OwnerId") || has("AccountId")),
            ("pipedrive", has("Person - ID") || has("Organization - ID")),
        ];
        if let Some((vendor, _)) =
            vendors.iter().find(|(name, is_it)| *is_it || stem.starts_with(name))
        {
            return system_of(vendor);
        }
        let parts = ["nodes", "edges", "elements", "connections"];
        let is_part = parts.iter().any(|part| stem.ends_with(part) || stem.starts_with(part));
        let mut rest = stem.clone();
        for part in parts {
            rest = rest.replace(part, "");
        }
        let rest = rest.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        match (is_part, rest.is_empty()) {
            (true, true) => system_of(self.folder.unwrap_or("graph")),
            (true, false) => system_of(&rest),
            (false, _) => system_of(self.stem),
        }
    }
}

/// Why a column of what happened is not kept.
const NO_PLACE: &str = "such a table has no place for it";

/// Whether a column can mean this in a table of this kind.
fn applies(meaning: M, table: TableKind) -> bool {
    let happened = [M::When, M::Kind, M::Closeness, M::Weight];
    let nouns = [M::Title, M::FromDate, M::ToDate, M::List, M::Tags];
    let of_noun =
        PERSON.contains(&meaning) || COMPANY.contains(&meaning) || nouns.contains(&meaning);
    let of_pair = happened.contains(&meaning) || FROM.contains(&meaning) || TO.contains(&meaning);
    let of_firms =
        meaning == M::Relation || FROM_FIRM.contains(&meaning) || TO_FIRM.contains(&meaning);
    match table {
        TableKind::Evidence | TableKind::Statements => !of_noun && !of_firms,
        TableKind::Relations => {
            !of_pair && (!of_noun || matches!(meaning, M::FromDate | M::ToDate))
        }
        _ => !of_pair && !of_firms,
    }
}

/// Whether rows become people or companies, on which words can be.
fn keeps_words(table: TableKind) -> bool {
    !matches!(table, TableKind::Evidence | TableKind::Statements | TableKind::Relations)
}

/// Whether a page is the profile of a person.
fn is_profile(url: &str) -> bool {
    ["linkedin.com/in/", "xing.com/profile/"].iter().any(|part| url.contains(part))
}

/// A name as that of a system: cut where it is too long.
pub(super) fn system_of(name: &str) -> Option<SystemName> {
    let short: String = name.chars().take(SystemName::CHARS_MAX).collect();
    SystemName::new(&short).ok()
}

/// Whether a row can have this but once.
fn is_single(meaning: M) -> bool {
    !matches!(
        meaning,
        M::FirstName
            | M::Email
            | M::Profile
            | M::Domain
            | M::Tag
            | M::Tags
            | M::Ignore
            | M::ToEmail
            | M::ToName
    )
}
