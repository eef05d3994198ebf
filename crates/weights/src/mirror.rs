//! Parsing of [mirrors](Mirror), servers with the files of published checkpoints, and the addresses
//! of files on them.

use crate::{Edition, Error, Mirror, mirrors};

impl Mirror {
    /// Parses a name from the catalog, the address of a server with the layout of Hugging Face, or
    /// an address template with `{file}`.
    ///
    /// Errors: [`Error::Mirror`] for anything else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let is_it = |mirror: &&Self| mirror.name.eq_ignore_ascii_case(text);
        if let Some(mirror) = mirrors().iter().find(is_it) {
            return Ok(mirror.clone());
        }
        let is_address = text.starts_with("https://") || text.starts_with("http://");
        if !is_address || text.contains(char::is_whitespace) {
            let known: Vec<_> = mirrors()
                .iter()
                .map(|mirror| mirror.name.as_str())
                .collect();
            return Err(Error::Mirror {
                mirror: text.into(),
                known: known.join(", "),
            });
        }
        let url = if text.contains("{file}") {
            text.to_owned()
        } else {
            format!(
                "{}/{{repo}}/resolve/{{revision}}/{{file}}",
                text.trim_end_matches('/')
            )
        };
        Ok(Self {
            name: text.into(),
            title: text.into(),
            url,
        })
    }

    /// The address of a file of an edition.
    pub fn address(&self, edition: &Edition, file: &str) -> String {
        self.url
            .replace("{repo}", &edition.repo)
            .replace("{revision}", &edition.revision)
            .replace("{file}", file)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Mirror, catalog_model};

    fn check(mirror: &str, expected: &str) {
        let edition = &catalog_model("Qwen3-ASR-1.7B-hf").unwrap().editions[1];
        let address = Mirror::parse(mirror)
            .unwrap()
            .address(edition, "config.json");
        assert_eq!(address.replace(&edition.revision, "REV"), expected);
    }

    #[test]
    fn a_name_a_server_or_a_pattern_is_a_mirror() {
        let path = "Qwen/Qwen3-ASR-1.7B-hf/resolve/REV/config.json";
        check("HuggingFace", &format!("https://huggingface.co/{path}"));
        check("hf-mirror", &format!("https://hf-mirror.com/{path}"));
        let modelscope = "https://www.modelscope.cn/models/Qwen/Qwen3-ASR-1.7B-hf/resolve/master";
        check("modelscope", &format!("{modelscope}/config.json"));
        check(
            "http://127.0.0.1:8000/",
            &format!("http://127.0.0.1:8000/{path}"),
        );
        check(
            "https://host/{revision}/{file}?raw",
            "https://host/REV/config.json?raw",
        );
    }

    #[test]
    fn anything_else_is_refused_with_the_names_that_would_do() {
        for text in ["", "mars", "ftp://host", "https://a b"] {
            let error = Mirror::parse(text).unwrap_err().to_string();
            assert!(
                error.contains("huggingface, hf-mirror, modelscope"),
                "{error}"
            );
        }
    }
}
