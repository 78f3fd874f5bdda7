//! Opening a database: who is there, whether it is ours, and its schema.

use neo4rs::query;

use super::{
    decode::get,
    link::{Link, Login, Patience},
};
use crate::store::{StoreError, StoreResult};

/// The oldest server that is known to do.
const MAJOR_MIN: u32 = 5;

/// The steps of the schema, in order: the first makes schema 1.
const MIGRATIONS: [&str; 2] =
    [include_str!("migrations/0001.cypher"), include_str!("migrations/0002.cypher")];

/// Connects, and brings the schema up to date.
///
/// # Errors
/// `CannotOpen` or `Unavailable`, with what to do.
pub(super) async fn open(login: &Login, patience: Patience) -> StoreResult<Link> {
    let link = Link::new(login, patience)?;
    if let Err(error) = check_server(&link, login).await {
        return Err(plainly(login, patience).await.unwrap_or(error));
    }
    let found = schema(&link, login).await?;
    for step in &MIGRATIONS[found..] {
        for statement in statements(step) {
            link.write_alone(query(&statement)).await?;
        }
    }
    if found < MIGRATIONS.len() {
        link.write_alone(query("CALL db.awaitIndexes(300)")).await?;
        let done = query(
            "MERGE (m:Meta {id: 'meta'}) ON CREATE SET m.version = 0, m.turn = 0
             SET m.schema = $schema",
        );
        link.write_alone(done.param("schema", MIGRATIONS.len() as i64)).await?;
    }
    Ok(link)
}

/// Why a cluster lets nobody in. Asked for its routes, the driver says that there are none, whatever
/// the reason; asked without routes, the server says the reason.
async fn plainly(login: &Login, patience: Patience) -> Option<StoreError> {
    let rest = login.url.strip_prefix("neo4j")?;
    let plain = Login { url: format!("bolt{rest}"), ..login.clone() };
    let link = Link::new(&plain, Patience { tries: 1, ..patience }).ok()?;
    let error = check_server(&link, &plain).await.err()?;
    matches!(error, StoreError::CannotOpen(_)).then_some(error)
}

/// The statements of a file, its comments left out.
fn statements(step: &str) -> Vec<String> {
    let lines = step.lines().filter(|line| !line.starts_with("//"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let each = text.split(';').map(str::trim).filter(|statement| !statement.is_empty());
    each.map(str::to_owned).collect()
}

async fn check_server(link: &Link, login: &Login) -> StoreResult<()> {
    let components = "CALL dbms.components() YIELD name, versions
                      WHERE name = 'Neo4j Kernel' RETURN versions[0] AS version";
    let rows = link.read(query(components)).await?;
    let version: String = rows.first().map_or(Ok(String::new()), |row| get(row, "version"))?;
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major >= MAJOR_MIN) {
        return Ok(());
    }
    Err(StoreError::CannotOpen(format!(
        "the server at {} is Neo4j {version}; this needs {MAJOR_MIN}.0 or newer",
        login.url
    )))
}

/// The schema that a database has; 0 where it is empty.
async fn schema(link: &Link, login: &Login) -> StoreResult<usize> {
    let meta = "OPTIONAL MATCH (m:Meta {id: 'meta'})
                RETURN m.schema AS schema, EXISTS { MATCH (n) } AS full";
    let rows = link.read(query(meta)).await?;
    let row = rows.first().ok_or_else(|| super::error::backend("no answer to a question"))?;
    let refuse = |why: &str| {
        let url = &login.url;
        Err(StoreError::CannotOpen(format!("the database at {url} {why}")))
    };
    match (get::<Option<i64>>(row, "schema")?, get::<bool>(row, "full")?) {
        (None, true) => refuse(
            "holds something else; take an empty one with TERTIUS_NEO4J_DATABASE, or another server",
        ),
        (None, false) => Ok(0),
        (Some(found), _) => match usize::try_from(found) {
            Ok(found) if found <= MIGRATIONS.len() => Ok(found),
            _ => refuse("was written by a newer version of this program; take that one"),
        },
    }
}
