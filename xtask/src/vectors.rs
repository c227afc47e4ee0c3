//! `cargo xtask vectors` and `cargo xtask policy-cases`: files of cases against our crates.

use crate::shell::Line;

/// Checks signature vectors: files, and folders of them.
pub(crate) fn run(paths: &[String]) -> Result<(), String> {
    check("check_vectors", paths, "cargo xtask vectors PATH…, such as tests/vectors")
}

/// Checks decision cases: files, and folders with a `cases.jsonl`.
pub(crate) fn run_policy_cases(paths: &[String]) -> Result<(), String> {
    check("check_policy_cases", paths, "cargo xtask policy-cases PATH…, such as tests/policy")
}

/// Hands the paths to a program. The checking is a program of tests/, and xtask does not link it: `tidy` and the like
/// must run, and at once, when a crate of ours does not even compile.
fn check(program: &str, paths: &[String], usage: &str) -> Result<(), String> {
    if paths.is_empty() {
        return Err(format!("no path given: {usage}"));
    }
    let mut arguments = vec!["run", "--quiet", "-p", "ali-sts-tests", "--bin", program, "--"];
    // They are meant from where the user stands; the program starts at the root.
    let paths: Vec<String> = paths.iter().map(|path| absolute(path)).collect();
    arguments.extend(paths.iter().map(String::as_str));
    // It ends with its count, and nothing is to come after that.
    Line::cargo(arguments).run().map_err(|_| String::new())
}

fn absolute(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.to_string_lossy().into_owned())
}
