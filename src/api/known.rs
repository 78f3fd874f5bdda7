//! Who knows whom, asked from both ends.

use async_graphql::{
    Context, Enum, ID, InputObject, Object, OneofObject, Result, connection::PageInfo,
};

use crate::{
    model::{self},
    service::{
        self, KnownQuestion, KnowsQuestion, Page, PageRequest, Target, TargetMatch, Vantage,
        Viewer, Whom,
    },
};

use super::{
    company::{Company, load_company},
    connection::{Edge, Listed, connection},
    context::tertius,
    error::{bad_input, fail},
    input::{named_id, named_ids},
    path::Verdict,
    path_input::{PathFromInput, company_at, person_with},
    person::{Person, load_person},
    scalar::Score,
    supposing::sentences,
    tie::Tie,
};

/// How high somebody stands in a company, as their title is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Seniority")]
pub enum Seniority {
    /// Founded or owns it, partners of a firm included.
    Founder,
    /// C-level, managing directors, members of the executive board.
    Chief,
    /// A vice president of any kind.
    VicePresident,
    /// A director, `Bereichsleiter`, `Prokurist`, general manager.
    Director,
    /// Heads a department, site or country.
    Head,
    /// On a supervisory or advisory board.
    Board,
    /// Has "manager" or the like in the title, whether or not they lead people.
    Manager,
    /// Leads a team, or is senior, staff or principal.
    Lead,
    /// Does the work; also whoever's title tells no more.
    Contributor,
    /// An assistant, intern, trainee or apprentice.
    Assistant,
}

/// What somebody does in a company, as their title is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Function")]
pub enum JobFunction {
    /// Runs the whole, a country or a site.
    GeneralManagement,
    /// Builds it: software, hardware, research and development.
    Engineering,
    /// Says what is built.
    Product,
    /// Says how it looks and feels.
    Design,
    /// Data, analytics, machine learning.
    Data,
    /// Runs the company's own computers.
    It,
    /// Information security.
    Security,
    /// Sells it.
    Sales,
    /// Partners, alliances, channels.
    Partnerships,
    /// New business.
    BusinessDevelopment,
    /// Marketing, communication, brand.
    Marketing,
    /// Customer success, support, service.
    CustomerSuccess,
    /// Money: controlling, accounting, tax, treasury, investors.
    Finance,
    /// Law, compliance, data protection.
    Legal,
    /// Human resources, recruiting, learning.
    People,
    /// Production, quality, projects, facilities.
    Operations,
    /// Procurement, logistics, supply chain.
    SupplyChain,
    /// Advises the customers of the company.
    Consulting,
    /// Research that is not development.
    Research,
    /// The office.
    Administration,
    /// Whatever else; also where the title does not tell.
    Other,
}

/// How well a title fits what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::TitleFit")]
pub enum TitleFit {
    /// The very words stand there, and mean what was asked for.
    Words,
    /// Other words for what was asked for, in any of twelve languages.
    Meaning,
    /// The function, led under another name (`Head of Sales` for `VP sales`), or a deputy.
    Near,
}

/// People by what they do today; everything that is named must hold.
#[derive(Debug, Clone, InputObject)]
pub struct TargetRoleInput {
    /// At which company, by id. Name it, its domain or a list; none of them is everywhere.
    pub company_id: Option<ID>,
    /// At which company, by domain.
    pub domain: Option<String>,
    /// On which list, or at a company of it.
    pub list_id: Option<ID>,
    /// What the title says, in any of twelve languages: `vp engineering`, `someone in procurement`.
    pub title: Option<String>,
    /// How high they stand: one of these.
    pub seniorities: Option<Vec<Seniority>>,
    /// What they do: one of these.
    pub functions: Option<Vec<JobFunction>>,
}

/// People of whom a question is: name one thing.
#[derive(Debug, Clone, OneofObject)]
pub enum TargetInput {
    /// A person.
    PersonId(ID),
    /// The person with this mail address.
    Email(String),
    /// Everybody who works at this company today.
    CompanyId(ID),
    /// Everybody who works today at the company with this domain.
    Domain(String),
    /// The people on this list, and everybody who works today at the companies on it.
    ListId(ID),
    /// Who has such a post today.
    Role(TargetRoleInput),
}

