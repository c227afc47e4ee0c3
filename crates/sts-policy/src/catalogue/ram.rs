//! RAM and STS.

use std::sync::LazyLock;

use super::{Form, Service};

const USER: Form = Form::Under(&["user/"]);
const GROUP: Form = Form::Under(&["group/"]);
const ROLE: Form = Form::Under(&["role/"]);
const POLICY: Form = Form::Under(&["policy/"]);

/// From RAM's page on authentication and the pages of its APIs. The APIs of IMS share the code `ram` and are not listed.
pub(super) static RAM: Service = Service {
    code: "ram",
    resource_codes: &["ram"],
    is_complete: false,
    groups: &[
        (
            USER,
            &[
                "CreateUser",
                "ListUsers",
                "GetUser",
                "UpdateUser",
                "DeleteUser",
                "CreateLoginProfile",
                "GetLoginProfile",
                "DeleteLoginProfile",
                "UpdateLoginProfile",
                "CreateAccessKey",
                "UpdateAccessKey",
                "DeleteAccessKey",
                "ListAccessKeys",
                "BindMFADevice",
                "UnbindMFADevice",
                "GetUserMFAInfo",
                "ChangePassword",
                "ListGroupsForUser",
                "ListPoliciesForUser",
            ],
        ),
        (
            Form::Under(&["mfa/"]),
            &["CreateVirtualMFADevice", "ListVirtualMFADevices", "DeleteVirtualMFADevice"],
        ),
        (
            GROUP,
            &[
                "CreateGroup",
                "ListGroups",
                "GetGroup",
                "UpdateGroup",
                "DeleteGroup",
                "ListUsersForGroup",
                "ListPoliciesForGroup",
            ],
        ),
        // Asked about both; a statement may be about one of them.
        (Form::Under(&["user/", "group/"]), &["AddUserToGroup", "RemoveUserFromGroup"]),
        (
            ROLE,
            &[
                "CreateRole",
                "ListRoles",
                "GetRole",
                "UpdateRole",
                "DeleteRole",
                "ListPoliciesForRole",
                "PassRole",
            ],
        ),
        (
            POLICY,
            &[
                "CreatePolicy",
                "ListPolicies",
                "GetPolicy",
                "DeletePolicy",
                "CreatePolicyVersion",
                "DeletePolicyVersion",
                "ListPolicyVersions",
                "SetDefaultPolicyVersion",
                "ListEntitiesForPolicy",
            ],
        ),
        // A table of the documentation has `group/`, by mistake or not.
        (Form::Under(&["policy/", "group/"]), &["GetPolicyVersion"]),
        (Form::Under(&["user/", "policy/"]), &["AttachPolicyToUser", "DetachPolicyFromUser"]),
        (Form::Under(&["group/", "policy/"]), &["AttachPolicyToGroup", "DetachPolicyFromGroup"]),
        (Form::Under(&["role/", "policy/"]), &["AttachPolicyToRole", "DetachPolicyFromRole"]),
        (
            Form::Account,
            &[
                "SetAccountAlias",
                "GetAccountAlias",
                "ClearAccountAlias",
                "SetPasswordPolicy",
                "GetPasswordPolicy",
                "SetSecurityPreference",
            ],
        ),
        (
            Form::Any,
            &[
                "GetSecurityPreference",
                "GetAccessKeyLastUsed",
                "UpdatePolicyDescription",
                "TagResources",
                "UntagResources",
                "ListTagResources",
                "CreateServiceLinkedRole",
                "DeleteServiceLinkedRole",
                "GetServiceLinkedRoleDeletionStatus",
                "CheckServiceLinkedRoleExistence",
                "DecodeDiagnosticMessage",
            ],
        ),
    ],
    index: LazyLock::new(|| RAM.sorted()),
    apis: &[],
};

/// From the pages of its APIs.
pub(super) static STS: Service = Service {
    code: "sts",
    resource_codes: &["ram"],
    is_complete: true,
    groups: &[(ROLE, &["AssumeRole"]), (Form::Any, &["GetCallerIdentity", "SetSourceIdentity"])],
    // Nobody is asked for a permission to call these; the role's trust policy is asked about `AssumeRole`.
    index: LazyLock::new(|| STS.sorted()),
    apis: &[("AssumeRoleWithSAML", &["AssumeRole"]), ("AssumeRoleWithOIDC", &["AssumeRole"])],
};
