//! Settings of a Neo4j server.

use std::fmt;

use serde::Deserialize;

/// A Neo4j server or cluster, and who logs in. The password is in no text that this prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Neo4jServer {
    /// `bolt://HOST[:PORT]`, or `neo4j://HOST[:PORT]` for a cluster; with `+s` it is encrypted.
    pub url: String,
    /// The user; `neo4j` where none is named.
    pub user: String,
    /// The password.
    pub password: String,
    /// The database; the server's own where none is named.
    pub database: Option<String>,
}

impl Neo4jServer {
    /// What its address may begin with.
    pub(super) const SCHEMES: [&str; 6] =
        ["bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"];

    /// One of which the address alone is known.
    pub(super) fn at(url: &str) -> Self {
        let (url, user) = (url.to_owned(), "neo4j".to_owned());
        Self { url, user, password: String::new(), database: None }
    }
}

impl fmt::Debug for Neo4jServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Neo4jServer")
            .field("url", &self.url)
            .field("user", &self.user)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

/// What a file and the environment may say of it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenNeo4j {
    user: Option<String>,
    password: Option<String>,
    database: Option<String>,
}

impl fmt::Debug for WrittenNeo4j {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WrittenNeo4j").field("user", &self.user).finish_non_exhaustive()
    }
}

impl WrittenNeo4j {
    /// Puts what was said into what is known of a server.
    pub(super) fn complete(self, server: &mut Neo4jServer) {
        if let Some(user) = self.user {
            server.user = user;
        }
        if let Some(password) = self.password {
            server.password = password;
        }
        server.database = self.database;
    }
}
