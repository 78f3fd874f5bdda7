//! What batches lookups: however many rows an answer has, the store is asked once per kind.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use futures_util::future::BoxFuture;

use crate::{
    model::{CompanyId, PersonId},
    service::{CompanyView, JobView, PersonView, Receipt, ServiceError, Tertius, Viewer},
};

/// The error of a batch, shared by all who waited for it.
pub(super) type Shared = Arc<ServiceError>;

/// Looks things up as one viewer sees them.
pub(super) struct Lookup {
    tertius: Arc<Tertius>,
    viewer: Viewer,
}

/// Who works at a company today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct StaffOf(pub(super) CompanyId);

/// The tie of two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TieOf(pub(super) PersonId, pub(super) PersonId);

/// One loader for everything, made once per request; what was loaded is remembered.
pub(super) struct Loaders {
    loader: DataLoader<Lookup, HashMapCache>,
    asked: Arc<AtomicU64>,
}

impl Loaders {
    pub(super) fn new(tertius: &Arc<Tertius>, viewer: &Viewer) -> Self {
        let lookup = Lookup { tertius: Arc::clone(tertius), viewer: viewer.clone() };
        let asked = Arc::new(AtomicU64::new(0));
        let watched = Arc::clone(&asked);
        let spawn = move |load: BoxFuture<'static, ()>| {
            let asked = Arc::clone(&watched);
            tokio::spawn(async move {
                until_quiet(&asked).await;
                load.await;
            })
        };
        let loader = DataLoader::with_cache(lookup, spawn, HashMapCache::default());
        Self { loader: loader.delay(Duration::ZERO), asked }
    }

    /// Loads one thing, together with everything else that is wanted at the same time.
    pub(super) async fn one<K>(
        &self,
        key: K,
    ) -> Result<Option<<Lookup as Loader<K>>::Value>, Shared>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Lookup: Loader<K, Error = Shared>,
    {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.loader.load_one(key).await
    }
}

/// Waits until nothing more is asked for.
///
/// The executor resolves a list of more than thirty entries a few at a time, and yields between
/// them: a load that began at once would bring them in many small batches.
async fn until_quiet(asked: &AtomicU64) {
    const QUIET_YIELDS: usize = 32;
    let mut before = asked.load(Ordering::Relaxed);
    loop {
        for _ in 0..QUIET_YIELDS {
            tokio::task::yield_now().await;
        }
        match asked.load(Ordering::Relaxed) {
            now if now == before => return,
            now => before = now,
        }
    }
}

fn found<K: Copy + Eq + std::hash::Hash, V>(keys: &[K], values: Vec<Option<V>>) -> HashMap<K, V> {
    let pairs = keys.iter().copied().zip(values);
    pairs.filter_map(|(key, value)| value.map(|value| (key, value))).collect()
}

impl Loader<PersonId> for Lookup {
    type Value = PersonView;
    type Error = Shared;

    async fn load(&self, keys: &[PersonId]) -> Result<HashMap<PersonId, PersonView>, Shared> {
        Ok(found(keys, self.tertius.people(&self.viewer, keys).await?))
    }
}

impl Loader<CompanyId> for Lookup {
    type Value = CompanyView;
    type Error = Shared;

    async fn load(&self, keys: &[CompanyId]) -> Result<HashMap<CompanyId, CompanyView>, Shared> {
        Ok(found(keys, self.tertius.companies(&self.viewer, keys).await?))
    }
}

impl Loader<StaffOf> for Lookup {
    type Value = Vec<JobView>;
    type Error = Shared;

    async fn load(&self, keys: &[StaffOf]) -> Result<HashMap<StaffOf, Vec<JobView>>, Shared> {
        let companies: Vec<CompanyId> = keys.iter().map(|key| key.0).collect();
        let staff = self.tertius.staff(&self.viewer, &companies).await?;
        Ok(keys.iter().copied().zip(staff).collect())
    }
}

impl Loader<TieOf> for Lookup {
    type Value = Receipt;
    type Error = Shared;

    async fn load(&self, keys: &[TieOf]) -> Result<HashMap<TieOf, Receipt>, Shared> {
        let pairs: Vec<_> = keys.iter().map(|key| (key.0, key.1)).collect();
        Ok(found(keys, self.tertius.receipts(&self.viewer, &pairs).await?))
    }
}
