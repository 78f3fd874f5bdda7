//! What `what-changed` takes.

use clap::Args;

use crate::model::Day;

use super::args::AskAs;

/// What `what-changed` takes.
#[derive(Debug, Clone, Args)]
pub struct ChangesArgs {
    /// From the end of which day: 2026-09-21, or 60d for so many days ago
    #[arg(long, value_name = "DAY|Nd", default_value = "30d", value_parser = parse_since)]
    pub since: Since,
    /// To the end of which day [default: today]
    #[arg(long, value_name = "DAY")]
    pub until: Option<Day>,
    /// Tell the ways into a list, and the moves of who is on it or works at its companies
    #[arg(long, value_name = "NAME")]
    pub list: Option<String>,
    /// The ties and ways of anybody in the team, not of the one who asks
    #[arg(long)]
    pub team: bool,
    /// How many of each kind
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub first: usize,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// A day, as it is named or counted back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// A day of the calendar.
    Day(Day),
    /// So many days ago.
    DaysAgo(i32),
}

impl Since {
    /// The day that is meant.
    pub(super) fn day(self, today: Day) -> Day {
        match self {
            Self::Day(day) => day,
            Self::DaysAgo(days) => today.plus(-days),
        }
    }
}

fn parse_since(text: &str) -> Result<Since, String> {
    if let Ok(day) = text.parse() {
        return Ok(Since::Day(day));
    }
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u16>().ok());
    let days = days.map(|days| Since::DaysAgo(i32::from(days)));
    days.ok_or_else(|| format!("`{text}` is neither a day such as 2026-09-21 nor days such as 60d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_named_or_counted_back() {
        let today: Day = "2026-11-20".parse().unwrap();
        for (text, day) in
            [("60d", "2026-09-21"), ("0d", "2026-11-20"), ("2026-01-02", "2026-01-02")]
        {
            assert_eq!(parse_since(text).unwrap().day(today).to_string(), day, "{text}");
        }
        for text in ["", "d", "-3d", "60", "yesterday", "99999d", "2026-02-30"] {
            assert!(parse_since(text).is_err(), "{text}");
        }
    }
}
