//! `tertius keep-in-touch` and `tertius cadence`.

use std::fmt::Write as _;

use crate::{
    model::{Day, PersonId},
    service::{
        CadenceSource, Fading, KeepingQuestion, PageRequest, Reminder, ServiceError, Tertius,
        Thread, Urgency, Viewer, gap_in_words,
    },
};

use super::{
    Printed, day_of, json,
    known::plain_table,
    known_args::{CadenceArgs, KeepingArgs},
    names::Names,
    target::{list_named, person},
    words::{ago, band_word},
};

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &KeepingArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let list = match &args.list {
        Some(name) => Some(list_named(tertius, viewer, name).await?),
        None => None,
    };
    let question = KeepingQuestion { list, only: None };
    let request = PageRequest { first: Some(args.listing.first), after: None };
    let reminders = tertius.keep_in_touch(viewer, &question, &request).await?.into_nodes();
    let threads = tertius.threads(viewer, list).await?;
    let names = names(tertius, viewer, &reminders, &threads).await?;
    let day = day_of(tertius, viewer);
    if as_json {
        return Ok(Printed::done(json::keeping(&reminders, &threads, &names, day)));
    }
    if reminders.is_empty() && threads.is_empty() {
        return Ok(Printed::nothing("Nothing is due, and nothing fades.\n".to_owned()));
    }
    let mut text = tell(&reminders, &names, day);
    text.push_str(&tell_threads(threads.iter(), &names));
    Ok(Printed::done(text))
}

pub(super) async fn set_cadence(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &CadenceArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let id = person(tertius, viewer, &args.person).await?;
    let cadence = tertius.set_cadence(viewer, id, args.every).await?;
    let names = Names::of(tertius, viewer, [id], []).await?;
    if as_json {
        return Ok(Printed::done(json::cadence(id, cadence, &names)));
    }
    let name = names.person(id);
    Ok(Printed::done(match cadence {
        Some(cadence) => {
            let often = gap_in_words(i32::from(cadence.days));
            format!("You want contact with {name} {often}; only you see that.\n")
        }
        None => format!("No cadence is set for {name} any more.\n"),
    }))
}

/// The names of an answer.
pub(super) async fn names(
    tertius: &Tertius,
    viewer: &Viewer,
    reminders: &[Reminder],
    threads: &[Thread],
) -> Result<Names, ServiceError> {
    let inside = threads.iter().flat_map(|thread| &thread.inside).copied();
    let people = reminders.iter().map(|one| one.person).chain(inside);
    let people: Vec<PersonId> = people.chain(threads.iter().map(|thread| thread.knower)).collect();
    Names::of(tertius, viewer, people, threads.iter().map(|thread| thread.company)).await
}

fn tell(reminders: &[Reminder], names: &Names, today: Day) -> String {
    if reminders.is_empty() {
        return String::new();
    }
    let mut table = plain_table(["with whom", "why", "last contact", "then, now", "what to do"]);
    for one in reminders {
        let last = one.last_contact.map_or_else(|| "none".to_owned(), |last| ago(last, today));
        let strength = format!("{}, {}", band_word(one.strength_then), band_word(one.strength_now));
        let row = [names.person_and_place(one.person), why(one), last, strength, one.advice()];
        table.add_row(row);
    }
    format!("{}\n", table.trim_fmt())
}

/// Why somebody is named, in a few words.
fn why(one: &Reminder) -> String {
    match (one.urgency, one.days_overdue, one.cadence, one.fading) {
        (Urgency::Due, Some(days), Some((_, source)), _) => {
            let by = match source {
                CadenceSource::Set => "by your cadence",
                CadenceSource::Usual => "as usual",
            };
            match days {
                0 => format!("due today {by}"),
                1 => format!("due since yesterday {by}"),
                days => format!("due for {days} days {by}"),
            }
        }
        (.., Some(Fading::Silence)) => "fallen silent".to_owned(),
        _ => "weaker".to_owned(),
    }
}

/// Which companies hang on one thread.
pub(super) fn tell_threads<'a>(threads: impl Iterator<Item = &'a Thread>, names: &Names) -> String {
    let mut text = String::new();
    for thread in threads {
        let inside: Vec<String> = thread.inside.iter().map(|&id| names.person(id)).collect();
        let _ = writeln!(
            text,
            "   {} hangs on one thread: only {} knows anybody there ({}).",
            names.company(thread.company),
            names.person_and_place(thread.knower),
            inside.join(", "),
        );
    }
    text
}
