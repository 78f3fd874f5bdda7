//! `tertius override`.

use clap::Args;

use crate::{
    model::{Day, Probability},
    service::{OverrideDraft, OverrideView, ServiceError, Tertius, TieView, Viewer},
};

use super::{
    AskAs, Printed, json,
    names::Names,
    target::person,
    words::{band_word, fade_words},
};

/// What `override` takes.
#[derive(Debug, Clone, Args)]
pub struct OverrideArgs {
    /// With whom the tie is: a name, a mail address or an id
    pub person: String,
    /// How strong it is, from 0 (nobody shall ask along it) to 1
    #[arg(required_unless_present = "withdraw", value_parser = parse_strength)]
    pub strength: Option<Probability>,
    /// Why; your colleagues see it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The last day on which it counts [default: a year from today, which is the latest]
    #[arg(long, value_name = "DAY")]
    pub until: Option<Day>,
    /// Take back what you said: the tie is what the evidence says again
    #[arg(long, conflicts_with_all = ["strength", "reason", "until"])]
    pub withdraw: bool,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

fn parse_strength(text: &str) -> Result<Probability, String> {
    let number: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    Probability::new(number).map_err(|error| error.to_string())
}

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &OverrideArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let to = person(tertius, viewer, &args.person).await?;
    let tie = match args.strength {
        Some(strength) => {
            let (reason, until) = (args.reason.clone(), args.until);
            let draft = OverrideDraft { from: None, to, strength, reason, until };
            tertius.override_tie(viewer, draft).await?
        }
        None => tertius.withdraw_override(viewer, to).await?,
    };
    if as_json {
        return Ok(Printed::done(json::one_tie(tie.receipt.as_ref())));
    }
    let names = Names::of(tertius, viewer, [to], []).await?;
    Ok(Printed::done(tell(&tie, &names.person(to))))
}

fn tell(tie: &TieView, name: &str) -> String {
    let Some(receipt) = &tie.receipt else {
        return format!("Nothing else is known of a tie with {name}: there is none now.\n");
    };
    let band = band_word(receipt.strength.value);
    let mut text = match &receipt.overridden {
        Some(OverrideView { strength, until, .. }) => format!(
            "The tie with {name} is {band} ({}) until {until}: that is said, whatever the \
             evidence.\n",
            strength.value()
        ),
        None => format!("The tie with {name} is {band} again, as the evidence says.\n"),
    };
    if let Some(fade) = receipt.fades {
        text.extend(["It ".to_owned(), fade_words(fade), ".\n".to_owned()]);
    }
    text
}
