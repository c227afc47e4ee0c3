//! Signatures, against the hash alone. What is compared is in `ali_sts_bench::signing`.

use crate::programs::Clients;
use crate::statistics::Spread;
use ali_sts_bench::Result;
use ali_sts_bench::machine::cpu_of_thread;
use ali_sts_bench::signing::{Case, tables};
use std::process::Command;

/// Signatures between two readings of the clock: about a millisecond.
const BATCH: u32 = 1000;

pub fn all(clients: &Clients, rounds: u64) -> Result<()> {
    let rounds = rounds * 20;
    let counted = Command::new(clients.path("allocations")).arg("signing").output()?;
    let counted = String::from_utf8(counted.stdout)?;
    let mut allocations = counted.lines();
    for table in tables()? {
        println!("\n## {}\n", table.title);
        println!(
            "{rounds} rounds of {BATCH}: thread CPU time, ratios to the floor of the same round (p10..p90). The floor: {}.\n",
            table.floor
        );
        println!(
            "| case | hashed B | what | ns, best | ns, median | x floor | x floor, best to best | allocations |"
        );
        println!("|---|---:|---|---:|---:|---:|---:|---:|");
        for case in table.cases {
            rows(case, rounds, &mut allocations)?;
        }
    }
    Ok(())
}

fn rows<'a>(mut case: Case, rounds: u64, allocations: &mut impl Iterator<Item = &'a str>) -> Result<()> {
    let mut nanoseconds = vec![Vec::new(); case.contenders.len()];
    for round in 0..=rounds {
        for (contender, all) in case.contenders.iter_mut().zip(&mut nanoseconds) {
            let time = batch(&mut contender.work);
            // The first round warms up.
            if round > 0 {
                all.push(time);
            }
        }
    }
    let best = |all: &[f64]| all.iter().copied().fold(f64::INFINITY, f64::min);
    let floor = nanoseconds.first().ok_or("no floor")?;
    for (contender, all) in case.contenders.iter().zip(&nanoseconds) {
        println!(
            "| {} | {} | {} | {:.0} | {:.0} | {} | {:.2} | {} |",
            case.name,
            case.hashed,
            contender.what,
            best(all),
            Spread::of(all.iter().copied()).median,
            Spread::of_ratios(all, floor),
            best(all) / best(floor),
            allocations.next().ok_or("too few counts of allocations")?,
        );
    }
    Ok(())
}

/// Nanoseconds of one.
fn batch(work: &mut dyn FnMut()) -> f64 {
    let start = cpu_of_thread();
    for _ in 0..BATCH {
        work();
    }
    (cpu_of_thread() - start).as_nanos() as f64 / f64::from(BATCH)
}
