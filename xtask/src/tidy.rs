//! `cargo xtask tidy`: the rules of docs/architecture.md that neither rustc nor clippy knows.
//!
//! Every rule is a function from text to findings, tested on a bad sample and a good one. Sources are parsed, not matched
//! line by line; what a macro expands to is not seen.

mod crates;
mod layout;
mod manifest;
mod modules;
mod names;
mod public_surface;
mod tree_files;

use std::fmt;

use syn::spanned::Spanned;

use crate::shell;

/// One broken rule at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    rule: &'static str,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, rule: &'static str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: [{}] {}", self.path, self.line, self.rule, self.message)
    }
}

/// A file of the tree, by its path from the root.
#[derive(Clone, Debug)]
struct TextFile {
    path: String,
    text: String,
}

/// A Rust file that parses.
struct RustFile<'a> {
    path: &'a str,
    text: &'a str,
    syntax: syn::File,
}

impl<'a> RustFile<'a> {
    fn parse(path: &'a str, text: &'a str) -> Result<Self, Finding> {
        let syntax = syn::parse_file(text).map_err(|error| {
            Finding::new(path, error.span().start().line, "syntax", format!("does not parse: {error}"))
        })?;
        Ok(Self { path, text, syntax })
    }
}

/// Checks the whole tree and prints what it finds.
pub(crate) fn run() -> Result<(), String> {
    let metadata = shell::metadata()?;
    let files = tree_files::read()?;
    let mut findings = crates::check(&metadata);
    for file in &files {
        findings.extend(tree_files::check_text(file));
        if file.path.ends_with("Cargo.toml") {
            findings.extend(manifest::check(&file.path, &file.text));
        }
    }
    let rust: Vec<RustFile<'_>> = files
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
        .filter_map(|file| match RustFile::parse(&file.path, &file.text) {
            Ok(parsed) => Some(parsed),
            Err(finding) => {
                findings.push(finding);
                None
            }
        })
        .collect();
    for file in &rust {
        findings.extend(layout::check(file));
    }
    findings.extend(layout::check_long_list(&rust));
    findings.extend(modules::check(&rust));
    for package in public_surface::libraries(&metadata) {
        findings.extend(public_surface::check(&package, &rust));
    }
    report(findings, files.len())
}

fn report(mut findings: Vec<Finding>, files: usize) -> Result<(), String> {
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("{files} files are tidy");
            Ok(())
        }
        count => Err(format!("found {count} untidy places")),
    }
}

/// Whether the attributes say that an item is compiled for tests only.
fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test") || path.is_ident("doctest"))
    })
}

fn line_of(spanned: &impl Spanned) -> usize {
    spanned.span().start().line
}
