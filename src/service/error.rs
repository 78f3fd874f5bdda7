//! What can go wrong with a use case, in the user's terms.

use std::fmt::Display;

use crate::{
    model::Day,
    store::{Conflict, StoreError},
};

/// A failed use case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// There is no such thing, or the viewer may not see it.
    #[error("{0} was not found")]
    NotFound(String),
    /// The viewer may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// An argument cannot be what it is.
    #[error("{argument}: {message}")]
    Invalid {
        /// Which argument.
        argument: &'static str,
        /// What is wrong with it, and what would be right.
        message: String,
    },
    /// The rules of the house forbid it; an answer, not a fault.
    #[error("{}", .0.message)]
    Refused(Refusal),
    /// Too many questions at once, or one took too long.
    #[error("the service is busy: {reason}")]
    Busy {
        /// What there was too much of.
        reason: &'static str,
        /// When to come back, in milliseconds.
        retry_after_ms: u64,
    },
    /// Our fault; the cause stays in the log.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a change was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule.
    pub code: RefusalCode,
    /// What to tell the user.
    pub message: String,
    /// Which part of the input, outermost first.
    pub path: Vec<&'static str>,
    /// The revision that is there now, where somebody else was first.
    pub present: Option<u32>,
    /// From which day on it is possible, where only the time is wrong.
    pub free_on: Option<Day>,
}

/// The rules by which changes are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    /// Nothing but white space.
    Blank,
    /// Not of the form that is needed.
    Invalid,
    /// What it names is not there, or may not be seen.
    NotFound,
    /// It is there already.
    Duplicate,
    /// Somebody else changed it first.
    Conflict,
    /// Only those whom it concerns may do it.
    NotYours,
    /// Not from where an introduction stands.
    Transition,
    /// Somebody's yes is missing.
    ConsentMissing,
    /// A connector was asked as often as they want in a month.
    Quota,
    /// Somebody is not to be asked just now.
    CoolingOff,
    /// Somebody is not to be asked for this at all.
    DoNotContact,
}

/// The result of a use case.
pub type ServiceResult<T> = Result<T, ServiceError>;

impl Refusal {
    /// A refusal of one part of the input.
    pub fn new(code: RefusalCode, field: &'static str, message: impl Display) -> Self {
        Self { code, message: message.to_string(), path: vec![field], present: None, free_on: None }
    }
}

impl ServiceError {
    /// An argument that cannot be what it is.
    pub fn invalid(argument: &'static str, message: impl Display) -> Self {
        Self::Invalid { argument, message: message.to_string() }
    }

    /// A refusal of one part of the input.
    pub fn refused(code: RefusalCode, field: &'static str, message: impl Display) -> Self {
        Self::Refused(Refusal::new(code, field, message))
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing(id) => Self::NotFound(id.to_string()),
            StoreError::Conflict(conflict) => Self::Refused(refusal_of(&conflict)),
            StoreError::Unavailable(_) => {
                Self::Busy { reason: "the store cannot be written to", retry_after_ms: 1_000 }
            }
            other => Self::Internal(Box::new(other)),
        }
    }
}

fn refusal_of(conflict: &Conflict) -> Refusal {
    let (code, present) = match conflict {
        Conflict::Revision { present, .. } => (RefusalCode::Conflict, Some(*present)),
        Conflict::LoginTaken(_) => (RefusalCode::Duplicate, None),
        Conflict::RequestsBelow { .. } => (RefusalCode::Quota, None),
        _ => (RefusalCode::Conflict, None),
    };
    let message = match conflict {
        // Whose request it is is nobody else's business.
        Conflict::OpenRequest(_) => "a request of the team waits for their answer already".into(),
        conflict => conflict.to_string(),
    };
    Refusal { code, message, path: Vec::new(), present, free_on: None }
}
