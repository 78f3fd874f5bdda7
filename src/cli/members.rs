//! `tertius members`, `tertius token` and `tertius audit`.

use std::fmt::Write as _;

use serde_json::json;

use crate::{
    model::{Day, Login, MemberId, Name, Scope},
    service::{
        AuditQuestion, InvitationDraft, MemberView, PageRequest, ServiceError, ServiceResult,
        Tertius, TokenDraft, TokenView, Viewer, role_name,
    },
};

use super::{
    Printed,
    members_args::{AuditArgs, MembersArgs, MembersCommand, TokenArgs, TokenCommand},
};

/// `tertius members`.
pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &MembersArgs,
    as_json: bool,
) -> ServiceResult<Printed> {
    let named = async |text: &str| -> ServiceResult<MemberId> {
        Ok(tertius.member_called(viewer, text).await?.id)
    };
    let changed = match &args.command {
        None => {
            let team = tertius.team(viewer).await?;
            return Ok(Printed::done(team_text(&team, as_json)));
        }
        Some(MembersCommand::Invite(args)) => {
            let draft = InvitationDraft {
                login: args.login.clone(),
                addresses: args.addresses.clone(),
                role: args.role,
                person: None,
                days: Some(args.days),
            };
            let made = tertius.invite(viewer, draft).await?;
            return Ok(Printed::done(format!("{}\n", made.secret)));
        }
        Some(MembersCommand::Invitations(_)) => return invitations(tertius, viewer, as_json).await,
        Some(MembersCommand::Withdraw(args)) => {
            let id = args.which.parse().map_err(|e| ServiceError::invalid("which", e))?;
            tertius.withdraw_invitation(viewer, id).await?;
            return Ok(Printed::done("The invitation lets nobody in any more.\n".into()));
        }
        Some(MembersCommand::Deactivate(args)) => {
            tertius.deactivate(viewer, named(&args.which).await?).await?
        }
        Some(MembersCommand::Reactivate(args)) => {
            tertius.reactivate(viewer, named(&args.which).await?).await?
        }
        Some(MembersCommand::Role(args)) => {
            tertius.change_role(viewer, named(&args.which).await?, args.role).await?
        }
        Some(MembersCommand::Addresses(args)) => {
            let id = named(&args.which).await?;
            tertius.set_addresses(viewer, id, &args.addresses).await?
        }
    };
    Ok(Printed::done(team_text(std::slice::from_ref(&changed), as_json)))
}

fn team_text(team: &[MemberView], as_json: bool) -> String {
    if as_json {
        let member = |member: &MemberView| {
            let addresses = member.addresses.iter().flatten().map(ToString::to_string);
            json!({
                "id": member.id.to_string(),
                "login": member.login.as_str(),
                "role": role_name(member.role),
                "active": member.active,
                "addresses": addresses.collect::<Vec<_>>(),
            })
        };
        let team: Vec<_> = team.iter().map(member).collect();
        return format!("{:#}\n", json!({ "members": team }));
    }
    let mut text = String::new();
    for member in team {
        let left = if member.active { "" } else { ", left" };
        let _ = writeln!(text, "{}: {}{left}", member.login, role_name(member.role));
    }
    text
}

async fn invitations(tertius: &Tertius, viewer: &Viewer, as_json: bool) -> ServiceResult<Printed> {
    let open = tertius.open_invitations(viewer).await?;
    if as_json {
        let one = |one: &crate::service::InvitationView| {
            json!({
                "id": one.id.to_string(),
                "role": role_name(one.role),
                "login": one.login.as_ref().map(ToString::to_string),
                "expiresAt": one.expires_at.to_string(),
            })
        };
        let open: Vec<_> = open.iter().map(one).collect();
        return Ok(Printed::done(format!("{:#}\n", json!({ "invitations": open }))));
    }
    if open.is_empty() {
        return Ok(Printed::nothing("No invitation is open.\n".into()));
    }
    let mut text = String::new();
    for one in open {
        let login = one.login.map_or_else(|| "whoever has it".to_owned(), |l| l.to_string());
        let role = role_name(one.role);
        let _ = writeln!(text, "{}: {login} as {role}, until {}", one.id, one.expires_at);
    }
    Ok(Printed::done(text))
}

