//! Which crate may depend on which (docs/architecture.md, "Who may call whom").

use serde_json::Value;

use super::Finding;
use crate::shell;

/// A crate of ours and all that it may depend on among ours. Dev edges are not counted.
const MAY_DEPEND_ON: [(&str, &[&str]); 7] = [
    ("sts-types", &[]),
    ("sts-policy", &[]),
    ("sts-http", &[]),
    ("sts-sign", &["sts-types"]),
    ("ali-sts", &["sts-http", "sts-policy", "sts-sign", "sts-types"]),
    // Never ali-sts: the judge must not share the defendant's client.
    ("sts-emulator", &["sts-policy", "sts-sign", "sts-types"]),
    ("ali-sts-cli", &["ali-sts", "sts-emulator"]),
];

const RULE: &str = "crate-direction";

/// Checks every edge between crates of the workspace.
pub(super) fn check(metadata: &Value) -> Vec<Finding> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ours: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut findings = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let path = manifest_path(package);
        if !path.starts_with("crates/") {
            continue;
        }
        let Some((_, allowed)) = MAY_DEPEND_ON.iter().find(|(known, _)| *known == name) else {
            findings.push(Finding::new(
                &path,
                1,
                RULE,
                format!("`{name}` has no place in docs/architecture.md; give it one, there and in xtask/src/tidy/crates.rs"),
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = dependency["name"].as_str().unwrap_or_default();
            if dependency["kind"] == "dev" || !ours.contains(&on) {
                continue;
            }
            if !allowed.contains(&on) {
                findings.push(Finding::new(
                    &path,
                    1,
                    RULE,
                    format!("`{name}` must not depend on `{on}`; it may on {}", listed(allowed)),
                ));
            }
            if dependency["req"] == "*" {
                findings.push(Finding::new(
                    &path,
                    1,
                    RULE,
                    format!(
                        "`{on}` needs a caret version next to its path, so that `{name}` can be published"
                    ),
                ));
            }
        }
    }
    findings
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none of ours".to_owned() } else { names.join(", ") }
}

/// The manifest's path from the root.
pub(super) fn manifest_path(package: &Value) -> String {
    let absolute = package["manifest_path"].as_str().unwrap_or_default();
    let root = shell::root();
    std::path::Path::new(absolute)
        .strip_prefix(&root)
        .map_or_else(|_| absolute.to_owned(), |path| path.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(name: &str, on: &str, kind: Value, req: &str) -> Value {
        serde_json::json!({"packages": [
            {"name": name, "manifest_path": format!("crates/{name}/Cargo.toml"),
             "dependencies": [{"name": on, "kind": kind, "req": req}]},
            {"name": on, "manifest_path": "tests/Cargo.toml", "dependencies": []},
        ]})
    }

    #[test]
    fn an_edge_against_the_direction_is_found() {
        let findings = check(&metadata("sts-emulator", "ali-sts", Value::Null, "^0.1.0"));
        assert_eq!(findings.len(), 1);
        assert_eq!(
            findings[0].to_string(),
            "crates/sts-emulator/Cargo.toml:1: [crate-direction] `sts-emulator` must not depend on `ali-sts`; it may on sts-policy, sts-sign, sts-types"
        );
        assert_eq!(check(&metadata("sts-types", "sts-sign", "build".into(), "^0.1.0")).len(), 1);
    }

    #[test]
    fn an_edge_along_the_direction_is_not_and_dev_edges_are_free() {
        assert!(check(&metadata("sts-sign", "sts-types", Value::Null, "^0.1.0")).is_empty());
        assert!(check(&metadata("sts-types", "sts-sign", "dev".into(), "^0.1.0")).is_empty());
    }

    #[test]
    fn a_path_without_a_version_is_found() {
        assert_eq!(check(&metadata("sts-sign", "sts-types", Value::Null, "*")).len(), 1);
    }

    #[test]
    fn a_crate_nobody_planned_is_found() {
        assert_eq!(check(&metadata("sts-utils", "sts-types", Value::Null, "^0.1.0")).len(), 1);
    }
}
