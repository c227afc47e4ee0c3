//! Who asks, and whom a statement is about.

use crate::decide::options::{BucketOwner, Options};
use crate::decide::request::Request;
use crate::{Pattern, Principal, PrincipalKind};

/// A caller, under every name that a policy may give to him.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    kind: PrincipalKind,
    /// Names in the array form of bucket policies.
    listed: Vec<String>,
    /// Names in the object form of trust policies.
    typed: Vec<String>,
    /// The account, where the caller is the account itself.
    account: Option<String>,
}

impl Caller {
    pub(super) fn new(name: &str) -> Self {
        let own = || name.to_owned();
        let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            // An account or a RAM user: whichever it is, `root` of it is the account alone.
            return Self {
                kind: PrincipalKind::Ram,
                listed: vec![own()],
                typed: vec![format!("acs:ram::{name}:root")],
                account: Some(own()),
            };
        }
        let Some((account, resource)) = account_and_resource(name) else {
            let kind =
                if name.ends_with(".aliyuncs.com") { PrincipalKind::Service } else { PrincipalKind::Ram };
            return Self { kind, listed: vec![own()], typed: vec![own()], account: None };
        };
        let root = format!("acs:ram::{account}:root");
        if resource == "root" {
            let account = account.to_owned();
            return Self {
                kind: PrincipalKind::Ram,
                listed: vec![account.clone()],
                typed: vec![root],
                account: Some(account),
            };
        }
        if resource.starts_with("saml-provider/") || resource.starts_with("oidc-provider/") {
            return Self {
                kind: PrincipalKind::Federated,
                listed: Vec::new(),
                typed: vec![own()],
                account: None,
            };
        }
        let (mut listed, mut typed) = (Vec::new(), vec![format!("acs:ram::{account}:{resource}"), root]);
        if let Some(session) = resource.strip_prefix("assumed-role/") {
            // A session of a role is the role, too.
            let role = session.split_once('/').map_or(session, |(role, _)| role);
            typed.push(format!("acs:ram::{account}:role/{role}"));
            listed.push(format!("arn:sts::{account}:{resource}"));
        }
        Self { kind: PrincipalKind::Ram, listed, typed, account: None }
    }
}

/// The account and what follows it in `acs:ram::1:user/a`, `acs:sts::1:assumed-role/r/s` and `arn:sts::1:assumed-role/r/s`.
fn account_and_resource(name: &str) -> Option<(&str, &str)> {
    let mut segments = name.splitn(5, ':');
    let mut next = || segments.next();
    match (next()?, next()?, next()?, next()?, next()?) {
        ("acs", "ram" | "sts", _, account, resource) | ("arn", "sts", _, account, resource) => {
            Some((account, resource))
        }
        _ => None,
    }
}

/// Whom a statement is about, ready to be compared.
#[derive(Clone, Debug)]
pub(super) enum Who {
    Everybody { but_the_owner: bool },
    Listed(Box<[Pattern]>),
    Typed(Box<[(PrincipalKind, Box<[Pattern]>)]>),
}

impl Who {
    pub(super) fn new(principal: &Principal, is_conditional: bool, options: Options) -> Self {
        let patterns = |names: &[String]| names.iter().map(|name| Pattern::new(name)).collect();
        match principal {
            Principal::Everybody => Self::Everybody { but_the_owner: false },
            Principal::List(names) if names.is_empty() || names.iter().any(|name| name == "*") => {
                Self::Everybody {
                    but_the_owner: options.bucket_owner == BucketOwner::Exempt && !is_conditional,
                }
            }
            Principal::List(names) => Self::Listed(patterns(names)),
            Principal::Typed(members) => {
                let members =
                    members.iter().map(|member| (member.kind(), patterns(member.values().as_slice())));
                Self::Typed(members.collect())
            }
        }
    }

    pub(super) fn includes_caller_of(&self, request: &Request<'_>) -> bool {
        let callers = &request.callers;
        let fits = |patterns: &[Pattern], names: &[String]| {
            patterns.iter().any(|pattern| names.iter().any(|name| pattern.matches(name)))
        };
        match self {
            Self::Everybody { but_the_owner: false } => true,
            Self::Everybody { but_the_owner: true } => {
                let owner = request.resource_account();
                !callers.iter().any(|caller| caller.account.as_deref() == Some(owner))
            }
            Self::Listed(patterns) => callers.iter().any(|caller| fits(patterns, &caller.listed)),
            Self::Typed(members) => members.iter().any(|(kind, patterns)| {
                callers.iter().any(|caller| caller.kind == *kind && fits(patterns, &caller.typed))
            }),
        }
    }
}
