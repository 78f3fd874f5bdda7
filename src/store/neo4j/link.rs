//! The link to a server: every call has a deadline, and what may pass is tried again, so often.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use neo4rs::{ConfigBuilder, Graph, Query, Row, Txn};
use tokio::{sync::Mutex, time::timeout};

use super::error::Failure;
use crate::store::StoreResult;

/// How long and how often something is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For one call to the server: a statement, or a page of one.
    pub call: Duration,
    /// How often something is tried in all; at least once.
    pub tries: u32,
    /// The wait before the second try; it doubles with each, and varies by half.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let (call, pause) = (Duration::from_secs(30), Duration::from_millis(100));
        Self { call, tries: 6, pause }
    }
}

/// Who logs in, and where. The password is in no text that this prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// `bolt://HOST[:PORT]`, `neo4j://…` (a cluster), or one of them with `+s` (encrypted).
    pub url: String,
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
    /// The database; the server's own where none is named.
    pub database: Option<String>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("url", &self.url)
            .field("user", &self.user)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

/// How many rows the server sends without being asked again.
const ROWS_TOGETHER: usize = 20_000;

/// How many reads run at a time; more wait.
const READERS: usize = 8;

/// The connections to one database of one server, or of one cluster.
pub(super) struct Link {
    reader: Graph,
    /// One connection: whatever an interrupted write left open is closed by the next one, so that no
    /// other process waits for its lock.
    writer: Graph,
    /// Writers of this process take turns here, not at the server, where a wait has a deadline.
    turn: Mutex<()>,
    patience: Patience,
    /// How the server is named in errors.
    address: String,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Link {
    /// Prepares connections; they are made when they are needed.
    pub(super) fn new(login: &Login, patience: Patience) -> StoreResult<Self> {
        let graph = |connections| {
            let mut config = ConfigBuilder::default()
                .uri(&login.url)
                .user(&login.user)
                .password(&login.password)
                .fetch_size(ROWS_TOGETHER)
                .max_connections(connections)
                // This also bounds every single read of an answer.
                .connection_timeout(patience.call);
            if let Some(database) = &login.database {
                config = config.db(database.as_str());
            }
            let graph = config.build().and_then(Graph::connect);
            graph.map_err(|error| Failure::from(error).told(&login.url))
        };
        let (reader, writer) = (graph(READERS)?, graph(1)?);
        let (turn, address) = (Mutex::new(()), login.url.clone());
        Ok(Self { reader, writer, turn, patience, address })
    }

    /// Runs a statement that reads; all its rows.
    ///
    /// # Errors
    /// `Unavailable` and `CannotOpen` with what to do; `Backend` for what nobody expected.
    pub(super) async fn read(&self, query: Query) -> StoreResult<Vec<Row>> {
        self.insist(|| within(self.patience.call, all_rows(&self.reader, query.clone()))).await
    }

    /// Runs a statement that reads, and hands each row on: for what may be too much to hold. Where the
    /// connection breaks, it begins again, so that a row may come twice.
    ///
    /// # Errors
    /// As [`read`](Self::read), and what the receiver says.
    pub(super) async fn read_each(
        &self,
        query: Query,
        mut each: impl FnMut(&Row) -> StoreResult<()> + Send,
    ) -> StoreResult<()> {
        let mut tried = 1;
        loop {
            match self.read_through(query.clone(), &mut each).await {
                Ok(()) => return Ok(()),
                Err(failure) => self.pause_after(failure, tried).await?,
            }
            tried += 1;
        }
    }

    async fn read_through(
        &self,
        query: Query,
        each: &mut (impl FnMut(&Row) -> StoreResult<()> + Send),
    ) -> Result<(), Failure> {
        let wait = self.patience.call;
        let mut stream = within(wait, self.reader.execute(query)).await?;
        while let Some(row) = within(wait, stream.next()).await? {
            each(&row)?;
        }
        Ok(())
    }

    /// Runs a statement that writes by itself, and may be repeated without harm; all its rows.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(super) async fn write_alone(&self, query: Query) -> StoreResult<Vec<Row>> {
        let _turn = self.turn.lock().await;
        self.insist(|| within(self.patience.call, all_rows(&self.writer, query.clone()))).await
    }

    /// Runs some work in a transaction that writes, and commits it. It may be run several times: it
    /// must find out by itself what was done before.
    ///
    /// # Errors
    /// What the work refuses; else as [`read`](Self::read).
    pub(super) async fn write<W: Work>(&self, work: &mut W) -> StoreResult<W::Done> {
        let _turn = self.turn.lock().await;
        let mut tried = 1;
        loop {
            match self.write_once(work).await {
                Ok(done) => return Ok(done),
                Err(failure) => self.pause_after(failure, tried).await?,
            }
            tried += 1;
        }
    }

