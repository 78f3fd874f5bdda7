//! What the owner of a tie says of it, in place of what the evidence says.

use crate::model::{
    Attestation, Change, Day, Direction, Evidence, EvidenceKind, FactId, PairEvidence, PersonId,
    Probability, Reason, Role,
};

use super::{
    RefusalCode, ServiceError, ServiceResult, Tertius, TieView, Viewer, people::refuse_text,
};

/// "That tie is not what it looks like."
#[derive(Debug, Clone)]
pub struct OverrideDraft {
    /// One of the two; the viewer's own person where nobody is named. One of them is the viewer.
    pub from: Option<PersonId>,
    /// The other.
    pub to: PersonId,
    /// How strong the tie is; 0 for one along which nobody shall ask.
    pub strength: Probability,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which it counts; a year from today where none is named.
    pub until: Option<Day>,
}

/// What an owner of a tie says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct OverrideView {
    /// How strong they say it is.
    pub strength: Probability,
    /// Why.
    pub reason: Option<Reason>,
    /// The last day on which it counts.
    pub until: Day,
    /// Who says so: one of the two.
    pub by: PersonId,
}

impl OverrideView {
    /// The override that a piece of evidence is, of a pair with the lower id first.
    pub(super) fn of(item: &PairEvidence, (low, high): (PersonId, PersonId)) -> Option<Self> {
        let EvidenceKind::Override { strength, reason, until } = &item.kind else { return None };
        let by = if item.direction == Direction::Back { high } else { low };
        Some(Self { strength: *strength, reason: reason.clone(), until: *until, by })
    }
}

impl Tertius {
    /// Says how strong a tie of the viewer is, whatever the evidence says, until a day. What the
    /// viewer said of it before is taken back.
    ///
    /// # Errors
    /// `Refused` when the tie is not the viewer's, the other is not seen, or it ends before today
    /// or later than in a year; `Forbidden` for those who only read.
    pub async fn override_tie(
        &self,
        viewer: &Viewer,
        draft: OverrideDraft,
    ) -> ServiceResult<TieView> {
        viewer.needs(Role::Member)?;
        // An id may be that of a part of somebody.
        let recorded = self.recorded_of(viewer).await?;
        let from = draft.from.map(|id| recorded.person(id));
        let pair = own_tie(viewer, (from, recorded.person(draft.to)))?;
        self.refuse_unseen(viewer, "fromId", &[pair.0]).await?;
        self.refuse_unseen(viewer, "toId", &[pair.1]).await?;
        let other = if pair.0 == viewer.person() { pair.1 } else { pair.0 };
        let reason = draft.reason.as_deref().map(Reason::new).transpose();
        let reason = reason.map_err(|error| refuse_text("reason", &error))?;
        let now = self.clock.now();
        let until = draft.until.unwrap_or(now.day().a_year_later());
        let kind = EvidenceKind::Override { strength: draft.strength, reason, until };
        let evidence = Evidence::new(kind, now, [viewer.person().into(), other.into()]);
        let evidence = evidence.map_err(|error| {
            let field = if other == viewer.person() { "toId" } else { "until" };
            ServiceError::refused(RefusalCode::Invalid, field, error)
        })?;
        let changes = self.take_back_overrides(viewer, other).await?;
        self.record_as_ruled(viewer, (self.fresh_batch(), changes), evidence).await?;
        self.tie_view(viewer, pair).await
    }

    /// Takes back what the viewer said of a tie of theirs: it is what the evidence says again.
    ///
    /// # Errors
    /// `Refused` when the viewer overrides nothing there; `Forbidden` for those who only read.
    pub async fn withdraw_override(&self, viewer: &Viewer, to: PersonId) -> ServiceResult<TieView> {
        viewer.needs(Role::Member)?;
        let to = self.recorded_of(viewer).await?.person(to);
        self.refuse_unseen(viewer, "toId", &[to]).await?;
        let changes = self.take_back_overrides(viewer, to).await?;
        if changes.is_empty() {
            let message = format!("you do not override the tie with {to}");
            return Err(ServiceError::refused(RefusalCode::NotFound, "toId", message));
        }
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        self.tie_view(viewer, (viewer.person(), to)).await
    }

    /// Takes back all overrides of the viewer with somebody: were only the newest taken back, the
    /// one before it would count again.
    async fn take_back_overrides(
        &self,
        viewer: &Viewer,
        other: PersonId,
    ) -> ServiceResult<Vec<Change>> {
        let (me, today) = (viewer.person(), self.clock.now().day());
        let pair = (me.min(other), me.max(other));
        let rows = self.recorded_of(viewer).await?.evidence_of_pairs(&[pair]).await?;
        let mine = |item: &&PairEvidence, pair| {
            OverrideView::of(item, pair).is_some_and(|view| view.by == me && view.until >= today)
        };
        let ids: Vec<FactId> = rows
            .iter()
            .flat_map(|row| row.evidence.iter().filter(|item| mine(item, (row.low, row.high))))
            .map(|item| item.fact)
            .collect();
        let facts = self.store.facts(&ids).await?.into_iter().flatten();
        let seen = |a: &&Attestation| a.level_for(viewer.eyes()).is_some();
        Ok(facts
            .flat_map(|fact| {
                let standing = fact.attestations.iter().filter(seen);
                standing.map(|told| Change::retract(fact.id, told)).collect::<Vec<_>>()
            })
            .collect())
    }
}

/// The tie that is overridden; it is the viewer's own.
fn own_tie(
    viewer: &Viewer,
    (from, to): (Option<PersonId>, PersonId),
) -> ServiceResult<(PersonId, PersonId)> {
    let from = from.unwrap_or(viewer.person());
    if ![from, to].contains(&viewer.person()) {
        let message = "only one of the two people may override their tie, and you are neither";
        return Err(ServiceError::refused(RefusalCode::NotYours, "fromId", message));
    }
    Ok((from, to))
}
