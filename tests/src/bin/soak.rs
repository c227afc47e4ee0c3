//! A cache under load for as long as you like: `cargo run --release -p ali-sts-tests --bin soak -- --minutes 10`.
//!
//! Credentials of two seconds, 2,000 tasks, a provider that fails, hangs, panics and gives what has expired. Ends with 1 if
//! anything expired or mixed was handed out, or if memory grew. With `--emulator` the provider is a credentials URI of the
//! emulator, which has a fault every other second.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program, which goes by the clock"
)]

use ali_sts::Clock;
use ali_sts::provider::{CacheStats, Cached, CredentialsUri};
use ali_sts_tests::soak::{Counts, Plan, Remembered, Truth, Wholeness, cache, soak};
use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};
use sts_emulator::{Emulator, Fault};

const USAGE: &str = "usage: soak [--emulator] [--minutes N] [--tasks N]";
/// Of growth in the second half: the allocator's, not ours.
const TOLERATED_KIB: u64 = 4096;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let (mut minutes, mut tasks, mut is_of_emulator) = (10, 2000, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--emulator" {
            is_of_emulator = true;
            continue;
        }
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
    let (counts, stats) = if is_of_emulator {
        match of_emulator(&plan, &truth).await {
            Ok(done) => done,
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        }
    } else {
        let cached = cache(&plan, Clock::system(), &truth);
        soak(&plan, &cached, &truth, &Wholeness::by_number()).await
    };
    let samples = watch.await.unwrap_or_default();
    println!("{counts:?}\n{stats:?}");
    // Before, buffers are still filled: of the allocator, and of the emulator's trail.
    let (early, late) = (samples.get(samples.len() / 2), samples.last());
    let grown = late.zip(early).map_or(0, |(late, early)| late.saturating_sub(*early));
    println!("memory grew by {grown} KiB in the second half");
    if counts.expired == 0 && counts.mixed == 0 && grown <= TOLERATED_KIB {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Over the emulator's credentials URI, which has a fault every other second.
async fn of_emulator(plan: &Plan, truth: &Truth) -> Result<(Counts, CacheStats), Box<dyn Error>> {
    let emulator = Emulator::builder().all_services().lent_lifetime(plan.lifetime).start().await?;
    let uri = emulator.credentials_uri().ok_or("no credentials URI")?;
    let (source, wholeness) = Remembered::new(CredentialsUri::new(uri));
    let cached = Cached::builder(source).timeout(plan.lifetime / 4).build();
    let faults = async {
        let mut number = 0_usize;
        loop {
            let fault = match number % 8 {
                0 => Fault::error(500, "InternalError").times(3),
                1 => Fault::reset().times(2),
                2 => Fault::latency(plan.lifetime).times(1),
                3 => Fault::truncated().times(2),
                4 => Fault::garbled().times(2),
                5 => Fault::huge(32 << 20).times(1),
                6 => Fault::reset_in_body().times(2),
                // Out of order for longer than a lifetime.
                _ => Fault::error(503, "ServiceUnavailable"),
            };
            emulator.inject(fault);
            tokio::time::sleep(plan.lifetime * if number % 8 == 7 { 2 } else { 1 }).await;
            emulator.clear_faults();
            number += 1;
        }
    };
    tokio::select! {
        () = faults => Err("the faults ended".into()),
        done = soak(plan, &cached, truth, &wholeness) => Ok(done),
    }
}

/// Where there is such a thing.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
