//! Decisions: what a policy, or all the policies that bear on a request, say to it.
//!
//! A policy is compiled once and asked as often as wanted:
//!
//! ```
//! use sts_policy::{Context, Decision, Policy, Request};
//!
//! let policy: Policy = r#"{
//!     "Version": "1",
//!     "Statement": [{
//!         "Effect": "Allow",
//!         "Action": "oss:ListObjects",
//!         "Resource": "acs:oss:*:*:my-bucket",
//!         "Condition": { "StringLike": { "oss:Prefix": "public/*" } }
//!     }]
//! }"#
//! .parse()?;
//! let compiled = policy.compile();
//!
//! let context = Context::new().with("oss:Prefix", "public/2026/");
//! let request = Request::new("oss:ListObjects", "acs:oss:cn-hangzhou:123456789012:my-bucket", &context);
//! assert_eq!(compiled.decide(&request).decision(), Decision::Allow);
//!
//! let context = Context::new().with("oss:Prefix", "private/");
//! let request = Request::new("oss:ListObjects", "acs:oss:cn-hangzhou:123456789012:my-bucket", &context);
//! assert_eq!(compiled.decide(&request).decision(), Decision::ImplicitDeny);
//! assert_eq!(
//!     compiled.explain(&request).to_string(),
//!     "ImplicitDeny: no statement applies\n\
//!      statement 0 (Allow) does not apply: StringLike oss:Prefix wants `public/*`, the request has `private/`\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Layers`] combines policies as the service does: control, session, identity, resource and trust policies. What
//! documentation leaves open is decided by [`Options`]; docs/policy-language.md lists every rule.

mod caller;
mod condition;
mod group;
mod index;
mod layers;
mod options;
mod request;
mod statement;
mod trace;

use crate::decide::group::Group;
use crate::{Effect, Policy, Statement};
use std::fmt;

pub use layers::{Layer, Layers, Ruling};
pub use options::{AbsentKey, BucketOwner, DoubtfulValue, Options, Star};
pub use request::{Context, Request};
pub use trace::{ConditionMismatch, Mismatch, StatementTrace, Trace};

/// What is said to a request. There are three answers: that nobody allows it can still be mended by another policy, a
/// denial cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// A statement allows it, and none denies it.
    Allow,
    /// A statement denies it, whatever allows it.
    ExplicitDeny,
    /// No statement is about it.
    ImplicitDeny,
}

impl Decision {
    /// `Allow`, `ExplicitDeny` or `ImplicitDeny`, as the service names them.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::ExplicitDeny => "ExplicitDeny",
            Self::ImplicitDeny => "ImplicitDeny",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A decision and the statement that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verdict {
    decision: Decision,
    statement: Option<usize>,
}

impl Verdict {
    /// The decision.
    #[must_use]
    pub fn decision(self) -> Decision {
        self.decision
    }

    /// The place of the deciding statement in the policy, from 0: the first that denies or, where none does, the first
    /// that allows. `None` for [`Decision::ImplicitDeny`].
    #[must_use]
    pub fn statement(self) -> Option<usize> {
        self.statement
    }
}

impl Policy {
    /// Makes the policy ready for decisions, by the default [`Options`].
    #[must_use]
    pub fn compile(&self) -> Compiled {
        self.compile_with(Options::new())
    }

    /// Makes the policy ready for decisions, by these options.
    #[must_use]
    pub fn compile_with(&self, options: Options) -> Compiled {
        Compiled::new(self.statements(), options)
    }
}

/// A policy made ready for decisions. It never changes, and may be shared between threads.
///
/// A decision asks for no memory. Its time grows with the number of statements in a policy of a few; in a larger one an
/// index over the literal parts of actions and resources leaves only those to be looked at that can apply.
#[derive(Clone)]
pub struct Compiled {
    source: Box<[Statement]>,
    options: Options,
    // Apart, since nothing matters once a Deny applies, and no Allow before that is sure.
    denying: Group,
    allowing: Group,
}

impl Compiled {
    fn new(source: &[Statement], options: Options) -> Self {
        let group = |effect: Effect| {
            let own = source.iter().enumerate().filter(|(_, statement)| statement.effect() == effect);
            Group::new(own.map(|(place, source)| (place, statement::Statement::new(source, options))))
        };
        Self { denying: group(Effect::Deny), allowing: group(Effect::Allow), source: source.into(), options }
    }

    /// What the policy says to a request.
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Verdict {
        if let Some(statement) = self.denying.first(request) {
            Verdict { decision: Decision::ExplicitDeny, statement: Some(statement) }
        } else if let Some(statement) = self.allowing.first(request) {
            Verdict { decision: Decision::Allow, statement: Some(statement) }
        } else {
            Verdict { decision: Decision::ImplicitDeny, statement: None }
        }
    }

    /// The decision, with what every statement says and, where one does not apply, everything that is in the way.
    /// Takes far longer than [`decide`](Self::decide).
    #[must_use]
    pub fn explain(&self, request: &Request<'_>) -> Trace {
        Trace::new(self.decide(request), &self.source, self.options, request)
    }
}

/// A policy names resources and people: how many statements there are must do.
impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Compiled({} statements)", self.source.len())
    }
}
