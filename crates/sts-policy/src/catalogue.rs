//! What OSS, STS and RAM know: actions with the resources they are asked about, and condition keys. Written by hand from the
//! documentation of November 2026; for all other services only the shape of a name can be checked.

mod keys;
mod oss;
mod ram;

use std::cmp::Ordering;
use std::sync::LazyLock;

use crate::Pattern;
use crate::grammar::nearest;

pub(crate) use keys::{Fill, Key, is_many_valued, key, nearest_key};

/// A service whose actions are listed.
#[derive(Debug)]
pub(crate) struct Service {
    /// Before the colon of an action: `oss`.
    pub(crate) code: &'static str,
    /// In the second segment of its resources.
    pub(crate) resource_codes: &'static [&'static str],
    /// Whether an action that is not here is none.
    pub(crate) is_complete: bool,
    groups: &'static [(Form, &'static [&'static str])],
    /// All of them, sorted by name in lower case.
    index: LazyLock<Vec<Action>>,
    /// Names of APIs that are no actions, and the actions that are asked about instead.
    apis: &'static [(&'static str, &'static [&'static str])],
}

/// What the last segment of the resource looks like that a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Not known, or of several forms.
    Any,
    /// The account as a whole: a literal `*`.
    Account,
    /// A bucket, or an access point in its place.
    Bucket,
    /// An object of a bucket.
    Object,
    /// A vector bucket, which has a service code of its own.
    Vector,
    /// A name under one of these.
    Under(&'static [&'static str]),
}

/// An action of the catalogue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Action {
    pub(crate) service: &'static Service,
    /// Without the service.
    pub(crate) name: &'static str,
    pub(crate) form: Form,
}

const SERVICES: [&Service; 3] = [&oss::OSS, &ram::RAM, &ram::STS];

/// The service of this code, in any letter case.
pub(crate) fn service(code: &str) -> Option<&'static Service> {
    SERVICES.into_iter().find(|service| service.code.eq_ignore_ascii_case(code))
}

/// The service, other than this one, that has an action of this name.
pub(crate) fn elsewhere(service: &Service, name: &str) -> Option<Action> {
    SERVICES.into_iter().filter(|other| other.code != service.code).find_map(|other| other.action(name))
}

impl Service {
    /// All actions.
    pub(crate) fn actions(&'static self) -> impl Iterator<Item = Action> {
        self.index.iter().copied()
    }

    /// The action of this name, in any letter case.
    pub(crate) fn action(&'static self, name: &str) -> Option<Action> {
        let found = self.index.binary_search_by(|action| in_any_case(action.name, name)).ok()?;
        self.index.get(found).copied()
    }

    /// The actions that a pattern of names matches, in any letter case.
    pub(crate) fn matching(&'static self, pattern: &str) -> impl Iterator<Item = Action> {
        let head = pattern.split(['*', '?']).next().unwrap_or_default();
        // Those that begin alike are neighbours.
        let first = self.index.partition_point(|action| in_any_case(action.name, head) == Ordering::Less);
        let pattern = Pattern::ignoring_case(pattern);
        let begins_alike = |action: &&Action| {
            action.name.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
        };
        let alike = self.index.get(first..).unwrap_or_default().iter().take_while(begins_alike);
        alike.filter(move |action| pattern.matches(action.name)).copied()
    }

    fn sorted(&'static self) -> Vec<Action> {
        let all = |&(form, names): &'static (Form, &'static [&'static str])| {
            names.iter().map(move |&name| Action { service: self, name, form })
        };
        let mut actions: Vec<Action> = self.groups.iter().flat_map(all).collect();
        actions.sort_by(|one, other| in_any_case(one.name, other.name));
        actions
    }

    /// The actions that are asked about where the API of this name is called.
    pub(crate) fn api(&self, name: &str) -> Option<&'static [&'static str]> {
        self.apis.iter().find(|(api, _)| api.eq_ignore_ascii_case(name)).map(|(_, actions)| *actions)
    }

    /// The action that a misspelt name is nearest to.
    pub(crate) fn nearest(&'static self, name: &str) -> Option<&'static str> {
        nearest(name, self.actions().map(|action| action.name))
    }
}

fn in_any_case(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.bytes(), other.bytes());
    one.map(|byte| byte.to_ascii_lowercase()).cmp(other.map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::{SERVICES, service};
    use std::collections::BTreeSet;

    #[test]
    fn names_are_listed_once() {
        for service in SERVICES {
            let mut seen = BTreeSet::new();
            for action in service.actions() {
                assert!(seen.insert(action.name.to_ascii_lowercase()), "{}", action.name);
            }
            for (api, actions) in service.apis {
                assert!(service.action(api).is_none(), "{api} is an action too");
                for action in *actions {
                    assert!(
                        service.action(action).is_some(),
                        "{action}, asked about for {api}, is not listed"
                    );
                }
            }
        }
    }

    #[test]
    fn patterns_find_what_they_match() {
        for service in SERVICES {
            for pattern in
                ["*", "get*", "GetBucket*", "?etObject", "*Object*", "Get", "GetObject", "Fly*", "*zzz"]
            {
                let compiled = crate::Pattern::ignoring_case(pattern);
                let expected: Vec<&str> = service
                    .actions()
                    .map(|action| action.name)
                    .filter(|name| compiled.matches(name))
                    .collect();
                let found: Vec<&str> = service.matching(pattern).map(|action| action.name).collect();
                assert_eq!(found, expected, "{pattern}");
            }
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_near() {
        let oss = service("OSS").unwrap();
        assert_eq!(oss.action("getobject").unwrap().name, "GetObject");
        assert_eq!(oss.nearest("GetObjet"), Some("GetObject"));
        assert_eq!(oss.nearest("DescribeInstances"), None);
        assert_eq!(oss.api("HeadObject"), Some(&["GetObject"][..]));
        assert!(service("ecs").is_none());
    }
}
