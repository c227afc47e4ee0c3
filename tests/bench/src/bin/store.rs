//! A million sessions kept, by a store of ours or by moka alone: bytes a session, and hits by one and by two threads. One
//! process each, so that memory is nobody else's.

use ali_sts::provider::SessionStore;
use ali_sts::{AssumeRole, Client, Credentials, HttpError, SendRequest};
use ali_sts_bench::Result;
use ali_sts_bench::machine::{CLIENT_CPU, SERVER_CPU, pin, resident_memory_kib};
use bytes::Bytes;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

const SESSIONS: u64 = 1_000_000;
/// Asked for again and again, far apart in memory.
const ASKED: u64 = 4096;
const HITS: u32 = 200_000;
const ROLE: &str = "acs:ram::123456789012:role/app";
/// As long as those that the service issues, more or less.
const TOKEN: usize = 700;

/// Grants everything, each time another session.
struct Grants(AtomicU64);

impl SendRequest for Grants {
    async fn send_request(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let (id, secret, token) = parts(self.0.fetch_add(1, Ordering::Relaxed));
        let body = format!(
            r#"{{"RequestId":"r","AssumedRoleUser":{{"AssumedRoleId":"1:a","Arn":"acs:ram::1:role/a"}},"Credentials":{{"AccessKeyId":"{id}","AccessKeySecret":"{secret}","SecurityToken":"{token}","Expiration":"2099-01-01T00:00:00Z"}}}}"#
        );
        Ok(http::Response::new(Bytes::from(body)))
    }
}

fn parts(number: u64) -> (String, String, String) {
    (format!("STS.NT{number:022}"), format!("{number:044}"), format!("{number:0TOKEN$}"))
}

fn name(number: u64) -> String {
    format!("user-{number}")
}

fn main() -> Result<()> {
    let outcome = match std::env::args().nth(1).as_deref() {
        Some("ours") => ours(false)?,
        Some("ours-built") => ours(true)?,
        Some("moka") => moka()?,
        _ => return Err("arguments: ours|ours-built|moka".into()),
    };
    println!("{outcome}");
    Ok(())
}

fn ours(built: bool) -> Result<String> {
    let sts =
        Client::builder().credentials(Credentials::new("id", "secret")).transport(Grants(AtomicU64::new(0)));
    let store = SessionStore::builder(sts.build()?)
        .max_sessions(usize::try_from(SESSIONS)? * 11 / 10)
        .max_per_second(NonZeroU32::MAX)
        .build();
    let request = |number| -> AssumeRole<SessionStore> { store.assume_role(ROLE).session_name(name(number)) };
    let runtime = runtime();
    let before = resident_memory_kib()?;
    runtime.block_on(async {
        for number in 0..SESSIONS {
            request(number).credentials().await?;
        }
        Ok::<_, ali_sts::Error>(())
    })?;
    let memory = resident_memory_kib()? - before;
    let kept = store.len();
    let asked: Vec<_> = numbers().map(request).collect();
    let hits = |times: u32| {
        self::runtime().block_on(async {
            for number in (0..).zip(0..times).map(|(number, _): (usize, u32)| number * 7 % asked.len()) {
                let credentials = if built {
                    request(u64::try_from(number).unwrap_or_default()).credentials().await
                } else {
                    asked[number].credentials().await
                };
                black_box(credentials.expect("a session"));
            }
        });
    };
    report(memory, kept, hits)
}

fn moka() -> Result<String> {
    let cache = moka::sync::Cache::builder()
        .max_capacity(SESSIONS * 11 / 10)
        .time_to_live(Duration::from_secs(3600))
        .build();
    let before = resident_memory_kib()?;
    for number in 0..SESSIONS {
        let (id, secret, token) = parts(number);
        let expiration = SystemTime::now() + Duration::from_secs(3600);
        let credentials = Credentials::new(id, secret).with_security_token(token).with_expiration(expiration);
        cache.insert((ROLE.to_owned(), name(number)), credentials);
    }
    cache.run_pending_tasks();
    let memory = resident_memory_kib()? - before;
    let kept = usize::try_from(cache.entry_count())?;
    let asked: Vec<_> = numbers().map(|number| (ROLE.to_owned(), name(number))).collect();
    let hits = |times: u32| {
        for number in (0..).zip(0..times).map(|(number, _): (usize, u32)| number * 7 % asked.len()) {
            black_box(cache.get(&asked[number]).expect("a session"));
        }
    };
    report(memory, kept, hits)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime")
}

fn numbers() -> impl Iterator<Item = u64> {
    (0..ASKED).map(|number| number * (SESSIONS / ASKED))
}

/// Bytes a session, and nanoseconds a hit by one thread and by two; the best of five.
fn report(memory_kib: u64, kept: usize, hits: impl Fn(u32) + Sync) -> Result<String> {
    let nanoseconds = |threads| -> Result<f64> {
        let mut best = f64::INFINITY;
        for _ in 0..5 {
            let barrier = Barrier::new(threads);
            let times = std::thread::scope(|scope| -> Result<Vec<f64>> {
                let running: Vec<_> = [CLIENT_CPU, SERVER_CPU][..threads]
                    .iter()
                    .map(|cpu| {
                        let (barrier, hits) = (&barrier, &hits);
                        scope.spawn(move || -> Result<f64> {
                            pin(*cpu)?;
                            hits(1000);
                            barrier.wait();
                            let start = Instant::now();
                            hits(HITS);
                            Ok(start.elapsed().as_nanos() as f64 / f64::from(HITS))
                        })
                    })
                    .collect();
                running.into_iter().map(|thread| thread.join().map_err(|_| "a thread panicked")?).collect()
            })?;
            best = best.min(times.iter().sum::<f64>() / times.len() as f64);
        }
        Ok(best)
    };
    let (one, two) = (nanoseconds(1)?, nanoseconds(2)?);
    let hits = |nanoseconds: f64, threads: f64| threads * 1e3 / nanoseconds;
    Ok(format!(
        "{:.0} | {one:.0} | {two:.0} | {:.2} | {:.2} | {kept}",
        memory_kib as f64 * 1024.0 / SESSIONS as f64,
        hits(one, 1.0),
        hits(two, 2.0),
    ))
}
