//! A client as small as can be: signs with `sts-sign`, speaks HTTP over a bare socket.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use sts_sign::rpc_v1;
use sts_types::{Credentials, Secret};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Emulator;
use crate::os::Random;

/// Where the parameters travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Query,
    Form,
    /// Common parameters in the query, the operation's in the form, as the Go credentials client does.
    Mixed,
}

/// One call, to be changed before it is sent.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) place: Place,
    pub(super) secret: Option<Secret>,
    pub(super) parameters: BTreeMap<String, String>,
}

pub(super) struct Response {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Call {
    /// The parameters every request has.
    pub(super) fn unsigned(action: &str) -> Self {
        let call = Self { method: "POST", place: Place::Form, secret: None, parameters: BTreeMap::new() };
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
        call.with("Action", action)
            .with("Version", "2015-04-01")
            .with("Format", "JSON")
            .with("Timestamp", &now.to_string())
    }

    pub(super) fn signed(action: &str, credentials: &Credentials) -> Self {
        let mut call = Self::unsigned(action)
            .with("AccessKeyId", credentials.access_key_id())
            .with("SignatureMethod", "HMAC-SHA1")
            .with("SignatureVersion", "1.0")
            .with("SignatureNonce", &Random::new().alphanumeric(32).unwrap());
        if let Some(token) = credentials.security_token() {
            call = call.with("SecurityToken", token.expose_secret());
        }
        call.secret = Some(credentials.access_key_secret().clone());
        call
    }

    pub(super) fn assume_role(emulator: &Emulator) -> Self {
        Self::assume_role_as(emulator, &emulator.credentials())
    }

    pub(super) fn assume_role_as(emulator: &Emulator, credentials: &Credentials) -> Self {
        Self::signed("AssumeRole", credentials)
            .with("RoleArn", emulator.role_arn())
            .with("RoleSessionName", "session")
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.parameters.remove(name);
        self
    }

    pub(super) fn by(mut self, method: &'static str, place: Place) -> Self {
        (self.method, self.place) = (method, place);
        self
    }

    pub(super) fn string_to_sign(&self) -> String {
        let pairs: Vec<_> = self.parameters.iter().filter(|(name, _)| *name != "Signature").collect();
        rpc_v1::string_to_sign(self.method, &rpc_v1::canonical_query(&pairs))
    }

    /// The same call with its signature; one that is there already stays.
    pub(super) fn sign(mut self) -> Self {
        let Some(secret) = &self.secret else { return self };
        let algorithm = match self.parameters.get("SignatureMethod").map(String::as_str) {
            Some("HMAC-SHA256") => rpc_v1::Algorithm::HmacSha256,
            _ => rpc_v1::Algorithm::HmacSha1,
        };
        let signature = rpc_v1::signature(algorithm, secret.expose_secret(), &self.string_to_sign());
        self.parameters.entry("Signature".to_owned()).or_insert(signature);
        self
    }

    /// The bytes of the request.
    pub(super) fn to_wire(&self) -> Vec<u8> {
        let operation_parameters =
            ["RoleArn", "RoleSessionName", "DurationSeconds", "Policy", "ExternalId", "SourceIdentity"];
        let pairs = |in_query: bool| {
            let wanted = self.parameters.iter().filter(|(name, _)| match self.place {
                Place::Query => in_query,
                Place::Form => !in_query,
                Place::Mixed => in_query != operation_parameters.contains(&name.as_str()),
            });
            let pairs: Vec<String> = wanted
                .map(|(n, v)| format!("{}={}", sts_sign::percent_encode(n), sts_sign::percent_encode(v)))
                .collect();
            pairs.join("&")
        };
        let (query, form) = (pairs(true), pairs(false));
        let target = if query.is_empty() { "/".to_owned() } else { format!("/?{query}") };
        let mut head = format!("{} {target} HTTP/1.1\r\nHost: sts\r\nConnection: close\r\n", self.method);
        if !form.is_empty() {
            head.push_str("content-type: application/x-www-form-urlencoded\r\n");
        }
        format!("{head}content-length: {}\r\n\r\n{form}", form.len()).into_bytes()
    }

    pub(super) async fn send(self, emulator: &Emulator) -> Response {
        exchange(emulator, &self.sign().to_wire()).await
    }
}

/// Sends bytes and reads until the emulator closes the connection.
pub(super) async fn exchange(emulator: &Emulator, request: &[u8]) -> Response {
    exchange_at(emulator.base_url().strip_prefix("http://").unwrap(), request).await
}

/// The same, with any service.
pub(super) async fn exchange_at(address: &str, request: &[u8]) -> Response {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    let reply = String::from_utf8(reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Response { status, head: head.to_owned(), body: body.to_owned() }
}

impl Response {
    /// The text at a path like `Credentials.AccessKeyId` of a JSON body.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        let json: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        let found = path.split('.').try_fold(&json, |value, name| value.get(name));
        found.and_then(|value| value.as_str()).map(str::to_owned)
    }

    /// The text of the first element of this name of an XML body.
    pub(super) fn element(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// The refusal of a JSON body.
    pub(super) fn refusal(&self) -> (u16, String) {
        (self.status, self.text("Code").unwrap_or_default())
    }

    /// The credentials of a JSON body.
    pub(super) fn credentials(&self) -> Credentials {
        assert_eq!(self.status, 200, "{}", self.body);
        let part =
            |name: &str| self.text(&format!("Credentials.{name}")).filter(|text| !text.is_empty()).unwrap();
        let expiration: Timestamp = part("Expiration").parse().unwrap();
        Credentials::new(part("AccessKeyId"), part("AccessKeySecret"))
            .with_security_token(part("SecurityToken"))
            .with_expiration(
                SystemTime::UNIX_EPOCH + Duration::from_secs(expiration.as_second().unsigned_abs()),
            )
    }
}
