//! The page of a consent link: to open it changes nothing, a button decides. No script, nothing of
//! any other house, and one answer to every link that is not open.

use axum::{
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};

use crate::service::{ConsentAsked, Language, LinkAnswer, ServiceError};

use super::Door;

/// The page's style is this server's, its form goes back to this server, and that is all.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("../../assets/consent/page.css");

/// What a page says, in one language.
struct Words {
    code: &'static str,
    title: &'static str,
    /// Before what the sender wrote.
    wrote: &'static str,
    yes: &'static str,
    no: &'static str,
    never: &'static str,
    /// Before and after the day until which it is open.
    until: (&'static str, &'static str),
    nothing: &'static str,
    thanks: &'static str,
    said_yes: &'static str,
    said_no: &'static str,
    said_never: &'static str,
    closed: &'static str,
    why_closed: &'static str,
    later: &'static str,
    why_later: &'static str,
    unread: &'static str,
    why_unread: &'static str,
}

const ENGLISH: Words = Words {
    code: "en",
    title: "May we introduce you?",
    wrote: "You were sent this message:",
    yes: "Yes, introduce us",
    no: "No, thank you",
    never: "No, and never ask me again",
    until: ("You can answer until the end of ", " (UTC), once."),
    nothing: "You need not answer. To open this page tells nobody anything.",
    thanks: "Thank you",
    said_yes: "Your yes was recorded. You may close this page.",
    said_no: "Your no was recorded. You may close this page.",
    said_never: "Your no was recorded, and you will not be asked again. You may close this page.",
    closed: "This link is not open",
    why_closed: "It was used, has ended, or never was one. If somebody waits for your answer, \
                 answer them directly.",
    later: "Not now",
    why_later: "Your answer could not be recorded now; nothing was told to anybody. Please try \
                again later.",
    unread: "Nothing was chosen",
    why_unread: "Please go back and choose one of the answers.",
};

const GERMAN: Words = Words {
    code: "de",
    title: "Dürfen wir Sie bekannt machen?",
    wrote: "Sie haben diese Nachricht erhalten:",
    yes: "Ja, machen Sie uns bekannt",
    no: "Nein, danke",
    never: "Nein, und fragen Sie mich nie wieder",
    until: ("Sie können bis zum Ende des ", " (UTC) antworten, einmal."),
    nothing: "Sie müssen nicht antworten. Dass Sie diese Seite öffnen, erfährt niemand.",
    thanks: "Danke",
    said_yes: "Ihr Ja ist festgehalten. Sie können diese Seite schließen.",
    said_no: "Ihr Nein ist festgehalten. Sie können diese Seite schließen.",
    said_never: "Ihr Nein ist festgehalten, und Sie werden nicht wieder gefragt. Sie können diese \
                 Seite schließen.",
    closed: "Dieser Link ist nicht offen",
    why_closed: "Er wurde benutzt, ist abgelaufen oder war nie einer. Wenn jemand auf Ihre Antwort \
                 wartet, antworten Sie bitte direkt.",
    later: "Nicht jetzt",
    why_later: "Ihre Antwort konnte jetzt nicht festgehalten werden; niemand hat etwas erfahren. \
                Bitte versuchen Sie es später noch einmal.",
    unread: "Nichts gewählt",
    why_unread: "Bitte gehen Sie zurück und wählen Sie eine der Antworten.",
};

const fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

/// Answers `GET /consent/{secret}`.
pub(super) async fn page(State(door): State<Door>, Path(secret): Path<String>) -> Response {
    match door.tertius.consent_asked(&secret).await {
        Ok(Some(asked)) => shown(StatusCode::OK, words(asked.language), &question(&asked)),
        Ok(None) => closed(),
        Err(error) => failed(&door, &error),
    }
}

/// Answers `POST /consent/{secret}`, as the form of the page sends it.
pub(super) async fn answer(
    State(door): State<Door>,
    Path(secret): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let answer = match body.as_deref() {
        Ok(b"answer=yes") => LinkAnswer::Yes,
        Ok(b"answer=no") => LinkAnswer::No,
        Ok(b"answer=never") => LinkAnswer::Never,
        _ => {
            let (status, english) = (StatusCode::BAD_REQUEST, &ENGLISH);
            return shown(status, english, &said(english.unread, english.why_unread));
        }
    };
    match door.tertius.answer_consent(&secret, answer).await {
        Ok(Some(ConsentAsked { language, .. })) => {
            let words = words(language);
            let recorded = match answer {
                LinkAnswer::Yes => words.said_yes,
                LinkAnswer::No => words.said_no,
                LinkAnswer::Never => words.said_never,
            };
            shown(StatusCode::OK, words, &said(words.thanks, recorded))
        }
        Ok(None) => closed(),
        Err(error) => failed(&door, &error),
    }
}

/// The style of the page.
pub(super) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, STYLE).into_response()
}

/// What everybody sees whose link is not open, whatever the reason. Who it was for is not known
/// then, nor is their language.
fn closed() -> Response {
    shown(StatusCode::NOT_FOUND, &ENGLISH, &said(ENGLISH.closed, ENGLISH.why_closed))
}

fn failed(door: &Door, error: &ServiceError) -> Response {
    let later = said(ENGLISH.later, ENGLISH.why_later);
    match error {
        ServiceError::Busy { retry_after_ms, .. } => {
            let mut response = shown(StatusCode::TOO_MANY_REQUESTS, &ENGLISH, &later);
            let seconds = HeaderValue::from(retry_after_ms.div_ceil(1_000));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
            response
        }
        ServiceError::Refused(_) => shown(StatusCode::CONFLICT, &ENGLISH, &later),
        _ => {
            let incident = door.tertius.incident();
            tracing::error!(incident, cause = ?error, "a consent page failed: incident {incident}");
            shown(StatusCode::INTERNAL_SERVER_ERROR, &ENGLISH, &later)
        }
    }
}

fn question(asked: &ConsentAsked) -> String {
    let words = words(asked.language);
    let message = escaped(asked.message.as_str());
    let (before, after) = words.until;
    let buttons = [("yes", words.yes), ("no", words.no), ("never", words.never)];
    let button = |(value, label)| {
        format!("<button class={value} name=answer value={value}>{label}</button>")
    };
    let buttons = buttons.map(button).join("\n");
    format!(
        "<h1>{}</h1>\n<p>{}</p>\n<blockquote>{message}</blockquote>\n<form method=post>\n{buttons}\n\
         </form>\n<p class=quiet>{before}{}{after} {}</p>",
        words.title,
        words.wrote,
        asked.expires_at.plus_ms(-1).day(),
        words.nothing
    )
}

fn said(title: &str, text: &str) -> String {
    format!("<h1>{title}</h1>\n<p>{text}</p>")
}

fn shown(status: StatusCode, words: &Words, body: &str) -> Response {
    let title = body.split_once("<h1>").and_then(|(_, rest)| rest.split_once("</h1>"));
    let title = title.map_or(words.title, |(title, _)| title);
    let page = format!(
        "<!doctype html>\n<html lang={}>\n<head>\n<meta charset=utf-8>\n\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
         <meta name=robots content=noindex>\n<title>{title}</title>\n\
         <link rel=stylesheet href=\"../consent.css\">\n</head>\n<body>\n<main>\n{body}\n</main>\n\
         </body>\n</html>\n",
        words.code
    );
    let headers = [
        ("content-security-policy", POLICY),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow"),
    ];
    (status, headers, Html(page)).into_response()
}

/// A text in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
