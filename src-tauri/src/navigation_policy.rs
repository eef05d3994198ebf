//! The navigation policy: a page stays on its own addresses, and plays from the player's alone.

use tauri::plugin::{Builder, TauriPlugin};
use tauri::utils::config::{Config, Csp};
use tauri::{Url, Wry};

/// What the configuration says in place of the player's address, which is new in every run.
const ANY_PLAYER: &str = "http://127.0.0.1:*";

/// Keeps the page from going anywhere else.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    Builder::new("navigation-policy")
        .on_navigation(|_, url| is_own(url))
        .build()
}

/// Whether an address is the page's own: on Linux and macOS, on Windows, and the empty page that
/// every webview begins with.
fn is_own(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        "about" => url.path() == "blank",
        _ => false,
    }
}

/// Lets the page play from this player and no other port of the computer; without a player from
/// none.
pub(crate) fn narrow(config: &mut Config, player: Option<std::net::SocketAddr>) {
    if let Some(Csp::Policy(policy)) = &mut config.app.security.csp {
        let source = player.map_or("'none'".to_owned(), |address| format!("http://{address}"));
        *policy = policy.replace(ANY_PLAYER, &source);
    }
}

#[cfg(test)]
mod tests {
    use tauri::Url;
    use tauri::utils::config::{Config, Csp};

    use super::{is_own, narrow};

    #[test]
    fn the_page_stays_at_home() {
        let check = |url: &str, expected: bool| {
            assert_eq!(is_own(&Url::parse(url).unwrap()), expected, "{url}");
        };
        check("tauri://localhost/index.html", true);
        check("http://tauri.localhost/", true);
        check("about:blank", true);
        check("https://example.org/", false);
        check("tauri://elsewhere/", false);
        check("http://tauri.localhost:81/", false);
        check("http://127.0.0.1:80/", false);
        check("file:///etc/passwd", false);
        check("data:text/html,x", false);
    }

    #[test]
    fn the_policy_names_the_player_and_nothing_wider() {
        let read =
            || -> Config { serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap() };
        let policy = |config: Config| match config.app.security.csp {
            Some(Csp::Policy(policy)) => policy,
            other => panic!("{other:?}"),
        };
        let mut config = read();
        narrow(&mut config, Some(([127, 0, 0, 1], 4000).into()));
        let with = policy(config);
        assert!(with.contains("media-src http://127.0.0.1:4000;"), "{with}");
        let mut config = read();
        narrow(&mut config, None);
        let without = policy(config);
        assert!(without.contains("media-src 'none';"), "{without}");
        for policy in [with, without] {
            assert!(
                !policy.contains('*') && !policy.contains("unsafe"),
                "{policy}"
            );
        }
    }
}