/// What was asked for of titles; something must be.
pub(super) fn wanted_post(
    title: Option<&String>,
    seniorities: Option<&Vec<Seniority>>,
    functions: Option<&Vec<JobFunction>>,
) -> Result<model::WantedPost> {
    let post = model::WantedPost::new(
        title.map_or("", String::as_str),
        seniorities.into_iter().flatten().map(|&one| one.into()).collect(),
        functions.into_iter().flatten().map(|&one| one.into()).collect(),
    );
    if post.is_any() {
        let message = "role: name a `title`, `seniorities` or `functions`";
        return Err(bad_input(Some("role"), message));
    }
    Ok(post)
}

impl TargetInput {
    async fn read(&self, ctx: &Context<'_>, viewer: &Viewer) -> Result<Target> {
        let whom = match self {
            Self::PersonId(person) => Whom::Person(named_id("personId", person)?),
            Self::Email(email) => Whom::Person(person_with(ctx, viewer, email).await?),
            Self::CompanyId(company) => Whom::Company(named_id("companyId", company)?),
            Self::Domain(domain) => Whom::Company(company_at(ctx, viewer, domain).await?),
            Self::ListId(list) => Whom::List(named_id("listId", list)?),
            Self::Role(role) => return role.read(ctx, viewer).await,
        };
        Ok(Target::all(whom))
    }

    async fn read_all(ctx: &Context<'_>, viewer: &Viewer, list: &[Self]) -> Result<Vec<Target>> {
        let most = tertius(ctx)?.limits().ids_max;
        if list.len() > most {
            let message = format!("targets: {} are given, but {most} are the most", list.len());
            return Err(bad_input(Some("targets"), message));
        }
        let mut targets = Vec::with_capacity(list.len());
        for target in list {
            targets.push(target.read(ctx, viewer).await?);
        }
        Ok(targets)
    }
}

impl TargetRoleInput {
    async fn read(&self, ctx: &Context<'_>, viewer: &Viewer) -> Result<Target> {
        let whom = match (&self.company_id, &self.domain, &self.list_id) {
            (Some(company), None, None) => Whom::Company(named_id("companyId", company)?),
            (None, Some(domain), None) => Whom::Company(company_at(ctx, viewer, domain).await?),
            (None, None, Some(list)) => Whom::List(named_id("listId", list)?),
            (None, None, None) => Whom::Anybody,
            _ => {
                let message = "role: name one of `companyId`, `domain` and `listId`";
                return Err(bad_input(Some("role"), message));
            }
        };
        let (title, functions) = (self.title.as_ref(), self.functions.as_ref());
        let post = wanted_post(title, self.seniorities.as_ref(), functions)?;
        Ok(Target { whom, post })
    }
}

/// A question for who knows somebody.
#[derive(Debug, Clone, InputObject)]
pub struct WhoKnowsInput {
    /// Whom: any of these; 100 at most, and 500 people and companies with those on their lists.
    pub targets: Vec<TargetInput>,
    /// Among whom; everybody if nothing is said, 100 at most.
    pub among_ids: Option<Vec<ID>>,
    /// Ties weaker than this are left out.
    pub min_strength: Option<Score>,
}

/// A question for whom somebody knows.
#[derive(Debug, Clone, InputObject)]
pub struct KnowsInput {
    /// Who; you if nothing is said.
    pub knowers: Option<PathFromInput>,
    /// Among whom: any of these, everybody if nothing is said; 100 at most, and 500 people and
    /// companies with those on their lists.
    pub targets: Option<Vec<TargetInput>>,
    /// Ties weaker than this are left out.
    pub min_strength: Option<Score>,
}

/// Why somebody is one of those whom a question is about: what they do today.
#[derive(Debug, Clone)]
pub struct TargetReason {
    found: TargetMatch,
    as_of: Vantage,
}

/// Why somebody is one of those whom a question is about: what they do today.
#[Object(name = "TargetMatch")]
impl TargetReason {
    /// The title as it stands in the employment.
    async fn title(&self) -> Option<&str> {
        self.found.title.as_ref().map(model::Title::as_str)
    }

