//! The current credentials out of a cache, by one thread and by two at once. What is compared is in `ali_sts_bench::cache`.

use crate::programs::Clients;
use crate::statistics::Spread;
use ali_sts_bench::Result;
use ali_sts_bench::cache::{Contender, contenders};
use ali_sts_bench::machine::{CLIENT_CPU, SERVER_CPU, pin};
use std::process::Command;
use std::sync::Barrier;
use std::time::Instant;

/// Calls between two readings of the clock.
const BATCH: u32 = 10_000;

pub fn table(clients: &Clients, rounds: u64) -> Result<()> {
    let counted = Command::new(clients.path("allocations")).arg("cache").output()?;
    let counted = String::from_utf8(counted.stdout)?;
    let contenders = contenders()?;
    let rounds = rounds * 5;
    println!("\n## The current credentials out of a cache\n");
    println!(
        "{rounds} rounds of {BATCH} calls a thread, wall time of a call, median (p10..p90). Expiry is checked by all.\n"
    );
    println!("| what | 1 thread, ns | 2 threads, ns | allocations |");
    println!("|---|---:|---:|---:|");
    let mut times = vec![[Vec::new(), Vec::new()]; contenders.len()];
    for round in 0..=rounds {
        for (contender, [alone, together]) in contenders.iter().zip(&mut times) {
            let (one, two) = (run(contender, 1)?, run(contender, 2)?);
            // The first round warms up.
            if round > 0 {
                alone.push(one);
                together.push(two);
            }
        }
    }
    for ((contender, [alone, together]), allocations) in contenders.iter().zip(times).zip(counted.lines()) {
        let [alone, together] = [alone, together].map(Spread::of);
        println!(
            "| {} | {:.1} ({:.1}..{:.1}) | {:.1} ({:.1}..{:.1}) | {allocations} |",
            contender.what, alone.median, alone.low, alone.high, together.median, together.low, together.high
        );
    }
    Ok(())
}

/// Nanoseconds of a call, with so many threads that make calls at the same time, each on a CPU of its own.
fn run(contender: &Contender, threads: usize) -> Result<f64> {
    let barrier = Barrier::new(threads);
    let measured = std::thread::scope(|scope| -> Result<Vec<f64>> {
        let running: Vec<_> = [CLIENT_CPU, SERVER_CPU]
            .into_iter()
            .take(threads)
            .map(|cpu| {
                let barrier = &barrier;
                scope.spawn(move || -> Result<f64> {
                    pin(cpu)?;
                    (contender.work)(100);
                    barrier.wait();
                    let start = Instant::now();
                    (contender.work)(BATCH);
                    Ok(start.elapsed().as_nanos() as f64 / f64::from(BATCH))
                })
            })
            .collect();
        running.into_iter().map(|thread| thread.join().map_err(|_| "a thread panicked")?).collect()
    })?;
    Ok(measured.iter().sum::<f64>() / measured.len() as f64)
}
