//! Whom a question is about: people, the staff of companies, who is on a list; and why each of
//! them is one of those that were meant.

use std::collections::BTreeMap;

use crate::model::{
    CompanyId, Function, Holder, ListId, PersonId, Seniority, Title, TitleFit, TitleMatch,
    WantedPost,
};

use super::{JobView, PersonView, ServiceError, ServiceResult, Tertius, To, Viewer};

/// One part of whom a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Whom.
    pub whom: Whom,
    /// Of them, only who has such a post today.
    pub post: WantedPost,
}

/// Whom a question may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    /// A person.
    Person(PersonId),
    /// Everybody who works at a company today.
    Company(CompanyId),
    /// The people on a list, and everybody who works at its companies today.
    List(ListId),
    /// Everybody.
    Anybody,
}

/// Why somebody is one of those that were meant: what they do today.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TargetMatch {
    /// Where they work.
    pub company: Option<CompanyId>,
    /// The title as it stands in the employment.
    pub title: Option<Title>,
    /// How high they stand, as the title is read; nothing without a title.
    pub seniority: Option<Seniority>,
    /// What they do, as the title is read.
    pub function: Option<Function>,
    /// The words of the title by which it fits what was asked for.
    pub words: Vec<String>,
    /// How well it fits; nothing where no post was asked for.
    pub fit: Option<TitleFit>,
}

/// Everybody who is meant, with the reason where it is at hand already.
pub(super) type Meant = BTreeMap<PersonId, Option<TargetMatch>>;

/// Who is meant.
#[derive(Debug, Default)]
pub(super) struct Targeted {
    /// Everybody.
    pub(super) meant: Meant,
    /// For each company that is named, everybody who works there today, whatever their post.
    pub(super) staff: Vec<Vec<PersonId>>,
}

impl Target {
    /// All of them, whatever their post.
    pub fn all(whom: Whom) -> Self {
        Self { whom, post: WantedPost::default() }
    }
}

impl From<To> for Target {
    fn from(to: To) -> Self {
        match to {
            To::Person(id) => Self::all(Whom::Person(id)),
            To::Company(id) => Self::all(Whom::Company(id)),
            To::Role { company, post } => Self { whom: Whom::Company(company), post },
        }
    }
}

