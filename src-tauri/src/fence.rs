//! The fence around the page: it shows what came with the program, and hears recordings from the
//! player's server and from nowhere else.

use std::net::SocketAddr;

use tauri::Runtime;
use tauri::plugin::{Builder, TauriPlugin};
use tauri::utils::config::{Config, Csp};

/// What the configuration says of sounds and films.
const CLOSED: &str = "media-src 'none'";

/// Lets the page hear what the player's server gives, at the address that it has in this run.
pub(crate) fn open_for_player(config: &mut Config, player: Option<SocketAddr>) {
    if let (Some(Csp::Policy(policy)), Some(player)) = (&mut config.app.security.csp, player) {
        *policy = policy.replace(CLOSED, &format!("media-src http://{player}"));
    }
}

/// Keeps the page from going anywhere: a content security policy says nothing about that.
pub(crate) fn stay<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("stay")
        .on_navigation(|_, address| {
            // The first is that of Linux and macOS, the second that of Windows.
            address.scheme() == "tauri" || address.host_str() == Some("tauri.localhost")
        })
        .build()
}

#[cfg(test)]
mod tests {
    use tauri::utils::config::{Config, Csp};

    use super::open_for_player;

    #[test]
    fn the_page_hears_one_address_and_no_other() {
        let mut config: Config =
            serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        open_for_player(&mut config, Some(([127, 0, 0, 1], 4711).into()));
        let Some(Csp::Policy(policy)) = config.app.security.csp else {
            panic!("the configuration has a policy");
        };
        let media = policy.split("; ").find(|it| it.starts_with("media-src"));
        assert_eq!(media, Some("media-src http://127.0.0.1:4711"));
    }
}
