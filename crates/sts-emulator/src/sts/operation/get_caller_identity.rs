//! GetCallerIdentity. It takes no parameters and needs no permission.

use crate::caller::{Caller, Who};
use crate::sts::reply::{Answer, text};

pub(super) fn run(caller: &Caller) -> Answer {
    let account = caller.account_id.as_str();
    let mut fields = vec![text("AccountId", account)];
    fields.extend(caller.arn().map(|arn| text("Arn", arn)));
    fields.extend(match &caller.who {
        Who::User(user) => vec![
            text("IdentityType", "RAMUser"),
            text("UserId", user.id.as_str()),
            text("PrincipalId", user.id.as_str()),
        ],
        Who::Session(session) => vec![
            text("IdentityType", "AssumedRoleUser"),
            text("RoleId", session.role.id.as_str()),
            text("PrincipalId", format!("{}:{}", session.role.id, session.name)),
        ],
        // Nobody else can sign.
        Who::Root | Who::Federated(_) | Who::Anonymous => {
            vec![text("IdentityType", "Account"), text("PrincipalId", account)]
        }
    });
    Answer { root: "GetCallerIdentityResponse", fields }
}
