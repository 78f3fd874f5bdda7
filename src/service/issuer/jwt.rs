//! What a JWT must be to be believed, and the public keys by which it is checked.
//!
//! The library checks signatures alone. What a JWT says is checked here, because the library would
//! ask the clock of the machine.

use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};
use serde_json::{Map, Value};

use crate::{
    config::{Oidc, SignatureAlgorithm},
    model::Timestamp,
};

/// The longest JWT, in bytes.
const JWT_BYTES_MAX: usize = 16 * 1_024;

/// The longest name of a key or of a member, in bytes.
const NAME_BYTES_MAX: usize = 500;

/// The shortest modulus of an RSA key, in bytes: 2048 bits.
const RSA_BYTES_MIN: usize = 256;

/// The most keys of an issuer.
const KEYS_MAX: usize = 100;

/// The last moment that a claim may name, in seconds: the end of the year 9999.
const SECONDS_MAX: f64 = 253_402_300_799.0;

/// Why a JWT is not believed: for the log, so that it names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Why {
    #[error("it is longer than {JWT_BYTES_MAX} bytes")]
    TooLong,
    #[error("it is no JWT, or of an algorithm that is not known")]
    NoJwt,
    #[error("its type is not JWT or at+jwt")]
    Type,
    #[error("its header has critical extensions, of which none is known")]
    Critical,
    #[error("its algorithm is not among those of the settings")]
    Algorithm,
    #[error("it names no key")]
    NoKeyNamed,
    #[error("the issuer has no such key")]
    UnknownKey,
    #[error("the key is not for its algorithm")]
    OtherKey,
    #[error("its signature is not the issuer's, or its claims cannot be read")]
    Signature,
    #[error("it is of another issuer")]
    Issuer,
    #[error("it is for another audience")]
    Audience,
    #[error("it does not say in numbers when it ends, began or was made")]
    Times,
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    Early,
    #[error("the claim that names a member is missing, or no short text")]
    Login,
    #[error("the address is not verified")]
    Unverified,
}

/// What the header of a JWT asks for; nothing of it is proven yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The name of the key.
    pub(super) key: String,
    /// By which the signature is made.
    pub(super) algorithm: SignatureAlgorithm,
}

/// Somebody of whom the issuer says who they are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// By what the issuer calls them: an address, or a login.
    pub(super) name: String,
    /// From when on the JWT lets nobody in.
    pub(super) ends_at: Timestamp,
}

/// A public key of the issuer, and what it is for.
#[derive(Debug)]
pub(super) struct PublicKey {
    pub(super) name: String,
    algorithms: Vec<SignatureAlgorithm>,
    key: DecodingKey,
}

/// Reads the header of what may be a JWT.
pub(super) fn asked(jwt: &str, allowed: &[SignatureAlgorithm]) -> Result<Asked, Why> {
    if jwt.len() > JWT_BYTES_MAX {
        return Err(Why::TooLong);
    }
    let header = decode_header(jwt).map_err(|_| Why::NoJwt)?;
    let kind = header.typ.unwrap_or_else(|| "JWT".to_owned()).to_ascii_lowercase();
    if !["jwt", "at+jwt", "application/at+jwt"].contains(&kind.as_str()) {
        return Err(Why::Type);
    }
    if header.crit.is_some() {
        return Err(Why::Critical);
    }
    let meant = allowed.iter().copied().find(|one| library_name(*one) == header.alg);
    let algorithm = meant.ok_or(Why::Algorithm)?;
    let key = header.kid.filter(|key| is_short(key)).ok_or(Why::NoKeyNamed)?;
    Ok(Asked { key, algorithm })
}

/// What a JWT says, once one of the keys of this name has proven it.
pub(super) fn proven(
    jwt: &str,
    algorithm: SignatureAlgorithm,
    keys: &[std::sync::Arc<PublicKey>],
) -> Result<Map<String, Value>, Why> {
    let mut validation = Validation::new(library_name(algorithm));
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    validation.validate_aud = false;
    let mut why = Why::OtherKey;
    for key in keys.iter().filter(|key| key.algorithms.contains(&algorithm)) {
        match decode::<Map<String, Value>>(jwt, &key.key, &validation) {
            Ok(read) => return Ok(read.claims),
            Err(_) => why = Why::Signature,
        }
    }
    Err(why)
}

