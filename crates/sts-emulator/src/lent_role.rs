//! The role whose sessions are handed out without AssumeRole: by the metadata service, a credentials URI, CloudSSO and OAuth.

use std::time::Duration;

use crate::cloud::Cloud;
use crate::os::NoRandomness;
use crate::sessions::{Issued, SessionRequest};

/// How long the sessions are good for, if nobody says otherwise: as those of a real instance are.
pub(crate) const DEFAULT_LIFETIME: Duration = Duration::from_secs(6 * 3600);

/// Which role, and for how long.
#[derive(Clone)]
pub(crate) struct LentRole {
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) seconds: i64,
}

/// Why there is no session.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(crate) enum NoSession {
    #[error("the role does not exist")]
    NoRole,
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl LentRole {
    /// Opens a session of the role as it is now.
    pub(crate) fn open(&self, cloud: &Cloud, session_name: &str) -> Result<Issued, NoSession> {
        let world = cloud.world();
        let role = world.role(&self.account_id, &self.name).ok_or(NoSession::NoRole)?;
        let request = SessionRequest {
            role,
            name: session_name,
            seconds: self.seconds,
            policy: None,
            source_identity: None,
        };
        Ok(cloud.open_session(&request)?)
    }
}
