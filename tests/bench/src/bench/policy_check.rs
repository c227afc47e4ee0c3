//! From text to findings: `Document::parse` and `check`, on a policy of two kilobytes.

use crate::policy::{Contender, best, measure};
use crate::statistics::Spread;
use ali_sts_bench::Result;
use std::hint::black_box;
use sts_policy::{Document, PolicyKind};

/// What an application's session policy looks like near the limit: nothing wrong with it.
pub fn text() -> String {
    let statement = |number: usize| {
        format!(
            r#"{{"Effect":"Allow","Action":["oss:GetObject","oss:PutObject","oss:AbortMultipartUpload","oss:ListParts"],"Resource":["acs:oss:*:*:app-data/tenants/{number:04}/*","acs:oss:*:*:app-shared/{number:04}/*"],"Condition":{{"StringLike":{{"acs:UserAgent":"app-{number}/*"}},"DateLessThan":{{"acs:CurrentTime":"2030-01-01T00:00:00Z"}}}}}}"#
        )
    };
    let listing = r#"{"Effect":"Allow","Action":["oss:ListObjects","oss:ListObjectVersions"],"Resource":"acs:oss:*:*:app-data","Condition":{"StringLike":{"oss:Prefix":["tenants/*","shared/*"]}}}"#;
    let other = r#"{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey","log:Get*","log:List*","log:PostLogStoreLogs"],"Resource":["acs:kms:*:*:key/app","acs:log:*:*:project/app/*","acs:log:*:*:project/audit-of-the-app/*"]}"#;
    let denied = r#"{"Effect":"Deny","Action":"oss:Delete*","Resource":"acs:oss:*:*:app-data/*"}"#;
    let statements: Vec<String> = (0..5).map(statement).collect();
    format!(r#"{{"Version":"1","Statement":[{},{listing},{other},{denied}]}}"#, statements.join(","))
}

pub fn table(rounds: u64) -> Result<()> {
    let rounds = rounds * 20;
    let text = text();
    let document = Document::parse(&text);
    println!("\n## Checking a policy of {} bytes, {rounds} rounds: thread CPU time\n", text.len());
    println!("| what | µs, best | µs, median |");
    println!("|---|---:|---:|");
    let is_clean = |document: &Document<'_>| document.check(PolicyKind::Identity).findings().is_empty();
    let mut contenders = vec![
        Contender::new("`Document::parse`", || !Document::parse(black_box(&text)).has_errors()),
        Contender::new("`Document::check`, parsed before", || is_clean(black_box(&document))),
        Contender::new("both", || is_clean(&Document::parse(black_box(&text)))),
    ];
    let nanoseconds = measure(&mut contenders, rounds)?;
    for (contender, nanoseconds) in contenders.iter().zip(&nanoseconds) {
        let median = Spread::of(nanoseconds.iter().copied()).median;
        println!("| {} | {:.1} | {:.1} |", contender.name, best(nanoseconds) / 1e3, median / 1e3);
    }
    Ok(())
}
