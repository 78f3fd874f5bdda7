//! Dates as people and programs write them; what may be one of two days is refused, not guessed.

use serde::{Deserialize, Serialize};

use crate::model::{Day, Timestamp};

const DAY_MS: i64 = 86_400_000;

/// How a table writes its dates, where they do not say so themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateFormat {
    /// `3/7/24` is the third of July.
    DayFirst,
    /// `3/7/24` is the seventh of March.
    MonthFirst,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
}

impl DateFormat {
    /// Its name in a mapping file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DayFirst => "day-first",
            Self::MonthFirst => "month-first",
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
        }
    }
}

/// A date as precise as it was written: from its first to its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) struct Found {
    pub(in crate::formats) first: Day,
    pub(in crate::formats) last: Day,
    /// The moment, where an hour is given.
    moment: Option<Timestamp>,
}

impl Found {
    fn day(year: i64, month: i64, day: i64) -> Option<Self> {
        let day =
            Day::of(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?;
        let is_likely = (1900..2200).contains(&year);
        is_likely.then_some(Self { first: day, last: day, moment: None })
    }

    fn month(year: i64, month: i64) -> Option<Self> {
        let first = Self::day(year, month, 1)?.first;
        let next =
            if month == 12 { Self::day(year + 1, 1, 1) } else { Self::day(year, month + 1, 1) };
        Some(Self { first, last: next?.first.plus(-1), moment: None })
    }

    fn year(year: i64) -> Option<Self> {
        let (first, last) = (Self::day(year, 1, 1)?.first, Self::day(year, 12, 31)?.last);
        Some(Self { first, last, moment: None })
    }

    fn moment(ms: i64) -> Option<Self> {
        let moment = Timestamp::from_ms(ms);
        let day = moment.day();
        let is_likely = Day::of(1900, 1, 1)? <= day && day < Day::of(2200, 1, 1)?;
        is_likely.then_some(Self { first: day, last: day, moment: Some(moment) })
    }

    fn at(self, ms_of_day: i64) -> Self {
        Self { moment: Some(self.first.start().plus_ms(ms_of_day)), ..self }
    }

    /// The moment of something that happened; nothing where not even the day is known.
    pub(in crate::formats) fn when(self) -> Option<Timestamp> {
        self.moment.or((self.first == self.last).then(|| self.first.start()))
    }
}

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::formats) enum NoDate {
    /// It says that there is none, such as `0.0.00`.
    Blank,
    /// It may be one of two days.
    Ambiguous,
    /// It is none.
    Wrong,
}

/// What the dates of a file have shown so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::formats) struct DateVotes {
    pub(in crate::formats) day_first: bool,
    pub(in crate::formats) month_first: bool,
    /// Some date may be read both ways.
    pub(in crate::formats) ambiguous: bool,
}

impl DateVotes {
    /// Learns from one value of a column of dates.
    pub(in crate::formats) fn see(&mut self, text: &str) {
        if !text.bytes().skip(1).take(2).any(|byte| b"/.-".contains(&byte)) {
            return;
        }
        let text = normal(text);
        let Some((a, b, _)) = slashed(split_time(&text).0) else { return };
        self.day_first |= a > 12 && b <= 12;
        self.month_first |= b > 12 && a <= 12;
        self.ambiguous |= a != b && a <= 12 && b <= 12;
    }

    /// What they agree on; nothing where none tells, or where they contradict each other.
    pub(in crate::formats) fn format(self) -> Option<DateFormat> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(DateFormat::DayFirst),
            (false, true) => Some(DateFormat::MonthFirst),
            _ => None,
        }
    }
}

/// Reads a date, with the hour where there is one; hours without a zone are in UTC.
pub(in crate::formats) fn parse(text: &str, format: Option<DateFormat>) -> Result<Found, NoDate> {
    let text = normal(text);
    if is_blank(&text) {
        return Err(NoDate::Blank);
    }
    if let Some(DateFormat::Seconds | DateFormat::Milliseconds) = format {
        let scale = if format == Some(DateFormat::Seconds) { 1_000.0 } else { 1.0 };
        let number: f64 = text.parse().map_err(|_| NoDate::Wrong)?;
        return Found::moment((number * scale) as i64).ok_or(NoDate::Wrong);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits(&text).ok_or(NoDate::Wrong);
    }
    let (date, time) = split_time(&text);
    let found = match slashed(date) {
        Some(parts) => in_order(parts, format)?,
        None => iso(date).or_else(|| worded(date)).ok_or(NoDate::Wrong)?,
    };
    match time {
        Some(time) if found.first == found.last => {
            Ok(found.at(ms_of_day(time).ok_or(NoDate::Wrong)?))
        }
        Some(_) => Err(NoDate::Wrong),
        None => Ok(found),
    }
}

