//! `ali-sts emulator`.

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use sts_emulator::{
    ClockOffset, Emulator, EmulatorBuilder, RequestRecord, StartError, World, WorldError, WorldProblem,
};

use crate::{os, print, warn};

const FREE_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A key is a line, not a book.
const MAX_KEY_BYTES: u64 = 4096;

/// More that is wrong with a world is not told at once.
const MOST_PROBLEMS: usize = 20;

/// Run a local Alibaba Cloud: STS, a small OSS, ECS metadata, and a credentials URI.
///
/// Once it listens it prints one line of JSON: where each service is, and the keys,
/// role and bucket to begin with. Each refused request is explained on standard error.
/// SIGINT or SIGTERM stops it. docs/emulator.md has the rest.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What exists: accounts, users, roles, policies, buckets, in TOML, or in JSON if the
    /// name ends in `.json`. Without it: one account, user, role and bucket.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,

    /// Where STS listens. Port 0 is any free one.
    #[arg(long, value_name = "ADDR", default_value_t = FREE_PORT, value_parser = address)]
    listen: SocketAddr,

    /// Where OSS listens.
    #[arg(long, value_name = "ADDR", default_value_t = FREE_PORT, value_parser = address)]
    oss_listen: SocketAddr,

    /// Where the metadata service of ECS listens.
    #[arg(long, value_name = "ADDR", default_value_t = FREE_PORT, value_parser = address)]
    metadata_listen: SocketAddr,

    /// Where the credentials URI, CloudSSO and OAuth listen.
    #[arg(long, value_name = "ADDR", default_value_t = FREE_PORT, value_parser = address)]
    exchange_listen: SocketAddr,

    /// Start the control endpoint too: faults, time, keys and the trail over HTTP.
    #[arg(long, value_name = "ADDR", value_parser = address)]
    control_listen: Option<SocketAddr>,

    /// Allow addresses that others can reach. They can use whatever is served there.
    #[arg(long)]
    beyond_loopback: bool,

    /// Add a line of JSON for each request to this file: what was checked, and why it
    /// was refused.
    #[arg(long, value_name = "FILE")]
    trail: Option<PathBuf>,

    /// Do not explain refused requests on standard error.
    #[arg(long, short)]
    quiet: bool,

    /// Seal sessions with the key in this file, so that emulators that share it accept
    /// each other's.
    #[arg(long, value_name = "FILE", conflicts_with = "stateful_sessions")]
    token_key_file: Option<PathBuf>,

    /// Keep sessions in memory instead of in their tokens.
    #[arg(long)]
    stateful_sessions: bool,

    /// Make keys, ids and tokens from this number, the same each time.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// Set the clock so many seconds ahead; behind, if negative.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    clock_offset: i64,

    /// Have the metadata service refuse requests without a metadata token.
    #[arg(long)]
    metadata_token_required: bool,

    /// How long the credentials of metadata, credentials URI, CloudSSO and OAuth last.
    #[arg(long, value_name = "SECONDS", default_value_t = 21_600, value_parser = clap::value_parser!(u64).range(1..))]
    lent_lifetime: u64,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("`{0}` can be reached by others; add `--beyond-loopback` if they are meant to")]
    BeyondLoopback(SocketAddr),
    #[error(transparent)]
    World(WorldError),
    #[error("`{}` has {} problems:{}", path.display(), problems.len(), listed(problems))]
    Problems { path: PathBuf, problems: Vec<WorldProblem> },
    #[error("the emulator did not start")]
    Start(#[from] StartError),
    #[error("`{path}` cannot be {what}; name another file")]
    File { path: PathBuf, what: &'static str, source: io::Error },
    #[error("`{path}` holds no key; put a line of random text into it")]
    EmptyKey { path: PathBuf },
    #[error("nothing tells when to stop")]
    Signals(#[source] io::Error),
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Error> {
    let emulator = builder(&arguments)?.start().await?;
    // Signals are heard from here on, so that whoever reads the line can stop the emulator at once.
    let stop = stop_signal().map_err(Error::Signals)?;
    for url in
        [Some(emulator.base_url()), emulator.oss_url(), emulator.metadata_url(), emulator.sign_in_url()]
            .into_iter()
            .flatten()
    {
        let address = url.strip_prefix("http://").and_then(|address| address.parse::<SocketAddr>().ok());
        if let Some(address) = address.filter(|address| !address.ip().is_loopback()) {
            warn(&format!("warning: OTHERS CAN REACH {address} and use whatever it hands out\n"));
        }
    }
    print(&format!("{}\n", ready_line(&emulator)));
    stop.await;
    emulator.stop().await;
    Ok(())
}

fn builder(arguments: &Arguments) -> Result<EmulatorBuilder, Error> {
    let addresses =
        [arguments.listen, arguments.oss_listen, arguments.metadata_listen, arguments.exchange_listen];
    let reachable = addresses.into_iter().find(|address| !address.ip().is_loopback());
    if let Some(address) = reachable.filter(|_| !arguments.beyond_loopback) {
        return Err(Error::BeyondLoopback(address));
    }
    let mut builder = Emulator::builder();
    if let Some(path) = &arguments.world {
        builder = builder.world(world(path)?);
    }
    builder = match arguments.beyond_loopback {
        true => builder.listen_beyond_loopback(arguments.listen),
        false => builder.listen(arguments.listen),
    };
    builder = builder
        .oss_listen(arguments.oss_listen)
        .metadata_listen(arguments.metadata_listen)
        .exchange_listen(arguments.exchange_listen)
        .lent_lifetime(Duration::from_secs(arguments.lent_lifetime))
        .clock_offset(match arguments.clock_offset {
            seconds if seconds < 0 => ClockOffset::Behind(Duration::from_secs(seconds.unsigned_abs())),
            seconds => ClockOffset::Ahead(Duration::from_secs(seconds.unsigned_abs())),
        });
    if let Some(address) = arguments.control_listen {
        builder = builder.control_listen(address);
    }
    if arguments.metadata_token_required {
        builder = builder.metadata_token_required();
    }
    if arguments.stateful_sessions {
        builder = builder.stateful_sessions();
    }
    if let Some(path) = &arguments.token_key_file {
        builder = builder.token_key(key(path)?);
    }
    if let Some(seed) = arguments.seed {
        builder = builder.seed(seed);
    }
    Ok(builder.on_request(observer(arguments)?))
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "give an address and a port, such as 127.0.0.1:4000")
}

/// Whoever mends a world wants to see at once all that is wrong with it.
fn world(path: &Path) -> Result<World, Error> {
    World::read(path).map_err(|error| match error.problems() {
        [] | [_] => Error::World(error),
        problems => Error::Problems { path: path.to_owned(), problems: problems.to_vec() },
    })
}

fn listed(problems: &[WorldProblem]) -> String {
    let mut lines: String =
        problems.iter().take(MOST_PROBLEMS).map(|problem| format!("\n  {problem}")).collect();
    if let Some(left) = problems.len().checked_sub(MOST_PROBLEMS).filter(|left| *left > 0) {
        lines.push_str(&format!("\n  and {left} more"));
    }
    lines
}

fn key(path: &Path) -> Result<String, Error> {
    let file = |source| Error::File { path: path.to_owned(), what: "read", source };
    match os::read_text(path, MAX_KEY_BYTES).map_err(file)? {
        key if key.is_empty() => Err(Error::EmptyKey { path: path.to_owned() }),
        key => Ok(key),
    }
}

/// Writes what there is to be seen of each request.
fn observer(arguments: &Arguments) -> Result<impl FnMut(&RequestRecord) + Send + 'static, Error> {
    let open = |path: &PathBuf| {
        os::append(path).map_err(|source| Error::File { path: path.clone(), what: "written", source })
    };
    let mut trail = arguments.trail.as_ref().map(open).transpose()?;
    let is_quiet = arguments.quiet;
    Ok(move |record: &RequestRecord| {
        if let Some(file) = &mut trail
            && let Err(error) = writeln!(file, "{}", record.to_json())
        {
            warn(&format!("warning: the trail is no longer written: {error}\n"));
            trail = None;
        }
        if record.code().is_some() && !is_quiet {
            warn(&format!("{record}\n"));
        }
    })
}

/// What a script needs to know, on one line.
fn ready_line(emulator: &Emulator) -> serde_json::Value {
    json!({
        "sts": emulator.base_url(),
        "oss": emulator.oss_url(),
        "metadata": emulator.metadata_url(),
        "credentials_uri": emulator.credentials_uri(),
        "sign_in": emulator.sign_in_url(),
        "control": emulator.control_url(),
        "account_id": emulator.account_id(),
        "access_key_id": emulator.access_key_id(),
        "access_key_secret": emulator.access_key_secret().expose_secret(),
        "role_arn": emulator.role_arn(),
        "bucket": emulator.bucket(),
        "cloud_sso_access_token": emulator.cloud_sso_access_token().expose_secret(),
        "cloud_sso_access_configuration_id": emulator.cloud_sso_access_configuration_id(),
        "oauth_refresh_token": emulator.oauth_refresh_token().expose_secret(),
    })
}

/// Ends with SIGINT or SIGTERM.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends with Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        tokio::signal::ctrl_c().await.ok();
    })
}
