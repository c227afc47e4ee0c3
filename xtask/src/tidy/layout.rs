//! How files are laid out, and words that must not be in them.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Item;

use super::{Finding, RustFile, is_test_only, line_of};

/// Past this many lines without tests a file holds a second idea.
const MOST_LINES: usize = 400;

/// Files that may be longer, each with the reason.
const LONG_FILES: [(&str, &str); 0] = [];

/// The only files that may say `#[expect(clippy::disallowed_methods)]`: a crate's doors to time, environment and chance.
const DOORS: [&str; 3] = ["clock.rs", "os.rs", "nonce.rs"];

/// Rules for one file.
pub(super) fn check(file: &RustFile<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let finding = |line, rule, message: String| Finding::new(file.path, line, rule, message);
    let name = file.path.rsplit('/').next().unwrap_or(file.path);
    let is_source = file.path.contains("/src/");
    let is_library = file.path.starts_with("crates/") && is_source;

    if name == "mod.rs" {
        let folder = file.path.trim_end_matches("/mod.rs");
        findings.push(finding(1, "mod-rs", format!("name it `{folder}.rs`, beside the folder")));
    }
    if is_source {
        let lines = lines_without_tests(file);
        if lines > MOST_LINES && LONG_FILES.iter().all(|(path, _)| *path != file.path) {
            findings.push(finding(
                1,
                "file-length",
                format!(
                    "{lines} lines without tests, {MOST_LINES} are the limit; move the second idea out, or add the file with a reason to LONG_FILES in xtask/src/tidy/layout.rs"
                ),
            ));
        }
    }
    if is_library && name == "lib.rs" {
        findings.extend(lib_rs(file));
    } else if is_library {
        findings.extend(re_exports(file.path, &file.syntax.items));
    }
    let tokens: TokenStream = file.text.parse().unwrap_or_default();
    let tests = test_lines(file);
    forbidden_words(file.path, tokens, is_library && !DOORS.contains(&name), &tests, &mut findings);
    findings
}

/// Entries of the allow list that allow nothing any more.
pub(super) fn check_long_list(files: &[RustFile<'_>]) -> Vec<Finding> {
    let long =
        |path: &str| files.iter().any(|file| file.path == path && lines_without_tests(file) > MOST_LINES);
    LONG_FILES
        .iter()
        .filter(|(path, _)| !long(path))
        .map(|(path, _)| {
            Finding::new(
                path,
                1,
                "file-length",
                "is listed in LONG_FILES but is not long (any more); take it out",
            )
        })
        .collect()
}

/// Lines that are compiled for tests only.
fn test_lines(file: &RustFile<'_>) -> BTreeSet<usize> {
    let test_items = file.syntax.items.iter().filter(|item| is_test_only(attributes(item)));
    test_items
        .flat_map(|item| {
            use syn::spanned::Spanned as _;
            let span = item.span();
            span.start().line..=span.end().line
        })
        .collect()
}

fn lines_without_tests(file: &RustFile<'_>) -> usize {
    file.text.lines().count().saturating_sub(test_lines(file).len())
}

/// `lib.rs` is docs, attributes, modules and explicit re-exports.
fn lib_rs(file: &RustFile<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for item in &file.syntax.items {
        if is_test_only(attributes(item)) {
            continue;
        }
        match item {
            Item::Mod(module) => {
                // A public module made of re-exports is how a crate offers names grouped.
                for inner in module.content.iter().flat_map(|(_, items)| items) {
                    match inner {
                        Item::Use(inner) if is_public(&inner.vis) => glob(file.path, inner, &mut findings),
                        other => findings.push(not_in_lib_rs(file.path, other)),
                    }
                }
                if module.ident == "prelude" {
                    findings.push(Finding::new(
                        file.path,
                        line_of(module),
                        "lib-rs",
                        "no prelude: users name what they use",
                    ));
                }
            }
            Item::Use(item) if is_public(&item.vis) => glob(file.path, item, &mut findings),
            Item::ExternCrate(_) => {}
            other => findings.push(not_in_lib_rs(file.path, other)),
        }
    }
    findings
}

fn not_in_lib_rs(path: &str, item: &Item) -> Finding {
    Finding::new(
        path,
        line_of(item),
        "lib-rs",
        "lib.rs holds docs, attributes, `mod` and `pub use` only; move this into a module",
    )
}

fn glob(path: &str, item: &syn::ItemUse, findings: &mut Vec<Finding>) {
    fn has_glob(tree: &syn::UseTree) -> bool {
        match tree {
            syn::UseTree::Glob(_) => true,
            syn::UseTree::Path(path) => has_glob(&path.tree),
            syn::UseTree::Group(group) => group.items.iter().any(has_glob),
            _ => false,
        }
    }
    if has_glob(&item.tree) {
        findings.push(Finding::new(path, line_of(item), "lib-rs", "name what is re-exported instead of `*`"));
    }
}

/// Only `lib.rs` re-exports, but for a module that lifts what its own private children hold: each item has one path.
fn re_exports(path: &str, items: &[Item]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let children: BTreeSet<&syn::Ident> = items
        .iter()
        .filter_map(|item| match item {
            Item::Mod(module) if !is_public(&module.vis) => Some(&module.ident),
            _ => None,
        })
        .collect();
    let lifts =
        |tree: &syn::UseTree| matches!(tree, syn::UseTree::Path(path) if children.contains(&path.ident));
    for item in items {
        match item {
            Item::Use(item) if is_public(&item.vis) && !lifts(&item.tree) => {
                findings.push(Finding::new(
                    path,
                    line_of(item),
                    "re-export",
                    "only lib.rs re-exports; move this `pub use` there",
                ));
            }
            Item::Mod(module) => {
                findings.extend(module.content.iter().flat_map(|(_, items)| re_exports(path, items)));
            }
            _ => {}
        }
    }
    findings
}

fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

/// Words, wherever they stand: inside macro calls and test modules as well.
fn forbidden_words(
    path: &str,
    tokens: TokenStream,
    doors_closed: bool,
    test_lines: &BTreeSet<usize>,
    findings: &mut Vec<Finding>,
) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        let line = tree.span().start().line;
        let next = trees.get(index + 1);
        match tree {
            TokenTree::Ident(word) if (word == "todo" || word == "unimplemented") && is_bang(next) => {
                findings.push(Finding::new(
                    path,
                    line,
                    "unfinished",
                    format!("`{word}!` is a promise; finish it or leave it out"),
                ));
            }
            TokenTree::Punct(hash) if hash.as_char() == '#' => {
                let attribute = match next {
                    Some(TokenTree::Punct(bang)) if bang.as_char() == '!' => trees.get(index + 2),
                    other => other,
                };
                if let Some(TokenTree::Group(group)) = attribute
                    && group.delimiter() == Delimiter::Bracket
                {
                    let text = group.stream().to_string();
                    if text == "ignore" || text.starts_with("ignore ") || text.starts_with("ignore=") {
                        findings.push(Finding::new(
                            path,
                            line,
                            "ignored-test",
                            "an ignored test tests nothing; make it run or delete it",
                        ));
                    }
                    let opens = text.starts_with("expect")
                        || text.starts_with("allow")
                        || text.starts_with("cfg_attr");
                    if opens
                        && doors_closed
                        && text.contains("disallowed_methods")
                        && !test_lines.contains(&line)
                    {
                        findings.push(Finding::new(
                            path,
                            line,
                            "ambient-door",
                            format!(
                                "only {} read time, environment and chance; take the value as an argument",
                                DOORS.join(", ")
                            ),
                        ));
                    }
                }
            }
            TokenTree::Group(group) => {
                forbidden_words(path, group.stream(), doors_closed, test_lines, findings)
            }
            _ => {}
        }
    }
}

