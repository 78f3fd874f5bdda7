//! Taking what was erased out of the files, to the last byte.

use std::path::Path;

use aho_corasick::AhoCorasick;
use rusqlite::Connection;

use super::error::backend;
use crate::{model::Traces, store::StoreResult};

/// The name in `meta` under which it is noted that something waits to be wiped.
const WAITS: &str = "unwiped";

/// A file up to this size, in bytes, is written anew without a look for what is left in it.
const SMALL: u64 = 32 * 1024 * 1024;

/// Notes, within the transaction that erases, that the files are still to be wiped.
pub(super) fn wait(db: &Connection) -> StoreResult<()> {
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, 1)", [WAITS])?;
    Ok(())
}

/// Wipes the files, if that waits to be done; false where somebody still reads what was before.
///
/// What is deleted is overwritten with zeros (`secure_delete`), but where pages were split or
/// joined before, older copies of a row can be left in their gaps. So the file is searched, and
/// written anew where a trace is found or nobody knows any more what to look for.
pub(super) fn wipe(db: &Connection, path: &Path, traces: Option<&Traces>) -> StoreResult<bool> {
    let waits = db.prepare("SELECT 1 FROM meta WHERE name = ?")?.exists([WAITS])?;
    if !waits {
        return Ok(true);
    }
    if !empty_the_log(db)? {
        return Ok(false);
    }
    let is_small = std::fs::metadata(path).map_err(backend)?.len() <= SMALL;
    let anew = match traces {
        Some(traces) => is_small || is_traced(path, traces)?,
        None => true,
    };
    if anew {
        db.execute_batch("VACUUM")?;
        if !empty_the_log(db)? {
            return Ok(false);
        }
    }
    db.execute("DELETE FROM meta WHERE name = ?", [WAITS])?;
    Ok(true)
}

/// Copies the log into the file and cuts it to nothing; false where a reader still needs it.
fn empty_the_log(db: &Connection) -> StoreResult<bool> {
    let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// Whether the bytes of a file name somebody.
fn is_traced(path: &Path, traces: &Traces) -> StoreResult<bool> {
    let ids = traces.people().map(|id| id.value().to_be_bytes().to_vec());
    let written = traces.people().map(|id| id.to_string().into_bytes());
    let texts = traces.written().map(|text| text.as_bytes().to_vec());
    let signs: Vec<Vec<u8>> = ids.chain(written).chain(texts).collect();
    let signs =
        AhoCorasick::builder().ascii_case_insensitive(true).build(signs).map_err(backend)?;
    let file = std::fs::File::open(path).map_err(backend)?;
    let first = signs.stream_find_iter(file).next().transpose().map_err(backend)?;
    Ok(first.is_some())
}
