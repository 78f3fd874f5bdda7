//! What became of the best paths into a list between two days.

use async_graphql::{Context, Object, Result, Union};

use crate::{
    model::Holder,
    service::{self, EntranceChangeKind, LoadBand, Vantage, Verdict as Word},
};

use super::{
    changes::number,
    changes_moves::Move,
    company::load_company,
    connection::{Listed, connection},
    cost::{per_entry, per_page},
    input::page,
    list::{ListEntry, cut_here},
    path::{Load, Verdict},
    person::{Person, load_person},
    scalar::Score,
};

/// The best path of one day.
#[derive(Debug, Clone)]
pub struct Way {
    found: service::Way,
}

/// The best path of one day.
#[Object(name = "BestPath")]
impl Way {
    /// The probability that every step is granted.
    async fn probability(&self) -> Score {
        Score::of(self.found.probability)
    }

    /// That in words.
    async fn verdict(&self) -> Verdict {
        Word::of(self.found.probability).into()
    }

    /// Everybody on it, from the seeker to the target; null for whom you may not see.
    #[graphql(directive = per_entry::apply(5))]
    async fn people(&self, ctx: &Context<'_>) -> Result<Vec<Option<Person>>> {
        let people = self.found.people.iter().map(|&id| load_person(ctx, id, Vantage::NOW));
        futures_util::future::try_join_all(people).await
    }

    /// Whom to ask first.
    async fn ask_first(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.found.ask_first() {
            Some(person) => load_person(ctx, person, Vantage::NOW).await,
            None => Ok(None),
        }
    }
}

/// That a tie on a path is new or gone, or much stronger or weaker.
#[derive(Debug, Clone)]
pub struct TieDifference {
    found: service::TieChange,
}

/// That a tie on a path is new or gone, or much stronger or weaker.
#[Object]
impl TieDifference {
    /// Who asks.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.found.knower, Vantage::NOW).await
    }

    /// Who is asked.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.found.other, Vantage::NOW).await
    }

    /// The strength at the end of the earlier day; null where there was no tie.
    async fn strength_then(&self) -> Option<Score> {
        self.found.then.map(Score::of)
    }

    /// The strength at the end of the later day; null where there is no tie.
    async fn strength_now(&self) -> Option<Score> {
        self.found.now.map(Score::of)
    }
}

/// That a connector is asked more, or less, than before.
#[derive(Debug, Clone)]
pub struct LoadDifference {
    person: crate::model::PersonId,
    then: LoadBand,
    now: LoadBand,
}

/// That a connector is asked more, or less, than before.
#[Object]
impl LoadDifference {
    /// Who is asked.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.person, Vantage::NOW).await
    }

    /// How often they had been asked at the end of the earlier day.
    async fn load_then(&self) -> Load {
        self.then.into()
    }

    /// How often they had been asked at the end of the later day.
    async fn load_now(&self) -> Load {
        self.now.into()
    }
}

/// What most likely opened, closed, bettered or worsened a path.
#[derive(Debug, Clone, Union)]
pub enum ChangeCause {
    /// The target came to the company, or left it.
    Move(Move),
    /// A tie on the path changed.
    TieDifference(TieDifference),
    /// A connector is asked more, or less.
    LoadDifference(LoadDifference),
}

impl From<service::Cause> for ChangeCause {
    fn from(cause: service::Cause) -> Self {
        match cause {
            service::Cause::Moved(found) => Self::Move(found.into()),
            service::Cause::Tie(found) => Self::TieDifference(TieDifference { found }),
            service::Cause::Asked { person, then, now } => {
                Self::LoadDifference(LoadDifference { person, then, now })
            }
        }
    }
}

/// That the best path to somebody, or into a company, changed between two days.
#[derive(Debug, Clone)]
pub struct EntranceChange {
    found: service::EntranceChange,
}

/// That the best path to somebody, or into a company, changed between two days.
#[Object]
impl EntranceChange {
    /// To whom, or into which company; null where you may not see it.
    async fn into(&self, ctx: &Context<'_>) -> Result<Option<ListEntry>> {
        Ok(match self.found.into {
            Holder::Person(id) => load_person(ctx, id, Vantage::NOW).await?.map(ListEntry::Person),
            Holder::Company(id) => {
                load_company(ctx, id, Vantage::NOW).await?.map(ListEntry::Company)
            }
        })
    }

    /// The best path at the end of the earlier day; null where there was none.
    async fn then(&self) -> Option<Way> {
        self.found.then.clone().map(|found| Way { found })
    }

    /// The best path at the end of the later day; null where there is none.
    async fn now(&self) -> Option<Way> {
        self.found.now.clone().map(|found| Way { found })
    }

    /// What most likely did it, as far as that is easily told; three at most.
    #[graphql(directive = per_entry::apply(3))]
    async fn causes(&self) -> Vec<ChangeCause> {
        self.found.causes.iter().cloned().map(ChangeCause::from).collect()
    }
}

/// What became of the best paths into a list between two days.
#[derive(Debug, Clone)]
pub struct EntranceChanges {
    found: service::EntranceChanges,
}

impl From<service::EntranceChanges> for EntranceChanges {
    fn from(found: service::EntranceChanges) -> Self {
        Self { found }
    }
}

/// What became of the best paths into a list between two days.
#[Object]
impl EntranceChanges {
    /// There was no path: the likeliest first.
    #[graphql(directive = per_page::apply(0))]
    async fn opened(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<EntranceChange>> {
        self.of(ctx, EntranceChangeKind::Opened, first, after)
    }

    /// There is no path any more: what was likeliest first.
    #[graphql(directive = per_page::apply(0))]
    async fn closed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<EntranceChange>> {
        self.of(ctx, EntranceChangeKind::Closed, first, after)
    }

    /// The best path is likelier by 0.05 or more: what won most first.
    #[graphql(directive = per_page::apply(0))]
    async fn better(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<EntranceChange>> {
        self.of(ctx, EntranceChangeKind::Better, first, after)
    }

    /// The best path is less likely by 0.05 or more: what lost most first.
    #[graphql(directive = per_page::apply(0))]
    async fn worse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<EntranceChange>> {
        self.of(ctx, EntranceChangeKind::Worse, first, after)
    }

    /// How many entries of the list have a path about as good as before, or none as before.
    async fn unchanged(&self) -> i32 {
        number(self.found.unchanged)
    }
}

impl EntranceChanges {
    fn of(
        &self,
        ctx: &Context<'_>,
        kind: EntranceChangeKind,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Listed<EntranceChange>> {
        let all = self.found.of(kind).cloned().collect();
        let page = cut_here(ctx, all, kind.name(), &page(first, after)?)?;
        Ok(connection(page, |found| EntranceChange { found }))
    }
}
