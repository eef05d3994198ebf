//! Outbound network: the only code of the program that connects to other computers.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ureq::http::header::{self, HeaderMap};
use ureq::{Agent, BodyReader};

use crate::Error;

/// Longest time to establish a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// Most redirects followed for one file; Hugging Face needs one or two.
const MOST_REDIRECTS: usize = 8;

/// Access to the network, with a switch that blocks every request and a counter of requests; clones
/// share both.
#[derive(Clone, Debug)]
pub struct Network(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    is_off: AtomicBool,
    n_requests: AtomicU64,
    proxy: Mutex<Option<ureq::Proxy>>,
}

/// The proxy to use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// That of the environment (`ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), or else, on
    /// Windows, that of the system's settings.
    #[default]
    System,
    /// No proxy, even if the environment has one.
    None,
    /// This one, such as `http://host:port` or `socks5://host:port`.
    Url(String),
}

impl Proxy {
    /// Errors: [`Error::Proxy`] for an invalid address.
    fn open(&self) -> Result<Option<ureq::Proxy>, Error> {
        match self {
            Self::System => Ok(ureq::Proxy::try_from_env()),
            Self::None => Ok(None),
            Self::Url(url) => {
                let proxy = ureq::Proxy::new(url);
                Ok(Some(
                    proxy.map_err(|_| Error::Proxy { proxy: url.clone() })?,
                ))
            }
        }
    }
}

impl Network {
    /// A network that is switched on.
    ///
    /// Errors: [`Error::Proxy`].
    pub fn new(proxy: &Proxy) -> Result<Self, Error> {
        Ok(Self(Arc::new(Shared {
            is_off: AtomicBool::new(false),
            n_requests: AtomicU64::new(0),
            proxy: Mutex::new(proxy.open()?),
        })))
    }

    /// Changes the proxy; running downloads keep the old one until they are paused or end.
    ///
    /// Errors: [`Error::Proxy`]; then the old one stays.
    pub fn set_proxy(&self, proxy: &Proxy) -> Result<(), Error> {
        *self.proxy() = proxy.open()?;
        Ok(())
    }

    fn proxy(&self) -> MutexGuard<'_, Option<ureq::Proxy>> {
        self.0.proxy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Switches the network off or on. While it is off, every request ends in
    /// [`Error::NetworkOff`], and running ones stop at their next bytes.
    pub fn set_off(&self, is_off: bool) {
        self.0.is_off.store(is_off, Ordering::SeqCst);
    }

    /// Whether the network is switched off.
    pub fn is_off(&self) -> bool {
        self.0.is_off.load(Ordering::SeqCst)
    }

    /// Number of requests so far, including redirects.
    pub fn n_requests(&self) -> u64 {
        self.0.n_requests.load(Ordering::SeqCst)
    }

    /// An HTTP client. A connection without any data for `idle` is closed.
    pub(crate) fn client(&self, idle: Duration) -> HttpClient {
        let config = Agent::config_builder()
            .proxy(self.proxy().clone())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("Earmark/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(idle))
            .timeout_per_read(Some(idle))
            .timeout_per_write(Some(idle))
            .build();
        HttpClient {
            network: self.clone(),
            agent: config.into(),
            is_aborted: Arc::default(),
        }
    }

    /// Errors: [`Error::NetworkOff`].
    pub(crate) fn ensure_on(&self, url: &str) -> Result<(), Error> {
        if self.is_off() {
            return Err(Error::NetworkOff { url: url.into() });
        }
        Ok(())
    }
}

/// An HTTP client whose connections can be aborted all at once.
#[derive(Clone, Debug)]
pub(crate) struct HttpClient {
    network: Network,
    agent: Agent,
    is_aborted: Arc<AtomicBool>,
}

/// A request for a part of a file.
pub(crate) struct FileRequest<'a> {
    pub(crate) url: &'a str,
    /// First byte and the one after the last.
    pub(crate) range: (u64, u64),
    /// Validator that the file must still have (`If-Range`).
    pub(crate) of: Option<&'a str>,
}

/// The response with (a part of) a file, before its body is read.
pub(crate) struct FileResponse {
    /// Whether it is the requested part; otherwise it is the whole file from its beginning.
    pub(crate) is_part: bool,
    /// Size of the whole file, if the server reports it.
    pub(crate) total: Option<u64>,
    /// Strong `ETag` or `Last-Modified` of this content, if the server reports one.
    pub(crate) validator: Option<String>,
    pub(crate) body: BodyReader<'static>,
}

impl HttpClient {
    /// Closes every connection; running and later requests fail.
    pub(crate) fn abort(&self) {
        self.is_aborted.store(true, Ordering::SeqCst);
        self.agent.clone().shutdown();
    }

    /// Whether it was aborted.
    pub(crate) fn is_aborted(&self) -> bool {
        self.is_aborted.load(Ordering::SeqCst)
    }

