//! Signature vector files against `sts-sign`: what `cargo xtask vectors PATH…` runs. The test suite does the same through
//! the library beside this file.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use ali_sts_tests::vectors;

/// Checks files and folders, prints what failed and what was skipped, and ends with the count. Fails when a line
/// failed, and when nothing was checked at all.
fn main() -> io::Result<ExitCode> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        writeln!(io::stderr(), "no path given: cargo xtask vectors PATH…, such as tests/vectors")?;
        return Ok(ExitCode::from(2));
    }
    let mut out = io::stdout().lock();
    let tally = vectors::check_paths(&paths, &mut out)?;
    writeln!(out, "{tally}")?;
    Ok(if tally.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
