//! The cache under a model checker: every lock is a place where another task may come first. Schedules are tried at random,
//! and one after the other as far as they go.

use super::engine::{Answer, Engine, Lock, State};
use super::schedule::Windows;
use crate::clock::Clock;
use shuttle::future::{block_on, spawn, yield_now};
use shuttle::sync::Mutex;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use sts_types::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind};

/// Where another task may come first, and then the state. Nothing is switched while a panic unwinds: to all tasks of
/// the checker, which are one thread, it would look like a panic of their own.
struct Modelled<T> {
    switch: Mutex<()>,
    state: std::sync::Mutex<T>,
}

impl<T> Modelled<T> {
    fn new(state: T) -> Self {
        Self { switch: Mutex::new(()), state: std::sync::Mutex::new(state) }
    }
}

impl<T: Send + 'static> Lock<T> for Modelled<T> {
    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        if !std::thread::panicking() {
            drop(self.switch.lock().unwrap());
        }
        self.state.with(f)
    }
}

/// What the provider does, call by call; the last for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Give,
    Fail,
    Panic,
    /// Gives what has expired already.
    GiveExpired,
}

/// Notices when it is asked while it is being asked.
#[derive(Debug)]
struct Provider {
    acts: Vec<Act>,
    asked: AtomicU64,
    under_way: AtomicBool,
    time: Arc<AtomicU64>,
}

struct UnderWay<'a>(&'a AtomicBool);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

const HOUR: Duration = Duration::from_secs(3600);

impl ProvideCredentials for Provider {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        assert!(!self.under_way.swap(true, Ordering::Relaxed), "two refreshes at a time");
        let _under_way = UnderWay(&self.under_way);
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        yield_now().await;
        let act = self.acts.get(usize::try_from(number).unwrap()).or(self.acts.last()).unwrap();
        yield_now().await;
        let now = UNIX_EPOCH + Duration::from_secs(self.time.load(Ordering::Relaxed));
        let id = format!("id {number}");
        let given = Credentials::new(id.as_str(), format!("secret of {id}")).with_security_token(id.as_str());
        match act {
            Act::Give => Ok(given.with_expiration(now + HOUR)),
            Act::GiveExpired => Ok(given.with_expiration(now)),
            Act::Fail => {
                Err(ProviderError::new(ProviderErrorKind::Failed, "model", format!("failure {number}")))
            }
            Act::Panic => std::panic::panic_any("as told"),
        }
    }
}

type Model = Arc<Engine<Provider, Modelled<State>>>;

/// Seconds that are set, from which the cache's clock takes its time.
fn engine(acts: &[Act]) -> (Model, Arc<AtomicU64>) {
    let time = Arc::new(AtomicU64::new(1_000_000));
    let provider = Provider {
        acts: acts.to_vec(),
        asked: AtomicU64::new(0),
        under_way: AtomicBool::new(false),
        time: Arc::clone(&time),
    };
    let read = Arc::clone(&time);
    let clock = Clock::from_fn(move || -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(read.load(Ordering::Relaxed))
    });
    let windows = Windows { refresh: None, minimum: Duration::ZERO };
    (Arc::new(Engine::new(provider, clock, windows, HOUR, Modelled::new)), time)
}

/// The loop of `Cached::provide`, with the checker's tasks for tokio's.
async fn ask(engine: Model) -> Result<Credentials, ProviderError> {
    loop {
        if let Some(credentials) = engine.with_valid(0, Credentials::clone) {
            return Ok(credentials);
        }
        match engine.ask(0) {
            Answer::Serve(credentials) => return Ok(credentials),
            Answer::ServeAndFly(credentials, flight) => {
                spawn(async move { drop(flight.make().await) });
                return Ok(credentials);
            }
            Answer::FlyThenServe(flight) => {
                let id = flight.id;
                spawn(async move { drop(flight.make().await) });
                engine.wait(id).await;
            }
            Answer::WaitThenServe(flight) => drop(engine.wait(flight).await),
            Answer::Fly(flight) => {
                flight.make().await?;
                continue;
            }
            Answer::Wait(flight) => match engine.wait(flight).await {
                Some(failure) => return Err(failure),
                None => continue,
            },
            Answer::Refuse(error) => return Err(error),
        }
        if let Some((credentials, _)) = engine.as_it_is(0) {
            return Ok(credentials);
        }
    }
}

/// Polls a future so many times at most, and drops it: at each of its awaits, as the number goes up.
async fn give_up_after<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Pending if left > 0 => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            other => other.map(Some),
        }
    })
    .await
}

/// As a runtime does: a task that panics is a task that ends.
async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

/// Random schedules, schedules with few but well-placed switches, and all schedules up to a number.
fn check(model: impl Fn() + Send + Sync + 'static) {
    let model = Arc::new(model);
    let runs = 1000;
    for checker in [
        (|model, runs| shuttle::check_random(model, runs)) as fn(Box<dyn Fn() + Send + Sync>, usize),
        |model, runs| shuttle::check_pct(model, runs, 3),
        |model, runs| shuttle::check_dfs(model, Some(runs)),
    ] {
        let model = Arc::clone(&model);
        checker(Box::new(move || model()), runs);
    }
}

fn together(id: &Credentials) {
    let id_text = id.access_key_id();
    assert_eq!(id.access_key_secret().expose_secret(), format!("secret of {id_text}"));
    assert_eq!(id.security_token().unwrap().expose_secret(), id_text);
}

