//! `tertius erase` and `tertius personal-data`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use crate::service::{
    ErasureView, PageRequest, PersonalDatum, ServiceError, Tertius, ToErase, Viewer,
};

use super::{AskAs, Printed, names::Names, target::person};

/// What `erase` takes.
#[derive(Debug, Clone, Args)]
#[command(arg_required_else_help = true)]
pub struct EraseArgs {
    /// Who: a name, a mail address or an id of somebody whom you see
    #[arg(required_unless_present_any = ["identifier", "list"])]
    pub person: Option<String>,
    /// Whoever has this mail address or profile page, also where only a colleague sees them, or
    /// nobody
    #[arg(long, value_name = "ADDRESS", conflicts_with = "person")]
    pub identifier: Option<String>,
    /// Why, in words that do not say who it was
    #[arg(long, value_name = "TEXT", required_unless_present = "list")]
    pub reason: Option<String>,
    /// Do it: it cannot be undone
    #[arg(long)]
    pub yes: bool,
    /// Show the receipts of earlier erasures instead
    #[arg(long, conflicts_with_all = ["person", "identifier", "reason", "yes"])]
    pub list: bool,
    /// As whom to do it.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `personal-data` takes.
#[derive(Debug, Clone, Args)]
pub struct PersonalDataArgs {
    /// About whom: a name, a mail address or an id
    pub person: String,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

pub(super) async fn erase(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &EraseArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    if args.list {
        let receipts = tertius.erasures(viewer).await?;
        return Ok(Printed::done(tell_receipts(&receipts, as_json)));
    }
    let (whom, name) = match (&args.person, &args.identifier) {
        (Some(text), _) => {
            let id = person(tertius, viewer, text).await?;
            let names = Names::of(tertius, viewer, [id], []).await?;
            (ToErase::Person(id), names.person(id))
        }
        (None, Some(text)) => (ToErase::Identifier(text.clone()), format!("whoever has {text}")),
        (None, None) => return Err(ServiceError::invalid("PERSON", "name somebody")),
    };
    if !args.yes {
        let message = format!(
            "{name} would be erased for everybody, from every file and past day, and nothing \
             brings them back: say it with --yes"
        );
        return Err(ServiceError::invalid("--yes", message));
    }
    let receipt = tertius.erase_person(viewer, &whom, args.reason.as_deref().unwrap_or("")).await?;
    Ok(Printed::done(tell_receipts(&[receipt], as_json)))
}

fn tell_receipts(receipts: &[ErasureView], as_json: bool) -> String {
    let by = |view: &ErasureView| {
        view.login.as_ref().map_or_else(|| "tertius".to_owned(), ToString::to_string)
    };
    if as_json {
        let one = |view: &ErasureView| {
            json!({
                "id": view.erasure.id.to_string(),
                "at": view.erasure.at.to_string(),
                "by": by(view),
                "reason": view.erasure.reason.as_str(),
            })
        };
        let all: Vec<_> = receipts.iter().map(one).collect();
        return format!("{:#}\n", json!({ "erasures": all }));
    }
    if receipts.is_empty() {
        return "Nobody was erased yet.\n".to_owned();
    }
    let mut text = String::new();
    for view in receipts {
        let erasure = &view.erasure;
        let _ = writeln!(
            text,
            "{}: erased on {} by {} ({})",
            erasure.id,
            erasure.at,
            by(view),
            erasure.reason
        );
    }
    text
}

pub(super) async fn personal_data(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &PersonalDataArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let id = person(tertius, viewer, &args.person).await?;
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let request = PageRequest { first: Some(tertius.limits().page_max), after };
        let page = tertius.personal_data(viewer, id, &request).await?;
        after = page.entries.last().map(|(cursor, _)| cursor.clone());
        let has_next = page.has_next;
        all.extend(page.into_nodes());
        if !has_next {
            break;
        }
    }
    let names = Names::of(tertius, viewer, [id], []).await?;
    Ok(Printed::done(tell_data(&names.person(id), &all, as_json)))
}

fn tell_data(name: &str, all: &[PersonalDatum], as_json: bool) -> String {
    if as_json {
        let one = |datum: &PersonalDatum| {
            let told = datum.tellings.iter().map(|told| {
                json!({
                    "system": told.system.as_str(),
                    "by": told.login.as_ref().map(ToString::to_string),
                    "lawfulBasis": told.basis,
                    "forTeam": told.for_team,
                    "recordedAt": told.recorded_at.to_string(),
                    "retractedAt": told.retracted_at.map(|at| at.to_string()),
                })
            });
            json!({
                "fact": datum.fact.to_string(),
                "text": datum.text,
                "at": datum.at.map(|at| at.to_string()),
                "tellings": told.collect::<Vec<_>>(),
            })
        };
        let facts: Vec<_> = all.iter().map(one).collect();
        return format!("{:#}\n", json!({ "person": name, "facts": facts }));
    }
    let mut text = format!("{name}: {} facts\n", all.len());
    for datum in all {
        let _ = write!(text, "- {}", datum.text);
        if let Some(at) = datum.at {
            let _ = write!(text, ", {}", at.day());
        }
        for told in &datum.tellings {
            let by = told.login.as_ref().map_or("tertius", |login| login.as_str());
            let whose = if told.for_team { "for the team" } else { "for you alone" };
            let _ =
                write!(text, "; {} by {by} on {}, {whose}", told.system, told.recorded_at.day());
            if let Some(at) = told.retracted_at {
                let _ = write!(text, ", taken back on {}", at.day());
            }
        }
        text.push('\n');
    }
    text
}
