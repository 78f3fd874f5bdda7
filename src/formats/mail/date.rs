//! Dates as mail programs of forty years wrote them.

use jiff::civil;

use crate::model::Timestamp;

/// Before 1980 nobody wrote such mail, and a clock that says so was not set.
const FIRST_YEAR: i16 = 1980;

/// From this year on a date is a mistake.
const END_YEAR: i16 = 2100;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Zones by name, in minutes east of Greenwich. Names that several zones share (`IST`) are left
/// out: they count as UTC, as unknown ones do.
const ZONES: &[(&str, i32)] = &[
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("west", 60),
    ("bst", 60),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("sgt", 480),
    ("hkt", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
];

/// What was found of a date so far.
#[derive(Default)]
struct Parts {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<(i8, i8, i8)>,
    zone_minutes: i32,
}

/// The moment that a date names, in any of the usual ways, or `None` where it is none or absurd.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let mut parts = Parts::default();
    for word in without_comments(text).split([' ', '\t', ',', ';']).filter(|w| !w.is_empty()) {
        parts.take(word);
    }
    let Parts { day, month, year, time, zone_minutes } = parts;
    let (year, (hour, minute, second)) = (year?, time?);
    if !(FIRST_YEAR..END_YEAR).contains(&year) {
        return None;
    }
    let date = civil::Date::new(year, month?, day?).ok()?;
    let time = civil::Time::new(hour, minute, second.min(59), 0).ok()?;
    let utc = date.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    let ms = utc.timestamp().as_millisecond() - i64::from(zone_minutes) * 60_000;
    Some(Timestamp::from_ms(ms))
}

/// Whether a text has all parts of a date, the year with four digits, whatever else it has.
pub(super) fn is_dated(text: &str) -> bool {
    let year = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = Parts::default();
    text.split_ascii_whitespace().for_each(|word| parts.take(word));
    parts.time.is_some() && parts.month.is_some() && text.split_ascii_whitespace().any(year)
}

impl Parts {
    fn take(&mut self, word: &str) {
        let lower = word.to_ascii_lowercase();
        let first = lower.bytes().next().unwrap_or_default();
        if first == b'+' || first == b'-' {
            self.zone_minutes = numeric_zone(&lower).unwrap_or(self.zone_minutes);
        } else if first.is_ascii_digit() {
            self.take_digits(&lower);
        } else {
            self.take_name(lower.trim_end_matches('.'));
        }
    }

    fn take_digits(&mut self, word: &str) {
        if let Some((date, time)) = word.split_once('t').filter(|(_, time)| time.contains(':')) {
            self.take_digits(date);
            self.take_digits(time);
        } else if word.contains(':') {
            self.take_time(word);
        } else if word.contains('-') {
            let mut pieces: Vec<&str> = word.split('-').collect();
            if pieces.first().is_some_and(|year| year.len() == 4) {
                self.month = pieces.get(1).and_then(|month| month.parse().ok());
                pieces = vec![pieces[0], pieces.last().copied().unwrap_or_default()];
            }
            pieces.into_iter().filter(|piece| !piece.is_empty()).for_each(|piece| self.take(piece));
        } else if let Ok(number) = word.parse::<i16>() {
            match word.len() {
                1 | 2 if self.day.is_none() => self.day = i8::try_from(number).ok(),
                2 if number < 50 => self.year = Some(2000 + number),
                // Three digits come from programs that counted from 1900 (RFC 5322, 4.3).
                2 | 3 => self.year = Some(1900 + number),
                4 => self.year = Some(number),
                _ => {}
            }
        }
    }

    fn take_time(&mut self, word: &str) {
        let end = word.find(['+', '-', 'z']).unwrap_or(word.len());
        let (time, zone) = word.split_at(end);
        self.zone_minutes = numeric_zone(zone).unwrap_or(self.zone_minutes);
        let mut numbers = time.split([':', '.']).map(str::parse::<i8>);
        let (hour, minute) = (numbers.next(), numbers.next());
        if let (Some(Ok(hour)), Some(Ok(minute))) = (hour, minute) {
            let second = numbers.next().and_then(Result::ok).unwrap_or(0);
            self.time = Some((hour, minute, second));
        }
    }

    fn take_name(&mut self, word: &str) {
        if let Some(at) = MONTHS.iter().position(|month| word.starts_with(month)) {
            self.month.get_or_insert(at as i8 + 1);
        } else if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == word) {
            self.zone_minutes = *minutes;
        } else if let (Some((hour, ..)), "pm" | "am") = (&mut self.time, word) {
            let afternoon = if word == "pm" { 12 } else { 0 };
            *hour = *hour % 12 + afternoon;
        }
    }
}

/// `+0130` or `+01:30` in minutes; what no zone can be counts as UTC.
fn numeric_zone(text: &str) -> Option<i32> {
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let number: i32 = digits.parse().ok().filter(|_| digits.len() == 4)?;
    let minutes = number / 100 * 60 + number % 100;
    Some(if minutes <= 14 * 60 && number % 100 < 60 { sign * minutes } else { 0 })
}

fn without_comments(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_forty_years_of_programs_wrote_them() {
        for (text, wanted) in [
            ("Fri, 1 Mar 2024 09:15:00 +0100 (CET)", "2024-03-01T08:15:00Z"),
            ("2 Mar 24 10:00 EST", "2024-03-02T15:00:00Z"),
            ("Fri Mar  1 09:15:00 2024", "2024-03-01T09:15:00Z"),
            ("Fri Mar 01 08:15:00 +0000 2024", "2024-03-01T08:15:00Z"),
            ("Monday, 02-Sep-02 10:11:12 PDT", "2002-09-02T17:11:12Z"),
            ("Thursday, March 7, 2019 9:05 PM", "2019-03-07T21:05:00Z"),
            ("2024-03-01T09:15:00.25+01:00", "2024-03-01T08:15:00Z"),
            ("2024-03-01 09:15:00Z", "2024-03-01T09:15:00Z"),
            ("Sat, 1 Jan 100 00:00:00 GMT", "2000-01-01T00:00:00Z"),
            ("Wed, 31 Dec 1997 23:59:60 -2500", "1997-12-31T23:59:59Z"),
            ("31 Dec 99 23:00:00 (a (nested) note) -0100", "2000-01-01T00:00:00Z"),
        ] {
            let read = moment(text).map(|at| at.to_string());
            assert_eq!(read.as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn an_absurd_date_is_none() {
        for text in [
            "Thu, 01 Jan 1970 00:00:00 +0000",
            "1 Jan 2100 00:00 GMT",
            "31 Feb 2024 10:00:00 +0000",
            "1 Mar 2024 25:00:00 +0000",
            "1 Mar 2024",
            "tomorrow",
            "",
            "99999999999999999 Mar 2024 10:00",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
