//! What is a date, and what is not.

use super::*;

fn when(text: &str) -> String {
    parse(text, None).unwrap().when().unwrap().to_string()
}

fn days(text: &str) -> (String, String) {
    let found = parse(text, None).unwrap();
    (found.first.to_string(), found.last.to_string())
}

#[test]
fn a_date_is_read_in_every_usual_form() {
    for text in [
        "2026-10-08",
        "2026/10/08",
        "08 Oct 2026",
        "Oct 8, 2026",
        "8. Oktober 2026",
        "8 de octubre de 2026",
        "8 octobre 2026",
        "08.10.2026",
        "8.10.26",
        "20261008",
        "2026-10-08T00:00:00.000Z",
        "2026-10-08 02:00:00+02:00",
        "Thu Oct 8 2026",
    ] {
        assert_eq!(when(text), "2026-10-08T00:00:00Z", "{text}");
    }
}

#[test]
fn an_hour_is_kept_and_is_in_utc_without_a_zone() {
    assert_eq!(when("2020-01-10 10:00"), "2020-01-10T10:00:00Z");
    assert_eq!(when("2026-08-01 02:00:00 UTC"), "2026-08-01T02:00:00Z");
    assert_eq!(when("12/31/17, 11:05\u{202f}PM"), "2017-12-31T23:05:00Z");
    assert_eq!(when("2024-01-01T00:30:00+02:00"), "2023-12-31T22:30:00Z");
    assert_eq!(when("20100422123057947"), "2010-04-22T12:30:57.947Z");
    assert_eq!(when("1700000000"), "2023-11-14T22:13:20Z");
    assert_eq!(when("1700000000000"), "2023-11-14T22:13:20Z");
}

#[test]
fn a_month_and_a_year_reach_from_their_first_to_their_last_day() {
    assert_eq!(days("Mar 2021"), ("2021-03-01".into(), "2021-03-31".into()));
    assert_eq!(days("März 2021"), ("2021-03-01".into(), "2021-03-31".into()));
    assert_eq!(days("2024-02"), ("2024-02-01".into(), "2024-02-29".into()));
    assert_eq!(days("2014"), ("2014-01-01".into(), "2014-12-31".into()));
    assert_eq!(parse("2014", None).unwrap().when(), None);
}

#[test]
fn what_may_be_two_days_is_neither() {
    assert_eq!(parse("3/7/24", None), Err(NoDate::Ambiguous));
    assert!(parse("3/3/24", None).is_ok());
    let day = |format| parse("3/7/24", Some(format)).unwrap().first.to_string();
    assert_eq!(day(DateFormat::DayFirst), "2024-07-03");
    assert_eq!(day(DateFormat::MonthFirst), "2024-03-07");
    assert_eq!(parse("31/12/24", Some(DateFormat::MonthFirst)), Err(NoDate::Wrong));
}

#[test]
fn the_values_of_a_file_tell_which_comes_first_unless_they_contradict_each_other() {
    let mut votes = DateVotes::default();
    votes.see("3/7/24, 8:59 AM");
    assert_eq!((votes.format(), votes.ambiguous), (None, true));
    votes.see("12/31/17, 12:00 AM");
    assert_eq!(votes.format(), Some(DateFormat::MonthFirst));
    votes.see("31/12/17");
    assert_eq!(votes.format(), None);
}

#[test]
fn what_is_no_date_is_told_from_what_says_that_there_is_none() {
    for text in ["", "0/0/00", "0.0.00", "Not Available", "heute", "present"] {
        assert_eq!(parse(text, None), Err(NoDate::Blank), "{text}");
    }
    for text in ["2024-13-01", "tomorrow", "45000", "25:00", "2024-01-01 25:00", "--05-17", "7"] {
        assert_eq!(parse(text, None), Err(NoDate::Wrong), "{text}");
    }
}

#[test]
fn numbers_are_moments_where_the_mapping_says_so() {
    let found = parse("114878", Some(DateFormat::Seconds)).unwrap();
    assert_eq!(found.when().unwrap().to_string(), "1970-01-02T07:54:38Z");
    assert_eq!(parse("1e300", Some(DateFormat::Seconds)), Err(NoDate::Wrong));
}
