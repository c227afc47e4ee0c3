//! The product end to end, against an STS that checks what the real one checks.

mod acs3;
mod ali_oss_page;
mod concurrency;
mod environment;
mod input;
mod operations;
mod prepared;
mod refusals;
mod retries;
mod wire;

use crate::transport::Recorder;
use ali_sts::{Client, ClientBuilder, Credentials, Error};
use std::time::{Duration, SystemTime};
use sts_emulator::Emulator;

const HOUR: Duration = Duration::from_secs(3600);

const ROLE: &str = "acs:ram::123456789012:role/app";

fn builder(emulator: &Emulator) -> ClientBuilder {
    Client::builder().endpoint(emulator.base_url()).credentials(emulator.credentials())
}

fn client(emulator: &Emulator) -> Client {
    builder(emulator).build().unwrap()
}

/// A client whose way out notes everything down.
fn recorded(emulator: &Emulator) -> (Client, Recorder) {
    let recorder = Recorder::new();
    (builder(emulator).transport(recorder.clone()).build().unwrap(), recorder)
}

fn service(error: Error) -> Box<ali_sts::ServiceError> {
    match error {
        Error::Service(error) => error,
        other => panic!("{other:?}"),
    }
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn now() -> SystemTime {
    SystemTime::now()
}

fn client_with(emulator: &Emulator, credentials: Credentials) -> Client {
    builder(emulator).credentials(credentials).build().unwrap()
}
