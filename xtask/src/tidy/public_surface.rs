//! Third-party types stay out of public signatures: a major version of theirs must not be one of ours.
//!
//! Free are `std`, `http`, `bytes`, serde's traits and our own crates; and any crate inside items behind a feature that bears
//! its name. An item counts as public when it says `pub`: rustc's `unreachable_pub` sees to it that only those do.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;
use syn::visit::{self, Visit};
use syn::{Attribute, Fields, ImplItem, Item, Signature, TraitItem, Visibility};

use super::crates::manifest_path;
use super::layout::attributes;
use super::names::Names;
use super::{Finding, RustFile, is_test_only, line_of};

const RULE: &str = "public-surface";

/// Crates whose types are part of the language of the field, or std's own.
/// `serde_core` is where the traits of `serde` are.
const FREE: [&str; 7] = ["std", "core", "alloc", "http", "bytes", "serde", "serde_core"];

/// Derives that implement traits of `std` only.
const FREE_DERIVES: [&str; 1] = ["thiserror"];

/// A library of ours and the foreign crates whose names could stand in its sources.
#[derive(Clone, Debug, Default)]
pub(super) struct Library {
    /// Its folder of sources, with a slash at the end.
    sources: String,
    foreign: BTreeSet<String>,
}

/// The libraries under crates/.
pub(super) fn libraries(metadata: &Value) -> Vec<Library> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ours: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let is_library = |package: &&Value| {
        let targets = package["targets"].as_array().into_iter().flatten();
        targets.flat_map(|target| target["kind"].as_array().into_iter().flatten()).any(|kind| kind == "lib")
    };
    let in_crates = packages.iter().filter(|package| manifest_path(package).starts_with("crates/"));
    in_crates
        .filter(is_library)
        .map(|package| {
            let dependencies = package["dependencies"].as_array().into_iter().flatten();
            let foreign = dependencies.filter(|dependency| {
                dependency["kind"] != "dev"
                    && !dependency["name"].as_str().is_some_and(|name| ours.contains(name))
            });
            Library {
                sources: manifest_path(package).replace("Cargo.toml", "src/"),
                foreign: foreign
                    .filter_map(|dependency| dependency["rename"].as_str().or(dependency["name"].as_str()))
                    .map(|name| name.replace('-', "_"))
                    .filter(|name| !FREE.contains(&name.as_str()))
                    .collect(),
            }
        })
        .collect()
}

/// Checks the sources of one library, from `lib.rs` down its `mod` items.
pub(super) fn check(library: &Library, files: &[RustFile<'_>]) -> Vec<Finding> {
    let sources: Vec<&RustFile<'_>> =
        files.iter().filter(|file| file.path.starts_with(&library.sources)).collect();
    let mut private = BTreeSet::new();
    for file in &sources {
        private_types(&file.syntax.items, &mut private);
    }
    let mut surface = Surface { library, sources, private, findings: Vec::new() };
    surface.file(&format!("{}lib.rs", library.sources), &library.sources.clone(), &BTreeSet::new());
    surface.findings
}

/// Types that are not public: what is implemented for them is nobody's business.
fn private_types(items: &[Item], found: &mut BTreeSet<String>) {
    for item in items {
        let (visibility, name) = match item {
            Item::Struct(item) => (&item.vis, &item.ident),
            Item::Enum(item) => (&item.vis, &item.ident),
            Item::Trait(item) => (&item.vis, &item.ident),
            Item::Mod(item) => {
                private_types(
                    item.content.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default(),
                    found,
                );
                continue;
            }
            _ => continue,
        };
        if !matches!(visibility, Visibility::Public(_)) {
            found.insert(name.to_string());
        }
    }
}

struct Surface<'a> {
    library: &'a Library,
    sources: Vec<&'a RustFile<'a>>,
    private: BTreeSet<String>,
    findings: Vec<Finding>,
}

