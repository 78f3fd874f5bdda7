//! What the commands take.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::{
    config::{Access, Flags},
    model::Day,
    service::FileFormat,
};

use super::{
    asking::{AsOf, Listing},
    known_args::{CadenceArgs, KeepingArgs, KnownArgs, KnowsArgs},
    reading,
    supposing::Supposing,
};

const AFTER_HELP: &str = "\
Try it:
  tertius demo                                    a sample network, five answers, a server
  tertius import --sample --store sqlite:try.sqlite
  tertius path Globex --role 'vp engineering' --as mira --store sqlite:try.sqlite
  tertius who-knows 'Umbra Health' --as mira --store sqlite:try.sqlite
  tertius knows --list 'Target accounts' --as mira --store sqlite:try.sqlite
  tertius keep-in-touch --as mira --store sqlite:try.sqlite
  tertius what-changed --since 60d --as mira --store sqlite:try.sqlite

Ends with: 0 done, 1 failed, 2 called wrongly, 3 nothing found, 4 not allowed, 5 store not usable.";

/// Who can introduce me, will it work, and how do I ask without wearing anybody out.
#[derive(Debug, Parser)]
#[command(name = "tertius", version, about, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What every command takes.
    #[command(flatten)]
    pub shared: Shared,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Shared {
    /// Where facts are recorded: sqlite:FILE, bolt://HOST or neo4j://HOST [default: a file in your
    /// data folder]
    #[arg(long, global = true, value_name = "URL", env = "TERTIUS_STORE")]
    pub store: Option<String>,
    /// A TOML file with settings (store, listen, access); flags and TERTIUS_… variables win
    #[arg(long, global = true, value_name = "FILE", env = "TERTIUS_CONFIG")]
    pub config: Option<PathBuf>,
    /// Print JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell a story about a sample network, then serve it on this machine (in a store of its own)
    Demo(DemoArgs),
    /// Serve GraphQL
    Serve(ServeArgs),
    /// Bring facts in: a LinkedIn archive, mail, tables
    Import(ImportArgs),
    /// Write what you see to files
    Export(ExportArgs),
    /// The imports there were
    Imports(ImportsArgs),
    /// Take an import back, all of it
    Undo(UndoArgs),
    /// Who can introduce you to somebody
    Path(PathArgs),
    /// Which accounts of a file, or of a list, can be entered, and through whom
    Reach(super::ReachArgs),
    /// How many people you reach within one, two, three steps, and how likely
    Circles(super::CirclesArgs),
    /// Say how well you know those of whom it would better most paths, one by one
    Rate(super::RateArgs),
    /// Ask for an introduction, or bring two people together
    Ask(super::IntroduceArgs),
    /// The introductions that concern you, and for whom they wait
    Introductions(super::IntroductionsArgs),
    /// Show an introduction, answer, or say what became of it
    Introduction(super::IntroductionArgs),
    /// How often, by whom and for whom you are willing to be asked
    Limits(super::LimitsArgs),
    /// Who knows a person, anybody at a company, or anybody on a list
    WhoKnows(KnownArgs),
    /// Say how strong a tie of yours is, whatever the evidence says
    Override(super::OverrideArgs),
    /// Notes on a person, for your own eyes unless you share them
    Note(super::NoteArgs),
    /// Who sees what you recorded, and whom you never show
    Audience(super::AudienceArgs),
    /// Whom you, somebody else or the team knows: on a list, at a company, in a role
    Knows(KnowsArgs),
    /// With whom to get in touch: what is due, what fades, and what hangs on one thread
    KeepInTouch(KeepingArgs),
    /// Say how often you want contact with somebody; only you see that
    Cadence(CadenceArgs),
    /// What changed between two days: ties, moves, and the ways into a list
    WhatChanged(super::ChangesArgs),
    /// Which groups of people hang together, and by what
    Clusters(super::ClustersArgs),
    /// Find people and companies; a typo is forgiven
    Search(SearchArgs),
    /// Of which parts a person or company is made, and why they are one
    Parts(PartsArgs),
    /// Say that two people, or two companies, are one
    Link(LinkArgs),
    /// Say that a part is somebody else
    Unlink(UnlinkArgs),
    /// Never import anything of somebody, or of a domain
    Exclude(ExcludeArgs),
    /// Look back: how well strength foretold who would have contact
    Backtest(BacktestArgs),
    /// Fit how strength is computed to what was seen here, if that foretells better
    Calibrate(super::CalibrateArgs),
    /// Make a token, by which a program or a browser asks as a member
    Token(super::TokenArgs),
    /// The team: who belongs to it, inviting, roles
    Members(super::MembersArgs),
    /// What was done: who, when, what kind of thing; for admins
    Audit(super::AuditArgs),
    /// Erase a person for everybody and for good; for admins
    Erase(super::EraseArgs),
    /// All that is kept about a person, to answer somebody who asks for it
    PersonalData(super::PersonalDataArgs),
    /// Check that the store holds what it should
    Check,
    /// Copy the store into a file, also while it is served
    Backup(super::BackupArgs),
    /// Make the store out of such a copy
    Restore(super::BackupArgs),
    /// Print the GraphQL schema
    Schema,
}

