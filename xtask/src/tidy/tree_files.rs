//! The files of the tree, and rules about any text in it.

use super::{Finding, TextFile};
use crate::shell::{self, Line};

/// What git tracks or would track; ignored files are nobody's business.
pub(super) fn read() -> Result<Vec<TextFile>, String> {
    let listed =
        Line::new("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).output()?;
    let mut paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut files = Vec::new();
    for path in paths {
        // A deleted file is listed until the deletion is committed; a binary one has no lines.
        let Ok(bytes) = std::fs::read(shell::root().join(path)) else { continue };
        let Ok(text) = String::from_utf8(bytes) else { continue };
        files.push(TextFile { path: path.to_owned(), text });
    }
    Ok(files)
}

/// Folders of somebody's machine; in pieces, so that this file may be checked too.
const MACHINE_FOLDERS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// Rules for any file.
pub(super) fn check_text(file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        if let Some(folder) = MACHINE_FOLDERS.iter().find(|folder| names_folder(line, folder)) {
            findings.push(Finding::new(
                &file.path,
                number,
                "machine-path",
                format!("`{folder}` exists on one machine only; use a path from the root of the tree"),
            ));
        }
        if file.path.ends_with("package-lock.json") && line.trim_start().starts_with("\"resolved\"") {
            findings.push(Finding::new(
                &file.path,
                number,
                "registry-host",
                "a lock file must not say where a package was fetched from; install with `omit-lockfile-registry-resolved=true`",
            ));
        }
    }
    findings
}

/// An absolute path begins after a space, a quote or the like; `docs/work/` is no machine path.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || "_-.*}/".contains(c)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        let file = TextFile { path: path.into(), text: text.into() };
        check_text(&file).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn an_absolute_path_of_a_machine_is_found() {
        assert_eq!(rules("a.md", &format!("see `{}shared/x`", MACHINE_FOLDERS[0])), ["machine-path"]);
        assert_eq!(rules("a.md", &format!("{}x", MACHINE_FOLDERS[1])), ["machine-path"]);
        assert!(rules("a.md", "the docs/work/ folder and its frame-work/ ones").is_empty());
    }

    #[test]
    fn a_lock_file_with_hosts_is_found() {
        assert_eq!(
            rules("x/package-lock.json", "      \"resolved\": \"https://host/p.tgz\","),
            ["registry-host"]
        );
        assert!(rules("x/package-lock.json", "      \"integrity\": \"sha512-…\",").is_empty());
    }
}
