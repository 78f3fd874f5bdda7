//! `tertius audience`.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    model::{AudienceRule, Domain, ImportId, Level, RuleSubject},
    service::{AudienceDraft, AudienceOf, AudienceRuleDraft, Found, ServiceError, Tertius, Viewer},
};

use super::{
    AskAs, Printed,
    json::printed,
    names::Names,
    target::{named, person},
};

/// What `audience` takes.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AudienceArgs {
    /// What to do; your rules are listed if nothing is said.
    #[command(subcommand)]
    pub command: Option<AudienceCommand>,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: Option<AskAs>,
}

/// What is done about audiences.
#[derive(Debug, Clone, Subcommand)]
pub enum AudienceCommand {
    /// Change who sees what you recorded, from now on
    Set(SetArgs),
    /// Never show that you know somebody, or anybody at a company or a domain
    Hide(HideArgs),
    /// Lift a rule: what you record from now on is shown as usual again
    Lift(LiftArgs),
}

/// What `audience set` takes.
#[derive(Debug, Clone, Args)]
pub struct SetArgs {
    /// Of all that this import of yours told
    #[arg(long, value_name = "ID", conflicts_with_all = ["person", "with"])]
    pub import: Option<ImportId>,
    /// Of all evidence of this person that you recorded
    #[arg(long, value_name = "PERSON", conflicts_with = "with")]
    pub person: Option<String>,
    /// Of all evidence that you have with this person
    #[arg(long, value_name = "PERSON", required_unless_present_any = ["import", "person"])]
    pub with: Option<String>,
    /// That somebody else has with them, instead of you
    #[arg(long, value_name = "PERSON", requires = "with")]
    pub from: Option<String>,
    /// You alone see it
    #[arg(long, conflicts_with = "team")]
    pub private: bool,
    /// The team sees so much of it
    #[arg(
        long,
        value_name = "tie|strength|evidence",
        value_parser = parse_level,
        required_unless_present = "private"
    )]
    pub team: Option<Level>,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `audience hide` takes.
