//! SAML providers.
pub(crate) mod builder;
pub(crate) use builder::verify;
