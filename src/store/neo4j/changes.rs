//! What each version changed, when it came to be, and the epochs that began with some of them.

use std::collections::BTreeSet;

use futures_util::stream::BoxStream;
use neo4rs::query;

use super::{
    Neo4jStore,
    decode::get,
    error::backend,
    load::epoch_in,
    paging::{Paged, pages},
    save::ids_of,
};
use crate::{
    model::{AnyId, Epoch, Timestamp, Version},
    store::{ChangedAt, StoreResult},
};

/// How many versions one page has.
const VERSIONS_TOGETHER: i64 = 100;

impl Neo4jStore {
    /// The version of the database, whatever this looks at.
    pub(super) async fn last_version(&self) -> StoreResult<Version> {
        let find = query("MATCH (m:Meta {id: 'meta'}) RETURN m.version AS version");
        let rows = self.link().read(find).await?;
        let version: i64 = rows.first().map_or(Ok(0), |row| get(row, "version"))?;
        Ok(Version(version.unsigned_abs()))
    }

    /// The secret of the store, kept for good when it is first asked for.
    pub(super) async fn secret(&self, proposed: [u8; 32]) -> StoreResult<[u8; 32]> {
        let keep = query(
            "MATCH (m:Meta {id: 'meta'}) SET m.turn = m.turn + 1
             SET m.secret = coalesce(m.secret, $secret) RETURN m.secret AS secret",
        );
        let proposed: Vec<i64> = proposed.into_iter().map(i64::from).collect();
        let rows = self.link().write_alone(keep.param("secret", proposed)).await?;
        let kept: Vec<u8> = rows.first().map_or(Ok(Vec::new()), |row| get(row, "secret"))?;
        kept.try_into().map_err(|_| backend("the Meta node has no secret of 32 numbers"))
    }

    /// The last version that was written before a moment.
    pub(super) async fn last_version_before(&self, moment: Timestamp) -> StoreResult<Version> {
        let find = query("MATCH (b:Batch) WHERE b.at < $moment RETURN max(b.version) AS version");
        let rows = self.link().read(find.param("moment", moment.as_ms())).await?;
        let version: Option<i64> = rows.first().map_or(Ok(None), |row| get(row, "version"))?;
        Ok(Version(version.unwrap_or_default().unsigned_abs()))
    }

    /// The epoch that began last.
    pub(super) async fn epoch(&self) -> StoreResult<Option<Epoch>> {
        let find = query(
            "MATCH (e:Epoch) WHERE e.version <= $at
             RETURN e.version AS version, e.day AS day ORDER BY version DESC LIMIT 1",
        );
        let rows = self.link().read(find.param("at", self.look().at)).await?;
        rows.first().map(epoch_in).transpose()
    }

    /// What changed after a version.
    pub(super) fn all_changes(&self, after: Version) -> BoxStream<'_, StoreResult<ChangedAt>> {
        let page = |store: Self, at: i64, after: i64| async move {
            let until = after.saturating_add(VERSIONS_TOGETHER).min(at);
            let find = query(
                "MATCH (c:Changed) WHERE c.version > $after AND c.version <= $until
                     AND c.owner IN $owners
                 RETURN c.version AS version, c.ids AS ids",
            );
            let find = find
                .param("after", after)
                .param("until", until)
                .param("owners", store.look().owners());
            let mut changed: BTreeSet<(Version, AnyId)> = BTreeSet::new();
            for row in store.link().read(find).await? {
                let version = Version(get::<i64>(&row, "version")?.unsigned_abs());
                let ids = ids_of(&get::<Vec<&str>>(&row, "ids")?)?;
                changed.extend(ids.into_iter().map(|id| (version, id)));
            }
            let items = changed.into_iter().map(|(version, id)| ChangedAt { version, id });
            Ok(Paged { items: items.collect(), next: (until < at).then_some(until) })
        };
        pages(self, i64::try_from(after.0).unwrap_or(i64::MAX), page)
    }
}
