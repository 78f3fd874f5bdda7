//! Rows to records, by a mapping.

use super::{
    dates::{self, DateFormat, NoDate},
    mapping::{Mapping, Meaning as M, TableKind},
    split::Row,
    values,
};
use crate::{
    formats::{Entry, Firm, Job, Party, Record},
    model::{Day, Identifier, MailAddress, Name, Span, SystemName, Tag, Title, fold},
};

/// What a row of nodes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noun {
    Person,
    Company,
}

/// Whether a word means a person or a company.
pub(super) fn noun(word: &str) -> Option<Noun> {
    match fold(word).as_str() {
        "person" | "people" | "contact" | "kontakt" | "personne" | "persona" | "individual" => {
            Some(Noun::Person)
        }
        "company" | "organization" | "organisation" | "org" | "account" | "firma"
        | "unternehmen" | "entreprise" | "societe" | "empresa" | "business" => Some(Noun::Company),
        _ => None,
    }
}

/// A mapping made ready for the columns of one file.
pub(super) struct Plan {
    pub(super) mapping: Mapping,
    system: SystemName,
    pub(super) import_day: Day,
    /// What each column means, and how it is called.
    columns: Vec<(M, String)>,
    /// How the file writes its dates, as far as that is known.
    pub(super) dates: Option<DateFormat>,
    /// Whether all weights of the file are scores.
    pub(super) weights_are_scores: bool,
}

/// Why a row makes no record.
pub(super) type Reason = String;

impl Plan {
    pub(super) fn new(mapping: Mapping, system: SystemName, import_day: Day) -> Self {
        let dates = mapping.dates;
        let columns = Vec::new();
        Self { mapping, system, import_day, columns, dates, weights_are_scores: false }
    }

    /// Learns of columns that were not there before.
    pub(super) fn extend(&mut self, headers: &[String]) {
        for header in &headers[self.columns.len().min(headers.len())..] {
            let meaning = self.mapping.columns.get(header).copied().unwrap_or(M::Tag);
            self.columns.push((meaning, header.clone()));
        }
    }

    pub(super) fn has(&self, meaning: M) -> bool {
        self.columns.iter().any(|(found, _)| *found == meaning)
    }

