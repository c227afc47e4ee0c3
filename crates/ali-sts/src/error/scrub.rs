//! Keeps what a request held in confidence out of what an error says.

mod readings;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use readings::readings;
use std::collections::HashSet;
use sts_sign::percent_encode;

/// Longest text of the service that is kept, in characters.
const KEPT: usize = 1024;
const REMOVED: &str = "[removed]";
/// Shorter values would turn every message to pieces, and none of the service is that short.
const SHORTEST: usize = 4;
/// Bytes that a text may have in common with a confidential value, less one: enough for the words that a policy shares with
/// any message, too few to be of use.
const PIECE: usize = 20;

/// Removes values that a request held in confidence from what the service says.
///
/// Where one stands as it is, percent-encoded, in Base64 or as a JSON string it is cut out. There are more ways to say it
/// back, and parts of it are as bad: a text in which a piece of such a value can still be read is dropped as a whole.
pub(crate) struct Scrubber {
    confidential: Vec<String>,
    /// What a message may well say; a policy may say it too.
    open: Vec<String>,
}

impl Scrubber {
    pub(crate) fn new(mut confidential: Vec<String>, open: Vec<String>) -> Self {
        confidential.retain(|value| value.len() >= SHORTEST);
        Self { confidential, open }
    }

    /// `text` without them, on one line, cut at 1,024 characters.
    pub(crate) fn clean(&self, text: &str) -> String {
        let clean = self.cut_out(text);
        let clean = clean.trim();
        let mut line: String =
            clean.chars().map(|c| if c.is_control() { ' ' } else { c }).take(KEPT).collect();
        if clean.chars().nth(KEPT).is_some() {
            line.push('…');
        }
        if self.shows(&line) { REMOVED.to_owned() } else { line }
    }

    /// `text` as it is, whatever its length, unless one of them can be read in it.
    pub(crate) fn whole(&self, text: &str) -> String {
        let text = if self.shows(text) { REMOVED } else { text };
        text.to_owned()
    }

    fn cut_out(&self, text: &str) -> String {
        // No form is shorter than its value.
        let near = self.confidential.iter().filter(|value| value.len() <= text.len());
        let mut forms: Vec<String> = near.flat_map(|value| forms(value)).collect();
        forms.retain(|form| text.contains(form.as_str()));
        // A longer form may contain a shorter one.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms.iter().fold(text.to_owned(), |clean, form| clean.replace(form, REMOVED))
    }

    fn shows(&self, text: &str) -> bool {
        if text.is_empty() {
            return false;
        }
        let lower = |value: &String| value.to_ascii_lowercase().into_bytes();
        let open: HashSet<Vec<u8>> = self.open.iter().map(lower).flat_map(pieces).collect();
        let pieces: HashSet<Vec<u8>> = self
            .confidential
            .iter()
            .map(lower)
            .flat_map(pieces)
            .filter(|piece| !open.contains(piece))
            .collect();
        let short: Vec<&Vec<u8>> = pieces.iter().filter(|piece| piece.len() < PIECE).collect();
        readings(text).iter().any(|reading| {
            let reading = reading.to_ascii_lowercase().into_bytes();
            reading.windows(PIECE).any(|window| pieces.contains(window))
                || short
                    .iter()
                    .any(|value| reading.windows(value.len()).any(|window| window == value.as_slice()))
        })
    }
}

fn forms(value: &str) -> [String; 5] {
    let once = percent_encode(value);
    let twice = percent_encode(&once);
    let json = serde_json::to_string(value).unwrap_or_default();
    let json = json.trim_matches('"').to_owned();
    [twice, once, STANDARD_NO_PAD.encode(value), json, value.to_owned()]
}

/// Every run of [`PIECE`] bytes, or a shorter value as it is.
fn pieces(value: Vec<u8>) -> Vec<Vec<u8>> {
    if value.len() < PIECE { vec![value] } else { value.windows(PIECE).map(<[u8]>::to_vec).collect() }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Scrubber};
    use proptest::prelude::*;

    fn scrub(text: &str, confidential: &str) -> String {
        Scrubber::new(vec![confidential.to_owned()], Vec::new()).clean(text)
    }

    #[test]
    fn every_form_goes() {
        let token = "CAIS+to/ken==";
        for form in
            ["CAIS+to/ken==", "CAIS%2Bto%2Fken%3D%3D", "CAIS%252Bto%252Fken%253D%253D", "Q0FJUyt0by9rZW49PQ"]
        {
            assert_eq!(scrub(&format!("before {form} after"), token), "before [removed] after");
        }
        assert_eq!(scrub(r#"echo "{\"a\":\"b\"}""#, r#"{"a":"b"}"#), r#"echo "[removed]""#);
    }

    #[test]
    fn other_ways_of_saying_it_take_the_text_along() {
        let token = "CAIS+to/ken/that+is/long/enough==";
        for text in [
            "before CAIS%2bto%2fken%2fthat%2bis%2flong%2fenough%3d%3d after",
            "cais+to/ken/that+is/long/enough",
            "cut: to/ken/that+is/long/en…",
            "CAIS&#43;to&#x2F;ken&#47;that+is/long/enough",
            r"CAIS\u002bto\/ken\/that+is\/long\/enough",
            "434149532b746f2f6b656e2f746861742b69732f6c6f6e672f656e6f7567683d3d",
            "the whole body: YT0xJlNlY3VyaXR5VG9rZW49Q0FJUyUyQnRvJTJGa2VuJTJGdGhhdCUyQmlzJTJGbG9uZyUyRmVub3VnaCUzRCUzRCZiPTI",
        ] {
            assert_eq!(scrub(text, token), "[removed]", "{text}");
        }
        assert_eq!(scrub("nothing of the sort", token), "nothing of the sort");
        assert_eq!(
            Scrubber::new(vec![token.to_owned()], Vec::new()).whole(&format!(" {token}")),
            "[removed]"
        );
    }

    #[test]
    fn what_is_open_may_be_said() {
        let role = "acs:ram::123456789012:role/app";
        let policy = format!(r#"{{"Action":"sts:AssumeRole","Resource":"{role}"}}"#);
        let message = format!("The role not exists: {role}.");
        let scrubber = |open| Scrubber::new(vec![policy.clone()], open);
        assert_eq!(scrubber(vec![role.to_owned()]).clean(&message), message);
        assert_eq!(scrubber(Vec::new()).clean(&message), "[removed]");
    }

    #[test]
    fn one_line_of_bounded_length() {
        let clean = scrub(&format!(" a\r\nb{}", "é".repeat(5000)), "");
        assert!(clean.starts_with("a  bé") && clean.ends_with('…'));
        assert_eq!(clean.chars().count(), KEPT + 1);
    }

    proptest! {
        #[test]
        fn never_panics(text in "(\\PC|[%&\\\\u#x;+/=A-Fa-f0-9]){0,60}", value in "\\PC{0,30}") {
            let _ = scrub(&text, &value);
        }
    }
}
