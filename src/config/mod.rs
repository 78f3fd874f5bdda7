//! Settings, each with a default and one sentence.

mod door_limits;
mod front;
mod limits;
mod neo4j;
mod oidc;
mod settings;
mod web_address;

pub use door_limits::{DocumentLimits, DoorLimits};
pub use front::{Front, HttpStatuses};
pub use limits::Limits;
pub use neo4j::Neo4jServer;
pub use oidc::{KeysAt, Oidc, SignatureAlgorithm};
pub use settings::{Access, BadSettings, Flags, Settings, StoreUrl};
pub use web_address::{WebAddress, is_loopback};
