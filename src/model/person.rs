//! A person and a company: an id, and what was told of it.

use super::{
    Claim, CompanyId, Day, Domain, Employment, Fact, Identifier, MemberId, Name, PersonId,
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
    facts.iter().filter(move |fact| fact.is_open_to(by))
}

/// The systems whose names are somebody's choice: what is written by hand, and our own export,
/// which holds such choices.
const CHOSEN: [&str; 2] = ["manual", "export"];

fn best_name<'a>(
    facts: &'a [Fact],
    by: Option<MemberId>,
    name_in: impl Fn(&'a Claim) -> Option<&'a Name>,
) -> Option<&'a Name> {
    let is_chosen = |fact: &&Fact| {
        let standing = fact.attestations.iter().filter(|a| a.level_for(by).is_some());
        standing.into_iter().any(|a| CHOSEN.contains(&a.source.system.as_str()))
    };
    let chosen = seen(facts, by).rev().filter(is_chosen).find_map(|fact| name_in(&fact.claim));
    let names = || seen(facts, by).filter_map(|fact| name_in(&fact.claim));
    chosen.or_else(|| names().max_by(|one, other| says_more(one, other)))
}

/// Which of two names says more: a full name before a part of one, the longer before the shorter.
fn says_more(one: &Name, other: &Name) -> std::cmp::Ordering {
    let rank = |name: &Name| {
        let text = name.as_str();
        (text.contains(' ') && !text.contains('@'), text.chars().count())
    };
    rank(one).cmp(&rank(other)).then_with(|| other.cmp(one))
}

impl Person {
    /// How they are called, of the names that may be seen: the one that somebody wrote last;
    /// without any, of those out of files the one that says most, whatever their order.
    pub fn name(&self, by: Option<MemberId>) -> Option<&Name> {
        best_name(&self.facts, by, |claim| match claim {
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
            let title = job.title.as_ref().map(super::Title::as_str);
            (!job.span.contains(day), newest_first(job.span.from()), title.is_none(), title, job.id)
        });
        // That somebody has an address of a company says nothing more where their job is known.
        let says_more = |at: usize, job: &Employment| {
            let is_bare = job.title.is_none() && job.span == super::Span::default();
            let another = |(other, there): (usize, &&Employment)| {
                other != at
                    && there.company == job.company
                    && there.span.contains(day)
                    && (there.title.is_some() || there.span != job.span || other < at)
            };
            !is_bare || !jobs.iter().enumerate().any(another)
        };
        let kept = jobs.iter().enumerate().filter(|(at, job)| says_more(*at, job));
        kept.map(|(_, job)| *job).collect()
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
    /// How it is called, chosen as a person's name is.
    pub fn name(&self, by: Option<MemberId>) -> Option<&Name> {
        best_name(&self.facts, by, |claim| match claim {
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
