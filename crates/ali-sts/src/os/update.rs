//! Changing a file that other programs read and change too.

use super::{FileError, bounded, open};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use zeroize::Zeroizing;

/// Why a file was not changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpdateError<E> {
    #[error(transparent)]
    File(FileError),
    /// The caller's own refusal.
    #[error("{0}")]
    Change(E),
}

impl<E, T: Into<FileError>> From<T> for UpdateError<E> {
    fn from(error: T) -> Self {
        Self::File(error.into())
    }
}

/// How long to wait for others who change the file: they hold it for one rewrite.
const LOCK_TRIES: u32 = 200;
const LOCK_PAUSE: Duration = Duration::from_millis(25);

pub(super) fn update<E>(
    path: &Path,
    limit: usize,
    change: impl FnOnce(&[u8]) -> Result<Option<Vec<u8>>, E>,
) -> Result<(), UpdateError<E>> {
    // A link stays a link: what it leads to is changed.
    let path = std::fs::canonicalize(path)?;
    let locked = lock(&path)?;
    let old = bounded(&locked, limit)?;
    let Some(new) = change(&old).map_err(UpdateError::Change)? else {
        return Ok(());
    };
    replace(&path, &locked, &Zeroizing::new(new))?;
    Ok(())
}

/// Locks the file that is at this path, not one that was there: whoever had it before us may have put another in its place.
fn lock(path: &Path) -> Result<File, FileError> {
    for _ in 0..LOCK_TRIES {
        // For writing as well: on network file systems, only such a file can be locked against others.
        let file = open(path, OpenOptions::new().read(true).write(true))?;
        match file.try_lock() {
            Ok(()) if is_at(&file, path)? => return Ok(file),
            Ok(()) => continue,
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(FileError::Locked)
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> Result<bool, FileError> {
    use std::os::unix::fs::MetadataExt as _;
    let (here, there) = (file.metadata()?, std::fs::metadata(path)?);
    Ok((here.dev(), here.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> Result<bool, FileError> {
    Ok(true)
}

/// Puts a file with these bytes in the place of another, whole or not at all.
fn replace(path: &Path, old: &File, bytes: &[u8]) -> Result<(), FileError> {
    let (aside, mut file) = create_beside(path)?;
    let written = (|| {
        give_to_owner_of(old, &file)?;
        file.write_all(bytes)?;
        // Before it gets the name: after a crash the name must not lead to nothing.
        file.sync_all()?;
        std::fs::rename(&aside, path)
    })();
    if let Err(error) = written {
        // Secrets may be in it.
        let _ = std::fs::remove_file(&aside);
        return Err(error.into());
    }
    // So that the new name survives a crash too; on some file systems folders cannot be synced.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let _ = OpenOptions::new().read(true).open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// A new file that nobody else may read, in the same folder, so that it can be renamed.
fn create_beside(path: &Path) -> Result<(PathBuf, File), FileError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut options = OpenOptions::new();
    // Follows no link that somebody put there.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    loop {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        name.push(format!(".{}-{number}.tmp", std::process::id()));
        let aside = path.with_file_name(name);
        match options.open(&aside) {
            Ok(file) => return Ok((aside, file)),
            // Left behind by a process that had this id.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Root may change the file of another user, who must still be able to read it.
#[cfg(unix)]
fn give_to_owner_of(old: &File, new: &File) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let (old, about) = (old.metadata()?, new.metadata()?);
    if old.uid() == about.uid() {
        return Ok(());
    }
    std::os::unix::fs::fchown(new, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn give_to_owner_of(_: &File, _: &File) -> std::io::Result<()> {
    Ok(())
}
