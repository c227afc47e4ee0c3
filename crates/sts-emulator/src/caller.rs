//! Who makes a request.

use std::sync::Arc;

use sts_policy::Request;

use crate::sessions::Session;
use crate::world::{NamedPolicy, User};

/// Who makes a request, and what he may be called.
#[derive(Clone)]
pub(crate) struct Caller {
    /// Whose he is; empty for those who belong to no account.
    pub(crate) account_id: String,
    pub(crate) who: Who,
}

/// The kinds of callers.
#[derive(Clone)]
pub(crate) enum Who {
    /// The account itself.
    Root,
    User(Arc<User>),
    Session(Arc<Session>),
    /// Whoever this identity provider vouches for: its ARN.
    Federated(String),
    /// Nobody in particular.
    Anonymous,
}

impl Caller {
    pub(crate) fn anonymous() -> Self {
        Self { account_id: String::new(), who: Who::Anonymous }
    }

    /// The ARN that GetCallerIdentity and policies give to him.
    pub(crate) fn arn(&self) -> Option<String> {
        let account = &self.account_id;
        match &self.who {
            Who::Root => Some(format!("acs:ram::{account}:root")),
            Who::User(user) => Some(format!("acs:ram::{account}:user/{}", user.name)),
            Who::Session(session) => {
                Some(format!("acs:ram::{account}:assumed-role/{}/{}", session.role.name, session.name))
            }
            Who::Federated(provider) => Some(provider.clone()),
            Who::Anonymous => None,
        }
    }

    /// For denials and the audit trail.
    pub(crate) fn display_name(&self) -> String {
        match &self.who {
            Who::Root => self.account_id.clone(),
            Who::User(user) => user.id.clone(),
            Who::Session(session) => format!("{}:{}", session.role.name, session.name),
            Who::Federated(name) => name.clone(),
            Who::Anonymous => "anonymous".to_owned(),
        }
    }

    /// As `AccessDeniedDetail` names kinds of callers.
    pub(crate) fn kind_name(&self) -> &'static str {
        match &self.who {
            Who::Root => "Account",
            Who::User(_) => "SubUser",
            Who::Session(_) => "AssumedRoleUser",
            Who::Federated(_) => "Federated",
            Who::Anonymous => "Anonymous",
        }
    }

    /// The policies that say what he may do, for those who have some.
    pub(crate) fn identity_policies(&self) -> Option<&[Arc<NamedPolicy>]> {
        match &self.who {
            Who::User(user) => Some(&user.policies),
            Who::Session(session) => Some(&session.role.policies),
            Who::Root | Who::Federated(_) | Who::Anonymous => None,
        }
    }

    /// Under every name that a policy may give to him.
    pub(crate) fn introduce<'a>(&self, request: Request<'a>) -> Request<'a> {
        let request = match self.arn() {
            Some(arn) => request.principal(&arn),
            None => request,
        };
        match &self.who {
            // Bucket policies name users by their ids.
            Who::User(user) => request.principal(&user.id),
            _ => request,
        }
    }
}
