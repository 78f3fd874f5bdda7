//! What tests do to a database, and never a release.

use neo4rs::query;

use super::{
    Neo4jStore,
    link::{Link, Login, Patience},
};
use crate::store::StoreResult;

/// How many nodes are deleted at a time: all at once do not fit into a server's memory.
const TOGETHER: usize = 5_000;

/// Empties a database, whatever it holds.
///
/// # Errors
/// When the server cannot be reached.
pub async fn clear(login: &Login) -> StoreResult<()> {
    let link = Link::new(login, Patience::default())?;
    let text =
        format!("MATCH (n) CALL {{ WITH n DETACH DELETE n }} IN TRANSACTIONS OF {TOGETHER} ROWS");
    link.write_alone(query(&text)).await.map(drop)
}

impl Neo4jStore {
    /// Runs Cypher of a test's own; the column `text` of each row.
    ///
    /// # Errors
    /// When the server refuses it, or a row has no such text.
    pub async fn cypher(&self, text: &str) -> StoreResult<Vec<String>> {
        let rows = self.link().write_alone(query(text)).await?;
        rows.iter().map(|row| super::decode::get(row, "text")).collect()
    }
}
