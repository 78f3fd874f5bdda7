//! What batches lookups: however many rows an answer has, the store is asked once per kind.

use std::{
    collections::{BTreeMap, HashMap},
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
    service::{CompanyView, JobView, PersonView, Receipt, ServiceError, Tertius, Vantage, Viewer},
};

use super::supposing::Hypotheses;

/// The error of a batch, shared by all who waited for it.
pub(super) type Shared = Arc<ServiceError>;

/// What a batch found.
type Found<K, V> = Result<HashMap<At<K>, V>, Shared>;

/// Looks things up as one viewer sees them.
pub(super) struct Lookup {
    tertius: Arc<Tertius>,
    viewer: Viewer,
    supposed: Arc<Hypotheses>,
}

/// What is looked up, and from where it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct At<K> {
    pub(super) key: K,
    pub(super) as_of: Vantage,
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
    pub(super) fn new(tertius: &Arc<Tertius>, viewer: &Viewer, supposed: &Arc<Hypotheses>) -> Self {
        let (tertius, supposed) = (Arc::clone(tertius), Arc::clone(supposed));
        let lookup = Lookup { tertius, viewer: viewer.clone(), supposed };
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

    /// Loads one thing as it is seen from somewhere, together with everything else that is wanted at the same time.
    pub(super) async fn one<K>(
        &self,
        key: K,
        as_of: Vantage,
    ) -> Result<Option<<Lookup as Loader<At<K>>>::Value>, Shared>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Lookup: Loader<At<K>, Error = Shared>,
    {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.loader.load_one(At { key, as_of }).await
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

impl Lookup {
    /// Keys by from where they are seen, with who asks from there: the store is asked once for each.
    fn by_vantage<K: Copy>(&self, keys: &[At<K>]) -> Vec<(Viewer, Vec<K>)> {
        let mut seen: BTreeMap<Vantage, Vec<K>> = BTreeMap::new();
        for at in keys {
            seen.entry(at.as_of).or_default().push(at.key);
        }
        let from = |vantage| self.supposed.viewer_at(&self.viewer, vantage);
        seen.into_iter().map(|(vantage, keys)| (from(vantage), keys)).collect()
    }
}

/// Puts what was found from somewhere to its keys.
fn put<K, V>(
    all: &mut HashMap<At<K>, V>,
    as_of: Vantage,
    found: impl IntoIterator<Item = (K, Option<V>)>,
) where
    K: Eq + Hash,
{
    let found = found.into_iter();
    all.extend(found.filter_map(|(key, value)| Some((At { key, as_of }, value?))));
}

impl Loader<At<PersonId>> for Lookup {
    type Value = PersonView;
    type Error = Shared;

    async fn load(&self, keys: &[At<PersonId>]) -> Found<PersonId, PersonView> {
        let mut all = HashMap::new();
        for (viewer, ids) in self.by_vantage(keys) {
            let people = self.tertius.people(&viewer, &ids).await?;
            put(&mut all, viewer.vantage(), ids.into_iter().zip(people));
        }
        Ok(all)
    }
}

impl Loader<At<CompanyId>> for Lookup {
    type Value = CompanyView;
    type Error = Shared;

    async fn load(&self, keys: &[At<CompanyId>]) -> Found<CompanyId, CompanyView> {
        let mut all = HashMap::new();
        for (viewer, ids) in self.by_vantage(keys) {
            let companies = self.tertius.companies(&viewer, &ids).await?;
            put(&mut all, viewer.vantage(), ids.into_iter().zip(companies));
        }
        Ok(all)
    }
}

impl Loader<At<StaffOf>> for Lookup {
    type Value = Vec<JobView>;
    type Error = Shared;

    async fn load(&self, keys: &[At<StaffOf>]) -> Found<StaffOf, Vec<JobView>> {
        let mut all = HashMap::new();
        for (viewer, keys) in self.by_vantage(keys) {
            let companies: Vec<CompanyId> = keys.iter().map(|key| key.0).collect();
            let staff = self.tertius.staff(&viewer, &companies).await?;
            put(&mut all, viewer.vantage(), keys.into_iter().zip(staff.into_iter().map(Some)));
        }
        Ok(all)
    }
}

impl Loader<At<TieOf>> for Lookup {
    type Value = Receipt;
    type Error = Shared;

    async fn load(&self, keys: &[At<TieOf>]) -> Found<TieOf, Receipt> {
        let mut all = HashMap::new();
        for (viewer, keys) in self.by_vantage(keys) {
            let pairs: Vec<_> = keys.iter().map(|key| (key.0, key.1)).collect();
            let receipts = self.tertius.receipts(&viewer, &pairs).await?;
            put(&mut all, viewer.vantage(), keys.into_iter().zip(receipts));
        }
        Ok(all)
    }
}
