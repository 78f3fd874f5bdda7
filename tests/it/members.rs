//! Who belongs to the team, how they come in, and what is kept of what they did.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use tertius::{
    model::{Identifier, Login, Name, Role, Scope},
    service::{
        AuditQuestion, Clock as _, InvitationDraft, PageRequest, RefusalCode, ServiceError,
        ServiceResult, TokenDraft,
    },
    store::{Access as _, Store as _},
};

use crate::support::{House, ask, send};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn invitation(role: Role) -> InvitationDraft {
    InvitationDraft { login: None, addresses: Vec::new(), role, person: None, days: None }
}

fn refusal<T: std::fmt::Debug>(result: ServiceResult<T>) -> (RefusalCode, String) {
    match result {
        Err(ServiceError::Refused(refusal)) => (refusal.code, refusal.message),
        other => panic!("{other:?} is no refusal"),
    }
}

fn is_forbidden<T>(result: ServiceResult<T>) -> bool {
    result.is_err_and(|error| matches!(error, ServiceError::Forbidden(_)))
}

#[tokio::test]
async fn a_member_who_leaves_is_out_at_once_and_what_they_told_stays() {
    let house = House::own().await;
    let (ines, tom) = (house.viewer("ines").await, house.viewer("tom").await);
    let secret = house.tertius.create_token(&tom, TokenDraft::of("tom")).await.unwrap().secret;
    let mira = house.viewer("mira").await;
    let known = house.tertius.people_page(&mira, &PageRequest::default()).await.unwrap();
    let left = house.tertius.deactivate(&ines, tom.member()).await.unwrap();
    assert!(!left.active);
    assert!(house.tertius.viewer_by_token(&secret).await.unwrap().is_none());
    assert!(house.tertius.viewer_by_login("tom").await.is_err());
    let logins = async |viewer| -> Vec<String> {
        let team = house.tertius.team(viewer).await.unwrap();
        team.iter().map(|member| member.login.to_string()).collect()
    };
    assert_eq!(logins(&mira).await, ["ana", "bruno", "ines", "mira"]);
    assert_eq!(logins(&ines).await, ["ana", "bruno", "ines", "mira", "tom"]);
    let still = house.tertius.people_page(&mira, &PageRequest::default()).await.unwrap();
    assert_eq!(still, known, "what tom told the team stays");
    house.tertius.reactivate(&ines, tom.member()).await.unwrap();
    assert!(house.tertius.viewer_by_token(&secret).await.unwrap().is_some());
}

#[tokio::test]
async fn the_last_admin_can_neither_be_demoted_nor_leave() {
    let house = House::own().await;
    let (ines, mira) = (house.viewer("ines").await, house.viewer("mira").await);
    let before = house.store.version().await.unwrap();
    let (code, message) = refusal(house.tertius.deactivate(&ines, ines.member()).await);
    assert_eq!((code, message.contains("last admin")), (RefusalCode::Invalid, true), "{message}");
    refusal(house.tertius.change_role(&ines, ines.member(), Role::Member).await);
    assert_eq!(house.store.version().await.unwrap(), before);
    house.tertius.change_role(&ines, mira.member(), Role::Admin).await.unwrap();
    let mira = house.viewer("mira").await;
    let (one, other) = tokio::join!(
        house.tertius.change_role(&ines, mira.member(), Role::Member),
        house.tertius.change_role(&mira, ines.member(), Role::Member),
    );
    assert!(one.is_ok() != other.is_ok(), "each saw the other: {one:?} {other:?}");
}

#[tokio::test]
async fn an_address_belongs_to_one_member() {
    let house = House::own().await;
    let (mira, tom) = (house.viewer("mira").await, house.viewer("tom").await);
    let team = house.tertius.team(&mira).await.unwrap();
    let mine = team.iter().find(|one| one.id == mira.member()).unwrap().addresses.clone().unwrap();
    assert!(team.iter().all(|one| one.addresses.is_some() == (one.id == mira.member())));
    let stolen = [mine[0].to_string().to_uppercase()];
    let (code, _) = refusal(house.tertius.set_addresses(&tom, tom.member(), &stolen).await);
    assert_eq!(code, RefusalCode::NotYours);
    assert!(is_forbidden(house.tertius.set_addresses(&tom, mira.member(), &[]).await));
    let fresh = ["tom@home.example".to_owned()];
    let set = house.tertius.set_addresses(&tom, tom.member(), &fresh).await.unwrap();
    assert_eq!(set.addresses.unwrap()[0].to_string(), fresh[0]);
}

