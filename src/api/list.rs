//! Lists, and who is on them.

use async_graphql::{Context, Enum, ID, Object, Result, Union};

use crate::{
    model::{Holder, ListKind},
    service::{ListView, Page, PageRequest},
};

use super::{
    company::{Company, load_company},
    connection::{Listed, connection},
    context::{tertius, viewer_seeing},
    cost::per_page,
    error::fail,
    global_id::node_id,
    input::page,
    person::{Person, load_person},
};

/// A page of a list that is at hand as a whole.
pub(super) fn cut_here<T>(
    ctx: &Context<'_>,
    all: Vec<T>,
    list: &'static str,
    request: &PageRequest,
) -> Result<Page<T>> {
    tertius(ctx)?.cut(all, list, request).map_err(|error| fail(ctx, error))
}

/// What a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ListKind")]
pub enum ListPurpose {
    /// Whom we want to reach.
    Targets,
    /// Whom we work with.
    Partners,
    /// The accounts of somebody.
    Accounts,
    /// Anything else.
    Other,
}

/// A named set of people and companies.
#[derive(Debug, Clone)]
pub struct NamedList {
    view: ListView,
}

impl From<ListView> for NamedList {
    fn from(view: ListView) -> Self {
        Self { view }
    }
}

/// Who is on a list: a person or a company.
#[derive(Debug, Clone, Union)]
pub enum ListEntry {
    /// A person.
    Person(Person),
    /// A company.
    Company(Company),
}

/// A named set of people and companies.
#[Object(name = "List")]
impl NamedList {
    /// The id: `list_` and 32 digits from 0 to f; as of a past day, with `@` and the day.
    pub async fn id(&self) -> ID {
        node_id(self.view.id, self.view.as_of)
    }

    /// How it is called.
    async fn name(&self) -> &str {
        self.view.name.as_str()
    }

    /// What it is for.
    async fn kind(&self) -> ListPurpose {
        match self.view.kind {
            ListKind::Targets => ListPurpose::Targets,
            ListKind::Partners => ListPurpose::Partners,
            ListKind::Accounts => ListPurpose::Accounts,
            ListKind::Other => ListPurpose::Other,
        }
    }

    /// Who is on it, in order of id.
    #[graphql(directive = per_page::apply(0))]
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<ListEntry>> {
        let request = page(first, after)?;
        let as_of = self.view.as_of;
        let found = tertius(ctx)?.on_list(&viewer_seeing(ctx, as_of)?, self.view.id).await;
        let holders = found.map_err(|error| fail(ctx, error))?;
        let page = cut_here(ctx, holders, "entries", &request)?;
        let (has_next, began_after) = (page.has_next, page.began_after);
        let loads = page.entries.into_iter().map(|(cursor, holder)| async move {
            let entry = match holder {
                Holder::Person(id) => load_person(ctx, id, as_of).await?.map(ListEntry::Person),
                Holder::Company(id) => load_company(ctx, id, as_of).await?.map(ListEntry::Company),
            };
            Ok::<_, async_graphql::Error>(entry.map(|entry| (cursor, entry)))
        });
        let entries = futures_util::future::try_join_all(loads).await?;
        let entries = entries.into_iter().flatten().collect();
        Ok(connection(Page { entries, has_next, began_after }, |entry| entry))
    }
}
