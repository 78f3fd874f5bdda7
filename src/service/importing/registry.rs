//! The imports that run: how far they have come, and calling them off.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use futures_util::{Stream, stream};
use rustc_hash::FxHashMap;
use tokio::sync::watch;

use crate::{
    model::{Author, ImportId, Role, Scope},
    service::{RefusalCode, ServiceError, ServiceResult, Tertius, Viewer},
};

use super::undoing::may_see;

/// Of so many imports that have ended it is still known how, beyond what the store says.
const REMEMBERED: usize = 100;

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Records that were read and whose facts are safe.
    pub read: u64,
    /// Those that told something new.
    pub new: u64,
    /// Those that could not be taken.
    pub refused: u64,
}

/// Whether an import goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// It goes on.
    Running,
    /// It came to its end.
    Finished,
    /// It broke off; the same file goes on from there.
    Failed,
    /// Somebody called it off; the same file goes on from there.
    Cancelled,
}

/// Where an import stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportStatus {
    /// Which import.
    pub id: ImportId,
    /// How far it has come.
    pub progress: Progress,
    /// Whether it goes on.
    pub state: ImportState,
    /// Why it broke off, if it did.
    pub reason: Option<String>,
}

/// An import that runs, or did.
#[derive(Debug, Clone)]
pub struct RunningImport {
    status: watch::Receiver<ImportStatus>,
}

impl RunningImport {
    /// Where it stands now.
    pub fn status(&self) -> ImportStatus {
        self.status.borrow().clone()
    }

    /// Where it stands now, and each time it has come further, until it ends. Whoever is slow
    /// misses what lies between.
    pub fn follow(self) -> impl Stream<Item = ImportStatus> + Send {
        let running = |state| state == ImportState::Running;
        stream::unfold((self.status, None), move |(mut status, last)| async move {
            match last {
                None => {}
                Some(last) if running(last) => status.changed().await.ok()?,
                Some(_) => return None,
            }
            let now = status.borrow_and_update().clone();
            let state = now.state;
            Some((now, (status, Some(state))))
        })
    }
}

/// The imports of this process.
#[derive(Debug, Default)]
pub(in crate::service) struct Registry {
    imports: Mutex<FxHashMap<ImportId, Arc<Entry>>>,
}

#[derive(Debug)]
struct Entry {
    author: Author,
    status: watch::Sender<ImportStatus>,
    called_off: AtomicBool,
}

impl Entry {
    fn runs(&self) -> bool {
        self.status.borrow().state == ImportState::Running
    }
}

impl Registry {
    /// Enters an import, which runs until the turn ends.
    ///
    /// # Errors
    /// `Refused` while the same import runs; `Busy` while as many run as may.
    pub(super) fn enter(&self, id: ImportId, author: Author, most: usize) -> ServiceResult<Turn> {
        let mut imports = self.imports.lock().unwrap_or_else(PoisonError::into_inner);
        if imports.get(&id).is_some_and(|entry| entry.runs()) {
            return Err(runs_already(id));
        }
        if imports.values().filter(|entry| entry.runs()).count() >= most {
            return Err(ServiceError::Busy {
                reason: "too many imports run",
                retry_after_ms: 10_000,
            });
        }
        if imports.len() >= REMEMBERED {
            imports.retain(|_, entry| entry.runs());
        }
        let (progress, state) = (Progress::default(), ImportState::Running);
        let status = watch::Sender::new(ImportStatus { id, progress, state, reason: None });
        let entry = Arc::new(Entry { author, status, called_off: AtomicBool::new(false) });
        imports.insert(id, Arc::clone(&entry));
        Ok(Turn { entry })
    }

