//! The cache's moving parts: what is handed out, the [`Machine`] behind a lock, and those who wait.

use super::machine::{FlightId, Machine, Refusal, Step};
use super::schedule::{Millis, NEVER, Schedule, Windows};
use super::stats::CacheStats;
use crate::client::signing::are_same;
use crate::clock::{self, Clock, millis, since_1970};
use crate::nonce::jitter;
use arc_swap::ArcSwapOption;
use slab::Slab;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use sts_types::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout};

/// What is behind a lock. The model checker brings a lock of its own.
pub(super) trait Lock<T>: Send + Sync + 'static {
    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R;
}

impl<T: Send + 'static> Lock<T> for Mutex<T> {
    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        // Nobody panics while it is held, and it would be whole all the same.
        f(&mut self.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(super) struct Engine<P, L = Mutex<State>> {
    pub(super) provider: P,
    pub(super) clock: Clock,
    /// INVARIANT: there is an entry exactly while the machine holds something. Changed under the lock, read without.
    slot: ArcSwapOption<Entry>,
    state: L,
    windows: Windows,
    /// How long a flight may take.
    timeout: Duration,
}

/// What is handed out.
struct Entry {
    credentials: Credentials,
    expires: Millis,
    /// How long readers may go by the wall clock alone.
    unchecked: Millis,
    /// Until then readers take it without a lock: the machine's [`served_until`](Machine::served_until).
    due: AtomicI64,
    /// When, by the wall clock, somebody last looked at the monotonic one.
    checked: AtomicI64,
    /// By how much the wall clock was behind then.
    behind: AtomicI64,
}

/// What only the slow path sees.
#[derive(Default)]
pub(super) struct State {
    machine: Machine,
    /// For the flight that is under way; emptied when it ends.
    waiting: Slab<Waker>,
    /// The last flight that was made to its end, and its failure.
    ended: FlightId,
    failure: Option<ProviderError>,
    /// When what is held was given, by the monotonic clock.
    anchor: Option<Instant>,
    stats: CacheStats,
}

/// The same moment by the wall clock and by the cache's own time: see [`Engine::now`].
#[derive(Clone, Copy)]
struct Now {
    wall: Millis,
    time: Millis,
}

/// What somebody who wants credentials gets.
pub(super) enum Answer<P: ProvideCredentials, L: Lock<State>> {
    Serve(Credentials),
    ServeAndFly(Credentials, Flight<P, L>),
    FlyThenServe(Flight<P, L>),
    WaitThenServe(FlightId),
    Fly(Flight<P, L>),
    Wait(FlightId),
    Refuse(ProviderError),
}

impl Entry {
    fn is_valid(&self, wall: Millis, needed: Millis) -> bool {
        // Later than `behind` and `due`, so that what comes with it is seen.
        let since = wall.wrapping_sub(self.checked.load(Ordering::Acquire));
        let time = wall.saturating_add(self.behind.load(Ordering::Relaxed));
        (0..self.unchecked).contains(&since)
            && time < self.due.load(Ordering::Relaxed)
            && (needed == 0 || self.expires.saturating_sub(time) >= needed)
    }
}

impl<P: ProvideCredentials, L: Lock<State>> Engine<P, L> {
    pub(super) fn new(
        provider: P,
        clock: Clock,
        windows: Windows,
        timeout: Duration,
        lock: fn(State) -> L,
    ) -> Self {
        let engine = Self {
            slot: ArcSwapOption::empty(),
            state: lock(State::default()),
            provider,
            clock,
            windows,
            timeout,
        };
        if let Some(fixed) = engine.provider.fixed_credentials() {
            let fixed = fixed.clone();
            // Fixed ones that have expired are told by whoever asks for them.
            let _ = engine.state.with(|state| engine.land(state, fixed, engine.now(state)));
        }
        engine
    }

    /// The path that all but a few calls take. A fixed number of steps, whatever others do.
    #[inline]
    pub(super) fn with_valid<R>(&self, needed: Millis, f: impl FnOnce(&Credentials) -> R) -> Option<R> {
        let slot = self.slot.load();
        let entry = slot.as_ref()?;
        entry.is_valid(self.clock.coarse_millis(), needed).then(|| f(&entry.credentials))
    }

    /// The cache's time: what the wall clock says, corrected by what the service's answers taught; or, if the monotonic
    /// clock says that more time went by since the credentials were given, that. The former goes on while the machine sleeps,
    /// the latter is not set back; going by the later of the two hands out nothing for too long.
    fn now(&self, state: &State) -> Now {
        let wall = self.clock.coarse_millis();
        let at_least = state.machine.held().zip(state.anchor).map_or(Millis::MIN, |(held, anchor)| {
            held.given.saturating_add(millis(clock::instant().saturating_duration_since(anchor)))
        });
        Now { wall, time: wall.max(at_least) }
    }

    pub(super) fn ask(self: &Arc<Self>, needed: Millis) -> Answer<P, L> {
        let flight = |id| Flight { engine: Arc::clone(self), id, landed: false };
        self.state.with(|state| {
            let now = self.now(state);
            let step = state.machine.ask(now.time, needed);
            self.publish(state, now);
            // INVARIANT: whenever the machine serves it holds something, and so does the slot.
            let held = || self.slot.load().as_ref().map(|entry| entry.credentials.clone());
            match (step, held()) {
                (Step::Serve, Some(credentials)) => Answer::Serve(credentials),
                (Step::ServeAndFly(id), Some(credentials)) => Answer::ServeAndFly(credentials, flight(id)),
                (Step::FlyThenServe(id), _) => Answer::FlyThenServe(flight(id)),
                (Step::WaitThenServe(id), _) => Answer::WaitThenServe(id),
                (Step::Fly(id) | Step::ServeAndFly(id), _) => Answer::Fly(flight(id)),
                (Step::Wait(id), _) => Answer::Wait(id),
                (Step::Refuse(refusal), _) => Answer::Refuse(self.refusal(state, refusal)),
                (Step::Serve, None) => Answer::Refuse(self.error("the cache lost its credentials")),
            }
        })
    }

    /// What is held, if it is still valid, whatever is due; and for how long it is handed out.
    pub(super) fn as_it_is(&self, needed: Millis) -> Option<(Credentials, Duration)> {
        self.state.with(|state| {
            let now = self.now(state);
            self.publish(state, now);
            let held = state.machine.held().filter(|held| now.time < held.last)?;
            let enough = held.expires == NEVER || held.expires.saturating_sub(now.time) >= needed;
            let credentials = self.slot.load().as_ref().filter(|_| enough)?.credentials.clone();
            Some((credentials, duration(held.last.saturating_sub(now.time))))
        })
    }

    /// The flight that is under way, or how long it is until the next is due.
    pub(super) fn next_flight(&self) -> Result<FlightId, Duration> {
        self.state.with(|state| match state.machine.next_flight() {
            Ok(flight) => Ok(flight),
            Err(due) => Err(duration(due.saturating_sub(self.now(state).time))),
        })
    }

    /// Waits until the flight has ended: its failure, if it failed.
    pub(super) fn wait(&self, flight: FlightId) -> Waiter<'_, P, L> {
        self.state.with(|state| state.stats.waits += 1);
        Waiter { engine: self, flight, place: None }
    }

    /// A service refused these: whether they are what is held, and are dropped.
    pub(super) fn reject(&self, rejected: &Credentials) -> bool {
        self.state.with(|state| {
            let now = self.now(state);
            let held = self.slot.load().as_ref().is_some_and(|entry| are_same(&entry.credentials, rejected));
            let dropped = held && state.machine.reject(now.time);
            if dropped {
                self.slot.store(None);
                state.anchor = None;
                state.stats.invalidations += 1;
            }
            dropped
        })
    }

    pub(super) fn stats(&self) -> CacheStats {
        self.state.with(|state| state.stats)
    }

    /// Asks the provider, within the flight's time where there is a timer.
    async fn load(&self) -> Result<Credentials, ProviderError> {
        let provided = self.provider.provide_credentials();
        if Handle::try_current().is_err() {
            return provided.await;
        }
        match timeout(self.timeout, provided).await {
            Ok(result) => result,
            Err(_) => Err(self.error("the provider did not answer in time")),
        }
    }

    /// The flight is over: `None` when it was given up.
    fn end(
        &self,
        flight: FlightId,
        result: Option<Result<Credentials, ProviderError>>,
    ) -> Result<(), ProviderError> {
        let (outcome, waiting) = self.state.with(|state| {
            let now = self.now(state);
            let outcome = match result {
                Some(Ok(credentials)) => self.land(state, credentials, now),
                Some(Err(error)) => {
                    state.machine.fail(now.time, jitter());
                    Err(error)
                }
                None => {
                    state.machine.abandon();
                    state.stats.abandoned += 1;
                    self.publish(state, now);
                    return (Ok(()), std::mem::take(&mut state.waiting));
                }
            };
            state.stats.count(&outcome);
            (state.ended, state.failure) = (flight, outcome.as_ref().err().cloned());
            self.publish(state, now);
            (outcome, std::mem::take(&mut state.waiting))
        });
        // Not under the lock: who is woken may come at once.
        waiting.into_iter().for_each(|(_, waker)| waker.wake());
        outcome
    }

    /// Takes over what the provider gave.
    fn land(&self, state: &mut State, credentials: Credentials, now: Now) -> Result<(), ProviderError> {
        let expiration = credentials.expiration().map(since_1970);
        // By the wall clock: what the clocks differed by was so for the credentials of before.
        let schedule = Schedule::new(&self.windows, now.wall, expiration, jitter());
        if !state.machine.land(now.wall, schedule, jitter()) {
            return Err(self.error(if self.windows.minimum.is_zero() {
                "the credentials have expired already; is this machine's clock right?"
            } else {
                "the credentials are valid for less than the minimum validity; is this machine's clock right?"
            }));
        }
        state.anchor = Some(clock::instant());
        self.slot.store(Some(Arc::new(Entry {
            unchecked: unchecked(&schedule),
            expires: schedule.expires,
            due: AtomicI64::new(schedule.advise),
            checked: AtomicI64::new(now.wall),
            behind: AtomicI64::new(0),
            credentials,
        })));
        Ok(())
    }

    /// Tells the readers until when they need not come here.
    fn publish(&self, state: &State, now: Now) {
        let slot = self.slot.load();
        if let (Some(entry), Some(due)) = (slot.as_ref(), state.machine.served_until()) {
            entry.due.store(due, Ordering::Relaxed);
            entry.behind.store(now.time.saturating_sub(now.wall), Ordering::Relaxed);
            entry.checked.store(now.wall, Ordering::Release);
        }
    }

    fn refusal(&self, state: &State, refusal: Refusal) -> ProviderError {
        match (refusal, &state.failure) {
            (Refusal::BackingOff, Some(failure)) => failure.clone(),
            (Refusal::BackingOff, None) => self.error("a refresh has just failed"),
            (Refusal::TooShort(lifetime), _) => {
                let seconds = lifetime / 1000;
                self.error(format!("its credentials are valid for {seconds} s when new; ask for less"))
            }
        }
    }

    fn error(&self, message: impl Into<std::borrow::Cow<'static, str>>) -> ProviderError {
        ProviderError::new(ProviderErrorKind::Failed, "the cached provider", message)
    }
}

