//! Who began to work somewhere, left, or has a new title.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{CompanyId, Day, PersonId, Title},
    service::{JobView, PersonView, ServiceResult, Tertius},
};

use super::Changes;

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MoveKind {
    /// They work at a company at which they did not.
    Joined,
    /// They work there under another title.
    NewTitle,
    /// They do not work there any more.
    Left,
}

/// Whether something happened between the two days, or was merely learnt between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occurrence {
    /// The day that is known of it lies between them.
    Happened,
    /// It was recorded between them, and happened before, or nobody knows when.
    Learnt,
}

/// That somebody joined a company, left it, or has a new title there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Who.
    pub person: PersonId,
    /// What they did.
    pub kind: MoveKind,
    /// Where.
    pub company: CompanyId,
    /// As what they joined, or work there now; as what they worked there, of who left.
    pub title: Option<Title>,
    /// As what they worked there before; only of a new title.
    pub title_before: Option<Title>,
    /// The first day of the new employment, or the last one of the old, if it is known.
    pub on: Option<Day>,
    /// Whether it happened between the two days.
    pub occurrence: Occurrence,
}

impl Tertius {
    /// The moves of everybody who is in sight: what happened before what was merely learnt, each
    /// the newest first, then by person. Who is seen for the first time has moved to where they
    /// work.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn moves(&self, changes: &Changes) -> ServiceResult<Vec<Move>> {
        let ids = self.in_sight(changes).await?;
        self.moves_of(changes, &ids).await
    }

    /// The moves of some people, who are named as they are shown on the later day.
    pub(super) async fn moves_of(
        &self,
        changes: &Changes,
        ids: &[PersonId],
    ) -> ServiceResult<Vec<Move>> {
        let then = self.people(&changes.then.viewer, ids).await?;
        let now = self.people(&changes.now.viewer, ids).await?;
        let later = &changes.now.picture.recorded;
        let jobs = |view: Option<PersonView>| -> Vec<JobView> {
            let jobs = view.into_iter().flat_map(|view| view.jobs);
            // A company that became one with another was not left for it.
            jobs.map(|job| JobView { company: later.company(job.company), ..job }).collect()
        };
        let days = (changes.since, changes.until);
        let mut moves = Vec::new();
        for ((&person, then), now) in ids.iter().zip(then).zip(now) {
            moves.extend(between(person, (&jobs(then), &jobs(now)), days));
        }
        let key = |one: &Move| {
            let day = one.on.map_or(i32::MIN, Day::number);
            (one.occurrence, std::cmp::Reverse(day), one.person, one.kind, one.company)
        };
        moves.sort_by_key(key);
        Ok(moves)
    }
}

/// The jobs that go on, by company.
fn going_on(jobs: &[JobView]) -> BTreeMap<CompanyId, Vec<&JobView>> {
    let mut going_on: BTreeMap<CompanyId, Vec<&JobView>> = BTreeMap::new();
    for job in jobs.iter().filter(|job| job.current) {
        going_on.entry(job.company).or_default().push(job);
    }
    going_on
}

/// What somebody did, by their jobs as they were known on two days.
pub(super) fn between(
    person: PersonId,
    (then, now): (&[JobView], &[JobView]),
    (since, until): (Day, Day),
) -> Vec<Move> {
    let (before, after) = (going_on(then), going_on(now));
    let began = |on: Option<Day>| match on {
        Some(on) if since < on && on <= until => Occurrence::Happened,
        _ => Occurrence::Learnt,
    };
    let companies: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let change = |company| match (before.get(&company), after.get(&company)) {
        (None, Some(jobs)) => {
            let (kind, on) = (MoveKind::Joined, jobs[0].from);
            let (title, title_before, occurrence) = (jobs[0].title.clone(), None, began(on));
            Some(Move { person, kind, company, title, title_before, on, occurrence })
        }
        (Some(jobs), None) => {
            let on = last_day(company, jobs, now);
            // Who was there at the end of the first day left on that day at the earliest.
            let happened = on.is_some_and(|on| since <= on && on < until);
            let occurrence = if happened { Occurrence::Happened } else { Occurrence::Learnt };
            let (kind, title, title_before) = (MoveKind::Left, jobs[0].title.clone(), None);
            Some(Move { person, kind, company, title, title_before, on, occurrence })
        }
        (Some(before), Some(after)) => {
            let titles = |jobs: &[&JobView]| {
                jobs.iter().map(|job| job.title.clone()).collect::<BTreeSet<_>>()
            };
            if titles(before) == titles(after) {
                return None;
            }
            let new = after.iter().find(|job| !titles(before).contains(&job.title));
            let old = before.iter().find(|job| !titles(after).contains(&job.title));
            let (kind, on) = (MoveKind::NewTitle, new.and_then(|job| job.from));
            let title = new.or(after.first()).and_then(|job| job.title.clone());
            let title_before = old.and_then(|job| job.title.clone());
            let occurrence = began(on);
            Some(Move { person, kind, company, title, title_before, on, occurrence })
        }
        (None, None) => None,
    };
    companies.into_iter().filter_map(change).collect()
}

