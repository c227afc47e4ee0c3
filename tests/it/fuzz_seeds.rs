//! The fuzzers' seeds, without a fuzzer: what once broke something, and what shows a fuzzer the way.
//!
//! Those of `http1_response` are replayed in sts-http, which keeps what they try to itself.

use ali_sts_tests::fuzz::{emulator_world, policy_check, policy_decide, policy_parse, policy_template};
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz");

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}: no file in it", folder.display());
    files
}

/// Each of some: a panic names the file.
fn replay(target: &str, run: fn(&[u8])) {
    for path in files(&Path::new(FOLDER).join("corpus").join(target)) {
        let bytes = std::fs::read(&path).unwrap();
        let outcome = std::panic::catch_unwind(|| run(&bytes));
        assert!(outcome.is_ok(), "{} breaks {target}", path.display());
    }
}

#[test]
fn emulator_world_holds() {
    replay("emulator_world", emulator_world::run);
}

#[test]
fn policy_parse_holds() {
    replay("policy_parse", policy_parse::run);
}

#[test]
fn policy_check_holds() {
    replay("policy_check", policy_check::run);
}

#[test]
fn policy_template_holds() {
    replay("policy_template", policy_template::run);
}

#[test]
fn policy_decide_holds() {
    replay("policy_decide", policy_decide::run);
}

/// A fuzzer without seeds, seeds without a fuzzer, and seeds by the heap are mistakes.
#[test]
fn every_fuzzer_has_a_few_small_seeds() {
    let targets = files(&Path::new(FOLDER).join("fuzz_targets"));
    let names: Vec<_> = targets.iter().map(|path| path.file_stem().unwrap().to_owned()).collect();
    let folders = files(&Path::new(FOLDER).join("corpus"));
    let with_seeds: Vec<_> = folders.iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, with_seeds);
    let seeds = folders.iter().flat_map(|folder| files(folder));
    let bytes: u64 = seeds.map(|seed| seed.metadata().unwrap().len()).sum();
    assert!(bytes < 200_000, "{bytes} bytes of seeds: keep those that show the way");
}
