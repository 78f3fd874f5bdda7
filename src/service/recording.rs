//! Writing down employments, evidence and statements, and how every write is signed.

use sha2::{Digest, Sha256};

use crate::model::{
    Attestation, Audience, Batch, BatchId, Change, Claim, Closeness, CompanyId, Day, Employment,
    EmploymentId, Evidence, EvidenceKind, Expect, Fact, LawfulBasis, PersonId, Role, Source, Span,
    Speaker, SystemName, Telling, Timestamp, Title,
};

use super::{
    JobView, Receipt, RefusalCode, ServiceError, ServiceResult, Tertius, Viewer,
    people::refuse_text,
};

/// What the source of everything that people record by hand is called.
const BY_HAND: &str = "manual";

/// An employment to write down.
#[derive(Debug, Clone)]
pub struct JobDraft {
    /// Where.
    pub company: CompanyId,
    /// As what.
    pub title: Option<String>,
    /// Since when.
    pub from: Option<Day>,
    /// Until when.
    pub to: Option<Day>,
}

/// What to correct of an employment; what is not named stays.
#[derive(Debug, Clone, Default)]
pub struct JobPatch {
    /// A new title.
    pub title: Option<String>,
    /// Since when.
    pub from: Option<Day>,
    /// Until when.
    pub to: Option<Day>,
}

/// Something that happened between people.
#[derive(Debug, Clone)]
pub struct EvidenceDraft {
    /// What happened.
    pub kind: EvidenceKind,
    /// When.
    pub at: Timestamp,
    /// Who took part; who wrote first, where it has a direction.
    pub participants: Vec<PersonId>,
    /// A key that makes a repeated call do nothing.
    pub idempotency_key: Option<String>,
}

/// "I know her well."
#[derive(Debug, Clone)]
pub struct StatementDraft {
    /// One of the two; the viewer's own person where nobody is named.
    pub from: Option<PersonId>,
    /// The other.
    pub to: PersonId,
    /// How well they know each other.
    pub closeness: Closeness,
}

/// A tie after something was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct TieView {
    /// One of the two.
    pub from: PersonId,
    /// The other.
    pub to: PersonId,
    /// How strong it is and why; nothing where there is no tie yet.
    pub receipt: Option<Receipt>,
}

impl Tertius {
    /// Signs a claim with the viewer's name, for the team to see.
    pub(super) fn tell(&self, viewer: &Viewer, claim: Claim) -> Change {
        let system = SystemName::new(BY_HAND).expect("it is a plain word");
        let attestation = Attestation {
            source: Source { system, import: None },
            recorder: viewer.author(),
            basis: LawfulBasis::LegitimateInterest,
            audience: Audience::TEAM,
            recorded_at: self.clock.now(),
            retracted_at: None,
        };
        Change::Tell(Telling::new(claim, attestation))
    }

    /// Takes back what was told by hand, of the facts that a test picks.
    pub(super) fn retract_by_hand(facts: &[Fact], picks: impl Fn(&Claim) -> bool) -> Vec<Change> {
        let by_hand = |a: &&Attestation| {
            a.retracted_at.is_none()
                && a.source.system.as_str() == BY_HAND
                && a.audience == Audience::TEAM
        };
        let picked = facts.iter().filter(|fact| picks(&fact.claim));
        picked
            .flat_map(|fact| {
                let standing = fact.attestations.iter().filter(by_hand);
                standing.map(|attestation| Change::retract(fact.id, attestation))
            })
            .collect()
    }

    pub(super) fn batch(
        &self,
        viewer: &Viewer,
        id: BatchId,
        expects: Vec<Expect>,
        changes: Vec<Change>,
    ) -> Batch {
        Batch { id, author: viewer.author(), at: self.clock.now(), expects, changes }
    }

    pub(super) fn fresh_batch(&self) -> BatchId {
        BatchId::new(self.ids.fresh())
    }

