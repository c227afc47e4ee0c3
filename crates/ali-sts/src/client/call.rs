//! The walk of one call: sign, send, judge, and perhaps again.

use crate::client::Client;
use crate::client::attempt::Attempt;
use crate::client::signing::{Held, Kept, Signed, Signing, are_same};
use crate::client::transport::Transport;
use crate::clock;
use crate::error::{Error, TransportError};
use crate::nonce::jitter;
use crate::reply::Fields;
use crate::reply::output::Meta;
use crate::reply::refusal::{Verdict, judge, not_an_answer, request_id};
use crate::retry::{Next, next};
use bytes::Bytes;
use http::Response;
use std::pin::pin;
use std::time::{Duration, SystemTime};
use sts_types::{ErrorKind, ProvideCredentials as _};
use tokio::time::Instant;
use tracing::Instrument as _;

/// The most parameters that an operation has: AssumeRole's `Action`, `Format`, `Version` and six of its own.
pub(crate) const MOST: usize = 9;

/// What distinguishes one operation's call from another's.
pub(crate) struct Operation<'a> {
    /// Sorted by name; with `Action`, `Format` and `Version`.
    pub(crate) params: &'a [(&'a str, &'a str)],
    pub(crate) signed: bool,
    /// Where what was prepared for this operation is kept from call to call.
    pub(crate) kept: Option<&'a Kept>,
}

/// Turns an answer's members into an operation's output.
pub(crate) type Decode<T> = fn(Fields<'_>, Meta) -> Result<T, &'static str>;

/// A clock that is off by less than this does not make a time stamp expire, so correcting it would not help.
const TOLERATED: Duration = Duration::from_secs(60);

/// The state of one call.
struct Call<'a> {
    client: &'a Client,
    operation: &'a Operation<'a>,
    signing: Option<Held<'a>>,
    started: Instant,
    made: u32,
    mended: Mended,
}

/// What was mended already; each once a call.
#[derive(Default)]
struct Mended {
    clock: bool,
    nonce: bool,
    credentials: bool,
    /// Given the time to be mended by others.
    issuer: bool,
}

impl Client {
    /// Makes one call: up to the policy's number of attempts, each signed anew, within the policy's overall time.
    pub(crate) async fn call<T>(&self, operation: &Operation<'_>, decode: Decode<T>) -> Result<T, Error> {
        let action = operation.params.first().map_or("", |(_, action)| *action);
        let span = tracing::debug_span!("sts", action, endpoint = self.endpoint());
        let mut call = Call {
            client: self,
            operation,
            signing: None,
            started: clock::instant(),
            made: 0,
            mended: Mended::default(),
        };
        // Where it is: what `instrument` takes by value it would move.
        pin!(call.run(decode)).instrument(span).await
    }
}

/// An attempt that gave nothing.
struct Failure {
    error: Error,
    next: Next,
    /// How long the server asks to wait.
    hint: Option<Duration>,
    /// The server's time, if it is another than the one that the attempt was signed with. (Not than the clock's of now:
    /// a call made at the same time may have mended that.)
    date: Option<SystemTime>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, next: Next::End, hint: None, date: None }
    }
}