/// As whom a question is asked.
#[derive(Debug, Clone, Args)]
pub struct AskAs {
    /// The login of the member who asks
    #[arg(long = "as", value_name = "MEMBER", env = "TERTIUS_AS")]
    pub member: String,
}

/// What `demo` takes.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Where to listen, on this machine
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878")]
    pub listen: SocketAddr,
    /// Tell the story and end
    #[arg(long)]
    pub no_serve: bool,
}

/// What `serve` takes.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where to listen [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDRESS", env = "TERTIUS_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Who may ask: whoever has a token, or whoever is on this machine [default: token]
    #[arg(long, value_name = "token|open", env = "TERTIUS_ACCESS", value_parser = reading::access)]
    pub access: Option<Access>,
    /// As whom questions without a token are asked, where access is open
    #[arg(long = "as", value_name = "MEMBER", env = "TERTIUS_AS")]
    pub member: Option<String>,
}

/// What `import` takes.
#[derive(Debug, Clone, Args)]
#[command(after_help = IMPORT_HELP)]
pub struct ImportArgs {
    /// What to bring in: a LinkedIn archive (ZIP or folder), mail (mbox, Maildir, messages), tables
    /// (CSV, TSV, JSON Lines), or a folder of tables
    #[arg(required_unless_present = "sample", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// As whom to bring it in: whose archive or mailbox it is. On an empty store this makes the
    /// first member, an admin
    #[arg(
        long = "as",
        value_name = "MEMBER",
        env = "TERTIUS_AS",
        required_unless_present = "sample"
    )]
    pub member: Option<String>,
    /// What it is, where that cannot be guessed
    #[arg(long, value_name = "linkedin|mail|table|export", value_parser = reading::format)]
    pub format: Option<FileFormat>,
    /// What the columns of a table mean; `--dry-run` prints what is guessed, to start from
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Say what it would bring, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// For your own eyes: colleagues learn nothing of it
    #[arg(long)]
    pub private: bool,
    /// The sample network instead: fictional people, two years of contacts
    #[arg(long, conflicts_with_all = ["paths", "dry_run", "mapping", "format", "private"])]
    pub sample: bool,
    /// How many people the sample has
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub people: usize,
}

const IMPORT_HELP: &str = "\
Colleagues see of mail how well you know somebody, never when you wrote; of LinkedIn and tables \
they see everything; of --private nothing. Subjects and bodies are never read into the store.

Bringing the same file in twice changes nothing. `tertius undo` takes an import back.

Try it:
  tertius import linkedin.zip --as mira
  tertius import Sent.mbox --as mira --dry-run
  tertius import contacts.csv --as mira --mapping contacts.toml";

