//! Generates the shell's commands in TypeScript: their names, parameters and results, from the
//! signatures in `src-tauri/src/commands`. The page's calls are checked against them.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap, too")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use earmark_tests::root;

/// The generated file.
const FILE: &str = "ui/src/lib/backend/generated/commands.ts";

/// The variable set by `cargo xtask types`, with which the file is written and not compared.
const WRITE: &str = "EARMARK_WRITE_TYPES";

const HEAD: &str = "/** The commands of the shell. Written by `cargo xtask types` from \
    `src-tauri/src/commands`; changes belong there. */\n\n\
    import type { Channel } from \"@tauri-apps/api/core\";\n\n";

/// The lists of commands in the order of `src-tauri/src/lib.rs`: the interface, what it is, and the
/// file that calls them.
const LISTS: [(&str, &str, &str); 2] = [
    (
        "PageCommands",
        "What the main page can ask for.",
        "tauri.ts",
    ),
    (
        "OverlayCommands",
        "What the page of an overlay can ask for.",
        "tauri_overlay.ts",
    ),
];

/// Parameters that Tauri fills in and no page names.
const INJECTED: [&str; 2] = ["AppHandle", "WebviewWindow"];

/// A command as its function declares it.
struct Command {
    name: String,
    /// Names and types of its parameters.
    takes: Vec<(String, String)>,
    gives: String,
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("cannot read `{path}`: {error}"))
}

/// The text between the first occurrences of two texts.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start);
    let found = rest.and_then(|(_, rest)| rest.split_once(end));
    found.unwrap_or_else(|| panic!("no `{start}` … `{end}`")).0
}

/// The commands of a list that `src-tauri/src/lib.rs` has.
fn commands(nth: usize) -> Vec<Command> {
    let shell = read("src-tauri/src/lib.rs");
    let list = shell.split("generate_handler![").nth(nth + 1).unwrap();
    let paths = list.split_once(']').unwrap().0.split(',').map(str::trim);
    let command = |path: &str| {
        let (module, name) = path.split_once("::").unwrap();
        let module = if module == "overlays" {
            "overlay"
        } else {
            module
        };
        let source = read(&format!("src-tauri/src/commands/{module}.rs"));
        let marked = format!("#[tauri::command]\npub(crate) async fn {name}(");
        let declared = between(&source, &marked, " {\n");
        let (takes, gives) = declared.split_once(") -> Result<").unwrap();
        Command {
            name: name.to_owned(),
            takes: parameters(takes),
            gives: gives.strip_suffix(", Failure>").unwrap().to_owned(),
        }
    };
    paths.filter(|it| !it.is_empty()).map(command).collect()
}

/// The parameters passed by the page. No type contains a comma followed by a name and a colon.
fn parameters(text: &str) -> Vec<(String, String)> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found: Vec<(String, String)> = Vec::new();
    for part in text.split(", ") {
        match part.split_once(": ") {
            Some((name, type_)) => found.push((name.trim().to_owned(), type_.to_owned())),
            None => write!(found.last_mut().unwrap().1, ", {part}").unwrap(),
        }
    }
    for (_, type_) in &mut found {
        *type_ = type_.trim_end_matches(',').to_owned();
    }
    found.retain(|(_, type_)| !INJECTED.contains(&type_.as_str()));
    found
}

/// A Rust type in TypeScript; the types of `api.ts` in it are added to `named`.
fn typescript(rust: &str, named: &mut BTreeSet<String>) -> String {
    let inner = |outer: &str| {
        let rest = rust.strip_prefix(outer)?.strip_prefix('<')?;
        rest.strip_suffix('>')
    };
    if let Some(inner) = inner("Option") {
        return format!("{} | null", typescript(inner, named));
    }
    if let Some(inner) = inner("Vec") {
        return format!("Array<{}>", typescript(inner, named));
    }
    if let Some(inner) = inner("Channel") {
        return format!("Channel<{}>", typescript(inner, named));
    }
    let plain = match rust {
        "()" => "void",
        "bool" => "boolean",
        "String" => "string",
        "EntryId" | "u16" | "u32" | "u64" | "usize" | "f32" | "f64" => "number",
        "Map<String, Value>" => "Record<string, unknown>",
        "Response" => "ArrayBuffer",
        _ => {
            let is_name = rust.chars().all(|c| c.is_ascii_alphanumeric());
            assert!(is_name, "no TypeScript is known for `{rust}`");
            named.insert(rust.to_owned());
            rust
        }
    };
    plain.to_owned()
}

/// A parameter's name in Tauri's camel case.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |name, part| {
        let (initial, rest) = part.split_at(1);
        name + &initial.to_uppercase() + rest
    })
}

/// The text of the generated file.
fn generated() -> String {
    let mut named = BTreeSet::new();
    let mut interfaces = String::new();
    for (nth, (name, about, _)) in LISTS.into_iter().enumerate() {
        write!(interfaces, "\n/** {about} */\nexport interface {name} {{\n").unwrap();
        for command in commands(nth) {
            let takes = command.takes.iter();
            let takes: Vec<String> = takes
                .map(|(name, type_)| format!("{}: {}", camel(name), typescript(type_, &mut named)))
                .collect();
            let takes = match takes.as_slice() {
                [] => "null".to_owned(),
                takes => format!("{{ {} }}", takes.join("; ")),
            };
            let gives = typescript(&command.gives, &mut named);
            let name = command.name;
            writeln!(
                interfaces,
                "  {name}: {{ takes: {takes}; gives: {gives} }};"
            )
            .unwrap();
        }
        interfaces += "}\n";
    }
    let named: Vec<String> = named.into_iter().collect();
    let import = format!(
        "import type {{\n  {},\n}} from \"./api\";\n",
        named.join(",\n  ")
    );
    format!("{HEAD}{import}{interfaces}")
}

#[test]
fn the_generated_typescript_matches_the_shells_commands() {
    let text = generated();
    if std::env::var_os(WRITE).is_some() {
        fs::write(root().join(FILE), &text).unwrap();
    }
    let committed = fs::read_to_string(root().join(FILE)).unwrap_or_default();
    assert!(
        committed == text,
        "{FILE} is stale: run `cargo xtask types`"
    );
}

#[test]
fn every_command_is_used_by_its_page() {
    for (nth, (_, _, file)) in LISTS.into_iter().enumerate() {
        let page = read(&format!("ui/src/lib/backend/{file}"));
        let commands = commands(nth);
        assert!(commands.len() >= 5);
        for Command { name, .. } in commands {
            assert!(
                page.contains(&format!("ask(\"{name}\"")),
                "{file} never asks for {name}"
            );
        }
    }
}

/// Without a name in a capability, Tauri refuses a command to a window.
#[test]
fn every_window_may_call_its_own_commands_and_no_others() {
    for (nth, capability) in ["main", "overlays"].iter().enumerate() {
        let file = read(&format!("src-tauri/capabilities/{capability}.json"));
        let file: serde_json::Value = serde_json::from_str(&file).unwrap();
        let permissions = file["permissions"].as_array().unwrap().iter();
        let allowed: BTreeSet<String> = permissions
            .map(|it| it.as_str().unwrap().to_owned())
            .collect();
        let own = commands(nth).into_iter();
        let own: BTreeSet<String> = own
            .map(|it| format!("allow-{}", it.name.replace('_', "-")))
            .collect();
        assert_eq!(allowed, own, "{capability}");
    }
}
