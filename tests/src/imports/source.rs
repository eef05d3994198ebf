//! What one file says: its modules, what they import and define, and the paths in their code.
//!
//! The text is read as tokens and not as a syntax tree, so that paths in the arguments of macros
//! count like any other.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The module of a file, and how many lines of the file are no tests.
pub(super) struct Text {
    pub(super) module: Module,
    pub(super) lines: usize,
}

/// A name that a `use` brings in.
pub(super) struct Import {
    pub(super) name: String,
    pub(super) path: Vec<String>,
}

/// What stands in a module.
#[derive(Default)]
pub(super) struct Module {
    pub(super) uses: Vec<Import>,
    /// What `use …::*` names.
    pub(super) globs: Vec<Vec<String>>,
    /// Paths of at least two names in code.
    pub(super) paths: Vec<Vec<String>>,
    pub(super) definitions: BTreeSet<String>,
    pub(super) inline: Vec<(String, Module)>,
    /// Children that are files, and their `#[path]`.
    pub(super) outside: Vec<(String, Option<String>)>,
    /// The lines under `#[cfg(test)]`.
    test_lines: usize,
}

/// Reads a file.
pub(super) fn read(text: &str) -> Text {
    let tokens: TokenStream = text.parse().unwrap();
    let mut module = Module::default();
    module.read(tokens, true);
    let tests = module.all_test_lines();
    Text {
        module,
        lines: text.lines().count() - tests,
    }
}

impl Module {
    fn all_test_lines(&self) -> usize {
        let below: usize = self.inline.iter().map(|(_, it)| it.all_test_lines()).sum();
        self.test_lines + below
    }

    /// Reads items, or the code inside of them; only items define names of the module.
    fn read(&mut self, tokens: TokenStream, are_items: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        let mut path_attribute = None;
        while at < tokens.len() {
            if let Some(attribute) = attribute(&tokens, at) {
                let text = attribute.to_string().replace(' ', "");
                if text == "cfg(test)" {
                    let end = end_of_item(&tokens, at + 2);
                    let lines = |it: &TokenTree| (it.span().start().line, it.span().end().line);
                    self.test_lines += lines(&tokens[end - 1]).1 + 1 - lines(&tokens[at]).0;
                    at = end;
                    continue;
                }
                if let Some(path) = text.strip_prefix("path=") {
                    path_attribute = Some(path.trim_matches('"').to_owned());
                }
                self.read(attribute, false);
                at += 2;
                continue;
            }
            at = match (&tokens[at], tokens.get(at + 1)) {
                (TokenTree::Ident(word), _) if *word == "use" => self.read_use(&tokens, at + 1),
                (TokenTree::Ident(word), Some(TokenTree::Ident(name))) if *word == "mod" => {
                    let path = path_attribute.take();
                    self.read_mod(name.to_string(), path, tokens.get(at + 2));
                    at + 3
                }
                (TokenTree::Ident(word), Some(TokenTree::Ident(name)))
                    if are_items && defines(&word.to_string()) && *name != "fn" =>
                {
                    self.definitions.insert(name.to_string());
                    at + 2
                }
                (TokenTree::Ident(_), _) => self.read_path(&tokens, at),
                (TokenTree::Group(group), _) => {
                    self.read(group.stream(), false);
                    at + 1
                }
                // `macro_rules! name`
                (TokenTree::Punct(mark), Some(TokenTree::Ident(name)))
                    if are_items && mark.as_char() == '!' =>
                {
                    self.definitions.insert(name.to_string());
                    at + 2
                }
                _ => at + 1,
            };
        }
    }

    fn read_mod(&mut self, name: String, path: Option<String>, body: Option<&TokenTree>) {
        if let Some(TokenTree::Group(body)) = body {
            let mut module = Self::default();
            module.read(body.stream(), true);
            self.inline.push((name, module));
        } else {
            self.outside.push((name, path));
        }
    }

