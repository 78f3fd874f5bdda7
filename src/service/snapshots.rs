//! The fold of an epoch, kept in a file, so that the next start need not fold it again.

use std::{
    io::{Error, Result, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

use sha2::{Digest as _, Sha256};

use crate::{
    algo::{Folder, Formula, SNAPSHOT_FORM, Weighed},
    graph::{Source, damaged},
    model::{Epoch, Version},
    store::{BatchesRequest, PairRow, SnapshotFile, Store},
};

use super::{
    ServiceError, ServiceResult, calibrating::standing_calibration, identity::Recorded,
    in_background,
};

/// What tells one fold from all others, in this and in every other store.
type FoldKey = [u8; 32];

/// Folds what was recorded at an epoch, for its day.
async fn fold(past: &Recorded, epoch: Epoch, formula: Formula) -> ServiceResult<Weighed> {
    let folder = Folder::new(past.everybody().await?, epoch.day, formula);
    let add = |folder: &mut Folder, row: PairRow| {
        folder.add(row.low, row.high, &row.evidence);
    };
    let folder = past.each_pair(folder, add).await?;
    let weigh = || folder.finish().map_err(|error| ServiceError::Internal(Box::new(error)));
    in_background(weigh).await
}

/// The key of an epoch's fold; nothing where nothing was ever written.
///
/// A version alone would not do: a store that was put back to an earlier copy comes to the same
/// version by other facts. The id of its last batch is random.
async fn fold_key(
    store: &dyn Store,
    epoch: Epoch,
    formula: Formula,
) -> ServiceResult<Option<FoldKey>> {
    let before = Some(Version(epoch.version.0 + 1));
    let last = BatchesRequest { before, author: None, since: None, limit: 1 };
    let Some(last) = store.batches(last).await?.pop() else { return Ok(None) };
    let form = (SNAPSHOT_FORM, env!("CARGO_PKG_VERSION"));
    let half_lives = formula.half_lives.map(f64::to_bits);
    let platt = formula.platt.map(|platt| [platt.scale, platt.shift].map(f64::to_bits));
    let all =
        format!("{form:?} {epoch:?} {:?} {:?} {half_lives:?} {platt:?}", last.id, last.version);
    Ok(Some(Sha256::digest(all).into()))
}

/// Where folds are kept, if anywhere: one at a time, the last.
#[derive(Debug, Default)]
pub struct Snapshots {
    inner: Option<Arc<Inner>>,
}

#[derive(Debug)]
struct Inner {
    file: SnapshotFile,
    /// A network with fewer ties is folded as fast as it is read.
    ties_min: usize,
    /// Grows with whatever makes an earlier fold obsolete, also one that is being written.
    turn: AtomicU64,
    /// Held by whoever touches the file.
    touching: Mutex<()>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Snapshots {
    /// In a file, folds with so many ties or more.
    pub fn in_file(file: SnapshotFile, ties_min: usize) -> Self {
        let (turn, touching, writer) = Default::default();
        Self { inner: Some(Arc::new(Inner { file, ties_min, turn, touching, writer })) }
    }

    /// What was recorded at an epoch, folded for its day: read where it is kept, else folded, and kept
    /// from then on.
    pub(super) async fn fold_of(
        &self,
        store: &dyn Store,
        (past, epoch): (&Recorded, Epoch),
    ) -> ServiceResult<Weighed> {
        let calibration = standing_calibration(past.store()).await?;
        let formula = calibration.map_or(Formula::SHIPPED, |c| c.fitted.into());
        let key = match self.inner {
            Some(_) => fold_key(store, epoch, formula).await?,
            None => None,
        };
        let Some(key) = key else { return fold(past, epoch, formula).await };
        if let Some(kept) = self.read(key, epoch, formula).await? {
            return Ok(kept);
        }
        let folded = fold(past, epoch, formula).await?;
        self.keep(key, &folded);
        Ok(folded)
    }

    async fn read(
        &self,
        key: FoldKey,
        epoch: Epoch,
        formula: Formula,
    ) -> ServiceResult<Option<Weighed>> {
        let Some(inner) = self.inner.clone() else { return Ok(None) };
        in_background(move || {
            let read = inner.file.read(&key, |from, left| {
                let mut source = Source::new(from, left);
                let weighed = Weighed::take(&mut source, epoch.day, formula)?;
                if source.is_empty() { Ok(weighed) } else { Err(damaged()) }
            });
            Ok(read.unwrap_or_else(|error| {
                tracing::info!(%error, "the snapshot of the network is not used");
                None
            }))
        })
        .await
    }

    /// Keeps the fold of an epoch in place of the one before, on a thread of its own.
    fn keep(&self, key: FoldKey, weighed: &Weighed) {
        let Some(inner) = &self.inner else { return };
        let turn = inner.turn.fetch_add(1, Ordering::SeqCst) + 1;
        let (at_work, weighed) = (Arc::clone(inner), weighed.clone());
        let work = move || at_work.write(turn, &key, &weighed);
        match thread::Builder::new().name("snapshot".to_owned()).spawn(work) {
            Ok(writer) => {
                *inner.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(writer);
            }
            Err(error) => tracing::warn!(%error, "the network cannot be kept in a snapshot"),
        }
    }

    /// Removes what is kept, and what is just being written.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub(super) async fn throw_away(&self) -> ServiceResult<()> {
        let Some(inner) = self.inner.clone() else { return Ok(()) };
        inner.turn.fetch_add(1, Ordering::SeqCst);
        in_background(move || {
            let _touching = inner.touching.lock().unwrap_or_else(PoisonError::into_inner);
            let thrown = inner.file.throw_away();
            thrown.map_err(|error| ServiceError::Internal(Box::new(error)))
        })
        .await
    }
}

impl Inner {
    fn write(&self, turn: u64, key: &FoldKey, weighed: &Weighed) {
        let _touching = self.touching.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_over(turn) {
            return;
        }
        let written = if weighed.network().ties() < self.ties_min {
            self.file.throw_away()
        } else {
            self.file.keep(key, |to| weighed.put(&mut WhileNeeded { to, turn, inner: self }))
        };
        match written {
            Err(error) if !self.is_over(turn) => {
                tracing::warn!(%error, file = %self.file.path().display(),
                    "the network cannot be kept in a snapshot");
            }
            _ => {}
        }
    }

    fn is_over(&self, turn: u64) -> bool {
        self.turn.load(Ordering::SeqCst) != turn
    }
}

/// A command that ends lets the file be written to its end.
impl Drop for Snapshots {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else { return };
        let writer = inner.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // What it has to say of a failure it has said.
            writer.join().ok();
        }
    }
}

/// Ends the writing of what is obsolete.
struct WhileNeeded<'a> {
    to: &'a mut dyn Write,
    turn: u64,
    inner: &'a Inner,
}

impl Write for WhileNeeded<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if self.inner.is_over(self.turn) {
            // Not `Interrupted`, which is tried again.
            return Err(Error::other("it is obsolete"));
        }
        self.to.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.to.flush()
    }
}
