//! The pools of kept-alive connections, one for each runtime that calls.

use std::collections::VecDeque;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use http::Request;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::runtime::{Handle, Id};

use crate::body::ReadyBody;
use crate::connect::Connector;
use crate::{Error, ErrorKind};

/// A connection is driven by a task of the runtime that made it, so it is of no use to another: when its runtime is no longer
/// polled a request over it would wait for ever. Runtimes are told apart by their id, which is never used twice.
pub(crate) struct Pools {
    settings: PoolSettings,
    connector: Connector,
    /// The first runtime's, which is the only one in nearly all programs: found without a lock.
    first: OnceLock<(Id, Client<Connector, ReadyBody>)>,
    later: Mutex<VecDeque<(Id, Client<Connector, ReadyBody>)>>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct PoolSettings {
    pub(crate) idle_timeout: Duration,
    pub(crate) max_idle_per_host: usize,
}

/// How many runtimes after the first are remembered. One that is forgotten loses nothing but its idle connections.
const LATER_RUNTIMES: usize = 8;

/// How often a server that owes an answer over HTTP/2 is asked whether it is there, and how long it has to say so. A dead connection
/// would otherwise stay in the pool and swallow every request, as a timed-out one does not close it.
const PING_INTERVAL: Duration = Duration::from_secs(5);
const PING_TIMEOUT: Duration = Duration::from_secs(5);

impl Pools {
    pub(crate) fn new(settings: PoolSettings, connector: Connector) -> Self {
        Self { settings, connector, first: OnceLock::new(), later: Mutex::default() }
    }

    pub(crate) fn connector(&self) -> &Connector {
        &self.connector
    }

    /// Hands `request` to the pool of the runtime that this is called in. Nothing is sent before the future is polled.
    pub(crate) fn start(&self, request: Request<ReadyBody>) -> Result<ResponseFuture, Error> {
        let id = Handle::try_current().map_err(|_| ErrorKind::NoRuntime)?.id();
        let (first, client) = self.first.get_or_init(|| (id, self.client()));
        if *first == id {
            return Ok(client.request(request));
        }
        // No panic can leave the list half changed.
        let mut later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match later.iter().position(|(known, _)| *known == id) {
            Some(at) => later.remove(at),
            None => None,
        };
        if later.len() >= LATER_RUNTIMES {
            later.pop_front();
        }
        let (id, client) = entry.unwrap_or_else(|| (id, self.client()));
        let response = client.request(request);
        later.push_back((id, client));
        Ok(response)
    }

    fn client(&self) -> Client<Connector, ReadyBody> {
        Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(self.settings.idle_timeout)
            .pool_max_idle_per_host(self.settings.max_idle_per_host)
            // Sends again what was never written because the kept-alive connection had been closed meanwhile; nothing else.
            .retry_canceled_requests(true)
            .http2_keep_alive_interval(PING_INTERVAL)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .build(self.connector.clone())
    }
}
