//! `tertius ask`, `tertius introductions`, `tertius introduction`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use crate::{
    model::{IntroductionId, Outcome, PersonId},
    service::{
        Advance, Doing, FunnelQuestion, IntroductionDraft, IntroductionFilter, IntroductionView,
        PageRequest, ServiceError, Tertius, Viewer, Waiting,
    },
};

use super::{
    AskAs, Printed,
    consent::{self, ConsentArgs},
    names::Names,
    target::person,
};

/// What `ask` takes.
#[derive(Debug, Clone, Args)]
pub struct IntroduceArgs {
    /// Whom to meet: a name, a mail address or an id
    pub target: String,
    /// Through whom, in order from you; may be said up to three times
    #[arg(long, value_name = "WHO", required_unless_present = "bring")]
    pub through: Vec<String>,
    /// You are the connector, and bring this person together with the target: both are asked
    #[arg(long, value_name = "WHO", conflicts_with = "through")]
    pub bring: Option<String>,
    /// What for; whoever is asked reads it
    #[arg(long = "for", value_name = "PURPOSE")]
    pub purpose: String,
    /// How many days each has to answer, from 1 to 90 [default: 14]
    #[arg(long, value_name = "N")]
    pub days: Option<u16>,
    /// Which variant of the message you send, in a word or a few; you alone see it
    #[arg(long, value_name = "WORDS")]
    pub variant: Option<String>,
    /// Write it down, and ask nobody yet
    #[arg(long)]
    pub draft: bool,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `introductions` takes.
#[derive(Debug, Clone, Args)]
pub struct IntroductionsArgs {
    /// Only those that wait for you, or for others
    #[arg(long, value_name = "me|others", value_parser = parse_waiting)]
    pub waiting: Option<Waiting>,
    /// Only those that you began
    #[arg(long)]
    pub mine: bool,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub count: usize,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `introduction` takes.
#[derive(Debug, Clone, Args)]
pub struct IntroductionArgs {
    /// The introduction
    pub id: IntroductionId,
    /// What to do with it; without it, it is shown. `silent` looks like no answer to everybody else
    #[arg(
        value_name = "yes|no|silent|approve|ask|introduced|met|close|withdraw",
        value_parser = parse_doing
    )]
    pub doing: Option<Doing>,
    /// Whose answer you report: somebody who is no member
    #[arg(long, value_name = "WHO", requires = "how")]
    pub of: Option<String>,
    /// How you know what they said: "on the phone"
    #[arg(long, value_name = "HOW")]
    pub how: Option<String>,
    /// What came of it, with `close`
    #[arg(long, value_name = "as-hoped|useful|nothing|never-met", value_parser = parse_outcome)]
    pub outcome: Option<Outcome>,
    /// Links by which people without a login answer.
    #[command(flatten)]
    pub links: ConsentArgs,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

const DOINGS: [(&str, Doing); 9] = [
    ("yes", Doing::Agree),
    ("no", Doing::Decline),
    ("silent", Doing::KeepSilent),
    ("approve", Doing::Approve),
    ("ask", Doing::Ask),
    ("introduced", Doing::Introduce),
    ("met", Doing::Meet),
    ("close", Doing::Close),
    ("withdraw", Doing::Withdraw),
];

const OUTCOMES: [(&str, Outcome); 4] = [
    ("as-hoped", Outcome::AsHoped),
    ("useful", Outcome::Useful),
    ("nothing", Outcome::Nothing),
    ("never-met", Outcome::NeverMet),
];

pub(super) fn parse_word<T: Copy>(words: &[(&str, T)], text: &str) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("`{text}` is none of {}", words.join(", "))
    })
}

fn parse_doing(text: &str) -> Result<Doing, String> {
    parse_word(&DOINGS, text)
}

fn parse_outcome(text: &str) -> Result<Outcome, String> {
    parse_word(&OUTCOMES, text)
}

fn parse_waiting(text: &str) -> Result<Waiting, String> {
    parse_word(&[("me", Waiting::ForMe), ("others", Waiting::ForOthers)], text)
}

fn word_of(doing: Doing) -> &'static str {
    DOINGS.iter().find(|(_, other)| *other == doing).map_or("", |(word, _)| word)
}

/// Asks for an introduction, or starts one.
pub(super) async fn ask(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &IntroduceArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let mut connectors = Vec::new();
    for who in &args.through {
        connectors.push(person(tertius, viewer, who).await?);
    }
    let seeker = match &args.bring {
        Some(who) => Some(person(tertius, viewer, who).await?),
        None => None,
    };
    let draft = IntroductionDraft {
        seeker,
        connectors,
        target: person(tertius, viewer, &args.target).await?,
        purpose: args.purpose.clone(),
        account: None,
        list: None,
        variant: args.variant.clone(),
        answer_days: args.days,
        is_draft: args.draft,
        idempotency_key: None,
    };
    let view = tertius.request_introduction(viewer, draft).await?;
    printed(tertius, viewer, &[view], as_json).await
}