    /// The cells with this meaning that are not empty.
    pub(super) fn cells<'r>(&self, row: &'r Row, meaning: M) -> impl Iterator<Item = &'r str> {
        let columns = self.columns.iter().enumerate();
        let with_it = columns.filter(move |(_, (found, _))| *found == meaning);
        with_it.map(|(ix, _)| values::clean(row.cell(ix))).filter(|cell| !cell.is_empty())
    }

    pub(super) fn cell<'r>(&self, row: &'r Row, meaning: M) -> Option<&'r str> {
        self.cells(row, meaning).next()
    }

    /// The records of a row.
    ///
    /// # Errors
    /// When it makes none: with the reason, for a person.
    pub(super) fn records(&self, row: &Row) -> Result<Vec<Record>, Reason> {
        if row.cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(vec![Record::Excluded { reason: "an empty row" }]);
        }
        match self.mapping.table {
            TableKind::Evidence | TableKind::Statements => self.contact(row).map(|r| vec![r]),
            TableKind::Relations => self.relation(row).map(|r| vec![r]),
            _ => self.noun_records(row),
        }
    }

    fn noun_records(&self, row: &Row) -> Result<Vec<Record>, Reason> {
        let noun = match self.cell(row, M::Type).map(noun) {
            Some(None) => {
                return Ok(vec![Record::Excluded { reason: "neither a person nor a company" }]);
            }
            Some(Some(noun)) => noun,
            None if self.mapping.table == TableKind::Companies => Noun::Company,
            None if self.mapping.table == TableKind::Entries && !self.names_a_person(row) => {
                Noun::Company
            }
            None => Noun::Person,
        };
        let mut tags = self.tags(row);
        let (entry, record) = match noun {
            Noun::Person => {
                let person = self.person(row, &mut tags)?;
                let jobs = self.jobs(row)?;
                if jobs.is_empty() && self.mapping.table == TableKind::Employments {
                    return Err("no company is named".to_owned());
                }
                (Entry::Person(person.clone()), Record::Person { person, jobs, tags })
            }
            Noun::Company => {
                let company = self.company(row, &mut tags)?;
                (Entry::Company(company.clone()), Record::Company { company, tags })
            }
        };
        let mut records = Vec::new();
        if self.mapping.table != TableKind::Entries {
            records.push(record);
        }
        records.extend(self.lists(row)?.into_iter().map(|list| {
            let entry = entry.clone();
            Record::OnList { list, entry }
        }));
        if records.is_empty() { Err("no list is named".to_owned()) } else { Ok(records) }
    }

    fn names_a_person(&self, row: &Row) -> bool {
        super::mapping::PERSON.iter().any(|&meaning| self.cell(row, meaning).is_some())
    }

    fn lists(&self, row: &Row) -> Result<Vec<Name>, Reason> {
        let cells: Vec<&str> = self.cells(row, M::List).flat_map(values::several).collect();
        match &self.mapping.list {
            Some(list) if cells.is_empty() => Ok(vec![list.clone()]),
            _ => cells.into_iter().map(|cell| Name::new(cell).map_err(reason)).collect(),
        }
    }

    fn tags(&self, row: &Row) -> Vec<Tag> {
        let mut tags = Vec::new();
        for (ix, (meaning, header)) in self.columns.iter().enumerate() {
            let cell = values::clean(row.cell(ix));
            match meaning {
                M::Tag if !cell.is_empty() => tags.extend(values::tag(header, cell)),
                M::Tags => tags.extend(
                    values::several(cell)
                        .flat_map(|words| words.split('|').map(str::trim))
                        .filter(|word| !word.starts_with('*'))
                        .filter_map(|word| values::tag("", word)),
                ),
                _ => {}
            }
        }
        tags
    }

    fn person(&self, row: &Row, tags: &mut Vec<Tag>) -> Result<Party, Reason> {
        let mut identifiers = Vec::new();
        for cell in self.cells(row, M::Email) {
            let (good, bad) = values::mails(cell);
            identifiers.extend(good);
            tags.extend(bad.into_iter().filter_map(|bad| values::tag("No mail address", bad)));
        }
        for cell in self.cells(row, M::Profile).flat_map(values::several) {
            match values::profile(cell) {
                Ok(url) => identifiers.push(Identifier::Profile(url)),
                Err(_) => tags.extend(values::tag("No profile page", cell)),
            }
        }
        let label = self.cell(row, M::Label);
        for id in [self.cell(row, M::PersonId), label].into_iter().flatten() {
            match self.external(id) {
                Ok(id) => identifiers.push(id),
                Err(_) => tags.extend(values::tag("Broken id", id)),
            }
        }
        let first = self.cells(row, M::FirstName);
        let joined = first.chain(self.cell(row, M::LastName)).collect::<Vec<_>>().join(" ");
        let text = self.cell(row, M::PersonName).or(label).unwrap_or(&joined);
        // Address books put the address where there is no name.
        let is_address = MailAddress::new(text).is_ok();
        let name = some(text).filter(|_| !is_address).map(Name::new).transpose().map_err(reason)?;
        if name.is_none() && identifiers.is_empty() {
            return Err("nobody is named: no name, no usable address, no usable id".to_owned());
        }
        if identifiers.is_empty() && self.has(M::PersonId) {
            return Err("the id is empty or broken, and there is no address".to_owned());
        }
        Ok(Party { name, identifiers: unique(identifiers) })
    }

    fn company(&self, row: &Row, tags: &mut Vec<Tag>) -> Result<Firm, Reason> {
        let mut named = [M::Company, M::Label, M::PersonName].into_iter();
        let name = named.find_map(|meaning| self.cell(row, meaning));
        let mut ids = [M::CompanyId, M::PersonId, M::Label].into_iter();
        let id = ids.find_map(|meaning| self.cell(row, meaning));
        let mut firm = self.firm(name, id, self.cells(row, M::Domain))?;
        for cell in self.cells(row, M::Domain).flat_map(values::several) {
            if values::domain(cell).is_none() {
                tags.extend(values::tag("No domain", cell));
            }
        }
        if firm.name.is_none() && firm.domains.is_empty() && firm.external.is_none() {
            return Err("no company is named: no name, no domain, no usable id".to_owned());
        }
        firm.domains.dedup();
        Ok(firm)
    }

    pub(super) fn firm<'r>(
        &self,
        name: Option<&str>,
        id: Option<&str>,
        domains: impl Iterator<Item = &'r str>,
    ) -> Result<Firm, Reason> {
        Ok(Firm {
            name: name.map(Name::new).transpose().map_err(reason)?,
            domains: domains.flat_map(values::several).filter_map(values::domain).collect(),
            external: id.and_then(|id| self.external(id).ok()),
        })
    }

    fn jobs(&self, row: &Row) -> Result<Vec<Job>, Reason> {
        let name = self.cell(row, M::Company);
        let several: Vec<&str> =
            self.cells(row, M::Companies).flat_map(|cell| cell.split(';')).collect();
        let title = self.cell(row, M::Title).map(Title::new).transpose().map_err(reason)?;
        let span = self.span(row)?;
        let mut firms = Vec::new();
        if let (None, [_, _, ..]) = (name, &*several) {
            for name in several.into_iter().map(str::trim).filter(|name| !name.is_empty()) {
                firms.push(self.firm(Some(name), None, std::iter::empty())?);
            }
        } else {
            let id = self.cell(row, M::CompanyId);
            let name = name.or(several.first().copied());
            let firm = self.firm(name, id, self.cells(row, M::Domain))?;
            firms.extend((firm != Firm::default()).then_some(firm));
        }
        let job = |company| Job { company, title: title.clone(), span };
        Ok(firms.into_iter().map(job).collect())
    }

    pub(super) fn span(&self, row: &Row) -> Result<Span, Reason> {
        let from = self.date(self.cell(row, M::FromDate))?.map(|found| found.first);
        let to = self.date(self.cell(row, M::ToDate))?.map(|found| found.last);
        Span::new(from, to).map_err(reason)
    }

    pub(super) fn date(&self, cell: Option<&str>) -> Result<Option<dates::Found>, Reason> {
        let Some(text) = cell else { return Ok(None) };
        match dates::parse(text, self.dates) {
            Ok(found) => Ok(Some(found)),
            Err(NoDate::Blank) => Ok(None),
            Err(NoDate::Ambiguous) => Err(format!(
                "`{text}` may be one of two days; set `dates` to `day-first` or `month-first`"
            )),
            Err(NoDate::Wrong) => {
                let text: String = text.chars().take(60).collect();
                Err(format!("`{text}` is no date such as 2026-11-23"))
            }
        }
    }

    pub(super) fn external(&self, id: &str) -> Result<Identifier, Reason> {
        if values::is_broken_id(id) {
            return Err(format!("`{id}` is an id whose end a spreadsheet has cut"));
        }
        Identifier::external(self.system.clone(), id).map_err(reason)
    }
}

fn unique(identifiers: Vec<Identifier>) -> Vec<Identifier> {
    let mut seen = std::collections::HashSet::new();
    identifiers.into_iter().filter(|identifier| seen.insert(identifier.key())).collect()
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.trim().is_empty())
}

pub(super) fn reason(error: impl std::fmt::Display) -> Reason {
    error.to_string()
}