    /// The id of a batch and of the one thing that it makes: fresh ones, or, with a key, the same
    /// for each call with that key by that member.
    pub(super) fn batch_and_id(
        &self,
        viewer: &Viewer,
        what: &'static str,
        key: Option<&str>,
    ) -> (BatchId, u128) {
        let Some(key) = key else {
            return (self.fresh_batch(), self.ids.fresh());
        };
        let digest: [u8; 32] = Sha256::new()
            .chain_update(viewer.member().to_string())
            .chain_update(what)
            .chain_update([0])
            .chain_update(key)
            .finalize()
            .into();
        let (batch, id) = digest.split_at(16);
        let half = |bytes: &[u8]| u128::from_be_bytes(bytes.try_into().expect("16 bytes"));
        (BatchId::new(half(batch)), half(id))
    }

    pub(super) async fn job_claim(
        &self,
        viewer: &Viewer,
        person: PersonId,
        draft: JobDraft,
    ) -> ServiceResult<Claim> {
        let missing = |_| {
            let message = format!("{} was not found", draft.company);
            ServiceError::refused(RefusalCode::NotFound, "companyId", message)
        };
        self.company(viewer, draft.company).await.map_err(missing)?;
        let title = draft.title.as_deref().map(Title::new).transpose();
        let title = title.map_err(|error| refuse_text("title", &error))?;
        let span = Span::new(draft.from, draft.to)
            .map_err(|e| ServiceError::refused(RefusalCode::Invalid, "endedOn", e))?;
        let id = EmploymentId::new(self.ids.fresh());
        Ok(Claim::Employment(Employment { id, person, company: draft.company, title, span }))
    }

    /// Writes down that a person works at a company.
    ///
    /// # Errors
    /// `Refused` when a part of the draft cannot be taken; `Forbidden` for those who only read.
    pub async fn create_employment(
        &self,
        viewer: &Viewer,
        person: PersonId,
        draft: JobDraft,
    ) -> ServiceResult<JobView> {
        viewer.needs(Role::Member)?;
        self.person_record(viewer, person).await?;
        let claim = self.job_claim(viewer, person, draft).await?;
        let Claim::Employment(job) = &claim else { unreachable!("it was made just now") };
        let view = JobView::of(job, self.today(), viewer);
        let changes = vec![self.tell(viewer, claim)];
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(view)
    }

