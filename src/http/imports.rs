//! Files that are sent to be imported: in one go, or in parts that wait for each other.

use std::{path::PathBuf, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::json;

use crate::service::{ContentHash, FileFormat, ImportFile, ServiceError, Taking, Uploaded, Viewer};

use super::{Door, auth, failing::failed, graphql::refusal};

/// How many bytes of an upload are here.
const UPLOAD_OFFSET: &str = "upload-offset";

/// What is asked of an import. A word that is not known could have been meant: it is refused.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default)]
    name: String,
    format: Option<String>,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    dry_run: bool,
    mapping: Option<String>,
    sha256: Option<String>,
    upload: Option<String>,
    wait: Option<bool>,
}

/// Answers `POST /imports`.
pub(super) async fn begin(
    State(door): State<Door>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
    body: Body,
) -> Response {
    let done = async {
        let viewer = auth::viewer(&door, &headers).await?;
        let Query(asked) = asked.map_err(|rejection| {
            refusal(StatusCode::BAD_REQUEST, "BAD_REQUEST", &rejection.body_text())
        })?;
        import(&door, &viewer, &headers, asked, body).await
    };
    either(done.await)
}

async fn import(
    door: &Door,
    viewer: &Viewer,
    headers: &HeaderMap,
    asked: Asked,
    body: Body,
) -> Result<Response, Response> {
    let refused = |error| failed(door, &error);
    let format = asked.format.as_deref().map(format_named).transpose().map_err(refused)?;
    let uploaded = match &asked.upload {
        Some(upload) => {
            let hash = upload.parse().map_err(refused)?;
            door.uploads.collect(viewer, hash, &asked.name).await.map_err(refused)?
        }
        None => receive(door, viewer, headers, &asked, body).await?,
    };
    let file =
        ImportFile { path: PathBuf::new(), format, mapping: asked.mapping, private: asked.private };
    let begun = door.uploads.begin_import(viewer, &uploaded, file, asked.dry_run).await;
    let begun = begun.map_err(refused)?;
    let id = begun.id().to_string();
    let tertius = std::sync::Arc::clone(&door.tertius);
    // It goes on when nobody waits for it any more; the file goes when it ends.
    let running = tokio::spawn(async move {
        let report = tertius.run_import(begun, |_| {}).await;
        drop(uploaded);
        report
    });
    if asked.wait == Some(false) {
        let answer = Json(json!({ "importId": id, "status": "running" }));
        return Ok((StatusCode::ACCEPTED, answer).into_response());
    }
    let report = running.await.map_err(|error| ServiceError::Internal(Box::new(error)));
    let report = report.and_then(|report| report).map_err(refused)?;
    Ok(Json(report.json()).into_response())
}

fn format_named(name: &str) -> Result<FileFormat, ServiceError> {
    let known = FileFormat::ALL.iter().find(|(known, _)| *known == name);
    known.map(|(_, format)| *format).ok_or_else(|| {
        let known = FileFormat::ALL.map(|(name, _)| name).join(", ");
        let message = format!("`{name}` is none; name one of {known}, or leave it out to guess");
        ServiceError::invalid("format", message)
    })
}

/// Takes a file that comes as the body.
async fn receive(
    door: &Door,
    viewer: &Viewer,
    headers: &HeaderMap,
    asked: &Asked,
    body: Body,
) -> Result<Uploaded, Response> {
    let refused = |error| failed(door, &error);
    let announced = match &asked.sha256 {
        Some(text) => Some(text.parse().map_err(refused)?),
        None => content_digest(headers).map_err(refused)?,
    };
    let mut taking = door.uploads.take(viewer, &asked.name).await.map_err(refused)?;
    take_all(door, headers, &mut taking, body).await?;
    taking.finish(announced).await.map_err(refused)
}

