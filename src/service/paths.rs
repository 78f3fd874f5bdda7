//! Who can introduce me, will it work, and whom do I ask first.

use sha2::{Digest, Sha256};

use crate::{
    algo::{
        LoadBand, NearestMiss, NodeSet, Path, PathQuery, STEPS_MAX, Seeker, Stop, Stopped,
        Strength, best_paths, nearest_miss,
    },
    graph::{Cost, NodeIx},
    model::{CompanyId, Day, PersonId, fold},
};

use super::{
    Page, PageRequest, Receipt, ServiceError, ServiceResult, Tertius, Viewer,
    paging::{bounded, position},
    picture::Picture,
};

/// From where a path starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum From {
    /// The viewer's own person.
    #[default]
    Me,
    /// Anybody of the team.
    MyTeam,
    /// Any of these.
    People(Vec<PersonId>),
}

/// Where a path ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// A person.
    Person(PersonId),
    /// Anybody who works at a company today.
    Company(CompanyId),
    /// Anybody there whose title has these words.
    Role {
        /// Which company.
        company: CompanyId,
        /// What the title must contain; case and accents are forgiven.
        title: String,
    },
}

impl To {
    /// The company, where it is about one.
    pub fn company(&self) -> Option<CompanyId> {
        match self {
            Self::Person(_) => None,
            Self::Company(company) | Self::Role { company, .. } => Some(*company),
        }
    }
}

/// A question for paths.
#[derive(Debug, Clone)]
pub struct PathQuestion {
    /// From where.
    pub from: From,
    /// To whom.
    pub to: To,
    /// How many paths, after which one.
    pub page: PageRequest,
    /// How many steps at most.
    pub max_steps: Option<usize>,
    /// What each step must be worth at least, from 0 to 1.
    pub min_step: Option<f64>,
    /// People who shall not be on the path.
    pub avoid_people: Vec<PersonId>,
    /// Companies whose staff shall not be on the path.
    pub avoid_companies: Vec<CompanyId>,
}

impl PathQuestion {
    /// The viewer's best paths to somebody.
    pub fn to(to: To) -> Self {
        Self {
            from: From::Me,
            to,
            page: PageRequest::default(),
            max_steps: None,
            min_step: None,
            avoid_people: Vec::new(),
            avoid_companies: Vec::new(),
        }
    }
}

/// What a probability means in words, until 30 outcomes have shown what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Under 0.1.
    LastResort,
    /// From 0.1.
    WorthAsking,
    /// From 0.4.
    LikelyYes,
}

impl Verdict {
    /// The word for a probability.
    pub fn of(probability: f64) -> Self {
        match probability {
            p if p >= 0.4 => Self::LikelyYes,
            p if p >= 0.1 => Self::WorthAsking,
            _ => Self::LastResort,
        }
    }
}

/// On how many outcomes of this installation the probabilities stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Basis {
    /// How many outcomes entered; with none, it is what was measured elsewhere.
    pub outcomes: u32,
}

/// What speaks against a path, and at whom on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Risk {
    /// What it is.
    pub kind: RiskKind,
    /// Who would be asked in the step that it is about.
    pub person: PersonId,
}

/// What may speak against a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RiskKind {
    /// A connector has been asked too often of late.
    OveraskedConnector,
    /// A connector was asked more often this month than they are willing to be.
    OverTheirLimit,
    /// A tie on the way is only a connection on a network.
    ConnectedOnly,
    /// Nobody on a tie of the way has been in contact for 90 days, as far as the viewer may see.
    CoolingTie,
}

/// One step of a path: one person is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Hop {
    /// Who asks.
    pub from: PersonId,
    /// Who is asked.
    pub to: PersonId,
    /// The probability that the step is granted.
    pub probability: f64,
    /// How often the person asked has been asked of late; nothing for the target.
    pub load: Option<LoadBand>,
    /// How strong the tie is and why.
    pub receipt: Receipt,
}

