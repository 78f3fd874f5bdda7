//! Values on their way to the server and back.

use std::str::FromStr;

use neo4rs::{BoltMap, BoltType, Row};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::error::backend;
use crate::{
    model::{AnyId, Attestation, Audience, Author, LawfulBasis, Source},
    store::StoreResult,
};

/// A map of parameters: `map! { "id": id, "at": at }`.
macro_rules! map {
    ($($key:literal: $value:expr),* $(,)?) => {{
        let mut map = neo4rs::BoltMap::default();
        $(map.put($key.into(), neo4rs::BoltType::from($value));)*
        neo4rs::BoltType::Map(map)
    }};
}
pub(super) use map;

/// A column of a row.
pub(super) fn get<'row, T: Deserialize<'row>>(row: &'row Row, column: &str) -> StoreResult<T> {
    row.get(column).map_err(|error| backend(format!("column {column}: {error}")))
}

/// A column that holds an id.
pub(super) fn id_in<Id: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    row: &Row,
    column: &str,
) -> StoreResult<Id> {
    id(get(row, column)?)
}

/// An id out of its text.
pub(super) fn id<Id: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    text: &str,
) -> StoreResult<Id> {
    text.parse().map_err(backend)
}

/// Ids as texts, for a parameter.
pub(super) fn texts<Id: ToString>(ids: impl IntoIterator<Item = Id>) -> Vec<String> {
    ids.into_iter().map(|id| id.to_string()).collect()
}

/// A record out of its JSON.
pub(super) fn read_json<T: DeserializeOwned>(text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(backend)
}

/// A record as JSON.
pub(super) fn write_json(record: &impl Serialize) -> StoreResult<String> {
    serde_json::to_string(record).map_err(backend)
}

/// Rows of parameters, so many at a time that one statement stays small.
pub(super) fn parcels(rows: Vec<BoltType>) -> impl Iterator<Item = BoltType> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let parcel: Vec<BoltType> = rows.by_ref().take(ROWS_MAX).collect();
        (!parcel.is_empty()).then(|| parcel.into())
    })
}

/// The most rows of parameters in one statement.
const ROWS_MAX: usize = 10_000;

/// The label of what an id names, beside `Subject`, if it has a revision of its own.
pub(super) fn label(id: AnyId) -> Option<&'static str> {
    Some(match id {
        AnyId::PersonId(_) => "Person",
        AnyId::CompanyId(_) => "Company",
        AnyId::EmploymentId(_) => "Employment",
        AnyId::RelationId(_) => "Relation",
        AnyId::ListId(_) => "List",
        AnyId::MemberId(_) => "Member",
        AnyId::TokenId(_) => "Token",
        AnyId::IntroductionId(_) => "Introduction",
        AnyId::ImportId(_) => "Import",
        AnyId::ExclusionId(_) => "Exclusion",
        AnyId::CalibrationId(_) => "Calibration",
        AnyId::InvitationId(_) => "Invitation",
        AnyId::ErasureId(_) => "Erasure",
        AnyId::AudienceRuleId(_) => "AudienceRule",
        AnyId::AskRulesId(_) => "AskRules",
        AnyId::FactId(_) | AnyId::BatchId(_) => return None,
    })
}

/// An attestation without its times: what many facts share, and what a `Teller` is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Teller {
    pub(super) source: Source,
    pub(super) recorder: Author,
    pub(super) basis: LawfulBasis,
    pub(super) audience: Audience,
}

impl Teller {
    pub(super) fn of(attestation: &Attestation) -> Self {
        let Attestation { source, recorder, basis, audience, .. } = attestation.clone();
        Self { source, recorder, basis, audience }
    }
}

/// An empty map, for statements whose parameters are put in one by one.
pub(super) fn empty() -> BoltMap {
    BoltMap::default()
}
