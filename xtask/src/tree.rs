//! What a program that uses `ali-sts` pulls in.

use std::collections::BTreeSet;

use crate::shell::Line;

/// The normal tree stays under this, the program itself counted.
const MOST_CRATES: usize = 75;

/// What must not be there. `openssl-probe` may: it only knows in which folders systems keep their root certificates.
const BANNED: [&str; 9] = [
    "async-trait",
    "chrono",
    "native-tls",
    "openssl",
    "openssl-sys",
    "regex",
    "regex-automata",
    "regex-syntax",
    "reqwest",
];

/// Counts the crates and names the banned ones.
pub(crate) fn run() -> Result<(), String> {
    let tree = Line::cargo(["tree", "-p", "ali-sts", "-e", "normal", "--prefix", "none"]).output()?;
    let crates = crates(&tree);
    let banned: Vec<&str> =
        crates.iter().map(|line| name(line)).filter(|name| BANNED.contains(name)).collect();
    if !banned.is_empty() {
        return Err(format!(
            "a program that uses ali-sts would pull in {}; `cargo tree -p ali-sts -e normal -i NAME` says through whom",
            banned.join(", ")
        ));
    }
    let count = crates.len() + 1;
    if count >= MOST_CRATES {
        return Err(format!(
            "a program that uses ali-sts pulls in {count} crates, itself counted; fewer than {MOST_CRATES} are promised"
        ));
    }
    println!(
        "{count} crates in a program that uses ali-sts, itself counted (fewer than {MOST_CRATES} are promised)"
    );
    Ok(())
}

/// One entry for each crate and version: `cargo tree` marks a repeated one with `(*)`, a local one with its folder.
fn crates(tree: &str) -> BTreeSet<String> {
    let pair = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    tree.lines().map(pair).filter(|line| !line.is_empty()).collect()
}

fn name(line: &str) -> &str {
    line.split(' ').next().unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_crate_counts_once_and_two_versions_count_twice() {
        let tree = "ali-sts v0.1.0 (folder)\nhttp v1.0.0\nhttp v1.0.0 (*)\nhttp v0.2.0\n\nthiserror-impl v2.0.0 (proc-macro)\n";
        assert_eq!(crates(tree).len(), 4);
    }
}
