//! Runs the benchmarks and prints their tables. docs/benchmarks.md says what they measure and how to read them.

mod cache;
mod cold_start;
mod counts;
mod emulator;
mod loopback;
mod policy;
mod policy_check;
mod programs;
mod signing;
mod size;
mod statistics;
mod store;
mod wildcards;

use ali_sts_bench::Result;
use ali_sts_bench::machine::{CLIENT_CPU, pin};

const USAGE: &str = "\
usage: bench [TABLE…] [--rounds N] [--ms N]

  loopback     calls per second, CPU and memory of a client, 1, 16 and 256 calls at a time
  counts       allocations and instructions per call (the latter where valgrind is installed)
  cold-start   one process, one call
  signing      signatures, from what a caller gives to what travels
  policy       decisions of policies; with the feature `peers`, other engines too
  check        parsing and checking a policy of two kilobytes
  cache        the current credentials out of a cache; with the feature `smithy`, the AWS SDK's too
  store        a million sessions in a store
  wildcards    patterns, on usual and on hostile texts; with the feature `peers`, other matchers too
  emulator     AssumeRole by the emulator, beside a server that always says the same
  emulator-memory  what the emulator keeps after a million calls; only by name
  size         crates and stripped size of a minimal program, with ring and with aws-lc-rs

Without a name: all of them. --rounds: rounds of every table, default 7; --ms: how long a client of `loopback` is
measured, default 300. Figures worth keeping want a quiet machine, 15 rounds and 1000 ms.";

fn main() -> Result<()> {
    let (mut tables, mut rounds, mut milliseconds) = (Vec::new(), 7, 300);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<u64> { Ok(arguments.next().ok_or(USAGE)?.parse()?) };
        match argument.as_str() {
            "loopback" | "counts" | "cold-start" | "signing" | "policy" | "check" | "wildcards" | "size"
            | "cache" | "store" | "emulator" | "emulator-memory" => tables.push(argument),
            "--rounds" => rounds = number()?,
            "--ms" => milliseconds = number()?,
            _ => {
                println!("{USAGE}");
                return Ok(());
            }
        }
    }
    let wanted = |table: &str| tables.is_empty() || tables.iter().any(|name| name == table);

    // All that needs a compiler comes first and may use every CPU.
    if wanted("size") {
        size::table()?;
    }
    let clients = programs::clients()?;
    // Without calls there is no need of what makes them.
    let calls = ["loopback", "counts", "cold-start"].iter().any(|table| wanted(table));
    let oneshots = if calls { Some(programs::oneshots()?) } else { None };
    let server = ali_sts_bench::server::start()?;
    pin(CLIENT_CPU)?;
    if wanted("policy") {
        policy::table(&clients, rounds)?;
    }
    if wanted("check") {
        policy_check::table(rounds)?;
    }
    if wanted("wildcards") {
        wildcards::table(rounds)?;
    }
    if wanted("cache") {
        cache::table(&clients, rounds)?;
    }
    if wanted("store") {
        store::table(&clients)?;
    }
    if wanted("signing") {
        signing::all(&clients, rounds)?;
    }
    if let Some(oneshots) = oneshots.filter(|_| wanted("cold-start")) {
        cold_start::table(&oneshots, server, rounds)?;
    }
    if wanted("counts") {
        counts::table(&clients, server)?;
    }
    if wanted("loopback") {
        loopback::tables(&clients, server, rounds, milliseconds)?;
    }
    if wanted("emulator") {
        emulator::table(&clients, rounds)?;
    }
    // Minutes, and nothing that wavers from run to run.
    if tables.iter().any(|table| table == "emulator-memory") {
        emulator::memory(&clients)?;
    }
    Ok(())
}
