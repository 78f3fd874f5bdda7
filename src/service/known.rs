//! Who knows whom, asked from both ends.

use std::{cmp::Ordering, sync::Arc};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    algo::{Stop, Stopped},
    graph::NodeIx,
    model::{CompanyId, Day, PersonId},
};

use super::{
    From, Page, PageRequest, Receipt, ServiceError, ServiceResult, Target, TargetMatch, Tertius,
    Verdict, Viewer, Whom, paging::cut, picture::Picture, targets::Meant,
};

/// Who knows somebody?
#[derive(Debug, Clone)]
pub struct KnownQuestion {
    /// Whom: any of these.
    pub targets: Vec<Target>,
    /// Among whom; everybody where nobody is named.
    pub among: Vec<PersonId>,
    /// Ties weaker than this are left out.
    pub min_strength: f64,
}

/// Whom does somebody know?
#[derive(Debug, Clone)]
pub struct KnowsQuestion {
    /// Who: any of these.
    pub knowers: From,
    /// Among whom: any of these; everybody where nobody is named.
    pub targets: Vec<Target>,
    /// Ties weaker than this are left out.
    pub min_strength: f64,
}

/// That somebody knows somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Acquaintance {
    /// Who knows.
    pub knower: PersonId,
    /// Whom.
    pub target: PersonId,
    /// Why the target is one of those that were meant.
    pub matched: TargetMatch,
    /// How well, and on what evidence.
    pub receipt: Receipt,
    /// The probability that the target says yes when the knower asks them; a strong tie may have
    /// a low one.
    pub willingness: f64,
    /// That in words.
    pub verdict: Verdict,
}

/// A tie that answers a question.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Known {
    knower: NodeIx,
    target: NodeIx,
    strength: f64,
    last_contact: Option<Day>,
}

/// Whose ties are walked along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Targets,
    Knowers,
}

/// For people at named companies, the numbers of these.
#[derive(Debug, Default)]
struct Colleagues(FxHashMap<NodeIx, Vec<usize>>);

/// A question in the places of a network.
struct Walk {
    starts: Vec<NodeIx>,
    from: Ends,
    /// Who may stand at the other end; anybody where nobody is named.
    others: Option<FxHashSet<NodeIx>>,
    /// Who works together: the ties of such two are left out.
    colleagues: Colleagues,
    min_strength: f64,
}

impl Tertius {
    /// Who knows any of the targets: the strongest first, then who had contact last. Of a company
    /// that is named, or is on a list that is, colleagues who know each other are left out, unless
    /// they are asked for.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see a target; `Invalid` for a size, a cursor or a
    /// strength that cannot be, for too many targets, and for none.
    ///
    /// # Complexity
    /// Linear in the ties of the targets, and a sort; the evidence of one page is read in one
    /// call.
    pub async fn who_knows(
        &self,
        viewer: &Viewer,
        question: &KnownQuestion,
        request: &PageRequest,
    ) -> ServiceResult<Page<Acquaintance>> {
        check_strength(question.min_strength)?;
        self.within_ids_max("amongIds", question.among.len())?;
        if question.targets.is_empty() || question.targets.iter().any(is_anybody) {
            let message = "a person, a company or a list is needed";
            return Err(ServiceError::invalid("targets", message));
        }
        let among = self.all_seen(viewer, &question.among).await?;
        let targeted = self.targeted(viewer, &question.targets).await?;
        self.within_targets_max(targeted.meant.len())?;
        let picture = self.picture_of(viewer).await?;
        let targets = picture.places(targeted.meant.keys());
        let walk = if among.is_empty() {
            Walk {
                starts: targets,
                from: Ends::Targets,
                others: None,
                colleagues: Colleagues::of(&picture, &targeted.staff),
                min_strength: question.min_strength,
            }
        } else {
            Walk {
                starts: picture.places(&among),
                from: Ends::Knowers,
                others: Some(targets.into_iter().collect()),
                colleagues: Colleagues::default(),
                min_strength: question.min_strength,
            }
        };
        self.acquaintances(viewer, &picture, (walk, targeted.meant), ("whoKnows", request)).await
    }

