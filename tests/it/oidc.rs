//! Members come in by the JWTs of the issuer that the settings trust.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use futures_util::future::join_all;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tertius::{
    config::{KeysAt, Oidc, SignatureAlgorithm, WebAddress},
    http::{Door, WebDocuments, router},
    model::Role,
    service::{
        Clock as _, Documents as _, InvitationDraft, RefusalCode, ServiceError, Tertius,
        TokenDraft, Viewer,
    },
};
use tokio::net::TcpListener;

use crate::{
    issuer::{Issuer, Mood, public, sign},
    news::Caller,
    support::{House, post, send},
};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// The routes of those who have a token, or a JWT.
pub(crate) fn routes(tertius: &Arc<Tertius>) -> Router {
    router(Door::with_tokens(Arc::clone(tertius)))
}

/// Asks who one is.
pub(crate) async fn enter(routes: &Router, bearer: &str) -> (StatusCode, Value) {
    let mut request = post(r#"{"query":"{ viewer { role person { name } } }"}"#);
    let bearer = format!("Bearer {bearer}").parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    send(routes, request).await
}

/// An address of a member of the sample.
async fn address_of(house: &House, login: &str) -> String {
    let viewer = house.viewer(login).await;
    let member = house.tertius.member_called(&viewer, login).await.unwrap();
    member.addresses.unwrap()[0].to_string()
}

/// A house whose members come in by an issuer's JWTs.
struct Trusting {
    house: House,
    issuer: Issuer,
    tertius: Arc<Tertius>,
    mail: String,
}

impl Trusting {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Oidc)) -> Self {
        let (house, issuer) = (House::own().await, Issuer::start().await);
        let mut oidc = issuer.oidc();
        change(&mut oidc);
        let tertius = house.trusting(oidc).await;
        let mail = address_of(&house, "mira").await;
        Self { house, issuer, tertius, mail }
    }

    /// A JWT of Mira that is made now.
    fn jwt(&self) -> String {
        self.issuer.jwt(&self.mail, self.house.clock.now())
    }

    /// The same, signed with another key.
    fn jwt_by(&self, key: &str, algorithm: Algorithm) -> String {
        let header = json!({ "alg": format!("{algorithm:?}"), "kid": key });
        let claims = self.issuer.claims(&self.mail, self.house.clock.now());
        sign(&header, &claims, key, algorithm)
    }

    async fn viewer(&self, jwt: &str) -> Result<Option<Viewer>, ServiceError> {
        self.tertius.viewer_by_bearer(jwt).await
    }

    async fn lets_in(&self, jwt: &str) -> bool {
        self.viewer(jwt).await.unwrap().is_some()
    }

    /// Whether it says that it cannot ask the issuer.
    async fn is_at_a_loss(&self) -> bool {
        matches!(self.viewer(&self.jwt()).await, Err(ServiceError::Busy { .. }))
    }

    fn pass(&self, ms: i64) {
        self.house.clock.set(self.house.clock.now().plus_ms(ms));
    }
}

#[tokio::test]
async fn the_member_comes_in_whose_address_the_issuer_names_with_the_rights_of_their_role() {
    let trusting = Trusting::new().await;
    let viewer = trusting.viewer(&trusting.jwt()).await.unwrap().unwrap();
    let mira = trusting.house.viewer("mira").await;
    assert_eq!((viewer.member(), viewer.person()), (mira.member(), mira.person()));
    assert_eq!((viewer.role(), viewer.scopes()), (mira.role(), mira.scopes()));
    let (status, answer) = enter(&routes(&trusting.tertius), &trusting.jwt()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["data"]["viewer"]["person"]["name"], "Mira Halloran", "{answer}");
}

#[tokio::test]
async fn each_algorithm_of_the_settings_lets_in() {
    let all = SignatureAlgorithm::ALL.map(|(algorithm, _)| algorithm).to_vec();
    let trusting = Trusting::with(|oidc| oidc.algorithms = all).await;
    trusting.issuer.has(["rsa-one", "p256", "p384", "ed25519"].map(public).to_vec());
    for (key, algorithm) in [
        ("rsa-one", Algorithm::RS256),
        ("rsa-one", Algorithm::RS384),
        ("rsa-one", Algorithm::RS512),
        ("rsa-one", Algorithm::PS256),
        ("rsa-one", Algorithm::PS384),
        ("rsa-one", Algorithm::PS512),
        ("p256", Algorithm::ES256),
        ("p384", Algorithm::ES384),
        ("ed25519", Algorithm::EdDSA),
    ] {
        assert!(trusting.lets_in(&trusting.jwt_by(key, algorithm)).await, "{algorithm:?}");
    }
}

