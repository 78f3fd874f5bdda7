//! Somebody, or a company: by name, by id, by whatever is remembered.

use async_graphql::{Context, Object, Result};

use crate::service::{HolderKind, SearchQuestion};

use super::{
    company::{Company, load_company},
    connection::{Listed, connection},
    context::tertius,
    cost::per_page,
    error::fail,
    global_id::GlobalId,
    input::page,
    person::{Person, load_person},
    query::asked,
    query_input::{CompanyBy, PersonBy, SearchResult, SearchType},
    scalar::Date,
    supposing::{SupposedChange, viewer_supposing},
};

/// Looking somebody up.
#[derive(Debug, Clone, Copy, Default)]
pub struct LookingUp;

/// Looking somebody up.
#[Object]
impl LookingUp {
    /// One person; null where there is none that you may see.
    async fn person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How the person is named.")] by: PersonBy,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
        #[graphql(
            desc = "What if: changes that are only supposed for this answer; 100 at most. In which \
                    order says nothing. Ids and revisions stay those of what is recorded, so keep \
                    no answer in a cache by id."
        )]
        suppose: Option<Vec<SupposedChange>>,
    ) -> Result<Option<Person>> {
        let (argument, text) = match by {
            PersonBy::Id(person) => {
                let GlobalId { id, as_of } = asked(ctx, &person, as_of)?;
                let viewer = viewer_supposing(ctx, as_of.map(Date), suppose).await?;
                return load_person(ctx, id, viewer.vantage()).await;
            }
            PersonBy::Email(text) => ("email", text),
            PersonBy::Profile(text) => ("profile", text),
        };
        let viewer = viewer_supposing(ctx, as_of, suppose).await?;
        let found = tertius(ctx)?.person_by_identifier(&viewer, argument, &text).await;
        Ok(found.map_err(|error| fail(ctx, error))?.map(Person::from))
    }

    /// One company; null where there is none that you may see.
    async fn company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How the company is named.")] by: CompanyBy,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
        #[graphql(
            desc = "What if: changes that are only supposed for this answer; 100 at most. In which \
                    order says nothing. Ids and revisions stay those of what is recorded, so keep \
                    no answer in a cache by id."
        )]
        suppose: Option<Vec<SupposedChange>>,
    ) -> Result<Option<Company>> {
        match by {
            CompanyBy::Id(company) => {
                let GlobalId { id, as_of } = asked(ctx, &company, as_of)?;
                let viewer = viewer_supposing(ctx, as_of.map(Date), suppose).await?;
                load_company(ctx, id, viewer.vantage()).await
            }
            CompanyBy::Domain(domain) => {
                let viewer = viewer_supposing(ctx, as_of, suppose).await?;
                let found = tertius(ctx)?.company_by_domain(&viewer, &domain).await;
                Ok(found.map_err(|error| fail(ctx, error))?.map(Company::from))
            }
        }
    }

    /// People and companies by name, title, domain or mail address. Case, accents, scripts and a
    /// typo are forgiven, and the last word may be unfinished. The likest first.
    #[graphql(directive = per_page::apply(20))]
    #[expect(clippy::too_many_arguments, reason = "the field has as many, each with its words")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What you remember; 200 characters at most.")] query: String,
        #[graphql(desc = "Only people, or only companies; both if nothing is said.")] only: Option<
            SearchType,
        >,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
        #[graphql(
            desc = "What if: changes that are only supposed for this answer; 100 at most. In which \
                    order says nothing. Ids and revisions stay those of what is recorded, so keep \
                    no answer in a cache by id."
        )]
        suppose: Option<Vec<SupposedChange>>,
    ) -> Result<Listed<SearchResult>> {
        let only = only.map(|only| match only {
            SearchType::Person => HolderKind::Person,
            SearchType::Company => HolderKind::Company,
        });
        let question = SearchQuestion { text: query, only };
        let viewer = viewer_supposing(ctx, as_of, suppose).await?;
        let request = page(first, after)?;
        let found = tertius(ctx)?.search(&viewer, &question, &request).await;
        Ok(connection(found.map_err(|error| fail(ctx, error))?, SearchResult::from))
    }
}
