//! What is kept about people, and how it goes.

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use neo4rs::query;

use super::{
    Neo4jStore,
    decode::{get, texts},
    facts::kept,
    told::{COLUMNS, Kept, Look},
};
use crate::{
    model::{Erasure, ErasureId, Fact, PersonId, Traces, Versioned},
    store::{Erasing, ErasureNote, StoreResult, check_page},
};

/// How many facts one step of a walk over all facts looks at.
pub(super) const FACTS_TOGETHER: i64 = 20_000;

/// The last of the facts after `$after` that one step looks at; no row where there are fewer.
pub(super) const STEP: &str =
    "MATCH (f:Fact) WHERE f.id > $after WITH f ORDER BY f.id SKIP $skip LIMIT 1 RETURN f.id AS id";

#[async_trait]
impl Erasing for Neo4jStore {
    fn stream_naming(&self, people: Vec<PersonId>) -> BoxStream<'_, StoreResult<Fact>> {
        let begin = async move {
            let text = format!(
                "MATCH (f:Fact) WHERE f.id > $after AND f.id <= $until
                     AND any(sign IN $signs WHERE f.claim CONTAINS sign) RETURN {COLUMNS}"
            );
            let mut found: Vec<Kept> = Vec::new();
            let mut after = String::new();
            loop {
                let step =
                    query(STEP).param("after", after.as_str()).param("skip", FACTS_TOGETHER - 1);
                let last = self.link().read(step).await?;
                let last: Option<String> = last.first().map(|row| get(row, "id")).transpose()?;
                let find = query(&text)
                    .param("after", after)
                    .param("until", last.clone().unwrap_or_else(|| "fact_g".to_owned()))
                    .param("signs", texts(&people));
                found.extend(kept(&self.link().read(find).await?)?);
                match last {
                    Some(last) => after = last,
                    None => break,
                }
            }
            found.sort_by_key(Kept::first_told);
            let facts: Vec<Fact> = found.iter().filter_map(|kept| kept.at(Look::NOW)).collect();
            StoreResult::Ok(stream::iter(facts.into_iter().map(Ok)))
        };
        stream::once(begin).try_flatten().boxed()
    }

    async fn erasures_after(
        &self,
        after: Option<ErasureId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Erasure>>> {
        check_page(limit)?;
        let any = ErasureId::new(0).into();
        self.records_after((any, Look::NOW), after.map(Into::into), limit).await
    }

    /// None: there is no file beside a server in which they could be noted.
    async fn erasures_to_repeat(&self) -> StoreResult<Vec<ErasureNote>> {
        Ok(Vec::new())
    }

    /// Nothing: what the server does with the bytes of what was deleted is its own.
    async fn wipe(&self, _: Option<Traces>) -> StoreResult<bool> {
        Ok(true)
    }
}
