//! Consent links from end to end: single use, ending, revocable, one answer to whatever is not open,
//! nothing changed by a look.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode},
};
use http_body_util::BodyExt as _;
use tertius::{
    http::{self, Door, router},
    model::{IntroductionId, IntroductionState as State, Language, PersonId},
    service::{
        Advance, ConsentLinkDraft, Doing, IntroductionDraft, PathQuestion, RefusalCode,
        ServiceError, ServiceResult, To, Viewer,
    },
    store::Store as _,
};
use tokio::{net::TcpListener, sync::oneshot};
use tower::ServiceExt as _;

use crate::{
    clients,
    support::{House, ask},
};

const DAY_MS: i64 = 86_400_000;

/// What a browser is answered: status, headers but for the name of the request, body.
type Answered = (StatusCode, BTreeMap<String, String>, String);

async fn named(house: &House, name: &str) -> PersonId {
    let query = format!(
        "{{ search(query: \"{name}\", first: 1) {{ nodes {{ ... on Person {{ id }} }} }} }}"
    );
    let found = house.data(&query).await;
    found["search"]["nodes"][0]["id"].as_str().unwrap().parse().unwrap()
}

async fn sent(routes: &Router, method: Method, path: &str, body: &'static str) -> Answered {
    let request = Request::builder().method(method).uri(path);
    // What a browser says of a page without a referrer.
    let request = request
        .header("host", "tertius.example.org")
        .header("origin", "null")
        .header("content-type", "application/x-www-form-urlencoded");
    let response = routes.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value)));
    let headers = headers.filter(|(name, _)| name != "x-request-id").collect();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    (head.status, headers, String::from_utf8(body).unwrap())
}

fn link(id: IntroductionId) -> ConsentLinkDraft {
    let message = "Tom asks: may <b>Mira</b> & I write to you?".to_owned();
    ConsentLinkDraft { id, of: None, message, language: Language::English, days: None }
}

fn code<T: std::fmt::Debug>(result: ServiceResult<T>) -> RefusalCode {
    match result {
        Err(ServiceError::Refused(refusal)) => refusal.code,
        other => panic!("it was not refused: {other:?}"),
    }
}

/// A house in which Mira asked Tom for Elif, and Tom said yes.
struct Asked {
    house: House,
    routes: Router,
    mira: Viewer,
    tom: Viewer,
    target: PersonId,
    id: IntroductionId,
}

impl Asked {
    async fn new() -> Self {
        let house = House::own().await;
        let (mira, tom) = (house.viewer("mira").await, house.viewer("tom").await);
        let target = named(&house, "Elif").await;
        let id = asked(&house, &mira, tom.person(), target).await.unwrap();
        house.tertius.advance_introduction(&tom, &Advance::of(id, Doing::Agree)).await.unwrap();
        let routes = router(Door::with_tokens(Arc::clone(&house.tertius)));
        Self { house, routes, mira, tom, target, id }
    }

    async fn linked(&self) -> String {
        self.house.tertius.offer_consent_link(&self.tom, &link(self.id)).await.unwrap().path()
    }

    async fn look(&self, path: &str) -> Answered {
        sent(&self.routes, Method::GET, path, "").await
    }

    async fn answer(&self, path: &str, body: &'static str) -> Answered {
        sent(&self.routes, Method::POST, path, body).await
    }

    async fn state(&self) -> State {
        self.house.tertius.introduction(&self.tom, self.id).await.unwrap().state
    }
}

async fn asked(
    house: &House,
    seeker: &Viewer,
    through: PersonId,
    target: PersonId,
) -> ServiceResult<IntroductionId> {
    let draft = IntroductionDraft {
        seeker: None,
        connectors: vec![through],
        target,
        purpose: "To talk about their secret roadmap".into(),
        account: None,
        list: None,
        variant: None,
        answer_days: None,
        is_draft: false,
        idempotency_key: None,
    };
    Ok(house.tertius.request_introduction(seeker, draft).await?.id)
}

