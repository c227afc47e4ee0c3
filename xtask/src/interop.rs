//! `cargo xtask interop`: clients nobody here wrote, against the emulator and against our signatures.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use crate::shell::{self, Line};

const FOLDER: &str = "tests/interop";

const EMULATOR: &str = "emulator_for_interop";
const OSS_REQUESTS: &str = "oss_requests_for_interop";

/// What users start.
const COMMAND: &str = "ali-sts";

/// Given alone, all examples.
const EXAMPLES: &str = "examples";

/// Given alone, the cases of credential_cases.json; the program of ours runs clients of two languages itself.
const CREDENTIAL_CASES: &str = "credential_cases";
const CREDENTIAL_CASES_PROGRAM: &str = "credential_cases_for_interop";

/// The scripts by name, with the language that runs them and the program of ours that they are given.
const SCRIPTS: [(&str, Language, &str); 12] = [
    ("ali_oss", Language::Node, EMULATOR),
    ("objects_ali_oss", Language::Node, EMULATOR),
    ("pop_core", Language::Node, EMULATOR),
    ("openapi_sts", Language::Node, EMULATOR),
    ("credentials", Language::Node, EMULATOR),
    ("objects_oss2", Language::Python, EMULATOR),
    ("objects_oss_v2", Language::Python, EMULATOR),
    ("sdk_sts", Language::Python, EMULATOR),
    ("role_credentials", Language::Python, EMULATOR),
    ("lent_credentials", Language::Python, EMULATOR),
    ("openapi_sts", Language::Python, EMULATOR),
    ("oss_signatures", Language::Python, OSS_REQUESTS),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Node,
    Python,
    Shell,
}

/// One case of one client.
struct Case {
    client: String,
    name: String,
    outcome: Outcome,
}

enum Outcome {
    NotApplicable { why: String },
    Ran { expected: String, got: String },
}

