//! From parameters to the signed body, against the hash alone.

use crate::programs::Clients;
use crate::statistics::Spread;
use ali_sts_bench::Result;
use ali_sts_bench::machine::cpu_of_thread;
use ali_sts_bench::workload::{Unsigned, credentials};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use std::hint::black_box;
use std::process::Command;

/// Signatures between two readings of the clock: about a millisecond.
const BATCH: u32 = 1000;

pub fn table(clients: &Clients, rounds: u64) -> Result<()> {
    let rounds = rounds * 20;
    println!(
        "\n## Signing, {rounds} rounds of {BATCH}: thread CPU time, ratios to the floor of the same round (p10..p90)\n"
    );
    println!("The floor is HMAC-SHA1 with a ready key over the ready string to sign.\n");
    println!(
        "| policy B | string to sign B | what | ns, best | ns, median | x floor | x floor, best to best | allocations |"
    );
    println!("|---:|---:|---|---:|---:|---:|---:|---:|");
    for policy_bytes in [0, 300, 2000] {
        let unsigned = Unsigned::new(policy_bytes);
        let text = unsigned.string_to_sign();
        let key = format!("{}&", credentials().access_key_secret().expose_secret());
        let key = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("a key of any length");
        let hash = || key.clone().chain_update(black_box(text.as_bytes())).finalize().into_bytes();
        check(&unsigned, &hash())?;

        let mut buffer = Vec::with_capacity(16 * 1024);
        let mut nanoseconds: [Vec<f64>; 3] = Default::default();
        for round in 0..=rounds {
            let times = [
                batch(|| _ = black_box(hash())),
                batch(|| {
                    buffer.clear();
                    unsigned.sign(&mut buffer);
                    black_box(&buffer);
                }),
                batch(|| {
                    let mut body = Vec::new();
                    unsigned.sign(&mut body);
                    black_box(body);
                }),
            ];
            // The first round warms up.
            if round > 0 {
                nanoseconds.iter_mut().zip(times).for_each(|(all, time)| all.push(time));
            }
        }
        let counted =
            Command::new(clients.path("allocations")).args(["sign", &policy_bytes.to_string()]).output()?;
        let counted = String::from_utf8(counted.stdout)?;
        let allocations = ["0", "0", counted.split(' ').next().unwrap_or_default()];
        let best = |all: &[f64]| all.iter().copied().fold(f64::INFINITY, f64::min);
        for (index, what) in ["floor", "into a caller's buffer", "into a new buffer"].into_iter().enumerate()
        {
            let (all, floor) = (&nanoseconds[index], &nanoseconds[0]);
            println!(
                "| {policy_bytes} | {} | {what} | {:.0} | {:.0} | {} | {:.2} | {} |",
                text.len(),
                best(all),
                Spread::of(all.iter().copied()).median,
                Spread::of_ratios(all, floor),
                best(all) / best(floor),
                allocations[index],
            );
        }
    }
    Ok(())
}

/// Nanoseconds of one.
fn batch(mut work: impl FnMut()) -> f64 {
    let start = cpu_of_thread();
    for _ in 0..BATCH {
        work();
    }
    (cpu_of_thread() - start).as_nanos() as f64 / f64::from(BATCH)
}

/// Both must have made the same signature.
fn check(unsigned: &Unsigned, hash: &[u8]) -> Result<()> {
    let mut body = Vec::new();
    unsigned.sign(&mut body);
    let encoded = STANDARD.encode(hash).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    match body.ends_with(format!("&Signature={encoded}").as_bytes()) {
        true => Ok(()),
        false => Err("the signatures differ".into()),
    }
}
