//! Calls of ACS3, signed by a builder of this file: neither the signer nor the verifier of `sts-sign` has a part in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::{digest, hmac};
use sts_types::Credentials;

use super::call::{Call, Response, exchange};
use crate::os::Random;
use crate::{ClockOffset, Emulator};

/// RFC 3986's unreserved characters stay.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

#[derive(Clone)]
pub(super) struct Acs3 {
    method: &'static str,
    secret: String,
    headers: BTreeMap<&'static str, String>,
    query: BTreeMap<&'static str, String>,
    body: String,
    /// Headers that are sent and not signed.
    unsigned: Vec<&'static str>,
    /// In place of the right one.
    authorization: Option<String>,
    /// As the clients of Python and Go write their queries, with `+` for a space.
    space: &'static str,
}

impl Acs3 {
    /// As current SDKs send it: POST, parameters in the query, no body.
    pub(super) fn new(action: &str, credentials: &Credentials) -> Self {
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
        let mut call = Self {
            method: "POST",
            secret: credentials.access_key_secret().expose_secret().to_owned(),
            headers: BTreeMap::new(),
            query: BTreeMap::new(),
            body: String::new(),
            unsigned: Vec::new(),
            authorization: None,
            space: "%20",
        }
        .header("host", "sts")
        .header("x-acs-action", action)
        .header("x-acs-version", "2015-04-01")
        .header("x-acs-date", &now.to_string())
        .header("x-acs-signature-nonce", &Random::new().alphanumeric(32).unwrap())
        .header("x-acs-accesskey-id", credentials.access_key_id());
        if let Some(token) = credentials.security_token() {
            call = call.header("x-acs-security-token", token.expose_secret());
        }
        call
    }

    fn assume_role(emulator: &Emulator) -> Self {
        Self::new("AssumeRole", &emulator.credentials())
            .parameter("RoleArn", emulator.role_arn())
            .parameter("RoleSessionName", "session")
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.to_owned());
        self
    }

    fn without(mut self, name: &'static str) -> Self {
        self.headers.remove(name);
        self
    }

    fn not_signing(mut self, name: &'static str) -> Self {
        self.unsigned.push(name);
        self
    }

    pub(super) fn parameter(mut self, name: &'static str, value: &str) -> Self {
        self.query.insert(name, value.to_owned());
        self
    }

    /// All parameters move into a form.
    pub(super) fn in_form(mut self) -> Self {
        self.body = pairs(&self.query, "+");
        self.query.clear();
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    fn with_secret(mut self, secret: &str) -> Self {
        self.secret = secret.to_owned();
        self
    }

    fn with_authorization(mut self, authorization: &str) -> Self {
        self.authorization = Some(authorization.to_owned());
        self
    }

    /// Fills in the hash of the body, where it is not there, and says what is signed and the string to sign.
    fn to_sign(&self) -> (BTreeMap<&'static str, String>, String, String) {
        let mut headers = self.headers.clone();
        let hash = hex(digest::digest(&digest::SHA256, self.body.as_bytes()).as_ref());
        headers.entry("x-acs-content-sha256").or_insert_with(|| hash.clone());
        let signed: Vec<_> = headers.iter().filter(|(name, _)| !self.unsigned.contains(name)).collect();
        let lines: String = signed.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let names = signed.iter().map(|(name, _)| **name).collect::<Vec<_>>().join(";");
        let claimed = &headers["x-acs-content-sha256"];
        let query = pairs(&self.query, "%20");
        let request = format!("{}\n/\n{query}\n{lines}\n{names}\n{claimed}", self.method);
        let hash = hex(digest::digest(&digest::SHA256, request.as_bytes()).as_ref());
        (headers, names, format!("ACS3-HMAC-SHA256\n{hash}"))
    }

    pub(super) fn to_wire(&self) -> Vec<u8> {
        let (headers, names, string_to_sign) = self.to_sign();
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let signature = hex(hmac::sign(&key, string_to_sign.as_bytes()).as_ref());
        let id = headers.get("x-acs-accesskey-id").map(String::as_str).unwrap_or_default();
        let authorization = self.authorization.clone().unwrap_or_else(|| {
            format!("ACS3-HMAC-SHA256 Credential={id},SignedHeaders={names},Signature={signature}")
        });
        let query = pairs(&self.query, self.space);
        let mut head = format!("{} /?{query} HTTP/1.1\r\nConnection: close\r\n", self.method);
        for (name, value) in &headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !authorization.is_empty() {
            head.push_str(&format!("Authorization: {authorization}\r\n"));
        }
        format!("{head}content-length: {}\r\n\r\n{}", self.body.len(), self.body).into_bytes()
    }

    async fn send(&self, emulator: &Emulator) -> Response {
        exchange(emulator, &self.to_wire()).await
    }
}

