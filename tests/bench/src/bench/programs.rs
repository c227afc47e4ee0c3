//! Builds the programs that are measured. Each is built by itself, so that its dependencies have its own features only.

use ali_sts_bench::Result;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

/// The clients of the loopback benchmark, and the one that counts.
pub struct Clients(PathBuf);

impl Clients {
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// One process, one call.
pub struct Oneshots {
    pub floor: PathBuf,
    pub floor_without_tls: PathBuf,
    pub ours: PathBuf,
}

pub fn clients() -> Result<Clients> {
    let programs = ["floor", "floor_with_tls", "ours", "raw", "allocations", "emulator", "store"];
    let bins = programs.into_iter().flat_map(|program| ["--bin", program]);
    // Contenders that are counted are those that are timed.
    let features = if cfg!(feature = "smithy") { ["--features", "smithy"].as_slice() } else { &[] };
    let arguments = ["build", "--package", "ali-sts-bench"].into_iter().chain(bins);
    build(&arguments.chain(features.iter().copied()).collect::<Vec<_>>())?;
    Ok(Clients(target()))
}

pub fn oneshots() -> Result<Oneshots> {
    Ok(Oneshots {
        floor: oneshot("oneshot-floor", "ring", &[])?,
        floor_without_tls: oneshot("oneshot-floor", "ring,lazy", &[])?,
        ours: oneshot("oneshot-ours", "ring", &[])?,
    })
}

/// Builds a minimal program and puts it aside, since the next build has the same name.
pub fn oneshot(package: &str, features: &str, rustc: &[&str]) -> Result<PathBuf> {
    let mut arguments = vec!["rustc", "--package", package, "--features", features, "--"];
    arguments.extend(rustc);
    build(&arguments)?;
    let aside = target().join(format!("{package}-{}", features.replace(',', "-")));
    std::fs::copy(target().join(package), &aside)?;
    Ok(aside)
}

/// What a cargo command prints.
pub fn cargo(arguments: &[&str]) -> Result<String> {
    let output = command(arguments).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("cargo {} failed", arguments.join(" ")).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn build(arguments: &[&str]) -> Result<()> {
    let (verb, rest) = arguments.split_first().ok_or("no verb")?;
    cargo(&[&[*verb, "--release", "--quiet"], rest].concat()).map(drop)
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(FOLDER).env("CARGO_TARGET_DIR", Path::new(FOLDER).join("target"));
    command
}

fn target() -> PathBuf {
    Path::new(FOLDER).join("target/release")
}
