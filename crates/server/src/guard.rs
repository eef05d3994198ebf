//! The guard turns away requests that do not come from the window.
//!
//! Any page in any browser of this computer can send a request to the loopback. It does not know
//! the token; and should it ever learn it, it cannot send it under our name (`Host`, which a page
//! reaches with a name of its own that leads to 127.0.0.1) nor hide its own (`Origin`).

use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderName, header};

/// Where the pages of the window come from: Linux and macOS, Windows, Windows with https.
///
/// Source: Tauri 2, `WindowConfig::use_https_scheme`.
const ORIGINS: [&str; 3] = [
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
];

/// Knows who may ask.
#[derive(Debug)]
pub(crate) struct Guard {
    host: String,
    token: String,
}

impl Guard {
    pub(crate) fn new(address: SocketAddr, token: String) -> Self {
        let host = address.to_string();
        Self { host, token }
    }

    /// Whether a request came to this very address, and from no foreign page. A player sends no
    /// `Origin` at all.
    pub(crate) fn lets_in(&self, headers: &HeaderMap) -> bool {
        let all = |name: HeaderName| headers.get_all(name).into_iter();
        let mut hosts = all(header::HOST);
        let is_host = hosts.next().is_some_and(|host| host == self.host.as_str());
        let is_ours = all(header::ORIGIN).all(|origin| ORIGINS.iter().any(|ours| origin == ours));
        is_host && hosts.next().is_none() && is_ours
    }

    /// Whether a token is ours; takes as long for one that is nearly right.
    pub(crate) fn knows(&self, token: &str) -> bool {
        let differences = token.bytes().zip(self.token.bytes());
        let difference = differences.fold(0, |sum, (theirs, ours)| sum | (theirs ^ ours));
        token.len() == self.token.len() && difference == 0
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::Guard;

    #[test]
    fn only_our_name_and_our_pages_are_let_in() {
        let guard = Guard::new(([127, 0, 0, 1], 4000).into(), "secret".into());
        let check = |headers: &[(&'static str, &'static str)], expected: bool| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                );
            }
            assert_eq!(guard.lets_in(&map), expected, "{headers:?}");
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
    fn a_token_is_known_whole() {
        let guard = Guard::new(([127, 0, 0, 1], 4000).into(), "secret".into());
        assert!(guard.knows("secret"));
        for token in ["", "secre", "secret1", "Secret", "public"] {
            assert!(!guard.knows(token), "{token}");
        }
    }
}
