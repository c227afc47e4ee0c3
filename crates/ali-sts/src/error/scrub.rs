//! Keeps what a request held in confidence out of what an error says.
//!
//! A service, or whatever answers in its name, may say a request back: as it was, percent-encoded, in Base64, as JSON, in
//! pieces. Looking for every way to write a value is a race that cannot be won, so a text must meet two rules instead:
//!
//! 1. It has no long run of letters and digits. All encodings of a token, a signature or a policy have; sentences have
//!    not. Such a run is cut out.
//! 2. Letters and digits alone, it has no piece in common with a confidential value. A text that has is dropped.
//!
//! What the request said openly (the role's ARN, the session's name) may be said back.

use std::borrow::Cow;
use std::collections::HashSet;

/// Longest text of the service that is kept, in characters.
const KEPT: usize = 1024;
const REMOVED: &str = "[removed]";
/// The longest run that is kept. The longest word of a documented code or message has 28 letters.
const LONGEST_RUN: usize = 28;
/// Letters and digits that a text may have in common with a confidential value, less one: more than two words that a policy
/// shares with any message, too few to be of use.
const PIECE: usize = 16;
/// Confidential values with fewer letters and digits than a piece are looked for as a whole, down to this.
const SHORTEST: usize = 4;

/// Removes values that a request held in confidence from what the service says.
pub(crate) struct Scrubber<'a> {
    confidential: Vec<Cow<'a, str>>,
    open: Vec<&'a str>,
}

impl<'a> Scrubber<'a> {
    pub(crate) fn new(confidential: Vec<Cow<'a, str>>, open: Vec<&'a str>) -> Self {
        Self { confidential, open }
    }

    /// A sentence: without what must not be said, on one line, cut at 1,024 characters.
    pub(crate) fn sentence(&self, text: &str) -> String {
        let text = text.trim();
        let mut line: String =
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(KEPT).collect();
        if text.chars().nth(KEPT).is_some() {
            line.push('…');
        }
        if self.shows(&line) {
            return REMOVED.to_owned();
        }
        self.without_long_runs(&line)
    }

    /// A name, such as a code, an id or a host; `None` for a text that is none.
    pub(crate) fn name(&self, text: &str) -> Option<String> {
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b"-._:/ ".contains(&b);
        let fine = (1..=128).contains(&text.len())
            && text.bytes().all(is_name)
            && (self.said_openly(text)
                || text.split(|c: char| !c.is_ascii_alphanumeric()).all(|run| run.len() <= LONGEST_RUN))
            && !self.shows(text);
        fine.then(|| text.to_owned())
    }

    fn without_long_runs(&self, line: &str) -> String {
        let mut clean = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(start) = rest.find(is_run) {
            let (before, run) = rest.split_at(start);
            let (run, after) = run.split_at(run.find(|c| !is_run(c)).unwrap_or(run.len()));
            clean.push_str(before);
            clean.push_str(if run.len() <= LONGEST_RUN || self.said_openly(run) { run } else { REMOVED });
            rest = after;
        }
        clean.push_str(rest);
        clean
    }

    fn said_openly(&self, run: &str) -> bool {
        self.open.iter().any(|open| open.contains(run.trim_matches(|c: char| !c.is_ascii_alphanumeric())))
    }

    fn shows(&self, text: &str) -> bool {
        let mut rest = text.to_owned();
        for open in self.open.iter().filter(|open| open.len() >= SHORTEST) {
            rest = rest.replace(open, " ");
        }
        let said: Vec<u8> = essence(&rest).collect();
        let pieces: HashSet<&[u8]> = said.windows(PIECE).collect();
        self.confidential.iter().any(|value| {
            let length = essence(value).take(PIECE).count();
            match length {
                0..SHORTEST => false,
                SHORTEST..PIECE => {
                    let short: Vec<u8> = essence(value).collect();
                    said.windows(length).any(|run| run == short)
                }
                _ => !pieces.is_empty() && has_piece(value, &pieces),
            }
        })
    }
}

/// Whether any run of [`PIECE`] letters and digits of `value` is among `pieces`.
fn has_piece(value: &str, pieces: &HashSet<&[u8]>) -> bool {
    let mut piece = [0; PIECE];
    essence(value).enumerate().any(|(index, byte)| {
        piece.rotate_left(1);
        piece[PIECE - 1] = byte;
        index + 1 >= PIECE && pieces.contains(piece.as_slice())
    })
}

/// The letters and digits of a text, in lower case: what is left of it whatever its spaces, quotation marks and signs become.
fn essence(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.bytes().filter(|b| b.is_ascii_alphanumeric() || !b.is_ascii()).map(|b| b.to_ascii_lowercase())
}