/// Runs all scripts, or those named, and prints a table for each client.
pub(crate) fn run(wanted: &[String]) -> Result<(), String> {
    let others = [EXAMPLES, CREDENTIAL_CASES];
    let is_known = |name: &str| others.contains(&name) || SCRIPTS.iter().any(|(script, ..)| *script == name);
    if let Some(unknown) = wanted.iter().find(|name| !is_known(name)) {
        let names: Vec<&str> = SCRIPTS.iter().map(|(name, ..)| *name).chain(others).collect();
        return Err(format!("`{unknown}` is no interop script; there are {}", names.join(", ")));
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let scripts: Vec<_> = SCRIPTS.into_iter().filter(|(name, ..)| is_wanted(name)).collect();
    for language in Language::ALL {
        let reads_credentials = is_wanted(CREDENTIAL_CASES) && language != Language::Shell;
        let is_asked = |(_, needed, _): &(&str, Language, &str)| *needed == language;
        if is_wanted(EXAMPLES) || reads_credentials || scripts.iter().any(is_asked) {
            language.install()?;
        }
    }
    let mut cases = Vec::new();
    if is_wanted(EXAMPLES) {
        let program = build(COMMAND)?;
        for language in Language::ALL {
            cases.push(example(language, &program)?);
        }
    }
    for (name, language, program) in scripts {
        cases.extend(play(name, &language.script(name, &build(program)?))?);
    }
    if is_wanted(CREDENTIAL_CASES) {
        let arguments = [shell::root().join(FOLDER), python(&Language::Python.folder()).into()];
        let arguments = arguments.map(|path: PathBuf| path.to_string_lossy().into_owned());
        cases.extend(play(CREDENTIAL_CASES, &Line::new(build(CREDENTIAL_CASES_PROGRAM)?, arguments))?);
    }
    print!("{}", tables(&cases));
    let ran = cases.iter().filter(|case| matches!(case.outcome, Outcome::Ran { .. })).count();
    let failed = cases.iter().filter(|case| !case.is_as_expected()).count();
    println!("\n{} passed, {failed} failed", ran - failed);
    match failed {
        0 => Ok(()),
        _ => Err("a client made something else of it than the table of tests/interop expects".to_owned()),
    }
}

impl Language {
    const ALL: [Self; 3] = [Self::Node, Self::Python, Self::Shell];

    fn folder(self) -> PathBuf {
        shell::root().join(FOLDER).join(match self {
            Self::Node => "node",
            Self::Python => "python",
            Self::Shell => "shell",
        })
    }

    /// Installs the pinned clients, unless the very same are there.
    fn install(self) -> Result<(), String> {
        let folder = self.folder();
        let (pins, stamp, lines) = match self {
            Self::Node => {
                require("node", &["--version"], "Node.js 18 or newer")?;
                require("npm", &["--version"], "npm, which comes with Node.js")?;
                let install = Line::new("npm", ["ci", "--no-audit", "--no-fund"]).within(&folder);
                ("package-lock.json", "node_modules/.installed", vec![install])
            }
            Self::Python => {
                // Debian packs venv without what makes it work.
                require(
                    "python3",
                    &["-c", "import ensurepip, venv"],
                    "Python 3.10 or newer with its venv module",
                )?;
                let venv = Line::new("python3", ["-m", "venv", "--clear", ".venv"]).within(&folder);
                let pip = [
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "-r",
                    "requirements.txt",
                ];
                let install = Line::new(python(&folder), pip).within(&folder);
                ("requirements.txt", ".venv/.installed", vec![venv, install])
            }
            Self::Shell => {
                let script = "command -v curl && command -v jq && command -v openssl";
                return require("bash", &["-c", script], "bash, curl, jq and openssl");
            }
        };
        let pinned = fs::read(folder.join(pins))
            .map_err(|error| format!("cannot read {FOLDER}'s `{pins}`: {error}"))?;
        if fs::read(folder.join(stamp)).is_ok_and(|installed| installed == pinned) {
            return Ok(());
        }
        lines.iter().try_for_each(|line| {
            println!("  $ {}", line.shown());
            line.run()
        })?;
        fs::write(folder.join(stamp), pinned)
            .map_err(|error| format!("cannot write {FOLDER}'s `{stamp}`: {error}"))
    }

    fn script(self, name: &str, program: &str) -> Line {
        let folder = self.folder();
        let line = match self {
            Self::Node => Line::new("node", [format!("{name}.mjs"), program.to_owned()]),
            Self::Python => Line::new(python(&folder), [format!("{name}.py"), program.to_owned()]),
            Self::Shell => Line::new("bash", [format!("{name}.sh"), program.to_owned()]),
        };
        // A proxy of the machine has no business between a client and loopback.
        line.env("NO_PROXY", "*").env("no_proxy", "*").env("PYTHONDONTWRITEBYTECODE", "1").within(folder)
    }
}

fn require(program: &str, arguments: &[&str], what: &str) -> Result<(), String> {
    if shell::has(program, arguments) {
        return Ok(());
    }
    Err(format!("`cargo xtask interop` needs {what}; install it and run this again"))
}

fn python(folder: &std::path::Path) -> String {
    let inside = if cfg!(windows) { ".venv/Scripts/python.exe" } else { ".venv/bin/python" };
    folder.join(inside).to_string_lossy().into_owned()
}

/// Builds a program of ours and says where it is.
fn build(name: &str) -> Result<String, String> {
    let package = if name == COMMAND { "ali-sts-cli" } else { "ali-sts-tests" };
    let arguments =
        ["build", "--quiet", "-p", package, "--bin", name, "--message-format", "json-render-diagnostics"];
    let messages = Line::cargo(arguments).output()?;
    let built = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    built
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(str::to_owned))
        .ok_or_else(|| format!("cargo built no `{name}`"))
}