    /// Whom any of the knowers knows among the targets, by the same rules and in the same order.
    ///
    /// # Errors
    /// As [`Self::who_knows`]; of a target that is [`Whom::Anybody`] with a post, `Invalid` when
    /// the knowers know more people than one question may be about.
    ///
    /// # Complexity
    /// Linear in the ties of the knowers, and a sort.
    pub async fn knows(
        &self,
        viewer: &Viewer,
        question: &KnowsQuestion,
        request: &PageRequest,
    ) -> ServiceResult<Page<Acquaintance>> {
        check_strength(question.min_strength)?;
        if let From::People(ids) = &question.knowers {
            self.within_ids_max("knowers", ids.len())?;
        }
        let knowers = self.seekers(viewer, &question.knowers).await?;
        let picture = self.picture_of(viewer).await?;
        let knowers = picture.places(&knowers);
        let (anybody, named): (Vec<_>, Vec<_>) =
            question.targets.iter().cloned().partition(is_anybody);
        let mut targeted = self.targeted(viewer, &named).await?;
        self.within_targets_max(targeted.meant.len())?;
        let everybody =
            question.targets.is_empty() || anybody.iter().any(|target| target.post.is_any());
        if !everybody && !anybody.is_empty() {
            let known = known_to(&picture, &knowers);
            self.within_targets_max(known.len())?;
            for target in &anybody {
                for (id, found) in self.with_post(viewer, &known, &target.post).await? {
                    targeted.meant.entry(id).or_insert(found);
                }
            }
        }
        let others =
            (!everybody).then(|| picture.places(targeted.meant.keys()).into_iter().collect());
        let min_strength = question.min_strength;
        let (from, colleagues) = (Ends::Knowers, Colleagues::default());
        let walk = Walk { starts: knowers, from, others, colleagues, min_strength };
        self.acquaintances(viewer, &picture, (walk, targeted.meant), ("knows", request)).await
    }

