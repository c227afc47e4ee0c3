//! Calls over loopback: one process a contender a round, in turn, so that what disturbs one disturbs its neighbours.

use crate::programs::Clients;
use crate::statistics::{Spread, median};
use ali_sts_bench::Result;
use ali_sts_bench::closed_loop::{Length, Plan, Report};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

const CLIENTS: [&str; 4] = ["floor", "floor_with_tls", "ours", "raw"];

pub fn tables(clients: &Clients, server: SocketAddr, rounds: u64, milliseconds: u64) -> Result<()> {
    println!(
        "\n## Loopback, {rounds} rounds of {milliseconds} ms: medians, ratios to the floor of the same round (p10..p90)\n"
    );
    println!(
        "| at a time | client | calls/s | x floor | CPU us/call | x floor | peak MiB | above floor MiB |"
    );
    println!("|---:|---|---:|---:|---:|---:|---:|---:|");
    for width in [1, 16, 256] {
        let mut reports: [Vec<Report>; 4] = Default::default();
        for round in 0..rounds {
            // Every other round backwards, so that nobody is always first.
            let mut order = [0, 1, 2, 3];
            if round % 2 == 1 {
                order.reverse();
            }
            for index in order {
                let plan = Plan { server, width, length: Length::Milliseconds(milliseconds) };
                reports[index].push(run(clients, CLIENTS[index], &plan)?);
            }
        }
        print_rows(width, &reports);
    }
    Ok(())
}

fn print_rows(width: u64, reports: &[Vec<Report>; 4]) {
    let column = |index: usize, figure: fn(&Report) -> f64| -> Vec<f64> {
        reports[index].iter().map(figure).collect()
    };
    for (index, name) in CLIENTS.iter().enumerate() {
        let [rate, cpu, peak] =
            [calls_per_second, cpu_per_call, peak_mib].map(|figure| column(index, figure));
        let [floor_rate, floor_cpu, floor_peak] =
            [calls_per_second, cpu_per_call, peak_mib].map(|figure| column(0, figure));
        let above = Spread::of(peak.iter().zip(&floor_peak).map(|(peak, floor)| peak - floor));
        println!(
            "| {width} | {name} | {:.0} | {} | {:.1} | {} | {:.1} | {above} |",
            median(rate.iter().copied()),
            Spread::of_ratios(&rate, &floor_rate),
            median(cpu.iter().copied()),
            Spread::of_ratios(&cpu, &floor_cpu),
            median(peak.iter().copied()),
        );
    }
}

pub fn run(clients: &Clients, name: &str, plan: &Plan) -> Result<Report> {
    let output = Command::new(clients.path(name)).args(plan.arguments()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("the client `{name}` failed").into());
    }
    Report::parse(std::str::from_utf8(&output.stdout)?)
}

pub fn calls_per_second(report: &Report) -> f64 {
    report.calls as f64 / report.wall.as_secs_f64()
}

fn cpu_per_call(report: &Report) -> f64 {
    report.cpu.as_secs_f64() * 1e6 / report.calls as f64
}

fn peak_mib(report: &Report) -> f64 {
    report.peak_memory_kib as f64 / 1024.0
}
