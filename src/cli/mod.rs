//! Commands for a terminal: what they take, what they print, how they end.

mod args;
mod asking;
mod audience;
mod backing;
mod backtest;
mod calibrating;
mod changes;
mod changes_args;
mod changes_json;
mod circles;
mod clusters;
mod consent;
mod erasing;
mod exporting;
mod identity;
mod importing;
mod introductions;
mod json;
mod keeping;
mod known;
mod known_args;
mod limiting;
mod members;
mod members_args;
mod names;
mod notes;
mod overriding;
mod paths;
mod rating;
mod reaching;
mod reading;
mod reliability;
mod search;
mod story;
mod supposing;
mod target;
mod words;

use std::{fmt::Write as _, io::IsTerminal as _};

use crate::{
    model::Day,
    service::{ServiceError, Tertius, Viewer},
};

pub use args::{
    AskAs, BacktestArgs, Cli, Command, DemoArgs, ExcludeArgs, ExportArgs, ImportArgs, ImportsArgs,
    LinkArgs, PartsArgs, PathArgs, SearchArgs, ServeArgs, Shared, UndoArgs, UnlinkArgs,
};
pub use asking::AsOf;
pub use audience::{AudienceArgs, AudienceCommand};
pub use backing::BackupArgs;
pub use calibrating::CalibrateArgs;
pub use changes_args::{ChangesArgs, Since};
pub use circles::CirclesArgs;
pub use clusters::ClustersArgs;
pub use consent::ConsentArgs;
pub use erasing::{EraseArgs, PersonalDataArgs};
pub use importing::import_file;
pub use introductions::{IntroduceArgs, IntroductionArgs, IntroductionsArgs};
pub use known_args::{CadenceArgs, KeepingArgs, KnownArgs, KnowsArgs, PostArgs};
pub use limiting::LimitsArgs;
pub use members_args::{AuditArgs, MembersArgs, MembersCommand, TokenArgs, TokenCommand};
pub use notes::NoteArgs;
pub use overriding::OverrideArgs;
pub use rating::RateArgs;
pub use reaching::ReachArgs;
pub use reliability::{ReliabilityPoint, reliability_svg};
pub use story::{Demo, next_steps, personas};
pub use supposing::Supposing;

/// How a command ended, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It did what was asked.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// It was called wrongly.
    Usage = 2,
    /// What it was asked for is not there: no path, nobody found.
    Nothing = 3,
    /// The viewer may not do this.
    Forbidden = 4,
    /// The store cannot be used now.
    Unavailable = 5,
}

/// What a command prints, and how it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The text, coloured; the terminal takes the colours away where they are not wanted.
    pub text: String,
    /// How it ends.
    pub ending: Ending,
}

impl Printed {
    fn done(text: String) -> Self {
        Self { text, ending: Ending::Done }
    }

    fn nothing(text: String) -> Self {
        Self { text, ending: Ending::Nothing }
    }
}

/// An error of a use case as a terminal says it.
pub fn failed(error: &ServiceError) -> Printed {
    let ending = match error {
        ServiceError::NotFound(_) => Ending::Nothing,
        ServiceError::Forbidden(_) => Ending::Forbidden,
        ServiceError::Invalid { .. } | ServiceError::Refused(_) => Ending::Usage,
        ServiceError::Busy { .. } => Ending::Unavailable,
        ServiceError::Internal(_) => Ending::Failed,
    };
    let mut text = error.to_string();
    if let ServiceError::Internal(cause) = error {
        let mut next: Option<&dyn std::error::Error> = Some(cause.as_ref());
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
    }
    Printed { text, ending }
}

