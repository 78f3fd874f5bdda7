//! GraphiQL, without a network: its page, and the files that the page needs.

use std::{fmt::Write as _, sync::LazyLock};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use crate::config::Access;

use super::{Door, questions::questions};

/// Scripts, styles and questions are this server's. GraphiQL draws its cursors as data, and its
/// dialogs write a style into the page to hold it still.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; object-src 'none'";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const TEMPLATE: &str = include_str!("../../assets/graphiql/page.html");

/// What the editor for headers begins with, where a token is needed.
const HEADER: &str = "Bearer tertius_…";
/// What the first and the opened tab begin with there.
const TOKEN_NEEDED: &str = "\
# This server asks who you are. Put your token into \"Headers\"
# below, in place of \"tertius_…\"; it then holds for all tabs,
# until you close this tab of the browser.

";
/// Which question is opened at first: the one for paths.
const OPENED: usize = 2;

/// What the bare address says.
pub(super) async fn hint() -> &'static str {
    "tertius: ask by POST /graphql, or open /graphiql in a browser\n"
}

/// The page.
pub(super) async fn page(State(door): State<Door>) -> Response {
    shown(door.access)
}

/// A file of the page.
pub(super) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match FILES.iter().find(|file| file.address == name) {
        Some(file) => handed_out(file, &headers),
        None => (StatusCode::NOT_FOUND, "there is no such file\n").into_response(),
    }
}

/// How the bytes of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    Gzip,
}

/// A file of the page.
struct File {
    /// What the template calls it.
    name: &'static str,
    /// Its name with its hash, so that it may be kept for ever.
    address: String,
    tag: String,
    media_type: &'static str,
    coding: Coding,
    bytes: &'static [u8],
}

static FILES: LazyLock<[File; 5]> = LazyLock::new(|| {
    use Coding::{Gzip, Plain};
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    const STYLE: &str = "text/css; charset=utf-8";
    const TEXT: &str = "text/plain; charset=utf-8";
    macro_rules! bytes {
        ($name:literal) => {
            include_bytes!(concat!("../../assets/graphiql/", $name))
        };
    }
    [
        File::new("graphiql.js", SCRIPT, Gzip, bytes!("graphiql.js.gz")),
        File::new("graphiql.css", STYLE, Gzip, bytes!("graphiql.css.gz")),
        File::new("start.js", SCRIPT, Plain, bytes!("start.js")),
        File::new("page.css", STYLE, Plain, bytes!("page.css")),
        File::new("licenses.txt", TEXT, Plain, bytes!("LICENSES.txt")),
    ]
});

impl File {
    fn new(
        name: &'static str,
        media_type: &'static str,
        coding: Coding,
        bytes: &'static [u8],
    ) -> Self {
        let mut hash = String::new();
        for byte in Sha256::digest(bytes).iter().take(8) {
            write!(hash, "{byte:02x}").expect("a string takes all that is written to it");
        }
        let (stem, ending) = name.split_once('.').expect("the names of the table have an ending");
        let address = format!("{stem}-{hash}.{ending}");
        Self { name, address, tag: format!("\"{hash}\""), media_type, coding, bytes }
    }
}

/// The page, as it is where access is so.
fn shown(access: Access) -> Response {
    let settings = settings(access).to_string().replace('<', "\\u003c");
    let files = FILES.iter();
    let page = files.fold(TEMPLATE.replace("{{settings}}", &settings), |page, file| {
        page.replace(&format!("{{{{{}}}}}", file.name), &file.address)
    });
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-cache")];
    (headers, Html(page)).into_response()
}

/// What the script of the page is told.
fn settings(access: Access) -> serde_json::Value {
    let needs_token = access == Access::Token;
    let texts = questions().into_iter().enumerate().map(|(place, (_, text))| {
        let note = if needs_token && (place == 0 || place == OPENED) { TOKEN_NEEDED } else { "" };
        format!("{note}{text}")
    });
    serde_json::json!({
        "tabs": texts.collect::<Vec<_>>(),
        "opened": OPENED,
        "header": needs_token.then_some(HEADER),
    })
}

fn handed_out(file: &File, asked: &HeaderMap) -> Response {
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::ETAG, &file.tag),
        (header::VARY, "accept-encoding"),
    ];
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    if known.flat_map(|tags| tags.split(',')).any(|tag| tag.trim() == file.tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    match file.coding {
        Coding::Plain => (headers, file.bytes).into_response(),
        Coding::Gzip if takes_gzip(asked) => {
            (headers, [(header::CONTENT_ENCODING, "gzip")], file.bytes).into_response()
        }
        Coding::Gzip => {
            let message = "this file is there in gzip alone: send `Accept-Encoding: gzip`\n";
            (StatusCode::NOT_ACCEPTABLE, message).into_response()
        }
    }
}

