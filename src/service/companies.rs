//! Companies: looking them up, writing them down, correcting them.

use crate::model::{
    Change, Claim, Company, CompanyId, Day, Domain, Expect, Fact, Holder, Name, RelationId,
    RelationKind, Revision, Role, Tag,
};

use super::{
    JobView, Page, PageRequest, RefusalCode, ServiceError, ServiceResult, Tertius, Vantage, Viewer,
    paging::{cut, foreign_cursor},
    people::refuse_text,
};

/// A company as a viewer sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct CompanyView {
    /// Which it is.
    pub id: CompanyId,
    /// How often it was changed.
    pub revision: Revision,
    /// How it is called; nothing where the viewer may not see it.
    pub name: Option<Name>,
    /// Its domains.
    pub domains: Vec<Domain>,
    /// How it stands to other companies.
    pub relations: Vec<RelationView>,
    /// Words on it.
    pub tags: Vec<Tag>,
    /// From where it is seen.
    pub as_of: Vantage,
}

impl CompanyView {
    /// How to call it: by its name, else by its domain.
    pub fn called(&self) -> Option<String> {
        let name = self.name.as_ref().map(ToString::to_string);
        name.or_else(|| self.domains.first().map(ToString::to_string))
    }
}

/// How one company stands to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationView {
    /// Which relation.
    pub id: RelationId,
    /// Whose relation.
    pub from: CompanyId,
    /// To whom.
    pub to: CompanyId,
    /// Which.
    pub kind: RelationKind,
    /// Since when.
    pub since: Option<Day>,
    /// Until when.
    pub until: Option<Day>,
    /// From where it is seen.
    pub as_of: Vantage,
}

/// A company to write down.
#[derive(Debug, Clone, Default)]
pub struct CompanyDraft {
    /// How it is called.
    pub name: String,
    /// Its domains.
    pub domains: Vec<String>,
    /// A key that makes a repeated call do nothing.
    pub idempotency_key: Option<String>,
}

/// What to correct of a company; what is not named stays.
#[derive(Debug, Clone, Default)]
pub struct CompanyPatch {
    /// A new name.
    pub name: Option<String>,
    /// Domains to add.
    pub add_domains: Vec<String>,
    /// The revision that the correction was made for.
    pub expected_revision: Option<u32>,
}

