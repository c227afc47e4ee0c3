//! `cargo xtask vectors`: signature vector files against `sts-sign`.

use crate::shell::Line;

/// Checks files and folders of them. The checking is a program of tests/, and xtask does not link it: `tidy` and the like
/// must run, and at once, when a crate of ours does not even compile.
pub(crate) fn run(paths: &[String]) -> Result<(), String> {
    if paths.is_empty() {
        return Err("no path given: cargo xtask vectors PATH…, such as tests/vectors".to_owned());
    }
    let mut arguments = vec!["run", "--quiet", "-p", "ali-sts-tests", "--bin", "check_vectors", "--"];
    // They are meant from where the user stands; the program starts at the root.
    let paths: Vec<String> = paths.iter().map(|path| absolute(path)).collect();
    arguments.extend(paths.iter().map(String::as_str));
    // It ends with its count, and nothing is to come after that.
    Line::cargo(arguments).run().map_err(|_| String::new())
}

fn absolute(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.to_string_lossy().into_owned())
}
