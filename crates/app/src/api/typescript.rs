//! Writes the TypeScript of the API, and holds the committed file to it.

use std::collections::BTreeMap;
use std::path::Path;

use ts_rs::{Config, TS, TypeVisitor};

use super::{
    Destination, Event, Exported, Folder, Folders, HistoryPage, HistoryQuery, LogLine, Microphone,
    Opened, Opening, Preview, Privacy, Retranscription, Splice, Storage,
};

/// The generated file, from this crate's folder on.
const FILE: &str = "../../ui/src/lib/backend/generated/api.ts";

/// What `cargo xtask types` sets, so that the file is written and not compared.
const WRITE: &str = "EARMARK_WRITE_TYPES";

const HEAD: &str = "/** The types that the page and the application exchange. Written by \
    `cargo xtask types` from `crates/app/src/api`; changes belong there. */\n";

/// The declarations that were met, by name.
struct Declarations {
    config: Config,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // What has no file of its own is written where it is used.
        if T::output_path().is_some() {
            let name = T::name(&self.config);
            if self.found.contains_key(&name) {
                return;
            }
            let docs = compact(&T::docs().unwrap_or_default());
            let declaration = compact(&T::decl(&self.config)).replace('\n', "\n  ");
            self.found
                .insert(name, format!("{docs}export {declaration}\n"));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// The same with comments of one line on one line, and no spaces at the ends of lines.
fn compact(text: &str) -> String {
    let text = text.replace("/**\n * ", "/** ").replace("\n */", " */");
    text.replace(" \n", "\n")
}

/// The text of the generated file: what commands take and give, events, and all that they hold.
fn typescript() -> String {
    let mut types = Declarations {
        config: Config::new().with_large_int("number"),
        found: BTreeMap::new(),
    };
    types.visit::<Opening>();
    types.visit::<Event>();
    types.visit::<Opened>();
    types.visit::<Splice>();
    types.visit::<Retranscription>();
    types.visit::<Microphone>();
    types.visit::<Privacy>();
    types.visit::<Preview>();
    types.visit::<Exported>();
    types.visit::<Destination>();
    types.visit::<HistoryQuery>();
    types.visit::<HistoryPage>();
    types.visit::<Storage>();
    types.visit::<Folder>();
    types.visit::<Folders>();
    types.visit::<LogLine>();
    let parts: Vec<String> = types.found.into_values().collect();
    format!("{HEAD}\n{}", parts.join("\n"))
}

#[test]
fn the_generated_typescript_of_values_is_that_of_the_api() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let text = typescript();
    if std::env::var_os(WRITE).is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{FILE} is stale: run `cargo xtask types`"
    );
}
