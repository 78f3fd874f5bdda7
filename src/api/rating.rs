//! Ties that are worth a statement.

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::{model::PersonId, service, service::Vantage};

use super::{
    cost::per_entry,
    person::{Person, load_person},
};

/// A tie of yours that is worth a statement.
#[derive(Debug, Clone, Copy)]
pub struct TieToRate {
    person: PersonId,
    answers: usize,
}

/// A tie of yours that is worth a statement.
#[Object]
impl TieToRate {
    /// With whom.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.person, Vantage::NOW).await
    }

    /// To how many accounts there would be a better path if the two of you knew each other well.
    async fn answers(&self) -> i32 {
        i32::try_from(self.answers).unwrap_or(i32::MAX)
    }
}

/// What there is to rate.
#[derive(Debug, Clone, SimpleObject)]
pub struct TiesToRate {
    /// The ties of which a statement would better most answers, first; none that would better none.
    #[graphql(directive = per_entry::apply(1))]
    pub ties: Vec<TieToRate>,
    /// About how many accounts.
    pub accounts: i32,
}

impl From<service::TiesToRate> for TiesToRate {
    fn from(found: service::TiesToRate) -> Self {
        let ties = found.ties.into_iter();
        let ties = ties.map(|tie| TieToRate { person: tie.person, answers: tie.answers });
        let accounts = i32::try_from(found.accounts).unwrap_or(i32::MAX);
        Self { ties: ties.collect(), accounts }
    }
}