/// Takes a body to its end, a piece at a time.
async fn take_all(
    door: &Door,
    headers: &HeaderMap,
    taking: &mut Taking,
    body: Body,
) -> Result<(), Response> {
    let limits = door.tertius.limits();
    let too_large = || {
        let message = format!(
            "the file is larger than {} bytes, the most that is taken",
            limits.upload_bytes_max
        );
        refusal(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", &message)
    };
    let said = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if said.and_then(|length| length.parse::<u64>().ok()).is_some_and(|l| l > taking.room()) {
        return Err(too_large());
    }
    let silence = Duration::from_millis(limits.silence_ms_max);
    let mut pieces = body.into_data_stream();
    loop {
        let piece = match tokio::time::timeout(silence, pieces.next()).await {
            Ok(None) => return Ok(()),
            Ok(Some(Ok(piece))) => piece,
            Ok(Some(Err(_))) => {
                let message = "the body could not be read to its end";
                return Err(refusal(StatusCode::BAD_REQUEST, "BAD_REQUEST", message));
            }
            Err(_elapsed) => {
                let message = "nothing more came for too long";
                return Err(refusal(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", message));
            }
        };
        if piece.len() as u64 > taking.room() {
            return Err(too_large());
        }
        taking.write(&piece).await.map_err(|error| failed(door, &error))?;
    }
}

/// The SHA-256 that a `Content-Digest` announces, if it does.
fn content_digest(headers: &HeaderMap) -> Result<Option<ContentHash>, ServiceError> {
    let Some(value) = headers.get("content-digest") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let Some((_, rest)) = text.split_once("sha-256=:") else { return Ok(None) };
    let bytes = rest.split_once(':').and_then(|(digits, _)| from_base64(digits));
    let hash = bytes.and_then(|bytes| bytes.try_into().ok()).map(ContentHash);
    let wrong = || {
        ServiceError::invalid("Content-Digest", "a SHA-256 is written as `sha-256=:…:`, in base64")
    };
    hash.map(Some).ok_or_else(wrong)
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        bits = (bits << 6 | digit as u32) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xFF) as u8);
        }
    }
    Some(bytes)
}

/// Answers `HEAD /imports/uploads/{sha256}`.
pub(super) async fn sent(
    State(door): State<Door>,
    headers: HeaderMap,
    Path(hash): Path<String>,
) -> Response {
    let done = async {
        let viewer = auth::viewer(&door, &headers).await?;
        let hash = hash.parse().map_err(|error| failed(&door, &error))?;
        let sent = door.uploads.sent(&viewer, hash).await;
        Ok(at(StatusCode::OK, sent.map_err(|error| failed(&door, &error))?))
    };
    either(done.await)
}

/// Answers `PATCH /imports/uploads/{sha256}`.
pub(super) async fn go_on(
    State(door): State<Door>,
    headers: HeaderMap,
    Path(hash): Path<String>,
    body: Body,
) -> Response {
    let done = async {
        let viewer = auth::viewer(&door, &headers).await?;
        let refused = |error| failed(&door, &error);
        let hash: ContentHash = hash.parse().map_err(refused)?;
        let offset = headers.get(UPLOAD_OFFSET).and_then(|offset| offset.to_str().ok());
        let offset = offset.and_then(|offset| offset.parse().ok()).ok_or_else(|| {
            let message = "`Upload-Offset` says how many bytes came before: ask for it by HEAD";
            refusal(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
        })?;
        let mut taking = match door.uploads.go_on(&viewer, hash, offset).await {
            Ok(taking) => taking,
            Err(error) => {
                let mut response = failed(&door, &error);
                if let Ok(sent) = door.uploads.sent(&viewer, hash).await {
                    response.headers_mut().insert(UPLOAD_OFFSET, HeaderValue::from(sent));
                }
                return Err(response);
            }
        };
        let taken = take_all(&door, &headers, &mut taking, body).await;
        // What came before it broke off is kept.
        let sent = taking.pause().await.map_err(refused)?;
        taken?;
        Ok(at(StatusCode::NO_CONTENT, sent))
    };
    either(done.await)
}

fn at(status: StatusCode, sent: u64) -> Response {
    let headers = [
        (header::HeaderName::from_static(UPLOAD_OFFSET), HeaderValue::from(sent)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers).into_response()
}

fn either(done: Result<Response, Response>) -> Response {
    done.unwrap_or_else(|refused| refused)
}
