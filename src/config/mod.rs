//! Settings, each with a default and one sentence.

mod front;
mod limits;
mod oidc;
mod settings;
mod web_address;

pub use front::{Front, HttpStatuses};
pub use limits::{DocumentLimits, Limits};
pub use oidc::{KeysAt, Oidc, SignatureAlgorithm};
pub use settings::{Access, BadSettings, Flags, Settings, StoreUrl};
pub use web_address::{WebAddress, is_loopback};
