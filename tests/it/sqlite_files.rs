//! Files that the embedded store meets: strange, locked, full, damaged, old.

use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;
use rusqlite::Connection;
use tempfile::TempDir;
use tertius::{
    model::{Author, Batch, BatchId, Change, PersonId, Timestamp, Version},
    store::{
        Store as _, StoreError,
        sqlite::{Options, SqliteStore},
    },
};

use crate::sqlite_story::{batches, content};

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("there is a folder for tests");
    let file = folder.path().join("tertius.sqlite");
    (folder, file)
}

/// A store with the story in it, closed.
async fn written(file: &Path) {
    let store = SqliteStore::open(file).expect("the file is new");
    for batch in batches() {
        store.apply(&batch).await.expect("the story is sound");
    }
}

fn people(id: u128, count: u128) -> Batch {
    Batch {
        id: BatchId::new(id),
        author: Author::System,
        at: Timestamp::from_ms(0),
        expects: Vec::new(),
        changes: (0..count).map(|n| Change::AddPerson(PersonId::new(id << 64 | n))).collect(),
    }
}

/// What is said about a file that cannot be opened, which must stay as it was.
fn refusal(file: &Path) -> String {
    let before = std::fs::read(file).ok();
    let error = SqliteStore::open(file).expect_err("it cannot be opened");
    assert!(matches!(error, StoreError::CannotOpen(_)), "{error:?}");
    assert_eq!(std::fs::read(file).ok(), before, "not a byte was changed");
    let said = error.to_string();
    assert!(said.contains(&file.display().to_string()), "{said}");
    said
}

fn sql(file: &Path, statements: &str) {
    let connection = Connection::open(file).expect("it is a database");
    connection.execute_batch(statements).expect("the statements are sound");
}

#[tokio::test]
async fn a_missing_file_is_made_with_its_folders() {
    let (folder, _) = folder();
    let file = folder.path().join("a/b/tertius.sqlite");
    let store = SqliteStore::open(&file).unwrap();
    assert_eq!(store.version().await.unwrap(), Version(0));
    assert!(file.exists());
}

#[test]
fn a_new_file_may_be_opened_by_many_at_once() {
    for _ in 0..20 {
        let (_folder, file) = folder();
        std::thread::scope(|scope| {
            let open = || scope.spawn(|| SqliteStore::open(&file).map(drop));
            let opened: Vec<_> = (0..4).map(|_| open()).collect();
            for thread in opened {
                thread.join().unwrap().unwrap();
            }
        });
    }
}

#[tokio::test]
async fn a_file_of_a_newer_schema_is_refused_and_left_alone() {
    let (_folder, file) = folder();
    written(&file).await;
    sql(&file, "PRAGMA user_version = 99");
    let said = refusal(&file);
    assert!(said.contains("schema 99") && said.contains("install the newer one"), "{said}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let (_folder, file) = folder();
    for text in ["name,email\n".repeat(1_000), "short".to_owned()] {
        std::fs::write(&file, text).unwrap();
        assert!(refusal(&file).contains("no SQLite database"));
    }
}

#[test]
fn the_database_of_another_application_is_refused_and_left_alone() {
    for statements in ["CREATE TABLE a (b)", "PRAGMA application_id = 7", "PRAGMA user_version = 1"]
    {
        let (_folder, file) = folder();
        sql(&file, statements);
        assert!(refusal(&file).contains("another application"), "{statements}");
    }
}

#[test]
fn a_folder_is_refused_with_the_name_of_a_file_to_take() {
    let (folder, file) = folder();
    assert!(refusal(folder.path()).contains(&file.display().to_string()));
}

#[test]
fn a_folder_that_cannot_be_made_is_said() {
    let (_folder, file) = folder();
    std::fs::write(&file, "in the way").unwrap();
    assert!(refusal(&file.join("deeper/tertius.sqlite")).contains("its folder cannot be made"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_without_the_right_to_write_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let (_folder, file) = folder();
    written(&file).await;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).unwrap();
    // Nothing is forbidden to an administrator, who may run the tests in a container.
    if std::fs::OpenOptions::new().write(true).open(&file).is_ok() {
        assert!(SqliteStore::open(&file).is_ok());
    } else {
        assert!(refusal(&file).contains("may not be written"));
    }
}

#[tokio::test]
async fn a_file_that_another_program_writes_is_unavailable_until_it_is_done() {
    let (_folder, file) = folder();
    let options = Options { busy_timeout_ms: 50, ..Options::default() };
    let store = SqliteStore::open_with(&file, options).unwrap();
    store.apply(&people(1, 3)).await.unwrap();
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.apply(&people(2, 3)).await.unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable(said) if said.contains("another program")));
    assert_eq!(store.people_after(None, 9).await.unwrap().len(), 3, "reading goes on");
    other.execute_batch("COMMIT").unwrap();
    assert!(!store.apply(&people(2, 3)).await.unwrap().repeated);
}

