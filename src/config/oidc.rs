//! Whose JWTs let members in.

use std::{fmt, str::FromStr};

use serde::Deserialize;

use super::{BadSettings, WebAddress};

/// By how much two clocks may differ where nothing is said, in seconds.
const LEEWAY_SECONDS_DEFAULT: i64 = 60;

/// By how much two clocks may differ at most, in seconds.
const LEEWAY_SECONDS_MAX: i64 = 300;

/// The longest audience or name of a claim, in bytes.
const TEXT_BYTES_MAX: usize = 500;

/// The claim that names a member where nothing is said.
const LOGIN_CLAIM_DEFAULT: &str = "email";

/// How an issuer signs: with a private key, and whoever checks has the public one. Ways with a
/// shared secret, and no signature at all, are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are the names of RFC 7518 and RFC 8037")]
pub enum SignatureAlgorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    EdDsa,
}

impl SignatureAlgorithm {
    /// All there are, by the names that the standards give them.
    pub const ALL: [(Self, &str); 9] = [
        (Self::Rs256, "RS256"),
        (Self::Rs384, "RS384"),
        (Self::Rs512, "RS512"),
        (Self::Ps256, "PS256"),
        (Self::Ps384, "PS384"),
        (Self::Ps512, "PS512"),
        (Self::Es256, "ES256"),
        (Self::Es384, "ES384"),
        (Self::EdDsa, "EdDSA"),
    ];
}

impl FromStr for SignatureAlgorithm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|(_, name)| *name == text);
        let names = || Self::ALL.map(|(_, name)| name).join(", ");
        found
            .map(|(algorithm, _)| algorithm)
            .ok_or_else(|| format!("`{text}` lets nobody in here: take some of {}", names()))
    }
}

/// Where an issuer's public keys are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysAt {
    /// Where its discovery document, which is here, says.
    Discovery(WebAddress),
    /// Here.
    Address(WebAddress),
}

/// Whose JWTs let members in, and which of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oidc {
    /// Who signs: what `iss` says, to the letter.
    pub issuer: WebAddress,
    /// For whom a JWT must be: what `aud` says, or holds.
    pub audience: String,
    /// Where the issuer's public keys are.
    pub keys_at: KeysAt,
    /// The algorithms that are trusted.
    pub algorithms: Vec<SignatureAlgorithm>,
    /// By how much the issuer's clock and ours may differ, in milliseconds.
    pub leeway_ms: i64,
    /// The claim that names the member: by an address, or a login.
    pub login_claim: String,
    /// Whether `email_verified` must be true.
    pub verified_email: bool,
}

impl fmt::Display for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (audience {})", self.issuer, self.audience)
    }
}

/// What `[oidc]` of a file, and the environment, may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenOidc {
    issuer: Option<String>,
    audience: Option<String>,
    jwks_uri: Option<String>,
    algorithms: Option<Vec<String>>,
    leeway_seconds: Option<i64>,
    login_claim: Option<String>,
    require_verified_email: Option<bool>,
}

impl WrittenOidc {
    pub(super) fn read(self) -> Result<Oidc, BadSettings> {
        let bad = |setting, message: String| BadSettings::Oidc { setting, message };
        let missing = |setting, what: &str| bad(setting, format!("is missing: {what}"));
        let issuer = self.issuer.ok_or_else(|| {
            missing("issuer", "say who signs, such as https://login.example.org/realms/team")
        })?;
        let issuer = WebAddress::new(&issuer).map_err(|message| bad("issuer", message))?;
        if issuer.as_str().contains('?') {
            return Err(bad("issuer", format!("`{issuer}` has a `?`, and an issuer has none")));
        }
        let audience = self.audience.ok_or_else(|| {
            missing("audience", "say for whom a JWT must be, most often the id of your client")
        })?;
        let audience = short_text("audience", audience)?;
        let keys_at = match self.jwks_uri {
            Some(text) => {
                KeysAt::Address(WebAddress::new(&text).map_err(|message| bad("jwks_uri", message))?)
            }
            None => {
                KeysAt::Discovery(discovery_of(&issuer).map_err(|message| bad("issuer", message))?)
            }
        };
        let names = self.algorithms.unwrap_or_else(|| vec!["RS256".into(), "ES256".into()]);
        let algorithms = names.iter().map(|name| name.parse()).collect::<Result<Vec<_>, _>>();
        let algorithms = algorithms.map_err(|message| bad("algorithms", message))?;
        if algorithms.is_empty() {
            return Err(bad("algorithms", "is empty: leave it out, or name one".into()));
        }
        let leeway = self.leeway_seconds.unwrap_or(LEEWAY_SECONDS_DEFAULT);
        if !(0..=LEEWAY_SECONDS_MAX).contains(&leeway) {
            let message = format!("{leeway} is not from 0 to {LEEWAY_SECONDS_MAX} seconds");
            return Err(bad("leeway_seconds", message));
        }
        let claim = self.login_claim.unwrap_or_else(|| LOGIN_CLAIM_DEFAULT.to_owned());
        let login_claim = short_text("login_claim", claim)?;
        let verified_email =
            self.require_verified_email.unwrap_or(login_claim == LOGIN_CLAIM_DEFAULT);
        let leeway_ms = leeway * 1_000;
        Ok(Oidc { issuer, audience, keys_at, algorithms, leeway_ms, login_claim, verified_email })
    }
}

