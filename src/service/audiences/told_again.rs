//! What one member told, told again to others.

use std::collections::BTreeSet;

use crate::{
    model::{
        Attestation, Audience, Author, BATCH_CHANGES_MAX, Batch, Change, Claim, Fact, FactId,
        Level, MemberId, PersonId,
    },
    service::{ServiceResult, Tertius, identity::Recorded},
    store::PAGE_MAX,
};

/// What one member told, on its way to other eyes: batch by batch.
pub(super) struct ToldAgain<'a> {
    tertius: &'a Tertius,
    member: MemberId,
    waiting: Vec<Change>,
    facts: u64,
}

impl<'a> ToldAgain<'a> {
    pub(super) fn by(tertius: &'a Tertius, member: MemberId) -> Self {
        Self { tertius, member, waiting: Vec::new(), facts: 0 }
    }

    /// Tells a fact again to others, of those tellings of the member that a test picks.
    pub(super) async fn tell(
        &mut self,
        fact: &Fact,
        picks: impl Fn(&Attestation) -> bool,
        audience: Audience,
    ) -> ServiceResult<()> {
        let Some(audience) = of_claim(&fact.claim, audience) else { return Ok(()) };
        self.tell_each(fact, |told| picks(told).then_some(audience)).await
    }

    /// The same, where each telling says for whom it is from now on; nothing for what stays.
    pub(super) async fn tell_each(
        &mut self,
        fact: &Fact,
        audience: impl Fn(&Attestation) -> Option<Audience>,
    ) -> ServiceResult<()> {
        let me = Author::Member(self.member);
        let mine = fact.attestations.iter();
        let mine = mine.filter(|told| told.retracted_at.is_none() && told.recorder == me);
        let before = self.waiting.len();
        for told in mine {
            let Some(audience) = audience(told).filter(|audience| *audience != told.audience)
            else {
                continue;
            };
            let source = told.source.clone();
            self.waiting.push(Change::SetAudience {
                fact: fact.id,
                source,
                recorder: me,
                audience,
            });
        }
        self.facts += u64::from(self.waiting.len() > before);
        if self.waiting.len() >= BATCH_CHANGES_MAX { self.send().await } else { Ok(()) }
    }

    /// Tells all evidence of some pairs again to others.
    pub(super) async fn tell_of_pairs(
        &mut self,
        recorded: &Recorded,
        pairs: &[(PersonId, PersonId)],
        audience: Audience,
    ) -> ServiceResult<()> {
        let mut ids: BTreeSet<FactId> = BTreeSet::new();
        for some in pairs.chunks(PAGE_MAX) {
            let rows = recorded.evidence_of_pairs(some).await?;
            ids.extend(rows.into_iter().flat_map(|row| row.evidence).map(|item| item.fact));
        }
        let ids: Vec<FactId> = ids.into_iter().collect();
        for page in ids.chunks(PAGE_MAX) {
            for fact in self.tertius.store.facts(page).await?.into_iter().flatten() {
                self.tell(&fact, |_| true, audience).await?;
            }
        }
        Ok(())
    }

    async fn send(&mut self) -> ServiceResult<()> {
        while !self.waiting.is_empty() {
            let some = self.waiting.len().min(BATCH_CHANGES_MAX);
            let changes = self.waiting.drain(..some).collect();
            let (id, author) = (self.tertius.fresh_batch(), Author::Member(self.member));
            let at = self.tertius.clock.now();
            let batch = Batch { id, author, at, expects: Vec::new(), changes };
            self.tertius.store.apply(&batch).await?;
        }
        Ok(())
    }

    /// Writes what is left, without a look at the network; says how many facts changed.
    pub(super) async fn write(mut self) -> ServiceResult<u64> {
        self.send().await?;
        Ok(self.facts)
    }

    /// Writes what is left, and takes it into the network.
    pub(super) async fn finish(self) -> ServiceResult<u64> {
        let tertius = self.tertius;
        let facts = self.write().await?;
        if facts > 0 {
            tertius.take_in().await?;
        }
        Ok(facts)
    }
}

/// For whom a claim is, where evidence is for an audience; nothing for what is always private, and
/// for what its author said apart.
pub(super) fn of_claim(claim: &Claim, audience: Audience) -> Option<Audience> {
    match claim {
        Claim::Evidence(_) => Some(audience),
        Claim::Cadence { .. } | Claim::Note(_) => None,
        _ => Some(Audience { level: Level::Evidence, ..audience }),
    }
}
