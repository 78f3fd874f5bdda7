//! For how long evidence is kept.

use crate::{
    model::{Author, Batch, BatchId, Change, Timestamp},
    service::ServiceResult,
};

use super::Tertius;

impl Tertius {
    /// From when on evidence is kept, if not for ever.
    pub(super) fn evidence_since(&self) -> Option<Timestamp> {
        let years = self.limits.evidence_years?;
        Some(self.clock.now().day().years_before(years).start())
    }

    /// Removes evidence that is older than it is kept, from past days too, and takes it out of the
    /// files. Where there is none, it changes nothing; a process need do this once a day.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    ///
    /// # Complexity
    /// One walk over all evidence, and one fold of the network where something goes.
    pub async fn forget_old_evidence(&self) -> ServiceResult<()> {
        let Some(since) = self.evidence_since() else { return Ok(()) };
        let batch = Batch {
            id: BatchId::new(self.ids.fresh()),
            author: Author::System,
            at: self.clock.now(),
            expects: Vec::new(),
            changes: vec![Change::ForgetEvidence(since)],
        };
        if self.store.apply(&batch).await?.changed == 0 {
            return Ok(());
        }
        self.snapshots.throw_away().await?;
        self.begin_epoch().await?;
        self.forget_pictures();
        self.wipe(None).await
    }
}
