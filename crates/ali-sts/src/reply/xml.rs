//! A refusal in XML. It is asked for JSON, but gateways in front of the service answer as they like; this reads the
//! handful of leaf elements that matter and is no XML parser.

use crate::reply::{AccessDeniedFields, Fields, Text};
use std::borrow::Cow;

/// Reads a refusal; `None` when there is no `<Code>` in it.
pub(crate) fn read(body: &[u8]) -> Option<Fields<'_>> {
    let body = std::str::from_utf8(body).ok()?;
    let code = leaf(body, "Code");
    code.as_ref()?;
    Some(Fields {
        code,
        message: leaf(body, "Message"),
        request_id: leaf(body, "RequestId"),
        host_id: leaf(body, "HostId"),
        recommend: leaf(body, "Recommend"),
        access_denied: body.contains("<AccessDeniedDetail>").then(|| {
            Box::new(AccessDeniedFields {
                auth_action: leaf(body, "AuthAction"),
                auth_principal_display_name: leaf(body, "AuthPrincipalDisplayName"),
                auth_principal_owner_id: leaf(body, "AuthPrincipalOwnerId"),
                auth_principal_type: leaf(body, "AuthPrincipalType"),
                no_permission_type: leaf(body, "NoPermissionType"),
                policy_type: leaf(body, "PolicyType"),
                encoded_diagnostic_message: leaf(body, "EncodedDiagnosticMessage"),
            })
        }),
        ..Fields::default()
    })
}

/// The text of the first `<name>…</name>`.
fn leaf<'a>(body: &'a str, name: &str) -> Text<'a> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let text = text.trim();
    match text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")) {
        Some(text) => Some(Cow::Borrowed(text)),
        None => Some(unescape(text)),
    }
}

/// Undoes the entities of XML; what is none stays as it is.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        // An entity is short; what is none stays as it is.
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match entity.and_then(|(name, tail)| Some((character(name)?, tail))) {
            Some((c, tail)) => {
                plain.push(c);
                rest = tail;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::reply::filled;
    use proptest::prelude::*;

    #[test]
    fn a_refusal() {
        let fields = read(
            br#"<?xml version="1.0" encoding="UTF-8"?>
            <Error><RequestId>R</RequestId><HostId>sts.aliyuncs.com</HostId><Code>NoPermission</Code>
            <Message>a &lt;b&gt; &amp;amp; &apos;c&#39;&#x27; &unknown; &</Message>
            <AccessDeniedDetail><PolicyType>AssumeRolePolicy</PolicyType></AccessDeniedDetail></Error>"#,
        )
        .unwrap();
        assert_eq!((filled(&fields.code), filled(&fields.request_id)), (Some("NoPermission"), Some("R")));
        assert_eq!(filled(&fields.message), Some("a <b> &amp; 'c'' &unknown; &"));
        assert_eq!(filled(&fields.access_denied.unwrap().policy_type), Some("AssumeRolePolicy"));
        assert!(read(b"<html><body>502 Bad Gateway</body></html>").is_none());
        assert!(read(b"<Code>x").is_none());
    }

    proptest! {
        #[test]
        fn never_panics(body in "(<Code>|</Code>|<Message>|</Message>|&|#|x|;|\\PC){0,40}") {
            let _ = read(body.as_bytes());
        }
    }
}
