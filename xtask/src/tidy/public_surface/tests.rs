use super::*;

#[track_caller]
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let library = Library {
        sources: "crates/a/src/".into(),
        foreign: ["hyper", "rustls", "serde_core", "serde_json", "thiserror", "zeroize", "tower_service"]
            .map(str::to_owned)
            .into(),
    };
    let paths: Vec<String> = files.iter().map(|(name, _)| format!("crates/a/src/{name}")).collect();
    let parsed: Vec<RustFile<'_>> =
        paths.iter().zip(files).map(|(path, (_, text))| RustFile::parse(path, text).unwrap()).collect();
    let findings = check(&library, &parsed);
    findings.into_iter().map(|finding| finding.message.split('`').nth(1).unwrap().to_owned()).collect()
}

#[track_caller]
fn leaks(text: &str, path: &str) {
    assert_eq!(found(&[("lib.rs", text)]), [path], "{text}");
}

#[track_caller]
fn is_clean(text: &str) {
    assert_eq!(found(&[("lib.rs", text)]), [""; 0], "{text}");
}

#[test]
fn functions() {
    leaks("pub fn f(x: hyper::Error) {}", "hyper::Error");
    leaks("use hyper::Error as E; pub fn f() -> Result<(), E> {}", "hyper::Error");
    leaks("pub fn f(x: impl Into<serde_json::Value>) {}", "serde_json::Value");
    leaks("pub fn f<T>() where T: hyper::body::Body {}", "hyper::body::Body");
    leaks("pub struct S; impl S { pub fn f(&self) -> &[hyper::Error] { &[] } }", "hyper::Error");
    is_clean("fn f(x: hyper::Error) {}");
    is_clean("pub(crate) fn f(x: hyper::Error) {}");
    is_clean("pub fn f(x: http::Request<bytes::Bytes>) -> std::io::Result<String> { hyper::f() }");
    is_clean("pub struct S; impl S { fn f(&self) -> hyper::Error {} }");
}

#[test]
fn data() {
    leaks("pub struct S { pub x: hyper::Error }", "hyper::Error");
    leaks("pub enum E { A(hyper::Error) }", "hyper::Error");
    leaks("use serde_json::Value; pub type T = Vec<Value>;", "serde_json::Value");
    leaks("pub const C: Option<hyper::Error> = None;", "hyper::Error");
    leaks("pub use hyper::Error;", "hyper::Error");
    leaks("use hyper::Error; type Alias = Error; pub struct S(pub Alias);", "hyper::Error");
    is_clean("pub struct S { x: hyper::Error, pub y: u8 }");
    is_clean("struct S { pub x: hyper::Error }");
    is_clean("pub struct Error; pub struct S { pub x: Error }");
}

#[test]
fn traits_and_implementations() {
    leaks("pub trait T { fn f(&self) -> hyper::Error; }", "hyper::Error");
    leaks("pub trait T: tower_service::Service<u8> {}", "tower_service::Service");
    leaks("pub trait T { type X: hyper::body::Body; }", "hyper::body::Body");
    leaks("pub struct S; impl From<hyper::Error> for S {}", "hyper::Error");
    leaks("pub struct S; impl zeroize::Zeroize for S {}", "zeroize::Zeroize");
    leaks("pub struct S; impl Iterator for S { type Item = serde_json::Value; }", "serde_json::Value");
    is_clean("struct S; impl tower_service::Service<u8> for S { type Error = hyper::Error; }");
    is_clean("pub struct S; impl std::fmt::Display for S {}");
}

#[test]
fn derives() {
    leaks("#[derive(Clone, zeroize::ZeroizeOnDrop)] pub struct S;", "zeroize::ZeroizeOnDrop");
    leaks("use zeroize::Zeroize; #[derive(Zeroize)] pub enum E {}", "zeroize::Zeroize");
    leaks("#[derive(thiserror::Error)] pub struct S(#[from] hyper::Error);", "hyper::Error");
    is_clean("#[derive(Debug, thiserror::Error)] pub struct S(#[source] hyper::Error);");
    is_clean("use thiserror::Error; #[derive(Error)] pub struct S;");
    is_clean("#[derive(serde::Serialize)] pub struct S;");
}

#[test]
fn a_feature_named_after_the_crate_lets_it_in() {
    is_clean("#[cfg(feature = \"rustls\")] pub fn f(x: rustls::ClientConfig) {}");
    is_clean("#[cfg(all(unix, feature = \"serde-json\"))] pub mod m { pub fn f(x: serde_json::Value) {} }");
    leaks("#[cfg(feature = \"tls\")] pub fn f(x: rustls::ClientConfig) {}", "rustls::ClientConfig");
    leaks("#[cfg(not(feature = \"rustls\"))] pub fn f(x: rustls::ClientConfig) {}", "rustls::ClientConfig");
    leaks("#[cfg(feature = \"rustls\")] pub fn f(x: hyper::Error) {}", "hyper::Error");
}

#[test]
fn the_traits_of_serde_behind_its_feature() {
    is_clean(
        "#[cfg(feature = \"serde\")] mod m { use serde_core::ser::Serialize; pub struct S; impl Serialize for S {} }",
    );
    is_clean("pub struct S; #[cfg(feature = \"serde\")] impl<'de> serde_core::de::Deserialize<'de> for S {}");
    leaks("pub struct S; impl serde_core::ser::Serialize for S {}", "serde_core::ser::Serialize");
    leaks(
        "#[cfg(feature = \"serde\")] pub fn f() -> serde_core::de::value::Error {}",
        "serde_core::de::value::Error",
    );
}

#[test]
fn features_are_inherited_by_files() {
    let inner = ("tls/config.rs", "pub fn f(x: rustls::ClientConfig) {}");
    assert_eq!(
        found(&[("lib.rs", "#[cfg(feature = \"rustls\")] mod tls;"), ("tls.rs", "mod config;"), inner]),
        [""; 0]
    );
    assert_eq!(found(&[("lib.rs", "mod tls;"), ("tls.rs", "mod config;"), inner]), ["rustls::ClientConfig"]);
    assert_eq!(found(&[("lib.rs", "#[cfg(test)] mod tls;"), ("tls.rs", "mod config;"), inner]), [""; 0]);
}
