//! Which hash an RPC v1 signature is made with.

/// The keyed hash of a signature, sent as the parameter `SignatureMethod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Algorithm {
    /// `HMAC-SHA1`, the one that the vendor documents and every official client speaks. The default.
    #[default]
    HmacSha1,
    /// `HMAC-SHA256`, spoken by some official clients (Python sdk-core 2.0 to 2.3, PHP). The documentation does not
    /// list it, so try a service before relying on it.
    #[cfg(feature = "sha256")]
    HmacSha256,
}

impl Algorithm {
    /// The value of `SignatureMethod`: `HMAC-SHA1` or `HMAC-SHA256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            #[cfg(feature = "sha256")]
            Self::HmacSha256 => "HMAC-SHA256",
        }
    }
}
