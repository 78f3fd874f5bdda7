//! Documents of other houses, such as an issuer's keys: the one way out.

use std::{fmt, thread, time::Duration};

use async_trait::async_trait;
use tokio::sync::oneshot;
use ureq::{
    Agent,
    tls::{RootCerts, TlsConfig},
};

use crate::{
    config::WebAddress,
    service::{Documents, Unfetched},
};

/// The largest document, in bytes.
const DOCUMENT_BYTES_MAX: u64 = 256 * 1_024;

/// How long a document may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Fetches documents over HTTP; by the certificates that the operating system trusts, and over the
/// proxy that the environment names, unless the address is of this machine. Redirects are not
/// followed.
#[derive(Clone)]
pub struct WebDocuments {
    agent: Agent,
}

impl WebDocuments {
    /// A client that waits for 5 seconds at most.
    pub fn new() -> Self {
        Self::within(PATIENCE)
    }

    /// A client that waits so long at most, from the first look for a server to its last byte.
    pub fn within(patience: Duration) -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(patience))
            .max_redirects(0)
            .http_status_as_error(false)
            .accept("application/json")
            .user_agent(concat!("tertius/", env!("CARGO_PKG_VERSION")))
            .max_idle_connections(0)
            .build();
        Self { agent: config.new_agent() }
    }

    fn get(&self, address: &WebAddress) -> Result<Vec<u8>, Unfetched> {
        let failed = |error: ureq::Error| Unfetched(error.to_string());
        let request = self.agent.get(address.as_str());
        let answered = if address.is_of_this_machine() {
            request.config().proxy(None).build().call()
        } else {
            request.call()
        };
        let mut response = answered.map_err(failed)?;
        if response.status() != 200 {
            return Err(Unfetched(format!("the answer is {}", response.status())));
        }
        response.body_mut().with_config().limit(DOCUMENT_BYTES_MAX).read_to_vec().map_err(failed)
    }
}

impl Default for WebDocuments {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for WebDocuments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebDocuments").finish_non_exhaustive()
    }
}

#[async_trait]
impl Documents for WebDocuments {
    /// The client waits on a thread of its own; whoever asks does so seldom, and once at a time.
    async fn fetch(&self, address: &WebAddress) -> Result<Vec<u8>, Unfetched> {
        let (client, address) = (self.clone(), address.clone());
        let (tell, told) = oneshot::channel();
        let work = move || drop(tell.send(client.get(&address)));
        let thread = thread::Builder::new().name("documents".to_owned()).spawn(work);
        thread.map_err(|error| Unfetched(error.to_string()))?;
        told.await.map_err(|error| Unfetched(error.to_string()))?
    }
}
