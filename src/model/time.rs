//! Moments and days, in UTC and without a clock.

use std::{fmt, str::FromStr};

use jiff::civil;
use serde::{Deserialize, Serialize};

/// Milliseconds in a day.
const DAY_MS: i64 = 86_400_000;

/// A text that is no date, or no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {wanted}")]
pub struct BadTime {
    text: String,
    wanted: &'static str,
}

impl BadTime {
    fn new(text: &str, wanted: &'static str) -> Self {
        Self { text: text.chars().take(60).collect(), wanted }
    }
}

/// A moment in UTC, in milliseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A moment from milliseconds since 1970.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// The day that the moment is in.
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(DAY_MS) as i32)
    }

    /// The moment so many milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => moment.fmt(f),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        text.parse::<jiff::Timestamp>()
            .map(|moment| Self(moment.as_millisecond()))
            .map_err(|_| BadTime::new(text, "a moment such as 2026-11-23T09:30:00Z"))
    }
}

/// A day in UTC, counted from 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// A day from its distance to 1970-01-01.
    pub const fn from_number(days: i32) -> Self {
        Self(days)
    }

    /// A day of the calendar; nothing where there is no such day.
    pub fn of(year: i16, month: i8, day: i8) -> Option<Self> {
        let date = civil::Date::new(year, month, day).ok()?;
        let epoch = civil::date(1970, 1, 1);
        Some(Self(date.since((jiff::Unit::Day, epoch)).ok()?.get_days()))
    }

    /// The distance to 1970-01-01, in days.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The moment at which the day begins.
    pub const fn start(self) -> Timestamp {
        Timestamp(self.0 as i64 * DAY_MS)
    }

    /// The moment at which the day ends: 24:00, the start of the next one.
    pub const fn end(self) -> Timestamp {
        Timestamp((self.0 as i64 + 1) * DAY_MS)
    }

    /// The day so many days later, or earlier if negative.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The same day of the next year; of February 29 the 28th.
    #[must_use]
    pub fn a_year_later(self) -> Self {
        let later = self.civil().and_then(|day| day.checked_add(jiff::Span::new().years(1)).ok());
        let number =
            later.and_then(|day| day.since((jiff::Unit::Day, civil::date(1970, 1, 1))).ok());
        number.map_or(self.plus(365), |span| Self(span.get_days()))
    }

    /// The same day so many years before; of February 29 the 28th, where the year has none.
    #[must_use]
    pub fn years_before(self, years: u16) -> Self {
        let span = jiff::Span::new().years(i32::from(years));
        let earlier = self.civil().and_then(|day| day.checked_sub(span).ok());
        let number =
            earlier.and_then(|day| day.since((jiff::Unit::Day, civil::date(1970, 1, 1))).ok());
        number.map_or(self.plus(-366 * i32::from(years)), |span| Self(span.get_days()))
    }

    /// The number of the ISO week (Monday to Sunday) that the day is in; weeks are numbered
    /// without a gap over the turns of years.
    pub const fn iso_week(self) -> i32 {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).div_euclid(7)
    }

    fn civil(self) -> Option<civil::Date> {
        let epoch = civil::date(1970, 1, 1);
        epoch.checked_add(jiff::Span::new().try_days(self.0).ok()?).ok()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.civil() {
            Some(date) => date.fmt(f),
            None => write!(f, "day {}", self.0),
        }
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Day {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let bad = || BadTime::new(text, "a date such as 2026-11-23");
        if text.len() != 10 {
            return Err(bad());
        }
        let date: civil::Date = text.parse().map_err(|_| bad())?;
        let epoch = civil::date(1970, 1, 1);
        let days = date.since((jiff::Unit::Day, epoch)).map_err(|_| bad())?.get_days();
        Ok(Self(days))
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_survives_its_text() {
        for text in ["1970-01-01", "1969-12-31", "2024-02-29", "2026-11-23", "1901-01-01"] {
            let day: Day = text.parse().unwrap();
            assert_eq!(day.to_string(), text);
            assert_eq!(day.start().day(), day);
            assert_eq!(day.end().plus_ms(-1).day(), day);
        }
        assert_eq!("2026-11-23".parse::<Day>().unwrap().number(), 20_780);
    }

    #[test]
    fn a_year_later_it_is_the_same_day_where_there_is_one() {
        for (day, later) in [
            ("2026-11-23", "2027-11-23"),
            ("2027-03-01", "2028-03-01"),
            ("2028-02-29", "2029-02-28"),
            ("1969-12-31", "1970-12-31"),
        ] {
            assert_eq!(day.parse::<Day>().unwrap().a_year_later().to_string(), later);
        }
    }

    #[test]
    fn years_before_it_was_the_same_day_where_there_was_one() {
        for (day, years, before) in [
            ("2026-11-23", 7, "2019-11-23"),
            ("2028-02-29", 1, "2027-02-28"),
            ("2028-02-29", 4, "2024-02-29"),
            ("1971-01-01", 2, "1969-01-01"),
        ] {
            let day: Day = day.parse().unwrap();
            assert_eq!(day.years_before(years).to_string(), before);
        }
    }

    #[test]
    fn weeks_begin_on_monday_and_run_on_over_new_year() {
        let week = |text: &str| text.parse::<Day>().unwrap().iso_week();
        assert_eq!(week("2026-11-23") - week("2026-11-22"), 1, "Monday after Sunday");
        assert_eq!(week("2026-11-23"), week("2026-11-29"));
        assert_eq!(week("2027-01-03"), week("2026-12-28"));
    }

    #[test]
    fn what_is_no_date_is_said_so() {
        for text in ["", "tomorrow", "2026-02-30", "2026-11-23T00:00:00Z"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert!("2026-11-23".parse::<Timestamp>().is_err());
    }
}
