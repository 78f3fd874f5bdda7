//! What batches lookups: however many rows an answer has, the store is asked once per kind.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::dataloader::{DataLoader, Loader};

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

/// One loader for everything, so that it is made once per request.
pub(super) struct Loaders(pub(super) DataLoader<Lookup>);

impl Loaders {
    pub(super) fn new(tertius: &Arc<Tertius>, viewer: &Viewer) -> Self {
        let lookup = Lookup { tertius: Arc::clone(tertius), viewer: viewer.clone() };
        Self(DataLoader::new(lookup, tokio::spawn).delay(Duration::ZERO))
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
