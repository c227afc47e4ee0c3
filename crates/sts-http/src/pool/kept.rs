//! The connections that one runtime keeps.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Uri;
use http::uri::{Authority, Scheme};
use tokio::time::Instant;

use super::{PoolSettings, reaper};
use crate::clock;
use crate::h2::Shared;
use crate::stream::Stream;

/// A connection on which a request can be sent.
pub(crate) enum Connection {
    /// HTTP/1.1: whoever took it has it alone.
    Own(Stream),
    /// HTTP/2: a handle, of which there may be many.
    Shared(Shared),
}

/// Idle connections by host, bounded in number, each for a bounded time.
pub(crate) struct Pool {
    settings: PoolSettings,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Searched one by one: a client speaks to a few hosts.
    hosts: Vec<Host>,
    /// Whether a task is there that closes what is idle for too long.
    reaper: bool,
}

struct Host {
    https: bool,
    authority: Authority,
    /// The one that was used last comes last and is taken first, so that those too many grow old.
    idle: Vec<(Instant, Stream)>,
    shared: Option<(Instant, Shared)>,
}

impl Pool {
    pub(super) fn new(settings: PoolSettings) -> Self {
        Self { settings, state: Mutex::default() }
    }

    /// A connection to the host of `uri`, if one is kept.
    pub(crate) fn take(&self, uri: &Uri, now: Instant) -> Option<Connection> {
        let mut old = Vec::new();
        let mut state = self.lock();
        let host = state.hosts.iter_mut().find(|host| host.is_of(uri))?;
        if let Some((used, shared)) = &mut host.shared {
            if !shared.is_closed() {
                *used = now;
                return Some(Connection::Shared(shared.clone()));
            }
            host.shared = None;
        }
        let (since, stream) = host.idle.pop()?;
        if !self.is_old(since, now) {
            return Some(Connection::Own(stream));
        }
        // So are those before it.
        std::mem::swap(&mut old, &mut host.idle);
        // Closing is system calls.
        drop(state);
        None
    }

    /// Takes a connection back on which another request can be sent now.
    pub(crate) fn give_back(self: &Arc<Self>, uri: &Uri, connection: Connection) {
        // One that is shared has never left.
        if let Connection::Own(stream) = connection
            && self.keeps_any()
        {
            self.keep(uri, |host, now| host.idle.push((now, stream)));
        }
    }

    /// Keeps an HTTP/2 connection that was just made, unless another call was quicker. Returns the one to use.
    pub(crate) fn share(self: &Arc<Self>, uri: &Uri, made: Shared) -> Shared {
        if !self.keeps_any() {
            return made;
        }
        let mut chosen = made;
        self.keep(uri, |host, now| match &host.shared {
            Some((_, other)) if !other.is_closed() => chosen = other.clone(),
            _ => host.shared = Some((now, chosen.clone())),
        });
        chosen
    }

    fn keeps_any(&self) -> bool {
        self.settings.max_idle_per_host > 0 && !self.settings.idle_timeout.is_zero()
    }

    fn keep(self: &Arc<Self>, uri: &Uri, put: impl FnOnce(&mut Host, Instant)) {
        let Some(authority) = uri.authority() else { return };
        let now = clock::now();
        let mut state = self.lock();
        let at = state.hosts.iter().position(|host| host.is_of(uri)).unwrap_or_else(|| {
            let authority = authority.clone();
            state.hosts.push(Host { https: is_https(uri), authority, idle: Vec::new(), shared: None });
            state.hosts.len() - 1
        });
        let Some(host) = state.hosts.get_mut(at) else { return };
        put(host, now);
        let one_too_many = host.idle.len() > self.settings.max_idle_per_host;
        // The one that has been idle for longest.
        let surplus = one_too_many.then(|| host.idle.remove(0));
        let begins = !std::mem::replace(&mut state.reaper, true);
        drop(state);
        drop(surplus);
        if begins {
            reaper::start(self, self.end_of(now));
        }
    }

    /// Closes what has been idle for too long. When to come again, or `None` when nothing is kept: then there is no reaper any more.
    pub(super) fn sweep(&self, now: Instant) -> Option<Instant> {
        let mut old = Vec::new();
        let mut state = self.lock();
        for host in &mut state.hosts {
            let young = host.idle.partition_point(|(since, _)| self.is_old(*since, now));
            old.extend(host.idle.drain(..young).map(|(_, stream)| stream));
            // A call that is still going on has a handle of its own.
            host.shared.take_if(|(used, shared)| shared.is_closed() || self.is_old(*used, now));
        }
        state.hosts.retain(|host| !host.idle.is_empty() || host.shared.is_some());
        let oldest = state.hosts.iter().filter_map(Host::oldest).min();
        state.reaper = oldest.is_some();
        drop(state);
        oldest.map(|since| self.end_of(since))
    }

    /// Closes everything: the runtime is about to end.
    pub(super) fn close(&self) {
        let state = std::mem::take(&mut *self.lock());
        drop(state);
    }

    fn is_old(&self, since: Instant, now: Instant) -> bool {
        now.saturating_duration_since(since) >= self.settings.idle_timeout
    }

    fn end_of(&self, since: Instant) -> Instant {
        since.checked_add(self.settings.idle_timeout).unwrap_or_else(|| since + clock::NEVER)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic leaves it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host {
    fn is_of(&self, uri: &Uri) -> bool {
        let Some(authority) = uri.authority() else { return false };
        let (ours, theirs) = (self.authority.as_str(), authority.as_str());
        // A client that has one URI for all requests shares its memory.
        let same = std::ptr::eq(ours, theirs) || ours.eq_ignore_ascii_case(theirs);
        same && self.https == is_https(uri)
    }

    fn oldest(&self) -> Option<Instant> {
        let idle = self.idle.first().map(|(since, _)| *since);
        idle.into_iter().chain(self.shared.as_ref().map(|(used, _)| *used)).min()
    }
}

fn is_https(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}
