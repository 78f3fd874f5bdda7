//! What the commands take.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::config::{Access, Flags};

const AFTER_HELP: &str = "\
Try it:
  tertius demo                                    a sample network, four answers, a server
  tertius import --sample --store sqlite:try.sqlite
  tertius path Globex --role 'vp engineering' --as mira --store sqlite:try.sqlite
  tertius who-knows 'Umbra Health' --as mira --store sqlite:try.sqlite

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
    /// Where facts are recorded: sqlite:FILE [default: a file in your data folder]
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
    /// Bring facts in
    Import(ImportArgs),
    /// Who can introduce you to somebody
    Path(PathArgs),
    /// Who knows a person, or anybody at a company
    WhoKnows(KnownArgs),
    /// Find people and companies; a typo is forgiven
    Search(SearchArgs),
    /// Make a token, by which a program or a browser asks as a member
    Token(TokenArgs),
    /// Check that the store holds what it should
    Check,
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
    #[arg(long, value_name = "token|open", env = "TERTIUS_ACCESS", value_parser = parse_access)]
    pub access: Option<Access>,
    /// As whom questions without a token are asked, where access is open
    #[arg(long = "as", value_name = "MEMBER", env = "TERTIUS_AS")]
    pub member: Option<String>,
}

/// What `import` takes.
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// The sample network: fictional people, two years of contacts
    #[arg(long, required = true)]
    pub sample: bool,
    /// How many people the sample has
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub people: usize,
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
    /// Who shall not be on the path; may be named several times
    #[arg(long, value_name = "PERSON")]
    pub avoid: Vec<String>,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `who-knows` takes.
#[derive(Debug, Clone, Args)]
pub struct KnownArgs {
    /// A name, a mail address, a domain or an id
    pub target: String,
    /// At a company: only people with such a title
    #[arg(long, value_name = "TITLE")]
    pub role: Option<String>,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub first: usize,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `search` takes.
#[derive(Debug, Clone, Args)]
pub struct SearchArgs {
    /// What you remember: parts of a name, a title, a domain, a mail address
    #[arg(required = true, num_args = 1..)]
    pub words: Vec<String>,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub first: usize,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `token` takes.
#[derive(Debug, Clone, Args)]
pub struct TokenArgs {
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

fn parse_access(text: &str) -> Result<Access, String> {
    match text {
        "token" => Ok(Access::Token),
        "open" => Ok(Access::Open),
        other => Err(format!("`{other}` is neither `token` nor `open`")),
    }
}

impl Shared {
    /// As flags for the settings.
    pub fn flags(&self) -> Flags {
        Flags { config: self.config.clone(), store: self.store.clone(), ..Flags::default() }
    }
}

impl Command {
    /// As whom the question is asked, if it is one.
    pub fn ask_as(&self) -> Option<&str> {
        match self {
            Self::Path(args) => Some(&args.ask_as.member),
            Self::WhoKnows(args) => Some(&args.ask_as.member),
            Self::Search(args) => Some(&args.ask_as.member),
            Self::Token(args) => Some(&args.ask_as.member),
            _ => None,
        }
    }
}
