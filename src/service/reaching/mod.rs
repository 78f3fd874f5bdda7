//! Reach: which accounts can be entered, through whom, and where there is no way, why.

mod file;
mod naming;

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::{
    algo::{ManyQuery, NodeSet, Path, Seeker, Stop, Stopped, best_to_each},
    graph::{Cost, NodeIx},
    model::{Day, Holder, PersonId, WantedPost},
};

use super::{
    From, IntroPath, Miss, PathQuestion, ServiceError, ServiceResult, Tertius, To, Viewer,
    introducing::Barred, paths::Search, picture::Picture,
};

pub use file::AccountFile;
pub use naming::{AccountName, Named, NamedBy};

/// Of so many ties of an account the last contact is looked for, those with the newest first.
const CONTACTS_MAX: usize = 100;

/// Which accounts can be entered?
#[derive(Debug, Clone)]
pub struct ReachQuestion {
    /// From where.
    pub from: From,
    /// People, and companies for anybody who works there today; of companies only who has `post`.
    pub accounts: Vec<Holder>,
    /// Which post people at companies must have today.
    pub post: WantedPost,
    /// How many steps at most.
    pub max_steps: Option<usize>,
}

/// How an account can be entered.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// Which account.
    pub account: Holder,
    /// The best path to it.
    pub path: Option<IntroPath>,
    /// Why there is none.
    pub miss: Option<Miss>,
    /// Where there is none: with a tie to any of these there would be one, as a
    /// [`PathAnswer`](super::PathAnswer) has them.
    pub openers: Vec<PersonId>,
    /// Who, of those from whom a path may start, last had contact with anybody there.
    pub last_contact: Option<LastContact>,
}

/// The last contact with an account, of those that the viewer may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LastContact {
    /// When.
    pub on: Day,
    /// Who had it.
    pub knower: PersonId,
    /// With whom there.
    pub with: PersonId,
}

/// What became of somebody's own name for an account.
#[derive(Debug, Clone, PartialEq)]
pub struct ReachedName {
    /// Whom it means.
    pub named: Named,
    /// How that one can be entered; nothing unless it is just one.
    pub reached: Option<Reached>,
}

/// Who is meant by each account, and from where.
struct Ends {
    seekers: Vec<PersonId>,
    targets: Vec<Vec<PersonId>>,
}

/// A tie of an account with somebody from whom a path may start, by its last contact.
type Contact = (Option<Day>, NodeIx, NodeIx);

impl ReachQuestion {
    /// Whether anybody at these accounts can be reached by the viewer.
    pub fn of(accounts: Vec<Holder>) -> Self {
        Self { from: From::Me, accounts, post: WantedPost::default(), max_steps: None }
    }

    /// The question for the path to one of the accounts.
    fn path_to(&self, account: Holder) -> PathQuestion {
        let to = match account {
            Holder::Person(id) => To::Person(id),
            Holder::Company(id) if self.post.is_any() => To::Company(id),
            Holder::Company(company) => To::Role { company, post: self.post.clone() },
        };
        let (from, max_steps) = (self.from.clone(), self.max_steps);
        PathQuestion { from, max_steps, ..PathQuestion::to(to) }
    }
}

impl Tertius {
    /// For each account, in the order of the question: the best path there, as
    /// [`intro_paths`](Self::intro_paths) would find it, or why there is none, and the last contact.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see an account; `Invalid` for too many accounts and for
    /// steps that cannot be; `Busy` when too many ask at once.
    ///
    /// # Complexity
    /// That of [`Reaching`](crate::algo::Reaching), which reads for all of them what it would read
    /// for the largest few; and a search for each account that cannot be reached.
    pub async fn reach(
        &self,
        viewer: &Viewer,
        question: &ReachQuestion,
    ) -> ServiceResult<Vec<Reached>> {
        let count = question.accounts.len();
        self.within_accounts_max(count)?;
        let steps = self.steps(question.max_steps)?;
        let seekers = self.seekers(viewer, &question.from).await?;
        let mut targets = Vec::with_capacity(count);
        for &account in &question.accounts {
            targets.push(self.targets(viewer, &question.path_to(account).to).await?);
        }
        let ends = Ends { seekers, targets };
        let picture = self.picture_of(viewer).await?;
        let best = self.best_to_each(&picture, &ends.seekers, &ends.targets, steps).await?;
        let found: Vec<Path> = best.iter().flatten().cloned().collect();
        let mut described = self.describe(viewer, &picture, &found).await?.into_iter();
        let contacts = self.last_contacts(viewer, &picture, &ends).await?;
        let mut reached = Vec::with_capacity(count);
        for ((&account, best), last_contact) in question.accounts.iter().zip(best).zip(contacts) {
            let path = best.and_then(|_| described.next());
            let (miss, openers) = if path.is_some() {
                (None, Vec::new())
            } else {
                self.why_closed(viewer, &question.path_to(account)).await?
            };
            reached.push(Reached { account, path, miss, openers, last_contact });
        }
        Ok(reached)
    }

