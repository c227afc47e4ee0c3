use super::{FileError, Os, UpdateError};
use std::convert::Infallible;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ali-sts-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.join("config.json");
        std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
        path
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn read(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    Os::process().read(path, limit).map(|bytes| bytes.to_vec()).map_err(|error| error.to_string())
}

#[test]
fn an_empty_variable_is_as_none() {
    let os = Os::fixed("/", [("SET", "x"), ("EMPTY", "")]);
    assert_eq!(os.variable("SET").unwrap().as_deref(), Some("x"));
    assert_eq!(os.variable("EMPTY").unwrap(), None);
    assert_eq!(os.variable("UNSET").unwrap(), None);
    assert_eq!(os.home(), Some(PathBuf::from("/")));
}

#[test]
fn a_file_is_read_up_to_the_limit() {
    let folder = Folder::new("limit");
    let path = folder.file(b"12345");
    assert_eq!(read(&path, 5).unwrap(), b"12345");
    assert_eq!(read(&path, 4).unwrap_err(), "it is larger than 4 bytes");
    assert_eq!(read(&folder.0.join("none"), 4).unwrap_err(), "it does not exist");
    assert_eq!(read(&path.join("below a file"), 4).unwrap_err(), "it does not exist");
    assert_eq!(read(&folder.0, 4).unwrap_err(), "it is not a regular file");
}

#[cfg(unix)]
#[test]
fn what_never_ends_is_not_read() {
    let folder = Folder::new("endless");
    let fifo = folder.0.join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for path in [Path::new("/dev/zero"), &fifo] {
        assert_eq!(read(path, 100).unwrap_err(), "it is not a regular file");
    }
    // Says that its size is 0, and has something in it.
    if cfg!(target_os = "linux") {
        assert_eq!(read(Path::new("/proc/self/cmdline"), 1).unwrap_err(), "it is larger than 1 bytes");
    }
}

#[test]
fn a_file_is_changed_or_left() {
    let folder = Folder::new("change");
    let path = folder.file(b"old");
    let os = Os::process();
    os.update::<Infallible>(&path, 10, |old| Ok(Some([old, b" and new"].concat()))).unwrap();
    assert_eq!(read(&path, 20).unwrap(), b"old and new");
    os.update::<Infallible>(&path, 20, |_| Ok(None)).unwrap();
    let refused = os.update(&path, 20, |_| Err("mine"));
    assert!(matches!(refused, Err(UpdateError::Change("mine"))));
    let error = os.update::<Infallible>(&path, 3, |_| Ok(None)).unwrap_err();
    assert!(matches!(error, UpdateError::File(FileError::TooLarge(3))));
    assert_eq!(read(&path, 20).unwrap(), b"old and new");
    assert_eq!(folder.names(), ["config.json"], "nothing is left beside it");
}

#[cfg(unix)]
#[test]
fn the_changed_file_is_the_owners_alone_and_a_link_stays_one() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("mode");
    let path = folder.file(b"old");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let os = Os::process();
    assert!(os.is_open_to_others(&path));
    let link = folder.0.join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    os.update::<Infallible>(&link, 10, |_| Ok(Some(b"new".to_vec()))).unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!os.is_open_to_others(&path));
    assert_eq!(read(&path, 20).unwrap(), b"new");
}

/// Each of many changes is built on the one before it.
#[test]
fn no_change_is_lost() {
    let folder = Folder::new("many");
    let path = folder.file(b"");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let longer = |old: &[u8]| Ok(Some([old, b"x"].concat()));
                    Os::process().update::<Infallible>(&path, 100, longer).unwrap();
                }
            });
        }
    });
    assert_eq!(read(&path, 100).unwrap(), [b'x'; 40]);
}

#[tokio::test]
async fn work_that_blocks_is_done_elsewhere() {
    let here = std::thread::current().id();
    let there = Os::process().off_thread(|_| std::thread::current().id()).await.unwrap();
    assert_ne!(here, there);
}
