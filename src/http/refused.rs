//! Why a request is refused before any of it runs, or fails as a whole.

use async_graphql::{ErrorExtensionValues, Response as Answer, ServerError, Value};
use axum::http::{HeaderMap, StatusCode, header};

use crate::config::HttpStatuses;

/// What was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The body is no JSON, or could not be read.
    Unreadable,
    /// It is no request of GraphQL.
    IllFormed,
    /// The document cannot be parsed.
    Syntax,
    /// The document does not fit the schema.
    Validation,
    /// The document comes to too much.
    TooComplex,
    /// Which operation is meant is not clear.
    Operation,
    /// The variables do not fit the operation.
    Variables,
    /// The document with this hash is not kept.
    NotKept,
    /// The document is none of those that may be asked.
    NotAllowed,
    /// What was asked costs more than is left.
    RateLimited,
    /// A page may have sent it unasked.
    Csrf,
    /// Only queries are sent by GET.
    Method,
    /// None of the forms that are accepted can be given.
    NotAcceptable,
    /// The body is none of JSON in UTF-8.
    MediaType,
    /// The body is too large.
    TooLarge,
    /// The body took too long.
    TooSlow,
    /// Too many are served already.
    Busy,
    /// It ran for too long.
    Timeout,
    /// It broke down.
    Internal,
}

impl Kind {
    /// The code that clients can rely on.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Unreadable | Self::IllFormed => "BAD_REQUEST",
            Self::Syntax => "GRAPHQL_PARSE_FAILED",
            Self::Validation => "GRAPHQL_VALIDATION_FAILED",
            Self::TooComplex => "QUERY_TOO_COMPLEX",
            Self::Operation => "OPERATION_RESOLUTION_FAILURE",
            Self::Variables => "BAD_USER_INPUT",
            Self::NotKept => "PERSISTED_QUERY_NOT_FOUND",
            Self::NotAllowed => "DOCUMENT_NOT_ALLOWED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Csrf => "CSRF_BLOCKED",
            Self::Method => "METHOD_NOT_ALLOWED",
            Self::NotAcceptable => "NOT_ACCEPTABLE",
            Self::MediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::TooLarge => "BODY_TOO_LARGE",
            Self::TooSlow => "REQUEST_TIMEOUT",
            Self::Busy => "BUSY",
            Self::Timeout => "TIMEOUT",
            Self::Internal => "INTERNAL",
        }
    }

    /// The status to a client that takes statuses for what they are.
    pub(super) fn status(self, statuses: HttpStatuses) -> StatusCode {
        let since_2026 = match statuses {
            HttpStatuses::Audit => StatusCode::BAD_REQUEST,
            HttpStatuses::Draft => StatusCode::UNPROCESSABLE_ENTITY,
        };
        match self {
            Self::Unreadable | Self::Syntax | Self::NotKept | Self::NotAllowed => {
                StatusCode::BAD_REQUEST
            }
            Self::IllFormed
            | Self::Validation
            | Self::TooComplex
            | Self::Operation
            | Self::Variables => since_2026,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Csrf => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Busy | Self::Timeout => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether a client that takes `application/json` alone is answered with 200: it was a request
    /// of GraphQL, and the answer says what is wrong with it.
    pub(super) fn is_an_answer(self) -> bool {
        matches!(
            self,
            Self::Syntax
                | Self::Validation
                | Self::TooComplex
                | Self::Operation
                | Self::Variables
                | Self::NotKept
                | Self::NotAllowed
        )
    }
}

/// A request that is refused.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) kind: Kind,
    pub(super) errors: Vec<ServerError>,
    /// What else the answer says beside its body.
    pub(super) headers: Box<HeaderMap>,
}

impl Refused {
    /// With one message.
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self::with(kind, vec![ServerError::new(message, None)])
    }

    /// With these errors, each of which gets the code.
    pub(super) fn with(kind: Kind, mut errors: Vec<ServerError>) -> Self {
        for error in &mut errors {
            say(error, "code", kind.code().into());
        }
        Self { kind, errors, headers: Box::default() }
    }

    /// That it can be sent again, and when.
    pub(super) fn come_back_after_ms(mut self, ms: u64) -> Self {
        for error in &mut self.errors {
            say(error, "retryAfterMs", ms.into());
        }
        self.headers.insert(header::RETRY_AFTER, ms.div_ceil(1_000).into());
        self
    }

    /// As an answer.
    pub(super) fn answer(self) -> Answer {
        Answer::from_errors(self.errors)
    }
}

/// Says more of an error.
pub(super) fn say(error: &mut ServerError, name: &str, value: Value) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set(name, value);
}
