//! Paths of introductions.

use async_graphql::{
    ComplexObject, Context, Enum, ID, InputObject, Object, OneofObject, Result, SimpleObject,
    connection::{Connection, EmptyFields},
};

use crate::{
    model::{CompanyId, PersonId},
    service::{self, Hop, IntroPath, LoadBand, Miss, PathAnswer, PathQuestion},
};

use super::{
    connection::connection_with,
    context::{tertius, viewer},
    error::{bad_input, fail},
    input::{count, id, ids, page},
    person::{Person, load_person},
    scalar::{Date, Score},
    tie::Tie,
};

/// Whose paths are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PathScope {
    /// Yours.
    Me,
    /// Those of anybody in your team.
    MyTeam,
}

/// From where a path starts.
#[derive(Debug, Clone, OneofObject)]
pub enum PathFromInput {
    /// From you, or from anybody in your team.
    Scope(PathScope),
    /// From any of these people; 100 at most.
    PersonIds(Vec<ID>),
}

/// People at a company by their title.
#[derive(Debug, Clone, InputObject)]
pub struct RoleInput {
    /// Which company, by id; or name its domain.
    pub company_id: Option<ID>,
    /// Which company, by domain.
    pub domain: Option<String>,
    /// Words that the title must have, such as `vp engineering`; case and accents are forgiven.
    pub title: String,
}

/// Where a path ends.
#[derive(Debug, Clone, OneofObject)]
pub enum PathToInput {
    /// At a person.
    PersonId(ID),
    /// At the person with this mail address.
    Email(String),
    /// At anybody who works at this company today.
    CompanyId(ID),
    /// At anybody who works today at the company with this domain.
    Domain(String),
    /// At anybody there who has such a title.
    Role(RoleInput),
}

impl PathToInput {
    pub(super) async fn read(&self, ctx: &Context<'_>) -> Result<service::To> {
        Ok(match self {
            Self::PersonId(person) => service::To::Person(id("personId", person)?),
            Self::Email(email) => {
                let found = tertius(ctx)?.person_by_identifier(viewer(ctx)?, email).await;
                let found = found.map_err(|error| fail(ctx, error))?;
                service::To::Person(found.ok_or_else(|| unknown(ctx, "person", email))?.id)
            }
            Self::CompanyId(company) => service::To::Company(id("companyId", company)?),
            Self::Domain(domain) => service::To::Company(company_at(ctx, domain).await?),
            Self::Role(RoleInput { company_id, domain, title }) => {
                let company = match (company_id, domain) {
                    (Some(company), None) => id("companyId", company)?,
                    (None, Some(domain)) => company_at(ctx, domain).await?,
                    _ => {
                        let message = "role: name either `companyId` or `domain`";
                        return Err(bad_input(Some("role"), message));
                    }
                };
                service::To::Role { company, title: title.clone() }
            }
        })
    }
}

async fn company_at(ctx: &Context<'_>, domain: &str) -> Result<CompanyId> {
    let found = tertius(ctx)?.company_by_domain(viewer(ctx)?, domain).await;
    let found = found.map_err(|error| fail(ctx, error))?;
    Ok(found.ok_or_else(|| unknown(ctx, "company", domain))?.id)
}

fn unknown(ctx: &Context<'_>, what: &str, name: &str) -> async_graphql::Error {
    fail(ctx, service::ServiceError::NotFound(format!("a {what} known by `{name}`")))
}

/// A question for paths of introductions.
#[derive(Debug, Clone, InputObject)]
pub struct IntroPathsInput {
    /// From where; from you if nothing is said.
    pub from: Option<PathFromInput>,
    /// To whom.
    pub to: PathToInput,
    /// How many steps at most, from 1 to 4; 4 if nothing is said.
    pub max_steps: Option<i32>,
    /// What each step must be worth at least.
    pub min_step_probability: Option<Score>,
    /// People who shall not be on the path; 100 at most.
    pub avoid_person_ids: Option<Vec<ID>>,
    /// Companies whose staff shall not be on the path; 100 at most.
    pub avoid_company_ids: Option<Vec<ID>>,
}