#[derive(Debug, Clone, Args)]
pub struct HideArgs {
    /// Whom: a person or a company by name, address or id, or a domain
    pub whom: String,
    /// The most that the team sees [default: nothing]
    #[arg(long, value_name = "tie|strength", value_parser = parse_level)]
    pub at_most: Option<Level>,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `audience lift` takes.
#[derive(Debug, Clone, Args)]
pub struct LiftArgs {
    /// Whom the rule is about, as for `hide`
    pub whom: String,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

impl AudienceArgs {
    /// As whom it is asked.
    pub(super) fn asker(&self) -> Option<&str> {
        let asked = match &self.command {
            None => self.ask_as.as_ref()?,
            Some(AudienceCommand::Set(args)) => &args.ask_as,
            Some(AudienceCommand::Hide(args)) => &args.ask_as,
            Some(AudienceCommand::Lift(args)) => &args.ask_as,
        };
        Some(&asked.member)
    }
}

const LEVELS: [(&str, Level); 3] =
    [("tie", Level::Tie), ("strength", Level::Strength), ("evidence", Level::Evidence)];

fn parse_level(text: &str) -> Result<Level, String> {
    let found = LEVELS.iter().find(|(word, _)| *word == text);
    found
        .map(|(_, level)| *level)
        .ok_or_else(|| format!("`{text}` is none of tie, strength, evidence"))
}

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &AudienceArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let (facts, said) = match &args.command {
        None => return list(tertius, viewer, as_json).await,
        Some(AudienceCommand::Set(args)) => {
            let facts = set(tertius, viewer, args).await?;
            (facts, format!("{facts} facts are for other eyes now.\n"))
        }
        Some(AudienceCommand::Hide(args)) => {
            let about = about(tertius, viewer, &args.whom).await?;
            let draft = AudienceRuleDraft { about, team_sees: args.at_most };
            let facts = tertius.put_audience_rule(viewer, draft).await?.facts;
            (
                facts,
                format!(
                    "Shown no further from now on; nor are {facts} facts that you had recorded.\n"
                ),
            )
        }
        Some(AudienceCommand::Lift(args)) => {
            let about = about(tertius, viewer, &args.whom).await?;
            let mut rules = tertius.audience_rules(viewer).await?.into_iter();
            let rule = rules.find(|rule| rule.about == about);
            let rule = rule.ok_or_else(|| {
                ServiceError::NotFound(format!("a rule of yours about `{}`", args.whom))
            })?;
            tertius.lift_audience_rule(viewer, rule.id).await?;
            (0, "Lifted; what it hid stays hidden.\n".to_owned())
        }
    };
    Ok(Printed::done(if as_json { printed(&json!({ "facts": facts })) } else { said }))
}

async fn set(tertius: &Tertius, viewer: &Viewer, args: &SetArgs) -> Result<u64, ServiceError> {
    let of = match (args.import, &args.person, &args.with) {
        (Some(import), ..) => AudienceOf::Import(import),
        (None, Some(whom), _) => AudienceOf::Person(person(tertius, viewer, whom).await?),
        (None, None, with) => {
            let with = with.as_deref().unwrap_or_default();
            let from = match &args.from {
                Some(from) => Some(person(tertius, viewer, from).await?),
                None => None,
            };
            AudienceOf::Tie(from, person(tertius, viewer, with).await?)
        }
    };
    let team_sees = args.team.filter(|_| !args.private);
    tertius.set_audience(viewer, AudienceDraft { of, team_sees }).await
}

/// Whom a text names; a domain may be nobody's whom one knows.
async fn about(
    tertius: &Tertius,
    viewer: &Viewer,
    text: &str,
) -> Result<RuleSubject, ServiceError> {
    let bare = text.trim().trim_start_matches('@');
    if let (false, Ok(domain)) = (bare.contains('@') && bare == text.trim(), Domain::new(bare)) {
        return Ok(RuleSubject::Domain(domain));
    }
    Ok(match named(tertius, viewer, text).await? {
        Found::Person(person) => RuleSubject::Person(person.id),
        Found::Company(company) => RuleSubject::Company(company.id),
    })
}

async fn list(tertius: &Tertius, viewer: &Viewer, as_json: bool) -> Result<Printed, ServiceError> {
    let rules = tertius.audience_rules(viewer).await?;
    if as_json {
        let rule = |rule: &AudienceRule| {
            let since = rule.since.to_string();
            json!({ "id": rule.id, "about": rule.about, "level": rule.team_sees, "since": since })
        };
        let rules: Vec<_> = rules.iter().map(rule).collect();
        return Ok(Printed::done(printed(&json!({ "rules": rules }))));
    }
    if rules.is_empty() {
        return Ok(Printed::done("You hide nobody.\n".to_owned()));
    }
    let people = rules.iter().filter_map(|rule| match rule.about {
        RuleSubject::Person(id) => Some(id),
        _ => None,
    });
    let companies = rules.iter().filter_map(|rule| match rule.about {
        RuleSubject::Company(id) => Some(id),
        _ => None,
    });
    let names = Names::of(tertius, viewer, people, companies).await?;
    Ok(Printed::done(tell(&rules, &names)))
}

fn tell(rules: &[AudienceRule], names: &Names) -> String {
    let mut text = String::from("The team sees of what you have to do\n");
    for rule in rules {
        let whom = match &rule.about {
            RuleSubject::Person(id) => format!("with {}", names.person(*id)),
            RuleSubject::Company(id) => format!("with anybody at {}", names.company(*id)),
            RuleSubject::Domain(domain) => format!("with anybody at {domain}"),
        };
        let most = match rule.team_sees {
            None => "nothing",
            Some(Level::Tie) => "that there is a tie",
            Some(Level::Strength) => "how strong the tie is",
            Some(Level::Evidence) => "all of it",
        };
        let _ = writeln!(text, "  {whom}: {most}, since {}", rule.since.day());
    }
    text
}
