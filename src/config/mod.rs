//! Settings, each with a default and one sentence.

mod limits;
mod settings;

pub use limits::Limits;
pub use settings::{Access, BadSettings, Flags, Settings, StoreUrl};
