//! What the operating system tells of a process, and where it runs.

use crate::Result;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;
use std::time::Duration;

/// Where clients run.
pub const CLIENT_CPU: usize = 0;
/// Where the server runs.
pub const SERVER_CPU: usize = 1;

/// Keeps the calling thread, and what it starts, on one CPU.
pub fn pin(cpu: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(cpu)?;
    sched_setaffinity(Pid::from_raw(0), &set)
        .map_err(|error| format!("cannot run on CPU {cpu} ({error}); two CPUs are needed").into())
}

/// User and system time of this process so far.
pub fn cpu_of_process() -> Result<Duration> {
    cpu(getrusage(UsageWho::RUSAGE_SELF)?)
}

/// User and system time of all children that were waited for.
pub fn cpu_of_children() -> Result<Duration> {
    cpu(getrusage(UsageWho::RUSAGE_CHILDREN)?)
}

fn cpu(usage: Usage) -> Result<Duration> {
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(microseconds.try_into()?))
}

/// CPU time of the calling thread, to the nanosecond.
pub fn cpu_of_thread() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("Linux has this clock").into()
}

/// The memory that this process has resident, in KiB.
pub fn resident_memory_kib() -> Result<u64> {
    status("VmRSS:")
}

/// The most memory that this process ever had resident, in KiB. Not `ru_maxrss`, which begins with the parent's.
pub fn peak_memory_kib() -> Result<u64> {
    status("VmHWM:")
}

fn status(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let value = status.lines().find_map(|line| line.strip_prefix(name));
    let value = value.ok_or_else(|| format!("no {name} in /proc/self/status"))?;
    Ok(value.trim().trim_end_matches(" kB").parse()?)
}
