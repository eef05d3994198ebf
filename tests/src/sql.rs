//! Finds SQL in Rust sources: string literals with statements, and names of SQL libraries.

use proc_macro2::{TokenStream, TokenTree};

/// Beginnings of statements; a `_` stands for any word.
const BEGINNINGS: &[&str] = &[
    "select",
    "with _ as",
    "insert into",
    "insert or",
    "replace into",
    "update _ set",
    "delete from",
    "create table",
    "create temp",
    "create unique",
    "create virtual",
    "create index",
    "create trigger",
    "create view",
    "alter table",
    "drop table",
    "drop index",
    "drop trigger",
    "drop view",
    "pragma",
    "vacuum",
    "attach",
];

/// Libraries that run statements, as code names them.
const LIBRARIES: &[&str] = &["rusqlite", "libsqlite3_sys", "sqlx", "diesel"];

/// Every occurrence of SQL in a source: its line and the text. Documentation is ignored.
pub fn places(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    read(source.parse().unwrap(), &mut found);
    found
}

fn read(tokens: TokenStream, found: &mut Vec<(usize, String)>) {
    for token in tokens {
        let line = token.span().start().line;
        match token {
            TokenTree::Group(group) if is_documentation(group.stream()) => {}
            TokenTree::Group(group) => read(group.stream(), found),
            TokenTree::Ident(name) if LIBRARIES.iter().any(|it| name == it) => {
                found.push((line, name.to_string()));
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if is_sql(&text) {
                    found.push((line, text));
                }
            }
            _ => {}
        }
    }
}

/// Whether a group is that of `#[doc = "…"]`, which `///` expands to.
fn is_documentation(group: TokenStream) -> bool {
    let first = group.into_iter().next();
    matches!(first, Some(TokenTree::Ident(name)) if name == "doc")
}

/// Whether a literal, in its source form, contains a statement.
fn is_sql(literal: &str) -> bool {
    let Some((_, text)) = literal.split_once('"') else {
        return false; // a number, a character
    };
    // A line that continues in the next one.
    let text = text.replace("\\\n", " ").replace("\\n", " ").to_lowercase();
    text.split(';').any(|statement| {
        let words: Vec<&str> = statement.split_whitespace().collect();
        // A single word is a name, such as a key or a command.
        words.len() > 1
            && BEGINNINGS.iter().any(|beginning| {
                let mut beginning = beginning.split(' ').zip(1..);
                beginning.all(|(word, n)| {
                    let found = words.get(n - 1);
                    found.is_some_and(|found| word == "_" || *found == word)
                })
            })
    })
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn statements_and_libraries_are_found_and_other_texts_are_not() {
        let check = |source: &str, expected: usize| {
            assert_eq!(places(source).len(), expected, "{source}");
        };
        check(r#"fn f() { g("SELECT id FROM item") }"#, 1);
        check("fn f() { g(\"\\\n   update item \\\n set name = ''\") }", 1);
        check(r##"const A: &str = r#"PRAGMA a = 1"#;"##, 1);
        let second = format!("fn f() {{ g(\"ok{} delete from item\") }}", ';');
        check(&second, 1);
        check("use rusqlite::Connection;", 1);
        check("/// `SELECT id FROM item`\nfn f() {}", 0);
        check(r#"const A: &str = "select"; const B: char = '"';"#, 0);
        check(
            r#"fn f() { g("please update the settings; delete nothing") }"#,
            0,
        );
    }
}