#[test]
fn all_who_ask_at_once_get_the_one_answer() {
    check(|| {
        block_on(async {
            let (engine, _) = engine(&[Act::Give]);
            let tasks: Vec<_> = (0..3).map(|_| spawn(ask(Arc::clone(&engine)))).collect();
            for task in tasks {
                let credentials = task.await.unwrap().unwrap();
                together(&credentials);
                assert_eq!(credentials.access_key_id(), "id 0");
            }
            assert_eq!(engine.provider.asked.load(Ordering::Relaxed), 1);
        });
    });
}

#[test]
fn all_who_wait_get_the_one_failure_and_the_next_asks_anew() {
    check(|| {
        block_on(async {
            let (engine, _) = engine(&[Act::Fail, Act::Fail, Act::Fail, Act::Give]);
            let tasks: Vec<_> = (0..3).map(|_| spawn(ask(Arc::clone(&engine)))).collect();
            let mut failures = HashSet::new();
            for task in tasks {
                failures.insert(task.await.unwrap().unwrap_err().to_string());
            }
            // Who came after the end of one flight made another; nobody asked twice, or for nothing.
            let asked = engine.provider.asked.load(Ordering::Relaxed);
            assert_eq!(u64::try_from(failures.len()).unwrap(), asked, "{failures:?}");
            while ask(Arc::clone(&engine)).await.is_err() {}
            assert_eq!(engine.provider.asked.load(Ordering::Relaxed), 4);
        });
    });
}

#[test]
fn whoever_gives_up_at_whatever_point_holds_nobody_up() {
    for polls in 0..5 {
        check(move || {
            block_on(async move {
                let (engine, _) = engine(&[Act::Give]);
                let gives_up = spawn(give_up_after(polls, ask(Arc::clone(&engine))));
                let also = spawn(give_up_after(polls + 1, ask(Arc::clone(&engine))));
                let stays = [(); 2].map(|()| spawn(ask(Arc::clone(&engine))));
                for task in stays {
                    together(&task.await.unwrap().unwrap());
                }
                let _ = (gives_up.await, also.await);
                assert!(engine.provider.asked.load(Ordering::Relaxed) <= 3);
                together(&ask(engine).await.unwrap());
            });
        });
    }
}

#[test]
fn a_panic_is_told_to_those_who_wait_and_the_next_asks_anew() {
    check(|| {
        block_on(async {
            let (engine, _) = engine(&[Act::Panic, Act::Give]);
            let tasks: Vec<_> = (0..3).map(|_| spawn(caught(ask(Arc::clone(&engine))))).collect();
            let mut panicked = 0;
            for task in tasks {
                match task.await.unwrap() {
                    None => panicked += 1,
                    Some(Ok(credentials)) => together(&credentials),
                    Some(Err(error)) => assert!(error.to_string().contains("panicked"), "{error}"),
                }
            }
            assert_eq!(panicked, 1);
            together(&ask(engine).await.unwrap());
        });
    });
}

#[test]
fn what_is_valid_is_served_while_one_task_refreshes() {
    for second in [Act::Give, Act::Fail, Act::GiveExpired] {
        check(move || {
            block_on(async move {
                let (engine, time) = engine(&[Act::Give, second]);
                ask(Arc::clone(&engine)).await.unwrap();
                // Within the refresh window, wherever it began.
                time.fetch_add(3400, Ordering::Relaxed);
                let tasks: Vec<_> = (0..3).map(|_| spawn(ask(Arc::clone(&engine)))).collect();
                for task in tasks {
                    let credentials = task.await.unwrap().unwrap();
                    together(&credentials);
                    let expected: &[_] = if second == Act::Give { &["id 0", "id 1"] } else { &["id 0"] };
                    assert!(expected.contains(&credentials.access_key_id()));
                }
                assert!(engine.provider.asked.load(Ordering::Relaxed) <= 2);
            });
        });
    }
}

#[test]
fn in_the_last_minute_all_wait_and_are_served_whatever_comes_of_it() {
    for second in [Act::Give, Act::Fail] {
        check(move || {
            block_on(async move {
                let (engine, time) = engine(&[Act::Give, second]);
                ask(Arc::clone(&engine)).await.unwrap();
                time.fetch_add(3590, Ordering::Relaxed);
                let tasks: Vec<_> = (0..3).map(|_| spawn(ask(Arc::clone(&engine)))).collect();
                for task in tasks {
                    let credentials = task.await.unwrap().unwrap();
                    let expected = if second == Act::Give { "id 1" } else { "id 0" };
                    assert_eq!(credentials.access_key_id(), expected);
                }
                assert_eq!(engine.provider.asked.load(Ordering::Relaxed), 2);
                // Ten seconds on, what failed to be replaced has expired.
                time.fetch_add(10, Ordering::Relaxed);
                assert_eq!(ask(engine).await.is_ok(), second == Act::Give);
            });
        });
    }
}

#[test]
fn what_is_refused_is_dropped_once_however_many_say_so() {
    check(|| {
        block_on(async {
            let (engine, time) = engine(&[Act::Give]);
            let first = ask(Arc::clone(&engine)).await.unwrap();
            time.fetch_add(10, Ordering::Relaxed);
            let tasks: Vec<_> = (0..3)
                .map(|_| {
                    let (engine, first) = (Arc::clone(&engine), first.clone());
                    spawn(async move {
                        engine.reject(&first);
                        ask(engine).await.unwrap()
                    })
                })
                .collect();
            for task in tasks {
                assert_eq!(task.await.unwrap().access_key_id(), "id 1");
            }
            assert_eq!((engine.provider.asked.load(Ordering::Relaxed), engine.stats().invalidations), (2, 1));
        });
    });
}
