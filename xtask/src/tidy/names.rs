//! What a name in a file stands for, as far as its `use` items and its own items tell.

use std::collections::BTreeMap;

use syn::{Item, UseTree};

/// A path, segment by segment.
pub(super) type Path = Vec<String>;

/// The paths that a `use` item brings in, each with its local name. `*` is a local name of its own.
pub(super) fn imports(tree: &UseTree) -> Vec<(String, Path)> {
    let mut found = Vec::new();
    walk(tree, &mut Vec::new(), &mut found);
    found
}

fn walk(tree: &UseTree, prefix: &mut Path, found: &mut Vec<(String, Path)>) {
    let full = |prefix: &Path, last: &syn::Ident| {
        let mut path = prefix.clone();
        // `use a::b::{self}` names `a::b`.
        if last != "self" || prefix.is_empty() {
            path.push(last.to_string());
        }
        path
    };
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            walk(&path.tree, prefix, found);
            prefix.pop();
        }
        UseTree::Name(name) => {
            let path = full(prefix, &name.ident);
            found.push((path.last().cloned().unwrap_or_default(), path));
        }
        UseTree::Rename(rename) => found.push((rename.rename.to_string(), full(prefix, &rename.ident))),
        UseTree::Glob(_) => found.push(("*".to_owned(), prefix.clone())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, prefix, found)),
    }
}

/// What the names of one module mean: its imports, its own items, and the enclosing module's names for whatever neither tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    meanings: BTreeMap<String, Path>,
}

impl Names {
    /// The names of a module with these items.
    pub(super) fn of(items: &[Item]) -> Self {
        let mut names = Self::default();
        for item in items {
            match item {
                Item::Use(item) => names.meanings.extend(imports(&item.tree)),
                Item::Struct(item) => names.own(&item.ident),
                Item::Enum(item) => names.own(&item.ident),
                Item::Union(item) => names.own(&item.ident),
                Item::Trait(item) => names.own(&item.ident),
                Item::Mod(item) => names.own(&item.ident),
                // An alias is as foreign as what it stands for.
                Item::Type(item) => match &*item.ty {
                    syn::Type::Path(path) => {
                        names.meanings.insert(item.ident.to_string(), segments(&path.path));
                    }
                    _ => names.own(&item.ident),
                },
                _ => {}
            }
        }
        names
    }

    fn own(&mut self, name: &syn::Ident) {
        self.meanings.insert(name.to_string(), vec!["self".to_owned(), name.to_string()]);
    }

    /// The path with its first segment replaced by what it stands for, again and again.
    pub(super) fn resolve(&self, path: &syn::Path) -> Path {
        let mut path = segments(path);
        // An alias may stand for an import; a cycle cannot be compiled, the bound only keeps us from hanging on one.
        for _ in 0..8 {
            let Some(meaning) = path.first().and_then(|first| self.meanings.get(first)) else { break };
            if meaning.first() == path.first() && meaning.len() == 1 {
                break;
            }
            path = meaning.iter().chain(path.iter().skip(1)).cloned().collect();
            if path.first().is_some_and(|first| first == "self") {
                break;
            }
        }
        path
    }
}

fn segments(path: &syn::Path) -> Path {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn resolved(source: &str, path: &str) -> String {
        let file = syn::parse_file(source).unwrap();
        Names::of(&file.items).resolve(&syn::parse_str(path).unwrap()).join("::")
    }

    #[test]
    fn imports_are_followed() {
        assert_eq!(resolved("use hyper::Error;", "Error"), "hyper::Error");
        assert_eq!(resolved("use hyper::{self, body::Incoming as Body};", "Body"), "hyper::body::Incoming");
        assert_eq!(resolved("use hyper::{self};", "hyper::Error"), "hyper::Error");
        assert_eq!(resolved("use std::io;", "io::Error"), "std::io::Error");
    }

    #[test]
    fn own_items_and_aliases_are_told_apart() {
        assert_eq!(resolved("struct Error;", "Error"), "self::Error");
        assert_eq!(resolved("mod hyper {}", "hyper::Error"), "self::hyper::Error");
        assert_eq!(resolved("use hyper::Error; type Cause = Error;", "Cause"), "hyper::Error");
        assert_eq!(resolved("", "Vec"), "Vec");
    }
}
