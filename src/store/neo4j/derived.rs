//! What follows from a fact and its tellings: pure, and made anew whenever a telling changes.

use std::collections::BTreeSet;

use neo4rs::BoltType;

use super::{
    decode::{map, texts, write_json},
    told::{FOREVER, Kept, Seen, open, owner_text, seen, seen_text},
};
use crate::{
    model::{
        AnyId, Claim, Direction, Evidence, EvidenceKind, FactId, Holder, Level, MemberId,
        RelationKind, Title,
    },
    store::StoreResult,
};

/// What follows from one fact.
pub(super) struct Derived {
    /// The properties of its node by which it is found, evidence left out.
    pub(super) found_by: Option<BoltType>,
    /// Identity keys, and whose.
    pub(super) says_who: Vec<(String, Holder)>,
    /// The members who see, or saw, more of it than the team.
    pub(super) alone: BTreeSet<MemberId>,
    /// Contacts that the team sees now.
    pub(super) contacted: Vec<BoltType>,
    /// Contacts that it does not, or no longer.
    pub(super) unseen: Vec<BoltType>,
    /// What else a reader of the graph sees now.
    pub(super) link: Option<Link>,
}

/// A relationship that is there while the team sees its fact.
pub(super) struct Link {
    /// Its type.
    pub(super) kind: LinkKind,
    /// Between whom, and its properties.
    pub(super) row: BoltType,
}

/// The types of relationships that follow from one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LinkKind {
    WorksAt,
    Holds,
    Tagged,
    Relation(RelationKind),
}

impl LinkKind {
    /// As Cypher writes it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::WorksAt => "WORKS_AT",
            Self::Holds => "HOLDS",
            Self::Tagged => "TAGGED",
            Self::Relation(RelationKind::Partner) => "PARTNER_OF",
            Self::Relation(RelationKind::Customer) => "CUSTOMER_OF",
            Self::Relation(RelationKind::Investor) => "INVESTED_IN",
            Self::Relation(RelationKind::Parent) => "PARENT_OF",
            Self::Relation(RelationKind::IntegratesWith) => "INTEGRATES_WITH",
        }
    }
}

/// Derives all that follows from a fact.
///
/// # Errors
/// When a claim cannot be written as JSON.
pub(super) fn derive(kept: &Kept) -> StoreResult<Derived> {
    let seen = seen(&kept.claim, &kept.told);
    let mut derived = Derived {
        found_by: None,
        says_who: Vec::new(),
        alone: seen.iter().filter_map(|seen| seen.owner).collect(),
        contacted: Vec::new(),
        unseen: Vec::new(),
        link: None,
    };
    if let Claim::Evidence(evidence) = &kept.claim {
        let contacts = contacts(kept.id, evidence, &seen)?;
        match shown(&seen) {
            Some(_) => derived.contacted = contacts,
            None => derived.unseen = contacts,
        }
        return Ok(derived);
    }
    derived.found_by = Some(found_by(kept, &open(&seen)));
    derived.says_who =
        kept.claim.identity_keys().into_iter().map(|(holder, key)| (key, holder)).collect();
    derived.link = shown(&seen).and_then(|level| link(kept.id, &kept.claim, level));
    Ok(derived)
}

/// How much of a fact the team sees now, if anything.
fn shown(seen: &[Seen]) -> Option<Level> {
    let now = seen.iter().find(|seen| seen.owner.is_none() && seen.gone == FOREVER);
    now.map(|seen| seen.level)
}

fn found_by(kept: &Kept, open: &[Seen]) -> BoltType {
    let keys = kept.claim.search_keys();
    let holder = keys.first().map(|(holder, _)| AnyId::from(*holder).to_string());
    let keys: Vec<&str> = keys.iter().map(|(_, key)| key.as_str()).collect();
    map! {
        "fact": kept.id.to_string(),
        "holder": holder,
        "keys": (!keys.is_empty()).then(|| keys.join(" ")),
        "open_to": texts(open.iter().map(|seen| owner_text(seen.owner))),
        "open_from": open.iter().map(|seen| seen.told).collect::<Vec<i64>>(),
        "open_until": open.iter().map(|seen| seen.gone).collect::<Vec<i64>>(),
    }
}

