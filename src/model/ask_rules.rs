//! What a member wants of those who ask them for introductions.

use serde::{Deserialize, Serialize};

use super::{AskRulesId, Day, Holder, MemberId, Span, month_of};

/// What becomes of a connector who was asked as often as they want in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverCap {
    /// No path leads through them until the month is over.
    #[default]
    NoPath,
    /// Paths through them come later than others.
    Later,
}

/// The limits that a member sets to being asked. Requests and searches obey them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskRules {
    /// Whose.
    pub owner: MemberId,
    /// How often in a calendar month (UTC) they are willing to be asked; nothing: without limit.
    pub per_month: Option<u16>,
    /// What becomes of paths through them when that is reached.
    #[serde(default)]
    pub over_cap: OverCap,
    /// To whom, and into which companies, they introduce nobody.
    #[serde(default)]
    pub never: Vec<Holder>,
    /// From which day to which they are not asked, both included.
    #[serde(default)]
    pub quiet: Vec<Span>,
    /// Who must let each request through to them, if anybody.
    #[serde(default)]
    pub approver: Option<MemberId>,
    /// Whether a refusal says which of these stands against it.
    #[serde(default)]
    pub tells_why: bool,
}

impl AskRules {
    /// The most people and companies to whom somebody introduces nobody.
    pub const NEVER_MAX: usize = 500;
    /// The most quiet periods.
    pub const QUIET_MAX: usize = 50;

    /// No limits at all.
    pub fn none(owner: MemberId) -> Self {
        let (never, quiet) = (Vec::new(), Vec::new());
        let (per_month, over_cap, approver) = (None, OverCap::NoPath, None);
        Self { owner, per_month, over_cap, never, quiet, approver, tells_why: true }
    }

    /// The id of the rules of a member: there is one for each.
    pub const fn id_of(owner: MemberId) -> AskRulesId {
        AskRulesId::new(owner.value())
    }

    /// Whether a day lies in a quiet period.
    pub fn is_quiet_on(&self, day: Day) -> bool {
        self.quiet.iter().any(|span| covers(span, day))
    }

    /// The first day from one on, in a later month where the cap of this one is reached, that lies
    /// in no quiet period; nothing where a period never ends.
    pub fn next_free_day(&self, day: Day, cap_is_reached: bool) -> Option<Day> {
        let mut free = if cap_is_reached { month_of(day.start()).1.day() } else { day };
        // Each round leaves a period behind for good.
        for _ in 0..=self.quiet.len() {
            match self.quiet.iter().find(|span| covers(span, free)) {
                None => return Some(free),
                Some(span) => free = span.to()?.plus(1),
            }
        }
        Some(free)
    }
}

fn covers(span: &Span, day: Day) -> bool {
    span.from().is_none_or(|from| from <= day) && span.to().is_none_or(|to| day <= to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn the_next_free_day_lies_in_no_quiet_period_and_not_in_a_month_that_is_full() {
        let span = |from, to: Option<&str>| Span::new(Some(day(from)), to.map(day)).unwrap();
        let mut rules = AskRules::none(MemberId::new(1));
        rules.quiet =
            vec![span("2026-12-24", Some("2027-01-03")), span("2026-12-01", Some("2026-12-23"))];
        let next = |rules: &AskRules, from, full| {
            rules.next_free_day(day(from), full).map(|day| day.to_string())
        };
        assert_eq!(next(&rules, "2026-11-20", false).as_deref(), Some("2026-11-20"));
        assert_eq!(next(&rules, "2026-11-20", true).as_deref(), Some("2027-01-04"));
        assert_eq!(next(&rules, "2026-12-23", false).as_deref(), Some("2027-01-04"));
        assert!(rules.is_quiet_on(day("2026-12-24")) && !rules.is_quiet_on(day("2027-01-04")));
        rules.quiet.push(span("2027-01-04", None));
        assert_eq!(next(&rules, "2026-11-20", true), None, "never again");
    }
}
