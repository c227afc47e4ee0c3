//! A credentials document, as the metadata service and credentials URIs give it: the four members at the top, and a `Code`.

use crate::error::scrub::Scrubber;
use crate::reply::{CredentialsFields, Text, filled, json};
use crate::timestamp;
use std::borrow::Cow;
use sts_types::Credentials;

/// Its members.
#[derive(Default)]
pub(crate) struct Document<'a> {
    pub(crate) code: Text<'a>,
    pub(crate) credentials: CredentialsFields<'a>,
}

/// What is wrong with a document. Says nothing of what is in it but a code that is one.
type Problem = Cow<'static, str>;

/// Reads a document. All four members are required: half a set of credentials is none.
///
/// A missing `Code` is no failure: the Go and Node SDKs never look for one, and servers that were written for them leave it out.
pub(crate) fn credentials(body: &[u8]) -> Result<Credentials, Problem> {
    let document: Document<'_> = json::read_object(body).ok_or("it is not a JSON object")?;
    match filled(&document.code) {
        None | Some("Success") => Ok(whole(&document.credentials)?),
        Some(code) => Err(match name(code) {
            Some(code) => format!("its `Code` is `{code}`, not `Success`").into(),
            None => "its `Code` is not `Success`".into(),
        }),
    }
}

/// The four members together.
pub(crate) fn whole(fields: &CredentialsFields<'_>) -> Result<Credentials, &'static str> {
    let access_key_id = filled(&fields.access_key_id).ok_or("it has no `AccessKeyId`")?;
    let access_key_secret = filled(&fields.access_key_secret).ok_or("it has no `AccessKeySecret`")?;
    let security_token = filled(&fields.security_token).ok_or("it has no `SecurityToken`")?;
    let expiration = filled(&fields.expiration).ok_or("it has no `Expiration`")?;
    let expiration = timestamp::parse(expiration).ok_or("its `Expiration` is not a time")?;
    Ok(Credentials::new(access_key_id, access_key_secret)
        .with_security_token(security_token)
        .with_expiration(expiration))
}

/// A code that a message may repeat: a name, too short to be a key.
pub(crate) fn name(code: &str) -> Option<String> {
    Scrubber::new(Vec::new(), Vec::new()).name(code)
}

#[cfg(test)]
mod tests {
    use super::credentials;
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};

    const WHOLE: &str = r#"{"Code":"Success","AccessKeyId":"STS.id","AccessKeySecret":"s3cret","SecurityToken":"t0ken","Expiration":"2015-04-09T11:52:19Z","LastUpdated":"2015-04-09T05:52:19Z"}"#;

    fn problem(document: &str) -> String {
        credentials(document.as_bytes()).unwrap_err().into_owned()
    }

    #[test]
    fn whole_with_a_code_and_without() {
        for document in [WHOLE.to_owned(), WHOLE.replace("\"Code\":\"Success\",", "")] {
            let credentials = credentials(document.as_bytes()).unwrap();
            assert_eq!(credentials.access_key_id(), "STS.id");
            assert_eq!(credentials.access_key_secret().expose_secret(), "s3cret");
            assert_eq!(credentials.security_token().unwrap().expose_secret(), "t0ken");
            let expiration = SystemTime::UNIX_EPOCH + Duration::from_secs(1_428_580_339);
            assert_eq!(credentials.expiration(), Some(expiration));
        }
    }

    #[test]
    fn what_is_missing_empty_or_of_another_type() {
        for (member, value) in [
            ("AccessKeyId", "STS.id"),
            ("AccessKeySecret", "s3cret"),
            ("SecurityToken", "t0ken"),
            ("Expiration", "2015-04-09T11:52:19Z"),
        ] {
            let whole = format!("\"{member}\":\"{value}\"");
            for other in ["null", "\"\"", "[]", "{\"a\":1}"] {
                let document = WHOLE.replace(&whole, &format!("\"{member}\":{other}"));
                assert_eq!(problem(&document), format!("it has no `{member}`"), "{document}");
            }
            let renamed = WHOLE.replace(member, &member.to_lowercase());
            assert_eq!(problem(&renamed), format!("it has no `{member}`"));
        }
        let late = WHOLE.replace("2015-04-09T11", "2015-04-09 11");
        assert_eq!(problem(&late), "its `Expiration` is not a time");
    }

    #[test]
    fn a_failure_is_named_when_its_code_is_a_name() {
        let with = |code: &str| problem(&WHOLE.replace("Success", code));
        assert_eq!(
            with("AssumeRoleUnauthorizedAccess"),
            "its `Code` is `AssumeRoleUnauthorizedAccess`, not `Success`"
        );
        for odd in ["7Q1fAkEStsSecretForVectors0002", "a\\nb", "<html>"] {
            assert_eq!(with(odd), "its `Code` is not `Success`");
        }
    }

    #[test]
    fn what_is_no_document() {
        for body in
            ["", "<html></html>", "[]", "null", WHOLE.strip_suffix('}').unwrap(), "{\"Code\":\"\\ud800\"}"]
        {
            assert_eq!(problem(body), "it is not a JSON object", "{body}");
        }
        assert!(credentials(b"{\"Code\":\"\xff\"}").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = credentials(&body);
        }
    }
}