/// Runs one script and reads its cases.
fn play(name: &str, line: &Line) -> Result<Vec<Case>, String> {
    let mut child = line
        .command()
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {name}: {error}"))?;
    let mut cases = Vec::new();
    for text in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let text = text.map_err(|error| format!("cannot read what {name} says: {error}"))?;
        cases.push(Case::parse(&text).ok_or_else(|| format!("{name} printed what is no case: {text}"))?);
    }
    let status = child.wait().map_err(|error| format!("cannot wait for {name}: {error}"))?;
    if !status.success() {
        return Err(format!("{name} ended with {status} after {} cases", cases.len()));
    }
    if cases.is_empty() {
        return Err(format!("{name} tried nothing"));
    }
    Ok(cases)
}

/// Runs the example of a language as users do. It prints what was allowed and what was refused.
fn example(language: Language, program: &str) -> Result<Case, String> {
    let (name, client) = match language {
        Language::Node => ("node", "example in JavaScript"),
        Language::Python => ("python", "example in Python"),
        Language::Shell => ("shell", "example in a shell"),
    };
    let said = language.script("example", program).env("ALI_STS", program).output();
    let said = said.map_err(|error| format!("the example of {name}: {error}"))?;
    Ok(Case {
        client: client.to_owned(),
        name: "one folder, and another".to_owned(),
        outcome: Outcome::Ran {
            expected: "allowed: all is well, refused: 403 AccessDenied".to_owned(),
            got: said.lines().collect::<Vec<_>>().join(", "),
        },
    })
}

impl Case {
    fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let outcome = match text("not_applicable") {
            Some(why) => Outcome::NotApplicable { why },
            None => Outcome::Ran { expected: text("expected")?, got: text("got")? },
        };
        Some(Self { client: text("client")?, name: text("case")?, outcome })
    }

    fn is_as_expected(&self) -> bool {
        match &self.outcome {
            Outcome::NotApplicable { .. } => true,
            Outcome::Ran { expected, got } => expected == got,
        }
    }
}

/// A table for each client: case, what is expected, what the client made of it.
fn tables(cases: &[Case]) -> String {
    let mut by_client: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        by_client.entry(&case.client).or_default().push(case);
    }
    let width = |text: fn(&Case) -> usize| cases.iter().map(text).max().unwrap_or(0);
    let names = width(|case| case.name.chars().count());
    let expectations = width(|case| match &case.outcome {
        Outcome::NotApplicable { .. } => 0,
        Outcome::Ran { expected, .. } => expected.chars().count(),
    });
    let mut text = String::new();
    for (client, cases) in by_client {
        text += &format!(
            "\n{client}\n  {:names$}  {:expectations$}  what the client made of it\n",
            "case", "expected"
        );
        for case in cases {
            let row = match &case.outcome {
                Outcome::NotApplicable { why } => format!("{:expectations$}  {why}", "n/a"),
                Outcome::Ran { expected, got } => {
                    let mark = if case.is_as_expected() { "" } else { "  <-- not as expected" };
                    format!("{expected:expectations$}  {got}{mark}")
                }
            };
            text += &format!("  {:names$}  {row}\n", case.name);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_marks_what_is_not_as_expected() {
        let lines = [
            r#"{"client": "a 1", "case": "plain", "expected": "credentials", "got": "credentials"}"#,
            r#"{"client": "a 1", "case": "token", "not_applicable": "cannot"}"#,
            r#"{"client": "a 1", "case": "wrong", "expected": "No", "got": "Yes"}"#,
        ];
        let cases: Vec<Case> = lines.iter().map(|line| Case::parse(line).unwrap()).collect();
        let expected = "
a 1
  case   expected     what the client made of it
  plain  credentials  credentials
  token  n/a          cannot
  wrong  No           Yes  <-- not as expected
";
        assert_eq!(tables(&cases), expected);
        assert_eq!(cases.iter().filter(|case| case.is_as_expected()).count(), 2);
    }

    #[test]
    fn what_is_no_case_is_told() {
        assert!(Case::parse("a warning of some library").is_none());
        assert!(Case::parse(r#"{"client": "a", "case": "b", "expected": "c"}"#).is_none());
    }
}