    /// One page of what a walk finds, with everything that is shown of it.
    async fn acquaintances(
        &self,
        viewer: &Viewer,
        picture: &Arc<Picture>,
        (walk, mut meant): (Walk, Meant),
        (list, request): (&'static str, &PageRequest),
    ) -> ServiceResult<Page<Acquaintance>> {
        let size = self.page_size(request.first)?;
        let for_job = Arc::clone(picture);
        let ties = self.compute.run(move |stop| walk.run(&for_job, stop)).await?;
        let page = cut(ties, list, size, request.after.as_deref())?;
        let network = picture.weighed.network();
        let ends = |tie: &Known| (network.id(tie.knower), network.id(tie.target));
        let pairs: Vec<_> = page.entries.iter().map(|(_, tie)| ends(tie)).collect();
        let receipts = self.receipts(viewer, &pairs).await?;
        let is_open = |id: &PersonId| meant.get(id).is_none_or(Option::is_none);
        let open: Vec<PersonId> = pairs.iter().map(|&(_, id)| id).filter(is_open).collect();
        let posts = self.posts_of(viewer, &open).await?;
        meant.extend(open.into_iter().zip(posts.into_iter().map(Some)));
        let (has_next, began_after) = (page.has_next, page.began_after);
        let entries = page.entries.into_iter().zip(pairs).zip(receipts);
        let entries = entries.filter_map(|(((cursor, tie), (knower, target)), receipt)| {
            let willingness = picture.weighed.willing(tie.knower, tie.target)?;
            let known = Acquaintance {
                knower,
                target,
                matched: meant.get(&target).cloned().flatten().unwrap_or_default(),
                receipt: receipt?,
                willingness,
                verdict: Verdict::of(willingness),
            };
            Some((cursor, known))
        });
        Ok(Page { entries: entries.collect(), has_next, began_after })
    }

    /// For each company, who outside knows whom there, the best first, without the evidence.
    pub(super) async fn ties_into(
        &self,
        viewer: &Viewer,
        companies: &[CompanyId],
    ) -> ServiceResult<Vec<(CompanyId, Vec<(PersonId, PersonId)>)>> {
        let staff = self.staff(viewer, companies).await?;
        let picture = self.picture_of(viewer).await?;
        let walks: Vec<(CompanyId, Walk)> = companies
            .iter()
            .zip(staff)
            .map(|(&company, jobs)| {
                let staff: Vec<PersonId> = jobs.into_iter().map(|job| job.person).collect();
                let (starts, from) = (picture.places(&staff), Ends::Targets);
                let colleagues = Colleagues::of(&picture, &[staff]);
                (company, Walk { starts, from, others: None, colleagues, min_strength: 0.0 })
            })
            .collect();
        let for_job = Arc::clone(&picture);
        let job = move |stop: &Stop| {
            let ties =
                walks.into_iter().map(|(company, walk)| Ok((company, walk.run(&for_job, stop)?)));
            ties.collect::<Result<Vec<_>, Stopped>>()
        };
        let found = self.compute.run(job).await?.into_iter();
        let id = |node| picture.weighed.network().id(node);
        let ends = |tie: Known| (id(tie.knower), id(tie.target));
        Ok(found.map(|(company, ties)| (company, ties.into_iter().map(ends).collect())).collect())
    }
}

impl Walk {
    /// The ties that answer the question, the strongest first.
    fn run(&self, picture: &Picture, stop: &Stop) -> Result<Vec<Known>, Stopped> {
        let weighed = &picture.weighed;
        let network = weighed.network();
        let is_wanted =
            |node: NodeIx| self.others.as_ref().is_none_or(|others| others.contains(&node));
        let mut ties = Vec::new();
        for &start in &self.starts {
            stop.check()?;
            let row = network.out_row(start).iter().zip(network.out_ties(start));
            let row = row.filter(|(entry, _)| is_wanted(entry.node));
            for (entry, &tie) in row.filter(|(entry, _)| !self.colleagues.are(start, entry.node)) {
                let (knower, target) = match self.from {
                    Ends::Targets => (entry.node, start),
                    Ends::Knowers => (start, entry.node),
                };
                let strength = weighed.strength_value(knower, target, tie);
                if strength >= self.min_strength {
                    let last_contact = weighed.figures(tie).last_contact();
                    ties.push(Known { knower, target, strength, last_contact });
                }
            }
        }
        let in_order = |a: &Known, b: &Known| -> Ordering {
            b.strength
                .total_cmp(&a.strength)
                .then(b.last_contact.cmp(&a.last_contact))
                .then(network.by_id(a.knower, b.knower))
                .then(network.by_id(a.target, b.target))
        };
        ties.sort_by(in_order);
        Ok(ties)
    }
}

impl Colleagues {
    /// Who works together, by the staff of each company.
    fn of(picture: &Picture, staff: &[Vec<PersonId>]) -> Self {
        let mut companies: FxHashMap<NodeIx, Vec<usize>> = FxHashMap::default();
        for (company, people) in staff.iter().enumerate() {
            for place in picture.places(people) {
                companies.entry(place).or_default().push(company);
            }
        }
        Self(companies)
    }

    fn are(&self, one: NodeIx, other: NodeIx) -> bool {
        let of = |place| self.0.get(place).into_iter().flatten();
        of(&one).any(|company| of(&other).any(|there| there == company))
    }
}

fn is_anybody(target: &Target) -> bool {
    target.whom == Whom::Anybody
}

fn check_strength(least: f64) -> ServiceResult<()> {
    if (0.0..=1.0).contains(&least) {
        return Ok(());
    }
    Err(ServiceError::invalid("minStrength", format!("{least} is not from 0 to 1")))
}

/// Everybody whom these people know.
fn known_to(picture: &Picture, knowers: &[NodeIx]) -> Vec<PersonId> {
    let network = picture.weighed.network();
    let rows = knowers.iter().flat_map(|&knower| network.out_row(knower));
    let mut known: Vec<PersonId> = rows.map(|entry| network.id(entry.node)).collect();
    known.sort_unstable();
    known.dedup();
    known
}
