//! What mutations take.

use async_graphql::{Enum, ID, InputObject, Result};

use crate::service::JobDraft;

use super::{
    input::id,
    scalar::{Date, DateTime, Score},
};

/// Where somebody works.
#[derive(Debug, Clone, InputObject)]
pub struct EmploymentInput {
    /// Where.
    pub company_id: ID,
    /// As what.
    pub title: Option<String>,
    /// The first day.
    pub started_on: Option<Date>,
    /// The last day, if it is over.
    pub ended_on: Option<Date>,
}

impl EmploymentInput {
    pub(super) fn read(self) -> Result<JobDraft> {
        Ok(JobDraft {
            company: id("companyId", &self.company_id)?,
            title: self.title,
            from: self.started_on.map(|date| date.0),
            to: self.ended_on.map(|date| date.0),
        })
    }
}

/// A person to write down.
#[derive(Debug, Clone, InputObject)]
pub struct CreatePersonInput {
    /// How they are called.
    pub name: String,
    /// Mail addresses and profile pages, by which they are known again; 20 at most.
    pub identifiers: Option<Vec<String>>,
    /// Where they work.
    pub employment: Option<EmploymentInput>,
    /// A key of your own: a second call with it does nothing and gives the same answer.
    pub idempotency_key: Option<String>,
    /// Comes back as it is.
    pub client_mutation_id: Option<String>,
}

/// What to correct of a person; what is not named stays.
#[derive(Debug, Clone, InputObject)]
pub struct UpdatePersonInput {
    /// Who.
    pub id: ID,
    /// The revision that you have seen; a later change by somebody else is then refused.
    pub expected_revision: Option<i32>,
    /// A new name.
    pub name: Option<String>,
    /// Mail addresses and profile pages to add; 20 at most.
    pub add_identifiers: Option<Vec<String>>,
    /// Comes back as it is.
    pub client_mutation_id: Option<String>,
}

/// A company to write down.
#[derive(Debug, Clone, InputObject)]
pub struct CreateCompanyInput {
    /// How it is called.
    pub name: String,
    /// Its domains.
    pub domains: Option<Vec<String>>,
    /// A key of your own: a second call with it does nothing and gives the same answer.
    pub idempotency_key: Option<String>,
    /// Comes back as it is.
    pub client_mutation_id: Option<String>,
}

/// What to correct of a company; what is not named stays.
#[derive(Debug, Clone, InputObject)]
pub struct UpdateCompanyInput {
    /// Which.
    pub id: ID,
    /// The revision that you have seen; a later change by somebody else is then refused.
    pub expected_revision: Option<i32>,
    /// A new name.
    pub name: Option<String>,
    /// Domains to add.
    pub add_domains: Option<Vec<String>>,
    /// Comes back as it is.
    pub client_mutation_id: Option<String>,
}

/// An employment to write down.
#[derive(Debug, Clone, InputObject)]
pub struct CreateEmploymentInput {
    /// Who works there.
    pub person_id: ID,
    /// Where, as what, since when.
    pub employment: EmploymentInput,
    /// Comes back as it is.
    pub client_mutation_id: Option<String>,
}

/// What to correct of an employment; what is not named stays.
#[derive(Debug, Clone, InputObject)]
pub struct UpdateEmploymentInput {
    /// Which.
    pub id: ID,
    /// A new title.
    pub title: Option<String>,
    /// The first day.
    pub started_on: Option<Date>,
    /// The last day.
    pub ended_on: Option<Date>,
    /// Comes back as it is.
    pub client_mutation_id: Option<String>,
}

/// What can be recorded by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ContactKind {
    /// The first participant wrote a mail to the others.
    Mail,
    /// The first participant wrote a message to the others.
    Message,
    /// They talked by phone or video.
    Call,
    /// They met.
    Meeting,
}

/// Something that happened between people. What was said is not kept.
#[derive(Debug, Clone, InputObject)]
pub struct RecordEvidenceInput {
    /// What happened.
    pub kind: ContactKind,
    /// When; it cannot be still to come.
    pub occurred_at: DateTime,
    /// Who took part, two at least; for mails and messages, who wrote comes first.
    pub participant_ids: Vec<ID>,
    /// A key of your own: a second call with it does nothing and gives the same answer.
    pub idempotency_key: Option<String>,
    /// Comes back as it is.
    pub client_mutation_id: Option<String>,
}

/// How well two people know each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StatedCloseness {
    /// They have met.
    Weak,
    /// They know each other well.
    Good,
    /// They are close.
    Close,
}

/// "I know her well."
#[derive(Debug, Clone, InputObject)]
pub struct StateTieInput {
    /// One of the two; you if nobody is named.
    pub from_id: Option<ID>,
    /// The other.
    pub to_id: ID,
    /// How well, `GOOD` if nothing is said; a later statement of yours about the same two counts
    /// instead.
    pub closeness: Option<StatedCloseness>,
    /// A number of your own instead of a word; name one of the two.
    pub score: Option<Score>,
    /// Comes back as it is.
    pub client_mutation_id: Option<String>,
}
