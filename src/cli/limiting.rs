//! `tertius limits`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use crate::{
    model::{Day, Holder, OverCap},
    service::{AskRulesDraft, AskRulesView, Found, ServiceError, Tertius, Viewer},
};

use super::{AskAs, Printed, names::Names, target::named};

/// What `limits` takes.
#[derive(Debug, Clone, Args)]
pub struct LimitsArgs {
    /// How often in a month you are willing to be asked
    #[arg(long, value_name = "N")]
    pub per_month: Option<u16>,
    /// Beyond that, let paths through you come later, instead of not at all
    #[arg(long, requires = "per_month")]
    pub later: bool,
    /// A person, or a company, to whom you introduce nobody; may be said several times
    #[arg(long, value_name = "WHOM")]
    pub never: Vec<String>,
    /// When you are not asked, such as 2026-12-24..2027-01-03; may be said several times
    #[arg(long, value_name = "DAY..DAY", value_parser = parse_period)]
    pub quiet: Vec<(Option<Day>, Option<Day>)>,
    /// The login of a member who must let each request through to you
    #[arg(long, value_name = "LOGIN")]
    pub approver: Option<String>,
    /// Do not tell whoever is refused which limit it was
    #[arg(long)]
    pub no_reason: bool,
    /// Lift all limits
    #[arg(long, conflicts_with_all = ["per_month", "never", "quiet", "approver", "no_reason"])]
    pub lift: bool,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

fn parse_period(text: &str) -> Result<(Option<Day>, Option<Day>), String> {
    let wanted = || format!("`{text}` is no period: write 2026-12-24..2027-01-03, or 2026-12-24..");
    let (from, to) = text.split_once("..").ok_or_else(wanted)?;
    let day = |text: &str| match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wanted()),
    };
    Ok((day(from)?, day(to)?))
}

impl LimitsArgs {
    fn sets_something(&self) -> bool {
        let has_list = !self.never.is_empty() || !self.quiet.is_empty();
        let has_one = self.per_month.is_some() || self.approver.is_some();
        has_list || has_one || self.no_reason || self.lift
    }
}

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &LimitsArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let view = if args.sets_something() {
        let mut never = Vec::new();
        for whom in &args.never {
            never.push(match named(tertius, viewer, whom).await? {
                Found::Person(person) => Holder::Person(person.id),
                Found::Company(company) => Holder::Company(company.id),
            });
        }
        let approver = match &args.approver {
            Some(login) => Some(tertius.member_called(viewer, login).await?.id),
            None => None,
        };
        let draft = AskRulesDraft {
            per_month: args.per_month,
            over_cap: if args.later { OverCap::Later } else { OverCap::NoPath },
            never,
            quiet: args.quiet.clone(),
            approver,
            tells_why: !args.no_reason,
            expected_revision: None,
        };
        tertius.set_ask_rules(viewer, draft).await?
    } else {
        tertius.ask_rules(viewer).await?
    };
    if as_json {
        return Ok(Printed::done(super::json::printed(&in_json(&view))));
    }
    told(tertius, viewer, &view).await.map(Printed::done)
}

fn in_json(view: &AskRulesView) -> serde_json::Value {
    let rules = &view.rules;
    let day = |day: Option<Day>| day.map(|day| day.to_string());
    let quiet = rules.quiet.iter().map(|s| json!({ "from": day(s.from()), "to": day(s.to()) }));
    json!({
        "revision": view.revision.0,
        "perMonth": rules.per_month,
        "overCap": rules.over_cap,
        "never": rules.never.iter().map(id_of).collect::<Vec<_>>(),
        "quiet": quiet.collect::<Vec<_>>(),
        "approver": rules.approver,
        "tellsWhy": rules.tells_why,
    })
}

fn id_of(holder: &Holder) -> String {
    match holder {
        Holder::Person(id) => id.to_string(),
        Holder::Company(id) => id.to_string(),
    }
}

async fn told(
    tertius: &Tertius,
    viewer: &Viewer,
    view: &AskRulesView,
) -> Result<String, ServiceError> {
    let rules = &view.rules;
    let people = rules.never.iter().filter_map(|holder| match holder {
        Holder::Person(id) => Some(*id),
        Holder::Company(_) => None,
    });
    let companies = rules.never.iter().filter_map(|holder| match holder {
        Holder::Company(id) => Some(*id),
        Holder::Person(_) => None,
    });
    let names = Names::of(tertius, viewer, people, companies).await?;
    let mut text = String::new();
    if let Some(cap) = rules.per_month {
        let beyond = match rules.over_cap {
            OverCap::NoPath => "then no path leads through you",
            OverCap::Later => "then paths through you come later",
        };
        let _ = writeln!(text, "You are asked {cap} times a month at most; {beyond}.");
    }
    for holder in &rules.never {
        let who = match holder {
            Holder::Person(id) => names.person_and_place(*id),
            Holder::Company(id) => format!("anybody at {}", names.company(*id)),
        };
        let _ = writeln!(text, "You introduce nobody to {who}.");
    }
    for span in &rules.quiet {
        let day = |day: Option<Day>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
        let _ =
            writeln!(text, "You are not asked from {} to {}.", day(span.from()), day(span.to()));
    }
    if let Some(approver) = rules.approver {
        let team = tertius.team(viewer).await?;
        let login = team.iter().find(|member| member.id == approver);
        let login = login.map_or("a former member", |member| member.login.as_str());
        let _ = writeln!(text, "{login} lets each request through to you first.");
    }
    if text.is_empty() {
        return Ok("You have set no limits to being asked.\n".to_owned());
    }
    let reason = if rules.tells_why { "is told which limit it was" } else { "is told no reason" };
    let _ = writeln!(text, "Whoever is refused {reason}.");
    Ok(text)
}
