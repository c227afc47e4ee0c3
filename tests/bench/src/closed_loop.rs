//! A client process: so many calls at a time, each followed by the next, on a runtime of one thread.

use crate::contender::Contender;
use crate::machine::{CLIENT_CPU, cpu_of_process, peak_memory_kib, pin};
use crate::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What a client process is to do, as its arguments say.
pub struct Plan {
    pub server: std::net::SocketAddr,
    /// Calls at a time.
    pub width: u64,
    pub length: Length,
}

#[derive(Clone, Copy)]
pub enum Length {
    /// Measured for so many milliseconds after a third of that to warm up.
    Milliseconds(u64),
    /// So many calls in all, for tools that count.
    Calls(u64),
}

/// What a client process reports, as one line of text.
pub struct Report {
    pub calls: u64,
    pub wall: Duration,
    pub cpu: Duration,
    pub peak_memory_kib: u64,
}

impl Plan {
    pub fn arguments(&self) -> [String; 4] {
        let (unit, length) = match self.length {
            Length::Milliseconds(length) => ("ms", length),
            Length::Calls(length) => ("calls", length),
        };
        [self.server.to_string(), self.width.to_string(), unit.to_owned(), length.to_string()]
    }

    pub fn from_arguments(arguments: &[String]) -> Result<Self> {
        let [server, width, unit, length] = arguments else {
            return Err("arguments: SERVER WIDTH ms|calls LENGTH; the program `bench` gives them".into());
        };
        let length = match unit.as_str() {
            "ms" => Length::Milliseconds(length.parse()?),
            _ => Length::Calls(length.parse()?),
        };
        Ok(Self { server: server.parse()?, width: width.parse()?, length })
    }
}

impl Report {
    pub fn parse(line: &str) -> Result<Self> {
        let numbers: Vec<u64> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let [calls, wall, cpu, peak_memory_kib] = numbers[..] else {
            return Err("not a client's report".into());
        };
        Ok(Self { calls, wall: Duration::from_nanos(wall), cpu: Duration::from_nanos(cpu), peak_memory_kib })
    }

    fn line(&self) -> String {
        format!("{} {} {} {}", self.calls, self.wall.as_nanos(), self.cpu.as_nanos(), self.peak_memory_kib)
    }
}

/// The `main` of a client process.
pub fn main<C: Contender>() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let plan = Plan::from_arguments(&arguments)?;
    pin(CLIENT_CPU)?;
    println!("{}", run::<C>(&plan)?.line());
    Ok(())
}

/// Carries a plan out.
pub fn run<C: Contender>(plan: &Plan) -> Result<Report> {
    let contender = C::new(plan.server);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (calls, wall, cpu) = match plan.length {
        Length::Milliseconds(length) => {
            runtime.block_on(for_some_time(&contender, plan.width, Duration::from_millis(length)))?
        }
        Length::Calls(calls) => {
            let start = (Instant::now(), cpu_of_process()?);
            runtime.block_on(so_many(&contender, plan.width, calls))?;
            (calls, start.0.elapsed(), cpu_of_process()? - start.1)
        }
    };
    Ok(Report { calls, wall, cpu, peak_memory_kib: peak_memory_kib()? })
}

async fn for_some_time<C: Contender>(
    contender: &C,
    width: u64,
    length: Duration,
) -> Result<(u64, Duration, Duration)> {
    let (done, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut tasks = JoinSet::new();
    for _ in 0..width {
        let (mut contender, done, stop) = (contender.clone(), Arc::clone(&done), Arc::clone(&stop));
        tasks.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                contender.call().await?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
    }
    let reading = || Ok::<_, Error>((done.load(Ordering::Relaxed), Instant::now(), cpu_of_process()?));
    tokio::time::sleep(length / 3).await;
    let start = reading()?;
    tokio::time::sleep(length).await;
    let end = reading()?;
    stop.store(true, Ordering::Relaxed);
    finish(tasks).await?;
    Ok((end.0 - start.0, end.1 - start.1, end.2 - start.2))
}

async fn so_many<C: Contender>(contender: &C, width: u64, calls: u64) -> Result<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..width {
        let mut contender = contender.clone();
        tasks.spawn(async move {
            for _ in 0..calls / width {
                contender.call().await?;
            }
            Ok(())
        });
    }
    finish(tasks).await
}

async fn finish(mut tasks: JoinSet<Result<()>>) -> Result<()> {
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    Ok(())
}
