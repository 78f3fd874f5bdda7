//! An issuer that tests start themselves, and the JWTs that it and others sign.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use tertius::{
    config::{KeysAt, Oidc, SignatureAlgorithm, WebAddress},
    model::Timestamp,
};
use tokio::net::TcpListener;

/// For whom the JWTs are.
pub(crate) const AUDIENCE: &str = "tertius";

/// How an issuer behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    Down,
    /// Its documents are elsewhere.
    Moved,
    /// Its documents are far too long.
    Endless,
    /// It says that it is another.
    Other,
    /// It answers with something else.
    Babbling,
    /// Its keys would come by a way on which they can be changed.
    Careless,
}

#[derive(Debug)]
struct Inside {
    address: String,
    mood: Mood,
    keys: Vec<Value>,
}

/// An issuer that runs.
pub(crate) struct Issuer {
    pub(crate) address: String,
    inside: Arc<Mutex<Inside>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    /// One that has the first RSA key and the key on P-256.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/team", listener.local_addr().unwrap());
        let keys = vec![public("rsa-one"), public("p256")];
        let inside = Inside { address: address.clone(), mood: Mood::Well, keys };
        let inside = Arc::new(Mutex::new(inside));
        let asked = Arc::new(AtomicUsize::new(0));
        let answer = |elsewhere: bool, document: fn(&Inside) -> Value| {
            let (inside, asked) = (Arc::clone(&inside), Arc::clone(&asked));
            get(move || async move {
                asked.fetch_add(1, Ordering::SeqCst);
                let inside = inside.lock().unwrap();
                answer(&inside, elsewhere, &document(&inside))
            })
        };
        let keys = |inside: &Inside| json!({ "keys": inside.keys });
        let routes = Router::new()
            .route("/team/.well-known/openid-configuration", answer(false, discovery))
            .route("/team/keys", answer(false, keys))
            .route("/elsewhere", answer(true, keys));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, inside, asked }
    }

    pub(crate) fn is(&self, mood: Mood) {
        self.inside.lock().unwrap().mood = mood;
    }

    /// Publishes these keys from now on.
    pub(crate) fn has(&self, keys: Vec<Value>) {
        self.inside.lock().unwrap().keys = keys;
    }

    /// How many documents it was asked for.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Settings that trust it, and ask it alone for its keys.
    pub(crate) fn oidc(&self) -> Oidc {
        let keys = WebAddress::new(&format!("{}/keys", self.address)).unwrap();
        Oidc {
            issuer: WebAddress::new(&self.address).unwrap(),
            audience: AUDIENCE.to_owned(),
            keys_at: KeysAt::Address(keys),
            algorithms: vec![SignatureAlgorithm::Rs256, SignatureAlgorithm::Es256],
            leeway_ms: 60_000,
            login_claim: "email".to_owned(),
            verified_email: true,
        }
    }

    /// Settings that trust it, and find its keys by its discovery document.
    pub(crate) fn discovered(&self) -> Oidc {
        let address = format!("{}/.well-known/openid-configuration", self.address);
        Oidc { keys_at: KeysAt::Discovery(WebAddress::new(&address).unwrap()), ..self.oidc() }
    }

    /// What it says of somebody at a moment: for an hour.
    pub(crate) fn claims(&self, email: &str, now: Timestamp) -> Value {
        let now = now.as_ms() / 1_000;
        json!({
            "iss": self.address,
            "aud": AUDIENCE,
            "sub": "7d1c",
            "iat": now,
            "nbf": now,
            "exp": now + 3_600,
            "email": email,
            "email_verified": true,
        })
    }

    /// A JWT of somebody, signed with a key that it has.
    pub(crate) fn jwt(&self, email: &str, now: Timestamp) -> String {
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": "p256" });
        sign(&header, &self.claims(email, now), "p256", Algorithm::ES256)
    }
}

fn discovery(inside: &Inside) -> Value {
    let issuer = match inside.mood {
        Mood::Other => "https://login.example.org",
        _ => &inside.address,
    };
    let keys = match inside.mood {
        Mood::Careless => "http://login.example.org/keys".to_owned(),
        _ => format!("{}/keys", inside.address),
    };
    json!({ "issuer": issuer, "jwks_uri": keys })
}

fn answer(inside: &Inside, elsewhere: bool, document: &Value) -> Response {
    match inside.mood {
        Mood::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Moved if !elsewhere => {
            (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response()
        }
        Mood::Endless => {
            let long = " ".repeat(300 * 1_024);
            format!("{document}{long}").into_response()
        }
        Mood::Babbling => "{}".into_response(),
        _ => Json(document).into_response(),
    }
}

/// The public half of a key, as an issuer publishes it; its name is that of the file.
pub(crate) fn public(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../data/oidc/public.json")).unwrap();
    all[name].clone()
}

/// A key for tests.
pub(crate) fn private(name: &str) -> EncodingKey {
    match name {
        "rsa-one" => EncodingKey::from_rsa_der(include_bytes!("../data/oidc/rsa-one.der")),
        "rsa-two" => EncodingKey::from_rsa_der(include_bytes!("../data/oidc/rsa-two.der")),
        "p256" => EncodingKey::from_ec_der(include_bytes!("../data/oidc/p256.der")),
        "p384" => EncodingKey::from_ec_der(include_bytes!("../data/oidc/p384.der")),
        "ed25519" => EncodingKey::from_ed_der(include_bytes!("../data/oidc/ed25519.der")),
        other => panic!("there is no key {other}"),
    }
}

/// A JWT of this header and these claims, however wrong they are.
pub(crate) fn sign(header: &Value, claims: &Value, key: &str, algorithm: Algorithm) -> String {
    sign_with(header, claims, &private(key), algorithm)
}

/// The same, with any key.
pub(crate) fn sign_with(
    header: &Value,
    claims: &Value,
    key: &EncodingKey,
    algorithm: Algorithm,
) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature = crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// A part of a JWT.
pub(crate) fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}
