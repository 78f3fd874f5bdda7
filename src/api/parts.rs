//! Of which parts people and companies are made.

use std::fmt::Display;

use async_graphql::{Context, Enum, ID, Result, SimpleObject};

use crate::service::{Join, PartView, PartsView, Vantage, Why};

use super::{company::load_company, global_id::node_id};

/// So many parts, and joins, are shown at most.
const SHOWN_MAX: usize = 100;

/// Of which parts somebody, or a company, is made.
#[derive(Debug, Clone, SimpleObject)]
pub struct Parts {
    /// The parts that you may see; at most 100 are shown.
    parts: Vec<Part>,
    /// Why they are one; at most 100 are shown.
    joins: Vec<PartJoin>,
}

/// What was told under one address, page, domain or name.
#[derive(Debug, Clone, SimpleObject)]
pub struct Part {
    /// The id of the part: name it to take it apart from the others. As of a past day, with `@`
    /// and the day; the past is not taken apart.
    id: ID,
    /// How it is called there.
    names: Vec<String>,
    /// By what it is known there: mail addresses, profile pages, domains.
    known_by: Vec<String>,
}

/// That two parts are one.
#[derive(Debug, Clone, SimpleObject)]
pub struct PartJoin {
    /// The id of one part.
    one_id: ID,
    /// The id of the other.
    other_id: ID,
    /// Why they are one.
    why: JoinReason,
    /// Why, in words.
    explanation: String,
}

/// Why two parts are one. New values may be added: have a default branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum JoinReason {
    /// Somebody said so.
    ByHand,
    /// They have an address, a page or a domain in common.
    Shares,
    /// Companies of the same name.
    CompanyName,
    /// People of the same name at the same company, where nobody else is called so.
    NameAndCompany,
}

impl Parts {
    /// The parts as they are shown; companies that explain a join are named.
    pub(super) async fn of<Id: Display>(ctx: &Context<'_>, view: PartsView<Id>) -> Result<Self> {
        let mut joins = Vec::new();
        for join in view.joins.into_iter().take(SHOWN_MAX) {
            joins.push(PartJoin::of(ctx, &join, view.as_of).await?);
        }
        let parts = view.parts.into_iter().take(SHOWN_MAX);
        let parts = parts.map(|part| Part::of(part, view.as_of)).collect();
        Ok(Self { parts, joins })
    }
}

impl Part {
    fn of<Id: Display>(view: PartView<Id>, as_of: Vantage) -> Self {
        let identifiers = view.identifiers.iter().map(crate::model::Identifier::text);
        let domains = view.domains.iter().map(ToString::to_string);
        Self {
            id: node_id(view.id, as_of),
            names: view.names.iter().map(ToString::to_string).collect(),
            known_by: identifiers.chain(domains).collect(),
        }
    }
}

impl PartJoin {
    async fn of<Id: Display>(ctx: &Context<'_>, join: &Join<Id>, as_of: Vantage) -> Result<Self> {
        let (why, explanation) = match &join.why {
            Why::ByHand => (JoinReason::ByHand, "somebody said so".to_owned()),
            Why::Shares(key) => {
                (JoinReason::Shares, format!("the same {}", key.replacen(':', " ", 1)))
            }
            Why::CompanyName(name) => (JoinReason::CompanyName, format!("the same name, {name}")),
            Why::NameAndCompany(company) => {
                let company = load_company(ctx, *company, as_of).await?;
                let name = company.and_then(|company| company.view.name);
                let name = name.map_or_else(|| "the same company".to_owned(), |n| n.to_string());
                let explanation = format!("the same name at {name}, and the only one there");
                (JoinReason::NameAndCompany, explanation)
            }
        };
        let (one_id, other_id) = (node_id(&join.one, as_of), node_id(&join.other, as_of));
        Ok(Self { one_id, other_id, why, explanation })
    }
}
