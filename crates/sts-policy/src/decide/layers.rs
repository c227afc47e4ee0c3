//! Policies of several kinds that bear on one request.

use crate::decide::{Compiled, Decision, Request};

/// All policies that bear on a request, combined as the service combines them.
///
/// 1. The VPC endpoint policy, where one was given, must allow the request.
/// 2. So must every level of control policies.
/// 3. So must the session policy.
/// 4. The identity's policies of the account are asked, and those of its resource group only where they say nothing: a Deny
///    in a resource group does not take away what the account allows.
/// 5. Resource-based policies (a bucket's) are asked. Who is denied by either is denied; who is allowed by either is allowed.
///    With a trust policy instead, identity and trust policy must both allow: that is how a role is assumed. Without any
///    identity policies (not even none: [`identity`](Self::identity) was not called) the trust policy decides alone, as for
///    SAML and OIDC.
/// 6. The access point's policy, where one was given, must allow the request as well.
///
/// The first *must* that fails ends it, with its own decision. Several policies of one layer are taken as one.
///
/// ```
/// use sts_policy::decide::{Layer, Layers};
/// use sts_policy::{Context, Decision, Policy, Request};
///
/// let policy = |action: &str| -> Result<Policy, Box<dyn std::error::Error>> {
///     let statement = format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#);
///     Ok(format!(r#"{{"Version":"1","Statement":[{statement}]}}"#).parse()?)
/// };
/// let (role, session) = (policy("oss:*")?.compile(), policy("oss:GetObject")?.compile());
/// let layers = Layers::new().identity([&role]).session(&session);
///
/// let context = Context::new();
/// let ruling = layers.decide(&Request::new("oss:PutObject", "acs:oss:*:1:b/o", &context));
/// assert_eq!((ruling.decision(), ruling.layer()), (Decision::ImplicitDeny, Layer::Session));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Layers<'a> {
    vpc_endpoint: Option<Vec<&'a Compiled>>,
    control: Vec<Vec<&'a Compiled>>,
    session: Option<&'a Compiled>,
    identity: Option<Vec<&'a Compiled>>,
    resource_group: Vec<&'a Compiled>,
    resource: Vec<&'a Compiled>,
    trust: Option<&'a Compiled>,
    access_point: Option<Vec<&'a Compiled>>,
}

/// Where a decision was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layer {
    /// The policy of the VPC endpoint.
    VpcEndpoint,
    /// Control policies of a resource directory, on the level of this number, from 0 in the order they were given in.
    Control(usize),
    /// The session policy of an assumed role.
    Session,
    /// Policies of the user, its groups or the role, for the whole account.
    Identity,
    /// The same for one resource group.
    ResourceGroup,
    /// Policies of the resource, such as a bucket's.
    Resource,
    /// The trust policy of a role.
    Trust,
    /// The policy of the access point.
    AccessPoint,
}

/// A decision of [`Layers`], and who made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ruling {
    decision: Decision,
    layer: Layer,
    policy: Option<usize>,
    statement: Option<usize>,
}

impl Ruling {
    /// The decision.
    #[must_use]
    pub fn decision(self) -> Decision {
        self.decision
    }

    /// The layer that made it. For a request that nobody allows: the layer that had to and did not.
    #[must_use]
    pub fn layer(self) -> Layer {
        self.layer
    }

    /// The place of the deciding policy among those of its layer, from 0; `None` for [`Decision::ImplicitDeny`].
    #[must_use]
    pub fn policy(self) -> Option<usize> {
        self.policy
    }

    /// The place of the deciding statement in that policy, from 0; `None` for [`Decision::ImplicitDeny`].
    #[must_use]
    pub fn statement(self) -> Option<usize> {
        self.statement
    }

    fn is(self, decision: Decision) -> bool {
        self.decision == decision
    }
}

impl<'a> Layers<'a> {
    /// No policies at all: nothing is allowed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The policies of the VPC endpoint that the request came through.
    #[must_use]
    pub fn vpc_endpoint(mut self, policies: impl IntoIterator<Item = &'a Compiled>) -> Self {
        self.vpc_endpoint = Some(policies.into_iter().collect());
        self
    }

    /// Adds a level of control policies: those of one folder, or of the member account. Every level must allow.
    #[must_use]
    pub fn control_level(mut self, policies: impl IntoIterator<Item = &'a Compiled>) -> Self {
        self.control.push(policies.into_iter().collect());
        self
    }

    /// The session policy that a role was assumed with.
    #[must_use]
    pub fn session(mut self, policy: &'a Compiled) -> Self {
        self.session = Some(policy);
        self
    }