impl Tertius {
    /// Companies by their ids, in order, with gaps where the viewer sees none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn companies(
        &self,
        viewer: &Viewer,
        ids: &[CompanyId],
    ) -> ServiceResult<Vec<Option<CompanyView>>> {
        let found = self.recorded_of(viewer).await?.companies(ids).await?;
        Ok(found.into_iter().map(|company| company.and_then(|c| see(&c, viewer))).collect())
    }

    /// One company.
    ///
    /// # Errors
    /// `NotFound` when the viewer sees none there.
    pub async fn company(&self, viewer: &Viewer, id: CompanyId) -> ServiceResult<CompanyView> {
        let found = self.companies(viewer, &[id]).await?.pop().flatten();
        found.ok_or_else(|| ServiceError::NotFound(id.to_string()))
    }

    /// The company with a domain, if the viewer sees one.
    ///
    /// # Errors
    /// `Invalid` when the text is no domain.
    pub async fn company_by_domain(
        &self,
        viewer: &Viewer,
        text: &str,
    ) -> ServiceResult<Option<CompanyView>> {
        let domain = Domain::new(text).map_err(|error| ServiceError::invalid("domain", error))?;
        let key = format!("domain:{}", domain.as_str());
        let found = self.recorded_of(viewer).await?.holders_of(&[key]).await?.into_iter();
        let ids: Vec<CompanyId> = found
            .filter_map(|(_, holder)| match holder {
                Holder::Company(id) => Some(id),
                Holder::Person(_) => None,
            })
            .collect();
        let companies = self.companies(viewer, &ids).await?;
        Ok(companies.into_iter().flatten().find(|company| company.domains.contains(&domain)))
    }

    /// A page of the companies that the viewer sees, in order of id.
    ///
    /// # Errors
    /// `Invalid` for a size or cursor that cannot be.
    pub async fn companies_page(
        &self,
        viewer: &Viewer,
        request: &PageRequest,
    ) -> ServiceResult<Page<CompanyView>> {
        let size = self.page_size(request.first)?;
        let after = request.after.as_deref().map(str::parse).transpose();
        let mut after: Option<CompanyId> = after.map_err(|_| foreign_cursor("companies"))?;
        let began_after = after.is_some();
        let recorded = self.recorded_of(viewer).await?;
        let mut entries = Vec::new();
        loop {
            let ids = recorded.companies_after(after, size + 1).await?;
            let exhausted = ids.len() <= size;
            after = ids.last().copied();
            let companies = self.companies(viewer, &ids).await?.into_iter().flatten();
            entries.extend(companies.map(|company| (company.id.to_string(), company)));
            if exhausted || entries.len() > size {
                let has_next = entries.len() > size;
                entries.truncate(size);
                return Ok(Page { entries, has_next, began_after });
            }
        }
    }

    /// For each company, who works there today, as far as the viewer sees it; in order of person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn staff(
        &self,
        viewer: &Viewer,
        companies: &[CompanyId],
    ) -> ServiceResult<Vec<Vec<JobView>>> {
        let picture = self.picture_of(viewer).await?;
        let today = picture.epoch.day;
        let jobs = |facts: Vec<Fact>| {
            let seen = facts.iter().filter_map(|fact| fact.employment_for(viewer.eyes()));
            seen.map(|job| JobView::of(job, today, viewer)).filter(|job| job.current).collect()
        };
        Ok(picture.recorded.staff(companies).await?.into_iter().map(jobs).collect())
    }

    /// A page of who works at a company today.
    ///
    /// # Errors
    /// `Invalid` for a size or cursor that cannot be.
    pub async fn staff_page(
        &self,
        viewer: &Viewer,
        company: CompanyId,
        request: &PageRequest,
    ) -> ServiceResult<Page<JobView>> {
        let size = self.page_size(request.first)?;
        let staff = self.staff(viewer, &[company]).await?.pop().unwrap_or_default();
        cut(staff, "staff", size, request.after.as_deref())
    }

    /// Writes a company down.
    ///
    /// # Errors
    /// `Refused` when a part of the draft cannot be taken; `Forbidden` for those who only read.
    pub async fn create_company(
        &self,
        viewer: &Viewer,
        draft: CompanyDraft,
    ) -> ServiceResult<CompanyView> {
        viewer.needs(Role::Member)?;
        let (batch_id, id) = self.batch_and_id(viewer, "company", draft.idempotency_key.as_deref());
        let id = CompanyId::new(id);
        let name = Name::new(&draft.name).map_err(|e| refuse_text("name", &e))?;
        let domains = read_domains(&draft.domains, "domains")?;
        let mut claims = vec![Claim::CompanyName { company: id, name }];
        claims
            .extend(domains.into_iter().map(|domain| Claim::CompanyDomain { company: id, domain }));
        let mut changes = vec![Change::AddCompany(id)];
        changes.extend(claims.into_iter().map(|claim| self.tell(viewer, claim)));
        self.apply(&self.batch(viewer, batch_id, Vec::new(), changes)).await?;
        self.company(viewer, id).await
    }

    /// Corrects a company: what was told by hand before is taken back, the rest stays.
    ///
    /// # Errors
    /// `Refused` with `Conflict` when somebody else was first.
    pub async fn update_company(
        &self,
        viewer: &Viewer,
        id: CompanyId,
        patch: CompanyPatch,
    ) -> ServiceResult<CompanyView> {
        viewer.needs(Role::Member)?;
        let before = self.recorded_of(viewer).await?.companies(&[id]).await?.pop().flatten();
        let before = before
            .filter(|company| company.is_visible(viewer.eyes()))
            .ok_or_else(|| ServiceError::NotFound(id.to_string()))?;
        let id = before.id;
        let mut changes = Vec::new();
        if let Some(name) = patch.name {
            let name = Name::new(&name).map_err(|e| refuse_text("name", &e))?;
            let is_name = |claim: &Claim| matches!(claim, Claim::CompanyName { .. });
            changes.extend(Self::retract_by_hand(&before.facts, is_name));
            changes.push(self.tell(viewer, Claim::CompanyName { company: id, name }));
        }
        for domain in read_domains(&patch.add_domains, "addDomains")? {
            changes.push(self.tell(viewer, Claim::CompanyDomain { company: id, domain }));
        }
        let expects = patch.expected_revision.map(|n| Expect::Revision(id.into(), Revision(n)));
        let batch_id = self.fresh_batch();
        let batch = self.batch(viewer, batch_id, expects.into_iter().collect(), changes);
        self.apply(&batch).await?;
        self.company(viewer, id).await
    }
}

/// What a viewer sees of a company; nothing where they may see nothing.
fn see(company: &Company, viewer: &Viewer) -> Option<CompanyView> {
    let eyes = viewer.eyes();
    let seen = || company.facts.iter().filter(|fact| fact.is_open_to(eyes));
    let relations = seen().filter_map(|fact| match &fact.claim {
        Claim::Relation(relation) => Some(RelationView {
            id: relation.id,
            from: relation.from,
            to: relation.to,
            kind: relation.kind,
            since: relation.span.from(),
            until: relation.span.to(),
            as_of: viewer.vantage(),
        }),
        _ => None,
    });
    let tags = seen().filter_map(|fact| match &fact.claim {
        Claim::Tag { tag, .. } => Some(tag.clone()),
        _ => None,
    });
    company.is_visible(eyes).then(|| CompanyView {
        id: company.id,
        revision: company.revision,
        name: company.name(eyes).cloned(),
        domains: company.domains(eyes).cloned().collect(),
        relations: relations.collect(),
        tags: tags.collect(),
        as_of: viewer.vantage(),
    })
}

fn read_domains(texts: &[String], field: &'static str) -> ServiceResult<Vec<Domain>> {
    const DOMAINS_MAX: usize = 20;
    if texts.len() > DOMAINS_MAX {
        let message = format!("{} are given, but {DOMAINS_MAX} are the most", texts.len());
        return Err(ServiceError::refused(RefusalCode::Invalid, field, message));
    }
    texts.iter().map(|text| Domain::new(text).map_err(|error| refuse_text(field, &error))).collect()
}