    fn entry(&self, id: ImportId) -> Option<Arc<Entry>> {
        self.imports.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Whether any import runs.
    pub(in crate::service) fn any_runs(&self) -> bool {
        self.running() > 0
    }

    /// How many run.
    pub(in crate::service) fn running(&self) -> usize {
        let imports = self.imports.lock().unwrap_or_else(PoisonError::into_inner);
        imports.values().filter(|entry| entry.runs()).count()
    }

    /// Whether an import of somebody runs.
    pub(in crate::service) fn any_of_runs(&self, author: Author) -> bool {
        let imports = self.imports.lock().unwrap_or_else(PoisonError::into_inner);
        imports.values().any(|entry| entry.author == author && entry.runs())
    }

    pub(in crate::service) fn runs(&self, id: ImportId) -> bool {
        self.entry(id).is_some_and(|entry| entry.runs())
    }
}

/// The turn of an import that runs.
#[derive(Debug)]
pub(super) struct Turn {
    entry: Arc<Entry>,
}

impl Turn {
    /// Tells those who follow how far it has come.
    pub(super) fn tell(&self, progress: Progress) {
        self.entry.status.send_modify(|status| status.progress = progress);
    }

    /// # Errors
    /// When somebody has called the import off.
    pub(super) fn goes_on(&self) -> ServiceResult<()> {
        if !self.entry.called_off.load(Ordering::Relaxed) {
            return Ok(());
        }
        let message = "the import was called off; what it brought by then stays, and importing \
                       the same file again goes on from there";
        Err(ServiceError::refused(RefusalCode::Conflict, "importId", message))
    }

    /// Ends it.
    pub(super) fn end<T>(self, result: &ServiceResult<T>) {
        let (state, reason) = match result {
            Ok(_) => (ImportState::Finished, None),
            Err(error) if self.goes_on().is_err() => {
                (ImportState::Cancelled, Some(error.to_string()))
            }
            Err(error) => (ImportState::Failed, Some(error.to_string())),
        };
        self.entry.status.send_modify(|status| (status.state, status.reason) = (state, reason));
    }
}

impl Drop for Turn {
    /// Whoever ran it has let it go: nobody shall wait for it for ever.
    fn drop(&mut self) {
        self.entry.status.send_if_modified(|status| {
            let broke_off = status.state == ImportState::Running;
            if broke_off {
                status.state = ImportState::Failed;
                status.reason = Some(NOT_ENDED.to_owned());
            }
            broke_off
        });
    }
}

const NOT_ENDED: &str = "it did not come to its end; importing the same file again goes on";

impl Tertius {
    /// An import that runs in this process. Of one that has ended, or that another process runs,
    /// what is recorded of it.
    ///
    /// # Errors
    /// `NotFound` when the viewer brought in no such import.
    pub async fn running_import(
        &self,
        viewer: &Viewer,
        id: ImportId,
    ) -> ServiceResult<RunningImport> {
        if let Some(entry) = self.imports.entry(id).filter(|e| may_see(e.author, viewer)) {
            return Ok(RunningImport { status: entry.status.subscribe() });
        }
        let import = self.import(viewer, id).await?.import;
        let counts = import.counts;
        let progress = Progress { read: counts.read, new: counts.new, refused: counts.refused };
        let (state, reason) = match import.finished_at {
            Some(_) => (ImportState::Finished, None),
            None => (ImportState::Failed, Some(NOT_ENDED.to_owned())),
        };
        let (_, status) = watch::channel(ImportStatus { id, progress, state, reason });
        Ok(RunningImport { status })
    }

    /// Calls off an import that runs in this process: it ends after the batch at which it is. What
    /// it brought by then stays, and importing the same file again goes on from there.
    ///
    /// # Errors
    /// `NotFound` when the viewer brought in no such import; `Refused` when it does not run.
    pub async fn cancel_import(
        &self,
        viewer: &Viewer,
        id: ImportId,
    ) -> ServiceResult<ImportStatus> {
        viewer.needs_for(Scope::Import, Role::Member)?;
        let running = self.running_import(viewer, id).await?;
        let Some(entry) = self.imports.entry(id).filter(|entry| entry.runs()) else {
            let message = "it does not run: `undoImport` takes back what it told";
            return Err(ServiceError::refused(RefusalCode::Invalid, "importId", message));
        };
        entry.called_off.store(true, Ordering::Relaxed);
        Ok(running.status())
    }
}

pub(super) fn runs_already(id: ImportId) -> ServiceError {
    let message = format!("the same file is being imported, as {id}; wait for it, or cancel it");
    ServiceError::refused(RefusalCode::Conflict, "importId", message)
}
