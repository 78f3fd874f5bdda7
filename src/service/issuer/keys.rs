//! The issuer's public keys: fetched when they are needed, kept for a while, asked for seldom.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use serde::Deserialize;
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    config::{KeysAt, Oidc, WebAddress},
    model::Timestamp,
    service::Clock,
};

use super::{
    Documents, Unfetched,
    jwt::{PublicKey, public_keys},
};

/// How old keys may be before the issuer is asked for them anew. A key that the issuer took back
/// lets nobody in after this.
const FRESH_MS: i64 = 10 * 60_000;

/// How old keys may be that are used while the issuer does not answer.
const KEPT_MS: i64 = 6 * 60 * 60_000;

/// How long the issuer is left in peace after it was asked, whatever is asked of us.
pub(super) const PEACE_MS: i64 = 10_000;

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoKey {
    /// The issuer has none of that name.
    Unknown,
    /// The issuer did not say of late which keys it has.
    Silent,
}

/// Why the issuer's keys could not be had.
#[derive(Debug, thiserror::Error)]
enum AskFailed {
    #[error("{address}: {cause}")]
    Unfetched { address: WebAddress, cause: Unfetched },
    #[error("{0} is no discovery document")]
    NoDiscovery(WebAddress),
    #[error("{0} speaks of another issuer than the one of the settings")]
    OtherIssuer(WebAddress),
    #[error("the jwks_uri of {address}: {message}")]
    KeysAddress { address: WebAddress, message: String },
    #[error("{0} is no set of keys")]
    NoKeys(WebAddress),
}

/// The part of a discovery document that is read.
#[derive(Debug, Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// The keys that the issuer had at a moment.
#[derive(Debug)]
struct Kept {
    keys: Vec<Arc<PublicKey>>,
    at: Timestamp,
}

impl Kept {
    fn is_younger(&self, ms: i64, now: Timestamp) -> bool {
        !passed(self.at, ms, now)
    }
}

/// The issuer's keys.
#[derive(Debug)]
pub(super) struct KeyRing {
    documents: Arc<dyn Documents>,
    kept: ArcSwapOption<Kept>,
    /// When the issuer was last asked; held while it is, so that it is asked once at a time.
    asked: Mutex<Option<Timestamp>>,
}

impl KeyRing {
    pub(super) fn new(documents: Arc<dyn Documents>) -> Self {
        Self { documents, kept: ArcSwapOption::empty(), asked: Mutex::new(None) }
    }

    /// The keys of a name. The issuer is asked where those that are kept are old, or none of them
    /// has the name; but not again before it was left in peace.
    pub(super) async fn named(
        &self,
        name: &str,
        oidc: &Oidc,
        clock: &dyn Clock,
    ) -> Result<Vec<Arc<PublicKey>>, NoKey> {
        let (found, is_fresh) = self.look(name, clock.now());
        if is_fresh && !found.is_empty() {
            return Ok(found);
        }
        let asked = match self.asked.try_lock() {
            Ok(asked) => asked,
            // Somebody asks already, and what is kept may still be used.
            Err(_) if !found.is_empty() => return Ok(found),
            Err(_) => self.asked.lock().await,
        };
        let (found, is_fresh) = self.look(name, clock.now());
        if !is_fresh || found.is_empty() {
            self.ask(asked, oidc, clock).await;
        }
        match self.look(name, clock.now()) {
            (found, _) if !found.is_empty() => Ok(found),
            (_, is_fresh) => Err(if is_fresh { NoKey::Unknown } else { NoKey::Silent }),
        }
    }

    /// Asks the issuer for its keys before anybody needs them; how many there are, if it answers.
    pub(super) async fn fetch(&self, oidc: &Oidc, clock: &dyn Clock) -> Option<usize> {
        self.ask(self.asked.lock().await, oidc, clock).await;
        self.kept.load().as_ref().map(|kept| kept.keys.len())
    }

    /// The kept keys of a name, as long as they may be used, and whether they are fresh.
    fn look(&self, name: &str, now: Timestamp) -> (Vec<Arc<PublicKey>>, bool) {
        let kept = self.kept.load();
        let Some(kept) = kept.as_ref().filter(|kept| kept.is_younger(KEPT_MS, now)) else {
            return (Vec::new(), false);
        };
        let named = kept.keys.iter().filter(|key| key.name == name).cloned().collect();
        (named, kept.is_younger(FRESH_MS, now))
    }

    async fn ask(
        &self,
        mut asked: MutexGuard<'_, Option<Timestamp>>,
        oidc: &Oidc,
        clock: &dyn Clock,
    ) {
        let now = clock.now();
        if asked.is_some_and(|before| !passed(before, PEACE_MS, now)) {
            return;
        }
        // Written down first: who goes away meanwhile has asked all the same.
        *asked = Some(now);
        match self.fetched(oidc).await {
            Ok(keys) => {
                if keys.is_empty() {
                    tracing::warn!(issuer = %oidc.issuer, "the issuer has no key that can be used");
                }
                let keys = keys.into_iter().map(Arc::new).collect();
                self.kept.store(Some(Arc::new(Kept { keys, at: now })));
            }
            Err(cause) => tracing::warn!(
                issuer = %oidc.issuer,
                "the issuer's keys cannot be fetched: {cause}; it is asked again when a JWT comes"
            ),
        }
    }

    async fn fetched(&self, oidc: &Oidc) -> Result<Vec<PublicKey>, AskFailed> {
        let address = match &oidc.keys_at {
            KeysAt::Address(address) => address.clone(),
            KeysAt::Discovery(address) => self.discovered(address, oidc).await?,
        };
        let document = self.document(&address).await?;
        public_keys(&document).ok_or(AskFailed::NoKeys(address))
    }