/// What `export` takes.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// In which format: csv is a folder of tables that `tertius import` reads back, with nodes.csv
    /// and edges.csv for Gephi
    #[arg(long, value_name = "csv", default_value = "csv", value_parser = ["csv"])]
    pub format: String,
    /// The folder to write; an export that lies there is replaced
    #[arg(long, value_name = "PATH")]
    pub output: PathBuf,
    /// Call people and companies by the numbers of their rows, so that equal content gives equal
    /// files
    #[arg(long, value_name = "rows|stored", default_value = "stored", value_parser = ["rows", "stored"])]
    pub ids: String,
    /// Leave cells as they are that a spreadsheet would run as formulas
    #[arg(long)]
    pub raw: bool,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
    /// As of which day.
    #[command(flatten)]
    pub as_of: AsOf,
}

/// What `imports` takes.
#[derive(Debug, Clone, Args)]
pub struct ImportsArgs {
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `undo` takes.
#[derive(Debug, Clone, Args)]
pub struct UndoArgs {
    /// Which import, as `tertius imports` names it, or the beginning of that; the newest one where
    /// none is named
    pub import: Option<String>,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `path` takes.
#[derive(Debug, Clone, Args)]
pub struct PathArgs {
    /// A name, a mail address, a domain or an id
    pub target: String,
    /// At a company: only people with such a title
    #[arg(long, value_name = "TITLE")]
    pub role: Option<String>,
    /// Start from anybody in the team, not from the one who asks
    #[arg(long)]
    pub team: bool,
    /// How many paths
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub first: usize,
    /// How many steps at most, from 1 to 4
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub max_steps: usize,
    /// Paths that differ: each for what it adds to those before it
    #[arg(long)]
    pub differing: bool,
    /// Who shall not be on the path; may be named several times
    #[arg(long, value_name = "PERSON")]
    pub avoid: Vec<String>,
    /// Also along people who worked at the same company as you, or as the target, at the same time
    #[arg(long)]
    pub inferred: bool,
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

/// What `search` takes.
#[derive(Debug, Clone, Args)]
pub struct SearchArgs {
    /// What you remember: parts of a name, a title, a domain, a mail address
    #[arg(required = true, num_args = 1..)]
    pub words: Vec<String>,
    /// How many, as whom and as of which day.
    #[command(flatten)]
    pub listing: Listing,
}

/// What `parts` takes.
#[derive(Debug, Clone, Args)]
pub struct PartsArgs {
    /// A name, a mail address, a domain or an id
    pub target: String,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
    /// As of which day.
    #[command(flatten)]
    pub as_of: AsOf,
}

/// What `link` takes.
#[derive(Debug, Clone, Args)]
pub struct LinkArgs {
    /// A name, a mail address, a domain or an id
    pub one: String,
    /// Another
    pub other: String,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `unlink` takes.
#[derive(Debug, Clone, Args)]
pub struct UnlinkArgs {
    /// The id of the part, as `tertius parts` shows it
    pub part: String,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `exclude` takes.
#[derive(Debug, Clone, Args)]
pub struct ExcludeArgs {
    /// Mail addresses, profile pages, domains, or people by name or id, who are excluded with
    /// everything that names them; without any, those that are excluded are listed
    pub whom: Vec<String>,
    /// Import them again from now on
    #[arg(long, requires = "whom")]
    pub lift: bool,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `backtest` takes.
#[derive(Debug, Clone, Args)]
pub struct BacktestArgs {
    /// What is looked back on
    #[arg(value_name = "strength", value_parser = ["strength"])]
    pub what: String,
    /// How many days after each cut are looked at
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub days: i32,
    /// The last day that is known, such as 2026-06-30; may be given several times [default: three
    /// late ones]
    #[arg(long = "cut", value_name = "DAY")]
    pub cuts: Vec<Day>,
    /// Draw what was foretold against what was seen, as SVG
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

impl Shared {
    /// As flags for the settings.
    pub fn flags(&self) -> Flags {
        Flags { config: self.config.clone(), store: self.store.clone(), ..Flags::default() }
    }
}
