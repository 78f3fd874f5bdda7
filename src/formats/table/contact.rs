//! Rows to what happened between people, and to how companies stand to each other.

use super::{
    build::{Plan, Reason, reason},
    mapping::{Meaning as M, TableKind},
    split::Row,
    values,
};
use crate::{
    formats::{ContactKind, Firm, Party, Record},
    model::{Closeness, Identifier, Name, PARTICIPANTS_MAX, Probability, Timestamp},
};

impl Plan {
    pub(super) fn contact(&self, row: &Row) -> Result<Record, Reason> {
        let from = [M::FromName, M::FromEmail, M::FromProfile, M::FromId, M::FromLabel];
        let to = [M::ToName, M::ToEmail, M::ToProfile, M::ToId, M::ToLabel];
        let mut people = self.parties(row, from)?;
        if people.is_empty() && from.iter().any(|&meaning| self.has(meaning)) {
            return Err("nobody is named who wrote, or is the first of two".to_owned());
        }
        people.extend(self.parties(row, to)?);
        let mut seen = std::collections::HashSet::new();
        people.retain(|party| seen.insert(party.clone()));
        let kind = self.contact_kind(row)?;
        match people.len() {
            0 | 1 => Err("it names no two different people".to_owned()),
            count if count > PARTICIPANTS_MAX => {
                Err(format!("it names {count} people, but {PARTICIPANTS_MAX} are the most"))
            }
            count if count > 2 && matches!(kind, ContactKind::Stated(_)) => {
                Err(format!("a statement is about two people, not {count}"))
            }
            _ => Ok(Record::Contact { kind, at: self.moment(row)?, people }),
        }
    }

    fn moment(&self, row: &Row) -> Result<Timestamp, Reason> {
        let cell = self.cell(row, M::When);
        match self.date(cell)? {
            Some(found) => found
                .when()
                .ok_or_else(|| format!("`{}` does not say the day", cell.unwrap_or_default())),
            None if self.mapping.table == TableKind::Statements => Ok(self.import_day.start()),
            None => Err("it does not say when".to_owned()),
        }
    }

    fn contact_kind(&self, row: &Row) -> Result<ContactKind, Reason> {
        if self.mapping.table == TableKind::Evidence {
            let word = self.cell(row, M::Kind).or(self.mapping.kind.as_deref()).unwrap_or_default();
            if let Some(kind) = values::kind(word) {
                return Ok(ContactKind::Plain(kind));
            }
            if word != "statement" {
                return Err(format!("`{word}` is not known; try `mail`, `call` or `meeting`"));
            }
        }
        let closeness = match (self.cell(row, M::Closeness), self.cell(row, M::Weight)) {
            (Some(cell), _) => values::closeness(cell).ok_or_else(|| {
                format!("`{cell}` is not `weak`, `good`, `close`, nor a number from 0 to 1")
            })?,
            (None, Some(cell)) if self.weights_are_scores => values::number(cell)
                .and_then(|number| Probability::new(number).ok())
                .map_or(Closeness::Weak, Closeness::Score),
            _ => Closeness::Weak,
        };
        Ok(ContactKind::Stated(closeness))
    }

    /// People that columns name: one where one column alone holds a single value.
    fn parties(&self, row: &Row, meanings: [M; 5]) -> Result<Vec<Party>, Reason> {
        let [name, email, profile, id, label] = meanings;
        let mut lists: Vec<Vec<Identifier>> = Vec::new();
        let mut wrong = Vec::new();
        let (mails, bad): (Vec<_>, Vec<_>) = self.cells(row, email).map(values::mails).unzip();
        wrong.extend(bad.into_iter().flatten());
        lists.push(mails.into_iter().flatten().collect());
        let (mut urls, mut ids, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for cell in self.cells(row, profile).flat_map(values::several) {
            urls.push(Identifier::Profile(values::profile(cell).map_err(reason)?));
        }
        for cell in self.cells(row, id).flat_map(values::several) {
            ids.push(self.external(cell)?);
        }
        for cell in self.cells(row, label) {
            ids.push(self.external(cell)?);
            labels.push(cell);
        }
        lists.extend([urls, ids]);
        if let Some(wrong) = wrong.first() {
            return Err(format!("`{wrong}` is no mail address such as ana@example.org"));
        }
        let names: Vec<&str> =
            self.cells(row, name).flat_map(values::several).chain(labels).collect();
        join(&names, &lists)
    }

    pub(super) fn relation(&self, row: &Row) -> Result<Record, Reason> {
        let firm = |name, domain, id| {
            let firm =
                self.firm(self.cell(row, name), self.cell(row, id), self.cells(row, domain))?;
            let is_named = firm != Firm::default();
            is_named.then_some(firm).ok_or_else(|| "it names no two companies".to_owned())
        };
        let word = self.cell(row, M::Relation).or(self.mapping.relation.as_deref());
        let word = word.unwrap_or_default();
        let kind = values::relation(word)
            .ok_or_else(|| format!("`{word}` is not known; try `partner` or `customer`"))?;
        Ok(Record::Relation {
            from: firm(M::FromCompany, M::FromDomain, M::FromCompanyId)?,
            to: firm(M::ToCompany, M::ToDomain, M::ToCompanyId)?,
            kind,
            span: self.span(row)?,
        })
    }
}

/// Joins names and identifiers into people: in their order where there are as many of each, and
/// else by the identifiers alone.
fn join(names: &[&str], lists: &[Vec<Identifier>]) -> Result<Vec<Party>, Reason> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or_default();
    let count = if longest == 0 { names.len() } else { longest };
    let mut people = vec![Party::default(); count];
    for list in lists.iter().filter(|list| list.len() == count) {
        for (party, identifier) in people.iter_mut().zip(list) {
            party.identifiers.push(identifier.clone());
        }
    }
    if names.len() == count {
        for (party, name) in people.iter_mut().zip(names) {
            party.name = Some(Name::new(name).map_err(reason)?);
        }
    }
    Ok(people)
}
