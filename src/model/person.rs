//! A person and a company: an id, and what was told of it.

use super::{
    Claim, CompanyId, Day, Domain, Employment, Fact, Identifier, Level, MemberId, Name, PersonId,
};

/// How often something was changed; it only grows.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Revision(pub u32);

/// A person: an id, and the facts about them that are not evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Who it is.
    pub id: PersonId,
    /// How often it was changed.
    pub revision: Revision,
    /// What was told, in order of telling, evidence left out.
    pub facts: Vec<Fact>,
}

/// A company: an id, and the facts about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    /// Which it is.
    pub id: CompanyId,
    /// How often it was changed.
    pub revision: Revision,
    /// What was told, in order of telling, employments left out.
    pub facts: Vec<Fact>,
}

/// The facts of which a member, or somebody of the team, may see everything.
fn seen(facts: &[Fact], by: Option<MemberId>) -> impl DoubleEndedIterator<Item = &Fact> {
    facts.iter().filter(move |fact| fact.level_for(by) == Some(Level::Evidence))
}

impl Person {
    /// The name told last, of those that may be seen.
    pub fn name(&self, by: Option<MemberId>) -> Option<&Name> {
        seen(&self.facts, by).rev().find_map(|fact| match &fact.claim {
            Claim::PersonName { name, .. } => Some(name),
            _ => None,
        })
    }

    /// The identifiers that may be seen, in order of telling.
    pub fn identifiers(&self, by: Option<MemberId>) -> impl Iterator<Item = &Identifier> {
        seen(&self.facts, by).filter_map(|fact| match &fact.claim {
            Claim::PersonIdentifier { identifier, .. } => Some(identifier),
            _ => None,
        })
    }

    /// The employments that may be seen: those that go on on a day first, the newest first.
    pub fn employments(&self, by: Option<MemberId>, day: Day) -> Vec<&Employment> {
        let mut jobs: Vec<&Employment> = seen(&self.facts, by)
            .filter_map(|fact| match &fact.claim {
                Claim::Employment(job) => Some(job),
                _ => None,
            })
            .collect();
        jobs.sort_by_key(|job| {
            let newest_first =
                |day: Option<Day>| std::cmp::Reverse(day.map_or(i32::MIN, Day::number));
            (!job.span.contains(day), newest_first(job.span.from()), job.id)
        });
        jobs
    }

    /// How often in a month the person is willing to be asked, if they said so.
    pub fn asks_per_month(&self, by: Option<MemberId>) -> Option<u16> {
        seen(&self.facts, by).rev().find_map(|fact| match &fact.claim {
            Claim::AskLimit { per_month, .. } => Some(*per_month),
            _ => None,
        })
    }

    /// Whether anything of the person may be seen at all.
    pub fn is_visible(&self, by: Option<MemberId>) -> bool {
        self.facts.iter().any(|fact| fact.level_for(by).is_some())
    }
}

impl Company {
    /// The name told last, of those that may be seen.
    pub fn name(&self, by: Option<MemberId>) -> Option<&Name> {
        seen(&self.facts, by).rev().find_map(|fact| match &fact.claim {
            Claim::CompanyName { name, .. } => Some(name),
            _ => None,
        })
    }

    /// The domains that may be seen, in order of telling.
    pub fn domains(&self, by: Option<MemberId>) -> impl Iterator<Item = &Domain> {
        seen(&self.facts, by).filter_map(|fact| match &fact.claim {
            Claim::CompanyDomain { domain, .. } => Some(domain),
            _ => None,
        })
    }

    /// Whether anything of the company may be seen at all.
    pub fn is_visible(&self, by: Option<MemberId>) -> bool {
        self.facts.iter().any(|fact| fact.level_for(by).is_some())
    }
}
