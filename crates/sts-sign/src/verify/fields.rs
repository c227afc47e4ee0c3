//! The headers of one request.

use super::{ReadError, Request};
use std::collections::BTreeMap;

/// More than any client sends.
const MOST: usize = 256;

/// Values by lower-case name.
pub(super) struct Fields<'a> {
    by_name: BTreeMap<String, Vec<&'a [u8]>>,
}

impl<'a> Fields<'a> {
    pub(super) fn read(request: &Request<'a>) -> Result<Self, ReadError> {
        if request.headers.len() > MOST {
            return Err(ReadError::too_many("headers"));
        }
        let mut by_name = BTreeMap::<String, Vec<&[u8]>>::new();
        for (name, value) in &request.headers {
            // With these, one header could look like two in the string to sign.
            if !name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') {
                return Err(ReadError::malformed(name));
            }
            by_name.entry(name.to_ascii_lowercase()).or_default().push(value);
        }
        Ok(Self { by_name })
    }

    /// All values of a header, in their order; none where it was not sent. `name` is in lower case.
    pub(super) fn all(&self, name: &str) -> Result<Option<Vec<&'a str>>, ReadError> {
        let Some(values) = self.by_name.get(name) else { return Ok(None) };
        values.iter().map(|value| text(name, value)).collect::<Result<_, _>>().map(Some)
    }

    /// The value of a header that may be sent once.
    pub(super) fn one(&self, name: &str) -> Result<Option<&'a str>, ReadError> {
        match self.by_name.get(name).map(Vec::as_slice) {
            None => Ok(None),
            Some([value]) => text(name, value).map(Some),
            Some(_) => Err(ReadError::repeated(name)),
        }
    }

    /// The value of a header that a signed request has.
    pub(super) fn required(&self, name: &'static str) -> Result<&'a str, ReadError> {
        self.one(name)?.filter(|value| !value.is_empty()).ok_or_else(|| ReadError::missing(name))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}

/// A value without the white space around it, which no server of HTTP tells anyway.
fn text<'a>(name: &str, value: &'a [u8]) -> Result<&'a str, ReadError> {
    let text = str::from_utf8(value).ok().map(|text| text.trim_matches([' ', '\t']));
    // A line break would begin another line of the string to sign.
    let text = text.filter(|text| !text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t'));
    text.ok_or_else(|| ReadError::malformed(name))
}

#[cfg(test)]
mod tests {
    use super::{Fields, MOST, ReadError, Request};

    #[test]
    fn values_are_trimmed_and_names_have_no_case() {
        let request =
            Request::new("GET", "/").headers([("X-A", &b" \t1 2 "[..]), ("x-b", b""), ("x-a", b"0")]);
        let fields = Fields::read(&request).unwrap();
        assert_eq!(fields.all("x-a"), Ok(Some(vec!["1 2", "0"])));
        assert_eq!(fields.one("x-a"), Err(ReadError::repeated("x-a")));
        assert_eq!((fields.one("x-b"), fields.one("x-c")), (Ok(Some("")), Ok(None)));
        assert_eq!(fields.required("x-b"), Err(ReadError::missing("x-b")));
        assert_eq!(fields.names().collect::<Vec<_>>(), ["x-a", "x-b"]);
    }

    #[test]
    fn lines_within_a_value_and_other_charsets_are_refused_where_they_are_looked_at() {
        let request = Request::new("GET", "/").headers([("a", &b"1\nb:2"[..]), ("b", b"\xFF"), ("c", b"1")]);
        let fields = Fields::read(&request).unwrap();
        for name in ["a", "b"] {
            assert_eq!(fields.one(name), Err(ReadError::malformed(name)));
            assert_eq!(fields.all(name), Err(ReadError::malformed(name)));
        }
        assert_eq!(fields.one("c"), Ok(Some("1")));
        for name in ["a:b", "a\nb", "a b", "é"] {
            let request = Request::new("GET", "/").headers([(name, &b""[..])]);
            assert_eq!(Fields::read(&request).err(), Some(ReadError::malformed(name)));
        }
        let many = Request::new("GET", "/").headers(std::iter::repeat_n(("a", &b""[..]), MOST + 1));
        assert_eq!(Fields::read(&many).err(), Some(ReadError::too_many("headers")));
    }
}