fn normal(text: &str) -> String {
    let plain = text.trim().replace(['\u{a0}', '\u{202f}'], " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_blank(text: &str) -> bool {
    let lower = text.to_lowercase();
    let zeros = lower.starts_with('0') && lower.chars().all(|c| "0/.- :".contains(c));
    let words = ["", "-", "–", "n/a", "na", "null", "none", "not available", "present", "today"];
    let more = ["heute", "actuel", "présent", "aujourd'hui", "actual", "actualidad", "current"];
    zeros && lower.len() > 1 || words.contains(&&*lower) || more.contains(&&*lower)
}

/// Digits alone: a year, a day, a moment; told apart by how many there are.
fn digits(text: &str) -> Option<Found> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    match text.len() {
        4 => Found::year(number(0, 4)?),
        8 => Found::day(number(0, 4)?, number(4, 6)?, number(6, 8)?),
        10 => Found::moment(number(0, 10)? * 1_000),
        13 => Found::moment(number(0, 13)?),
        14 | 17 => {
            let day = Found::day(number(0, 4)?, number(4, 6)?, number(6, 8)?)?;
            let (hour, minute, second) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
            let ms = if text.len() == 17 { number(14, 17)? } else { 0 };
            let fits = hour < 24 && minute < 60 && second <= 60;
            fits.then(|| day.at(((hour * 60 + minute) * 60 + second) * 1_000 + ms))
        }
        _ => None,
    }
}

/// The date and the hour of a text.
fn split_time(text: &str) -> (&str, Option<&str>) {
    let Some(colon) = text.find(':') else { return (text, None) };
    let start = text[..colon]
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let date = text[..start].trim_end_matches(['T', 't', ' ', ',']);
    (date, Some(&text[start..]))
}

/// Three numbers with slashes, dots or lines between them, the year last.
fn slashed(date: &str) -> Option<(i64, i64, i64)> {
    let mark = date.chars().find(|c| !c.is_ascii_digit())?;
    let mut parts = date.trim_end_matches('.').split(mark);
    let mut number = || {
        let part = parts.next()?.trim();
        (part.len() <= 4 && !part.is_empty()).then(|| part.parse::<u16>().ok()).flatten()
    };
    let (a, b, year) = (number()?, number()?, number()?);
    let fits = "/.-".contains(mark) && parts.next().is_none() && a <= 31 && b <= 31;
    // Dots stand between numbers where the day comes first, and nowhere else.
    let (a, b) = if mark == '.' && b <= 12 { (a.max(1) + 100, b) } else { (a, b) };
    fits.then(|| (i64::from(a), i64::from(b), full_year(year)))
}

fn full_year(year: u16) -> i64 {
    match year {
        0..70 => i64::from(year) + 2000,
        70..100 => i64::from(year) + 1900,
        _ => i64::from(year),
    }
}

fn in_order(parts: (i64, i64, i64), format: Option<DateFormat>) -> Result<Found, NoDate> {
    let (a, b, year) = parts;
    let (day, month) = match format {
        _ if a > 100 => (a - 100, b),
        Some(DateFormat::DayFirst) => (a, b),
        Some(DateFormat::MonthFirst) => (b, a),
        _ if b > 12 => (b, a),
        _ if a > 12 || a == b => (a, b),
        _ => return Err(NoDate::Ambiguous),
    };
    Found::day(year, month, day).ok_or(NoDate::Wrong)
}

