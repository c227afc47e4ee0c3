//! Parameters in the order of the signature.

use crate::error::{DuplicateName, EmptyName, SignError};

/// A parameter: name and value, not encoded.
pub(super) type Param<'a> = (&'a str, &'a str);

/// So many parameters are sorted without asking for memory; no operation of STS has more than a dozen.
const INLINE: usize = 24;

/// Hands over parameters sorted by the bytes of their names; an empty name and a name given twice are errors.
#[inline]
pub(super) fn with_sorted<'a, T>(
    params: &[Param<'a>],
    then: impl FnOnce(&[Param<'a>]) -> Result<T, SignError>,
) -> Result<T, SignError> {
    if !params.is_sorted_by(|(first, _), (second, _)| precedes(first, second)) {
        return then(Sorted::new(params)?.as_slice());
    }
    match params.first() {
        Some(("", _)) => Err(EmptyName::new().into()),
        _ => then(params),
    }
}

/// Parameters that did not come sorted.
#[expect(clippy::large_enum_variant, reason = "it is there to keep them off the heap")]
enum Sorted<'a> {
    Few([Param<'a>; INLINE], usize),
    Many(Vec<Param<'a>>),
}

impl<'a> Sorted<'a> {
    #[inline(never)]
    fn new(params: &[Param<'a>]) -> Result<Self, SignError> {
        let mut few = [("", ""); INLINE];
        let mut sorted = match few.get_mut(..params.len()) {
            Some(place) => {
                place.copy_from_slice(params);
                Self::Few(few, params.len())
            }
            None => Self::Many(params.to_vec()),
        };
        sort(sorted.as_mut_slice())?;
        Ok(sorted)
    }

    fn as_slice(&self) -> &[Param<'a>] {
        match self {
            Self::Few(params, length) => params.get(..*length).unwrap_or_default(),
            Self::Many(params) => params,
        }
    }

    fn as_mut_slice(&mut self) -> &mut [Param<'a>] {
        match self {
            Self::Few(params, length) => params.get_mut(..*length).unwrap_or_default(),
            Self::Many(params) => params,
        }
    }
}

/// Sorts in place; an empty name and a name given twice are errors.
fn sort(params: &mut [Param<'_>]) -> Result<(), SignError> {
    params.sort_unstable_by_key(|(name, _)| *name);
    if let Some(("", _)) = params.first() {
        return Err(EmptyName::new().into());
    }
    match params.windows(2).find_map(|pair| match pair {
        [(first, _), (second, _)] if first == second => Some(*first),
        _ => None,
    }) {
        Some(name) => Err(DuplicateName::new(name).into()),
        None => Ok(()),
    }
}

/// Two sorted lists as one sorted sequence.
pub(super) struct Merge<'a, 'b> {
    first: &'b [Param<'a>],
    second: &'b [Param<'a>],
}

impl<'a, 'b> Merge<'a, 'b> {
    pub(super) fn new(first: &'b [Param<'a>], second: &'b [Param<'a>]) -> Self {
        Self { first, second }
    }

    /// Length of all names and values with their separators, in bytes, not encoded.
    pub(super) fn length(&self) -> usize {
        length(self.first) + length(self.second)
    }
}

impl<'a> Iterator for Merge<'a, '_> {
    type Item = Param<'a>;

    fn next(&mut self) -> Option<Param<'a>> {
        let list = match (self.first.first(), self.second.first()) {
            (Some((first, _)), Some((second, _))) if precedes(second, first) => &mut self.second,
            (Some(_), _) => &mut self.first,
            (None, _) => &mut self.second,
        };
        let (param, rest) = list.split_first()?;
        *list = rest;
        Some(*param)
    }
}

/// Length of all names and values with their separators, in bytes, not encoded.
pub(super) fn length(params: &[Param<'_>]) -> usize {
    params.iter().map(|(name, value)| name.len() + value.len() + 2).sum()
}

/// Whether one name sorts before another. Most names differ in their first byte.
#[inline]
pub(super) fn precedes(first: &str, second: &str) -> bool {
    match (first.as_bytes().first(), second.as_bytes().first()) {
        (Some(a), Some(b)) if a != b => a < b,
        _ => first < second,
    }
}
