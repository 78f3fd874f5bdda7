//! What changed between two days.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

use crate::service::{self, Band, ChangesQuestion, TieChangeKind, TieChangeView, Vantage};

use super::{
    changes_moves::Move,
    changes_ways::EntranceChanges,
    connection::{Listed, connection},
    context::{tertius, viewer},
    cost::{per_entry, per_page, weighing},
    error::fail,
    input::{id, page},
    list::cut_here,
    person::{Person, load_person},
    scalar::{Date, Score},
    tie::{StrengthBand, Tie},
};

/// So many newcomers in sight are shown at most.
const NEWCOMERS_MAX: usize = 100;

/// Whose ties and paths are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ChangesAmong {
    /// Yours.
    Mine,
    /// Those of anybody in your team.
    Team,
}

/// A question for what changed.
#[derive(Debug, Clone, InputObject)]
pub struct WhatChangedInput {
    /// From the end of this day.
    pub since: Date,
    /// To the end of this day; today if nothing is said.
    pub until: Option<Date>,
    /// The list into which paths are compared. With it, moves are those of the people on it and of
    /// who works at its companies; without it, of whom you know.
    pub list_id: Option<ID>,
    /// Whose ties and paths; yours if nothing is said.
    pub among: Option<ChangesAmong>,
}

/// A tie that changed between two days.
#[derive(Debug, Clone)]
pub struct TieChange {
    view: TieChangeView,
}

/// A tie that changed between two days.
#[Object]
impl TieChange {
    /// One of the two: you, or who of the team.
    async fn knower(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.view.change.knower, Vantage::NOW).await
    }

    /// The other.
    async fn other(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.view.change.other, Vantage::NOW).await
    }

    /// The strength at the end of the earlier day; null where there was no tie.
    async fn strength_then(&self) -> Option<Score> {
        self.view.change.then.map(Score::of)
    }

    /// The strength at the end of the later day; null where there is no tie.
    async fn strength_now(&self) -> Option<Score> {
        self.view.change.now.map(Score::of)
    }

    /// The strength of the earlier day in a word.
    async fn band_then(&self) -> Option<StrengthBand> {
        self.view.change.then.map(|strength| Band::of(strength).into())
    }

    /// The strength of the later day in a word.
    async fn band_now(&self) -> Option<StrengthBand> {
        self.view.change.now.map(|strength| Band::of(strength).into())
    }

    /// The last day of contact that you may see.
    async fn last_contact_on(&self) -> Option<Date> {
        self.view.receipt.last_contact.map(Date)
    }

    /// Of a tie that is new or gone: who the other is one with on the day without it; null where
    /// they stand alone.
    async fn one_with(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.view.change.one_with {
            Some(person) => load_person(ctx, person, Vantage::NOW).await,
            None => Ok(None),
        }
    }

    /// The tie at the end of the later day, or of the earlier one where it is gone, as far as you
    /// may see it.
    async fn tie(&self) -> Tie {
        let change = &self.view.change;
        Tie::new(change.knower, change.other, self.view.receipt.clone())
    }
}

/// Who, and what, was heard of for the first time between two days.
#[derive(Debug, Clone)]
pub struct Newcomers {
    found: service::Newcomers,
}

/// Who, and what, was heard of for the first time between two days.
#[Object]
impl Newcomers {
    /// How many people that you may see.
    async fn people(&self) -> i32 {
        number(self.found.people)
    }

    /// How many companies that you may see.
    async fn companies(&self) -> i32 {
        number(self.found.companies)
    }

    /// Whether these are all; no more than 5,000 of each are looked at.
    async fn complete(&self) -> bool {
        self.found.complete
    }

    /// Those of the people whom the moves are about, in order of id; at most 100 are shown.
    #[graphql(directive = per_entry::apply(100))]
    async fn in_sight(&self, ctx: &Context<'_>) -> Result<Vec<Option<Person>>> {
        let near = self.found.in_sight.iter().take(NEWCOMERS_MAX);
        futures_util::future::try_join_all(near.map(|&id| load_person(ctx, id, Vantage::NOW))).await
    }
}

/// What is different at the end of one day from the end of another.
#[derive(Debug)]
pub struct WhatChanged {
    changes: service::Changes,
    has_list: bool,
}

