//! Counts what a contender, a signature or a decision asks of the allocator. Never timed: counting costs time.

use ali_sts_bench::cache;
use ali_sts_bench::closed_loop::{Plan, run};
use ali_sts_bench::contender::{Contender, floor::Floor, ours::Ours, raw::Raw};
use ali_sts_bench::policy_workload;
use ali_sts_bench::signing::tables;
use ali_sts_bench::{Result, closed_loop::Length};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (contender, arguments) =
        arguments.split_first().ok_or("arguments: floor|ours|raw|decide|request …, cache or signing")?;
    let (allocations, bytes) = match contender.as_str() {
        "floor" => calls::<Floor>(&Plan::from_arguments(arguments)?)?,
        "ours" => calls::<Ours>(&Plan::from_arguments(arguments)?)?,
        "raw" => calls::<Raw>(&Plan::from_arguments(arguments)?)?,
        "signing" => return signing(),
        "cache" => return cached(),
        "decide" | "request" => {
            decisions(contender == "request", arguments.first().ok_or("decide STATEMENTS")?.parse()?)
        }
        _ => return Err(format!("no contender is called `{contender}`").into()),
    };
    println!("{:.1} {:.0}", allocations.max(0.0), bytes.max(0.0));
    Ok(())
}

/// A line for each contender of each table: allocations of one signature.
fn signing() -> Result<()> {
    for mut contender in tables()?.into_iter().flat_map(|table| table.cases).flat_map(|case| case.contenders)
    {
        // What is made once and kept is made here.
        (contender.work)();
        println!("{:.0}", counted(&mut contender.work).0);
    }
    Ok(())
}

/// A line for each contender of the cache table: allocations of one call.
fn cached() -> Result<()> {
    for contender in cache::contenders()? {
        let count = |times| counted(|| (contender.work)(times)).0;
        // The first calls fill the cache; the difference of two runs leaves out what a run sets up.
        count(10);
        println!("{:.1}", (count(2000) - count(1000)) / 1000.0);
    }
    Ok(())
}

/// Of one decision, with or without making its request.
fn decisions(with_request: bool, statements: usize) -> (f64, f64) {
    let (compiled, resource, context) = (
        policy_workload::compiled(statements),
        policy_workload::resource(statements),
        policy_workload::context(),
    );
    let request = policy_workload::request(&resource, &context);
    counted(|| {
        if with_request {
            let context = policy_workload::context();
            black_box(compiled.decide(&policy_workload::request(&resource, &context)));
        } else {
            black_box(compiled.decide(&request));
        }
    })
}

/// Of one call: the difference of two runs, so that setting up cancels.
fn calls<C: Contender>(plan: &Plan) -> Result<(f64, f64)> {
    let Length::Calls(calls) = plan.length else { return Err("give a number of calls".into()) };
    let count = |calls| -> Result<(f64, f64)> {
        let plan = Plan { length: Length::Calls(calls), ..*plan };
        let mut outcome = Ok(());
        let counts = counted(|| outcome = run::<C>(&plan).map(drop));
        outcome.map(|()| counts)
    };
    let (short, long) = (count(calls)?, count(2 * calls)?);
    let calls = calls as f64;
    Ok(((long.0 - short.0) / calls, (long.1 - short.1) / calls))
}

/// Allocations (one that is made larger counts as another) and bytes asked for.
fn counted(work: impl FnOnce()) -> (f64, f64) {
    let region = Region::new(ALLOCATOR);
    work();
    let change = region.change();
    ((change.allocations + change.reallocations) as f64, change.bytes_allocated as f64)
}
