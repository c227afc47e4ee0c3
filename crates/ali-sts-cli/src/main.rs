//! The command `ali-sts`.

use ali_sts::{Client, Error};
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
    Whoami {
        /// Ask this endpoint instead of the region's, such as `https://sts.aliyuncs.com`.
        #[arg(long, value_name = "URL")]
        endpoint: Option<String>,
    },
}

fn main() -> ExitCode {
    let Command::Whoami { endpoint } = Arguments::parse().command;
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(whoami(endpoint)) {
        Ok(text) => {
            // Whoever closed the pipe has seen enough.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

async fn whoami(endpoint: Option<String>) -> Result<String, Error> {
    let mut builder = Client::builder_from_env();
    if let Some(endpoint) = endpoint {
        builder = builder.endpoint(endpoint);
    }
    let identity = builder.build()?.get_caller_identity().send().await?;
    Ok(format!(
        "identity      {}\narn           {}\naccount       {}\nprincipal     {}\nrequest id    {}\n",
        identity.identity_type, identity.arn, identity.account_id, identity.principal_id, identity.request_id
    ))
}

fn failed(error: &dyn StdError) -> ExitCode {
    let mut text = format!("error: {error}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("  caused by: {error}\n"));
        cause = error.source();
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
    ExitCode::FAILURE
}