/// The characters of Base64, percent-encoding, hexadecimal digits and JSON's escapes.
fn is_run(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '%' | '_' | '\\')
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Scrubber};
    use proptest::prelude::*;
    use std::borrow::Cow;

    const TOKEN: &str = "CAIS+to/ken/that+is/long/enough==";
    /// A signature: short, and without a long run between its signs.
    const SIGNATURE: &str = "gNI7b0Ay+ZHxDgj/GPDgJ1Ce3L4=";

    fn scrubber(open: Vec<&'static str>) -> Scrubber<'static> {
        let policy = r#"{"Version":"1","Statement":[{"Effect":"Allow","Resource":"acs:ram::1:role/app"}]}"#;
        Scrubber::new([TOKEN, SIGNATURE, policy].map(Cow::Borrowed).to_vec(), open)
    }

    #[test]
    fn whatever_way_it_is_said_back() {
        for text in [
            TOKEN,
            "before CAIS%2bto%2fken%2fthat%2bis%2flong%2fenough%3d%3d after",
            "CAIS%252Bto%252Fken%252Fthat%252Bis%252Flong%252Fenough%253D%253D",
            "cais+to/ken/that+is/long/enough",
            "CAIS to/ken/that is/long/enough==",
            "CAIS+to/ken/\nthat+is/long/enough==",
            "cut: to/ken/that+is/long/en…",
            "CAIS&#43;to&#x2F;ken&#47;that+is/long/enough",
            r"CAIS\u002bto\/ken\/that+is\/long\/enough",
            "434149532b746f2f6b656e2f746861742b69732f6c6f6e672f656e6f7567683d3d",
            "Q0FJUyt0by9rZW4vdGhhdCtpcy9sb25nL2Vub3VnaD09",
            SIGNATURE,
            "gNI7b0Ay ZHxDgj/GPDgJ1Ce3L4=",
            "gNI7b0Ay%2BZHxDgj%2FGPDgJ1Ce3L4%3D",
            r#"{\"Version\": \"1\", \"Statement\": [ {\"Effect\""#,
            "%7B%22Version%22%3A%221%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22",
        ] {
            let clean = scrubber(Vec::new()).sentence(&format!("They said {text} there."));
            assert!(clean.contains("[removed]"), "{text}: {clean}");
            for piece in ["CAIS", "enough", "ZHxDgj", "Statement", "%22", "434149", "Q0FJ"] {
                assert!(!clean.contains(piece), "{text}: {clean}");
            }
            assert_eq!(scrubber(Vec::new()).name(text), None, "{text}");
        }
    }

    #[test]
    fn what_the_service_really_says_stays() {
        for text in [
            "Specified signature is not matched with our calculation.",
            "You are not authorized to do this action. You should be authorized by RAM.",
            "No permission perform sts:AssumeRole on this Role. Maybe you are not authorized to perform sts:AssumeRole \
             or the specified role does not trust you",
            "The parameter Policy has not passed grammar check.",
            "The ContentType request header must be either \"application/json\" or \"application/x-www-form-urlencoded\".",
        ] {
            assert_eq!(scrubber(Vec::new()).sentence(text), text);
        }
        for name in [
            "AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch",
            "HTTP 502",
            "61F6ACC1-D993-4B6D-8137-CC0F0A6F1AE4",
            "sts.cn-shenzhen-finance-1.aliyuncs.com",
        ] {
            assert_eq!(scrubber(Vec::new()).name(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn what_is_open_may_be_said() {
        let role = "acs:ram::1:role/app";
        let message = format!("The role not exists: {role}.");
        assert_eq!(scrubber(vec![role]).sentence(&message), message);
        let long = "a-session-with-aVeryLongWordInItsNameThatGoesOnAndOn";
        assert_eq!(scrubber(vec![long]).sentence(long), long);
        assert_eq!(scrubber(Vec::new()).sentence(long), "a-session-with-[removed]");
    }

    #[test]
    fn one_line_of_bounded_length() {
        let clean = scrubber(Vec::new()).sentence(&format!(" a\r\nb{}", " é".repeat(5000)));
        assert!(clean.starts_with("a  b é") && clean.ends_with('…'));
        assert_eq!(clean.chars().count(), KEPT + 1);
    }

    proptest! {
        #[test]
        fn never_panics(text in "(\\PC|[%&\\\\u#x;+/=A-Fa-f0-9]){0,60}", value in "\\PC{0,30}") {
            let scrubber = Scrubber::new(vec![Cow::Borrowed(&value)], vec!["open"]);
            let _ = (scrubber.sentence(&text), scrubber.name(&text));
        }

        #[test]
        fn no_piece_survives(value in "([A-Za-z0-9]{4}[A-Za-z0-9+/]){8,16}", from in 0usize..10, after in "[ .]{0,5}") {
            let scrubber = Scrubber::new(vec![Cow::Borrowed(&value)], Vec::new());
            let piece = value.get(from..from + 24).unwrap();
            let clean = scrubber.sentence(&format!("before {piece}{after}"));
            prop_assert!(!clean.contains(piece), "{}", clean);
        }
    }
}
