//! Looking for damage in a file.

use std::error::Error as _;

use rusqlite::Connection;

use super::{
    at::At,
    codec::{id_in, read_json},
    facts, introductions,
    known::Known,
    records, replay,
};
use crate::{
    model::{
        AskRules, AudienceRule, Calibration, Erasure, FactId, Import, Invitation, List, Telling,
    },
    store::{StoreError, StoreResult},
};

/// How many findings are told at most; the first ones say enough.
const FINDINGS_MAX: usize = 100;

/// The tables that follow from the others, and what their rows are, in words.
const DERIVED: [(&str, &str); 11] = [
    ("fact_subject", "a fact filed under what it is about"),
    ("identity_key", "a key of who somebody is"),
    ("search_key", "a key of the search"),
    ("pair_evidence", "evidence of a pair of people"),
    ("pair_by_high", "a pair of people"),
    ("employment", "an employment"),
    ("login", "the login of a member"),
    ("token_hash", "the hash of a token"),
    ("ask", "an asking of a connector"),
    ("party", "a part in an introduction"),
    ("erased", "an id under which nobody may be told of"),
];

/// What is wrong with a file, in sentences.
///
/// Everything derived is written again, by the code that wrote it first, into temporary tables
/// that stand before the real ones; then the two are compared. Memory is bounded by SQLite's
/// cache, the rest lies in a temporary file.
pub(super) fn findings(db: &Connection) -> StoreResult<Vec<String>> {
    let mut findings = Vec::new();
    let steps: [Step; 6] =
        [pages, references, version, facts_themselves, rebuild_facts, rebuild_records];
    shadow(db)?;
    db.execute_batch("BEGIN")?;
    for step in steps {
        if let Err(error) = step(db, &mut findings) {
            note(&mut findings, format!("a part cannot be checked: {}", in_full(&error)));
        }
    }
    for (table, what) in DERIVED {
        if let Err(error) = compare(db, (table, what), &mut findings) {
            note(&mut findings, format!("{table} cannot be checked: {}", in_full(&error)));
        }
    }
    db.execute_batch("ROLLBACK")?;
    Ok(findings)
}

type Step = fn(&Connection, &mut Vec<String>) -> StoreResult<()>;

/// An error with its cause.
fn in_full(error: &StoreError) -> String {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

fn note(findings: &mut Vec<String>, finding: String) {
    if findings.len() < FINDINGS_MAX {
        findings.push(finding);
    }
}

fn pages(db: &Connection, findings: &mut Vec<String>) -> StoreResult<()> {
    let mut check = db.prepare("PRAGMA integrity_check(100)")?;
    let mut rows = check.query([])?;
    while let Some(row) = rows.next()? {
        let said: String = row.get(0)?;
        if said != "ok" {
            note(findings, format!("the file is damaged: {said}"));
        }
    }
    Ok(())
}

fn references(db: &Connection, findings: &mut Vec<String>) -> StoreResult<()> {
    let mut check = db.prepare("PRAGMA foreign_key_check")?;
    let mut rows = check.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        note(findings, format!("a row of {table} names a row of {parent} that is not there"));
    }
    let told_by_nobody: i64 = db.query_row(
        "SELECT count(*) FROM fact WHERE ix NOT IN (SELECT fact FROM fact_attestation)",
        [],
        |row| row.get(0),
    )?;
    if told_by_nobody > 0 {
        note(findings, format!("{told_by_nobody} facts were told by nobody"));
    }
    Ok(())
}