fn pairs(pairs: &BTreeMap<&'static str, String>, space: &str) -> String {
    let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string().replace("%20", space);
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[tokio::test]
async fn signed_calls_are_answered_in_json() {
    let emulator = Emulator::start().await.unwrap();
    let policy = r#"{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:*", "Resource": "acs:oss:*:*:b/~'(!)+中"}]}"#;
    let call = |space| Acs3 { space, ..Acs3::assume_role(&emulator).parameter("Policy", policy) };
    for call in [
        call("%20"),
        call("+"),
        call("%20").in_form(),
        Acs3 { method: "GET", ..call("+") },
        // As clients of Python sign everything that they send.
        call("%20").header("accept", "application/json").header("user-agent", "sdk"),
        call("%20").header("x-acs-credentials-provider", "static_ak"),
    ] {
        let response = call.send(&emulator).await;
        let credentials = response.credentials();
        assert_eq!(response.header("content-type"), Some("application/json;charset=utf-8"));
        let identity = Acs3::new("GetCallerIdentity", &credentials).send(&emulator).await;
        assert_eq!(identity.text("IdentityType").as_deref(), Some("AssumedRoleUser"), "{}", identity.body);
    }
    let xml = call("%20").parameter("Format", "XML").send(&emulator).await;
    assert!(xml.element("AccessKeyId").unwrap().starts_with("STS."));
}

#[tokio::test]
async fn both_schemes_share_keys_sessions_and_nonces() {
    let emulator = Emulator::start().await.unwrap();
    let first = Acs3::assume_role(&emulator).send(&emulator).await.credentials();
    let second = Call::assume_role_as(&emulator, &first).send(&emulator).await.credentials();
    let third = Acs3::new("AssumeRole", &second)
        .parameter("RoleArn", emulator.role_arn())
        .parameter("RoleSessionName", "third");
    assert_eq!(third.send(&emulator).await.status, 200);

    let call =
        Acs3::new("GetCallerIdentity", &emulator.credentials()).header("x-acs-signature-nonce", "shared");
    let forged = call.clone().with_secret("wrong").send(&emulator).await;
    assert_eq!(forged.refusal().1, "SignatureDoesNotMatch");
    let wire = call.to_wire();
    assert_eq!(exchange(&emulator, &wire).await.status, 200);
    assert_eq!(exchange(&emulator, &wire).await.refusal(), (400, "SignatureNonceUsed".to_owned()));
    let rpc = Call::signed("GetCallerIdentity", &emulator.credentials()).with("SignatureNonce", "shared");
    assert_eq!(rpc.send(&emulator).await.refusal().1, "SignatureNonceUsed");
    let records = emulator.requests();
    assert_eq!(records.last().and_then(|record| record.action()), Some("GetCallerIdentity"));
}

#[tokio::test]
async fn mismatch_tells_the_servers_string_to_sign() {
    let emulator = Emulator::start().await.unwrap();
    let call = Acs3::assume_role(&emulator).parameter("ExternalId", "a+b").with_secret("wrong");
    let response = call.send(&emulator).await;
    assert_eq!(response.refusal(), (400, "SignatureDoesNotMatch".to_owned()));
    let (_, _, string_to_sign) = call.to_sign();
    let expected = format!(
        "Specified signature is not matched with our calculation. server string to sign is:{string_to_sign}"
    );
    assert_eq!(response.text("Message"), Some(expected));
}

/// Each refusal: what is changed, then status and code.
#[tokio::test]
async fn refusals_have_the_codes_of_rpc() {
    let emulator = Emulator::start().await.unwrap();
    let good = || Acs3::assume_role(&emulator);
    let session = good().send(&emulator).await.credentials();
    let by = |credentials: &Credentials| Acs3::new("GetCallerIdentity", credentials);
    let empty = "ACS3-HMAC-SHA256 Credential=,SignedHeaders=,Signature=";
    let rows = [
        (good().without("x-acs-action"), 400, "MissingAction"),
        (good().header("x-acs-action", "GetFederationToken"), 404, "InvalidAction.NotFound"),
        (good().without("x-acs-version"), 400, "MissingVersion"),
        (good().header("x-acs-version", "2014-04-01"), 400, "InvalidVersion"),
        (good().without("x-acs-date"), 400, "MissingTimestamp"),
        (good().without("x-acs-signature-nonce"), 400, "MissingSignatureNonce"),
        (good().with_authorization(""), 400, "MissingAuthorization"),
        (good().with_authorization("ACS3-HMAC-SHA256"), 400, "IncompleteSignature"),
        (good().with_authorization(empty), 400, "IncompleteSignature"),
        (good().with_authorization("ACS3-HMAC-SM3 Credential=a"), 400, "InvalidSignatureMethod"),
        (good().with_authorization("ACS3-RSA-SHA256 Credential=a"), 400, "InvalidSignatureMethod"),
        (good().not_signing("host"), 400, "IncompleteSignature"),
        (good().not_signing("x-acs-action"), 400, "IncompleteSignature"),
        (good().not_signing("x-acs-version"), 400, "IncompleteSignature"),
        (good().not_signing("x-acs-date"), 400, "IncompleteSignature"),
        (good().not_signing("x-acs-signature-nonce"), 400, "IncompleteSignature"),
        (good().not_signing("x-acs-content-sha256"), 400, "IncompleteSignature"),
        (by(&session).not_signing("x-acs-security-token"), 400, "IncompleteSignature"),
        (good().header("x-acs-content-sha256", &"0".repeat(64)), 400, "SignatureDoesNotMatch"),
        (good().with_secret("wrong"), 400, "SignatureDoesNotMatch"),
        (good().header("x-acs-accesskey-id", "LTAI5tUnknown"), 404, "InvalidAccessKeyId.NotFound"),
        (by(&emulator.inactive_credentials()), 400, "InvalidAccessKeyId.Inactive"),
        (by(&session).without("x-acs-security-token"), 400, "MissingSecurityToken"),
        (by(&session).header("x-acs-security-token", "CAIS"), 400, "InvalidSecurityToken.Malformed"),
        (good().header("x-acs-security-token", "CAIS"), 400, "InvalidSecurityToken.MismatchWithAccessKey"),
        (good().header("x-acs-date", "yesterday"), 400, "InvalidTimeStamp.Format"),
        (good().header("x-acs-date", "2015-04-01T00:00:00Z"), 400, "InvalidTimeStamp.Expired"),
        (good().parameter("RoleArn", ""), 400, "MissingRoleArn"),
        (good().parameter("Policy", "{}"), 400, "InvalidParameter.PolicyGrammar"),
        (good().parameter("RoleArn", emulator.untrusted_role_arn()), 403, "NoPermission"),
        (good().parameter("RoleArn", "acs:ram::1:role/none"), 404, "EntityNotExist.Role"),
        (good().parameter("Format", "YAML"), 400, "InvalidParameter.Format"),
        (Acs3 { method: "PUT", ..good() }, 400, "UnsupportedHTTPMethod"),
    ];
    for (call, status, code) in rows {
        let response = call.send(&emulator).await;
        // What cannot be read, or asks for a format that is none, is answered in XML.
        let code_told = response.element("Code").unwrap_or_else(|| response.refusal().1);
        assert_eq!((response.status, code_told.as_str()), (status, code), "{}", response.body);
    }
    emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(3601)));
    let late = (Timestamp::now() + Duration::from_secs(3601)).as_second();
    let late = Timestamp::from_second(late).unwrap().to_string();
    let expired = by(&session).header("x-acs-date", &late).send(&emulator).await;
    assert_eq!(expired.refusal(), (400, "InvalidSecurityToken.Expired".to_owned()));
}

