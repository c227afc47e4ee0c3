//! AssumeRole as the emulator decides it, beside a server that decides nothing: each a process on one CPU, asked by `ours` on the other.

use crate::loopback;
use crate::programs::Clients;
use crate::statistics::{Spread, median};
use ali_sts_bench::Result;
use ali_sts_bench::closed_loop::{Length, Plan};
use ali_sts_bench::emulator::Served;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// At a time: more would only wait.
const WIDTH: u64 = 16;

const CALLS_PER_ROUND: u64 = 20_000;

/// Memory is looked at after each of these.
const CALLS: [u64; 5] = [1_000, 100_000, 300_000, 600_000, 1_000_000];

/// A server process.
struct Server {
    child: Child,
    ask: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    address: SocketAddr,
    /// From the start of the process until it listens.
    ready: Duration,
}

impl Server {
    fn start(clients: &Clients, served: Served) -> Result<Self> {
        let start = Instant::now();
        let mut command = Command::new(clients.path("emulator"));
        let mut child = command.arg(served.name()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut answers = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        answers.read_line(&mut line)?;
        let (ready, address) = (start.elapsed(), line.trim().parse()?);
        Ok(Self { ask: child.stdin.take(), child, answers, address, ready })
    }

    /// CPU time, and peak memory in MiB.
    fn cost(&mut self) -> Result<(Duration, f64)> {
        writeln!(self.ask.as_mut().ok_or("no input")?)?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let (cpu, memory) = line.trim().split_once(' ').ok_or("not what a server says")?;
        Ok((Duration::from_nanos(cpu.parse()?), memory.parse::<f64>()? / 1024.0))
    }

    fn stop(mut self) -> Result<()> {
        drop(self.ask.take());
        self.child.wait()?;
        Ok(())
    }
}

pub fn table(clients: &Clients, rounds: u64) -> Result<()> {
    println!(
        "\n## Emulator, {rounds} rounds of {CALLS_PER_ROUND} AssumeRole, {WIDTH} at a time: medians, ratios to the first in the same round (p10..p90)\n"
    );
    println!("| server | calls/s | x floor | its CPU us/call | x floor | start to ready ms | peak MiB |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    let mut figures: [[Vec<f64>; 4]; 3] = Default::default();
    for round in 0..rounds as usize {
        for turn in 0..Served::ALL.len() {
            let index = (turn + round) % Served::ALL.len();
            let mut server = Server::start(clients, Served::ALL[index])?;
            let before = server.cost()?.0;
            let plan = Plan { server: server.address, width: WIDTH, length: Length::Calls(CALLS_PER_ROUND) };
            let report = loopback::run(clients, "ours", &plan)?;
            let (after, memory) = server.cost()?;
            let cpu = (after - before).as_secs_f64() * 1e6 / report.calls as f64;
            let row = [loopback::calls_per_second(&report), cpu, server.ready.as_secs_f64() * 1e3, memory];
            figures[index].iter_mut().zip(row).for_each(|(column, figure)| column.push(figure));
            server.stop()?;
        }
    }
    for (served, [rate, cpu, ready, memory]) in Served::ALL.iter().zip(&figures) {
        let [floor_rate, floor_cpu, ..] = &figures[0];
        println!(
            "| {} | {:.0} | {} | {:.1} | {} | {:.1} | {:.1} |",
            served.name(),
            median(rate.iter().copied()),
            Spread::of_ratios(rate, floor_rate),
            median(cpu.iter().copied()),
            Spread::of_ratios(cpu, floor_cpu),
            median(ready.iter().copied()),
            median(memory.iter().copied()),
        );
    }
    Ok(())
}

pub fn memory(clients: &Clients) -> Result<()> {
    println!("\n## Emulator: peak MiB after so many AssumeRole\n");
    println!("| server | {} |", CALLS.map(|calls| calls.to_string()).join(" | "));
    println!("|---|{}", "---:|".repeat(CALLS.len()));
    for served in [Served::Sealed, Served::Stateful] {
        let mut server = Server::start(clients, served)?;
        let (mut done, mut cells) = (0, Vec::new());
        for calls in CALLS {
            let plan = Plan { server: server.address, width: WIDTH, length: Length::Calls(calls - done) };
            loopback::run(clients, "ours", &plan)?;
            done = calls;
            cells.push(format!("{:.1}", server.cost()?.1));
        }
        println!("| {} | {} |", served.name(), cells.join(" | "));
        server.stop()?;
    }
    Ok(())
}