#[tokio::test]
async fn who_is_no_member_hears_whom_to_ask() {
    let trusting = Trusting::new().await;
    let routes = routes(&trusting.tertius);
    let now = trusting.house.clock.now();
    let (name, domain) = trusting.mail.split_once('@').unwrap();
    let shouted = trusting.mail.to_uppercase();
    assert!(trusting.lets_in(&trusting.issuer.jwt(&shouted, now)).await, "case says nothing");
    for stranger in [
        format!("{name}@evil.example"),
        format!("{name}+2@{domain}"),
        format!("{name}@{domain}.evil.example"),
        "mira".to_owned(),
    ] {
        let by_login = stranger == "mira";
        let (status, answer) = enter(&routes, &trusting.issuer.jwt(&stranger, now)).await;
        let wanted = if by_login { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(status, wanted, "{stranger}: {answer}");
    }
    let (ines, mira) = (trusting.house.viewer("ines").await, trusting.house.viewer("mira").await);
    trusting.house.tertius.deactivate(&ines, mira.member()).await.unwrap();
    let (status, answer) = enter(&routes, &trusting.jwt()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("ask a partner manager for an invitation"), "{message}");
}

#[tokio::test]
async fn another_claim_may_name_the_login() {
    let trusting = Trusting::with(|oidc| {
        oidc.login_claim = "preferred_username".to_owned();
        oidc.verified_email = false;
    })
    .await;
    let mut claims = trusting.issuer.claims("nobody@evil.example", trusting.house.clock.now());
    claims["email_verified"] = json!(false);
    claims["preferred_username"] = json!("mira");
    let header = json!({ "alg": "ES256", "kid": "p256" });
    let jwt = sign(&header, &claims, "p256", Algorithm::ES256);
    let viewer = trusting.viewer(&jwt).await.unwrap().unwrap();
    assert_eq!(viewer.member(), trusting.house.viewer("mira").await.member());
}

#[tokio::test]
async fn our_own_tokens_come_in_as_before_and_jwts_only_where_an_issuer_is_trusted() {
    let trusting = Trusting::new().await;
    let tom = trusting.house.viewer("tom").await;
    let token = trusting.tertius.create_token(&tom, TokenDraft::default()).await.unwrap().secret;
    trusting.issuer.is(Mood::Down);
    assert_eq!(trusting.viewer(&token).await.unwrap().unwrap().member(), tom.member());
    assert!(!trusting.lets_in("tertius_wrong").await);
    assert_eq!(trusting.issuer.asked(), 0, "the issuer has no part in it");
    let (status, _) = enter(&trusting.house.routes(), &trusting.jwt()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "nobody is trusted there");
}

#[tokio::test]
async fn a_token_that_a_jwt_made_ends_with_it() {
    let trusting = Trusting::new().await;
    let now = trusting.house.clock.now();
    let viewer = trusting.viewer(&trusting.jwt()).await.unwrap().unwrap();
    let made = trusting.tertius.create_token(&viewer, TokenDraft::default()).await.unwrap();
    let end = now.plus_ms(HOUR_MS + MINUTE_MS - now.as_ms() % SECOND_MS);
    assert_eq!(made.view.expires_at, Some(end), "the leeway counts");
    let later = TokenDraft { expires_at: Some(end.plus_ms(1)), ..TokenDraft::default() };
    let refused = trusting.tertius.create_token(&viewer, later).await;
    let is_refused =
        matches!(&refused, Err(ServiceError::Refused(r)) if r.code == RefusalCode::Invalid);
    assert!(is_refused, "{refused:?}");
}

#[tokio::test]
async fn keys_are_found_by_the_discovery_document() {
    let (house, issuer) = (House::own().await, Issuer::start().await);
    let mail = address_of(&house, "mira").await;
    let tertius = house.trusting(issuer.discovered()).await;
    assert_eq!(tertius.meet_issuer().await, Some(2));
    let jwt = issuer.jwt(&mail, house.clock.now());
    assert!(tertius.viewer_by_bearer(&jwt).await.unwrap().is_some());
    assert_eq!(issuer.asked(), 2, "the document, and the keys");
}

#[tokio::test]
async fn documents_that_cannot_be_believed_bring_no_keys() {
    let house = House::own().await;
    for (mood, most) in [
        (Mood::Other, 1),
        (Mood::Careless, 1),
        (Mood::Moved, 1),
        (Mood::Endless, 1),
        (Mood::Babbling, 1),
        (Mood::Down, 1),
    ] {
        let issuer = Issuer::start().await;
        issuer.is(mood);
        let tertius = house.trusting(issuer.discovered()).await;
        assert_eq!(tertius.meet_issuer().await, None, "{mood:?}");
        assert_eq!(issuer.asked(), most, "{mood:?}: no more is asked for");
    }
    for mood in [Mood::Moved, Mood::Endless, Mood::Babbling, Mood::Down] {
        let issuer = Issuer::start().await;
        issuer.is(mood);
        let tertius = house.trusting(issuer.oidc()).await;
        assert_eq!((tertius.meet_issuer().await, issuer.asked()), (None, 1), "{mood:?}");
    }
}

#[tokio::test]
async fn an_issuer_that_says_nothing_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/keys", listener.local_addr().unwrap());
    let documents = WebDocuments::within(Duration::from_millis(50));
    let fetched = documents.fetch(&WebAddress::new(&address).unwrap()).await;
    let said = fetched.unwrap_err().to_string();
    assert!(said.contains("timeout"), "{said}");
}

