//! The parameters of one request, read from the raw bytes of query and body.

use super::ReadError;
use super::wire::{Plus, decode};
use std::fmt;

/// An honest call has a few dozen parameters; far more than that is an attack on memory.
const MOST: usize = 1000;

/// One flat map, each name once. Values may be secret: `Debug` shows names only.
#[derive(Clone, Default)]
pub struct Parameters {
    /// INVARIANT: sorted by the bytes of the names, which are unique.
    sorted: Vec<(String, String)>,
}

impl Parameters {
    /// Reads a query string and a form body as one map, as the RPC gateway does. A `+` is a space in both, and a name without
    /// a `=` has an empty value.
    ///
    /// ```
    /// let parameters = sts_sign::verify::Parameters::read(b"B=x+y%2B&Empty", b"A=%E4%B8%AD")?;
    /// assert_eq!(parameters.iter().collect::<Vec<_>>(), [("A", "中"), ("B", "x y+"), ("Empty", "")]);
    /// # Ok::<(), sts_sign::verify::ReadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReadError::Malformed`] (`query` or `body`) for a `%` without two hexadecimal digits, for what is not UTF-8, and for a
    /// parameter without a name;
    /// [`ReadError::Repeated`]; [`ReadError::TooMany`] for more than 1,000.
    pub fn read(query: &[u8], form: &[u8]) -> Result<Self, ReadError> {
        Self::of([(query, "query"), (form, "body")], Plus::Space)
    }

    /// A query whose `+` is a plus.
    pub(super) fn with_plain_plus(query: &[u8]) -> Result<Self, ReadError> {
        Self::of([(query, "query"), (&[], "body")], Plus::Itself)
    }

    fn of(places: [(&[u8], &str); 2], plus: Plus) -> Result<Self, ReadError> {
        let mut sorted = Vec::new();
        for (bytes, place) in places {
            let text = |part: Option<&[u8]>| {
                let decoded = decode(part.unwrap_or_default(), plus);
                decoded
                    .and_then(|bytes| String::from_utf8(bytes).ok())
                    .ok_or_else(|| ReadError::malformed(place))
            };
            for pair in bytes.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
                if sorted.len() == MOST {
                    return Err(ReadError::too_many("parameters"));
                }
                let mut halves = pair.splitn(2, |&byte| byte == b'=');
                let name = text(halves.next())?;
                // Nobody sends one, and in OSS V4 an empty value without a name would look like no parameter at all.
                if name.is_empty() {
                    return Err(ReadError::malformed(place));
                }
                sorted.push((name, text(halves.next())?));
            }
        }
        // `str` is ordered by its UTF-8 bytes, which is the order the signatures ask for.
        sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        match sorted.iter().zip(sorted.iter().skip(1)).find(|(left, right)| left.0 == right.0) {
            Some(((name, _), _)) => Err(ReadError::repeated(name)),
            None => Ok(Self { sorted }),
        }
    }

    /// A value, by its exact name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let index = self.sorted.binary_search_by(|(candidate, _)| candidate.as_str().cmp(name)).ok()?;
        self.sorted.get(index).map(|(_, value)| value.as_str())
    }

    /// Names and values, sorted by the bytes of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sorted.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A value that a signed request has.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, ReadError> {
        self.optional(name).ok_or_else(|| ReadError::missing(name))
    }

    /// A value; none where it is empty, as official clients send empty optional parameters.
    pub(super) fn optional(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }
}

/// Names only.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Parameters, ReadError};

    #[test]
    fn query_and_form_are_one_sorted_map() {
        let parameters = Parameters::read("a=%E4%b8%AD&Z=&A=1".as_bytes(), b"_==&&A1=x+y%2B").unwrap();
        let expected = [("A", "1"), ("A1", "x y+"), ("Z", ""), ("_", "="), ("a", "中")];
        assert_eq!(parameters.iter().collect::<Vec<_>>(), expected);
        assert_eq!(
            (parameters.get("Z"), parameters.optional("Z"), parameters.get("z")),
            (Some(""), None, None)
        );
        assert_eq!(format!("{parameters:?}"), r#"["A", "A1", "Z", "_", "a"]"#);
    }

    #[test]
    fn unreadable_bytes_are_refused() {
        let refused = |query: &[u8], form: &[u8]| Parameters::read(query, form).unwrap_err();
        assert_eq!(refused(b"A=1&B=2", b"A=1"), ReadError::repeated("A"));
        for bad in
            [&b"A=%"[..], b"A=%4", b"A=%zz", b"A=%+1", b"A=%FF", b"A=\xC3(", b"%ED%A0%80", b"=", b"A=1&=1"]
        {
            assert_eq!(refused(bad, b""), ReadError::malformed("query"));
            assert_eq!(refused(b"", bad), ReadError::malformed("body"));
        }
        let many: String = (0..=MOST).map(|n| format!("p{n}=&")).collect();
        assert_eq!(refused(b"", many.as_bytes()), ReadError::too_many("parameters"));
    }
}