/// How long readers may go by the wall clock alone: short enough that a clock that is set back by less does no harm.
fn unchecked(schedule: &Schedule) -> Millis {
    const MOST: Millis = 60_000;
    match schedule.expires {
        NEVER => NEVER,
        _ => (schedule.last.saturating_sub(schedule.given) / 16).clamp(1, MOST),
    }
}

fn duration(left: Millis) -> Duration {
    Duration::from_millis(u64::try_from(left).unwrap_or_default())
}

/// A refresh: whoever holds it makes it. Dropped before its end, it is given up, and whoever comes next makes another.
pub(super) struct Flight<P: ProvideCredentials, L: Lock<State>> {
    engine: Arc<Engine<P, L>>,
    pub(super) id: FlightId,
    landed: bool,
}

impl<P: ProvideCredentials, L: Lock<State>> Flight<P, L> {
    /// Asks the provider, and tells everybody who waits.
    pub(super) async fn make(mut self) -> Result<(), ProviderError> {
        let result = self.engine.load().await;
        if let Err(error) = &result {
            tracing::warn!(%error, kind = ?error.kind(), "credentials could not be refreshed");
        }
        self.landed = true;
        let outcome = self.engine.end(self.id, Some(result));
        if outcome.is_ok() {
            tracing::debug!("credentials refreshed");
        }
        outcome
    }
}