#[tokio::test]
async fn a_look_changes_nothing_and_a_button_decides_once() {
    let asked = Asked::new().await;
    let path = asked.linked().await;
    let version = asked.house.store.version().await.unwrap();
    let first = asked.look(&path).await;
    for _ in 0..3 {
        assert_eq!(asked.look(&path).await, first, "a scanner may come as often as it likes");
        let (status, ..) = sent(&asked.routes, Method::HEAD, &path, "").await;
        assert_eq!(status, StatusCode::OK);
    }
    assert_eq!(asked.house.store.version().await.unwrap(), version);
    let (status, headers, page) = first;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["x-robots-tag"], "noindex, nofollow");
    assert!(headers["content-security-policy"].starts_with("default-src 'none'"), "{headers:?}");
    assert!(page.contains("may &lt;b&gt;Mira&lt;/b&gt; &amp; I write"), "{page}");
    for untold in ["roadmap", "Elif", "<script", "person_", "introduction_", "://"] {
        assert!(!page.contains(untold), "{untold}: {page}");
    }
    let (status, _, page) = asked.answer(&path, "answer=yes").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Your yes was recorded"), "{page}");
    assert_eq!(asked.state().await, State::Consented);
    let view = asked.house.tertius.introduction(&asked.mira, asked.id).await.unwrap();
    let by_link: Vec<bool> = view.consents.iter().map(|yes| yes.by_link).collect();
    assert_eq!((by_link, view.links.len()), (vec![false, true], 0), "links are their maker's");
    let (status, ..) = asked.answer(&path, "answer=no").await;
    assert_eq!((status, asked.state().await), (StatusCode::NOT_FOUND, State::Consented));
    assert_eq!(asked.house.store.check().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn whatever_is_not_open_is_answered_alike() {
    let used = Asked::new().await;
    let path = used.linked().await;
    used.answer(&path, "answer=no").await;
    assert_eq!(used.state().await, State::DeclinedByTarget);
    let used_up = used.look(&path).await;
    assert_eq!(used_up.0, StatusCode::NOT_FOUND);
    assert_eq!(used.answer(&path, "answer=yes").await, used_up);

    let other = Asked::new().await;
    let replaced = other.linked().await;
    let revoked = other.linked().await;
    assert_eq!(other.look(&replaced).await, used_up, "a newer one took its place");
    assert_eq!(other.look(&revoked).await.0, StatusCode::OK);
    let view =
        other.house.tertius.revoke_consent_links(&other.tom, other.id, Some(other.target)).await;
    assert!(view.unwrap().links.iter().all(|link| !link.is_open));
    assert_eq!(other.look(&revoked).await, used_up);
    assert_eq!(other.answer(&revoked, "answer=yes").await, used_up);

    let expiring = other.linked().await;
    let mut wrong = expiring.clone();
    let last = wrong.pop().unwrap();
    wrong.push(if last == '0' { '1' } else { '0' });
    let zeros = format!("/consent/{}", "0".repeat(96));
    for guessed in [&wrong, &zeros, &expiring.to_uppercase().replace("CONSENT", "consent")] {
        assert_eq!(other.look(guessed).await, used_up, "{guessed}");
        assert_eq!(other.answer(guessed, "answer=yes").await, used_up, "{guessed}");
    }
    assert_eq!(other.look("/consent/short").await, used_up);
    let start = other.house.clock_now();
    other.house.clock.set(start.plus_ms(14 * DAY_MS - 1));
    assert_eq!(other.look(&expiring).await.0, StatusCode::OK);
    other.house.clock.set(start.plus_ms(14 * DAY_MS));
    assert_eq!(other.look(&expiring).await, used_up);
    assert_eq!(other.answer(&expiring, "answer=yes").await, used_up);

    let erased = Asked::new().await;
    let path = erased.linked().await;
    let ines = erased.house.viewer("ines").await;
    let routes = router(Door::open(Arc::clone(&erased.house.tertius), ines));
    let erase = format!(
        "mutation {{ erasePerson(input: {{ whom: {{ personId: \"{}\" }} reason: \"asked\" }}) {{
            userErrors {{ message }} }} }}",
        erased.target
    );
    let done = ask(&routes, &erase).await;
    assert_eq!(done["data"]["erasePerson"]["userErrors"], serde_json::json!([]), "{done}");
    assert_eq!(erased.look(&path).await, used_up);
    assert_eq!(erased.answer(&path, "answer=yes").await, used_up);

    let ended = Asked::new().await;
    let path = ended.linked().await;
    let withdraw = Advance::of(ended.id, Doing::Withdraw);
    ended.house.tertius.advance_introduction(&ended.mira, &withdraw).await.unwrap();
    assert_eq!(ended.look(&path).await, used_up);
}

