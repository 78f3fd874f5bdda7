//! What a batch expects, checked inside its transaction, behind the lock of writers.

use neo4rs::query;

use super::{
    decode::{get, id, texts},
    error::Failure,
    link::Writing,
};
use crate::{
    model::{AnyId, Author, Batch, Expect, Login, PersonId, Revision, Timestamp, month_of},
    store::{Conflict, StoreError},
};

/// Whether an expectation holds at the moment of a batch.
///
/// # Errors
/// `Conflict` when it does not.
pub(super) async fn holds(
    writing: &mut Writing,
    expected: &Expect,
    batch: &Batch,
) -> Result<(), Failure> {
    let at = batch.at;
    let conflict = match expected {
        Expect::Revision(id, revision) => {
            revision_conflict(writing, (*id, *revision), batch.author).await?
        }
        Expect::RequestsBelow { connector, cap } => {
            requests_conflict(writing, (*connector, *cap), at).await?
        }
        Expect::NoOpenRequest { seekers, connector } => {
            open_conflict(writing, (seekers, *connector), at).await?
        }
        Expect::LoginIsFree(login) => login_conflict(writing, login).await?,
    };
    conflict.map_or(Ok(()), |conflict| Err(StoreError::Conflict(conflict).into()))
}

/// How often a subject `s` was changed by what was told to some owners alone, as `told`.
pub(super) const TOLD_TO: &str = "CALL { WITH s
    MATCH (s)<-[:ABOUT]-(f:Fact)-[t:TOLD_BY]->(a:Teller)
    WHERE a.owner IN $owners AND t.version <= $at AND NOT f.kind IN ['cadence', 'note']
    RETURN sum(1 + CASE WHEN t.gone <= $at THEN 1 ELSE 0 END) AS told }";

/// Revisions are as the author of the batch sees them.
async fn revision_conflict(
    writing: &mut Writing,
    (id, expected): (AnyId, Revision),
    author: Author,
) -> Result<Option<Conflict>, Failure> {
    let text =
        format!("MATCH (s:Subject {{id: $id}}) {TOLD_TO} RETURN s.revision + told AS revision");
    let owners = texts(author.member());
    let present = query(&text)
        .param("id", id.to_string())
        .param("owners", owners)
        .param("at", super::told::Look::NOW);
    let rows = writing.rows(present).await?;
    let present: u32 = rows.first().map_or(Ok(0), |row| get(row, "revision"))?;
    Ok((Revision(present) != expected).then_some(Conflict::Revision { id, present }))
}

async fn requests_conflict(
    writing: &mut Writing,
    (connector, cap): (PersonId, u32),
    at: Timestamp,
) -> Result<Option<Conflict>, Failure> {
    let (from, to) = month_of(at);
    let count = query(
        "MATCH (p:Person {id: $id})<-[c:CONNECTOR]-(:Introduction)
         WHERE c.asked_at >= $from AND c.asked_at < $to RETURN count(c) AS asked",
    );
    let count = count
        .param("id", connector.to_string())
        .param("from", from.as_ms())
        .param("to", to.as_ms());
    let rows = writing.rows(count).await?;
    let asked: u32 = rows.first().map_or(Ok(0), |row| get(row, "asked"))?;
    Ok((asked >= cap).then_some(Conflict::RequestsBelow { connector, asked }))
}

async fn open_conflict(
    writing: &mut Writing,
    (seekers, connector): (&[PersonId], PersonId),
    at: Timestamp,
) -> Result<Option<Conflict>, Failure> {
    let open = query(
        "MATCH (p:Person {id: $id})<-[c:CONNECTOR]-(i:Introduction)-[:SEEKER]->(s:Person)
         WHERE c.asked_at IS NOT NULL AND i.open AND s.id IN $seekers
             AND (i.expires_at IS NULL OR i.expires_at > $at)
         RETURN i.id AS id ORDER BY id LIMIT 1",
    );
    let open = open
        .param("id", connector.to_string())
        .param("seekers", texts(seekers))
        .param("at", at.as_ms());
    let rows = writing.rows(open).await?;
    let first = rows.first().map(|row| id(get(row, "id")?)).transpose()?;
    Ok(first.map(Conflict::OpenRequest))
}

async fn login_conflict(writing: &mut Writing, login: &Login) -> Result<Option<Conflict>, Failure> {
    let taken = query("MATCH (m:Member {login: $login}) RETURN m.id AS id");
    let rows = writing.rows(taken.param("login", login.as_str())).await?;
    Ok((!rows.is_empty()).then(|| Conflict::LoginTaken(login.clone())))
}
