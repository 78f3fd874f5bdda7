//! The threads that talk to SQLite: one writes, a few read, and each stream has one of its own.
//!
//! Every queue is bounded; a job that panics fails alone, and its thread goes on.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{Options, error::backend, open};
use crate::store::{StoreError, StoreResult};

/// How many jobs may wait for a worker.
const QUEUE_MAX: usize = 64;

/// How many streams may be open at once.
const STREAMS_MAX: usize = 8;

/// How many rows travel through a stream's channel together, and how many such pages wait.
const STREAM_ROWS: usize = 512;
const STREAM_PAGES: usize = 4;

type Job<State> = Box<dyn FnOnce(&mut State) + Send>;

/// Threads that take jobs from one queue; dropping it lets them finish, and waits for them.
#[derive(Debug)]
pub(super) struct Workers<State> {
    jobs: Option<mpsc::Sender<Job<State>>>,
    threads: Vec<JoinHandle<()>>,
}

impl<State: Send + 'static> Workers<State> {
    /// Starts a thread for each state.
    pub(super) fn start(name: &str, states: Vec<State>) -> StoreResult<Self> {
        let (jobs, queue) = mpsc::channel::<Job<State>>(QUEUE_MAX);
        let queue = Arc::new(Mutex::new(queue));
        let mut workers = Self { jobs: Some(jobs), threads: Vec::new() };
        for mut state in states {
            let queue = Arc::clone(&queue);
            let next = move || queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
            let work = move || {
                while let Some(job) = next() {
                    // The one who waits hears of a panic: the answer's channel closes.
                    let _ = catch_unwind(AssertUnwindSafe(|| job(&mut state)));
                }
            };
            let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
            workers.threads.push(thread.map_err(backend)?);
        }
        Ok(workers)
    }

    /// Runs a job on one of the threads, once one is free.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut State) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job<State> = Box::new(move |state| {
            // Whoever gave up waiting needs no answer.
            let _ = answer.send(job(state));
        });
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(job).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl<State> Drop for Workers<State> {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A panic was reported where it happened.
            let _ = thread.join();
        }
    }
}

fn stopped() -> StoreError {
    backend("the thread that does this work has stopped")
}

/// Reads that are too long for one answer, each on a thread and a connection of its own, so that
/// a slow reader holds up nobody.
#[derive(Debug)]
pub(super) struct Streams {
    path: PathBuf,
    options: Options,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

enum Page<T> {
    Rows(Vec<T>),
    End,
    Failed(StoreError),
}

/// Where a stream's thread puts its rows.
pub(super) struct Sink<T> {
    rows: Vec<T>,
    pages: mpsc::Sender<Page<T>>,
}

impl<T> Sink<T> {
    /// Hands on a row; false when nobody listens any more.
    pub(super) fn push(&mut self, row: T) -> bool {
        self.rows.push(row);
        self.rows.len() < STREAM_ROWS || self.flush()
    }

    fn flush(&mut self) -> bool {
        let rows = std::mem::replace(&mut self.rows, Vec::with_capacity(STREAM_ROWS));
        self.pages.blocking_send(Page::Rows(rows)).is_ok()
    }

    fn finish(mut self, outcome: StoreResult<()>) {
        self.flush();
        // Nobody may be listening any more.
        let _ = self.pages.blocking_send(outcome.map_or_else(Page::Failed, |()| Page::End));
    }
}

impl Streams {
    pub(super) fn new(path: PathBuf, options: Options) -> Self {
        Self { path, options, threads: Mutex::default() }
    }

    /// The file.
    pub(super) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// What opens one more connection that only reads.
    pub(super) fn opener(&self) -> impl Fn() -> StoreResult<Connection> + Send + 'static {
        let (path, options) = (self.path.clone(), self.options);
        move || open::reader(&path, &options)
    }

    /// Streams what a scan pushes; the scan sees one moment.
    pub(super) fn start<T: Send + 'static>(
        &self,
        scan: impl FnOnce(&Connection, &mut Sink<T>) -> StoreResult<()> + Send + 'static,
    ) -> BoxStream<'_, StoreResult<T>> {
        let (pages, incoming) = mpsc::channel(STREAM_PAGES);
        let opener = self.opener();
        let work = move || {
            let mut sink = Sink { rows: Vec::with_capacity(STREAM_ROWS), pages };
            let outcome = opener().and_then(|mut connection| {
                let moment = connection.transaction()?;
                scan(&moment, &mut sink)
            });
            sink.finish(outcome);
        };
        if let Err(error) = self.spawn(work) {
            return stream::iter([Err(error)]).boxed();
        }
        let pages = stream::unfold(Some(incoming), |incoming| async {
            let mut incoming = incoming?;
            Some(match incoming.recv().await {
                Some(Page::Rows(rows)) => {
                    (rows.into_iter().map(Ok).collect::<Vec<_>>(), Some(incoming))
                }
                Some(Page::End) => (Vec::new(), None),
                Some(Page::Failed(error)) => (vec![Err(error)], None),
                // Without an end it is cut short: never let that pass for all.
                None => (vec![Err(stopped())], None),
            })
        });
        pages.flat_map(stream::iter).boxed()
    }

    fn spawn(&self, work: impl FnOnce() + Send + 'static) -> StoreResult<()> {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.retain(|thread| !thread.is_finished());
        if threads.len() >= STREAMS_MAX {
            return Err(StoreError::Unavailable(format!(
                "{STREAMS_MAX} streams of the store are open already; try again when one has ended"
            )));
        }
        let thread = std::thread::Builder::new().name("store-stream".to_owned()).spawn(work);
        threads.push(thread.map_err(backend)?);
        Ok(())
    }
}

impl Drop for Streams {
    fn drop(&mut self) {
        let threads = self.threads.get_mut().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // A panic was reported where it happened.
            let _ = thread.join();
        }
    }
}
