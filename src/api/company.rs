//! Companies.

use async_graphql::{Context, Enum, ID, Object, Result};

use crate::{
    model::{CompanyId, RelationKind},
    service::{CompanyView, RelationView, Vantage},
};

use super::{
    connection::{Listed, connection},
    context::{loaders, tertius, viewer_seeing},
    cost::{per_entry, per_page},
    employment::Employment,
    error::fail,
    global_id::node_id,
    input::page,
    list::cut_here,
    loaders::StaffOf,
    parts::Parts,
    person::shared,
    scalar::Date,
};

/// A company, as far as you may see it.
#[derive(Debug, Clone)]
pub struct Company {
    pub(super) view: CompanyView,
}

impl From<CompanyView> for Company {
    fn from(view: CompanyView) -> Self {
        Self { view }
    }
}

/// A company by id, as of a past day or now, through the loader.
pub(super) async fn load_company(
    ctx: &Context<'_>,
    id: CompanyId,
    as_of: Vantage,
) -> Result<Option<Company>> {
    let found = loaders(ctx)?.one(id, as_of).await;
    found.map(|company| company.map(Company::from)).map_err(|e| shared(ctx, &e))
}

/// A company, as far as you may see it.
#[Object]
impl Company {
    /// The id: `company_` and 32 digits from 0 to f; as of a past day, with `@` and the day.
    pub async fn id(&self) -> ID {
        node_id(self.view.id, self.view.as_of)
    }

    /// How often the company was changed; name it when you correct something.
    async fn revision(&self) -> i32 {
        self.view.revision.0 as i32
    }

    /// The name; null where you may not see it.
    async fn name(&self) -> Option<&str> {
        self.view.name.as_ref().map(crate::model::Name::as_str)
    }

    /// Its domains.
    async fn domains(&self) -> Vec<&str> {
        self.view.domains.iter().map(crate::model::Domain::as_str).collect()
    }

    /// Words on the company.
    async fn tags(&self) -> Vec<&str> {
        self.view.tags.iter().map(crate::model::Tag::as_str).collect()
    }

    /// How it stands to other companies, in order of telling; at most 100 are shown.
    #[graphql(directive = per_entry::apply(10))]
    async fn relations(&self) -> Vec<Relation> {
        self.view.relations.iter().take(100).cloned().map(Into::into).collect()
    }

    /// Of which parts the company is made, and why they are one.
    async fn parts(&self, ctx: &Context<'_>) -> Result<Parts> {
        let viewer = viewer_seeing(ctx, self.view.as_of)?;
        let parts = tertius(ctx)?.company_parts(&viewer, self.view.id).await;
        Parts::of(ctx, parts.map_err(|error| fail(ctx, error))?).await
    }

    /// Who works there today, in order of id.
    #[graphql(directive = per_page::apply(0))]
    async fn staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Employment>> {
        let request = page(first, after)?;
        let staff = loaders(ctx)?.one(StaffOf(self.view.id), self.view.as_of).await;
        let staff = staff.map_err(|error| shared(ctx, &error))?.unwrap_or_default();
        let page = cut_here(ctx, staff, "staff", &request)?;
        Ok(connection(page, Employment::from))
    }
}

/// How one company stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "CompanyRelationKind")]
pub enum CompanyRelationKind {
    /// The first is a partner of the second.
    Partner,
    /// The first is a customer of the second.
    Customer,
    /// The first has invested in the second.
    Investor,
    /// The first owns the second.
    Parent,
    /// The product of the first integrates with that of the second.
    IntegratesWith,
}

impl From<RelationKind> for CompanyRelationKind {
    fn from(kind: RelationKind) -> Self {
        match kind {
            RelationKind::Partner => Self::Partner,
            RelationKind::Customer => Self::Customer,
            RelationKind::Investor => Self::Investor,
            RelationKind::Parent => Self::Parent,
            RelationKind::IntegratesWith => Self::IntegratesWith,
        }
    }
}

/// A dated relation of two companies.
#[derive(Debug, Clone)]
pub struct Relation {
    view: RelationView,
}

impl From<RelationView> for Relation {
    fn from(view: RelationView) -> Self {
        Self { view }
    }
}

/// A dated relation of two companies.
#[Object(name = "CompanyRelation")]
impl Relation {
    /// The id: `relation_` and 32 digits from 0 to f; as of a past day, with `@` and the day.
    pub async fn id(&self) -> ID {
        node_id(self.view.id, self.view.as_of)
    }

    /// Which relation.
    async fn kind(&self) -> CompanyRelationKind {
        self.view.kind.into()
    }

    /// Whose relation it is; null where you may not see the company.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        load_company(ctx, self.view.from, self.view.as_of).await
    }

    /// To whom; null where you may not see the company.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        load_company(ctx, self.view.to, self.view.as_of).await
    }

    /// Since when, if that is known.
    async fn since(&self) -> Option<Date> {
        self.view.since.map(Date)
    }

    /// Until when; null while it goes on.
    async fn until(&self) -> Option<Date> {
        self.view.until.map(Date)
    }
}