/// The last day of a job that went on and does not any more, as it is known by now: of the same
/// employment, else of the newest one at that company.
fn last_day(company: CompanyId, went_on: &[&JobView], now: &[JobView]) -> Option<Day> {
    let over = || now.iter().filter(|job| job.company == company && !job.current);
    let same = over().find(|job| went_on.iter().any(|before| before.id == job.id));
    same.and_then(|job| job.to).or_else(|| over().filter_map(|job| job.to).max())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::EmploymentId, service::Vantage};

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    const SINCE: &str = "2026-09-21";
    const UNTIL: &str = "2026-11-20";

    fn job(company: u128, title: &str, from: Option<&str>, to: Option<&str>, on: &str) -> JobView {
        let (from, to) = (from.map(day), to.map(day));
        JobView {
            as_of: Vantage::NOW,
            id: EmploymentId::new(company),
            person: PersonId::new(1),
            company: CompanyId::new(company),
            title: Title::new(title).ok(),
            from,
            to,
            current: from.is_none_or(|from| from <= day(on)) && to.is_none_or(|to| day(on) <= to),
        }
    }

    fn told(then: &[JobView], now: &[JobView]) -> Vec<(MoveKind, u128, Occurrence)> {
        let moves = between(PersonId::new(1), (then, now), (day(SINCE), day(UNTIL)));
        moves.iter().map(|one| (one.kind, one.company.value(), one.occurrence)).collect()
    }

    #[test]
    fn who_changed_the_company_between_the_days_left_one_and_joined_the_other() {
        let then = [job(1, "Director", Some("2020-01-01"), None, SINCE)];
        let now = [
            job(2, "VP", Some("2026-10-16"), None, UNTIL),
            job(1, "Director", Some("2020-01-01"), Some("2026-10-15"), UNTIL),
        ];
        assert_eq!(
            told(&then, &now),
            [
                (MoveKind::Left, 1, Occurrence::Happened),
                (MoveKind::Joined, 2, Occurrence::Happened),
            ]
        );
    }

    #[test]
    fn what_was_merely_learnt_is_told_apart_from_what_happened() {
        let long_ago = [job(2, "VP", Some("2019-01-01"), None, UNTIL)];
        assert_eq!(told(&[], &long_ago), [(MoveKind::Joined, 2, Occurrence::Learnt)]);
        let nobody_knows = [job(2, "VP", None, None, UNTIL)];
        assert_eq!(told(&[], &nobody_knows), [(MoveKind::Joined, 2, Occurrence::Learnt)]);
        let then = [job(2, "VP", None, None, SINCE)];
        assert_eq!(told(&then, &[]), [(MoveKind::Left, 2, Occurrence::Learnt)]);
        let over_before = [job(2, "VP", None, Some("2026-09-20"), UNTIL)];
        assert_eq!(told(&then, &over_before), [(MoveKind::Left, 2, Occurrence::Learnt)]);
        let on_the_first_day = [job(2, "VP", None, Some(SINCE), UNTIL)];
        assert_eq!(told(&then, &on_the_first_day), [(MoveKind::Left, 2, Occurrence::Happened)]);
    }

    #[test]
    fn a_new_title_at_the_same_company_is_no_move_to_another() {
        let then = [job(1, "Manager", Some("2020-01-01"), None, SINCE)];
        let now = [job(1, "Director", Some("2026-10-01"), None, UNTIL)];
        let days = (day(SINCE), day(UNTIL));
        let moves = between(PersonId::new(1), (&then, &now), days);
        assert_eq!(moves.len(), 1);
        let title = |title: &Option<Title>| title.as_ref().map(ToString::to_string);
        assert_eq!(moves[0].kind, MoveKind::NewTitle);
        assert_eq!(title(&moves[0].title).as_deref(), Some("Director"));
        assert_eq!(title(&moves[0].title_before).as_deref(), Some("Manager"));
        assert_eq!(moves[0].occurrence, Occurrence::Happened);
        assert!(between(PersonId::new(1), (&then, &then), days).is_empty());
    }

    #[test]
    fn the_other_way_round_joined_is_left() {
        let then = [job(1, "A", None, None, SINCE), job(3, "B", None, None, SINCE)];
        let now = [job(2, "A", None, None, UNTIL), job(3, "C", None, None, UNTIL)];
        let mut kinds: Vec<_> = told(&then, &now).into_iter().map(|one| (one.0, one.1)).collect();
        let turned = told(&now, &then).into_iter().map(|(kind, company, _)| match kind {
            MoveKind::Joined => (MoveKind::Left, company),
            MoveKind::Left => (MoveKind::Joined, company),
            MoveKind::NewTitle => (MoveKind::NewTitle, company),
        });
        let mut turned: Vec<_> = turned.collect();
        kinds.sort_unstable();
        turned.sort_unstable();
        assert_eq!(kinds, turned);
    }
}
