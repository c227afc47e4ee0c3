//! Manifests say why each dependency is there.

use super::Finding;

/// The first line of every group of dependencies (lines without an empty one between them) follows a comment.
pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut inside = false;
    // What the line before was; a group starts after anything but another dependency.
    let mut explained = false;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.starts_with('[') {
            inside = explains_itself(line);
            explained = false;
        } else if line.is_empty() {
            explained = false;
        } else if line.starts_with('#') {
            explained = true;
        } else if inside && !explained {
            let name: String =
                line.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
            findings.push(Finding::new(
                path,
                number,
                "manifest-comment",
                format!("say in a comment above `{name}` (or above its group) why it is there"),
            ));
            // One finding a group.
            explained = true;
        }
    }
    findings
}

/// The tables that reach users. Dev-dependencies may explain themselves, and often do by their names.
fn explains_itself(header: &str) -> bool {
    let header = header.trim_matches(['[', ']']);
    ["dependencies", "build-dependencies", "workspace.dependencies"].contains(&header)
        || (header.starts_with("target.")
            && (header.ends_with(".dependencies") || header.ends_with(".build-dependencies")))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_group_without_a_reason_is_found_once() {
        let findings =
            check("Cargo.toml", "[package]\nname = \"x\"\n\n[dependencies]\nhttp = \"1\"\nbytes = \"1\"\n");
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 5);
        assert_eq!(check("Cargo.toml", "[dependencies]\n# why\nhttp = \"1\"\n\nbytes = \"1\"\n").len(), 1);
        assert_eq!(check("Cargo.toml", "[target.'cfg(unix)'.dependencies]\nlibc = \"1\"\n").len(), 1);
    }

    #[test]
    fn a_group_with_one_is_not() {
        assert!(check("Cargo.toml", "[dependencies]\n# why\nhttp = \"1\"\nbytes = \"1\"\n").is_empty());
        assert!(
            check("Cargo.toml", "[dev-dependencies]\nproptest = \"1\"\n[features]\ndefault = []\n")
                .is_empty()
        );
    }
}
