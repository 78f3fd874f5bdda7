//! The imports there were, and taking one back.

use crate::{
    model::{Author, Change, FactId, Import, ImportId, Role, Scope, Source},
    service::{RefusalCode, ServiceError, ServiceResult, Tertius, Viewer},
    store::PAGE_MAX,
};

use super::{ImportView, Progress, registry::runs_already};

impl Tertius {
    /// The imports that the viewer brought in, the newest first; an admin sees those of all.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn imports(&self, viewer: &Viewer) -> ServiceResult<Vec<ImportView>> {
        viewer.needs_either(Scope::Read, Scope::Import)?;
        let all = self.store.all_imports().await?.into_iter().map(|import| import.value);
        let seen = all.filter(|import| may_see(import.author, viewer));
        let mut imports: Vec<ImportView> = seen.map(ImportView::from).collect();
        imports.sort_by_key(|view| std::cmp::Reverse((view.import.started_at, view.id)));
        Ok(imports)
    }

    /// One of these imports.
    ///
    /// # Errors
    /// `NotFound` when the viewer brought in no such import.
    pub async fn import(&self, viewer: &Viewer, id: ImportId) -> ServiceResult<ImportView> {
        viewer.needs_either(Scope::Read, Scope::Import)?;
        let import = self.import_record(id).await?;
        let import = import.filter(|import| may_see(import.author, viewer));
        import.map(ImportView::from).ok_or_else(|| ServiceError::NotFound(id.to_string()))
    }

    pub(super) async fn import_record(&self, id: ImportId) -> ServiceResult<Option<Import>> {
        let all = self.store.all_imports().await?.into_iter().map(|import| import.value);
        Ok(all.into_iter().find(|import| import.id == id))
    }

    /// Takes back everything that an import told; what others told too stays. Bringing the same
    /// file in again does it anew.
    ///
    /// # Errors
    /// `NotFound` when the viewer brought in no such import; `Refused` when it was undone before,
    /// or runs.
    pub async fn undo_import(
        &self,
        viewer: &Viewer,
        id: ImportId,
        mut progress: impl FnMut(Progress) + Send,
    ) -> ServiceResult<Import> {
        viewer.needs_for(Scope::Import, Role::Member)?;
        let mut import = self.import(viewer, id).await?.import;
        if self.imports.runs(id) {
            return Err(runs_already(id));
        }
        if import.undone_at.is_some() {
            let message = format!("the import of {} was undone before", import.name);
            return Err(ServiceError::refused(RefusalCode::Invalid, "id", message));
        }
        let mut done = Progress::default();
        loop {
            let told = self.store.told_by_import(id, PAGE_MAX).await?;
            if told.is_empty() {
                break;
            }
            done.read += told.len() as u64;
            let changes = retractions(&told, &import);
            let batch = self.batch(viewer, self.fresh_batch(), Vec::new(), changes);
            if self.store.apply(&batch).await?.changed == 0 {
                break;
            }
            progress(done);
        }
        import.undone_at = Some(self.clock.now());
        let changes = vec![Change::PutImport(import.clone())];
        let batch = self.batch(viewer, self.fresh_batch(), Vec::new(), changes);
        self.store.apply(&batch).await?;
        self.take_in().await?;
        Ok(import)
    }
}

fn retractions(told: &[FactId], import: &Import) -> Vec<Change> {
    let source = Source { system: import.system.clone(), import: Some(import.id) };
    let retract = |&fact| Change::Retract { fact, source: source.clone(), recorder: import.author };
    told.iter().map(retract).collect()
}

pub(super) fn may_see(author: Author, viewer: &Viewer) -> bool {
    viewer.role() == Role::Admin || author == Author::Member(viewer.member())
}
