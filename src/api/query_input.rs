//! How somebody is named in a question, and what a search finds.

use async_graphql::{Enum, ID, OneofObject, Union};

use crate::service::Found;

use super::{company::Company, person::Person};

/// How a person is named.
#[derive(Debug, Clone, OneofObject)]
pub enum PersonBy {
    /// By id. An id of a past day means that day, unless `asOf` names another.
    Id(ID),
    /// By a mail address.
    Email(String),
    /// By the address of a profile page.
    Profile(String),
}

/// How a company is named.
#[derive(Debug, Clone, OneofObject)]
pub enum CompanyBy {
    /// By id. An id of a past day means that day, unless `asOf` names another.
    Id(ID),
    /// By a domain.
    Domain(String),
}

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SearchType {
    /// People.
    Person,
    /// Companies.
    Company,
}

/// Somebody, or a company, that was found.
#[derive(Debug, Clone, Union)]
pub enum SearchResult {
    /// A person.
    Person(Person),
    /// A company.
    Company(Company),
}

impl From<Found> for SearchResult {
    fn from(found: Found) -> Self {
        match found {
            Found::Person(person) => Self::Person(person.into()),
            Found::Company(company) => Self::Company(company.into()),
        }
    }
}
