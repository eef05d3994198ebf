//! The import graph of a crate: which of its files uses names of which other file.
//!
//! A node is a file. An inline `mod` belongs to its file. Code under `#[cfg(test)]` is ignored;
//! other conditions (`target_os`, features) are treated as true.
//!
//! An edge goes to the file that **defines** the name: re-exports (`pub use`, globs too) are
//! followed, and `use crate::a;` alone is not an edge until a path such as `a::f()` uses something
//! from there. A file that uses names of its own descendants (`mod`, `pub use`, calls) gives no
//! edge, because a module consists of its children. A child that uses a name of its parent gives
//! one.

mod graph;
mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use graph::components;
use source::{Module, Text};

/// An import cycle: a strongly connected component of at least two files of a crate.
pub struct Cycle {
    /// The files, in the order of the modules.
    pub files: Vec<PathBuf>,
    /// The file that uses a name, the name, and the file that defines it.
    pub imports: Vec<(PathBuf, String, PathBuf)>,
}

/// The cycles of the crate with this root file, largest first.
pub fn cycles(root: &Path) -> Vec<Cycle> {
    let crate_ = Crate::read(root);
    let edges = crate_.edges();
    let file = |it: usize| crate_.files[it].clone();
    let cycle = |files: Vec<usize>| Cycle {
        imports: edges
            .iter()
            .filter(|((from, to), _)| files.contains(from) && files.contains(to))
            .map(|((from, to), name)| (file(*from), name.clone(), file(*to)))
            .collect(),
        files: files.into_iter().map(file).collect(),
    };
    let keys = edges.keys().copied().collect();
    let components = components(crate_.files.len(), &keys);
    components.into_iter().map(cycle).collect()
}

/// The lines of every file of a crate that are not under `#[cfg(test)]`.
pub fn lines_without_tests(root: &Path) -> usize {
    Crate::read(root).lines
}

/// A module: a file or an inline `mod`.
struct Node {
    /// Its file.
    file: usize,
    parent: Option<usize>,
    children: Vec<(String, usize)>,
    module: Module,
}

/// The modules of a crate, its root first.
struct Crate {
    nodes: Vec<Node>,
    files: Vec<PathBuf>,
    lines: usize,
}

impl Crate {
    fn read(root: &Path) -> Self {
        let mut this = Self {
            nodes: Vec::new(),
            files: Vec::new(),
            lines: 0,
        };
        this.add_file(root, root.parent().unwrap(), None);
        this
    }

    /// Adds a file; `folder` contains the files of its children.
    fn add_file(&mut self, path: &Path, folder: &Path, parent: Option<usize>) -> usize {
        let text = fs::read_to_string(path)
            .unwrap_or_else(|error| panic!("cannot read `{}`: {error}", path.display()));
        let Text { module, lines } = source::read(&text);
        let file = self.files.len();
        self.files.push(path.to_owned());
        self.lines += lines;
        self.add(module, file, folder, parent)
    }

    fn add(
        &mut self,
        mut module: Module,
        file: usize,
        folder: &Path,
        parent: Option<usize>,
    ) -> usize {
        let inline = std::mem::take(&mut module.inline);
        let outside = std::mem::take(&mut module.outside);
        let id = self.nodes.len();
        self.nodes.push(Node {
            file,
            parent,
            children: Vec::new(),
            module,
        });
        for (name, module) in inline {
            let child = self.add(module, file, &folder.join(&name), Some(id));
            self.nodes[id].children.push((name, child));
        }
        for (name, path) in outside {
            let (path, below) = if let Some(path) = path {
                // As in rustc: relative to the file, and its children relative to it in turn.
                let path = self.files[file].parent().unwrap().join(path);
                let below = path.parent().unwrap().to_owned();
                (path, below)
            } else {
                let below = folder.join(&name);
                let flat = folder.join(format!("{name}.rs"));
                let path = Some(flat).filter(|it| it.exists());
                (path.unwrap_or_else(|| below.join("mod.rs")), below)
            };
            let child = self.add_file(&path, &below, Some(id));
            self.nodes[id].children.push((name, child));
        }
        id
    }

    /// The edges between files, each with a name that causes it, without those from a file to its
    /// descendants.
    fn edges(&self) -> BTreeMap<(usize, usize), String> {
        let mut edges = BTreeMap::new();
        for (id, node) in self.nodes.iter().enumerate() {
            let imports = node.module.uses.iter().map(|it| &it.path);
            let named = imports.chain(&node.module.paths).filter_map(|path| {
                let found = self.resolve(id, path, &mut Vec::new())?;
                (!found.is_module).then_some((found.node, path.join("::")))
            });
            let whole = node.module.globs.iter().filter_map(|path| {
                let found = self.resolve(id, path, &mut Vec::new())?;
                Some((found.node, path.join("::") + "::*"))
            });
            for (to, name) in named.chain(whole) {
                if !self.is_at_or_below(to, node.file) {
                    let edge = (node.file, self.nodes[to].file);
                    edges.entry(edge).or_insert(name);
                }
            }
        }
        edges
    }

    /// Whether a module is in this file or in a descendant of it.
    fn is_at_or_below(&self, node: usize, file: usize) -> bool {
        let mut at = Some(node);
        while let Some(id) = at {
            if self.nodes[id].file == file {
                return true;
            }
            at = self.nodes[id].parent;
        }
        false
    }