#[tokio::test]
async fn a_full_disk_refuses_a_batch_and_loses_nothing() {
    let (_folder, file) = folder();
    let options = Options { pages_max: Some(200), ..Options::default() };
    let store = SqliteStore::open_with(&file, options).unwrap();
    let mut kept = 0;
    let refused = loop {
        match store.apply(&people(kept + 1, 1_000)).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(&refused, StoreError::Unavailable(said) if said.contains("make room")));
    assert!(kept > 0);
    assert_eq!(store.version().await.unwrap(), Version(kept as u64));
    drop(store);

    let roomy = SqliteStore::open(&file).unwrap();
    assert_eq!(roomy.check().await.unwrap(), [""; 0]);
    assert!(roomy.apply(&people(kept, 1_000)).await.unwrap().repeated);
    assert_eq!(roomy.apply(&people(kept + 1, 1_000)).await.unwrap().changed, 1_000);
}

#[tokio::test]
async fn one_stream_too_many_is_refused_and_the_others_go_on() {
    let store = SqliteStore::temporary().unwrap();
    store.apply(&people(1, 10_000)).await.unwrap();
    let mut open: Vec<_> = (0..8).map(|_| store.stream_people()).collect();
    let refused = store.stream_people().next().await.unwrap();
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    let ended = open.pop().unwrap().count().await;
    assert_eq!(ended, 10_000);
    assert!(open.pop().unwrap().next().await.unwrap().is_ok(), "the others go on");
}

#[tokio::test]
async fn a_closed_store_is_one_file() {
    let (folder, file) = folder();
    written(&file).await;
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(left, [file]);
}

#[tokio::test]
async fn a_check_finds_damage_in_each_table_that_follows_from_others() {
    let (_folder, file) = folder();
    let damages = [
        "DELETE FROM fact_subject WHERE kind = 9",
        "UPDATE identity_key SET facts = facts + 1",
        "DELETE FROM search_key WHERE key = 'w:ana'",
        "UPDATE pair_evidence SET level = 2 WHERE statement IS NOT NULL",
        "DELETE FROM pair_evidence",
        "INSERT INTO pair_by_high VALUES (0, 1, 1)",
        "UPDATE employment SET title = 'King'",
        "UPDATE login SET login = 'root'",
        "DELETE FROM token_hash",
        "UPDATE ask SET open = 0",
        "UPDATE meta SET value = 99",
        "UPDATE fact SET claim = replace(claim, 'Costa', 'Coast')",
        "UPDATE fact SET claim = '{' WHERE ix = 1",
        "DELETE FROM fact_attestation WHERE fact = 1",
        "PRAGMA foreign_keys = OFF; DELETE FROM attestation WHERE ix = 2",
        "UPDATE record SET body = '{}'",
    ];
    for damage in damages {
        let _ = std::fs::remove_file(&file);
        written(&file).await;
        sql(&file, damage);
        let findings = SqliteStore::open(&file).unwrap().check().await.unwrap();
        assert!(!findings.is_empty(), "{damage}");
    }
}

#[tokio::test]
async fn a_check_finds_pages_that_were_overwritten() {
    use std::os::unix::fs::FileExt as _;

    let (_folder, file) = folder();
    written(&file).await;
    let pages = std::fs::metadata(&file).unwrap().len() / 4096;
    let disk = std::fs::OpenOptions::new().write(true).open(&file).unwrap();
    disk.write_all_at(&[0xA5; 4096], pages / 2 * 4096).unwrap();
    let findings = SqliteStore::open(&file).unwrap().check().await.unwrap();
    assert!(findings[0].contains("damaged"), "{findings:?}");
}

#[tokio::test]
async fn a_plain_sqlite_shell_can_read_the_file() {
    let (_folder, file) = folder();
    written(&file).await;
    let shell = Connection::open(&file).unwrap();
    let count =
        |statement: &str| shell.query_row(statement, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM readable_fact WHERE claim LIKE '%Ana Costa%'"), 1);
    assert_eq!(count("SELECT count(*) FROM readable_fact WHERE retracted_at IS NOT NULL"), 4);
    assert_eq!(count("SELECT count(*) FROM readable_subject WHERE id LIKE 'person_%'"), 4);
}

/// Each file was written by a program of its schema version, with the story. `UPDATE_STORE=1`
/// writes the file of the present version; those before it must be read for ever.
#[tokio::test]
async fn a_file_of_every_schema_version_is_read_as_it_was_written() {
    let (_folder, file) = folder();
    written(&file).await;
    let shell = Connection::open(&file).unwrap();
    let newest: i64 = shell.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let kept = |version: i64| {
        let name = format!("tests/data/store-v{version}.sqlite");
        Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
    };
    if std::env::var_os("UPDATE_STORE").is_some() {
        std::fs::copy(&file, kept(newest)).unwrap();
    }
    let fresh = content(&SqliteStore::open(&file).unwrap()).await.unwrap();
    for version in 1..=newest {
        let (_other, copy) = folder_with(&kept(version));
        let old = SqliteStore::open(&copy).unwrap();
        assert_eq!(content(&old).await.unwrap(), fresh, "version {version}");
        assert_eq!(old.check().await.unwrap(), [""; 0], "version {version}");
        let next = old.apply(&people(50, 3)).await.unwrap();
        assert_eq!(next.changed, 3, "version {version} goes on from there");
    }
}

fn folder_with(kept: &Path) -> (TempDir, PathBuf) {
    let (folder, file) = folder();
    std::fs::copy(kept, &file).expect("the file is in the repository");
    (folder, file)
}