/// Asks a question as of the day that it names, supposing what it supposes, and prints the answer.
///
/// # Errors
/// Those of the use case; `Invalid` for a day that is still to come, and for what cannot be
/// supposed.
pub async fn ask(
    tertius: &Tertius,
    viewer: &Viewer,
    command: &Command,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let viewer = tertius.viewer_as_of(viewer, "--as-of", command.as_of())?;
    let viewer = supposing::supposing(tertius, &viewer, command.supposing()).await?;
    let mut printed = answer(tertius, &viewer, command, as_json).await?;
    supposing::say(&mut printed, &viewer, as_json);
    if let (Some(day), false) = (viewer.day(), as_json) {
        let _ = writeln!(printed.text, "as of {day}");
    }
    Ok(printed)
}

/// The day at whose end everything that a viewer asks is evaluated.
fn day_of(tertius: &Tertius, viewer: &Viewer) -> Day {
    viewer.day().unwrap_or_else(|| tertius.today())
}

async fn answer(
    tertius: &Tertius,
    viewer: &Viewer,
    command: &Command,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    match command {
        Command::Path(args) => paths::run(tertius, viewer, args, as_json).await,
        Command::Reach(args) => reaching::run(tertius, viewer, args, as_json).await,
        Command::Rate(args) => rating::run(tertius, viewer, args, as_json).await,
        Command::WhoKnows(args) => known::run(tertius, viewer, args, as_json).await,
        Command::Override(args) => overriding::run(tertius, viewer, args, as_json).await,
        Command::Knows(args) => known::knows(tertius, viewer, args, as_json).await,
        Command::KeepInTouch(args) => keeping::run(tertius, viewer, args, as_json).await,
        Command::Ask(args) => introductions::ask(tertius, viewer, args, as_json).await,
        Command::Introductions(args) => introductions::list(tertius, viewer, args, as_json).await,
        Command::Introduction(args) => introductions::one(tertius, viewer, args, as_json).await,
        Command::Limits(args) => limiting::run(tertius, viewer, args, as_json).await,
        Command::Note(args) => notes::run(tertius, viewer, args, as_json).await,
        Command::Audience(args) => audience::run(tertius, viewer, args, as_json).await,
        Command::Cadence(args) => keeping::set_cadence(tertius, viewer, args, as_json).await,
        Command::WhatChanged(args) => changes::run(tertius, viewer, args, as_json).await,
        Command::Circles(args) => circles::run(tertius, viewer, args, as_json).await,
        Command::Clusters(args) => clusters::run(tertius, viewer, args, as_json).await,
        Command::Search(args) => search::run(tertius, viewer, args, as_json).await,
        Command::Backtest(args) => backtest::run(tertius, viewer, args, as_json).await,
        Command::Calibrate(args) => calibrating::run(tertius, viewer, args, as_json).await,
        Command::Parts(args) => identity::parts(tertius, viewer, args, as_json).await,
        Command::Link(args) => identity::link(tertius, viewer, args).await,
        Command::Unlink(args) => identity::unlink(tertius, viewer, args).await,
        Command::Exclude(args) => identity::exclude(tertius, viewer, args, as_json).await,
        Command::Export(args) => exporting::run(tertius, viewer, args, as_json).await,
        Command::Imports(_) => importing::list(tertius, viewer, as_json).await,
        Command::Undo(args) => importing::undo(tertius, viewer, args, as_json).await,
        Command::Token(args) => members::token(tertius, viewer, args, as_json).await,
        Command::Members(args) => members::run(tertius, viewer, args, as_json).await,
        Command::Audit(args) => members::audit(tertius, viewer, args, as_json).await,
        Command::Erase(args) => erasing::erase(tertius, viewer, args, as_json).await,
        Command::PersonalData(args) => erasing::personal_data(tertius, viewer, args, as_json).await,
        _ => Err(ServiceError::invalid("command", "this is no question")),
    }
}

/// A bar on a terminal, nothing elsewhere.
pub fn progress(label: &'static str) -> indicatif::ProgressBar {
    if !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let style = indicatif::ProgressStyle::with_template("{spinner} {prefix}: {msg} ({elapsed})");
    let bar = indicatif::ProgressBar::new_spinner().with_prefix(label);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
