//! Worlds in files: TOML or JSON, read whole, with everything that is wrong and where.

mod account;
mod bucket;
mod fields;
mod json;
mod node;
mod policy;
pub(crate) mod problems;
mod provider;
mod toml;
mod top;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use self::node::Node;
use self::problems::{Problems, WorldError, WorldFormat, WorldUnreadable};
use super::World;
use crate::os;

/// Larger texts are not read.
const MAX_TEXT: usize = 4 << 20;

/// One file whose content becomes an object.
const MAX_OBJECT_FILE: usize = 16 << 20;
/// All of them.
const MAX_OBJECT_FILES: usize = 64 << 20;

impl World {
    /// Reads a world from TOML. docs/emulator.md says what may be in one.
    ///
    /// ```
    /// use sts_emulator::World;
    ///
    /// let world = World::from_toml(r#"
    ///     [[accounts]]
    ///     id = "1234567890123456"
    ///
    ///     [[accounts.users]]
    ///     name = "deployer"
    ///     access_keys = [{ id = "LTAI5tExample", secret = "example" }]
    ///     policies = ["AliyunSTSAssumeRoleAccess"]
    ///
    ///     [[accounts.roles]]
    ///     name = "app"
    ///     trust_policy = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::1234567890123456:root"}}]}'
    /// "#)?;
    /// # let _ = world;
    /// let error = World::from_toml("[[accounts]]\nid = '1234567890123456'\nuser = []").unwrap_err();
    /// assert_eq!(error.to_string(), "line 3, column 1: `user` is nothing that an account has; did you mean `users`?");
    /// # Ok::<(), sts_emulator::WorldError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`WorldError`] with all that is wrong. Files that objects name are looked for in the current directory.
    pub fn from_toml(text: &str) -> Result<Self, WorldError> {
        read(text, toml::parse, Some(Path::new("")))
    }

    /// Reads a world from JSON: the same names as in TOML.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml).
    pub fn from_json(text: &str) -> Result<Self, WorldError> {
        read(text, json::parse, Some(Path::new("")))
    }

    /// Reads a world that somebody has sent: its objects may not name files of this machine.
    pub(crate) fn from_afar(text: &str, is_json: bool) -> Result<Self, WorldError> {
        read(text, if is_json { json::parse } else { toml::parse }, None)
    }

    /// Reads a world from a file, whose name ends in `.toml` or `.json`.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml), with the name of the file; and when the file cannot be read or has another name. Files that
    /// objects name are looked for where this one is.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, WorldError> {
        let path = path.as_ref();
        let parse = match path.extension().and_then(|extension| extension.to_str()) {
            Some("toml") => toml::parse,
            Some("json") => json::parse,
            _ => return Err(WorldError::Format(WorldFormat::new(path))),
        };
        let bytes = os::read_file(path, MAX_TEXT)
            .map_err(|source| WorldError::Unreadable(WorldUnreadable::new(path, source)))?;
        let named = |error: WorldError| error.in_file(path);
        let text = String::from_utf8(bytes).map_err(|error| named(not_utf8(&error)))?;
        read(&text, parse, path.parent().or(Some(Path::new("")))).map_err(named)
    }
}

/// What a parser makes of a text; it tells what it cannot read.
type Parse = for<'t> fn(&'t str, &Problems<'_>) -> Option<Node<'t>>;

/// Where a world comes from, and what has been found wrong with it.
struct Source<'t> {
    text: &'t str,
    /// Where the files of objects are; `None` where there may be none.
    folder: Option<PathBuf>,
    problems: &'t Problems<'t>,
}

fn read(text: &str, parse: Parse, folder: Option<&Path>) -> Result<World, WorldError> {
    let problems = Problems::new(text);
    if text.len() > MAX_TEXT {
        problems
            .report(0, format!("the world is longer than {MAX_TEXT} bytes; put large objects into files"));
        return Err(problems.into_error());
    }
    let source = Source { text, folder: folder.map(Path::to_owned), problems: &problems };
    let world = parse(text, &problems).and_then(|node| top::world(&source, &node));
    match world {
        Some(world) if problems.is_empty() => Ok(world),
        _ => Err(problems.into_error()),
    }
}

fn not_utf8(error: &std::string::FromUtf8Error) -> WorldError {
    let good = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(error.as_bytes().get(..good).unwrap_or_default());
    let problems = Problems::new(&text);
    problems.report(text.len(), "the text is not UTF-8 from here on; save it as UTF-8");
    problems.into_error()
}

/// One of several names, as messages list them.
fn listed(names: &[&str]) -> Cow<'static, str> {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone().into(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")).into(),
        None => "nothing".into(),
    }
}