    /// Reads a path in code and says what follows it.
    fn read_path(&mut self, tokens: &[TokenTree], start: usize) -> usize {
        let (path, end) = path(tokens, start);
        // Behind a point (not two: a range) stands a field or a method, behind `::` no beginning.
        let is_before = |distance, mark| {
            let at = start.checked_sub(distance);
            at.is_some_and(|it| is_mark(tokens, it, mark))
        };
        let is_beginning = [".", ":"].iter().all(|mark| !is_before(1, mark))
            || is_before(1, ".") && is_before(2, ".")
            || is_before(1, ":") && !is_before(2, ":");
        if path.len() > 1 && is_beginning {
            self.paths.push(path);
        }
        end
    }

    /// Reads a `use` and says what follows it.
    fn read_use(&mut self, tokens: &[TokenTree], start: usize) -> usize {
        let end = end_of_item(tokens, start);
        // `impl … + use<'a>` is no import.
        if !is_mark(tokens, start, "<") {
            self.read_use_tree(&tokens[start..end], &[]);
            return end;
        }
        start
    }

    /// Reads `a::b::{c, d as e, f::*}` behind a prefix.
    fn read_use_tree(&mut self, tokens: &[TokenTree], prefix: &[String]) {
        for part in tokens.split(|it| matches!(it, TokenTree::Punct(mark) if mark.as_char() == ','))
        {
            let mut path = prefix.to_vec();
            let mut name = None;
            let mut tokens = part.iter();
            while let Some(token) = tokens.next() {
                match token {
                    TokenTree::Ident(word) if *word == "as" => {
                        name = tokens.next().map(ToString::to_string);
                    }
                    TokenTree::Ident(word) => path.push(word.to_string()),
                    TokenTree::Punct(mark) if mark.as_char() == '*' => {
                        self.globs.push(std::mem::take(&mut path));
                    }
                    TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                        let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                        self.read_use_tree(&inside, &std::mem::take(&mut path));
                    }
                    _ => {}
                }
            }
            if path.len() > 1 && path.last().is_some_and(|it| it == "self") {
                path.pop();
            }
            if let Some(last) = path.last() {
                let name = name.unwrap_or_else(|| last.clone());
                self.uses.push(Import { name, path });
            }
        }
    }
}

/// Whether the word comes before the name of what it defines.
fn defines(word: &str) -> bool {
    [
        "fn", "struct", "enum", "trait", "type", "const", "static", "union",
    ]
    .contains(&word)
}

/// What stands in an attribute (`#[…]`).
fn attribute(tokens: &[TokenTree], at: usize) -> Option<TokenStream> {
    match (&tokens[at], tokens.get(at + 1)?) {
        (TokenTree::Punct(mark), TokenTree::Group(group))
            if mark.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
        {
            Some(group.stream())
        }
        _ => None,
    }
}

/// What follows an item: behind its `;`, its braces, or (a field, an arm) its comma.
fn end_of_item(tokens: &[TokenTree], start: usize) -> usize {
    let mut n_open = 0_i32; // `<` of generics, whose commas end nothing
    for at in start..tokens.len() {
        match &tokens[at] {
            TokenTree::Punct(mark) => match mark.as_char() {
                ';' => return at + 1,
                ',' if n_open == 0 => return at + 1,
                '<' => n_open += 1,
                '>' if !is_mark(tokens, at.wrapping_sub(1), "-=") => n_open -= 1,
                _ => {}
            },
            // Not the value of a constant, nor the names of a `use`.
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Brace && !is_mark(tokens, at + 1, ",;") =>
            {
                return at + 1;
            }
            _ => {}
        }
    }
    tokens.len()
}

/// The path that begins here, and what follows it.
fn path(tokens: &[TokenTree], start: usize) -> (Vec<String>, usize) {
    let mut names = Vec::new();
    let mut at = start;
    while let Some(TokenTree::Ident(name)) = tokens.get(at) {
        names.push(name.to_string());
        at += 1;
        if !is_double_colon(tokens, at) {
            break;
        }
        at += 2;
    }
    (names, at)
}

fn is_double_colon(tokens: &[TokenTree], at: usize) -> bool {
    is_mark(tokens, at, ":") && is_mark(tokens, at + 1, ":")
}

/// Whether one of these marks stands here.
fn is_mark(tokens: &[TokenTree], at: usize, marks: &str) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if marks.contains(mark.as_char()))
}
