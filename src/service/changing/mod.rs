//! What changed between two days: the difference of two pictures.
//!
//! Both ends are asked as of their day, so that what is told here is the difference of what was to
//! be seen on one day and on the other, by construction: nothing is logged for it, and nothing can
//! be forgotten.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{Day, ListId, PersonId, Version};

use super::{
    From, Page, PageRequest, Receipt, ServiceError, ServiceResult, Target, Tertius, Viewer, Whom,
    picture::Picture,
};

mod moves;
mod newcomers;
mod ties;
mod ways;

pub use moves::{Move, MoveKind, Occurrence};
pub use newcomers::Newcomers;
pub use ties::{TieChange, TieChangeKind, TieChanges};
pub use ways::{Cause, EntranceChange, EntranceChangeKind, EntranceChanges, Way};

/// What changed from the end of one day to the end of another?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesQuestion {
    /// From the end of this day.
    pub since: Day,
    /// To the end of this one; today where none is named.
    pub until: Option<Day>,
    /// Into whom ways are looked for, and whose moves are told; without a list there are no ways,
    /// and the moves are those of everybody whom the scope knows.
    pub list: Option<ListId>,
    /// Whose ties and ways.
    pub scope: From,
}

/// What changed between two days. Ties are compared; the rest is asked for with it in hand.
#[derive(Debug, Clone)]
pub struct Changes {
    /// From the end of this day.
    pub since: Day,
    /// To the end of this one.
    pub until: Day,
    /// The ties that changed.
    pub ties: TieChanges,
    list: Option<ListId>,
    then: End,
    now: End,
    /// Whom the scope knows at either end, the best first, under the ids of the later one; bounded.
    known: Vec<PersonId>,
}

/// One of the two days.
#[derive(Debug, Clone)]
struct End {
    /// Who asks as of it.
    viewer: Viewer,
    picture: Arc<Picture>,
    /// Whose ties and ways, under the ids of that day.
    scope: Vec<PersonId>,
}

/// A tie that changed, with what its receipt says.
#[derive(Debug, Clone, PartialEq)]
pub struct TieChangeView {
    /// What changed.
    pub change: TieChange,
    /// The tie as the viewer may see it: on the later day, or on the earlier one where it is gone.
    pub receipt: Receipt,
}

impl Tertius {
    /// What changed from the end of one day to the end of another, in the viewer's eyes.
    ///
    /// # Errors
    /// `Invalid` for days that are still to come, or in the wrong order; `NotFound` when the viewer
    /// does not see the list, or somebody of the scope; `Busy` while a past day is being folded.
    ///
    /// # Complexity
    /// Linear in the ties of the scope, and a sort of those that changed. A past day that was not
    /// asked for lately is folded first.
    pub async fn what_changed(
        &self,
        viewer: &Viewer,
        question: &ChangesQuestion,
    ) -> ServiceResult<Changes> {
        let (since, until) = self.days_of(viewer, question)?;
        if let Some(list) = question.list {
            self.list(viewer, list).await?;
        }
        let now = viewer.as_of(Some(until));
        let mut scope = self.seekers(&now, &question.scope).await?;
        scope.sort_unstable();
        scope.dedup();
        let then = self.end(viewer.as_of(Some(since)), &scope).await?;
        let now = self.end(now, &scope).await?;
        let (earlier, later, most) = (then.clone(), now.clone(), self.limits.targets_max);
        let compared = self.compute.run(move |stop| {
            let here = later.members(&later);
            let before = ties::of_scope(&earlier.picture, &earlier.members(&later), stop)?;
            let after = ties::of_scope(&later.picture, &here, stop)?;
            let recorded = (&earlier.picture.recorded, &later.picture.recorded);
            let mut seen = FxHashSet::default();
            let known = ties::known(&[&before, &after], |id| here.contains_key(&id)).into_iter();
            // Two who were known before may be one by now.
            let known = known.map(|id| recorded.1.person(id)).filter(|&id| seen.insert(id));
            let known = known.take(most).collect();
            Ok((TieChanges::between(&before, &after, recorded), known))
        });
        let (ties, known) = compared.await?;
        Ok(Changes { since, until, ties, list: question.list, then, now, known })
    }

