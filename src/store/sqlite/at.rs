//! At which version a read looks.

use rusqlite::types::{ToSql, ToSqlOutput};

use crate::model::Version;

/// The version at which a read looks: what was told by it, and not gone by it, stands.
///
/// In SQL, of a table with the columns `told` and `gone`:
/// `told <= ?at AND (gone IS NULL OR gone > ?at)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At(i64);

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
