//! Ways out of a client that tell what went through them.

use ali_sts::SendRequest;
use bytes::Bytes;
use http::{Request, Response};
use std::sync::{Arc, Mutex};
use sts_http::{Error, ErrorKind, HttpClient};

/// One request as the client handed it over.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) uri: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) form: String,
}

impl Sent {
    fn new(request: &Request<Bytes>) -> Self {
        let headers = request.headers().iter();
        Self {
            uri: request.uri().to_string(),
            headers: headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect(),
            form: String::from_utf8(request.body().to_vec()).unwrap(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn param(&self, name: &str) -> Option<String> {
        crate::wire::param(&self.form, name)
    }

    /// Names and decoded values, without what differs in each request.
    pub(crate) fn own_params(&self) -> Vec<(String, String)> {
        let scheme = [
            "Signature",
            "SignatureNonce",
            "SignatureMethod",
            "SignatureVersion",
            "Timestamp",
            "AccessKeyId",
        ];
        let pairs = self.form.split('&').map(|pair| pair.split_once('=').unwrap());
        let own = pairs.filter(|(name, _)| !scheme.contains(name));
        own.map(|(name, value)| (name.to_owned(), crate::wire::decode(value))).collect()
    }
}

type Log = Arc<Mutex<Vec<Sent>>>;

/// Sends over real sockets, notes every request down, and alters its form on the way when told to.
#[derive(Clone)]
pub(crate) struct Recorder {
    client: HttpClient,
    log: Log,
    alter: fn(String) -> String,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self::altering(|form| form)
    }

    pub(crate) fn altering(alter: fn(String) -> String) -> Self {
        Self { client: HttpClient::builder().build().unwrap(), log: Log::default(), alter }
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.log.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Sent {
        self.sent().pop().unwrap()
    }
}

impl SendRequest for Recorder {
    async fn send_request(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let sent = Sent::new(&request);
        let altered = (self.alter)(sent.form.clone());
        self.log.lock().unwrap().push(sent);
        self.client.send_request(request.map(|_| Bytes::from(altered))).await
    }
}

/// What a [`Scripted`] transport says.
pub(crate) enum Say {
    Answer(Response<Bytes>),
    Fail(ErrorKind),
    Nothing,
}

/// Has no sockets, so that it can be watched on a paused clock.
#[derive(Clone)]
pub(crate) struct Scripted {
    say: Arc<dyn Fn(usize) -> Say + Send + Sync>,
    log: Log,
}

impl Scripted {
    pub(crate) fn new(say: impl Fn(usize) -> Say + Send + Sync + 'static) -> Self {
        Self { say: Arc::new(say), log: Log::default() }
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.log.lock().unwrap().clone()
    }
}

impl SendRequest for Scripted {
    async fn send_request(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let number = {
            let mut log = self.log.lock().unwrap();
            log.push(Sent::new(&request));
            log.len() - 1
        };
        match (self.say)(number) {
            Say::Answer(response) => Ok(response),
            Say::Fail(kind) => Err(kind.into()),
            Say::Nothing => std::future::pending().await,
        }
    }
}

/// An answer in JSON.
pub(crate) fn json(status: u16, headers: &[(&'static str, &'static str)], body: &serde_json::Value) -> Say {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Say::Answer(response.body(Bytes::from(body.to_string())).unwrap())
}

/// A refusal with this code.
pub(crate) fn refused(status: u16, headers: &[(&'static str, &'static str)], code: &str) -> Say {
    json(status, headers, &serde_json::json!({ "Code": code, "Message": "no", "RequestId": "R" }))
}

/// A grant.
pub(crate) fn granted() -> Say {
    json(200, &[], &crate::wire::granted())
}
