//! Session names out of any text.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use sts_types::SessionName;

/// Characters of the readable part, at most.
const READABLE: usize = 39;
/// Characters of the tail that tells apart what the readable part cannot.
const TAIL: usize = 24;
const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Turns any text into a valid session name: an e-mail address, a path, a name in any script, the empty text.
///
/// ```
/// use ali_sts::session_name_for;
///
/// assert_eq!(session_name_for("deploy-42").as_str(), "deploy-42");
/// assert_eq!(session_name_for("upload-a+b@example.com").as_str(), "upload-a-b@example.com-o5lqpmeclq4f5xlawb6xegjf");
/// ```
///
/// # The rule, which never changes
///
/// 1. A text that is a valid session name stays as it is, unless it ends like one that this function makes: `-` and 24
///    characters of `a-z 2-7`.
/// 2. Any other text becomes: its first 39 characters, with `-` in place of each that is not allowed; then `-`; then
///    24 characters that stand for the first 120 bits of the text's SHA-256, five bits each, high bits first, in the
///    alphabet `abcdefghijklmnopqrstuvwxyz234567` (Base32 of RFC 4648 in lower case).
///
/// So the name is the same on every machine and in every version, and two texts get the same name only if 120 bits of
/// their SHA-256 agree.
#[must_use]
pub fn session_name_for(text: &str) -> SessionName {
    match text.parse::<SessionName>() {
        Ok(name) if !looks_made(text) => name,
        _ => SessionName::unchecked(make(text)),
    }
}

fn make(text: &str) -> String {
    let mut name: String =
        text.chars().take(READABLE).map(|c| if SessionName::allows(c) { c } else { '-' }).collect();
    name.push('-');
    for five_bytes in Sha256::digest(text.as_bytes()).chunks_exact(5).take(TAIL / 8) {
        let bits = five_bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for shift in (0..8).rev() {
            let index = (bits >> (shift * 5)) & 31;
            let digit =
                usize::try_from(index).ok().and_then(|index| DIGITS.get(index)).copied().unwrap_or(b'a');
            let _ = name.write_char(char::from(digit));
        }
    }
    name
}

fn looks_made(name: &str) -> bool {
    name.as_bytes().split_last_chunk::<{ TAIL + 1 }>().is_some_and(|(_, [dash, tail @ ..])| {
        *dash == b'-' && tail.iter().all(|digit| DIGITS.contains(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::session_name_for;
    use proptest::prelude::*;
    use sts_types::SessionName;

    /// The tails come from `printf %s TEXT | openssl dgst -sha256 -binary | head -c 15 | base32 | tr A-Z a-z`.
    #[test]
    fn the_documented_rule() {
        for (text, name) in [
            ("app", "app"),
            ("", "-4oymiquy7qobjgx36tejs35z"),
            ("a", "a-zklycewkdo64v6wcggzzui64"),
            ("alice+test@example.com", "alice-test@example.com-b4mahlrjvrdnv5txbj62il5m"),
            ("用户/42", "---42-7ulv3vbtu4fntzmhvt3pyaxq"),
        ] {
            assert_eq!(session_name_for(text).as_str(), name, "{text}");
        }
    }

    proptest! {
        #[test]
        fn always_valid_and_stable(text in "\\PC{0,100}") {
            let name = session_name_for(&text);
            prop_assert!(name.as_str().parse::<SessionName>().is_ok(), "{}", name);
            prop_assert_eq!(session_name_for(&text), name);
        }

        #[test]
        fn different_texts_get_different_names(a in "[a-c+]{0,70}", b in "[a-c+]{0,70}") {
            prop_assert_eq!(a == b, session_name_for(&a) == session_name_for(&b));
        }

        /// Nobody can name himself into somebody else's session.
        #[test]
        fn a_made_name_is_made_again(text in "\\PC{0,100}") {
            let made = session_name_for(&text);
            if made.as_str() != text {
                prop_assert_ne!(session_name_for(made.as_str()), made);
            }
        }
    }
}
