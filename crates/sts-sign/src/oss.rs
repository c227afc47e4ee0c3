//! What the signatures of OSS have in common.

mod key_id;
mod query;
mod resource;

pub(crate) use key_id::{KeyId, no_token};
pub(crate) use query::{Query, write_encoded};
pub(crate) use resource::Resource;
