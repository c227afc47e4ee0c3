//! The parameters of one request, read from the raw bytes of query and body.

use crate::refusal::Refusal;

/// An STS call has a dozen parameters; far more than that is an attack on memory, not a call.
const MAX_PARAMETERS: usize = 1000;

/// One flat map, sorted by the bytes of the decoded names, each name once.
///
/// Holds secrets (tokens, policies, signatures), hence no `Debug`.
#[derive(Default)]
pub(crate) struct Parameters {
    // INVARIANT: sorted by name, names unique.
    sorted: Vec<(String, String)>,
}

impl Parameters {
    /// Reads a query string and a form body as one map, as the gateway does.
    ///
    /// `+` and `%20` are a space in either place. A name that occurs twice is refused: clients differ on which value
    /// they sign, so no choice would be right. So are a `%` without two hex digits, and bytes that are not UTF-8.
    pub(crate) fn parse(query: &[u8], form: &[u8]) -> Result<Self, Refusal> {
        let mut sorted = Vec::new();
        for pair in query.split(|&byte| byte == b'&').chain(form.split(|&byte| byte == b'&')) {
            if pair.is_empty() {
                continue;
            }
            if sorted.len() == MAX_PARAMETERS {
                return Err(Refusal::unreadable("The request has too many parameters."));
            }
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            sorted.push((name, value));
        }
        // `str` is ordered by its UTF-8 bytes, which is the order the signature asks for.
        sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut neighbours = sorted.iter().zip(sorted.iter().skip(1));
        if neighbours.any(|(left, right)| left.0 == right.0) {
            return Err(Refusal::unreadable("A parameter is given more than once."));
        }
        Ok(Self { sorted })
    }

    /// The value of `name`. An empty value counts as absent, as official clients send empty optional parameters.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let index = self.sorted.binary_search_by(|(candidate, _)| candidate.as_str().cmp(name)).ok()?;
        self.sorted.get(index).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of a parameter the gateway requires.
    pub(crate) fn require(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(name))
    }

    /// All parameters in signing order, empty values included.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sorted.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(hex_digit), rest.next().and_then(hex_digit)) {
                (Some(high), Some(low)) => (high << 4) | low,
                _ => return Err(Refusal::unreadable("A parameter is not percent-encoded correctly.")),
            },
            plain => plain,
        });
    }
    String::from_utf8(decoded).map_err(|_| Refusal::unreadable("A parameter is not UTF-8."))
}

fn hex_digit(byte: &u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str, form: &str) -> Vec<(String, String)> {
        Parameters::parse(query.as_bytes(), form.as_bytes()).map(|p| p.sorted).unwrap_or_default()
    }

    fn refused(query: &[u8], form: &[u8]) -> String {
        Parameters::parse(query, form).err().unwrap().message().to_owned()
    }

    #[test]
    fn query_and_form_are_one_sorted_map() {
        let expected = [("A", "1"), ("A1", "x y+"), ("Z", ""), ("_", "="), ("a", "中")];
        let expected = expected.map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(parsed("a=%E4%b8%AD&Z=&A=1", "_==&&A1=x+y%2B"), expected);
    }

    #[test]
    fn empty_is_absent_to_rules_but_present_to_the_signature() {
        let parameters = Parameters::parse(b"SignatureType=&B", b"").ok().unwrap();
        assert_eq!(parameters.get("SignatureType"), None);
        assert_eq!(parameters.iter().collect::<Vec<_>>(), [("B", ""), ("SignatureType", "")]);
    }

    #[test]
    fn unreadable_bytes_are_refused() {
        assert!(refused(b"A=1&B=2", b"A=1").contains("more than once"));
        for bad in [&b"A=%"[..], b"A=%4", b"A=%zz", b"A=%+1"] {
            assert!(refused(bad, b"").contains("percent-encoded"));
        }
        assert!(refused(b"A=%FF", b"").contains("UTF-8"));
        assert!(refused(b"", b"A=\xC3(").contains("UTF-8"));
        let many: String = (0..=MAX_PARAMETERS).map(|n| format!("p{n}=&")).collect();
        assert!(refused(b"", many.as_bytes()).contains("too many"));
    }
}
