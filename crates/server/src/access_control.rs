//! Access control: only requests of the window are allowed.
//!
//! Any page in any browser of this computer can send a request to the loopback address. It does
//! not know the token. Even with the token it fails the other two checks: it cannot send our
//! address as `Host` (a DNS rebinding page sends its own name), and it cannot hide its `Origin`.

use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderName, header};

/// Origins of the window's pages: Linux and macOS, Windows, Windows with https.
///
/// Source: Tauri 2, `WindowConfig::use_https_scheme`.
const ORIGINS: [&str; 3] = [
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
];

/// Checks `Host`, `Origin` and token of a request.
#[derive(Debug)]
pub(crate) struct AccessControl {
    host: String,
    token: String,
}

impl AccessControl {
    pub(crate) fn new(address: SocketAddr, token: String) -> Self {
        let host = address.to_string();
        Self { host, token }
    }

    /// Whether `Host` is the server's own address and `Origin`, if any, is one of the window. A
    /// player sends no `Origin`.
    pub(crate) fn allows(&self, headers: &HeaderMap) -> bool {
        let all = |name: HeaderName| headers.get_all(name).into_iter();
        let mut hosts = all(header::HOST);
        let is_host = hosts.next().is_some_and(|host| host == self.host.as_str());
        let is_ours = all(header::ORIGIN).all(|origin| ORIGINS.iter().any(|ours| origin == ours));
        is_host && hosts.next().is_none() && is_ours
    }

    /// Whether a token is the server's; compares in constant time.
    pub(crate) fn accepts_token(&self, token: &str) -> bool {
        let differences = token.bytes().zip(self.token.bytes());
        let difference = differences.fold(0, |sum, (theirs, ours)| sum | (theirs ^ ours));
        token.len() == self.token.len() && difference == 0
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::AccessControl;

    #[test]
    fn only_own_host_and_own_origins_are_allowed() {
        let access = AccessControl::new(([127, 0, 0, 1], 4000).into(), "secret".into());
        let check = |headers: &[(&'static str, &'static str)], expected: bool| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                );
            }
            assert_eq!(access.allows(&map), expected, "{headers:?}");
        };
        let us = ("host", "127.0.0.1:4000");
        check(&[us], true);
        check(&[us, ("origin", "tauri://localhost")], true);
        check(&[us, ("origin", "http://tauri.localhost")], true);
        check(&[], false);
        check(&[("host", "127.0.0.1")], false);
        check(&[("host", "127.0.0.1:4001")], false);
        check(&[("host", "localhost:4000")], false);
        check(&[("host", "evil.example:4000")], false);
        check(&[us, ("host", "evil.example")], false);
        check(&[us, ("origin", "null")], false);
        check(&[us, ("origin", "http://127.0.0.1:4000")], false);
        check(&[us, ("origin", "https://evil.example")], false);
        check(
            &[
                us,
                ("origin", "tauri://localhost"),
                ("origin", "http://evil"),
            ],
            false,
        );
    }

    #[test]
    fn only_the_whole_token_is_accepted() {
        let access = AccessControl::new(([127, 0, 0, 1], 4000).into(), "secret".into());
        assert!(access.accepts_token("secret"));
        for token in ["", "secre", "secret1", "Secret", "public"] {
            assert!(!access.accepts_token(token), "{token}");
        }
    }
}