#[tokio::test]
async fn a_new_key_lets_in_at_once_and_one_that_is_gone_for_ten_minutes_more() {
    let trusting = Trusting::new().await;
    assert!(trusting.lets_in(&trusting.jwt()).await);
    trusting.pass(10 * SECOND_MS);
    trusting.issuer.has(["rsa-two", "p256"].map(public).to_vec());
    assert!(trusting.lets_in(&trusting.jwt_by("rsa-two", Algorithm::RS256)).await);
    assert_eq!(trusting.issuer.asked(), 2);
    trusting.issuer.has(vec![public("rsa-two")]);
    trusting.pass(10 * MINUTE_MS - 1);
    assert!(trusting.lets_in(&trusting.jwt()).await, "what is kept is fresh");
    assert_eq!(trusting.issuer.asked(), 2, "and nobody is asked");
    trusting.pass(1);
    assert!(!trusting.lets_in(&trusting.jwt()).await);
    assert!(trusting.lets_in(&trusting.jwt_by("rsa-two", Algorithm::RS256)).await);
    assert_eq!(trusting.issuer.asked(), 3);
}

#[tokio::test]
async fn while_the_issuer_is_down_its_keys_are_used_for_six_hours() {
    let trusting = Trusting::new().await;
    assert!(trusting.lets_in(&trusting.jwt()).await);
    trusting.issuer.is(Mood::Down);
    for hours in [1, 4] {
        trusting.pass(hours * HOUR_MS);
        assert!(trusting.lets_in(&trusting.jwt()).await);
    }
    trusting.pass(HOUR_MS - 1);
    assert!(trusting.lets_in(&trusting.jwt()).await);
    trusting.pass(1);
    assert!(trusting.is_at_a_loss().await);
    let (status, answer) = enter(&routes(&trusting.tertius), &trusting.jwt()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("keys of the identity provider cannot be fetched"), "{message}");
    trusting.issuer.is(Mood::Well);
    trusting.pass(10 * SECOND_MS);
    assert!(trusting.lets_in(&trusting.jwt()).await);
}

#[tokio::test]
async fn an_issuer_that_was_never_reached_is_asked_again_later() {
    let trusting = Trusting::new().await;
    trusting.issuer.is(Mood::Down);
    assert_eq!(trusting.tertius.meet_issuer().await, None);
    trusting.issuer.is(Mood::Well);
    assert!(trusting.is_at_a_loss().await, "it is left in peace for ten seconds");
    assert_eq!(trusting.issuer.asked(), 1);
    trusting.pass(10 * SECOND_MS);
    assert!(trusting.lets_in(&trusting.jwt()).await);
}

#[tokio::test]
async fn nonsense_does_not_hammer_the_issuer() {
    let trusting = Trusting::new().await;
    let nonsense = |at: i32| {
        let header = json!({ "alg": "ES256", "kid": format!("key-{at}") });
        let claims = trusting.issuer.claims(&trusting.mail, trusting.house.clock.now());
        sign(&header, &claims, "p256", Algorithm::ES256)
    };
    for at in 0..20 {
        assert!(!trusting.lets_in(&nonsense(at)).await);
    }
    assert_eq!(trusting.issuer.asked(), 1, "for the first of them");
    assert!(trusting.lets_in(&trusting.jwt()).await, "nobody suffers by it");
    trusting.pass(10 * SECOND_MS - 1);
    assert!(!trusting.lets_in(&nonsense(20)).await);
    assert_eq!(trusting.issuer.asked(), 1);
    trusting.pass(1);
    for at in 21..40 {
        assert!(!trusting.lets_in(&nonsense(at)).await);
    }
    assert_eq!(trusting.issuer.asked(), 2);
}

