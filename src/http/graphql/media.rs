//! What a client takes as an answer, and what it sent.

use axum::http::{HeaderMap, header};

use crate::http::refused::{Kind, Refused};

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Form {
    /// `application/graphql-response+json`: the status says whether it ran.
    GraphqlJson,
    /// `application/json`: 200 for whatever was a request of GraphQL.
    Json,
    /// `text/event-stream`.
    Events,
}

impl Form {
    /// As `Content-Type` has it; of an error, where the form is a stream.
    pub(in crate::http) fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlJson => "application/graphql-response+json; charset=utf-8",
            Self::Json | Self::Events => "application/json; charset=utf-8",
        }
    }
}

/// The forms that a client takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Accepted {
    /// The better form of JSON, if any.
    pub(in crate::http) json: Option<Form>,
    pub(in crate::http) events: bool,
}

/// What `Accept` says; without it, JSON is taken.
pub(in crate::http) fn accepted(headers: &HeaderMap) -> Result<Accepted, Refused> {
    let mut values =
        headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
    if values.peek().is_none() {
        return Ok(Accepted { json: Some(Form::Json), events: false });
    }
    let (mut best, mut events) = (None, false);
    for part in values.flat_map(|value| value.split(',')) {
        let mut words = part.split(';').map(str::trim);
        let name = words.next().unwrap_or_default().to_ascii_lowercase();
        let weight = words.find_map(|word| word.strip_prefix("q=")?.parse::<f32>().ok());
        let weight = weight.unwrap_or(1.0);
        let form = match name.as_str() {
            _ if weight <= 0.0 => continue,
            "application/graphql-response+json" => Form::GraphqlJson,
            "application/json" | "application/*" | "*/*" => Form::Json,
            "text/event-stream" => {
                events = true;
                continue;
            }
            _ => continue,
        };
        if best.is_none_or(|(_, known)| weight > known) {
            best = Some((form, weight));
        }
    }
    if best.is_none() && !events {
        let message = "answers are given as application/graphql-response+json, application/json \
                       or text/event-stream";
        return Err(Refused::new(Kind::NotAcceptable, message));
    }
    Ok(Accepted { json: best.map(|(form, _)| form), events })
}

/// Whether a body is JSON in UTF-8; what a foreign page may send unasked is none.
pub(in crate::http) fn wants_json(headers: &HeaderMap) -> Result<(), Refused> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    let mut words = kind.split(';').map(str::trim);
    let is_json = words.next() == Some("application/json");
    let is_utf8 = |charset: &str| charset.trim_matches('"') == "utf-8";
    if is_json && words.filter_map(|word| word.strip_prefix("charset=")).all(is_utf8) {
        return Ok(());
    }
    let message = "send JSON in UTF-8, with `Content-Type: application/json`";
    Err(Refused::new(Kind::MediaType, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn the_best_form_that_a_client_takes_is_given() {
        let json = |form| Some(Accepted { json: Some(form), events: false });
        for (accept, wanted) in [
            ("*/*", json(Form::Json)),
            ("application/json", json(Form::Json)),
            ("application/graphql-response+json", json(Form::GraphqlJson)),
            ("Application/GraphQL-Response+JSON; charset=utf-8", json(Form::GraphqlJson)),
            ("application/graphql-response+json, application/json;q=0.9", json(Form::GraphqlJson)),
            ("application/graphql-response+json;q=0.1, application/json", json(Form::Json)),
            ("application/json;q=0, */*;q=0.1", json(Form::Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("", None),
            ("text/event-stream", Some(Accepted { json: None, events: true })),
            (
                "application/graphql-response+json, application/json, text/event-stream",
                Some(Accepted { json: Some(Form::GraphqlJson), events: true }),
            ),
        ] {
            assert_eq!(accepted(&headers(header::ACCEPT, accept)).ok(), wanted, "{accept}");
        }
        assert_eq!(accepted(&HeaderMap::new()).ok(), json(Form::Json));
    }

    #[test]
    fn only_json_in_utf_8_is_read() {
        for (kind, is_read) in [
            ("application/json", true),
            ("Application/JSON; charset=\"UTF-8\"", true),
            ("application/json; charset=latin1", false),
            ("application/jsonp", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
        ] {
            assert_eq!(wants_json(&headers(header::CONTENT_TYPE, kind)).is_ok(), is_read, "{kind}");
        }
        assert!(wants_json(&HeaderMap::new()).is_err());
    }
}
