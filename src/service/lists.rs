//! Lists, and who is on them.

use crate::model::{Claim, Holder, Level, List, ListId, ListKind, Name, Scope};

use super::{ServiceError, ServiceResult, Tertius, Vantage, Viewer};

/// A list as a viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListView {
    /// Which list.
    pub id: ListId,
    /// How it is called.
    pub name: Name,
    /// What it is for.
    pub kind: ListKind,
    /// From where it is seen.
    pub as_of: Vantage,
}

fn see(list: &List, viewer: &Viewer) -> Option<ListView> {
    let own = list.owner == viewer.member();
    let seen = match list.audience.group {
        crate::model::Group::Team => list.audience.level == Level::Evidence,
        crate::model::Group::Owner(owner) => owner == viewer.member(),
    };
    (own || seen).then(|| ListView {
        id: list.id,
        name: list.name.clone(),
        kind: list.kind,
        as_of: viewer.vantage(),
    })
}

impl Tertius {
    /// All lists that the viewer sees, in order of id.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn lists(&self, viewer: &Viewer) -> ServiceResult<Vec<ListView>> {
        viewer.needs_scope(Scope::Read)?;
        let lists = self.store.all_lists().await?;
        Ok(lists.iter().filter_map(|list| see(&list.value, viewer)).collect())
    }

    /// One list.
    ///
    /// # Errors
    /// `NotFound` when the viewer sees none there.
    pub async fn list(&self, viewer: &Viewer, id: ListId) -> ServiceResult<ListView> {
        viewer.needs_scope(Scope::Read)?;
        let found = self.store.lists(&[id]).await?.pop().flatten();
        found
            .and_then(|list| see(&list.value, viewer))
            .ok_or_else(|| ServiceError::NotFound(id.to_string()))
    }

    /// Who is on a list, as far as the viewer sees it; at most as many as one question may name.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see the list.
    pub async fn on_list(&self, viewer: &Viewer, id: ListId) -> ServiceResult<Vec<Holder>> {
        self.list(viewer, id).await?;
        let recorded = self.recorded_of(viewer).await?;
        let facts = recorded.list_entries(id, None, self.limits.accounts_max).await?;
        let seen = facts.iter().filter(|fact| fact.is_open_to(viewer.eyes()));
        let mut entries: Vec<Holder> = seen
            .filter_map(|fact| match fact.claim {
                Claim::ListEntry { entry, .. } => Some(entry),
                _ => None,
            })
            .collect();
        entries.sort_unstable();
        entries.dedup();
        Ok(entries)
    }
}
