//! A hostile server that says everything back that it was told, in every form, in every place of an answer.

use crate::canary::{self, Canaries, everything, forms};
use crate::wire::{Act, Received, Server, answer};
use ali_sts::{Client, Credentials, Error, ProxySettings, RetryPolicy, SignatureMismatch};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ROLE: &str = "acs:ram::123456789012:role/app";

/// Changed between calls.
type Echo = Arc<Mutex<Answer>>;

/// How the server answers.
type Answer = Box<dyn Fn(&Received) -> Vec<u8> + Send>;

/// A server and a client of it.
struct Hostile {
    server: Server,
    sts: Client,
    echo: Echo,
}

impl Hostile {
    async fn start() -> Self {
        let echo: Echo = Arc::new(Mutex::new(Box::new(|_| Vec::new())));
        let shared = Arc::clone(&echo);
        let server = Server::start(move |_, received| Act::Reply(shared.lock().unwrap()(received))).await;
        let credentials = Credentials::new("STS.canary", canary::SECRET).with_security_token(canary::TOKEN);
        let sts =
            Client::builder().endpoint(server.url()).credentials(credentials).retry(RetryPolicy::never());
        Self { sts: sts.build().unwrap(), server, echo }
    }

    /// The error of one operation against a server that answers like this, and what must not be in it.
    async fn error(
        &self,
        operation: Operation,
        echo: impl Fn(&Received) -> Vec<u8> + Send + 'static,
    ) -> (Error, Canaries) {
        *self.echo.lock().unwrap() = Box::new(echo);
        let (oidc, saml) = ("acs:ram::1:oidc-provider/idp", "acs:ram::1:saml-provider/idp");
        let sts = &self.sts;
        let error = match operation {
            Operation::Key => sts.assume_role(ROLE).policy(canary::POLICY).send().await.unwrap_err(),
            Operation::Oidc => {
                sts.assume_role_with_oidc(oidc, ROLE, canary::OIDC_TOKEN).send().await.unwrap_err()
            }
            Operation::Saml => {
                sts.assume_role_with_saml(saml, ROLE, canary::SAML_ASSERTION).send().await.unwrap_err()
            }
        };
        let signature = self.server.received().pop().unwrap().param("Signature");
        let canaries = Canaries::new();
        (error, signature.into_iter().fold(canaries, |canaries, value| canaries.and("signature", value)))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Operation {
    Key,
    Oidc,
    Saml,
}

const OPERATIONS: [Operation; 3] = [Operation::Key, Operation::Oidc, Operation::Saml];

/// What was confidential in a request.
fn confidential(received: &Received) -> Vec<String> {
    let names = ["Policy", "SecurityToken", "Signature", "OIDCToken", "SAMLAssertion"];
    names.iter().filter_map(|name| received.param(name)).collect()
}

/// Every form of every confidential value, and of the whole request.
fn echoes(received: &Received) -> Vec<String> {
    let mut all: Vec<String> =
        confidential(received).iter().flat_map(|v| forms(v)).map(|(_, form)| form).collect();
    let whole = format!("{}\r\n\r\n{}", received.head, received.body);
    for before in ["", "x", "xy"] {
        all.push(STANDARD.encode(format!("{before}{whole}")));
    }
    all.extend(forms(&whole).into_iter().map(|(_, form)| form));
    all
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The same text in every member of an answer.
fn in_json(status: u16, text: &str) -> Vec<u8> {
    let body = serde_json::json!({
        "Code": text, "Message": text, "RequestId": text, "HostId": text, "Recommend": text,
        "AccessDeniedDetail": {
            "AuthAction": text, "AuthPrincipalDisplayName": text, "AuthPrincipalOwnerId": text,
            "AuthPrincipalType": text, "NoPermissionType": text, "PolicyType": text, "EncodedDiagnosticMessage": text,
        },
    });
    answer(status, "", &body.to_string())
}

fn in_xml(text: &str) -> Vec<u8> {
    let text = xml(text);
    let leaves =
        |names: &[&str]| names.iter().map(|name| format!("<{name}>{text}</{name}>")).collect::<String>();
    let detail = leaves(&[
        "AuthAction",
        "AuthPrincipalDisplayName",
        "AuthPrincipalOwnerId",
        "AuthPrincipalType",
        "NoPermissionType",
        "PolicyType",
        "EncodedDiagnosticMessage",
    ]);
    let body = format!(
        "<?xml version=\"1.0\"?><Error>{}<AccessDeniedDetail>{detail}</AccessDeniedDetail></Error>",
        leaves(&["Code", "Message", "RequestId", "HostId", "Recommend"])
    );
    answer(403, "content-type: text/xml\r\n", &body)
}

/// In the header, where a text may stand in one.
fn in_header(status: u16, text: &str, body: &str) -> Vec<u8> {
    let value: String = text.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
    answer(status, &format!("x-acs-request-id: {value}\r\n"), body)
}

async fn what_a_server_echoes(operation: Operation) {
    let hostile = Hostile::start().await;
    hostile.error(operation, |_| answer(403, "", "")).await;
    let count = echoes(&hostile.server.received()[0]).len();
    assert!(count > 100);
    for index in 0..count {
        let at = move |received: &Received| echoes(received).swap_remove(index);
        let answers: [Answer; 3] = [
            Box::new(move |received| match index % 2 {
                0 => in_json(400, &at(received)),
                _ => in_json(200, &format!("before {} after", at(received))),
            }),
            Box::new(move |received| in_xml(&at(received))),
            // Not an answer of the service, but for its id.
            Box::new(move |received| match index % 3 {
                0 => in_header(404, &at(received), "<html>"),
                1 => in_header(200, &at(received), "{\"Credentials\":{}}"),
                _ => in_header(503, &at(received), ""),
            }),
        ];
        for answer in answers {
            let (error, canaries) = hostile.error(operation, answer).await;
            canaries.assert_absent("an error", &everything(&error));
        }
    }
}

#[tokio::test]
async fn what_a_server_echoes_of_a_signed_request() {
    what_a_server_echoes(Operation::Key).await;
}

#[tokio::test]
async fn what_a_server_echoes_of_an_oidc_token() {
    what_a_server_echoes(Operation::Oidc).await;
}

#[tokio::test]
async fn what_a_server_echoes_of_a_saml_assertion() {
    what_a_server_echoes(Operation::Saml).await;
}

/// The string to sign as a server computes it.
fn string_to_sign(received: &Received) -> String {
    let query = received.body.split("&Signature=").next().unwrap();
    format!("POST&%2F&{}", sts_sign::percent_encode(query))
}

#[tokio::test]
async fn what_the_service_says_it_signed() {
    let hostile = Hostile::start().await;
    let lower = |text: &str| {
        let mut text = text.to_owned();
        for digits in ["%2F", "%3A", "%7B", "%7D", "%5B", "%5D", "%2C", "%2A", "%2B", "%3D"] {
            text = text.replace(&digits[1..], &digits[1..].to_ascii_lowercase());
        }
        text
    };
    for (phrase, is_the_services) in [
        ("server string to sign is:", true),
        ("Server String To Sign Is:", true),
        ("server  string to sign is :", false),
        ("server string\tto\nsign is:", false),
        ("server string to sign:", false),
        ("serverStringToSign=", false),
        ("string_to_sign ", false),
        ("", false),
    ] {
        for (alter, is_ours) in [
            ((|text: &str| text.to_owned()) as fn(&str) -> String, true),
            (lower, false),
            (|text| text.replace("%2520", "%2B"), false),
            (|text| text.replace("%25", "%"), false),
            (|text| text.replace("%25", "%").replace("%3D", "=").replace("%26", "&"), false),
            (crate::wire::decode, false),
            (|text| text.replace("POST", "GET"), false),
        ] {
            let echo = move |phrase: &str, received: &Received| {
                let message = format!(
                    "Specified signature is not matched with our calculation. {phrase}{} and so on",
                    alter(&string_to_sign(received))
                );
                let message = if is_ours { message.replace(" and so on", "") } else { message };
                let body = serde_json::json!({ "Code": "SignatureDoesNotMatch", "Message": message });
                answer(400, "", &body.to_string())
            };
            for operation in OPERATIONS {
                let phrase = phrase.to_owned();
                let echo = move |received: &Received| echo(&phrase, received);
                let (error, canaries) = hostile.error(operation, echo).await;
                canaries.assert_absent("an error", &everything(&error));
                let Error::Service(error) = error else { panic!("{error:?}") };
                // Where nothing was signed there is nothing to compare.
                let told = is_the_services && is_ours && operation == Operation::Key;
                assert_eq!(error.mismatch() == Some(&SignatureMismatch::WrongSecret), told, "{error:?}");
            }
        }
    }
}

/// A diagnosis names parameters; a hostile server chooses those of its own string to sign.
#[tokio::test]
async fn parameters_that_are_named() {
    let hostile = Hostile::start().await;
    let count = forms(canary::TOKEN).len();
    for index in 0..count {
        let echo = move |received: &Received| {
            let mut more: Vec<String> = confidential(received)
                .iter()
                .filter_map(|value| forms(value).get(index).map(|(_, form)| form.clone()))
                .flat_map(|form| {
                    // Cut as well: a part of a secret is one too.
                    let letters: String = form.chars().filter(char::is_ascii_alphanumeric).collect();
                    [form, letters.chars().take(40).collect(), letters.chars().take(30).collect()]
                })
                .collect();
            more.sort();
            let text = string_to_sign(received);
            let bodies: Vec<String> =
                more.iter().map(|name| format!("{text}%26{name}%3D1")).chain([text.clone()]).collect();
            let chosen = &bodies[received.body.len() % bodies.len()];
            let body = serde_json::json!({
                "Code": "SignatureDoesNotMatch", "Message": format!("server string to sign is:{chosen}"),
            });
            answer(400, "", &body.to_string())
        };
        for operation in OPERATIONS {
            let (error, canaries) = hostile.error(operation, echo).await;
            canaries.assert_absent("an error", &everything(&error));
        }
    }
}

/// A proxy's password is in no error of a call through it, and in nothing that is printed of the client.
#[tokio::test]
async fn a_proxys_password() {
    let (refused, _guard) = crate::wire::refusing();
    let garbage = Server::start(|_, _| Act::Reply(b"\0\0\0\r\n\r\n".to_vec())).await;
    let denied =
        Server::start(|_, _| Act::Reply(answer(407, "proxy-authenticate: Basic\r\n", "<html>"))).await;
    let canaries = Canaries::new();
    for proxy in [&refused, &garbage.url(), &denied.url()] {
        for (endpoint, scheme) in [
            ("http://127.0.0.1:9", "http://"),
            ("https://sts.example.invalid", "http://"),
            ("https://sts.example.invalid", "socks5://"),
        ] {
            let url = proxy.replace("http://", &format!("{scheme}alice:{}@", canary::PROXY_PASSWORD));
            let builder = Client::builder()
                .endpoint(endpoint)
                .credentials(Credentials::new("id", canary::SECRET))
                .retry(RetryPolicy::never().attempt_timeout(Duration::from_secs(1)))
                .proxy(ProxySettings::explicit(url));
            canaries.assert_absent("a builder", &format!("{builder:?} {builder:#?}"));
            let sts = builder.build().unwrap();
            let error = sts.assume_role(ROLE).send().await.unwrap_err();
            let text = format!("{} {sts:?}", everything(&error));
            canaries.assert_absent("an error", &text);
            let basic = STANDARD.encode(format!("alice:{}", canary::PROXY_PASSWORD));
            assert!(!text.contains(&basic) && !text.contains("alice"), "{text}");
        }
    }
    for url in
        ["ftp://alice:CanaryProxyPassword5544332211@proxy", "http://alice:CanaryProxyPassword5544332211@"]
    {
        let builder = Client::builder().proxy(ProxySettings::explicit(url));
        canaries.assert_absent("an error", &everything(&builder.build().unwrap_err()));
    }
    let url = "https://alice:CanaryProxyPassword5544332211@sts.aliyuncs.com";
    let builder = Client::builder().endpoint(url);
    canaries.assert_absent("a builder", &format!("{builder:?} {builder:#?}"));
    canaries.assert_absent("an error", &everything(&builder.build().unwrap_err()));
}
