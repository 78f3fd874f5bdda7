//! What is recorded of one person, and of one company, as rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    formats::export::{CompanyRow, PersonRow},
    model::{Claim, Company, Identifier, Name, Person, Tag},
    service::Viewer,
};

use super::{CompanyRows, PersonRows};

pub(super) fn company_row(company: &Company, viewer: &Viewer) -> Option<CompanyRows> {
    let eyes = viewer.eyes();
    let (mut names, mut domains, mut identifiers) =
        (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    let (mut tags, mut relations): (BTreeSet<Tag>, Vec<_>) = (BTreeSet::new(), Vec::new());
    let seen = company.facts.iter().filter(|f| f.is_open_to(eyes));
    for fact in seen {
        match &fact.claim {
            Claim::CompanyName { name, .. } => _ = names.insert(name.clone()),
            Claim::CompanyDomain { domain, .. } => _ = domains.insert(domain.clone()),
            Claim::CompanyIdentifier { identifier, .. } => {
                identifiers.insert(identifier.key(), identifier.clone());
            }
            Claim::Tag { tag, .. } => _ = tags.insert(tag.clone()),
            Claim::Relation(relation) if relation.from == company.id => {
                relations.push(relation.clone());
            }
            _ => {}
        }
    }
    let row = CompanyRow {
        row: 0,
        names: with_last(names, company.name(eyes)),
        domains: domains.into_iter().collect(),
        identifiers: identifiers.into_values().collect(),
        tags: tags.into_iter().collect(),
    };
    let is_something =
        !(row.names.is_empty() && row.domains.is_empty() && row.identifiers.is_empty());
    is_something.then_some((company.id, row, relations))
}

pub(super) fn person_row(
    person: &Person,
    viewer: &Viewer,
    today: crate::model::Day,
) -> Option<PersonRows> {
    let eyes = viewer.eyes();
    let (mut names, mut tags) = (BTreeSet::new(), BTreeSet::new());
    let mut identifiers: BTreeMap<String, Identifier> = BTreeMap::new();
    for fact in person.facts.iter().filter(|f| f.is_open_to(eyes)) {
        match &fact.claim {
            Claim::PersonName { name, .. } => _ = names.insert(name.clone()),
            Claim::Tag { tag, .. } => _ = tags.insert(tag.clone()),
            Claim::PersonIdentifier { identifier, .. } => {
                // Of two ways to write one, the same is kept whichever came first.
                let kept =
                    identifiers.entry(identifier.key()).or_insert_with(|| identifier.clone());
                *kept = kept.clone().min(identifier.clone());
            }
            _ => {}
        }
    }
    let row = PersonRow {
        row: 0,
        names: with_last(names, person.name(eyes)),
        identifiers: identifiers.into_values().collect(),
        tags: tags.into_iter().collect(),
        works_at: None,
    };
    let jobs = person.employments(eyes, today).into_iter().cloned().collect();
    let is_somebody = !(row.names.is_empty() && row.identifiers.is_empty());
    is_somebody.then_some((person.id, row, jobs))
}

/// Names in order, the one that is shown last.
fn with_last(mut names: BTreeSet<Name>, last: Option<&Name>) -> Vec<Name> {
    let last = last.and_then(|name| names.take(name));
    names.into_iter().chain(last).collect()
}
