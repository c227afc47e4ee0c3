//! The only place of this crate that touches files.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file to add lines to; makes it, for its owner alone, if it is not there.
pub(crate) fn append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The text of a small file, without the white space around it.
pub(crate) fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    use io::Read as _;
    let mut text = String::new();
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    File::open(path)?.take(limit).read_to_string(&mut text)?;
    Ok(text.trim().to_owned())
}