#[tokio::test]
async fn every_changed_byte_of_what_is_signed_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    for call in [Acs3::assume_role(&emulator), Acs3::assume_role(&emulator).in_form()] {
        let wire = call.to_wire();
        let text = String::from_utf8(wire.clone()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let signed = |line: &&str| !line.starts_with("Connection") && !line.starts_with("content-length");
        let lines =
            head.lines().filter(signed).map(|line| (line.as_ptr() as usize - text.as_ptr() as usize, line));
        let body = (head.len() + 4, body);
        for (start, line) in lines.chain([body]) {
            // Of the request line, its target; of a header, its value.
            let skipped =
                line.find(": ").map_or(if start == 0 { "POST /?".len() } else { 0 }, |colon| colon + 2);
            let end = if start == 0 { line.len() - " HTTP/1.1".len() } else { line.len() };
            for index in skipped..end {
                let mut changed = wire.clone();
                let byte = &mut changed[start + index];
                *byte = if *byte == b'x' { b'y' } else { b'x' };
                let response = exchange(&emulator, &changed).await;
                assert!(response.status >= 400, "byte {index} of {line}");
            }
        }
        assert_eq!(exchange(&emulator, &wire).await.status, 200);
    }
}

/// A request of a current SDK for an operation that nobody signs: no `Authorization`.
#[tokio::test]
async fn anonymous_calls_name_their_action_in_headers() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.issue_oidc_token("alice").unwrap();
    let nobody = Credentials::new("", "");
    let oidc = Acs3::new("AssumeRoleWithOIDC", &nobody)
        .without("x-acs-accesskey-id")
        .parameter("OIDCProviderArn", emulator.oidc_provider_arn())
        .parameter("RoleArn", emulator.role_arn())
        .parameter("RoleSessionName", "session")
        .parameter("OIDCToken", token.expose_secret())
        .with_authorization("");
    let assertion = emulator.issue_saml_assertion("alice").unwrap();
    let saml = Acs3::new("AssumeRoleWithSAML", &nobody)
        .without("x-acs-accesskey-id")
        .parameter("SAMLProviderArn", emulator.saml_provider_arn())
        .parameter("RoleArn", emulator.role_arn())
        .parameter("SAMLAssertion", assertion.expose_secret())
        .with_authorization("");
    for call in [
        oidc.clone(),
        oidc.clone().in_form(),
        oidc.clone().without("x-acs-date"),
        saml.clone(),
        saml.in_form(),
    ] {
        let response = call.send(&emulator).await;
        assert!(response.credentials().access_key_id().starts_with("STS."));
    }
    let late = oidc.clone().header("x-acs-date", "2015-04-01T00:00:00Z").send(&emulator).await;
    assert_eq!(late.refusal().1, "InvalidTimeStamp.Expired");
    let other = oidc.parameter("OIDCToken", "eyJ.eyJ.sig").send(&emulator).await;
    assert_eq!(other.refusal(), (401, "AuthenticationFail.OIDCToken.Invalid".to_owned()));
}

