//! Ties that nobody has told of: people who worked at the same company at the same time. They prove
//! no acquaintance, and are walked along only where somebody asks for them.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{CompanyId, Employment, Fact, PersonId};

use super::{ServiceResult, Tertius, Viewer, identity::Pair, picture::Picture};

/// Of a company with more people than this, that two worked there says nothing.
const STAFF_MAX: usize = 200;

impl Tertius {
    /// The picture with a tie between each of these people and whoever worked at the same company
    /// at the same time, where there is none; as far as the viewer sees their employments.
    ///
    /// # Complexity
    /// Linear in everybody who ever worked at their companies, and in the rows of whom it concerns.
    pub(super) async fn with_colleagues(
        &self,
        viewer: &Viewer,
        picture: &Picture,
        people: &[PersonId],
    ) -> ServiceResult<Picture> {
        let recorded = &picture.recorded;
        let job = |fact: &Fact| fact.employment_for(viewer.eyes()).cloned();
        let mut jobs: Vec<Employment> = Vec::new();
        for person in recorded.people(people).await?.into_iter().flatten() {
            jobs.extend(person.facts.iter().filter_map(job));
        }
        let companies: BTreeSet<CompanyId> = jobs.iter().map(|job| job.company).collect();
        let companies: Vec<CompanyId> = companies.into_iter().collect();
        let staff = recorded.staff(&companies).await?;
        let staff: BTreeMap<CompanyId, Vec<Employment>> = companies
            .into_iter()
            .zip(staff.iter().map(|facts| facts.iter().filter_map(job).collect()))
            .filter(|(_, staff): &(_, Vec<Employment>)| {
                staff.iter().map(|job| job.person).collect::<BTreeSet<_>>().len() <= STAFF_MAX
            })
            .collect();
        let mut pairs: BTreeSet<Pair> = BTreeSet::new();
        for own in &jobs {
            let others = staff.get(&own.company).into_iter().flatten();
            let together =
                others.filter(|job| job.person != own.person && job.span.overlaps(own.span));
            pairs.extend(
                together.map(|job| (own.person.min(job.person), own.person.max(job.person))),
            );
        }
        Ok(picture.with_inferred(pairs))
    }
}