/// Where the standard has an issuer's discovery document.
fn discovery_of(issuer: &WebAddress) -> Result<WebAddress, String> {
    let issuer = issuer.as_str().trim_end_matches('/');
    WebAddress::new(&format!("{issuer}/.well-known/openid-configuration"))
}

fn short_text(setting: &'static str, text: String) -> Result<String, BadSettings> {
    if text.trim() == text && (1..=TEXT_BYTES_MAX).contains(&text.len()) {
        return Ok(text);
    }
    let message = format!("must be 1 to {TEXT_BYTES_MAX} bytes without white space around them");
    Err(BadSettings::Oidc { setting, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Oidc, String> {
        let written: WrittenOidc = toml::from_str(text).map_err(|error| error.to_string())?;
        written.read().map_err(|error| error.to_string())
    }

    const LEAST: &str = "issuer = \"https://login.example.org/team/\"\naudience = \"tertius\"\n";

    #[test]
    fn an_issuer_and_an_audience_are_enough() {
        let oidc = read(LEAST).unwrap();
        assert_eq!(oidc.algorithms, [SignatureAlgorithm::Rs256, SignatureAlgorithm::Es256]);
        assert_eq!((oidc.leeway_ms, oidc.login_claim.as_str()), (60_000, "email"));
        assert!(oidc.verified_email);
        let discovery = "https://login.example.org/team/.well-known/openid-configuration";
        assert_eq!(oidc.keys_at, KeysAt::Discovery(WebAddress::new(discovery).unwrap()));
        let keys = "https://keys.example.org/team";
        let named = read(&format!("{LEAST}jwks_uri = \"{keys}\"")).unwrap().keys_at;
        assert_eq!(named, KeysAt::Address(WebAddress::new(keys).unwrap()));
        assert_eq!(oidc.to_string(), "https://login.example.org/team/ (audience tertius)");
    }

    #[test]
    fn another_claim_than_the_address_needs_no_verified_address() {
        let read = |more: &str| read(&format!("{LEAST}{more}")).unwrap().verified_email;
        assert!(!read("login_claim = \"preferred_username\""));
        assert!(read("login_claim = \"upn\"\nrequire_verified_email = true"));
        assert!(!read("require_verified_email = false"));
    }

    #[test]
    fn a_setting_that_cannot_be_is_named_with_what_to_do() {
        for (text, setting, what) in [
            ("audience = \"a\"", "issuer", "say who signs"),
            ("issuer = \"https://a.example\"", "audience", "say for whom"),
            ("issuer = \"http://a.example\"\naudience = \"a\"", "issuer", "take https"),
            ("issuer = \"https://a.example/?b\"\naudience = \"a\"", "issuer", "has a `?`"),
            ("issuer = \"https://a.example\"\naudience = \" \"", "audience", "1 to 500"),
            (&format!("{LEAST}jwks_uri = \"http://a.example\""), "jwks_uri", "take https"),
            (&format!("{LEAST}algorithms = [\"none\"]"), "algorithms", "take some of RS256"),
            (&format!("{LEAST}algorithms = [\"HS256\"]"), "algorithms", "take some of RS256"),
            (&format!("{LEAST}algorithms = []"), "algorithms", "leave it out"),
            (&format!("{LEAST}leeway_seconds = -1"), "leeway_seconds", "from 0 to 300"),
            (&format!("{LEAST}leeway_seconds = 301"), "leeway_seconds", "from 0 to 300"),
            (&format!("{LEAST}login_claim = \"\""), "login_claim", "1 to 500"),
            (&format!("{LEAST}isuer = \"x\""), "isuer", "unknown field"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(setting) && said.contains(what), "{text}: {said}");
        }
    }
}
