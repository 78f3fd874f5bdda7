//! Paths of introductions.

use async_graphql::{
    ComplexObject, Context, Enum, Object, Result, SimpleObject, connection::PageInfo,
};

use crate::{
    model::PersonId,
    service::{self, Hop, IntroPath, LoadBand, Miss, PathAnswer, Vantage},
};

use super::{
    connection::{Edge, Listed, connection},
    cost::per_entry,
    person::{Person, load_people, load_person},
    scalar::{Date, Score},
    tie::Tie,
};

/// What a probability means in words, until outcomes have shown what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::Verdict")]
pub enum Verdict {
    /// Under 0.1: only if nothing else is left.
    LastResort,
    /// From 0.1.
    WorthAsking,
    /// From 0.4.
    LikelyYes,
}

/// What may speak against a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::RiskKind")]
pub enum PathRiskKind {
    /// A connector has been asked often of late, or too often.
    OveraskedConnector,
    /// A connector was asked as often this month as they are willing to be, or more.
    OverTheirLimit,
    /// A tie on the way is only a connection on a network.
    ConnectedOnly,
    /// Nobody told of a tie on the way: the two worked at the same company at the same time.
    Inferred,
    /// On a tie of the way the last contact that you may see is over 90 days old.
    CoolingTie,
}

/// What speaks against a path, and at whom on it.
#[derive(Debug, Clone, Copy)]
pub struct PathRisk {
    risk: service::Risk,
    as_of: Vantage,
}

/// What speaks against a path, and at whom on it.
#[Object]
impl PathRisk {
    /// What it is.
    async fn kind(&self) -> PathRiskKind {
        self.risk.kind.into()
    }

    /// Who would be asked in the step that it is about.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.risk.person, self.as_of).await
    }
}

/// How often somebody has been asked for introductions of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "LoadBand")]
pub enum Load {
    /// Not of late.
    None,
    /// A little.
    Light,
    /// Often.
    Busy,
    /// Too often.
    Over,
}

impl From<LoadBand> for Load {
    fn from(band: LoadBand) -> Self {
        match band {
            LoadBand::None => Self::None,
            LoadBand::Light => Self::Light,
            LoadBand::Busy => Self::Busy,
            LoadBand::Over => Self::Over,
        }
    }
}

/// One step of a path: one person is asked.
#[derive(Debug, Clone)]
pub struct PathHop {
    hop: Hop,
}

/// One step of a path: one person is asked.
#[Object(name = "Hop")]
impl PathHop {
    /// Who asks.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.hop.from, self.hop.receipt.as_of).await
    }

    /// Who is asked.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.hop.to, self.hop.receipt.as_of).await
    }

    /// The probability that the step is granted.
    async fn probability(&self) -> Score {
        Score::of(self.hop.probability)
    }

    /// How often the person asked has been asked of late; null for the target.
    async fn load(&self) -> Option<Load> {
        self.hop.load.map(Load::from)
    }

    /// The tie that the step goes along, with its evidence.
    async fn tie(&self) -> Tie {
        Tie::new(self.hop.from, self.hop.to, self.hop.receipt.clone())
    }
}

/// A path of introductions: you, up to three connectors, the target.
#[derive(Debug, Clone)]
pub struct Introduced {
    path: IntroPath,
}

impl From<IntroPath> for Introduced {
    fn from(path: IntroPath) -> Self {
        Self { path }
    }
}

/// A path of introductions: you, up to three connectors, the target.
#[Object(name = "IntroPath")]
impl Introduced {
    /// Equal for equal hops, in whatever answer: take it to tell paths apart.
    async fn key(&self) -> &str {
        &self.path.key
    }

    /// Its steps, from the seeker to the target.
    #[graphql(directive = per_entry::apply(4))]
    async fn hops(&self) -> Vec<PathHop> {
        self.path.hops.iter().cloned().map(|hop| PathHop { hop }).collect()
    }

