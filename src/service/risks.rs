//! Whom do we risk to lose: ties that fade, and companies that hang on one thread.

use crate::{
    algo::{Silence, silence},
    model::{CompanyId, Day, Holder, ListId, PersonId},
};

use super::{ServiceResult, Tertius, Viewer};

/// How many ties of the viewer are looked at.
const TIES_MAX: usize = 2_000;

/// A tie of the viewer that has fallen silent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fading {
    /// With whom.
    pub person: PersonId,
    /// The last day of contact.
    pub since: Day,
    /// How many weeks usually lay between two contacts; 1 for contact every week.
    pub usual_gap_weeks: i32,
    /// The strength on the last day of contact.
    pub strength_then: f64,
    /// The strength now.
    pub strength_now: f64,
}

/// A company into which one person alone has ties.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    /// Which company.
    pub company: CompanyId,
    /// The only one outside who knows anybody there.
    pub knower: PersonId,
    /// Whom they know there, the best first.
    pub inside: Vec<PersonId>,
}

/// What may be lost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RiskAnswer {
    /// The viewer's own ties that have fallen silent, the greatest loss first.
    pub fading: Vec<Fading>,
    /// Companies of the list that hang on one thread, in order of id.
    pub threads: Vec<Thread>,
}

impl Tertius {
    /// What the viewer risks to lose: their own ties that have fallen silent, and the companies of
    /// a list into which one person alone has ties.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see the list.
    pub async fn risks(&self, viewer: &Viewer, list: ListId) -> ServiceResult<RiskAnswer> {
        let fading = self.fading(viewer).await?;
        let entries = self.on_list(viewer, list).await?.into_iter();
        let companies: Vec<CompanyId> = entries
            .filter_map(|entry| match entry {
                Holder::Company(company) => Some(company),
                Holder::Person(_) => None,
            })
            .collect();
        let threads = self.threads(viewer, &companies).await?;
        Ok(RiskAnswer { fading, threads })
    }

    async fn fading(&self, viewer: &Viewer) -> ServiceResult<Vec<Fading>> {
        let picture = self.picture.load_full();
        let network = picture.weighed.network();
        let day = picture.weighed.day();
        let Some(me) = network.find(viewer.person()) else { return Ok(Vec::new()) };
        let others = network.out_row(me).iter().map(|entry| network.id(entry.node));
        let pairs: Vec<_> = others
            .take(TIES_MAX)
            .map(|other| (viewer.person().min(other), viewer.person().max(other)))
            .collect();
        let mut fading = Vec::new();
        for row in picture.recorded.evidence_of_pairs(&pairs).await? {
            let Some(Silence { since, usual_gap_weeks }) = silence(&row.evidence, day) else {
                continue;
            };
            let strength = |on| picture.weighed.strength_on(row.low, row.high, &row.evidence, on);
            let person = if row.low == viewer.person() { row.high } else { row.low };
            let (strength_then, strength_now) = (strength(since), strength(day));
            fading.push(Fading { person, since, usual_gap_weeks, strength_then, strength_now });
        }
        let loss = |fading: &Fading| fading.strength_then - fading.strength_now;
        fading.sort_by(|a, b| loss(b).total_cmp(&loss(a)).then(a.person.cmp(&b.person)));
        Ok(fading)
    }

    /// The companies into which one person outside alone has ties, in their order.
    async fn threads(
        &self,
        viewer: &Viewer,
        companies: &[CompanyId],
    ) -> ServiceResult<Vec<Thread>> {
        let ties = self.ties_into(viewer, companies).await?.into_iter();
        Ok(ties.filter_map(|(company, ties)| Thread::of(company, &ties)).collect())
    }
}

impl Thread {
    /// The one thread among all ties into a company, the best first.
    fn of(company: CompanyId, ties: &[(PersonId, PersonId)]) -> Option<Self> {
        let &(knower, _) = ties.first()?;
        let inside = ties.iter().map(|&(_, inside)| inside).collect();
        ties.iter().all(|&(other, _)| other == knower).then_some(Self { company, knower, inside })
    }
}
