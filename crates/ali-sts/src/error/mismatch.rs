//! Why a signature did not match.

use std::borrow::Cow;
use std::fmt;

/// What stands before the server's string to sign in the messages of `SignatureDoesNotMatch` and `IncompleteSignature`.
const INTRODUCTION: &str = "server string to sign is:";

/// Why a signature did not match. It names parameters, never values or the strings that were signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureMismatch {
    /// Service and client signed the same text, so the access key secret is not the one of the access key id.
    WrongSecret,
    /// The texts differ, first in this parameter (`None`: in the method or the frame).
    Difference {
        /// The parameter's name.
        parameter: Option<String>,
        /// How it differs.
        how: Difference,
    },
}

/// How a parameter of the service's text differs from ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Difference {
    /// The service has no such parameter.
    Missing,
    /// The service has a parameter that was not sent.
    Unexpected,
    /// Upper and lower case differ.
    Case,
    /// The same value, encoded in another way.
    Encoding,
    /// Another value.
    Value,
    /// The HTTP method, or the text as a whole.
    Frame,
}

impl fmt::Display for SignatureMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parameter, how) = match self {
            Self::WrongSecret => {
                return f.write_str(
                    "the service signed the same text as this client, so the access key secret is wrong",
                );
            }
            Self::Difference { parameter, how } => (parameter, how),
        };
        let what = match how {
            Difference::Missing => "did not reach the service",
            Difference::Unexpected => "reached the service and was not sent",
            Difference::Case => "reached the service in another letter case",
            Difference::Encoding => "reached the service in another encoding",
            Difference::Value => "reached the service with another value",
            Difference::Frame => "reached the service altered",
        };
        match parameter {
            Some(parameter) => {
                write!(f, "the request was altered on its way: parameter `{parameter}` {what}")
            }
            None if *how == Difference::Unexpected => {
                f.write_str("the request was altered on its way: a parameter was added")
            }
            None => write!(f, "the request {what}: is there a proxy in between?"),
        }
    }
}

/// Compares the text that the service signed, as its message has it, with `ours`.
pub(crate) fn diagnose(message: &str, ours: &str) -> Option<SignatureMismatch> {
    let at = message.to_ascii_lowercase().find(INTRODUCTION)?;
    // It has no white space in it; what follows some is prose.
    let theirs = message.get(at + INTRODUCTION.len()..)?.split_whitespace().next().unwrap_or_default();
    if theirs == ours {
        return Some(SignatureMismatch::WrongSecret);
    }
    let (our_frame, our_query) = split(ours)?;
    let difference = |parameter, how| Some(SignatureMismatch::Difference { parameter, how });
    let Some((their_frame, their_query)) = split(theirs) else {
        return difference(None, Difference::Frame);
    };
    if our_frame != their_frame {
        return difference(None, Difference::Frame);
    }
    let (our_query, their_query) = (decode(our_query), decode(their_query));
    let theirs: Vec<_> = their_query.split('&').map(pair).collect();
    for (name, value) in our_query.split('&').map(pair) {
        let how = match theirs.iter().find(|(n, _)| *n == name) {
            Some((_, other)) if *other == value => continue,
            Some((_, other)) if same_meaning(other, value) => Difference::Encoding,
            Some((_, other)) if other.eq_ignore_ascii_case(value) => Difference::Case,
            Some(_) => Difference::Value,
            None if theirs.iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) => Difference::Case,
            None => Difference::Missing,
        };
        return difference(Some(name.to_owned()), how);
    }
    // What the service has beyond ours is not named: the text may be anything.
    let ours = || our_query.split('&').map(pair);
    let more = theirs.iter().any(|(name, _)| !ours().any(|(n, _)| n == *name));
    difference(None, if more { Difference::Unexpected } else { Difference::Frame })
}

/// [`diagnose`] for ACS3, whose text is a hash: whether both sides have the same one is all that can be told. (The
/// message's wording is not documented for this scheme, so the hash is looked for behind the scheme's name, wherever.)
pub(crate) fn diagnose_hash(message: &str, ours: &str) -> Option<SignatureMismatch> {
    const SCHEME: &str = "ACS3-HMAC-SHA256";
    let theirs = message.split(SCHEME).skip(1).find_map(|after| {
        let text = after.trim_start_matches(|c: char| c.is_whitespace() || c == '\\' || c == 'n');
        text.get(..ours.len()).filter(|hash| hash.bytes().all(|b| b.is_ascii_hexdigit()))
    })?;
    Some(if theirs.eq_ignore_ascii_case(ours) {
        SignatureMismatch::WrongSecret
    } else {
        SignatureMismatch::Difference { parameter: None, how: Difference::Frame }
    })
}

/// The message without the text that the service signed.
pub(crate) fn without_string_to_sign(message: &str) -> &str {
    match message.to_ascii_lowercase().find("string to sign") {
        // A lower-cased text has the same offsets.
        Some(at) => {
            let before = message.get(..at).unwrap_or_default().trim_end();
            before.strip_suffix("server").unwrap_or(before).trim_end()
        }
        None => message,
    }
}

