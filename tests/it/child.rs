//! Tests that need a process of their own: an environment, or a log, is a whole process's.

use std::process::{Command, Output};

const CHILD: &str = "ALI_STS_TESTS_CHILD";

/// Runs a test of this binary in a process whose environment holds these variables alone.
pub(crate) fn run(test: &str, variables: &[(&str, &str)]) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env_clear()
        // Where the loader finds its libraries may be set.
        .envs(std::env::var_os("LD_LIBRARY_PATH").map(|path| ("LD_LIBRARY_PATH", path)))
        .env(CHILD, "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// Fails with all that the test said, if it fails there.
#[track_caller]
pub(crate) fn passes(test: &str) {
    let output = run(test, &[]);
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (said(&output.stdout), said(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{err}");
}

/// Whether this is such a process: in all others, the tests that are meant for it do nothing.
pub(crate) fn is_one() -> bool {
    std::env::var_os(CHILD).is_some()
}