    /// The same for accounts by the names that somebody has for them; those of the question come
    /// from these.
    ///
    /// # Errors
    /// As [`Self::reach`]; a name that means nobody is no error.
    pub async fn reach_named(
        &self,
        viewer: &Viewer,
        names: &[AccountName],
        question: &ReachQuestion,
    ) -> ServiceResult<Vec<ReachedName>> {
        self.within_accounts_max(names.len())?;
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            all.push(self.account_named(viewer, name).await?);
        }
        let one = |named: &Named| match named {
            Named::One(found, _) => Some(found.holder()),
            Named::Several(_) | Named::Nobody(_) => None,
        };
        let question =
            ReachQuestion { accounts: all.iter().filter_map(one).collect(), ..question.clone() };
        let mut reached = self.reach(viewer, &question).await?.into_iter();
        let row = |named: Named| {
            let reached = one(&named).and_then(|_| reached.next());
            ReachedName { named, reached }
        };
        Ok(all.into_iter().map(row).collect())
    }

    fn within_accounts_max(&self, count: usize) -> ServiceResult<()> {
        let most = self.limits.accounts_max;
        if count <= most {
            return Ok(());
        }
        let message = format!("{count} accounts are given, but {most} are the most");
        Err(ServiceError::invalid("accounts", message))
    }

    /// The best path from any of some people to each set of targets, as a picture has it.
    pub(super) async fn best_to_each(
        &self,
        picture: &Arc<Picture>,
        seekers: &[PersonId],
        targets: &[Vec<PersonId>],
        steps_max: u8,
    ) -> ServiceResult<Vec<Option<Path>>> {
        // Somebody who seeks themselves has arrived, and all of a team that seeks itself.
        let targets: Vec<Vec<NodeIx>> = targets
            .iter()
            .map(|people| {
                if people == seekers {
                    Vec::new()
                } else {
                    picture.places(&picture.bars.open(people))
                }
            })
            .collect();
        let mut groups = Vec::with_capacity(targets.len());
        for targets in &targets {
            groups.push(picture.bars.groups(picture, targets).await?);
        }
        let (seekers, for_job) = (picture.places(seekers), Arc::clone(picture));
        let job = move |stop: &Stop| {
            let mut best = best_of_each(&for_job, &seekers, &targets, steps_max, stop)?;
            for (best, groups) in best.iter_mut().zip(groups) {
                if groups.iter().any(|(_, closed)| !closed.is_empty()) {
                    *best = best_beside(&for_job, (&seekers, groups), steps_max, stop)?;
                }
            }
            Ok(best)
        };
        self.compute.run(job).await
    }

    /// Why there is no path, and who would open one.
    async fn why_closed(
        &self,
        viewer: &Viewer,
        question: &PathQuestion,
    ) -> ServiceResult<(Option<Miss>, Vec<PersonId>)> {
        let answer = self.intro_paths(viewer, question).await?;
        if answer.miss.is_none() {
            let (reason, retry_after_ms) = ("the network changed meanwhile", 50);
            return Err(ServiceError::Busy { reason, retry_after_ms });
        }
        Ok((answer.miss, answer.openers))
    }

    /// The last contact of any of the seekers with each set of targets, as the viewer may see it.
    async fn last_contacts(
        &self,
        viewer: &Viewer,
        picture: &Arc<Picture>,
        ends: &Ends,
    ) -> ServiceResult<Vec<Option<LastContact>>> {
        let seekers: FxHashSet<NodeIx> = picture.places(&ends.seekers).into_iter().collect();
        let targets: Vec<Vec<NodeIx>> =
            ends.targets.iter().map(|people| picture.places(people)).collect();
        let for_job = Arc::clone(picture);
        let job = move |stop: &Stop| -> Result<Vec<Vec<Contact>>, Stopped> {
            let newest = |targets: &Vec<NodeIx>| newest_contacts(&for_job, &seekers, targets, stop);
            targets.iter().map(newest).collect()
        };
        let contacts = self.compute.run(job).await?;
        let id = |node| picture.weighed.network().id(node);
        let pairs = contacts.iter().flatten().map(|&(_, knower, with)| (id(knower), id(with)));
        let pairs: Vec<(PersonId, PersonId)> = pairs.collect();
        let receipts = self.receipts(viewer, &pairs).await?;
        let mut seen = pairs.iter().zip(receipts).map(|(&(knower, with), receipt)| {
            Some(LastContact { on: receipt?.last_contact?, knower, with })
        });
        // Of equals the first, so that the same question has the same answer.
        let later = |a: LastContact, b: LastContact| if b.on > a.on { b } else { a };
        let each = contacts.iter().map(|ties| {
            let own: Vec<_> = seen.by_ref().take(ties.len()).collect();
            own.into_iter().flatten().reduce(later)
        });
        Ok(each.collect())
    }
}

/// The ties of some people with seekers, those with the newest contact first.
fn newest_contacts(
    picture: &Picture,
    seekers: &FxHashSet<NodeIx>,
    targets: &[NodeIx],
    stop: &Stop,
) -> Result<Vec<Contact>, Stopped> {
    let (weighed, network) = (&picture.weighed, picture.weighed.network());
    let mut contacts = Vec::new();
    for &target in targets {
        stop.check()?;
        let row = network.out_row(target).iter().zip(network.out_ties(target));
        for (entry, &tie) in row.filter(|(entry, _)| seekers.contains(&entry.node)) {
            contacts.push((weighed.figures(tie).last_contact(), entry.node, target));
        }
    }
    contacts.sort_by(|a: &Contact, b: &Contact| {
        let ids = || network.by_id(a.1, b.1).then_with(|| network.by_id(a.2, b.2));
        b.0.cmp(&a.0).then_with(ids)
    });
    contacts.truncate(CONTACTS_MAX);
    Ok(contacts)
}

/// The best path to targets of whom some have connectors who introduce nobody to them.
fn best_beside(
    picture: &Picture,
    (seekers, groups): (&[NodeIx], Vec<Barred>),
    steps: u8,
    stop: &Stop,
) -> Result<Option<Path>, Stopped> {
    let (avoid, cost_max) = (NodeSet::default(), Cost::GREATEST);
    let search = Search { seekers: seekers.to_vec(), groups, avoid, count: 1, steps, cost_max };
    Ok(search.run(picture, stop)?.paths.into_iter().next())
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
