//! Opening a file: what it is, whether it is ours, and bringing it to the present schema.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::store::{StoreError, StoreResult};

/// How a store file is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How long to wait while another program writes.
    pub busy_timeout_ms: u64,
    /// How many reads run at once.
    pub readers: usize,
    /// The most pages of 4 KiB that the file may have, if there is a limit.
    pub pages_max: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self { busy_timeout_ms: 5_000, readers: 4, pages_max: None }
    }
}

/// `tert`: marks the file as ours for any tool that looks.
const APPLICATION_ID: i32 = 0x7465_7274;

/// Each schema version's step from the one before; the place in the list is the version. What SQL
/// alone cannot do follows it.
const MIGRATIONS: [(&str, Option<Follow>); 7] = [
    (include_str!("migrations/0001.sql"), None),
    (include_str!("migrations/0002.sql"), None),
    (include_str!("migrations/0003.sql"), None),
    (include_str!("migrations/0004.sql"), Some(super::replay::derive_anew)),
    (include_str!("migrations/0005.sql"), None),
    (include_str!("migrations/0006.sql"), Some(super::introductions::derive_anew)),
    (include_str!("migrations/0007.sql"), None),
];

type Follow = fn(&Connection) -> StoreResult<()>;

/// How much of the file the writer keeps in memory at most, in KiB. A large import touches pages at
/// random: the more are kept, the fewer are written before their transaction is done.
const WRITER_CACHE_KIB: i64 = 112 * 1024;

/// How large the log may stay on disk once it was copied into the file, in bytes.
const LOG_BYTES_KEPT: i64 = 64 * 1024 * 1024;

/// After how many pages the log is copied into the file: a large import touches the same pages
/// again and again, and each is copied once per round.
const CHECKPOINT_PAGES: i64 = 131_072;

/// Opens the one connection that writes; makes the file and its folder where they are missing.
pub(super) fn writer(path: &Path, options: &Options) -> StoreResult<Connection> {
    if path.is_dir() {
        let example = path.join("tertius.sqlite");
        return Err(cannot_open(path, &format!("is a folder; name a file: {}", example.display())));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| {
            cannot_open(path, &format!("its folder cannot be made ({error}); choose another"))
        })?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> StoreResult<Connection> {
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_millis(options.busy_timeout_ms))?;
        // Nothing is written before it is sure that the file is ours.
        let moment = connection.transaction()?;
        let version = schema_version(path, &moment)?;
        drop(moment);
        if connection.is_readonly("main")? {
            return Err(cannot_write(path));
        }
        configure(&connection, options)?;
        migrate(&mut connection, version)?;
        Ok(connection)
    };
    open().map_err(|error| explain(path, error))
}

/// Opens a connection that can only read.
pub(super) fn reader(path: &Path, options: &Options) -> StoreResult<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(options.busy_timeout_ms))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

/// How long to wait for others where nothing else is said.
pub(super) fn patience() -> Duration {
    Duration::from_millis(Options::default().busy_timeout_ms)
}

/// Makes sure that a file is ours, and of no newer schema than we know.
pub(super) fn ours(path: &Path, connection: &Connection) -> StoreResult<()> {
    match schema_version(path, connection)? {
        0 => Err(cannot_open(path, "is empty; name the file of a store")),
        _ => Ok(()),
    }
}

/// How many prepared statements a connection keeps: more than there are.
const STATEMENTS_KEPT: usize = 128;

/// The schema version of a file, 0 for an empty one. It must be read in one transaction, because
/// another process may be making the file just now.
fn schema_version(path: &Path, connection: &Connection) -> StoreResult<usize> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    match application {
        APPLICATION_ID if version > MIGRATIONS.len() => Err(cannot_open(
            path,
            &format!(
                "was written by a newer Tertius (schema {version}, this one knows {}); nothing \
                 was changed, install the newer one",
                MIGRATIONS.len()
            ),
        )),
        APPLICATION_ID => Ok(version),
        0 if version == 0 && tables == 0 => Ok(0),
        _ => Err(cannot_open(
            path,
            "is the database of another application; nothing was changed, choose another file",
        )),
    }
}

/// Turns the write-ahead log on. SQLite does not wait for others here, so that two processes that
/// make one file at the same moment would fail: wait in its place.
fn keep_a_log(connection: &Connection, options: &Options) -> StoreResult<()> {
    let timeout = Duration::from_millis(options.busy_timeout_ms);
    connection.busy_timeout(Duration::ZERO)?;
    let mut waited = Duration::ZERO;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && waited < timeout => std::thread::sleep(RETRY_AFTER),
            switched => {
                connection.busy_timeout(timeout)?;
                return Ok(switched?);
            }
        }
        waited += RETRY_AFTER;
    }
}

/// How long to wait between two tries to turn the log on.
const RETRY_AFTER: Duration = Duration::from_millis(10);

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

fn configure(connection: &Connection, options: &Options) -> StoreResult<()> {
    // FULL for every batch: what was acknowledged outlives a power cut too, and one fsync per
    // batch does not show beside the work of a large one.
    keep_a_log(connection, options)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What was erased must not be found in the free pages of the file.
    connection.pragma_update(None, "secure_delete", true)?;
    // The writer looks up whatever a row refers to before it writes the row. SQLite looks once more
    // as an assertion does; `check` looks at all of it.
    connection.pragma_update(None, "foreign_keys", cfg!(debug_assertions))?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
    if let Some(pages) = options.pages_max {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(())
}

/// Brings the file to the present schema in one step, or leaves it as it was.
fn migrate(connection: &mut Connection, version: usize) -> StoreResult<()> {
    if version == MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done it meanwhile.
    let done: i32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (step, follow) in MIGRATIONS.iter().skip(usize::try_from(done).unwrap_or_default()) {
        transaction.execute_batch(step)?;
        follow.map_or(Ok(()), |follow| follow(&transaction))?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    transaction.commit()?;
    Ok(())
}

/// Says which file, and what to do about it.
fn explain(path: &Path, error: StoreError) -> StoreError {
    let StoreError::Backend { source, .. } = &error else { return error };
    let code =
        source.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
    match code {
        Some(ErrorCode::NotADatabase) => {
            cannot_open(path, "is no SQLite database; nothing was changed, choose another file")
        }
        Some(ErrorCode::CannotOpen) => cannot_open(
            path,
            "cannot be opened or made; check that this user may read and write it and its folder",
        ),
        _ => error,
    }
}

fn cannot_open(path: &Path, why: &str) -> StoreError {
    StoreError::CannotOpen(format!("{}: {why}", path.display()))
}

fn cannot_write(path: &Path) -> StoreError {
    cannot_open(
        path,
        "may not be written by this user; give the right to write it and its folder, or choose \
         another file",
    )
}
