use super::call::{Call, Place, Response, exchange};
use crate::Emulator;
use std::time::Duration;

/// Each documented refusal of a signed request: what is changed, then status and code.
#[tokio::test]
async fn documented_refusals_in_json_and_xml() {
    let emulator = Emulator::builder().max_session_duration(Duration::from_secs(7200)).start().await.unwrap();
    let stranger = emulator.untrusted_role_arn();
    let (inactive, root) = (emulator.inactive_credentials(), emulator.root_credentials());
    let good = || Call::assume_role(&emulator);
    let long_policy = format!("\"{}\"", "x".repeat(2047));
    let plural = r#"{"Statements":[{"Action":"oss:*","Effect":"Allow","Resource":"*"}],"Version":"1"}"#;
    let rows: Vec<(Call, u16, &str)> = vec![
        (good().without("Action"), 400, "MissingAction"),
        (good().with("Action", "GetFederationToken"), 404, "InvalidAction.NotFound"),
        (good().with("Action", "assumerole"), 404, "InvalidAction.NotFound"),
        (good().without("Version"), 400, "MissingVersion"),
        (good().with("Version", "2014-04-01"), 400, "InvalidVersion"),
        (good().without("AccessKeyId"), 400, "MissingAccessKeyId"),
        (good().without("SignatureMethod"), 400, "MissingSignatureMethod"),
        (good().without("SignatureVersion"), 400, "MissingSignatureVersion"),
        (good().without("SignatureNonce"), 400, "MissingSignatureNonce"),
        (good().without("Timestamp"), 400, "MissingTimestamp"),
        (good().with("Signature", ""), 400, "MissingSignature"),
        (good().with("Signature", "x"), 400, "IncompleteSignature"),
        (good().with("Signature", "gNI7b0AyKZHxDgjBGPDgJ1Ce3L4="), 400, "SignatureDoesNotMatch"),
        (good().with("SignatureMethod", "HMAC-SM3"), 400, "InvalidSignatureMethod"),
        (good().with("SignatureVersion", "2.0"), 400, "InvalidSignatureMethod"),
        (good().with("SignatureType", "BEARERTOKEN"), 400, "InvalidSignatureMethod"),
        (good().with("AccessKeyId", "LTAI5tUnknown"), 404, "InvalidAccessKeyId.NotFound"),
        (good().with("AccessKeyId", "STS.Unknown"), 404, "InvalidAccessKeyId.NotFound"),
        (Call::assume_role_as(&emulator, &inactive), 400, "InvalidAccessKeyId.Inactive"),
        (good().with("SecurityToken", "CAIS"), 400, "InvalidSecurityToken.MismatchWithAccessKey"),
        (good().with("Timestamp", "yesterday"), 400, "InvalidTimeStamp.Format"),
        (good().with("Timestamp", "2015-04-01T00:00:00Z"), 400, "InvalidTimeStamp.Expired"),
        (good().without("RoleArn"), 400, "MissingRoleArn"),
        (good().with("RoleArn", ""), 400, "MissingRoleArn"),
        (good().without("RoleSessionName"), 400, "MissingRoleSessionName"),
        (good().with("RoleArn", "acs:ram::1:root"), 400, "InvalidParameter.RoleArn"),
        (good().with("RoleSessionName", "a"), 400, "InvalidParameter.RoleSessionName"),
        (good().with("RoleSessionName", "upload-a/b"), 400, "InvalidParameter.RoleSessionName"),
        (good().with("DurationSeconds", "899"), 400, "InvalidParameter.DurationSeconds"),
        (good().with("DurationSeconds", "7201"), 400, "InvalidParameter.DurationSeconds"),
        (good().with("DurationSeconds", "1h"), 400, "InvalidParameter.DurationSeconds"),
        (good().with("Policy", "not json"), 400, "InvalidParameter.PolicyGrammar"),
        (good().with("Policy", plural), 400, "InvalidParameter.PolicyGrammar"),
        (good().with("Policy", &long_policy), 400, "InvalidParameter.PolicySize"),
        (good().with("ExternalId", "a b"), 400, "InvalidParameter.ExternalId"),
        (good().with("SourceIdentity", "aliyun:a"), 400, "InvalidParameter.SourceIdentity"),
        (Call::assume_role_as(&emulator, &root), 403, "NoPermission"),
        (good().with("RoleArn", stranger), 403, "NoPermission"),
        (good().with("RoleArn", "acs:ram::1234567890123456:role/none"), 404, "EntityNotExist.Role"),
        (good().with("RoleArn", "acs:ram::1:role/app"), 404, "EntityNotExist.Role"),
    ];
    for (call, status, code) in rows {
        for place in [Place::Form, Place::Query] {
            let nonce = call.parameters.get("SignatureNonce").cloned();
            let again = |format: &str| {
                let call = call.clone().by("POST", place).with("Format", format);
                match &nonce {
                    Some(nonce) => call.with("SignatureNonce", &format!("{nonce}{place:?}{format}")),
                    None => call,
                }
            };
            let json = again("json").send(&emulator).await;
            assert_eq!(json.refusal(), (status, code.to_owned()), "{}", json.body);
            for name in ["RequestId", "HostId", "Message", "Recommend"] {
                assert!(json.text(name).is_some_and(|text| !text.is_empty()), "{name} {}", json.body);
            }
            let xml = again("XML").send(&emulator).await;
            assert_eq!((xml.status, xml.element("Code").as_deref()), (status, Some(code)), "{}", xml.body);
            assert!(xml.body.contains("<Error><RequestId>"), "{}", xml.body);
        }
    }
}