    /// Everybody on it, from the seeker to the target; null for whom you may not see.
    #[graphql(directive = per_entry::apply(5))]
    async fn people(&self, ctx: &Context<'_>) -> Result<Vec<Option<Person>>> {
        load_people(ctx, &self.path.people(), self.path.as_of).await
    }

    /// How many steps it has: one more than connectors.
    async fn length(&self) -> i32 {
        self.path.hops.len() as i32
    }

    /// The probability that every step is granted; the meeting itself is not in it.
    async fn probability(&self) -> Score {
        Score::of(self.path.probability)
    }

    /// That in words.
    async fn verdict(&self) -> Verdict {
        self.path.verdict.into()
    }

    /// Which hop is the least likely to be granted, counted from 0.
    async fn weakest_hop(&self) -> i32 {
        self.path.weakest as i32
    }

    /// What speaks against it.
    #[graphql(directive = per_entry::apply(5))]
    async fn risks(&self) -> Vec<PathRisk> {
        let as_of = self.path.as_of;
        self.path.risks.iter().map(|&risk| PathRisk { risk, as_of }).collect()
    }

    /// What it adds to the paths before it; null unless `differing` was asked for.
    async fn together(&self) -> Option<PathTogether> {
        let together = self.path.together.clone()?;
        Some(PathTogether { together, as_of: self.path.as_of })
    }

    /// What would make it the first; null for the first path, and where no single step would.
    async fn rise(&self) -> Option<PathRise> {
        let service::Rise { hop, probability } = self.path.rise?;
        Some(PathRise { hop: hop as i32, probability: Score::of(probability) })
    }

    /// Whom to ask first.
    async fn ask_first(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.path.ask_first() {
            Some(person) => load_person(ctx, person, self.path.as_of).await,
            None => Ok(None),
        }
    }
}

/// The least strengthening of one step that would make its path the first.
#[derive(Debug, Clone, SimpleObject)]
pub struct PathRise {
    /// Which hop, counted from 0.
    pub hop: i32,
    /// How likely it would have to be granted.
    pub probability: Score,
}

/// What a path adds to those before it.
#[derive(Debug, Clone)]
pub struct PathTogether {
    together: service::Together,
    as_of: Vantage,
}

/// What a path adds to those that were chosen before it.
#[Object]
impl PathTogether {
    /// The probability that it, or one of those before it, works; a step that they share counts once.
    async fn probability(&self) -> Score {
        Score::of(self.together.probability)
    }

    /// Its connectors who are asked on one of those before it too; null for whom you may not see.
    #[graphql(directive = per_entry::apply(5))]
    async fn shared(&self, ctx: &Context<'_>) -> Result<Vec<Option<Person>>> {
        load_people(ctx, &self.together.shared, self.as_of).await
    }
}

/// Why there is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum MissReason {
    /// There is one with more steps than were allowed.
    TooFar,
    /// There is one along somebody or something that the question excludes.
    OnlyExcluded,
    /// The target's acquaintances know nobody else.
    Island,
    /// Nobody is known to know the target.
    NobodyKnowsThem,
    /// They do not want to be asked for introductions.
    NotToBeAsked,
    /// Nobody is known to work there, or to have such a title.
    NobodyThere,
    /// The seeker is not known to know anybody.
    SeekerKnowsNobody,
    /// The seeker is whom they want to reach.
    SamePerson,
}

/// Why there is no path, and what comes nearest to one.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct NearestMiss {
    /// Why.
    pub reason: MissReason,
    /// How many people the island has, the target among them; null where there is none.
    pub island_size: Option<i32>,
    #[graphql(skip)]
    people: Vec<PersonId>,
    #[graphql(skip)]
    openers: Vec<PersonId>,
    #[graphql(skip)]
    as_of: Vantage,
}

#[ComplexObject]
impl NearestMiss {
    /// Everybody on the way that was not allowed; empty where there is none.
    #[graphql(directive = per_entry::apply(5))]
    async fn people(&self, ctx: &Context<'_>) -> Result<Vec<Option<Person>>> {
        load_people(ctx, &self.people, self.as_of).await
    }

