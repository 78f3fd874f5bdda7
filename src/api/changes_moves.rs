//! Who moved between two days.

use async_graphql::{Context, Enum, Object, Result};

use crate::{
    model::Title,
    service::{self, Vantage},
};

use super::{
    company::{Company, load_company},
    person::{Person, load_person},
    scalar::Date,
};

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::MoveKind")]
pub enum MoveKind {
    /// They work at a company at which they did not.
    Joined,
    /// They work there under another title.
    NewTitle,
    /// They do not work there any more.
    Left,
}

/// Whether something happened between two days, or was merely learnt between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::Occurrence")]
pub enum Occurrence {
    /// The day that is known of it lies between them.
    Happened,
    /// It was recorded between them, and happened before, or nobody knows when.
    Learnt,
}

/// That somebody joined a company, left it, or has a new title there.
#[derive(Debug, Clone)]
pub struct Move {
    found: service::Move,
}

/// That somebody joined a company, left it, or has a new title there.
#[Object]
impl Move {
    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.found.person, Vantage::NOW).await
    }

    /// What they did.
    async fn kind(&self) -> MoveKind {
        self.found.kind.into()
    }

    /// Where; null where you may not see the company.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        load_company(ctx, self.found.company, Vantage::NOW).await
    }

    /// As what they work there now; as what they worked there, of who left.
    async fn title(&self) -> Option<&str> {
        self.found.title.as_ref().map(Title::as_str)
    }

    /// As what they worked there before; only of a new title.
    async fn title_before(&self) -> Option<&str> {
        self.found.title_before.as_ref().map(Title::as_str)
    }

    /// The first day of the new employment, or the last one of the old, if it is known.
    async fn on(&self) -> Option<Date> {
        self.found.on.map(Date)
    }

    /// Whether it happened between the two days, or was merely learnt.
    async fn occurrence(&self) -> Occurrence {
        self.found.occurrence.into()
    }
}

impl From<service::Move> for Move {
    fn from(found: service::Move) -> Self {
        Self { found }
    }
}
