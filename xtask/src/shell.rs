//! Starting other programs from the root of the workspace, with messages that can be pasted into a shell.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    // Set by `cargo run`, which is how the alias in .cargo/config.toml starts us.
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    manifest.parent().map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// Whether `program --version` runs.
pub(crate) fn has(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// One command line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    program: String,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
    folder: PathBuf,
}

impl Line {
    pub(crate) fn new<A: Into<String>>(
        program: impl Into<String>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            environment: Vec::new(),
            folder: root(),
        }
    }

    pub(crate) fn cargo<A: Into<String>>(arguments: impl IntoIterator<Item = A>) -> Self {
        let line = Self::new("cargo", arguments);
        // Nothing is built twice there, and incremental state is the larger half of a target folder.
        if std::env::var_os("CI").is_some() { line.env("CARGO_INCREMENTAL", "0") } else { line }
    }

    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    pub(crate) fn within(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// The line as one would type it.
    pub(crate) fn shown(&self) -> String {
        let quoted = |word: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:".contains(c);
            if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
        };
        let environment = self.environment.iter().map(|(name, value)| format!("{name}={}", quoted(value)));
        let words = std::iter::once(&self.program).chain(&self.arguments).map(|word| quoted(word));
        environment.chain(words).collect::<Vec<_>>().join(" ")
    }

    /// The command for callers that need its pipes.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.folder);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it with our own output.
    pub(crate) fn run(&self) -> Result<(), String> {
        let status =
            self.command().status().map_err(|error| format!("cannot start `{}`: {error}", self.program))?;
        if status.success() { Ok(()) } else { Err(format!("failed ({status}): {}", self.shown())) }
    }

    /// Runs it and hands its standard output back.
    pub(crate) fn output(&self) -> Result<String, String> {
        let output = self
            .command()
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot start `{}`: {error}", self.program))?;
        if !output.status.success() {
            return Err(format!("failed ({}): {}", output.status, self.shown()));
        }
        String::from_utf8(output.stdout).map_err(|_| format!("output is not UTF-8: {}", self.shown()))
    }
}

/// `cargo metadata` of the workspace's own packages.
pub(crate) fn metadata() -> Result<serde_json::Value, String> {
    let text = Line::cargo(["metadata", "--format-version", "1", "--no-deps"]).output()?;
    serde_json::from_str(&text).map_err(|error| format!("`cargo metadata` is not JSON: {error}"))
}