/// The exact form that an official client sends: RPC without a signature, beside the headers of ACS3.
#[tokio::test]
async fn anonymous_calls_of_rpc_may_carry_the_headers_too() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.issue_oidc_token("alice").unwrap();
    let call = |nonce| {
        let query = Call::unsigned("AssumeRoleWithOIDC")
            .with("OIDCProviderArn", emulator.oidc_provider_arn())
            .with("RoleArn", emulator.role_arn())
            .with("RoleSessionName", "session")
            .with("OIDCToken", token.expose_secret())
            .with("SignatureNonce", nonce)
            .by("POST", super::call::Place::Query);
        let wire = String::from_utf8(query.to_wire()).unwrap();
        wire.replace(
            "Host: sts\r\n",
            "host: sts\r\nx-acs-version: 2015-04-01\r\nx-acs-action: AssumeRoleWithOIDC\r\n",
        )
    };
    let response = exchange(&emulator, call("00000000000000000000000000000007").as_bytes()).await;
    assert!(response.credentials().access_key_id().starts_with("STS."));
    // A header cannot stand in for what a signed request of RPC must say in a parameter.
    let signed =
        Call::signed("GetCallerIdentity", &emulator.credentials()).without("Action").sign().to_wire();
    let signed = String::from_utf8(signed).unwrap();
    let signed = signed.replace("Host: sts\r\n", "host: sts\r\nx-acs-action: GetCallerIdentity\r\n");
    let refused = exchange(&emulator, signed.as_bytes()).await;
    assert_eq!(refused.refusal(), (400, "MissingAction".to_owned()));
}
