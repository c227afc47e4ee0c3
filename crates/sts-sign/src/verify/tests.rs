//! Each scheme's strictness, on requests that the vendor published or that official clients signed, and bytes that nobody meant
//! well.

mod acs;
mod hostile;
mod oss;
mod oss_post;
mod rpc_v1;

use super::Request;
use std::time::{Duration, SystemTime};

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// A request by its headers as text, for a start.
#[derive(Clone)]
struct Sent {
    method: &'static str,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Sent {
    fn new(method: &'static str, path: &str, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { method, path: path.to_owned(), query: String::new(), headers, body: String::new() }
    }

    fn query(mut self, query: &str) -> Self {
        self.query = query.to_owned();
        self
    }

    /// In place of one of the same name.
    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(given, _)| given != name);
        self.also(name, value)
    }

    /// Beside one of the same name.
    fn also(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(given, _)| given != name);
        self
    }

    fn request(&self) -> Request<'_> {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        Request::new(self.method, &self.path).query(&self.query).headers(headers).body(&self.body)
    }
}
