//! What was asked and how it ended, without secrets.

use std::collections::VecDeque;

/// Beyond this many the oldest are forgotten.
const MAX_RECORDS: usize = 1024;

/// One request that reached the emulator.
///
/// Never holds a secret, a signature, a token or a parameter's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    pub(crate) request_id: String,
    pub(crate) action: Option<&'static str>,
    pub(crate) status: u16,
    pub(crate) code: Option<String>,
}

impl RequestRecord {
    /// The request id that was sent in the reply.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The operation; `None` when the request names none of the four.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.action
    }

    /// The HTTP status of the reply.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The error code of a refusal; `None` when the request was accepted.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

/// The last requests, oldest first.
#[derive(Default)]
pub(crate) struct Records(VecDeque<RequestRecord>);

impl Records {
    pub(crate) fn push(&mut self, record: RequestRecord) {
        if self.0.len() >= MAX_RECORDS {
            self.0.pop_front();
        }
        self.0.push_back(record);
    }

    pub(crate) fn to_vec(&self) -> Vec<RequestRecord> {
        self.0.iter().cloned().collect()
    }
}
