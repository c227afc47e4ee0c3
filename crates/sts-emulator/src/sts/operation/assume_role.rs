//! AssumeRole.

use super::{Granted, Run, rules};
use crate::access::Denial;
use crate::caller::{Caller, Who};
use crate::sts::refusal::{AccessDenied, Refusal};
use crate::sts::reply::Answer;
use crate::world::Role;

pub(super) fn run(run: &mut Run<'_>, caller: &Caller) -> Result<Answer, Refusal> {
    let parameters = run.parameters;
    let role_arn = parameters.require("RoleArn")?;
    let session_name = parameters.require("RoleSessionName")?;
    let parts = rules::role_arn(role_arn)?;
    rules::session_name(session_name)?;
    let world = run.cloud.world();
    let seconds = rules::duration_seconds(parameters, world.min_session_seconds)?;
    let policy = rules::policy(parameters)?;
    let external_id = rules::external_id(parameters)?;
    let source_identity = source_identity(caller, rules::source_identity(parameters)?)?;

    if matches!(caller.who, Who::Root) {
        return Err(Refusal::root_caller());
    }
    let role =
        world.role(parts.account_id, parts.role_name).ok_or_else(|| Refusal::no_such_role(role_arn))?;
    authorize(run, caller, role, external_id, source_identity)?;
    let granted = Granted { role, name: session_name, source_identity, policy: policy.as_ref(), seconds };
    let fields = run.open_session(&granted)?;
    Ok(Answer { root: "AssumeRoleResponse", fields })
}

/// The caller's policies and the role's trust policy must both allow it.
fn authorize(
    run: &mut Run<'_>,
    caller: &Caller,
    role: &Role,
    external_id: Option<&str>,
    source_identity: Option<&str>,
) -> Result<(), Refusal> {
    let mut context = run.cloud.context(caller, run.peer.ip(), run.now);
    if let Some(id) = external_id {
        context.insert("sts:ExternalId", id);
    }
    if let Some(source) = source_identity {
        context.insert("sts:SourceIdentity", source);
    }
    run.authorize(caller, role, &context).map_err(|denial| Refusal::denied(detail(caller, &denial)))
}

/// Once set, it stays through the whole chain of roles and cannot be changed (documented; the code is not).
fn source_identity<'a>(caller: &'a Caller, asked: Option<&'a str>) -> Result<Option<&'a str>, Refusal> {
    let inherited = match &caller.who {
        Who::Session(session) => session.source_identity.as_deref(),
        _ => None,
    };
    match (inherited, asked) {
        (Some(inherited), Some(asked)) if inherited != asked => {
            Err(Refusal::wrongly_formed("SourceIdentity"))
        }
        (inherited, asked) => Ok(inherited.or(asked)),
    }
}

fn detail(caller: &Caller, denial: &Denial) -> AccessDenied {
    AccessDenied {
        principal_name: caller.display_name(),
        principal_owner: caller.account_id.clone(),
        principal_type: caller.kind_name(),
        no_permission_type: denial.no_permission_type(),
        policy_type: denial.policy_type(),
    }
}
