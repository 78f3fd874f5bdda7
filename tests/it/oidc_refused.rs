//! JWTs that let nobody in: each is a good one, but for one thing.

use std::{cell::RefCell, sync::Once};

use axum::http::StatusCode;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tertius::{model::Timestamp, service::Clock as _};

use crate::{
    issuer::{AUDIENCE, Issuer, encoded, private, public, sign, sign_with},
    oidc::{enter, routes},
    support::House,
};

const MIRA: &str = "mira@fernwake.example";

thread_local! {
    /// What the log said of this thread since it was last read.
    static SAID: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to what is read by [`logged`].
struct Log;

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        SAID.with_borrow_mut(|said| said.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Begins to log, for the whole process: a log of one thread alone may miss what another thread
/// came by first.
fn start_log() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(|| Log);
        tracing::subscriber::set_global_default(lines.finish()).unwrap();
        tracing::callsite::rebuild_interest_cache();
    });
}

/// What the log said of this thread since this was last asked.
fn logged() -> String {
    String::from_utf8(SAID.take()).unwrap()
}

fn header(changes: &Value) -> Value {
    changed(json!({ "alg": "ES256", "typ": "JWT", "kid": "p256" }), changes)
}

/// The same, with these instead; what is null is left out.
fn changed(mut whole: Value, changes: &Value) -> Value {
    let fields = whole.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(fields.remove(name)),
            value => drop(fields.insert(name.clone(), value.clone())),
        }
    }
    whole
}

/// One that is wrong: how, the JWT, and what the log says of it.
type Case = (&'static str, String, &'static str);

/// Their claims are wrong, and signed as they are.
fn of_claims(issuer: &Issuer, now: Timestamp) -> Vec<Case> {
    let second = now.as_ms() / 1_000;
    let address = issuer.address.as_str();
    [
        ("another issuer", json!({ "iss": "https://login.example.org" }), "another issuer"),
        ("nearly the issuer", json!({ "iss": format!("{address}/") }), "another issuer"),
        ("several issuers", json!({ "iss": [address] }), "another issuer"),
        ("no issuer", json!({ "iss": null }), "another issuer"),
        ("another audience", json!({ "aud": "crm" }), "another audience"),
        ("other audiences", json!({ "aud": ["crm", "tertius2"] }), "another audience"),
        ("an audience in an object", json!({ "aud": { "a": AUDIENCE } }), "another audience"),
        ("no audience", json!({ "aud": null }), "another audience"),
        ("expired", json!({ "exp": second - 60 }), "has expired"),
        ("no end", json!({ "exp": null }), "in numbers when"),
        ("an end in words", json!({ "exp": "tomorrow" }), "in numbers when"),
        ("an end before time", json!({ "exp": -1 }), "in numbers when"),
        ("an end after time", json!({ "exp": 1e300 }), "in numbers when"),
        ("not yet valid", json!({ "nbf": second + 61 }), "not valid yet"),
        ("a beginning in words", json!({ "nbf": "now" }), "in numbers when"),
        ("made in the future", json!({ "iat": second + 61 }), "not valid yet"),
        ("nobody named", json!({ "email": null }), "names a member is missing"),
        ("nothing as the name", json!({ "email": "" }), "names a member is missing"),
        ("a number as the name", json!({ "email": 7 }), "names a member is missing"),
        ("a long name", json!({ "email": "a".repeat(501) }), "names a member is missing"),
        ("an address not verified", json!({ "email_verified": false }), "not verified"),
        ("an address perhaps verified", json!({ "email_verified": null }), "not verified"),
        ("an address verified in words", json!({ "email_verified": "yes" }), "not verified"),
    ]
    .into_iter()
    .map(|(how, changes, why)| {
        let claims = changed(issuer.claims(MIRA, now), &changes);
        (how, sign(&header(&json!({})), &claims, "p256", Algorithm::ES256), why)
    })
    .collect()
}

