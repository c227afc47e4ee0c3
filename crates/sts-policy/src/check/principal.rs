//! Principals: who may be named where, and how.

use super::covers::is_everybody;
use super::subject::Subject;
use super::{Checker, PolicyKind};
use crate::{Effect, Location, Principal, PrincipalKind, rules};

impl Checker<'_, '_> {
    pub(super) fn principal(&mut self, subject: &Subject<'_>) {
        let (kind, index) = (self.kind, subject.index);
        let at = Location::Principal(index);
        let Some(principal) = subject.statement.principal() else {
            if kind == PolicyKind::Trust || kind.is_of_oss() {
                let example = if kind == PolicyKind::Trust {
                    "{\"RAM\": \"acs:ram::<account>:root\"}"
                } else {
                    "[\"*\"]"
                };
                let message = format!("a statement of {} needs a `Principal`, as `{example}`", kind.phrase());
                self.report(Location::Statement(index), &rules::PRINCIPAL_MISSING, message);
            }
            return;
        };
        match (kind, principal) {
            (PolicyKind::Identity | PolicyKind::Session | PolicyKind::Control, _) => {
                let message = format!(
                    "{} has no `Principal`: it is about whom it is given to; remove it",
                    kind.phrase()
                );
                self.report(at, &rules::PRINCIPAL_NOT_ALLOWED, message);
            }
            (PolicyKind::Trust, Principal::Typed(_)) | (PolicyKind::Resource, _) => {}
            (PolicyKind::Trust, _) => {
                let message =
                    "in a trust policy the principal is an object of `RAM`, `Service` and `Federated`";
                self.report(at, &rules::PRINCIPAL_OF_KIND, message);
            }
            (PolicyKind::VpcEndpoint, Principal::Everybody) | (_, Principal::List(_)) => {}
            _ => {
                let message = format!(
                    "in {} the principal is an array of account and user ids, or `[\"*\"]`",
                    kind.phrase()
                );
                self.report(at, &rules::PRINCIPAL_OF_KIND, message);
            }
        }
        match principal {
            Principal::Everybody => {}
            Principal::List(values)
                if matches!(kind, PolicyKind::Bucket | PolicyKind::AccessPoint | PolicyKind::VpcEndpoint) =>
            {
                for (number, value) in values.iter().enumerate() {
                    self.listed(Location::PrincipalValue(index, 0, number), value);
                }
            }
            Principal::List(_) => {}
            Principal::Typed(members) => {
                for (member_number, member) in members.iter().enumerate() {
                    for (number, value) in member.values().iter().enumerate() {
                        self.typed(
                            Location::PrincipalValue(index, member_number, number),
                            member.kind(),
                            value,
                        );
                    }
                }
                if kind == PolicyKind::Trust {
                    self.trust(subject, principal);
                }
            }
        }
        if kind.is_of_oss() && is_everybody(principal) && !subject.is_conditional() {
            self.everybody(subject);
        }
    }

    /// One of an array.
    fn listed(&mut self, at: Location, value: &str) {
        let is_digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        if is_digits || value == "*" || is_template(value) {
            return;
        }
        if value.starts_with("acs:ram:") {
            let message = "this matches nobody: here principals are the digits of an account or a RAM user, or \
                           `arn:sts::<account>:assumed-role/<role>/<session>`";
            self.report(at, &rules::PRINCIPAL_RAM_ARN, message);
        } else if !(is_masked(value) || value.starts_with("arn:sts::") && value.contains(":assumed-role/")) {
            let message = "principals are the digits of an account or a RAM user, \
                           `arn:sts::<account>:assumed-role/<role>/<session>`, or `*`";
            self.report(at, &rules::PRINCIPAL_VALUE, message);
        }
    }

