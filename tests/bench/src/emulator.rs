//! The emulator, and the fixed reply beside it, as programs that say what they cost.

use crate::machine::{SERVER_CPU, cpu_of_process, peak_memory_kib, pin};
use crate::{Result, server, workload};
use std::io::{BufRead as _, Write as _};
use sts_emulator::{Emulator, World};

/// What can be served.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// The reply of `server`, whatever is asked.
    Fixed,
    /// AssumeRole with all checks; sessions in their tokens.
    Sealed,
    /// The same; sessions in memory.
    Stateful,
}

impl Served {
    pub const ALL: [Self; 3] = [Self::Fixed, Self::Sealed, Self::Stateful];

    pub fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed reply",
            Self::Sealed => "emulator",
            Self::Stateful => "emulator, sessions in memory",
        }
    }
}

/// The `main` of a server process: says where it listens; then, for each line of its input, its CPU time in nanoseconds and its peak
/// memory in KiB.
pub fn main() -> Result<()> {
    let name = std::env::args().nth(1).unwrap_or_default();
    let served = Served::ALL.into_iter().find(|served| served.name() == name).ok_or("unknown server")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let say = |line: String| -> Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        Ok(out.flush()?)
    };
    let answer = move || -> Result<()> {
        for _line in std::io::stdin().lock().lines() {
            say(format!("{} {}", cpu_of_process()?.as_nanos(), peak_memory_kib()?))?;
        }
        Ok(())
    };
    if served == Served::Fixed {
        say(server::start()?.to_string())?;
        return answer();
    }
    // With everything that it starts.
    pin(SERVER_CPU)?;
    runtime.block_on(async {
        let builder = Emulator::builder().world(World::from_toml(&world())?);
        let builder = if served == Served::Stateful { builder.stateful_sessions() } else { builder };
        let emulator = builder.start().await?;
        say(emulator.base_url().trim_start_matches("http://").to_owned())?;
        tokio::task::spawn_blocking(answer).await?
    })
}

/// The key and the role that the workload uses, and what such a role has.
fn world() -> String {
    let key = workload::credentials();
    format!(
        r#"
        [[accounts]]
        id = "123456789012"
        [[accounts.users]]
        name = "bench"
        access_keys = [{{ id = "{}", secret = "{}" }}]
        policies = ["AliyunSTSAssumeRoleAccess", "AliyunOSSReadOnlyAccess"]
        [[accounts.roles]]
        name = "app-uploader"
        policies = ["AliyunOSSFullAccess"]
        trust_policy = '''{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole",
            "Principal":{{"RAM":"acs:ram::123456789012:root"}},
            "Condition":{{"IpAddress":{{"acs:SourceIp":"127.0.0.0/8"}}}}}}]}}'''
        "#,
        key.access_key_id(),
        key.access_key_secret().expose_secret(),
    )
}