    /// Resolves a path in a module; `None` if it leads out of the crate.
    fn resolve(
        &self,
        from: usize,
        path: &[String],
        seen: &mut Vec<(usize, String)>,
    ) -> Option<Found> {
        let (head, mut rest) = path.split_first()?;
        let mut at = match head.as_str() {
            "crate" => Found::module(0),
            "self" => Found::module(from),
            "super" => Found::module(self.nodes[from].parent?),
            name => self.look_up(from, name, seen)?,
        };
        while let Some((name, behind)) = rest.split_first() {
            if !at.is_module {
                break; // a variant, an associated function
            }
            at = match name.as_str() {
                "super" => Found::module(self.nodes[at.node].parent?),
                "self" => at,
                // A name generated by a macro counts as defined where it was looked up.
                name => self.look_up(at.node, name, seen).unwrap_or(Found {
                    node: at.node,
                    is_module: false,
                }),
            };
            rest = behind;
        }
        Some(at)
    }

    /// Resolves a name in a module: a child, an import or a definition.
    fn look_up(&self, node: usize, name: &str, seen: &mut Vec<(usize, String)>) -> Option<Found> {
        let key = (node, name.to_owned());
        if seen.contains(&key) {
            return None;
        }
        seen.push(key);
        let here = &self.nodes[node];
        let child = here.children.iter().find(|(child, _)| child == name);
        let found = if let Some((_, child)) = child {
            Some(Found::module(*child))
        } else if here.module.definitions.contains(name) {
            Some(Found {
                node,
                is_module: false,
            })
        } else if let Some(import) = here.module.uses.iter().find(|it| it.name == name) {
            self.resolve(node, &import.path, seen)
        } else {
            here.module.globs.iter().find_map(|path| {
                let Found { node, is_module } = self.resolve(node, path, seen)?;
                is_module.then(|| self.look_up(node, name, seen))?
            })
        };
        seen.pop();
        found
    }
}

/// The target of a path: a module, or an item in one.
#[derive(Clone, Copy)]
struct Found {
    node: usize,
    is_module: bool,
}

impl Found {
    fn module(node: usize) -> Self {
        Self {
            node,
            is_module: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cycles of a crate of these files, by name.
    fn check(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let name = |path: &PathBuf| {
            let path = path.strip_prefix(folder.path()).unwrap();
            path.display().to_string()
        };
        cycles(&folder.path().join("lib.rs"))
            .iter()
            .map(|cycle| cycle.files.iter().map(name).collect())
            .collect()
    }

    const ROOT: &str = "mod a; mod b; pub use a::A; use crate::b::B;";

    #[test]
    fn imports_of_each_other_are_a_cycle_however_they_are_written() {
        let cycle = [["a.rs", "b.rs"]];
        for (a, b) in [
            (
                "use crate::b::B; pub struct A;",
                "use crate::a::A; pub struct B;",
            ),
            (
                "use super::{b::{self, B}}; pub struct A;",
                "pub struct B(super::a::A);",
            ),
            (
                "use super::b; pub fn a() { b::b() }",
                "pub fn b() { crate::a::a() }",
            ),
            (
                "pub struct A; fn a() { assert!(crate::b::B::new()) }",
                "pub struct B; use crate::A;",
            ),
            (
                "use crate::b::*; pub struct A;",
                "use crate::a::A as Other; pub struct B;",
            ),
        ] {
            assert_eq!(
                check(&[("lib.rs", ROOT), ("a.rs", a), ("b.rs", b)]),
                cycle,
                "{a} {b}"
            );
        }
    }

    #[test]
    fn one_way_imports_tests_and_names_of_modules_are_no_cycles() {
        for (a, b) in [
            ("use crate::b::B; pub struct A;", "pub struct B;"),
            (
                "use crate::b::B; pub struct A;",
                "pub struct B; #[cfg(test)] mod tests { use crate::a::A; }",
            ),
            (
                "use crate::b::B; pub struct A;",
                "pub struct B; #[cfg(test)] use crate::a::A;",
            ),
            (
                "use crate::b::B; pub struct A;",
                "pub struct B; // crate::a::A",
            ),
            (
                "use crate::b::B; pub struct A;",
                "use crate::a; pub struct B;",
            ),
        ] {
            assert!(
                check(&[("lib.rs", ROOT), ("a.rs", a), ("b.rs", b)]).is_empty(),
                "{a} {b}"
            );
        }
    }

    #[test]
    fn a_parent_may_use_its_children_and_siblings_meet_in_their_parents_names() {
        let root = ("lib.rs", "mod a;");
        let parent = "mod x; mod y; pub use x::X; pub use y::*; pub struct A; fn a() { x::x() }";
        let x = ("a/x.rs", "use super::A; pub struct X; pub fn x() {}");
        let y = ("a/y.rs", "use super::X; pub struct Y;");
        assert!(check(&[root, ("a/mod.rs", parent), x, y]).is_empty());
        let x = ("a/x.rs", "use crate::a::Y; pub struct X; pub fn x() {}");
        assert_eq!(
            check(&[root, ("a.rs", parent), x, y]),
            [["a/x.rs", "a/y.rs"]]
        );
    }

    #[test]
    fn lines_under_cfg_test_do_not_count() {
        let text = "//! Doc.\n\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        assert_eq!(source::read(text).lines, 4);
        let text = "fn a() {}\n#[cfg(test)]\nmod tests;\nfn c() {}\n";
        assert_eq!(source::read(text).lines, 2);
    }
}