    /// One of an object.
    fn typed(&mut self, at: Location, kind: PrincipalKind, value: &str) {
        if is_template(value) {
            return;
        }
        let named = |folders: &[&str]| {
            let name = value.strip_prefix("acs:ram::").and_then(|rest| rest.split_once(':'));
            name.is_some_and(|(account, name)| {
                !account.is_empty()
                    && folders
                        .iter()
                        .any(|folder| name.strip_prefix(folder).is_some_and(|rest| !rest.is_empty()))
            })
        };
        let (is_good, message) = match kind {
            PrincipalKind::Ram => (
                // The default policy of a KMS key has all of an account.
                named(&["user/", "role/"])
                    || is_account(value, ":root")
                    || (self.kind == PolicyKind::Resource && is_account(value, ":*")),
                "under `RAM` stands `acs:ram::<account>:root`, `…:user/<name>` or `…:role/<name>`",
            ),
            PrincipalKind::Service => (
                value.ends_with(".aliyuncs.com"),
                "under `Service` stands a service's name, as `ecs.aliyuncs.com`",
            ),
            PrincipalKind::Federated => (
                named(&["saml-provider/", "oidc-provider/"]),
                "under `Federated` stands `acs:ram::<account>:saml-provider/<name>` or `…:oidc-provider/<name>`",
            ),
        };
        if !is_good {
            self.report(at, &rules::PRINCIPAL_VALUE, message);
        } else if kind == PrincipalKind::Ram
            && value.starts_with("acs:ram::*:")
            && self.kind == PolicyKind::Trust
        {
            let message = "this trusts every account of Alibaba Cloud that has such a name; name the account";
            self.report(at, &rules::TRUSTS_ANY_ACCOUNT, message);
        }
    }

    fn trust(&mut self, subject: &Subject<'_>, principal: &Principal) {
        let index = subject.index;
        if !subject.has_action("sts:AssumeRole") {
            let message = "roles are assumed by `sts:AssumeRole`, through identity providers too; without it this is \
                           about nothing";
            self.report(Location::Actions(index), &rules::TRUST_ACTION, message);
        }
        let Principal::Typed(members) = principal else { return };
        if subject.statement.effect() == Effect::Deny || subject.is_conditional() {
            return;
        }
        for (member_number, member) in members.iter().enumerate() {
            for (number, value) in member.values().iter().enumerate() {
                let at = Location::PrincipalValue(index, member_number, number);
                if member.kind() == PrincipalKind::Ram && is_account(value, ":root") {
                    let message = "this trusts every RAM user and role of that account that may call \
                                   `sts:AssumeRole`; name users or roles, or add a condition";
                    self.report(at, &rules::TRUSTS_WHOLE_ACCOUNT, message);
                } else if member.kind() == PrincipalKind::Federated {
                    let message = if value.contains(":oidc-provider/") {
                        "this trusts every token of the provider; ask for `oidc:aud` and `oidc:sub`"
                    } else {
                        "this trusts every assertion of the provider; ask for `saml:recipient`"
                    };
                    self.report(at, &rules::FEDERATED_WITHOUT_CONDITION, message);
                }
            }
        }
    }

    /// Everybody, without a condition, to OSS.
    fn everybody(&mut self, subject: &Subject<'_>) {
        let at = Location::Principal(subject.index);
        if subject.is_allow() {
            let message = "this allows everybody, people without an account included";
            self.report(at, &rules::PUBLIC_ACCESS, message);
        } else {
            let message = "without a condition, everybody does not include the owner of the bucket";
            self.report(at, &rules::EVERYBODY_SPARES_OWNER, message);
        }
    }
}

/// `acs:ram::<account>`, and then this.
fn is_account(value: &str, end: &str) -> bool {
    let account = value.strip_prefix("acs:ram::").and_then(|rest| rest.strip_suffix(end));
    account.is_some_and(|account| !account.is_empty() && !account.contains(':'))
}

/// Whether something else will be put here before the service sees it.
fn is_template(value: &str) -> bool {
    value.contains(['$', '%', '<', '{'])
}

/// An id with its last digits hidden, as documentation prints them.
fn is_masked(value: &str) -> bool {
    let digits = value.trim_end_matches(['x', 'X', '*']);
    digits.len() > 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}