    /// Whom to get to know: with a tie to any of these there would be a path. Those who would most
    /// likely win the target over first, three at most.
    #[graphql(directive = per_entry::apply(3))]
    async fn openers(&self, ctx: &Context<'_>) -> Result<Vec<Option<Person>>> {
        load_people(ctx, &self.openers, self.as_of).await
    }
}

impl NearestMiss {
    pub(super) fn of(miss: Miss, openers: Vec<PersonId>, as_of: Vantage) -> Self {
        let (reason, people, island_size) = match miss {
            Miss::TooFar(people) => (MissReason::TooFar, people, None),
            Miss::OnlyExcluded(people) => (MissReason::OnlyExcluded, people, None),
            Miss::Island(size) => (MissReason::Island, Vec::new(), i32::try_from(size).ok()),
            Miss::Unknown => (MissReason::NobodyKnowsThem, Vec::new(), None),
            Miss::Closed => (MissReason::NotToBeAsked, Vec::new(), None),
            Miss::NobodyThere => (MissReason::NobodyThere, Vec::new(), None),
            Miss::SeekerUnknown => (MissReason::SeekerKnowsNobody, Vec::new(), None),
            Miss::SamePerson => (MissReason::SamePerson, Vec::new(), None),
        };
        Self { reason, island_size, people, openers, as_of }
    }
}

/// What probabilities stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum BasisKind {
    /// What was measured elsewhere; take the words, not the number.
    Prior,
    /// Outcomes of this installation.
    Learnt,
}

/// What the probabilities of an answer stand on.
#[derive(Debug, Clone, SimpleObject)]
pub struct ScoreBasis {
    /// On what.
    pub kind: BasisKind,
    /// How many outcomes of this installation entered.
    pub outcomes: i32,
}

/// What an answer to a question for paths says beside them.
#[derive(Debug)]
struct PathAnswerFields {
    miss: Option<NearestMiss>,
    basis: ScoreBasis,
    as_of: Date,
    supposing: Vec<String>,
}

/// Paths, the best first, with what is said beside them.
pub struct IntroPaths {
    paths: Listed<Introduced>,
    beside: PathAnswerFields,
}

/// Paths, the best first, with what is said beside them.
#[Object(name = "IntroPathConnection")]
impl IntroPaths {
    /// The paths with their cursors.
    async fn edges(&self) -> &[Edge<Introduced>] {
        self.paths.all_edges()
    }

    /// The paths alone.
    async fn nodes(&self) -> Vec<&Introduced> {
        self.paths.all_nodes()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> &PageInfo {
        self.paths.place()
    }

    /// Why there is no path; null where there is one.
    async fn miss(&self) -> Option<&NearestMiss> {
        self.beside.miss.as_ref()
    }

    /// What the probabilities stand on.
    async fn basis(&self) -> &ScoreBasis {
        &self.beside.basis
    }

    /// The day at whose end everything was evaluated.
    async fn as_of(&self) -> Date {
        self.beside.as_of
    }

    /// What was supposed for this answer, a sentence for each change, to go on from "supposing that";
    /// empty where all of it is recorded.
    async fn supposing(&self) -> &[String] {
        &self.beside.supposing
    }
}

impl IntroPaths {
    pub(super) fn new(answer: PathAnswer, supposing: Vec<String>) -> Self {
        let PathAnswer { paths, miss, openers, basis, day, as_of } = answer;
        let kind = if basis.outcomes == 0 { BasisKind::Prior } else { BasisKind::Learnt };
        let outcomes = i32::try_from(basis.outcomes).unwrap_or(i32::MAX);
        let beside = PathAnswerFields {
            miss: miss.map(|miss| NearestMiss::of(miss, openers, as_of)),
            basis: ScoreBasis { kind, outcomes },
            as_of: Date(day),
            supposing,
        };
        Self { paths: connection(paths, Introduced::from), beside }
    }
}
