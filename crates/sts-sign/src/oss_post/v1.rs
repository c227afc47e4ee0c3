//! By version 1.

use super::FormFields;
use super::fields::encoded;
use crate::SignError;
use crate::oss_v1::Signer;

impl Signer {
    /// Signs the policy of an upload by a form (PostObject): the fields `OSSAccessKeyId`, `policy`, `Signature`, and
    /// `x-oss-security-token` for temporary credentials. See [`oss_post`](crate::oss_post).
    ///
    /// # Errors
    ///
    /// [`SignError::InvalidText`] for a policy that is no JSON object by its first and last letter, and an access key id
    /// or token that cannot be sent.
    pub fn sign_post(&self, policy: &str) -> Result<FormFields, SignError> {
        let (id, token) = self.key_id()?;
        let policy = encoded(policy)?;
        let signature = self.sign_text(&policy);
        let fields = [("OSSAccessKeyId", id), ("policy", &policy), ("Signature", signature.as_str())];
        Ok(FormFields::new(&fields, token))
    }
}