impl Call<'_> {
    async fn run<T>(&mut self, decode: Decode<T>) -> Result<T, Error> {
        if self.operation.signed {
            self.signing = Some(match self.operation.kept {
                Some(kept) => self.client.prepared_signing(self.operation, kept, self.deadline()).await?,
                None => self.client.signing(self.deadline()).await?,
            });
        }
        loop {
            self.made += 1;
            let failure = match self.attempt(decode).await {
                Ok(out) => return Ok(out),
                Err(failure) => failure,
            };
            let kind = failure.error.kind();
            let Some(delay) = self.delay_before_next(&failure).await else {
                tracing::debug!(attempts = self.made, ?kind, "gave up");
                return Err(failure.error);
            };
            tracing::debug!(attempt = self.made, ?kind, ?delay, "trying again");
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
        }
    }

    /// Signs, sends and judges once.
    async fn attempt<T>(&self, decode: Decode<T>) -> Result<T, Failure> {
        let attempt = Attempt::new(self.client, self.operation, self.signing.as_deref())?;
        let Signed { body, headers } = attempt.signed().map_err(Error::from)?;
        let client = &self.client.0;
        let response = match &client.transport {
            Transport::BuiltIn(http) => {
                let deadline = Some(self.deadline().into_std());
                http.post_before(&client.endpoint, &headers, &body, deadline).await
            }
            Transport::Custom(custom) => {
                custom.post(&client.endpoint, &headers, body.into_owned(), self.deadline()).await
            }
        };
        let response = match response {
            Ok(response) => response,
            Err(error) => {
                let next = if error.is_retryable() { Next::BackOff } else { Next::End };
                let (attempts, elapsed) = (self.made, self.started.elapsed());
                let error = TransportError { error, attempts, elapsed }.into();
                return Err(Failure { error, next, hint: None, date: None });
            }
        };
        self.judge(&attempt, &response, decode).map_err(|error| {
            let next = match &error {
                Error::Service(error) => next(error.code(), error.status()),
                _ => Next::End,
            };
            let hint = sts_http::retry_after(response.headers(), self.client.clock().now());
            let date =
                sts_http::http_date(response.headers()).filter(|date| attempt.is_off(*date, TOLERATED));
            Failure { error, next, hint, date }
        })
    }

    fn judge<T>(
        &self,
        attempt: &Attempt<'_>,
        response: &Response<Bytes>,
        decode: Decode<T>,
    ) -> Result<T, Error> {
        match judge(response, || attempt.scrubber()) {
            Verdict::Granted(fields) => {
                let request_id = request_id(response, &fields.request_id).unwrap_or_default();
                let meta = Meta { request_id, status: response.status().as_u16() };
                decode(fields, meta)
                    .map_err(|problem| not_an_answer(response, problem, &attempt.scrubber()).into())
            }
            Verdict::Refused(mut error, message) => {
                error.attempts = self.made;
                if error.kind() == ErrorKind::SignatureMismatch {
                    error.mismatch = attempt.diagnose(&message);
                }
                Err(error.into())
            }
            Verdict::Garbled(error) => Err(error.into()),
        }
    }

    /// Mends what can be mended. How long to wait then, or `None` when there is to be no next attempt.
    async fn delay_before_next(&mut self, failure: &Failure) -> Option<Duration> {
        let policy = &self.client.0.retry;
        let elapsed = self.started.elapsed();
        let back_off = |made| policy.next_delay(made, elapsed, jitter(), failure.hint);
        let first = |done: &mut bool| !std::mem::replace(done, true);
        let mended = match failure.next {
            Next::End => false,
            Next::BackOff => return back_off(self.made),
            Next::BackOffOnce if first(&mut self.mended.issuer) => return back_off(self.made),
            Next::BackOffOnce => false,
            _ if self.made >= policy.attempts() || elapsed >= policy.overall() => false,
            Next::NewNonce => first(&mut self.mended.nonce),
            Next::MendClock => {
                first(&mut self.mended.clock)
                    && failure.date.map(|date| self.client.clock().learn(date)).is_some()
            }
            Next::FreshCredentials => {
                first(&mut self.mended.credentials)
                    && match self.other_credentials().await {
                        Some(fresh) => {
                            self.signing = Some(fresh);
                            true
                        }
                        None => false,
                    }
            }
        };
        // What was mended need not be waited for.
        mended.then_some(Duration::ZERO)
    }

    /// Credentials other than those that have just been refused.
    async fn other_credentials(&self) -> Option<Held<'static>> {
        let old = self.signing.as_deref()?.credentials();
        self.client.0.provider.as_ref()?.invalidate(old);
        let fresh = self.client.provided_credentials(self.deadline()).await.ok()?;
        (!are_same(&fresh, old)).then(|| Held::Made(Signing::new(self.client.0.scheme, fresh)))
    }

    fn deadline(&self) -> Instant {
        // The builder saw to it that this does not overflow.
        self.started + self.client.0.retry.overall()
    }
}
