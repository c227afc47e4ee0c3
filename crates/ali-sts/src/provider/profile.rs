//! What the two files have in common: profiles, each of which says where credentials come from.

mod keep;
mod mode;
mod role;

pub(super) use keep::{Kept, Stamp};
pub(super) use mode::{Mode, Profile};
pub(super) use role::{Fields, Role, RoleText};

use crate::os::{FileError, NotUnicode, Os};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use sts_types::ProviderErrorKind::{Invalid, NotConfigured};
use sts_types::{ProviderError, ProviderErrorKind};

/// The largest file that is read: a thousand times what one with ten profiles has.
pub(super) const LIMIT: usize = 1 << 20;

/// Names of the selected profile: the SDKs', and the aliyun CLI's.
const PROFILE: [&str; 3] = ["ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"];

/// The profile that was asked for, if any was.
pub(super) fn selected(os: &Os, chosen: Option<&str>) -> Result<Option<(String, &'static str)>, NotUnicode> {
    if let Some(chosen) = chosen {
        return Ok(Some((chosen.to_owned(), "the program")));
    }
    for name in PROFILE {
        if let Some(profile) = os.variable(name)? {
            return Ok(Some((profile, name)));
        }
    }
    Ok(None)
}

/// Where a file is, and who says so.
pub(super) enum Location {
    /// Chosen by the program or by a variable: it must be there.
    Chosen(PathBuf),
    /// Where it usually is.
    Usual(PathBuf),
}

impl Location {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Chosen(path) | Self::Usual(path) => path,
        }
    }

    /// `folder` and `file` are below the home folder.
    pub(super) fn of(
        os: &Os,
        provider: &'static str,
        chosen: Option<&Path>,
        variable: &str,
        usual: &str,
    ) -> Result<Self, ProviderError> {
        if let Some(path) = chosen {
            return Ok(Self::Chosen(path.to_owned()));
        }
        if let Some(path) = os.variable(variable).map_err(|error| not_unicode(provider, &error))? {
            return Ok(Self::Chosen(path.into()));
        }
        let home = os.home().ok_or_else(|| {
            let message =
                format!("neither `{variable}` nor the home folder is set, so there is no `{usual}`");
            ProviderError::new(NotConfigured, provider, message)
        })?;
        Ok(Self::Usual(home.join(usual)))
    }

    /// What it amounts to that the file was not read.
    pub(super) fn failed(&self, provider: &'static str, error: FileError) -> ProviderError {
        let path = shown_path(self.path());
        match (&error, self) {
            (FileError::NotFound, Self::Usual(_)) => {
                ProviderError::new(NotConfigured, provider, format!("`{path}` does not exist"))
            }
            (FileError::Io(_), _) => {
                let message = format!("`{path}` cannot be read; check its permissions");
                ProviderError::new(Invalid, provider, message).with_source(error)
            }
            (FileError::Stopped, _) => {
                ProviderError::new(ProviderErrorKind::Failed, provider, error.to_string())
            }
            _ => ProviderError::new(Invalid, provider, format!("`{path}`: {error}")),
        }
    }
}

pub(super) fn not_unicode(provider: &'static str, error: &NotUnicode) -> ProviderError {
    ProviderError::new(Invalid, provider, error.to_string())
}

/// Where in a file something is wrong.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) provider: &'static str,
    pub(super) path: &'a Path,
    pub(super) profile: &'a str,
}

impl Place<'_> {
    /// `position` is such as `line 3`.
    pub(super) fn broken(&self, position: impl Display, problem: impl Display) -> ProviderError {
        let (path, profile) = (shown_path(self.path), shown(self.profile));
        ProviderError::new(
            Invalid,
            self.provider,
            format!("`{path}` {position}, profile `{profile}`: {problem}"),
        )
    }
}

/// A name as it may stand in a message: on one line, and not for ever.
pub(super) fn shown(name: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = name.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if name.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// A path as it may stand in a message.
pub(super) fn shown_path(path: &Path) -> String {
    path.display().to_string().escape_debug().to_string()
}

/// Whether a variable says `true`, in any case, as the official SDKs ask.
pub(super) fn is_true(os: &Os, name: &str) -> Result<bool, NotUnicode> {
    Ok(os.variable(name)?.is_some_and(|value| value.eq_ignore_ascii_case("true")))
}