    /// Errors: `NetworkOff`, `Unreachable`, `Refused`, and `Wrong` for a response that cannot be (a
    /// part of) the file.
    pub(crate) fn get(&self, request: &FileRequest<'_>) -> Result<FileResponse, Error> {
        let mut url = request.url.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let response = self.send(&url, request)?;
            let (status, headers) = (response.status().as_u16(), response.headers());
            match status {
                200 | 206 => return answer(&url, request.range, response),
                301 | 302 | 303 | 307 | 308 => {
                    let to = text(headers, header::LOCATION.as_str());
                    let to = to.and_then(|to| join(&url, to));
                    url = to.ok_or_else(|| wrong(&url, "a redirect without a valid target"))?;
                }
                _ => {
                    let retry_after = text(headers, header::RETRY_AFTER.as_str());
                    let retry_after_s = retry_after.and_then(|text| text.trim().parse().ok());
                    return Err(Error::Refused {
                        url: without_query(&url),
                        status,
                        retry_after_s,
                    });
                }
            }
        }
        Err(wrong(request.url, "too many redirects"))
    }

    fn send(
        &self,
        url: &str,
        request: &FileRequest<'_>,
    ) -> Result<ureq::http::Response<ureq::Body>, Error> {
        self.network.ensure_on(url)?;
        self.network.0.n_requests.fetch_add(1, Ordering::SeqCst);
        let range = match request.range {
            (start, u64::MAX) => format!("bytes={start}-"),
            (start, end) => format!("bytes={start}-{}", end.max(1) - 1),
        };
        let mut builder = self.agent.get(url).header(header::RANGE, range);
        if let Some(validator) = request.of {
            builder = builder.header(header::IF_RANGE, validator);
        }
        builder.call().map_err(|error| Error::Unreachable {
            url: without_query(url),
            detail: error.to_string(),
        })
    }
}

fn answer(
    url: &str,
    (start, _): (u64, u64),
    response: ureq::http::Response<ureq::Body>,
) -> Result<FileResponse, Error> {
    let headers = response.headers();
    let encoding = text(headers, header::CONTENT_ENCODING.as_str()).unwrap_or("identity");
    if !encoding.eq_ignore_ascii_case("identity") {
        return Err(wrong(url, &format!("it is encoded as {encoding}")));
    }
    let is_part = response.status().as_u16() == 206;
    let total = if is_part {
        let range = text(headers, header::CONTENT_RANGE.as_str()).and_then(content_range);
        let (at, total) = range.ok_or_else(|| wrong(url, "a part without a Content-Range"))?;
        if at != start {
            return Err(wrong(
                url,
                &format!("bytes from {at} on instead of {start}"),
            ));
        }
        total
    } else {
        text(headers, header::CONTENT_LENGTH.as_str()).and_then(|text| text.parse().ok())
    };
    // A weak validator promises the same meaning, not the same bytes.
    let etag = text(headers, header::ETAG.as_str()).filter(|etag| !etag.starts_with("W/"));
    let validator = etag.or_else(|| text(headers, header::LAST_MODIFIED.as_str()));
    Ok(FileResponse {
        is_part,
        total,
        validator: validator.map(str::to_owned),
        body: response.into_body().into_reader(),
    })
}

/// An address for messages, without its query, which is long and can contain access keys.
fn without_query(url: &str) -> String {
    url.split('?').next().unwrap_or_default().to_owned()
}

fn wrong(url: &str, detail: &str) -> Error {
    Error::Wrong {
        url: without_query(url),
        detail: detail.into(),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether an address is protected against tampering: it uses https, or is this computer's own.
pub(crate) fn is_trustworthy(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else {
        return url.starts_with("https://");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

/// First byte and total of a `Content-Range`.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.trim().parse().ok()?, total.trim().parse().ok()))
}

/// The target of a redirect; `None` if it leaves a secure connection.
fn join(from: &str, to: &str) -> Option<String> {
    let (scheme, rest) = from.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let joined = if to.starts_with("http://") || to.starts_with("https://") {
        to.to_owned()
    } else if let Some(rest) = to.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if to.starts_with('/') {
        format!("{scheme}://{host}{to}")
    } else {
        let path = rest.split(['?', '#']).next()?;
        let folder = path.rfind('/').map_or(host, |end| &path[..end]);
        format!("{scheme}://{folder}/{to}")
    };
    let is_downgrade = scheme == "https" && joined.starts_with("http://");
    (!is_downgrade).then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::{Network, Proxy, content_range, is_trustworthy, join};

    #[test]
    fn redirects_are_joined_and_never_leave_a_secure_connection() {
        let check = |from, to, expected: Option<&str>| {
            assert_eq!(join(from, to).as_deref(), expected, "{to}");
        };
        check("https://a/b/c?d", "https://e/f", Some("https://e/f"));
        check("https://a/b/c?d=/x", "/e?f", Some("https://a/e?f"));
        check("https://a/b/c", "//e/f", Some("https://e/f"));
        check("http://a:1/b/c", "d", Some("http://a:1/b/d"));
        check("http://a:1", "d", Some("http://a:1/d"));
        check("https://a/b", "http://a/b", None);
        check("http://a/b", "https://a/b", Some("https://a/b"));
    }

    #[test]
    fn only_https_and_loopback_are_trustworthy() {
        for url in [
            "https://a/b",
            "http://127.0.0.1:80/b",
            "http://localhost/b",
            "http://[::1]:8/b",
        ] {
            assert!(is_trustworthy(url), "{url}");
        }
        for url in [
            "http://a/b",
            "http://127.0.0.1.a/b",
            "http://127.0.0.1@a/b",
            "ftp://a",
            "",
        ] {
            assert!(!is_trustworthy(url), "{url}");
        }
    }

    #[test]
    fn a_content_range_reads() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        assert_eq!(content_range("bytes */10"), None);
        assert_eq!(content_range("lines 5-9/10"), None);
    }

    #[test]
    fn an_invalid_proxy_is_refused() {
        let error = Network::new(&Proxy::Url("no proxy".into())).unwrap_err();
        assert!(error.to_string().contains("socks5://host:port"), "{error}");
        assert!(Network::new(&Proxy::Url("http://127.0.0.1:8080".into())).is_ok());
    }
}