/// A path of introductions.
#[derive(Debug, Clone, PartialEq)]
pub struct IntroPath {
    /// Equal for equal hops, in whatever answer.
    pub key: String,
    /// Its steps, from the seeker to the target.
    pub hops: Vec<Hop>,
    /// The probability that every step is granted.
    pub probability: f64,
    /// That in words.
    pub verdict: Verdict,
    /// Which step is the least likely, counted from 0.
    pub weakest: usize,
    /// What speaks against it.
    pub risks: Vec<Risk>,
}

impl IntroPath {
    /// Everybody on it, from the seeker to the target.
    pub fn people(&self) -> Vec<PersonId> {
        let first = self.hops.first().map(|hop| hop.from);
        first.into_iter().chain(self.hops.iter().map(|hop| hop.to)).collect()
    }

    /// Whom to ask first.
    pub fn ask_first(&self) -> Option<PersonId> {
        self.hops.first().map(|hop| hop.to)
    }
}

/// Why there is no path, and what comes nearest.
#[derive(Debug, Clone, PartialEq)]
pub enum Miss {
    /// There is one with more steps: everybody on it.
    TooFar(Vec<PersonId>),
    /// There is one along somebody or something that the question excludes.
    OnlyExcluded(Vec<PersonId>),
    /// The target's acquaintances, so many with the target, know nobody else.
    Island(usize),
    /// Nobody is known to know the target.
    Unknown,
    /// Nobody is known to work there, or to have such a title.
    NobodyThere,
    /// The seeker is not known to know anybody.
    SeekerUnknown,
    /// The seeker is whom they want to reach.
    SamePerson,
}

/// The paths that were found, or why there are none.
#[derive(Debug, Clone, PartialEq)]
pub struct PathAnswer {
    /// The best paths, the best first.
    pub paths: Page<IntroPath>,
    /// Why there are none.
    pub miss: Option<Miss>,
    /// What the probabilities stand on.
    pub basis: Basis,
    /// The day at whose end everything was evaluated.
    pub day: Day,
}

/// A question in the places of a network.
struct Search {
    seekers: Vec<NodeIx>,
    targets: Vec<NodeIx>,
    avoid: NodeSet,
    count: usize,
    steps: u8,
    cost_max: Cost,
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
        let cost_max = least_step(question.min_step)?;
        let seekers = self.seekers(viewer, &question.from).await?;
        let targets = self.targets(viewer, &question.to).await?;
        let avoid = self.avoided(viewer, question).await?;
        let picture = self.picture.load_full();
        let network = picture.weighed.network();
        let place = |people: &[PersonId]| -> Vec<NodeIx> {
            let mut places: Vec<_> = people.iter().filter_map(|&id| network.find(id)).collect();
            places.sort_unstable();
            places.dedup();
            places
        };
        let search = Search {
            seekers: place(&seekers),
            targets: place(&targets),
            avoid: place(&avoid).into_iter().collect(),
            // One more, to know whether more follow.
            count: skipped + size + 1,
            steps,
            cost_max,
        };
        let day = picture.weighed.day();
        let nothing = |miss| {
            Ok(PathAnswer { paths: Page::empty(), miss: Some(miss), basis: Basis::default(), day })
        };
        if targets.is_empty() {
            return nothing(Miss::NobodyThere);
        }
        if seekers == targets {
            return nothing(Miss::SamePerson);
        }
        if search.seekers.is_empty() {
            return nothing(Miss::SeekerUnknown);
        }
        let for_job = std::sync::Arc::clone(&picture);
        let (paths, miss) = self.compute.run(move |stop| search.run(&for_job, stop)).await?;
        let shown: Vec<Path> = paths.iter().skip(skipped).take(size).cloned().collect();
        let shown = self.describe(viewer, &picture, &shown).await?;
        let cursor = |at: usize| format!("introPaths:{}", skipped + at);
        let paths = Page {
            has_next: paths.len() > skipped + size,
            began_after: question.page.after.is_some(),
            entries: shown.into_iter().enumerate().map(|(at, path)| (cursor(at), path)).collect(),
        };
        Ok(PathAnswer { paths, miss, basis: Basis::default(), day })
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

    fn steps(&self, asked: Option<usize>) -> ServiceResult<u8> {
        let most = self.limits.steps_max.min(usize::from(STEPS_MAX));
        match asked {
            None => Ok(most as u8),
            Some(steps) if (1..=most).contains(&steps) => Ok(steps as u8),
            Some(steps) => {
                Err(ServiceError::invalid("maxSteps", format!("{steps} is not from 1 to {most}")))
            }
        }
    }

