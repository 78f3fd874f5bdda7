//! What the driver says, in the words of the port.

use neo4rs::{Error, Neo4jErrorKind};

use super::KIND;
use crate::store::StoreError;

/// Why something with the server did not work out.
#[derive(Debug)]
pub(super) enum Failure {
    /// The store decided so: it is the answer.
    Refused(StoreError),
    /// The driver or the server.
    Driver(Error),
    /// No answer in time.
    Late,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Driver(error)
    }
}

impl Failure {
    /// Whether the same again may work. What runs out of memory also calls itself transient, so
    /// nobody may try for ever.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Refused(_) => false,
            Self::Late => true,
            Self::Driver(error) => is_broken(error) || is_transient(error),
        }
    }

    /// The same for whoever called, with the address of the server.
    pub(super) fn told(self, address: &str) -> StoreError {
        let text = match &self {
            Self::Late => {
                format!("Neo4j at {address} does not answer in time; is it overloaded or stopped?")
            }
            Self::Driver(Error::AuthenticationError(text)) if text.contains("too many times") => {
                format!(
                    "Neo4j at {address} refuses everybody for some seconds, because the password was wrong \
                 too often"
                )
            }
            Self::Driver(Error::AuthenticationError(_)) => return refused_login(address),
            Self::Driver(Error::UnsupportedVersion(..) | Error::ProtocolMismatch(_)) => {
                return StoreError::CannotOpen(format!(
                    "what answers at {address} does not speak Bolt 4.4: name the Bolt port (7687, not \
                     the web page's 7474) of Neo4j 5.0 or newer"
                ));
            }
            Self::Driver(Error::Neo4j(error)) => match error.code() {
                "Neo.ClientError.Security.Unauthorized"
                | "Neo.ClientError.Security.AuthenticationRateLimit" => {
                    return refused_login(address);
                }
                "Neo.ClientError.Database.DatabaseNotFound" => {
                    return StoreError::CannotOpen(format!(
                        "Neo4j at {address} has no such database ({}); set TERTIUS_NEO4J_DATABASE, or \
                         leave it out to take the server's own",
                        error.message()
                    ));
                }
                "Neo.ClientError.Cluster.NotALeader"
                | "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase"
                | "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase" => format!(
                    "{address} only reads: name the cluster as neo4j://HOST, so that the member that \
                     writes is found"
                ),
                "Neo.TransientError.General.MemoryPoolOutOfMemoryError"
                | "Neo.TransientError.General.OutOfMemoryError"
                | "Neo.TransientError.General.TransactionMemoryLimit" => format!(
                    "Neo4j at {address} has too little memory for this; raise \
                     server.memory.heap.max_size or dbms.memory.transaction.total.max"
                ),
                "Neo.TransientError.General.TransactionOutOfMemoryError" => format!(
                    "Neo4j at {address} has too little memory for this; raise \
                     dbms.memory.transaction.total.max"
                ),
                _ if error.kind() == Neo4jErrorKind::Transient => {
                    format!("Neo4j at {address} cannot do it now ({})", error.message())
                }
                _ => String::new(),
            },
            // The driver speaks of routing tables, whatever the reason.
            Self::Driver(
                Error::ServerUnavailableError(_) | Error::RoutingTableRefreshFailed(_),
            ) => unreachable_at(address),
            Self::Driver(Error::RoutingTableError((code, message))) => match code.as_str() {
                "Neo.ClientError.Security.Unauthorized" => return refused_login(address),
                _ => format!("{} ({message})", unreachable_at(address)),
            },
            Self::Driver(error) if is_broken(error) => unreachable_at(address),
            Self::Refused(_) | Self::Driver(_) => String::new(),
        };
        match self {
            Self::Refused(error) => error,
            Self::Driver(error) if text.is_empty() => backend(error),
            _ => StoreError::Unavailable(text),
        }
    }
}

fn unreachable_at(address: &str) -> String {
    format!("Neo4j at {address} cannot be reached; is it running, and is that its Bolt port?")
}

fn refused_login(address: &str) -> StoreError {
    StoreError::CannotOpen(format!(
        "Neo4j at {address} refuses the user or the password: set TERTIUS_NEO4J_USER and \
         TERTIUS_NEO4J_PASSWORD"
    ))
}

/// Whether the connection broke, so that nobody knows what became of what was sent.
fn is_broken(error: &Error) -> bool {
    matches!(
        error,
        Error::IOError { .. }
            | Error::ConnectionError
            | Error::ConnectionClosed(_)
            | Error::ConnectionTimedOut
            | Error::ServerUnavailableError(_)
            | Error::RoutingTableRefreshFailed(_)
            | Error::RequestIgnoredError
            | Error::Ignored(_)
            | Error::IncompleteBoltExchange
    )
}

fn is_transient(error: &Error) -> bool {
    match error {
        Error::Neo4j(error) => error.kind() == Neo4jErrorKind::Transient,
        _ => false,
    }
}

/// A fault of the server, the driver, or of what is in the database.
pub(super) fn backend(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Backend { store: KIND, source: source.into() }
}
