//! Which module of `ali-sts` may use which: provider -> operation -> client -> {clock, os, error}, never back.

use std::collections::{BTreeMap, BTreeSet};

use syn::Item;
use syn::visit::{self, Visit};

use super::layout::attributes;
use super::names::{self, Path};
use super::{Finding, RustFile, is_test_only, line_of};

const SOURCES: &str = "crates/ali-sts/src/";

/// The storeys. A module that is not named here may be used from anywhere, but is no way round the rule: what it uses counts.
const STOREYS: [(&str, u8); 6] =
    [("provider", 3), ("operation", 2), ("client", 1), ("clock", 0), ("os", 0), ("error", 0)];

fn storey(module: &str) -> Option<u8> {
    STOREYS.iter().find(|(name, _)| *name == module).map(|(_, storey)| *storey)
}

/// One use of a module from a file of another.
#[derive(Clone, Debug)]
struct Edge {
    to: String,
    path: String,
    line: usize,
}

/// Checks the modules of `ali-sts`.
pub(super) fn check(files: &[RustFile<'_>]) -> Vec<Finding> {
    let sources: Vec<&RustFile<'_>> = files.iter().filter(|file| file.path.starts_with(SOURCES)).collect();
    let mut at_root = BTreeMap::new();
    for file in sources.iter().filter(|file| file.path.ends_with("/lib.rs")) {
        at_root = root_names(&file.syntax.items);
    }
    let mut edges: BTreeMap<String, Vec<Edge>> = BTreeMap::new();
    for file in sources {
        let module = module_path(file.path);
        let Some(top) = module.first().cloned() else { continue };
        let mut uses = Uses { module, at_root: &at_root, found: Vec::new() };
        uses.visit_file(&file.syntax);
        let found = uses.found.into_iter().filter(|(to, _)| *to != top);
        edges.entry(top.clone()).or_default().extend(found.map(|(to, line)| Edge {
            to,
            path: file.path.to_owned(),
            line,
        }));
    }
    let mut findings = Vec::new();
    for (name, own) in STOREYS {
        for edge in edges.get(name).into_iter().flatten() {
            let reached = reach(&edge.to, &edges);
            if let Some(above) = reached.iter().find(|module| storey(module).is_some_and(|other| other > own))
            {
                let way = if *above == edge.to { String::new() } else { format!(" by way of `{}`", edge.to) };
                findings.push(Finding::new(
                    &edge.path,
                    edge.line,
                    "module-direction",
                    format!("`{name}` uses `{above}`{way}; the direction is provider -> operation -> client -> {{clock, os, error}}"),
                ));
            }
        }
    }
    findings
}

/// The module itself or, when it has no storey, all modules with one that it leads to.
fn reach(module: &str, edges: &BTreeMap<String, Vec<Edge>>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![module.to_owned()];
    while let Some(module) = open.pop() {
        if storey(&module).is_some() {
            reached.insert(module);
        } else if seen.insert(module.clone()) {
            open.extend(edges.get(&module).into_iter().flatten().map(|edge| edge.to.clone()));
        }
    }
    reached
}

/// `crates/ali-sts/src/provider/cached.rs` is `provider::cached`; `lib.rs` is nothing.
fn module_path(path: &str) -> Path {
    let inner = path.trim_start_matches(SOURCES).trim_end_matches(".rs");
    if inner == "lib" || inner == "main" { Vec::new() } else { inner.split('/').map(str::to_owned).collect() }
}

/// `pub use client::Client` in `lib.rs`: `crate::Client` is in `client`.
fn root_names(items: &[Item]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for item in items {
        let Item::Use(item) = item else { continue };
        for (name, path) in names::imports(&item.tree) {
            let start = usize::from(path.first().is_some_and(|first| first == "crate" || first == "self"));
            if let Some(module) = path.get(start) {
                names.insert(name, module.clone());
            }
        }
    }
    names
}

struct Uses<'a> {
    module: Path,
    at_root: &'a BTreeMap<String, String>,
    found: Vec<(String, usize)>,
}

impl Uses<'_> {
    fn note(&mut self, path: &[String], line: usize) {
        let below_root = match path.first().map(String::as_str) {
            Some("crate") => path.get(1),
            Some("super") => {
                let up = path.iter().take_while(|segment| *segment == "super").count();
                if up >= self.module.len() { path.get(up) } else { None }
            }
            _ => None,
        };
        if let Some(name) = below_root {
            let module = self.at_root.get(name).unwrap_or(name);
            self.found.push((module.clone(), line));
        }
    }
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_only(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for (_, path) in names::imports(&item.tree) {
            self.note(&path, line_of(item));
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Path = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.note(&segments, line_of(path));
        visit::visit_path(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let paths: Vec<String> = files.iter().map(|(name, _)| format!("{SOURCES}{name}")).collect();
        let parsed: Vec<RustFile<'_>> =
            paths.iter().zip(files).map(|(path, (_, text))| RustFile::parse(path, text).unwrap()).collect();
        check(&parsed)
            .into_iter()
            .map(|finding| finding.message.split(';').next().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn down_is_fine() {
        let files = [
            (
                "provider/cached.rs",
                "use super::Chain; use crate::operation::AssumeRole; use crate::client::Client;",
            ),
            ("operation.rs", "use crate::{client::Client, error::Error};"),
            ("client.rs", "use crate::clock::Clock; fn f() { crate::os::read() }"),
            ("error.rs", "use crate::clock::Clock;"),
        ];
        assert_eq!(found(&files), [""; 0]);
    }

    #[test]
    fn up_is_found_in_uses_and_in_paths() {
        assert_eq!(
            found(&[("client.rs", "use crate::operation::AssumeRole;")]),
            ["`client` uses `operation`"]
        );
        assert_eq!(found(&[("error.rs", "fn f() { crate::client::g() }")]), ["`error` uses `client`"]);
        assert_eq!(
            found(&[("client/builder.rs", "use super::super::provider::Chain;")]),
            ["`client` uses `provider`"]
        );
        assert_eq!(found(&[("operation.rs", "use super::{provider};")]), ["`operation` uses `provider`"]);
    }

    #[test]
    fn a_name_of_the_root_is_traced_to_its_module() {
        let files =
            [("lib.rs", "mod client; pub use client::{Client, Builder as B};"), ("os.rs", "use crate::B;")];
        assert_eq!(found(&files), ["`os` uses `client`"]);
    }

    #[test]
    fn a_module_in_between_is_no_way_round() {
        let files = [("client.rs", "use crate::shared::X;"), ("shared.rs", "use crate::provider::Y;")];
        assert_eq!(found(&files), ["`client` uses `provider` by way of `shared`"]);
        let files = [("provider.rs", "use crate::shared::X;"), ("shared.rs", "use crate::client::Y;")];
        assert_eq!(found(&files), [""; 0]);
    }

    #[test]
    fn tests_may_use_anything() {
        assert_eq!(found(&[("client.rs", "#[cfg(test)]\nmod tests { use crate::provider::X; }")]), [""; 0]);
    }
}
