//! Readings of what documentation leaves open.

/// How to read what the service's documentation leaves open. Each option has a default, which is the reading with the
/// better evidence or else the one that grants less; docs/policy-language.md says which, and why.
///
/// ```
/// use sts_policy::decide::{AbsentKey, Options};
///
/// let options = Options::new().negated_on_absent_key(AbsentKey::NotMet);
/// assert_ne!(options, Options::default());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub(super) star: Star,
    pub(super) negated_on_absent_key: AbsentKey,
    pub(super) for_all_values_on_absent_key: AbsentKey,
    pub(super) bucket_owner: BucketOwner,
    pub(super) host_bits: DoubtfulValue,
    pub(super) ipv6_blocks: DoubtfulValue,
    pub(super) fractional_seconds: DoubtfulValue,
    pub(super) fractional_numbers: DoubtfulValue,
}

/// How far `*` reaches in a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Star {
    /// Anywhere, over colons too.
    CrossesColons,
    /// To the end of its segment; see [`Pattern::within_segments`](crate::Pattern::within_segments).
    StaysInSegment,
}

/// What a condition says when the request lacks its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbsentKey {
    /// It holds.
    Met,
    /// It does not hold.
    NotMet,
}

/// Whether everybody includes the owner of the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketOwner {
    /// He is one of everybody.
    Included,
    /// A statement about everybody (`["*"]` or `[]`) without conditions is not about him.
    Exempt,
}

/// What becomes of a value in a condition of the policy that the service may or may not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoubtfulValue {
    /// It means what it looks like.
    Accepted,
    /// No value of a request fits it, as with one that cannot be read at all.
    FitsNothing,
}

impl Options {
    /// All defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            star: Star::CrossesColons,
            negated_on_absent_key: AbsentKey::Met,
            for_all_values_on_absent_key: AbsentKey::Met,
            bucket_owner: BucketOwner::Included,
            host_bits: DoubtfulValue::Accepted,
            ipv6_blocks: DoubtfulValue::Accepted,
            fractional_seconds: DoubtfulValue::Accepted,
            fractional_numbers: DoubtfulValue::Accepted,
        }
    }

    /// How far `*` reaches in a resource; default [`Star::CrossesColons`].
    #[must_use]
    pub const fn star(mut self, star: Star) -> Self {
        self.star = star;
        self
    }

    /// What `StringNotEquals`, `NotIpAddress` and the like say when the request lacks the key; default
    /// [`AbsentKey::Met`], which is documented for OSS.
    #[must_use]
    pub const fn negated_on_absent_key(mut self, answer: AbsentKey) -> Self {
        self.negated_on_absent_key = answer;
        self
    }

    /// What an operator with `ForAllValues:` says when the request lacks the key; default [`AbsentKey::Met`]: of no
    /// values, all fit. (`ForAnyValue:` never holds then.)
    #[must_use]
    pub const fn for_all_values_on_absent_key(mut self, answer: AbsentKey) -> Self {
        self.for_all_values_on_absent_key = answer;
        self
    }

    /// Whether everybody includes the owner of the bucket; default [`BucketOwner::Included`].
    /// [`BucketOwner::Exempt`] is what OSS documents for bucket policies, and is right for them alone. The owner is a
    /// caller whose account id is that of the resource.
    #[must_use]
    pub const fn bucket_owner(mut self, owner: BucketOwner) -> Self {
        self.bucket_owner = owner;
        self
    }

    /// Blocks with bits beyond their prefix, as `10.0.0.1/8`; default [`DoubtfulValue::Accepted`]: those bits do not
    /// count.
    #[must_use]
    pub const fn host_bits(mut self, value: DoubtfulValue) -> Self {
        self.host_bits = value;
        self
    }

    /// Blocks of IPv6 addresses, as `2001:db8::/32`; default [`DoubtfulValue::Accepted`].
    #[must_use]
    pub const fn ipv6_blocks(mut self, value: DoubtfulValue) -> Self {
        self.ipv6_blocks = value;
        self
    }

    /// Instants with fractions of a second; default [`DoubtfulValue::Accepted`].
    #[must_use]
    pub const fn fractional_seconds(mut self, value: DoubtfulValue) -> Self {
        self.fractional_seconds = value;
        self
    }

    /// Numbers that are not whole; default [`DoubtfulValue::Accepted`].
    #[must_use]
    pub const fn fractional_numbers(mut self, value: DoubtfulValue) -> Self {
        self.fractional_numbers = value;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}
