//! The network is the one place in the house that opens a connection to elsewhere.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ureq::http::header::{self, HeaderMap};
use ureq::{Agent, BodyReader};

use crate::Error;

/// Longest time for a connection to come about.
const CONNECT: Duration = Duration::from_secs(20);

/// Most redirects followed for one file; Hugging Face needs one or two.
const MOST_REDIRECTS: usize = 8;

/// The way out, with a switch that blocks every request and a counter of those made; clones share
/// both.
#[derive(Clone, Debug)]
pub struct Network(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    is_off: AtomicBool,
    n_requests: AtomicU64,
    proxy: Mutex<Option<ureq::Proxy>>,
}

/// How to reach the environment outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the environment says (`ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), or else, on
    /// Windows, as the system's settings say.
    #[default]
    System,
    /// Straight, whatever the environment says.
    None,
    /// Through this one, such as `http://host:port` or `socks5://host:port`.
    Url(String),
}

impl Proxy {
    /// Errors: [`Error::Proxy`] for an address that is none.
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
    /// A way out that is switched on.
    ///
    /// Errors: [`Error::Proxy`].
    pub fn new(proxy: &Proxy) -> Result<Self, Error> {
        Ok(Self(Arc::new(Shared {
            is_off: AtomicBool::new(false),
            n_requests: AtomicU64::new(0),
            proxy: Mutex::new(proxy.open()?),
        })))
    }

    /// Takes another way out; downloads under way keep theirs until they are paused or end.
    ///
    /// Errors: [`Error::Proxy`]; then the way stays as it was.
    pub fn set_proxy(&self, proxy: &Proxy) -> Result<(), Error> {
        *self.proxy() = proxy.open()?;
        Ok(())
    }

    fn proxy(&self) -> MutexGuard<'_, Option<ureq::Proxy>> {
        self.0.proxy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Switches the network off or on; off, every request ends in [`Error::NetworkOff`], and those
    /// under way stop at their next bytes.
    pub fn set_off(&self, is_off: bool) {
        self.0.is_off.store(is_off, Ordering::SeqCst);
    }

    /// Whether the network is switched off.
    pub fn is_off(&self) -> bool {
        self.0.is_off.load(Ordering::SeqCst)
    }

    /// How many requests were made since the start, redirects included.
    pub fn n_requests(&self) -> u64 {
        self.0.n_requests.load(Ordering::SeqCst)
    }

    /// A set of connections for one round of work.
    ///
    /// A connection that stays silent for `idle` breaks off.
    pub(crate) fn line(&self, idle: Duration) -> HttpClient {
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
            is_cut: Arc::default(),
        }
    }

    /// Errors: [`Error::NetworkOff`] when it is.
    pub(crate) fn must_be_on(&self, url: &str) -> Result<(), Error> {
        if self.is_off() {
            return Err(Error::NetworkOff { url: url.into() });
        }
        Ok(())
    }
}

/// A set of connections that can be cut all at once.
#[derive(Clone, Debug)]
pub(crate) struct HttpClient {
    network: Network,
    agent: Agent,
    is_cut: Arc<AtomicBool>,
}

/// What is asked for: a part of a file.
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a str,
    /// First byte and the one after the last.
    pub(crate) range: (u64, u64),
    /// The part is wanted only of the file with this validator.
    pub(crate) of: Option<&'a str>,
}

/// The beginning of an answer that holds (a part of) a file.
pub(crate) struct Answer {
    /// Whether it is the part that was asked for; otherwise it is the file from its beginning.
    pub(crate) is_part: bool,
    /// Size of the whole file, where the server says it.
    pub(crate) total: Option<u64>,
    /// What tells this content of the file from every other, where the server says it.
    pub(crate) validator: Option<String>,
    pub(crate) body: BodyReader<'static>,
}

impl HttpClient {
    /// Cuts every connection; requests under way and later ones fail.
    pub(crate) fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        self.agent.clone().shutdown();
    }

    /// Whether it was cut.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::SeqCst)
    }

    /// Errors: `NetworkOff`, `Unreachable`, `Refused`, and `Wrong` for an answer that cannot be (a
    /// part of) a file.
    pub(crate) fn get(&self, ask: &Ask<'_>) -> Result<Answer, Error> {
        let mut url = ask.url.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let response = self.send(&url, ask)?;
            let (status, headers) = (response.status().as_u16(), response.headers());
            match status {
                200 | 206 => return answer(&url, ask.range, response),
                301 | 302 | 303 | 307 | 308 => {
                    let to = text(headers, header::LOCATION.as_str());
                    let to = to.and_then(|to| join(&url, to));
                    url = to.ok_or_else(|| wrong(&url, "a redirect to nowhere"))?;
                }
                _ => {
                    let retry_after = text(headers, header::RETRY_AFTER.as_str());
                    let retry_after_s = retry_after.and_then(|text| text.trim().parse().ok());
                    return Err(Error::Refused {
                        url: shown(&url),
                        status,
                        retry_after_s,
                    });
                }
            }
        }
        Err(wrong(ask.url, "redirects without end"))
    }

    fn send(&self, url: &str, ask: &Ask<'_>) -> Result<ureq::http::Response<ureq::Body>, Error> {
        self.network.must_be_on(url)?;
        self.network.0.n_requests.fetch_add(1, Ordering::SeqCst);
        let range = match ask.range {
            (start, u64::MAX) => format!("bytes={start}-"),
            (start, end) => format!("bytes={start}-{}", end.max(1) - 1),
        };
        let mut request = self.agent.get(url).header(header::RANGE, range);
        if let Some(validator) = ask.of {
            request = request.header(header::IF_RANGE, validator);
        }
        request.call().map_err(|error| Error::Unreachable {
            url: shown(url),
            detail: error.to_string(),
        })
    }
}

fn answer(
    url: &str,
    (start, _): (u64, u64),
    response: ureq::http::Response<ureq::Body>,
) -> Result<Answer, Error> {
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
    Ok(Answer {
        is_part,
        total,
        validator: validator.map(str::to_owned),
        body: response.into_body().into_reader(),
    })
}

/// An address as people need it: what follows the `?` is a key to a server's store, and long.
fn shown(url: &str) -> String {
    url.split('?').next().unwrap_or_default().to_owned()
}

fn wrong(url: &str, detail: &str) -> Error {
    Error::Wrong {
        url: shown(url),
        detail: detail.into(),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether what comes from an address is what its owner sends, or comes from this computer itself.
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

/// Where a redirect leads; none when it leads away from a secure connection.
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
    fn what_is_learned_is_learned_only_where_nobody_can_change_it() {
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
    fn a_proxy_that_is_none_is_refused() {
        let error = Network::new(&Proxy::Url("no proxy".into())).unwrap_err();
        assert!(error.to_string().contains("socks5://host:port"), "{error}");
        assert!(Network::new(&Proxy::Url("http://127.0.0.1:8080".into())).is_ok());
    }
}