/// People and companies of which some, or all, are meant.
#[derive(Default)]
struct Named<'t> {
    people: Vec<(PersonId, &'t WantedPost)>,
    companies: Vec<(CompanyId, &'t WantedPost)>,
}

impl Tertius {
    /// Everybody whom the targets mean, as far as the viewer sees them; nobody by
    /// [`Whom::Anybody`].
    pub(super) async fn targeted(
        &self,
        viewer: &Viewer,
        targets: &[Target],
    ) -> ServiceResult<Targeted> {
        let named = self.named(viewer, targets).await?;
        let mut meant = Meant::new();
        let ids: Vec<CompanyId> = named.companies.iter().map(|&(id, _)| id).collect();
        let staff = self.staff(viewer, &ids).await?;
        for ((_, post), jobs) in named.companies.iter().zip(&staff) {
            for job in jobs {
                if let Some(found) = TargetMatch::of(job, post) {
                    better(&mut meant, job.person, Some(found));
                }
            }
        }
        let ids: Vec<PersonId> = named.people.iter().map(|&(id, _)| id).collect();
        let people = self.people(viewer, &ids).await?;
        for ((_, post), person) in named.people.iter().zip(people) {
            let Some(person) = person else { continue };
            let found = TargetMatch::of_person(&person, post);
            if post.is_any() || found.is_some() {
                better(&mut meant, person.id, found);
            }
        }
        let person = |jobs: Vec<JobView>| jobs.into_iter().map(|job| job.person).collect();
        Ok(Targeted { meant, staff: staff.into_iter().map(person).collect() })
    }

    /// Everybody, of those whom the viewer sees, who has a post today.
    pub(super) async fn with_post(
        &self,
        viewer: &Viewer,
        ids: &[PersonId],
        post: &WantedPost,
    ) -> ServiceResult<Meant> {
        let people = self.people(viewer, ids).await?.into_iter().flatten();
        let found = people.map(|person| (person.id, TargetMatch::of_person(&person, post)));
        Ok(found.filter(|(_, found)| found.is_some()).collect())
    }

    /// What each of these does today, in their order.
    pub(super) async fn posts_of(
        &self,
        viewer: &Viewer,
        ids: &[PersonId],
    ) -> ServiceResult<Vec<TargetMatch>> {
        let any = WantedPost::default();
        let people = self.people(viewer, ids).await?.into_iter();
        let found = people.map(|person| TargetMatch::of_person(&person?, &any));
        Ok(found.map(Option::unwrap_or_default).collect())
    }

    /// Who is named, lists written out; what is named itself must be there.
    async fn named<'t>(&self, viewer: &Viewer, targets: &'t [Target]) -> ServiceResult<Named<'t>> {
        self.within_ids_max("targets", targets.len())?;
        let mut named = Named::default();
        for Target { whom, post } in targets {
            match *whom {
                Whom::Person(id) => named.people.push((self.person(viewer, id).await?.id, post)),
                Whom::Company(id) => {
                    named.companies.push((self.company(viewer, id).await?.id, post));
                }
                Whom::List(id) => {
                    for entry in self.on_list(viewer, id).await? {
                        match entry {
                            Holder::Person(id) => named.people.push((id, post)),
                            Holder::Company(id) => named.companies.push((id, post)),
                        }
                    }
                }
                Whom::Anybody => {}
            }
        }
        let (count, most) = (named.people.len() + named.companies.len(), self.limits.accounts_max);
        if count > most {
            let message =
                format!("{count} people and companies are named, but {most} are the most");
            return Err(ServiceError::invalid("targets", message));
        }
        Ok(named)
    }

    /// Refuses more targets than one question may have.
    pub(super) fn within_targets_max(&self, count: usize) -> ServiceResult<()> {
        let most = self.limits.targets_max;
        if count <= most {
            return Ok(());
        }
        let message = format!(
            "{count} people are meant, but {most} are the most; name a role, or fewer companies"
        );
        Err(ServiceError::invalid("targets", message))
    }
}

impl TargetMatch {
    /// That a job is such a post.
    fn of(job: &JobView, post: &WantedPost) -> Option<Self> {
        let (company, title) = (Some(job.company), job.title.clone());
        let Some(text) = job.title.as_ref().map(Title::as_str) else {
            return post.is_any().then(|| Self { company, ..Self::default() });
        };
        let TitleMatch { fit, seniority, function, words } = post.matches(text)?;
        Some(Self {
            company,
            title,
            seniority: Some(seniority),
            function: Some(function),
            words: words.into_iter().map(|range| text[range].to_owned()).collect(),
            fit: (!post.is_any()).then_some(fit),
        })
    }

    /// That one of the jobs that somebody has today is such a post: the best of them.
    fn of_person(person: &PersonView, post: &WantedPost) -> Option<Self> {
        let jobs = person.jobs.iter().filter(|job| job.current);
        let found = jobs.filter_map(|job| Self::of(job, post)).enumerate();
        found.min_by_key(|(at, found)| (found.rank(), *at)).map(|(_, found)| found)
    }

    /// The best fit first, one that was not asked for last, and a title before none.
    fn rank(&self) -> (bool, Option<TitleFit>, bool) {
        (self.fit.is_none(), self.fit, self.title.is_none())
    }
}

/// Keeps the better of two reasons; of equals the one that came first.
fn better(meant: &mut Meant, person: PersonId, found: Option<TargetMatch>) {
    let kept = meant.entry(person).or_insert_with(|| found.clone());
    let rank = |one: &Option<TargetMatch>| one.as_ref().map(TargetMatch::rank);
    if found.is_some() && (kept.is_none() || rank(&found) < rank(kept)) {
        *kept = found;
    }
}