    /// The policies of the caller for the whole account, those of its groups included.
    #[must_use]
    pub fn identity(mut self, policies: impl IntoIterator<Item = &'a Compiled>) -> Self {
        self.identity = Some(policies.into_iter().collect());
        self
    }

    /// The policies of the caller for the resource group of the resource.
    #[must_use]
    pub fn resource_group(mut self, policies: impl IntoIterator<Item = &'a Compiled>) -> Self {
        self.resource_group = policies.into_iter().collect();
        self
    }

    /// The policies of the resource, such as a bucket's.
    #[must_use]
    pub fn resource(mut self, policies: impl IntoIterator<Item = &'a Compiled>) -> Self {
        self.resource = policies.into_iter().collect();
        self
    }

    /// The trust policy of the role that is to be assumed.
    #[must_use]
    pub fn trust(mut self, policy: &'a Compiled) -> Self {
        self.trust = Some(policy);
        self
    }

    /// The policies of the access point that the request goes through.
    #[must_use]
    pub fn access_point(mut self, policies: impl IntoIterator<Item = &'a Compiled>) -> Self {
        self.access_point = Some(policies.into_iter().collect());
        self
    }

    /// What all of them say to a request.
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Ruling {
        let vpc_endpoint = self.vpc_endpoint.iter().map(|policies| (Layer::VpcEndpoint, policies.as_slice()));
        let control =
            self.control.iter().enumerate().map(|(at, level)| (Layer::Control(at), level.as_slice()));
        let session = self.session.iter().map(|policy| (Layer::Session, std::slice::from_ref(policy)));
        for (layer, policies) in vpc_endpoint.chain(control).chain(session) {
            let ruling = merged(layer, policies, request);
            if !ruling.is(Decision::Allow) {
                return ruling;
            }
        }
        let granted = self.granted(request);
        match &self.access_point {
            Some(policies) if granted.is(Decision::Allow) => {
                let ruling = merged(Layer::AccessPoint, policies, request);
                if ruling.is(Decision::Allow) { granted } else { ruling }
            }
            _ => granted,
        }
    }

    /// What they say to a call that is checked several times: all checks must pass. The ruling is that of the first check
    /// that is denied or, where none is, that nobody allows or, where all are allowed, of the last. `None` where there
    /// is no check.
    #[must_use]
    pub fn decide_all<'r, 'c: 'r>(
        &self,
        checks: impl IntoIterator<Item = &'r Request<'c>>,
    ) -> Option<Ruling> {
        let mut all: Option<Ruling> = None;
        for check in checks {
            let ruling = self.decide(check);
            if ruling.is(Decision::ExplicitDeny) {
                return Some(ruling);
            }
            if all.is_none_or(|all| all.is(Decision::Allow)) {
                all = Some(ruling);
            }
        }
        all
    }

    /// Steps 4 and 5.
    fn granted(&self, request: &Request<'_>) -> Ruling {
        let identity = self.identity.as_ref().map(|policies| {
            let account = merged(Layer::Identity, policies, request);
            let group = || merged(Layer::ResourceGroup, &self.resource_group, request);
            if account.is(Decision::ImplicitDeny) && !self.resource_group.is_empty() {
                group()
            } else {
                account
            }
        });
        if let Some(trust) = &self.trust {
            let trust = merged(Layer::Trust, std::slice::from_ref(trust), request);
            // Both must allow; a denial is named before a mere silence.
            return match identity {
                Some(identity) if identity.is(Decision::ExplicitDeny) || trust.is(Decision::Allow) => {
                    identity
                }
                _ => trust,
            };
        }
        let identity = identity.unwrap_or_else(|| merged(Layer::Identity, &[], request));
        let resource = merged(Layer::Resource, &self.resource, request);
        let is_weaker = match resource.decision {
            Decision::ExplicitDeny => identity.is(Decision::ExplicitDeny),
            Decision::Allow => !identity.is(Decision::ImplicitDeny),
            Decision::ImplicitDeny => true,
        };
        if is_weaker { identity } else { resource }
    }
}

/// Several policies as if they were one.
fn merged(layer: Layer, policies: &[&Compiled], request: &Request<'_>) -> Ruling {
    let mut ruling = Ruling { decision: Decision::ImplicitDeny, layer, policy: None, statement: None };
    for (at, policy) in policies.iter().enumerate() {
        let verdict = policy.decide(request);
        let own =
            Ruling { decision: verdict.decision, layer, policy: Some(at), statement: verdict.statement };
        match verdict.decision {
            Decision::ExplicitDeny => return own,
            Decision::Allow if ruling.is(Decision::ImplicitDeny) => ruling = own,
            Decision::Allow | Decision::ImplicitDeny => {}
        }
    }
    ruling
}