/// As long as the longest names of the service (`SignatureVersion`), and too short to carry much else.
/// `POST&%2F&` and what follows.
fn split(text: &str) -> Option<(&str, &str)> {
    let method = text.find('&')?;
    let path = text.get(method + 1..)?.find('&')?;
    let at = method + 1 + path;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn pair(text: &str) -> (&str, &str) {
    text.split_once('=').unwrap_or((text, ""))
}

/// Whether two encoded values say the same: percent-encoded once or twice, in either case of the digits, with `+` or
/// `%20` for a space.
fn same_meaning(a: &str, b: &str) -> bool {
    fn plain(text: &str) -> Cow<'_, str> {
        let spaces = text.replace('+', "%20");
        let (mut text, mut rounds) = (Cow::Owned::<str>(spaces), 0);
        while rounds < 3 && text.contains('%') {
            text = Cow::Owned(decode(&text).into_owned());
            rounds += 1;
        }
        text
    }
    plain(a) == plain(b)
}

/// Undoes one percent-encoding; what is not one stays as it is.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let byte = match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => first,
            },
            _ => first,
        };
        bytes.push(byte);
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{Difference, SignatureMismatch, decode, diagnose, diagnose_hash, without_string_to_sign};
    use proptest::prelude::*;

    /// From the vendor's published AssumeRole example.
    const OURS: &str = "POST&%2F&AccessKeyId%3Dtestid%26Action%3DAssumeRole%26Policy%3D%257B%2520%257D%26RoleArn%3Dacs%253Aram%253A%253A1%253Arole%252Fr";

    fn told(theirs: &str) -> Option<SignatureMismatch> {
        diagnose(
            &format!(
                "Specified signature is not matched with our calculation. server string to sign is:{theirs}"
            ),
            OURS,
        )
    }

    fn difference(parameter: Option<&str>, how: Difference) -> Option<SignatureMismatch> {
        Some(SignatureMismatch::Difference { parameter: parameter.map(str::to_owned), how })
    }

    #[test]
    fn each_sort_of_difference() {
        assert_eq!(told(OURS), Some(SignatureMismatch::WrongSecret));
        assert_eq!(told(&format!(" {OURS}\n")), Some(SignatureMismatch::WrongSecret));
        assert_eq!(told(&format!("{OURS} Please check.")), Some(SignatureMismatch::WrongSecret));
        for (from, to, parameter, how) in [
            ("POST", "GET", None, Difference::Frame),
            ("AssumeRole", "assumeRole", Some("Action"), Difference::Case),
            ("Action", "action", Some("Action"), Difference::Case),
            ("%2520", "%2B", Some("Policy"), Difference::Encoding),
            ("%2520", "%20", Some("Policy"), Difference::Encoding),
            ("%253A", "%253a", Some("RoleArn"), Difference::Encoding),
            ("role%252Fr", "role%252Fs", Some("RoleArn"), Difference::Value),
            ("%26Policy%3D%257B%2520%257D", "", Some("Policy"), Difference::Missing),
            ("%252Fr", "%252Fr%26X%3D1", None, Difference::Unexpected),
            ("%252Fr", "%252Fr%26a%2520secret%3D1", None, Difference::Unexpected),
        ] {
            assert_eq!(told(&OURS.replacen(from, to, 1)), difference(parameter, how), "{from} -> {to}");
        }
        assert_eq!(told("garbage"), difference(None, Difference::Frame));
        assert_eq!(diagnose("Specified signature is not matched with our calculation.", OURS), None);
    }

    #[test]
    fn hashes_are_the_same_or_not() {
        let (ours, other) = ("0123456789abcdef".repeat(4), "1".repeat(64));
        let told = |after: &str| {
            diagnose_hash(
                &format!("It does not match. server string to sign is:ACS3-HMAC-SHA256{after}"),
                &ours,
            )
        };
        assert_eq!(told(&format!("\n{ours}")), Some(SignatureMismatch::WrongSecret));
        assert_eq!(told(&format!("\\n{ours}.")), Some(SignatureMismatch::WrongSecret));
        assert_eq!(told(&format!("\n{other}")), difference(None, Difference::Frame));
        for nothing in ["", "\n", "\n0123", "\nä", &format!(" is what you should use {ours}")] {
            assert_eq!(told(nothing), None, "{nothing}");
        }
        assert_eq!(diagnose_hash(&ours, &ours), None);
    }

    #[test]
    fn the_string_to_sign_is_cut_off() {
        for (message, kept) in [
            ("It does not match. server string to sign is:POST&x", "It does not match."),
            ("It does not match.Server String To Sign is POST&x", "It does not match.Server"),
            ("fine", "fine"),
        ] {
            assert_eq!(without_string_to_sign(message), kept);
        }
    }

    proptest! {
        #[test]
        fn hostile_text_never_panics_nor_shows_up(text in "\\PC{0,80}") {
            let said = told(&text).map(|mismatch| mismatch.to_string()).unwrap_or_default();
            prop_assert!(text.len() < 41 || !said.contains(&text));
            let _ = decode(&text);
            let _ = without_string_to_sign(&text);
        }
    }
}
