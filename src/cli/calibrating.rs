//! `tertius calibrate`.

use clap::Args;
use serde_json::{Value, json};

use crate::{
    model::Fitted,
    service::{
        CalibrationAnswer, CalibrationView, CalibrationWish, Check, Finding, Fit, ServiceError,
        Tertius, Viewer,
    },
};

use super::{AskAs, Printed, json::code, known::plain_table};

/// What `calibrate` takes.
#[derive(Debug, Clone, Args)]
pub struct CalibrateArgs {
    /// Over how many days contact is looked for: of that a strength is then the chance
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub days: i32,
    /// Say what would be kept, and keep nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Go back to what everybody begins with
    #[arg(long, conflicts_with = "dry_run")]
    pub reset: bool,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &CalibrateArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let wish = match (args.dry_run, args.reset) {
        (true, _) => CalibrationWish::Try,
        (false, true) => CalibrationWish::Reset,
        (false, false) => CalibrationWish::Keep,
    };
    let answer = tertius.calibrate(viewer, args.days, wish).await?;
    let text = if as_json { format!("{:#}\n", as_value(&answer)) } else { as_text(&answer, wish) };
    Ok(Printed::done(text))
}

fn numbers(fitted: &Fitted) -> String {
    let [short, long] = fitted.half_lives();
    let bent = fitted.platt().map(|[scale, shift]| {
        format!(", log-odds of contact stretched by {scale:.3} and shifted by {shift:+.3}")
    });
    format!("half-lives of {short} and {long} days{}", bent.unwrap_or_default())
}

const fn finding_words(finding: Finding) -> &'static str {
    match finding {
        Finding::Better => "others are better on days that were not used to find them",
        Finding::ShippedIsBetter => "the shipped ones are as good or better",
        Finding::TooFew => "too few pairs to tell",
        Finding::NothingToLearn => "nothing to learn: strength and outcome do not go together",
    }
}

fn fit_words(fit: &Fit) -> String {
    let mut table = plain_table(["on the last cut", "AP", "Brier", "log loss"]);
    for (name, check) in [("shipped", &fit.shipped_check), ("fitted", &fit.fitted_check)] {
        let Check { average_precision, brier, log_loss } = check;
        let precision = average_precision.map_or("–".to_owned(), |ap| format!("{ap:.3}"));
        table.add_row([
            name.to_owned(),
            precision,
            format!("{brier:.4}"),
            format!("{log_loss:.4}"),
        ]);
    }
    let cuts: Vec<String> = fit.cuts.iter().map(ToString::to_string).collect();
    format!(
        "Looked back on {}; {} pairs had had contact both ways before the last.\n\
         Half-lives: {}.\nStretch and shift: {}.\n{}\n",
        cuts.join(", "),
        fit.pairs,
        finding_words(fit.half_lives),
        finding_words(fit.platt),
        table.trim_fmt(),
    )
}

fn as_text(answer: &CalibrationAnswer, wish: CalibrationWish) -> String {
    let mut text = answer.fit.as_ref().map_or_else(String::new, fit_words);
    let better = answer.fit.as_ref().filter(|fit| fit.is_better());
    match (answer.kept, better) {
        (true, _) => text += "Kept. ",
        (false, Some(fit)) if wish == CalibrationWish::Try => {
            text.extend(["It would be kept: ".to_owned(), numbers(&fit.fitted), ".\n".to_owned()]);
        }
        (false, None) if answer.fit.is_some() => text += "The shipped formula is better. ",
        (false, _) => text += "Nothing was changed. ",
    }
    let CalibrationView { fitted, since } = &answer.standing;
    let basis = match since {
        Some((day, days, pairs)) => format!("fitted on {day} over {days} days, {pairs} pairs"),
        None => "as shipped".to_owned(),
    };
    text + &format!("Strength is computed with {} ({basis}).\n", numbers(fitted))
}

fn fitted_value(fitted: &Fitted) -> Value {
    let platt = fitted.platt().map(|[scale, shift]| json!({ "scale": scale, "shift": shift }));
    json!({ "halfLives": fitted.half_lives(), "platt": platt })
}

fn as_value(answer: &CalibrationAnswer) -> Value {
    let check = |check: &Check| {
        let Check { average_precision, brier, log_loss } = check;
        json!({ "averagePrecision": average_precision, "brier": brier, "logLoss": log_loss })
    };
    let since = answer.standing.since;
    json!({
        "kept": answer.kept,
        "standing": {
            "basis": if since.is_some() { "FITTED" } else { "SHIPPED" },
            "fittedOn": since.map(|(day, ..)| day),
            "horizonDays": since.map(|(_, days, _)| days),
            "pairs": since.map(|(.., pairs)| pairs),
            "numbers": fitted_value(&answer.standing.fitted),
        },
        "fit": answer.fit.as_ref().map(|fit| json!({
            "cuts": fit.cuts,
            "pairs": fit.pairs,
            "halfLives": code(&fit.half_lives),
            "platt": code(&fit.platt),
            "numbers": fitted_value(&fit.fitted),
            "shipped": check(&fit.shipped_check),
            "fitted": check(&fit.fitted_check),
        })),
    })
}
