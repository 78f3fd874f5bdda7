//! Which companies of a list can we enter, and through whom.

use std::sync::Arc;

use crate::{
    algo::{ManyQuery, NodeSet, Path, Seeker, Stop, Stopped, best_to_each},
    graph::{Cost, NodeIx},
    model::{CompanyId, Holder, ListId, PersonId},
};

use super::{
    From, IntroPath, JobView, Miss, ServiceError, ServiceResult, Tertius, To, Viewer,
    picture::Picture,
};

/// How a company can be entered.
#[derive(Debug, Clone, PartialEq)]
pub struct Entrance {
    /// Which company.
    pub company: CompanyId,
    /// The best path to anybody there.
    pub path: Option<IntroPath>,
    /// Why there is none.
    pub miss: Option<Miss>,
}

/// The companies of a list, those that are entered best first.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryAnswer {
    /// One for each company, those without a path last.
    pub entrances: Vec<Entrance>,
}

impl EntryAnswer {
    /// How many can be entered.
    pub fn open(&self) -> usize {
        self.entrances.iter().filter(|entrance| entrance.path.is_some()).count()
    }
}

impl Tertius {
    /// For each company of a list, the best path to anybody who works there today.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see the list; `Busy` when too many ask at once.
    pub async fn entrances(
        &self,
        viewer: &Viewer,
        list: ListId,
        from: &From,
    ) -> ServiceResult<EntryAnswer> {
        let on_list = self.on_list(viewer, list).await?;
        let companies: Vec<CompanyId> = on_list
            .into_iter()
            .filter_map(|entry| match entry {
                Holder::Company(company) => Some(company),
                Holder::Person(_) => None,
            })
            .collect();
        let seekers = self.seekers(viewer, from).await?;
        let picture = self.picture_of(viewer).await?;
        let staff = self.staff(viewer, &companies).await?;
        let people = |jobs: &Vec<JobView>| jobs.iter().map(|job| job.person).collect();
        let targets: Vec<Vec<PersonId>> = staff.iter().map(people).collect();
        let best = self.best_to_each(&picture, &seekers, &targets).await?;
        let found: Vec<Path> = best.iter().flatten().cloned().collect();
        let mut described = self.describe(viewer, &picture, &found).await?.into_iter();
        let mut entrances = Vec::with_capacity(companies.len());
        for ((company, best), jobs) in companies.into_iter().zip(best).zip(staff) {
            let path = best.and_then(|_| described.next());
            let miss = match (&path, jobs.is_empty()) {
                (Some(_), _) => None,
                (None, true) => Some(Miss::NobodyThere),
                (None, false) => Some(self.why_closed(viewer, company, from).await?),
            };
            entrances.push(Entrance { company, path, miss });
        }
        entrances.sort_by(best_first);
        Ok(EntryAnswer { entrances })
    }

    /// The best path from any of some people to each set of targets, as a picture has it.
    pub(super) async fn best_to_each(
        &self,
        picture: &Arc<Picture>,
        seekers: &[PersonId],
        targets: &[Vec<PersonId>],
    ) -> ServiceResult<Vec<Option<Path>>> {
        let network = picture.weighed.network();
        let place = |people: &[PersonId]| -> Vec<NodeIx> {
            people.iter().filter_map(|&id| network.find(id)).collect()
        };
        let targets: Vec<Vec<NodeIx>> = targets.iter().map(|people| place(people)).collect();
        let (seekers, for_job) = (place(seekers), Arc::clone(picture));
        let steps = self.limits.steps_max as u8;
        self.compute.run(move |stop| best_of_each(&for_job, &seekers, &targets, steps, stop)).await
    }

    async fn why_closed(
        &self,
        viewer: &Viewer,
        company: CompanyId,
        from: &From,
    ) -> ServiceResult<Miss> {
        let mut question = super::PathQuestion::to(To::Company(company));
        question.from = from.clone();
        let answer = self.intro_paths(viewer, &question).await?;
        answer.miss.ok_or_else(|| ServiceError::Busy {
            reason: "the network changed meanwhile",
            retry_after_ms: 50,
        })
    }
}

/// The best path to each set of targets.
fn best_of_each(
    picture: &Picture,
    seekers: &[NodeIx],
    targets: &[Vec<NodeIx>],
    steps_max: u8,
    stop: &Stop,
) -> Result<Vec<Option<Path>>, Stopped> {
    let network = picture.weighed.network();
    let seeker = |&node: &NodeIx| Seeker::new(node, picture.weighed.first_steps(node));
    let seekers: Vec<Seeker> = seekers.iter().map(seeker).collect();
    let query = ManyQuery {
        seekers: &seekers,
        steps_max,
        terms: &picture.terms,
        avoid: &NodeSet::default(),
        cost_max: Cost::GREATEST,
    };
    best_to_each(network, &query, targets, stop)
}

fn best_first(a: &Entrance, b: &Entrance) -> std::cmp::Ordering {
    let chance = |entrance: &Entrance| entrance.path.as_ref().map_or(-1.0, |path| path.probability);
    chance(b).total_cmp(&chance(a)).then(a.company.cmp(&b.company))
}
