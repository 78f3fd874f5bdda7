//! Whom nothing is imported of: applied before anything is stored.

use std::collections::HashSet;

use crate::{
    formats::{ContactKind, Entry, Firm, Party, Record},
    model::{
        Change, Domain, Excluded, Exclusion, Identifier, MailAddress, PersonId, Role, Timestamp,
    },
    store::PAGE_MAX,
};

use super::{RefusalCode, ServiceError, ServiceResult, Tertius, Viewer, identity::Homes};

/// An exclusion, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusionView {
    /// What is kept of it.
    pub exclusion: Exclusion,
}

impl Tertius {
    /// What is never imported, in order of key.
    ///
    /// # Errors
    /// `Forbidden` for those who only read.
    pub async fn exclusions(&self, viewer: &Viewer) -> ServiceResult<Vec<ExclusionView>> {
        viewer.needs_to_see(Role::Member)?;
        let mut all = self.standing_exclusions().await?;
        all.sort_by_key(|exclusion| exclusion.excluded.key());
        Ok(all.into_iter().map(|exclusion| ExclusionView { exclusion }).collect())
    }

    async fn standing_exclusions(&self) -> ServiceResult<Vec<Exclusion>> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.exclusions_after(after, PAGE_MAX).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Some(last.value.id);
            all.extend(page.into_iter().map(|e| e.value).filter(|e| e.lifted_at.is_none()));
        }
    }

    /// Imports nothing of somebody, or of a whole domain, from now on. What is recorded already
    /// stays.
    ///
    /// # Errors
    /// `Refused` when the text is neither an address, a page nor a domain.
    pub async fn exclude(&self, viewer: &Viewer, text: &str) -> ServiceResult<ExclusionView> {
        self.put_exclusion(viewer, text, None).await
    }

    /// Lifts an exclusion.
    ///
    /// # Errors
    /// `Refused` when there is none.
    pub async fn lift_exclusion(
        &self,
        viewer: &Viewer,
        text: &str,
    ) -> ServiceResult<ExclusionView> {
        viewer.needs(Role::PartnerManager)?;
        let excluded = read(text)?;
        if self.standing_exclusions().await?.iter().all(|e| e.excluded.key() != excluded.key()) {
            let message = format!("`{text}` is not excluded");
            return Err(ServiceError::refused(RefusalCode::NotFound, "excluded", message));
        }
        self.put_exclusion(viewer, text, Some(self.clock.now())).await
    }

    /// Imports nothing of a person from now on, by whichever of their addresses, pages and foreign
    /// ids a file names them. What is recorded already stays.
    ///
    /// # Errors
    /// `NotFound` when the viewer sees nobody there; `Refused` when nothing but a name is seen of
    /// them.
    pub async fn exclude_person(
        &self,
        viewer: &Viewer,
        id: PersonId,
    ) -> ServiceResult<Vec<ExclusionView>> {
        self.put_person(viewer, id, None).await
    }

    /// Lifts the exclusions of everything that names a person.
    ///
    /// # Errors
    /// As [`exclude_person`](Self::exclude_person).
    pub async fn lift_person(
        &self,
        viewer: &Viewer,
        id: PersonId,
    ) -> ServiceResult<Vec<ExclusionView>> {
        self.put_person(viewer, id, Some(self.clock.now())).await
    }

    async fn put_person(
        &self,
        viewer: &Viewer,
        id: PersonId,
        lifted_at: Option<Timestamp>,
    ) -> ServiceResult<Vec<ExclusionView>> {
        viewer.needs(Role::PartnerManager)?;
        let person = self.person(viewer, id).await?;
        if person.identifiers.is_empty() {
            let message = "nothing but a name is known of them, and others may be called so: \
                           exclude an address or a page instead";
            return Err(ServiceError::refused(RefusalCode::Invalid, "personId", message));
        }
        let all = person.identifiers.into_iter().map(Excluded::Person).collect();
        self.put_exclusions(viewer, all, lifted_at).await
    }

    async fn put_exclusion(
        &self,
        viewer: &Viewer,
        text: &str,
        lifted_at: Option<Timestamp>,
    ) -> ServiceResult<ExclusionView> {
        viewer.needs(Role::PartnerManager)?;
        let one = self.put_exclusions(viewer, vec![read(text)?], lifted_at).await?.pop();
        Ok(one.expect("one went in"))
    }

    async fn put_exclusions(
        &self,
        viewer: &Viewer,
        all: Vec<Excluded>,
        lifted_at: Option<Timestamp>,
    ) -> ServiceResult<Vec<ExclusionView>> {
        let homes = self.homes().await?;
        let (author, since) = (viewer.author(), self.clock.now());
        let exclusion = |excluded: Excluded| {
            let id = homes.exclusion(&excluded.key());
            Exclusion { id, excluded, author, since, lifted_at }
        };
        let all: Vec<Exclusion> = all.into_iter().map(exclusion).collect();
        let changes = all.iter().cloned().map(Change::PutExclusion).collect();
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(all.into_iter().map(|exclusion| ExclusionView { exclusion }).collect())
    }

    /// What makes the ids of what is imported.
    pub(super) async fn homes(&self) -> ServiceResult<Homes> {
        let mut proposed = [0; 32];
        let (first, second) = proposed.split_at_mut(16);
        first.copy_from_slice(&self.ids.fresh().to_be_bytes());
        second.copy_from_slice(&self.ids.fresh().to_be_bytes());
        Ok(Homes::new(self.store.keep_secret(proposed).await?))
    }

    /// Whom nothing is imported of, ready to be asked.
    pub(super) async fn bouncer(&self) -> ServiceResult<Bouncer> {
        let keys = self.standing_exclusions().await?;
        Ok(Bouncer { keys: keys.iter().map(|exclusion| exclusion.excluded.key()).collect() })
    }
}

