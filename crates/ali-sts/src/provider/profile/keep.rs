//! The provider that a profile amounts to, kept from call to call while the file says the same.

use crate::os::{FileError, Os};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use sts_types::{Credentials, ProvideCredentials as _, ProviderError, ProviderErrorKind, SharedProvider};

/// What was read, as a hash: of the file's secrets no copy is kept.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::provider) struct Stamp([u8; 32]);

impl Stamp {
    pub(in crate::provider) fn of(path: &Path, profile: &str, bytes: &[u8]) -> Self {
        let mut hash = Sha256::new();
        for part in [path.as_os_str().as_encoded_bytes(), profile.as_bytes(), bytes] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

/// See [`Kept::get`].
#[derive(Default)]
pub(in crate::provider) struct Kept(Mutex<Option<(Stamp, SharedProvider)>>);

impl Kept {
    /// Has `resolve` read the file, on a thread where that may block. It is told what was read last, and gives `None` if that has not
    /// changed: then the provider made of it is given out again, with the credentials it may have.
    pub(in crate::provider) async fn get(
        &self,
        os: &Os,
        provider: &'static str,
        resolve: impl FnOnce(&Os, Option<&Stamp>) -> Result<Option<(Stamp, SharedProvider)>, ProviderError>
        + Send
        + 'static,
    ) -> Result<SharedProvider, ProviderError> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (stamp, kept) = last.unzip();
        let found = os.off_thread(move |os| resolve(os, stamp.as_ref())).await.unwrap_or_else(
            |error: FileError| {
                Err(ProviderError::new(ProviderErrorKind::Failed, provider, error.to_string()))
            },
        )?;
        match (found, kept) {
            (None, Some(kept)) => Ok(kept),
            (Some((stamp, made)), _) => Ok(self.keep(stamp, made)),
            (None, None) => Err(ProviderError::new(
                ProviderErrorKind::Failed,
                provider,
                "the file was not read; ask again",
            )),
        }
    }

    /// Passes a refusal on to whatever keeps credentials behind the file.
    pub(in crate::provider) fn invalidate(&self, rejected: &Credentials) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, provider)) = kept {
            provider.invalidate(rejected);
        }
    }

    /// Whoever comes first: another call may have read the same, and have a role session by now.
    fn keep(&self, stamp: Stamp, made: SharedProvider) -> SharedProvider {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.as_ref() {
            Some((same, first)) if *same == stamp => first.clone(),
            _ => {
                *kept = Some((stamp, made.clone()));
                made
            }
        }
    }
}
