//! The one door to the environment, the home folder and files.

mod update;

pub(crate) use update::UpdateError;

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Handle;
use zeroize::Zeroizing;

/// This process's environment and files, or made-up ones for tests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Os(Option<Arc<Fixed>>);

#[derive(Debug)]
struct Fixed {
    variables: HashMap<String, String>,
    home: PathBuf,
}

/// A variable's value is not Unicode.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{0}` is not Unicode; set it anew")]
pub(crate) struct NotUnicode(String);

/// Why a file was not read. Says nothing of what is in it, nor its name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("it does not exist")]
    NotFound,
    /// A folder, a device, a pipe: reading might never end.
    #[error("it is not a regular file")]
    NotAFile,
    #[error("it is larger than {0} bytes")]
    TooLarge(usize),
    #[error("another program has kept it locked for too long")]
    Locked,
    #[error("the runtime is shutting down")]
    Stopped,
    #[error("the operating system refused")]
    Io(#[source] io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound,
            io::ErrorKind::IsADirectory => Self::NotAFile,
            _ => Self::Io(error),
        }
    }
}

impl Os {
    /// This process's.
    pub(crate) fn process() -> Self {
        Self(None)
    }

    /// With these variables and this home folder; files are the machine's all the same.
    #[cfg(test)]
    pub(crate) fn fixed<'a>(
        home: impl Into<PathBuf>,
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self(Some(Arc::new(Fixed { variables: variables.collect(), home: home.into() })))
    }

    /// A variable's value; `None` when it is unset or empty.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub(crate) fn variable(&self, name: &str) -> Result<Option<String>, NotUnicode> {
        let value = match &self.0 {
            Some(fixed) => fixed.variables.get(name).cloned(),
            None => match std::env::var_os(name).map(std::ffi::OsString::into_string) {
                Some(Ok(value)) => Some(value),
                Some(Err(_)) => return Err(NotUnicode(name.to_owned())),
                None => None,
            },
        };
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// The user's home folder: `HOME`, on Windows `USERPROFILE`. Nothing else is asked: the user database may be on a network.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub(crate) fn home(&self) -> Option<PathBuf> {
        match &self.0 {
            Some(fixed) => Some(fixed.home.clone()),
            None => {
                let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
                std::env::var_os(name).filter(|home| !home.is_empty()).map(PathBuf::from)
            }
        }
    }

    /// What is in a regular file of at most `limit` bytes. Blocks; see [`off_thread`](Self::off_thread).
    pub(crate) fn read(&self, path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, FileError> {
        bounded(&open(path, OpenOptions::new().read(true))?, limit)
    }

    /// Whether others than the owner may read or write a file; no where nobody can tell.
    #[cfg(unix)]
    pub(crate) fn is_open_to_others(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata(path).is_ok_and(|about| about.mode() & 0o077 != 0)
    }

    #[cfg(not(unix))]
    pub(crate) fn is_open_to_others(&self, _: &Path) -> bool {
        false
    }

    /// Does work that blocks on a thread for such work, or here when there is no runtime that has one.
    pub(crate) async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, FileError> {
        let Ok(runtime) = Handle::try_current() else {
            return Ok(work(self));
        };
        let os = self.clone();
        runtime.spawn_blocking(move || work(&os)).await.map_err(|_| FileError::Stopped)
    }

    /// Changes a regular file of at most `limit` bytes as one step. `change` is told what is in it while nobody else who locks the file (as the official
    /// SDKs do) changes it, and gives what is to be in it, or `None` to leave it. Readers see the old file or the new
    /// one, never a part; the new one is for its owner alone (mode 0600). Blocks, for the lock some seconds at most.
    pub(crate) fn update<E>(
        &self,
        path: &Path,
        limit: usize,
        change: impl FnOnce(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<(), UpdateError<E>> {
        update::update(path, limit, change)
    }
}

/// Opens a regular file, without waiting for what is none.
fn open(path: &Path, options: &mut OpenOptions) -> Result<File, FileError> {
    // Opening a device may do something.
    if !std::fs::metadata(path)?.is_file() {
        return Err(FileError::NotAFile);
    }
    // Another file may be there by now: opening a pipe would wait for somebody to write.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, libc::O_NONBLOCK);
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(FileError::NotAFile);
    }
    Ok(file)
}

fn bounded(mut file: &File, limit: usize) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    if size > limit {
        return Err(FileError::TooLarge(limit));
    }
    // One more than it should need, so that no copy is left behind by growing; it may grow all the same while it is read.
    let mut bytes = Zeroizing::new(Vec::with_capacity(size.saturating_add(1)));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.by_ref().take(most).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(FileError::TooLarge(limit));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
