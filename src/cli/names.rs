//! Names for the ids of an answer, looked up once for all of them.

use std::collections::HashMap;

use crate::{
    model::{CompanyId, PersonId},
    service::{CompanyView, PersonView, ServiceError, TargetMatch, Tertius, Viewer},
};

/// People and companies by id, as a viewer sees them.
#[derive(Debug, Default)]
pub(super) struct Names {
    people: HashMap<PersonId, PersonView>,
    companies: HashMap<CompanyId, CompanyView>,
}

impl Names {
    /// Looks up people, where they work today, and companies.
    pub(super) async fn of(
        tertius: &Tertius,
        viewer: &Viewer,
        people: impl IntoIterator<Item = PersonId>,
        companies: impl IntoIterator<Item = CompanyId>,
    ) -> Result<Self, ServiceError> {
        let mut ids: Vec<PersonId> = people.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let people: HashMap<_, _> =
            tertius.people(viewer, &ids).await?.into_iter().flatten().map(|p| (p.id, p)).collect();
        let current = people.values().filter_map(|person| person.jobs.iter().find(|j| j.current));
        let mut ids: Vec<CompanyId> = current.map(|job| job.company).chain(companies).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = tertius.companies(viewer, &ids).await?.into_iter().flatten();
        Ok(Self { people, companies: found.map(|company| (company.id, company)).collect() })
    }

    /// Takes in the names of another answer.
    pub(super) fn extend(&mut self, other: Self) {
        self.people.extend(other.people);
        self.companies.extend(other.companies);
    }

    /// How a person is called.
    pub(super) fn person(&self, id: PersonId) -> String {
        let name = self.people.get(&id).and_then(PersonView::called);
        name.unwrap_or_else(|| "somebody".to_owned())
    }

    /// The title and company of a person today, such as `VP Engineering, Globex`.
    pub(super) fn place(&self, id: PersonId) -> Option<String> {
        let job = self.people.get(&id)?.jobs.iter().find(|job| job.current)?;
        let title = job.title.as_ref().map(ToString::to_string);
        let company = self.companies.get(&job.company).and_then(CompanyView::called);
        let parts: Vec<String> = title.into_iter().chain(company).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// A person with title and company.
    pub(super) fn person_and_place(&self, id: PersonId) -> String {
        match self.place(id) {
            Some(place) => format!("{} ({place})", self.person(id)),
            None => self.person(id),
        }
    }

    /// A person with the title and company by which they were meant.
    pub(super) fn person_and_post(&self, id: PersonId, post: &TargetMatch) -> String {
        let title = post.title.as_ref().map(ToString::to_string);
        let company = post.company.map(|company| self.company(company));
        let parts: Vec<String> = title.into_iter().chain(company).collect();
        if parts.is_empty() {
            return self.person_and_place(id);
        }
        format!("{} ({})", self.person(id), parts.join(", "))
    }

    /// How a company is called.
    pub(super) fn company(&self, id: CompanyId) -> String {
        let name = self.companies.get(&id).and_then(CompanyView::called);
        name.unwrap_or_else(|| "a company".to_owned())
    }
}
