//! What exists: accounts with their users, roles, keys, identity providers and buckets.

mod default;
pub(crate) mod file;
mod model;
mod settle;
mod system_policies;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use sts_types::Secret;

pub(crate) use self::model::{
    AccessKey, Account, Acl, Bucket, NamedPolicy, OidcProvider, Role, SamlProvider, SeedObject, User,
};

/// Everything that exists before the first request. It never changes; a running emulator can be given another.
///
/// `World::default()` is the one that [`Emulator::start`](crate::Emulator::start) uses.
#[derive(Clone)]
pub struct World {
    /// The region of buckets that name none, and of replies.
    pub(crate) region: String,
    /// The shortest session that may be asked for.
    pub(crate) min_session_seconds: i64,
    /// What `acs:SecureTransport` says.
    pub(crate) is_transport_secure: bool,
    /// Ids, keys and nonces are made of it, always the same; random ones without it.
    pub(crate) seed: Option<u64>,
    /// Where the clock stands still.
    pub(crate) clock: Option<Timestamp>,
    pub(crate) accounts: Vec<Arc<Account>>,
    index: Index,
}

/// What is looked up by name. Made when the world is settled.
#[derive(Clone, Default)]
struct Index {
    accounts: HashMap<String, usize>,
    keys: HashMap<String, KeyEntry>,
    buckets: HashMap<String, (usize, usize)>,
}

/// A long-term access key and whose it is.
#[derive(Clone)]
pub(crate) struct KeyEntry {
    pub(crate) secret: Secret,
    pub(crate) active: bool,
    pub(crate) account: Arc<Account>,
    /// The account's own where there is none.
    pub(crate) user: Option<Arc<User>>,
}

impl World {
    pub(crate) fn account(&self, id: &str) -> Option<&Arc<Account>> {
        self.accounts.get(*self.index.accounts.get(id)?)
    }

    pub(crate) fn access_key(&self, id: &str) -> Option<&KeyEntry> {
        self.index.keys.get(id)
    }

    pub(crate) fn role(&self, account_id: &str, name: &str) -> Option<&Arc<Role>> {
        self.account(account_id)?.role(name)
    }

    pub(crate) fn oidc_provider(&self, arn: &str) -> Option<&OidcProvider> {
        self.accounts.iter().flat_map(|account| &account.oidc_providers).find(|provider| provider.arn == arn)
    }

    /// The first provider that the emulator itself speaks for.
    pub(crate) fn own_oidc_provider(&self) -> Option<&OidcProvider> {
        let mut providers = self.accounts.iter().flat_map(|account| &account.oidc_providers);
        providers.find(|provider| provider.verifier.is_none())
    }

    pub(crate) fn saml_provider(&self, arn: &str) -> Option<&SamlProvider> {
        self.accounts.iter().flat_map(|account| &account.saml_providers).find(|provider| provider.arn == arn)
    }

    /// The bucket of this name and whose it is. The names of all buckets of all accounts are different.
    pub(crate) fn bucket(&self, name: &str) -> Option<(&Arc<Account>, &Bucket)> {
        let (account, bucket) = self.index.buckets.get(name)?;
        let account = self.accounts.get(*account)?;
        Some((account, account.buckets.get(*bucket)?))
    }
}

/// Names of accounts and numbers alone.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accounts: Vec<&str> = self.accounts.iter().map(|account| account.id.as_str()).collect();
        f.debug_struct("World")
            .field("region", &self.region)
            .field("accounts", &accounts)
            .finish_non_exhaustive()
    }
}
