//! Values that must not show up anywhere, and the search for them in every form in which they might.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::error::Error as StdError;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

pub(crate) const SECRET: &str = "CanarySecretKx7Rq2Zt9Wm4Vb1Yp6Lc";
pub(crate) const TOKEN: &str = "CAISCanaryToken+8vQ/z3Lk9+pXw/Jm2Rt5Yb7NcD4sF6hG==";
pub(crate) const OIDC_TOKEN: &str =
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnktb2lkYyJ9.Q2FuYXJ5T2lkY1NpZ25hdHVyZS0xMjM0NTY3ODkw";
pub(crate) const SAML_ASSERTION: &str =
    "PHNhbWxwOlJlc3BvbnNlIElEPSJjYW5hcnkiPmNhbmFyeSBhc3NlcnRpb24+Pj8/Pzwvc2FtbHA6UmVzcG9uc2U+==";
pub(crate) const POLICY: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:canary bucket/Zürich/*"}]}"#;
pub(crate) const PROXY_PASSWORD: &str = "CanaryProxyPassword5544332211";

const CONSTANTS: [(&str, &str); 6] = [
    ("access key secret", SECRET),
    ("security token", TOKEN),
    ("OIDC token", OIDC_TOKEN),
    ("SAML assertion", SAML_ASSERTION),
    ("session policy", POLICY),
    ("proxy password", PROXY_PASSWORD),
];

/// Pieces of this many characters count as much as the whole: what was cut in the middle has leaked too.
const PIECE: usize = 20;

/// Values, as all the needles to be looked for.
#[derive(Clone)]
pub(crate) struct Canaries(Vec<Arc<[Needle]>>);

struct Needle {
    name: &'static str,
    form: String,
    /// In lower case, as letter case hides nothing.
    text: String,
}

impl Canaries {
    /// All that are constant.
    pub(crate) fn new() -> Self {
        static CONSTANT: LazyLock<Canaries> = LazyLock::new(|| {
            CONSTANTS.into_iter().fold(Canaries(Vec::new()), |all, (name, value)| all.and(name, value))
        });
        CONSTANT.clone()
    }

    pub(crate) fn and(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        let all = pieces(value.as_ref()).into_iter().flat_map(|piece| forms(&piece));
        self.0.push(all.map(|(form, text)| Needle { name, form, text: text.to_ascii_lowercase() }).collect());
        self
    }

    /// What is found in a text, and in which form.
    pub(crate) fn find(&self, text: &str) -> Option<String> {
        let text = text.to_ascii_lowercase();
        let found =
            self.0.iter().flat_map(|needles| needles.iter()).find(|needle| text.contains(&needle.text));
        found.map(|needle| format!("{}, {}", needle.name, needle.form))
    }

    #[track_caller]
    pub(crate) fn assert_absent(&self, from: &str, text: &str) {
        if let Some(found) = self.find(text) {
            panic!("{from} shows: {found}\n{text}");
        }
    }
}

/// Everything that can be printed of an error and of what caused it.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let (mut text, mut layer) = (String::new(), Some(error));
    while let Some(error) = layer {
        writeln!(text, "{error}\n{error:?}\n{error:#?}").unwrap();
        layer = error.source();
    }
    text
}

/// [`chain`], and all that the error's own getters tell.
pub(crate) fn everything(error: &ali_sts::Error) -> String {
    let mut text = chain(error);
    writeln!(text, "{:?} {:?} {:?}", error.kind(), error.code(), error.request_id()).unwrap();
    if let ali_sts::Error::Service(error) = error {
        writeln!(text, "{} {:?}", error.message(), error.code()).unwrap();
        writeln!(text, "{:?} {:?}", error.host_id(), error.recommend()).unwrap();
        if let Some(mismatch) = error.mismatch() {
            writeln!(text, "{mismatch} {mismatch:?} {mismatch:#?}").unwrap();
        }
        if let Some(denied_by) = error.denied_by() {
            writeln!(text, "{denied_by} {denied_by:?}").unwrap();
        }
        if let Some(detail) = error.access_denied_detail() {
            writeln!(text, "{detail:?} {detail:#?}").unwrap();
            for value in [
                &detail.auth_action,
                &detail.auth_principal_display_name,
                &detail.auth_principal_owner_id,
                &detail.auth_principal_type,
                &detail.no_permission_type,
                &detail.policy_type,
            ] {
                writeln!(text, "{value}").unwrap();
            }
        }
    }
    text
}

/// The whole, and where it is long its beginning, middle and end.
fn pieces(value: &str) -> Vec<String> {
    let chars: Vec<char> = value.chars().collect();
    let mut pieces = vec![value.to_owned()];
    if chars.len() >= 2 * PIECE {
        for start in [0, (chars.len() - PIECE) / 2, chars.len() - PIECE] {
            pieces.push(chars[start..start + PIECE].iter().collect());
        }
    }
    pieces
}

/// Every form of a value that counts as the value, with the form's name.
pub(crate) fn forms(value: &str) -> Vec<(String, String)> {
    let once = percent(value);
    let json = |text: &str| serde_json::to_string(text).unwrap().trim_matches('"').to_owned();
    let plain = [
        ("raw", value.to_owned()),
        ("percent-encoded once", once.clone()),
        ("percent-encoded twice", percent(&once)),
        ("form-encoded", once.replace("%20", "+")),
        ("JSON-escaped", json(value)),
        ("JSON-escaped twice", json(&json(value))),
        ("JSON-escaped, slashes too", json(value).replace('/', "\\/")),
        ("XML-escaped", xml(value)),
        ("as Debug", format!("{value:?}").trim_matches('"').to_owned()),
    ];
    let mut all = Vec::new();
    for (name, text) in plain {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        all.push((format!("{name}, hex"), hex));
        for offset in 0..3 {
            for (alphabet, engine) in [("Base64", &STANDARD_NO_PAD), ("Base64url", &URL_SAFE_NO_PAD)] {
                let inner = inner_base64(&text, offset, |bytes| engine.encode(bytes));
                all.push((format!("{name}, {alphabet} at {offset}"), inner));
            }
        }
        all.push((name.to_owned(), text));
    }
    // What is shorter than this stands in any text.
    all.retain(|(_, form)| form.len() >= 12);
    all
}

/// The characters of a Base64 text that depend on `text` alone when it begins `offset` bytes after a group of three.
fn inner_base64(text: &str, offset: usize, encode: impl Fn(&[u8]) -> String) -> String {
    let skipped = (3 - offset) % 3;
    let inner = text.as_bytes().get(skipped..).unwrap_or_default();
    encode(&inner[..inner.len() / 3 * 3])
}

fn percent(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => write!(encoded, "%{byte:02X}").unwrap(),
        }
    }
    encoded
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[test]
fn each_form_of_each_canary_is_found() {
    let canaries = Canaries::new();
    for (_, value) in CONSTANTS {
        for (name, form) in forms(value) {
            for text in [format!("before {form} after"), form.to_ascii_lowercase(), form.to_ascii_uppercase()]
            {
                assert!(canaries.find(&text).is_some(), "{name}: {text}");
            }
        }
        // Written here once more, by other means than the search itself.
        for before in ["", "x", "xy"] {
            let text = STANDARD_NO_PAD.encode(format!("{before}{value} and more"));
            assert!(canaries.find(&text).is_some(), "{text}");
        }
        let cut: String = value.chars().take(value.chars().count().max(40) - 10).collect();
        assert!(canaries.find(&cut).is_some() || value.chars().count() < 40, "{cut}");
    }
    assert!(
        canaries.find("token%3DCAISCanaryToken%2b8vQ%2fz3Lk9%2BpXw%2FJm2Rt5Yb7NcD4sF6hG%3d%3d").is_some()
    );
    assert!(
        canaries.find("CAISCanaryToken%252B8vQ%252Fz3Lk9%252BpXw%252FJm2Rt5Yb7NcD4sF6hG%253D%253D").is_some()
    );
    assert!(canaries.find(r#"{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Allow\""#).is_some());
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let canaries = Canaries::new();
    for text in
        ["", "Secret(..)", "Credentials { access_key_id: \"STS.canary\", .. }", "SecurityToken=[removed]"]
    {
        assert_eq!(canaries.find(text), None);
    }
}
