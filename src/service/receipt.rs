//! The receipt of a tie: how strong, why, and on what evidence, as far as a viewer may see it.

use crate::{
    algo::{Fade, Strength, override_on},
    model::{Day, FactId, Level, PairEvidence, PersonId, Timestamp},
    store::PairRow,
};

use super::{OverrideView, ServiceResult, Tertius, Vantage, Viewer, picture::Picture};

/// How strong a tie is, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The strength; its factors only where the viewer may see all evidence.
    pub strength: Strength,
    /// When it falls to a lower band if nobody writes; only where the viewer may see all evidence.
    pub fades: Option<Fade>,
    /// What one of the two says in place of the evidence, where the viewer may see it.
    pub overridden: Option<OverrideView>,
    /// Whether all that is known is a connection on a network.
    pub connected_only: bool,
    /// Whether nobody told of the tie: it is inferred from a company where both worked.
    pub inferred: bool,
    /// The last day of contact, where the viewer may see it.
    pub last_contact: Option<Day>,
    /// The evidence that the viewer may see, the newest first.
    pub evidence: Vec<EvidenceItem>,
    /// Whether there is evidence that the viewer may not see: it counts, but is not shown.
    pub more_hidden: bool,
    /// From where it is seen.
    pub as_of: Vantage,
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
        Ok(rows.iter().map(|row| Receipt::of(&picture, row, viewer)).collect())
    }
}

impl Receipt {
    fn of(picture: &Picture, row: &PairRow, viewer: &Viewer) -> Option<Self> {
        let weighed = &picture.weighed;
        let (a, b) = weighed.network().find(row.low).zip(weighed.network().find(row.high))?;
        let mut strength = weighed.strength(a, b)?;
        let connected_only = weighed.tie(a, b)?.is_connected_only();
        // Whoever took part may see what they took part in.
        let own = [row.low, row.high].contains(&picture.recorded.person(viewer.person()));
        let may_see = |item: &PairEvidence| own || item.level == Level::Evidence;
        let overridden = override_on(&row.evidence, weighed.day()).filter(|item| may_see(item));
        let overridden = overridden.and_then(|item| OverrideView::of(item, (row.low, row.high)));
        let more_hidden = !row.evidence.iter().all(may_see);
        let mut fades = None;
        if more_hidden {
            strength.factors.clear();
        } else {
            fades = weighed.fade(a, b, &row.evidence);
        }
        let seen = || row.evidence.iter().filter(|item| may_see(item));
        let contact = seen().filter(|item| item.kind.is_contact());
        let last_contact = contact.map(|item| item.at.day()).max();
        let items = seen().rev().map(|item| EvidenceItem {
            fact: item.fact,
            kind: item.kind.name(),
            at: item.at,
        });
        let evidence = items.collect();
        Some(Self {
            strength,
            fades,
            overridden,
            connected_only,
            inferred: false,
            last_contact,
            evidence,
            more_hidden,
            as_of: viewer.vantage(),
        })
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
