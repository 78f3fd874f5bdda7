//! Of which parts people and companies are made, and putting together or apart by hand.

use crate::model::{
    Attestation, Change, Claim, CompanyId, Domain, Fact, Holder, Identifier, Name, PersonId, Role,
};

use super::{
    Join, RefusalCode, ServiceError, ServiceResult, Tertius, Vantage, Viewer, identity::Recorded,
};

/// One part of a person or a company: what was told under one address, page, domain or name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartView<Id> {
    /// The part.
    pub id: Id,
    /// How it is called.
    pub names: Vec<Name>,
    /// Of a person, by what they are known there.
    pub identifiers: Vec<Identifier>,
    /// Of a company, its domains there.
    pub domains: Vec<Domain>,
}

/// Of which parts somebody is made, and what joins them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartsView<Id> {
    /// The parts, as far as the viewer sees them.
    pub parts: Vec<PartView<Id>>,
    /// Why they are one.
    pub joins: Vec<Join<Id>>,
    /// From where it is seen.
    pub as_of: Vantage,
}

impl<Id: Copy + PartialEq> PartsView<Id> {
    /// Parts that the viewer sees, and those joins that name no others.
    fn seen<'a>(
        parts: Vec<PartView<Id>>,
        joins: impl Iterator<Item = &'a Join<Id>>,
        viewer: &Viewer,
    ) -> Self
    where
        Id: 'a,
    {
        let seen = |id: Id| parts.iter().any(|part| part.id == id);
        let joins = joins.filter(|join| seen(join.one) && seen(join.other)).cloned().collect();
        Self { parts, joins, as_of: viewer.vantage() }
    }
}

impl Tertius {
    /// Of which parts a person is made, and why they are one.
    ///
    /// # Errors
    /// `NotFound` when the viewer sees nobody there.
    pub async fn person_parts(
        &self,
        viewer: &Viewer,
        id: PersonId,
    ) -> ServiceResult<PartsView<PersonId>> {
        self.person(viewer, id).await?;
        let recorded = self.recorded_of(viewer).await?;
        let ids = recorded.joins().people.parts(id);
        let found = recorded.store().people(&ids).await?.into_iter().flatten();
        let parts = found.filter(|part| part.is_visible(viewer.eyes()));
        let parts = parts.map(|part| part_of(part.id, &part.facts, viewer)).collect();
        Ok(PartsView::seen(parts, recorded.joins().people.joins_of(id), viewer))
    }

    /// Of which parts a company is made, and why they are one.
    ///
    /// # Errors
    /// `NotFound` when the viewer sees none there.
    pub async fn company_parts(
        &self,
        viewer: &Viewer,
        id: CompanyId,
    ) -> ServiceResult<PartsView<CompanyId>> {
        self.company(viewer, id).await?;
        let recorded = self.recorded_of(viewer).await?;
        let ids = recorded.joins().companies.parts(id);
        let found = recorded.store().companies(&ids).await?.into_iter().flatten();
        let parts = found.filter(|part| part.is_visible(viewer.eyes()));
        let parts = parts.map(|part| part_of(part.id, &part.facts, viewer)).collect();
        Ok(PartsView::seen(parts, recorded.joins().companies.joins_of(id), viewer))
    }

    /// Says that two people, or two companies, are one, whatever else is known.
    ///
    /// # Errors
    /// `Refused` when they are one already, or are a person and a company; `NotFound` when the
    /// viewer does not see both.
    pub async fn link(&self, viewer: &Viewer, one: Holder, other: Holder) -> ServiceResult<()> {
        viewer.needs(Role::Member)?;
        self.both_seen(viewer, one, other).await?;
        let recorded = self.recorded_of(viewer).await?;
        if shown(&recorded, one) == shown(&recorded, other) {
            let message = "these two are one already";
            return Err(ServiceError::refused(RefusalCode::Duplicate, "otherId", message));
        }
        // What kept any of their parts apart was said too, and is taken back.
        let (ones, others) = (parts(&recorded, one), parts(&recorded, other));
        let mut changes = Vec::new();
        for &one in &ones {
            for &other in &others {
                changes.extend(self.said_of(one, other, false).await?);
            }
        }
        changes.push(self.tell(viewer, identity(one, other, true)));
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(())
    }

