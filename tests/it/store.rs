//! Every store keeps the contract: one test for each case and store.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use tertius::store::{Store, conformance::Place, sqlite::SqliteStore};

use crate::neo4j_server::Neo4jPlace;

/// A file in a folder of its own.
struct SqlitePlace(tempfile::TempDir);

impl SqlitePlace {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("there is a folder for tests"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("tertius.sqlite")
    }
}

#[async_trait]
impl Place for SqlitePlace {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(&self.file()).expect("the file is ours"))
    }

    async fn open_another(&self) -> Arc<dyn Store> {
        static OTHERS: AtomicU64 = AtomicU64::new(0);
        let number = OTHERS.fetch_add(1, Ordering::Relaxed);
        let file = self.0.path().join(format!("another-{number}.sqlite"));
        Arc::new(SqliteStore::open(&file).expect("the file is ours"))
    }
}

impl Drop for SqlitePlace {
    /// Whatever a case did, the file that it leaves is sound.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let file = self.file();
        // The case runs inside a runtime, and there may only be one to a thread.
        let check = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let check = async { SqliteStore::open(&file)?.check().await };
            runtime.expect("one more runtime can be made").block_on(check)
        });
        let findings = check.join().expect("a check does not panic");
        assert_eq!(findings.expect("the file can be read"), [""; 0]);
    }
}

tertius::store_conformance!(sqlite, SqlitePlace::new());
tertius::store_conformance!(neo4j, Neo4jPlace::new());
