//! What the four operations take and give. The structs are plain data with public fields; new fields may come.

pub(crate) mod assume_role;
pub(crate) mod assume_role_with_oidc;
pub(crate) mod assume_role_with_saml;
pub(crate) mod get_caller_identity;
