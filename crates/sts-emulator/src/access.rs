//! Whose a key is, and what its owner may do.

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;
use sts_policy::decide::{Layer, Layers, Ruling};
use sts_policy::{Context, Decision, Request};
use sts_types::Secret;

use crate::caller::{Caller, Who};
use crate::cloud::Cloud;
use crate::world::NamedPolicy;

/// A key that may sign.
pub(crate) struct Key {
    pub(crate) secret: Secret,
    pub(crate) caller: Caller,
}

/// Why a key may not sign. Each service has its own words for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyRefusal {
    /// There is no such key.
    Unknown,
    /// It is switched off.
    Inactive,
    /// It is a session's and came without its token.
    TokenMissing,
    /// This is no token.
    TokenMalformed,
    /// It is a token of another key, or came with a key that has none.
    TokenMismatch,
    /// The session is over.
    TokenExpired,
    /// The session was ended before its time, or its role is gone.
    SessionRevoked,
}

/// Whether a caller may do something.
pub(crate) struct Ask<'a> {
    pub(crate) caller: &'a Caller,
    /// Whose the resource is.
    pub(crate) owner: &'a str,
    /// Actions and resources. All must be allowed.
    pub(crate) checks: &'a [(&'a str, &'a str)],
    pub(crate) context: &'a Context,
    pub(crate) resource_policy: ResourcePolicy<'a>,
}

/// What the resource itself says.
#[derive(Clone, Copy)]
pub(crate) enum ResourcePolicy<'a> {
    None,
    /// Allows what it allows; a denial counts against everybody.
    Bucket(&'a NamedPolicy),
    /// Must allow as well as the caller's own policies.
    Trust(&'a NamedPolicy),
}

/// What allowed a request, or did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// `None` where it is the owner who may do everything.
    pub(crate) layer: Option<Layer>,
    /// The name of the policy; `None` where no policy is about the request.
    pub(crate) policy: Option<String>,
    /// The place of the statement in that policy, from 0.
    pub(crate) statement: Option<usize>,
}

/// It may be done; the last check's reason.
pub(crate) type Grant = Finding;

/// It may not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    pub(crate) action: String,
    pub(crate) resource: String,
    /// Whether a statement says no, and not merely none yes.
    pub(crate) is_explicit: bool,
    /// Who said so.
    pub(crate) by: Finding,
}

/// For the trail: `identity policy "assume-roles", statement 0`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.layer {
            None => return f.write_str("the owner may do everything"),
            Some(Layer::Session) => "session policy",
            Some(Layer::Trust) => "trust policy",
            Some(Layer::Resource) => "bucket policy",
            Some(Layer::Control(_)) => "control policy",
            Some(_) => "identity policies",
        })?;
        if let Some(policy) = &self.policy {
            write!(f, " `{policy}`")?;
        }
        self.statement.map_or(Ok(()), |statement| write!(f, ", statement {statement}"))
    }
}

/// For the trail.
impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (action, resource, by) = (&self.action, &self.resource, &self.by);
        match self.is_explicit {
            true => write!(f, "{action} on {resource}: denied by {by}"),
            false => write!(f, "{action} on {resource}: not allowed by {by}"),
        }
    }
}

impl Denial {
    /// As `AccessDeniedDetail` calls it.
    pub(crate) fn no_permission_type(&self) -> &'static str {
        if self.is_explicit { "ExplicitDeny" } else { "ImplicitDeny" }
    }

    /// As `AccessDeniedDetail` calls it.
    pub(crate) fn policy_type(&self) -> &'static str {
        match self.by.layer {
            Some(Layer::Session) => "SessionPolicy",
            Some(Layer::Trust) => "AssumeRolePolicy",
            Some(Layer::Control(_)) => "ControlPolicy",
            Some(Layer::ResourceGroup) => "ResourceGroupLevelIdentityBasedPolicy",
            Some(Layer::Resource) => "ResourceBasedPolicy",
            _ => "AccountLevelIdentityBasedPolicy",
        }
    }
}

