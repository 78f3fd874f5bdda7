//! Who can introduce me, will it work, and whom do I ask first.

use std::sync::Arc;

use crate::{
    algo::{
        NearestMiss, NodeSet, Path, PathQuery, STEPS_MAX, Seeker, Stop, Stopped, alternatives,
        best_paths, nearest_miss, openers, rises,
    },
    graph::{Cost, NodeIx},
    model::PersonId,
};

use super::{
    Basis, From, Miss, Page, PageRequest, PathAnswer, PathQuestion, Rise, ServiceError,
    ServiceResult, Tertius, To, Together, Viewer,
    introducing::Barred,
    paging::{bounded, position},
    picture::Picture,
};

/// Among how many of the best paths those are chosen that differ.
const CANDIDATES: usize = 60;
/// How many are named who would open a path where there is none.
const OPENERS: usize = 3;

/// A question in the places of a network.
#[derive(Default)]
pub(super) struct Search {
    pub(super) seekers: Vec<NodeIx>,
    /// Who is meant, in groups, each with those who introduce nobody to them.
    pub(super) groups: Vec<Barred>,
    pub(super) avoid: NodeSet,
    pub(super) count: usize,
    pub(super) steps: u8,
    pub(super) cost_max: Cost,
}

/// What a search finds.
pub(super) struct Answered {
    pub(super) paths: Vec<Path>,
    miss: Option<Miss>,
    openers: Vec<PersonId>,
}

impl Tertius {
    /// The best paths of introductions, or an honest word why there are none.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see an end; `Invalid` for what cannot be asked; `Busy`
    /// when too many ask at once.
    pub async fn intro_paths(
        &self,
        viewer: &Viewer,
        question: &PathQuestion,
    ) -> ServiceResult<PathAnswer> {
        let steps = self.steps(question.max_steps)?;
        let (skipped, size) = self.path_page(&question.page)?;
        if question.differing && question.page.after.is_some() {
            let message =
                "paths that differ are chosen together, on one page: ask for more at once";
            return Err(ServiceError::invalid("after", message));
        }
        let cost_max = least_step(question.min_step)?;
        let seekers = self.seekers(viewer, &question.from).await?;
        let targets = self.targets(viewer, &question.to).await?;
        let avoid = self.avoided(viewer, question).await?;
        let mut picture = self.picture_of(viewer).await?;
        if question.inferred {
            let ends: Vec<PersonId> = seekers.iter().chain(&targets).copied().collect();
            picture = Arc::new(self.with_colleagues(viewer, &picture, &ends).await?);
        }
        let open = picture.bars.open(&targets);
        let search = Search {
            seekers: picture.places(&seekers),
            groups: picture.bars.groups(&picture, &picture.places(&open)).await?,
            avoid: picture.places(&avoid).into_iter().collect(),
            // One more, to know whether more follow.
            count: if question.differing { CANDIDATES } else { skipped + size + 1 },
            steps,
            cost_max,
        };
        let day = picture.weighed.day();
        let nothing = |miss| {
            let (paths, basis, as_of) = (Page::empty(), Basis::default(), viewer.vantage());
            Ok(PathAnswer { paths, miss: Some(miss), openers: Vec::new(), basis, day, as_of })
        };
        if let Some(miss) = search.needless((&seekers, &targets), &open) {
            return nothing(miss);
        }
        let for_job = Arc::clone(&picture);
        let answered = self.compute.run(move |stop| search.run(&for_job, stop)).await?;
        let Answered { paths, miss, openers } = answered;
        let chosen = if question.differing { alternatives(&paths, size) } else { Vec::new() };
        let places: Vec<usize> = if question.differing {
            chosen.iter().map(|one| one.place).collect()
        } else {
            (skipped..paths.len().min(skipped + size)).collect()
        };
        let shown: Vec<Path> = places.iter().map(|&place| paths[place].clone()).collect();
        let mut shown = self.describe(viewer, &picture, &shown).await?;
        let rises = rises(&paths);
        for (path, &place) in shown.iter_mut().zip(&places) {
            let rise = rises[place];
            path.rise = rise.map(|r| Rise { hop: r.step, probability: r.cost.probability() });
        }
        for (path, one) in shown.iter_mut().zip(&chosen) {
            let shared =
                one.shared.iter().map(|&node| picture.weighed.network().id(node)).collect();
            path.together = Some(Together { probability: one.joint, shared });
        }
        let cursor = |at: usize| format!("introPaths:{}", skipped + at);
        let paths = Page {
            has_next: !question.differing && paths.len() > skipped + size,
            began_after: question.page.after.is_some(),
            entries: shown.into_iter().enumerate().map(|(at, path)| (cursor(at), path)).collect(),
        };
        let basis = Basis::default();
        Ok(PathAnswer { paths, miss, openers, basis, day, as_of: viewer.vantage() })
    }

