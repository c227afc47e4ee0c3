//! Patterns against other matchers (feature `peers`), on usual texts and on hostile ones.

use crate::policy::{Contender, best, measure};
use crate::statistics::Spread;
use ali_sts_bench::Result;
use std::hint::black_box;
use sts_policy::Pattern;

const RESOURCE: &str = "acs:oss:cn-hangzhou:123456789012:my-bucket/uploads/2026/11/photo-000123.jpg";

const USUAL: [(&str, &str, bool); 4] = [
    ("acs:oss:*:*:my-bucket/uploads/*", RESOURCE, true),
    ("acs:oss:*:*:my-bucket/private/*", RESOURCE, false),
    ("acs:oss:*:*:my-bucket/*.jpg", RESOURCE, true),
    ("oss:Get*", "oss:GetObject", true),
];

/// A name, the pattern and the text for a length; none matches.
type Family = (&'static str, fn(usize) -> String, fn(usize) -> String);

const FAMILIES: [Family; 6] = [
    ("`a*a*a*a*b` on aⁿ", |_| "a*a*a*a*b".to_owned(), |n| "a".repeat(n)),
    ("`*a*a*a*ab*c` on aⁿ⁻¹c", |_| "*a*a*a*ab*c".to_owned(), |n| "a".repeat(n - 1) + "c"),
    ("`*a^(n/2)b*` on aⁿ", |n| format!("*{}b*", "a".repeat(n / 2 - 1)), |n| "a".repeat(n)),
    (
        "`*a^(n/2)b*` on baⁿ⁻¹",
        |n| format!("*{}b*", "a".repeat(n / 2 - 1)),
        |n| format!("b{}", "a".repeat(n - 1)),
    ),
    ("`(*a)^(n/2)b*` on aⁿ", |n| "*a".repeat(n / 2) + "b*", |n| "a".repeat(n)),
    ("`(*a)^32 b*` on aⁿ", |_| "*a".repeat(32) + "b*", |n| "a".repeat(n)),
];

const LENGTHS: [usize; 4] = [64, 256, 1024, 4096];

fn contenders<'a>(pattern: &'a str, text: &'a str, expected: bool) -> Vec<Contender<'a>> {
    let compiled = Pattern::new(pattern);
    #[cfg_attr(not(feature = "peers"), expect(unused_mut, reason = "peers are added"))]
    let mut contenders = vec![
        // 0x01 is nowhere, so that the whole text is seen.
        Contender::new("floor: one memchr pass over the text", move || {
            memchr::memchr(1, black_box(text).as_bytes()).is_none()
        }),
        Contender::new("`Pattern`", move || black_box(&compiled).matches(black_box(text)) == expected),
        Contender::new("two pointers over bytes, not compiled", move || {
            two_pointers(black_box(pattern).as_bytes(), black_box(text).as_bytes()) == expected
        }),
    ];
    #[cfg(feature = "peers")]
    {
        let compiled = wildmatch::WildMatch::new(pattern);
        contenders.push(Contender::new("wildmatch, compiled", move || {
            black_box(&compiled).matches(black_box(text)) == expected
        }));
        let regex = regex::escape(pattern).replace(r"\*", ".*").replace(r"\?", ".");
        if let Ok(compiled) = regex::bytes::Regex::new(&format!("(?s)^{regex}$")) {
            contenders.push(Contender::new("regex, bytes, compiled", move || {
                black_box(&compiled).is_match(black_box(text).as_bytes()) == expected
            }));
        }
    }
    contenders
}

/// The loop that everybody writes: on a mismatch it goes back to the last star.
fn two_pointers(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == b'?' || pattern[p] == text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((star_at, from)) = star {
            star = Some((star_at, from + 1));
            (p, t) = (star_at + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

pub fn table(rounds: u64) -> Result<()> {
    println!("\n## Wildcards, {} rounds: thread CPU time\n", rounds * 20);
    println!("| pattern | matches | what | ns, best | ns, median |");
    println!("|---|---|---|---:|---:|");
    for (pattern, text, expected) in USUAL {
        let mut contenders = contenders(pattern, text, expected);
        let nanoseconds = measure(&mut contenders, rounds * 20)?;
        for (contender, nanoseconds) in contenders.iter().zip(&nanoseconds) {
            println!(
                "| `{pattern}` | {expected} | {} | {:.1} | {:.1} |",
                contender.name,
                best(nanoseconds),
                Spread::of(nanoseconds.iter().copied()).median
            );
        }
    }

    println!("\nGrowth with the text, ns at best; the exponent is that of the last two lengths:\n");
    println!("| pattern | what | 64 | 256 | 1024 | 4096 | exponent |");
    println!("|---|---|---:|---:|---:|---:|---:|");
    for (family, pattern, text) in FAMILIES {
        let mut names = Vec::new();
        let mut columns = Vec::new();
        for length in LENGTHS {
            let (pattern, text) = (pattern(length), text(length));
            let mut contenders = contenders(&pattern, &text, false);
            let nanoseconds = measure(&mut contenders, rounds)?;
            if names.is_empty() {
                names = contenders.iter().map(|contender| contender.name).collect();
            }
            // A peer that cannot compile the pattern at this length has no figure.
            columns.push(nanoseconds.iter().map(|nanoseconds| best(nanoseconds)).collect::<Vec<f64>>());
        }
        for (at, name) in names.iter().enumerate() {
            let figures: Vec<Option<f64>> = columns.iter().map(|column| column.get(at).copied()).collect();
            let shown = |figure: &Option<f64>| figure.map_or("-".to_owned(), |figure| format!("{figure:.1}"));
            let exponent = match figures[..] {
                [.., Some(shorter), Some(longer)] => format!("{:.2}", (longer / shorter).log(4.0)),
                _ => "-".to_owned(),
            };
            let figures: Vec<String> = figures.iter().map(shown).collect();
            println!("| {family} | {name} | {} | {exponent} |", figures.join(" | "));
        }
    }
    Ok(())
}
