//! What an import may show, where its member has rules: it is told to them alone first, and what no
//! rule hides is told to the team when all of it is there.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream::BoxStream};

use crate::{
    model::{
        Attestation, Audience, Claim, CompanyId, Fact, Holder, ImportId, MemberId, PersonId,
        Timestamp,
    },
    service::{ServiceResult, Tertius},
    store::{PAGE_MAX, StoreResult},
};

use super::{
    ruled::Ruled,
    told_again::{ToldAgain, of_claim},
};

/// The companies of an import.
#[derive(Debug, Default)]
struct Companies {
    /// Where somebody works, or something is told, that no rule hides.
    open: BTreeSet<CompanyId>,
    /// Where somebody works of whom a rule hides it.
    hidden: BTreeSet<CompanyId>,
}

impl Companies {
    fn add(&mut self, claim: &Claim, is_hidden: bool) {
        match claim {
            Claim::Employment(job) if is_hidden => _ = self.hidden.insert(job.company),
            Claim::Employment(job) => _ = self.open.insert(job.company),
            Claim::Relation(relation) => self.open.extend([relation.from, relation.to]),
            Claim::Tag { on: Holder::Company(id), .. }
            | Claim::ListEntry { entry: Holder::Company(id), .. } => _ = self.open.insert(*id),
            _ => {}
        }
    }

    /// Whether nothing leads to a company but somebody who is hidden.
    fn hide(&self, claim: &Claim) -> bool {
        match claim {
            Claim::CompanyName { company, .. }
            | Claim::CompanyDomain { company, .. }
            | Claim::CompanyIdentifier { company, .. } => {
                self.hidden.contains(company) && !self.open.contains(company)
            }
            _ => false,
        }
    }
}

impl Tertius {
    /// Whether a member has rules about what they show.
    pub(in crate::service) async fn has_rules(&self, member: MemberId) -> ServiceResult<bool> {
        Ok(!self.standing_rules(member).await?.is_empty())
    }

    /// Tells what an import told its member alone since a moment to an audience, as far as their rules
    /// let it.
    ///
    /// # Complexity
    /// Two walks over what the import told, and the facts of whoever it speaks of.
    pub(in crate::service) async fn settle_import(
        &self,
        import: ImportId,
        (member, me): (MemberId, PersonId),
        (audience, since): (Audience, Timestamp),
    ) -> ServiceResult<()> {
        let rules = self.standing_rules(member).await?;
        let from = (self.recorded().seen_by(member).await?, self.today());
        let mut ruled = Ruled::by(&rules, (member, me), from).await?;
        let mut companies = Companies::default();
        let mut pages = self.pages_of(member, import);
        while let Some(page) = pages.try_next().await? {
            ruled.meet(&page).await?;
            for fact in &page {
                companies.add(&fact.claim, ruled.limit(&fact.claim) == Some(None));
            }
        }
        let mut again = ToldAgain::by(self, member);
        let mut pages = self.pages_of(member, import);
        while let Some(page) = pages.try_next().await? {
            for fact in page.iter().filter(|fact| !companies.hide(&fact.claim)) {
                let Some(audience) = of_claim(&fact.claim, audience) else { continue };
                let of_import = |told: &Attestation| {
                    told.source.import == Some(import) && told.recorded_at >= since
                };
                again.tell(fact, of_import, ruled.shown(&fact.claim, audience)).await?;
            }
        }
        drop(pages);
        again.write().await.map(drop)
    }

    fn pages_of(
        &self,
        member: MemberId,
        import: ImportId,
    ) -> BoxStream<'_, StoreResult<Vec<Fact>>> {
        let told = self.store.stream_told_by(member, Some(import));
        told.try_chunks(PAGE_MAX).map(|page| page.map_err(|error| error.1)).boxed()
    }
}
