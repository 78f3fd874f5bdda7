//! Walks over everything that is recorded.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::sync::mpsc;

use crate::{
    model::PersonId,
    service::{ServiceResult, in_background},
    store::{PAGE_MAX, PairRow},
};

use super::{Pair, Recorded};

/// How many pages of pairs wait for whoever folds them.
const PAGES_WAITING: usize = 4;

impl Recorded {
    /// Everybody who is shown, in order of id.
    pub(in crate::service) async fn everybody(&self) -> ServiceResult<Vec<PersonId>> {
        let shown = |id: &PersonId| {
            let shown = !self.joins.people.is_hidden(*id);
            async move { shown }
        };
        let people = self.store.stream_people();
        Ok(people.try_filter(shown).boxed().try_collect().await?)
    }

    /// Hands the evidence of every pair to a fold, which runs on a thread of its own; pairs of
    /// parts come last.
    ///
    /// # Complexity
    /// One walk over all evidence; that of parts is read a second time, and only their pairs are
    /// remembered meanwhile.
    pub(in crate::service) async fn each_pair<Fold: Send + 'static>(
        &self,
        mut fold: Fold,
        take: fn(&mut Fold, PairRow),
    ) -> ServiceResult<Fold> {
        let (send, mut rows) = mpsc::channel::<Vec<PairRow>>(PAGES_WAITING);
        let folded = in_background(move || {
            while let Some(rows) = rows.blocking_recv() {
                for row in rows {
                    take(&mut fold, row);
                }
            }
            Ok(fold)
        });
        let (fold, ()) = futures_util::try_join!(folded, self.send_pairs(send))?;
        Ok(fold)
    }

    async fn send_pairs(&self, to: mpsc::Sender<Vec<PairRow>>) -> ServiceResult<()> {
        let mut joined: BTreeSet<Pair> = BTreeSet::new();
        let people = &self.joins.people;
        let mut pairs = self.store.stream_pairs().ready_chunks(PAGE_MAX);
        while let Some(rows) = pairs.next().await {
            let rows = rows.into_iter().collect::<Result<Vec<PairRow>, _>>()?;
            let (parts, whole): (Vec<_>, Vec<_>) = rows
                .into_iter()
                .partition(|row| people.is_joined(row.low) || people.is_joined(row.high));
            joined.extend(parts.iter().filter_map(|row| self.pair((row.low, row.high))));
            // Whoever folds may have failed: that is told where it is waited for.
            to.send(whole).await.ok();
        }
        let joined: Vec<Pair> = joined.into_iter().collect();
        for page in joined.chunks(PAGE_MAX) {
            to.send(self.evidence_of_pairs(page).await?).await.ok();
        }
        Ok(())
    }
}
