//! `tertius rate`.

use std::io::{BufRead, Write};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    model::{Closeness, ListId},
    service::{ServiceError, StatementDraft, Tertius, TiesToRate, Viewer},
};

use super::{Printed, args::AskAs, json, names::Names, target::list_named};

/// What `rate` takes.
#[derive(Debug, Clone, Args)]
pub struct RateArgs {
    /// For the accounts on this list [default: those on all lists of targets and accounts]
    #[arg(long, value_name = "NAME")]
    pub list: Option<String>,
    /// How many ties at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub first: usize,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What is answered about a tie.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Said {
    Closeness(Closeness),
    Skip,
    Back,
    Quit,
}

const KEYS: &str = "1 have met, 2 know well, 3 close, Enter leaves it, b back, q ends";

/// Asks about one tie after the other, and writes down what is said; with `--json` only lists them.
pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &RateArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let list: Option<ListId> = match &args.list {
        Some(name) => Some(list_named(tertius, viewer, name).await?),
        None => None,
    };
    let found = tertius.ties_to_rate(viewer, list, Some(args.first)).await?;
    let names = Names::of(tertius, viewer, found.ties.iter().map(|tie| tie.person), []).await?;
    if as_json {
        return Ok(Printed::done(as_text_json(&found, &names)));
    }
    if found.ties.is_empty() {
        let text = format!(
            "No statement of yours would better a path to the {} accounts.\n",
            found.accounts
        );
        return Ok(Printed::nothing(text));
    }
    let stated = ask(tertius, viewer, &found, &names).await?;
    let ties = if stated == 1 { "tie" } else { "ties" };
    Ok(Printed::done(format!("{stated} {ties} stated; the next question knows of it.\n")))
}

/// Asks until all are answered, or nobody wants to go on; how many were stated.
async fn ask(
    tertius: &Tertius,
    viewer: &Viewer,
    found: &TiesToRate,
    names: &Names,
) -> Result<usize, ServiceError> {
    let all = found.ties.len();
    let mut stated = vec![false; all];
    let mut at = 0;
    while let Some(tie) = found.ties.get(at) {
        let who = names.person_and_place(tie.person);
        let paths = if tie.answers == 1 { "path" } else { "paths" };
        let question = format!(
            "{}/{all} How well do you know {who}? It may better {} {paths}.\n    [{KEYS}] ",
            at + 1,
            tie.answers
        );
        match read_answer(&question)? {
            Said::Quit => break,
            Said::Back => at = at.saturating_sub(1),
            Said::Skip => at += 1,
            Said::Closeness(closeness) => {
                let draft = StatementDraft { from: None, to: tie.person, closeness };
                tertius.state_tie(viewer, draft).await?;
                stated[at] = true;
                at += 1;
            }
        }
    }
    Ok(stated.into_iter().filter(|&stated| stated).count())
}

/// Asks until an answer is one; the end of the input ends all.
fn read_answer(question: &str) -> Result<Said, ServiceError> {
    let failed = |error| ServiceError::Internal(Box::<std::io::Error>::new(error));
    let (mut answers, mut prompt) = (std::io::stdin().lock(), std::io::stderr());
    loop {
        write!(prompt, "{question}").and_then(|()| prompt.flush()).map_err(failed)?;
        let mut line = String::new();
        if answers.read_line(&mut line).map_err(failed)? == 0 {
            return Ok(Said::Quit);
        }
        match read(line.trim()) {
            Some(said) => return Ok(said),
            None => writeln!(prompt, "    That is none of them.").map_err(failed)?,
        }
    }
}

fn read(answer: &str) -> Option<Said> {
    Some(match answer {
        "1" => Said::Closeness(Closeness::Weak),
        "2" => Said::Closeness(Closeness::Good),
        "3" => Said::Closeness(Closeness::Close),
        "" | "s" => Said::Skip,
        "b" => Said::Back,
        "q" => Said::Quit,
        _ => return None,
    })
}

fn as_text_json(found: &TiesToRate, names: &Names) -> String {
    let ties = found.ties.iter().map(|tie| {
        let person = json!({ "id": tie.person.to_string(), "name": names.person(tie.person) });
        json!({ "person": person, "answers": tie.answers })
    });
    let ties: Vec<Value> = ties.collect();
    json::printed(&json!({ "accounts": found.accounts, "ties": ties }))
}