#[tokio::test]
async fn many_who_come_at_once_ask_the_issuer_once() {
    let trusting = Trusting::new().await;
    let jwt = trusting.jwt();
    let all = join_all((0..20).map(|_| trusting.lets_in(&jwt))).await;
    assert_eq!(all, [true; 20]);
    assert_eq!(trusting.issuer.asked(), 1);
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_keep_old_keys() {
    let trusting = Trusting::new().await;
    assert!(trusting.lets_in(&trusting.jwt()).await);
    trusting.pass(-HOUR_MS);
    trusting.issuer.has(vec![public("rsa-two")]);
    assert!(!trusting.lets_in(&trusting.jwt()).await);
    assert!(trusting.lets_in(&trusting.jwt_by("rsa-two", Algorithm::RS256)).await);
}

#[tokio::test]
async fn what_a_jwt_opened_is_closed_when_it_ends_and_when_its_member_leaves() {
    for (what, code) in [("expired", 4401), ("demoted", 4403), ("left", 4403)] {
        let trusting = Trusting::new().await;
        let house = &trusting.house;
        let (ines, mira) = (house.viewer("ines").await, house.viewer("mira").await);
        let mut caller = Caller::speaking(routes(&trusting.tertius)).await;
        let payload = json!({ "authorization": format!("Bearer {}", trusting.jwt()) });
        caller.say(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(caller.hear().await["type"], "connection_ack", "{what}");
        trusting.pass(HOUR_MS);
        caller.say(&json!({ "type": "ping" })).await;
        assert_eq!(caller.hear().await["type"], "pong", "{what}: the leeway counts");
        match what {
            "expired" => trusting.pass(MINUTE_MS),
            "demoted" => {
                let role = Role::Viewer;
                drop(house.tertius.change_role(&ines, mira.member(), role).await.unwrap());
            }
            _ => drop(house.tertius.deactivate(&ines, mira.member()).await.unwrap()),
        }
        assert_eq!(caller.hear().await, code, "{what}");
    }
}

async fn accept(trusting: &Trusting, jwt: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::post("/invitations/accept")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {jwt}"))
        .body(Body::from(body.to_string()))
        .unwrap();
    send(&routes(&trusting.tertius), request).await
}

#[tokio::test]
async fn who_redeems_an_invitation_with_a_jwt_comes_in_by_such_from_then_on() {
    let trusting = Trusting::new().await;
    let (house, now) = (&trusting.house, trusting.house.clock.now());
    let mira = house.viewer("mira").await;
    let invite = async || {
        let draft = InvitationDraft {
            login: None,
            addresses: Vec::new(),
            role: Role::Member,
            person: None,
            days: None,
        };
        house.tertius.invite(&mira, draft).await.unwrap().secret
    };
    let secret = invite().await;
    let bo = trusting.issuer.jwt("bo@fernwake.example", now);
    assert!(matches!(trusting.viewer(&bo).await, Err(ServiceError::Forbidden(_))));
    let body = |secret: &str, login: &str| json!({ "secret": secret, "login": login });
    let (status, _) = accept(&trusting, "made.up.jwt", body(&secret, "bo")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "and it stays open");
    let (status, said) = accept(&trusting, &trusting.jwt(), body(&secret, "bo")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "that address has a member: {said}");
    let (status, said) = accept(&trusting, &bo, body(&secret, "bo")).await;
    assert_eq!(status, StatusCode::CREATED, "{said}");
    let viewer = trusting.viewer(&bo).await.unwrap().unwrap();
    assert_eq!(
        (viewer.member().to_string(), viewer.role()),
        (said["member"]["id"].as_str().unwrap().to_owned(), Role::Member)
    );
    let second = invite().await;
    let cy = trusting.issuer.jwt("cy", now);
    let (status, said) = accept(&trusting, &cy, body(&second, "dee")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{said}");
    let (status, said) = accept(&trusting, &cy, json!({ "secret": second })).await;
    assert_eq!((status, &said["member"]["login"]), (StatusCode::CREATED, &json!("cy")), "{said}");
    assert!(trusting.lets_in(&cy).await);
    let third = invite().await;
    let (status, _) = accept(&trusting, "tertius_wrong", body(&third, "eve")).await;
    assert_eq!(status, StatusCode::CREATED, "a token of ours says nothing here");
}

#[test]
fn the_settings_of_the_documentation_are_settings() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/SIGN_IN.md"),
    )
    .unwrap();
    let blocks: Vec<&str> = text.split("```toml\n").skip(1).collect();
    assert!(blocks.len() >= 3, "{} were found", blocks.len());
    for block in blocks {
        let file = folder.path().join("tertius.toml");
        std::fs::write(&file, block.split("```").next().unwrap()).unwrap();
        let flags = tertius::config::Flags {
            config: Some(file),
            store: Some("sqlite:x.sqlite".into()),
            ..tertius::config::Flags::default()
        };
        let settings = tertius::config::Settings::read(flags, None);
        let oidc = settings.unwrap_or_else(|error| panic!("{block}: {error}")).oidc.unwrap();
        assert!(matches!(oidc.keys_at, KeysAt::Discovery(_)), "{block}");
    }
}