fn read(text: &str) -> ServiceResult<Excluded> {
    text.parse().map_err(|error: crate::model::BadText| {
        ServiceError::refused(RefusalCode::Invalid, "excluded", error)
    })
}

/// Keeps out whoever is excluded.
#[derive(Debug, Clone, Default)]
pub(super) struct Bouncer {
    keys: HashSet<String>,
}

impl Bouncer {
    /// A record without those who are excluded; nothing where nothing is left of it. What an
    /// excluded person wrote is left out as a whole, and so is what only they were written.
    pub(super) fn admit(&self, mut record: Record) -> Option<Record> {
        let admitted = match &mut record {
            Record::Person { person, jobs, .. } => {
                jobs.retain(|job| !self.refuses_firm(&job.company));
                !self.refuses(person)
            }
            Record::Company { company, .. } => !self.refuses_firm(company),
            Record::Contact { kind, people, .. } => {
                let is_directed = matches!(kind, ContactKind::Plain(kind) if kind.is_directed());
                let unwanted = is_directed && people.first().is_some_and(|p| self.refuses(p));
                let all = people.len();
                people.retain(|party| !self.refuses(party));
                !unwanted && (people.len() > 1 || people.len() == all)
            }
            Record::Relation { from, to, .. } => !self.refuses_firm(from) && !self.refuses_firm(to),
            Record::OnList { entry: Entry::Person(party), .. }
            | Record::Cadence { person: party, .. } => !self.refuses(party),
            Record::OnList { entry: Entry::Company(firm), .. } => !self.refuses_firm(firm),
            Record::Excluded { .. } => true,
        };
        admitted.then_some(record)
    }

    /// Whether nothing may be imported of somebody.
    fn refuses(&self, party: &Party) -> bool {
        !self.keys.is_empty() && party.identifiers.iter().any(|i| self.refuses_identifier(i))
    }

    fn refuses_identifier(&self, identifier: &Identifier) -> bool {
        let at = match identifier {
            Identifier::Mail(address) => domain_of(address),
            _ => None,
        };
        self.keys.contains(&identifier.key())
            || at.is_some_and(|domain| self.refuses_domain(&domain))
    }

    /// Whether nothing may be imported of a company.
    fn refuses_firm(&self, firm: &Firm) -> bool {
        firm.domains.iter().any(|domain| self.refuses_domain(domain))
    }

    /// A domain is excluded with everything below it.
    fn refuses_domain(&self, domain: &Domain) -> bool {
        let mut rest = domain.as_str();
        loop {
            if self.keys.contains(&format!("domain:{rest}")) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, above)) => rest = above,
                None => return false,
            }
        }
    }
}

fn domain_of(address: &MailAddress) -> Option<Domain> {
    let folded = address.folded();
    Domain::new(folded.rsplit_once('@')?.1).ok()
}