    /// A page of the ties that changed in one way, those that changed most first.
    ///
    /// # Errors
    /// `Invalid` for a size or cursor that cannot be.
    pub async fn tie_changes(
        &self,
        changes: &Changes,
        kind: TieChangeKind,
        request: &PageRequest,
    ) -> ServiceResult<Page<TieChangeView>> {
        let page = self.cut(changes.ties.of(kind).to_vec(), kind.name(), request)?;
        let Page { entries, has_next, began_after } = page;
        let pairs: Vec<_> = entries.iter().map(|(_, tie)| (tie.knower, tie.other)).collect();
        let end = if kind == TieChangeKind::Gone { &changes.then } else { &changes.now };
        let receipts = self.receipts(&end.viewer, &pairs).await?;
        let entries =
            entries.into_iter().zip(receipts).filter_map(|((cursor, change), receipt)| {
                Some((cursor, TieChangeView { change, receipt: receipt? }))
            });
        Ok(Page { entries: entries.collect(), has_next, began_after })
    }

    /// The day on which anything was first recorded; nothing where nothing was.
    ///
    /// # Errors
    /// When the store fails.
    ///
    /// # Complexity
    /// A bisection of the days, with a lookup for each.
    pub async fn recorded_since(&self) -> ServiceResult<Option<Day>> {
        let is_after_first = async |day: Day| -> ServiceResult<bool> {
            Ok(self.store.version_before(day.end()).await? > Version(0))
        };
        let mut to = self.today();
        if !is_after_first(to).await? {
            return Ok(None);
        }
        // No fact was recorded before 1970.
        let mut from = Day::from_number(0);
        while from < to {
            let middle = Day::from_number(i32::midpoint(from.number(), to.number()));
            if is_after_first(middle).await? {
                to = middle;
            } else {
                from = middle.plus(1);
            }
        }
        Ok(Some(to))
    }

    /// The two days of a question.
    fn days_of(&self, viewer: &Viewer, question: &ChangesQuestion) -> ServiceResult<(Day, Day)> {
        let last = viewer.day().unwrap_or_else(|| self.today());
        let until = question.until.unwrap_or(last);
        let since = question.since;
        for (argument, day) in [("since", since), ("until", until)] {
            if day > last {
                return Err(ServiceError::invalid(argument, format!("{day} is still to come")));
            }
        }
        if since > until {
            let message = format!("{since} is after `until`, which is {until}");
            return Err(ServiceError::invalid("since", message));
        }
        Ok((since, until))
    }

    /// One of the days, with the scope, which is named as people are shown on the later one.
    async fn end(&self, viewer: Viewer, scope: &[PersonId]) -> ServiceResult<End> {
        let picture = self.picture_of(&viewer).await?;
        let scope = scope.iter().map(|&id| picture.recorded.person(id)).collect();
        Ok(End { viewer, picture, scope })
    }

    /// Whose moves are told, under the ids of the later day: whoever is on the list or works at a
    /// company of it at either end; without a list, whom the scope knows.
    async fn in_sight(&self, changes: &Changes) -> ServiceResult<Vec<PersonId>> {
        let Some(list) = changes.list else { return Ok(changes.known.clone()) };
        let target = [Target::all(Whom::List(list))];
        let mut ids = Vec::new();
        for end in [&changes.then, &changes.now] {
            let meant = self.targeted(&end.viewer, &target).await?.meant;
            ids.extend(meant.into_keys().map(|id| changes.now.picture.recorded.person(id)));
        }
        ids.sort_unstable();
        ids.dedup();
        ids.truncate(self.limits.targets_max);
        Ok(ids)
    }
}

impl End {
    /// The scope: as it is shown here, and as on the later day.
    fn members(&self, later: &Self) -> FxHashMap<PersonId, PersonId> {
        self.scope.iter().copied().zip(later.scope.iter().copied()).collect()
    }
}