    /// Says that a part is not the person, or the company, that it is shown as, whatever else is
    /// known. The rest stays one.
    ///
    /// # Errors
    /// `Refused` when it stands alone already; `NotFound` when the viewer does not see it.
    pub async fn unlink(&self, viewer: &Viewer, part: Holder) -> ServiceResult<()> {
        viewer.needs(Role::Member)?;
        self.both_seen(viewer, part, part).await?;
        let recorded = self.recorded_of(viewer).await?;
        let others: Vec<Holder> =
            parts(&recorded, part).into_iter().filter(|&other| other != part).collect();
        if others.is_empty() {
            let message = "it stands alone: there is nothing to take apart";
            return Err(ServiceError::refused(RefusalCode::Invalid, "partId", message));
        }
        let mut changes = Vec::new();
        for other in others {
            changes.extend(self.said_of(part, other, true).await?);
            changes.push(self.tell(viewer, identity(part, other, false)));
        }
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(())
    }

    /// What takes back that somebody said of two that they are one, or are not.
    async fn said_of(&self, one: Holder, other: Holder, same: bool) -> ServiceResult<Vec<Change>> {
        let claim = identity(one, other, same);
        let facts = match one {
            Holder::Person(id) => {
                let found = self.store.people(&[id]).await?.pop().flatten();
                found.map(|person| person.facts)
            }
            Holder::Company(id) => {
                let found = self.store.companies(&[id]).await?.pop().flatten();
                found.map(|company| company.facts)
            }
        };
        let said = facts.unwrap_or_default().into_iter().filter(|fact| fact.claim == claim);
        Ok(said.flat_map(|fact| take_back(&fact)).collect())
    }

    async fn both_seen(&self, viewer: &Viewer, one: Holder, other: Holder) -> ServiceResult<()> {
        match (one, other) {
            (Holder::Person(one), Holder::Person(other)) => {
                self.all_seen(viewer, &[one, other]).await.map(drop)
            }
            (Holder::Company(one), Holder::Company(other)) => {
                self.company(viewer, one).await?;
                self.company(viewer, other).await.map(drop)
            }
            _ => {
                let message = "a person and a company cannot be one";
                Err(ServiceError::refused(RefusalCode::Invalid, "otherId", message))
            }
        }
    }
}

fn take_back(fact: &Fact) -> Vec<Change> {
    let standing = fact.attestations.iter().filter(|a: &&Attestation| a.retracted_at.is_none());
    standing.map(|attestation| Change::retract(fact.id, attestation)).collect()
}

fn identity(one: Holder, other: Holder, same: bool) -> Claim {
    Claim::Identity { one: one.min(other), other: one.max(other), same }
}

fn shown(recorded: &Recorded, holder: Holder) -> Holder {
    match holder {
        Holder::Person(id) => Holder::Person(recorded.person(id)),
        Holder::Company(id) => Holder::Company(recorded.company(id)),
    }
}

fn parts(recorded: &Recorded, holder: Holder) -> Vec<Holder> {
    let joins = recorded.joins();
    match holder {
        Holder::Person(id) => joins.people.parts(id).into_iter().map(Holder::Person).collect(),
        Holder::Company(id) => joins.companies.parts(id).into_iter().map(Holder::Company).collect(),
    }
}

fn part_of<Id>(id: Id, facts: &[Fact], viewer: &Viewer) -> PartView<Id> {
    let mut part = PartView { id, names: Vec::new(), identifiers: Vec::new(), domains: Vec::new() };
    for fact in facts.iter().filter(|f| f.is_open_to(viewer.eyes())) {
        match &fact.claim {
            Claim::PersonName { name, .. } | Claim::CompanyName { name, .. } => {
                part.names.push(name.clone());
            }
            Claim::PersonIdentifier { identifier, .. }
            | Claim::CompanyIdentifier { identifier, .. } => {
                part.identifiers.push(identifier.clone());
            }
            Claim::CompanyDomain { domain, .. } => part.domains.push(domain.clone()),
            _ => {}
        }
    }
    part
}