/// Where an item stands.
struct Place<'a> {
    path: &'a str,
    names: &'a Names,
    /// The features it is behind, as crate names.
    behind: &'a BTreeSet<String>,
}

impl<'a> Surface<'a> {
    /// A file and the folder its child modules lie in.
    fn file(&mut self, path: &str, folder: &str, behind: &BTreeSet<String>) {
        let Some(file) = self.sources.iter().copied().find(|file| file.path == path) else { return };
        let mut behind = behind.clone();
        behind.extend(features(&file.syntax.attrs));
        self.items(file.path, folder, &file.syntax.items, &behind);
    }

    fn items(&mut self, path: &'a str, folder: &str, items: &'a [Item], behind: &BTreeSet<String>) {
        let names = Names::of(items);
        for item in items {
            let attributes = attributes(item);
            if is_test_only(attributes) {
                continue;
            }
            let mut behind = behind.clone();
            behind.extend(features(attributes));
            if let Item::Mod(module) = item {
                let inner = format!("{folder}{}/", module.ident);
                match &module.content {
                    Some((_, items)) => self.items(path, &inner, items, &behind),
                    None => self.file(&format!("{folder}{}.rs", module.ident), &inner, &behind),
                }
                continue;
            }
            self.item(item, &Place { path, names: &names, behind: &behind });
        }
    }

    fn item(&mut self, item: &Item, place: &Place<'_>) {
        let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
        match item {
            Item::Fn(item) if is_public(&item.vis) => self.signature(place, &item.sig),
            Item::Struct(item) if is_public(&item.vis) => {
                self.derives(place, &item.attrs);
                self.see(place, |eyes| eyes.visit_generics(&item.generics));
                self.fields(place, &item.fields, false);
            }
            Item::Enum(item) if is_public(&item.vis) => {
                self.derives(place, &item.attrs);
                self.see(place, |eyes| eyes.visit_generics(&item.generics));
                item.variants.iter().for_each(|variant| self.fields(place, &variant.fields, true));
            }
            Item::Type(item) if is_public(&item.vis) => self.see(place, |eyes| {
                eyes.visit_generics(&item.generics);
                eyes.visit_type(&item.ty);
            }),
            Item::Const(item) if is_public(&item.vis) => self.see(place, |eyes| eyes.visit_type(&item.ty)),
            Item::Static(item) if is_public(&item.vis) => self.see(place, |eyes| eyes.visit_type(&item.ty)),
            Item::Use(item) if is_public(&item.vis) => {
                for (_, path) in super::names::imports(&item.tree) {
                    self.judge(place, &path, line_of(item));
                }
            }
            Item::Trait(item) if is_public(&item.vis) => self.public_trait(place, item),
            Item::Impl(item) => self.implementation(place, item),
            _ => {}
        }
    }

    fn public_trait(&mut self, place: &Place<'_>, item: &syn::ItemTrait) {
        self.see(place, |eyes| {
            eyes.visit_generics(&item.generics);
            item.supertraits.iter().for_each(|bound| eyes.visit_type_param_bound(bound));
        });
        for member in &item.items {
            match member {
                TraitItem::Fn(member) => self.signature(place, &member.sig),
                TraitItem::Const(member) => self.see(place, |eyes| eyes.visit_type(&member.ty)),
                TraitItem::Type(member) => self.see(place, |eyes| {
                    member.bounds.iter().for_each(|bound| eyes.visit_type_param_bound(bound));
                }),
                _ => {}
            }
        }
    }

