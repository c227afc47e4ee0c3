//! Credentials that a program prints.

mod program;
mod split;

use crate::os::Os;
use crate::provider::external_process::program::Program;
use crate::provider::external_process::split::{Platform, split};
use crate::reply::json::{read_object, texts};
use crate::reply::{Text, filled};
use crate::timestamp;
use std::borrow::Cow;
use std::fmt;
use std::io;
use std::time::Duration;
use sts_types::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind, Secret};
use tokio::runtime::Handle;
use zeroize::Zeroizing;

const NAME: &str = "external_process";
const DISABLED: &str = "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS";

/// As in the SDKs.
const TIMEOUT: Duration = Duration::from_secs(60);
/// As good as for ever, and yet a time that can be added to now.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 86_400);

/// Provides the credentials that a program prints: mode `External` of `~/.aliyun/config.json`.
///
/// It prints one JSON object: `access_key_id` and `access_key_secret`; `sts_token` for temporary credentials, without which `mode` must not be `StsToken`;
/// `expiration` (`YYYY-MM-DDThh:mm:ssZ`) where they expire. `mode` is `AK`, `StsToken` or absent. An object of another mode
/// describes another source, and not credentials: it is refused, where the CLI would follow it.
///
/// * **No shell**: the line is split at white space; quotes keep it together, and outside of single quotes a backslash takes the next character as it is
///   (in double quotes only `"`, `\`, `$`, `` ` ``; on Windows only `\"` there). Nothing else means anything. These are the
///   rules of the CLI and of the Go, Java and Node SDKs.
/// * The program has the environment and the folder of this one, no standard input, and 60 s ([`timeout`](Self::timeout)). It may print 1 MiB.
///   What it says on standard error goes nowhere. It is killed when it is late, prints too much, or when nobody waits for it any more; processes that it
///   started are not.
/// * It is run each time credentials are asked for. They are not written to any file, as the SDKs do in clear text.
/// * `ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS` = `1` or `true` forbids it.
///
/// The command line and what is printed are treated as secret: no error, `Debug` output or log shows them. A tokio runtime with its time
/// driver on is needed.
///
/// ```no_run
/// use ali_sts::{Client, provider::ExternalProcess};
///
/// # fn example() -> Result<(), ali_sts::Error> {
/// let sts = Client::new(ExternalProcess::new("/opt/bin/issue-credentials --for 'my app'"))?;
/// # Ok(())
/// # }
/// ```
pub struct ExternalProcess {
    command_line: Secret,
    timeout: Duration,
    os: Os,
}

impl ExternalProcess {
    /// Credentials of this command. What is wrong with the line is told when it is first asked.
    #[must_use]
    pub fn new(command_line: impl Into<Secret>) -> Self {
        Self { command_line: command_line.into(), timeout: TIMEOUT, os: Os::process() }
    }

    /// How long the program may take; default 60 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST);
        self
    }

    /// Another environment than the process's. The program's own is the process's all the same.
    #[cfg(test)]
    pub(crate) fn with_os(mut self, os: Os) -> Self {
        self.os = os;
        self
    }

    async fn credentials(&self) -> Result<Credentials, ProviderError> {
        let disabled = self.os.variable(DISABLED).map_err(|error| invalid(error.to_string()))?;
        if disabled.is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true")) {
            return Err(invalid(format!("programs must not be run, says `{DISABLED}`")));
        }
        let printed = printed(self.start()?, self.timeout).await?;
        let credentials = read(&printed)
            .map_err(|problem| failed(format!("what the program printed cannot be used: {problem}")))?;
        Ok(credentials.with_provider_name(NAME))
    }

    fn start(&self) -> Result<Program, ProviderError> {
        let (program, arguments) = split(self.command_line.expose_secret(), Platform::HERE)
            .map_err(|problem| invalid(format!("the command line cannot be used: {problem}")))?;
        // Waiting for it would panic.
        if Handle::try_current().is_err() {
            return Err(failed("called outside a tokio runtime; call it from within one"));
        }
        Program::start(&program, &arguments).map_err(|error| {
            match error.kind() {
                io::ErrorKind::NotFound => invalid("there is no such program; give its whole path"),
                io::ErrorKind::PermissionDenied => invalid("the program must not be run; is it executable?"),
                _ => failed("the program could not be started"),
            }
            .with_source(error)
        })
    }
}

/// What a program prints until it ends well. It is gone when this is over.
async fn printed(mut program: Program, timeout: Duration) -> Result<Zeroizing<Vec<u8>>, ProviderError> {
    let late = |_| Err(failed("the program took too long; run it by hand to see what it waits for"));
    tokio::time::timeout(timeout, program.printed()).await.unwrap_or_else(late)
}

/// What it may print.
#[derive(Default)]
struct Printed<'a> {
    mode: Text<'a>,
    access_key_id: Text<'a>,
    access_key_secret: Text<'a>,
    sts_token: Text<'a>,
    expiration: Text<'a>,
}

// `security_token` is what Alibaba's `acc` reads.
texts!(Printed {
    "mode" => mode,
    "access_key_id" => access_key_id,
    "access_key_secret" => access_key_secret,
    "sts_token" | "security_token" => sts_token,
    "expiration" => expiration,
});

fn read(printed: &[u8]) -> Result<Credentials, &'static str> {
    let printed: Printed<'_> = read_object(printed).ok_or("it is not one JSON object")?;
    let is_temporary = match filled(&printed.mode).unwrap_or("AK") {
        mode if mode.eq_ignore_ascii_case("AK") => false,
        mode if mode.eq_ignore_ascii_case("StsToken") || mode.eq_ignore_ascii_case("STS") => true,
        _ => {
            return Err(
                "its `mode` is neither `AK` nor `StsToken`; let the program print the credentials themselves",
            );
        }
    };
    let id = filled(&printed.access_key_id).ok_or("it has no `access_key_id`")?;
    let secret = filled(&printed.access_key_secret).ok_or("it has no `access_key_secret`")?;
    let mut credentials = Credentials::new(id, secret);
    match filled(&printed.sts_token) {
        Some(token) => credentials = credentials.with_security_token(token),
        None if is_temporary => return Err("its `mode` is `StsToken` and it has no `sts_token`"),
        None => {}
    }
    if let Some(expiration) = filled(&printed.expiration) {
        let expiration = timestamp::parse(expiration)
            .ok_or("its `expiration` is not a time such as `2030-01-31T23:59:59Z`")?;
        credentials = credentials.with_expiration(expiration);
    }
    Ok(credentials)
}

fn invalid(message: impl Into<Cow<'static, str>>) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Invalid, NAME, message)
}

fn failed(message: impl Into<Cow<'static, str>>) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Failed, NAME, message)
}

impl ProvideCredentials for ExternalProcess {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        self.credentials()
    }
}

impl fmt::Debug for ExternalProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalProcess").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
