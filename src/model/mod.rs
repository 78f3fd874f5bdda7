//! The nouns as values that cannot be wrong, and the changes that can happen to them.

mod audience;
mod batch;
mod claim;
mod evidence;
mod fact;
mod id;
mod identifier;
mod import;
mod introduction;
mod list;
mod member;
mod person;
mod probability;
mod search_key;
mod text;
mod time;
mod title;

pub use audience::*;
pub use batch::*;
pub use claim::*;
pub use evidence::*;
pub use fact::*;
pub use id::*;
pub use identifier::*;
pub use import::*;
pub use introduction::*;
pub use list::*;
pub use member::*;
pub use person::*;
pub use probability::*;
pub use search_key::*;
pub use text::*;
pub use time::*;
pub use title::*;