fn is_bang(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == '!')
}

/// The attributes of an item.
pub(super) fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        let file = RustFile::parse(path, text).unwrap();
        check(&file).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn mod_rs() {
        assert_eq!(rules("crates/a/src/b/mod.rs", ""), ["mod-rs"]);
        assert!(rules("crates/a/src/b.rs", "").is_empty());
    }

    #[test]
    fn length_counts_no_tests() {
        let body = "//\n".repeat(401);
        assert_eq!(rules("crates/a/src/b.rs", &body), ["file-length"]);
        assert!(rules("crates/a/src/b.rs", &format!("#[cfg(test)]\nmod tests {{\n{body}}}\n")).is_empty());
        assert!(rules("tests/it/b.rs", &body).is_empty());
    }

    #[test]
    fn lib_rs_holds_modules_and_re_exports() {
        let good = "//! Docs.\n#![warn(x)]\nmod a;\npub mod b { pub use crate::a::B; }\npub use a::A;\n#[doc = \"\"]\n#[cfg(doctest)]\npub struct Readme;\n";
        assert!(rules("crates/a/src/lib.rs", good).is_empty());
        assert_eq!(rules("crates/a/src/lib.rs", "pub use a::*;"), ["lib-rs"]);
        assert_eq!(rules("crates/a/src/lib.rs", "pub use a::{b::{C, d::*}};"), ["lib-rs"]);
        assert_eq!(rules("crates/a/src/lib.rs", "pub mod prelude { pub use crate::a::A; }"), ["lib-rs"]);
        assert_eq!(rules("crates/a/src/lib.rs", "use a::A;"), ["lib-rs"]);
        assert_eq!(rules("crates/a/src/lib.rs", "pub fn f() {}"), ["lib-rs"]);
    }

    #[test]
    fn only_lib_rs_re_exports() {
        assert_eq!(rules("crates/a/src/b.rs", "pub use c::D;"), ["re-export"]);
        assert_eq!(rules("crates/a/src/b.rs", "mod c { pub use d::E; }"), ["re-export"]);
        assert_eq!(rules("crates/a/src/b.rs", "pub mod c;\npub use c::D;"), ["re-export"]);
        assert!(rules("crates/a/src/b.rs", "mod c;\npub use c::D;").is_empty());
        assert!(rules("crates/a/src/b.rs", "use c::D;\npub(crate) use e::F;").is_empty());
        assert!(rules("tests/src/b.rs", "pub use c::D;").is_empty());
    }

    #[test]
    fn unfinished_work() {
        assert_eq!(rules("tests/it/a.rs", "fn f() { assert!(todo!()); }"), ["unfinished"]);
        assert_eq!(rules("tests/it/a.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}"), ["ignored-test"]);
        assert_eq!(rules("tests/it/a.rs", "#[ignore]\nfn f() {}"), ["ignored-test"]);
        assert!(
            rules(
                "tests/it/a.rs",
                "// todo!() and #[ignore]\nfn f() { let todo = \"todo!()\"; let ignore = todo; }"
            )
            .is_empty()
        );
    }

    #[test]
    fn doors() {
        let text = "#[expect(clippy::disallowed_methods, reason = \"r\")]\nfn f() {}";
        assert_eq!(rules("crates/a/src/b.rs", text), ["ambient-door"]);
        assert!(rules("crates/a/src/clock.rs", text).is_empty());
        assert!(rules("crates/a/src/nonce.rs", text).is_empty());
        assert!(rules("crates/a/tests/b.rs", text).is_empty());
        assert!(rules("crates/a/src/b.rs", &format!("#[cfg(test)]\nmod tests {{\n{text}\n}}")).is_empty());
    }
}
