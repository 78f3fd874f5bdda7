//! Companies that hang on one thread.

use crate::model::{CompanyId, Holder, ListId, ListKind, PersonId};

use super::{ServiceResult, Tertius, Vantage, Viewer};

/// A company into which one person alone has ties.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    /// Which company.
    pub company: CompanyId,
    /// The only one outside who knows anybody there.
    pub knower: PersonId,
    /// Whom they know there, the best first.
    pub inside: Vec<PersonId>,
    /// From where it is seen.
    pub as_of: Vantage,
}

impl Tertius {
    /// The companies into which one person outside alone has ties, in order of id: those of a
    /// list, or, where none is named, of all lists of partners that the viewer sees.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see the list.
    ///
    /// # Complexity
    /// Linear in the ties of everybody who works there.
    pub async fn threads(
        &self,
        viewer: &Viewer,
        list: Option<ListId>,
    ) -> ServiceResult<Vec<Thread>> {
        let lists = if let Some(list) = list {
            vec![list]
        } else {
            let lists = self.lists(viewer).await?.into_iter();
            lists.filter(|list| list.kind == ListKind::Partners).map(|list| list.id).collect()
        };
        let mut companies = Vec::new();
        for list in lists {
            let entries = self.on_list(viewer, list).await?.into_iter();
            companies.extend(entries.filter_map(|entry| match entry {
                Holder::Company(company) => Some(company),
                Holder::Person(_) => None,
            }));
        }
        companies.sort_unstable();
        companies.dedup();
        companies.truncate(self.limits.accounts_max);
        let ties = self.ties_into(viewer, &companies).await?.into_iter();
        Ok(ties.filter_map(|(company, ties)| Thread::of(company, &ties, viewer)).collect())
    }
}

impl Thread {
    /// The one thread among all ties into a company, the best first.
    fn of(company: CompanyId, ties: &[(PersonId, PersonId)], viewer: &Viewer) -> Option<Self> {
        let &(knower, _) = ties.first()?;
        let inside = ties.iter().map(|&(_, inside)| inside).collect();
        let as_of = viewer.vantage();
        let is_one = ties.iter().all(|&(other, _)| other == knower);
        is_one.then_some(Self { company, knower, inside, as_of })
    }
}