fn version(db: &Connection, findings: &mut Vec<String>) -> StoreResult<()> {
    let (said, counted): (i64, i64) = db.query_row(
        "SELECT (SELECT value FROM meta WHERE name = 'version'),
                (SELECT coalesce(max(version), 0) FROM batch)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if said != counted {
        note(findings, format!("the version is {said}, but the batches make it {counted}"));
    }
    Ok(())
}

/// Makes an empty temporary table before each derived one.
fn shadow(db: &Connection) -> StoreResult<()> {
    for (table, _) in DERIVED {
        let sql: String = db.query_row(
            "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?",
            [table],
            |row| row.get(0),
        )?;
        // A temporary table cannot refer to one of the file.
        let sql = sql.replacen("CREATE TABLE", "CREATE TEMP TABLE", 1);
        db.execute_batch(&sql.replace(" REFERENCES subject", ""))?;
    }
    Ok(())
}

/// Looks at each fact by itself.
fn facts_themselves(db: &Connection, findings: &mut Vec<String>) -> StoreResult<()> {
    let mut known = Known::default();
    let mut select = db.prepare("SELECT ix, id, claim, occurrence FROM fact ORDER BY ix")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let id = FactId::new(id_in(row, 1)?);
        let text: String = row.get(2)?;
        let Ok(claim) = read_json(&text) else {
            note(findings, format!("{id} cannot be read"));
            continue;
        };
        let told = match facts::attestations((db, At::NOW), &mut known, row.get(0)?) {
            Ok((told, _)) => told,
            Err(error) => {
                note(findings, format!("who told {id} cannot be read: {}", in_full(&error)));
                continue;
            }
        };
        let Some(attestation) = told.into_iter().next() else { continue };
        if (Telling { claim, occurrence: row.get(3)?, attestation }).fact_id() != id {
            note(findings, format!("{id} does not have the id of what it says"));
        }
    }
    Ok(())
}

fn rebuild_facts(db: &Connection, findings: &mut Vec<String>) -> StoreResult<()> {
    replay::derive(db, |id, error| {
        note(findings, format!("{id} cannot be filed: {}", in_full(&error)));
    })
}

fn rebuild_records(db: &Connection, findings: &mut Vec<String>) -> StoreResult<()> {
    let mut select = db.prepare(
        "SELECT r.subject, k.name, r.body FROM record r JOIN subject s ON s.ix = r.subject
         JOIN subject_kind k ON k.code = s.kind",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (ix, kind, body): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let kept = match kind.as_str() {
            "member" => read_json(&body).and_then(|member| records::keep_login(db, ix, &member)),
            "token" => read_json(&body).and_then(|token| records::keep_hash(db, ix, &token)),
            "introduction" => {
                read_json(&body).and_then(|asked| introductions::project(db, ix, &asked))
            }
            "calibration" => read_json::<Calibration>(&body).map(drop),
            "exclusion" => read_json(&body).and_then(|said| records::keep_erased(db, &said)),
            "audience_rule" => read_json::<AudienceRule>(&body).map(drop),
            "ask_rules" => read_json::<AskRules>(&body).map(drop),
            "erasure" => read_json::<Erasure>(&body).map(drop),
            "invitation" => read_json::<Invitation>(&body).map(drop),
            "import" => read_json::<Import>(&body).map(drop),
            _ => read_json::<List>(&body).map(drop),
        };
        if let Err(error) = kept {
            note(findings, format!("a {kind} cannot be read: {}", in_full(&error)));
        }
    }
    Ok(())
}

fn compare(
    db: &Connection,
    (table, what): (&str, &str),
    findings: &mut Vec<String>,
) -> StoreResult<()> {
    let differing = |from: &str, other: &str| -> StoreResult<i64> {
        let sql = format!(
            "SELECT count(*) FROM (SELECT * FROM {from}.{table} EXCEPT SELECT * FROM {other}.{table})"
        );
        Ok(db.query_row(&sql, [], |row| row.get(0))?)
    };
    let (missing, surplus) = (differing("temp", "main")?, differing("main", "temp")?);
    if missing > 0 {
        note(findings, format!("{what} is missing or wrong, {missing} times (table {table})"));
    }
    if surplus > 0 {
        note(findings, format!("{what} follows from no fact, {surplus} times (table {table})"));
    }
    Ok(())
}
