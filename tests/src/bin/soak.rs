//! A cache under load for as long as you like: `cargo run --release -p ali-sts-tests --bin soak -- --minutes 10`.
//!
//! Credentials of two seconds, 2,000 tasks, a provider that fails, hangs, panics and gives what has expired. Ends with 1 if
//! anything expired or mixed was handed out, or if memory grew.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program, which goes by the clock"
)]

use ali_sts::Clock;
use ali_sts_tests::soak::{Plan, Truth, cache, soak};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

const USAGE: &str = "usage: soak [--minutes N] [--tasks N]";
/// Of growth, between the first and the last sample: the allocator's, not ours.
const TOLERATED_KIB: u64 = 4096;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let (mut minutes, mut tasks) = (10, 2000);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok());
        match (argument.as_str(), value) {
            ("--minutes", Some(value)) => minutes = value,
            ("--tasks", Some(value)) => tasks = value,
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    // What the provider's panics print is known.
    std::panic::set_hook(Box::new(|_| {}));
    let plan = Plan {
        lifetime: Duration::from_secs(2),
        tasks,
        length: Duration::from_secs(60) * minutes,
        pause: Duration::from_millis(200),
        seed: 0x5eed,
    };
    let truth = Truth::new(SystemTime::now);
    let cached = cache(&plan, Clock::system(), &truth);
    let watch = tokio::spawn(async move {
        let mut samples = Vec::new();
        loop {
            tokio::time::sleep(Duration::from_secs(10)).await;
            samples.push(resident_kib());
            println!(
                "{} s: {} KiB resident",
                samples.len() * 10,
                samples.last().copied().unwrap_or_default()
            );
            if samples.len() as u64 * 10 >= u64::from(minutes) * 60 - 5 {
                return samples;
            }
        }
    });
    let (counts, stats) = soak(&plan, &cached, &truth).await;
    let samples = watch.await.unwrap_or_default();
    println!("{counts:?}\n{stats:?}");
    // The first ones are of a program that is still warming up.
    let (early, late) = (samples.get(2).or(samples.first()), samples.last());
    let grown = late.zip(early).map_or(0, |(late, early)| late.saturating_sub(*early));
    println!("memory grew by {grown} KiB from the third sample to the last");
    if counts.expired == 0 && counts.mixed == 0 && grown <= TOLERATED_KIB {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Where there is such a thing.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
