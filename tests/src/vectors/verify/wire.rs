//! A raw request, and encoders of the kinds that clients use.

use sts_sign::verify::Request;

/// How names and values are written in a query or a form.
#[derive(Clone, Copy)]
pub(super) enum Encoding {
    /// Every byte but letters and digits as `%XX`.
    Percent,
    /// As they are: written by somebody else.
    Raw,
    /// As form encoders do: `+` for a space, `*` and `!'()` raw, lower-case digits.
    Form,
}

impl Encoding {
    fn write(self, text: &str) -> String {
        if matches!(self, Self::Raw) {
            return text.to_owned();
        }
        text.bytes()
            .map(|byte| match (self, byte) {
                (_, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9') => char::from(byte).to_string(),
                (Self::Form, b' ') => "+".to_owned(),
                (Self::Form, b'-' | b'_' | b'.' | b'*' | b'!' | b'\'' | b'(' | b')') => {
                    char::from(byte).to_string()
                }
                (Self::Form, other) => format!("%{other:02x}"),
                (_, other) => format!("%{other:02X}"),
            })
            .collect()
    }

    /// Pairs as a query or a form.
    pub(super) fn join(self, pairs: &[(String, String)]) -> String {
        let written = pairs.iter().map(|(name, value)| format!("{}={}", self.write(name), self.write(value)));
        written.collect::<Vec<_>>().join("&")
    }
}

/// A path of a decoded key, slashes left alone.
pub(super) fn path(key: &str) -> String {
    let segments: Vec<String> = key.split('/').map(|segment| Encoding::Percent.write(segment)).collect();
    format!("/{}", segments.join("/"))
}

/// One request. `query` is decoded, but for [`Encoding::Raw`]; the rest is as it goes out.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) encoding: Encoding,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Wire {
    /// Hands over the raw request.
    pub(super) fn with_request<T>(&self, judge: impl FnOnce(&Request<'_>) -> T) -> T {
        let query = self.encoding.join(&self.query);
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        judge(&Request::new(&self.method, &self.path).query(&query).headers(headers).body(&self.body))
    }
}
