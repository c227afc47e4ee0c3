//! An AssumeRole request that is signed many times.

use super::{AssumeRole, call};
use crate::client::Client;
use crate::client::signing::Kept;
use crate::error::Error;
use std::fmt;
use sts_types::{AssumeRoleInput, AssumeRoleOutput};

/// An AssumeRole request to be sent many times, such as by whatever keeps credentials fresh.
///
/// What does not change from one call to the next is checked, encoded and hashed once and kept, until the client signs
/// with other credentials. Each call has a time and a nonce of its own.
///
/// ```no_run
/// # async fn example(sts: ali_sts::Client) -> Result<(), ali_sts::Error> {
/// let request = sts.assume_role("acs:ram::123456789012:role/app").session_name("worker").prepare()?;
/// let first = request.send().await?;
/// let second = request.send().await?;
/// # Ok(())
/// # }
/// ```
pub struct PreparedAssumeRole {
    client: Client,
    input: AssumeRoleInput,
    kept: Kept,
}

impl AssumeRole<Client> {
    /// Makes the request ready to be sent many times.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for a value of the wrong form.
    pub fn prepare(self) -> Result<PreparedAssumeRole, Error> {
        Ok(PreparedAssumeRole { client: self.client, input: self.input?, kept: Kept::default() })
    }
}

impl PreparedAssumeRole {
    /// Sends it. Calls may be made at the same time.
    ///
    /// # Errors
    ///
    /// As [`AssumeRole::send`].
    pub async fn send(&self) -> Result<AssumeRoleOutput, Error> {
        call(&self.client, &self.input, Some(&self.kept)).await
    }
}

impl fmt::Debug for PreparedAssumeRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedAssumeRole")
            .field("client", &self.client)
            .field("input", &self.input)
            .finish_non_exhaustive()
    }
}
