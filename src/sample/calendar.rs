//! The days of a sample, all counted back from its last one.

use crate::model::{Day, Timestamp};

const HOUR_MS: i64 = 3_600_000;

/// How many days before the last one the installation began, and took in all that was before.
const FIRST_IMPORT_DAYS_AGO: i32 = 300;

/// The days of a sample.
#[derive(Clone, Copy)]
pub(super) struct Calendar {
    pub(super) last_day: Day,
}

impl Calendar {
    /// Where the sample's clock stands: 17:00 UTC on the last day.
    pub(super) fn now(self) -> Timestamp {
        at_hour(self.last_day, 17)
    }

    /// The day so many days before the last one.
    pub(super) fn ago(self, days: i32) -> Day {
        self.last_day.plus(-days)
    }

    /// When the installation began.
    pub(super) fn first_import(self) -> Timestamp {
        at_hour(self.ago(FIRST_IMPORT_DAYS_AGO), 3)
    }

    /// When what happened on a day was recorded: in the night after it, by the daily import.
    pub(super) fn recorded(self, day: Day) -> Timestamp {
        at_hour(day.plus(1), 3).max(self.first_import())
    }
}

/// A full hour of a day.
pub(super) fn at_hour(day: Day, hour: i64) -> Timestamp {
    day.start().plus_ms(hour * HOUR_MS)
}

/// The day itself, or the Friday before a weekend.
pub(super) fn workday_by(day: Day) -> Day {
    day.plus(-(weekday(day) - 4).max(0))
}

/// The day itself, or the Monday after a weekend.
pub(super) fn workday_from(day: Day) -> Day {
    match weekday(day) {
        5 => day.plus(2),
        6 => day.plus(1),
        _ => day,
    }
}

/// 0 on Mondays, 6 on Sundays. 1970-01-01 was a Thursday.
fn weekday(day: Day) -> i32 {
    (day.number() + 3).rem_euclid(7)
}