/// Their headers, or their keys, are wrong.
fn of_headers(issuer: &Issuer, now: Timestamp) -> Vec<Case> {
    use Algorithm::{ES256, ES384, HS256, RS256, RS384};
    let claims = issuer.claims(MIRA, now);
    let by = |changes: Value, key: &str, algorithm: Algorithm| {
        sign(&header(&changes), &claims, key, algorithm)
    };
    let with_secret = |secret: &[u8]| {
        let wanted = header(&json!({ "alg": "HS256", "kid": "rsa-one" }));
        sign_with(&wanted, &claims, &EncodingKey::from_secret(secret), HS256)
    };
    let modulus = public("rsa-one")["n"].as_str().unwrap().to_owned();
    let unsigned =
        |alg: &str| format!("{}.{}.", encoded(&header(&json!({ "alg": alg }))), encoded(&claims));
    let own_key = json!({ "alg": "RS256", "jwk": public("rsa-two") });
    let strange = |kid: Value| changed(own_key.clone(), &json!({ "kid": kid }));
    let rsa = json!({ "alg": "RS256", "kid": "rsa-one" });
    let rsa384 = json!({ "alg": "RS384", "kid": "rsa-one" });
    let (none, other) = ("of an algorithm that is not known", "not among those of the settings");
    vec![
        ("the algorithm none", unsigned("none"), none),
        ("the algorithm None", unsigned("None"), none),
        ("no signature", unsigned("ES256"), "signature is not the issuer's"),
        ("the public key as a secret", with_secret(modulus.as_bytes()), other),
        (
            "the public key's text as a secret",
            with_secret(public("rsa-one").to_string().as_bytes()),
            other,
        ),
        ("an algorithm that is not allowed", by(rsa384, "rsa-one", RS384), other),
        ("a curve that is not allowed", by(json!({ "alg": "ES384" }), "p384", ES384), other),
        (
            "RSA with the key of a curve",
            by(json!({ "alg": "RS256" }), "rsa-one", RS256),
            "key is not for",
        ),
        (
            "a curve with an RSA key",
            by(json!({ "kid": "rsa-one" }), "p256", ES256),
            "key is not for",
        ),
        ("somebody else's key", by(rsa, "rsa-two", RS256), "signature is not the issuer's"),
        (
            "its own key",
            by(strange(json!("rsa-one")), "rsa-two", RS256),
            "signature is not the issuer's",
        ),
        ("its own key and name", by(strange(json!("mine")), "rsa-two", RS256), "no such key"),
        ("a key of no name", by(json!({ "kid": null }), "p256", ES256), "names no key"),
        ("a key of an empty name", by(json!({ "kid": "" }), "p256", ES256), "names no key"),
        ("a number for a key", by(json!({ "kid": 1 }), "p256", ES256), none),
        ("an unknown key", by(json!({ "kid": "p257" }), "p256", ES256), "no such key"),
        ("another type", by(json!({ "typ": "logout+jwt" }), "p256", ES256), "type is not JWT"),
        (
            "critical extensions",
            by(json!({ "crit": ["b64"] }), "p256", ES256),
            "critical extensions",
        ),
        (
            "empty critical extensions",
            by(json!({ "crit": [] }), "p256", ES256),
            "critical extensions",
        ),
    ]
}

/// They were changed after they had been signed, or are no JWTs.
fn of_form(issuer: &Issuer, now: Timestamp) -> Vec<Case> {
    let good = issuer.jwt(MIRA, now);
    let parts: Vec<&str> = good.split('.').collect();
    let changed = changed(issuer.claims(MIRA, now), &json!({ "email": "ines@fernwake.example" }));
    let turned: String = parts[2].chars().rev().collect();
    let list = sign(&header(&json!({})), &json!([1]), "p256", Algorithm::ES256);
    let (none, wrong) = ("it is no JWT", "signature is not the issuer's");
    vec![
        ("a changed payload", [parts[0], &encoded(&changed), parts[2]].join("."), wrong),
        (
            "a changed header",
            {
                let other = header(&json!({ "typ": "at+jwt" }));
                [&encoded(&other), parts[1], parts[2]].join(".")
            },
            wrong,
        ),
        ("a changed signature", [parts[0], parts[1], &turned].join("."), wrong),
        ("half a signature", [parts[0], parts[1], &parts[2][..40]].join("."), wrong),
        ("a list of claims", list, wrong),
        ("two parts", [parts[0], parts[1]].join("."), none),
        ("four parts", format!("{good}.{}", parts[2]), none),
        ("an empty header", format!(".{}.{}", parts[1], parts[2]), none),
        ("no base64", "a b.c d.e f".to_owned(), none),
        ("a made up text", "letmein".to_owned(), none),
        ("too long", format!("{good}{}", "a".repeat(16 * 1_024)), "longer than"),
    ]
}

