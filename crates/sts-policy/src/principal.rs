//! Who a resource-based policy is about.

use std::fmt;

use crate::OneOrMany;

/// The `Principal` of a statement. It belongs into resource-based policies: trust, bucket, access point, VPC endpoint.
///
/// `Debug` shows kinds and counts, no names.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Principal {
    /// The bare string `"*"`: everybody. VPC endpoint policies use it.
    Everybody,
    /// An array of strings: digits of an account or a RAM user, `arn:sts::…:assumed-role/…`, or `*`. Bucket policies use
    /// it; there the empty array means everybody too.
    List(Vec<String>),
    /// An object, as trust policies use it: what is trusted, by kind, in the order it was written in.
    Typed(Vec<TypedPrincipal>),
}

impl Principal {
    /// Everybody in the spelling of bucket policies: `["*"]`.
    #[must_use]
    pub fn everybody_in_list() -> Self {
        Self::List(vec!["*".to_owned()])
    }

    /// An array of account ids, RAM user ids or assumed roles.
    #[must_use]
    pub fn list<S: Into<String>>(values: impl IntoIterator<Item = S>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }

    /// RAM identities: `acs:ram::<account>:root`, `…:user/<name>` or `…:role/<name>`.
    #[must_use]
    pub fn ram<S: Into<String>>(values: impl IntoIterator<Item = S>) -> Self {
        Self::typed(PrincipalKind::Ram, values)
    }

    /// Services: `<service>.aliyuncs.com`.
    #[must_use]
    pub fn service<S: Into<String>>(values: impl IntoIterator<Item = S>) -> Self {
        Self::typed(PrincipalKind::Service, values)
    }

    /// Identity providers: `acs:ram::<account>:saml-provider/<name>` or `…:oidc-provider/<name>`.
    #[must_use]
    pub fn federated<S: Into<String>>(values: impl IntoIterator<Item = S>) -> Self {
        Self::typed(PrincipalKind::Federated, values)
    }

    fn typed<S: Into<String>>(kind: PrincipalKind, values: impl IntoIterator<Item = S>) -> Self {
        let values = OneOrMany::shortest_or_empty(values.into_iter().map(Into::into).collect());
        Self::Typed(vec![TypedPrincipal { kind, values }])
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everybody => f.write_str("Everybody"),
            Self::List(values) => write!(f, "List(array of {})", values.len()),
            Self::Typed(members) => f.debug_list().entries(members).finish(),
        }
    }
}

/// One member of a [`Principal`] object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypedPrincipal {
    pub(crate) kind: PrincipalKind,
    pub(crate) values: OneOrMany,
}

impl TypedPrincipal {
    /// What kind of principal is meant.
    #[must_use]
    pub fn kind(&self) -> PrincipalKind {
        self.kind
    }

    /// Their names.
    #[must_use]
    pub fn values(&self) -> &OneOrMany {
        &self.values
    }
}

/// The kinds of principal of a trust policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PrincipalKind {
    /// Accounts, RAM users and RAM roles.
    Ram,
    /// Cloud services.
    Service,
    /// SAML and OIDC identity providers.
    Federated,
}

impl PrincipalKind {
    pub(crate) const ALL: [Self; 3] = [Self::Ram, Self::Service, Self::Federated];

    /// The member's name in a document: `RAM`, `Service` or `Federated`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ram => "RAM",
            Self::Service => "Service",
            Self::Federated => "Federated",
        }
    }
}