    fn implementation(&mut self, place: &Place<'_>, item: &syn::ItemImpl) {
        let is_private = |ty: &syn::Type| match ty {
            syn::Type::Path(path) => {
                path.path.segments.last().is_some_and(|last| self.private.contains(&last.ident.to_string()))
            }
            _ => false,
        };
        // `impl From<Private> for Public` and `impl PrivateTrait for Public` can be named by nobody either.
        if is_private(&item.self_ty) {
            return;
        }
        let Some((path, _)) = &item.trait_ else {
            for member in &item.items {
                match member {
                    ImplItem::Fn(member) if matches!(member.vis, Visibility::Public(_)) => {
                        self.see(place, |eyes| eyes.visit_generics(&item.generics));
                        self.signature(place, &member.sig);
                    }
                    ImplItem::Const(member) if matches!(member.vis, Visibility::Public(_)) => {
                        self.see(place, |eyes| eyes.visit_type(&member.ty));
                    }
                    _ => {}
                }
            }
            return;
        };
        let private_trait =
            path.segments.last().is_some_and(|last| self.private.contains(&last.ident.to_string()));
        if private_trait {
            return;
        }
        self.see(place, |eyes| {
            eyes.visit_path(path);
            eyes.visit_generics(&item.generics);
            eyes.visit_type(&item.self_ty);
        });
        for member in &item.items {
            if let ImplItem::Type(member) = member {
                self.see(place, |eyes| eyes.visit_type(&member.ty));
            }
        }
    }

    fn signature(&mut self, place: &Place<'_>, signature: &Signature) {
        self.see(place, |eyes| eyes.visit_signature(signature));
    }

    /// Fields that are public, or that become a public `From` through `#[from]`.
    fn fields(&mut self, place: &Place<'_>, fields: &Fields, all: bool) {
        for field in fields {
            let from = field.attrs.iter().any(|attribute| attribute.path().is_ident("from"));
            if all || from || matches!(field.vis, Visibility::Public(_)) {
                self.see(place, |eyes| eyes.visit_type(&field.ty));
            }
        }
    }

    fn derives(&mut self, place: &Place<'_>, attributes: &[Attribute]) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let _ = attribute.parse_nested_meta(|meta| {
                let path = place.names.resolve(&meta.path);
                if path.first().is_none_or(|first| !FREE_DERIVES.contains(&first.as_str())) {
                    self.judge(place, &path, line_of(&meta.path));
                }
                Ok(())
            });
        }
    }

    fn see(&mut self, place: &Place<'_>, look: impl FnOnce(&mut Eyes)) {
        let mut eyes = Eyes::default();
        look(&mut eyes);
        for path in eyes.paths {
            self.judge(place, &place.names.resolve(&path), line_of(&path));
        }
    }

    fn judge(&mut self, place: &Place<'_>, path: &[String], line: usize) {
        let Some(first) = path.first() else { return };
        if self.library.foreign.contains(first) && !place.behind.contains(first) {
            self.findings.push(Finding::new(
                place.path,
                line,
                RULE,
                format!(
                    "`{}` is a third party's; wrap it, make it private, or put it into a module behind a feature named `{}`",
                    path.join("::"),
                    first.replace('_', "-")
                ),
            ));
        }
    }
}

/// All paths in a piece of a signature.
#[derive(Default)]
struct Eyes {
    paths: Vec<syn::Path>,
}

impl<'ast> Visit<'ast> for Eyes {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.paths.push(path.clone());
        visit::visit_path(self, path);
    }

    // What a caller does not see: attributes and the patterns of arguments.
    fn visit_attribute(&mut self, _: &'ast Attribute) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
}

/// The features named in `#[cfg(feature = "…")]`, as crate names; what stands inside `not(…)` is not one of them.
fn features(attributes: &[Attribute]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")) {
        if let syn::Meta::List(list) = &attribute.meta {
            collect(list.tokens.clone(), &mut found);
        }
    }
    found
}

fn collect(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Group(group) => {
                let negated = matches!(index.checked_sub(1).and_then(|at| trees.get(at)), Some(TokenTree::Ident(word)) if word == "not");
                if !negated {
                    collect(group.stream(), found);
                }
            }
            TokenTree::Ident(word) if word == "feature" => {
                if let Some(TokenTree::Literal(name)) = trees.get(index + 2) {
                    found.insert(name.to_string().trim_matches('"').replace('-', "_"));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