    /// Employments by their ids, in order, with gaps where the viewer sees none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn employments(
        &self,
        viewer: &Viewer,
        ids: &[EmploymentId],
    ) -> ServiceResult<Vec<Option<JobView>>> {
        let picture = self.picture_of(viewer).await?;
        let today = picture.epoch.day;
        let facts = picture.recorded.employments(ids).await?;
        let seen = |fact: &Option<Fact>| {
            let job = fact.as_ref()?.employment_for(viewer.eyes())?;
            Some(JobView::of(job, today, viewer))
        };
        Ok(facts.iter().map(seen).collect())
    }

    /// Corrects an employment: the old fact is taken back, the new one keeps its id.
    ///
    /// # Errors
    /// `NotFound` when the viewer sees none; `Refused` when it cannot be corrected so.
    pub async fn update_employment(
        &self,
        viewer: &Viewer,
        id: EmploymentId,
        patch: JobPatch,
    ) -> ServiceResult<JobView> {
        viewer.needs(Role::Member)?;
        let fact = self.recorded_of(viewer).await?.employments(&[id]).await?.pop().flatten();
        let fact = fact.filter(|fact| fact.level_for(viewer.eyes()).is_some());
        let Some((fact, job)) = fact.and_then(|fact| match fact.claim.clone() {
            Claim::Employment(job) => Some((fact, job)),
            _ => None,
        }) else {
            return Err(ServiceError::NotFound(id.to_string()));
        };
        let title = match patch.title.as_deref() {
            Some(title) => Some(Title::new(title).map_err(|e| refuse_text("title", &e))?),
            None => job.title,
        };
        let span = Span::new(patch.from.or(job.span.from()), patch.to.or(job.span.to()))
            .map_err(|e| ServiceError::refused(RefusalCode::Invalid, "endedOn", e))?;
        let corrected = Employment { title, span, ..job };
        let view = JobView::of(&corrected, self.today(), viewer);
        let standing = fact.attestations.iter().filter(|a| a.level_for(viewer.eyes()).is_some());
        let mut changes: Vec<Change> =
            standing.map(|attestation| Change::retract(fact.id, attestation)).collect();
        changes.push(self.tell(viewer, Claim::Employment(corrected)));
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(view)
    }

    /// Writes down that people had to do with each other. The answer is the ties of the first
    /// participant with the others.
    ///
    /// # Errors
    /// `Refused` when the evidence cannot be taken; `Forbidden` for those who only read.
    pub async fn record_evidence(
        &self,
        viewer: &Viewer,
        draft: EvidenceDraft,
    ) -> ServiceResult<Vec<TieView>> {
        viewer.needs(Role::Member)?;
        self.refuse_unseen(viewer, "participantIds", &draft.participants).await?;
        if draft.at > self.clock.now() {
            let message = format!("{} is still to come", draft.at);
            return Err(ServiceError::refused(RefusalCode::Invalid, "occurredAt", message));
        }
        let people = draft.participants.iter().copied().map(Into::into);
        let evidence = Evidence::new(draft.kind, draft.at, people)
            .map_err(|e| ServiceError::refused(RefusalCode::Invalid, "participantIds", e))?;
        let (id, _) = self.batch_and_id(viewer, "evidence", draft.idempotency_key.as_deref());
        self.record_as_ruled(viewer, (id, Vec::new()), evidence).await?;
        let Some((&first, others)) = draft.participants.split_first() else {
            return Ok(Vec::new());
        };
        let pairs: Vec<_> = others.iter().filter(|&&o| o != first).map(|&o| (first, o)).collect();
        self.tie_views(viewer, &pairs).await
    }

    /// Writes down how well two people know each other, as the viewer says. A later statement of
    /// the same viewer about the same tie counts instead.
    ///
    /// # Errors
    /// `Refused` when it is about one person alone, or somebody whom the viewer does not see.
    pub async fn state_tie(
        &self,
        viewer: &Viewer,
        draft: StatementDraft,
    ) -> ServiceResult<TieView> {
        viewer.needs(Role::Member)?;
        let from = draft.from.unwrap_or(viewer.person());
        self.refuse_unseen(viewer, "fromId", &[from]).await?;
        self.refuse_unseen(viewer, "toId", &[draft.to]).await?;
        let by = Speaker::Person(viewer.person());
        let kind = EvidenceKind::Statement { closeness: draft.closeness, by };
        let evidence = Evidence::new(kind, self.clock.now(), [from.into(), draft.to.into()])
            .map_err(|e| ServiceError::refused(RefusalCode::Invalid, "toId", e))?;
        self.record_as_ruled(viewer, (self.fresh_batch(), Vec::new()), evidence).await?;
        self.tie_view(viewer, (from, draft.to)).await
    }

    /// A tie as it is seen after something was recorded.
    pub(super) async fn tie_view(
        &self,
        viewer: &Viewer,
        pair: (PersonId, PersonId),
    ) -> ServiceResult<TieView> {
        let tie = self.tie_views(viewer, &[pair]).await?.pop();
        Ok(tie.expect("there is one for each pair"))
    }

    async fn tie_views(
        &self,
        viewer: &Viewer,
        pairs: &[(PersonId, PersonId)],
    ) -> ServiceResult<Vec<TieView>> {
        let receipts = self.receipts(viewer, pairs).await?;
        let ties = pairs.iter().zip(receipts);
        Ok(ties.map(|(&(from, to), receipt)| TieView { from, to, receipt }).collect())
    }

    pub(super) async fn refuse_unseen(
        &self,
        viewer: &Viewer,
        field: &'static str,
        people: &[PersonId],
    ) -> ServiceResult<()> {
        let seen = self.people(viewer, people).await?;
        match people.iter().zip(seen).find(|(_, seen)| seen.is_none()) {
            Some((id, _)) => {
                let message = format!("{id} was not found");
                Err(ServiceError::refused(RefusalCode::NotFound, field, message))
            }
            None => Ok(()),
        }
    }
}
