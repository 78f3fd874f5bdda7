//! People and companies of which nothing was recorded before.

use std::collections::BTreeSet;

use crate::{
    model::{CompanyId, PersonId},
    service::{ServiceResult, Tertius, Viewer},
};

use super::{Changes, End};

/// People and companies that a viewer sees on the later day, and that were not recorded, or not
/// apart from somebody else, on the earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Newcomers {
    /// How many people.
    pub people: usize,
    /// How many companies.
    pub companies: usize,
    /// Whether the counts are all of them: no more of either are looked at than one question may
    /// be about.
    pub complete: bool,
    /// Those of the people who are in sight, in order of id.
    pub in_sight: Vec<PersonId>,
}

impl Tertius {
    /// Who, and which companies, are new.
    ///
    /// # Errors
    /// When the store fails.
    ///
    /// # Complexity
    /// Linear in people and companies, with a lookup for those who are new.
    pub async fn newcomers(&self, changes: &Changes) -> ServiceResult<Newcomers> {
        let most = self.limits.targets_max;
        let new = self.new_people(changes).await?;
        let sight: BTreeSet<PersonId> = self.in_sight(changes).await?.into_iter().collect();
        let near: Vec<PersonId> = new.iter().copied().filter(|id| sight.contains(id)).collect();
        let now = &changes.now.viewer;
        let in_sight = self.seen_people(now, &near).await?;
        let people = self.seen_people(now, &new[..new.len().min(most)]).await?.len();
        let companies = self.new_companies(changes).await?;
        let looked_at = &companies[..companies.len().min(most)];
        let found = self.companies(now, looked_at).await?.into_iter().flatten().count();
        let complete = new.len() <= most && companies.len() <= most;
        Ok(Newcomers { people, companies: found, complete, in_sight })
    }

    /// Those of some people whom a viewer sees.
    async fn seen_people(&self, viewer: &Viewer, ids: &[PersonId]) -> ServiceResult<Vec<PersonId>> {
        let people = self.people(viewer, ids).await?;
        Ok(people.into_iter().flatten().map(|person| person.id).collect())
    }

    /// Whoever has a place in the later network and none in the earlier, in order of id.
    async fn new_people(&self, changes: &Changes) -> ServiceResult<Vec<PersonId>> {
        let (then, now) = (changes.then.picture.clone(), changes.now.picture.clone());
        let job = move |stop: &crate::algo::Stop| {
            let (then, now) = (then.weighed.network(), now.weighed.network());
            let mut new = Vec::new();
            for place in 0..now.places() {
                if place % 4_096 == 0 {
                    stop.check()?;
                }
                let place = place as crate::graph::NodeIx;
                let id = now.id(place);
                if !now.is_removed(place) && then.find(id).is_none() {
                    new.push(id);
                }
            }
            new.sort_unstable();
            Ok(new)
        };
        self.compute.run(job).await
    }

    async fn new_companies(&self, changes: &Changes) -> ServiceResult<Vec<CompanyId>> {
        let before: BTreeSet<CompanyId> = all_companies(&changes.then).await?.into_iter().collect();
        let now = all_companies(&changes.now).await?.into_iter();
        Ok(now.filter(|id| !before.contains(id)).collect())
    }
}

/// The ids of all companies that are shown on a day.
async fn all_companies(end: &End) -> ServiceResult<Vec<CompanyId>> {
    let mut all: Vec<CompanyId> = Vec::new();
    loop {
        let after = all.last().copied();
        let page = end.picture.recorded.companies_after(after, crate::store::PAGE_MAX).await?;
        let more = page.len() == crate::store::PAGE_MAX;
        all.extend(page);
        if !more {
            return Ok(all);
        }
    }
}
