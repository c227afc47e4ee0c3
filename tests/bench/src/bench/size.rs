//! What a minimal program weighs: crates and bytes.

use crate::programs::{cargo, oneshot};
use ali_sts_bench::Result;
use std::collections::BTreeSet;

pub fn table() -> Result<()> {
    println!("\n## A minimal program: crates (normal tree, itself counted) and stripped size\n");
    println!("| TLS by | crates, floor | crates, ours | bytes, floor | bytes, ours | x floor |");
    println!("|---|---:|---:|---:|---:|---:|");
    for provider in ["ring", "aws-lc-rs"] {
        let crates = |package| crates(package, provider);
        let bytes = |package| -> Result<u64> {
            Ok(std::fs::metadata(oneshot(package, provider, &["-Cstrip=symbols"])?)?.len())
        };
        let (floor, ours) = (bytes("oneshot-floor")?, bytes("oneshot-ours")?);
        println!(
            "| {provider} | {} | {} | {floor} | {ours} | {:.2} |",
            crates("oneshot-floor")?,
            crates("oneshot-ours")?,
            ours as f64 / floor as f64,
        );
    }
    Ok(())
}

/// Each crate and version once, whatever `cargo tree` repeats.
fn crates(package: &str, provider: &str) -> Result<usize> {
    let arguments =
        ["tree", "--package", package, "--features", provider, "--edges", "normal", "--prefix", "none"];
    let tree = cargo(&arguments)?;
    let crates = tree.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>());
    Ok(crates.filter(|line| line.len() == 2).collect::<BTreeSet<_>>().len())
}
