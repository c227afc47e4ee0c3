//! A million sessions in a store. What is measured is the program `store`.

use crate::programs::Clients;
use ali_sts_bench::Result;
use std::process::Command;

pub fn table(clients: &Clients) -> Result<()> {
    println!("\n## A million sessions in a store\n");
    println!(
        "| what | bytes a session | 1 thread, ns a hit | 2 threads, ns | 1 thread, M hits/s | 2 threads, M hits/s | kept |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for (what, argument) in [
        ("`SessionStore`, request kept", "ours"),
        ("`SessionStore`, request made each time", "ours-built"),
        ("moka alone, key and credentials ready", "moka"),
    ] {
        let output = Command::new(clients.path("store")).arg(argument).output()?;
        if !output.status.success() {
            return Err(format!("`store {argument}` failed").into());
        }
        println!("| {what} | {} |", String::from_utf8(output.stdout)?.trim());
    }
    Ok(())
}
