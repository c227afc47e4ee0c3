//! Who reads environment and files: a program for each, which says what it found.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

use crate::stage::{Scene, Stage};

/// Generous: it covers the start of an interpreter on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Reader {
    name: &'static str,
    client: String,
    program: PathBuf,
    arguments: Vec<PathBuf>,
}

pub(crate) struct Said {
    pub(crate) client: String,
    pub(crate) found: Value,
}

impl Reader {
    pub(crate) fn node(folder: &Path) -> Self {
        let script = folder.join("node/found_credentials.mjs");
        Self { name: "node", client: String::new(), program: "node".into(), arguments: vec![script] }
    }

    pub(crate) fn python(folder: &Path, python: &str) -> Self {
        let script = folder.join("python/found_credentials.py");
        Self { name: "python", client: String::new(), program: python.into(), arguments: vec![script] }
    }

    pub(crate) fn ours() -> std::io::Result<Self> {
        let client = format!("ali-sts {}", env!("CARGO_PKG_VERSION"));
        Ok(Self {
            name: "ali-sts",
            client,
            program: std::env::current_exe()?,
            arguments: vec!["probe".into()],
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Runs it in the scene, with nothing else in its environment but what leads it to the emulator.
    pub(crate) async fn ask(&self, stage: &Stage, scene: &Scene) -> Result<Said, Box<dyn Error>> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(stage.sts_url()).current_dir(scene.home()).kill_on_drop(true);
        command.env_clear().envs(scene.variables()).env("HOME", scene.home()).env("PATH", search_path());
        // Some log replies as they come, credentials and all.
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        match self.name {
            "ali-sts" => {
                command.env("HTTPS_PROXY", format!("http://{}", stage.front().address));
                command.env("NO_PROXY", "127.0.0.1").env("SSL_CERT_FILE", scene.certificate());
                let metadata = format!("http://{}", stage.front().address);
                command.env("ALIBABA_CLOUD_ECS_METADATA_SERVICE_ENDPOINT", metadata);
            }
            _ => {
                command.arg(stage.front().address.to_string()).arg(scene.certificate());
                command.env("NODE_EXTRA_CA_CERTS", scene.certificate()).env("PYTHONDONTWRITEBYTECODE", "1");
            }
        }
        let output = tokio::time::timeout(PATIENCE, command.output())
            .await
            .map_err(|_| format!("{} has not answered for {} s", self.name, PATIENCE.as_secs()))??;
        let found: Value = serde_json::from_slice(&output.stdout)
            .map_err(|_| format!("{} ended with {} and without an answer", self.name, output.status))?;
        let client = found.get("client").and_then(Value::as_str).unwrap_or(&self.client).to_owned();
        Ok(Said { client, found })
    }
}

/// For programs that a profile names.
fn search_path() -> std::ffi::OsString {
    #[expect(clippy::disallowed_methods, reason = "a program passes on what it was given")]
    std::env::var_os("PATH").unwrap_or_default()
}