/// Whom what was proven lets in at a moment.
pub(super) fn identity(
    claims: &Map<String, Value>,
    oidc: &Oidc,
    now: Timestamp,
) -> Result<Identity, Why> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(oidc.issuer.as_str()) {
        return Err(Why::Issuer);
    }
    let is_ours = |value: &Value| value.as_str() == Some(&oidc.audience);
    let is_for_us = match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().any(is_ours),
        Some(one) => is_ours(one),
        None => false,
    };
    if !is_for_us {
        return Err(Why::Audience);
    }
    let ends_at = moment(claims, "exp")?.ok_or(Why::Times)?.plus_ms(oidc.leeway_ms);
    if now >= ends_at {
        return Err(Why::Expired);
    }
    let soon = now.plus_ms(oidc.leeway_ms);
    for name in ["nbf", "iat"] {
        if moment(claims, name)?.is_some_and(|begins| begins > soon) {
            return Err(Why::Early);
        }
    }
    let name = text(&oidc.login_claim).filter(|name| is_short(name)).ok_or(Why::Login)?;
    let verified = claims.get("email_verified");
    let is_verified = verified.is_some_and(|value| *value == true || *value == "true");
    if oidc.verified_email && !is_verified {
        return Err(Why::Unverified);
    }
    Ok(Identity { name: name.to_owned(), ends_at })
}

/// The moment that a claim names, if it is there.
fn moment(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, Why> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| (0.0..=SECONDS_MAX).contains(seconds));
    let seconds = seconds.ok_or(Why::Times)?;
    Ok(Some(Timestamp::from_ms((seconds * 1_000.0) as i64)))
}

fn is_short(text: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&text.len())
}

/// The keys of an issuer's document that can be used here; nothing where it is no such document.
pub(super) fn public_keys(document: &[u8]) -> Option<Vec<PublicKey>> {
    let document: Value = serde_json::from_slice(document).ok()?;
    let keys = document.get("keys")?.as_array()?;
    // One that cannot be read, such as of a kind to come, takes nothing from the others.
    Some(keys.iter().take(KEYS_MAX).filter_map(public_key).collect())
}

fn public_key(value: &Value) -> Option<PublicKey> {
    let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
    let name = jwk.common.key_id.clone().filter(|name| is_short(name))?;
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|u| *u == PublicKeyUse::Signature);
    let operations = jwk.common.key_operations.as_ref();
    let verifies = operations.is_none_or(|all| all.contains(&KeyOperations::Verify));
    if !signs || !verifies {
        return None;
    }
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    if let DecodingKeyKind::RsaModulusExponent { n, .. } = key.kind()
        && n.iter().skip_while(|byte| **byte == 0).count() < RSA_BYTES_MIN
    {
        return None;
    }
    let named = jwk.common.key_algorithm.map(Algorithm::try_from);
    let fits = |algorithm: &SignatureAlgorithm| {
        let library = library_name(*algorithm);
        is_of_kind(*algorithm, &jwk.algorithm)
            && named.as_ref().is_none_or(|named| *named == Ok(library))
    };
    let algorithms = SignatureAlgorithm::ALL.map(|(algorithm, _)| algorithm);
    let algorithms: Vec<_> = algorithms.into_iter().filter(fits).collect();
    (!algorithms.is_empty()).then_some(PublicKey { name, algorithms, key })
}

/// Whether a key of these parameters can make signatures of an algorithm.
fn is_of_kind(algorithm: SignatureAlgorithm, parameters: &AlgorithmParameters) -> bool {
    use SignatureAlgorithm as A;
    match parameters {
        AlgorithmParameters::RSA(_) => {
            matches!(algorithm, A::Rs256 | A::Rs384 | A::Rs512 | A::Ps256 | A::Ps384 | A::Ps512)
        }
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => algorithm == A::Es256,
            EllipticCurve::P384 => algorithm == A::Es384,
            _ => false,
        },
        AlgorithmParameters::OctetKeyPair(pair) => {
            algorithm == A::EdDsa && pair.curve == EllipticCurve::Ed25519
        }
        _ => false,
    }
}

const fn library_name(algorithm: SignatureAlgorithm) -> Algorithm {
    match algorithm {
        SignatureAlgorithm::Rs256 => Algorithm::RS256,
        SignatureAlgorithm::Rs384 => Algorithm::RS384,
        SignatureAlgorithm::Rs512 => Algorithm::RS512,
        SignatureAlgorithm::Ps256 => Algorithm::PS256,
        SignatureAlgorithm::Ps384 => Algorithm::PS384,
        SignatureAlgorithm::Ps512 => Algorithm::PS512,
        SignatureAlgorithm::Es256 => Algorithm::ES256,
        SignatureAlgorithm::Es384 => Algorithm::ES384,
        SignatureAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}