/// Whether gzip is named, or anything at all, and not with a weight of 0.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let lists = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok());
        let is_gzip = ["gzip", "x-gzip", "*"].iter().any(|n| n.eq_ignore_ascii_case(name.trim()));
        is_gzip && weight.is_none_or(|weight: f32| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::Request, routing::get};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn asked(path: &str, more: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
        let routes = Router::new()
            .route("/graphiql", get(|| async { shown(Access::Open) }))
            .route("/with-tokens", get(|| async { shown(Access::Token) }))
            .route("/graphiql/{file}", get(file));
        let request =
            more.iter().fold(Request::get(path), |r, &(name, value)| r.header(name, value));
        let response = routes.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        (head.status, head.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    async fn text(path: &str) -> String {
        String::from_utf8(asked(path, &[]).await.2).unwrap()
    }

    fn address(name: &str) -> String {
        let file = FILES.iter().find(|file| file.name == name).unwrap();
        format!("/graphiql/{}", file.address)
    }

    #[tokio::test]
    async fn the_page_may_load_from_its_server_alone() {
        let (status, headers, _) = asked("/graphiql", &[]).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        let beyond_styles = policy.replace("style-src 'self' 'unsafe-inline';", "");
        assert!(!beyond_styles.contains("unsafe") && !policy.contains("http"), "{policy}");
    }

    #[tokio::test]
    async fn the_page_names_its_files_and_no_foreign_host() {
        let page = text("/graphiql").await;
        let start = String::from_utf8(asked(&address("start.js"), &[]).await.2).unwrap();
        for text in [&page, &start] {
            let foreign = text.match_indices("://").map(|(at, _)| &text[at.saturating_sub(8)..]);
            let foreign: Vec<&str> = foreign.filter(|t| !t.contains("www.w3.org")).collect();
            assert_eq!(foreign, Vec::<&str>::new());
        }
        for file in FILES.iter().filter(|file| file.name != "licenses.txt") {
            assert!(page.contains(&format!("\"graphiql/{}\"", file.address)), "{}", file.name);
        }
        assert!(!page.contains("{{"), "a place of the template was not filled in");
    }

    #[tokio::test]
    async fn the_scripts_and_styles_are_kept_for_ever() {
        let gzip = [("accept-encoding", "deflate, gzip;q=0.5")];
        for (name, media_type, packed) in [
            ("graphiql.js", "text/javascript; charset=utf-8", true),
            ("graphiql.css", "text/css; charset=utf-8", true),
            ("start.js", "text/javascript; charset=utf-8", false),
            ("page.css", "text/css; charset=utf-8", false),
            ("licenses.txt", "text/plain; charset=utf-8", false),
        ] {
            let (status, headers, body) = asked(&address(name), &gzip).await;
            assert_eq!(status, StatusCode::OK, "{name}");
            assert_eq!(headers[header::CONTENT_TYPE], media_type);
            assert_eq!(headers[header::CACHE_CONTROL], FOR_EVER);
            assert_eq!(headers[header::VARY], "accept-encoding");
            assert_eq!(headers.contains_key(header::CONTENT_ENCODING), packed, "{name}");
            assert_eq!(body.starts_with(&[0x1f, 0x8b]), packed, "{name} is what it says");
            let tag = headers[header::ETAG].to_str().unwrap();
            let (status, _, body) = asked(&address(name), &[("if-none-match", tag)]).await;
            assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{name}");
        }
    }

    #[tokio::test]
    async fn a_client_that_cannot_unpack_is_told_so() {
        for more in [&[][..], &[("accept-encoding", "br")], &[("accept-encoding", "gzip;q=0, br")]]
        {
            let (status, _, body) = asked(&address("graphiql.js"), more).await;
            assert_eq!(status, StatusCode::NOT_ACCEPTABLE, "{more:?}");
            assert!(String::from_utf8(body).unwrap().contains("Accept-Encoding: gzip"));
        }
    }

    #[tokio::test]
    async fn no_other_file_is_there() {
        for name in ["graphiql.js", "LICENSES.txt", "..%2FREADME.md", "graphiql-0.js"] {
            let (status, ..) = asked(&format!("/graphiql/{name}"), &[]).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[tokio::test]
    async fn a_token_is_asked_for_only_where_one_is_needed() {
        let (open, with_tokens) = (text("/graphiql").await, text("/with-tokens").await);
        assert!(!open.contains("Bearer") && !open.contains("your token"));
        assert!(with_tokens.contains(r#""header":"Bearer tertius_…""#));
        assert_eq!(with_tokens.matches("Put your token").count(), 2, "in the first and the opened");
    }

    #[test]
    fn the_question_for_paths_is_opened_first() {
        let opened = settings(Access::Open)["tabs"][OPENED].as_str().unwrap().to_owned();
        assert!(opened.contains("introPaths"));
    }
}
