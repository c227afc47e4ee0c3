//! AssumeRole.

use super::{Context, rules};
use crate::parameters::Parameters;
use crate::refusal::{AccessDenied, Refusal};
use crate::reply::Answer;
use crate::verify::Caller;
use crate::world::{Owner, Trusted};

pub(super) fn run(
    context: &Context<'_>,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Answer, Refusal> {
    let role_arn = parameters.require("RoleArn")?;
    let session_name = parameters.require("RoleSessionName")?;
    let parts = rules::role_arn(role_arn)?;
    let session_name = rules::session_name(session_name)?;
    let seconds = rules::duration_seconds(parameters)?;
    rules::policy(parameters)?;
    rules::external_id(parameters)?;
    let source_identity = source_identity(caller, rules::source_identity(parameters)?)?;

    if matches!(caller, Caller::Key(Owner::Root)) {
        return Err(Refusal::root_caller());
    }
    let role = context
        .world
        .role(parts.account_id, parts.role_name)
        .ok_or_else(|| Refusal::no_such_role(role_arn))?;
    if !role.trusts(&Trusted::Account(context.world.account_id.to_owned())) {
        return Err(Refusal::untrusted(denied(context.world.account_id, caller)));
    }
    let fields = context.open_session(role, session_name, source_identity, seconds)?;
    Ok(Answer { root: "AssumeRoleResponse", fields })
}

/// Once set, it stays through the whole chain of roles and cannot be changed (documented; the code is not).
fn source_identity(caller: &Caller, asked: Option<&str>) -> Result<Option<String>, Refusal> {
    let inherited = match caller {
        Caller::Session(session) => session.source_identity.as_deref(),
        Caller::Key(_) => None,
    };
    match (inherited, asked) {
        (Some(inherited), Some(asked)) if inherited != asked => {
            Err(Refusal::wrongly_formed("SourceIdentity"))
        }
        (inherited, asked) => Ok(inherited.or(asked).map(str::to_owned)),
    }
}

fn denied(account_id: &str, caller: &Caller) -> AccessDenied {
    let (principal_name, principal_type) = match caller {
        Caller::Key(Owner::Root) => (account_id.to_owned(), "Account"),
        Caller::Key(Owner::User { id, .. }) => (id.clone(), "SubUser"),
        Caller::Session(session) => (format!("{}:{}", session.role.name, session.name), "AssumedRoleUser"),
    };
    AccessDenied { principal_name, principal_owner: account_id.to_owned(), principal_type }
}
