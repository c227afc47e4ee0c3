//! `cargo xtask ci`: what CI runs, step by step.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::shell::{self, Line};
use crate::{tidy, tree};

/// What a step does.
enum Work {
    /// Command lines, one after the other.
    Lines(Vec<Line>),
    /// A command of this program.
    Own(fn() -> Result<(), String>),
}

struct Step {
    name: &'static str,
    work: Work,
}

/// Runs all steps, or those named, and stops at the first that fails.
pub(crate) fn run(wanted: &[String]) -> Result<(), String> {
    let steps = steps(&packages(&shell::metadata()?));
    if let Some(unknown) = wanted.iter().find(|name| steps.iter().all(|step| step.name != name.as_str())) {
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        return Err(format!("`{unknown}` is no step of `cargo xtask ci`; there are {}", names.join(", ")));
    }
    let steps: Vec<Step> = steps
        .into_iter()
        .filter(|step| wanted.is_empty() || wanted.iter().any(|name| name == step.name))
        .collect();

    let mut times: Vec<(&str, Duration)> = Vec::new();
    let count = steps.len();
    for (index, step) in steps.iter().enumerate() {
        println!("\n==> [{}/{count}] {}", index + 1, step.name);
        let start = Instant::now();
        let outcome = perform(&step.work);
        times.push((step.name, start.elapsed()));
        if let Err(message) = outcome {
            summary(&times, count);
            return Err(format!(
                "step `{name}` {message}\nrun it alone with: cargo xtask ci {name}",
                name = step.name
            ));
        }
    }
    summary(&times, count);
    Ok(())
}

fn perform(work: &Work) -> Result<(), String> {
    match work {
        Work::Own(function) => function(),
        Work::Lines(lines) => lines.iter().try_for_each(|line| {
            println!("  $ {}", line.shown());
            line.run()
        }),
    }
}

fn summary(times: &[(&str, Duration)], count: usize) {
    println!();
    for (name, time) in times {
        println!("{name:<10} {:>7.1} s", time.as_secs_f64());
    }
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    println!("{:<10} {:>7.1} s, {} of {count} steps", "all", total.as_secs_f64(), times.len());
}

/// A package of the workspace, as far as the steps care.
struct Package {
    name: String,
    /// Whether leaving the default features out leaves anything out.
    has_default: bool,
    /// Whether there is any feature beyond the default ones.
    has_features: bool,
}

fn packages(metadata: &Value) -> Vec<Package> {
    let mut packages: Vec<Package> = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|package| {
            let features = package["features"].as_object();
            let default = features.and_then(|features| features.get("default")).and_then(Value::as_array);
            Package {
                name: package["name"].as_str().unwrap_or_default().to_owned(),
                has_default: default.is_some_and(|default| !default.is_empty()),
                has_features: features.is_some_and(|features| features.keys().any(|name| name != "default")),
            }
        })
        .collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    packages
}

fn steps(packages: &[Package]) -> Vec<Step> {
    let step = |name, lines| Step { name, work: Work::Lines(lines) };
    vec![
        step("fmt", vec![Line::cargo(["fmt", "--all", "--check"])]),
        Step { name: "tidy", work: Work::Own(tidy::run) },
        step("clippy", packages.iter().map(clippy).collect()),
        step("alone", packages.iter().flat_map(alone).collect()),
        step("tests", vec![tests()]),
        step("doctests", vec![Line::cargo(["test", "--quiet", "--doc", "--workspace", "--all-features"])]),
        step(
            "rustdoc",
            vec![
                Line::cargo(["doc", "--quiet", "--no-deps", "--workspace", "--all-features"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ],
        ),
        step(
            "deny",
            vec![Line::cargo(["deny", "--log-level", "error", "check", "bans", "licenses", "sources"])],
        ),
        Step { name: "tree", work: Work::Own(tree::run) },
    ]
}

/// Everything in the package, with every feature: warnings are errors.
///
/// Package by package, since cargo unifies features over what is built together: in one go, a crate that forgot to ask
/// for a feature of a dependency would borrow it from its neighbour.
fn clippy(package: &Package) -> Line {
    let mut arguments = vec!["clippy", "--quiet", "-p", &package.name, "--all-targets"];
    if package.has_features {
        arguments.push("--all-features");
    }
    arguments.extend(["--", "-D", "warnings"]);
    Line::cargo(arguments)
}

/// What a user of this one crate builds: no neighbours, no dev-dependencies; as it comes, and with nothing on.
///
/// Clippy and not `check`, because it can deny warnings without touching `RUSTFLAGS`, which would build every
/// dependency a second time.
fn alone(package: &Package) -> Vec<Line> {
    let line = |extra: &[&str]| {
        let mut arguments = vec!["clippy", "--quiet", "-p", package.name.as_str()];
        arguments.extend(extra);
        arguments.extend(["--", "-D", "warnings"]);
        Line::cargo(arguments)
    };
    let mut lines = vec![line(&[])];
    if package.has_default {
        lines.push(line(&["--no-default-features"]));
    }
    if package.has_features {
        lines.push(line(&["--all-features"]));
    }
    lines
}

/// With every feature, so that code behind one is tested too; the README's `cargo test --workspace`, which .ci/run starts
/// as well, tests the default ones.
fn tests() -> Line {
    if shell::has("cargo", &["nextest", "--version"]) {
        Line::cargo([
            "nextest",
            "run",
            "--workspace",
            "--all-features",
            "--no-fail-fast",
            "--status-level",
            "fail",
        ])
    } else {
        Line::cargo(["test", "--workspace", "--lib", "--bins", "--tests", "--examples", "--all-features"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutations_that_build_the_same_thing_twice_are_left_out() {
        let bare = Package { name: "bare".into(), has_default: false, has_features: false };
        assert_eq!(alone(&bare).len(), 1);
        let rich = Package { name: "rich".into(), has_default: true, has_features: true };
        let shown: Vec<String> = alone(&rich).iter().map(Line::shown).collect();
        assert_eq!(shown.len(), 3);
        assert!(
            shown[1].ends_with("clippy --quiet -p rich --no-default-features -- -D warnings"),
            "{}",
            shown[1]
        );
    }

    #[test]
    fn features_are_read_from_the_metadata() {
        let metadata = serde_json::json!({"packages": [
            {"name": "b", "features": {"default": ["x"], "x": []}},
            {"name": "a", "features": {"default": []}},
        ]});
        let packages = packages(&metadata);
        assert_eq!(packages[0].name, "a");
        assert!(!packages[0].has_default && !packages[0].has_features);
        assert!(packages[1].has_default && packages[1].has_features);
    }
}
