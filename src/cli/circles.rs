//! `tertius circles`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use crate::service::{CircleAnswer, From, ServiceError, Tertius, Viewer};

use super::{Printed, args::AskAs, asking::AsOf, json, known::plain_table, supposing::Supposing};

/// What `circles` takes.
#[derive(Debug, Clone, Args)]
pub struct CirclesArgs {
    /// Around the whole team, not around the one who asks
    #[arg(long)]
    pub team: bool,
    /// How many steps at most, from 1 to 4
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub max_steps: usize,
    /// What if.
    #[command(flatten)]
    pub supposing: Supposing,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
    /// As of which day.
    #[command(flatten)]
    pub as_of: AsOf,
}

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &CirclesArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let from = if args.team { From::MyTeam } else { From::Me };
    let answer = tertius.circles(viewer, &from, Some(args.max_steps)).await?;
    let text = if as_json { as_text_json(&answer) } else { table(&answer) };
    let anybody = answer.circles.last().is_some_and(|circle| circle.people > 0);
    Ok(if anybody { Printed::done(text) } else { Printed::nothing(text) })
}

fn as_text_json(answer: &CircleAnswer) -> String {
    let circles = answer.circles.iter().map(|circle| {
        json!({
            "steps": circle.steps,
            "people": circle.people,
            "likely": circle.likely,
            "worthAsking": circle.worth_asking,
            "lastResort": circle.last_resort,
        })
    });
    let circles: Vec<Value> = circles.collect();
    json::printed(&json!({ "asOf": answer.day.to_string(), "circles": circles }))
}

fn table(answer: &CircleAnswer) -> String {
    if answer.circles.iter().all(|circle| circle.people == 0) {
        return "Nobody is known whom you could ask.\n".to_owned();
    }
    let mut table = plain_table(["within", "people", "likely yes", "worth asking", "last resort"]);
    for circle in &answer.circles {
        let steps = if circle.steps == 1 { "step" } else { "steps" };
        let counts = [circle.people, circle.likely, circle.worth_asking, circle.last_resort];
        let [people, likely, worth, last] = counts.map(|count| count.to_string());
        table.add_row([format!("{} {steps}", circle.steps), people, likely, worth, last]);
    }
    let mut text = String::new();
    let _ = writeln!(text, "{}", table.trim_fmt());
    text
}
