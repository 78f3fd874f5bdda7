//! What a killed process leaves in the file: every acknowledged batch, and none by half.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use tertius::store::{
    Store as _, StoreResult,
    sqlite::{SqliteStore, fault},
};

use crate::sqlite_story::{batches, content};

/// Names the file to the process that is going to be killed.
const FILE: &str = "TERTIUS_CRASH_FILE";
const WRITER: &str = "sqlite_crash::a_batch_is_acknowledged_once_it_is_kept";
const ACKNOWLEDGED: &str = "acknowledged;";

/// Alone, a test of its own. The test below runs it in a process that it kills.
#[tokio::test]
async fn a_batch_is_acknowledged_once_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let chosen = std::env::var_os(FILE);
    let file = chosen.map_or_else(|| folder.path().join("tertius.sqlite"), Into::into);
    let store = SqliteStore::open(&file).unwrap();
    for batch in batches() {
        let applied = store.apply(&batch).await.unwrap();
        println!("{ACKNOWLEDGED}");
        assert!(!applied.repeated);
        let other = SqliteStore::open(&file).unwrap();
        assert_eq!(other.version().await.unwrap(), applied.version);
    }
}

/// How a writer ended.
struct Ended {
    acknowledged: usize,
    /// Where it was killed; nothing if it reached its end before the point.
    killed: Option<String>,
}

/// Runs a writer until it reaches a point, and kills it there.
fn write_until(file: &Path, point: u32) -> std::io::Result<Ended> {
    let said = file.with_extension("said");
    let mut writer = Command::new(std::env::current_exe()?)
        .args(["--exact", WRITER, "--nocapture"])
        .env(FILE, file)
        .env(fault::VARIABLE, point.to_string())
        .stdout(File::create(&said)?)
        .stderr(Stdio::piped())
        .spawn()?;
    let mut killed = None;
    for line in writer.stderr.take().into_iter().flat_map(|said| BufReader::new(said).lines()) {
        killed = Some(line?).filter(|line| line.contains(fault::REACHED));
        if killed.is_some() {
            writer.kill()?;
            break;
        }
    }
    let status = writer.wait()?;
    assert_eq!(status.success(), killed.is_none(), "{status}");
    let acknowledged = std::fs::read_to_string(&said)?.matches(ACKNOWLEDGED).count();
    Ok(Ended { acknowledged, killed })
}

/// What an undisturbed store holds before the first batch and after each.
async fn chapters() -> StoreResult<Vec<String>> {
    let store = SqliteStore::temporary()?;
    let mut chapters = vec![content(&store).await?];
    for batch in batches() {
        store.apply(&batch).await?;
        chapters.push(content(&store).await?);
    }
    Ok(chapters)
}

#[tokio::test]
async fn a_killed_writer_loses_nothing_acknowledged_and_leaves_nothing_by_half() {
    let (batches, chapters) = (batches(), chapters().await.unwrap());
    let mut points = 0;
    for point in 1.. {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tertius.sqlite");
        let Ended { acknowledged, killed } = write_until(&file, point).unwrap();
        let store = SqliteStore::open(&file).unwrap();
        assert_eq!(store.check().await.unwrap(), [""; 0], "{killed:?}");
        let committed = killed.as_ref().is_some_and(|place| place.contains("after the commit"));
        let kept = acknowledged + usize::from(committed);
        assert_eq!(content(&store).await.unwrap(), chapters[kept], "{killed:?}");
        // Whoever was not answered sends again, with the same ids.
        for (n, batch) in batches.iter().enumerate() {
            assert_eq!(store.apply(batch).await.unwrap().repeated, n < kept, "{killed:?}");
        }
        assert_eq!(content(&store).await.ok().as_ref(), chapters.last(), "{killed:?}");
        if killed.is_none() {
            assert_eq!(acknowledged, batches.len());
            break;
        }
        points += 1;
    }
    let changes: usize = batches.iter().map(|batch| batch.changes.len()).sum();
    assert_eq!(points, 3 * batches.len() + changes, "every point was tried");
}
