//! By version 4.

use super::FormFields;
use super::fields::encoded;
use crate::SignError;
use crate::hex::Hex;
use crate::oss_v4::{ALGORITHM, Signer};
use crate::time::BasicTimestamp;
use std::time::SystemTime;

impl Signer {
    /// Signs the policy of an upload by a form (PostObject): the fields `policy`, `x-oss-signature-version`,
    /// `x-oss-credential`, `x-oss-date`, `x-oss-signature`, and `x-oss-security-token` for temporary credentials. See
    /// [`oss_post`](crate::oss_post).
    ///
    /// The policy must ask for what [`post_conditions`](Self::post_conditions) gives for the same time, or the service
    /// refuses it.
    ///
    /// # Errors
    ///
    /// [`SignError::InvalidText`] for a policy that is no JSON object by its first and last letter, and an access key id
    /// or token that cannot be sent; [`SignError::TimeOutOfRange`].
    pub fn sign_post(&self, policy: &str, time: SystemTime) -> Result<FormFields, SignError> {
        let time = BasicTimestamp::new(time)?;
        let credential = self.credential(&time)?;
        let policy = encoded(policy)?;
        let signature = Hex::new(&self.with_key(&time, |key| key.sign(policy.as_bytes())));
        let [version, credential, date] = common(&credential, &time);
        let fields =
            [("policy", policy.as_str()), version, credential, date, ("x-oss-signature", signature.as_str())];
        Ok(FormFields::new(&fields, self.token()))
    }

    /// What a policy that is signed at a time must ask for, as names and values: the fields of
    /// [`sign_post`](Self::sign_post) but for `policy` and `x-oss-signature`. In the document each is a condition
    /// `{"name":"value"}`.
    ///
    /// # Errors
    ///
    /// [`SignError::InvalidText`] for an access key id or token that cannot be sent; [`SignError::TimeOutOfRange`].
    pub fn post_conditions(&self, time: SystemTime) -> Result<FormFields, SignError> {
        let time = BasicTimestamp::new(time)?;
        let credential = self.credential(&time)?;
        Ok(FormFields::new(&common(&credential, &time), self.token()))
    }
}

fn common<'a>(credential: &'a str, time: &'a BasicTimestamp) -> [(&'static str, &'a str); 3] {
    [("x-oss-signature-version", ALGORITHM), ("x-oss-credential", credential), ("x-oss-date", time.as_str())]
}