impl IntroPathsInput {
    async fn read(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<PathQuestion> {
        let from = match &self.from {
            None | Some(PathFromInput::Scope(PathScope::Me)) => service::From::Me,
            Some(PathFromInput::Scope(PathScope::MyTeam)) => service::From::MyTeam,
            Some(PathFromInput::PersonIds(list)) => {
                service::From::People(ids("personIds", Some(list))?)
            }
        };
        Ok(PathQuestion {
            from,
            to: self.to.read(ctx).await?,
            page: page(first, after)?,
            max_steps: count("maxSteps", self.max_steps)?,
            min_step: self.min_step_probability.map(Score::value),
            avoid_people: ids("avoidPersonIds", self.avoid_person_ids.as_ref())?,
            avoid_companies: ids("avoidCompanyIds", self.avoid_company_ids.as_ref())?,
        })
    }
}

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
    /// A connector has been asked too often of late.
    OveraskedConnector,
    /// A connector was asked as often this month as they are willing to be, or more.
    OverTheirLimit,
    /// A tie on the way is only a connection on a network.
    ConnectedOnly,
    /// On a tie of the way the last contact that you may see is over 90 days old.
    CoolingTie,
}

/// What speaks against a path, and at whom on it.
#[derive(Debug, Clone, Copy)]
pub struct PathRisk {
    risk: service::Risk,
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
        load_person(ctx, self.risk.person).await
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
        load_person(ctx, self.hop.from).await
    }

    /// Who is asked.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.hop.to).await
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
    async fn hops(&self) -> Vec<PathHop> {
        self.path.hops.iter().cloned().map(|hop| PathHop { hop }).collect()
    }

    /// Everybody on it, from the seeker to the target; null for whom you may not see.
    async fn people(&self, ctx: &Context<'_>) -> Result<Vec<Option<Person>>> {
        load_people(ctx, &self.path.people()).await
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
    async fn risks(&self) -> Vec<PathRisk> {
        self.path.risks.iter().map(|&risk| PathRisk { risk }).collect()
    }

    /// Whom to ask first.
    async fn ask_first(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.path.ask_first() {
            Some(person) => load_person(ctx, person).await,
            None => Ok(None),
        }
    }
}

async fn load_people(ctx: &Context<'_>, people: &[PersonId]) -> Result<Vec<Option<Person>>> {
    futures_util::future::try_join_all(people.iter().map(|&id| load_person(ctx, id))).await
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
}

#[ComplexObject]
impl NearestMiss {
    /// Everybody on the way that was not allowed; empty where there is none.
    async fn people(&self, ctx: &Context<'_>) -> Result<Vec<Option<Person>>> {
        load_people(ctx, &self.people).await
    }
}

impl From<Miss> for NearestMiss {
    fn from(miss: Miss) -> Self {
        let (reason, people, island_size) = match miss {
            Miss::TooFar(people) => (MissReason::TooFar, people, None),
            Miss::OnlyExcluded(people) => (MissReason::OnlyExcluded, people, None),
            Miss::Island(size) => (MissReason::Island, Vec::new(), i32::try_from(size).ok()),
            Miss::Unknown => (MissReason::NobodyKnowsThem, Vec::new(), None),
            Miss::NobodyThere => (MissReason::NobodyThere, Vec::new(), None),
            Miss::SeekerUnknown => (MissReason::SeekerKnowsNobody, Vec::new(), None),
            Miss::SamePerson => (MissReason::SamePerson, Vec::new(), None),
        };
        Self { reason, island_size, people }
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
#[derive(Debug, Clone, SimpleObject)]
pub struct PathAnswerFields {
    /// Why there is no path; null where there is one.
    pub miss: Option<NearestMiss>,
    /// What the probabilities stand on.
    pub basis: ScoreBasis,
    /// The day at whose end everything was evaluated.
    pub as_of: Date,
}

/// Paths in pages, with what is said beside them.
pub(super) type PathConnection = Connection<String, Introduced, PathAnswerFields, EmptyFields>;

/// Asks for paths.
pub(super) async fn ask(
    ctx: &Context<'_>,
    input: &IntroPathsInput,
    first: Option<i32>,
    after: Option<String>,
) -> Result<PathConnection> {
    let question = input.read(ctx, first, after).await?;
    let answer = tertius(ctx)?.intro_paths(viewer(ctx)?, &question).await;
    let PathAnswer { paths, miss, basis, day } = answer.map_err(|error| fail(ctx, error))?;
    let kind = if basis.outcomes == 0 { BasisKind::Prior } else { BasisKind::Learnt };
    let fields = PathAnswerFields {
        miss: miss.map(NearestMiss::from),
        basis: ScoreBasis { kind, outcomes: i32::try_from(basis.outcomes).unwrap_or(i32::MAX) },
        as_of: Date(day),
    };
    Ok(connection_with(paths, fields, Introduced::from))
}
