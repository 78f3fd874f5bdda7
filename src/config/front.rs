//! How the door to the network behaves.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::DoorLimits;

/// Which statuses are given to clients that accept `application/graphql-response+json`. Those of
/// others are the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HttpStatuses {
    /// 400 for all that is wrong with a request, 200 for all that ran: what the audit suite of the
    /// GraphQL Foundation's working group checks.
    #[default]
    Audit,
    /// As the draft of August 2026 has it: 422 for what could be read and cannot run, 294 for data
    /// with errors.
    Draft,
}

/// How the door to the network behaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Front {
    /// Which statuses are given; by default those of the audit suite.
    pub statuses: HttpStatuses,
    /// The only documents that are run, by the SHA-256 of their texts in hexadecimal digits; by
    /// default every valid one is.
    pub documents: Option<BTreeMap<String, String>>,
    /// Pages of these origins may ask and read the answers; by default none may.
    pub origins: Vec<String>,
    /// How much a connection, a request and a document may take.
    pub limits: DoorLimits,
}
