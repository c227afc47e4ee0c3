//! The project's own commands. `cargo xtask` prints them.

mod ci;
mod fuzz;
mod interop;
mod shell;
mod tidy;
mod tree;
mod vectors;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  ci [STEP…]      everything CI checks, in order, stopping at the first failure; with names, only those steps
  tidy            house rules that neither rustc nor clippy knows: directions, layout, public signatures
  tree            what a program that uses ali-sts pulls in: the count and the crates that must stay out
  interop [NAME…] other people's clients against the emulator (needs node, npm and python3); all, or those named
  bench [ARG…]    the benchmark harness of tests/bench, with its arguments
  fuzz [TARGET…] [--seconds N]  the fuzzers of tests/fuzz, all or those named, 60 seconds each or so many
  vectors PATH…   check signature vector files, or folders of them
  policy-cases PATH…  check files of policy decisions, or folders with a cases.jsonl

Security advisories need a network and change by the day, so they are no part of `ci`: run `cargo deny check advisories`.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    };
    let outcome = match command.as_str() {
        "ci" => ci::run(rest),
        "tidy" => tidy::run(),
        "tree" => tree::run(),
        "interop" => interop::run(rest),
        "bench" => bench(rest),
        "fuzz" => fuzz::run(rest),
        "vectors" => vectors::run(rest),
        "policy-cases" => vectors::run_policy_cases(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        unknown => {
            eprintln!("`{unknown}` is no command of this project\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            if !message.is_empty() {
                eprintln!("\n{message}");
            }
            ExitCode::FAILURE
        }
    }
}

/// The harness is a workspace of its own, so that the peers it measures stay out of this lock file.
fn bench(arguments: &[String]) -> Result<(), String> {
    let mut command = vec!["run", "--release", "--manifest-path", "tests/bench/Cargo.toml", "--"];
    command.extend(arguments.iter().map(String::as_str));
    shell::Line::cargo(command).run()
}
