//! What the commands about members, tokens and the trail take.

use clap::{Args, Subcommand};

use crate::{
    model::{Day, Role, Scope},
    service::read_role,
};

use super::AskAs;

/// What `members` takes.
#[derive(Debug, Clone, Args)]
#[command(subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
pub struct MembersArgs {
    /// What to do; the team is listed if nothing is said.
    #[command(subcommand)]
    pub command: Option<MembersCommand>,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: Option<AskAs>,
}

/// What is done with members.
#[derive(Debug, Clone, Subcommand)]
pub enum MembersCommand {
    /// Invite somebody, by a secret that can be used once
    Invite(InviteArgs),
    /// The open invitations
    Invitations(AskAs),
    /// Take an open invitation back
    Withdraw(OneArgs),
    /// Take a member out of the team; what they told the team stays
    Deactivate(OneArgs),
    /// Take a member who left back into the team
    Reactivate(OneArgs),
    /// Give a member another role
    Role(RoleArgs),
    /// Say which mail addresses are a member's own, in place of those before
    Addresses(AddressesArgs),
}

/// What `members invite` takes.
#[derive(Debug, Clone, Args)]
pub struct InviteArgs {
    /// What they may do: viewer, member, partner-manager or admin
    #[arg(long, value_name = "ROLE", default_value = "member", value_parser = parse_role)]
    pub role: Role,
    /// By which login they come in [default: they choose one]
    #[arg(long, value_name = "LOGIN")]
    pub login: Option<String>,
    /// A mail address of theirs; may be named several times
    #[arg(long = "address", value_name = "ADDRESS")]
    pub addresses: Vec<String>,
    /// For how many days it is open, 30 at most
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub days: u32,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// One member, token or invitation.
#[derive(Debug, Clone, Args)]
pub struct OneArgs {
    /// The login of a member, or an id
    pub which: String,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `members role` takes.
#[derive(Debug, Clone, Args)]
pub struct RoleArgs {
    /// The login of a member
    pub which: String,
    /// viewer, member, partner-manager or admin
    #[arg(value_parser = parse_role)]
    pub role: Role,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `members addresses` takes.
#[derive(Debug, Clone, Args)]
pub struct AddressesArgs {
    /// The login of a member
    pub which: String,
    /// All addresses
    pub addresses: Vec<String>,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

/// What `token` takes.
#[derive(Debug, Clone, Args)]
#[command(subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
pub struct TokenArgs {
    /// What to do; a token is made if nothing is said.
    #[command(subcommand)]
    pub command: Option<TokenCommand>,
    /// What it is for
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The most it may do [default: what the member may]
    #[arg(long, value_name = "ROLE", value_parser = parse_role)]
    pub role: Option<Role>,
    /// What it may be used for: read, write, export, import; may be named several times [default:
    /// everything]
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<Scope>,
    /// The last day on which it may be used [default: it does not end]
    #[arg(long, value_name = "DAY")]
    pub until: Option<Day>,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: Option<AskAs>,
}

/// What is done with tokens.
#[derive(Debug, Clone, Subcommand)]
pub enum TokenCommand {
    /// Your tokens
    List(AskAs),
    /// Take a token back, by its id
    Revoke(OneArgs),
}

/// What `audit` takes.
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// Only what this member did
    #[arg(long, value_name = "LOGIN")]
    pub author: Option<String>,
    /// Only what was done since the beginning of this day
    #[arg(long, value_name = "DAY")]
    pub since: Option<Day>,
    /// How many, the newest first
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub first: usize,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
}

impl MembersArgs {
    /// As whom it is asked.
    pub(super) fn asker(&self) -> Option<&str> {
        let asked = match &self.command {
            None => self.ask_as.as_ref()?,
            Some(MembersCommand::Invite(args)) => &args.ask_as,
            Some(MembersCommand::Invitations(ask_as)) => ask_as,
            Some(
                MembersCommand::Withdraw(args)
                | MembersCommand::Deactivate(args)
                | MembersCommand::Reactivate(args),
            ) => &args.ask_as,
            Some(MembersCommand::Role(args)) => &args.ask_as,
            Some(MembersCommand::Addresses(args)) => &args.ask_as,
        };
        Some(&asked.member)
    }
}

impl TokenArgs {
    /// As whom it is asked.
    pub(super) fn asker(&self) -> Option<&str> {
        let asked = match &self.command {
            None => self.ask_as.as_ref()?,
            Some(TokenCommand::List(ask_as)) => ask_as,
            Some(TokenCommand::Revoke(args)) => &args.ask_as,
        };
        Some(&asked.member)
    }
}

fn parse_role(text: &str) -> Result<Role, String> {
    let none = || format!("`{text}` is none of viewer, member, partner-manager, admin");
    read_role(text).ok_or_else(none)
}
