//! Statements that allow very much.

use super::subject::{ActionPattern, Subject, has_wildcard, is_stars};
use super::{Checker, PolicyKind};
use crate::{Location, Pattern, rules};

/// Ways from some permissions to all: an action, a resource of every sort that it must be allowed on, and what comes of it.
const ESCALATIONS: [(&str, &[&str], &str); 12] = [
    (
        "ram:PassRole",
        &["role/"],
        "this lets any role be given to a service, which then acts with it; name roles",
    ),
    (
        "ram:CreatePolicyVersion",
        &["policy/"],
        "this rewrites any custom policy, also the caller's own; name policies",
    ),
    (
        "ram:SetDefaultPolicyVersion",
        &["policy/"],
        "this brings back any older version of any policy; name policies",
    ),
    (
        "ram:AttachPolicyToUser",
        &["user/", "policy/"],
        "this gives any policy to any user, the caller too; name policies",
    ),
    ("ram:AttachPolicyToGroup", &["group/", "policy/"], "this gives any policy to any group; name policies"),
    ("ram:AttachPolicyToRole", &["role/", "policy/"], "this gives any policy to any role; name policies"),
    (
        "ram:AddUserToGroup",
        &["user/", "group/"],
        "this puts any user into any group, with its policies; name groups",
    ),
    ("ram:CreateAccessKey", &["user/"], "this makes keys of any user, who may be allowed more; name users"),
    ("ram:CreateLoginProfile", &["user/"], "this sets the password of any user without one; name users"),
    ("ram:UpdateLoginProfile", &["user/"], "this changes the password of any user; name users"),
    ("ram:UpdateRole", &["role/"], "this changes whom any role trusts; name roles"),
    ("sts:AssumeRole", &["role/"], "this assumes any role that trusts the account; name roles"),
];

/// An account and a name that no pattern has in mind.
const ACCOUNT: &str = "5724593615982340";
const NAME: &str = "~some-name~";

impl Checker<'_, '_> {
    pub(super) fn breadth(&mut self, subject: &Subject<'_>) {
        if !subject.is_allow() || subject.is_conditional() {
            return;
        }
        // Session, trust and control policies only ever take away from what others allow.
        if !matches!(self.kind, PolicyKind::Identity) {
            return;
        }
        let index = subject.index;
        let Some(actions) = subject.positive_actions() else {
            if has_everything(subject) {
                let message =
                    "this allows every action of every service but these; it is no denial of these either";
                self.report(Location::Actions(index), &rules::ALLOW_NOT_ACTION, message);
            }
            return;
        };
        if let Some(number) = actions.iter().position(ActionPattern::is_everything)
            && has_everything(subject)
        {
            let message = "this allows everything, which only administrators need";
            return self.report(Location::Action(index, number), &rules::OVER_BROAD, message);
        }
        let whole: Vec<usize> = (0..actions.len())
            .filter(|number| {
                actions
                    .get(*number)
                    .is_some_and(|action| action.is_whole_service() && has_all_of(subject, action))
            })
            .collect();
        if let [first, more @ ..] = whole.as_slice() {
            let message = match more.len() {
                0 => "this allows every action of the service on all its resources".to_owned(),
                count => format!(
                    "this, and {count} more like it, allow every action of a service on all its resources"
                ),
            };
            self.report(Location::Action(index, *first), &rules::OVER_BROAD, message);
        }
        let mut reach = Reach::default();
        for (number, action) in actions.iter().enumerate() {
            if could_escalate(action) && !whole.contains(&number) {
                self.escalation(subject, &mut reach, Location::Action(index, number), action);
            }
        }
    }

    fn escalation(
        &mut self,
        subject: &Subject<'_>,
        reach: &mut Reach,
        at: Location,
        action: &ActionPattern<'_>,
    ) {
        for (name, folders, message) in ESCALATIONS {
            let account = if name == "sts:AssumeRole" { Account::Any } else { Account::Own };
            if action.includes(name) && folders.iter().all(|folder| reach.is_any(subject, folder, account)) {
                // One is enough to be warned.
                return self.report(at, &rules::PRIVILEGE_ESCALATION, message);
            }
        }
    }
}

/// In which accounts an action does something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Account {
    /// In that of the policy, whether or not resources name it.
    Own,
    /// In others too: naming one is a choice.
    Any,
}

/// Of which folders of RAM a statement is about any name.
#[derive(Default)]
struct Reach(Vec<(&'static str, Account, bool)>);

impl Reach {
    fn is_any(&mut self, subject: &Subject<'_>, folder: &'static str, account: Account) -> bool {
        let known = self.0.iter().find(|(known, of, _)| *known == folder && *of == account);
        if let Some((_, _, is_any)) = known {
            return *is_any;
        }
        let name = |account: &str| format!("acs:ram::{account}:{folder}{NAME}");
        let of_its_account = |text: &String| {
            account_of(text).is_some_and(|account| Pattern::new(text).matches(&name(account)))
        };
        let is_any = subject.has_resource(&name(ACCOUNT))
            || (account == Account::Own
                && subject.positive_resources().unwrap_or_default().iter().any(of_its_account));
        self.0.push((folder, account, is_any));
        is_any
    }
}

/// Whether it is worth comparing with each: most actions are of other services.
fn could_escalate(action: &ActionPattern<'_>) -> bool {
    let code = action.code;
    // Before the colon there may be wildcards, or no colon at all.
    let is_pattern = code.is_empty() || has_wildcard(code);
    is_pattern || code.eq_ignore_ascii_case("ram") || code.eq_ignore_ascii_case("sts")
}

fn has_everything(subject: &Subject<'_>) -> bool {
    subject.positive_resources().is_some_and(|resources| {
        resources.iter().any(|resource| {
            let is_all = |rest: &str| rest.strip_prefix("*:").is_some_and(is_all_of_account);
            is_stars(resource) || resource == "acs:*" || resource.strip_prefix("acs:").is_some_and(is_all)
        })
    })
}

fn has_all_of(subject: &Subject<'_>, action: &ActionPattern<'_>) -> bool {
    has_everything(subject)
        || subject.positive_resources().is_some_and(|resources| {
            resources.iter().any(|resource| {
                resource.strip_prefix("acs:").and_then(|rest| rest.split_once(':')).is_some_and(
                    |(code, rest)| {
                        code.eq_ignore_ascii_case(action.code) && (rest == "*" || is_all_of_account(rest))
                    },
                )
            })
        })
}

/// Whether these are the last three segments of all that an account has; a policy is of one account, named or not.
fn is_all_of_account(rest: &str) -> bool {
    let account = rest.strip_prefix("*:").and_then(|rest| rest.strip_suffix(":*"));
    account.is_some_and(|account| account == "*" || is_number(account))
}

/// The number in the fourth segment of a resource.
fn account_of(resource: &str) -> Option<&str> {
    resource.split(':').nth(3).filter(|account| is_number(account))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
