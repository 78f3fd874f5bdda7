//! What a member never shows the team, whatever they record.

use serde::{Deserialize, Serialize};

use super::{
    Audience, AudienceRuleId, CompanyId, Domain, Group, Level, MemberId, PersonId, Timestamp,
};

/// Whom a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleSubject {
    /// One person.
    Person(PersonId),
    /// Whoever works at a company.
    Company(CompanyId),
    /// Whoever has an address at a domain, or below it, or works at the company with that domain.
    Domain(Domain),
}

/// How much a member shows the team of what they have to do with somebody. Nobody else sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudienceRule {
    /// Which rule.
    pub id: AudienceRuleId,
    /// Whose rule.
    pub owner: MemberId,
    /// About whom.
    pub about: RuleSubject,
    /// The most that the team sees; nothing where it is private.
    pub team_sees: Option<Level>,
    /// Since when.
    pub since: Timestamp,
    /// When it was lifted, if it was.
    pub lifted_at: Option<Timestamp>,
}

impl AudienceRule {
    /// What is left of an audience under a limit of what the team sees.
    pub fn limited(audience: Audience, team_sees: Option<Level>, owner: MemberId) -> Audience {
        match (audience.group, team_sees) {
            (Group::Owner(_), _) => audience,
            (Group::Team, None) => Audience::private(owner),
            (Group::Team, Some(level)) => Audience { level: audience.level.min(level), ..audience },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_never_shows_more() {
        let owner = MemberId::new(1);
        let tie = Audience { level: Level::Tie, ..Audience::TEAM };
        assert_eq!(AudienceRule::limited(Audience::TEAM, Some(Level::Tie), owner), tie);
        assert_eq!(AudienceRule::limited(tie, Some(Level::Evidence), owner), tie);
        let private = Audience::private(owner);
        assert_eq!(AudienceRule::limited(tie, None, owner), private);
        assert_eq!(AudienceRule::limited(private, Some(Level::Evidence), owner), private);
    }
}
