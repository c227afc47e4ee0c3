//! Accounts, users, roles and keys.

use std::collections::HashMap;
use std::sync::Arc;

use sts_policy::PolicyKind;
use sts_policy::decide::Options;
use sts_types::Secret;

use super::fields::{Fields, NameRule, Unique, is_made_of};
use super::node::Node;
use super::policy::{self, Policies};
use super::top::Names;
use super::{Source, bucket, provider};
use crate::world::{AccessKey, Account, Role, User};

const ACCOUNT: &[&str] = &[
    "id",
    "name",
    "access_keys",
    "policies",
    "users",
    "roles",
    "oidc_providers",
    "saml_providers",
    "buckets",
];
const USER: &[&str] = &["name", "id", "access_keys", "policies"];
const ROLE: &[&str] = &["name", "id", "trust_policy", "policies", "max_session_seconds"];
const KEY: &[&str] = &["id", "secret", "status"];

const ID: NameRule = NameRule {
    fits: |text| (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()),
    words: "1 to 20 digits, in quotes",
};
const ACCOUNT_NAME: NameRule =
    NameRule { fits: |text| (1..=64).contains(&text.chars().count()), words: "1 to 64 characters" };
const USER_NAME: NameRule = NameRule {
    fits: |text| is_made_of(text, 1..=64, "._-"),
    words: "1 to 64 letters, digits and `.`, `_`, `-`",
};
const ROLE_NAME: NameRule = NameRule {
    fits: |text| is_made_of(text, 1..=64, "._-"),
    words: "1 to 64 letters, digits and `.`, `_`, `-`",
};
const KEY_ID: NameRule = NameRule {
    fits: |text| is_made_of(text, 4..=128, "._-") && !text.starts_with("STS."),
    words: "4 to 128 letters, digits and `.`, `_`, `-`, and does not begin with `STS.`",
};

/// As of a role that nobody has changed.
const DEFAULT_MAX_SESSION: i64 = 3600;

pub(super) fn account(
    source: &Source<'_>,
    node: &Node<'_>,
    region: &str,
    names: &mut Names<'_>,
) -> Option<Account> {
    let problems = source.problems;
    let fields = Fields::new("an account", node, ACCOUNT, problems)?;
    let id = fields.required_name("id", &ID).unwrap_or_default();
    if !id.is_empty() {
        names.accounts.check(id, fields.at);
    }
    let policies = Policies::read(source, fields.list("policies"));
    // For people: nothing here shows it.
    fields.name("name", &ACCOUNT_NAME);
    let keys = access_keys(source, &fields, names);

    let mut unique = Unique::new("a user", problems);
    let nodes = fields.list("users").iter();
    let users = nodes.filter_map(|node| user(source, node, &policies, &mut unique, names));
    let users: Vec<_> = users.map(Arc::new).collect();
    let mut unique = Unique::new("a role", problems);
    let nodes = fields.list("roles").iter();
    let roles = nodes.filter_map(|node| role(source, node, id, &policies, &mut unique));
    let roles: Vec<_> = roles.map(Arc::new).collect();
    let buckets = fields.list("buckets").iter();
    Some(Account {
        id: id.to_owned(),
        access_keys: keys,
        users,
        roles,
        oidc_providers: provider::oidc_providers(source, fields.list("oidc_providers"), id),
        saml_providers: provider::saml_providers(source, fields.list("saml_providers"), id),
        buckets: buckets.filter_map(|node| bucket::bucket(source, node, region, names)).collect(),
        role_places: HashMap::new(),
    })
}

fn user(
    source: &Source<'_>,
    node: &Node<'_>,
    policies: &Policies,
    unique: &mut Unique<'_>,
    names: &mut Names<'_>,
) -> Option<User> {
    let fields = Fields::new("a user", node, USER, source.problems)?;
    let name = fields.required_name("name", &USER_NAME).unwrap_or_default();
    unique.check(name, fields.at);
    Some(User {
        name: name.to_owned(),
        id: fields.name("id", &ID).unwrap_or_default().to_owned(),
        access_keys: access_keys(source, &fields, names),
        policies: policies.named(source, fields.list("policies")),
    })
}

fn role(
    source: &Source<'_>,
    node: &Node<'_>,
    account_id: &str,
    policies: &Policies,
    unique: &mut Unique<'_>,
) -> Option<Role> {
    let fields = Fields::new("a role", node, ROLE, source.problems)?;
    let name = fields.required_name("name", &ROLE_NAME).unwrap_or_default();
    // As they are compared.
    unique.check(&name.to_ascii_lowercase(), fields.at);
    let trust = fields.require("trust_policy", "the policy that says who may assume it");
    let read = |node| policy::read(source, "the trust policy", node, PolicyKind::Trust, Options::new());
    Some(Role {
        account_id: account_id.to_owned(),
        name: name.to_owned(),
        id: fields.name("id", &ID).unwrap_or_default().to_owned(),
        policies: policies.named(source, fields.list("policies")),
        max_session_seconds: fields
            .integer("max_session_seconds", 3600..=43_200)
            .unwrap_or(DEFAULT_MAX_SESSION),
        trust: trust.and_then(read)?,
    })
}

fn access_keys(source: &Source<'_>, owner: &Fields<'_, '_>, names: &mut Names<'_>) -> Vec<AccessKey> {
    let read = |node| {
        let fields = Fields::new("an access key", node, KEY, source.problems)?;
        let id = fields.name("id", &KEY_ID).unwrap_or_default();
        if !id.is_empty() {
            names.keys.check(id, fields.at);
        }
        Some(AccessKey {
            id: id.to_owned(),
            secret: Secret::new(fields.text("secret").unwrap_or_default()),
            active: fields.choice("status", &[("active", true), ("inactive", false)]).unwrap_or(true),
        })
    };
    owner.list("access_keys").iter().filter_map(read).collect()
}