impl Cloud {
    /// The key of this id, if it may sign now.
    pub(crate) fn key(
        &self,
        access_key_id: &str,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Key, KeyRefusal> {
        let world = self.world();
        if let Some(key) = world.access_key(access_key_id) {
            return match token {
                _ if !key.active => Err(KeyRefusal::Inactive),
                // A long-term key has no session that a token could belong to.
                Some(_) => Err(KeyRefusal::TokenMismatch),
                None => {
                    let who = key.user.as_ref().map_or(Who::Root, |user| Who::User(user.clone()));
                    let caller = Caller { account_id: key.account.id.clone(), who };
                    Ok(Key { secret: key.secret.clone(), caller })
                }
            };
        }
        self.session_key(access_key_id, token, now)
    }

    /// The condition keys that every request has.
    pub(crate) fn context(&self, caller: &Caller, address: IpAddr, now: Timestamp) -> Context {
        let second = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let is_secure = if self.world().is_transport_secure { "true" } else { "false" };
        let mut context = Context::new()
            .with("acs:CurrentTime", second.to_string())
            .with("acs:SourceIp", address.to_string())
            .with("acs:SecureTransport", is_secure);
        if let Some(arn) = caller.arn() {
            context.insert("acs:PrincipalARN", arn);
        }
        if let Who::Session(session) = &caller.who
            && let Some(source) = &session.source_identity
        {
            context.insert("acs:SourceIdentity", source.as_str());
        }
        context
    }

    /// Whether all of it may be done. A check that is denied is named before one that merely nobody allows.
    pub(crate) fn authorize(&self, ask: &Ask<'_>) -> Result<Grant, Denial> {
        let mut grant = Finding { layer: None, policy: None, statement: None };
        let mut first_silence = None;
        for (action, resource) in ask.checks {
            let request = ask.caller.introduce(Request::new(action, resource, ask.context));
            let denial = |is_explicit, by| Denial {
                action: (*action).to_owned(),
                resource: (*resource).to_owned(),
                is_explicit,
                by,
            };
            match ask.judge(&request) {
                (Decision::Allow, by) => grant = by,
                (Decision::ExplicitDeny, by) => return Err(denial(true, by)),
                (Decision::ImplicitDeny, by) => {
                    first_silence.get_or_insert_with(|| denial(false, by));
                }
            }
        }
        first_silence.map_or(Ok(grant), Err)
    }
}

impl Ask<'_> {
    fn judge(&self, request: &Request<'_>) -> (Decision, Finding) {
        let caller = self.caller;
        let is_at_home = caller.account_id == self.owner;
        let mut layers = Layers::new();
        if let Who::Session(session) = &caller.who
            && let Some(policy) = &session.policy
        {
            layers = layers.session(policy);
        }
        let own = caller.identity_policies().unwrap_or_default();
        let compiled = || own.iter().map(|policy| &policy.compiled);
        let ruling = match self.resource_policy {
            ResourcePolicy::Trust(trust) => {
                // Federated callers have no policies of their own: trust alone decides about them.
                if caller.identity_policies().is_some() {
                    layers = layers.identity(compiled());
                }
                layers.trust(&trust.compiled).decide(request)
            }
            // What a caller's own account allows him says nothing about the buckets of another.
            ResourcePolicy::None | ResourcePolicy::Bucket(_) => {
                if is_at_home {
                    layers = layers.identity(compiled());
                }
                let bucket = match self.resource_policy {
                    ResourcePolicy::Bucket(policy) => Some(&policy.compiled),
                    _ => None,
                };
                layers.resource(bucket).decide(request)
            }
        };
        // An account may do with its own what nobody denies to it.
        let is_owner = matches!(caller.who, Who::Root) && is_at_home;
        let may_by_being = is_owner && !matches!(self.resource_policy, ResourcePolicy::Trust(_));
        if may_by_being && ruling.decision() == Decision::ImplicitDeny {
            return (Decision::Allow, Finding { layer: None, policy: None, statement: None });
        }
        (ruling.decision(), self.finding(ruling))
    }

    fn finding(&self, ruling: Ruling) -> Finding {
        let policy = ruling.policy().and_then(|at| match (ruling.layer(), self.resource_policy) {
            (Layer::Session, _) => Some("session policy".to_owned()),
            (
                Layer::Trust | Layer::Resource,
                ResourcePolicy::Trust(policy) | ResourcePolicy::Bucket(policy),
            ) => Some(policy.name.clone()),
            _ => Some(self.caller.identity_policies()?.get(at)?.name.clone()),
        });
        Finding { layer: Some(ruling.layer()), policy, statement: ruling.statement() }
    }
}
