//! A login that the aliyun CLI left in a profile: what its modes `CloudSSO` and `OAuth` share.

use super::document::{Document, Members};
use crate::client::builder::proxy_of_environment;
use crate::os::{FileError, Os};
use crate::provider::fetch::{Fetch, USUAL, request, sensitive};
use crate::provider::profile::{LIMIT, Location};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Uri};
use std::borrow::Cow;
use std::path::PathBuf;
use sts_types::{ProviderError, ProviderErrorKind, Secret};

/// Where a login is.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) provider: &'static str,
    /// As the CLI calls it.
    pub(super) mode: &'static str,
    pub(super) os: Os,
    pub(super) path: PathBuf,
    pub(super) profile: String,
}

impl Login {
    /// What `look` finds in the profile, as it is on disk now. Blocks.
    pub(super) fn read<T>(
        &self,
        look: impl FnOnce(&Members<'_>) -> Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        let bytes = self.os.read(&self.path, LIMIT).map_err(|error| self.file_failed(error))?;
        self.find(&bytes, |_, profile| look(profile))
    }

    /// Finds the profile in what was read of the file.
    pub(super) fn find<T>(
        &self,
        bytes: &[u8],
        look: impl FnOnce(&Document<'_>, &Members<'_>) -> Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        let text =
            std::str::from_utf8(bytes).map_err(|_| self.invalid("the file is not UTF-8; save it anew"))?;
        let text = text.strip_prefix(MARK).unwrap_or(text);
        let document = Document::parse(text).map_err(|malformed| {
            self.invalid(format!("the file is malformed at {}: {}", malformed.position, malformed.problem))
        })?;
        let profile = document.profile(&self.profile).ok_or_else(|| self.invalid("the profile has gone"))?;
        look(&document, profile)
    }

    /// A member's text; `None` when it is not there or empty.
    pub(super) fn text(&self, profile: &Members<'_>, key: &str) -> Result<Option<Secret>, ProviderError> {
        let text = profile.get::<String>(key).map_err(|()| self.invalid(format!("`{key}` is not a text")))?;
        Ok(text.filter(|text| !text.is_empty()).map(Secret::new))
    }

    /// A member's whole number; `None` when it is not there or 0.
    pub(super) fn number(&self, profile: &Members<'_>, key: &str) -> Result<Option<u64>, ProviderError> {
        let number =
            profile.get::<i64>(key).map_err(|()| self.invalid(format!("`{key}` is not a whole number")))?;
        Ok(number.and_then(|number| u64::try_from(number).ok()).filter(|number| *number != 0))
    }

    /// What sends the requests of this login. Proxy variables count.
    pub(super) fn fetch(&self) -> Result<Fetch, ProviderError> {
        let proxy = proxy_of_environment(&self.os).map_err(|error| self.invalid(error.to_string()))?;
        Fetch::new(self.provider, USUAL, proxy)
    }

    /// A POST in the name of who logged in.
    pub(super) fn post(
        &self,
        uri: Uri,
        token: &Secret,
        body: String,
    ) -> Result<Request<Bytes>, ProviderError> {
        let bearer = Secret::new(format!("Bearer {}", token.expose_secret()));
        let bearer =
            sensitive(bearer.expose_secret()).ok_or_else(|| self.ended("the access token is none"))?;
        let mut post = request(Method::POST, uri);
        post.headers_mut().insert(AUTHORIZATION, bearer);
        post.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *post.body_mut() = body.into();
        Ok(post)
    }

    /// What it amounts to that the file was not read.
    pub(super) fn file_failed(&self, error: FileError) -> ProviderError {
        Location::Chosen(self.path.clone()).failed(self.provider, error)
    }

    /// Nobody but the user can mend this.
    pub(super) fn ended(&self, problem: &str) -> ProviderError {
        self.invalid(format!("{problem}; log in again with `aliyun configure --mode {}`", self.mode))
    }

    pub(super) fn invalid(&self, message: impl Into<Cow<'static, str>>) -> ProviderError {
        ProviderError::new(ProviderErrorKind::Invalid, self.provider, message)
    }

    pub(super) fn failed(&self, message: impl Into<Cow<'static, str>>) -> ProviderError {
        ProviderError::new(ProviderErrorKind::Failed, self.provider, message)
    }
}

/// The byte order mark that some editors put at the beginning.
pub(super) const MARK: char = '\u{feff}';
