//! What is answered to whom.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path as Segments, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::services::ServeFile;

use crate::guard::Guard;
use crate::kind;
use crate::shelf::{Registered, Shelf};

/// What every answer needs.
#[derive(Debug)]
struct House {
    guard: Guard,
    shelf: Arc<Shelf>,
}

/// All there is to be asked for.
pub(crate) fn router(guard: Guard, shelf: Arc<Shelf>) -> Router {
    let house = Arc::new(House { guard, shelf });
    Router::new()
        .route("/audio/{token}/{id}", get(audio))
        .fallback(|| async { nothing() })
        .layer(middleware::from_fn_with_state(
            Arc::clone(&house),
            at_the_door,
        ))
        .with_state(house)
}

/// Every request comes through here, also one for nothing.
async fn at_the_door(State(house): State<Arc<House>>, request: Request, next: Next) -> Response {
    let mut response = if house.guard.lets_in(request.headers()) {
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
    State(house): State<Arc<House>>,
    Segments((token, id)): Segments<(String, String)>,
    request: Request,
) -> Response {
    if !house.guard.knows(&token) {
        return nothing();
    }
    let recording = id.parse().ok().and_then(|id| house.shelf.get(id));
    match recording {
        Some(Registered::File(path)) => file(path, request).await,
        None => nothing(),
    }
}

async fn file(path: PathBuf, request: Request) -> Response {
    let looked = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || look(&path)).await
    };
    let Ok(Ok(bytes)) = looked else {
        return gone();
    };
    let media_type = kind::media_type(&bytes).parse();
    let media_type = media_type.expect("a type, a slash and a subtype");
    let mut service = ServeFile::new_with_mime(path, &media_type);
    let (mut wanted, _) = request.into_parts();
    if bytes.is_empty() {
        // There is no range of nothing that could be named in an answer.
        wanted.headers.remove(header::RANGE);
    }
    let ask = |wanted: &Parts| Request::from_parts(wanted.clone(), Body::empty());
    let mut given = service.try_call(ask(&wanted)).await;
    if let Ok(range) = &given
        && range.status() == StatusCode::PARTIAL_CONTENT
        && !is_as_before(&wanted.headers, range.headers())
    {
        wanted.headers.remove(header::RANGE);
        given = service.try_call(ask(&wanted)).await;
    }
    match given {
        Ok(response) if response.status() != StatusCode::NOT_FOUND => response.map(Body::new),
        _ => gone(),
    }
}

/// Whether a range may be given to one who has other ranges already: the recording must be the
/// same as then, when that is asked (`If-Range`).
fn is_as_before(wanted: &HeaderMap, given: &HeaderMap) -> bool {
    let strong = |tag: &&HeaderValue| !tag.as_bytes().starts_with(b"W/");
    let tag = given.get(header::ETAG).filter(strong);
    let then = wanted.get(header::IF_RANGE);
    then.is_none_or(|then| Some(then) == tag || Some(then) == given.get(header::LAST_MODIFIED))
}

/// The first bytes of a recording.
fn look(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut bytes = Vec::new();
    file.take(kind::N_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "there is nothing here").into_response()
}

fn gone() -> Response {
    let text = "the recording cannot be read; it was moved, deleted or its disk is away";
    (StatusCode::NOT_FOUND, text).into_response()
}
