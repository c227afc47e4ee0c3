//! What can be counted instead of timed: allocations and instructions of one call.

use crate::programs::Clients;
use ali_sts_bench::Result;
use ali_sts_bench::closed_loop::{Length, Plan};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// The counts hardly depend on how many calls are made at a time.
const WIDTH: u64 = 16;
const CALLS: u64 = 1024;

pub fn table(clients: &Clients, server: SocketAddr) -> Result<()> {
    println!(
        "\n## Counts per call, {WIDTH} at a time, the difference of runs of {CALLS} and {} calls\n",
        2 * CALLS
    );
    println!("| client | allocations | bytes asked for | instructions | of which SHA-1 in software |");
    println!("|---|---:|---:|---:|---:|");
    for name in ["floor", "ours", "raw"] {
        let plan = |calls| Plan { server, width: WIDTH, length: Length::Calls(calls) };
        let counted =
            Command::new(clients.path("allocations")).arg(name).args(plan(CALLS).arguments()).output()?;
        let counted = String::from_utf8(counted.stdout)?;
        let (allocations, bytes) = counted.trim().split_once(' ').ok_or("nothing was counted")?;
        let per_call = |only: Option<&str>| -> Result<String> {
            let count = |calls| instructions(only, &clients.path(name), &plan(calls));
            match (count(CALLS)?, count(2 * CALLS)?) {
                (Some(short), Some(long)) => Ok((long.saturating_sub(short) / CALLS).to_string()),
                _ => Ok("no valgrind".into()),
            }
        };
        // valgrind knows no SHA instructions, so that hashing takes other code under it.
        let (all, hashing) = (per_call(None)?, per_call(Some("sha1::compress::compress*"))?);
        println!("| {name} | {allocations} | {bytes} | {all} | {hashing} |");
    }
    Ok(())
}

/// Of a whole run, or of one function in it; `None` when there is no valgrind.
fn instructions(only: Option<&str>, client: &Path, plan: &Plan) -> Result<Option<u64>> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    valgrind.args(only.map(|function| format!("--toggle-collect={function}")));
    let output = match valgrind.arg(client).args(plan.arguments()).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        output => output?,
    };
    let said = String::from_utf8_lossy(&output.stderr);
    match said.lines().find_map(|line| line.split_once("Collected : ")) {
        Some((_, count)) => Ok(Some(count.trim().parse()?)),
        // A program that never calls the function has no such line.
        None if only.is_some() && output.status.success() => Ok(Some(0)),
        None => Err(format!("callgrind counted nothing: {said}").into()),
    }
}