/// `2026-11-23`, `2026/11/23`, `2026-11`.
fn iso(date: &str) -> Option<Found> {
    let mut parts = date.split(['-', '/', '.']);
    let mut number = |length: std::ops::RangeInclusive<usize>| {
        let part = parts.next()?;
        length.contains(&part.len()).then(|| part.parse::<u16>().ok()).flatten().map(i64::from)
    };
    let (year, month) = (number(4..=4)?, number(1..=2)?);
    match number(1..=2) {
        Some(day) => Found::day(year, month, day),
        None => (date.len() <= 7).then(|| Found::month(year, month)).flatten(),
    }
}

/// `08 Oct 2026`, `Oct 8, 2026`, `Mar 2021`, `1er février 2020`, `Wed Jun 24 2026`.
fn worded(date: &str) -> Option<Found> {
    let (mut month, mut day, mut year) = (None, None, None);
    for word in date.split([' ', ',', '.', '-', '/']).filter(|word| !word.is_empty()) {
        let number = word.trim_end_matches(|c: char| c.is_alphabetic() || c == 'º');
        match number.parse::<u16>() {
            Ok(number @ 1..=31) if day.is_none() => day = Some(i64::from(number)),
            Ok(number) if year.is_none() && word.len() >= 2 => year = Some(full_year(number)),
            Ok(_) => return None,
            Err(_) => match month_of(word) {
                Some(found) if month.is_none() => month = Some(found),
                None if is_filler(word) => {}
                _ => return None,
            },
        }
    }
    match (year, month?, day) {
        (Some(year), month, Some(day)) => Found::day(year, month, day),
        (Some(year), month, None) => Found::month(year, month),
        _ => None,
    }
}

fn is_filler(word: &str) -> bool {
    let fillers = ["de", "of", "del", "the", "mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    fillers.contains(&&*word.to_lowercase())
}

/// The month of a word in English, German, French or Spanish.
fn month_of(word: &str) -> Option<i64> {
    const STARTS: [&[&str]; 12] = [
        &["jan", "ene"],
        &["feb", "fev"],
        &["mar", "mrz"],
        &["apr", "avr", "abr"],
        &["may", "mai"],
        &["jun", "juin"],
        &["jul", "juil"],
        &["aug", "aou", "ago"],
        &["sep"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez", "dic"],
    ];
    let word = deunicode::deunicode(&word.to_lowercase().replace('ä', "a"));
    let fits = |starts: &[&str]| starts.iter().any(|start| word.starts_with(start));
    let month = STARTS.iter().position(|starts| fits(starts))?;
    (word.len() <= 10).then_some(month as i64 + 1)
}

/// `09:15`, `9:05 PM`, `09:15:00.250 UTC`, `09:15:00+02:00`.
fn ms_of_day(time: &str) -> Option<i64> {
    let end = time.find(|c: char| !"0123456789:.".contains(c)).unwrap_or(time.len());
    let (clock, rest) = time.split_at(end);
    let mut parts = clock.split(':');
    let whole = |text: Option<&str>| text?.parse::<u8>().ok().map(i64::from);
    let (mut hour, minute) = (whole(parts.next())?, whole(parts.next())?);
    let seconds = parts.next().map_or(Some(0.0), |text| text.parse::<f64>().ok())?;
    let rest = rest.trim().to_uppercase();
    let minutes_east = match rest.as_str() {
        "" | "Z" | "UTC" | "GMT" => 0,
        "AM" | "PM" => {
            let fits = (1..=12).contains(&hour);
            hour = fits.then_some(hour % 12 + if rest == "PM" { 12 } else { 0 })?;
            0
        }
        offset => offset_minutes(offset)?,
    };
    let fits = hour < 24 && minute < 60 && (0.0..61.0).contains(&seconds) && parts.next().is_none();
    let ms = (hour * 60 + minute - minutes_east) * 60_000 + (seconds * 1_000.0).round() as i64;
    (fits && ms.abs() < 2 * DAY_MS).then_some(ms)
}

fn offset_minutes(offset: &str) -> Option<i64> {
    let offset = offset.trim_start_matches("UTC").trim_start_matches("GMT");
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits = offset.strip_prefix(['+', '-'])?.replace(':', "");
    let is_short = digits.len() == 2 || digits.len() == 4;
    let fits = is_short && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = if fits { digits.parse().ok()? } else { return None };
    let (hours, minutes) =
        if digits.len() == 2 { (number, 0) } else { (number / 100, number % 100) };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