fn contacts(fact: FactId, evidence: &Evidence, seen: &[Seen]) -> StoreResult<Vec<BoltType>> {
    let statement = match evidence.kind() {
        kind @ (EvidenceKind::Statement { .. } | EvidenceKind::Override { .. }) => {
            Some(write_json(kind)?)
        }
        _ => None,
    };
    let seen: Vec<String> = seen.iter().map(seen_text).collect();
    let contact = |(low, high, direction)| {
        let (from, to) = if direction == Direction::Back { (high, low) } else { (low, high) };
        map! {
            "from": crate::model::PersonId::to_string(&from),
            "to": to.to_string(),
            "fact": fact.to_string(),
            "at": evidence.at().as_ms(),
            "kind": evidence.kind().name(),
            "recipients": evidence.recipients() as i64,
            "statement": statement.clone(),
            "seen": seen.clone(),
        }
    };
    Ok(evidence.pairs().into_iter().map(contact).collect())
}

/// The link that a fact makes where the team sees all of it.
pub(super) fn link_of(kept: &Kept) -> Option<Link> {
    link(kept.id, &kept.claim, Level::Evidence)
}

fn link(fact: FactId, claim: &Claim, level: Level) -> Option<Link> {
    let fact = fact.to_string();
    let day = |day: Option<crate::model::Day>| day.map(|day| day.to_string());
    match claim {
        Claim::Employment(job) if level == Level::Evidence => {
            let row = map! {
                "from": job.person.to_string(),
                "to": job.company.to_string(),
                "fact": fact,
                "id": job.id.to_string(),
                "title": job.title.as_ref().map(Title::as_str),
                "from_day": day(job.span.from()),
                "to_day": day(job.span.to()),
            };
            Some(Link { kind: LinkKind::WorksAt, row })
        }
        Claim::Relation(relation) => {
            let row = map! {
                "from": relation.from.to_string(),
                "to": relation.to.to_string(),
                "fact": fact,
                "id": relation.id.to_string(),
                "title": None::<String>,
                "from_day": day(relation.span.from()),
                "to_day": day(relation.span.to()),
            };
            Some(Link { kind: LinkKind::Relation(relation.kind), row })
        }
        Claim::ListEntry { list, entry } => {
            let to = AnyId::from(*entry).to_string();
            let row = map! { "from": list.to_string(), "to": to, "fact": fact };
            Some(Link { kind: LinkKind::Holds, row })
        }
        Claim::Tag { on, tag } => {
            let from = AnyId::from(*on).to_string();
            let row = map! { "from": from, "to": tag.as_str(), "fact": fact };
            Some(Link { kind: LinkKind::Tagged, row })
        }
        _ => None,
    }
}

/// The word for a kind of claim, as its node has it.
pub(super) const fn kind(claim: &Claim) -> &'static str {
    match claim {
        Claim::PersonName { .. } => "person_name",
        Claim::PersonIdentifier { .. } => "person_identifier",
        Claim::CompanyName { .. } => "company_name",
        Claim::CompanyDomain { .. } => "company_domain",
        Claim::CompanyIdentifier { .. } => "company_identifier",
        Claim::Identity { .. } => "identity",
        Claim::Employment(_) => EMPLOYMENT,
        Claim::Relation(_) => "relation",
        Claim::Tag { .. } => "tag",
        Claim::ListEntry { .. } => "list_entry",
        Claim::Evidence(_) => EVIDENCE,
        Claim::AskLimit { .. } => "ask_limit",
        Claim::Cadence { .. } => "cadence",
        Claim::Note(_) => "note",
    }
}

/// The word for employments.
pub(super) const EMPLOYMENT: &str = "employment";
/// The word for evidence.
pub(super) const EVIDENCE: &str = "evidence";
