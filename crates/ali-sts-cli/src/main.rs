//! The command `ali-sts`.

mod emulator;
mod os;
mod whoami;

use clap::{Parser, Subcommand};
use std::error::Error as StdError;
use std::io::Write as _;
use std::process::ExitCode;

/// Alibaba Cloud STS from a shell.
///
/// Credentials come from ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and
/// ALIBABA_CLOUD_SECURITY_TOKEN, the region from ALIBABA_CLOUD_STS_REGION.
#[derive(Parser)]
#[expect(clippy::doc_markdown, reason = "it is the help text, where backticks would show")]
#[command(name = "ali-sts", version, max_term_width = 80)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print whose credentials these are (GetCallerIdentity).
    Whoami(whoami::Arguments),
    Emulator(Box<emulator::Arguments>),
}

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let outcome: Result<(), Box<dyn StdError>> = match Arguments::parse().command {
        Command::Whoami(arguments) => runtime.block_on(whoami::run(arguments)).map_err(Into::into),
        Command::Emulator(arguments) => runtime.block_on(emulator::run(*arguments)).map_err(Into::into),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

/// Writes to standard output; whoever closed the pipe has seen enough.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes to standard error, where nobody need listen.
fn warn(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn failed(error: &dyn StdError) -> ExitCode {
    let mut text = format!("error: {error}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("  caused by: {error}\n"));
        cause = error.source();
    }
    warn(&text);
    ExitCode::FAILURE
}