async fn accept(house: &House, body: Value) -> (StatusCode, Value) {
    let request = Request::post("/invitations/accept")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    send(&house.routes(), request).await
}

#[tokio::test]
async fn an_invitation_lets_one_in_once_and_then_says_what_a_made_up_one_hears() {
    let house = House::own().await;
    let mira = house.viewer("mira").await;
    let secret = house.tertius.invite(&mira, invitation(Role::Member)).await.unwrap().secret;
    assert!(secret.starts_with("tertius_invite_"), "{secret}");
    assert!(house.tertius.viewer_by_token(&secret).await.unwrap().is_none(), "it is no token");
    let (status, _) = accept(&house, json!({ "secret": secret, "login": "tom" })).await;
    assert_eq!(status, StatusCode::CONFLICT, "a login that is taken leaves it open");
    let (status, made) = accept(&house, json!({ "secret": secret, "login": "bo" })).await;
    assert_eq!(
        (status, &made["member"]["role"]),
        (StatusCode::CREATED, &json!("MEMBER")),
        "{made}"
    );
    let token = made["token"]["secret"].as_str().unwrap();
    let bo = house.tertius.viewer_by_token(token).await.unwrap().unwrap();
    assert_eq!(bo.role(), Role::Member);
    let name = house.tertius.person(&bo, bo.person()).await.unwrap().name.unwrap();
    assert_eq!(name.as_str(), "Bo");

    let tertius = &house.tertius;
    let withdrawn = tertius.invite(&mira, invitation(Role::Viewer)).await.unwrap();
    tertius.withdraw_invitation(&mira, withdrawn.view.id).await.unwrap();
    let late = tertius.invite(&mira, invitation(Role::Viewer)).await.unwrap();
    let open = tertius.open_invitations(&mira).await.unwrap();
    assert_eq!(open, std::slice::from_ref(&late.view));
    house.clock.set(late.view.expires_at);
    let made_up = format!("tertius_invite_{:064x}", 7);
    let mut heard = Vec::new();
    for secret in [&secret, &withdrawn.secret, &late.secret, &made_up, &"x".repeat(500)] {
        heard.push(accept(&house, json!({ "secret": secret, "login": "cy" })).await);
    }
    assert_eq!(heard[0].0, StatusCode::NOT_FOUND);
    assert!(heard.iter().all(|said| *said == heard[0]), "{heard:?}");
}