/// What is different at the end of one day from the end of another. It is the difference of what
/// you would have seen on these days, with the rights that you have today.
#[Object]
impl WhatChanged {
    /// From the end of this day.
    async fn since(&self) -> Date {
        Date(self.changes.since)
    }

    /// To the end of this day.
    async fn until(&self) -> Date {
        Date(self.changes.until)
    }

    /// The day on which anything was first recorded; null where nothing was. Where `since` is
    /// before it, everything is new.
    async fn recorded_since(&self, ctx: &Context<'_>) -> Result<Option<Date>> {
        let day = tertius(ctx)?.recorded_since().await.map_err(|error| fail(ctx, error))?;
        Ok(day.map(Date))
    }

    /// Ties that were not there: the strongest first.
    #[graphql(directive = per_page::apply(0))]
    async fn new_ties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<TieChange>> {
        self.ties(ctx, TieChangeKind::New, first, after).await
    }

    /// Ties that rose to a higher band: those that grew most first.
    #[graphql(directive = per_page::apply(0))]
    async fn grown_ties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<TieChange>> {
        self.ties(ctx, TieChangeKind::Grown, first, after).await
    }

    /// Ties that fell to a lower band: those that lost most first.
    #[graphql(directive = per_page::apply(0))]
    async fn faded_ties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<TieChange>> {
        self.ties(ctx, TieChangeKind::Faded, first, after).await
    }

    /// Ties that are not there any more, because evidence was taken back, or because people became
    /// one: the strongest first.
    #[graphql(directive = per_page::apply(0))]
    async fn gone_ties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<TieChange>> {
        self.ties(ctx, TieChangeKind::Gone, first, after).await
    }

    /// Who joined a company, left it, or has a new title: what happened between the days first, then
    /// what was merely learnt, each the newest first. Of those whom you know, the 5,000 with the
    /// strongest ties are looked at.
    #[graphql(directive = per_page::apply(100))]
    async fn moves(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Move>> {
        let request = page(first, after)?;
        let moves = tertius(ctx)?.moves(&self.changes).await.map_err(|error| fail(ctx, error))?;
        Ok(connection(cut_here(ctx, moves, "moves", &request)?, Move::from))
    }

    /// What became of the best paths to the people, and into the companies, that are on the list at
    /// the end of the later day; null where no list was named.
    #[graphql(directive = weighing::apply(500))]
    async fn paths(&self, ctx: &Context<'_>) -> Result<Option<EntranceChanges>> {
        if !self.has_list {
            return Ok(None);
        }
        let found = tertius(ctx)?.entrance_changes(&self.changes).await;
        Ok(Some(found.map_err(|error| fail(ctx, error))?.into()))
    }

    /// Who, and what, was heard of for the first time.
    #[graphql(directive = weighing::apply(100))]
    async fn newcomers(&self, ctx: &Context<'_>) -> Result<Newcomers> {
        let found = tertius(ctx)?.newcomers(&self.changes).await;
        Ok(Newcomers { found: found.map_err(|error| fail(ctx, error))? })
    }
}

impl WhatChanged {
    async fn ties(
        &self,
        ctx: &Context<'_>,
        kind: TieChangeKind,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Listed<TieChange>> {
        let request = page(first, after)?;
        let found = tertius(ctx)?.tie_changes(&self.changes, kind, &request).await;
        Ok(connection(found.map_err(|error| fail(ctx, error))?, |view| TieChange { view }))
    }
}

pub(super) fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Asks what changed.
pub(super) async fn what_changed(
    ctx: &Context<'_>,
    input: &WhatChangedInput,
) -> Result<WhatChanged> {
    let list = input.list_id.as_ref().map(|list| id("listId", list)).transpose()?;
    let question = ChangesQuestion {
        since: input.since.0,
        until: input.until.map(|until| until.0),
        list,
        scope: match input.among {
            Some(ChangesAmong::Team) => service::From::MyTeam,
            Some(ChangesAmong::Mine) | None => service::From::Me,
        },
    };
    let found = tertius(ctx)?.what_changed(viewer(ctx)?, &question).await;
    let changes = found.map_err(|error| fail(ctx, error))?;
    Ok(WhatChanged { changes, has_list: list.is_some() })
}
