//! Whom nothing is imported of: applied before anything is stored.

use crate::{
    model::{Change, Excluded, Exclusion, PersonId, Role, Timestamp},
    store::PAGE_MAX,
};

use super::{
    RefusalCode, ServiceError, ServiceResult, Tertius, Viewer, bouncer::Bouncer, identity::Homes,
};

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
        let asked = self.exclusion_of(viewer, &read(text)?, &self.homes().await?);
        let mut standing = self.standing_exclusions().await?.into_iter();
        let Some(found) = standing.find(|exclusion| exclusion.id == asked.id) else {
            let message = format!("`{text}` is not excluded");
            return Err(ServiceError::refused(RefusalCode::NotFound, "excluded", message));
        };
        // Of somebody who was erased it goes on not to say who it was.
        let lifted = Exclusion { lifted_at: Some(asked.since), excluded: found.excluded, ..asked };
        let changes = vec![Change::PutExclusion(lifted.clone())];
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(ExclusionView { exclusion: lifted })
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
        let standing = self.standing_exclusions().await?;
        let is_erased = |asked: &Exclusion| {
            standing.iter().find(|e| e.id == asked.id && matches!(e.excluded, Excluded::Erased(_)))
        };
        let exclusion = |excluded: Excluded| {
            let asked = self.exclusion_of(viewer, &excluded, &homes);
            // They are left out already, and what is kept of that does not say who they are.
            let asked = is_erased(&asked).cloned().unwrap_or(asked);
            Exclusion { lifted_at, ..asked }
        };
        let all: Vec<Exclusion> = all.into_iter().map(exclusion).collect();
        let changes = all.iter().cloned().map(Change::PutExclusion).collect();
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(all.into_iter().map(|exclusion| ExclusionView { exclusion }).collect())
    }

    fn exclusion_of(&self, viewer: &Viewer, excluded: &Excluded, homes: &Homes) -> Exclusion {
        let (id, excluded) = (homes.exclusion(&excluded.key()), excluded.clone());
        let (author, since) = (viewer.author(), self.clock.now());
        Exclusion { id, excluded, author, since, lifted_at: None }
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
        let standing = self.standing_exclusions().await?.into_iter();
        let excluded = standing.map(|exclusion| exclusion.excluded);
        Ok(Bouncer::of(self.homes().await?, excluded, self.evidence_since()))
    }
}

fn read(text: &str) -> ServiceResult<Excluded> {
    text.parse().map_err(|error: crate::model::BadText| {
        ServiceError::refused(RefusalCode::Invalid, "excluded", error)
    })
}
