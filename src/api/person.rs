//! People.

use async_graphql::{Context, ID, Object, Result};

use crate::{
    model::{Identifier, PersonId},
    service::{KnownQuestion, PersonView, ServiceError, Target, Vantage, Whom},
};

use super::{
    cluster::Cluster,
    company::Company,
    connection::{Listed, connection},
    context::{loaders, tertius, viewer, viewer_seeing},
    cost::{per_page, weighing},
    employment::Employment,
    error::fail,
    global_id::node_id,
    input::page,
    list::cut_here,
    loaders::TieOf,
    note::Note,
    parts::Parts,
    tie::Tie,
};

/// A person, as far as you may see them.
#[derive(Debug, Clone)]
pub struct Person {
    pub(super) view: PersonView,
}

impl From<PersonView> for Person {
    fn from(view: PersonView) -> Self {
        Self { view }
    }
}

/// A person by id, as of a past day or now, through the loader.
pub(super) async fn load_person(
    ctx: &Context<'_>,
    id: PersonId,
    as_of: Vantage,
) -> Result<Option<Person>> {
    let found = loaders(ctx)?.one(id, as_of).await;
    found.map(|person| person.map(Person::from)).map_err(|e| shared(ctx, &e))
}

/// The error of a batch: whoever waited for it learns only that it failed, or when to come back.
pub(super) fn shared(ctx: &Context<'_>, error: &super::loaders::Shared) -> async_graphql::Error {
    match **error {
        ServiceError::Forbidden(ref why) => fail(ctx, ServiceError::Forbidden(why.clone())),
        ServiceError::Busy { reason, retry_after_ms } => {
            fail(ctx, ServiceError::Busy { reason, retry_after_ms })
        }
        _ => fail(ctx, ServiceError::Internal(error.to_string().into())),
    }
}

/// A person, as far as you may see them.
#[Object]
impl Person {
    /// The id: `person_` and 32 digits from 0 to f; as of a past day, with `@` and the day.
    pub async fn id(&self) -> ID {
        node_id(self.view.id, self.view.as_of)
    }

    /// How often the person was changed; name it when you correct something.
    async fn revision(&self) -> i32 {
        self.view.revision.0 as i32
    }

    /// The name; null where you may not see it.
    async fn name(&self) -> Option<&str> {
        self.view.name.as_ref().map(crate::model::Name::as_str)
    }

    /// Mail addresses, as they were read.
    async fn emails(&self) -> Vec<String> {
        let mail = |identifier: &Identifier| match identifier {
            Identifier::Mail(address) => Some(address.to_string()),
            _ => None,
        };
        self.view.identifiers.iter().filter_map(mail).collect()
    }

    /// Profile pages, without `https://`.
    async fn profiles(&self) -> Vec<String> {
        let profile = |identifier: &Identifier| match identifier {
            Identifier::Profile(url) => Some(url.to_string()),
            _ => None,
        };
        self.view.identifiers.iter().filter_map(profile).collect()
    }

    /// The title today, of the newest employment that goes on.
    async fn title(&self) -> Option<&str> {
        let job = self.view.jobs.iter().find(|job| job.current)?;
        job.title.as_ref().map(crate::model::Title::as_str)
    }

    /// The company today, of the newest employment that goes on.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        match self.view.jobs.iter().find(|job| job.current) {
            Some(job) => super::company::load_company(ctx, job.company, self.view.as_of).await,
            None => Ok(None),
        }
    }

    /// Where the person works and worked: what goes on first, then the newest first.
    #[graphql(directive = per_page::apply(0))]
    async fn employments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Employment>> {
        let request = page(first, after)?;
        let jobs = self.view.jobs.clone();
        let page = cut_here(ctx, jobs, "employments", &request)?;
        Ok(connection(page, Employment::from))
    }

    /// Words on the person.
    async fn tags(&self) -> Vec<&str> {
        self.view.tags.iter().map(crate::model::Tag::as_str).collect()
    }

    /// Notes on the person that you may see, the newest first.
    #[graphql(directive = per_page::apply(0))]
    async fn notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Note>> {
        let page = cut_here(ctx, self.view.notes.clone(), "notes", &page(first, after)?)?;
        Ok(connection(page, Note::from))
    }

    /// How often in a month the person is willing to be asked for introductions, if they said so.
    async fn asks_per_month(&self) -> Option<i32> {
        self.view.asks_per_month.map(i32::from)
    }

    /// Your own tie with the person; null where there is none.
    async fn tie_with_viewer(&self, ctx: &Context<'_>) -> Result<Option<Tie>> {
        let me = viewer(ctx)?.person();
        if me == self.view.id {
            return Ok(None);
        }
        let receipt = loaders(ctx)?.one(TieOf(me, self.view.id), self.view.as_of).await;
        let receipt = receipt.map_err(|error| shared(ctx, &error))?;
        Ok(receipt.map(|receipt| Tie::new(me, self.view.id, receipt)))
    }

    /// Of which parts the person is made, and why they are one.
    async fn parts(&self, ctx: &Context<'_>) -> Result<Parts> {
        let viewer = viewer_seeing(ctx, self.view.as_of)?;
        let parts = tertius(ctx)?.person_parts(&viewer, self.view.id).await;
        Parts::of(ctx, parts.map_err(|error| fail(ctx, error))?).await
    }

    /// In which cluster the person is; null where in none of three people or more.
    #[graphql(directive = weighing::apply(50))]
    async fn cluster(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How fine: 0.5, 1, 2, 3 or 5, the greater the smaller the clusters; if nothing \
                    is said, the one whose clusters are most stable."
        )]
        resolution: Option<f64>,
    ) -> Result<Option<Cluster>> {
        let viewer = viewer_seeing(ctx, self.view.as_of)?;
        let found = tertius(ctx)?.cluster_of(&viewer, self.view.id, resolution).await;
        Ok(found.map_err(|error| fail(ctx, error))?.map(Cluster::from))
    }

    /// Who knows the person: the strongest tie first, then who had contact last.
    #[graphql(directive = per_page::apply(0))]
    async fn known_by(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Tie>> {
        let question = KnownQuestion {
            targets: vec![Target::all(Whom::Person(self.view.id))],
            among: Vec::new(),
            min_strength: 0.0,
        };
        let (viewer, request) = (viewer_seeing(ctx, self.view.as_of)?, page(first, after)?);
        let found = tertius(ctx)?.who_knows(&viewer, &question, &request).await;
        let page = found.map_err(|error| fail(ctx, error))?;
        Ok(connection(page, |a| Tie::new(a.knower, a.target, a.receipt)))
    }
}

/// Several people, each as far as the viewer sees them.
pub(super) async fn load_people(
    ctx: &Context<'_>,
    people: &[PersonId],
    as_of: Vantage,
) -> Result<Vec<Option<Person>>> {
    let people = people.iter().map(|&id| load_person(ctx, id, as_of));
    futures_util::future::try_join_all(people).await
}
