//! Errors with a code, and refusals as answers.

use async_graphql::{Context, Enum, ErrorExtensions, Interface, SimpleObject};

use crate::service::{Refusal, RefusalCode, ServiceError, ServiceResult};

use super::{context::tertius, scalar::Date};

/// An error of a use case as a top-level error: the client gets a code, the log the cause.
pub(super) fn fail(ctx: &Context<'_>, error: ServiceError) -> async_graphql::Error {
    let message = error.to_string();
    let coded = |code: &'static str| {
        async_graphql::Error::new(&message)
            .extend_with(|_, extensions| extensions.set("code", code))
    };
    match error {
        ServiceError::NotFound(_) => coded("NOT_FOUND"),
        ServiceError::Forbidden(_) => coded("FORBIDDEN"),
        ServiceError::Invalid { argument, .. } => {
            coded("BAD_USER_INPUT").extend_with(|_, e| e.set("argument", argument))
        }
        ServiceError::Refused(refusal) => bad_input(refusal.path.first().copied(), message),
        ServiceError::Busy { retry_after_ms, .. } => {
            coded("BUSY").extend_with(|_, e| e.set("retryAfterMs", retry_after_ms))
        }
        ServiceError::Internal(cause) => {
            let incident = tertius(ctx).map(|t| t.incident()).unwrap_or_default();
            tracing::error!(incident, cause = ?cause, "a use case failed: incident {incident}");
            coded("INTERNAL").extend_with(|_, e| e.set("incident", incident.as_str()))
        }
    }
}

/// An argument that cannot be what it is.
pub(super) fn bad_input(
    argument: Option<&'static str>,
    message: impl std::fmt::Display,
) -> async_graphql::Error {
    let error = async_graphql::Error::new(message.to_string());
    error.extend_with(|_, extensions| {
        extensions.set("code", "BAD_USER_INPUT");
        if let Some(argument) = argument {
            extensions.set("argument", argument);
        }
    })
}

/// Which rule a change was refused by. New values may be added: have a default branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum UserErrorCode {
    /// Nothing but white space was given.
    Blank,
    /// It is not of the form that is needed.
    Invalid,
    /// What it names is not there, or you may not see it.
    NotFound,
    /// It is there already.
    Duplicate,
    /// Somebody else changed it first.
    Conflict,
    /// Only those whom it concerns may do it.
    NotYours,
    /// Not from where the introduction stands.
    Transition,
    /// Somebody's yes is missing.
    ConsentMissing,
    /// A connector was asked as often this month as they are willing to be.
    Quota,
    /// Somebody is not to be asked just now.
    CoolingOff,
    /// Somebody is not to be asked for this at all.
    DoNotContact,
}

impl From<RefusalCode> for UserErrorCode {
    fn from(code: RefusalCode) -> Self {
        match code {
            RefusalCode::Blank => Self::Blank,
            RefusalCode::Invalid => Self::Invalid,
            RefusalCode::NotFound => Self::NotFound,
            RefusalCode::Duplicate => Self::Duplicate,
            RefusalCode::Conflict => Self::Conflict,
            RefusalCode::NotYours => Self::NotYours,
            RefusalCode::Transition => Self::Transition,
            RefusalCode::ConsentMissing => Self::ConsentMissing,
            RefusalCode::Quota => Self::Quota,
            RefusalCode::CoolingOff => Self::CoolingOff,
            RefusalCode::DoNotContact => Self::DoNotContact,
        }
    }
}

/// Why a change was refused. Nothing was changed.
#[derive(Debug, Clone, Interface)]
#[expect(clippy::enum_variant_names, reason = "they are called so in the schema")]
#[graphql(
    field(name = "message", ty = "&String", desc = "What to tell the user."),
    field(name = "path", ty = "&Vec<String>", desc = "Which part of the input, outermost first."),
    field(name = "code", ty = "&UserErrorCode", desc = "Which rule.")
)]
pub enum UserError {
    /// A part of the input cannot be taken.
    InputError(InputError),
    /// Somebody else was first.
    ConflictError(ConflictError),
    /// A limit that somebody set to being asked.
    LimitError(LimitError),
}

/// A limit that somebody set to being asked.
#[derive(Debug, Clone, SimpleObject)]
pub struct LimitError {
    /// What to tell the user.
    pub message: String,
    /// Which part of the input, outermost first.
    pub path: Vec<String>,
    /// Which limit, where its owner lets it be said; else that they are not asked just now.
    pub code: UserErrorCode,
    /// From which day on they can be asked for it; null where no day is known.
    pub free_on: Option<Date>,
}

/// A part of the input cannot be taken.
#[derive(Debug, Clone, SimpleObject)]
pub struct InputError {
    /// What to tell the user.
    pub message: String,
    /// Which part of the input, outermost first.
    pub path: Vec<String>,
    /// Which rule.
    pub code: UserErrorCode,
}

/// Somebody else changed it first: look again, then decide.
#[derive(Debug, Clone, SimpleObject)]
pub struct ConflictError {
    /// What to tell the user.
    pub message: String,
    /// Which part of the input, outermost first.
    pub path: Vec<String>,
    /// Which rule.
    pub code: UserErrorCode,
    /// The revision that is there now.
    pub current_revision: Option<i32>,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let Refusal { code, message, path, present, free_on } = refusal;
        let path: Vec<String> = std::iter::once("input").chain(path).map(str::to_owned).collect();
        match code {
            RefusalCode::Conflict => Self::ConflictError(ConflictError {
                message,
                path,
                code: code.into(),
                current_revision: present.map(|revision| revision as i32),
            }),
            RefusalCode::Quota | RefusalCode::CoolingOff | RefusalCode::DoNotContact => {
                let (code, free_on) = (code.into(), free_on.map(Date));
                Self::LimitError(LimitError { message, path, code, free_on })
            }
            _ => Self::InputError(InputError { message, path, code: code.into() }),
        }
    }
}

/// Parts a refusal, which is an answer, from a failure, which is none.
pub(super) fn answer<T>(
    ctx: &Context<'_>,
    result: ServiceResult<T>,
) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    match result {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(ServiceError::Refused(refusal)) => Ok((None, vec![refusal.into()])),
        Err(ServiceError::NotFound(what)) => {
            let message = format!("{what} was not found");
            Ok((None, vec![Refusal::new(RefusalCode::NotFound, "id", message).into()]))
        }
        Err(error) => Err(fail(ctx, error)),
    }
}
