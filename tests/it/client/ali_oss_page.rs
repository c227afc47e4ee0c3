//! The ali-oss documentation's STS page.

use super::{ROLE, now, recorded};
use crate::transport::{Scripted, refused};
use ali_sts::{Client, Credentials, ErrorCode, ErrorKind, session_name_for};
use sts_emulator::Emulator;

/// Every call of the ali-oss documentation's STS page, with what ali-oss sends for it.
#[tokio::test]
async fn the_calls_of_the_ali_oss_page() {
    let emulator = Emulator::start().await.unwrap();
    let (sts, recorder) = recorded(&emulator);
    let (user_id, session_id, timestamp) = ("alice+test@example.com", "42", "1700000000000");
    let upload = format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":["oss:PutObject"],"Resource":["acs:oss:*:*:my-bucket/uploads/{user_id}/*"]}}]}}"#
    );
    let restrictive = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["acs:oss:*:*:my-bucket/public/*"]}]}"#;
    let download = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["acs:oss:*:*:my-bucket/documents/report.pdf","acs:oss:*:*:my-bucket/images/photo.jpg"]}]}"#;
    let browser = format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["acs:oss:*:*:b/*"],"Condition":{{"StringEquals":{{"oss:x-oss-meta-user-id":"{user_id}"}}}}}}]}}"#
    );
    let by_time = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["acs:oss:*:*:my-bucket/*"],"Condition":{"DateGreaterThan":{"acs:CurrentTime":"2024-01-01T00:00:00Z"},"DateLessThan":{"acs:CurrentTime":"2024-12-31T23:59:59Z"}}}]}"#;
    let by_address = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:*"],"Resource":["acs:oss:*:*:my-bucket/*"],"Condition":{"IpAddress":{"acs:SourceIp":["192.168.1.0/24","10.0.0.0/8"]}}}]}"#;
    for (policy, seconds, session) in [
        (None, 3600, "MySession".to_owned()),
        (Some(restrictive), 1800, "RestrictedSession".to_owned()),
        (Some(upload.as_str()), 900, format!("upload-{user_id}")),
        (Some(download), 3600, format!("download-{session_id}")),
        (None, 7200, "CrossAccountSession".to_owned()),
        (None, 3600, format!("session-{timestamp}")),
        (Some(browser.as_str()), 1800, format!("browser-{user_id}")),
        (Some(by_time), 3600, format!("upload-{session_id}-{timestamp}")),
        (Some(by_address), 3600, "app".to_owned()),
    ] {
        let name = session_name_for(&session);
        let mut call = sts.assume_role(emulator.role_arn()).duration(seconds).session_name(&name);
        if let Some(policy) = policy {
            call = call.policy(policy);
        }
        let out = call.send().await.unwrap();
        let sent = recorder.last();
        assert_eq!(sent.param("RoleSessionName").as_deref(), Some(name.as_str()));
        assert_eq!(sent.param("DurationSeconds").unwrap(), seconds.to_string());
        assert_eq!(sent.param("Policy").as_deref(), policy);
        // What the page's own check of credentials asks for.
        let credentials = out.credentials;
        assert!(!credentials.access_key_id().is_empty() && credentials.expiration().unwrap() > now());
        assert!(!credentials.access_key_secret().expose_secret().is_empty());
        assert!(!credentials.security_token().unwrap().expose_secret().is_empty());
        // An e-mail address breaks the page's own example; a plain id stays as it is.
        let plain = session.parse::<ali_sts::SessionName>().is_ok();
        assert_eq!(plain, name.as_str() == session, "{session}");
        assert_eq!(plain, !session.contains('+'));
        let as_it_is = sts.assume_role(emulator.role_arn()).session_name(session).send().await;
        assert_eq!(as_it_is.is_ok(), plain);
    }
    for role in ["OSS-ReadOnly", "OSS-FullAccess", "OSS-Upload", "OSS-ReadWrite", "BrowserAccess"] {
        let error = sts.assume_role(format!("acs:ram::123456789012:role/{role}")).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchRole);
    }
    let error = sts.assume_role("acs:ram::987654321098:role/CrossAccountAccess").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchRole);
}

/// The codes by which the page tells failures apart, and what the service sends in their stead.
#[tokio::test]
async fn the_codes_of_the_ali_oss_page() {
    for (codes, kind) in [
        (["NoSuchRole", "EntityNotExist.Role"], ErrorKind::NoSuchRole),
        (["MalformedPolicyDocument", "InvalidParameter.PolicyGrammar"], ErrorKind::MalformedPolicyDocument),
        (["InvalidParameterValue", "InvalidParameter.DurationSeconds"], ErrorKind::InvalidParameterValue),
        (["TokenRequestDenied", "NoPermission"], ErrorKind::TokenRequestDenied),
    ] {
        for code in codes {
            let transport = Scripted::new(move |_| refused(403, &[], code));
            let sts = Client::builder().credentials(Credentials::new("id", "secret")).transport(transport);
            let error = sts.build().unwrap().assume_role(ROLE).send().await.unwrap_err();
            assert_eq!((error.kind(), error.code().map(ErrorCode::as_str)), (kind, Some(code)));
        }
    }
}
