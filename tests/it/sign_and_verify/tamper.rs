//! Changes that somebody on the way makes.

use super::wire::Wire;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// One change of a request.
#[derive(Clone, Debug)]
pub(super) enum Tamper {
    /// A byte, anywhere, becomes another.
    Byte { part: Part, at: Index, edit: Edit },
    /// A header is not there any more.
    DropHeader(Index),
    /// A header is there twice.
    CopyHeader(Index),
    /// Two headers have each other's values.
    SwapValues(Index, Index),
    /// A header is there that was not.
    AddHeader(&'static str, &'static str),
    /// A parameter is there that was not.
    AddPair(&'static str),
    /// A parameter is not there any more.
    DropPair(Index),
    /// A parameter is there twice.
    CopyPair(Index),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Method,
    Path,
    Query,
    Body,
    HeaderName(Index),
    HeaderValue(Index),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Edit {
    Change(u8),
    Insert(u8),
    Remove,
}

/// A few changes, each to be made alone.
pub(super) fn tampers() -> impl Strategy<Value = Vec<Tamper>> {
    vec(tamper(), 6)
}

/// What somebody may wish to have been there.
const HEADERS: [&str; 14] = [
    "authorization",
    "host",
    "date",
    "accept",
    "content-md5",
    "content-type",
    "security-token",
    "x-acs-new",
    "x-acs-accesskey-id",
    "x-acs-security-token",
    "x-oss-new",
    "x-oss-date",
    "x-oss-security-token",
    "x-other",
];
const PAIRS: [&str; 12] = [
    "new=1",
    "new",
    "acl",
    "uploadId=1",
    "x-oss-process=x",
    "security-token=x",
    "SecurityToken=x",
    "x-oss-security-token=x",
    "x-oss-expires=9",
    "Expires=9999999999",
    "Signature=x",
    "x-oss-signature=x",
];

fn tamper() -> impl Strategy<Value = Tamper> {
    let part = prop_oneof![
        1 => Just(Part::Method),
        3 => Just(Part::Path),
        4 => Just(Part::Query),
        2 => Just(Part::Body),
        2 => any::<Index>().prop_map(Part::HeaderName),
        6 => any::<Index>().prop_map(Part::HeaderValue),
    ];
    prop_oneof![
        12 => (part, any::<Index>(), edit()).prop_map(|(part, at, edit)| Tamper::Byte { part, at, edit }),
        1 => any::<Index>().prop_map(Tamper::DropHeader),
        1 => any::<Index>().prop_map(Tamper::CopyHeader),
        1 => any::<(Index, Index)>().prop_map(|(one, other)| Tamper::SwapValues(one, other)),
        1 => (select(&HEADERS[..]), select(&["", "x", "Thu, 15 Jan 2026 08:30:45 GMT"][..]))
            .prop_map(|(name, value)| Tamper::AddHeader(name, value)),
        1 => select(&PAIRS[..]).prop_map(Tamper::AddPair),
        1 => any::<Index>().prop_map(Tamper::DropPair),
        1 => any::<Index>().prop_map(Tamper::CopyPair),
    ]
}

/// Any byte, those that mean something more often.
pub(super) fn edit() -> impl Strategy<Value = Edit> {
    let byte = prop_oneof![2 => any::<u8>(), 2 => select(&b"&=+%/?;, \t\n\r\0:aA0-"[..])];
    prop_oneof![
        4 => byte.clone().prop_map(Edit::Change),
        1 => byte.prop_map(Edit::Insert),
        1 => Just(Edit::Remove),
    ]
}

impl Edit {
    /// Makes it; none where nothing would change.
    pub(super) fn apply(self, bytes: &[u8], at: Index) -> Option<Vec<u8>> {
        let mut out = bytes.to_vec();
        match self {
            Self::Insert(byte) => out.insert(at.index(out.len() + 1), byte),
            _ if out.is_empty() => return None,
            Self::Remove => _ = out.remove(at.index(out.len())),
            Self::Change(byte) => {
                let at = at.index(out.len());
                out[at] = byte;
            }
        }
        (out != bytes).then_some(out)
    }

    /// The same for what a server has as text.
    pub(super) fn apply_to_text(self, text: &str, at: Index) -> Option<String> {
        String::from_utf8(self.apply(text.as_bytes(), at)?).ok()
    }
}

impl Tamper {
    fn apply(&self, wire: &Wire) -> Option<Wire> {
        let mut out = wire.clone();
        let headers = wire.headers.len();
        match *self {
            Self::Byte { part, at, edit } => match part {
                Part::Method => out.method = edit.apply_to_text(&wire.method, at)?,
                Part::Path => out.path = edit.apply(&wire.path, at)?,
                Part::Query => out.query = edit.apply(&wire.query, at)?,
                Part::Body => out.body = edit.apply(&wire.body, at)?,
                Part::HeaderName(index) if headers > 0 => {
                    let name = &mut out.headers[index.index(headers)].0;
                    *name = edit.apply_to_text(name, at)?;
                }
                Part::HeaderValue(index) if headers > 0 => {
                    let value = &mut out.headers[index.index(headers)].1;
                    *value = edit.apply(value, at)?;
                }
                _ => return None,
            },
            Self::DropHeader(index) if headers > 0 => _ = out.headers.remove(index.index(headers)),
            Self::CopyHeader(index) if headers > 0 => {
                out.headers.push(wire.headers[index.index(headers)].clone())
            }
            Self::SwapValues(one, other) if headers > 0 => {
                let (one, other) = (one.index(headers), other.index(headers));
                out.headers[one].1 = wire.headers[other].1.clone();
                out.headers[other].1 = wire.headers[one].1.clone();
            }
            Self::DropPair(index) | Self::CopyPair(index) => {
                let (place, bytes) = match wire.query.is_empty() {
                    true => (&mut out.body, &wire.body),
                    false => (&mut out.query, &wire.query),
                };
                let mut pairs: Vec<&[u8]> = bytes.split(|byte| *byte == b'&').collect();
                let index = index.index(pairs.len());
                match self {
                    Self::DropPair(_) => _ = pairs.remove(index),
                    _ => pairs.push(pairs[index]),
                }
                *place = pairs.join(&b'&');
            }
            Self::AddHeader(name, value) => out.headers.push((name.to_owned(), value.as_bytes().to_vec())),
            Self::AddPair(pair) => {
                out.query.extend(b"&".iter().chain(pair.as_bytes()));
            }
            _ => return None,
        }
        Some(out)
    }
}

/// Whatever is changed, the request is refused; where the change means nothing, it may be accepted, but for what it
/// was. `meaning`: what a server acts upon; none where there is none. `accept`: what a server believes, where it does.
pub(super) fn check<M: PartialEq>(
    wire: &Wire,
    tampers: &[Tamper],
    meaning: impl Fn(&Wire) -> Option<M>,
    accept: impl Fn(&Wire) -> Option<String>,
) -> Result<(), TestCaseError> {
    let (before, believed) = (meaning(wire), accept(wire));
    prop_assert!(before.is_some(), "this test cannot read {:?}", wire);
    prop_assert!(believed.is_some(), "refused: {:?}", wire);
    for tamper in tampers {
        let Some(changed) = tamper.apply(wire) else { continue };
        let after = accept(&changed);
        let is_harmless = meaning(&changed) == before && after == believed;
        prop_assert!(
            after.is_none() || is_harmless,
            "accepted after {:?}:\n{:?}\n{:?}",
            tamper,
            wire,
            changed
        );
    }
    Ok(())
}
