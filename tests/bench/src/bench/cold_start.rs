//! One process, one call over plain http: what setting up costs.

use crate::programs::Oneshots;
use crate::statistics::{Spread, median};
use ali_sts_bench::Result;
use ali_sts_bench::machine::cpu_of_children;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// Such a process is over so soon that a round costs nothing.
const ROUNDS_PER_ROUND: u64 = 20;

pub fn table(oneshots: &Oneshots, server: SocketAddr, rounds: u64) -> Result<()> {
    let rounds = rounds * ROUNDS_PER_ROUND;
    let url = format!("http://{server}");
    let programs: [(&str, &Path); 4] = [
        ("floor, TLS never set up", &oneshots.floor_without_tls),
        ("floor, TLS set up at start", &oneshots.floor),
        ("ours", &oneshots.ours),
        ("/bin/true", Path::new("/bin/true")),
    ];
    let mut cpu: [Vec<f64>; 4] = Default::default();
    let mut peak: [Vec<f64>; 4] = Default::default();
    for round in 0..rounds as usize + 1 {
        for turn in 0..programs.len() {
            // Everybody follows everybody in turn.
            let index = (turn + round) % programs.len();
            let (time, memory) = once(programs[index].1, &url)?;
            // The first round reads the programs from the disk.
            if round > 0 {
                cpu[index].push(time);
                peak[index].push(memory);
            }
        }
    }
    println!(
        "\n## Cold start, {rounds} rounds in turn: medians, ratios to the first floor in the same round (p10..p90)\n"
    );
    println!("| program | CPU ms | x floor | peak MiB | above floor MiB |");
    println!("|---|---:|---:|---:|---:|");
    for (index, (name, _)) in programs.iter().enumerate() {
        let above = Spread::of(peak[index].iter().zip(&peak[0]).map(|(peak, floor)| peak - floor));
        println!(
            "| {name} | {:.2} | {} | {:.2} | {above} |",
            median(cpu[index].iter().copied()),
            Spread::of_ratios(&cpu[index], &cpu[0]),
            median(peak[index].iter().copied()),
        );
    }
    Ok(())
}

/// CPU in milliseconds, and what the program itself says of its memory, in MiB.
fn once(program: &Path, url: &str) -> Result<(f64, f64)> {
    let before = cpu_of_children()?;
    // The proxy variables of whoever runs this are no part of it.
    let output = Command::new(program).arg(url).env_clear().output()?;
    let cpu = cpu_of_children()? - before;
    if !output.status.success() {
        return Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&output.stderr)).into());
    }
    let said = String::from_utf8(output.stdout)?;
    let kib = said
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .map(|line| line.trim().trim_end_matches(" kB"));
    let kib: f64 = kib.map_or(Ok(0.0), str::parse)?;
    Ok((cpu.as_secs_f64() * 1e3, kib / 1024.0))
}