    /// How many paths come before the page, and how many are on it.
    fn path_page(&self, page: &PageRequest) -> ServiceResult<(usize, usize)> {
        let most = self.limits.paths_max;
        let size = bounded(page.first, self.limits.paths_default, most)?;
        let skipped = match page.after.as_deref() {
            None => 0,
            Some(cursor) => position(cursor, "introPaths")?.saturating_add(1),
        };
        if skipped > most {
            let message = format!("only the best {most} paths can be paged through");
            return Err(ServiceError::invalid("after", message));
        }
        Ok((skipped, size))
    }

    pub(super) fn steps(&self, asked: Option<usize>) -> ServiceResult<u8> {
        let most = self.limits.steps_max.min(usize::from(STEPS_MAX));
        match asked {
            None => Ok(most as u8),
            Some(steps) if (1..=most).contains(&steps) => Ok(steps as u8),
            Some(steps) => {
                Err(ServiceError::invalid("maxSteps", format!("{steps} is not from 1 to {most}")))
            }
        }
    }

    pub(super) async fn seekers(
        &self,
        viewer: &Viewer,
        from: &From,
    ) -> ServiceResult<Vec<PersonId>> {
        match from {
            From::Me => Ok(vec![self.recorded_of(viewer).await?.person(viewer.person())]),
            From::MyTeam => {
                let recorded = self.recorded_of(viewer).await?;
                let team = self.team(viewer).await?.into_iter().filter(|member| member.active);
                Ok(team.map(|member| recorded.person(member.person)).collect())
            }
            From::People(ids) => {
                self.within_ids_max("from", ids.len())?;
                self.all_seen(viewer, ids).await
            }
        }
    }

    /// The people whom a question is about.
    pub(super) async fn targets(&self, viewer: &Viewer, to: &To) -> ServiceResult<Vec<PersonId>> {
        let targeted = self.targeted(viewer, &[to.clone().into()]).await?;
        let mut people: Vec<PersonId> = targeted.meant.into_keys().collect();
        people.truncate(self.limits.targets_max);
        Ok(people)
    }

    async fn avoided(
        &self,
        viewer: &Viewer,
        question: &PathQuestion,
    ) -> ServiceResult<Vec<PersonId>> {
        self.within_ids_max("avoidPersonIds", question.avoid_people.len())?;
        self.within_ids_max("avoidCompanyIds", question.avoid_companies.len())?;
        let staff = self.staff(viewer, &question.avoid_companies).await?;
        let staff = staff.into_iter().flatten().map(|job| job.person);
        let recorded = self.recorded_of(viewer).await?;
        let people = question.avoid_people.iter().map(|&id| recorded.person(id));
        Ok(people.chain(staff).collect())
    }

    /// The ids under which these people are shown, if the viewer sees all of them.
    pub(super) async fn all_seen(
        &self,
        viewer: &Viewer,
        ids: &[PersonId],
    ) -> ServiceResult<Vec<PersonId>> {
        let people = self.people(viewer, ids).await?;
        let shown = ids.iter().zip(people).map(|(id, person)| {
            person.map(|person| person.id).ok_or_else(|| ServiceError::NotFound(id.to_string()))
        });
        shown.collect()
    }

    pub(super) fn within_ids_max(&self, argument: &'static str, count: usize) -> ServiceResult<()> {
        let most = self.limits.ids_max;
        if count <= most {
            return Ok(());
        }
        let message = format!("{count} ids are given, but {most} are the most");
        Err(ServiceError::invalid(argument, message))
    }
}

impl Search {
    /// Why nothing need be looked for, if so, between some seekers and those of the targets who may
    /// be asked.
    fn needless(
        &self,
        (seekers, targets): (&[PersonId], &[PersonId]),
        open: &[PersonId],
    ) -> Option<Miss> {
        match () {
            () if targets.is_empty() => Some(Miss::NobodyThere),
            () if seekers == targets => Some(Miss::SamePerson),
            () if open.is_empty() => Some(Miss::Closed),
            () if self.seekers.is_empty() => Some(Miss::SeekerUnknown),
            () => None,
        }
    }

