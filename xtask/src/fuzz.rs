//! `cargo xtask fuzz`: the fuzzers of tests/fuzz, built by the stable toolchain.

use std::fs;

use crate::shell::{self, Line};

const FOLDER: &str = "tests/fuzz";

/// What cargo-fuzz asks of the compiler too, but for the sanitizer, which is nightly's alone.
const FLAGS: &str = "--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Order {
    targets: Vec<String>,
    seconds: u32,
}

/// Runs the fuzzers named, or all, one after the other. New inputs are kept in the target folder of tests/fuzz, beside
/// those that broke something; seeds worth keeping are for people to pick.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let order = order(arguments, &targets()?)?;
    let host = host()?;
    let folder = shell::root().join(FOLDER);
    for target in &order.targets {
        let build = ["build", "--release", "--target", &host, "--bin", target];
        // With --target the flags are not for build scripts, which would not link.
        Line::cargo(build).env("RUSTFLAGS", FLAGS).within(&folder).run()?;
        let found = folder.join("target/found").join(target);
        let broken = folder.join("target/broken").join(target);
        for needed in [&found, &broken] {
            fs::create_dir_all(needed)
                .map_err(|error| format!("cannot make `{}`: {error}", needed.display()))?;
        }
        let program = folder.join("target").join(&host).join("release").join(target);
        Line::new(
            program.to_string_lossy(),
            [
                format!("-max_total_time={}", order.seconds),
                "-timeout=10".to_owned(),
                "-rss_limit_mb=1024".to_owned(),
                "-max_len=4096".to_owned(),
                "-print_final_stats=1".to_owned(),
                format!("-artifact_prefix={}/", broken.display()),
                found.display().to_string(),
                format!("corpus/{target}"),
            ],
        )
        .within(&folder)
        .run()?;
    }
    Ok(())
}

fn order(arguments: &[String], known: &[String]) -> Result<Order, String> {
    let mut order = Order { targets: Vec::new(), seconds: 60 };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--seconds" {
            let number = arguments.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
            order.seconds = number.ok_or("--seconds wants a whole number, such as 300")?;
        } else if known.contains(argument) {
            order.targets.push(argument.clone());
        } else {
            return Err(format!("`{argument}` is no fuzzer; there are {}", known.join(", ")));
        }
    }
    if order.targets.is_empty() {
        order.targets = known.to_vec();
    }
    Ok(order)
}

/// One file each.
fn targets() -> Result<Vec<String>, String> {
    let folder = shell::root().join(FOLDER).join("fuzz_targets");
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("cannot read `{}`: {error}", folder.display()))?;
    let mut targets: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .collect();
    targets.sort();
    Ok(targets)
}

/// The machine's own triple.
fn host() -> Result<String, String> {
    let version = Line::new("rustc", ["-vV"]).output()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "`rustc -vV` names no host".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Order, String> {
        let owned: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        order(&owned, &["one".to_owned(), "two".to_owned()])
    }

    #[test]
    fn targets_and_seconds_are_read() {
        let all = Order { targets: vec!["one".into(), "two".into()], seconds: 60 };
        assert_eq!(read(&[]), Ok(all));
        let one = Order { targets: vec!["two".into()], seconds: 5 };
        assert_eq!(read(&["two", "--seconds", "5"]), Ok(one));
        assert!(read(&["three"]).unwrap_err().contains("one, two"));
        assert!(read(&["--seconds"]).is_err());
        assert!(read(&["--seconds", "0"]).is_err());
    }
}
