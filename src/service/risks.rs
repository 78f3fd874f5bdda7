//! Whom do we risk to lose: ties that fade, and companies that hang on one thread.

use crate::{
    algo::{Silence, silence},
    model::{CompanyId, Day, Holder, ListId, PersonId},
};

use super::{ServiceResult, Tertius, To, Viewer, known::KnownQuestion};

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
        let mut threads = Vec::new();
        for entry in self.on_list(viewer, list).await? {
            if let Holder::Company(company) = entry {
                threads.extend(self.thread(viewer, company).await?);
            }
        }
        Ok(RiskAnswer { fading, threads })
    }

    async fn fading(&self, viewer: &Viewer) -> ServiceResult<Vec<Fading>> {
        let picture = self.picture_of(viewer).await?;
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

    async fn thread(&self, viewer: &Viewer, company: CompanyId) -> ServiceResult<Option<Thread>> {
        let question =
            KnownQuestion { target: To::Company(company), among: Vec::new(), min_strength: 0.0 };
        let ties = self.ties_into(viewer, &question).await?;
        let Some(&(knower, _)) = ties.first() else { return Ok(None) };
        if ties.iter().any(|&(other, _)| other != knower) {
            return Ok(None);
        }
        let inside = ties.into_iter().map(|(_, inside)| inside).collect();
        Ok(Some(Thread { company, knower, inside }))
    }
}