#[tokio::test]
async fn trust_refusal_says_who_was_refused() {
    let emulator = Emulator::start().await.unwrap();
    let call = Call::assume_role(&emulator).with("RoleArn", emulator.untrusted_role_arn());
    let response = call.send(&emulator).await;
    let detail = |name: &str| response.text(&format!("AccessDeniedDetail.{name}")).unwrap();
    assert_eq!(
        (detail("AuthAction").as_str(), detail("AuthPrincipalType").as_str()),
        ("sts:AssumeRole", "SubUser")
    );
    assert_eq!(detail("AuthPrincipalOwnerId"), emulator.account_id());
    assert_eq!(detail("PolicyType"), "AssumeRolePolicy");
    assert_eq!(detail("NoPermissionType"), "ImplicitDeny");
    assert!(!detail("EncodedDiagnosticMessage").is_empty());
    let root = Call::assume_role_as(&emulator, &emulator.root_credentials()).send(&emulator).await;
    assert_eq!(root.text("Message").as_deref(), Some("Roles may not be assumed by root accounts."));
}

fn xml_refusal(response: &Response) -> (u16, String) {
    (response.status, response.element("Code").unwrap_or_default())
}

/// Refusals of what is not a readable call.
#[tokio::test]
async fn transport_refusals() {
    let emulator = Emulator::start().await.unwrap();
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let request = |line: &str, headers: &str, body: &str| {
        format!(
            "{line} HTTP/1.1\r\nhost: sts\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let long = format!("GET /?A={}", "x".repeat(4096));
    let rows: Vec<(String, u16, &str)> = vec![
        (request("GET /sts", "", ""), 404, "InvalidApi.NotFound"),
        (request("PUT /", "", ""), 400, "UnsupportedHTTPMethod"),
        (request("GET /", "", ""), 400, "MissingAction"),
        (request("GET /?Format=YAML", "", ""), 400, "InvalidParameter.Format"),
        (request("GET /?A=%zz", "", ""), 400, "InvalidParameter"),
        (request("GET /?A=1&A=1", "", ""), 400, "InvalidParameter"),
        (request(&long, "", ""), 414, "InvalidParameter"),
        (request("POST /", "", "Action=AssumeRole"), 400, "InvalidParameter.ContentType"),
        (request("POST /", "content-type: text/plain\r\n", "A=1"), 400, "InvalidParameter.ContentType"),
        (request("POST /", "content-type: application/json\r\n", "{}"), 400, "MissingAction"),
        (request("POST /", form, "Action=AssumeRole&A=%FF"), 400, "InvalidParameter"),
        (request("POST /", form, "Action=AssumeRole"), 400, "MissingVersion"),
        // Announced, never sent: refused before it is read.
        (
            format!("POST / HTTP/1.1\r\nhost: s\r\n{form}content-length: 10485761\r\n\r\n"),
            413,
            "InvalidParameter",
        ),
        ("GET / HTTP/1.1\r\nhost: s\r\ncontent-length: 4097\r\n\r\n".to_owned(), 413, "InvalidParameter"),
    ];
    for (request, status, code) in &rows {
        let response = exchange(&emulator, request.as_bytes()).await;
        assert_eq!(xml_refusal(&response), (*status, (*code).to_owned()), "{request}");
    }
    let codes: Vec<_> = emulator.requests().iter().map(|record| record.code().unwrap().to_owned()).collect();
    assert_eq!(codes, rows.iter().map(|row| row.2).collect::<Vec<_>>());
}

#[tokio::test]
async fn content_type_may_carry_a_charset() {
    let emulator = Emulator::start().await.unwrap();
    let wire = String::from_utf8(Call::assume_role(&emulator).sign().to_wire()).unwrap();
    let wire = wire.replace("x-www-form-urlencoded", "X-WWW-form-urlencoded ; charset=UTF-8");
    assert_eq!(exchange(&emulator, wire.as_bytes()).await.status, 200);
}

#[tokio::test]
async fn requests_are_recorded_without_secrets() {
    let emulator = Emulator::start().await.unwrap();
    let accepted = Call::assume_role(&emulator).send(&emulator).await;
    let refused = Call::assume_role(&emulator).with("DurationSeconds", "1").send(&emulator).await;
    Call::unsigned("Secret").send(&emulator).await;
    let records = emulator.requests();
    let summary: Vec<_> = records.iter().map(|r| (r.action(), r.status(), r.code())).collect();
    let expected = [
        (Some("AssumeRole"), 200, None),
        (Some("AssumeRole"), 400, Some("InvalidParameter.DurationSeconds")),
        (None, 404, Some("InvalidAction.NotFound")),
    ];
    assert_eq!(summary, expected);
    assert_eq!(Some(records[0].request_id().to_owned()), accepted.text("RequestId"));
    assert_eq!(Some(records[1].request_id().to_owned()), refused.text("RequestId"));
    let shown = format!("{records:?}");
    assert!(!shown.contains("Secret") && !shown.contains(emulator.access_key_secret().expose_secret()));
}
