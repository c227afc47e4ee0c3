//! The parameters of one request, as the rules see them.

use sts_sign::verify::{self, ReadError};

use crate::sts::refusal::Refusal;

/// One flat map, each name once. What is looked at here is what was verified.
///
/// Holds secrets (tokens, policies, signatures), hence no `Debug`.
#[derive(Default)]
pub(crate) struct Parameters(verify::Parameters);

impl Parameters {
    /// Reads a query string and a form body as one map, as the gateway does.
    ///
    /// `+` and `%20` are a space in either place. A name that occurs twice is refused: clients differ on which value
    /// they sign, so no choice would be right. So are a `%` without two hex digits, and bytes that are not UTF-8.
    pub(crate) fn parse(query: &[u8], form: &[u8]) -> Result<Self, Refusal> {
        verify::Parameters::read(query, form).map(Self).map_err(|error| refusal(&error))
    }

    /// The value of `name`. An empty value counts as absent, as official clients send empty optional parameters.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).filter(|value| !value.is_empty())
    }

    /// The value of a parameter the gateway requires.
    pub(crate) fn require(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(name))
    }

    /// For the verifier: empty values included.
    pub(crate) fn as_read(&self) -> &verify::Parameters {
        &self.0
    }
}

/// What answers parameters that cannot be read.
pub(crate) fn refusal(error: &ReadError) -> Refusal {
    Refusal::unreadable(match error {
        ReadError::TooMany(_) => "The request has too many parameters.",
        ReadError::Repeated(_) => "A parameter is given more than once.",
        _ => "A parameter is not percent-encoded UTF-8.",
    })
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    #[test]
    fn empty_is_absent_to_rules_but_present_to_the_signature() {
        let parameters = Parameters::parse(b"SignatureType=&B", b"").ok().unwrap();
        assert_eq!(parameters.get("SignatureType"), None);
        assert_eq!(parameters.as_read().iter().collect::<Vec<_>>(), [("B", ""), ("SignatureType", "")]);
    }

    #[test]
    fn unreadable_bytes_are_refused() {
        let refused = |form: &[u8]| Parameters::parse(b"A=1", form).err().unwrap().message().to_owned();
        assert!(refused(b"A=1").contains("more than once"));
        for bad in [&b"B=%"[..], b"B=%FF"] {
            assert!(refused(bad).contains("percent-encoded"));
        }
        let many: String = (0..1000).map(|n| format!("p{n}=&")).collect();
        assert!(refused(many.as_bytes()).contains("too many"));
    }
}
