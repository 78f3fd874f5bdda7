//! Questions for paths: from where, to whom, along what.

use async_graphql::{Context, Enum, ID, InputObject, OneofObject, Result};

use crate::{
    model::{CompanyId, PersonId},
    service::{self, PageRequest, PathQuestion, Viewer},
};

use super::{
    context::tertius,
    error::{bad_input, fail},
    input::{count, named_id, named_ids},
    known::{JobFunction, Seniority, wanted_post},
    path::IntroPaths,
    scalar::Score,
    supposing::sentences,
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

impl PathFromInput {
    /// Where a question starts; at the viewer where nothing is said.
    pub(super) fn read(input: Option<&Self>) -> Result<service::From> {
        Ok(match input {
            None | Some(Self::Scope(PathScope::Me)) => service::From::Me,
            Some(Self::Scope(PathScope::MyTeam)) => service::From::MyTeam,
            Some(Self::PersonIds(list)) => {
                service::From::People(named_ids("personIds", Some(list))?)
            }
        })
    }
}

/// People at a company by what they do; everything that is named must hold.
#[derive(Debug, Clone, InputObject)]
pub struct RoleInput {
    /// Which company, by id; or name its domain.
    pub company_id: Option<ID>,
    /// Which company, by domain.
    pub domain: Option<String>,
    /// What the title says, in any of twelve languages: `vp engineering`, `someone in procurement`.
    pub title: Option<String>,
    /// How high they stand: one of these.
    pub seniorities: Option<Vec<Seniority>>,
    /// What they do: one of these.
    pub functions: Option<Vec<JobFunction>>,
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
    pub(super) async fn read(&self, ctx: &Context<'_>, viewer: &Viewer) -> Result<service::To> {
        Ok(match self {
            Self::PersonId(person) => service::To::Person(named_id("personId", person)?),
            Self::Email(email) => service::To::Person(person_with(ctx, viewer, email).await?),
            Self::CompanyId(company) => service::To::Company(named_id("companyId", company)?),
            Self::Domain(domain) => service::To::Company(company_at(ctx, viewer, domain).await?),
            Self::Role(RoleInput { company_id, domain, title, seniorities, functions }) => {
                let company = match (company_id, domain) {
                    (Some(company), None) => named_id("companyId", company)?,
                    (None, Some(domain)) => company_at(ctx, viewer, domain).await?,
                    _ => {
                        let message = "role: name either `companyId` or `domain`";
                        return Err(bad_input(Some("role"), message));
                    }
                };
                let post = wanted_post(title.as_ref(), seniorities.as_ref(), functions.as_ref())?;
                service::To::Role { company, post }
            }
        })
    }
}

/// The person with a mail address.
pub(super) async fn person_with(
    ctx: &Context<'_>,
    viewer: &Viewer,
    email: &str,
) -> Result<PersonId> {
    let found = tertius(ctx)?.person_by_identifier(viewer, "email", email).await;
    let found = found.map_err(|error| fail(ctx, error))?;
    Ok(found.ok_or_else(|| unknown(ctx, "person", email))?.id)
}

/// The company with a domain.
pub(super) async fn company_at(
    ctx: &Context<'_>,
    viewer: &Viewer,
    domain: &str,
) -> Result<CompanyId> {
    let found = tertius(ctx)?.company_by_domain(viewer, domain).await;
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
    /// Whether the first and the last step may be one that nobody told of: between people who
    /// worked at the same company, of 200 people at most, at the same time. Such a step is worth
    /// 0.04, and its path has the risk `INFERRED`. No if nothing is said.
    pub include_inferred: Option<bool>,
    /// Whether paths are wanted that differ: each is chosen for what it adds to the chance that one of
    /// those before it works, among the best 60, and says so in `together`. They come on one page, 10
    /// at most. No if nothing is said: then the best come first.
    pub differing: Option<bool>,
    /// People who shall not be on the path; 100 at most.
    pub avoid_person_ids: Option<Vec<ID>>,
    /// Companies whose staff shall not be on the path; 100 at most.
    pub avoid_company_ids: Option<Vec<ID>>,
}

impl IntroPathsInput {
    async fn read(
        &self,
        ctx: &Context<'_>,
        viewer: &Viewer,
        page: PageRequest,
    ) -> Result<PathQuestion> {
        Ok(PathQuestion {
            from: PathFromInput::read(self.from.as_ref())?,
            to: self.to.read(ctx, viewer).await?,
            page,
            max_steps: count("maxSteps", self.max_steps)?,
            min_step: self.min_step_probability.map(Score::value),
            inferred: self.include_inferred.unwrap_or_default(),
            differing: self.differing.unwrap_or_default(),
            avoid_people: named_ids("avoidPersonIds", self.avoid_person_ids.as_ref())?,
            avoid_companies: named_ids("avoidCompanyIds", self.avoid_company_ids.as_ref())?,
        })
    }
}

/// Asks for paths.
pub(super) async fn ask(
    ctx: &Context<'_>,
    viewer: &Viewer,
    input: &IntroPathsInput,
    page: PageRequest,
) -> Result<IntroPaths> {
    let question = input.read(ctx, viewer, page).await?;
    let answer = tertius(ctx)?.intro_paths(viewer, &question).await;
    Ok(IntroPaths::new(answer.map_err(|error| fail(ctx, error))?, sentences(viewer)))
}
