//! `tertius backtest strength`.

use serde_json::{Value, json};

use crate::service::{
    BacktestAnswer, BacktestQuestion, CutAnswer, Foresight, ServiceError, Tertius, Viewer,
};

use super::{BacktestArgs, Printed, ReliabilityPoint, known::plain_table, reliability_svg};

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &BacktestArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let question = BacktestQuestion { cuts: args.cuts.clone(), horizon_days: args.days };
    let answer = tertius.backtest(viewer, &question).await?;
    if let Some(path) = &args.plot {
        let plot = plot(&answer);
        std::fs::write(path, plot).map_err(|error| {
            ServiceError::invalid("--plot", format!("{}: {error}", path.display()))
        })?;
    }
    let text = if as_json { format!("{:#}\n", as_value(&answer)) } else { as_text(&answer) };
    Ok(Printed::done(text))
}

/// The reliability of all cuts, in one picture.
fn plot(answer: &BacktestAnswer) -> String {
    let points = answer.cuts.iter().flat_map(|cut| &cut.reliability).map(|bin| ReliabilityPoint {
        foretold: bin.foretold,
        observed: bin.observed,
        interval: bin.interval,
    });
    let title = format!("Contact both ways within {} days", answer.horizon_days);
    reliability_svg(&title, &points.collect::<Vec<_>>())
}

fn digits(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn as_text(answer: &BacktestAnswer) -> String {
    let mut text = format!(
        "Of pairs who had had contact: did they write to each other, both ways, within {} days?\n\
         AUC: how often the right pair stands above the wrong one; 0.5 is chance. AP: how pure the \
         top is.\n",
        answer.horizon_days
    );
    let mut table = plain_table([
        "last day known",
        "pairs",
        "did",
        "strength AUC",
        "AP",
        "off by",
        "count AUC",
        "AP",
        "recency AUC",
        "AP",
    ]);
    for cut in &answer.cuts {
        let CutAnswer { strength, contacts, recency, .. } = cut;
        table.add_row([
            cut.cut.to_string(),
            cut.pairs.to_string(),
            format!("{:.0} %", cut.base_rate * 100.0),
            digits(strength.auc),
            digits(strength.average_precision),
            digits(cut.calibration_error),
            digits(contacts.auc),
            digits(contacts.average_precision),
            digits(recency.auc),
            digits(recency.average_precision),
        ]);
    }
    text.extend([format!("{}\n", table.trim_fmt())]);
    if answer.cuts.iter().any(|cut| cut.fitted.is_some()) {
        text += "\nBy the numbers that were fitted here, on some of the same days:\n";
        text.extend([fitted_text(answer)]);
    }
    let Some(last) = answer.cuts.last() else { return text };
    text.extend([format!("\nWhat strength said on {}, and what came of it:\n", last.cut)]);
    let mut table = plain_table(["pairs", "foretold", "seen", "likely between"]);
    for bin in &last.reliability {
        table.add_row([
            bin.count.to_string(),
            format!("{:.0} %", bin.foretold * 100.0),
            format!("{:.0} %", bin.observed * 100.0),
            format!("{:.0} and {:.0} %", bin.interval[0] * 100.0, bin.interval[1] * 100.0),
        ]);
    }
    text + &format!("{}\n", table.trim_fmt())
}

fn fitted_text(answer: &BacktestAnswer) -> String {
    let mut table = plain_table(["last day known", "strength AUC", "AP", "off by", "Brier skill"]);
    for (cut, fitted) in answer.cuts.iter().filter_map(|cut| Some((cut.cut, cut.fitted?))) {
        table.add_row([
            cut.to_string(),
            digits(fitted.strength.auc),
            digits(fitted.strength.average_precision),
            digits(fitted.calibration_error),
            digits(fitted.brier_skill),
        ]);
    }
    format!("{}\n", table.trim_fmt())
}

fn as_value(answer: &BacktestAnswer) -> Value {
    let foresight =
        |f: &Foresight| json!({ "auc": f.auc, "averagePrecision": f.average_precision });
    let cuts = answer.cuts.iter().map(|cut| {
        let bins = cut.reliability.iter().map(|bin| {
            let (count, foretold) = (bin.count, bin.foretold);
            json!({ "pairs": count, "foretold": foretold, "observed": bin.observed, "interval": bin.interval })
        });
        json!({
            "cut": cut.cut, "pairs": cut.pairs, "baseRate": cut.base_rate,
            "strength": foresight(&cut.strength), "contacts": foresight(&cut.contacts),
            "recency": foresight(&cut.recency), "calibrationError": cut.calibration_error,
            "fitted": cut.fitted.map(|fitted| json!({
                "strength": foresight(&fitted.strength),
                "calibrationError": fitted.calibration_error, "brierSkill": fitted.brier_skill,
            })),
            "brierSkill": cut.brier_skill, "reliability": bins.collect::<Vec<_>>(),
        })
    });
    json!({ "horizonDays": answer.horizon_days, "cuts": cuts.collect::<Vec<_>>() })
}