/// Lists introductions.
pub(super) async fn list(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &IntroductionsArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let filter =
        IntroductionFilter { waiting: args.waiting, only_mine: args.mine, ..Default::default() };
    let request = PageRequest { first: Some(args.count), after: None };
    let found = tertius.introductions(viewer, &filter, &request).await?.into_nodes();
    if found.is_empty() && !as_json {
        return Ok(Printed::nothing(
            "There is no such introduction that concerns you.\n".to_owned(),
        ));
    }
    let mut printed = printed(tertius, viewer, &found, as_json).await?;
    if !as_json && args.waiting.is_none() {
        let funnel = tertius.introduction_funnel(viewer, &FunnelQuestion::default()).await?;
        let _ = writeln!(
            printed.text,
            "{} asked, {} agreed to by all connectors, {} by everybody, {} introduced, {} met, {} \
             came out as hoped",
            funnel.asked,
            funnel.agreed,
            funnel.consented,
            funnel.introduced,
            funnel.met,
            funnel.as_hoped
        );
    }
    Ok(printed)
}

/// Shows an introduction, or makes a move with it.
pub(super) async fn one(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &IntroductionArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    if let Some(message) = &args.links.link {
        return consent::link(tertius, viewer, (args.id, &args.links, message), as_json).await;
    }
    let view = match args.doing {
        None if args.links.end_links => tertius.revoke_consent_links(viewer, args.id, None).await?,
        None => tertius.introduction(viewer, args.id).await?,
        Some(doing) => {
            let of = match &args.of {
                Some(who) => Some(person(tertius, viewer, who).await?),
                None => None,
            };
            let (how, outcome) = (args.how.clone(), args.outcome);
            let advance = Advance { of, how, outcome, ..Advance::of(args.id, doing) };
            tertius.advance_introduction(viewer, &advance).await?
        }
    };
    printed(tertius, viewer, &[view], as_json).await
}

async fn printed(
    tertius: &Tertius,
    viewer: &Viewer,
    views: &[IntroductionView],
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let people: Vec<PersonId> = views
        .iter()
        .flat_map(|view| {
            let connectors = view.connectors.iter().map(|(who, _)| *who);
            connectors.chain([view.seeker, view.target])
        })
        .collect();
    let names = Names::of(tertius, viewer, people, []).await?;
    if as_json {
        let views: Vec<_> = views.iter().map(|view| in_json(view, &names)).collect();
        return Ok(Printed::done(super::json::printed(&json!({ "introductions": views }))));
    }
    Ok(Printed::done(views.iter().map(|view| told(view, &names)).collect()))
}

fn in_json(view: &IntroductionView, names: &Names) -> serde_json::Value {
    let called = |who: &PersonId| json!({ "id": who, "name": names.person(*who) });
    let connectors: Vec<_> = view.connectors.iter().map(|(who, _)| called(who)).collect();
    let waits_for: Vec<_> = view.waits_for.iter().map(called).collect();
    let can: Vec<_> = view
        .allowed
        .iter()
        .map(|one| json!({ "do": word_of(one.doing), "of": one.of.as_ref().map(called) }))
        .collect();
    json!({
        "id": view.id,
        "revision": view.revision.0,
        "state": view.state.as_str(),
        "seeker": called(&view.seeker),
        "connectors": connectors,
        "target": called(&view.target),
        "purpose": view.purpose,
        "createdAt": view.created_at.to_string(),
        "expiresAt": view.expires_at.map(|at| at.to_string()),
        "waitsFor": waits_for,
        "consents": view.consents.iter().map(|yes| called(&yes.who)).collect::<Vec<_>>(),
        "silentSince": view.silent_since.map(|at| at.to_string()),
        "can": can,
    })
}

fn told(view: &IntroductionView, names: &Names) -> String {
    let connectors: Vec<String> =
        view.connectors.iter().map(|(who, _)| names.person(*who)).collect();
    let mut text = format!(
        "{} to {} through {}: {}\n  for: {}\n",
        names.person(view.seeker),
        names.person_and_place(view.target),
        connectors.join(", "),
        view.state.as_str(),
        view.purpose
    );
    if !view.waits_for.is_empty() {
        let who: Vec<String> = view.waits_for.iter().map(|who| names.person(*who)).collect();
        let until = view.expires_at.map_or_else(String::new, |at| format!(" until {}", at.day()));
        let _ = writeln!(text, "  waits for {}{until}", who.join(" and "));
    }
    for yes in &view.consents {
        let reported = yes.report.as_ref().map(|report| format!(", reported: {}", report.how));
        let how = reported.unwrap_or_else(|| if yes.by_link { ", by a link" } else { "" }.into());
        let _ = writeln!(text, "  {} said yes on {}{how}", names.person(yes.who), yes.at.day());
    }
    for link in view.links.iter().filter(|link| link.is_open) {
        let (who, until) = (names.person(link.whose), link.expires_at.day());
        let _ = writeln!(text, "  {who} can answer by your link until {until}");
    }
    if let Some(since) = view.silent_since {
        let _ = writeln!(text, "  you keep silent since {}; nobody else is told", since.day());
    }
    let can: Vec<String> = view
        .allowed
        .iter()
        .map(|one| match one.of {
            None => word_of(one.doing).to_owned(),
            Some(who) => format!("{} (of {})", word_of(one.doing), names.person(who)),
        })
        .collect();
    if !can.is_empty() {
        let _ = writeln!(text, "  you can: {}", can.join(", "));
    }
    let _ = writeln!(text, "  {}", view.id);
    text
}