#[tokio::test]
async fn whatever_is_wrong_with_a_jwt_is_told_the_log_alone() {
    let (house, issuer) = (House::own().await, Issuer::start().await);
    let mira = house.viewer("mira").await;
    let addresses = [MIRA.to_owned()];
    house.tertius.set_addresses(&mira, mira.member(), &addresses).await.unwrap();
    let routes = routes(&house.trusting(issuer.oidc()).await);
    let now = house.clock.now();
    let good = enter(&routes, &issuer.jwt(MIRA, now)).await;
    assert_eq!(good.0, StatusCode::OK, "{}", good.1);
    let made_up = enter(&routes, "tertius_wrong").await;
    assert_eq!(made_up.0, StatusCode::UNAUTHORIZED);
    start_log();
    let cases = [of_claims(&issuer, now), of_headers(&issuer, now), of_form(&issuer, now)];
    for (how, jwt, why) in cases.concat() {
        let heard = enter(&routes, &jwt).await;
        assert_eq!(heard, made_up, "{how}");
        let logged = logged();
        assert!(logged.contains("a JWT was refused") && logged.contains(why), "{how}: {logged}");
        assert!(!logged.contains("mira") && !logged.contains('@'), "{how} names nobody: {logged}");
    }
}

#[tokio::test]
async fn clocks_may_differ_by_the_leeway_and_no_more() {
    let (house, issuer) = (House::own().await, Issuer::start().await);
    let mira = house.viewer("mira").await;
    let addresses = [MIRA.to_owned()];
    house.tertius.set_addresses(&mira, mira.member(), &addresses).await.unwrap();
    let tertius = house.trusting(issuer.oidc()).await;
    let second = house.clock.now().as_ms() / 1_000;
    let lets_in = async |changes: Value| {
        let claims = changed(issuer.claims(MIRA, house.clock.now()), &changes);
        let jwt = sign(&header(&json!({})), &claims, "p256", Algorithm::ES256);
        tertius.viewer_by_bearer(&jwt).await.unwrap().is_some()
    };
    for (claim, just, beyond) in [("exp", -59, -60), ("nbf", 60, 61), ("iat", 60, 61)] {
        assert!(lets_in(json!({ claim: second + just })).await, "{claim}");
        assert!(!lets_in(json!({ claim: second + beyond })).await, "{claim}");
    }
    assert!(lets_in(json!({ "nbf": null, "iat": null, "aud": ["crm", AUDIENCE] })).await);
    assert!(lets_in(json!({ "exp": second as f64 + 0.5, "email_verified": "true" })).await);
}

#[tokio::test]
async fn a_key_that_is_not_for_signatures_proves_nothing() {
    let (house, issuer) = (House::own().await, Issuer::start().await);
    let mira = house.viewer("mira").await;
    let addresses = [MIRA.to_owned()];
    house.tertius.set_addresses(&mira, mira.member(), &addresses).await.unwrap();
    let now = house.clock.now();
    let jwt = {
        let header = json!({ "alg": "RS256", "kid": "rsa-one" });
        sign_with(&header, &issuer.claims(MIRA, now), &private("rsa-one"), Algorithm::RS256)
    };
    let short = public("rsa-one")["n"].as_str().unwrap()[..300].to_owned();
    for (how, changes, lets_in) in [
        ("as it is", json!({}), true),
        ("without a use", json!({ "use": null }), true),
        ("to verify", json!({ "key_ops": ["verify"], "alg": "RS256" }), true),
        ("for secrets", json!({ "use": "enc" }), false),
        ("to encrypt", json!({ "key_ops": ["encrypt"] }), false),
        ("of another algorithm", json!({ "alg": "PS256" }), false),
        ("of an algorithm to come", json!({ "alg": "XS256" }), false),
        ("of another kind", json!({ "kty": "EC" }), false),
        ("a shared secret", json!({ "kty": "oct", "k": "c2VjcmV0" }), false),
        ("too short", json!({ "n": short }), false),
        ("of no name", json!({ "kid": null }), false),
    ] {
        issuer.has(vec![
            json!(7),
            json!({ "kty": "to come" }),
            changed(public("rsa-one"), &changes),
        ]);
        let tertius = house.trusting(issuer.oidc()).await;
        let viewer = tertius.viewer_by_bearer(&jwt).await.unwrap();
        assert_eq!(viewer.is_some(), lets_in, "{how}");
    }
}
