//! GetCallerIdentity. It takes no parameters and needs no permission.

use crate::reply::{Answer, text};
use crate::verify::Caller;
use crate::world::{Owner, World};

pub(super) fn run(world: &World, caller: &Caller) -> Answer {
    let account = world.account_id;
    let mut fields = vec![text("AccountId", account)];
    fields.extend(match caller {
        Caller::Key(Owner::Root) => vec![
            text("IdentityType", "Account"),
            text("PrincipalId", account),
            text("Arn", format!("acs:ram::{account}:root")),
        ],
        Caller::Key(Owner::User { name, id }) => vec![
            text("IdentityType", "RAMUser"),
            text("UserId", id.as_str()),
            text("PrincipalId", id.as_str()),
            text("Arn", format!("acs:ram::{account}:user/{name}")),
        ],
        Caller::Session(session) => {
            let (role, name) = (&session.role, &session.name);
            vec![
                text("IdentityType", "AssumedRoleUser"),
                text("RoleId", role.id.as_str()),
                text("PrincipalId", format!("{}:{name}", role.id)),
                text("Arn", format!("acs:ram::{account}:assumed-role/{}/{name}", role.name)),
            ]
        }
    });
    Answer { root: "GetCallerIdentityResponse", fields }
}
