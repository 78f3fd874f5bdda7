//! At which version a read looks, and through whose eyes.

use rusqlite::{
    Connection,
    types::{ToSql, ToSqlOutput},
};

use super::known;
use crate::{
    model::{MemberId, Version},
    store::StoreResult,
};

/// The version at which a read looks: what was told by it, and not gone by it, stands.
///
/// In SQL, of a table with the columns `told` and `gone`:
/// `told <= ?at AND (gone IS NULL OR gone > ?at)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At(i64);

/// A version, and the number of the member who looks: 0 where the team does.
///
/// In SQL, of a table with the column `owner`: `owner IN (0, ?owner)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) at: At,
    pub(super) owner: i64,
    pub(super) member: Option<MemberId>,
}

impl Look {
    /// What a member sees who may be unknown: the team's part then.
    pub(super) fn by(db: &Connection, at: At, member: Option<MemberId>) -> StoreResult<Self> {
        let found = member.map(|member| known::subject(db, member.into())).transpose()?.flatten();
        Ok(Self { at, owner: found.map_or(TEAM, |found| found.ix), member })
    }
}

/// The owner of what the whole team sees.
pub(super) const TEAM: i64 = 0;

impl At {
    /// The last version, whichever it is.
    pub(super) const NOW: Self = Self(i64::MAX);

    /// A version of the past.
    pub(super) fn version(version: Version) -> Self {
        Self(i64::try_from(version.0).unwrap_or(i64::MAX))
    }

    pub(super) fn is_now(self) -> bool {
        self == Self::NOW
    }

    /// Whether something that happened by a version had happened.
    pub(super) const fn includes(self, version: i64) -> bool {
        version <= self.0
    }

    /// The version itself, or the last one where that is earlier.
    pub(super) fn or_last(self, last: Version) -> Version {
        last.min(Version(self.0.unsigned_abs()))
    }
}

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0))
    }
}