impl<P: ProvideCredentials, L: Lock<State>> Drop for Flight<P, L> {
    fn drop(&mut self) {
        if !self.landed {
            // Those who wait for a provider that panics would panic one after the other.
            let panicked = std::thread::panicking()
                .then(|| Err(self.engine.error("the provider panicked; see the panic's own message")));
            // Whoever made it is not there to be told.
            let _ = self.engine.end(self.id, panicked);
        }
    }
}

/// Somebody who waits for a flight.
pub(super) struct Waiter<'a, P: ProvideCredentials, L: Lock<State>> {
    engine: &'a Engine<P, L>,
    flight: FlightId,
    /// INVARIANT: a key of `waiting` while the flight is under way.
    place: Option<usize>,
}

impl<P: ProvideCredentials, L: Lock<State>> Future for Waiter<'_, P, L> {
    type Output = Option<ProviderError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut waker = context.waker().clone();
        self.engine.state.with(|state| {
            if !state.machine.is_under_way(self.flight) {
                // The failure of a later one is this one's as well, if it was given up and nothing came of it.
                let is_mine = state.ended == self.flight;
                let is_ours = is_mine || (state.ended > self.flight && state.machine.held().is_none());
                return Poll::Ready(state.failure.clone().filter(|_| is_ours));
            }
            match self.place.and_then(|place| state.waiting.get_mut(place)) {
                // What is swapped out is dropped after the lock: there may be a whole task behind it.
                Some(place) => std::mem::swap(place, &mut waker),
                None => self.place = Some(state.waiting.insert(waker.clone())),
            }
            Poll::Pending
        })
    }
}

impl<P: ProvideCredentials, L: Lock<State>> Drop for Waiter<'_, P, L> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            let waker = self.engine.state.with(|state| {
                let waits = state.machine.is_under_way(self.flight);
                waits.then(|| state.waiting.try_remove(place)).flatten()
            });
            drop(waker);
        }
    }
}
