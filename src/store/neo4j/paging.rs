//! Long streams, read in pages of one version: nothing is held open between two of them.

use std::future::Future;

use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};

use super::Neo4jStore;
use crate::store::{Store as _, StoreResult};

/// A page, and where the next one begins; nothing after the last.
pub(super) struct Paged<T, K> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<K>,
}

/// Streams pages as of the version at which the stream begins: whatever is written meanwhile belongs
/// to later versions. An erasure alone, which rewrites all of them, is seen.
pub(super) fn pages<T, K, F>(
    store: &Neo4jStore,
    first: K,
    page: impl Fn(Neo4jStore, i64, K) -> F + Send + Sync + 'static,
) -> BoxStream<'_, StoreResult<T>>
where
    T: Send + 'static,
    K: Send + 'static,
    F: Future<Output = StoreResult<Paged<T, K>>> + Send + 'static,
{
    let page = std::sync::Arc::new(page);
    let begin = async move {
        let at = store.version().await?.0 as i64;
        let step = move |next: Option<K>| {
            let page = std::sync::Arc::clone(&page);
            async move {
                let Some(from) = next else { return StoreResult::Ok(None) };
                let Paged { items, next } = page(store.clone(), at, from).await?;
                let items = stream::iter(items.into_iter().map(Ok));
                Ok(Some((items, next)))
            }
        };
        StoreResult::Ok(stream::try_unfold(Some(first), step).try_flatten())
    };
    stream::once(begin).try_flatten().boxed()
}
