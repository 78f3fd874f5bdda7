//! For whose eyes tellings are, and what a member never shows.

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use neo4rs::query;

use super::{
    Neo4jStore,
    decode::{get, id, texts},
    facts::kept,
    records,
    told::COLUMNS,
};
use crate::{
    model::{AudienceRule, Fact, FactId, ImportId, MemberId, Versioned},
    store::{Audiences, PAGE_MAX, StoreResult},
};

#[async_trait]
impl Audiences for Neo4jStore {
    fn stream_told_by(
        &self,
        member: MemberId,
        import: Option<ImportId>,
    ) -> BoxStream<'_, StoreResult<Fact>> {
        let begin = async move {
            let at = self.last_version().await?.0 as i64;
            let ids = self.ids_told_by((member, import), at).await?;
            let ids = stream::iter(ids).chunks(PAGE_MAX);
            StoreResult::Ok(ids.then(move |ids| self.facts_then(ids, at)).try_flatten())
        };
        stream::once(begin).try_flatten().boxed()
    }

    async fn audience_rules_of(
        &self,
        member: MemberId,
    ) -> StoreResult<Vec<Versioned<AudienceRule>>> {
        let find = query(
            "MATCH (r:AudienceRule {owner: $member})
             RETURN r.body AS body, r.revision AS revision ORDER BY r.id LIMIT $limit",
        );
        let find = find.param("member", member.to_string()).param("limit", PAGE_MAX as i64);
        self.link().read(find).await?.iter().map(records::in_row).collect()
    }
}

impl Neo4jStore {
    /// The facts that a member told by a version and had not taken back, in order of telling. 48 bytes
    /// each are held.
    async fn ids_told_by(
        &self,
        (member, import): (MemberId, Option<ImportId>),
        at: i64,
    ) -> StoreResult<Vec<FactId>> {
        let find = query(
            "MATCH (a:Teller {recorder: $member}) WHERE $import IS NULL OR a.import = $import
             MATCH (a)<-[t:TOLD_BY]-(f:Fact) WHERE t.version <= $at AND (t.gone IS NULL OR t.gone > $at)
             RETURN f.id AS id, t.version AS version, t.place AS place",
        );
        let find = find
            .param("member", member.to_string())
            .param("import", import.map(|import| import.to_string()))
            .param("at", at);
        let mut told: Vec<(i64, i64, FactId)> = Vec::new();
        let each = |row: &neo4rs::Row| {
            told.push((get(row, "version")?, get(row, "place")?, id(get(row, "id")?)?));
            Ok(())
        };
        self.link().read_each(find, each).await?;
        told.sort_unstable();
        let mut seen = rustc_hash::FxHashSet::default();
        let first = told.into_iter().filter(|(.., id)| seen.insert(*id));
        Ok(first.map(|(.., id)| id).collect())
    }

    /// Facts as they were at a version, in the order of their ids.
    async fn facts_then(
        &self,
        ids: Vec<FactId>,
        at: i64,
    ) -> StoreResult<impl futures_util::Stream<Item = StoreResult<Fact>> + use<>> {
        let find = format!("UNWIND $ids AS id MATCH (f:Fact {{id: id}}) RETURN {COLUMNS}");
        let rows = self.link().read(query(&find).param("ids", texts(&ids))).await?;
        let mut facts: rustc_hash::FxHashMap<FactId, Fact> =
            kept(&rows)?.iter().filter_map(|kept| Some((kept.id, kept.at(at)?))).collect();
        let facts: Vec<Fact> = ids.iter().filter_map(|id| facts.remove(id)).collect();
        Ok(stream::iter(facts.into_iter().map(Ok)))
    }
}
