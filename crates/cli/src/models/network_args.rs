//! Network options of a download: mirror, proxy, connections, retries and rate limit. Settings
//! shared with the desktop app fill in what was not given.

use earmark_store::{Settings, default_folder};
use earmark_weights::{Download, Error, Mirror, Network, Proxy, mirrors};

use crate::output;

/// How to reach the download servers.
#[derive(clap::Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct NetworkArgs {
    /// Mirror to download from: `huggingface`, `hf-mirror`, `modelscope` or a URL; several are
    /// tried in order
    ///
    /// A URL is that of a server with the layout of Hugging Face, or a template with `{file}` and,
    /// where needed, `{repo}` and `{revision}`. By default the mirrors of the catalog are tried in
    /// order.
    #[arg(long = "mirror", value_name = "NAME|URL")]
    mirrors: Vec<String>,

    /// Download from this server only
    #[arg(long, value_name = "URL", conflicts_with = "mirrors")]
    base_url: Option<String>,

    /// Proxy (`http://host:port`, `socks5://host:port`), `system` or `none`
    ///
    /// By default the settings decide, then the environment (`HTTPS_PROXY`, `HTTP_PROXY`,
    /// `ALL_PROXY`).
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,

    /// Parallel connections
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16))]
    connections: u8,

    /// Attempts in a row without any data before a server is given up; the waits between them grow
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=100))]
    tries: u32,

    /// Rate limit in megabytes per second; unlimited by default
    #[arg(long, value_name = "MB", value_parser = rate)]
    limit: Option<u64>,
}

/// Parses megabytes per second into bytes per second.
fn rate(text: &str) -> Result<u64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.001..1e6).contains(&rate) => Ok((rate * 1e6) as u64),
        _ => Err("expected megabytes per second, such as 2 or 0.5".to_owned()),
    }
}

/// The settings, shared with the desktop app; prints a warning for each that is invalid.
pub(crate) fn settings() -> Settings {
    let Some(folder) = default_folder() else {
        return Settings::default();
    };
    let loaded = Settings::load(&Settings::file(&folder));
    for warning in &loaded.warnings {
        output::message(&format!("warning: {warning}"));
    }
    loaded.settings
}

/// The network by the settings; `proxy` overrides theirs.
///
/// Errors: [`Error::Proxy`].
pub(crate) fn network(settings: &Settings, proxy: Option<&str>) -> Result<Network, Error> {
    let proxy = match proxy.or(settings.proxy.as_deref()) {
        None | Some("system") => Proxy::System,
        Some("none") => Proxy::None,
        Some(url) => Proxy::Url(url.to_owned()),
    };
    let network = Network::new(&proxy)?;
    network.set_off(settings.network_off);
    Ok(network)
}

impl NetworkArgs {
    /// The network by these options and the settings, switched off if the settings say so.
    ///
    /// Errors: [`Error::Proxy`].
    pub(crate) fn network(&self, settings: &Settings) -> Result<Network, Error> {
        network(settings, self.proxy.as_deref())
    }

    /// Sets mirrors, connections, rate limit and attempts of a download.
    ///
    /// Errors: [`Error::Mirror`].
    pub(crate) fn configure(
        &self,
        download: &mut Download<'_>,
        settings: &Settings,
    ) -> Result<(), Error> {
        download.mirrors = self.mirrors(settings)?;
        download.connections = self.connections.into();
        download.limit = self.limit;
        download.tuning.tries = self.tries;
        Ok(())
    }

    /// The mirrors to try, in order.
    fn mirrors(&self, settings: &Settings) -> Result<Vec<Mirror>, Error> {
        let named: Vec<&String> = self.base_url.iter().chain(&self.mirrors).collect();
        if !named.is_empty() {
            return named.into_iter().map(|name| Mirror::parse(name)).collect();
        }
        let Some(preferred) = &settings.mirror else {
            return Ok(mirrors().to_vec());
        };
        let first = Mirror::parse(preferred)?;
        if !mirrors().contains(&first) {
            return Ok(vec![first]); // a server of the user's own is the only one tried
        }
        let others = mirrors().iter().filter(|other| **other != first).cloned();
        Ok(std::iter::once(first.clone()).chain(others).collect())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use earmark_store::Settings;

    use super::NetworkArgs;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        network: NetworkArgs,
    }

    fn check(options: &[&str], mirror: Option<&str>, expected: &[&str]) {
        let line = Line::try_parse_from([&["x"], options].concat()).unwrap();
        let settings = Settings {
            mirror: mirror.map(str::to_owned),
            ..Settings::default()
        };
        let mirrors = line.network.mirrors(&settings).unwrap();
        let names: Vec<_> = mirrors.iter().map(|mirror| mirror.name.as_str()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn options_come_before_settings_and_settings_before_the_catalog() {
        let all = ["huggingface", "hf-mirror", "modelscope"];
        check(&[], None, &all);
        check(
            &[],
            Some("modelscope"),
            &["modelscope", "huggingface", "hf-mirror"],
        );
        check(&[], Some("https://firm.example"), &["https://firm.example"]);
        let two = ["--mirror", "modelscope", "--mirror", "hf-mirror"];
        check(&two, Some("huggingface"), &["modelscope", "hf-mirror"]);
        let one = ["--base-url", "http://127.0.0.1:1"];
        check(&one, Some("huggingface"), &["http://127.0.0.1:1"]);
    }

    #[test]
    fn limits_are_megabytes() {
        let limit = |text: &str| {
            let line = Line::try_parse_from(["x", "--limit", text]).ok()?;
            line.network.limit
        };
        assert_eq!(limit("2"), Some(2_000_000));
        assert_eq!(limit("0.5"), Some(500_000));
        assert_eq!([limit("0"), limit("fast"), limit("NaN")], [None; 3]);
    }
}