/// `tertius token`.
pub(super) async fn token(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &TokenArgs,
    as_json: bool,
) -> ServiceResult<Printed> {
    match &args.command {
        None => {
            let draft = TokenDraft {
                login: None,
                name: args.name.clone(),
                role: args.role,
                expires_at: args.until.map(Day::end),
                scopes: (!args.scopes.is_empty()).then(|| args.scopes.clone()),
            };
            let made = tertius.create_token(viewer, draft).await?;
            Ok(Printed::done(format!("{}\n", made.secret)))
        }
        Some(TokenCommand::List(_)) => {
            Ok(Printed::done(tokens_text(&tertius.own_tokens(viewer).await?, as_json)))
        }
        Some(TokenCommand::Revoke(args)) => {
            let id = args.which.parse().map_err(|e| ServiceError::invalid("which", e))?;
            let revoked = tertius.revoke_token(viewer, id).await?;
            Ok(Printed::done(tokens_text(std::slice::from_ref(&revoked), as_json)))
        }
    }
}

fn tokens_text(tokens: &[TokenView], as_json: bool) -> String {
    let scopes = |token: &TokenView| token.scopes.iter().map(Scope::as_str).collect::<Vec<_>>();
    if as_json {
        let one = |token: &TokenView| {
            json!({
                "id": token.id.to_string(),
                "name": token.name.as_ref().map(Name::as_str),
                "role": role_name(token.role),
                "scopes": scopes(token),
                "expiresAt": token.expires_at.map(|at| at.to_string()),
                "lastUsedAt": token.last_used_at.map(|at| at.to_string()),
                "revokedAt": token.revoked_at.map(|at| at.to_string()),
            })
        };
        let tokens: Vec<_> = tokens.iter().map(one).collect();
        return format!("{:#}\n", json!({ "tokens": tokens }));
    }
    let mut text = String::new();
    for token in tokens {
        let name = token.name.as_ref().map_or("no name", |name| name.as_str());
        let _ = write!(text, "{}: {name}, {}", token.id, role_name(token.role));
        let _ = write!(text, ", {}", scopes(token).join(" "));
        for (what, at) in [
            ("until", token.expires_at),
            ("last used", token.last_used_at),
            ("revoked", token.revoked_at),
        ] {
            if let Some(at) = at {
                let _ = write!(text, ", {what} {at}");
            }
        }
        text.push('\n');
    }
    text
}

/// `tertius audit`.
pub(super) async fn audit(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &AuditArgs,
    as_json: bool,
) -> ServiceResult<Printed> {
    let author = match &args.author {
        Some(login) => Some(tertius.member_called(viewer, login).await?.id),
        None => None,
    };
    let question = AuditQuestion { author, since: args.since.map(Day::start) };
    let request = PageRequest { first: Some(args.first), after: None };
    let entries = tertius.audit_trail(viewer, question, &request).await?.into_nodes();
    let mut text = String::new();
    let mut all = Vec::new();
    for entry in entries {
        let login = entry.login.as_ref().map_or("tertius", |login| login.as_str());
        let kinds = entry.kinds.iter().map(|(kind, count)| format!("{count} {kind}"));
        let kinds: Vec<String> = kinds.collect();
        let _ = write!(text, "{} {login}: {}", entry.at, kinds.join(", "));
        if let Some(import) = entry.import {
            let _ = write!(text, " ({import})");
        }
        text.push('\n');
        all.push(json!({
            "version": entry.version.0,
            "at": entry.at.to_string(),
            "author": entry.login.as_ref().map(Login::as_str),
            "changes": entry.changes,
            "touched": entry.kinds.iter().map(|(kind, n)| json!({ "kind": kind, "count": n })).collect::<Vec<_>>(),
            "ids": entry.ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "import": entry.import.map(|import| import.to_string()),
        }));
    }
    let text = if as_json { format!("{:#}\n", json!({ "entries": all })) } else { text };
    Ok(Printed::done(text))
}
