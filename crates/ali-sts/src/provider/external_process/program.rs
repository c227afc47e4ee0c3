//! A program that is run for what it prints.

use crate::provider::external_process::failed;
use std::io::{self, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;
use sts_types::ProviderError;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// The most that a program may print, in bytes.
pub(super) const LIMIT: usize = 1024 * 1024;
/// Room for what programs really print, so that no copy is left behind by growing.
const USUAL: usize = 16 * 1024;

/// How long after the end of its output a program is looked at again: programs end at once then, and nothing is lost by a few
/// milliseconds.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

type Output = io::Result<Zeroizing<Vec<u8>>>;

/// A running program. Dropping it ends it.
///
/// tokio's `process` does the same with two crates more on Unix (signals tell it of the end). Here a thread reads; it ends
/// with the program's output, however long somebody else holds the other end of the pipe.
pub(super) struct Program(Child);

impl Program {
    /// Starts it with the environment and the folder of this process, and nothing to read.
    pub(super) fn start(program: &str, arguments: &[String]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().map(Self)
    }

    #[cfg(test)]
    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }

    /// What it prints until it ends well.
    pub(super) async fn printed(&mut self) -> Result<Zeroizing<Vec<u8>>, ProviderError> {
        let broken = |error| failed("the program's output could not be read").with_source(error);
        let stdout = self.0.stdout.take().ok_or(io::ErrorKind::BrokenPipe.into()).map_err(broken)?;
        let (send, output) = oneshot::channel();
        // Nobody may be waiting any more.
        let reader = move || send.send(read(stdout)).unwrap_or(());
        thread::Builder::new().name("ali-sts-program".to_owned()).spawn(reader).map_err(broken)?;
        let printed = output.await.map_err(|_| broken(io::ErrorKind::BrokenPipe.into()))?.map_err(broken)?;
        if printed.len() > LIMIT {
            return Err(failed(format!(
                "the program printed more than {LIMIT} bytes; it is to print one JSON object"
            )));
        }
        let mut pause = FIRST_PAUSE;
        let status = loop {
            if let Some(status) = self.0.try_wait().map_err(broken)? {
                break status;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        };
        match status.code() {
            Some(0) => Ok(printed),
            Some(code) => Err(failed(format!(
                "the program ended with exit status {code}; run it by hand to see what it says"
            ))),
            None => Err(failed("the program was ended by a signal; run it by hand to see why")),
        }
    }
}

fn read(stdout: ChildStdout) -> Output {
    let mut printed = Zeroizing::new(Vec::with_capacity(USUAL));
    let most = u64::try_from(LIMIT).unwrap_or(u64::MAX);
    stdout.take(most.saturating_add(1)).read_to_end(&mut printed)?;
    Ok(printed)
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Ok(Some(_)) = self.0.try_wait() {
            return;
        }
        // It dies at once, and is waited for: its entry in the table of processes would stay otherwise.
        if self.0.kill().is_ok() {
            let _ = self.0.wait();
        }
    }
}
