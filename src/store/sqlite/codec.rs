//! Ids, kinds and records as they stand in the file.

use rusqlite::{
    Result, Row,
    types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    model::{
        AnyId, Attestation, Audience, Author, Claim, Direction, EvidenceKind, Holder, LawfulBasis,
        Level, Source, Timestamp,
    },
    store::{HolderKind, StoreResult},
};

/// The value of an id: 16 bytes, most significant first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key([u8; 16]);

impl Key {
    pub(super) fn of(id: impl Into<AnyId>) -> Self {
        Self(id.into().value().to_be_bytes())
    }

    /// The value, to make an id of.
    pub(super) const fn value(self) -> u128 {
        u128::from_be_bytes(self.0)
    }
}

impl ToSql for Key {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }
}

impl FromSql for Key {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_blob()?.try_into().map(Self).map_err(|_| FromSqlError::InvalidType)
    }
}

/// The value of the id in a column.
pub(super) fn id_in(row: &Row<'_>, column: usize) -> Result<u128> {
    row.get(column).map(Key::value)
}

/// The code of people in `subject_kind`.
pub(super) const PERSON: i64 = 1;
/// The code of companies in `subject_kind`.
pub(super) const COMPANY: i64 = 2;
/// The code of rules about audiences in `subject_kind`.
pub(super) const AUDIENCE_RULE: i64 = 14;
/// The code of rules about being asked in `subject_kind`.
pub(super) const ASK_RULES: i64 = 15;
/// The code of cadences in `fact_kind`; what an editor of a person overwrites has a greater one.
pub(super) const CADENCE_FACT: i64 = -2;
/// The code of employments in `fact_kind`; those before are neither employment nor evidence.
pub(super) const EMPLOYMENT_FACT: i64 = 9;
/// The code of evidence in `fact_kind`.
pub(super) const EVIDENCE_FACT: i64 = 10;

const SUBJECT_KINDS: [&str; 15] = [
    "person",
    "company",
    "employment",
    "relation",
    "list",
    "member",
    "token",
    "introduction",
    "import",
    "exclusion",
    "calibration",
    "invitation",
    "erasure",
    "audience_rule",
    "ask_rules",
];

/// The code of what an id names, if it has a revision of its own.
pub(super) fn subject_kind(id: AnyId) -> Option<i64> {
    let place = SUBJECT_KINDS.iter().position(|kind| *kind == id.kind())?;
    i64::try_from(place + 1).ok()
}

/// The id behind a code and a value.
pub(super) fn subject_id(kind: i64, value: u128) -> Option<AnyId> {
    let place = usize::try_from(kind).ok()?.checked_sub(1)?;
    AnyId::of_kind(SUBJECT_KINDS.get(place)?, value)
}

/// The code of people or companies in `subject_kind`.
pub(super) const fn holder_code(kind: HolderKind) -> i64 {
    match kind {
        HolderKind::Person => PERSON,
        HolderKind::Company => COMPANY,
    }
}

/// The code of the kind of a holder.
pub(super) const fn code_of_holder(holder: Holder) -> i64 {
    match holder {
        Holder::Person(_) => PERSON,
        Holder::Company(_) => COMPANY,
    }
}

/// The code of a claim in `fact_kind`.
pub(super) const fn fact_kind(claim: &Claim) -> i64 {
    match claim {
        Claim::Note(_) => -3,
        Claim::Cadence { .. } => CADENCE_FACT,
        Claim::Identity { .. } => -1,
        Claim::CompanyIdentifier { .. } => 0,
        Claim::PersonName { .. } => 1,
        Claim::PersonIdentifier { .. } => 2,
        Claim::CompanyName { .. } => 3,
        Claim::CompanyDomain { .. } => 4,
        Claim::Relation(_) => 5,
        Claim::Tag { .. } => 6,
        Claim::ListEntry { .. } => 7,
        Claim::AskLimit { .. } => 8,
        Claim::Employment(_) => EMPLOYMENT_FACT,
        Claim::Evidence(_) => EVIDENCE_FACT,
    }
}

/// A direction as `pair_evidence` writes it.
pub(super) const fn direction_code(direction: Direction) -> i64 {
    match direction {
        Direction::Forth => 1,
        Direction::Back => -1,
        Direction::Mutual => 0,
    }
}

/// A direction as `pair_evidence` writes it, read.
pub(super) const fn direction_of(code: i64) -> Direction {
    match code {
        1 => Direction::Forth,
        -1 => Direction::Back,
        _ => Direction::Mutual,
    }
}

/// A level as `pair_evidence` has it.
pub(super) const fn level_of(code: i64) -> Level {
    match code {
        1 => Level::Tie,
        2 => Level::Strength,
        _ => Level::Evidence,
    }
}

/// A level as `pair_evidence` writes it.
pub(super) const fn level_code(level: Level) -> i64 {
    match level {
        Level::Tie => 1,
        Level::Strength => 2,
        Level::Evidence => 3,
    }
}

/// The code of a kind in `evidence_kind`.
pub(super) const fn evidence_code(kind: &EvidenceKind) -> i64 {
    match kind {
        EvidenceKind::Mail => 0,
        EvidenceKind::Message => 1,
        EvidenceKind::ListAnswer => 2,
        EvidenceKind::Call => 3,
        EvidenceKind::Meeting => 4,
        EvidenceKind::Introduction => 5,
        EvidenceKind::Connection => 6,
        EvidenceKind::Statement { .. } => 7,
        EvidenceKind::Override { .. } => 8,
    }
}

/// The kind of a row of `pair_evidence`; only statements and overrides need their
/// JSON.
pub(super) fn evidence_kind(code: i64, statement: Option<&str>) -> StoreResult<EvidenceKind> {
    Ok(match code {
        0 => EvidenceKind::Mail,
        1 => EvidenceKind::Message,
        2 => EvidenceKind::ListAnswer,
        3 => EvidenceKind::Call,
        4 => EvidenceKind::Meeting,
        5 => EvidenceKind::Introduction,
        6 => EvidenceKind::Connection,
        _ => read_json(statement.unwrap_or_default())?,
    })
}

/// A record out of its JSON.
pub(super) fn read_json<T: DeserializeOwned>(text: &str) -> StoreResult<T> {
    Ok(serde_json::from_str(text)?)
}

/// A record as JSON.
pub(super) fn write_json(record: &impl Serialize) -> StoreResult<String> {
    Ok(serde_json::to_string(record)?)
}

/// An attestation without its times: what many facts share.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) source: Source,
    pub(super) recorder: Author,
    basis: LawfulBasis,
    pub(super) audience: Audience,
}

impl Told {
    pub(super) fn of(attestation: &Attestation) -> Self {
        let Attestation { source, recorder, basis, audience, .. } = attestation.clone();
        Self { source, recorder, basis, audience }
    }

    pub(super) fn at(self, recorded_at: Timestamp, retracted_at: Option<Timestamp>) -> Attestation {
        let Self { source, recorder, basis, audience } = self;
        Attestation { source, recorder, basis, audience, recorded_at, retracted_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_subject_survives_its_code() {
        for kind in SUBJECT_KINDS {
            let id = AnyId::of_kind(kind, 7).unwrap();
            assert_eq!(subject_id(subject_kind(id).unwrap(), 7), Some(id));
        }
        assert_eq!(subject_kind(AnyId::of_kind("batch", 7).unwrap()), None);
        assert_eq!(subject_id(16, 7), None);
    }
}