    async fn seekers(&self, viewer: &Viewer, from: &From) -> ServiceResult<Vec<PersonId>> {
        match from {
            From::Me => Ok(vec![viewer.person()]),
            From::MyTeam => {
                Ok(self.team().await?.into_iter().map(|member| member.person).collect())
            }
            From::People(ids) => {
                self.within_ids_max("from", ids.len())?;
                self.all_seen(viewer, ids).await?;
                Ok(ids.clone())
            }
        }
    }

    /// The people whom a question is about.
    pub(super) async fn targets(&self, viewer: &Viewer, to: &To) -> ServiceResult<Vec<PersonId>> {
        let (company, title) = match to {
            To::Person(id) => {
                self.person(viewer, *id).await?;
                return Ok(vec![*id]);
            }
            To::Company(company) => (*company, ""),
            To::Role { company, title } => (*company, title.as_str()),
        };
        self.company(viewer, company).await?;
        let staff = self.staff(viewer, &[company]).await?.pop().unwrap_or_default();
        let words = fold(title);
        let fits = |title: &str| {
            let there = fold(title);
            words.split(' ').all(|word| there.split(' ').any(|other| other.starts_with(word)))
        };
        let fitting = staff.into_iter().filter(|job| {
            words.is_empty() || job.title.as_ref().is_some_and(|title| fits(title.as_str()))
        });
        let mut people: Vec<PersonId> = fitting.map(|job| job.person).collect();
        people.sort_unstable();
        people.dedup();
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
        Ok(question.avoid_people.iter().copied().chain(staff).collect())
    }

    async fn all_seen(&self, viewer: &Viewer, ids: &[PersonId]) -> ServiceResult<()> {
        let people = self.people(viewer, ids).await?;
        match ids.iter().zip(people).find(|(_, person)| person.is_none()) {
            Some((id, _)) => Err(ServiceError::NotFound(id.to_string())),
            None => Ok(()),
        }
    }

    fn within_ids_max(&self, argument: &'static str, count: usize) -> ServiceResult<()> {
        let most = self.limits.ids_max;
        if count <= most {
            return Ok(());
        }
        let message = format!("{count} ids are given, but {most} are the most");
        Err(ServiceError::invalid(argument, message))
    }

    /// Paths with everything that is shown of them; the store is asked once for all of them.
    pub(super) async fn describe(
        &self,
        viewer: &Viewer,
        picture: &Picture,
        paths: &[Path],
    ) -> ServiceResult<Vec<IntroPath>> {
        let network = picture.weighed.network();
        let pairs: Vec<(PersonId, PersonId)> = paths
            .iter()
            .flat_map(|path| path.nodes.windows(2))
            .map(|step| (network.id(step[0]), network.id(step[1])))
            .collect();
        let mut receipts = self.receipts(viewer, &pairs).await?.into_iter().zip(&pairs);
        let limits = self.own_limits(viewer, paths, picture).await?;
        let mut described = Vec::with_capacity(paths.len());
        for path in paths {
            let last = path.costs.len().saturating_sub(1);
            let hops = path.costs.iter().enumerate().zip(receipts.by_ref());
            let hops = hops.map(|((at, cost), (receipt, &(from, to)))| Hop {
                from,
                to,
                probability: cost.probability(),
                load: (at < last).then(|| picture.load_of(to)),
                receipt: receipt.unwrap_or_else(|| Receipt::unseen(cost.probability())),
            });
            let hops: Vec<Hop> = hops.collect();
            let probability = path.probability();
            described.push(IntroPath {
                key: key(&hops),
                risks: risks(&hops, picture.weighed.day(), &limits),
                hops,
                probability,
                verdict: Verdict::of(probability),
                weakest: path.weakest_step(),
            });
        }
        Ok(described)
    }

