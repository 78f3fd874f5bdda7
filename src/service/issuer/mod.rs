//! The issuer: the company's identity provider, whose JWTs let members in.
//!
//! Of a JWT nothing is kept: it says who somebody is, and what they may do is said by the member's
//! role. The keys by which signatures are checked are fetched over [`Documents`].

mod entering;
mod jwt;
mod keys;

use std::{fmt::Debug, sync::Arc};

use async_trait::async_trait;

use crate::config::{Oidc, WebAddress};

use keys::KeyRing;

/// A document that could not be fetched, with the reason for the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unfetched(pub String);

/// Fetches documents of other houses.
///
/// Whoever implements it bounds the size of the document and the time that it takes, and goes
/// nowhere but to the address.
#[async_trait]
pub trait Documents: Debug + Send + Sync {
    /// The bytes at an address.
    async fn fetch(&self, address: &WebAddress) -> Result<Vec<u8>, Unfetched>;
}

/// Whose JWTs let members in, and the keys by which they are known.
#[derive(Debug)]
pub(super) struct Issuer {
    oidc: Oidc,
    ring: KeyRing,
}

impl Issuer {
    fn new(oidc: Oidc, documents: Arc<dyn Documents>) -> Self {
        Self { oidc, ring: KeyRing::new(documents) }
    }
}
