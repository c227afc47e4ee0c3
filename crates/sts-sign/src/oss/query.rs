//! Parameters of a URL as OSS signs them: `name=value`, or `name` alone where the value is empty.

#[cfg(feature = "sha256")]
use crate::encode::is_unreserved;
use crate::error::{DuplicateName, EmptyName, SignError};
use crate::sink::Sink;
use std::cmp::Ordering;

/// A parameter: name and value, not encoded.
type Param<'a> = (&'a str, &'a str);

/// So many parameters are sorted without asking for memory.
const INLINE: usize = 16;

/// Parameters that are signed.
pub(crate) struct Query<'a> {
    /// INVARIANT: the first `length` are in use, unless `spilt` holds all.
    inline: [Param<'a>; INLINE],
    length: usize,
    spilt: Vec<Param<'a>>,
}

impl<'a> Query<'a> {
    pub(crate) fn new() -> Self {
        Self { inline: [("", ""); INLINE], length: 0, spilt: Vec::new() }
    }

    pub(crate) fn push(&mut self, name: &'a str, value: &'a str) {
        match self.inline.get_mut(self.length) {
            Some(place) => {
                *place = (name, value);
                self.length += 1;
            }
            None => {
                if self.spilt.is_empty() {
                    self.spilt.extend_from_slice(&self.inline);
                }
                self.spilt.push((name, value));
            }
        }
    }

    /// Sorts by the bytes of the names. An empty name and a name given twice are errors: the service signs a map.
    pub(crate) fn sort(&mut self) -> Result<(), SignError> {
        self.sort_by(str::cmp)
    }

    /// Sorts by the bytes of the names percent-encoded (`a/b` before `a-b`). Errors as for [`sort`](Self::sort).
    #[cfg(feature = "sha256")]
    pub(crate) fn sort_encoded(&mut self) -> Result<(), SignError> {
        self.sort_by(compare_encoded)
    }

    /// Appends them as they are, with `&` between.
    pub(crate) fn write_raw(&self, sink: &mut impl Sink) {
        write(self.as_slice(), sink, |sink, text| sink.put(text.as_bytes()));
    }

    /// Appends them percent-encoded, with `&` between.
    #[cfg(feature = "sha256")]
    pub(crate) fn write_encoded(&self, sink: &mut impl Sink) {
        write_encoded(self.as_slice(), sink);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn sort_by(&mut self, compare: fn(&str, &str) -> Ordering) -> Result<(), SignError> {
        let params = if self.spilt.is_empty() {
            self.inline.get_mut(..self.length).unwrap_or_default()
        } else {
            &mut self.spilt
        };
        params.sort_unstable_by(|(first, _), (second, _)| compare(first, second));
        if let Some(("", _)) = params.first() {
            return Err(EmptyName::new().into());
        }
        let mut pairs = params.iter().zip(params.iter().skip(1));
        match pairs.find(|((first, _), (second, _))| first == second) {
            Some(((name, _), _)) => Err(DuplicateName::new(name).into()),
            None => Ok(()),
        }
    }

    fn as_slice(&self) -> &[Param<'a>] {
        if self.spilt.is_empty() { self.inline.get(..self.length).unwrap_or_default() } else { &self.spilt }
    }
}

/// Appends parameters percent-encoded, in the order given, with `&` between.
pub(crate) fn write_encoded<S: Sink>(params: &[Param<'_>], sink: &mut S) {
    write(params, sink, |sink, text| sink.put_encoded(text));
}

fn write<S: Sink>(params: &[Param<'_>], sink: &mut S, put: impl Fn(&mut S, &str)) {
    for (index, (name, value)) in params.iter().enumerate() {
        if index > 0 {
            sink.put(b"&");
        }
        put(sink, name);
        if !value.is_empty() {
            sink.put(b"=");
            put(sink, value);
        }
    }
}

/// Compares as if both were percent-encoded: `%` sorts before all that stays as it is, and the digits after it sort as the
/// bytes that they stand for.
#[cfg(feature = "sha256")]
fn compare_encoded(first: &str, second: &str) -> Ordering {
    let rank = |byte: u8| (is_unreserved(byte), byte);
    first.bytes().map(rank).cmp(second.bytes().map(rank))
}

#[cfg(test)]
mod tests {
    use super::Query;
    use crate::SignError;
    use crate::sink::written;

    #[test]
    fn more_than_there_is_room_for_are_sorted_too() {
        for count in [0, 1, 15, 16, 17, 40] {
            let names: Vec<String> = (0..count).rev().map(|n| format!("n{n:02}")).collect();
            let mut query = Query::new();
            names.iter().for_each(|name| query.push(name, ""));
            query.sort().unwrap();
            let expected: Vec<String> = (0..count).map(|n| format!("n{n:02}")).collect();
            assert_eq!(written(|text| query.write_raw(text)), expected.join("&"));
            assert_eq!(query.is_empty(), count == 0);
            if let Some(name) = names.first() {
                query.push(name, "again");
                assert!(matches!(query.sort(), Err(SignError::DuplicateName(error)) if error.name() == name));
            }
        }
    }

    #[test]
    fn an_empty_name_is_refused() {
        let mut query = Query::new();
        query.push("a", "");
        query.push("", "1");
        assert!(matches!(query.sort(), Err(SignError::EmptyName(_))));
    }

    #[cfg(feature = "sha256")]
    proptest::proptest! {
        #[test]
        fn the_order_is_that_of_the_encoded_names(first in "[ -~é中]{0,6}", second in "[ -~é中]{0,6}") {
            let expected = crate::percent_encode(&first).cmp(&crate::percent_encode(&second));
            proptest::prop_assert_eq!(super::compare_encoded(&first, &second), expected);
        }
    }
}