    /// The connectors on these paths who were asked more often this month than they wish.
    async fn own_limits(
        &self,
        viewer: &Viewer,
        paths: &[Path],
        picture: &Picture,
    ) -> ServiceResult<std::collections::HashSet<PersonId>> {
        let network = picture.weighed.network();
        let connectors = paths.iter().filter_map(|path| path.nodes.get(1..path.nodes.len() - 1));
        let mut loaded: Vec<PersonId> = connectors
            .flatten()
            .map(|&node| network.id(node))
            .filter(|&id| picture.load_of(id) > LoadBand::None)
            .collect();
        loaded.sort_unstable();
        loaded.dedup();
        if loaded.is_empty() {
            return Ok(std::collections::HashSet::new());
        }
        let (month, _) = crate::model::month_of(self.clock.now());
        let asks = self.store.asks_since(month).await?;
        let people = self.people(viewer, &loaded).await?;
        let over = loaded.iter().zip(people).filter(|(id, person)| {
            let asked = asks.iter().filter(|ask| ask.connector == **id).count();
            let limit = person.as_ref().and_then(|person| person.asks_per_month);
            limit.is_some_and(|limit| asked >= usize::from(limit))
        });
        Ok(over.map(|(id, _)| *id).collect())
    }
}

impl Search {
    fn run(&self, picture: &Picture, stop: &Stop) -> Result<(Vec<Path>, Option<Miss>), Stopped> {
        let network = picture.weighed.network();
        let seeker = |&node: &NodeIx| Seeker::new(node, picture.weighed.first_steps(node));
        let seekers: Vec<Seeker> = self.seekers.iter().map(seeker).collect();
        let query = PathQuery {
            seekers: &seekers,
            targets: &self.targets,
            count_max: self.count,
            steps_max: self.steps,
            terms: &picture.terms,
            avoid: &self.avoid,
            cost_max: self.cost_max,
        };
        let found = best_paths(network, &query, stop)?.paths;
        if !found.is_empty() {
            return Ok((found, None));
        }
        let people = |path: &Path| path.nodes.iter().map(|&node| network.id(node)).collect();
        let miss = match nearest_miss(network, &query, stop)? {
            NearestMiss::Longer(path) => Miss::TooFar(people(&path)),
            NearestMiss::Excluded { path, .. } => Miss::OnlyExcluded(people(&path)),
            NearestMiss::SeekersKnowNobody => Miss::SeekerUnknown,
            NearestMiss::NobodyKnowsTheTargets => Miss::Unknown,
            NearestMiss::Island { people } => Miss::Island(people),
        };
        Ok((Vec::new(), Some(miss)))
    }
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

/// A key that is equal for equal hops and says nothing else.
fn key(hops: &[Hop]) -> String {
    let mut hasher = Sha256::new();
    for hop in hops {
        hasher.update(hop.from.value().to_be_bytes());
        hasher.update(hop.to.value().to_be_bytes());
    }
    let digest = hasher.finalize();
    let hex = digest.iter().take(16).fold(String::new(), |mut hex, byte| {
        use std::fmt::Write as _;
        write!(hex, "{byte:02x}").expect("a string takes everything");
        hex
    });
    format!("path_{hex}")
}

fn risks(hops: &[Hop], day: Day, limits: &std::collections::HashSet<PersonId>) -> Vec<Risk> {
    let of_hop = |hop: &Hop| {
        let receipt = &hop.receipt;
        let last_contact = receipt.last_contact;
        let found = [
            (RiskKind::OveraskedConnector, hop.load >= Some(LoadBand::Busy)),
            (RiskKind::OverTheirLimit, hop.load.is_some() && limits.contains(&hop.to)),
            (RiskKind::ConnectedOnly, receipt.connected_only),
            (RiskKind::CoolingTie, last_contact.is_some_and(|last| last.plus(90) < day)),
        ];
        let person = hop.to;
        found.into_iter().filter(|(_, found)| *found).map(move |(kind, _)| Risk { kind, person })
    };
    hops.iter().flat_map(of_hop).collect()
}

impl Receipt {
    /// A tie whose evidence was taken back between the search and the look at it.
    fn unseen(probability: f64) -> Self {
        Self {
            strength: Strength { value: probability, factors: Vec::new() },
            connected_only: false,
            last_contact: None,
            evidence: Vec::new(),
            more_hidden: true,
        }
    }
}