    async fn discovered(&self, address: &WebAddress, oidc: &Oidc) -> Result<WebAddress, AskFailed> {
        let document = self.document(address).await?;
        let Ok(Discovery { issuer, jwks_uri }) = serde_json::from_slice(&document) else {
            return Err(AskFailed::NoDiscovery(address.clone()));
        };
        if issuer != oidc.issuer.as_str() {
            return Err(AskFailed::OtherIssuer(address.clone()));
        }
        let wrong = |message| AskFailed::KeysAddress { address: address.clone(), message };
        let keys = WebAddress::new(&jwks_uri).map_err(wrong)?;
        if oidc.issuer.is_https() && !keys.is_https() {
            return Err(wrong("that is no https, and the issuer is".to_owned()));
        }
        Ok(keys)
    }

    async fn document(&self, address: &WebAddress) -> Result<Vec<u8>, AskFailed> {
        let fetched = self.documents.fetch(address).await;
        fetched.map_err(|cause| AskFailed::Unfetched { address: address.clone(), cause })
    }
}

/// Whether so much time has passed; a clock that was set back has passed all of it.
fn passed(since: Timestamp, ms: i64, now: Timestamp) -> bool {
    now < since || now >= since.plus_ms(ms)
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use async_trait::async_trait;
    use futures_util::FutureExt as _;
    use tokio::sync::Semaphore;

    use super::*;
    use crate::service::StoppedClock;

    const DISCOVERY: &str = "https://login.example.org/.well-known/openid-configuration";

    /// Answers as often as it is allowed to.
    #[derive(Debug)]
    struct Shelf {
        jwks_uri: &'static str,
        allowed: Semaphore,
        asked: AtomicUsize,
    }

    #[async_trait]
    impl Documents for Shelf {
        async fn fetch(&self, address: &WebAddress) -> Result<Vec<u8>, Unfetched> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            self.allowed.acquire().await.unwrap().forget();
            let (x, y) = (
                "MSFxF3JTLCiEvnICMhpumJeT3uY7umOiYA1-viP9Ep0",
                "PFCdqcIsRTkYq5eFDb8EMcphSh7caEei7wCoqJ-x4Uc",
            );
            let text = if address.as_str() == DISCOVERY {
                let uri = self.jwks_uri;
                format!(r#"{{"issuer":"https://login.example.org","jwks_uri":"{uri}"}}"#)
            } else {
                format!(
                    r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"a","x":"{x}","y":"{y}"}}]}}"#
                )
            };
            Ok(text.into_bytes())
        }
    }

    fn world(jwks_uri: &'static str, allowed: usize) -> (Arc<Shelf>, KeyRing, Oidc, StoppedClock) {
        let (allowed, asked) = (Semaphore::new(allowed), AtomicUsize::new(0));
        let shelf = Arc::new(Shelf { jwks_uri, allowed, asked });
        let oidc = Oidc {
            issuer: WebAddress::new("https://login.example.org").unwrap(),
            audience: "tertius".to_owned(),
            keys_at: KeysAt::Discovery(WebAddress::new(DISCOVERY).unwrap()),
            algorithms: Vec::new(),
            leeway_ms: 0,
            login_claim: "email".to_owned(),
            verified_email: true,
        };
        let clock = StoppedClock::at(Timestamp::from_ms(0));
        (Arc::clone(&shelf), KeyRing::new(shelf), oidc, clock)
    }

    #[tokio::test]
    async fn an_issuer_on_https_sends_nobody_to_http_not_even_on_this_machine() {
        let (shelf, ring, oidc, clock) = world("http://127.0.0.1/keys", 9);
        assert_eq!(ring.fetch(&oidc, &clock).await, None);
        assert_eq!(shelf.asked.load(Ordering::Relaxed), 1);
        let (_, ring, oidc, clock) = world("https://keys.example.org", 9);
        assert_eq!(ring.fetch(&oidc, &clock).await, Some(1));
    }

    #[tokio::test]
    async fn who_comes_while_old_keys_are_renewed_does_not_wait() {
        let (shelf, ring, oidc, clock) = world("https://keys.example.org", 2);
        ring.named("a", &oidc, &clock).await.unwrap();
        clock.set(Timestamp::from_ms(FRESH_MS));
        let mut first = pin!(ring.named("a", &oidc, &clock));
        assert!((&mut first).now_or_never().is_none(), "it asks the issuer");
        let second = ring.named("a", &oidc, &clock).now_or_never();
        assert_eq!(second.map(|found| found.unwrap().len()), Some(1));
        let stranger = ring.named("b", &oidc, &clock).now_or_never();
        assert!(stranger.is_none(), "an unknown key may be among what comes");
        shelf.allowed.add_permits(2);
        assert_eq!(first.await.unwrap().len(), 1);
        assert_eq!(ring.named("b", &oidc, &clock).await.unwrap_err(), NoKey::Unknown);
        assert_eq!(shelf.asked.load(Ordering::Relaxed), 4, "two documents, twice");
    }

    #[tokio::test]
    async fn who_asks_and_goes_away_has_asked() {
        let (shelf, ring, oidc, clock) = world("https://keys.example.org", 0);
        assert!(ring.named("a", &oidc, &clock).now_or_never().is_none());
        shelf.allowed.add_permits(2);
        assert_eq!(ring.named("a", &oidc, &clock).await.unwrap_err(), NoKey::Silent);
        clock.set(Timestamp::from_ms(PEACE_MS));
        assert_eq!(ring.named("a", &oidc, &clock).await.unwrap().len(), 1);
    }
}
