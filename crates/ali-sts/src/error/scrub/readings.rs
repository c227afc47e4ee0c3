//! What a text may say to somebody who tries to decode it.

use crate::error::mismatch::decode;
use crate::reply::xml::unescape as unescape_xml;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::collections::HashSet;

/// Texts of hostile making could be decoded for ever.
const MOST: usize = 200;
/// Encodings on top of each other: Base64 of JSON of a form of a percent-encoded value, and one for good measure.
const DEEPEST: usize = 5;
/// Shorter runs of letters are words.
const SHORTEST_RUN: usize = 16;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// The text, and what comes of it by undoing percent-encoding, forms, JSON strings, XML, Base64 and hexadecimal digits, in
/// any order.
pub(super) fn readings(text: &str) -> Vec<String> {
    let mut seen = HashSet::from([text.to_owned()]);
    let mut all = vec![text.to_owned()];
    let mut newest = all.clone();
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for reading in newest.iter().flat_map(|text| decoded(text)) {
            if seen.len() < MOST && !reading.is_empty() && seen.insert(reading.clone()) {
                next.push(reading);
            }
        }
        all.extend_from_slice(&next);
        newest = next;
    }
    all
}

fn decoded(text: &str) -> Vec<String> {
    let mut all = vec![decode(text).into_owned(), text.replace('+', " "), unescape_json(text)];
    all.push(unescape_xml(text).into_owned());
    all.extend(
        runs(text, |b| b.is_ascii_hexdigit()).flat_map(|run| (0..2).filter_map(|at| hex(run.get(at..)?))),
    );
    for (alphabet, others) in [(STANDARD, b"+/"), (URL_SAFE, b"-_")] {
        let engine = GeneralPurpose::new(&alphabet, LENIENT);
        for run in runs(text, |b| b.is_ascii_alphanumeric() || others.contains(&b)) {
            // A run may begin with what is no part of it.
            all.extend((0..4).filter_map(|at| base64(&engine, run.get(at..)?)));
        }
    }
    all
}

/// The longest runs of bytes that are all `allowed`, where they are long enough to mean anything.
fn runs(text: &str, allowed: impl Fn(u8) -> bool + Copy) -> impl Iterator<Item = &str> {
    let is_other = move |c: char| !u8::try_from(c).is_ok_and(|b| b.is_ascii() && allowed(b));
    text.split(is_other).filter(|run| run.len() >= SHORTEST_RUN)
}

fn base64(engine: &GeneralPurpose, run: &str) -> Option<String> {
    // One digit left over is no byte.
    let whole = if run.len() % 4 == 1 { run.get(..run.len() - 1)? } else { run };
    Some(String::from_utf8_lossy(&engine.decode(whole).ok()?).into_owned())
}

fn hex(run: &str) -> Option<String> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, _) = run.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    Some(String::from_utf8_lossy(&bytes?).into_owned())
}

fn unescape_json(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let code = after.strip_prefix('u').and_then(|after| after.get(..4));
        let code = code.and_then(|digits| char::from_u32(u32::from_str_radix(digits, 16).ok()?));
        rest = match code {
            Some(c) => {
                plain.push(c);
                after.get(5..).unwrap_or_default()
            }
            None => {
                let mut chars = after.chars();
                plain.extend(chars.next());
                chars.as_str()
            }
        };
    }
    plain.push_str(rest);
    plain
}