    async fn write_once<W: Work>(&self, work: &mut W) -> Result<W::Done, Failure> {
        let wait = self.patience.call;
        let txn = within(wait, self.writer.start_txn()).await?;
        let mut writing = Writing { txn, wait };
        let (done, is_clean) = match work.run(&mut writing).await {
            Ok(done) => {
                let committed = within(wait, writing.txn.commit()).await;
                let is_clean = committed.is_ok();
                (committed.map(|_| done), is_clean)
            }
            // Nobody waits twice for a server that does not answer.
            Err(Failure::Late) => (Err(Failure::Late), false),
            Err(failure) => {
                let rolled_back = within(wait, writing.txn.rollback()).await;
                (Err(failure), rolled_back.is_ok())
            }
        };
        if !is_clean {
            self.close_what_is_open();
        }
        done
    }

    /// A transaction that was left open at the server holds up everybody: whoever takes the connection
    /// next resets or closes it, so that is done at once.
    fn close_what_is_open(&self) {
        let (writer, wait) = (self.writer.clone(), self.patience.call);
        tokio::spawn(async move {
            _ = within(wait, all_rows(&writer, Query::new("RETURN 1".into()))).await;
        });
    }

    /// Tries until it works, cannot work, or was tried often enough.
    async fn insist<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        attempt: impl Fn() -> F,
    ) -> StoreResult<T> {
        let mut tried = 1;
        loop {
            match attempt().await {
                Ok(done) => return Ok(done),
                Err(failure) => self.pause_after(failure, tried).await?,
            }
            tried += 1;
        }
    }

    /// Waits until it may be tried again.
    ///
    /// # Errors
    /// The failure itself, where it will not pass or was tried often enough.
    async fn pause_after(&self, failure: Failure, tried: u32) -> StoreResult<()> {
        let tries = match failure {
            // A connection that went silent is worth another one; a server that did, is not.
            Failure::Late => self.patience.tries.min(2),
            _ => self.patience.tries,
        };
        if !failure.may_pass() || tried >= tries {
            return Err(failure.told(&self.address));
        }
        tokio::time::sleep(pause_before(self.patience.pause, tried)).await;
        Ok(())
    }
}

/// Some work of one transaction. It may be run several times: it finds out by itself what was done
/// before.
#[async_trait]
pub(super) trait Work: Send {
    /// What comes of it.
    type Done: Send;

    /// Does it, but for the commit.
    async fn run(&mut self, writing: &mut Writing) -> Result<Self::Done, Failure>;
}

/// A transaction that writes.
pub(super) struct Writing {
    txn: Txn,
    wait: Duration,
}

impl Writing {
    /// Runs a statement for what it does.
    pub(super) async fn run(&mut self, query: Query) -> Result<(), Failure> {
        within(self.wait, self.txn.run(query)).await.map(drop)
    }

    /// Runs a statement; all its rows.
    pub(super) async fn rows(&mut self, query: Query) -> Result<Vec<Row>, Failure> {
        let txn = &mut self.txn;
        let rows = async {
            let mut stream = txn.execute(query).await?;
            let mut rows = Vec::new();
            while let Some(row) = stream.next(txn.handle()).await? {
                rows.push(row);
            }
            Ok(rows)
        };
        within(self.wait, rows).await
    }
}

async fn all_rows(graph: &Graph, query: Query) -> neo4rs::Result<Vec<Row>> {
    let mut stream = graph.execute(query).await?;
    let mut rows = Vec::new();
    while let Some(row) = stream.next().await? {
        rows.push(row);
    }
    Ok(rows)
}

async fn within<T>(
    wait: Duration,
    call: impl Future<Output = neo4rs::Result<T>> + Send,
) -> Result<T, Failure> {
    // The driver's futures are large, and nested deeply enough to trouble the compiler.
    match timeout(wait, call.boxed()).await {
        Ok(answer) => answer.map_err(Failure::from),
        Err(_) => Err(Failure::Late),
    }
}

/// The wait before another try: processes that failed together do not come back together.
fn pause_before(first: Duration, tried: u32) -> Duration {
    let whole = first.saturating_mul(1 << tried.saturating_sub(1).min(10));
    // No chance is needed for that: their numbers differ.
    let mixed = u64::from(std::process::id()).wrapping_add(tried.into());
    let mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
    whole.mul_f64(0.5 + mixed as f64 / 255.0)
}
