//! The things of a world.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use sts_policy::Compiled;
use sts_policy::decide::Options;
use sts_policy::{ParseErrors, Policy};
use sts_types::Secret;

use crate::identity::{oidc, saml};

/// An Alibaba Cloud account.
#[derive(Clone, Default)]
pub(crate) struct Account {
    pub(crate) id: String,
    /// The account's own (root) keys.
    pub(crate) access_keys: Vec<AccessKey>,
    pub(crate) users: Vec<Arc<User>>,
    pub(crate) roles: Vec<Arc<Role>>,
    pub(crate) oidc_providers: Vec<OidcProvider>,
    pub(crate) saml_providers: Vec<SamlProvider>,
    pub(crate) buckets: Vec<Bucket>,
    /// Places in `roles` by their names in lower case, as the service is said to keep them. Made when the world is settled.
    pub(crate) role_places: HashMap<String, usize>,
}

/// A long-term access key.
#[derive(Clone)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) active: bool,
}

/// A RAM user.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) access_keys: Vec<AccessKey>,
    pub(crate) policies: Vec<Arc<NamedPolicy>>,
}

/// A RAM role.
#[derive(Clone)]
pub(crate) struct Role {
    pub(crate) account_id: String,
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) trust: NamedPolicy,
    pub(crate) policies: Vec<Arc<NamedPolicy>>,
    pub(crate) max_session_seconds: i64,
}

/// A policy, ready for decisions, under the name that denials give to it.
#[derive(Clone)]
pub(crate) struct NamedPolicy {
    pub(crate) name: String,
    pub(crate) compiled: Compiled,
}

/// A registered OIDC provider.
#[derive(Clone, Default)]
pub(crate) struct OidcProvider {
    pub(crate) arn: String,
    pub(crate) issuer: String,
    pub(crate) client_ids: Vec<String>,
    pub(crate) issuance_limit_hours: u32,
    /// By keys of its own; `None` for the emulator's.
    pub(crate) verifier: Option<Arc<oidc::Verifier>>,
}

/// A registered SAML provider.
#[derive(Clone, Default)]
pub(crate) struct SamlProvider {
    pub(crate) arn: String,
    pub(crate) issuer: String,
    pub(crate) recipient: String,
    /// By metadata of its own; `None` for the emulator's.
    pub(crate) verifier: Option<Arc<saml::Verifier>>,
}

/// An OSS bucket.
#[derive(Clone)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) acl: Acl,
    pub(crate) policy: Option<NamedPolicy>,
    pub(crate) objects: Vec<SeedObject>,
}

/// Who may do what with a bucket, whatever policies say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Acl {
    #[default]
    Private,
    PublicRead,
    PublicReadWrite,
}

/// An object that is there from the start.
#[derive(Clone)]
pub(crate) struct SeedObject {
    pub(crate) key: String,
    pub(crate) content: Bytes,
    pub(crate) content_type: Option<String>,
}

impl Account {
    /// Role names compare without case.
    pub(crate) fn role(&self, name: &str) -> Option<&Arc<Role>> {
        self.roles.get(*self.role_places.get(&name.to_ascii_lowercase())?)
    }
}

impl Role {
    /// `acs:ram::<account-id>:role/<name>`.
    pub(crate) fn arn(&self) -> String {
        format!("acs:ram::{}:role/{}", self.account_id, self.name)
    }
}

impl NamedPolicy {
    pub(crate) fn parse(name: impl Into<String>, text: &str, options: Options) -> Result<Self, ParseErrors> {
        Ok(Self { name: name.into(), compiled: Policy::parse(text)?.compile_with(options) })
    }
}