#[tokio::test]
async fn links_are_for_those_outside_whose_answer_is_waited_for() {
    let asked = Asked::new().await;
    let offer = |viewer: Viewer, draft: ConsentLinkDraft| {
        let tertius = Arc::clone(&asked.house.tertius);
        async move { tertius.offer_consent_link(&viewer, &draft).await.map(|made| made.path()) }
    };
    let (tom, id) = (asked.tom.clone(), asked.id);
    let for_mira = ConsentLinkDraft { of: Some(asked.mira.person()), ..link(id) };
    assert_eq!(code(offer(tom.clone(), for_mira).await), RefusalCode::NotYours);
    let for_tom = ConsentLinkDraft { of: Some(tom.person()), ..link(id) };
    assert_eq!(code(offer(asked.mira.clone(), for_tom).await), RefusalCode::NotYours);
    for (days, message) in [(0, "May I?"), (91, "May I?"), (1, " ")] {
        let draft = ConsentLinkDraft { days: Some(days), message: message.into(), ..link(id) };
        let refused = code(offer(tom.clone(), draft).await);
        let expected = if days == 1 { RefusalCode::Blank } else { RefusalCode::Invalid };
        assert_eq!(refused, expected, "{days} {message}");
    }
    let ines = asked.house.viewer("ines").await;
    assert!(matches!(offer(ines, link(id)).await, Err(ServiceError::NotFound(_))));
    let path = offer(tom.clone(), link(id)).await.unwrap();
    asked.answer(&path, "answer=yes").await;
    let late = offer(tom.clone(), link(id)).await;
    assert_eq!(code(late), RefusalCode::Transition, "to introduce is no answer");
    let (status, _, page) = asked.answer(&path, "answer=perhaps").await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{page}");
}

#[tokio::test]
async fn whoever_says_never_is_not_asked_again_and_no_path_leads_to_them() {
    let asked = Asked::new().await;
    let (tertius, target) = (&asked.house.tertius, asked.target);
    let question = PathQuestion::to(To::Person(target));
    let before = tertius.intro_paths(&asked.mira, &question).await.unwrap();
    assert!(!before.paths.into_nodes().is_empty());
    let german = ConsentLinkDraft { language: Language::German, ..link(asked.id) };
    let path = tertius.offer_consent_link(&asked.tom, &german).await.unwrap().path();
    let (_, _, page) = asked.look(&path).await;
    assert!(page.contains("<html lang=de>") && page.contains("Nein, danke"), "{page}");
    let (_, _, page) = asked.answer(&path, "answer=never").await;
    assert!(page.contains("nicht wieder gefragt"), "{page}");
    assert_eq!(asked.state().await, State::DeclinedByTarget);
    for login in ["mira", "ines", "tom"] {
        let viewer = asked.house.viewer(login).await;
        let paths = tertius.intro_paths(&viewer, &question).await.unwrap().paths.into_nodes();
        assert!(paths.is_empty(), "{login}");
    }
    let again = asked_again(&asked).await;
    assert_eq!(code(again), RefusalCode::DoNotContact);
    let reopened = asked.house.twin().await;
    let paths = reopened.intro_paths(&asked.mira, &question).await.unwrap().paths.into_nodes();
    assert!(paths.is_empty(), "after a restart too");
}

async fn asked_again(one: &Asked) -> ServiceResult<IntroductionId> {
    asked(&one.house, &one.mira, one.tom.person(), one.target).await
}

