//! The routes of the server and their handlers.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path as Segments, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use earmark_files::kind::{Group, N_FIRST_BYTES, kind};
use tower_http::services::ServeFile;

use crate::access_control::AccessControl;
use crate::connections::Client;
use crate::registry::{Registered, Registry};

/// State shared by the handlers.
#[derive(Debug)]
struct RouterState {
    access: AccessControl,
    registry: Arc<Registry>,
}

/// The router with every route of the server.
pub(crate) fn router(access: AccessControl, registry: Arc<Registry>) -> Router {
    let state = Arc::new(RouterState { access, registry });
    Router::new()
        .route("/audio/{token}/{id}", get(audio))
        .fallback(|| async { not_found() })
        .layer(middleware::from_fn_with_state(
            Arc::clone(&state),
            check_access,
        ))
        .with_state(state)
}

/// Middleware: refuses requests that are not from the window and sets the headers of every
/// response, also for unknown addresses.
async fn check_access(
    State(state): State<Arc<RouterState>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = if state.access.allows(request.headers()) {
        next.run(request).await
    } else {
        (
            StatusCode::FORBIDDEN,
            "this address is for Earmark's own window",
        )
            .into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// A recording, or the bytes of it that were asked for.
async fn audio(
    State(state): State<Arc<RouterState>>,
    Segments((token, id)): Segments<(String, String)>,
    ConnectInfo(client): ConnectInfo<Client>,
    request: Request,
) -> Response {
    if !state.access.accepts_token(&token) {
        return not_found();
    }
    client.trust();
    let recording = id.parse().ok().and_then(|id| state.registry.get(id));
    match recording {
        Some(Registered::File(path)) => file(path, request).await,
        None => not_found(),
    }
}

async fn file(path: PathBuf, request: Request) -> Response {
    let read = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || first_bytes(&path)).await
    };
    let Ok(Ok(bytes)) = read else {
        return unreadable();
    };
    let media_type = media_type(&bytes).parse();
    let media_type = media_type.expect("a type, a slash and a subtype");
    let mut service = ServeFile::new_with_mime(path, &media_type);
    let (mut parts, _) = request.into_parts();
    if bytes.is_empty() {
        // An empty file has no range, so the whole file is sent.
        parts.headers.remove(header::RANGE);
    }
    let copy = |parts: &Parts| Request::from_parts(parts.clone(), Body::empty());
    let mut response = service.try_call(copy(&parts)).await;
    if let Ok(range) = &response
        && range.status() == StatusCode::PARTIAL_CONTENT
        && !is_unchanged(&parts.headers, range.headers())
    {
        parts.headers.remove(header::RANGE);
        response = service.try_call(copy(&parts)).await;
    }
    match response {
        Ok(response) if response.status() != StatusCode::NOT_FOUND => response.map(Body::new),
        _ => unreadable(),
    }
}

/// Whether the recording is still the version named by `If-Range`; true without that header.
fn is_unchanged(request: &HeaderMap, response: &HeaderMap) -> bool {
    let strong = |tag: &&HeaderValue| !tag.as_bytes().starts_with(b"W/");
    let tag = response.get(header::ETAG).filter(strong);
    let version = request.get(header::IF_RANGE);
    version.is_none_or(|version| {
        Some(version) == tag || Some(version) == response.get(header::LAST_MODIFIED)
    })
}

/// The first bytes of a recording, enough to tell its media type.
fn first_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut bytes = Vec::new();
    file.take(N_FIRST_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The media type of a recording that begins with `bytes`; the player gets nothing else.
fn media_type(bytes: &[u8]) -> &'static str {
    match kind(bytes) {
        Some(kind) if matches!(kind.group, Group::Recording(_)) => kind.media_type,
        _ => "application/octet-stream",
    }
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "there is nothing here").into_response()
}

fn unreadable() -> Response {
    let text =
        "the recording cannot be read: it was moved or deleted, or its disk is not connected";
    (StatusCode::NOT_FOUND, text).into_response()
}
