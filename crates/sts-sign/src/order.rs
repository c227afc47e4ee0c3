//! Parameters in the order of the signature.

use crate::error::{DuplicateName, EmptyName, SignError};

/// A parameter: name and value, not encoded.
pub(crate) type Param<'a> = (&'a str, &'a str);

/// So many parameters are sorted without asking for memory; no operation of STS has more than a dozen.
const INLINE: usize = 24;

/// Hands over parameters sorted by the bytes of their names; an empty name and a name given twice are errors. Like
/// [`Sorted`], and quicker where they came sorted.
#[inline]
pub(crate) fn with_sorted<'a, T>(
    params: &[Param<'a>],
    then: impl FnOnce(&[Param<'a>]) -> Result<T, SignError>,
) -> Result<T, SignError> {
    match came_sorted(params)? {
        true => then(params),
        false => then(Sorted::sort(params)?.as_slice()),
    }
}

/// Parameters sorted by the bytes of their names.
#[expect(clippy::large_enum_variant, reason = "it is there to keep them off the heap")]
pub(crate) enum Sorted<'a, 'b> {
    /// They came sorted.
    Given(&'b [Param<'a>]),
    Few([Param<'a>; INLINE], usize),
    Many(Vec<Param<'a>>),
}

impl<'a, 'b> Sorted<'a, 'b> {
    /// Sorts; an empty name and a name given twice are errors.
    pub(crate) fn new(params: &'b [Param<'a>]) -> Result<Self, SignError> {
        match came_sorted(params)? {
            true => Ok(Self::Given(params)),
            false => Self::sort(params),
        }
    }

    #[inline(never)]
    fn sort(params: &[Param<'a>]) -> Result<Self, SignError> {
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

    pub(crate) fn as_slice(&self) -> &[Param<'a>] {
        match self {
            Self::Given(params) => params,
            Self::Few(params, length) => params.get(..*length).unwrap_or_default(),
            Self::Many(params) => params,
        }
    }

    fn as_mut_slice(&mut self) -> &mut [Param<'a>] {
        match self {
            Self::Given(_) => &mut [],
            Self::Few(params, length) => params.get_mut(..*length).unwrap_or_default(),
            Self::Many(params) => params,
        }
    }
}

/// Whether there is nothing to sort, and no name twice; an empty name is an error then.
#[inline]
fn came_sorted(params: &[Param<'_>]) -> Result<bool, SignError> {
    match params.first() {
        _ if !params.is_sorted_by(|(first, _), (second, _)| precedes(first, second)) => Ok(false),
        Some(("", _)) => Err(EmptyName::new().into()),
        _ => Ok(true),
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
pub(crate) struct Merge<'a, 'b> {
    first: &'b [Param<'a>],
    second: &'b [Param<'a>],
}

impl<'a, 'b> Merge<'a, 'b> {
    pub(crate) fn new(first: &'b [Param<'a>], second: &'b [Param<'a>]) -> Self {
        Self { first, second }
    }

    /// Length of all names and values with their separators, in bytes, not encoded.
    pub(crate) fn length(&self) -> usize {
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
pub(crate) fn length(params: &[Param<'_>]) -> usize {
    params.iter().map(|(name, value)| name.len() + value.len() + 2).sum()
}

/// Whether one name sorts before another. Most names differ in their first byte.
#[inline]
pub(crate) fn precedes(first: &str, second: &str) -> bool {
    match (first.as_bytes().first(), second.as_bytes().first()) {
        (Some(a), Some(b)) if a != b => a < b,
        _ => first < second,
    }
}
