//! Kinds of policies.

/// Where a policy is used. One grammar serves all; what must be in a statement, and how long all may be, differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyKind {
    /// A custom policy, attached to RAM users, groups or roles.
    Identity,
    /// The `Policy` of AssumeRole, AssumeRoleWithSAML and AssumeRoleWithOIDC.
    Session,
    /// Who may assume a role: its `AssumeRolePolicyDocument`.
    Trust,
    /// The policy of an OSS bucket.
    Bucket,
    /// The policy of an OSS access point.
    AccessPoint,
    /// The policy of a gateway endpoint of a VPC.
    VpcEndpoint,
    /// The policy of a resource of another service: a KMS key, a log project.
    Resource,
    /// A control policy of a resource directory.
    Control,
}

impl PolicyKind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[
        Self::Identity,
        Self::Session,
        Self::Trust,
        Self::Bucket,
        Self::AccessPoint,
        Self::VpcEndpoint,
        Self::Resource,
        Self::Control,
    ];

    /// `identity`, `session`, `trust`, `bucket`, `access-point`, `vpc-endpoint`, `resource` or `control`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Session => "session",
            Self::Trust => "trust",
            Self::Bucket => "bucket",
            Self::AccessPoint => "access-point",
            Self::VpcEndpoint => "vpc-endpoint",
            Self::Resource => "resource",
            Self::Control => "control",
        }
    }

    /// The kind of this name, as [`as_str`](Self::as_str) has it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }

    /// As messages say it.
    pub(super) fn phrase(self) -> &'static str {
        match self {
            Self::Identity => "an identity policy",
            Self::Session => "a session policy",
            Self::Trust => "a trust policy",
            Self::Bucket => "a bucket policy",
            Self::AccessPoint => "an access point policy",
            Self::VpcEndpoint => "a VPC endpoint policy",
            Self::Resource => "a resource policy",
            Self::Control => "a control policy",
        }
    }

    /// Whether OSS keeps it, with rules of its own.
    pub(super) fn is_of_oss(self) -> bool {
        matches!(self, Self::Bucket | Self::AccessPoint)
    }
}
