//! The receipt of a tie: how strong, why, and on what evidence, as far as a viewer may see it.

use crate::{
    algo::Strength,
    model::{Day, FactId, Level, PairEvidence, PersonId, Timestamp},
};

use super::{ServiceResult, Tertius, Viewer};

/// How strong a tie is, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The strength; its factors only where the viewer may see all evidence.
    pub strength: Strength,
    /// Whether all that is known is a connection on a network.
    pub connected_only: bool,
    /// The last day of contact, where the viewer may see it.
    pub last_contact: Option<Day>,
    /// The evidence that the viewer may see, the newest first.
    pub evidence: Vec<EvidenceItem>,
    /// Whether there is evidence that the viewer may not see: it counts, but is not shown.
    pub more_hidden: bool,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceItem {
    /// The fact that it is.
    pub fact: FactId,
    /// Which kind, as [`EvidenceKind::name`](crate::model::EvidenceKind::name) has it.
    pub kind: &'static str,
    /// When it was.
    pub at: Timestamp,
}

impl Tertius {
    /// The receipts of the ties of pairs of people, with gaps where there is no tie.
    ///
    /// The store is asked once, whatever the number of pairs.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn receipts(
        &self,
        viewer: &Viewer,
        pairs: &[(PersonId, PersonId)],
    ) -> ServiceResult<Vec<Option<Receipt>>> {
        let picture = self.picture_of(viewer).await?;
        let sorted: Vec<_> = pairs.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
        let rows = picture.recorded.evidence_of_pairs(&sorted).await?;
        let network = picture.weighed.network();
        let me = picture.recorded.person(viewer.person());
        let receipt = |row: crate::store::PairRow| {
            let (a, b) = network.find(row.low).zip(network.find(row.high))?;
            let strength = picture.weighed.strength(a, b)?;
            let figures = picture.weighed.tie(a, b)?;
            let own = [row.low, row.high].contains(&me);
            Some(
                Receipt::of(strength, row.evidence, own)
                    .connected_only(figures.is_connected_only()),
            )
        };
        Ok(rows.into_iter().map(receipt).collect())
    }
}

impl Receipt {
    /// `own`: whoever took part may see what they took part in.
    fn of(mut strength: Strength, evidence: Vec<PairEvidence>, own: bool) -> Self {
        let all = evidence.len();
        let seen: Vec<PairEvidence> =
            evidence.into_iter().filter(|item| own || item.level == Level::Evidence).collect();
        let more_hidden = seen.len() < all;
        if more_hidden {
            strength.factors.clear();
        }
        let contact = seen.iter().filter(|item| is_contact(item));
        let last_contact = contact.map(|item| item.at.day()).max();
        let items = seen.iter().rev().map(|item| EvidenceItem {
            fact: item.fact,
            kind: item.kind.name(),
            at: item.at,
        });
        let evidence = items.collect();
        Self { strength, connected_only: false, last_contact, evidence, more_hidden }
    }

    fn connected_only(mut self, only: bool) -> Self {
        self.connected_only = only;
        self
    }

    /// How many pieces of evidence of each kind are shown, with the newest of each, in order of
    /// the kind's name.
    pub fn by_kind(&self) -> Vec<(&'static str, usize, Timestamp)> {
        let mut kinds = std::collections::BTreeMap::new();
        for item in &self.evidence {
            let (count, newest) = kinds.entry(item.kind).or_insert((0, item.at));
            *count += 1;
            *newest = item.at.max(*newest);
        }
        kinds.into_iter().map(|(kind, (count, newest))| (kind, count, newest)).collect()
    }
}

fn is_contact(item: &PairEvidence) -> bool {
    use crate::model::EvidenceKind::{Connection, Statement};
    !matches!(item.kind, Connection | Statement { .. })
}