#[tokio::test]
async fn guessing_is_slowed_down_for_one_introduction_alone() {
    let asked = Asked::new().await;
    let path = asked.linked().await;
    let other = format!("/consent/{}", "7".repeat(96));
    for _ in 0..20 {
        assert_eq!(asked.look(&path).await.0, StatusCode::OK);
    }
    let (status, headers, _) = asked.look(&path).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(headers["retry-after"], "3");
    assert_eq!(asked.answer(&path, "answer=yes").await.0, status, "nothing was decided");
    assert_eq!(asked.look(&other).await.0, StatusCode::NOT_FOUND);
    asked.house.clock.set(asked.house.clock_now().plus_ms(3_000));
    assert_eq!(asked.answer(&path, "answer=yes").await.0, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_answers_at_the_same_moment_one_is_heard() {
    let asked = Asked::new().await;
    let path = asked.linked().await;
    let answers = (0..12).map(|nth| {
        let (routes, path) = (asked.routes.clone(), path.clone());
        let body = if nth % 2 == 0 { "answer=yes" } else { "answer=no" };
        tokio::spawn(async move { sent(&routes, Method::POST, &path, body).await.0 })
    });
    let answers: Vec<_> = answers.collect();
    let mut heard = 0;
    for answer in answers {
        let status = answer.await.unwrap();
        assert!([StatusCode::OK, StatusCode::NOT_FOUND].contains(&status), "{status}");
        heard += usize::from(status == StatusCode::OK);
    }
    assert_eq!(heard, 1);
    let view = asked.house.tertius.introduction(&asked.tom, asked.id).await.unwrap();
    let by_link = view.history.iter().filter(|step| step.by_link).count();
    assert_eq!((by_link, view.links[0].is_open), (1, false));
}

#[tokio::test]
async fn a_link_is_made_and_ended_by_graphql() {
    let asked = Asked::new().await;
    let routes = router(Door::open(Arc::clone(&asked.house.tertius), asked.tom.clone()));
    let id = asked.id;
    let create = format!(
        "mutation {{ createConsentLink(input: {{ introductionId: \"{id}\", message: \"May we?\",
            personId: \"{}\", language: GERMAN, expiresInDays: 3 }}) {{
            link {{ path introduction {{ consentLinks {{ open message language person {{ id }} }} }} }}
            userErrors {{ code path }} }} }}",
        asked.target
    );
    let made = ask(&routes, &create).await["data"]["createConsentLink"].take();
    let links = &made["link"]["introduction"]["consentLinks"];
    let expected = serde_json::json!([{ "open": true, "message": "May we?", "language": "GERMAN",
        "person": { "id": asked.target.to_string() } }]);
    assert_eq!(*links, expected, "{made}");
    let path = made["link"]["path"].as_str().unwrap();
    assert_eq!(asked.look(path).await.0, StatusCode::OK);
    let revoke = format!(
        "mutation {{ revokeConsentLinks(input: {{ introductionId: \"{id}\" }}) {{
            introduction {{ consentLinks {{ open }} }} userErrors {{ code }} }} }}"
    );
    let ended = ask(&routes, &revoke).await["data"]["revokeConsentLinks"].take();
    let open = &ended["introduction"]["consentLinks"];
    assert_eq!(*open, serde_json::json!([{ "open": false }]), "{ended}");
    assert_eq!(asked.look(path).await.0, StatusCode::NOT_FOUND);
    let blank = create.replace("May we?", " ");
    let refused = ask(&routes, &blank).await["data"]["createConsentLink"].take();
    let expected = serde_json::json!([{ "code": "BLANK", "path": ["input", "message"] }]);
    assert_eq!(refused["userErrors"], expected, "{refused}");
}

/// Serves a house over a port until the sender is dropped.
async fn served(asked: &Asked) -> (String, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let door = Door::with_tokens(Arc::clone(&asked.house.tertius));
    tokio::spawn(async { http::serve(listener, door, async { drop(stopped.await) }).await });
    (address, stop)
}

#[tokio::test]
async fn the_page_in_a_browser_needs_a_keyboard_alone_and_axe_finds_nothing() {
    let (english, german) = (Asked::new().await, Asked::new().await);
    let in_german = ConsentLinkDraft { language: Language::German, ..link(german.id) };
    let tertius = &german.house.tertius;
    let path = tertius.offer_consent_link(&german.tom, &in_german).await.unwrap().path();
    let (here, _stop) = served(&english).await;
    let (there, _stop_too) = served(&german).await;
    let settings = vec![
        ("TERTIUS_BROWSER", clients::browser()),
        ("TERTIUS_LINK", format!("{here}{}", english.linked().await)),
        ("TERTIUS_GERMAN", format!("{there}{path}")),
    ];
    assert_eq!(clients::run_aside(&["consent.mjs"], settings).await, "8 of 8 passed\n");
    assert_eq!(english.state().await, State::Consented);
    assert_eq!(german.state().await, State::DeclinedByTarget);
}
