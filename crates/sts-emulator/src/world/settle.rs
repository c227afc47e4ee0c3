//! Ids and secrets that a world leaves out.

use std::collections::HashMap;
use std::sync::Arc;

use sts_types::Secret;

use super::{AccessKey, Account, Index, KeyEntry, World};
use crate::os::{alphanumeric, digits};
use crate::seed::Seed;

impl World {
    /// Gives this `MaxSessionDuration` to all roles.
    pub(crate) fn set_max_session_seconds(&mut self, seconds: i64) {
        for account in &mut self.accounts {
            for role in &mut Arc::make_mut(account).roles {
                Arc::make_mut(role).max_session_seconds = seconds;
            }
        }
    }

    /// Puts a key in the place of another. False if there is no such key.
    pub(crate) fn replace_key(&mut self, old_id: &str, new: &AccessKey) -> bool {
        for account in &mut self.accounts {
            let account = Arc::make_mut(account);
            let of_users = account.users.iter_mut().flat_map(|user| &mut Arc::make_mut(user).access_keys);
            let mut keys = account.access_keys.iter_mut().chain(of_users);
            if let Some(key) = keys.find(|key| key.id == old_id) {
                *key = new.clone();
                return true;
            }
        }
        false
    }

    /// Makes what is left out, and the index.
    pub(crate) fn settle(mut self, seed: &Seed) -> Self {
        for account in &mut self.accounts {
            settle_account(Arc::make_mut(account), seed);
        }
        self.index = Index::of(&self.accounts);
        self
    }
}

fn settle_account(account: &mut Account, seed: &Seed) {
    let place = account.id.clone();
    settle_keys(&mut account.access_keys, seed, &format!("{place} root"));
    for user in &mut account.users {
        let user = Arc::make_mut(user);
        let place = format!("{place} user {}", user.name);
        settle_id(&mut user.id, seed, &place);
        settle_keys(&mut user.access_keys, seed, &place);
    }
    for role in &mut account.roles {
        let role = Arc::make_mut(role);
        settle_id(&mut role.id, seed, &format!("{place} role {}", role.name.to_ascii_lowercase()));
    }
    let names = account.roles.iter().map(|role| role.name.to_ascii_lowercase());
    account.role_places = names.enumerate().map(|(at, name)| (name, at)).collect();
}

/// Ids of users and roles: 18 digits, as real ones have.
fn settle_id(id: &mut String, seed: &Seed, place: &str) {
    if id.is_empty() {
        *id = digits(seed.bytes(&format!("{place} id")), 18);
    }
}

/// The lengths are those of real keys.
fn settle_keys(keys: &mut [AccessKey], seed: &Seed, place: &str) {
    for (at, key) in keys.iter_mut().enumerate() {
        if key.id.is_empty() {
            key.id = format!("LTAI5t{}", alphanumeric(seed.bytes(&format!("{place} key {at} id")), 18));
        }
        if key.secret.expose_secret().is_empty() {
            key.secret = Secret::new(alphanumeric(seed.bytes(&format!("{place} key {at} secret")), 30));
        }
    }
}

impl Index {
    fn of(accounts: &[Arc<Account>]) -> Self {
        let mut index = Self { accounts: HashMap::new(), keys: HashMap::new(), buckets: HashMap::new() };
        for (at, account) in accounts.iter().enumerate() {
            index.accounts.insert(account.id.clone(), at);
            let own = account.access_keys.iter().map(|key| (key, None));
            let users = account.users.iter();
            let of_users = users.flat_map(|user| user.access_keys.iter().map(move |key| (key, Some(user))));
            for (key, user) in own.chain(of_users) {
                let entry = KeyEntry {
                    secret: key.secret.clone(),
                    active: key.active,
                    account: Arc::clone(account),
                    user: user.map(Arc::clone),
                };
                index.keys.insert(key.id.clone(), entry);
            }
            for (place, bucket) in account.buckets.iter().enumerate() {
                index.buckets.insert(bucket.name.clone(), (at, place));
            }
        }
        index
    }
}