#[tokio::test]
async fn of_two_who_redeem_at_the_same_moment_one_comes_in() {
    let house = House::own().await;
    let (mira, twin) = (house.viewer("mira").await, house.twin().await);
    let secret = house.tertius.invite(&mira, invitation(Role::Member)).await.unwrap().secret;
    let (one, other) = tokio::join!(
        house.tertius.accept_invitation(&secret, Some("bo")),
        twin.accept_invitation(&secret, Some("cy")),
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let (code, message) = refusal(one.and(other));
    assert_eq!(code, RefusalCode::NotFound, "{message}");
    let ines = house.viewer("ines").await;
    assert_eq!(house.tertius.team(&ines).await.unwrap().len(), 6);
}

#[tokio::test]
async fn nobody_invites_above_themselves_or_after_they_may_no_longer() {
    let house = House::own().await;
    let (mira, tom) = (house.viewer("mira").await, house.viewer("tom").await);
    let ines = house.viewer("ines").await;
    assert!(is_forbidden(house.tertius.invite(&tom, invitation(Role::Viewer)).await));
    assert!(is_forbidden(house.tertius.invite(&mira, invitation(Role::Admin)).await));
    house.tertius.invite(&ines, invitation(Role::Admin)).await.unwrap();
    for days in [0, 31] {
        let draft = InvitationDraft { days: Some(days), ..invitation(Role::Viewer) };
        assert_eq!(refusal(house.tertius.invite(&mira, draft).await).0, RefusalCode::Invalid);
    }
    let draft = InvitationDraft { person: Some(tom.person()), ..invitation(Role::Viewer) };
    assert_eq!(refusal(house.tertius.invite(&mira, draft).await).0, RefusalCode::Duplicate);
    let sent = house.tertius.invite(&mira, invitation(Role::Member)).await.unwrap();
    let length = sent.view.expires_at.as_ms() - sent.view.created_at.as_ms();
    assert_eq!(length, 7 * DAY_MS);
    house.tertius.change_role(&ines, mira.member(), Role::Member).await.unwrap();
    let said = refusal(house.tertius.accept_invitation(&sent.secret, Some("bo")).await);
    assert_eq!(said.0, RefusalCode::NotFound, "its sender may no longer invite");
}

#[tokio::test]
async fn somebody_who_is_known_comes_in_as_who_they_are() {
    let house = House::own().await;
    let mira = house.viewer("mira").await;
    let page = PageRequest { first: Some(100), after: None };
    let people = house.tertius.people_page(&mira, &page).await.unwrap().into_nodes();
    let mail = |text: &String| text.contains('@');
    let (person, address) = people
        .iter()
        .find_map(|p| p.identifiers.iter().map(Identifier::text).find(mail).map(|a| (p.id, a)))
        .unwrap();
    let draft = InvitationDraft { addresses: vec![address], ..invitation(Role::Viewer) };
    let sent = house.tertius.invite(&mira, draft).await.unwrap();
    assert_eq!(sent.view.person, Some(person));
    let made = house.tertius.accept_invitation(&sent.secret, Some("bo")).await.unwrap();
    assert_eq!(made.member.person, person);
}

#[tokio::test]
async fn a_token_says_what_it_is_for_when_it_was_used_and_does_no_more_than_its_maker() {
    let house = House::own().await;
    let tom = house.viewer("tom").await;
    let end = house.clock.now().plus_ms(DAY_MS);
    let draft = TokenDraft {
        name: Some("the sync".into()),
        role: Some(Role::Viewer),
        expires_at: Some(end),
        scopes: Some(vec![Scope::Read, Scope::Write]),
        ..TokenDraft::default()
    };
    let made = house.tertius.create_token(&tom, draft).await.unwrap();
    assert_eq!(made.view.name.as_ref().map(Name::as_str), Some("the sync"));
    let before = house.store.version().await.unwrap();
    let used = async || house.tertius.own_tokens(&tom).await.unwrap()[0].last_used_at;
    assert_eq!(used().await, None);
    let first = house.clock.now();
    let viewer = house.tertius.viewer_by_token(&made.secret).await.unwrap().unwrap();
    house.clock.set(first.plus_ms(59_999));
    house.tertius.viewer_by_token(&made.secret).await.unwrap();
    assert_eq!(used().await, Some(first), "at most once a minute");
    house.clock.set(first.plus_ms(60_000));
    house.tertius.viewer_by_token(&made.secret).await.unwrap();
    assert_eq!(used().await, Some(first.plus_ms(60_000)));
    assert_eq!(house.store.version().await.unwrap(), before, "a use is no change");

    assert_eq!(viewer.role(), Role::Viewer);
    let role = TokenDraft { role: Some(Role::Member), ..TokenDraft::default() };
    let later = TokenDraft { expires_at: Some(end.plus_ms(1)), ..TokenDraft::default() };
    let scopes = TokenDraft { scopes: Some(vec![Scope::Import]), ..TokenDraft::default() };
    for draft in [role, later, scopes] {
        let said = refusal(house.tertius.create_token(&viewer, draft).await);
        assert_eq!(said.0, RefusalCode::Invalid);
    }
    let child = house.tertius.create_token(&viewer, TokenDraft::default()).await.unwrap();
    assert_eq!(child.view.expires_at, Some(end), "it ends with its maker");
    house.clock.set(end);
    assert!(house.tertius.viewer_by_token(&made.secret).await.unwrap().is_none());
}

#[tokio::test]
async fn a_token_is_taken_back_by_whom_it_acts_as_and_by_admins() {
    let house = House::own().await;
    let (tom, mira, ines) =
        (house.viewer("tom").await, house.viewer("mira").await, house.viewer("ines").await);
    let made = house.tertius.create_token(&tom, TokenDraft::of("tom")).await.unwrap();
    let foreign = house.tertius.revoke_token(&mira, made.id).await;
    assert!(matches!(foreign, Err(ServiceError::NotFound(_))), "{foreign:?}");
    let routes = house.open_routes().await;
    let answer = ask(&routes, "{ viewer { team { tokens { id } } } }").await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let seen = house.tertius.tokens_of(&ines, Some(tom.member())).await.unwrap();
    assert_eq!(seen.len(), 1);
    house.tertius.revoke_token(&ines, made.id).await.unwrap();
    assert!(house.tertius.viewer_by_token(&made.secret).await.unwrap().is_none());
    let version = house.store.version().await.unwrap();
    house.tertius.revoke_token(&tom, made.id).await.unwrap();
    assert_eq!(house.store.version().await.unwrap(), version, "a second time changes nothing");
}

#[tokio::test]
async fn the_trail_says_who_did_what_when_and_never_what_it_said() {
    let house = House::own().await;
    let (mira, ines) = (house.viewer("mira").await, house.viewer("ines").await);
    let trail = async |question, first: usize, after| {
        let request = PageRequest { first: Some(first), after };
        house.tertius.audit_trail(&ines, question, &request).await.unwrap()
    };
    let made = house.tertius.create_token(&mira, TokenDraft::of("mira")).await.unwrap();
    let page = trail(AuditQuestion::default(), 1, None).await;
    let newest = &page.entries[0].1;
    assert_eq!(newest.login.as_ref().map(Login::as_str), Some("mira"));
    assert_eq!((newest.at, newest.changes), (house.clock.now(), 1));
    assert_eq!(newest.kinds, [("token", 1)]);
    assert_eq!(newest.ids, [made.id.into()]);
    let told = format!("{newest:?}");
    assert!(!told.contains(&made.secret), "{told}");
    let request = PageRequest { first: Some(1), after: None };
    let asked = house.tertius.audit_trail(&mira, AuditQuestion::default(), &request).await;
    assert!(is_forbidden(asked));
    let only = AuditQuestion { author: Some(mira.member()), since: Some(house.clock.now()) };
    assert_eq!(trail(only, 20, None).await.entries.len(), 1);
    let (mut versions, mut after) = (Vec::new(), None);
    loop {
        let page = trail(AuditQuestion::default(), 100, after).await;
        versions.extend(page.entries.iter().map(|(_, entry)| entry.version.0));
        after = page.entries.last().map(|(cursor, _)| cursor.clone());
        if !page.has_next {
            break;
        }
    }
    let newest = house.store.version().await.unwrap().0;
    assert_eq!(versions, (1..=newest).rev().collect::<Vec<_>>(), "no version is missing");
    let tokens = house.store.tokens_after(None, 10).await.unwrap();
    assert_eq!(tokens.len(), 1);
}

#[tokio::test]
async fn three_personas_get_three_answers_to_one_question() {
    let house = House::own().await;
    let mut answers = Vec::new();
    for login in ["ines", "mira", "bruno"] {
        let viewer = house.viewer(login).await;
        let routes =
            tertius::http::router(tertius::http::Door::open(house.tertius.clone(), viewer));
        let question = "{ viewer { role team { login addresses } }
                          auditTrail(first: 3) { nodes { authorLogin } } }";
        answers.push(ask(&routes, question).await.to_string());
    }
    assert!(answers[0] != answers[1] && answers[1] != answers[2] && answers[0] != answers[2]);
    assert!(!answers[0].contains("FORBIDDEN") && answers[1].contains("FORBIDDEN"));
}
