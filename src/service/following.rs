//! Keeping the network up to date with what others write, and with the day.

use std::collections::BTreeSet;

use crate::{
    model::{AnyId, PersonId},
    store::PAGE_MAX,
};

use super::{ServiceResult, Tertius, picture::Picture};

impl Tertius {
    /// Takes in what others have written into the store since, and begins a new epoch when a new
    /// day has come. Where nothing has happened it costs one small read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn keep_up(&self) -> ServiceResult<()> {
        let a_new_day = self.clock.now().day() > self.today();
        if a_new_day {
            return self.begin_epoch().await;
        }
        if self.store.version().await? > self.version() {
            self.catch_up().await?;
        }
        Ok(())
    }

    async fn catch_up(&self) -> ServiceResult<()> {
        let _in_order = self.writing.lock().await;
        let picture = self.picture.load_full();
        let changed = self.store.changes_since(picture.version, PAGE_MAX).await?;
        let Some(last) = changed.last() else { return Ok(()) };
        let version = last.version;
        let people: BTreeSet<PersonId> = changed
            .iter()
            .filter_map(|change| match change.id {
                AnyId::PersonId(person) => Some(person),
                _ => None,
            })
            .collect();
        let calibrated = changed.iter().any(|c| matches!(c.id, AnyId::CalibrationId(_)));
        let more = changed.len() >= PAGE_MAX || version < self.store.version().await?;
        let whole = calibrated || more;
        let next = if whole {
            // More than is worth following one by one, or all weights are others.
            Picture::load(&self.store, picture.epoch.day).await?
        } else {
            let companies = changed.iter().any(|c| matches!(c.id, AnyId::CompanyId(_)));
            picture.followed(&self.store, (people, companies), version).await?
        };
        self.picture.store(std::sync::Arc::new(next));
        Ok(())
    }
}