    /// Where they have it.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        match self.found.company {
            Some(company) => load_company(ctx, company, self.as_of).await,
            None => Ok(None),
        }
    }

    /// How high they stand, as the title is read; null without a title.
    async fn seniority(&self) -> Option<Seniority> {
        self.found.seniority.map(Seniority::from)
    }

    /// What they do, as the title is read; null without a title.
    async fn function(&self) -> Option<JobFunction> {
        self.found.function.map(JobFunction::from)
    }

    /// The words of the title that tell it; empty where no role was asked for.
    async fn words(&self) -> &[String] {
        &self.found.words
    }

    /// How well the title fits the role; null where none was asked for.
    async fn fit(&self) -> Option<TitleFit> {
        self.found.fit.map(TitleFit::from)
    }
}

/// That somebody knows somebody.
#[derive(Debug, Clone)]
pub struct Acquaintance {
    known: service::Acquaintance,
}

/// That somebody knows somebody.
#[Object]
impl Acquaintance {
    /// Who knows.
    async fn knower(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.known.knower, self.known.receipt.as_of).await
    }

    /// Whom.
    async fn target(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.known.target, self.known.receipt.as_of).await
    }

    /// Why the target is one of those whom the question is about.
    async fn matched(&self) -> TargetReason {
        TargetReason { found: self.known.matched.clone(), as_of: self.known.receipt.as_of }
    }

    /// The tie: how strong, why, on what evidence.
    async fn tie(&self) -> Tie {
        let service::Acquaintance { knower, target, receipt, .. } = &self.known;
        Tie::new(*knower, *target, receipt.clone())
    }

    /// The probability that the target says yes when the knower asks them. A strong tie may have
    /// a low one.
    async fn willingness(&self) -> Score {
        Score::of(self.known.willingness)
    }

    /// The willingness in words.
    async fn verdict(&self) -> Verdict {
        self.known.verdict.into()
    }
}

impl From<service::Acquaintance> for Acquaintance {
    fn from(known: service::Acquaintance) -> Self {
        Self { known }
    }
}

/// Who knows whom, the strongest tie first, with what is said beside it.
pub struct Acquaintances {
    list: Listed<Acquaintance>,
    supposing: Vec<String>,
}

/// Who knows whom, the strongest tie first, with what is said beside it.
#[Object(name = "AcquaintanceConnection")]
impl Acquaintances {
    /// The entries with their cursors.
    async fn edges(&self) -> &[Edge<Acquaintance>] {
        self.list.all_edges()
    }

    /// The entries alone.
    async fn nodes(&self) -> Vec<&Acquaintance> {
        self.list.all_nodes()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> &PageInfo {
        self.list.place()
    }

    /// What was supposed for this answer, a sentence for each change, to go on from "supposing that";
    /// empty where all of it is recorded.
    async fn supposing(&self) -> &[String] {
        &self.supposing
    }
}

impl Acquaintances {
    fn new(page: Page<service::Acquaintance>, viewer: &Viewer) -> Self {
        Self { list: connection(page, Acquaintance::from), supposing: sentences(viewer) }
    }
}

/// Asks who knows somebody.
pub(super) async fn who_knows(
    ctx: &Context<'_>,
    viewer: &Viewer,
    input: &WhoKnowsInput,
    request: &PageRequest,
) -> Result<Acquaintances> {
    let question = KnownQuestion {
        targets: TargetInput::read_all(ctx, viewer, &input.targets).await?,
        among: named_ids("amongIds", input.among_ids.as_ref())?,
        min_strength: input.min_strength.map_or(0.0, Score::value),
    };
    let found = tertius(ctx)?.who_knows(viewer, &question, request).await;
    Ok(Acquaintances::new(found.map_err(|error| fail(ctx, error))?, viewer))
}

/// Asks whom somebody knows.
pub(super) async fn knows(
    ctx: &Context<'_>,
    viewer: &Viewer,
    input: &KnowsInput,
    request: &PageRequest,
) -> Result<Acquaintances> {
    let targets = input.targets.as_deref().unwrap_or_default();
    if input.targets.is_some() && targets.is_empty() {
        let message = "targets: an empty list means nobody; leave it out to mean everybody";
        return Err(bad_input(Some("targets"), message));
    }
    let question = KnowsQuestion {
        knowers: PathFromInput::read(input.knowers.as_ref())?,
        targets: TargetInput::read_all(ctx, viewer, targets).await?,
        min_strength: input.min_strength.map_or(0.0, Score::value),
    };
    let found = tertius(ctx)?.knows(viewer, &question, request).await;
    Ok(Acquaintances::new(found.map_err(|error| fail(ctx, error))?, viewer))
}
