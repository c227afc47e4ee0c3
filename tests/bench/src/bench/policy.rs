//! Decisions of `sts-policy` against a bare loop, and against other policy engines (feature `peers`).

#[cfg(feature = "peers")]
mod peers;

use crate::programs::Clients;
use crate::statistics::Spread;
use ali_sts_bench::Result;
use ali_sts_bench::machine::cpu_of_thread;
use ali_sts_bench::policy_workload::{self as workload, ACTIONS};
use memchr::memmem::Finder;
use std::hint::black_box;
use std::process::Command;
use sts_policy::Decision;

/// What is measured beside others: a name, and one piece of work that must come out true.
pub struct Contender<'a> {
    pub name: &'static str,
    pub work: Box<dyn FnMut() -> bool + 'a>,
}

impl<'a> Contender<'a> {
    pub fn new(name: &'static str, work: impl FnMut() -> bool + 'a) -> Self {
        Self { name, work: Box::new(work) }
    }
}

/// Nanoseconds of each contender in so many rounds; the first round warms up and sets how much is done between two
/// readings of the clock (a fifth of a millisecond).
pub fn measure(contenders: &mut [Contender<'_>], rounds: u64) -> Result<Vec<Vec<f64>>> {
    let mut all = Vec::new();
    for contender in contenders.iter_mut() {
        if !(contender.work)() {
            return Err(format!("{} decides otherwise", contender.name).into());
        }
        let mut size = 16_u32;
        while batch(contender, size) * f64::from(size) < 100_000.0 && size < 1 << 20 {
            size *= 2;
        }
        all.push((size, Vec::new()));
    }
    for _ in 0..rounds {
        for (contender, (size, nanoseconds)) in contenders.iter_mut().zip(&mut all) {
            nanoseconds.push(batch(contender, *size));
        }
    }
    Ok(all.into_iter().map(|(_, nanoseconds)| nanoseconds).collect())
}

/// Nanoseconds of one.
fn batch(contender: &mut Contender<'_>, size: u32) -> f64 {
    let start = cpu_of_thread();
    for _ in 0..size {
        black_box((contender.work)());
    }
    (cpu_of_thread() - start).as_nanos() as f64 / f64::from(size)
}

pub fn best(nanoseconds: &[f64]) -> f64 {
    nanoseconds.iter().copied().fold(f64::INFINITY, f64::min)
}

/// A statement as bare as can be: what a hand would write for this very policy.
struct Bare {
    actions: [&'static str; 2],
    start: &'static str,
    middle: Finder<'static>,
    network: u32,
    mask: u32,
    end: i64,
}

struct BareRequest<'a> {
    action: &'a str,
    resource: &'a str,
    address: u32,
    now: i64,
}

impl Bare {
    fn new(number: usize) -> Self {
        let folder = format!("{}{number:04}/", workload::FOLDER);
        let middle = Finder::new(&folder).into_owned();
        Self {
            actions: ACTIONS,
            start: "acs:oss:",
            middle,
            network: 10 << 24,
            mask: 0xff << 24,
            end: 1_893_456_000,
        }
    }

    fn applies_to(&self, request: &BareRequest<'_>) -> bool {
        self.actions.contains(&request.action)
            && request.resource.strip_prefix(self.start).is_some_and(|rest| {
                let after_colon = memchr::memchr(b':', rest.as_bytes()).map(|at| &rest.as_bytes()[at + 1..]);
                after_colon.is_some_and(|rest| self.middle.find(rest).is_some())
            })
            && request.address & self.mask == self.network
            && request.now < self.end
    }
}

pub fn table(clients: &Clients, rounds: u64) -> Result<()> {
    let rounds = rounds * 20;
    println!(
        "\n## Policy decisions, {rounds} rounds: thread CPU time, ratios to the floor of the same round (p10..p90)\n"
    );
    println!(
        "Each statement: two actions, a resource pattern, an IP range, a date bound; the request, made ready before, \
         matches the last. The floor tries hand-written statements of this one form in turn.\n"
    );
    println!("| statements | what | ns, best | ns, median | x floor | allocations |");
    println!("|---:|---|---:|---:|---:|---:|");
    for statements in [1, 10, 100] {
        let floor: Vec<Bare> = (0..statements).map(Bare::new).collect();
        let resource = workload::resource(statements);
        let bare = BareRequest {
            action: ACTIONS[1],
            resource: &resource,
            address: u32::from_be_bytes([10, 24, 3, 77]),
            now: 1_795_595_400,
        };
        let policy: sts_policy::Policy = workload::policy(statements).parse()?;
        let compiled = policy.compile();
        let context = workload::context();
        let request = workload::request(&resource, &context);
        let mut contenders = vec![
            Contender::new("floor", || {
                let request = black_box(&bare);
                black_box(&floor).iter().any(|statement| statement.applies_to(request))
            }),
            Contender::new("`decide`, request ready", || {
                black_box(&compiled).decide(black_box(&request)).decision() == Decision::Allow
            }),
            Contender::new("`decide`, request and context made each time", || {
                let context = workload::context();
                let request = workload::request(black_box(&resource), &context);
                black_box(&compiled).decide(&request).decision() == Decision::Allow
            }),
        ];
        contenders.push(Contender::new("`compile`, the document parsed before", || {
            black_box(black_box(&policy).compile());
            true
        }));
        #[cfg(feature = "peers")]
        contenders.extend(peers::all(statements)?);
        let nanoseconds = measure(&mut contenders, rounds)?;
        for (at, contender) in contenders.iter().enumerate() {
            let allocations = match at {
                0 => "0".to_owned(),
                1 => counted(clients, "decide", statements)?,
                2 => counted(clients, "request", statements)?,
                _ => String::new(),
            };
            println!(
                "| {statements} | {} | {:.0} | {:.0} | {} | {allocations} |",
                contender.name,
                best(&nanoseconds[at]),
                Spread::of(nanoseconds[at].iter().copied()).median,
                Spread::of_ratios(&nanoseconds[at], &nanoseconds[0]),
            );
        }
    }
    Ok(())
}

fn counted(clients: &Clients, what: &str, statements: usize) -> Result<String> {
    let counted = Command::new(clients.path("allocations")).args([what, &statements.to_string()]).output()?;
    let counted = String::from_utf8(counted.stdout)?;
    Ok(counted.split(' ').next().unwrap_or_default().to_owned())
}
