//! What is tried again: the service's codes, each with its rule.

use sts_types::{ErrorCode, ErrorKind};

/// What to do about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing: asking again gives the same answer.
    End,
    /// Wait and ask again.
    BackOff,
    /// Wait and ask again, once.
    BackOffOnce,
    /// Ask for fresh credentials, sign with them, once.
    FreshCredentials,
    /// Take the time of the answer over, once.
    MendClock,
    /// A new nonce, once.
    NewNonce,
}

/// The rules of the service's documented codes; a code that is not known goes by the HTTP status.
pub(crate) fn next(code: &ErrorCode, status: u16) -> Next {
    match code.as_str() {
        "Throttling" | "ServiceUnavailable" | "InternalError" | "UnknownError" => Next::BackOff,
        code if code.starts_with("Throttling.") => Next::BackOff,
        "AuthenticationFail.OIDCToken.IssuerConfigurationBroken" => Next::BackOffOnce,
        "InvalidSecurityToken.Expired" => Next::FreshCredentials,
        "InvalidTimeStamp.Expired" => Next::MendClock,
        "SignatureNonceUsed" => Next::NewNonce,
        // The service knows what it says; the status counts where it says nothing.
        _ if code.kind() != ErrorKind::Other => Next::End,
        _ => match status {
            429 | 500 | 502 | 503 | 504 => Next::BackOff,
            _ => Next::End,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Next, next};
    use sts_types::ErrorCode;

    #[test]
    fn the_table_of_the_fact_sheet() {
        for (code, status, expected) in [
            ("Throttling", 400, Next::BackOff),
            ("Throttling.User", 400, Next::BackOff),
            ("Throttling.Api", 429, Next::BackOff),
            ("ServiceUnavailable", 503, Next::BackOff),
            ("InternalError", 500, Next::BackOff),
            ("UnknownError", 500, Next::BackOff),
            ("HTTP 502", 502, Next::BackOff),
            ("HTTP 501", 501, Next::End),
            ("Something.New", 503, Next::BackOff),
            ("NoPermission", 503, Next::End),
            ("AuthenticationFail.OIDCToken.IssuerConfigurationBroken", 401, Next::BackOffOnce),
            ("InvalidSecurityToken.Expired", 400, Next::FreshCredentials),
            ("InvalidTimeStamp.Expired", 400, Next::MendClock),
            ("SignatureNonceUsed", 400, Next::NewNonce),
            ("NoPermission", 403, Next::End),
            ("EntityNotExist.Role", 404, Next::End),
            ("InvalidTimeStamp.Format", 400, Next::End),
            ("InvalidSecurityToken.Malformed", 400, Next::End),
            ("SignatureDoesNotMatch", 400, Next::End),
            // The caller gave the token; there is nothing to read it from again.
            ("AuthenticationFail.OIDCToken.Expired", 401, Next::End),
            ("AuthenticationFail.SAMLAssertion.Expired", 401, Next::End),
        ] {
            assert_eq!(next(&ErrorCode::new(code), status), expected, "{code}");
        }
    }
}
