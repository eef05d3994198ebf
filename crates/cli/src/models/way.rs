//! The way out: how a download reaches a server, by the options of the command and the settings
//! that all programs of the house share.

use earmark_store::{Settings, default_folder};
use earmark_weights::{Download, Error, Mirror, Network, Proxy, mirrors};

use crate::out;

/// How to reach a server.
#[derive(clap::Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct Way {
    /// Where to ask: `huggingface`, `hf-mirror`, `modelscope` or an address; several are tried in
    /// order
    ///
    /// An address is that of a server laid out like Hugging Face, or has `{file}` in it, and
    /// `{repo}` and `{revision}` where it needs them. Without it the mirrors of the catalog are
    /// tried one after the other.
    #[arg(long = "mirror", value_name = "NAME|URL")]
    mirrors: Vec<String>,

    /// Ask this server and no other
    #[arg(long, value_name = "URL", conflicts_with = "mirrors")]
    base_url: Option<String>,

    /// A proxy (`http://host:port`, `socks5://host:port`), `system` or `none`
    ///
    /// Without it the settings decide, and then the environment (`HTTPS_PROXY` and its like).
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,

    /// Connections at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=16))]
    connections: u8,

    /// Times a server is asked in a row while nothing comes, with longer and longer waits
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=100))]
    tries: u32,

    /// Most megabytes a second; all there are when left out
    #[arg(long, value_name = "MB", value_parser = rate)]
    limit: Option<u64>,
}

/// Megabytes a second as bytes.
fn rate(text: &str) -> Result<u64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.001..1e6).contains(&rate) => Ok((rate * 1e6) as u64),
        _ => Err("give megabytes a second, such as 2 or 0.5".to_owned()),
    }
}

/// The settings that all programs of the house share.
pub(crate) fn settings() -> Settings {
    let Some(folder) = default_folder() else {
        return Settings::default();
    };
    let loaded = Settings::load(&Settings::file(&folder));
    for warning in &loaded.warnings {
        out::say(&format!("warning: {warning}"));
    }
    loaded.settings
}

/// The way out of the settings, or of a proxy that overrules them.
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

impl Way {
    /// The way out, switched off when the settings say so.
    ///
    /// Errors: [`Error::Proxy`].
    pub(crate) fn network(&self, settings: &Settings) -> Result<Network, Error> {
        network(settings, self.proxy.as_deref())
    }

    /// Tells a download where to ask and how fast.
    ///
    /// Errors: [`Error::Mirror`].
    pub(crate) fn direct(
        &self,
        download: &mut Download<'_>,
        settings: &Settings,
    ) -> Result<(), Error> {
        download.mirrors = self.asked(settings)?;
        download.connections = self.connections.into();
        download.limit = self.limit;
        download.tuning.tries = self.tries;
        Ok(())
    }

    fn asked(&self, settings: &Settings) -> Result<Vec<Mirror>, Error> {
        let named: Vec<&String> = self.base_url.iter().chain(&self.mirrors).collect();
        if !named.is_empty() {
            return named.into_iter().map(|name| Mirror::parse(name)).collect();
        }
        let Some(preferred) = &settings.mirror else {
            return Ok(mirrors().to_vec());
        };
        let first = Mirror::parse(preferred)?;
        if !mirrors().contains(&first) {
            return Ok(vec![first]); // who names a server of their own means that one
        }
        let others = mirrors().iter().filter(|other| **other != first).cloned();
        Ok(std::iter::once(first.clone()).chain(others).collect())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use earmark_store::Settings;

    use super::Way;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        way: Way,
    }

    fn check(options: &[&str], mirror: Option<&str>, expected: &[&str]) {
        let line = Line::try_parse_from([&["x"], options].concat()).unwrap();
        let settings = Settings {
            mirror: mirror.map(str::to_owned),
            ..Settings::default()
        };
        let asked = line.way.asked(&settings).unwrap();
        let names: Vec<_> = asked.iter().map(|mirror| mirror.name.as_str()).collect();
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
            line.way.limit
        };
        assert_eq!(limit("2"), Some(2_000_000));
        assert_eq!(limit("0.5"), Some(500_000));
        assert_eq!([limit("0"), limit("fast"), limit("NaN")], [None; 3]);
    }
}
