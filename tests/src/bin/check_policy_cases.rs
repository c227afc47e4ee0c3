//! Decision cases against `sts-policy`: what `cargo xtask policy-cases PATH…` runs. The test suite does the same through the
//! library beside this file.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use ali_sts_tests::policy_cases;

/// Decides the cases of files, prints what was decided otherwise than expected, and ends with the count. Fails when a case
/// failed, and when there was none.
fn main() -> io::Result<ExitCode> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        writeln!(io::stderr(), "no path given: cargo xtask policy-cases PATH…, such as tests/policy")?;
        return Ok(ExitCode::from(2));
    }
    let mut out = io::stdout().lock();
    let tally = policy_cases::check_paths(&paths, &mut out)?;
    writeln!(out, "{tally}")?;
    Ok(if tally.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