    /// The best paths, and where there is none, why.
    pub(super) fn run(&self, picture: &Picture, stop: &Stop) -> Result<Answered, Stopped> {
        let network = picture.weighed.network();
        let seeker = |&node: &NodeIx| Seeker::new(node, picture.weighed.first_steps(node));
        let seekers: Vec<Seeker> = self.seekers.iter().map(seeker).collect();
        let groups: Vec<(Vec<NodeIx>, NodeSet)> = self.avoiding().collect();
        let all = PathQuery {
            seekers: &seekers,
            targets: &[],
            count_max: self.count,
            steps_max: self.steps,
            terms: &picture.terms,
            avoid: &self.avoid,
            cost_max: self.cost_max,
        };
        let mut found = Vec::new();
        for (targets, avoid) in &groups {
            found.extend(best_paths(network, &PathQuery { targets, avoid, ..all }, stop)?.paths);
        }
        if self.groups.len() > 1 {
            found.sort_by(|one, other| in_order(network, one, other));
            found.truncate(self.count);
        }
        if !found.is_empty() {
            return Ok(Answered { paths: found, miss: None, openers: Vec::new() });
        }
        let people = |path: &Path| path.nodes.iter().map(|&node| network.id(node)).collect();
        let (targets, avoid) = groups.first().expect("there is always one");
        let miss = match nearest_miss(network, &PathQuery { targets, avoid, ..all }, stop)? {
            NearestMiss::Longer(path) => Miss::TooFar(people(&path)),
            NearestMiss::Excluded { path, .. } => Miss::OnlyExcluded(people(&path)),
            NearestMiss::SeekersKnowNobody => Miss::SeekerUnknown,
            NearestMiss::NobodyKnowsTheTargets => Miss::Unknown,
            NearestMiss::Island { people } => Miss::Island(people),
        };
        let mut open: Vec<_> = groups
            .iter()
            .flat_map(|(targets, avoid)| openers(network, &PathQuery { targets, avoid, ..all }))
            .collect();
        open.sort_by(|a, b| a.cost.cmp(&b.cost).then_with(|| network.by_id(a.node, b.node)));
        let mut openers: Vec<PersonId> = Vec::new();
        for entry in open {
            let id = network.id(entry.node);
            if openers.len() < OPENERS && !openers.contains(&id) {
                openers.push(id);
            }
        }
        Ok(Answered { paths: Vec::new(), miss: Some(miss), openers })
    }

    /// Each group of targets, with whom its paths avoid: nobody who is meant connects to another.
    pub(super) fn avoiding(&self) -> impl Iterator<Item = (Vec<NodeIx>, NodeSet)> {
        self.groups.iter().enumerate().map(|(at, (targets, closed))| {
            let others = self.groups.iter().enumerate().filter(move |(other, _)| *other != at);
            let others = others.flat_map(|(_, (targets, _))| targets);
            let avoid = self.avoid.iter().chain(others).chain(closed.iter());
            // Somebody who is closed to one target may be another themselves.
            let mut avoid: NodeSet = avoid.copied().collect();
            for target in targets.iter().filter(|target| !self.avoid.contains(target)) {
                avoid.remove(target);
            }
            (targets.clone(), avoid)
        })
    }
}

/// The order in which paths are found: by cost, then fewer steps, then the ids along them.
fn in_order(network: &crate::graph::Network, one: &Path, other: &Path) -> std::cmp::Ordering {
    let key = |path: &Path| (path.total, path.nodes.len());
    let ids =
        |path: &Path| -> Vec<PersonId> { path.nodes.iter().map(|&n| network.id(n)).collect() };
    key(one).cmp(&key(other)).then_with(|| ids(one).cmp(&ids(other)))
}

fn least_step(min_step: Option<f64>) -> ServiceResult<Cost> {
    match min_step {
        None => Ok(Cost::GREATEST),
        Some(least) if (0.0..=1.0).contains(&least) => {
            Ok(Cost::from_probability(least).min(Cost::GREATEST))
        }
        Some(least) => {
            Err(ServiceError::invalid("minStepProbability", format!("{least} is not from 0 to 1")))
        }
    }
}
