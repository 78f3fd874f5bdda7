//! Employments.

use async_graphql::{Context, ID, Object, Result};

use crate::service::JobView;

use super::{
    company::{Company, load_company},
    global_id::node_id,
    person::{Person, load_person},
    scalar::Date,
};

/// That a person works, or worked, at a company. Several at a time is normal.
#[derive(Debug, Clone)]
pub struct Employment {
    pub(super) view: JobView,
}

impl From<JobView> for Employment {
    fn from(view: JobView) -> Self {
        Self { view }
    }
}

/// That a person works, or worked, at a company. Several at a time is normal.
#[Object]
impl Employment {
    /// The id: `employment_` and 32 digits from 0 to f, which a correction keeps; as of a past day,
    /// with `@` and the day.
    pub async fn id(&self) -> ID {
        node_id(self.view.id, self.view.as_of)
    }

    /// Who; null where you may not see the person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.view.person, self.view.as_of).await
    }

    /// Where; null where you may not see the company.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        load_company(ctx, self.view.company, self.view.as_of).await
    }

    /// As what.
    async fn title(&self) -> Option<&str> {
        self.view.title.as_ref().map(crate::model::Title::as_str)
    }

    /// The first day, if it is known.
    async fn started_on(&self) -> Option<Date> {
        self.view.from.map(Date)
    }

    /// The last day; null while it goes on.
    async fn ended_on(&self) -> Option<Date> {
        self.view.to.map(Date)
    }

    /// Whether it goes on today.
    async fn current(&self) -> bool {
        self.view.current
    }
}
